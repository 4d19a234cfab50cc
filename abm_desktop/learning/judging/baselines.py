"""The rules that a policy is compared with, and the policy itself as one of them.

What a role is compared with is said by the role (``Role.contenders``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.learning.judging.symmetric import SymmetricPolicy, has_sides
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.judged import AGENT, SYMMETRIC, Contender

__all__ = ["Policy", "contenders"]


@dataclass
class Policy:
    """A trained policy; with ``sampled`` it draws its actions as it did in training.

    A recurrent one begins to remember at the decision with number 0.
    """

    policy: PolicyNet
    sampled: bool = False
    seed: int = 0

    def sees(self, observations: np.ndarray, number: int) -> np.ndarray:
        """All that it decides by: observations, and behind them what it remembers."""
        if number == 0:
            self._states = np.zeros((len(observations), self.policy.state_width), np.float32)
        return np.concatenate((observations, self._states[: len(observations)]), axis=1)

    def __call__(self, observations: np.ndarray, number: int) -> np.ndarray:
        """Actions int64 (n,) for observations float32 (n, inputs)."""
        if number == 0:
            self._states = np.zeros((len(observations), self.policy.state_width), np.float32)
        logits, self._states = self.policy.step(observations, self._states)
        if self.sampled:
            random = np.random.default_rng([self.seed, number])
            logits = logits + random.gumbel(size=logits.shape)
        return logits.argmax(axis=1)


def contenders(policy: PolicyNet, decisions: int, seed: int = 0) -> dict[str, Contender]:
    """All who trade the same days, by name: the policy, it made symmetric, and the role's rules."""
    sampled = not policy.greedy
    found = {AGENT: Contender(Policy(policy, sampled=sampled, seed=seed))}
    if has_sides(policy):
        found[SYMMETRIC] = Contender(SymmetricPolicy(policy, sampled=sampled, seed=seed))
    return found | find_role(policy.role).contenders(decisions, seed)
