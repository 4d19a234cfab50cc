"""Every measure of one run around a shock, as one flat table row.

:func:`measure` cuts three windows out of a tape, *calm* before the shock, *stress* after it and the
whole *recovery*, and fills a dictionary of floats. Names begin with the window (``calm_rv_10s``) or
with the trader class (``rl_pnl``). The set of names never depends on the tape, so rows of many runs
form a table.
"""

from __future__ import annotations

import math

from abm_desktop.market.tape import Tape
from abm_desktop.metrics.grid_measures import grid_measures
from abm_desktop.metrics.market_measures import BUCKETS, market_measures
from abm_desktop.metrics.shock_measures import CENSORED, shock_measures
from abm_desktop.metrics.trade_price_measures import trade_price_measures
from abm_desktop.metrics.trader_measures import class_measures, trader_measures
from abm_desktop.metrics.windows import cut

__all__ = ["CENSORED", "measure"]


def measure(
    tape: Tape,
    *,
    shock: float,
    warm_up: float,
    tick: float,
    lot: float,
    calm: tuple[float, float] = (-3600.0, -60.0),
    stress: tuple[float, float] = (0.0, 900.0),
    recovery: float = 3600.0,
    average_daily_volume: float = 102_000.0,
    traders: int | None = None,
    decisions: int | None = None,
    max_inventory: int = 40,
) -> dict[str, float]:
    """All measures of one run; the same names every time.

    Args:
        tape: what was recorded. If it does not reach as far as a window does, the window is the
            part that is there, and what cannot be told is NaN; ``calm_seconds`` and the like say
            how much it was. The calm window never reaches into the warm-up.
        shock: seconds since the open.
        warm_up: seconds before the open.
        tick: currency.
        lot: units of the asset.
        calm, stress: seconds relative to the shock.
        recovery: seconds after the shock until which recovery is waited for.
        average_daily_volume: lots of a session; a fiftieth of it is a VPIN bucket.
        traders: how many RL traders there are; without it, those that traded.
        decisions: how many decisions the RL traders took on this tape, for the entropy of their
            actions; the tape itself does not tell of a HOLD.
        max_inventory: lots that an RL trader may hold.

    Returns:
        Units are in the names: ``_s`` seconds, ``_bp`` basis points, ``_pct`` percent, ``_sigmas``
        daily volatilities; ``pnl`` is currency, depth and volume lots; a volatility without
        ``annual`` is of its window. NaN means that the tape does not hold what the measure needs:
        too few bars, no trade, no such trader. A duration that did not end is its length so far,
        with its ``_censored`` flag 1.
    """
    spans = {"calm": calm, "stress": stress, "recovery": (0.0, recovery)}
    windows = {
        name: cut(tape, max(shock + begin, 0.0), max(shock + end, 0.0), warm_up)
        for name, (begin, end) in spans.items()
    }
    money = tick * lot
    bucket = average_daily_volume / BUCKETS
    out: dict[str, float] = {}
    for name, window in windows.items():
        found = market_measures(window, money=money, bucket=bucket)
        out |= {f"{name}_{key}": value for key, value in found.items()}
    before, after = out["calm_rv_10s_annual"], out["stress_rv_10s_annual"]
    out["log_rv_ratio"] = math.log(after / before) if before > 0 and after > 0 else math.nan
    out |= shock_measures(tape, windows["stress"], windows["recovery"], shock, warm_up, before)
    out |= grid_measures(windows["stress"], windows["recovery"])
    out |= trade_price_measures(tape, shock, stress[1], recovery, warm_up)
    out |= class_measures(windows["stress"], windows["recovery"], money)
    out |= trader_measures(
        tape,
        windows["recovery"],
        warm_up=warm_up,
        money=money,
        traders=traders,
        decisions=decisions,
        max_inventory=max_inventory,
    )
    return {key: float(value) for key, value in out.items()}
