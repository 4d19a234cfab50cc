"""Random scenarios that the schema accepts, out of the schema itself."""

from __future__ import annotations

import math
import random
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from abm_desktop.scenario import Population, Scenario
from abm_desktop.scenario.bounds import bounds_of, is_number
from abm_desktop.scenario.interventions import RULES
from abm_desktop.scenario.models import Activity, Fundamental, Market
from abm_desktop.scenario.stress import STRESS_TYPES


def random_scenario(seed: int) -> dict[str, Any]:
    """Values of a scenario, a few to many of them drawn within their bounds.

    Numbers are drawn at a bound, near the usual value, or anywhere on a log scale. What has to fit
    together (shares, thresholds, prices and ticks) is made to.
    """
    rng = random.Random(seed)
    share = rng.choice((0.03, 0.15, 0.4, 1.0))
    market = _values(rng, Market, share)
    _fit_market(rng, market)
    activity = _values(rng, Activity, share)
    low, high = activity.get("floor", 0.2), activity.get("cap", 8.0)
    activity["floor"], activity["cap"] = min(low, high), max(low, high)
    population = {
        name: _values(rng, field.annotation, share)
        for name, field in Population.model_fields.items()
    }
    _fit_population(population)
    rules = rng.sample(list(RULES), rng.choice((0, 0, 1, 3, len(RULES))))
    kinds = [rng.choice(list(STRESS_TYPES)) for _ in range(rng.choice((0, 1, 1, 3, 32)))]
    return {
        "name": f"random {seed}",
        "market": market,
        "fundamental": _values(rng, Fundamental, share),
        "activity": activity,
        "population": population,
        "interventions": {name: _values(rng, RULES[name], share) for name in rules},
        "stress": [_stress(rng, kind, share) for kind in kinds],
    }


def accepted(values: dict[str, Any]) -> Scenario | None:
    """The scenario of these values, or None if they do not fit together."""
    try:
        return Scenario.model_validate(values)
    except ValueError:
        return None


def draw(rng: random.Random, model: type[BaseModel], name: str) -> float:
    """A number within the bounds of a field."""
    bounds = bounds_of(model, name)
    low, high = bounds.low, bounds.high
    usual = model.model_fields[name].default
    place = rng.random()
    if place < 0.2:
        value = rng.choice((low, high))
    elif place < 0.5 and isinstance(usual, int | float) and usual:
        value = usual * math.exp(rng.gauss(0.0, 1.5))
    elif low > 0.0:
        value = math.exp(rng.uniform(math.log(low), math.log(high)))
    elif rng.random() < 0.5:
        value = rng.uniform(low, high)
    else:
        value = low + (high - low) * 10.0 ** rng.uniform(-9.0, 0.0)
    value = min(max(value, low), high)
    return round(value) if bounds.is_whole else value


def _values(rng: random.Random, model: Any, share: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        if name in ("at", "weights", "type", "on") or rng.random() >= share:
            continue
        if get_origin(field.annotation) is tuple:
            found[name] = [draw(rng, model, name) for _ in get_args(field.annotation)]
        elif is_number(field):
            found[name] = draw(rng, model, name)
        elif field.annotation is bool:
            found[name] = rng.random() < 0.5
        elif get_args(field.annotation):
            found[name] = rng.choice(get_args(field.annotation))
    return found


def _fit_market(rng: random.Random, market: dict[str, Any]) -> None:
    market["ladder_ticks"] = 2 ** rng.choice((10, 12, 15, 15, 15, 17, 22))
    tick = market["tick_size"] = float(10.0 ** rng.randint(-8, 6))
    most = min(market["ladder_ticks"] // 2, int(1e9 / tick))
    market["start_price"] = rng.choice((100, most, rng.randint(100, most))) * tick
    market["warm_up"] = rng.choice((0.0, 20.0, 600.0))
    if "opening_auction" in market:
        market["opening_auction"] = market["warm_up"] * rng.random()
    session = market["session"] = rng.choice((60.0, 3600.0, 604_800.0))
    if "closing_auction" in market:
        market["closing_auction"] = min(session * 0.99, 86_400.0) * rng.random()


def _fit_population(population: dict[str, Any]) -> None:
    noise = population["noise"]
    if "share_inside" in noise or "share_at_best" in noise:
        noise["share_inside"] = 0.5 * noise.get("share_inside", 0.1)
        noise["share_at_best"] = 0.5 * noise.get("share_at_best", 0.2)
    for section, low, high, lowest, highest in (
        ("fundamental", "threshold_min", "threshold_max", 0.0004, 0.003),
        ("momentum", "horizon_min", "horizon_max", 10.0, 600.0),
        ("institutions", "parent_min", "parent_cap", 10, 1000),
    ):
        values = population[section]
        pair = sorted((values.get(low, lowest), values.get(high, highest)))
        values[low], values[high] = pair
    momentum = population["momentum"]
    momentum["exit"], momentum["entry"] = sorted(
        (momentum.get("exit", 0.3), momentum.get("entry", 0.6))
    )


def _stress(rng: random.Random, kind: str, share: float) -> dict[str, Any]:
    values = _values(rng, STRESS_TYPES[kind], max(share, 0.3))
    if "magnitude" in values and kind in ("flash_crash", "news_jump", "deleveraging"):
        values.pop("unit", None)
        if abs(values["magnitude"]) >= 0.9:
            low, high = (-0.89, 2.99) if kind == "news_jump" else (1e-6, 0.999)
            values["magnitude"] = rng.uniform(low, high) or 0.1
    if 0.0 < values.get("capacity", 0.0) < 1.0:
        values["capacity"] = 1.0
    if "leverage_min" in values or "leverage_max" in values:
        pair = sorted((values.get("leverage_min", 2.0), values.get("leverage_max", 5.0)))
        values["leverage_min"], values["leverage_max"] = pair
    return {"type": kind, "at": rng.choice((0.0, 5.0, 20.0)), **values}
