"""DQN and discrete SAC for RLlib from rollouts: an array replay buffer and tight update loops.

RLlib's module, optimisers, checkpoints and metrics stay; what is replaced is the way from a
sampled rollout to new weights. The losses are RLlib's own; ``tests/learning`` compares gradients.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ray.rllib.algorithms.dqn.torch.dqn_torch_learner import DQNTorchLearner
from ray.rllib.algorithms.sac.torch.sac_torch_learner import SACTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.learner.training_data import TrainingData
from torch import nn
from torch.nn import functional

from abm_desktop.learning.networks import head_layers
from abm_desktop.learning.replay import ReplayBuffer, Transitions
from abm_desktop.learning.rollout import Rollout, mirror_signs
from abm_desktop.learning.updates import Perceptron, RolloutUpdates

_CHUNK = 32
"""Minibatches drawn from the buffer at a time."""

Batch = dict[str, torch.Tensor]


class ReplayUpdates(RolloutUpdates):
    """Mixed into a learner with target networks; ``learner_config_dict`` has the replay settings:
    buffer_size, replay_ratio, learning_starts, n_step, target_rate, minibatch_size.
    """

    names: tuple[str, ...]
    """Names of what :meth:`loss` measures."""
    module: Any
    _weights_seq_no: int

    def _begin_replay(self, learning_rate: float) -> None:
        self._begin(learning_rate)
        self.buffer: ReplayBuffer | None = None
        self._saved_buffer: Path | None = None
        self._owed = 0.0
        self._random = np.random.default_rng([self.config.seed or 0, 0xB0])
        pairs = [
            (target, online)
            for online_net, target_net in self.module[DEFAULT_MODULE_ID]
            .unwrapped()
            .get_target_network_pairs()
            for target, online in zip(target_net.parameters(), online_net.parameters(), strict=True)
        ]
        self._targets = [target for target, _ in pairs]
        self._onlines = [online for _, online in pairs]

    def update(self, *, training_data: TrainingData, timesteps: dict[str, Any], **_: Any) -> Any:
        """Put the rollouts into the buffer, then learn ``replay_ratio`` times as many decisions.

        Raises :class:`DivergenceError` before a step that would put non-finite numbers into
        the weights.
        """
        plan = self.config.learner_config_dict
        self._weights_seq_no += 1
        self._set_rates(timesteps)
        rows = self._remember(training_data.episodes)
        assert self.buffer is not None
        losses: dict[str, float] = {}
        steps = 0
        if len(self.buffer) >= plan["learning_starts"]:
            self._owed += plan["replay_ratio"] * rows / plan["minibatch_size"]
            steps = int(self._owed)
            self._owed -= steps
        if steps:
            losses = self._learn(steps)
        self._log(losses, steps * plan["minibatch_size"])
        return self.metrics.reduce()

    def loss(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Total loss of one minibatch, and its measures, detached, in the order of ``names``."""
        raise NotImplementedError

    def save_replay(self, path: Path) -> None:
        """Write the buffer, if there is one."""
        if self.buffer is not None:
            self.buffer.save(path)

    def load_replay(self, path: Path) -> None:
        """Begin with the buffer that :meth:`save_replay` wrote."""
        self._saved_buffer = path

    def _remember(self, rollouts: list[Rollout]) -> int:
        if self.buffer is None:
            markets = sum(r.rewards.shape[1] for r in rollouts)
            size = self.config.learner_config_dict["buffer_size"]
            self.buffer = ReplayBuffer(size, markets, rollouts[0].observations.shape[2])
            if self._saved_buffer is not None:
                self.buffer.load(self._saved_buffer)
        return self.buffer.add(rollouts)

    def _learn(self, steps: int) -> dict[str, float]:
        sums = torch.zeros(len(self.names))
        norms = 0.0
        rate = self.config.learner_config_dict["target_rate"]
        for batch in self._minibatches(steps):
            loss, parts = self.loss(batch)
            norms += self._apply(loss)
            sums += parts
            with torch.no_grad():
                torch._foreach_lerp_(self._targets, self._onlines, rate)
        losses = dict(zip(self.names, (sums / steps).tolist(), strict=True))
        return losses | {"gradient_norm": norms / steps}

    def _minibatches(self, steps: int) -> Iterator[Batch]:
        plan = self.config.learner_config_dict
        size, gamma = plan["minibatch_size"], self.config.gamma
        assert self.buffer is not None
        for start in range(0, steps, _CHUNK):
            count = min(_CHUNK, steps - start)
            drawn = self.buffer.sample(count * size, plan["n_step"], gamma, self._random)
            if plan["mirror"]:
                _mirror_half(drawn)
            tensors = as_tensors(drawn)
            for k in range(count):
                rows = slice(k * size, (k + 1) * size)
                yield {key: values[rows] for key, values in tensors.items()}


