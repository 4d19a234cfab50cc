"""Learning for RLlib from rollouts: PPO's update as one tight loop over plain tensors.

:class:`RolloutPPOLearner` keeps RLlib's module, optimiser, checkpoints and metrics and replaces
only what happens between a batch and the new weights. The loss is RLlib's PPO loss without the KL
term; ``tests/learning`` compares the gradients.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from ray.rllib.algorithms.ppo.torch.ppo_torch_learner import PPOTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.learner.training_data import TrainingData
from torch.nn import functional

from abm_desktop.learning.networks import actor_layers, critic_layers
from abm_desktop.learning.rollout import Rollout, advantages, mirror_signs
from abm_desktop.learning.updates import Perceptron, RolloutUpdates

LOSSES = ("policy_loss", "value_loss", "entropy", "kl", "explained_variance", "gradient_norm")


class RolloutPPOLearner(RolloutUpdates, PPOTorchLearner):
    """PPO on :class:`~abm_desktop.learning.rollout.Rollout` in place of episodes."""

    def build(self) -> None:
        super().build()
        module = self.module[DEFAULT_MODULE_ID]
        self._actor = Perceptron(*actor_layers(module))
        self._critic = Perceptron(*critic_layers(module))
        self._begin(self.config.lr)
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
        self._weights_seq_no += 1
        self._set_rates(timesteps)
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
        weight = config.entropy_coeff * self._rate_left
        total = policy_loss + config.vf_loss_coeff * value_loss - weight * entropy
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
        if self.config.learner_config_dict["mirror"]:
            batch = self._mirrored(batch)
        advantage = batch["advantages"]
        batch["advantages"] = (advantage - advantage.mean()) / advantage.std().clamp(min=1e-4)
        return batch

    def _mirrored(self, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        """The batch and its mirror image, as this policy would have come to it."""
        signs = torch.from_numpy(mirror_signs(batch["observations"].shape[1]))
        image = dict(batch, observations=batch["observations"] * signs)
        image["actions"] = 2 - batch["actions"]
        with torch.no_grad():
            logp = functional.log_softmax(self._actor(image["observations"]), dim=1)
        image["log_probabilities"] = logp.gather(1, image["actions"][:, None])[:, 0]
        return {key: torch.cat((values, image[key])) for key, values in batch.items()}

    def _minibatches(self, rows: int) -> Any:
        """Index tensors: every epoch a new order, a short rest is left out."""
        size = min(int(self.config.minibatch_size), rows)
        for _ in range(self.config.num_epochs):
            order = torch.randperm(rows, generator=self._generator)
            for start in range(0, rows - size + 1, size):
                yield order[start : start + size]


def _explained_variance(batch: dict[str, torch.Tensor]) -> float:
    """Share of the returns' variance that the value function knew before the update."""
    variance = float(batch["targets"].var())
    residual = float((batch["targets"] - batch["values"]).var())
    return 1.0 - residual / variance if variance > 0.0 else 0.0
