"""One change in matched pairs of markets, as a job."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field, model_validator

from abm_desktop.experiments.pairs import Change, check_pairs
from abm_desktop.scenario.base import clash
from abm_desktop.scenario.command_types import Seed
from abm_desktop.scenario.stress import Stress
from abm_desktop.serve import tasks
from abm_desktop.serve.beside import job_beside
from abm_desktop.serve.jobs import JobState
from abm_desktop.serve.problems import ProblemError
from abm_desktop.serve.routes.common import Session, named_scenario
from abm_desktop.serve.routes.facts import MOST_SECONDS

router = APIRouter(prefix="/comparisons", tags=["comparisons"])


class ComparisonAsked(BaseModel):
    """A change, and the markets to have with and without it: exactly one of rule and change."""

    scenario: str
    """Its name."""
    rule: str = ""
    """A rule of the venue: on in one copy, off in the other."""
    values: dict[str, float | bool] = {}
    """Parameters of the rule."""
    change: Stress | None = None
    """A stress that only one copy meets."""
    shock: Stress | None = None
    """A stress that both copies meet."""
    at: float = Field(default=60.0, ge=0.0)
    """Simulated seconds since the open at which change and shock come, and the copies part."""
    after: float = Field(default=900.0, gt=0.0)
    """Simulated seconds that are measured, from then on."""
    seeds: int = Field(default=10, ge=2, le=200)
    """Markets."""
    seed: Seed | None = None
    """Of the first market; the others have the next ones. Null: the scenario's."""

    @model_validator(mode="after")
    def _one_time(self) -> ComparisonAsked:
        for name in ("change", "shock"):
            stress = getattr(self, name)
            if stress is not None and stress.at > 0.0:
                raise clash(
                    f"{name}.at",
                    f"is {stress.at:g}, but change and shock come at the comparison's own at",
                    "leave it out, and give the comparison's at",
                )
        return self


class PairedDifference(BaseModel):
    """A measure with and without the change: means over markets, and the paired difference."""

    pairs: int
    """Markets in which it is known in both copies."""
    with_change: float | None
    without_change: float | None
    difference: float | None
    """With less without."""
    low: float | None
    high: float | None
    """Its 95 % interval by Student's t."""


class Comparison(BaseModel):
    """The result of the job."""

    scenario: str
    seeds: list[int]
    differences: dict[str, PairedDifference]
    """By measure."""
    fall_pct: list[tuple[float | None, float | None]]
    """How far the mid fell below that at ``at``: with and without the change, by seed."""


@router.post("", status_code=202)
async def compare(given: ComparisonAsked, session: Session) -> JobState:
    """What a rule or a stress changes: each market is copied at ``at``, and goes on with and
    without it. A job, whose result is a ``Comparison``."""

    def prepare() -> dict[str, Any]:
        scenario = named_scenario(given.scenario)
        if 2 * given.seeds * (given.at + given.after) > MOST_SECONDS:
            raise ProblemError(
                422, "invalid", "These markets are more than 200 days of 6.5 hours together.",
                key="seeds", remedy="ask for fewer, or a shorter after",
            )  # fmt: skip
        change = Change(given.rule, given.values, given.change)
        check_pairs(scenario, change, given.shock, given.at, given.after)
        first = scenario.seed if given.seed is None else given.seed
        dumped = given.model_dump(mode="json", exclude={"seed", "seeds", "scenario"})
        return {
            **dumped,
            "scenario": scenario.model_dump(mode="json"),
            "seeds": list(range(first, first + given.seeds)),
        }

    values = await asyncio.to_thread(prepare)
    return job_beside(session.jobs, "comparison", tasks.compare_pairs, values).state()
