"""Gradient steps of PPO, DQN and SAC on plain arrays, for networks that are standard perceptrons.

Each class turns one RLlib module and its optimiser into arrays (they keep seeing every change) and
has ``step``, one gradient step on one minibatch. The general way, by torch's autograd, is
the learners' ``loss``; ``tests/learning`` compares the two.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from ray.rllib.core.rl_module.rl_module import RLModule

from abm_desktop.learning.arrays import kernels as array_kernels
from abm_desktop.learning.arrays import perceptron_kernels
from abm_desktop.learning.arrays.networks import ArrayPerceptron, FlatAdam, Follower
from abm_desktop.learning.rllib.networks import actor_layers, critic_layers, head_layers
from abm_desktop.learning.rllib.updates import DivergenceError
from abm_desktop.learning.rllib_private import target_networks
from abm_desktop.learning.statements import Diverged
from abm_desktop.market.even_handed import mirrored
from abm_desktop.market.roles.role import Mirror
from abm_desktop.thread_team import ThreadTeam, processors

Batch = Mapping[str, np.ndarray]

_POLICY_ROWS = ("actions", "log_probabilities", "advantages")


def _safe_norm(adam: FlatAdam, loss: float) -> float:
    norm = adam.norm()
    if not math.isfinite(norm):
        raise DivergenceError(Diverged("gradient", f"{loss:g}"))
    return norm


_PATIENCE = 20_000
"""Looks at what the other thread says, some ten nanoseconds each, before letting others work."""


class ArrayPPO:
    """Policy and value function of RLlib's PPO module, which share no layer.

    With two ``threads`` or more the two learn at the same time, which changes no bit.
    """

    def __init__(
        self,
        module: RLModule,
        optimizer: torch.optim.Optimizer,
        threads: int | None = None,
        mirror: Mirror | None = None,
    ) -> None:
        """With ``mirror`` both are means over a market and its mirror image."""
        self._mirror = mirror
        actor, critic = actor_layers(module), critic_layers(module)
        self.adam = FlatAdam(optimizer)
        self.actor = ArrayPerceptron(*actor, self.adam)
        self.critic = ArrayPerceptron(*critic, self.adam)
        # Not shared with other teams: either none waits for the other, or both are there.
        self._team = ThreadTeam(threads or processors(), most=2)

    def learn(
        self,
        batch: Batch,
        size: int,
        clip: float,
        value_weight: float,
        entropy_weight: float,
        longest: float,
        sums: np.ndarray,
    ) -> float:
        """Steps on minibatches of ``size`` rows each, in their order; a short rest is left out.

        The rows have observations, actions, log_probabilities, advantages and targets. Adds to
        ``sums``, float64 (4,), policy loss, value loss, entropy, and Schulman's estimate of
        KL(old || new), over the rows; returns the sum of the norms of the gradients. Raises
        :class:`DivergenceError` before a step that is not finite.
        """
        steps, alone = len(batch["actions"]) // size, self._team.threads == 1
        signals, squares = np.zeros(2, np.int64), np.zeros((2, 2))
        progress, results = np.zeros((2, 2), np.int64), np.zeros((2, 4))
        rates = self.adam.rates(longest)
        patience = 1 if alone else _PATIENCE
        talks = [(signals, squares, progress[k], patience, results[k]) for k in range(2)]
        failed = threading.Event()
        observations = self._with_images(batch["observations"], size)
        fold, rows_each = np.empty(0, np.int64), size
        if self._mirror is not None:
            fold, rows_each = self._mirror.actions, 2 * size

        def learn_policy() -> bool:
            rows = (observations, *(batch[key] for key in _POLICY_ROWS))
            loss, learner = (clip, entropy_weight), self.actor.learner(rows_each)
            return bool(
                perceptron_kernels.learn_policy(rows, loss, learner, rates, talks[0], size, fold)
            )

        def learn_value() -> bool:
            rows, learner = (observations, batch["targets"]), self.critic.learner(rows_each)
            return bool(
                perceptron_kernels.learn_value(
                    rows, value_weight, learner, rates, talks[1], size, 0 * fold[:1]
                )
            )

        def in_turns(member: int) -> None:
            waiting = [learn_policy, learn_value]
            while waiting:
                waiting = [learn for learn in waiting if not learn()]

        def together(member: int) -> None:
            learn = learn_value if member else learn_policy
            try:
                while not learn() and not failed.is_set():
                    time.sleep(0)
            except BaseException:
                failed.set()
                raise

        self._team.run(in_turns if alone else together)
        (policy, entropy, divergence, norms), value = results[0], results[1, 0]
        sums += (policy, value, entropy, divergence)
        done = int(progress[0, 0])
        self.adam.count(done)
        if done < steps:
            raise DivergenceError(Diverged("gradient", f"{sums[0]:g}"))
        return float(norms)

    def values(self, observations: np.ndarray) -> np.ndarray:
        """What the value function says, float32 (n,), of observations (n, inputs)."""
        here: np.ndarray = self.critic(observations)[:, 0]
        if self._mirror is None:
            return here
        mean: np.ndarray = 0.5 * (here + self.critic(mirrored(observations, self._mirror))[:, 0])
        return mean

    def _with_images(self, observations: np.ndarray, size: int) -> np.ndarray:
        """Behind the rows of each minibatch their mirror images, if both are learned from."""
        if self._mirror is None:
            return observations
        steps, width = len(observations) // size, observations.shape[1]
        parts = observations[: steps * size].reshape(steps, size, width)
        images = mirrored(observations[: steps * size], self._mirror).reshape(parts.shape)
        both: np.ndarray = np.concatenate((parts, images), axis=1).reshape(-1, width)
        return both

    def close(self) -> None:
        """End the second thread."""
        self._team.close()


class ArrayDQN:
    """The duelling network of RLlib's DQN module, and its target network."""

    def __init__(self, base: Any, optimizer: torch.optim.Optimizer) -> None:
        layers, activation = head_layers(base.encoder, base.af)
        value_layer = head_layers(base.encoder, base.vf)[0][-1]
        encoder, (advantage, value) = target_networks(base)
        target_layers, _ = head_layers(encoder, advantage)
        target_value_layer = head_layers(encoder, value)[0][-1]
        self.adam = FlatAdam(optimizer)
        online = [p for layer in (*layers, value_layer) for p in layer.parameters()]
        target = [p for layer in (*target_layers, target_value_layer) for p in layer.parameters()]
        self.targets = Follower(self.adam, target, online)
        self._advantage = ArrayPerceptron(layers, activation, self.adam)
        self._value = ArrayPerceptron([value_layer], activation, self.adam)
        self._target_advantage = ArrayPerceptron(target_layers, activation)
        self._target_value = ArrayPerceptron([target_value_layer], activation)

    def step(self, batch: Batch, longest: float, sums: np.ndarray) -> float:
        """One step on transitions; ``sums``, float64 (3,), as of :func:`array_kernels.dqn`."""
        later = batch["next_observations"]
        later_advantages = self._advantage(later)
        target_hidden = self._target_advantage.hidden(later)[-1]
        seen = self._advantage.hidden(batch["observations"])
        advantages, values = self._advantage.output(seen[-1]), self._value.output(seen[-1])
        advantage_slopes, value_slopes = np.empty_like(advantages), np.empty_like(values)
        array_kernels.dqn(
            advantages,
            values,
            later_advantages,
            self._target_advantage.output(target_hidden),
            self._target_value.output(target_hidden),
            batch["actions"],
            batch["rewards"],
            batch["discounts"],
            advantage_slopes,
            value_slopes,
            sums,
        )
        slope = self._advantage.backward_output(seen[-1], advantage_slopes)
        slope += self._value.backward_output(seen[-1], value_slopes)
        self._advantage.backward_hidden(seen, slope)
        norm = _safe_norm(self.adam, sums[0])
        self.adam.step(norm, longest)
        return norm


