"""What the measures of a stretch of time mean, a line each."""

from __future__ import annotations

import re

from abm_desktop.desk.analytics.titles import WINDOW_MEASURES

__all__ = ["meaning_of"]

_UNITS = {"rv_10s_annual": "a year, 0.2 is 20 %"}
"""Those that people see in another unit."""
_SHOWN = {m.key: (m.tip, _UNITS.get(m.key, m.unit)) for m in WINDOW_MEASURES}
_OTHERS = {
    "halted_seconds": ("Time in halts and auctions", "s"),
    "one_sided_seconds": ("Time in which a side of the book was empty", "s"),
    r"rv_(\d+)s": (r"Root of the summed squared \1 s log returns of the stretch", "0.01 is 1 %"),
    r"rv_(\d+)s_annual": (r"The same of \1 s returns, for a year", "a year, 0.2 is 20 %"),
    "parkinson": ("Volatility of a minute from highs and lows (Parkinson 1980)", "0.01 is 1 %"),
    "price_efficiency": ("1 if the price is the fundamental value, less if it strays from it", ""),
    r"realised_spread_(\d+)s_bp": (r"What makers kept once the price had moved for \1 s", "bp"),
    r"impact_(\d+)s_bp": (r"Effective less realised spread after \1 s", "bp"),
    "kyle_lambda_error": ("Standard error of kyle_lambda_bp", "bp a lot"),
    "vpin_bulk": ("VPIN with buys and sells told by the moves of minutes, as without flags", ""),
}
"""Those that no page shows, by a pattern of their keys."""


def meaning_of(key: str) -> str:
    """What a measure is, with its unit; "" for one that is not known.

    >>> meaning_of("impact_5s_bp")
    'Effective less realised spread after 5 s [bp]'
    """
    tip, unit = _SHOWN.get(key, ("", ""))
    if not tip:
        for pattern, (text, its_unit) in _OTHERS.items():
            if found := re.fullmatch(pattern, key):
                tip, unit = found.expand(text), its_unit
    return f"{tip} [{unit}]" if unit else tip
