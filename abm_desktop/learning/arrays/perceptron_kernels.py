"""A whole perceptron in one compiled call: PPO's policy and value function, forward and back.

Each call lets go of the interpreter, so that the two networks learn on two threads at once. As
arrays in Python each pass is some twenty calls, which take as long as their arithmetic.

A network is (weights, biases, is_tanh), one array a layer, weights (outputs, inputs); its gradients
are (weights, biases) alike; its room is (hidden, slopes, outputs, output slopes), where hidden and
slopes have one array (n, units) for each layer but the last. All float32.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from abm_desktop.envs.deciding import tanh
from abm_desktop.learning.arrays.kernels import (
    adam_step,
    ppo_policy,
    ppo_value,
    through_relu,
    through_tanh,
)
from abm_desktop.market.compiled import fetch_add, kernel, kernel_with_products


@kernel
def _add_to_rows(rows: Any, bias: Any) -> None:
    for row in range(rows.shape[0]):
        for k in range(rows.shape[1]):
            rows[row, k] += bias[k]


@kernel
def _sum_rows(rows: Any, total: Any) -> None:
    total[:] = np.float32(0.0)
    for row in range(rows.shape[0]):
        for k in range(rows.shape[1]):
            total[k] += rows[row, k]


@kernel
def _activate(rows: Any, bias: Any, is_tanh: bool) -> None:
    """Add the bias, and what follows a layer, in place."""
    for row in range(rows.shape[0]):
        if is_tanh:
            for k in range(rows.shape[1]):
                rows[row, k] = tanh(rows[row, k] + bias[k])
        else:
            for k in range(rows.shape[1]):
                rows[row, k] = max(rows[row, k] + bias[k], np.float32(0.0))


@kernel_with_products
def forward(inputs: Any, network: Any, room: Any) -> None:
    """Write hidden layers and outputs at ``inputs``, (n, inputs)."""
    weights, biases, is_tanh = network
    hidden, _, outputs, _ = room
    last = inputs
    for k in range(len(hidden)):
        np.dot(last, weights[k].T, hidden[k])
        _activate(hidden[k], biases[k], is_tanh)
        last = hidden[k]
    np.dot(last, weights[-1].T, outputs)
    _add_to_rows(outputs, biases[-1])


@kernel_with_products
def backward(inputs: Any, network: Any, gradients: Any, room: Any) -> None:
    """Write the gradients, given hidden layers and the outputs' slopes."""
    weights, _, is_tanh = network
    weight_gradients, bias_gradients = gradients
    hidden, slopes, _, output_slopes = room
    top = len(hidden) - 1
    np.dot(output_slopes.T, hidden[top], weight_gradients[-1])
    _sum_rows(output_slopes, bias_gradients[-1])
    np.dot(output_slopes, weights[-1], slopes[top])
    for k in range(top, -1, -1):
        if is_tanh:
            through_tanh(hidden[k], slopes[k], bias_gradients[k])
        else:
            through_relu(hidden[k], slopes[k], bias_gradients[k])
        if k > 0:
            np.dot(slopes[k].T, hidden[k - 1], weight_gradients[k])
            np.dot(slopes[k], weights[k], slopes[k - 1])
        else:
            np.dot(slopes[k].T, inputs, weight_gradients[k])


@kernel
def _fold(outputs: Any, mirror: Any) -> None:
    """Make the first half of the outputs the mean of both, the second being of mirror images.

    ``mirror[k]`` is the mirror image of output ``k``; without any there are no halves.
    """
    if len(mirror) == 0:
        return
    n = outputs.shape[0] // 2
    for row in range(n):
        for k in range(outputs.shape[1]):
            there = outputs[n + row, mirror[k]]
            outputs[row, k] = np.float32(0.5) * (outputs[row, k] + there)


@kernel
def _unfold(slopes: Any, mirror: Any) -> None:
    """Share the slopes of what :func:`_fold` made between both halves."""
    if len(mirror) == 0:
        return
    n = slopes.shape[0] // 2
    for row in range(n):
        for k in range(slopes.shape[1]):
            half = np.float32(0.5) * slopes[row, k]
            slopes[row, k] = half
            slopes[n + row, mirror[k]] = half


@kernel
def _publish(signals: Any, squares: Any, mine: int, step: int, square: float) -> None:
    """Tell the other network's thread the square of this one's gradient in a step."""
    squares[mine, step % 2] = square
    fetch_add(signals, mine, 1)


@kernel
def _heard(signals: Any, mine: int, step: int, patience: int) -> bool:
    """Whether the other one has told its own, looking so many times."""
    for _ in range(patience):  # noqa: SIM110 - compiled
        if fetch_add(signals, 1 - mine, 0) > step:
            return True
    return False


