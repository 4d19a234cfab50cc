"""Saved markets with a small change: for a look at what believes them."""

from __future__ import annotations

from typing import Any

import numpy as np
from support.odd_calls import SMALL, policy_of

from abm_desktop.market import saved_market
from abm_desktop.market.roles import role_names
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import Scenario, stress_from_dict
from abm_desktop.scenario.stress import STRESS_TYPES


def busy_scenario() -> Scenario:
    """Everything that has memory of its own: all classes of traders, delays, and rules."""
    return Scenario.model_validate(
        {
            **SMALL.model_dump(exclude={"market"}),
            "market": {
                **SMALL.market.model_dump(),
                "max_orders": 2048,
                "self_trade_prevention": "cancel_resting",
            },
            "population": {
                "market_makers": {"count": 3, "order_latency": 0.01, "latency_spread": 0.5},
                "makers_by_volume": {"count": 1},
                "bayesian_value": {"count": 3},
                "crossover_momentum": {"count": 2},
                "fcn": {"count": 2},
                "once_noise": {"count": 20},
            },
            "interventions": {"luld": {}, "minimum_resting_time": {"time": 0.05}},
        }
    )


def busy_market(scenario: Scenario, seed: int = 4) -> Simulator:
    """A market in which every array holds something."""
    market = Simulator(scenario, seed)
    market.warm_up()
    market.run(5.0)
    for k in range(1, 6):
        below, above = market.mid * (1 - 0.05 * k), market.mid * (1 + 0.05 * k)
        market.submit("limit", 1, round(below, 2), 50, peak=5)
        market.submit("limit", -1, round(above, 2), 50, peak=5)
        market.submit("stop", 1, None, 3, trigger=round(above, 2))
        market.submit("stop", -1, None, 3, trigger=round(below, 2))
        market.submit("stop_limit", 1, round(above, 2), 3, trigger=round(above, 2))
    for role in role_names():
        market.add_policy_traders(policy_of(role), 2, step=0.5, latency=0.05)
    for kind in STRESS_TYPES:
        market.inject(stress_from_dict({"type": kind, "duration": 30.0}), at=market.now + 1.0)
    market.run(6.2)
    return market


def values_of(market: Simulator, path: Any) -> dict[str, np.ndarray]:
    """Every array of the file of a market."""
    market.save(path)
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def change(values: dict[str, np.ndarray], random: np.random.Generator) -> str:
    """Change one number of one array in place; returns which, for a person to read."""
    names = [n for n in values if n not in ("scenario", "checksum") and values[n].size]
    # Records have many fields, and each is one that somebody may change.
    weights = np.array([len(values[n].dtype.names or "1") ** 0.7 for n in names])
    name = names[random.choice(len(names), p=weights / weights.sum())]
    array = values[name] = values[name].copy()
    part = None
    if array.dtype.names:
        part = array.dtype.names[random.integers(len(array.dtype.names))]
    cells = (array if part is None else array[part]).reshape(-1)
    used = np.flatnonzero(cells)
    at = int(random.choice(used)) if len(used) and random.random() < 0.7 else None
    at = int(random.integers(cells.size)) if at is None else at
    old = cells[at]
    if cells.dtype.kind == "f":
        odd = [np.nan, np.inf, -np.inf, 0.0, -1.0, 1e300, -1e300, 1e-300, 1e18, 1e9, 5e5]
        new = [*odd, float(old) * 2, -float(old), float(old) + 1.0]
    else:
        info = np.iinfo(cells.dtype)
        steps = [int(old) + d for d in (1, -1, 2, 100, -100, 1 << 20)] + [-int(old)]
        flips = [int(old) ^ (1 << int(random.integers(cells.dtype.itemsize * 8 - 1)))]
        steps += flips * 4 + [0, 1, -1, 2, 63, 64, 1023, 1024, int(info.max), int(info.min)]
        steps += [int(other) for other in random.choice(cells, 2)]
        new = [v for v in steps if info.min <= v <= info.max]
    chosen = new[random.integers(len(new))]
    if array.dtype.names:
        flat = array.reshape(-1)
        flat[part][at] = chosen
    else:
        array.reshape(-1)[at] = chosen
    return f"{name}{'.' + part if part else ''}[{at}]: {old} -> {chosen}"


def sign(values: dict[str, np.ndarray]) -> None:
    """Give changed arrays the checksum of a stranger who knows how it is made."""
    values["checksum"] = np.array(saved_market.checksum_of(values))
