"""A policy made symmetric: it treats a market and its mirror image alike.

The mirror image of a market has prices upside down, and bought for sold. A policy that leans to
one side earns from a market that drifts that way without knowing anything; made symmetric it
cannot, and what it still earns comes from what it sees.

Which observations change their sign is what training by mirror images uses as well
(:meth:`abm_desktop.market.roles.Role.mirror`). Of the 13 of a directional trader volatility and
spread have no sides and stay; price against its average, fundamental gap, order-book imbalance, the
six returns, inventory and cash change theirs. SELL becomes BUY.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.market.even_handed import mirrored
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role


def symmetric_logits(policy: PolicyNet, observations: np.ndarray) -> np.ndarray:
    """Mean of the logits and of those in the mirror image, float32 (n, actions).

    Those of the mirrored observations are these, with every action in the place of its mirror
    image. Of a recurrent policy these are first decisions, at which nothing is remembered.
    """
    return symmetric_step(policy, observations, no_states(policy, len(observations)))[0]


def no_states(policy: PolicyNet, rows: int) -> np.ndarray:
    """What a symmetric policy remembers at its beginning: of both sides, one behind the other."""
    return np.zeros((2 * rows, policy.state_width), np.float32)


def symmetric_step(
    policy: PolicyNet, observations: np.ndarray, states: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """As :func:`symmetric_logits`, going on from ``states`` float32 (2 n, width); and the next."""
    mirror, n = find_role(policy.role).mirror(), len(observations)
    here, mine = policy.step(observations, states[:n])
    there, theirs = policy.step(mirrored(observations, mirror), states[n:])
    mean: np.ndarray = 0.5 * (here + there[:, mirror.actions])
    return mean, np.concatenate((mine, theirs))


def has_sides(policy: PolicyNet) -> bool:
    """Whether the mirror image of its decisions differs from them (an executor's does not)."""
    _, signs, actions = find_role(policy.role).mirror()
    return bool((signs < 0).any() or (actions != np.arange(len(actions))).any())


@dataclass
class SymmetricPolicy:
    """A rule that acts as ``policy`` made symmetric; with ``sampled`` it draws its actions.

    The role says what it does if sides are tied (:meth:`abm_desktop.market.roles.Role.greedy`).
    """

    policy: PolicyNet
    sampled: bool = False
    seed: int = 0

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        """Actions int64 (n,) for observations float32 (n, inputs)."""
        if number == 0:
            self._states = no_states(self.policy, len(observations))
        seen = np.asarray(observations, np.float32)
        logits, self._states = symmetric_step(self.policy, seen, self._states)
        if self.sampled:
            random = np.random.default_rng([self.seed, number])
            return (logits + random.gumbel(size=logits.shape)).argmax(axis=1)
        return find_role(self.policy.role).greedy(logits, symmetric=True)