@kernel_with_products
def _square(gradients: Any) -> float:
    """Sum of the squares of all gradients, arrays (n,)."""
    total = 0.0
    for k in range(len(gradients)):
        total += np.float64(np.dot(gradients[k], gradients[k]))
    return total


@kernel
def _adam(optimiser: Any, rates: Any, norm: float, step: int) -> None:
    """One step of Adam; see :class:`.networks.FlatAdam`."""
    values, gradients, means, squares = optimiser
    first, rate, b1, b2, epsilon, longest = rates
    done = first + step + 1
    shrink = longest / (norm + 1e-6) if norm > longest else 1.0
    for k in range(len(values)):
        adam_step(
            values[k],
            gradients[k],
            means[k],
            squares[k],
            np.float32(shrink),
            np.float32(b1),
            np.float32(1.0 - b1),
            np.float32(b2),
            np.float32(1.0 - b2),
            np.float32(1.0 / math.sqrt(1.0 - b2**done)),
            np.float32(epsilon),
            np.float32(rate / (1.0 - b1**done)),
        )


@kernel_with_products
def learn_policy(
    batch: Any, loss: Any, learner: Any, rates: Any, talk: Any, size: int, mirror: Any
) -> bool:
    """Steps of PPO's policy on minibatches of ``size`` rows, beside those of its value function.

    The norm of a gradient is that of both networks together, so each step waits for the other's:
    this returns False if that is not there in time, and goes on where it stopped when called again.
    At the end, or before the first step whose gradient is not finite, it returns True.

    Args:
        batch: observations, actions, log probabilities and advantages, one row a decision.
        loss: clip, weight of the entropy; see :func:`.kernels.ppo_policy`.
        learner: network, gradients, room, optimiser, which is (values, gradients, means, squares),
            one array (n,) a parameter each.
        rates: steps done before, rate, both betas, epsilon of Adam, longest gradient.
        talk: signals int64 (2,), squares float64 (2, 2), progress int64 (2,) (the step, and whether
            its gradient is there), what to look at how often, and sums: float64 (4,) of the loss
            and the norms.
        size: rows of a minibatch.
        mirror: int64 (actions,), the mirror image of each action, if behind the observations of
            each minibatch stand their mirror images and the policy is the mean of both; else (0,).
    """
    observations, actions, log_probabilities, advantages = batch
    clip, entropy_weight = loss
    network, gradients, room, optimiser = learner
    signals, squares, progress, patience, sums = talk
    _, _, logits, slopes = room
    while progress[0] < len(actions) // size:
        step = progress[0]
        rows = slice(step * size, (step + 1) * size)
        if progress[1] == 0:
            seen = observations[step * len(logits) : (step + 1) * len(logits)]
            forward(seen, network, room)
            _fold(logits, mirror)
            ppo_policy(
                logits[:size],
                actions[rows],
                log_probabilities[rows],
                advantages[rows],
                clip,
                entropy_weight,
                slopes,
                sums,
            )
            _unfold(slopes, mirror)
            backward(seen, network, gradients, room)
            _publish(signals, squares, 0, step, _square(optimiser[1]))
            progress[1] = 1
        if not _heard(signals, 0, step, patience):
            return False
        norm = math.sqrt(squares[0, step % 2] + squares[1, step % 2])
        if not math.isfinite(norm):
            return True
        sums[3] += norm
        _adam(optimiser, rates, norm, step)
        progress[0], progress[1] = step + 1, 0
    return True


@kernel_with_products
def learn_value(
    batch: Any, loss: float, learner: Any, rates: Any, talk: Any, size: int, mirror: Any
) -> bool:
    """As :func:`learn_policy` for the value function; its batch is observations and targets."""
    observations, targets = batch
    network, gradients, room, optimiser = learner
    signals, squares, progress, patience, sums = talk
    _, _, values, slopes = room
    while progress[0] < len(targets) // size:
        step = progress[0]
        rows = slice(step * size, (step + 1) * size)
        if progress[1] == 0:
            seen = observations[step * len(values) : (step + 1) * len(values)]
            forward(seen, network, room)
            _fold(values, mirror)
            ppo_value(values[:size], targets[rows], loss, slopes, sums)
            _unfold(slopes, mirror)
            backward(seen, network, gradients, room)
            _publish(signals, squares, 1, step, _square(optimiser[1]))
            progress[1] = 1
        if not _heard(signals, 1, step, patience):
            return False
        norm = math.sqrt(squares[0, step % 2] + squares[1, step % 2])
        if not math.isfinite(norm):
            return True
        _adam(optimiser, rates, norm, step)
        progress[0], progress[1] = step + 1, 0
    return True
