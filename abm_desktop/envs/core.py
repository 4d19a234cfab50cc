"""Many markets with outside RL traders in each, stepped in one compiled call."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from abm_desktop.envs.accounting import account_of, accounts_of
from abm_desktop.envs.checks import (
    MAX_TRADERS,
    check_opponents,
    check_pace,
    check_sizes,
    market_seeds,
)
from abm_desktop.envs.day_parts import Moment, part_of
from abm_desktop.envs.pace import OwnClock, Rounds
from abm_desktop.envs.playing import MarketPlaying
from abm_desktop.envs.policy_traders import with_traders_of
from abm_desktop.envs.recorded_days import EpisodeStarts, as_scenario, market_of
from abm_desktop.envs.rendering import View, view_of
from abm_desktop.envs.reward import RewardWeights, checked_weights
from abm_desktop.envs.roles import TRADER, RoleSettings
from abm_desktop.envs.room import check_room
from abm_desktop.inputs import InputError, shown
from abm_desktop.market import arrays, opening
from abm_desktop.market.building import build
from abm_desktop.market.named_policies import policies_of
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.policy_traders import with_policy_traders
from abm_desktop.market.roles import DEFAULT_ROLE, compiled_width, find_role
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.stress import STRESS_TYPES, stress_of_severity

__all__ = ["MarketCore", "as_scenario", "market_seeds"]

_NANO = 1_000_000_000
_FOREVER = 1 << 61
_MAX_ORDERS = 8192
_FRESH_AFTER = 23_400.0
"""Simulated seconds after which an environment's market is built again with another seed."""
_START_SPREAD = 600.0
"""A fresh market runs on for up to this long after the warm-up, so that starts differ."""


