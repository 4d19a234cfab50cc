"""The markets of an environment, stepped and played by a team of threads."""

from __future__ import annotations

import itertools
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from abm_desktop.envs.pace import OwnClock, Rounds
from abm_desktop.envs.played import (
    NOBODY,
    Decider,
    Plan,
    Played,
    Turns,
    decider_of,
    given_actions,
    scratch,
)
from abm_desktop.market import arrays, standstill
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.policy_traders import check_remembers
from abm_desktop.market.records import Records
from abm_desktop.thread_team import ThreadTeam


class MarketPlaying(ABC):
    """What a :class:`MarketCore` does with its n markets and their A outside traders.

    Each market is stepped by one thread at a time, so that no bit depends on how many there are.
    """

    num_envs: int
    first: int
    observations: np.ndarray
    _state: arrays.Markets
    _pace: OwnClock | Rounds
    _traders: Records
    _weights: np.ndarray
    _ends: np.ndarray

    @abstractmethod
    def reset(self, k: int, seconds: float | None = None, start: float | None = None) -> None:
        """Begin an episode in market ``k``."""

    @abstractmethod
    def accounts(self) -> dict[str, np.ndarray]:
        """Every outside trader's account, float64 (n, A) each."""

    def _prepare_playing(self, traders: int, threads: int | None) -> None:
        """Make room for steps of so many traders, by so many threads; None, 0: all processors."""
        n = self.num_envs
        self._rewards = np.zeros((n, traders))
        self._over = np.zeros(n, np.bool_)
        self._done = np.zeros((1, n), np.bool_)
        self._actions = np.zeros((1, n, traders), np.int64)
        self._given = given_actions(n, traders)
        self._team = ThreadTeam(threads or None, most=n)
        self._turns = Turns.of(n, self._team.threads)

    def step(self, actions: np.ndarray, skip: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Act in every market that is not skipped, and run on to the next decision.

        actions int (n, A), skip bool (n,) -> rewards float64 (n, A), over bool (n,), which is True
        for a market that was skipped.
        """
        self._rewards[:] = 0.0
        self._over[:] = skip
        self._actions[0] = actions
        self._turns.begin()
        self._team.run(self._step_together)
        standstill.check(self._state)
        return self._rewards, self._over

    def _step_together(self, member: int) -> None:
        self._play(
            self._turns._replace(mine=member),
            (self._actions, *self._given),
            NOBODY,
            self.observations[None],
            self._rewards[None],
            self._done,
        )

    def _play(
        self,
        turns: Turns,
        plan: Plan,
        decider: Decider,
        observations: np.ndarray,
        rewards: np.ndarray,
        done: np.ndarray,
    ) -> None:
        """See :func:`.steps.play_markets`."""
        self._pace.play(
            self._state,
            self.first,
            self._traders,
            self._weights,
            self._ends,
            tuple(turns),
            self.observations,
            plan,
            decider,
            observations,
            rewards,
            done,
            self._over,
        )

    def play(
        self,
        policies: Sequence[PolicyNet],
        seats: np.ndarray,
        noise: np.ndarray,
        blind: np.ndarray,
        skip: np.ndarray,
    ) -> Played:
        """Let policies decide for all traders through many steps.

        A market whose episode is over begins the next one in the step that follows, whose action
        is ignored, with reward 0. As :meth:`step` after step, but each market is played to the end
        by one thread, which keeps it in its core's cache and waits for no other.

        Args:
            policies: their ``greedy`` means nothing: the noise decides.
            seats: which of them decides for each trader, of whose role it is: int64 (n, A).
            noise: Gumbel noise, float32 (T, n, A, actions), of the role that has the most.
            blind: whether a decision is drawn from all actions alike, bool (T, n, A).
            skip: markets whose episode was over before the first step, bool (n,).

        Raises:
            InputError: for a recurrent policy of a role that keeps no state.
            StandstillError: for a market that stands still.
        """
        for policy in policies:
            check_remembers(policy)
        played = Played.of(noise.shape, self.observations.shape[-1])
        self._over[:] = skip
        plan = (played.actions, noise, blind, played.logits)
        *networks, _ = decider_of(policies, seats)
        blocks, failed = self._blocks(range(self.num_envs)), threading.Event()

        def work(member: int) -> None:
            decider = (networks[0], networks[1], networks[2], scratch())
            turns = Turns.of_one(self.num_envs)
            try:
                for k in blocks(member):
                    if failed.is_set():
                        return
                    self._play_one(k, turns, plan, decider, played)
            except BaseException:
                failed.set()
                raise

        self._team.run(work)
        standstill.check(self._state)
        self.observations[:] = played.observations[-1]
        return played

    @property
    def states(self) -> np.ndarray:
        """What recurrent policies remember now, float32 (n, A, widest), a copy."""
        return self._traders["hidden"].copy()

    def _blocks(self, markets: Sequence[int]) -> Callable[[int], Iterator[int]]:
        """Share out markets: what each member of the team is to do, its own block first."""
        bounds = np.arange(self._team.threads + 1) * len(markets) // self._team.threads
        waiting = [iter(markets[a:b]) for a, b in itertools.pairwise(bounds.tolist())]

        def of(member: int) -> Iterator[int]:
            return itertools.chain(*waiting[member:], *waiting[:member])

        return of

    def _play_one(self, k: int, turns: Turns, plan: Plan, decider: Decider, played: Played) -> None:
        """Play market ``k`` from the first step to the last, through the ends of its episodes."""
        steps, t = len(played.rewards), 0
        while True:
            turns.at_one(k, t)
            self._play(turns, plan, decider, played.observations, played.rewards, played.done)
            t = int(turns.at[k])
            if self._over[k] and t > 0:
                played.profits.append((t - 1, k, self.accounts()["profit"][k]))
            if t == steps or self._state.market[k]["stuck"]:
                return
            self.reset(k)
            played.observations[t, k] = self.observations[k]
            t += 1
            if t == steps:
                return

    def reset_all(self, seconds: Mapping[int, float | None], start: float | None = None) -> None:
        """Begin an episode in every market that is named, of so many seconds; see :meth:`reset`."""
        blocks = self._blocks(list(seconds))

        def work(member: int) -> None:
            for k in blocks(member):
                self.reset(k, seconds[k], start)

        if len(seconds) > 1:
            self._team.run(work)
        else:
            work(0)

    def close(self) -> None:
        """End the threads; markets go on being stepped by the calling one alone."""
        self._team.close()