class ArraySAC:
    """Policy, twin Q-functions and their targets of RLlib's SAC module, and the temperature."""

    def __init__(
        self,
        base: Any,
        optimizer: torch.optim.Optimizer,
        alpha_optimizer: torch.optim.Optimizer,
        target_entropy: float,
    ) -> None:
        actor = head_layers(base.pi_encoder, base.pi)
        first = head_layers(base.qf_encoder, base.qf)
        second = head_layers(base.qf_twin_encoder, base.qf_twin)
        first_target = head_layers(base.target_qf_encoder, base.target_qf)
        second_target = head_layers(base.target_qf_twin_encoder, base.target_qf_twin)
        self.adam, self.alpha_adam = FlatAdam(optimizer), FlatAdam(alpha_optimizer)
        self.targets = Follower(
            self.adam,
            [p for layer in (*first_target[0], *second_target[0]) for p in layer.parameters()],
            [p for layer in (*first[0], *second[0]) for p in layer.parameters()],
        )
        self._target_entropy = target_entropy
        self._actor = ArrayPerceptron(*actor, self.adam)
        self._first = ArrayPerceptron(*first, self.adam)
        self._second = ArrayPerceptron(*second, self.adam)
        self._first_target = ArrayPerceptron(*first_target)
        self._second_target = ArrayPerceptron(*second_target)

    def step(self, batch: Batch, longest: float, sums: np.ndarray) -> float:
        """One step on transitions; ``sums``, float64 (4,), as of :func:`array_kernels.sac`."""
        observations, later = batch["observations"], batch["next_observations"]
        n = len(observations)
        alpha = math.exp(float(self.alpha_adam.values[0]))
        targets = np.empty(n, np.float32)
        array_kernels.soft_targets(
            self._actor(later),
            self._first_target(later),
            self._second_target(later),
            batch["rewards"],
            batch["discounts"],
            alpha,
            targets,
        )
        acting = self._actor.hidden(observations)
        judging, twin = self._first.hidden(observations), self._second.hidden(observations)
        logits = self._actor.output(acting[-1])
        first, second = self._first.output(judging[-1]), self._second.output(twin[-1])
        slopes = np.empty((3, *logits.shape), np.float32)
        before = sums[2]
        array_kernels.sac(
            logits,
            first,
            second,
            batch["actions"],
            targets,
            alpha,
            slopes[0],
            slopes[1],
            slopes[2],
            sums,
        )
        self._actor.backward(acting, slopes[0])
        self._first.backward(judging, slopes[1])
        self._second.backward(twin, slopes[2])
        norm = _safe_norm(self.adam, sums[1])
        excess = (sums[2] - before) / n - self._target_entropy
        self.alpha_adam.gradients[0] = excess
        alpha_norm = _safe_norm(self.alpha_adam, excess)
        self.adam.step(norm, longest)
        self.alpha_adam.step(alpha_norm, longest)
        return math.hypot(norm, alpha_norm)
