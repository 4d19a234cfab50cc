"""PPO of policies that remember: truncated backpropagation through time over stored sequences.

Policy and value function each have a gated recurrent unit (Cho et al. 2014), which RLlib builds. A
rollout is cut into sequences of ``sequence_length`` decisions of one episode each. Each begins with
the state that the network had there when the rollout was sampled (Kapturowski et al. 2019 call that
the stored state), and gradients go back to its begin and no further.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from ray.rllib.algorithms.ppo.ppo_catalog import PPOCatalog
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.columns import Columns
from ray.rllib.core.models.base import ENCODER_OUT
from ray.rllib.core.models.configs import ModelConfig, RecurrentEncoderConfig

from abm_desktop.learning.rllib.learners import Batch, RolloutPPOLearner, standardised
from abm_desktop.learning.rllib.rollout import Rollout, advantages

__all__ = ["GRUCatalog", "RecurrentPPOLearner"]

_OF_DECISIONS = ("actions", "log_probabilities", "advantages", "targets", "values")


class GRUCatalog(PPOCatalog):
    """RLlib's networks for PPO, in which the last hidden layer is a GRU in place of an LSTM."""

    @classmethod
    def _get_encoder_config(
        cls, observation_space: Any, model_config_dict: dict[str, Any], **others: Any
    ) -> ModelConfig:
        if not model_config_dict["use_lstm"]:
            plain: ModelConfig = super()._get_encoder_config(
                observation_space, model_config_dict, **others
            )
            return plain
        *hidden, units = model_config_dict["fcnet_hiddens"]
        before = None
        if hidden:
            before = cls.get_tokenizer_config(
                observation_space, model_config_dict | {"fcnet_hiddens": hidden}
            )
        return RecurrentEncoderConfig(
            input_dims=observation_space.shape,
            recurrent_layer_type="gru",
            hidden_dim=units,
            num_layers=1,
            batch_major=True,
            tokenizer_config=before,
        )


