"""What learning does element by element, compiled: losses with their slopes, and Adam.

Each loss takes what the networks gave for one minibatch of ``n`` decisions, writes the
derivative of the mean loss by every output of a network, and adds to ``sums`` what is worth
measuring, as sums over the rows. ``tests/learning`` compares them with autograd.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from abm_desktop.market.compiled import kernel


@kernel
def ppo_policy(
    logits: Any,
    actions: Any,
    log_probabilities: Any,
    advantages: Any,
    clip: float,
    entropy_weight: float,
    slopes: Any,
    sums: Any,
) -> None:
    """Clipped surrogate and entropy (Schulman et al. 2017).

    ``sums`` gets policy loss, entropy, and Schulman's estimate of KL(old || new).
    """
    n, k = logits.shape
    for row in range(n):
        top = logits[row, 0]
        for j in range(1, k):
            top = max(top, logits[row, j])
        total, weighted = 0.0, 0.0
        for j in range(k):
            p = math.exp(logits[row, j] - top)
            slopes[row, j] = p  # kept until the slopes are known
            total += p
            weighted += p * logits[row, j]
        shift = top + math.log(total)
        entropy = shift - weighted / total
        action = actions[row]
        log_ratio = logits[row, action] - shift - log_probabilities[row]
        ratio = math.exp(log_ratio)
        gain = advantages[row] * ratio
        clipped = advantages[row] * min(max(ratio, 1.0 - clip), 1.0 + clip)
        slope = -gain if gain <= clipped else 0.0
        for j in range(k):
            logp = logits[row, j] - shift
            p = slopes[row, j] / total
            mine = 1.0 if j == action else 0.0
            slopes[row, j] = (slope * (mine - p) + entropy_weight * p * (logp + entropy)) / n
        sums[0] -= min(gain, clipped)
        sums[1] += entropy
        sums[2] += ratio - 1.0 - log_ratio


@kernel
def ppo_value(values: Any, targets: Any, value_weight: float, slopes: Any, sums: Any) -> None:
    """Squared error of the value function; ``sums`` gets it."""
    n = len(values)
    for row in range(n):
        error = values[row, 0] - targets[row]
        slopes[row, 0] = 2.0 * value_weight * error / n
        sums[0] += error * error


@kernel
def dqn(
    advantages: Any,
    values: Any,
    later_advantages: Any,
    target_advantages: Any,
    target_values: Any,
    actions: Any,
    rewards: Any,
    discounts: Any,
    advantage_slopes: Any,
    value_slopes: Any,
    sums: Any,
) -> None:
    """Double duelling Q-learning (van Hasselt et al. 2016; Wang et al. 2016), Huber loss.

    ``later_advantages`` are those of the network that learns at the next observation, ``target_``
    those of the target network there. ``sums`` gets the loss, the value of the chosen action, and
    the spread between the best and the worst one.
    """
    n, k = advantages.shape
    for row in range(n):
        mean, target_mean, best = 0.0, 0.0, 0
        low = high = advantages[row, 0]
        for j in range(k):
            mean += advantages[row, j]
            target_mean += target_advantages[row, j]
            low, high = min(low, advantages[row, j]), max(high, advantages[row, j])
            if later_advantages[row, j] > later_advantages[row, best]:
                best = j
        mean /= k
        target_mean /= k
        after = target_values[row, 0] + target_advantages[row, best] - target_mean
        action = actions[row]
        chosen = values[row, 0] + advantages[row, action] - mean
        error = chosen - (rewards[row] + discounts[row] * after)
        slope = min(max(error, -1.0), 1.0) / n
        for j in range(k):
            mine = 1.0 if j == action else 0.0
            advantage_slopes[row, j] = slope * (mine - 1.0 / k)
        value_slopes[row, 0] = slope
        size = abs(error)
        sums[0] += 0.5 * error * error if size <= 1.0 else size - 0.5
        sums[1] += chosen
        sums[2] += high - low


@kernel
def soft_targets(
    later_logits: Any,
    first: Any,
    second: Any,
    rewards: Any,
    discounts: Any,
    alpha: float,
    targets: Any,
) -> None:
    """Write SAC's value targets: the expected soft value of the next observation, discounted.

    ``first`` and ``second`` are what both target networks say there.
    """
    n, k = later_logits.shape
    for row in range(n):
        top = later_logits[row, 0]
        for j in range(1, k):
            top = max(top, later_logits[row, j])
        total, worth = 0.0, 0.0
        for j in range(k):
            p = math.exp(later_logits[row, j] - top)
            total += p
            worth += p * (min(first[row, j], second[row, j]) - alpha * later_logits[row, j])
        soft = worth / total + alpha * (top + math.log(total))
        targets[row] = rewards[row] + discounts[row] * soft


@kernel
def sac(
    logits: Any,
    first: Any,
    second: Any,
    actions: Any,
    targets: Any,
    alpha: float,
    logit_slopes: Any,
    first_slopes: Any,
    second_slopes: Any,
    sums: Any,
) -> None:
    """Soft actor-critic with a categorical policy (Christodoulou 2019), Huber losses.

    ``sums`` gets policy loss, value loss of both networks, entropy, and the mean over actions of
    the smaller value.
    """
    n, k = logits.shape
    for row in range(n):
        top = logits[row, 0]
        for j in range(1, k):
            top = max(top, logits[row, j])
        total, worth, weighted = 0.0, 0.0, 0.0
        for j in range(k):
            p = math.exp(logits[row, j] - top)
            value = min(first[row, j], second[row, j])
            logit_slopes[row, j] = p  # kept until the slopes are known
            first_slopes[row, j] = 0.0
            second_slopes[row, j] = 0.0
            total += p
            worth += p * value
            weighted += p * logits[row, j]
            sums[3] += value / k
        shift = top + math.log(total)
        entropy = shift - weighted / total
        loss = -alpha * entropy - worth / total
        for j in range(k):
            logp = logits[row, j] - shift
            value = min(first[row, j], second[row, j])
            p = logit_slopes[row, j] / total
            logit_slopes[row, j] = p * (alpha * logp - value - loss) / n
        action = actions[row]
        for twin in range(2):
            chosen = first[row, action] if twin == 0 else second[row, action]
            error = chosen - targets[row]
            size = abs(error)
            slope = min(max(error, -1.0), 1.0) / n
            if twin == 0:
                first_slopes[row, action] = slope
            else:
                second_slopes[row, action] = slope
            sums[1] += 0.5 * error * error if size <= 1.0 else size - 0.5
        sums[0] += loss
        sums[2] += entropy


@kernel
def through_tanh(outputs: Any, slope: Any, total: Any) -> None:
    """Turn the slope of tanh's ``outputs`` into that of its inputs, in place, both (n, units).

    ``total`` gets its sum over the rows: the gradient of the layer's bias. One pass, where array
    operations need four.
    """
    n, units = slope.shape
    total[:] = np.float32(0.0)
    for row in range(n):
        for k in range(units):
            after = outputs[row, k]
            value = slope[row, k] * (np.float32(1.0) - after * after)
            slope[row, k] = value
            total[k] += value


@kernel
def through_relu(outputs: Any, slope: Any, total: Any) -> None:
    """As :func:`through_tanh`, for rectified outputs."""
    n, units = slope.shape
    total[:] = np.float32(0.0)
    for row in range(n):
        for k in range(units):
            value = slope[row, k] if outputs[row, k] > 0.0 else np.float32(0.0)
            slope[row, k] = value
            total[k] += value


@kernel
def adam_step(
    values: Any,
    gradients: Any,
    mean: Any,
    square: Any,
    shrink: Any,
    keep_mean: Any,
    new_mean: Any,
    keep_square: Any,
    new_square: Any,
    correction: Any,
    epsilon: Any,
    rate: Any,
) -> None:
    """One step of Adam (Kingma and Ba 2015) in place; all arrays (n,), all numbers float32.

    ``shrink`` scales the gradients, ``correction`` and ``rate`` hold the corrections of the bias
    of both moments.
    """
    for k in range(len(values)):
        gradient = gradients[k] * shrink
        mean[k] = mean[k] * keep_mean + gradient * new_mean
        square[k] = square[k] * keep_square + gradient * gradient * new_square
        root = np.sqrt(square[k]) * correction + epsilon
        values[k] -= mean[k] / root * rate
