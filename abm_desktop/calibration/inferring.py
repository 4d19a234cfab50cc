"""The posterior of a calibration: days are simulated all over the space, learned from and checked.

They are drawn from all that is searched, not from about the answer: a search of noisy distances
leaves most parameters anywhere, and an interval within a part of the width cannot hold what lies
outside of it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from abm_desktop.calibration.candidates import candidate_scenario, candidate_session
from abm_desktop.calibration.day_features import FEATURES, features_of
from abm_desktop.calibration.draws import Draw, DrawFile
from abm_desktop.calibration.measuring import Measured, gap_between, mean_gap
from abm_desktop.calibration.plan import CalibrationPlan
from abm_desktop.calibration.posterior import (
    LEVEL,
    Box,
    Checked,
    Posterior,
    check_on,
    fit_posterior,
)
from abm_desktop.calibration.seeds import Use, draw_seeds
from abm_desktop.calibration.store import TrialStore
from abm_desktop.calibration.widening import shipped_widening
from abm_desktop.calibration.workers import CandidateSession, Workers
from abm_desktop.inputs import InputError

__all__ = ["LEAST_DRAWS", "Inferred", "LearnedPosterior", "days_of", "draw_days", "infer", "learn"]

LEAST_DRAWS = 50
"""Days asked for, at least."""
_COMPARED = 4
"""Sessions each of the answer, and of the medians of the posterior."""
_CHECKED = 5
"""One in so many draws is held out for the check, and as many days more are simulated."""


@dataclass(frozen=True, slots=True)
class Inferred:
    """A posterior, and how it did on days whose parameters are known."""

    posterior: Posterior
    samples: np.ndarray
    """Of the recorded day, each from 0 to 1 of a parameter's width, (n, d)."""
    interval: np.ndarray
    """Ends of the 90 % interval that is told of each parameter, (2, d): that of the samples,
    widened (:mod:`.widening`)."""
    asked: int
    """Draws; those that made no market are not in the posterior."""
    outside: tuple[str, ...]
    """Numbers of the recorded day that no simulated day reaches, by :data:`.FEATURES`; they are
    left out."""
    beyond: np.ndarray
    """Of which parameters the recorded day points beyond all draws, (d,): there it may ask for
    values further away, or be no such market."""
    told: int
    """Numbers that the recorded day tells, those left out included."""
    held_out: Checked
    """On days drawn evenly from the space, by a posterior that was learned without them."""
    near: Checked
    """On days at parameters drawn from the posterior of the recorded day."""
    found_worth: float
    """Mean distance of the scores of the answer, on sessions that were used for nothing else."""
    middle_worth: float
    """The same at the medians of the posterior: far worse, if no such market is like the day."""

    @property
    def middle(self) -> np.ndarray:
        """Median of each parameter, (d,)."""
        median: np.ndarray = np.median(self.samples, axis=0)
        return median

    def excludes(self, vector: np.ndarray) -> np.ndarray:
        """Whether a parameter of this vector lies outside its interval, (d,)."""
        low, high = self.interval
        found: np.ndarray = (vector < low) | (vector > high)
        return found

    @property
    def width(self) -> np.ndarray:
        """Width of the interval over that without any day: 1 tells nothing, (d,)."""
        low, high = self.interval
        box = self.posterior.box
        share: np.ndarray = (high - low) / (LEVEL * (box.high - box.low))
        return share


def days_of(count: int) -> int:
    """Whole sessions that a posterior of so many draws takes."""
    return count + count // _CHECKED + 2 * _COMPARED


