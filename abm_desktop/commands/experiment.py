"""``abm-desktop experiment``: run an experiment file, or say what it would run."""

from __future__ import annotations

import contextlib
import json
import math
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from abm_desktop.commands.console import Failed, Out, table
from abm_desktop.commands.interrupts import first_interrupt
from abm_desktop.scenario import ScenarioError
from abm_desktop.statements import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.running.missing_trainings import Wanted
    from abm_desktop.experiments.running.populations import StandIn
    from abm_desktop.experiments.running.runner import Control
    from abm_desktop.experiments.running.runner import ExperimentProgress as Step

COLUMNS = (
    TextColumn("{task.description}", markup=False),
    BarColumn(),
    MofNCompleteColumn(),
    TimeElapsedColumn(),
)
"""Of a bar that counts steps."""
_STATES = {
    "starting": "Starting",
    "sizing": "Sizing",
    "running": "Running",
    "resumed": "Running",
    "paused": "Paused",
    "facts": "Facts",
}


def run_experiment(
    file: str,
    *,
    seeds: int | None,
    workers: int,
    address: str,
    out: Path | None,
    dry_run: bool,
    fresh: bool,
    report_only: bool,
    as_json: bool,
) -> int:
    """Run, report, or only say what would be run; 130 if it was stopped."""
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.running.missing_trainings import stand_ins, told
    from abm_desktop.experiments.running.runner import Control, Stopped

    # What is shown while it runs must not stand between the lines of a JSON object.
    console = Out(stderr=as_json)
    try:
        with failures_told(out):
            trainings: dict[str, Any] = {}

            def train(wanted: list[Wanted]) -> Mapping[str, StandIn]:
                trainings.update(told(wanted))
                if not (dry_run or report_only) and trainings["left"]:
                    train_with_bar(wanted, console)
                    return {}
                return stand_ins(wanted) if dry_run else {}

            experiment = Experiment.load(file, seeds=seeds, train=train)
            if trainings.get("left") and dry_run:
                console.print(
                    f"{trainings['words']} of the study are missing: {trainings['decisions']:,} "
                    "decisions to learn from. They are made first; random weights stand in for "
                    "them in what follows."
                )
            if dry_run:
                return _tell_plan(experiment, workers, console, as_json)
            folder = out or experiment.folder
            if not report_only:
                control = Control()
                _run(experiment, folder, workers, address, fresh, control, console)
            with console.status("Writing the report ..."):
                page = experiment.report(folder)
            _tell_results(experiment, folder, page, console, as_json)
    except Stopped:
        console.print("Stopped. What is finished is kept; the same command goes on from there.")
        return 130
    return 0


