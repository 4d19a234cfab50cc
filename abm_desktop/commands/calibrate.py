"""``abm-desktop calibrate``: a scenario from recorded days, partly read off, partly searched."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from abm_desktop.commands.console import Failed, Misused, Out, table
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.scenario import find_scenario, load_scenario

if TYPE_CHECKING:
    from abm_desktop.calibration.plan import CalibrationPlan
    from abm_desktop.calibration.result import CalibrationResult
    from abm_desktop.calibration.running import CalibrationControl, CalibrationProgress
    from abm_desktop.calibration.store import TrialStore

_CHECK_DRAWS = 100
"""Days that the intervals of a check are learned from, unless something is asked for."""
_LOGGED = 60.0
"""Seconds between two lines of a log."""
_STAGES = {
    "search": "Searching",
    "choice": "Choosing",
    "profile": "Looking around",
    "posterior": "Learning what the day says of parameters",
    "report": "Simulating for the report",
}


def calibrate_days(
    days: Sequence[Path],
    *,
    day: str | None,
    name: str | None,
    base: str,
    like: str | None,
    out: Path | None,
    budget: float,
    trials: int | None,
    posterior: int,
    check: int,
    workers: int,
    seed: int,
    search_seconds: float,
    dry_run: bool,
    fresh: bool,
) -> int:
    """Calibrate, check, or tell what would be done; 130 if it was stopped."""
    console = Out()
    with console.status("Reading ..."):
        from abm_desktop.calibration.inferring import LEAST_DRAWS
        from abm_desktop.calibration.names import name_of, plain_name
        from abm_desktop.calibration.plan import CalibrationPlan, Sizes, read_days
        from abm_desktop.calibration.running import (
            CalibrationControl,
            CalibrationProgress,
            CalibrationStopped,
            calibrate,
        )
        from abm_desktop.calibration.store import TrialStore

        if 0 < posterior < LEAST_DRAWS:
            raise Misused(
                f"--posterior: {posterior} draws are too few to learn from and to check on; ask "
                f"for {LEAST_DRAWS} at least, or leave it out"
            )
        try:
            sizes = Sizes(seed=seed, search_seconds=search_seconds)
            read = read_days(days, day)
            title = name or name_of(days[0])
            begin = None if like is None else load_scenario(find_scenario(like))
            usual = load_scenario(find_scenario(base))
            plan = CalibrationPlan.make(read, title, usual, sizes, begin)
        except InputError as error:
            raise Misused(str(error)) from error
    folder = out or Path(f"{'check' if check else 'calibration'}-{plain_name(title)}")
    if check and not dry_run:
        from abm_desktop.commands.check_calibration import check_calibration

        control = CalibrationControl()
        with _Bar(control, console) as bar:
            return check_calibration(
                plan,
                folder,
                count=check,
                draws=posterior or _CHECK_DRAWS,
                workers=workers,
                fresh=fresh,
                stopping=control.is_stopping,
                tell=lambda done, total, left: bar.show(
                    CalibrationProgress("posterior", done, total, left)
                ),
                console=console,
            )
    if dry_run:
        return _tell_plan(plan, folder, budget, trials, posterior, workers, console)
    store: TrialStore | None = None
    try:
        store = TrialStore(folder, plan.as_json(), fresh=fresh)
        console.print(f"{title}: results in {folder}")
        control = CalibrationControl()
        with _Bar(control, console) as bar:
            found = calibrate(
                plan,
                store,
                workers=workers,
                budget=60.0 * budget,
                trials=trials,
                posterior=posterior,
                control=control,
                tell=bar.show,
            )
        with console.status("Writing the report ..."):
            from abm_desktop.calibration.result import result_of
            from abm_desktop.calibration.writing import write_result

            result = result_of(plan, found)
            file = write_result(result, folder)
    except CalibrationStopped:
        console.print("Stopped. What is finished is kept; the same command goes on from there.")
        return 130
    except (InputError, UnavailableError) as error:
        raise Failed(str(error)) from error
    except OSError as error:
        reason = error.strerror or str(error)
        where = error.filename or folder
        raise Failed(f"{where}: {reason}; what is finished is kept") from error
    finally:
        if store is not None:
            store.close()
    _tell_result(result, file, console)
    return 0


class _Bar:
    """The progress, on a terminal; Ctrl+C stops in good order while it is shown."""

    def __init__(self, control: CalibrationControl, console: Out) -> None:
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}", markup=False),
        )
        self._control, self._console = control, console
        self._progress = Progress(*columns, console=console, transient=True)
        self._told = time.monotonic()
        self._task = self._progress.add_task("Starting", total=None, left="")

    def __enter__(self) -> _Bar:
        self._before: Any = signal.signal(signal.SIGINT, self._stop)
        self._progress.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._progress.stop()
        signal.signal(signal.SIGINT, self._before)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if self._control.stopping:
            raise KeyboardInterrupt
        self._console.print("Stopping; once more ends at once ...")
        self._control.stop()

    def show(self, step: CalibrationProgress) -> None:
        left = "" if step.seconds_left is None else f"{_time(step.seconds_left)} left"
        best = "" if math.isnan(step.best) else f", best mean distance {step.best:.3f}"
        if not self._console.is_terminal:
            self._tell(step, left + best)
            return
        self._progress.update(
            self._task,
            description=_STAGES[step.stage],
            completed=step.done,
            total=step.total,
            left=left + best,
        )

    def _tell(self, step: CalibrationProgress, rest: str) -> None:
        """For a log: a line a minute."""
        if time.monotonic() - self._told < _LOGGED:
            return
        self._told = time.monotonic()
        of = "" if step.total is None else f" of {step.total:,}"
        self._console.print(f"{_STAGES[step.stage]}: {step.done:,}{of}, {rest}".rstrip(", "))


def _tell_plan(
    plan: CalibrationPlan,
    folder: Path,
    budget: float,
    trials: int | None,
    posterior: int,
    workers: int,
    console: Out,
) -> int:
    from abm_desktop.calibration.inferring import days_of
    from abm_desktop.calibration.running import SEARCH_SHARE
    from abm_desktop.calibration.search import population_of
    from abm_desktop.calibration.seeds import Use, seeds_for

    read, sizes = plan.days.read, plan.sizes
    console.print(
        f"{' and '.join(plan.days.names)}: {plan.days.messages:,} messages, "
        f"{plan.days.levels} levels, {read.session / 3600:.2g} h."
    )
    rows = [
        (
            each.key,
            each.what,
            *(f"{value:.4g}" for value in plan.space.bounds(k)),
            f"{plan.space.value(k, plan.space.beginning()[k]):.4g}",
        )
        for k, each in enumerate(plan.space.parameters)
    ]
    table(
        console,
        f"{len(plan.space)} parameters to search",
        ("", "", "from", "to", "begins at"),
        rows,
    )
    taken = (
        ("tick, currency", f"{read.tick_size:g}"),
        ("lot, shares", f"{read.lot:,}"),
        ("price at the start", f"{read.start_price:,.2f}"),
        ("mean spread, ticks", f"{read.spread:.3g}"),
        ("limit orders a second", f"{read.limit_rate:.3g}"),
        ("market orders a second", f"{read.market_rate:.3g}"),
        ("cancels a second", f"{read.cancel_rate:.3g}"),
        ("limit orders of whole hundreds", f"{100 * read.round_share:.0f} %"),
        ("volume, lots", f"{read.volume:,.0f}"),
    )
    table(console, "Read off", ("", "value"), taken)
    seeds = {
        "search": seeds_for(Use.SEARCH, sizes.search_seeds, sizes.seed),
        "choice": seeds_for(Use.CHOICE, sizes.choice_seeds, sizes.seed),
        "report": seeds_for(Use.REPORT, sizes.report_seeds, sizes.seed),
    }
    limit = "" if trials is None else f", at most {trials:,} candidates"
    learned = ""
    if posterior:
        learned = (
            f" Beside it, {days_of(posterior):,} whole sessions all over the space, to learn what "
            f"the day says of the parameters and to check that: as long as "
            f"{_searched_in(posterior, plan):,} candidates of the search."
        )
    console.print(
        f"Search: generations of {population_of(len(plan.space))} candidates, "
        f"{sizes.search_seeds} sessions of {plan.search_seconds / 3600:.2g} h each, for "
        f"{SEARCH_SHARE * budget:.3g} min{limit}; then the best {sizes.candidates} on "
        f"{sizes.choice_seeds} whole sessions, a step from the best in each direction, and "
        f"{sizes.report_seeds} whole sessions for the report.\n"
        + "Seeds: "
        + "; ".join(f"{use} {each[0]} to {each[-1]}" for use, each in seeds.items())
        + f".\nAbout {budget:.3g} min on {max(workers, 1)} cores.{learned} Results: {folder}"
    )
    return 0


def _searched_in(posterior: int, plan: CalibrationPlan) -> int:
    """Candidates of the search that take as long as the days of a posterior."""
    from abm_desktop.calibration.inferring import days_of

    simulated = days_of(posterior) * plan.days.read.session
    return math.ceil(simulated / (plan.sizes.search_seeds * plan.search_seconds))


def _tell_result(result: CalibrationResult, file: Path, console: Out) -> None:
    for sentence in result.sentences():
        console.print(f"- {sentence}")
    console.print(f"Scenario: {file}", soft_wrap=True)
    console.print(f"Report: {file.with_name('report.html')}", soft_wrap=True)
    console.print("Naming that file to abm-desktop opens the market in the window.")


def _time(seconds: float) -> str:
    return f"{math.ceil(seconds)} s" if seconds < 90 else f"{seconds / 60:.0f} min"
