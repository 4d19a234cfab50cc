"""The market maker of Avellaneda and Stoikov (2008), in the world of their paper.

The mid follows a Brownian motion; a quote at distance d from it is hit with intensity A exp(-k d).
Used as a benchmark for learned makers, and to check the formulas against the paper's table.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.market.compiled import kernel
from abm_desktop.market.random import stream_key, uniform
from abm_desktop.market.state import AGENT


@kernel
def reservation_price(mid, inventory, time_left, gamma, sigma):
    """Price at which the maker is indifferent to one share: s - q gamma sigma^2 (T - t)."""
    return mid - inventory * gamma * sigma * sigma * time_left


@kernel
def total_spread(time_left, gamma, sigma, k):
    """Distance between bid and ask: gamma sigma^2 (T - t) + (2 / gamma) ln(1 + gamma / k)."""
    return gamma * sigma * sigma * time_left + 2.0 / gamma * math.log(1.0 + gamma / k)


@kernel
def _play(stream, profits, inventories, spreads, gamma, sigma, k, intensity, dt, steps, skewed):
    for path in range(profits.shape[0]):
        mid, cash, inventory, spread_sum = 100.0, 0.0, 0, 0.0
        for step in range(steps):
            left = (steps - step) * dt
            spread = total_spread(left, gamma, sigma, k)
            centre = reservation_price(mid, inventory, left, gamma, sigma) if skewed else mid
            spread_sum += spread
            bid, ask = centre - 0.5 * spread, centre + 0.5 * spread
            bought = uniform(stream) < intensity * math.exp(-k * (mid - bid)) * dt
            sold = uniform(stream) < intensity * math.exp(-k * (ask - mid)) * dt
            if bought:
                inventory += 1
                cash -= bid
            if sold:
                inventory -= 1
                cash += ask
            mid += sigma * math.sqrt(dt) if uniform(stream) < 0.5 else -sigma * math.sqrt(dt)
        profits[path] = cash + inventory * mid
        inventories[path] = inventory
        spreads[path] = spread_sum / steps


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a maker's sessions came to."""

    spread: float
    """Mean total spread quoted."""
    profit: float
    """Mean profit."""
    profit_sd: float
    inventory_sd: float
    """Standard deviation of the final inventory, shares."""


def simulate(
    gamma: float,
    *,
    skewed: bool = True,
    paths: int = 20_000,
    sigma: float = 2.0,
    k: float = 1.5,
    intensity: float = 140.0,
    dt: float = 0.005,
    steps: int = 200,
    seed: int = 1,
) -> Outcome:
    """Play sessions of length ``steps * dt``; the defaults are the paper's.

    ``skewed`` quotes around the reservation price, otherwise around the mid (the paper's symmetric
    strategy, with the same spread).
    """
    stream = np.zeros(1, AGENT)
    stream["key"] = stream_key(np.uint64(seed), 0, 0)
    profits, inventories, spreads = (np.empty(paths) for _ in range(3))
    _play(
        stream[0],
        profits,
        inventories,
        spreads,
        float(gamma),
        sigma,
        k,
        intensity,
        dt,
        steps,
        skewed,
    )
    return Outcome(
        spread=float(spreads.mean()),
        profit=float(profits.mean()),
        profit_sd=float(profits.std(ddof=1)),
        inventory_sd=float(inventories.std(ddof=1)),
    )
