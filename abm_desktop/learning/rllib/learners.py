"""Learning for RLlib from rollouts: PPO's update in one tight loop.

:class:`RolloutPPOLearner` keeps RLlib's module, optimiser, checkpoints and metrics and replaces
only what happens between a batch and the new weights. The loss is RLlib's PPO loss without the KL
term. Standard perceptrons learn as plain arrays, other networks by torch; ``tests/learning``
compares the gradients of both with RLlib's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from ray.rllib.algorithms.ppo.torch.ppo_torch_learner import PPOTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns
from ray.rllib.core.learner.training_data import TrainingData
from torch.nn import functional

from abm_desktop.learning.rllib.array_updates import ArrayPPO
from abm_desktop.learning.rllib.networks import keep_blind
from abm_desktop.learning.rllib.rollout import Rollout, advantages
from abm_desktop.learning.rllib.updates import RolloutUpdates, set_generator
from abm_desktop.market.even_handed import mirrored
from abm_desktop.market.roles import find_role

LOSSES = ("policy_loss", "value_loss", "entropy", "kl", "explained_variance", "gradient_norm")

Batch = dict[str, np.ndarray]


class RolloutPPOLearner(RolloutUpdates, PPOTorchLearner):
    """PPO on :class:`~abm_desktop.learning.rllib.rollout.Rollout` in place of episodes."""

    def build(self) -> None:
        super().build()
        module = self.module[DEFAULT_MODULE_ID]
        (optimizer,) = self.own_optimizers()
        plan = self.config.learner_config_dict
        keep_blind(module, plan.get("unseen", ()))
        self.mirror = find_role(plan["role"]).mirror() if plan["even_handed"] else None
        threads = plan["threads"] or None
        self.arrays = self._as_arrays(lambda: ArrayPPO(module, optimizer, threads, self.mirror))
        self._begin(self.config.lr)
        self.order_generator = torch.Generator().manual_seed(self.config.seed or 0)

    def memory(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """What a checkpoint keeps beside weights and moments: arrays, and plain values."""
        return {"generator": self.order_generator.get_state().numpy()}, {}

    def remember(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        """Take over :meth:`memory`, of a learner of another kind too. Raises ``InputError``."""
        if "generator" in arrays:
            set_generator(self.order_generator, arrays["generator"])

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
        batch = self.make_batch(training_data.episodes)
        learn = self._learn_by_torch if self.arrays is None else self._learn_as_arrays
        measured, norms, steps = learn(batch)
        losses = dict(zip(LOSSES[:4], measured, strict=True))
        decisions = self._decisions(batch)
        losses["explained_variance"] = _explained_variance(decisions)
        losses["gradient_norm"] = norms / steps
        self._log(losses, len(decisions["actions"]))
        return self.metrics.reduce()

    def loss(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Total loss, and (policy loss, value loss, entropy, KL) detached, of one minibatch."""
        return self._loss_of(*self._forward(batch["observations"]), batch)

    def _loss_of(
        self, logits: torch.Tensor, values: torch.Tensor, batch: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """As :meth:`loss`, of what the networks gave for decisions, one row each."""
        config = self.config
        logp_all = functional.log_softmax(logits, dim=1)
        logp = logp_all.gather(1, batch["actions"][:, None])[:, 0]
        log_ratio = logp - batch["log_probabilities"]
        ratio = log_ratio.exp()
        advantage = batch["advantages"]
        clipped = ratio.clamp(1.0 - config.clip_param, 1.0 + config.clip_param)
        policy_loss = -torch.minimum(advantage * ratio, advantage * clipped).mean()
        value_loss = (values - batch["targets"]).square().mean()
        entropy = -(logp_all.exp() * logp_all).sum(dim=1).mean()
        total = policy_loss + config.vf_loss_coeff * value_loss - self._entropy_weight() * entropy
        with torch.no_grad():
            # Schulman's low-variance estimate of KL(old || new) from the samples at hand.
            divergence = (ratio - 1.0 - log_ratio).mean()
            parts = torch.stack((policy_loss, value_loss, entropy, divergence))
        return total, parts

    def _forward(self, observations: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits and values of whatever network RLlib has built; even-handed ones if asked for."""
        if self.mirror is None:
            return self._forward_as_built(observations)
        logits, values = self._forward_as_built(observations)
        image = observations[:, self.mirror.places] * torch.from_numpy(self.mirror.signs)
        there, theirs = self._forward_as_built(image)
        return 0.5 * (logits + there[:, self.mirror.actions]), 0.5 * (values + theirs)

    def _forward_as_built(self, observations: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        module: Any = self.module[DEFAULT_MODULE_ID].unwrapped()
        inputs = {Columns.OBS: observations}
        out = module.forward_train(inputs)
        values = module.compute_values(inputs, embeddings=out[Columns.EMBEDDINGS])
        return out[Columns.ACTION_DIST_INPUTS], values

    def _entropy_weight(self) -> float:
        return float(self.config.entropy_coeff * self._rate_left)

    def _learn_as_arrays(self, batch: Batch) -> tuple[list[float], float, int]:
        """Learn from ``batch``; returns mean losses, the sum of gradient norms, and the steps."""
        assert self.arrays is not None
        config = self.config
        clip, longest = float(config.clip_param), float(config.grad_clip)
        value_weight, entropy_weight = float(config.vf_loss_coeff), self._entropy_weight()
        sums, norms = np.zeros(4), 0.0
        size, steps = self._minibatch_size(batch), 0
        self.arrays.adam.begin()
        for mixed in self._epochs(batch):
            norms += self.arrays.learn(
                mixed, size, clip, value_weight, entropy_weight, longest, sums
            )
            steps += len(mixed["actions"]) // size
        self.arrays.adam.end()
        return (sums / (steps * size)).tolist(), norms, steps

    def _learn_by_torch(self, batch: Batch) -> tuple[list[float], float, int]:
        sums = torch.zeros(4)
        norms, steps = 0.0, 0
        for part in self._minibatches(batch):
            loss, parts = self.loss({key: torch.from_numpy(rows) for key, rows in part.items()})
            norms += self._apply(loss)
            sums += parts
            steps += 1
        return (sums / steps).tolist(), norms, steps

    def make_batch(self, rollouts: list[Rollout]) -> Batch:
        """Flatten rollouts to rows, with standardised advantages, value targets and old values."""
        columns: dict[str, list[np.ndarray]] = {}
        for rollout in rollouts:
            shape = rollout.observations.shape
            values = self._values(rollout.observations.reshape(-1, shape[-1])).reshape(shape[:2])
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
        batch = {key: np.concatenate(parts) for key, parts in columns.items()}
        # An even-handed network learns from the image what it learns from the batch.
        if self.config.learner_config_dict["mirror"] and self.mirror is None:
            batch = self._mirrored(batch)
        batch["advantages"] = standardised(batch["advantages"])
        return batch

    def _decisions(self, batch: Batch) -> Batch:
        """The rows of :meth:`make_batch` that are decisions."""
        return batch

    def _values(self, observations: np.ndarray) -> np.ndarray:
        """float32 (n, D) to (n,)."""
        if self.arrays is not None:
            return self.arrays.values(observations)
        with torch.no_grad():
            # A copy: what comes from a remote worker lies in Ray's store, read-only.
            values: np.ndarray = self._forward(torch.tensor(observations))[1].numpy()
        return values

    def _mirrored(self, batch: Batch) -> Batch:
        """The batch and its mirror image, as this policy would have come to it."""
        mirror = find_role(self.config.learner_config_dict["role"]).mirror()
        image = dict(batch, observations=mirrored(batch["observations"], mirror))
        image["actions"] = mirror.actions[batch["actions"]]
        with torch.no_grad():
            if self.arrays is not None:
                logits = torch.from_numpy(self.arrays.actor(image["observations"]))
            else:
                logits, _ = self._forward(torch.from_numpy(image["observations"]))
            logp = functional.log_softmax(logits, dim=1).numpy()
        image["log_probabilities"] = logp[np.arange(len(logp)), image["actions"]]
        return {key: np.concatenate((rows, image[key])) for key, rows in batch.items()}

    def _minibatch_size(self, batch: Batch) -> int:
        return min(int(self.config.minibatch_size), len(batch["actions"]))

    def _epochs(self, batch: Batch) -> Iterator[Batch]:
        """Rows to learn from: every epoch a new order."""
        rows = len(batch["actions"])
        used = {key: column for key, column in batch.items() if key != "values"}
        for _ in range(self.config.num_epochs):
            order = torch.randperm(rows, generator=self.order_generator).numpy()
            yield {key: column[order] for key, column in used.items()}

    def _minibatches(self, batch: Batch) -> Iterator[Batch]:
        """Parts of every epoch's rows; a short rest is left out."""
        rows, size = len(batch["actions"]), self._minibatch_size(batch)
        for mixed in self._epochs(batch):
            for start in range(0, rows - size + 1, size):
                yield {key: column[start : start + size] for key, column in mixed.items()}


def standardised(advantages: np.ndarray) -> np.ndarray:
    """Advantages float32 (n,) with mean 0 and standard deviation 1."""
    scale = max(float(advantages.std(ddof=1, dtype=np.float64)), 1e-4)
    around: np.ndarray = (advantages - advantages.mean(dtype=np.float64)) / scale
    return around.astype(np.float32)


def _explained_variance(batch: Batch) -> float:
    """Share of the returns' variance that the value function knew before the update."""
    variance = float(batch["targets"].var())
    residual = float((batch["targets"] - batch["values"]).var())
    return 1.0 - residual / variance if variance > 0.0 else 0.0
