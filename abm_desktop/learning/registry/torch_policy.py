"""A policy as a module of torch. Loading this loads torch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from abm_desktop.learning.registry.gate_weights import gate_weights
from abm_desktop.market.policy import PolicyNet

__all__ = ["RecurrentPolicy", "torch_policy"]


class RecurrentPolicy(nn.Module):
    """Observations and states to logits and the next states."""

    def __init__(self, before: nn.Module, cell: nn.Module, behind: nn.Module) -> None:
        super().__init__()
        self.before, self.cell, self.behind = before, cell, behind

    def forward(self, observations: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """float32 (n, inputs) and (n, units) to (n, actions) and (n, units)."""
        after = self.cell(self.before(observations), state)
        return self.behind(after), after


def torch_policy(policy: PolicyNet) -> nn.Module:
    """From observations to logits; of a recurrent policy a :class:`RecurrentPolicy`."""
    layers: list[nn.Module] = []
    recurrent_at = len(policy.weights) - 2 if policy.state_width else -1
    before: list[nn.Module] = []
    cell: nn.Module = nn.Identity()
    for k, (weights, biases) in enumerate(zip(policy.weights, policy.biases, strict=True)):
        if k == recurrent_at:
            before, layers, cell = layers, [], _cell(weights, biases)
            continue
        linear = nn.Linear(*weights.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(weights.T.copy()))
            linear.bias.copy_(torch.from_numpy(biases.copy()))
        layers += [linear, nn.Tanh() if policy.activation == "tanh" else nn.ReLU()]
    head = nn.Sequential(*layers[:-1])
    return RecurrentPolicy(nn.Sequential(*before), cell, head) if policy.state_width else head


def _cell(weights: np.ndarray, biases: np.ndarray) -> nn.GRUCell:
    parts = gate_weights(weights, biases)
    cell = nn.GRUCell(len(parts.seen), len(parts.state))
    with torch.no_grad():
        cell.weight_ih.copy_(torch.from_numpy(parts.seen.T.copy()))
        cell.weight_hh.copy_(torch.from_numpy(parts.state.T.copy()))
        cell.bias_ih.copy_(torch.from_numpy(parts.seen_bias.copy()))
        cell.bias_hh.copy_(torch.from_numpy(parts.state_bias))
    return cell