class RecurrentPPOLearner(RolloutPPOLearner):
    """As its base, from sequences in place of single decisions; by torch."""

    def build(self) -> None:
        super().build()
        self._value_states: list[np.ndarray] = []
        """What the value function remembers at the end of the last rollouts, float32 (N, units)."""

    def make_batch(self, rollouts: list[Rollout]) -> Batch:
        """Sequences of L decisions, one row each; ``mask`` tells those that there are."""
        parts = [self._sequences_of(number, rollout) for number, rollout in enumerate(rollouts)]
        batch = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
        mask = batch["mask"]
        batch["advantages"][mask] = standardised(batch["advantages"][mask])
        return batch

    def loss(self, batch: dict[str, torch.Tensor]) -> tuple[torch.Tensor, torch.Tensor]:
        """Of the decisions of a minibatch of sequences; see the base."""
        mask = batch["mask"]
        logits, values = self.forward_sequences(batch)
        rows = {key: batch[key][mask] for key in _OF_DECISIONS if key in batch}
        return self._loss_of(logits[mask], values[mask], rows)

    def _decisions(self, batch: Batch) -> Batch:
        return {key: batch[key][batch["mask"]] for key in _OF_DECISIONS}

    def _minibatch_size(self, batch: Batch) -> int:
        length = int(self.config.learner_config_dict["sequence_length"])
        sequences = max(1, int(self.config.minibatch_size) // length)
        return min(sequences, len(batch["actions"]))

    def _sequences_of(self, number: int, rollout: Rollout) -> Batch:
        assert rollout.states is not None
        steps, markets = rollout.actions.shape
        begins = np.zeros((steps + 1, markets), np.bool_)
        begins[1:] = ~rollout.valid  # the step before only reset
        nets = self._networks()
        known = None if rollout.fresh else self._value_states[number : number + 1]
        start = known[0] if known else np.zeros_like(rollout.states)
        with torch.no_grad():
            _, acting = self._unroll(nets[0], rollout.observations, rollout.states, begins)
            out, judging = self._unroll(nets[1], rollout.observations, start, begins)
            values = self._fold(nets[1][1](out))[..., 0].T.numpy()
        self._value_states[number:] = [judging[-1], *self._value_states[number + 1 :]]
        estimate, target = advantages(rollout, values, self.config.gamma, self.config.lambda_)
        length = int(self.config.learner_config_dict["sequence_length"])
        times, columns, mask = sequences(rollout.valid, length)
        columns_of = {
            "observations": rollout.observations[:-1],
            "actions": rollout.actions,
            "log_probabilities": rollout.log_probabilities,
            "advantages": estimate,
            "targets": target,
            "values": values[:-1],
        }
        batch = {key: array[times, columns[:, None]] for key, array in columns_of.items()}
        first = times[:, 0]
        return batch | {
            "mask": mask,
            "policy_states": acting[first, columns],
            "value_states": judging[first, columns],
        }

    def _networks(self) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
        """Encoder and head of the policy, and of the value function."""
        module: Any = self.module[DEFAULT_MODULE_ID].unwrapped()
        encoder = module.encoder
        return (encoder.actor_encoder, module.pi), (encoder.critic_encoder, module.vf)

    def forward_sequences(
        self, batch: dict[str, torch.Tensor]
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits (S, L, actions) and values (S, L) of sequences."""
        (actor, pi), (critic, vf) = self._networks()
        seen = self._both(batch["observations"])
        logits = pi(self._run(actor, seen, self._halves(batch["policy_states"])))
        values = vf(self._run(critic, seen, self._halves(batch["value_states"])))
        return self._fold(logits, actions=True), self._fold(values)[..., 0]

    def _unroll(
        self, network: tuple[Any, Any], observations: np.ndarray, state: np.ndarray, begins: Any
    ) -> tuple[torch.Tensor, np.ndarray]:
        """What an encoder gives at observations (T + 1, N, D), and its states before each.

        That is (N, T + 1, units), with the mirror images behind the markets if both sides are
        learned from, and float32 (T + 1, N, width); where an episode ``begins`` states are 0.
        """
        seen = self._both(torch.tensor(observations).transpose(0, 1))
        starts = np.flatnonzero(begins.any(axis=1))
        bounds = [0, *(int(t) for t in starts if t), len(begins)]
        now = self._halves(torch.tensor(state))
        given: list[torch.Tensor] = []
        before: list[torch.Tensor] = []
        for first, last in itertools.pairwise(bounds):
            fresh = torch.from_numpy(np.tile(begins[first], len(now) // begins.shape[1]))
            now = torch.where(fresh[:, None], 0.0, now)
            out = self._run(network[0], seen[:, first:last], now)
            before += [now[:, None], out[:, :-1]]
            given.append(out)
            now = out[:, -1]
        states = self._whole(torch.cat(before, dim=1)).transpose(0, 1)
        return torch.cat(given, dim=1), states.contiguous().numpy()

    @staticmethod
    def _run(encoder: Any, seen: torch.Tensor, states: torch.Tensor) -> torch.Tensor:
        """(S, L, D) and (S, units) to the states of a GRU after each step, (S, L, units)."""
        inputs = {Columns.OBS: seen, Columns.STATE_IN: {"h": states[:, None].contiguous()}}
        out: torch.Tensor = encoder(inputs)[ENCODER_OUT]
        return out

    def _both(self, observations: torch.Tensor) -> torch.Tensor:
        """Behind the rows their mirror images, if the network is even-handed."""
        if self.mirror is None:
            return observations
        image = observations[..., self.mirror.places] * torch.from_numpy(self.mirror.signs)
        return torch.cat((observations, image))

    def _halves(self, states: torch.Tensor) -> torch.Tensor:
        """States as a market keeps them, (n, width), as those of the rows of :meth:`_both`."""
        return states if self.mirror is None else torch.cat(states.chunk(2, dim=1))

    def _whole(self, states: torch.Tensor) -> torch.Tensor:
        """The reverse of :meth:`_halves`, of (rows, ..., units)."""
        return states if self.mirror is None else torch.cat(states.chunk(2), dim=-1)

    def _fold(self, given: torch.Tensor, actions: bool = False) -> torch.Tensor:
        """The mean of both halves, (2 S, L, k) to (S, L, k)."""
        if self.mirror is None:
            return given
        here, there = given.chunk(2, dim=0)
        if actions:
            there = there[..., self.mirror.actions]
        return 0.5 * (here + there)


def sequences(valid: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cut what is valid, bool (T, N), into sequences of at most ``length`` steps without a gap.

    Returns the times int64 (S, length), the column of each sequence int64 (S,), and which of the
    times count, bool (S, length); the others are the last one, again.
    """
    first, columns, sizes = [], [], []
    for column in range(valid.shape[1]):
        edges = np.diff(np.concatenate(([0], valid[:, column], [0])).astype(np.int8))
        for begin, end in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True):
            for start in range(int(begin), int(end), length):
                first.append(start)
                columns.append(column)
                sizes.append(min(length, int(end) - start))
    places, size = np.arange(length), np.array(sizes)[:, None]
    times = np.array(first)[:, None] + np.minimum(places, size - 1)
    return times, np.array(columns), places < size
