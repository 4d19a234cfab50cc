"""The stylised facts of real markets: how a scenario, or the running session, stands to them."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from abm_desktop.desk.analytics.facts import measure_facts
from abm_desktop.live.run_data import RunData
from abm_desktop.metrics.stylized_facts.suite import Fact
from abm_desktop.scenario.command_types import Seed
from abm_desktop.serve import tasks
from abm_desktop.serve.beside import job_beside
from abm_desktop.serve.jobs import JobState, ServerJob
from abm_desktop.serve.problems import ProblemError
from abm_desktop.serve.routes.common import Session
from abm_desktop.serve.routes.scenario_choice import chosen_scenario

router = APIRouter(prefix="/facts", tags=["facts"])

MOST_SECONDS = 200 * 23_400.0
"""Simulated, of all sessions of a request together: some minutes."""


class FactsAsked(BaseModel):
    """What to measure: exactly one of scenario, values and running."""

    scenario: str | None = None
    """Name of a scenario."""
    values: dict[str, Any] | None = None
    """A whole scenario, as its file has it."""
    running: bool = False
    """The running session, as far as it is: ten simulated minutes at least."""
    sessions: int = Field(default=10, ge=1, le=200)
    """Sessions to run; an interval needs two. The running session is one."""
    seed: Seed | None = None
    """Of the first session; the others have the next ones. Null: the scenario's."""


class FactRow(BaseModel):
    """One measured fact."""

    number: str
    """Row of the suite; several measures may share it."""
    name: str
    gate: str
    """hard (a configuration that fails is not published), soft, or report."""
    value: float | None
    """Estimate of all sessions together; null if it cannot be computed, and ``note`` says why."""
    low: float | None
    high: float | None
    """Its 95 % interval, from resampled sessions; null for a single one."""
    accept_low: float | None
    accept_high: float | None
    """The range of real markets; null is no bound."""
    verdict: str
    """PASS, NOT SHOWN (inside, but not with one session left out, or the range has refused no
    market without the fact), WARN (outside, but the interval reaches the range), FAIL, or - without
    a range."""
    source: str
    note: str


class FactsTable(BaseModel):
    """The result of the job."""

    subject: str
    seeds: list[int]
    seconds: float
    """Simulated, of each session."""
    facts: list[FactRow]


@router.post("", status_code=202)
async def measure(given: FactsAsked, session: Session) -> JobState:
    """Compare a market with the stylised facts of real ones, as a job.

    Its result is a ``FactsTable``: ``subject``, ``seeds``, ``seconds``, and ``facts`` with value,
    interval, accepted range and verdict each. Sessions run side by side on all cores, at low
    priority.
    """
    if (given.scenario is not None) + (given.values is not None) + given.running != 1:
        raise ProblemError(
            422, "invalid", "Give one of scenario, values and running.", key="scenario",
            remedy="list scenarios with GET /api/v1/scenarios",
        )  # fmt: skip
    if given.running:
        run = RunData.of(session.snapshot())
        return session.jobs.run("facts", lambda job: _of_run(run, job)).state()

    def prepare() -> dict[str, Any]:
        scenario = chosen_scenario(given.scenario, given.values)
        if given.sessions * scenario.market.session > MOST_SECONDS:
            raise ProblemError(
                422, "invalid", "These sessions are more than 200 days of 6.5 hours together.",
                key="sessions", remedy="ask for fewer",
            )  # fmt: skip
        first = scenario.seed if given.seed is None else given.seed
        return {
            "scenario": scenario.model_dump(mode="json"),
            "seeds": list(range(first, first + given.sessions)),
        }

    values = await asyncio.to_thread(prepare)
    return job_beside(session.jobs, "facts", tasks.measure_facts, values).state()


def _of_run(run: RunData, job: ServerJob) -> dict[str, Any]:
    facts = measure_facts(run, lambda share, what: job.tell(share, str(what)))
    return FactsTable(
        subject=run.name,
        seeds=[] if run.is_replay else [run.seed],
        seconds=run.end - run.start,
        facts=[_row(fact) for fact in facts],
    ).model_dump()


def _row(fact: Fact) -> FactRow:
    return FactRow(**fact.as_json())
