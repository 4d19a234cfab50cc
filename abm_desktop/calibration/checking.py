"""Whether told intervals hold true values: days are made at known parameters and calibrated to.

Each day is simulated at parameters drawn evenly from the space of a calibration. Then it is taken
as a recorded one is: tick, rates and sizes are read off it anew, which gives a space of its own,
and its posterior is learned as ``--posterior`` does. How often the interval of a parameter holds
the value that the day was made with should be its level (Talts et al. 2018). Unlike the check on
held out draws, this one sees what reading off gets wrong; from days of one seed comes how far
intervals are widened (:mod:`.widening`), and days of others tell whether that is enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from abm_desktop.calibration.candidates import candidate_scenario
from abm_desktop.calibration.day_features import features_of
from abm_desktop.calibration.draws import DrawFile
from abm_desktop.calibration.identifying import noise_of
from abm_desktop.calibration.inferring import LEAST_DRAWS, draw_days, learn
from abm_desktop.calibration.measuring import measure_flow
from abm_desktop.calibration.plan import CalibrationPlan, Days
from abm_desktop.calibration.posterior import LEVEL, Box
from abm_desktop.calibration.reading_off import read_off
from abm_desktop.calibration.seeds import MOST, Use, draw_seeds
from abm_desktop.calibration.simulating import simulate_day
from abm_desktop.calibration.store import TrialStore
from abm_desktop.calibration.widening import misses_of, shipped_widening
from abm_desktop.calibration.workers import Workers
from abm_desktop.inputs import InputError, whole

__all__ = [
    "MOST_DAYS",
    "DayChecked",
    "ParameterChecked",
    "check_days",
    "checked_parameters",
    "held_together",
]

MOST_DAYS = 100
_TRIES = 50
"""Places of the space that are tried for one day: not all make a market."""


@dataclass(frozen=True, slots=True)
class DayChecked:
    """A day that was made at known parameters, and what was told of it; arrays are (d,)."""

    true: np.ndarray
    """Values that it was made with."""
    low: np.ndarray
    high: np.ndarray
    """Ends of the intervals that are told, which are widened (:mod:`.widening`)."""
    width: np.ndarray
    """Of the intervals over those without a day: 1 tells nothing."""
    misses: np.ndarray
    """How far the true value lies outside the posterior's own interval, in widths of what is
    searched; below 0: inside."""
    reached: np.ndarray
    """Whether the true value lies in what is searched after reading off."""
    tries: int
    """Places that were drawn until one made a market that can be calibrated to."""

    @property
    def holds(self) -> np.ndarray:
        """Whether the told interval holds the true value, bool (d,)."""
        held: np.ndarray = (self.low <= self.true) & (self.true <= self.high)
        return held

    @property
    def holds_unwidened(self) -> np.ndarray:
        """Whether the posterior's own interval does, bool (d,)."""
        held: np.ndarray = self.misses <= 0.0
        return held


@dataclass(frozen=True, slots=True)
class ParameterChecked:
    """A parameter over all days."""

    key: str
    held: int
    unwidened: int
    """Held by the posterior's own intervals."""
    days: int
    width: float
    """Mean over days."""
    unreached: int
    """Days whose true value lies outside of what is searched after reading off."""

    @property
    def interval(self) -> tuple[float, float]:
        """Exact 95 % interval of the share that is held (Clopper and Pearson 1934)."""
        bounds = stats.binomtest(self.held, self.days).proportion_ci(0.95, "exact")
        return float(bounds.low), float(bounds.high)

    @property
    def is_refuted(self) -> bool:
        """Whether that interval leaves out the level of the told one."""
        low, high = self.interval
        return not low <= LEVEL <= high


def check_days(
    plan: CalibrationPlan,
    store: TrialStore,
    workers: Workers,
    count: int,
    draws: int,
    *,
    stopping: Callable[[], bool] = lambda: False,
    tell: Callable[[int, int, float], None] = lambda _done, _total, _left: None,
) -> list[DayChecked] | None:
    """Make ``count`` days as long as sessions of the search, and calibrate to each.

    Args:
        plan: whose space the true parameters are drawn from.
        store: keeps what is simulated; a larger count goes on from a smaller one.
        workers: that simulate.
        count: days, 2 to 100.
        draws: days that each posterior is learned from.
        stopping: whether to end.
        tell: is called with sessions done, all of them, and the real seconds left.

    Returns:
        None if it was stopped.

    Raises:
        InputError: if hardly a place of the space makes a market, or too few draws do.
    """
    whole(count, "--check", 2, MOST_DAYS)
    whole(draws, "--posterior", LEAST_DRAWS, 10_000)
    out = []
    for k in range(count):
        day = _check_day(
            plan, store.drawn(f"check-{k:03}"), workers, k, draws, stopping,
            lambda done, left, k=k: tell(  # type: ignore[misc]
                k * draws + done, count * draws, left + (count - k - 1) * left * draws
                / max(draws - done, 1)
            ),
        )  # fmt: skip
        if day is None:
            return None
        out.append(day)
    return out


