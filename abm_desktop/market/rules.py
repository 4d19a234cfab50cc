"""The rules of the venue that an operator or regulator can switch on: their numbers, in one record.

What each does is in :mod:`phases` (halts and price limits) and :mod:`screening` (messages and
fees). All are off by default but the price collar.
"""

from __future__ import annotations

from typing import Any

import numpy as np

INTERVENTIONS: dict[str, dict[str, float]] = {
    # Limit up, limit down: bands around the mean trade price of the last 300 s.
    "luld": {
        "band": 0.016,
        "update_step": 0.01,
        "update_time": 30.0,
        "limit_state": 15.0,
        "pause": 300.0,
    },
    # Market-wide circuit breaker on the fall since the open; the third level closes the market.
    "market_breaker": {"level_1": 0.07, "level_2": 0.13, "level_3": 0.20, "pause": 900.0},
    # Velocity logic: no trade further than ``ticks`` from the prices of the last ``window`` s.
    "velocity_logic": {"ticks": 20.0, "window": 1.0, "pause": 5.0},
    # Volatility auction: two reference windows, a call phase with a random end.
    "volatility_auction": {
        "short_window": 1.0,
        "short_range": 0.005,
        "long_window": 60.0,
        "long_range": 0.015,
        "call": 120.0,
        "random_end": 30.0,
    },
    # Immediate orders trade at most this far from the mid.
    "price_collar": {"width": 0.01},
    # Tax on the notional of both sides of a trade.
    "transaction_tax": {"rate": 0.0005, "makers_exempt": 0.0},
    # Cancels are refused until an order has rested this long.
    "minimum_resting_time": {"time": 0.5},
    # Fee per cancel in ticks; and a cap on messages per trade over a window.
    "cancel_fee": {"fee": 0.1},
    "order_to_trade_cap": {"ratio": 100.0, "window": 60.0},
    # Frequent batch auctions every ``interval`` seconds.
    "batch_auction": {"interval": 1.0},
    # Blocks a trader beyond a position (lots), a loss (tick-lots) or messages in 60 s; 0: no limit.
    "kill_switch": {"inventory": 500.0, "loss": 0.0, "messages": 0.0},
}
"""Every intervention with its parameters and their defaults; times in s, shares as fractions."""

_LARGEST = {"rate": 1.0, "fee": 1e4, "window": 1e5, "short_window": 100.0, "long_window": 100.0}
"""Upper bounds of parameters; any other is at most 1e9, so that times fit the clock."""

RULES = np.dtype(
    [(f"{name}_on", "i4") for name in INTERVENTIONS]
    + [(f"{name}_{key}", "f8") for name, keys in INTERVENTIONS.items() for key in keys],
    align=True,
)


def default_rules() -> np.ndarray:
    """Everything off but the collar, parameters at their defaults; shape ()."""
    rules = np.zeros((), RULES)
    for name, keys in INTERVENTIONS.items():
        for key, value in keys.items():
            rules[f"{name}_{key}"] = value
    rules["price_collar_on"] = 1
    return rules


def set_rule(rules: Any, name: str, on: bool, values: dict[str, float]) -> None:
    """Switch one intervention in a RULES record, with some of its parameters.

    Raises:
        ValueError: if there is no such intervention or parameter, or a value is negative.
    """
    if name not in INTERVENTIONS:
        raise ValueError(f"no intervention {name!r}; there are {', '.join(INTERVENTIONS)}")
    for key, value in values.items():
        if key not in INTERVENTIONS[name]:
            known = ", ".join(INTERVENTIONS[name])
            raise ValueError(f"{name} has no parameter {key!r}; it has {known}")
        most = _LARGEST.get(key, 1e9)
        if not 0 <= value <= most:  # not for NaN either
            raise ValueError(f"{name}.{key} must be a number from 0 to {most:g}, not {value}")
    if name == "batch_auction" and on and values.get("interval", rules[f"{name}_interval"]) < 1e-3:
        raise ValueError("batch_auction.interval must be at least 0.001 s")
    for key, value in values.items():
        rules[f"{name}_{key}"] = value
    rules[f"{name}_on"] = int(on)


def any_on(rules: Any) -> int:
    """1 if any rule is on that looks at messages, trades or prices, else 0.

    The price collar is not: it is part of what traders ask.
    """
    return int(any(rules[f"{name}_on"] for name in INTERVENTIONS if name != "price_collar"))
