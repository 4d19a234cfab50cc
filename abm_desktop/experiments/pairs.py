"""One change, with and without it in the same markets: pairs of copies, and what differs in them.

An experiment compares many cells and keeps what it runs; this answers one question at once. Both
copies of a market are the same, bit by bit, until the change comes.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import stdtrit

from abm_desktop.inputs import InputError, one_of
from abm_desktop.learning.judging.threads import side_by_side
from abm_desktop.live.spacings import MEASURED
from abm_desktop.market.recorded_day import check_simulated
from abm_desktop.market.simulator import Simulator
from abm_desktop.metrics import streaming
from abm_desktop.metrics.market_measures import market_measures
from abm_desktop.metrics.windows import cut
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.interventions import RULES
from abm_desktop.scenario.stress import AnyStress

__all__ = ["Change", "Difference", "check_pairs", "compare_pairs"]

CONFIDENCE = 0.95
_TAKEN = (
    "halted_seconds", "rv_10s", "rv_10s_annual", "quoted_spread_bp", "widest_spread_ticks",
    "depth_5", "volume", "trades", "effective_spread_bp",
)  # fmt: skip
"""Measures of a stretch of time that are compared, beside those of the price."""
_OF_MID = ("fall_pct", "drawdown_pct", "change_pct", "seconds_to_lowest")


@dataclass(frozen=True, slots=True)
class Change:
    """What one copy of a pair has and the other has not: a rule that is on, or a stress."""

    rule: str = ""
    """Off in the other copy, even if the scenario has it on."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of the rule."""
    stress: AnyStress | None = None

    def __post_init__(self) -> None:
        """Raise InputError unless it is one of the two."""
        if bool(self.rule) == (self.stress is not None):
            raise InputError(
                "is one of the two that can be compared: a rule, or a stress",
                key="rule",
                remedy="give a rule, or a stress as change, and not both",
            )


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure with and without the change: means over markets, and the paired difference."""

    pairs: int
    """Markets in which it is known in both copies."""
    with_change: float
    without_change: float
    difference: float
    """With less without, mean over pairs; NaN without a pair."""
    low: float
    high: float
    """Its 95 % interval by Student's t; NaN for fewer than two pairs."""


def compare_pairs(
    scenario: Scenario,
    seeds: Sequence[int],
    change: Change,
    *,
    shock: AnyStress | None = None,
    at: float = 60.0,
    after: float = 900.0,
    on_share: Callable[[float], None] = lambda share: None,
) -> tuple[dict[str, Difference], dict[str, list[list[float]]]]:
    """Run both copies of each market, side by side on all cores.

    Args:
        scenario: of the markets.
        seeds: one a market.
        change: comes at ``at``.
        shock: a stress that both copies meet at ``at``.
        at: simulated seconds since the open at which the copies part.
        after: simulated seconds that are measured, from then on.
        on_share: takes the finished share, 0 to 1.

    Returns:
        The differences by measure, and by measure the (with, without) of each seed. ``fall_pct``
        is how far the mid fell below that at ``at``, ``drawdown_pct`` below its highest (<= 0).

    Raises InputError for a change, stress or time that this market cannot have.
    """
    check_pairs(scenario, change, shock, at, after)
    work = {
        str(seed): functools.partial(_pair, scenario, seed, change, shock, at, after)
        for seed in seeds
    }
    found = side_by_side(work, lambda _name, share: on_share(share))
    names = list(found[str(seeds[0])][0])
    rows = {name: [[arm[name] for arm in found[str(seed)]] for seed in seeds] for name in names}
    return {name: _difference(np.array(pairs)) for name, pairs in rows.items()}, rows


def check_pairs(
    scenario: Scenario, change: Change, shock: AnyStress | None, at: float, after: float
) -> None:
    """Raise InputError for a change, stress or time that this market cannot have; runs nothing."""
    check_simulated(scenario)
    if not 0.0 <= at < at + after <= scenario.market.session:
        raise InputError(
            f"{at:g} s and {after:g} s after it do not lie within the session of "
            f"{scenario.market.session:g} s",
            key="after",
            remedy="choose an earlier at, or a shorter after",
        )
    if change.rule:
        one_of(change.rule, "rule", RULES)
    market = Simulator(scenario)
    _part(market, market.fork(), change)
    if shock is not None:
        market.inject(shock)


def _part(changed: Simulator, other: Simulator, change: Change) -> None:
    """Let only one of two equal markets have the change."""
    if change.rule:
        changed.set_intervention(change.rule, True, **change.values)
        other.set_intervention(change.rule, False)
    else:
        assert change.stress is not None
        changed.inject(change.stress)


def _pair(
    scenario: Scenario,
    seed: int,
    change: Change,
    shock: AnyStress | None,
    at: float,
    after: float,
    note: Callable[[float], None],
) -> tuple[dict[str, float], dict[str, float]]:
    changed = Simulator(scenario, seed)
    changed.warm_up()
    changed.tape.clear_rows()
    changed.set_sample_interval(MEASURED)
    changed.run_until(at)
    other = changed.fork()
    _part(changed, other, change)
    measured = []
    for market in (changed, other):
        if shock is not None:
            market.inject(shock)
        market.run_until(at + after)
        measured.append(_measures(market, at, at + after))
        note(0.5 * len(measured))
    return measured[0], measured[1]


def _measures(market: Simulator, left: float, right: float) -> dict[str, float]:
    of = market.scenario.market
    window = cut(market.tape, left, right, of.warm_up)
    mid = window.mid
    if len(mid) < 2:
        return dict.fromkeys((*_OF_MID, *_TAKEN), math.nan)
    values = market_measures(window, money=of.tick_size * of.lot, bucket=1.0)
    return {
        "fall_pct": 100.0 * float(1.0 - mid.min() / mid[0]),
        "drawdown_pct": 100.0 * float(streaming.drawdown(mid).min()),
        "change_pct": 100.0 * float(mid[-1] / mid[0] - 1.0),
        "seconds_to_lowest": float(window.time[mid.argmin()]) - left,
        **{name: values[name] for name in _TAKEN},
    }


def _difference(pairs: np.ndarray) -> Difference:
    """Of rows (with, without), (n, 2)."""
    known = pairs[np.isfinite(pairs).all(axis=1)]
    n = len(known)
    if n == 0:
        return Difference(0, *[math.nan] * 5)
    gaps = known[:, 0] - known[:, 1]
    mean, reach = float(gaps.mean()), math.nan
    if n > 1:
        error = float(gaps.std(ddof=1)) / math.sqrt(n)
        reach = error * float(stdtrit(n - 1, 0.5 + 0.5 * CONFIDENCE))
    means = known.mean(axis=0)
    return Difference(n, float(means[0]), float(means[1]), mean, mean - reach, mean + reach)
