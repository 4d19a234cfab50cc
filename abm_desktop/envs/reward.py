"""What the step reward weighs: profit per unit of risk, speculation, inventory, fees, stability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.inputs import InputError, real, shown


@dataclass(frozen=True)
class RewardWeights:
    """Weights of the reward.

    ``r = (dE - max(0, damping * q * dm) - fee * |b| - stability * max(0, b * dm)) / (q_max *
    sigma_long * sqrt(dt)) - inventory_cost * (q / q_max) ** 2``, clipped, with b the lots bought
    less sold in the step. Damping only the gains of a held position makes speculation less
    attractive than earning the spread (Spooner et al. 2018).

    ``stability`` weighs a trader's own impact under stress, an objective of financial stability
    beside profit (Breeden 2026): what it bought times the move of the mid, dm, over the same step,
    if both have one sign; 0 in steps at whose end no stress is on. Who sells into a fall pays what
    the price fell on his lots, who buys into it pays nothing. At 1 an order that moves the mid
    costs as much again as it marks up its own lots.

    The defaults are measured. A full position moves by one unit a step, while what can be known of
    its direction is worth 0.01 to 0.02 units: damping by 0.3 takes 0.12 units, and an inventory
    cost of 0.02 takes all of it, so that with either the best policy is to hold nothing.

    With ``at_value`` the equity is that at the value V, which the simulator knows and no trader
    does, less ``q * dV``: a trade is worth at once what it was away from the value. V is a
    martingale but for a reversion within days, whatever a trader does, so that what a position
    gains by its moves is noise of mean 0: a control variate of what is exogenous (Mao et al. 2019),
    on top of a potential, ``q * (V - m)``, which leaves the best policy as it is (Ng et al. 1999).
    Only for learning: profits stay those of the market. Not for recorded days, which have no value,
    and off by up to ``q * (V - m)`` at an episode's end.

    Attributes:
        damping: share of a holding gain that is taken back, 0 to 1.
        inventory_cost: cost of a full position, per step.
        fee: cost of a traded lot, in ticks; below 0 it is a rebate.
        clip: bound of the reward, above 0.
        at_value: whether what is held counts at the value in place of the mid.
        stability: weight of the own impact under stress, at least 0.

    Raises:
        InputError: for a weight out of its bounds, or that is no number.
    """

    damping: float = 0.0
    inventory_cost: float = 0.005
    fee: float = 0.0
    clip: float = 5.0
    at_value: bool = False
    stability: float = 0.0

    def __post_init__(self) -> None:
        real(self.damping, "damping", 0.0, 1.0)
        real(self.inventory_cost, "inventory_cost", 0.0, 1e6)
        real(self.fee, "fee", -1e6, 1e6, unit="ticks")
        real(self.clip, "clip", above=0.0, high=1e12)
        real(self.stability, "stability", 0.0, 1e6)
        if not isinstance(self.at_value, bool):
            raise InputError(f"must be True or False, not {shown(self.at_value)}", key="at_value")

    def packed(self) -> np.ndarray:
        """The kernel's form, float64 (6,)."""
        numbers = [self.damping, self.inventory_cost, self.fee, self.clip]
        return np.array([*numbers, self.at_value, self.stability], np.float64)


def checked_weights(weights: RewardWeights | None) -> RewardWeights:
    """The weights, the usual ones for None. Raises :class:`InputError` for anything else."""
    if weights is None:
        return RewardWeights()
    if not isinstance(weights, RewardWeights):
        raise InputError(f"must be RewardWeights, not {shown(weights)}", key="weights")
    return weights
