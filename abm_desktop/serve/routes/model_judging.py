"""What a model is worth, and what it does: evaluations, stress tests, actions for observations."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import numpy as np
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from abm_desktop.inputs import UnavailableError
from abm_desktop.learning.registry import models as registry
from abm_desktop.market.roles import DEFAULT_ROLE, find_role
from abm_desktop.scenario import stress_from_dict
from abm_desktop.scenario.errors import ProblemsError
from abm_desktop.serve.beside import job_beside
from abm_desktop.serve.columns import ARROW, ARROW_ANSWER, table
from abm_desktop.serve.jobs import JobState
from abm_desktop.serve.observations import (
    MOST_IN_JSON,
    arrow_observations,
    json_observations,
)
from abm_desktop.serve.problems import FieldProblem, ProblemError
from abm_desktop.serve.routes.common import Session
from abm_desktop.serve.routes.models import found_model
from abm_desktop.serve.routes.scenario_choice import chosen_scenario
from abm_desktop.serve.tasks import evaluate_model, stress_test_model

router = APIRouter(prefix="/models", tags=["models"])

Seed = Annotated[int, Field(ge=0, le=1_000_000)]
Length = Annotated[float, Field(ge=0.0, le=86_400.0)]
_OBSERVATIONS = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["observations"],
                    "additionalProperties": False,
                    "properties": {
                        "observations": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MOST_IN_JSON,
                            "items": {"type": "array", "items": {"type": "number"}},
                        }
                    },
                },
                "example": {
                    "observations": [[0.0] * len(find_role(DEFAULT_ROLE).observations)],
                },
            },
            ARROW: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


class EvaluationAsked(BaseModel):
    """Held-out days to trade, with the rules of its trade beside it."""

    scenarios: list[str] = Field(default=[], max_length=16)
    """Names of markets; the first gives the verdict. Empty: those of its training's settings, else
    calm."""
    days: int = Field(default=32, ge=6, le=1000)
    """Markets; below 6 no test can be significant."""
    hours: float = Field(default=6.5, gt=0.0, le=24.0)
    """Simulated hours a day."""
    seed: Seed = 0
    """Another one gives other days."""
    purpose: Literal["acceptance", "report"] = "acceptance"
    """Range of the days: "report" are days on which nothing was accepted."""
    keep: bool = True
    """Whether the verdict is kept with the model; shipped models stay as they are."""


class StressTestAsked(BaseModel):
    """Stresses to put it under, in pairs of markets with and without it."""

    stresses: list[dict[str, Any]] | dict[str, dict[str, Any]] | None = None
    """Stresses as scenarios have them, in a list or by name; null: all in their usual strength."""
    scenario: str = "calm"
    runs: int = Field(default=8, ge=1, le=1000)
    """Markets of different seeds; an interval needs two."""
    traders: int = Field(default=1, ge=1, le=1000)
    """Traders with its policy."""
    lead: Length = 900.0
    """Simulated seconds before the traders come."""
    before: Length = 60.0
    """Simulated seconds from there to the shock."""
    after: float = Field(default=1800.0, gt=0.0, le=86_400.0)
    """Simulated seconds from the shock to the end."""
    seed: Seed = 0
    keep: bool = True
    """Whether the result is kept with the model; shipped models stay as they are."""


@router.post("/{name}/evaluate", status_code=202)
async def evaluate(name: str, given: EvaluationAsked, session: Session) -> JobState:
    """Judge a model on held-out days, as a job.

    Its result: ``model``, ``is_kept``, and ``evaluation`` with ``accepted``, the checks, and what
    each rule earned, as ``GET /models/{name}`` shows it. It takes all cores, at low priority.
    """

    def prepare() -> dict[str, Any]:
        info = found_model(name)
        wanted = given.scenarios or [
            str(each) for each in info.config.get("evaluation_scenarios", ())
        ]
        markets = [chosen_scenario(each) for each in wanted or ["calm"]]
        return {
            "model": info.name,
            "scenarios": [market.model_dump(mode="json") for market in markets],
            **given.model_dump(exclude={"scenarios"}),
        }

    values = await asyncio.to_thread(prepare)
    return job_beside(session.jobs, "evaluate", evaluate_model, values).state()


@router.post("/{name}/stress-test", status_code=202)
async def stress_test(name: str, given: StressTestAsked, session: Session) -> JobState:
    """Put a model under stress, as a job.

    Its result: ``model``, ``is_kept``, and ``stress_test`` with one outcome a stress: profit and
    drawdown, fall and recovery of the price with and without the traders, and by how much they
    amplify volatility, with its 95 % interval.
    """

    def prepare() -> dict[str, Any]:
        info = found_model(name)
        _check_stresses(given.stresses)
        market = chosen_scenario(given.scenario)
        return {
            "model": info.name,
            **given.model_dump(),
            "scenario": market.model_dump(mode="json"),
        }

    values = await asyncio.to_thread(prepare)
    return job_beside(session.jobs, "stress_test", stress_test_model, values).state()


@router.post(
    "/{name}/actions",
    responses=ARROW_ANSWER,
    response_class=Response,
    openapi_extra=_OBSERVATIONS,
)
async def actions(name: str, request: Request) -> Response:
    """What a model does when it sees these observations: a row each.

    The body: ``{"observations": [[...], ...]}`` with the numbers of ``ModelRead.observations`` in
    their order, or an Arrow IPC stream with a column of each name (more than 10,000 rows in this
    form only, in both directions; 100,000 at most). They are scaled as the environments give them.
    A recurrent model takes the rows for what one trader sees, one after the other.

    Columns of the answer: ``action`` (number of the likeliest), ``name``, and its probabilities
    ``p_SELL``, ``p_HOLD``, ``p_BUY`` (of other roles: their actions). In a market, a greedy policy
    takes the likeliest action that its position limit allows; any other draws.
    """
    body = await request.body()
    is_arrow = request.headers.get("content-type", "").partition(";")[0].strip() == ARROW

    def do() -> Response:
        found_model(name)
        policy = registry.load_policy(name)
        read = arrow_observations if is_arrow else json_observations
        seen = read(body, policy.observations)
        if len(seen) > MOST_IN_JSON and ARROW not in request.headers.get("accept", ""):
            raise ProblemError(
                422, "invalid", f"More than {MOST_IN_JSON:,} rows are answered as Arrow only.",
                key="observations", remedy=f"send the header Accept: {ARROW}",
            )  # fmt: skip
        with np.errstate(over="ignore", invalid="ignore"):  # told below
            chances = _chances(policy.follow(seen))
        taken = chances.argmax(axis=1)
        names = np.array(policy.actions)
        columns = {"action": taken, "name": names[taken]}
        columns |= {f"p_{each}": chances[:, k] for k, each in enumerate(policy.actions)}
        return table(request, columns, model=name, role=policy.role, is_greedy=policy.greedy)

    return await asyncio.to_thread(do)


def _chances(logits: np.ndarray) -> np.ndarray:
    """Softmax of each row, float64 (n, actions). Raises UnavailableError if a policy overflows."""
    raised = np.exp(logits.astype(np.float64) - logits.max(axis=1, keepdims=True))
    if not np.isfinite(raised).all():
        row = int(np.flatnonzero(~np.isfinite(raised).all(axis=1))[0])
        raise UnavailableError(f"the policy gives no numbers for row {row}: its weights overflow")
    return np.asarray(raised / raised.sum(axis=1, keepdims=True))


def _check_stresses(given: list[dict[str, Any]] | dict[str, dict[str, Any]] | None) -> None:
    """Raise ProblemError for a stress that cannot be, with its place."""
    if given is None:
        return
    if not 1 <= len(given) <= 100:
        raise ProblemError(
            422, "invalid", f"stresses holds {len(given)}; from 1 to 100 are taken",
            key="stresses", remedy="null stands for all, in their usual strength",
        )  # fmt: skip
    each = (
        [(f"stresses.{name}", values) for name, values in given.items()]
        if isinstance(given, dict)
        else [(f"stresses[{k}]", values) for k, values in enumerate(given)]
    )
    for place, values in each:
        try:
            stress_from_dict(values)
        except ProblemsError as error:
            raise _of_stress(place, error) from None


def _of_stress(place: str, error: ProblemsError) -> ProblemError:
    found = [
        FieldProblem(
            key=f"{place}.{problem.key}" if problem.key else place,
            message=problem.message,
            remedy=problem.remedy,
        )
        for problem in error.problems
    ]
    first = found[0]
    return ProblemError(
        422, "invalid", f"{first.key} {first.message}",
        key=first.key, remedy=first.remedy, problems=found,
    )  # fmt: skip
