"""One policy that learns in a population: the learner of every other training, and its settings."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.learner.training_data import TrainingData
from ray.rllib.utils.metrics import NUM_ENV_STEPS_SAMPLED_LIFETIME

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.registry import checkpoints
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.learning.rllib.algorithms import settings
from abm_desktop.learning.rllib.learners import RolloutPPOLearner
from abm_desktop.learning.rllib.networks import actor_layers, policy_from_module
from abm_desktop.learning.rllib.rollout import Rollout
from abm_desktop.market.policy import PolicyNet

__all__ = ["Net", "PopulationLearner"]

_OF_RLLIB = {
    "gamma": "gamma",
    "gae_lambda": "lambda_",
    "clip": "clip_param",
    "entropy": "entropy_coeff",
    "value_weight": "vf_loss_coeff",
}
"""Settings that the learner reads at each update, and what RLlib calls them."""


class Net:
    """A copy of a policy as plain arrays: what plays in games, which have no roles."""

    def __init__(self, module: Any) -> None:
        layers, self._activation = actor_layers(module)
        with torch.no_grad():
            self._layers = [
                (layer.weight.detach().numpy().T.copy(), layer.bias.detach().numpy().copy())
                for layer in layers
            ]

    def logits(self, observations: np.ndarray) -> np.ndarray:
        """Logits for a batch: float32 (n, inputs) -> (n, actions)."""
        x = np.asarray(observations, np.float32)
        for k, (weights, biases) in enumerate(self._layers):
            x = x @ weights + biases
            if k < len(self._layers) - 1:
                x = np.tanh(x) if self._activation == "tanh" else np.maximum(x, 0.0)
        return x


class PopulationLearner:
    """A policy and value function that learn by PPO, as ``abm-desktop train`` has them.

    Args:
        config: its training; ``iterations`` times ``steps_per_iteration`` decisions are all of it,
            over which its rates fall to ``final_rate``.
        inputs: numbers that it sees.
        actions: actions that it has.
    """

    def __init__(self, config: TrainingConfig, inputs: int, actions: int) -> None:
        self.config = config
        self.decisions = 0
        space = gym.spaces.Box(-np.inf, np.inf, (inputs,), np.float32)
        plan = settings(config)
        spec = plan.get_multi_rl_module_spec(
            spaces={DEFAULT_MODULE_ID: (space, gym.spaces.Discrete(actions))}
        )
        torch.manual_seed(config.seed)  # of the first weights
        self._learner: Any = RolloutPPOLearner(
            config=plan.copy(copy_frozen=False), module_spec=spec
        )
        self._learner.build()

    def learn(self, rollout: Rollout) -> None:
        """Update from a rollout of its own decisions.

        Raises :class:`~abm_desktop.learning.rllib.updates.DivergenceError` before a step that is
        not finite.
        """
        self.decisions += len(rollout)
        self._learner.update(
            training_data=TrainingData(episodes=[rollout]),
            timesteps={NUM_ENV_STEPS_SAMPLED_LIFETIME: self.decisions},
        )

    @property
    def losses(self) -> dict[str, float]:
        """Means over the last update, by name."""
        return dict(self._learner.losses)

    @property
    def present_rate(self) -> float:
        """Step size of the last update."""
        return float(self._learner.present_rate)

    def net(self) -> Net:
        """A copy of the policy, for a game."""
        return Net(self._learner.module[DEFAULT_MODULE_ID])

    def policy(self, name: str = "") -> PolicyNet:
        """A copy of the policy, for a market."""
        return policy_from_module(
            self._learner.module[DEFAULT_MODULE_ID],
            name,
            sizes=self.config.sizes,
            role=self.config.role,
            both_sides=self.config.even_handed,
        )

    def change(self, values: Mapping[str, float]) -> None:
        """Go on with other settings, of those that may change on the way (``config.EXPLORED``)."""
        self.config = self.config.model_copy(update=dict(values))
        for name, value in values.items():
            if name == "learning_rate":
                self._learner.learning_rate = value
            elif name in _OF_RLLIB:
                setattr(self._learner.config, _OF_RLLIB[name], value)

    def go_on(self, model: ModelInfo, changed: Sequence[str]) -> None:
        """Go on where a model was kept: weights, optimiser, rates, and settings that had changed.

        Raises ``ModelError``.
        """
        self.restore(model.folder / model.checkpoint)
        self.decisions = model.env_steps
        self.change({name: float(model.config[name]) for name in changed})

    def take_over(self, other: PopulationLearner) -> None:
        """Take weights and the optimiser's moments of another one with the same network."""
        with tempfile.TemporaryDirectory() as folder:
            other.save(Path(folder))
            self.restore(Path(folder))

    def save(self, folder: Path) -> None:
        """Write a checkpoint, from which a training can go on. Raises OSError."""
        checkpoints.save(self._learner, folder)

    def restore(self, folder: Path) -> None:
        """Go on from a checkpoint. Raises ``ModelError``."""
        checkpoints.restore(self._learner, folder)
