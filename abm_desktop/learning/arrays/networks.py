"""Networks and optimiser of an RLlib learner as plain arrays: forward, gradient and Adam in NumPy.

For networks as small as a trader's, torch spends most of its time on bookkeeping. Here the
parameters of RLlib's module and the moments of its optimiser become views of flat arrays, so that
a step changes the very module that RLlib saves, restores and sends to its workers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch import nn

from abm_desktop.learning.arrays.kernels import adam_step, through_relu, through_tanh

Room = tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...], np.ndarray, np.ndarray]
"""Hidden layers, their slopes, outputs and their slopes; see :mod:`.perceptron_kernels`."""


def use_one_thread() -> None:
    """Keep this process's matrix products to one thread.

    With more, products this small get slower, and much slower where a core is busy.
    """
    # Compiled code takes its products from SciPy's library, which a limit set before would miss.
    import scipy.linalg.cython_blas  # noqa: F401

    torch.set_num_threads(1)
    threadpool_limits(1, user_api="blas")


class FlatAdam:
    """Adam (Kingma and Ba 2015) over all parameters of ``optimizer`` in one pass.

    Takes over the parameters' memory: afterwards they are views of ``values``. Gradients are
    written into the arrays of :meth:`gradient`.
    """

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer
        (group,) = optimizer.param_groups
        self._parameters: list[torch.Tensor] = list(group["params"])
        sizes = [p.numel() for p in self._parameters]
        bounds = np.cumsum([0, *sizes])
        self._slices = [slice(int(a), int(b)) for a, b in itertools.pairwise(bounds)]
        self.values = np.empty(sum(sizes), np.float32)
        self.gradients = np.zeros_like(self.values)
        self._mean = np.zeros_like(self.values)
        self._square = np.zeros_like(self.values)
        self._steps = 0
        for parameter, where in zip(self._parameters, self._slices, strict=True):
            _move(parameter, self.values[where])

    def place(self, parameter: torch.Tensor) -> slice:
        """Where ``parameter`` lies in the flat arrays."""
        return next(
            where
            for known, where in zip(self._parameters, self._slices, strict=True)
            if known is parameter
        )

    def value(self, parameter: torch.Tensor) -> np.ndarray:
        """``parameter`` as a view, in its own shape."""
        return self.values[self.place(parameter)].reshape(parameter.shape)

    def gradient(self, parameter: torch.Tensor) -> np.ndarray:
        """Where the gradient of ``parameter`` belongs, in its own shape."""
        return self.gradients[self.place(parameter)].reshape(parameter.shape)

    def parts(self, parameters: Sequence[torch.Tensor]) -> tuple[tuple[np.ndarray, ...], ...]:
        """Values, gradients and both moments of these parameters, one array (n,) each."""
        places = [self.place(parameter) for parameter in parameters]
        flat = self.values, self.gradients, self._mean, self._square
        return tuple(tuple(array[place] for place in places) for array in flat)

    def rates(self, longest: float) -> tuple[float, ...]:
        """What :mod:`.perceptron_kernels` calls rates, for gradients up to ``longest``."""
        (group,) = self.optimizer.param_groups
        (b1, b2), eps, rate = group["betas"], group["eps"], group["lr"]
        return float(self._steps), float(rate), float(b1), float(b2), float(eps), float(longest)

    def count(self, steps: int) -> None:
        """So many steps were done by those kernels."""
        self._steps += steps

    def begin(self) -> None:
        """Take over the optimiser's moments, which a restored checkpoint has replaced."""
        for parameter, where in zip(self._parameters, self._slices, strict=True):
            state = self.optimizer.state[parameter]
            for key, flat in (("exp_avg", self._mean), ("exp_avg_sq", self._square)):
                mine = torch.from_numpy(flat[where]).view(parameter.shape)
                if key not in state:
                    mine.zero_()
                elif state[key].data_ptr() != mine.data_ptr():
                    mine.copy_(state[key])
                state[key] = mine
            state.setdefault("step", torch.zeros(()))
            self._steps = int(state["step"])

    def end(self) -> None:
        """Tell the optimiser how many steps it has done."""
        for parameter in self._parameters:
            self.optimizer.state[parameter]["step"].fill_(self._steps)

    def norm(self) -> float:
        """Euclidean norm of the whole gradient; not finite where any part of it is not."""
        return math.sqrt(float(np.dot(self.gradients, self.gradients)))

    def step(self, norm: float, longest: float) -> None:
        """One step along the gradients, whose norm is ``norm``, scaled down to ``longest``."""
        (group,) = self.optimizer.param_groups
        (b1, b2), eps, rate = group["betas"], group["eps"], group["lr"]
        shrink = longest / (norm + 1e-6) if norm > longest else 1.0
        self._steps += 1
        adam_step(
            self.values,
            self.gradients,
            self._mean,
            self._square,
            np.float32(shrink),
            np.float32(b1),
            np.float32(1.0 - b1),
            np.float32(b2),
            np.float32(1.0 - b2),
            np.float32(1.0 / math.sqrt(1.0 - b2**self._steps)),
            np.float32(eps),
            np.float32(rate / (1.0 - b1**self._steps)),
        )


