"""What a shock does to the price that is paid: measures that need no continuous mid.

A market that only holds auctions has no mid and no spread, but it has a last price. So has every
other market: these measures are the same in all of them, and can be compared. Calendar time counts,
halts included; if nothing trades the price stands still.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.tape import Tape
from abm_desktop.metrics import market, stress
from abm_desktop.metrics.streaming import on_grid

__all__ = ["trade_price_measures"]

NAN = float("nan")
BEFORE = 60.0
"""Seconds before the shock whose median is the usual price."""
STEP = 60.0
"""Seconds between returns: far more than the bounce between bid and ask lasts, which a price of
continuous trading has and a clearing price has not."""


def trade_price_measures(
    tape: Tape, shock: float, during: float, after: float, warm_up: float
) -> dict[str, float]:
    """Fall, volatility and recovery of the last trade, or clearing, price; samples once a second.

    Args:
        tape: what was recorded, from at least a minute before the shock on.
        shock, warm_up: seconds since and before the open.
        during: seconds after the shock in which the worst is sought.
        after: seconds after the shock until which recovery is waited for.
    """
    rows = tape.samples
    clock = rows["time"] / 1e9 - warm_up - shock
    price = rows["last_price"].astype(float)
    price[price <= 0] = NAN
    usual = price[(clock >= -BEFORE - 1e-9) & (clock <= 1e-9)]
    before = float(np.nanmedian(usual)) if np.isfinite(usual).any() else NAN
    inside = (clock >= -1e-9) & (clock <= after + 1e-9) & ~np.isnan(price)
    clock, price, value = clock[inside], price[inside], rows["value"][inside]
    near = price[clock <= during + 1e-9]
    out = {
        "trade_drawdown_pct": 100.0 * stress.drop(near, before),
        "trade_rv_60s": NAN,
    }
    if len(near) > 1:
        grid = on_grid(clock[: len(near)], near, STEP)[1]
        out["trade_rv_60s"] = market.realised_volatility(grid)
    target = before * value / value[0] if len(value) else value
    seconds, censored = stress.recovery_time(clock, price, target, 0.5, until_low=during)
    out["trade_recovery_50_s"] = seconds
    low = float(clock[near.argmin()]) if len(near) else NAN
    out["trade_recovery_50_since_shock_s"] = low + seconds
    out["trade_recovery_50_censored"] = NAN if np.isnan(seconds) else float(censored)
    return out
