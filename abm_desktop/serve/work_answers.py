"""How trainings and experiments stand, as answers."""

from __future__ import annotations

from pydantic import BaseModel

from abm_desktop.desk.experiment_news import ExperimentInfo
from abm_desktop.desk.training_news import TrainingInfo
from abm_desktop.serve.problems import ProblemDocument, of_fault

__all__ = ["ExperimentSeen", "TrainingSeen", "seen_experiment", "seen_training"]


class TrainingSeen(BaseModel):
    """How a training stands."""

    id: int
    state: str
    """waiting, starting, training, paused, stopping, finished, stopped or failed."""
    algorithm: str
    scenario: str
    role: str
    model: str
    """Name of its model; empty until one was chosen."""
    doing: str | None
    """In English."""
    iteration: int
    """Finished."""
    iterations: int
    """Asked for."""
    env_steps: int
    """Decisions sampled."""
    reward_mean: float | None
    """Mean return of the latest episodes."""
    steps_per_second: float | None
    seconds_left: float | None
    judging: str | None
    """What the finished policy is put to."""
    warnings: list[str]
    problem: ProblemDocument | None
    """What ended it, if a fault did."""


class ExperimentSeen(BaseModel):
    """How an experiment stands."""

    id: int
    state: str
    title: str
    finished: int | None
    total: int | None
    seconds_left: float | None
    folder: str | None
    """Name of the folder of its results."""
    has_report: bool
    problem: ProblemDocument | None


def seen_training(info: TrainingInfo) -> TrainingSeen:
    """A training as an answer."""
    last, judging = info.last, info.judging
    return TrainingSeen(
        id=info.number,
        state=str(info.state),
        algorithm=info.config.algorithm,
        scenario=info.config.scenario,
        role=info.config.role,
        model=info.model,
        doing=None if info.detail is None else str(info.detail),
        iteration=info.iteration,
        iterations=info.iterations,
        env_steps=0 if last is None else last.env_steps,
        reward_mean=None if last is None else last.reward_mean,
        steps_per_second=None if last is None else last.steps_per_second,
        seconds_left=info.seconds_left,
        judging=None if judging is None else str(judging.what),
        warnings=[each.told for each in info.warnings],
        problem=None if info.fault is None else of_fault(info.fault).problem,
    )


def seen_experiment(info: ExperimentInfo) -> ExperimentSeen:
    status = info.status
    return ExperimentSeen(
        id=info.number,
        state=str(info.state),
        title=info.title,
        finished=None if status is None else status.done,
        total=info.total,
        seconds_left=info.seconds_left,
        folder=None if info.folder is None else info.folder.name,
        has_report=info.report is not None,
        problem=None if info.fault is None else of_fault(info.fault).problem,
    )
