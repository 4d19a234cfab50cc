"""Experiments: planned, run, watched; and what they have found."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path as File
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel

from abm_desktop.desk.analytics.experiment_plan import PlanReport, Problems
from abm_desktop.desk.analytics.experiments import list_files
from abm_desktop.experiments.design import Design, own_experiments_dir
from abm_desktop.scenario import bundled_scenarios
from abm_desktop.scenario.reading import load_text
from abm_desktop.serve.columns import ARROW, ARROW_ANSWER, table
from abm_desktop.serve.names_only import check_design
from abm_desktop.serve.problems import (
    FieldProblem,
    NotThereError,
    ProblemError,
)
from abm_desktop.serve.routes.common import Session
from abm_desktop.serve.session import own_file
from abm_desktop.serve.work_answers import ExperimentSeen, seen_experiment
from abm_desktop.whole_files import write_whole

router = APIRouter(prefix="/experiments", tags=["experiments"])

Number = Annotated[int, Path(ge=1, lt=2**31)]
Seeds = Annotated[int | None, Query(ge=1, le=1_000_000, description="Another number of markets.")]


class ExperimentFile(BaseModel):
    """An experiment that can be named."""

    name: str
    """Its file's name without ``.toml``: what routes take."""
    title: str
    question: str
    is_shipped: bool
    problem: str
    """What is wrong with it; empty if nothing is."""


class ExperimentText(BaseModel):
    """An experiment to keep: the text of its file."""

    toml: str


class EffectPower(BaseModel):
    """What the planned markets and trainings can tell of an effect, where they tell least."""

    effect: float
    """As a fraction: 0.2 is a fifth more."""
    pairs_needed: int | None
    """Matched markets for a power of 80 %; null if more do not help."""
    power: float
    """With the matched markets that are planned."""


class ExperimentPlan(BaseModel):
    """What an experiment would run, and what it costs."""

    name: str
    title: str
    question: str
    scenario: str
    primary: str
    """The measure that answers the question."""
    hypothesis: str
    seeds: int
    forks: int
    cells: int
    """Combinations of traders, stress and rule."""
    total: int
    """Runs of all cells, on all seeds and forks."""
    finished: int
    """Runs that are there already."""
    seconds_per_run: float | None
    """Of one core; null if too few are finished to tell."""
    power: list[EffectPower]
    """Of usual effects, then of the smallest that the planned markets tell with 80 %."""


class NewExperiment(BaseModel):
    """An experiment to run, or to go on with."""

    name: str
    seeds: Annotated[int | None, Query(ge=1, le=1_000_000)] = None
    workers: int | None = None
    """Markets at a time; 0 is one after the other in one process; null is one a core."""
    fresh: bool = False
    """Throw away what is there."""
    report_only: bool = False


class Effects(BaseModel):
    """What was found so far."""

    is_interim: bool
    """Computed from what is finished, without the report."""
    summary: dict[str, Any]


def _find(name: str) -> File:
    for entry in list_files(()):
        if entry.path.stem == name:
            return entry.path
    raise NotThereError("experiment", name, "list them with GET /api/v1/experiments/files")


@router.get("/files")
async def list_experiment_files() -> list[ExperimentFile]:
    """The shipped experiments, then the user's own."""
    return [
        ExperimentFile(
            name=e.path.stem,
            title=e.name,
            question=e.question,
            is_shipped=e.shipped,
            problem=e.fault,
        )
        for e in await asyncio.to_thread(list_files, ())
    ]


@router.put("/files/{name}")
async def save_experiment(name: str, given: ExperimentText) -> ExperimentFile:
    """Keep an experiment in the data folder; all that is wrong with it is told at once."""
    design = await asyncio.to_thread(load_text, given.toml, Design)
    check_design(design, {each.stem for each in bundled_scenarios()})
    file = own_file(own_experiments_dir(), name, ".toml")
    if any(e.path.stem == file.stem and e.shipped for e in await asyncio.to_thread(list_files, ())):
        raise ProblemError(
            409, "taken", f"{file.stem!r} is a shipped experiment.", key="name",
            remedy="choose another name",
        )  # fmt: skip
    await asyncio.to_thread(write_whole, file, given.toml)
    return ExperimentFile(
        name=file.stem, title=design.name, question=design.question, is_shipped=False, problem=""
    )