def infer(
    plan: CalibrationPlan,
    store: TrialStore,
    workers: Workers,
    vector: np.ndarray,
    count: int,
    *,
    stopping: Callable[[], bool] = lambda: False,
    tell: Callable[[int, int, float], None] = lambda _done, _total, _left: None,
) -> Inferred | None:
    """Simulate a whole session at each of ``count`` draws from the space, and learn from them.

    Args:
        plan: of the calibration.
        store: keeps each day; those that it has are not simulated again.
        workers: that simulate.
        vector: the answer, (d,).
        count: draws; a fifth more are simulated for the check.
        stopping: whether to end.
        tell: is called with days done, all of them, and the real seconds left.

    Returns:
        None if it was stopped.

    Raises:
        InputError: if too few of the draws make a market.
    """
    box = Box.whole(len(plan.space))
    seed = plan.sizes.seed
    total = days_of(count)
    vectors = box.draws(count, seed)
    drawn = store.drawn("draws")
    if not draw_days(plan, drawn, workers, vectors, Use.DRAW, stopping, tell, total):
        return None
    known, features = drawn.known(count)
    day = np.mean([features_of(each) for each in plan.days.measured], axis=0)
    learned = learn(box, known, features, day)
    fitted = len(known) - len(known) // _CHECKED
    without = learn(box, known[:fitted], features[:fitted], day)
    rng = np.random.default_rng([seed, 2018])
    samples = learned.samples
    near = samples[rng.choice(len(samples), count // _CHECKED)]
    ends = np.repeat([vector, np.median(samples, axis=0)], _COMPARED, axis=0)
    checks = store.drawn("checks")
    points = np.concatenate([near, ends])
    if not draw_days(plan, checks, workers, points, Use.CHECK, stopping, tell, total, count):
        return None
    tail = 0.5 * (1.0 - LEVEL)
    own = np.quantile(samples, [tail, 1.0 - tail], axis=0)
    found = [draw.worth for draw in checks.draws[len(near) : len(near) + _COMPARED]]
    middle = [draw.worth for draw in checks.draws[len(near) + _COMPARED : len(points)]]
    return Inferred(
        posterior=learned.posterior,
        samples=samples,
        interval=shipped_widening().ends(plan.space, *own),
        asked=count,
        outside=tuple(np.array(FEATURES)[np.isfinite(day) & ~learned.reached].tolist()),
        beyond=learned.posterior.beyond(day),
        told=int(np.isfinite(day).sum()),
        held_out=check_on(without.posterior, known[fitted:], features[fitted:]),
        near=check_on(learned.posterior, *checks.known(len(near))),
        found_worth=float(np.mean(found)),
        middle_worth=float(np.mean(middle)),
    )


@dataclass(frozen=True, slots=True)
class LearnedPosterior:
    """What was learned from draws, and asked of a day."""

    posterior: Posterior
    samples: np.ndarray
    """Of that day, each from 0 to 1 of a parameter's width, (n, d)."""
    reached: np.ndarray
    """Which numbers of that day lie between those of the draws; others are not used, (k,)."""


def learn(box: Box, known: np.ndarray, features: np.ndarray, day: np.ndarray) -> LearnedPosterior:
    """Learn from draws that made a market, for a day.

    Args:
        box: that they were drawn from.
        known: their parameters, (n, d).
        features: numbers of the day at each, (n, k).
        day: the same of the day that is asked about, (k,).

    Raises:
        InputError: if there are too few.
    """
    reached = _reached(day, features)
    try:
        posterior = fit_posterior(box, known, np.where(reached, features, np.nan))
    except ValueError as error:
        raise InputError(
            f"{len(known)} draws make a market, which is too few to learn from",
            key="--posterior",
            remedy="ask for more days",
        ) from error
    return LearnedPosterior(posterior, posterior.samples(day), reached)


def _reached(day: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Which numbers of a day lie between those of simulated days.

    Others are left out: what no simulated day has cannot be learned from, and is no evidence for
    the parameters that come nearest to it (Frazier, Robert and Rousseau 2020).
    """
    known = np.isfinite(features)
    least = np.where(known, features, np.inf).min(axis=0)
    largest = np.where(known, features, -np.inf).max(axis=0)
    found: np.ndarray = (day >= least) & (day <= largest)
    return found


class _Progress:
    """Counts days, and guesses how long the rest takes by those of this start."""

    def __init__(self, tell: Callable[[int, int, float], None], done: int, total: int) -> None:
        self._tell, self._done, self._total = tell, done, total
        self._fresh = 0
        self._begun = time.monotonic()

    def one(self) -> None:
        """A day is done."""
        self._done += 1
        self._fresh += 1
        each = (time.monotonic() - self._begun) / self._fresh
        self._tell(self._done, self._total, each * (self._total - self._done))


def draw_days(
    plan: CalibrationPlan,
    file: DrawFile,
    workers: Workers,
    vectors: np.ndarray,
    use: Use,
    stopping: Callable[[], bool],
    tell: Callable[[int, int, float], None],
    total: int,
    before: int = 0,
) -> bool:
    """Simulate those that the file lacks, and keep each in its order; False if it was stopped.

    ``tell`` hears of each day: how many are done, ``before`` of them earlier, all, seconds left.
    """
    file.keep_only(vectors)
    begin = min(len(file.draws), len(vectors))
    progress = _Progress(tell, before + begin, total)
    session = plan.days.read.session
    seeds = draw_seeds(use, len(vectors), plan.sizes.seed)
    done: dict[int, Measured | None] = {}
    jobs: list[CandidateSession] = []
    places: list[int] = []
    for place in range(begin, len(vectors)):
        scenario = candidate_scenario(plan, vectors[place], session)
        if scenario is None:
            done[place] = None
            continue
        jobs.append(candidate_session(plan, scenario, use, seeds[place], session))
        places.append(place)
    last = time.monotonic()
    for k, measured in workers.measured(jobs, stopping):
        done[places[k]] = measured
        last = _keep(plan, file, vectors, done, last)
        progress.one()
    _keep(plan, file, vectors, done, last)
    return len(file.draws) >= len(vectors)


def _keep(
    plan: CalibrationPlan,
    file: DrawFile,
    vectors: np.ndarray,
    done: dict[int, Measured | None],
    since: float,
) -> float:
    """Write the days that are next; returns when the last was written."""
    while len(file.draws) in done and len(file.draws) < len(vectors):
        place, now = len(file.draws), time.monotonic()
        measured = done.pop(place)
        features, worth = None, math.nan
        if measured is not None:
            features = _plain(features_of(measured))
            worth = mean_gap([gap_between(day, measured) for day in plan.days.measured]).w1
        file.add(Draw(tuple(vectors[place].tolist()), features, worth, now - since))
        since = now
    return since


def _plain(features: np.ndarray) -> tuple[float, ...]:
    """What is not finite is NaN: it is not known."""
    return tuple(float(x) if math.isfinite(x) else math.nan for x in features)
