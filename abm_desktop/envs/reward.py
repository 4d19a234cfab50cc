"""What the step reward weighs: profit per unit of risk, speculation, inventory and fees."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.inputs import InputError, real, shown


@dataclass(frozen=True)
class RewardWeights:
    """Weights of the reward.

    ``r = (dE - max(0, damping * q * dm)) / (q_max * sigma_long * sqrt(dt)) - inventory_cost *
    (q / q_max) ** 2 - fee * |trade|``, clipped. Damping only the gains of a held position makes
    speculation less attractive than earning the spread (Spooner et al. 2018).

    The defaults are measured. A full position moves by one unit a step, while what can be known of
    its direction is worth 0.01 to 0.02 units: damping by 0.3 takes 0.12 units, and an inventory
    cost of 0.02 takes all of it, so that with either the best policy is to hold nothing.

    Attributes:
        damping: share of a holding gain that is taken back, 0 to 1.
        inventory_cost: cost of a full position, per step.
        fee: cost of a traded lot, in ticks; below 0 it is a rebate.
        clip: bound of the reward, above 0.

    Raises:
        InputError: for a weight out of its bounds, or that is no number.
    """

    damping: float = 0.0
    inventory_cost: float = 0.005
    fee: float = 0.0
    clip: float = 5.0

    def __post_init__(self) -> None:
        real(self.damping, "damping", 0.0, 1.0)
        real(self.inventory_cost, "inventory_cost", 0.0, 1e6)
        real(self.fee, "fee", -1e6, 1e6, unit="ticks")
        real(self.clip, "clip", above=0.0, high=1e12)

    def packed(self) -> np.ndarray:
        """The kernel's form, float64 (4,)."""
        return np.array([self.damping, self.inventory_cost, self.fee, self.clip])


def checked_weights(weights: RewardWeights | None) -> RewardWeights:
    """The weights, the usual ones for None. Raises :class:`InputError` for anything else."""
    if weights is None:
        return RewardWeights()
    if not isinstance(weights, RewardWeights):
        raise InputError(f"must be RewardWeights, not {shown(weights)}", key="weights")
    return weights
