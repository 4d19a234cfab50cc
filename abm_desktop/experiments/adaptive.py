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

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import nn

from abm_desktop.envs.continual import DECISION, ROWS_FULL, play_on
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.learning import array_losses
from abm_desktop.learning.array_networks import ArrayPerceptron, FlatAdam, use_one_thread
from abm_desktop.learning.rollout import Rollout, advantages
from abm_desktop.live.inside import state_of
from abm_desktop.market import state
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator

__all__ = ["Learned", "run_learning_arm"]

GAMMA, GAE_LAMBDA = 0.99, 0.95
CLIP, ENTROPY = 0.2, 0.001
EPOCHS, MINIBATCH = 4, 256
LONGEST_GRADIENT = 0.5
CRITIC_RATE, CRITIC_EPOCHS = 1e-3, 40
"""Of the value function: how fast it learns, and passes over the data of its first fit."""
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
    if not (seconds > 0 and update_every > 0):
        raise ValueError(f"seconds must be positive, not {seconds} and {update_every}")
    if not (math.isfinite(learning_rate) and learning_rate >= 0):
        raise ValueError(f"the learning rate must be 0 or more, not {learning_rate}")
    first = int(state_of(market).market[0]["n_agents"])
    market.add_policy_traders(
        policy,
        count,
        size=size,
        max_inventory=max_inventory,
        step=step,
        jitter=jitter,
        greedy=False,
        latency=latency,
    )
    rows = slice(first, first + count)
    state_of(market).agents["external"][0, rows] = 1
    lived = _Lives(count, update_every, step, jitter)
    learner = _Learner(policy, seed, learning_rate)
    reward = (weights or RewardWeights()).packed()
    end = int(state_of(market).market[0]["now"]) + round(seconds * _NANO)
    pause = _first_pause(market, end, update_every) if burn_in is None else round(burn_in * _NANO)
    at = min(int(state_of(market).market[0]["now"]) + pause, end)
    while True:
        _play(market, at, first, learner, reward, lived)
        if int(state_of(market).market[0]["now"]) >= end:
            break
        learner.learn(lived.rollout())
        lived.begin_anew()
        at = min(int(state_of(market).market[0]["now"]) + round(update_every * _NANO), end)
    learned = learner.policy()
    agents = state_of(market).agents
    agents["external"][0, rows] = 0
    agents["policy"][0, rows] = market._add_network(learned)
    return Learned(learned, tuple(learner.value_losses), learner.updates, learner.decisions)


def _first_pause(market: Simulator, end: int, update_every: float) -> int:
    """ns until the value function is fitted: the next planned stress, or one update's time."""
    now, stresses = int(state_of(market).market[0]["now"]), state_of(market).stresses[0]
    ahead = stresses["start"][(stresses["start"] > now) & (stresses["start"] < end)]
    return int(ahead.min()) - now if len(ahead) else round(update_every * _NANO)


