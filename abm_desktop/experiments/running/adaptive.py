"""The learning arm: RL traders that go on learning while they trade in a market under stress.

They share one policy, a trained one to begin with, and learn by proximal policy optimisation
(Schulman et al. 2017) from what happens to them: every few minutes of market time the decisions of
all of them make one batch. A policy file has no value function, so a fresh one is fitted first, on
what the traders live through before the shock; the policy is not changed until then.

The traders draw their actions from the policy, since one that only takes the best action learns
nothing. The frozen arm to compare with is therefore one that draws too, ``add_policy_traders(...,
greedy=False)``: with a learning rate of 0 both markets are the same, bit by bit. What a network
trained by DQN puts out are values, not log probabilities; drawn from, it acts almost at random, so
start from a policy that was trained by PPO or SAC.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.envs.continual import DECISION, ROWS_FULL, play_on
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.learning.rllib.continual import ContinualPPO
from abm_desktop.learning.rllib.rollout import Rollout
from abm_desktop.market import state
from abm_desktop.market.arrays import Markets
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.simulator import Simulator

__all__ = ["Learned", "run_learning_arm"]

_NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Learned:
    """What came of the learning.

    Attributes:
        policy: as it is in the end.
        value_losses: mean squared error of the value function in each update, the first fit's last
            pass first; in squared units of reward.
        updates: how often the policy was updated.
        decisions: from which it learned.
    """

    policy: PolicyNet
    value_losses: tuple[float, ...]
    updates: int
    decisions: int


def run_learning_arm(
    market: Simulator,
    policy: PolicyNet,
    count: int,
    seconds: float,
    *,
    seed: int,
    learning_rate: float = 3e-4,
    update_every: float = 300.0,
    burn_in: float | None = None,
    size: int = 2,
    max_inventory: int = 40,
    step: float = 5.0,
    jitter: float = 0.2,
    latency: float = 0.0,
    weights: RewardWeights | None = None,
) -> Learned:
    """Let traders that go on learning join a market, and run it on.

    The tape records everything as usual. Afterwards the traders stay, with what they have learned,
    as ordinary policy traders. The same market, policy and seed give the same tape.

    Args:
        market: a fork; it is run on.
        policy: what the traders know to begin with; not changed itself.
        count: number of traders.
        seconds: simulated seconds to run.
        seed: of the value function's first weights and of the order of minibatches.
        learning_rate: of the policy; 0 for none.
        update_every: simulated seconds between two updates.
        burn_in: simulated seconds until the value function is fitted; the policy is updated from
            the next time on. Not given, it lasts until the next stress that is planned, if that
            begins within ``seconds``, else as long as between two updates.
        size, max_inventory, step, jitter, latency: as of :meth:`Simulator.add_policy_traders`.
        weights: of the reward; those that policies are trained with if not given.

    Raises:
        ValueError: if a number of seconds or the learning rate cannot be.
        RuntimeError: if another external trader waits for an action, or learning diverges.
    """
    if not find_role(policy.role).own_clock:
        raise ValueError(
            f"{policy.role}s cannot learn while the market runs, only trade: choose a directional "
            "policy"
        )
    if not (seconds > 0 and update_every > 0):
        raise ValueError(f"seconds must be positive, not {seconds} and {update_every}")
    if not (math.isfinite(learning_rate) and learning_rate >= 0):
        raise ValueError(f"the learning rate must be 0 or more, not {learning_rate}")
    traders = market.add_policy_traders(
        policy,
        count,
        size=size,
        max_inventory=max_inventory,
        step=step,
        jitter=jitter,
        greedy=False,
        latency=latency,
    )
    market.set_by_hand(traders)
    lived = _Lives(count, update_every, step, jitter)
    learner = ContinualPPO(policy, seed, learning_rate)
    weights = weights or RewardWeights()
    if weights.at_value:
        raise ValueError("who learns while the market runs knows no value: leave at_value out")
    reward = weights.packed()
    end = market.clock + round(seconds * _NANO)
    pause = _first_pause(market, end, update_every) if burn_in is None else round(burn_in * _NANO)
    at = min(market.clock + pause, end)
    while True:
        _play(market, at, traders.start, learner, reward, lived)
        if market.clock >= end:
            break
        learner.learn(lived.rollout())
        lived.begin_anew()
        at = min(market.clock + round(update_every * _NANO), end)
    learned = learner.policy()
    market.set_policy(traders, learned)
    return Learned(learned, tuple(learner.value_losses), learner.updates, learner.decisions)


def _first_pause(market: Simulator, end: int, update_every: float) -> int:
    """ns until the value function is fitted: the next planned stress, or one update's time."""
    ahead = market.next_stress
    if ahead is None or ahead >= end:
        return round(update_every * _NANO)
    return ahead - market.clock


def _play(
    market: Simulator,
    until: int,
    first: int,
    learner: ContinualPPO,
    reward: np.ndarray,
    lived: _Lives,
) -> None:
    """Run to ``until``, or until some trader has no room for decisions, which is soon enough."""
    network, flat = learner.packed()
    scratch = np.zeros((3, state.MAX_WIDTH), np.float32)

    def play(markets: Markets) -> int:
        status: int = play_on(
            markets,
            0,
            until,
            first,
            network,
            flat,
            scratch,
            reward,
            lived.decisions,
            lived.observations,
            lived.counts,
        )
        return status

    while True:
        status = market.advance_with(play)
        if status in (state.DONE, ROWS_FULL):
            return
        if status == state.NEED_ACTION:
            raise RuntimeError("another external trader waits for an action")


class _Lives:
    """Decisions of all traders since the last update; each one's last is still open."""

    def __init__(self, count: int, update_every: float, step: float, jitter: float) -> None:
        rows = math.ceil(update_every / (step * max(1.0 - jitter, 0.1))) + 3
        self.decisions = np.zeros((count, rows), DECISION)
        self.observations = np.zeros((count, rows, state.N_FEATURES), np.float32)
        self.counts = np.zeros(count, np.int64)

    def rollout(self) -> Rollout:
        """A column a trader: decisions whose reward is known; the open one is looked ahead to."""
        known = np.maximum(self.counts - 1, 0)
        steps = max(int(known.max()), 1)
        valid = np.arange(steps)[:, None] < known[None, :]
        last = np.arange(steps)[:, None] == known[None, :] - 1
        rows = self.decisions[:, :steps]
        return Rollout(
            observations=self.observations[:, : steps + 1].swapaxes(0, 1).copy(),
            actions=rows["action"].T.copy(),
            log_probabilities=rows["log_probability"].T.astype(np.float32),
            rewards=np.where(valid, rows["reward"].T, 0.0).astype(np.float32),
            terminated=np.zeros((steps, len(known)), bool),
            done=last,
            valid=valid,
            episodes=(),
        )

    def begin_anew(self) -> None:
        """Forget all but the open decisions."""
        for j in np.flatnonzero(self.counts):
            last = self.counts[j] - 1
            self.decisions[j, 0] = self.decisions[j, last]
            self.observations[j, 0] = self.observations[j, last]
        self.counts[:] = self.counts > 0
