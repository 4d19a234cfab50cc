"""Trainings: started, watched, steered, stopped; the same that the window shows."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.recipes import load_config, make_config, recipes
from abm_desktop.scenario import bundled_scenarios
from abm_desktop.serve.columns import ARROW_ANSWER, table
from abm_desktop.serve.names_only import check_training
from abm_desktop.serve.problems import NotThereError, ProblemError
from abm_desktop.serve.routes.common import Session
from abm_desktop.serve.work_answers import TrainingSeen, seen_training

router = APIRouter(prefix="/trainings", tags=["trainings"])

Number = Annotated[int, Path(ge=1, lt=2**31)]


class NewTraining(BaseModel):
    """A training to start."""

    recipe: str | None = None
    """Name of a shipped recipe; null is that of the algorithm."""
    settings: dict[str, Any] = {}
    """What differs from it, like ``algorithm``, ``iterations``, ``seed`` or ``scenario``."""


class Rate(BaseModel):
    """Another learning rate."""

    learning_rate: Annotated[float, Field(gt=0.0, le=1.0)]


class TrainingVerdict(BaseModel):
    """What the model of a training was judged to be."""

    model: str
    evaluation: dict[str, Any] | None
    """On held-out days; null if it was not evaluated."""
    stress_test: dict[str, Any] | None


def _config(given: NewTraining) -> TrainingConfig:
    # Read without what it must not name: a factory would be looked up while it is read.
    if given.settings.get("environment"):
        raise ProblemError(
            422, "invalid", "environment names code, which no client may bring.",
            key="settings.environment", remedy="give it to the command abm-desktop train",
        )  # fmt: skip
    scenarios = {file.stem for file in bundled_scenarios()}
    if given.recipe is None:
        return check_training(make_config(**given.settings), scenarios)
    for file in recipes():
        if file.stem == given.recipe:
            return check_training(load_config(file, given.settings), scenarios)
    known = ", ".join(file.stem for file in recipes())
    raise NotThereError("recipe", given.recipe, f"known: {known}")


@router.get("")
async def list_trainings(session: Session) -> list[TrainingSeen]:
    """Every training of this session, also those that wait, in the order asked for."""
    return [seen_training(info) for info in session.laboratory.trainings.list()]


@router.post("", status_code=202)
async def start_training(given: NewTraining, session: Session) -> TrainingSeen:
    """Train, at once or when those before it have ended."""
    config = await asyncio.to_thread(_config, given)
    trainings = session.laboratory.trainings
    return seen_training(trainings.read(trainings.start(config)))


@router.get("/{number}")
async def read_training(number: Number, session: Session) -> TrainingSeen:
    """How a training stands."""
    return seen_training(session.laboratory.trainings.read(number))


@router.get("/{number}/curves", responses=ARROW_ANSWER, response_class=Response)
async def curves(request: Request, number: Number, session: Session) -> Response:
    """Its measurements, a row an iteration; what is not known is null (NaN in Arrow)."""
    history = session.laboratory.trainings.curves(number)
    return table(request, {name: history.column(name) for name in history.COLUMNS})


@router.get("/{number}/verdict")
async def verdict(number: Number, session: Session) -> TrainingVerdict:
    """What its model was judged to be, when it is finished."""
    found = await asyncio.to_thread(session.laboratory.trainings.verdict, number)
    return TrainingVerdict(
        model=found.model, evaluation=found.evaluation, stress_test=found.stress_test
    )


@router.post("/{number}/pause")
async def pause(number: Number, session: Session) -> TrainingSeen:
    """Wait after the running iteration."""
    session.laboratory.trainings.pause(number)
    return await read_training(number, session)


@router.post("/{number}/resume")
async def resume(number: Number, session: Session) -> TrainingSeen:
    """Go on after a pause."""
    session.laboratory.trainings.resume(number)
    return await read_training(number, session)


@router.post("/{number}/save")
async def save(number: Number, session: Session) -> TrainingSeen:
    """Write a checkpoint after the running iteration."""
    session.laboratory.trainings.save_now(number)
    return await read_training(number, session)


@router.put("/{number}/learning-rate")
async def set_learning_rate(number: Number, given: Rate, session: Session) -> TrainingSeen:
    """Learn at another rate from the next iteration on."""
    session.laboratory.trainings.set_learning_rate(given.learning_rate, number)
    return await read_training(number, session)


@router.delete("/{number}")
async def stop(number: Number, session: Session) -> TrainingSeen:
    """Stop after the running iteration; its model is kept. Asked again, it ends at once."""
    session.laboratory.trainings.stop(number)
    return await read_training(number, session)
