"""Trained policies as plain arrays; :mod:`.network` has the compiled pass that trades them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import BinaryIO, Literal

import numpy as np

from abm_desktop.archives import DAMAGE, load_arrays
from abm_desktop.inputs import InputError, shown
from abm_desktop.market.network import GRU, RELU, TANH
from abm_desktop.market.roles import ACTION_NAMES, DEFAULT_ROLE, RoleSizes, check_role, find_role
from abm_desktop.market.roles.memory import STATE_WIDTH
from abm_desktop.market.roles.numbers import BUY_ACTION, HOLD_ACTION, SELL_ACTION
from abm_desktop.market.state import MAX_WIDTH

__all__ = [
    "ACTION_NAMES",
    "BUY_ACTION",
    "HOLD_ACTION",
    "SELL_ACTION",
    "PolicyNet",
]

_MAX_LAYERS = 4
_REMEDY = "write it with “abm-desktop models export”, or as “learning” in the manual says"
_MOST_ARRAYS, _MOST_BYTES = 64, 16 << 20
"""Of a policy file; four layers of the greatest width take 5 MB in double precision."""
_LONGEST_NAME = 200


@dataclass(frozen=True)
class PolicyNet:
    """A network from what a role sees to a logit for each of its actions.

    A directional trader's has 13 inputs and 3 outputs (SELL, HOLD, BUY), a maker's 16 and 10, an
    executor's 18 and 7; :mod:`abm_desktop.market.roles` names them.

    Args:
        weights: float32 (inputs, outputs), one a layer.
        biases: float32 (outputs,), one a layer. A recurrent layer of u units has weights
            (inputs + u, 3 u) and biases (4 u,); :func:`.network.remember` says in which order.
        activation: between layers; the last layer is linear.
        greedy: take the largest feasible logit; otherwise sample from the softmax.
        name: shown in the window and on the tape.
        role: name of its role: directional, maker, executor, or one of one's own.
        sizes: what a maker or executor was trained for.
        network: "perceptron", or "gru": the last hidden layer is a gated recurrent unit, so that
            the policy remembers. Its traders keep the state.

    Raises:
        InputError: if the layers do not fit each other, or what the kernel can hold.
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    activation: Literal["tanh", "relu"] = "tanh"
    greedy: bool = True
    name: str = ""
    role: str = DEFAULT_ROLE
    sizes: RoleSizes = field(default_factory=RoleSizes)
    network: Literal["perceptron", "gru"] = "perceptron"

    def __post_init__(self) -> None:
        check_role(self.role)
        if not 1 <= len(self.weights) <= _MAX_LAYERS or len(self.weights) != len(self.biases):
            raise InputError(
                f"a policy has 1 to {_MAX_LAYERS} layers of weights and biases, "
                f"not {len(self.weights)} and {len(self.biases)}"
            )
        if self.activation not in ("tanh", "relu"):
            raise InputError(f"must be 'tanh' or 'relu', not {self.activation!r}", key="activation")
        if self.network not in ("perceptron", "gru"):
            raise InputError(f"must be 'perceptron' or 'gru', not {self.network!r}", key="network")
        if self.network == "gru" and len(self.weights) < 2:
            raise InputError("needs a hidden layer to be recurrent", key="network")
        width = len(self.observations)
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            units, expected = self._expected(k, width)
            if w.ndim != 2 or (w.shape, b.shape) != expected:
                raise InputError(
                    f"layer {k}: expected weights {expected[0]} and biases {expected[1]}, "
                    f"got {w.shape} and {b.shape}"
                )
            if w.dtype.kind != "f" or b.dtype.kind != "f":
                raise InputError(f"layer {k} holds {w.dtype} and {b.dtype}; floats are needed")
            if not (_fits(w) and _fits(b)):
                raise InputError(f"layer {k} holds numbers that are not finite")
            width, most = units, STATE_WIDTH if self._recurs(k) else MAX_WIDTH
            if not 1 <= width <= most:
                raise InputError(f"layer {k} is {width} wide; the kernel holds 1 to {most}")
        if width != len(self.actions):
            raise InputError(f"the last layer must have {len(self.actions)} outputs, not {width}")

    def _recurs(self, layer: int) -> bool:
        return self.network == "gru" and layer == len(self.weights) - 2

    def _expected(self, layer: int, inputs: int) -> tuple[int, tuple[tuple[int, ...], ...]]:
        """Units of a layer, and the shapes that its weights and biases must have then."""
        if self._recurs(layer):
            units = self.biases[layer].size // 4
            return units, ((inputs + units, 3 * units), (4 * units,))
        units = self.biases[layer].size
        return units, ((inputs, units), (units,))

    @property
    def state_width(self) -> int:
        """Numbers that it remembers from one decision to the next; 0 of a perceptron."""
        return len(self.biases[-2]) // 4 if self.network == "gru" else 0

    @property
    def observations(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return find_role(self.role).observations

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return find_role(self.role).actions

    def logits(self, observations: np.ndarray) -> np.ndarray:
        """Logits for a batch: float32 (n, inputs) -> (n, outputs). The readable reference.

        What a recurrent policy decides by is what it sees and what it remembers: behind each
        observation stands the state before it, (n, inputs + ``state_width``).
        """
        rows, inputs = np.asarray(observations, np.float32), len(self.observations)
        return self.step(rows[:, :inputs], rows[:, inputs:])[0]

    def step(self, observations: np.ndarray, states: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Logits for a batch, and the states after it; both states float32 (n, ``state_width``).

        Raises :class:`InputError` for states of another width.
        """
        x = np.asarray(observations, np.float32)
        if states.shape != (len(x), self.state_width):
            raise InputError(
                f"must have the shape {(len(x), self.state_width)}, not {states.shape}",
                key="states",
            )
        for k, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            if self._recurs(k):
                x = states = _recurrent(w, b, x, states)
                continue
            x = x @ w + b
            if k < len(self.weights) - 1:
                x = np.tanh(x) if self.activation == "tanh" else np.maximum(x, 0)
        return x, states

    def follow(self, observations: np.ndarray) -> np.ndarray:
        """Logits at what one trader sees one after the other: float32 (n, inputs) to (n, outputs).

        A recurrent policy remembers from row to row; for others the order of rows means nothing.
        """
        rows = np.asarray(observations, np.float32)
        if not self.state_width:
            return self.logits(rows)
        states, logits = np.zeros((1, self.state_width), np.float32), []
        for k in range(len(rows)):
            here, states = self.step(rows[k : k + 1], states)
            logits.append(here)
        return np.concatenate(logits) if logits else np.zeros((0, len(self.actions)), np.float32)

    def save(self, path: Path | str | BinaryIO) -> None:
        """Write one ``.npz`` file, or into a stream that is open."""
        layers = {f"weights_{k}": w for k, w in enumerate(self.weights)}
        layers |= {f"biases_{k}": b for k, b in enumerate(self.biases)}
        sizes = {key: np.array(value) for key, value in asdict(self.sizes).items()}
        np.savez(
            path,
            activation=np.array(self.activation),
            greedy=np.array(self.greedy),
            name=np.array(self.name),
            role=np.array(self.role),
            network=np.array(self.network),
            **(layers | sizes),  # type: ignore[arg-type]
        )

    @classmethod
    def load(cls, path: Path | str) -> PolicyNet:
        """Read a file written by :meth:`save`; nothing in it is ever run.

        Raises:
            InputError: if the file is not there, or is not a policy; it has the path.
        """
        arrays = load_arrays(path, max_arrays=_MOST_ARRAYS, max_bytes=_MOST_BYTES)
        try:
            return cls._of(arrays)
        except InputError as error:
            raise InputError(f"is not a policy file: {error}", path=path, remedy=_REMEDY) from error
        except DAMAGE as error:  # e.g. text that is none
            raise InputError(
                f"is not a policy file: {shown(error)}", path=path, remedy=_REMEDY
            ) from error

    @classmethod
    def _of(cls, arrays: Mapping[str, np.ndarray]) -> PolicyNet:
        n = sum(key.startswith("weights_") for key in arrays)
        return cls(
            weights=tuple(_floats(arrays, f"weights_{k}") for k in range(n)),
            biases=tuple(_floats(arrays, f"biases_{k}") for k in range(n)),
            activation=_text(arrays, "activation"),  # type: ignore[arg-type]
            greedy=bool(_scalar(arrays, "greedy", "b").item()),
            name=_text(arrays, "name"),
            # Files of before there were roles have none.
            role=_text(arrays, "role") if "role" in arrays else DEFAULT_ROLE,
            # Files of before there were recurrent ones have none.
            network=_text(arrays, "network") if "network" in arrays else "perceptron",  # type: ignore[arg-type]
            # Files of before they could be chosen have none: all were trained for these.
            sizes=RoleSizes(
                **{
                    f.name: _scalar(arrays, f.name, "iuf").item()
                    for f in fields(RoleSizes)
                    if f.name in arrays
                }
            ),
        )

    def packed(self) -> tuple[np.ndarray, np.ndarray]:
        """The kernel's form: int32 (8,) header without offset, float32 flat weights.

        Header: layers, sizes of layers 0..n, at 6 activation and recurrence (:mod:`.network`); the
        offset at 7 is set by the owner.
        """
        header = np.zeros(8, np.int32)
        header[0] = len(self.weights)
        header[1] = len(self.observations)
        for k, b in enumerate(self.biases):
            header[2 + k] = len(b) // 4 if self._recurs(k) else len(b)
        header[6] = TANH if self.activation == "tanh" else RELU
        header[6] += GRU if self.network == "gru" else 0
        flat = [
            part.astype(np.float32).ravel()
            for pair in zip(self.weights, self.biases, strict=True)
            for part in pair
        ]
        return header, np.concatenate(flat)


def _recurrent(w: np.ndarray, b: np.ndarray, x: np.ndarray, states: np.ndarray) -> np.ndarray:
    """As :func:`.network.remember`, of many rows."""
    inputs, units = x.shape[1], states.shape[1]
    seen, known = x @ w[:inputs] + b[: 3 * units], states @ w[inputs:]
    reset, update = (
        1.0 / (1.0 + np.exp(-(seen[:, part] + known[:, part])))
        for part in (slice(0, units), slice(units, 2 * units))
    )
    new = np.tanh(seen[:, 2 * units :] + reset * (known[:, 2 * units :] + b[3 * units :]))
    after: np.ndarray = (new + update * (states - new)).astype(np.float32)
    return after


def _fits(array: np.ndarray) -> bool:
    """Whether all numbers are finite, in single precision too."""
    with np.errstate(over="ignore"):
        return bool(np.isfinite(array.astype(np.float32, copy=False)).all())


def _array(arrays: Mapping[str, np.ndarray], key: str) -> np.ndarray:
    if key not in arrays:
        raise InputError(f"there is no {key!r} in it")
    return arrays[key]


def _floats(arrays: Mapping[str, np.ndarray], key: str) -> np.ndarray:
    found = _array(arrays, key)
    if found.dtype.kind != "f":
        raise InputError(f"holds {found.dtype}; floats are needed", key=key)
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(found, np.float32)


def _scalar(arrays: Mapping[str, np.ndarray], key: str, kinds: str) -> np.ndarray:
    found = _array(arrays, key)
    if found.shape != () or found.dtype.kind not in kinds:
        raise InputError(
            f"is no single value of its kind, but {found.dtype} {found.shape}", key=key
        )
    return found


def _text(arrays: Mapping[str, np.ndarray], key: str) -> str:
    text = str(_scalar(arrays, key, "U").item())
    if len(text) > _LONGEST_NAME or not text.isprintable():
        raise InputError(f"must be a short text, not {shown(text)}", key=key)
    return text
