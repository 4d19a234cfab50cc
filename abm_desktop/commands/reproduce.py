"""``abm-desktop reproduce``: try published claims, and make the page of their verdicts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.progress import Progress, TaskID

from abm_desktop.commands.console import Out, table
from abm_desktop.scenario import ScenarioError
from abm_desktop.statements import counted

if TYPE_CHECKING:
    from abm_desktop.experiments.reproduction.claim import PublishedClaim
    from abm_desktop.experiments.reproduction.trial import Tried
    from abm_desktop.experiments.running.missing_trainings import Wanted

PAGE = "reproductions.md"


def reproduce_claims(
    names: Sequence[str],
    *,
    markets: Sequence[str],
    seeds: int | None,
    workers: int,
    out: Path | None,
    dry_run: bool,
    report_only: bool,
    as_json: bool,
) -> int:
    """Try claims and write the page; 130 if it was stopped."""
    from abm_desktop.commands.experiment import failures_told
    from abm_desktop.experiments.experiment import results_dir
    from abm_desktop.experiments.reproduction.claim import find_claims
    from abm_desktop.experiments.reproduction.kept import with_kept
    from abm_desktop.experiments.reproduction.page import write_page
    from abm_desktop.experiments.running.runner import Stopped

    console = Out(stderr=as_json)
    try:
        with failures_told(out):
            chosen = find_claims(names)
            if dry_run:
                return _tell_plans(chosen, markets, seeds, console)
            if not report_only:
                _try(chosen, markets, seeds, workers, console)
            # The page has every claim, also those that were not named now, and those that it
            # told before of runs that are not on this machine.
            every = find_claims([]) if not any(name.endswith(".toml") for name in names) else chosen
            page, told = out or results_dir() / PAGE, [claim for _, claim in every]
            page.parent.mkdir(parents=True, exist_ok=True)
            tried = with_kept(_finished(every, markets, seeds), page.parent, told)
            write_page(page, told, tried)
            _tell(tried, page, console, as_json)
    except Stopped:
        console.print("Stopped. What is finished is kept; the same command goes on from there.")
        return 130
    return 0


def _try(
    chosen: Sequence[tuple[Path, PublishedClaim]],
    markets: Sequence[str],
    seeds: int | None,
    workers: int,
    console: Out,
) -> None:
    from abm_desktop.commands.experiment import COLUMNS, stops_on_interrupt, train_with_bar
    from abm_desktop.experiments.reproduction.trials import trial_of
    from abm_desktop.experiments.running.runner import Control, ExperimentProgress

    def train(wanted: list[Wanted]) -> None:
        if any(one.state != "finished" for one in wanted):
            train_with_bar(wanted, console)

    for path, claim in chosen:
        if claim.needs:
            console.print(f"Claim {claim.number}: not tried: needs {claim.needs}.")
            continue
        for market, attempt in _tries(claim, markets):
            trial = trial_of(path, claim, market, seeds=seeds, attempt=attempt, train=train)
            control = Control()
            with (
                stops_on_interrupt(control, console),
                Progress(*COLUMNS, console=console, transient=True) as bar,
            ):
                task = bar.add_task(trial.name.capitalize(), total=None)

                def show(
                    step: ExperimentProgress, bar: Progress = bar, task: TaskID = task
                ) -> None:
                    bar.update(task, completed=step.done, total=step.total or None)

                trial.run(workers, control=control, on_progress=show)
            console.print(_line(trial.result()))


def _tries(claim: PublishedClaim, markets: Sequence[str]) -> list[tuple[str, int]]:
    """(market, try) of a claim: in its markets, or in those that are named."""
    return [(market, k) for market in markets or claim.markets for k in claim.tries(market)]


def _finished(
    chosen: Sequence[tuple[Path, PublishedClaim]], markets: Sequence[str], seeds: int | None
) -> list[Tried]:
    """What there is of the claims; those that never began, or lack their models, are out."""
    from abm_desktop.experiments.reproduction.trials import trial_of
    from abm_desktop.experiments.running.pilot import ExperimentError
    from abm_desktop.inputs import InputError

    found = []
    for path, claim in chosen:
        for market, attempt in () if claim.needs else _tries(claim, markets):
            try:
                trial = trial_of(path, claim, market, seeds=seeds, attempt=attempt)
                if trial.finished():
                    found.append(trial.result())
            except (ExperimentError, InputError, ScenarioError):
                continue
    return found


def _tell_plans(
    chosen: Sequence[tuple[Path, PublishedClaim]],
    markets: Sequence[str],
    seeds: int | None,
    console: Out,
) -> int:
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.reproduction.instrument_trial import InstrumentTrial
    from abm_desktop.experiments.reproduction.trial import check_tests
    from abm_desktop.experiments.running.missing_trainings import stand_ins, wanted_trainings

    rows = []
    for path, claim in chosen:
        for market, attempt in () if claim.needs else _tries(claim, markets):
            if claim.experiment is not None and claim.experiment.game:
                trial = InstrumentTrial(
                    path, claim, market, seeds=seeds, attempt=attempt, count_only=True
                )
                wanted, left = trial.wanted, stand_ins(trial.wanted)
                cells, total, number = trial.cells, trial.total, len(trial.seeds)
            else:
                design = claim.design(market, seeds=seeds, attempt=attempt)
                wanted = wanted_trainings(design, path)
                left = stand_ins(wanted)
                plan = Experiment(design, path, stand_ins=left).plan
                check_tests(claim, plan.cells)
                cells, total, number = plan.cells, plan.total, plan.design.seeds
            rows.append(
                [
                    str(claim.number),
                    market + (", again" if attempt == 2 else ""),
                    str(len(cells)),
                    str(number),
                    str(total),
                    f"{len(left)} of {len(wanted)}" if wanted else "",
                    str(len(claim.test)),
                ]
            )
    heads = ["claim", "market", "cells", "markets", "runs", "trainings missing", "tests"]
    table(console, "Claims", heads, rows)
    needs = [claim for _, claim in chosen if claim.needs]
    for claim in needs:
        console.print(f"Claim {claim.number} is not tried: needs {claim.needs}.")
    console.print(f"{sum(int(row[4]) for row in rows)} runs, and the pilots of 4 markets each.")
    return 0


def _tell(tried: Sequence[Tried], page: Path, console: Out, as_json: bool) -> None:
    if as_json:
        content = {
            "page": str(page),
            "claims": [
                {
                    "number": one.claim.number,
                    "market": one.market,
                    "attempt": one.attempt,
                    "verdict": one.verdict,
                    "missing": one.missing,
                    "tests": [
                        {"says": f.test.says, "change": f.found.mean, "verdict": f.verdict}
                        for f in one.findings
                    ],
                }
                for one in tried
            ],
        }
        print(json.dumps(content))
        return
    for one in tried:
        console.print(_line(one))
    console.print(f"{counted(len(tried), 'trial')}. Page: {page}", soft_wrap=True)


def _line(one: Tried) -> str:
    left = f", {one.missing} runs missing" if one.missing else ""
    parts = ", ".join(finding.verdict for finding in one.findings)
    again = ", again" if one.attempt == 2 else ""
    return f"Claim {one.claim.number} in {one.market}{again}: {one.verdict} ({parts}){left}"
