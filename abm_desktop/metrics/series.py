"""Paths of a run around a shock on one time grid, for pictures that lay many runs over each other.

Unlike the measures these keep calendar time: a halt is a flat piece.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.state import SIMULATED_CLASSES
from abm_desktop.market.tape import Tape

__all__ = ["shock_series"]


def shock_series(
    tape: Tape,
    *,
    shock: float,
    warm_up: float,
    before: float = 300.0,
    after: float = 3600.0,
    step: float = 10.0,
) -> dict[str, np.ndarray]:
    """Price, spread, depth and inventories every ``step`` seconds, float64 (k,) each.

    Returns ``time`` (seconds since the shock), ``price`` and ``value`` (percent of the median price
    of the minute before the shock, which is 0), ``spread_ticks`` (NaN with an empty side and in a
    call phase), ``depth`` (lots within five levels, mean of both sides) and ``inventory_<class>``
    (lots). Every point is the last sample at or before it; points that the tape does not cover are
    NaN. Raises ValueError if ``step`` is not positive.
    """
    if not step > 0:
        raise ValueError(f"the step must be positive seconds, got {step}")
    grid = np.arange(-round(before / step), round(after / step) + 1) * step
    rows = tape.samples
    time = rows["time"] / 1e9 - warm_up - shock
    inside = (grid >= time[0] - 1e-9) & (grid <= time[-1] + 1e-9) if len(rows) else grid > np.inf
    at = np.maximum(np.searchsorted(time, grid + 1e-9, side="right") - 1, 0)

    def at_grid(values: np.ndarray) -> np.ndarray:
        out = np.full(len(grid), np.nan)
        out[inside] = values[at[inside]]
        return out

    minute = rows["mid"][(time >= -60.0 - 1e-9) & (time <= 1e-9)]
    base = float(np.median(minute)) if len(minute) else np.nan
    empty = (rows["best_bid"] < 0) | (rows["ask_volume"] <= 0)
    empty |= rows["best_bid"] >= rows["best_ask"]  # orders gather for an auction
    spread = np.where(empty, np.nan, rows["best_ask"].astype(float) - rows["best_bid"])
    out = {
        "time": grid,
        "price": at_grid(100.0 * (rows["mid"] / base - 1.0)),
        "value": at_grid(100.0 * (rows["value"] / base - 1.0)),
        "spread_ticks": at_grid(spread),
        "depth": at_grid(0.5 * (rows["bid_depth"] + rows["ask_depth"])),
    }
    for k, name in enumerate(SIMULATED_CLASSES):
        out[f"inventory_{name}"] = at_grid(tape.class_samples[:, k, 0].astype(float))
    return out
