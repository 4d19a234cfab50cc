"""DQN and discrete SAC for RLlib from rollouts: an array replay buffer and tight update loops.

RLlib's module, optimisers, checkpoints and metrics stay; what is replaced is the way from a
sampled rollout to new weights. The losses are RLlib's own. Standard perceptrons learn as plain
arrays, other networks by torch; ``tests/learning`` compares the gradients of both with RLlib's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from ray.rllib.algorithms.dqn.torch.dqn_torch_learner import DQNTorchLearner
from ray.rllib.algorithms.sac.torch.sac_torch_learner import SACTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns
from ray.rllib.core.learner.training_data import TrainingData
from ray.rllib.core.models.base import ENCODER_OUT
from torch.nn import functional

from abm_desktop.archives import load_arrays
from abm_desktop.inputs import InputError, real
from abm_desktop.learning.rllib.array_updates import ArrayDQN, ArraySAC
from abm_desktop.learning.rllib.networks import keep_blind
from abm_desktop.learning.rllib.replay import LARGEST, ReplayBuffer, Transitions
from abm_desktop.learning.rllib.rollout import Rollout
from abm_desktop.learning.rllib.updates import RolloutUpdates, set_random
from abm_desktop.learning.rllib_private import target_networks
from abm_desktop.market.even_handed import mirrored
from abm_desktop.market.roles import find_role

_CHUNK = 32
"""Minibatches drawn from the buffer at a time."""

Batch = dict[str, torch.Tensor]


class ReplayUpdates(RolloutUpdates):
    """Mixed into a learner with target networks; ``learner_config_dict`` has the replay settings:
    buffer_size, replay_ratio, learning_starts, n_step, target_rate, minibatch_size.
    """

    names: tuple[str, ...]
    """Names of what :meth:`loss` measures."""
    arrays: Any
    """The networks as arrays, None if they learn by torch."""
    module: Any
    _weights_seq_no: int

    def _begin_replay(self, learning_rate: float) -> None:
        self._begin(learning_rate)
        self.buffer: ReplayBuffer | None = None
        self._saved_buffer: dict[str, np.ndarray] | None = None
        self.owed_steps = 0.0
        self.buffer_random = np.random.default_rng([self.config.seed or 0, 0xB0])
        pairs = [
            (target, online)
            for online_net, target_net in self.module[DEFAULT_MODULE_ID]
            .unwrapped()
            .get_target_network_pairs()
            for target, online in zip(target_net.parameters(), online_net.parameters(), strict=True)
        ]
        self.target_tensors = [target for target, _ in pairs]
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
        deep_enough = self.buffer.reaches(plan["n_step"])
        if deep_enough and len(self.buffer) >= plan["learning_starts"]:
            self.owed_steps += plan["replay_ratio"] * rows / plan["minibatch_size"]
            steps = int(self.owed_steps)
            self.owed_steps -= steps
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
        """Begin with the buffer that :meth:`save_replay` wrote. Raises ``ArchiveError``."""
        self._saved_buffer = load_arrays(path, max_arrays=16, max_bytes=LARGEST)

    def memory(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """What a checkpoint keeps beside weights and moments: arrays, and plain values."""
        state = dict(self.buffer_random.bit_generator.state)
        # Numbers of 128 bits, which JSON of ours does not have.
        random = state | {"state": {key: str(value) for key, value in state["state"].items()}}
        return {}, {"owed": self.owed_steps, "random": random}

    def remember(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        """Take over :meth:`memory`, of a learner of another kind too. Raises ``InputError``."""
        owed = real(values.get("owed", 0.0), "owed", 0.0, 1e9)
        random = values.get("random")
        if random is not None:
            try:
                numbers = {key: int(value) for key, value in random["state"].items()}
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                raise InputError(f"is no state of a random stream: {error}", key="random") from None
            set_random(self.buffer_random, random | {"state": numbers})
        self.owed_steps = owed

    def _remember(self, rollouts: list[Rollout]) -> int:
        if self.buffer is None:
            markets = sum(r.rewards.shape[1] for r in rollouts)
            size = self.config.learner_config_dict["buffer_size"]
            self.buffer = ReplayBuffer(size, markets, rollouts[0].observations.shape[2])
            if self._saved_buffer is not None:
                saved, self._saved_buffer = self._saved_buffer, None
                self.buffer.take(saved, int(self.module[DEFAULT_MODULE_ID].action_space.n))
        return self.buffer.add(rollouts)

    def _learn(self, steps: int) -> dict[str, float]:
        learn = self._learn_by_torch if self.arrays is None else self._learn_as_arrays
        measured, norms = learn(steps)
        losses = dict(zip(self.names, measured, strict=True))
        return losses | {"gradient_norm": norms / steps}

    def _learn_as_arrays(self, steps: int) -> tuple[list[float], float]:
        """Mean measures and the sum of gradient norms of ``steps`` steps."""
        raise NotImplementedError

    def _learn_by_torch(self, steps: int) -> tuple[list[float], float]:
        sums = torch.zeros(len(self.names))
        norms = 0.0
        rate = self.config.learner_config_dict["target_rate"]
        for batch in self._minibatches(steps):
            loss, parts = self.loss({key: torch.from_numpy(rows) for key, rows in batch.items()})
            norms += self._apply(loss)
            sums += parts
            with torch.no_grad():
                torch._foreach_lerp_(self.target_tensors, self._onlines, rate)
        return (sums / steps).tolist(), norms

    def _minibatches(self, steps: int) -> Iterator[dict[str, np.ndarray]]:
        plan = self.config.learner_config_dict
        size, gamma = plan["minibatch_size"], self.config.gamma
        assert self.buffer is not None
        for start in range(0, steps, _CHUNK):
            count = min(_CHUNK, steps - start)
            drawn = self.buffer.sample(count * size, plan["n_step"], gamma, self.buffer_random)
            if plan["mirror"]:
                _mirror_half(drawn, plan["role"])
            for k in range(count):
                rows = slice(k * size, (k + 1) * size)
                yield {key: getattr(drawn, key)[rows] for key in Transitions.__slots__}


def _mirror_half(drawn: Transitions, role: str) -> None:
    """Turn every second decision into its mirror image, in place."""
    mirror = find_role(role).mirror()
    for seen in (drawn.observations, drawn.next_observations):
        seen[::2] = mirrored(seen[::2], mirror)
    drawn.actions[::2] = mirror.actions[drawn.actions[::2]]


def _run(encoder: Any, heads: tuple[Any, ...], observations: torch.Tensor) -> list[torch.Tensor]:
    """What ``heads`` make of the encoded observations, whatever networks they are."""
    encoded = encoder({Columns.OBS: observations})[ENCODER_OUT]
    return [head(encoded) for head in heads]


class RolloutDQNLearner(ReplayUpdates, DQNTorchLearner):
    """Double duelling Q-learning."""

    names = ("value_loss", "mean_value", "value_spread")

    def build(self) -> None:
        """Build once: RLlib asks twice, and would make SAC's temperature again."""
        if self._is_built:
            return
        super().build()
        module = self.module[DEFAULT_MODULE_ID]
        keep_blind(module, self.config.learner_config_dict.get("unseen", ()))
        base: Any = module.unwrapped()
        (optimizer,) = self.own_optimizers()
        self.arrays = self._as_arrays(lambda: ArrayDQN(base, optimizer))
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

    def _learn_as_arrays(self, steps: int) -> tuple[list[float], float]:
        assert self.arrays is not None
        plan, longest = self.config.learner_config_dict, float(self.config.grad_clip)
        sums = np.zeros(len(self.names))
        norms = 0.0
        self.arrays.adam.begin()
        for batch in self._minibatches(steps):
            norms += self.arrays.step(batch, longest, sums)
            self.arrays.targets.follow(plan["target_rate"])
        self.arrays.adam.end()
        return (sums / (steps * plan["minibatch_size"])).tolist(), norms

    def _values(self, observations: torch.Tensor, target: bool = False) -> torch.Tensor:
        """Values of all actions, (n, actions)."""
        base: Any = self.module[DEFAULT_MODULE_ID].unwrapped()
        if target:
            encoder, heads = target_networks(base)
        else:
            encoder, heads = base.encoder, (base.af, base.vf)
        advantage, value = _run(encoder, heads, observations)
        return value + advantage - advantage.mean(dim=1, keepdim=True)

    def loss(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Huber loss of the chosen actions' values."""
        values = self._values(batch["observations"])
        with torch.no_grad():
            best = self._values(batch["next_observations"]).argmax(dim=1, keepdim=True)
            later = self._values(batch["next_observations"], target=True)
            after = later.gather(1, best)[:, 0]
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
        """Build once: RLlib asks twice, and would make SAC's temperature again."""
        if self._is_built:
            return
        super().build()
        module = self.module[DEFAULT_MODULE_ID]
        keep_blind(module, self.config.learner_config_dict.get("unseen", ()))
        base: Any = module.unwrapped()
        networks, alpha = (
            self.get_optimizer(DEFAULT_MODULE_ID, name) for name in ("networks", "alpha")
        )
        entropy = float(self.target_entropy[DEFAULT_MODULE_ID])
        self.arrays = self._as_arrays(lambda: ArraySAC(base, networks, alpha, entropy))
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

    def _learn_as_arrays(self, steps: int) -> tuple[list[float], float]:
        assert self.arrays is not None
        plan, longest = self.config.learner_config_dict, float(self.config.grad_clip)
        sums = np.zeros(4)
        temperature = norms = 0.0
        arrays = self.arrays
        arrays.adam.begin()
        arrays.alpha_adam.begin()
        for batch in self._minibatches(steps):
            temperature += math.exp(arrays.alpha_adam.values[0])
            norms += arrays.step(batch, longest, sums)
            arrays.targets.follow(plan["target_rate"])
        arrays.adam.end()
        arrays.alpha_adam.end()
        policy, value, entropy, mean = (sums / (steps * plan["minibatch_size"])).tolist()
        return [policy, value, entropy, temperature / steps, mean], norms

    def loss(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Sum of the losses of policy, both Q-functions and temperature."""
        log_alpha = self.curr_log_alpha[DEFAULT_MODULE_ID]
        alpha = log_alpha.detach().exp()
        observations, later = batch["observations"], batch["next_observations"]
        with torch.no_grad():
            logp_later = functional.log_softmax(self._run("pi", later), dim=1)
            worth = torch.minimum(self._run("target_qf", later), self._run("target_qf_twin", later))
            soft = (logp_later.exp() * (worth - alpha * logp_later)).sum(dim=1)
            target = batch["rewards"] + batch["discounts"] * soft
        first, second = self._run("qf", observations), self._run("qf_twin", observations)
        chosen = batch["actions"][:, None]
        value_loss = functional.huber_loss(first.gather(1, chosen)[:, 0], target)
        value_loss = value_loss + functional.huber_loss(second.gather(1, chosen)[:, 0], target)
        logp = functional.log_softmax(self._run("pi", observations), dim=1)
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

    def _run(self, name: str, observations: torch.Tensor) -> torch.Tensor:
        """What the network ``name`` of RLlib's module says of every action, (n, actions)."""
        base: Any = self.module[DEFAULT_MODULE_ID].unwrapped()
        (result,) = _run(getattr(base, f"{name}_encoder"), (getattr(base, name),), observations)
        return result
