"""Trained policies as plain arrays, and the compiled forward pass that trades inside the kernel."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Literal

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.random import uniform
from abm_desktop.market.roles import (
    ACTION_NAMES,
    Role,
    RoleSizes,
    action_names,
    check_role,
    observation_names,
)
from abm_desktop.market.state import MAX_WIDTH

__all__ = [
    "ACTION_NAMES",
    "BUY_ACTION",
    "HOLD_ACTION",
    "SELL_ACTION",
    "PolicyNet",
    "choose",
    "forward",
]

SELL_ACTION, HOLD_ACTION, BUY_ACTION = 0, 1, 2
_MAX_LAYERS = 4
_TANH, _RELU = 0, 1


@dataclass(frozen=True)
class PolicyNet:
    """A multi-layer perceptron from what a role sees to a logit for each of its actions.

    A directional trader's has 13 inputs and 3 outputs (SELL, HOLD, BUY), a maker's 16 and 10, an
    executor's 18 and 7; :mod:`abm_desktop.market.roles` names them.

    Args:
        weights: float32 (inputs, outputs), one a layer.
        biases: float32 (outputs,), one a layer.
        activation: between layers; the last layer is linear.
        greedy: take the largest feasible logit; otherwise sample from the softmax.
        name: shown in the window and on the tape.
        role: directional, maker or executor.
        sizes: what a maker or executor was trained for.

    Raises:
        ValueError: if the layers do not fit each other, or what the kernel can hold.
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    activation: Literal["tanh", "relu"] = "tanh"
    greedy: bool = True
    name: str = ""
    role: Role = "directional"
    sizes: RoleSizes = field(default_factory=RoleSizes)

    def __post_init__(self) -> None:
        check_role(self.role)
        if not 1 <= len(self.weights) <= _MAX_LAYERS or len(self.weights) != len(self.biases):
            raise ValueError(
                f"a policy has 1 to {_MAX_LAYERS} layers of weights and biases, "
                f"not {len(self.weights)} and {len(self.biases)}"
            )
        if self.activation not in ("tanh", "relu"):
            raise ValueError(f"activation must be 'tanh' or 'relu', not {self.activation!r}")
        width = len(self.observations)
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            if w.ndim != 2 or w.shape[0] != width or b.shape != (w.shape[1],):
                raise ValueError(
                    f"layer {k}: expected weights ({width}, n) and biases (n,), "
                    f"got {w.shape} and {b.shape}"
                )
            if not (np.isfinite(w).all() and np.isfinite(b).all()):
                raise ValueError(f"layer {k} holds numbers that are not finite")
            width = w.shape[1]
            if width > MAX_WIDTH:
                raise ValueError(f"layer {k} is {width} wide; the kernel holds up to {MAX_WIDTH}")
        if width != len(self.actions):
            raise ValueError(f"the last layer must have {len(self.actions)} outputs, not {width}")

    @property
    def observations(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return observation_names(self.role)

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return action_names(self.role)

    def logits(self, observations: np.ndarray) -> np.ndarray:
        """Logits for a batch: float32 (n, inputs) -> (n, outputs). The readable reference."""
        x = np.asarray(observations, np.float32)
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = x @ w + b
            if k < len(self.weights) - 1:
                x = np.tanh(x) if self.activation == "tanh" else np.maximum(x, 0)
        return x

    def save(self, path: Path | str) -> None:
        """Write one ``.npz`` file."""
        layers = {f"weights_{k}": w for k, w in enumerate(self.weights)}
        layers |= {f"biases_{k}": b for k, b in enumerate(self.biases)}
        sizes = {key: np.array(value) for key, value in asdict(self.sizes).items()}
        np.savez(
            path,
            activation=np.array(self.activation),
            greedy=np.array(self.greedy),
            name=np.array(self.name),
            role=np.array(self.role),
            **(layers | sizes),  # type: ignore[arg-type]
        )

    @classmethod
    def load(cls, path: Path | str) -> PolicyNet:
        """Read a file written by :meth:`save`.

        Raises:
            ValueError: if the file is not a policy.
            OSError: if it cannot be read.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                n = sum(key.startswith("weights_") for key in data.files)
                return cls(
                    weights=tuple(np.asarray(data[f"weights_{k}"], np.float32) for k in range(n)),
                    biases=tuple(np.asarray(data[f"biases_{k}"], np.float32) for k in range(n)),
                    activation=str(data["activation"]),  # type: ignore[arg-type]
                    greedy=bool(data["greedy"]),
                    name=str(data["name"]),
                    # Files of before there were roles have none.
                    role=str(data["role"]) if "role" in data else "directional",  # type: ignore[arg-type]
                    # Files of before they could be chosen have none: all were trained for these.
                    sizes=RoleSizes(
                        **{f.name: data[f.name].item() for f in fields(RoleSizes) if f.name in data}
                    ),
                )
        except KeyError as error:
            raise ValueError(f"{path} is not a policy file: {error}") from error

    def packed(self) -> tuple[np.ndarray, np.ndarray]:
        """The kernel's form: int32 (8,) header without offset, float32 flat weights.

        Header: layers, sizes of layers 0..n, activation at 6; the offset at 7 is set by the owner.
        """
        header = np.zeros(8, np.int32)
        header[0] = len(self.weights)
        header[1] = len(self.observations)
        for k, w in enumerate(self.weights):
            header[2 + k] = w.shape[1]
        header[6] = _TANH if self.activation == "tanh" else _RELU
        flat = [
            part.astype(np.float32).ravel()
            for pair in zip(self.weights, self.biases, strict=True)
            for part in pair
        ]
        return header, np.concatenate(flat)


@kernel
def forward(network, weights, scratch):
    """Logits of one observation; scratch float32 (3, width) has the input and output in row 0."""
    offset = np.int64(network[7])
    n_layers = network[0]
    for layer in range(n_layers):
        inputs = network[1 + layer]
        outputs = network[2 + layer]
        bias = offset + inputs * outputs
        for j in range(outputs):
            scratch[1, j] = weights[bias + j]
        for i in range(inputs):
            x = scratch[0, i]
            row = offset + i * outputs
            for j in range(outputs):
                scratch[1, j] += x * weights[row + j]
        offset = bias + outputs
        if layer < n_layers - 1:
            for j in range(outputs):
                y = scratch[1, j]
                if network[6] == _TANH:
                    scratch[0, j] = math.tanh(y)
                else:
                    scratch[0, j] = max(y, np.float32(0.0))
        else:
            for j in range(outputs):
                scratch[0, j] = scratch[1, j]


@kernel
def choose(a, scratch, actions):
    """Pick one of so many actions from the logits in scratch row 0.

    An order beyond the inventory limit is clipped to nothing later, as in the environments where
    the policy was trained; masking it here would change what the policy does.
    """
    best = 0
    for k in range(1, actions):
        if scratch[0, k] > scratch[0, best]:
            best = k
    if a.greedy != 0:
        return best
    top = np.float64(scratch[0, best])
    total = 0.0
    for k in range(actions):
        total += math.exp(scratch[0, k] - top)
    u = uniform(a) * total
    for k in range(actions):
        u -= math.exp(scratch[0, k] - top)
        if u <= 0.0:
            return k
    return best
