"""A calibration from its plan to its numbers: search, choice, profile, and what is reported."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from abm_desktop.calibration.candidates import candidate_scenario, candidate_session
from abm_desktop.calibration.finishing import BASE_SEEDS, Costs, Finish, costs_of
from abm_desktop.calibration.inferring import Inferred, infer
from abm_desktop.calibration.measuring import Gap, Measured, gap_between, mean_gap
from abm_desktop.calibration.plan import CalibrationPlan
from abm_desktop.calibration.reporting import Reported, report_session
from abm_desktop.calibration.search import IMPOSSIBLE, Search, population_of
from abm_desktop.calibration.seeds import Use, seeds_for
from abm_desktop.calibration.start import to_scenario
from abm_desktop.calibration.store import Trial, TrialStore
from abm_desktop.calibration.workers import CandidateSession, Workers
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.supply import LEAST_SUPPLY, demand_of, supply_of

__all__ = [
    "SEARCH_SHARE",
    "Calibrated",
    "CalibrationControl",
    "CalibrationProgress",
    "CalibrationStopped",
    "calibrate",
]

SEARCH_SHARE = 0.7
"""Of the budget, at least; the rest is for choice, profile and report."""
STEP = 0.15
"""Of a parameter's width, up and down, at which the profile looks."""
SHORTAGE = 0.2
"""What a market costs whose limit orders fall short of what is taken, per unit of the logarithm."""


class CalibrationStopped(Exception):  # noqa: N818  (not an error: it was asked for)
    """It was stopped; what is finished is kept, and the same calibration goes on from there."""


class CalibrationControl:
    """Stops a calibration, from any thread or a signal's handler."""

    def __init__(self) -> None:
        self.stopping = False

    def stop(self) -> None:
        """End soon; what is finished is kept."""
        self.stopping = True

    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self.stopping