@router.get("/files/{name}/plan")
async def plan(name: str, session: Session, seeds: Seeds = None) -> ExperimentPlan:
    """What an experiment would run, and what it costs, without running it."""
    file = await asyncio.to_thread(_find, name)
    found = await asyncio.wrap_future(session.laboratory.experiments.plan(file, seeds))
    if isinstance(found, Problems):
        problems = [
            FieldProblem(line=line, key=key, message=message, remedy=remedy)
            for line, key, message, remedy in found.findings
        ]
        first = problems[0]
        raise ProblemError(
            422, "invalid", f"{first.key} {first.message}".strip(), key=first.key,
            remedy=first.remedy, problems=problems,
        )  # fmt: skip
    p: PlanReport = found
    return ExperimentPlan(
        name=name,
        title=p.name,
        question=p.question,
        scenario=p.scenario,
        primary=p.primary,
        hypothesis=p.hypothesis,
        seeds=p.seeds,
        forks=p.forks,
        cells=p.cells,
        total=p.total,
        finished=p.finished,
        seconds_per_run=p.run_seconds,
        power=[
            EffectPower(effect=effect, pairs_needed=needed, power=power)
            for effect, needed, power in p.power
        ],
    )


@router.get("")
async def list_experiments(session: Session) -> list[ExperimentSeen]:
    """Every experiment of this session, in the order in which they were started."""
    return [seen_experiment(info) for info in session.laboratory.experiments.list()]


@router.post("", status_code=202)
async def start_experiment(given: NewExperiment, session: Session) -> ExperimentSeen:
    """Run an experiment, or go on where it was stopped. Look at its plan first."""
    file = await asyncio.to_thread(_find, given.name)
    cores = os.cpu_count() or 1
    workers = cores if given.workers is None else given.workers
    if not 0 <= workers <= cores:
        raise ProblemError(
            422, "invalid", f"workers is {workers}; this machine has {cores} cores", key="workers",
            remedy=f"choose 0 to {cores}",
        )  # fmt: skip
    experiments = session.laboratory.experiments
    number = experiments.start(
        file,
        seeds=given.seeds,
        workers=workers,
        fresh=given.fresh,
        report_only=given.report_only,
    )
    return seen_experiment(experiments.read(number))


@router.get("/{number}")
async def read_experiment(number: Number, session: Session) -> ExperimentSeen:
    """How an experiment stands."""
    return seen_experiment(session.laboratory.experiments.read(number))


@router.get("/{number}/effects")
async def effects(number: Number, session: Session) -> Effects:
    """Effects with their intervals, from the runs that are finished."""
    found = await asyncio.wrap_future(session.laboratory.experiments.effects(number))
    return Effects(is_interim=found.is_interim, summary=found.summary)


@router.get("/{number}/runs", responses=ARROW_ANSWER, response_class=Response)
async def runs(request: Request, number: Number, session: Session) -> Response:
    """All finished runs, a row each, as JSON or Arrow."""
    file = await asyncio.wrap_future(session.laboratory.experiments.runs_table(number))

    def read() -> Response:
        import pyarrow as pa
        import pyarrow.parquet

        rows = pa.parquet.read_table(file)
        if ARROW not in request.headers.get("accept", ""):
            return table(request, {n: rows[n].to_pylist() for n in rows.column_names})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, rows.schema) as writer:
            writer.write_table(rows)
        return Response(sink.getvalue().to_pybytes(), media_type=ARROW)

    return await asyncio.to_thread(read)


@router.get("/{number}/report", response_class=FileResponse)
async def report(number: Number, session: Session) -> FileResponse:
    """The report's page, once it is written."""
    page = await asyncio.to_thread(session.laboratory.experiments.report, number)
    if page is None:
        raise NotThereError("report of experiment", number, "it comes when the experiment ends")
    return FileResponse(page, media_type="text/html")


@router.post("/{number}/pause")
async def pause(number: Number, session: Session) -> ExperimentSeen:
    """Wait after the runs under way."""
    session.laboratory.experiments.pause(number)
    return await read_experiment(number, session)


@router.post("/{number}/resume")
async def resume(number: Number, session: Session) -> ExperimentSeen:
    """Go on after a pause."""
    session.laboratory.experiments.resume(number)
    return await read_experiment(number, session)


@router.delete("/{number}")
async def stop(number: Number, session: Session) -> ExperimentSeen:
    """End after the runs under way; what is finished is kept. Asked again, it ends at once."""
    session.laboratory.experiments.stop(number)
    return await read_experiment(number, session)
