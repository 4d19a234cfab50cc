"""What a shock does to price, spread and depth, and how long until they are back."""

from __future__ import annotations

import math

import numpy as np

from abm_desktop.market.tape import Tape
from abm_desktop.metrics import market, stress, systemic
from abm_desktop.metrics.windows import Window, cut

__all__ = ["CENSORED", "shock_measures"]

NAN = float("nan")

SHARES = (0.5, 0.9)
"""Shares of the way back that count as recovered."""
PRICE_BEFORE, BOOK_BEFORE = 60.0, 1800.0
"""Seconds before the shock whose medians are the usual price, and the usual spread and depth."""
CENSORED = "_censored"
"""Suffix of the flag, 0 or 1, that the end of a duration was not seen."""


def shock_measures(
    tape: Tape,
    during: Window,
    after: Window,
    shock: float,
    warm_up: float,
    annual_volatility: float,
) -> dict[str, float]:
    """Fall, overshoot, recovery times, resilience of the book, and crashes.

    Args:
        tape: what was recorded, from at least a minute before the shock on.
        during: the window in which the worst is sought.
        after: the window from the shock in which recovery is waited for.
        shock, warm_up: seconds since and before the open.
        annual_volatility: in calm, for what is told in daily volatilities.
    """
    before = cut(tape, max(shock - PRICE_BEFORE, 0.0), shock, warm_up)
    usual = cut(tape, max(shock - BOOK_BEFORE, 0.0), shock, warm_up)
    price = before.median(before.mid)
    sigma = annual_volatility / math.sqrt(252)
    fall = stress.drop(during.mid, price)
    out = {
        "price_before": price,
        "drawdown_pct": 100 * fall,
        "drawdown_sigmas": fall / sigma if sigma > 0 else NAN,
        "overshoot_pct": 100 * stress.overshoot(during.mid, during.value),
        "max_excursion_pct": 100 * stress.excursion(during.mid, price),
        "trough_s": float(during.clock[during.mid.argmin()]) if len(during.mid) else NAN,
        "crashes": float(len(systemic.crashes(after.on_clock(after.mid, 1.0), sigma))),
    }
    value = after.value
    target = price * value / value[0] if len(value) else value
    spread, depth = usual.median(usual.spread), usual.median(usual.depth)
    for share in SHARES:
        name = f"{100 * share:.0f}"
        durations = {
            f"recovery_{name}_s": (
                out["trough_s"],
                *stress.recovery_time(
                    after.clock, after.mid, target, share, until_low=during.seconds
                ),
            ),
            f"spread_recovery_{name}_s": _resilience(after, after.spread, spread, share, during),
            f"depth_recovery_{name}_s": _resilience(after, after.depth, depth, share, during),
        }
        for key, (worst, seconds, censored) in durations.items():
            stem = key.removesuffix("_s")
            out[key] = seconds
            # When the worst comes depends on what is compared, so times from there do too.
            out[f"{stem}_since_shock_s"] = worst + seconds
            out[f"{stem}{CENSORED}"] = NAN if math.isnan(seconds) else censored
    return out


def _resilience(
    after: Window, values: np.ndarray, usual: float, share: float, during: Window
) -> tuple[float, float, bool]:
    """When the spread is widest, or the depth least, during the stress, and how long from there.

    Seconds, and whether the end was not seen; NaN if nothing is known.
    """
    near = values[after.clock <= during.seconds + 1e-9]
    if math.isnan(usual) or not np.isfinite(near).any():
        return NAN, NAN, True
    wide = values is after.spread
    worst = int(np.nanargmax(near) if wide else np.nanargmin(near))
    lasted = market.resilience(after.clock, values, usual, share, worst=worst, high_is_bad=wide)
    return float(after.clock[worst]), *lasted