class Follower:
    """Target networks as one flat array that follows the networks that learn."""

    def __init__(
        self, adam: FlatAdam, targets: Sequence[torch.Tensor], onlines: Sequence[torch.Tensor]
    ) -> None:
        places = [adam.place(online) for online in onlines]
        order = sorted(range(len(places)), key=lambda k: places[k].start)
        first, last = places[order[0]].start, places[order[-1]].stop
        if last - first != sum(online.numel() for online in onlines):
            raise ValueError("the parameters that have targets do not lie side by side")
        self._online = adam.values[first:last]
        self._values = np.empty(last - first, np.float32)
        self._scratch = np.empty_like(self._values)
        for k in order:
            _move(targets[k], self._values[places[k].start - first : places[k].stop - first])

    def follow(self, rate: float) -> None:
        """Come nearer by the share ``rate``."""
        np.subtract(self._online, self._values, out=self._scratch)
        self._scratch *= np.float32(rate)
        self._values += self._scratch


class ArrayPerceptron:
    """A multilayer perceptron on the memory of torch's layers.

    With ``adam`` it has gradients; without, it is a target network that only runs forward.
    """

    def __init__(
        self, layers: Sequence[nn.Linear], activation: str, adam: FlatAdam | None = None
    ) -> None:
        self._tanh = activation == "tanh"
        self._weights = [_array(layer.weight) for layer in layers]
        self._biases = [_array(layer.bias) for layer in layers]
        self._weight_gradients = [] if adam is None else [adam.gradient(x.weight) for x in layers]
        self._bias_gradients = [] if adam is None else [adam.gradient(x.bias) for x in layers]
        self._rooms: dict[int, Room] = {}

        self._adam_parts: tuple[tuple[np.ndarray, ...], ...] = ()
        if adam is not None:
            parameters = [p for layer in layers for p in (layer.weight, layer.bias)]
            self._adam_parts = adam.parts(parameters)

    def learner(self, rows: int) -> tuple[Any, ...]:
        """What :mod:`.perceptron_kernels` calls a learner, with room for so many rows."""
        network = tuple(self._weights), tuple(self._biases), self._tanh
        gradients = tuple(self._weight_gradients), tuple(self._bias_gradients)
        return network, gradients, self.room(rows), self._adam_parts

    def room(self, rows: int) -> Room:
        """Where those kernels keep what they compute of so many rows."""
        if rows not in self._rooms:
            units = [len(bias) for bias in self._biases]

            def tables() -> tuple[np.ndarray, ...]:
                return tuple(np.empty((rows, n), np.float32) for n in units[:-1])

            last = (rows, units[-1])
            self._rooms = {
                rows: (tables(), tables(), np.empty(last, np.float32), np.empty(last, np.float32))
            }
        return self._rooms[rows]

    def hidden(self, inputs: np.ndarray) -> list[np.ndarray]:
        """float32 (n, inputs) to the inputs of every layer, the first one ``inputs``."""
        seen = [inputs]
        for weight, bias in zip(self._weights[:-1], self._biases[:-1], strict=True):
            x = seen[-1] @ weight.T
            x += bias
            seen.append(np.tanh(x, out=x) if self._tanh else np.maximum(x, 0.0, out=x))
        return seen

    def output(self, hidden: np.ndarray) -> np.ndarray:
        """The last layer: (n, units) to (n, outputs)."""
        result: np.ndarray = hidden @ self._weights[-1].T
        result += self._biases[-1]
        return result

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """(n, inputs) to (n, outputs)."""
        return self.output(self.hidden(inputs)[-1])

    def backward(self, seen: list[np.ndarray], slope: np.ndarray) -> None:
        """Write the gradients, given what :meth:`hidden` returned and the outputs' slope."""
        self.backward_hidden(seen, self.backward_output(seen[-1], slope))

    def backward_output(self, hidden: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Write the last layer's gradients; returns the slope of its inputs."""
        np.matmul(slope.T, hidden, out=self._weight_gradients[-1])
        np.add.reduce(slope, axis=0, out=self._bias_gradients[-1])
        result: np.ndarray = slope @ self._weights[-1]
        return result

    def backward_hidden(self, seen: list[np.ndarray], slope: np.ndarray) -> None:
        """Write the gradients of all layers but the last, given the slope of its inputs."""
        for k in range(len(self._weights) - 2, -1, -1):
            through = through_tanh if self._tanh else through_relu
            through(seen[k + 1], slope, self._bias_gradients[k])
            np.matmul(slope.T, seen[k], out=self._weight_gradients[k])
            if k:
                slope = slope @ self._weights[k]


def _array(parameter: torch.Tensor) -> np.ndarray:
    array: np.ndarray = parameter.detach().numpy()
    return array


def _move(parameter: torch.Tensor, memory: np.ndarray) -> None:
    """Let ``parameter`` live in ``memory``, with the values that it has."""
    home = torch.from_numpy(memory).view(parameter.shape)
    home.copy_(parameter.detach())
    parameter.data = home