class MarketCore(MarketPlaying):
    """The markets behind all environments, with the same outside traders in each; no Gymnasium.

    Args:
        scenario: what each market is; its own stress events happen at their times after the open,
            and the traders of its ``[[rl]]`` groups trade along with the policies they have.
        num_envs: number of markets, n.
        roles: role of each outside trader; their number is A.
        recording: a recorded day that the markets are, see
            :class:`~abm_desktop.market.simulator.Simulator`. Each episode is a part of it and
            begins at a random time, or at the option ``start`` of a reset (seconds from the day's
            beginning); nothing of an earlier episode is left. There is no value to look at: the
            feature "fundamental gap" is 0.
        recording_from: from when on its episodes lie within the recorded day: a time of day, or how
            long after the recording begins (:data:`~abm_desktop.envs.day_parts.Moment`). What was
            before only feeds the features that look back. None: from its beginning.
        recording_until: until when. None: to its end.
        rounds: whether all traders decide once in each round of ``step`` seconds. Otherwise there
            is one trader, of a role with a clock of its own, and the market waits whenever that
            trader wakes.
        episode_seconds: simulated length of an episode.
        stress_probability: chance that an episode has a random stress event of random severity.
        held_out_stress: a kind of stress that is never among them, so that how traders meet what
            they have not learned can be told; ``"none"`` for none.
        step: simulated seconds between two decisions.
        jitter: share of the step by which wake-ups vary, or over which a round's orders are spread.
        settings: sizes and rewards.
        threads: threads that step the markets, each market by one of them, which changes no bit;
            None or 0 for all processors.
        opponent: a policy that trades in the same markets, inside the kernel, and does not learn.
        opponents: number of traders that follow it.

    Raises:
        InputError: for a size or time out of its bounds, or of another type.
    """

    def __init__(
        self,
        scenario: Scenario | Path | str = "calm",
        num_envs: int = 1,
        *,
        recording: Path | str | None = None,
        recording_from: Moment | None = None,
        recording_until: Moment | None = None,
        roles: Sequence[str] = (DEFAULT_ROLE,),
        rounds: bool = False,
        episode_seconds: float = 3600.0,
        stress_probability: float = 0.0,
        held_out_stress: str = "none",
        step: float = 5.0,
        jitter: float = 0.2,
        settings: RoleSettings | None = None,
        threads: int | None = None,
        opponent: PolicyNet | None = None,
        opponents: int = 0,
    ) -> None:
        if isinstance(roles, str) or not isinstance(roles, Sequence):
            raise InputError(f"must be a list of roles, not {shown(roles)}", key="roles")
        if not 1 <= len(roles) <= MAX_TRADERS:
            raise InputError(
                f"must name at least one trader and at most {MAX_TRADERS}, not {len(roles)}",
                key="roles",
            )
        check_pace(step, jitter, up_to=1.0 if rounds else 0.999)
        check_opponents(opponent, opponents)
        if settings is not None and not isinstance(settings, RoleSettings):
            raise InputError(f"must be RoleSettings, not {shown(settings)}", key="settings")
        self._roles = tuple(find_role(role) for role in roles)
        if not rounds and not (len(roles) == 1 and self._roles[0].own_clock):
            raise InputError("several traders, and this role, decide in rounds", key="rounds")
        self.settings = settings or RoleSettings()
        self.settings.check_roles(self._roles)
        check_sizes(
            num_envs=num_envs,
            episode_seconds=episode_seconds,
            stress_probability=stress_probability,
            held_out_stress=held_out_stress,
            threads=threads,
        )
        self.scenario = market_of(scenario, recording)
        self._starts: EpisodeStarts | None = None
        part = part_of(self.scenario, recording_from, recording_until)
        if part is not None:
            self._starts = EpisodeStarts(self.scenario, episode_seconds, part)
        self.num_envs = num_envs
        self.episode_seconds = episode_seconds
        self.stress_probability, self.held_out_stress = stress_probability, held_out_stress
        self._opponent, self._opponents = opponent, opponents
        self._step = round(step * _NANO) / _NANO
        self._pace = Rounds(step, jitter) if rounds else OwnClock(step, jitter)
        self._policies = policies_of(self.scenario)
        self._orders = self.scenario.market.max_orders
        if self._starts is None:  # the orders of a record take the room that they take
            self._orders = min(self._orders, _MAX_ORDERS)
        self._blank = self._build(1)
        check_room(self._blank, num_envs)
        self._state = self._build(num_envs)
        count = len(self._roles)
        followers = sum(group.count for group in self.scenario.rl)
        self.first = self._blank.agents.shape[1] - followers - opponents - count
        """Place of the first outside trader in a market."""
        width = max(compiled_width(role.code) for role in self._roles)
        self.observations = np.zeros((num_envs, count, width), np.float32)
        """float32 (n, A, width): what the traders' compiled sides show; a role sees the first."""
        self._ends = np.zeros(num_envs, np.int64)
        self._fresh_at = np.zeros(num_envs, np.int64)
        self._random = [np.random.default_rng(k) for k in range(num_envs)]
        self._open = np.zeros(num_envs, np.bool_)
        self._traders = np.zeros((num_envs, count), TRADER)
        has_parent = np.array([role.has_parent for role in self._roles])
        sizes = self.settings.sizes
        self._traders["parent"] = np.where(has_parent, sizes.parent_lots, 0)
        self._traders["horizon"] = round(sizes.parent_seconds * _NANO)
        self._traders["unfinished"] = self.settings.unfinished
        self._traders["on_paper"] = not self.settings.price_impact
        self._has_parent = has_parent
        self._prepare_playing(count, threads)
        rewards = [self.settings.reward_of(role) for role in self._roles]
        for weights in rewards:
            self._check_weights(weights)
        self._weights = np.stack([weights.packed() for weights in rewards])

    @property
    def roles(self) -> tuple[str, ...]:
        """Names of the traders' roles."""
        return tuple(role.name for role in self._roles)

    def _build(self, markets: int) -> arrays.Markets:
        """The arrays of this many markets, none of them open."""
        count, sizes = len(self._roles), self.settings.sizes
        built = build(
            self.scenario,
            markets=markets,
            external=count,
            sample_rows=1,
            trade_rows=self._orders,
            max_orders=self._orders,
            rl_size=sizes.quote_size,
            rl_max_inventory=self.settings.max_inventory,
            **self._pace.clock,
        )
        built = self._pace.with_quotes(built, count)
        first = built.agents.shape[1] - count
        for j, role in enumerate(self._roles):
            trader = built.agents[:, first + j]
            trader["role"] = role.code
            trader["max_inventory"] = role.position_limit(self.settings.max_inventory, sizes)
        built = with_traders_of(self.scenario, built, self._policies)
        return self._with_opponents(built) if self._opponents else built

    def _with_opponents(self, built: arrays.Markets) -> arrays.Markets:
        """Add the traders that follow a frozen policy, behind all others."""
        assert self._opponent is not None
        return with_policy_traders(
            built,
            self._opponent,
            self._opponents,
            size=self.settings.sizes.quote_size,
            max_inventory=self.settings.max_inventory,
            step=self._step,
            jitter=0.2,
            greedy=self._opponent.greedy,
            shared_network=False,
        )

    def set_opponent(self, policy: PolicyNet) -> None:
        """Let the opponents follow another policy from now on.

        Raises:
            InputError: if there are no opponents, or the network has other layers than theirs.
        """
        if not self._opponents or self._opponent is None:
            raise InputError("there are no opponents in these markets")
        check_opponents(policy, self._opponents)
        header, flat = policy.packed()
        if not np.array_equal(header, self._opponent.packed()[0]):
            raise InputError("the opponents' new policy must have the layers of the old one")
        self._opponent = policy
        for markets in (self._state, self._blank):
            slot = markets.agents["policy"][0, -1]
            first = markets.networks[0, slot, 7]
            markets.weights[:, first : first + len(flat)] = flat
            markets.agents["greedy"][:, -self._opponents :] = policy.greedy

    def set_weights(self, weights: RewardWeights, trader: int | None = None) -> None:
        """Reward positions from now on by these weights; parent orders have their own reward.

        Of one ``trader`` of each market, if it is named, or of all.
        """
        self._check_weights(checked_weights(weights))
        traders = slice(None) if trader is None else trader
        self._weights[traders] = checked_weights(weights).packed()

    def _check_weights(self, weights: RewardWeights) -> None:
        if weights.at_value and self._starts is not None:
            raise InputError("a recorded day has no value to count at", key="weights.at_value")

    def seed(self, seeds: list[int], markets: np.ndarray | None = None) -> None:
        """Give every market its own seed, or those named, bool (n,); a reset builds them again."""
        for k, seed in enumerate(seeds):
            if markets is None or markets[k]:
                self._random[k] = np.random.default_rng(seed)
                self._open[k] = False

    def reset(self, k: int, seconds: float | None = None, start: float | None = None) -> None:
        """Begin an episode, of ``seconds`` if given; writes row ``k`` of ``observations``.

        In a recorded day it may ``start`` at a chosen time. Raises :class:`InputError` if it cannot
        end within the day, or for a time that is chosen in a simulated market.
        """
        if self._starts is not None:
            self._open_market(k, self._starts.draw(self._random[k], start))
        elif start is not None:
            raise InputError("is for recorded days only", key="options['start']")
        elif not self._open[k] or self._state.market[k]["now"] >= self._fresh_at[k]:
            self._open_market(k)
        m = self._state.market[k]
        self._ends[k] = m["now"] + round((seconds or self.episode_seconds) * _NANO)
        if self.stress_probability and self._random[k].random() < self.stress_probability:
            self._plan_stress(k)
        self._pace.begin(self._state, k, self.first, self._traders[k], self.observations[k])
        self._over[k] = False

    def _open_market(self, k: int, start: float | None = None) -> None:
        """Open market ``k`` anew, and run it to ``start`` (seconds), or for a random time."""
        for name, blank, array in zip(
            arrays.Markets._fields, self._blank, self._state, strict=True
        ):
            if name not in arrays.SHARED:
                array[k] = blank[0]
        random = self._random[k]
        opening.open_market(self._state, k, random.integers(1 << 62, dtype=np.uint64), _FOREVER)
        m = self._state.market[k]
        m["record_trades"] = 0
        m["next_sample"] = _FOREVER
        warm_up = round(self.scenario.market.warm_up * _NANO)
        for event in self.scenario.stress:
            opening.plan_stress(self._state, k, event, warm_up + round(event.at * _NANO))
        ahead = random.uniform(0.0, _START_SPREAD) if start is None else start
        until = warm_up + round(ahead * _NANO)
        self._pace.run_in(self._state, k, until)
        self._fresh_at[k] = until + round(_FRESH_AFTER * _NANO)
        self._open[k] = True

    def _plan_stress(self, k: int) -> None:
        random = self._random[k]
        kinds = [
            name
            for name, kind in STRESS_TYPES.items()
            if name != self.held_out_stress and (self._starts is None or kind.sends_orders)
        ]
        kind = kinds[random.integers(len(kinds))]
        event = stress_of_severity(kind, random.uniform(0.25, 1.0))
        at = random.uniform(0.0, 0.6) * self.episode_seconds
        start = int(self._state.market[k]["now"]) + round(at * _NANO)
        opening.plan_stress(self._state, k, event, start)
        # The market after a crash is not a usual one: the next episode gets another.
        self._fresh_at[k] = 0

    def first_episode_seconds(self, k: int) -> float:
        """A random length for market ``k``'s first episode, so that episodes end spread in time."""
        return float(self._random[k].uniform(0.1, 1.0)) * self.episode_seconds

    def accounts(self) -> dict[str, np.ndarray]:
        """Every outside trader's account, float64 (n, A) each; money in currency.

        ``equity`` values the inventory (lots) at the middle, ``liquidation`` at the touch: what
        closing it would bring. ``orders``, ``left`` (lots) and ``shortfall`` are those of parent
        orders that are over since the episode began; the shortfall counts the running one's trades
        too, ``settled`` does not. ``worth`` is that of the orders that are over at their arrival
        price. ``profit`` is what was earned since then: with parent orders minus their shortfall.
        """
        rows = slice(self.first, self.first + len(self._roles))
        return accounts_of(self.scenario, self._state, rows, self._traders, self._has_parent)

    @property
    def events(self) -> np.ndarray:
        """Book events of every market so far, int64 (n,)."""
        return self._state.market["messages"].copy()

    def account(self, k: int) -> dict[str, float]:
        """The first trader of market ``k``; see :func:`.account_of`."""
        return account_of(self.scenario, self._state, k, self.first)

    def view(self, k: int, trader: int = 0) -> View:
        """What there is to see of market ``k``, and of one of its traders."""
        account = self.account(k) | {
            name: float(values[k, trader])
            for name, values in self.accounts().items()
            if name in ("inventory", "profit")
        }
        limit = float(self._state.agents[k, self.first + trader]["max_inventory"])
        return view_of(self.scenario, self._state, k, account, limit)