def _play(
    market: Simulator,
    until: int,
    first: int,
    learner: _Learner,
    reward: np.ndarray,
    lived: _Lives,
) -> None:
    """Run to ``until``, or until some trader has no room for decisions, which is soon enough."""
    network, flat = learner.packed()
    scratch = np.zeros((3, state.MAX_WIDTH), np.float32)
    while True:
        status = play_on(
            state_of(market),
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
        market._drain()
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


class _Learner:
    """A policy and its value function, and PPO's updates of them on plain arrays."""

    def __init__(self, policy: PolicyNet, seed: int, learning_rate: float) -> None:
        use_one_thread()
        self._first = policy
        self._random = np.random.default_rng(seed)
        sizes = [state.N_FEATURES, *(len(b) for b in policy.biases[:-1]), 1]
        scales = [*(math.sqrt(2.0 / n) for n in sizes[:-2]), 0.0]
        critic = [
            _linear((scale * self._random.standard_normal((n, m))), np.zeros(m))
            for scale, (n, m) in zip(scales, itertools.pairwise(sizes), strict=True)
        ]
        self._layers = [_linear(w, b) for w, b in zip(policy.weights, policy.biases, strict=True)]
        self._actor_adam = _adam(self._layers, learning_rate)
        self._critic_adam = _adam(critic, CRITIC_RATE)
        self._actor = ArrayPerceptron(self._layers, policy.activation, self._actor_adam)
        self._critic = ArrayPerceptron(critic, policy.activation, self._critic_adam)
        self._frozen = learning_rate == 0.0
        self.value_losses: list[float] = []
        self.updates = self.decisions = 0

    def policy(self) -> PolicyNet:
        """The policy as it is now; it draws its actions."""
        if self._frozen:
            return replace(self._first, greedy=False)
        return replace(
            self._first,
            weights=tuple(x.weight.detach().numpy().T.copy() for x in self._layers),
            biases=tuple(x.bias.detach().numpy().copy() for x in self._layers),
            greedy=False,
        )

    def packed(self) -> tuple[np.ndarray, np.ndarray]:
        """The kernel's form of the policy as it is now."""
        return self.policy().packed()

    def learn(self, rollout: Rollout) -> None:
        """The first time fit the value function, later update both."""
        if not rollout.valid.any():
            return
        fitting = not self.value_losses
        shape = rollout.observations.shape
        values = self._critic(rollout.observations.reshape(-1, shape[-1]))[:, 0].reshape(shape[:2])
        gain, target = advantages(rollout, values, GAMMA, GAE_LAMBDA)
        keep = rollout.valid
        spread = float(gain[keep].std())
        batch = {
            "observations": rollout.observations[:-1][keep],
            "actions": rollout.actions[keep],
            "log_probabilities": rollout.log_probabilities[keep],
            "advantages": (gain[keep] - gain[keep].mean()) / max(spread, 1e-4),
            "targets": target[keep],
        }
        for _ in range(CRITIC_EPOCHS if fitting else EPOCHS):
            error, rows = 0.0, 0
            for part in self._minibatches(len(batch["actions"])):
                error += self._step({key: x[part] for key, x in batch.items()}, fitting)
                rows += len(part)
        self.value_losses.append(error / rows)
        self.updates += not fitting and not self._frozen
        self.decisions += len(batch["actions"])

    def _minibatches(self, rows: int) -> list[np.ndarray]:
        order, size = self._random.permutation(rows), min(MINIBATCH, rows)
        return [order[at : at + size] for at in range(0, rows - size + 1, size)]

    def _step(self, batch: dict[str, np.ndarray], critic_only: bool) -> float:
        """One gradient step; returns the sum of squared value errors before it."""
        acting = self._actor.hidden(batch["observations"])
        judging = self._critic.hidden(batch["observations"])
        logits, values = self._actor.output(acting[-1]), self._critic.output(judging[-1])
        logit_slopes, value_slopes, sums = np.empty_like(logits), np.empty_like(values), np.zeros(4)
        array_losses.ppo(
            logits,
            values,
            batch["actions"],
            batch["log_probabilities"],
            batch["advantages"],
            batch["targets"],
            CLIP,
            0.5,
            ENTROPY,
            logit_slopes,
            value_slopes,
            sums,
        )
        self._critic.backward(judging, value_slopes)
        self._go(self._critic_adam)
        if not critic_only and not self._frozen:
            self._actor.backward(acting, logit_slopes)
            self._go(self._actor_adam)
        return float(sums[1])

    @staticmethod
    def _go(adam: FlatAdam) -> None:
        norm = adam.norm()
        if not math.isfinite(norm):
            raise RuntimeError("learning in the market diverged: a gradient is not a finite number")
        adam.step(norm, LONGEST_GRADIENT)


def _linear(weight: np.ndarray, bias: np.ndarray) -> nn.Linear:
    """A layer from weights (inputs, outputs)."""
    layer = nn.Linear(*weight.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight.T, np.float32)))
        layer.bias.copy_(torch.from_numpy(np.asarray(bias, np.float32)))
    return layer


def _adam(layers: list[nn.Linear], rate: float) -> FlatAdam:
    parameters = [p for layer in layers for p in layer.parameters()]
    return FlatAdam(torch.optim.Adam(parameters, lr=rate, eps=1e-5))