def _mirror_half(drawn: Transitions) -> None:
    """Turn every second decision into its mirror image, in place."""
    signs = mirror_signs(drawn.observations.shape[1])
    drawn.observations[::2] *= signs
    drawn.next_observations[::2] *= signs
    drawn.actions[::2] = 2 - drawn.actions[::2]


def as_tensors(transitions: Transitions) -> Batch:
    """The fields of ``transitions``, sharing its memory."""
    return {key: torch.from_numpy(getattr(transitions, key)) for key in Transitions.__slots__}


class _Duelling:
    """Q-values from one trunk with an advantage head and a value head."""

    def __init__(self, encoder: nn.Module, advantage: nn.Module, value: nn.Module) -> None:
        layers, activation = head_layers(encoder, advantage)
        self._trunk = Perceptron(layers, activation)
        self._advantage = layers[-1]
        self._value = head_layers(encoder, value)[0][-1]

    def __call__(self, observations: torch.Tensor) -> torch.Tensor:
        hidden = self._trunk.hidden(observations)
        advantage = functional.linear(hidden, self._advantage.weight, self._advantage.bias)
        value = functional.linear(hidden, self._value.weight, self._value.bias)
        return value + advantage - advantage.mean(dim=1, keepdim=True)


class RolloutDQNLearner(ReplayUpdates, DQNTorchLearner):
    """Double duelling Q-learning."""

    names = ("value_loss", "mean_value", "value_spread")

    def build(self) -> None:
        """Build once: RLlib asks twice, and would make SAC's temperature anew."""
        if self._is_built:
            return
        super().build()
        base: Any = self.module[DEFAULT_MODULE_ID].unwrapped()
        self._online = _Duelling(base.encoder, base.af, base.vf)
        self._target = _Duelling(base._target_encoder, base._target_af, base._target_vf)
        self._begin_replay(self.config.lr)

    def configure_optimizers_for_module(self, module_id: str, config: Any = None) -> None:
        """Adam in one fused pass over what is trained."""
        module: Any = self._module[module_id].unwrapped()
        parts = (module.encoder, module.af, module.vf)
        params = [parameter for part in parts for parameter in self.get_parameters(part)]
        self.register_optimizer(
            module_id=module_id,
            optimizer=torch.optim.Adam(params, eps=1e-5, fused=True),
            params=params,
            lr_or_lr_schedule=config.lr,
        )

    def loss(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Huber loss of the chosen actions' values."""
        values = self._online(batch["observations"])
        with torch.no_grad():
            best = self._online(batch["next_observations"]).argmax(dim=1, keepdim=True)
            after = self._target(batch["next_observations"]).gather(1, best)[:, 0]
            target = batch["rewards"] + batch["discounts"] * after
        chosen = values.gather(1, batch["actions"][:, None])[:, 0]
        total = functional.huber_loss(chosen, target)
        with torch.no_grad():
            spread = (values.max(dim=1).values - values.min(dim=1).values).mean()
            parts = torch.stack((total, chosen.mean(), spread))
        return total, parts


class RolloutSACLearner(ReplayUpdates, SACTorchLearner):
    """Soft actor-critic with a categorical policy and twin Q-functions."""

    names = ("policy_loss", "value_loss", "entropy", "temperature", "mean_value")

    def build(self) -> None:
        """Build once: RLlib asks twice, and would make SAC's temperature anew."""
        if self._is_built:
            return
        super().build()
        base: Any = self.module[DEFAULT_MODULE_ID].unwrapped()
        self._actor = Perceptron(*head_layers(base.pi_encoder, base.pi))
        self._first = Perceptron(*head_layers(base.qf_encoder, base.qf))
        self._second = Perceptron(*head_layers(base.qf_twin_encoder, base.qf_twin))
        self._first_target = Perceptron(*head_layers(base.target_qf_encoder, base.target_qf))
        self._second_target = Perceptron(
            *head_layers(base.target_qf_twin_encoder, base.target_qf_twin)
        )
        self._begin_replay(self.config.actor_lr)

    def configure_optimizers_for_module(self, module_id: str, config: Any = None) -> None:
        """One fused Adam for policy and Q-functions, whose gradients do not mix, one for alpha."""
        module: Any = self._module[module_id].unwrapped()
        parts = ("pi_encoder", "pi", "qf_encoder", "qf", "qf_twin_encoder", "qf_twin")
        params = [p for part in parts for p in self.get_parameters(getattr(module, part))]
        self.register_optimizer(
            module_id=module_id,
            optimizer_name="networks",
            optimizer=torch.optim.Adam(params, eps=1e-5, fused=True),
            params=params,
            lr_or_lr_schedule=config.actor_lr,
        )
        temperature = self.curr_log_alpha[module_id]
        self.register_optimizer(
            module_id=module_id,
            optimizer_name="alpha",
            optimizer=torch.optim.Adam([temperature], eps=1e-5),
            params=[temperature],
            lr_or_lr_schedule=config.alpha_lr,
        )

    def get_state(self, *args: Any, **kwargs: Any) -> Any:
        """RLlib's state and the temperature, which RLlib leaves out."""
        log_alpha = self.curr_log_alpha[DEFAULT_MODULE_ID].detach().numpy().copy()
        return super().get_state(*args, **kwargs) | {"log_alpha": log_alpha}

    def set_state(self, state: Any) -> None:
        super().set_state(state)
        if "log_alpha" in state:
            with torch.no_grad():
                self.curr_log_alpha[DEFAULT_MODULE_ID].copy_(torch.from_numpy(state["log_alpha"]))

    def loss(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Sum of the losses of policy, both Q-functions and temperature."""
        log_alpha = self.curr_log_alpha[DEFAULT_MODULE_ID]
        alpha = log_alpha.detach().exp()
        observations, later = batch["observations"], batch["next_observations"]
        with torch.no_grad():
            logp_later = functional.log_softmax(self._actor(later), dim=1)
            worth = torch.minimum(self._first_target(later), self._second_target(later))
            soft = (logp_later.exp() * (worth - alpha * logp_later)).sum(dim=1)
            target = batch["rewards"] + batch["discounts"] * soft
        first, second = self._first(observations), self._second(observations)
        chosen = batch["actions"][:, None]
        value_loss = functional.huber_loss(first.gather(1, chosen)[:, 0], target)
        value_loss = value_loss + functional.huber_loss(second.gather(1, chosen)[:, 0], target)
        logp = functional.log_softmax(self._actor(observations), dim=1)
        probability = logp.exp()
        value = torch.minimum(first, second).detach()
        policy_loss = (probability * (alpha * logp - value)).sum(dim=1).mean()
        entropy = -(probability * logp).sum(dim=1).detach()
        excess = entropy - self.target_entropy[DEFAULT_MODULE_ID]
        alpha_loss = (log_alpha * excess).mean()
        total = policy_loss + value_loss + alpha_loss
        with torch.no_grad():
            parts = torch.stack(
                (policy_loss, value_loss, entropy.mean(), alpha.mean(), value.mean())
            )
        return total, parts