@contextlib.contextmanager
def failures_told(out: Path | None) -> Iterator[None]:
    """What can go wrong with runs, and with results in ``out``, raised as :class:`Failed`."""
    from abm_desktop.cluster import ClusterError
    from abm_desktop.experiments.running.pilot import ExperimentError

    try:
        yield
    except (ScenarioError, ExperimentError, ClusterError, ValueError) as error:
        raise Failed(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        where = getattr(error, "filename", None) or out or "the results"
        reason = getattr(error, "strerror", None) or error
        raise Failed(f"{where}: {reason}; what is finished is kept") from error


def train_with_bar(wanted: list[Wanted], console: Out) -> None:
    """Make the trainings that the study lacks; raises Stopped if one was interrupted."""
    from abm_desktop.experiments.running.missing_trainings import train_missing
    from abm_desktop.experiments.running.runner import Stopped

    with Progress(*COLUMNS, console=console, transient=True) as bar:
        rows: dict[str, TaskID] = {}

        def show(one: Wanted, number: int, total: int, done: int, of: int) -> None:
            if one.name not in rows:
                rows[one.name] = bar.add_task(
                    f"Training {one.name} ({number} of {total})", total=None
                )
            bar.update(rows[one.name], completed=done, total=of, visible=done < of)

        if not train_missing(wanted, show, interruptible=first_interrupt):
            raise Stopped


def _run(
    experiment: Experiment,
    folder: Path,
    workers: int,
    address: str,
    fresh: bool,
    control: Control,
    console: Out,
) -> None:
    columns = (*COLUMNS, TextColumn("{task.fields[left]}", markup=False))
    console.print(f"{experiment.plan.design.name}: results in {folder}")
    with (
        stops_on_interrupt(control, console),
        Progress(*columns, console=console, transient=True) as bar,
    ):
        task = bar.add_task("Starting", total=None, left="")

        def show(step: Step) -> None:
            lost = f", {step.lost_workers} workers lost" if step.lost_workers else ""
            left = "" if step.seconds_left is None else f"{_time(step.seconds_left)} left"
            bar.update(
                task,
                description=_STATES.get(step.state, step.state),
                completed=step.done,
                total=step.total or None,
                left=str(step.note or "") if step.state == "starting" else left + lost,
            )

        experiment.run(
            workers,
            address=address or None,
            folder=folder,
            fresh=fresh,
            control=control,
            on_progress=show,
        )


@contextlib.contextmanager
def stops_on_interrupt(control: Control, console: Out) -> Iterator[None]:
    """The first Ctrl+C stops in good order, the second at once."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        if control.stopping:
            raise KeyboardInterrupt
        console.print("Stopping; once more ends at once ...")
        control.stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell_plan(experiment: Experiment, workers: int, console: Out, as_json: bool) -> int:
    from abm_desktop.experiments.kinds import TRAININGS, units_of
    from abm_desktop.experiments.running.cells import OPEN, TRAINED
    from abm_desktop.experiments.running.estimate import estimate

    plan = experiment.plan
    with console.status("Timing some runs ..."):
        cost = estimate(plan)
    minutes = cost.minutes(workers)
    power = _power(experiment)
    if as_json:
        content = {
            "name": plan.design.name,
            "cells": [cell.columns() for cell in plan.cells],
            "markets": plan.design.seeds,
            "forks": plan.design.forks,
            "runs": plan.total,
            "workers": workers,
            "minutes": round(minutes, 2),
            "seconds_per_run": round(cost.run, 4),
            "folder": str(experiment.folder),
            "power": power,
        }
        print(json.dumps(content))
        return 0
    rows = []
    alike: dict[tuple[str, ...], list[str]] = {}
    for cell in plan.cells:
        displaces = cell.displaces.replace("+", ", ") if plan.design.rl.other_displaces else ""
        arm = cell.arm if cell.policy and cell.arm != TRAINED else ""
        mode = cell.mode if len(plan.design.rl.modes) > 1 and cell.policy else ""
        start = "from the open" if cell.start == OPEN else ""
        rate = f"rate x {cell.learning_rate:g}" if plan.design.level == "learning_rate" else ""
        key = (cell.policy or cell.arm, arm, displaces, mode, start, rate)
        alike.setdefault((f"{100 * cell.rl_share:g} %", *key), []).append(cell.key)
    for (share, who, *rest), cells in alike.items():
        rows.append([who, share, ", ".join(word for word in rest if word), str(len(cells))])
    table(
        console,
        f"{plan.design.name}: {len(plan.cells)} cells",
        ["traders", "RL share", "", "cells"],
        rows,
    )
    per_stress = Counter(cell.stress for cell in plan.cells)
    console.print("Stress: " + ", ".join(f"{s} ({n} cells)" for s, n in per_stress.items()))
    if len(plan.interventions) > 1:
        console.print("Interventions: " + ", ".join(plan.interventions))
    if len(plan.variants) > 1:
        console.print("Markets: " + ", ".join(plan.variants))
    split = ", some cells in a part of them" if plan.parts else ""
    console.print(
        f"{len(plan.cells)} cells, {plan.design.seeds} markets{split}, {plan.design.forks} shocks "
        f"in each: {plan.total} runs."
    )
    console.print(
        f"About {minutes:.1f} min on {max(workers, 1)} idle cores "
        f"({1000 * cost.run:.0f} ms a run, {cost.warm_up:.2f} s a market), pilot and report apart."
    )
    heads = [k for k in power[0] if not k.startswith("sd ")]
    table(console, "Power", heads, [[str(row[k]) for k in heads] for row in power])
    unit = units_of(cell.algorithm for cell in plan.cells if cell.arm == TRAINED)
    of_single = "" if unit == TRAININGS else ", those of single trainings"
    console.print(
        "Power: the chance that a change of the primary measure by so much is told at 5 %, before "
        f"Holm's correction, for other {unit} if there are three of each kind or more. "
        f"Spreads between {unit} and markets are those of earlier studies{of_single}; where none "
        "were measured (?), large ones are assumed."
    )
    console.print(f"Results: {experiment.folder}")
    return 0


def _power(experiment: Experiment) -> list[dict[str, Any]]:
    """Rows of the power table: a stress each, with the chance of telling usual effects."""
    from abm_desktop.experiments.running.plan_power import plan_power

    rows = []
    for told in plan_power(experiment.plan):
        least = told.rows[-1] if told.rows[-1].enough else None
        chances = {
            f"{100 * row.effect:.0f} %": f"{100 * row.power:.0f} %"
            for row in told.rows
            if row is not least
        }
        rows.append(
            {"stress": told.stress.replace("_", " ") + ("" if told.known else " (?)")}
            | {"trainings": told.trainings, "markets": told.markets}
            | chances
            | {"smallest at 80 %": "none" if least is None else f"{100 * least.effect:.0f} %"}
            | {
                "sd of trainings": told.spreads.training,
                "sd of markets": told.spreads.market,
                "sd of the rest": told.spreads.rest,
            }
        )
    return rows


def _tell_results(
    experiment: Experiment, folder: Path, page: Path, console: Out, as_json: bool
) -> None:
    from abm_desktop.experiments.report.summary import written_answer

    done, lost = experiment.finished(folder), experiment.lost_workers(folder)
    words = written_answer(page)
    damaged = experiment.damaged(folder)
    if as_json:
        content = {
            "name": experiment.plan.design.name,
            "runs": done,
            "of": experiment.plan.total,
            "lost_workers": lost,
            "damaged": damaged,
            "folder": str(folder),
            "report": str(page),
            "answer": words,
        }
        print(json.dumps(content))
        return
    for sentence in words:
        console.print(f"- {sentence}")
    for line in damaged:
        console.print(f"Damaged, and its runs made again: {line}", soft_wrap=True)
    again = f"; {counted(lost, 'worker')} lost, their markets run again" if lost else ""
    console.print(f"{done} of {experiment.plan.total} runs{again}.")
    console.print(f"Report: {page}", soft_wrap=True)


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{math.ceil(seconds)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
