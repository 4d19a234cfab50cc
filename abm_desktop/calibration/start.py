"""The scenario from which a search begins: what is read off, and the default market for the rest.

The default market is one of a stock with a spread of a tick and orders of two lots. Its sizes,
distances and rates are brought to those of the recorded stock, class by class.
"""

from __future__ import annotations

import math
from typing import Any

from abm_desktop.calibration.reading_off import ROUND, ReadOff
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.reading import checked

__all__ = ["start_values", "to_scenario"]

_PATIENT_SHARE, _PATIENT_SPREADS = 0.03, 4.0
"""Limit orders that stay for long, and how many mean spreads behind the best price."""
_BURST_SHARE, _BURST_TIME = 0.5, 3e-4
"""Orders of the noise traders in bursts; on the recorded days half of the gaps are this short."""
_INFORMATION = 0.1
"""What a surprising market order tells, in mean spreads."""
_LEAST_LADDER, _MOST_LADDER = 1024, 2**22
_MOST_NEAR = 0.7
"""Share of limit orders at the best price or inside that a search begins with, at most."""
_LADDER_ROOM = 2.0
"""Ticks of the ladder over those of the price: a scenario asks for as much."""


def to_scenario(values: dict[str, Any]) -> Scenario:
    """A scenario from its values. Raises :class:`.ScenarioError` that names every wrong key."""
    made: Scenario = checked(Scenario, values)
    return made


def start_values(read: ReadOff, name: str, base: Scenario) -> dict[str, Any]:
    """The values of a scenario, to be changed by a search; what is not read off is of ``base``.

    Raises:
        InputError: if the price is fewer than 100 ticks, or more than a ladder holds.
    """
    values = base.model_dump(mode="python")
    usual_size = math.exp(base.population.noise.size_log_mean)
    usual_size *= math.exp(0.5 * base.population.noise.size_log_sd**2)
    size = math.exp(read.size_log_mean + 0.5 * read.size_log_sd**2) / usual_size
    pace = read.market_rate / base.activity.base_trade_rate
    ticks_of_price = read.start_price / read.tick_size
    ticks = read.volatility * ticks_of_price
    values["name"], values["description"] = name, ""
    values["stress"], values["rl"] = (), ()
    values["market"] |= {
        "tick_size": read.tick_size,
        "start_price": read.start_price,
        "lot": read.lot,
        "ladder_ticks": _ladder(ticks_of_price),
        "session": read.session,
        "average_daily_volume": max(round(read.volume), 1),
        "opening_auction": 0.0,
        "closing_auction": 0.0,
    }
    values["fundamental"] |= {
        "volatility": min(read.volatility, 0.01),
        "flow_information": min(
            _INFORMATION * read.spread * read.tick_size / read.start_price, 1e-3
        ),
        # With all orders, learners drive the value by their own (docs/studies, value_from_orders).
        "informative_orders": "undirected",
    }
    values["activity"] |= {
        "day_shape": read.day_ends,
        "base_trade_rate": max(read.market_rate, 0.001),
        "sigma_reference": min(max(0.8 * ticks, 0.001), 1e4),
    }
    people = values["population"]
    wider = max(read.spread, 1.0)  # the default market's spread is about a tick
    # What a file shows of the places is near the best price; a book needs some behind it.
    near = max((read.share_inside + read.share_at_best) / _MOST_NEAR, 1.0)
    people["noise"] |= {
        "limit_rate": 0.7 * read.limit_rate,
        "market_rate": 0.3 * read.market_rate,
        "share_inside": read.share_inside / near,
        "share_at_best": read.share_at_best / near,
        "placement_scale": _within(read.placement_scale, 0.01, 1e5),
        "placement_tail": read.placement_tail,
        "size_log_mean": _within(read.odd_log_mean, -5.0, 10.0),
        "size_log_sd": min(read.odd_log_sd, 5.0),
        "round_share": read.round_share,
        "round_lot": int(_within(round(ROUND / read.lot), 1, 1000)),
        "withdraw_reach": int(_within(round(wider * people["noise"]["withdraw_reach"]), 1, 1000)),
        "patient_share": _PATIENT_SHARE,
        "patient_distance": _within(_PATIENT_SPREADS * read.spread, 1.0, 1e4),
        "burst_share": _BURST_SHARE,
        "burst_time": _BURST_TIME,
        "lifetime_scale": _within(read.lifetime_scale, 0.001, 86_400.0),
        "lifetime_distance": _within(read.lifetime_distance, 0.01, 1e6),
        "lifetime_tail": read.lifetime_tail,
        "market_size_tail": _within(read.market_size_tail, 0.05, 20.0),
        "market_size_cap": _lots(1, read.market_size_most),
    }
    people["market_makers"] |= {
        "refresh_rate": 0.1 * read.limit_rate / max(base.population.market_makers.count, 1),
        "react_probability": 0.1,
        "inventory_skew": read.spread * base.population.market_makers.inventory_skew / 4.0,
        "min_half_spread": 0.3 * read.spread,
        "levels": 1,
        "size": _within(size, 0.001, 1e4),
        "max_inventory": _lots(base.population.market_makers.max_inventory, size),
        "loss_limit": base.population.market_makers.loss_limit * size * wider,
    }
    for section in ("fundamental", "momentum"):
        people[section] |= {
            "rate": people[section]["rate"] * pace,
            "unit_size": min(_lots(people[section]["unit_size"], size), 1000),
        }
    people["momentum"]["max_inventory"] = _lots(base.population.momentum.max_inventory, size)
    people["institutions"] |= {
        "rate": people["institutions"]["rate"] * pace,
        "parent_min": _lots(people["institutions"]["parent_min"], size),
        "parent_cap": _lots(people["institutions"]["parent_cap"], size),
        "child_tail": _within(read.market_size_tail, 0.05, 20.0),
        "child_cap": _lots(1, read.market_size_most),
    }
    return values


def _ladder(ticks: float) -> int:
    if ticks < 100:
        raise InputError(
            f"is {ticks:.0f} ticks, and a market needs at least 100",
            key="market.start_price",
            remedy="calibrate to a stock whose price is at least 100 ticks",
        )
    ladder = _LEAST_LADDER
    while ladder < _LADDER_ROOM * ticks and ladder <= _MOST_LADDER:
        ladder *= 2
    if ladder > _MOST_LADDER:
        raise InputError(
            f"is {ticks:,.0f} ticks, and a market holds at most {_MOST_LADDER // 2:,}",
            key="market.start_price",
            remedy="calibrate to a stock with a coarser tick",
        )
    return ladder


def _lots(usual: int, size: float) -> int:
    return int(_within(round(usual * size), 1, 1_000_000))


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
