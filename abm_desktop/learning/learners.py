"""Learning for RLlib from rollouts: PPO's update as one tight loop over plain tensors.

:class:`RolloutPPOLearner` keeps RLlib's module, optimiser, checkpoints and metrics and replaces
only what happens between a batch and the new weights. The loss is RLlib's PPO loss without the KL
term; ``tests/learning`` compares the gradients.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import torch
from ray.rllib.algorithms.ppo.torch.ppo_torch_learner import PPOTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.learner.training_data import TrainingData
from ray.rllib.utils.metrics import (
    ALL_MODULES,
    NUM_MODULE_STEPS_TRAINED,
    NUM_MODULE_STEPS_TRAINED_LIFETIME,
)
from torch import nn
from torch.nn import functional

from abm_desktop.learning.networks import actor_layers, critic_layers
from abm_desktop.learning.rollout import Rollout, advantages

LOSSES = ("policy_loss", "value_loss", "entropy", "kl", "explained_variance", "gradient_norm")


class DivergenceError(RuntimeError):
    """A loss or gradient is not finite; the weights are still those before the bad step."""


class Perceptron:
    """Linear layers with one activation between them, run without a module's bookkeeping."""

    def __init__(self, layers: list[nn.Linear], activation: str) -> None:
        self._layers = layers
        self._activation = torch.tanh if activation == "tanh" else torch.relu

    def __call__(self, inputs: torch.Tensor) -> torch.Tensor:
        """(n, inputs) to (n, outputs)."""
        for layer in self._layers[:-1]:
            inputs = self._activation(functional.linear(inputs, layer.weight, layer.bias))
        last = self._layers[-1]
        return functional.linear(inputs, last.weight, last.bias)


class RolloutPPOLearner(PPOTorchLearner):
    """PPO on :class:`~abm_desktop.learning.rollout.Rollout` in place of episodes."""

    def build(self) -> None:
        super().build()
        module = self.module[DEFAULT_MODULE_ID]
        self._actor = Perceptron(*actor_layers(module))
        self._critic = Perceptron(*critic_layers(module))
        self._generator = torch.Generator().manual_seed(self.config.seed or 0)

    def configure_optimizers_for_module(self, module_id: str, config: Any = None) -> None:
        """Adam in one fused pass over all parameters."""
        params = self.get_parameters(self._module[module_id])
        self.register_optimizer(
            module_id=module_id,
            optimizer=torch.optim.Adam(params, eps=1e-5, fused=True),
            params=params,
            lr_or_lr_schedule=config.lr,
        )

    def update(self, *, training_data: TrainingData, timesteps: dict[str, Any], **_: Any) -> Any:
        """Several epochs of minibatch steps over the rollouts; returns reduced metrics.

        Raises :class:`DivergenceError` before a step that would put non-finite numbers into
        the weights.
        """
        self.before_gradient_based_update(timesteps=timesteps)
        self._weights_seq_no += 1
        batch = self._make_batch(training_data.episodes)
        sums = torch.zeros(4)
        norms, steps = 0.0, 0
        for rows in self._minibatches(len(batch["actions"])):
            loss, parts = self.loss({key: values[rows] for key, values in batch.items()})
            norms += self._apply(loss)
            sums += parts
            steps += 1
        losses = dict(zip(LOSSES[:4], (sums / steps).tolist(), strict=True))
        losses["explained_variance"] = _explained_variance(batch)
        losses["gradient_norm"] = norms / steps
        self._log(losses, len(batch["actions"]))
        self.after_gradient_based_update(timesteps=timesteps)
        return self.metrics.reduce()

    def loss(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Total loss, and (policy loss, value loss, entropy, KL) detached, of one minibatch."""
        config = self.config
        logp_all = functional.log_softmax(self._actor(batch["observations"]), dim=1)
        logp = logp_all.gather(1, batch["actions"][:, None])[:, 0]
        log_ratio = logp - batch["log_probabilities"]
        ratio = log_ratio.exp()
        advantage = batch["advantages"]
        clipped = ratio.clamp(1.0 - config.clip_param, 1.0 + config.clip_param)
        policy_loss = -torch.minimum(advantage * ratio, advantage * clipped).mean()
        values = self._critic(batch["observations"])[:, 0]
        value_loss = (values - batch["targets"]).square().mean()
        entropy = -(logp_all.exp() * logp_all).sum(dim=1).mean()
        total = policy_loss + config.vf_loss_coeff * value_loss - config.entropy_coeff * entropy
        with torch.no_grad():
            # Schulman's low-variance estimate of KL(old || new) from the samples at hand.
            divergence = (ratio - 1.0 - log_ratio).mean()
            parts = torch.stack((policy_loss, value_loss, entropy, divergence))
        return total, parts

    def _make_batch(self, rollouts: list[Rollout]) -> dict[str, torch.Tensor]:
        """Flatten rollouts to rows, with standardised advantages, value targets and old values."""
        columns: dict[str, list[np.ndarray]] = {}
        for rollout in rollouts:
            shape = rollout.observations.shape
            with torch.no_grad():
                # A copy: what comes from a remote worker lies in Ray's store, read-only.
                flat = torch.tensor(rollout.observations.reshape(-1, shape[-1]))
                values = self._critic(flat)[:, 0].numpy().reshape(shape[:2])
            estimate, target = advantages(rollout, values, self.config.gamma, self.config.lambda_)
            for key, array in (
                ("observations", rollout.observations[:-1]),
                ("actions", rollout.actions),
                ("log_probabilities", rollout.log_probabilities),
                ("advantages", estimate),
                ("targets", target),
                ("values", values[:-1]),
            ):
                columns.setdefault(key, []).append(array[rollout.valid])
        batch = {key: torch.from_numpy(np.concatenate(c)) for key, c in columns.items()}
        advantage = batch["advantages"]
        batch["advantages"] = (advantage - advantage.mean()) / advantage.std().clamp(min=1e-4)
        return batch

    def _minibatches(self, rows: int) -> Any:
        """Index tensors: every epoch a new order, a short rest is left out."""
        size = min(int(self.config.minibatch_size), rows)
        for _ in range(self.config.num_epochs):
            order = torch.randperm(rows, generator=self._generator)
            for start in range(0, rows - size + 1, size):
                yield order[start : start + size]

    def _apply(self, loss: torch.Tensor) -> float:
        optimizer = self.get_optimizer(DEFAULT_MODULE_ID)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        norm = float(nn.utils.clip_grad_norm_(parameters, self.config.grad_clip))
        if not math.isfinite(norm):
            raise DivergenceError(
                f"the gradient is not a finite number (loss {float(loss.detach()):g})"
            )
        optimizer.step()
        return norm

    def _log(self, losses: dict[str, float], rows: int) -> None:
        for key, value in losses.items():
            self.metrics.log_value((DEFAULT_MODULE_ID, key), value, window=1)
        for module in (DEFAULT_MODULE_ID, ALL_MODULES):
            self.metrics.log_value((module, NUM_MODULE_STEPS_TRAINED), rows, reduce="sum")
            self.metrics.log_value(
                (module, NUM_MODULE_STEPS_TRAINED_LIFETIME), rows, reduce="lifetime_sum"
            )


def _explained_variance(batch: dict[str, torch.Tensor]) -> float:
    """Share of the returns' variance that the value function knew before the update."""
    variance = float(batch["targets"].var())
    residual = float((batch["targets"] - batch["values"]).var())
    return 1.0 - residual / variance if variance > 0.0 else 0.0