def checked_parameters(plan: CalibrationPlan, days: Sequence[DayChecked]) -> list[ParameterChecked]:
    """Count over days, in the order of the space."""
    return [
        ParameterChecked(
            key=parameter.key,
            held=sum(bool(day.holds[k]) for day in days),
            unwidened=sum(bool(day.holds_unwidened[k]) for day in days),
            days=len(days),
            width=float(np.mean([day.width[k] for day in days])),
            unreached=sum(not day.reached[k] for day in days),
        )
        for k, parameter in enumerate(plan.space.parameters)
    ]


def held_together(held: Sequence[np.ndarray]) -> tuple[float, float, float]:
    """Share of all intervals that hold, and the ends of its 95 % interval with days as units.

    ``held`` has one bool (d,) a day.
    """
    each = np.array([day.mean() for day in held])
    share = float(each.mean())
    reach = noise_of(float(each.std(ddof=1)) / math.sqrt(len(each)), len(each))
    return share, max(share - reach, 0.0), min(share + reach, 1.0)


def _check_day(
    plan: CalibrationPlan,
    file: DrawFile,
    workers: Workers,
    number: int,
    draws: int,
    stopping: Callable[[], bool],
    tell: Callable[[int, float], None],
) -> DayChecked | None:
    place, own, tries = _made(plan, number)
    box = Box.whole(len(own.space))
    vectors = box.draws(draws, own.sizes.seed)
    if not draw_days(
        own, file, workers, vectors, Use.DRAW, stopping, lambda done, _all, left: tell(done, left),
        draws,
    ):  # fmt: skip
        return None
    known, features = file.known(draws)
    learned = learn(box, known, features, features_of(own.days.measured[0]))
    samples = learned.samples
    tail = 0.5 * (1.0 - LEVEL)
    low, high = np.quantile(samples, [tail, 1.0 - tail], axis=0)
    told = shipped_widening().ends(own.space, low, high)
    named = plan.space.named(place)
    true = np.array([named[each.key] for each in own.space.parameters])
    shares = np.array(
        [own.space.share(k, value, is_bounded=False) for k, value in enumerate(true.tolist())]
    )
    bounds = np.array([own.space.bounds(k) for k in range(len(own.space))])
    return DayChecked(
        true=true,
        low=_values(own, told[0]),
        high=_values(own, told[1]),
        width=(told[1] - told[0]) / (LEVEL * (box.high - box.low)),
        misses=misses_of(low, high, shares),
        reached=(bounds[:, 0] <= true) & (true <= bounds[:, 1]),
        tries=tries,
    )


def _values(plan: CalibrationPlan, shares: np.ndarray) -> np.ndarray:
    """Of shares that may lie out of bounds."""
    return np.array(
        [plan.space.value(k, share, is_bounded=False) for k, share in enumerate(shares)]
    )


def _made(plan: CalibrationPlan, number: int) -> tuple[np.ndarray, CalibrationPlan, int]:
    """True parameters, the plan of the day that they make, and how many were tried."""
    seconds = plan.search_seconds
    # Of the numbers of days, so that a larger count makes the same first ones.
    rng = np.random.default_rng([plan.sizes.seed, 1806, number])
    seed = draw_seeds(Use.TRUTH, number + 1, plan.sizes.seed)[number]
    own_seed = (plan.sizes.seed + 1 + number) % (MOST // 10_000)
    for tries in range(1, _TRIES + 1):
        place = rng.random(len(plan.space))
        scenario = candidate_scenario(plan, place, seconds)
        if scenario is None:
            continue
        try:
            flow = simulate_day(
                scenario, Use.TRUTH, seed, levels=plan.days.levels, seconds=seconds,
                most=plan.most_messages(seconds),
            )  # fmt: skip
            days = Days((flow,), (measure_flow(flow),), read_off(flow))
            sizes = replace(plan.sizes, seed=own_seed)
            return place, CalibrationPlan.make(days, plan.name, plan.base, sizes), tries
        except ValueError:  # InputError among them: no market that can be calibrated to
            continue
    raise InputError(
        f"none of {_TRIES} places of the space makes a market that can be calibrated to",
        key="--check",
        remedy="take longer sessions (--search-time)",
    )
