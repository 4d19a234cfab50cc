"""PPO that goes on from a policy file, on plain arrays and without Ray, for one market at a time.

A policy file has no value function: a fresh one is fitted on the first batch, and the policy is
changed from the second on.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import torch
from torch import nn

from abm_desktop.learning.arrays import kernels as array_kernels
from abm_desktop.learning.arrays.networks import ArrayPerceptron, FlatAdam, use_one_thread
from abm_desktop.learning.rllib.rollout import Rollout, advantages
from abm_desktop.market import state
from abm_desktop.market.policy import PolicyNet

__all__ = ["ContinualPPO"]

GAMMA, GAE_LAMBDA = 0.99, 0.95
CLIP, ENTROPY = 0.2, 0.001
EPOCHS, MINIBATCH = 4, 256
LONGEST_GRADIENT = 0.5
CRITIC_RATE, CRITIC_EPOCHS = 1e-3, 40
"""Of the value function: how fast it learns, and passes over the data of its first fit."""


class ContinualPPO:
    """A policy and its value function, and PPO's updates of them (Schulman et al. 2017).

    Args:
        policy: to begin with; not changed itself.
        seed: of the value function's first weights and of the order of minibatches.
        learning_rate: of the policy; with 0 only the value function learns.

    Attributes:
        value_losses: mean squared error of the value function in the last pass of each update.
        updates: how often the policy was updated.
        decisions: from which it learned.
    """

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
        """The first time fit the value function, later update both.

        Raises RuntimeError before a step that is not finite.
        """
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
        logit_slopes, value_slopes = np.empty_like(logits), np.empty_like(values)
        array_kernels.ppo_policy(
            logits,
            batch["actions"],
            batch["log_probabilities"],
            batch["advantages"],
            CLIP,
            ENTROPY,
            logit_slopes,
            np.zeros(3),
        )
        error = np.zeros(1)
        array_kernels.ppo_value(values, batch["targets"], 0.5, value_slopes, error)
        self._critic.backward(judging, value_slopes)
        self._go(self._critic_adam)
        if not critic_only and not self._frozen:
            self._actor.backward(acting, logit_slopes)
            self._go(self._actor_adam)
        return float(error[0])

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