@dataclass(frozen=True, slots=True)
class CalibrationProgress:
    """How far a calibration is."""

    stage: Literal["search", "choice", "profile", "posterior", "report"]
    done: int
    """Candidates, or sessions of the posterior or the report."""
    total: int | None
    seconds_left: float | None
    """Expected, of the whole; None until it can be told."""
    best: float = float("nan")
    """Mean distance of the scores of the best candidate so far."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """What a calibration has found; sessions of the report are those of seeds not used before."""

    scenario: Scenario
    vector: np.ndarray
    search: tuple[Trial, ...]
    choice: tuple[Trial, ...]
    profile: tuple[Trial, ...]
    """The one that was chosen, then each parameter a step lower and a step higher; empty if the
    budget had no room for it."""
    report_seeds: int
    """Sessions of the report, those that broke down included."""
    reported: tuple[Reported, ...]
    """Of the scenario that was found, less those that broke down."""
    gap: Gap
    """Mean over those and over days."""
    began: Gap | None
    """The same of the scenario that the search began with; None if it makes no market."""
    base: Gap | None
    """The same of the default market."""
    compared: bool
    """Whether the budget had room to simulate these two."""
    inferred: Inferred | None
    """What the day says of the parameters, if it was asked."""
    seconds: float


@dataclass
class _Run:
    plan: CalibrationPlan
    store: TrialStore
    workers: Workers
    tell: Callable[[CalibrationProgress], None]
    control: CalibrationControl
    budget: float
    trials: int | None
    since: float = field(default_factory=time.monotonic)

    def lap(self) -> float:
        """Seconds since the last lap."""
        now = time.monotonic()
        past, self.since = now - self.since, now
        return past

    def spent(self) -> float:
        """Seconds of this start and earlier ones."""
        return self.store.seconds() + time.monotonic() - self.since

    def left(self) -> float:
        return max(self.budget - self.spent(), 0.0)


def calibrate(
    plan: CalibrationPlan,
    store: TrialStore,
    *,
    workers: int = 0,
    budget: float = 1200.0,
    trials: int | None = None,
    posterior: int = 0,
    control: CalibrationControl | None = None,
    tell: Callable[[CalibrationProgress], None] = lambda _progress: None,
) -> Calibrated:
    """Search, choose, look around, and simulate what is reported.

    Args:
        plan: what is to be done.
        store: the folder; trials that it has are not made again.
        workers: processes; 0: this one. Their number changes no result.
        budget: seconds for all of it, earlier starts included, compiling the market not. The search
            gets 70 % of it, or all that the rest does not need. A generation under way is finished,
            and the first is made in any case; if less is left than choice, profile and report take
            at their full size, they are smaller (:class:`.finishing.Finish`).
        trials: the search ends after so many candidates, rounded up to whole generations. With it
            the result does not depend on how fast the computer is, if the budget is large enough:
            choice, profile and report have their full size.
        posterior: days that are simulated about the answer to learn what the recorded day says of
            the parameters, beside the budget; 0: none.
        control: stops it.
        tell: is called as it goes on.

    Raises:
        CalibrationStopped: if the control says so.
        InputError: if the store has trials of another search, or no candidate makes a market.
    """
    control = control or CalibrationControl()
    with Workers(workers) as pool:
        _compile(plan, pool)
        run = _Run(plan, store, pool, tell, control, budget, trials)
        search = _search(run)
        finish = _finish(run)
        chosen = _choose(run, search, finish.candidates)
        vector = np.array(chosen.vector)
        if finish.profile:
            _profile(run, vector)
        inferred = _infer(run, vector, posterior) if posterior else None
        reported, gap, began, base = _report(run, vector, finish)
    return Calibrated(
        scenario=to_scenario(plan.space.values(vector)),
        vector=vector,
        search=tuple(store.trials["trials"]),
        choice=tuple(store.trials["choice"]),
        profile=tuple(store.trials["profile"]) if finish.profile else (),
        report_seeds=finish.report_seeds,
        reported=tuple(reported),
        gap=gap,
        began=began,
        base=base,
        compared=finish.compared,
        inferred=inferred,
        seconds=store.seconds() + run.lap(),
    )


def _compile(plan: CalibrationPlan, pool: Workers) -> None:
    """A minute of the base scenario: if the market is not compiled yet, that is none of the budget.

    By one process; the others load what it has compiled.
    """
    seed = seeds_for(Use.SEARCH, 1, plan.sizes.seed)[0]
    short = candidate_session(plan, plan.base, Use.SEARCH, seed, 60.0)
    for _done in pool.measured([short]):
        pass


def _search(run: _Run) -> Search:
    plan, store = run.plan, run.store
    search = Search(plan.space, plan.sizes.seed)
    kept = store.trials["trials"]
    seeds = seeds_for(Use.SEARCH, plan.sizes.search_seeds, plan.sizes.seed)
    done = 0
    while done < len(kept) or _goes_on(run, done):
        vectors = search.ask()
        there = kept[done : done + len(vectors)]
        for vector, trial in zip(vectors, there, strict=False):
            if tuple(vector.tolist()) != trial.vector:
                raise InputError(
                    "has trials of another version of the search",
                    path=store.folder,
                    remedy="begin afresh (--fresh), or name another folder",
                )
        missing = vectors[len(there) :]
        if missing:
            _simulate(run, "trials", missing, Use.SEARCH, seeds, plan.search_seconds)
        worths = [min(_worth(run, t), IMPOSSIBLE) for t in kept[done : done + len(vectors)]]
        search.tell(vectors, worths)
        done += len(vectors)
    return search


def _worth(run: _Run, trial: Trial) -> float:
    """What is minimised: the distance, and more for a scenario that a user would be warned about.

    It posts too few limit orders for what others take: such a book may run empty one day, though
    it did not in the sessions that were simulated.
    """
    if trial.gap is None:
        return trial.total
    scenario = to_scenario(run.plan.space.values(np.array(trial.vector)))
    short = LEAST_SUPPLY * demand_of(scenario) / max(supply_of(scenario), 1e-9)
    return trial.total + SHORTAGE * max(math.log(max(short, 1e-9)), 0.0)


def _goes_on(run: _Run, done: int) -> bool:
    if run.trials is not None and done >= run.trials:
        return False
    if done == 0:
        return True
    costs = _costs(run)
    generation = population_of(len(run.plan.space)) * costs.candidate
    spent = sum(trial.seconds for trial in run.store.trials["trials"])
    until = max(SEARCH_SHARE * run.budget, run.budget - costs.whole)
    return spent + generation <= until


def _costs(run: _Run) -> Costs:
    return costs_of(run.plan, [trial.seconds for trial in run.store.trials["trials"]])


def _finish(run: _Run) -> Finish:
    """How large the rest is; what was begun in an earlier start is not made smaller."""
    searched = len(run.store.trials["trials"])
    if run.trials is not None:
        return _costs(run).all_of_it
    known = run.store.finish(searched)
    if known is None:
        known = _costs(run).within(run.left())
        run.store.keep_finish(searched, known)
    return known


def _choose(run: _Run, search: Search, candidates: int) -> Trial:
    """Simulate the best candidates again, whole sessions on other seeds; the best of them."""
    sizes = run.plan.sizes
    ranked = sorted(
        (trial for trial in run.store.trials["trials"] if trial.gap),
        key=lambda trial: _worth(run, trial),
    )
    if not ranked:
        raise InputError(
            "no candidate of the search made a market that could be compared",
            key="calibration",
            remedy="look at the recorded day with `abm-desktop facts`; it may be too unlike a "
            "continuous market",
        )
    vectors = [search.middle]
    for trial in ranked:
        if len(vectors) < candidates and trial.vector not in map(tuple, vectors):
            vectors.append(np.array(trial.vector))
    seeds = seeds_for(Use.CHOICE, sizes.choice_seeds, sizes.seed)
    session = run.plan.days.read.session
    _stage(run, "choice", vectors, Use.CHOICE, seeds, session)
    best = min(run.store.trials["choice"], key=lambda trial: _worth(run, trial))
    if best.gap is None:
        raise InputError(
            "no candidate of the search made a market over a whole session",
            key="calibration",
            remedy="give a larger --budget, or --search-time as long as the session",
        )
    return best


def _profile(run: _Run, vector: np.ndarray) -> None:
    """The one that was chosen and its neighbours, each parameter for itself, on common seeds."""
    vectors = [vector]
    for k in range(len(vector)):
        for step in (-STEP, STEP):
            other = vector.copy()
            other[k] = min(max(other[k] + step, 0.0), 1.0)
            vectors.append(other)
    sizes = run.plan.sizes
    seeds = seeds_for(Use.CHOICE, sizes.choice_seeds, sizes.seed)
    _stage(run, "profile", vectors, Use.CHOICE, seeds, run.plan.search_seconds)


def _stage(
    run: _Run,
    stage: str,
    vectors: Sequence[np.ndarray],
    use: Use,
    seeds: Sequence[int],
    seconds: float,
) -> None:
    """Simulate these, less those that the store has; what it has of others goes."""
    kept = run.store.trials[stage]
    wanted = [tuple(vector.tolist()) for vector in vectors]
    if [trial.vector for trial in kept] != wanted[: len(kept)]:
        run.store.clear(stage)
    _simulate(run, stage, vectors[len(run.store.trials[stage]) :], use, seeds, seconds, len(wanted))


def _simulate(
    run: _Run,
    stage: str,
    vectors: Sequence[np.ndarray],
    use: Use,
    seeds: Sequence[int],
    seconds: float,
    total: int | None = None,
) -> None:
    """Simulate candidates on common seeds, and keep each in its order."""
    sessions: list[CandidateSession] = []
    owner: list[tuple[int, int]] = []
    results: list[list[Gap | None]] = []
    waiting: list[int] = []
    for place, vector in enumerate(vectors):
        scenario = candidate_scenario(run.plan, vector, seconds)
        results.append([None] * len(seeds))
        waiting.append(len(seeds) if scenario is not None else 0)
        if scenario is not None:
            for k, seed in enumerate(seeds):
                owner.append((place, k))
                sessions.append(candidate_session(run.plan, scenario, use, seed, seconds))
    next_out = 0

    def give_out() -> None:
        nonlocal next_out
        while next_out < len(vectors) and waiting[next_out] == 0:
            run.store.add(stage, _trial(vectors[next_out], results[next_out], run.lap()))
            next_out += 1
            _tell(run, stage, total)

    give_out()
    for place, measured in run.workers.measured(sessions, run.control.is_stopping):
        candidate, k = owner[place]
        results[candidate][k] = None if measured is None else _gap(run.plan, measured)
        waiting[candidate] -= 1
        give_out()
    if next_out < len(vectors):
        raise CalibrationStopped


def _gap(plan: CalibrationPlan, measured: Measured) -> Gap:
    return mean_gap([gap_between(day, measured) for day in plan.days.measured])


def _trial(vector: np.ndarray, gaps: Sequence[Gap | None], seconds: float) -> Trial:
    known = [gap for gap in gaps if gap is not None]
    whole = len(known) == len(gaps)
    return Trial(
        vector=tuple(vector.tolist()),
        gap=mean_gap(known) if whole else None,
        each=tuple(gap.total for gap in known) if whole else (),
        seconds=seconds,
    )


def _tell(run: _Run, stage: str, total: int | None) -> None:
    kept = run.store.trials[stage]
    known = [trial for trial in run.store.trials["trials"] if trial.gap]
    best = min(known, key=lambda trial: trial.total, default=None)
    run.tell(
        CalibrationProgress(
            "search" if stage == "trials" else stage,  # type: ignore[arg-type]
            len(kept),
            run.trials if stage == "trials" else total,
            run.left(),
            best.gap.w1 if best is not None and best.gap is not None else float("nan"),
        )
    )


def _infer(run: _Run, vector: np.ndarray, count: int) -> Inferred:
    """The posterior, in time of its own: what it takes is none of the budget."""
    begun = time.monotonic()
    found = infer(
        run.plan,
        run.store,
        run.workers,
        vector,
        count,
        stopping=run.control.is_stopping,
        tell=lambda done, total, left: run.tell(
            CalibrationProgress("posterior", done, total, left)
        ),
    )
    if found is None:
        raise CalibrationStopped
    run.since += time.monotonic() - begun
    return found


def _report(
    run: _Run, vector: np.ndarray, finish: Finish
) -> tuple[list[Reported], Gap, Gap | None, Gap | None]:
    plan = run.plan
    session = plan.days.read.session
    seeds = seeds_for(Use.REPORT, finish.report_seeds, plan.sizes.seed)
    found = to_scenario(plan.space.values(vector))
    began = to_scenario(plan.space.values(plan.space.beginning()))
    jobs = [candidate_session(plan, found, Use.REPORT, seed, session) for seed in seeds]
    few = seeds[: BASE_SEEDS if finish.compared else 0]
    others = [candidate_session(plan, began, Use.REPORT, seed, session) for seed in few]
    others += [
        CandidateSession(
            plan.base, Use.REPORT, seed, plan.days.levels, plan.base.market.session, 50_000_000
        )
        for seed in few
    ]
    reported: list[Reported | None] = [None] * len(jobs)
    arguments = [(job,) for job in jobs]
    total = len(jobs) + len(others)
    done, began_at = 0, time.monotonic()

    def tell() -> None:
        each = (time.monotonic() - began_at) / done
        run.tell(CalibrationProgress("report", done, total, each * (total - done)))

    for place, result in run.workers.run(report_session, arguments, run.control.is_stopping):
        reported[place] = result
        done += 1
        tell()
    gaps: list[Gap | None] = [None] * len(others)
    for place, measured in run.workers.measured(others, run.control.is_stopping):
        gaps[place] = None if measured is None else _gap(plan, measured)
        done += 1
        tell()
    if done < total:
        raise CalibrationStopped
    good = [each for each in reported if each is not None]
    if not good:
        raise InputError(
            "the market that was chosen breaks down on the seeds of the report",
            key="calibration",
            remedy="search again with another --seed or a larger --budget",
        )
    gap = mean_gap([_gap(plan, each.measured) for each in good])
    return good, gap, _together(gaps[: len(few)]), _together(gaps[len(few) :])


def _together(gaps: Sequence[Gap | None]) -> Gap | None:
    known = [gap for gap in gaps if gap is not None]
    return mean_gap(known) if known and len(known) == len(gaps) else None
