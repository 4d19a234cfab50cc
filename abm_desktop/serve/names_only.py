"""What a client names, it names by a plain name: no path, address or module of its choice.

A scenario's ``[[rl]]`` group, an experiment and a training may name files in a file of the person's
own. From a client such a name would read, and tell of, any file of this machine; the checkpoint
that a training goes on from even is code.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from abm_desktop.experiments.design import Design
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.live.commands import (
    ChangePopulation,
    LoadScenario,
    MarketCommand,
    OpenRecording,
    RecoverSession,
    SessionCommand,
)
from abm_desktop.model_folders import is_name
from abm_desktop.scenario import Scenario
from abm_desktop.serve.problems import ProblemError

__all__ = ["check_command", "check_design", "check_scenario", "check_training"]


def check_scenario(scenario: Scenario, key: str = "") -> Scenario:
    """The scenario itself. Raises ProblemError if it, or an RL trader of it, names a file."""
    if scenario.recording:
        raise _opens_file(f"{key}.recording".lstrip("."))
    for k, group in enumerate(scenario.rl):
        _check_model(group.model, f"{key}.rl[{k}].model".lstrip("."))
    return scenario


def check_command(command: MarketCommand | SessionCommand) -> None:
    """Raise ProblemError for a command that would open a file of the machine."""
    if isinstance(command, LoadScenario) and command.file is not None:
        raise _opens_file("file")
    if isinstance(command, LoadScenario | ChangePopulation):
        check_scenario(command.scenario, "scenario")
    elif isinstance(command, OpenRecording):
        raise _opens_file("do")
    elif isinstance(command, RecoverSession):
        values = command.record.values()
        for name in ("replay", "file"):
            if values.get(name):
                raise _opens_file(f"record.{name}")
        if _names_recording(values):
            raise _opens_file("record.scenario.recording")
        for place, model in _models_in(values, "record"):
            _check_model(model, place)


def check_training(config: TrainingConfig, known: Container[str]) -> TrainingConfig:
    """The settings themselves; ``known`` has the names of scenarios.

    Raises ProblemError for a setting that names code, a cluster, a file or another program's model.
    """
    for name, why in (
        ("environment", "names code, which no client may bring"),
        ("address", "names a cluster, which would run code here and there"),
    ):
        if getattr(config, name):
            raise ProblemError(
                422, "invalid", f"{name} {why}.", key=f"settings.{name}",
                remedy="give it to the command abm-desktop train",
            )  # fmt: skip
    if config.resume_from:
        _check_model(config.resume_from, "settings.resume_from")
    for key, names in (
        ("scenario", (config.scenario,)),
        ("evaluation_scenarios", config.evaluation_scenarios),
    ):
        for name in names:
            if name not in known:
                raise ProblemError(
                    404, "not_there", f"There is no scenario {name[:80]!r}.", key=f"settings.{key}",
                    remedy="list them with GET /api/v1/scenarios",
                )  # fmt: skip
    return config


def check_design(design: Design, known: Container[str]) -> Design:
    """The experiment itself. Raises ProblemError if it names a file."""
    if design.scenario not in known:
        raise ProblemError(
            422, "invalid", f"scenario {design.scenario[:80]!r} is the name of none.",
            key="scenario", remedy="list them with GET /api/v1/scenarios",
        )  # fmt: skip
    groups = (
        ("rl.policies", design.rl.policies),
        ("rl.populations", design.rl.populations),
        *(("rl.mixed", names) for names in design.rl.mixed),
    )
    for key, names in groups:
        for name in names:
            _check_model(name.replace("*", "x").replace("?", "x"), key)
    return design


def _opens_file(key: str) -> ProblemError:
    return ProblemError(
        422, "invalid", "A command opens no file of the machine.", key=key,
        remedy="name a scenario or a recording in POST /api/v1/market",
    )  # fmt: skip


def _check_model(name: object, key: str) -> None:
    if not is_name(name):
        raise ProblemError(
            422, "invalid", f"{key} is no name of a model", key=key,
            remedy="list them with GET /api/v1/models",
        )  # fmt: skip


def _names_recording(values: Any) -> bool:
    """Whether a scenario inside of plain values names a recording."""
    if isinstance(values, Mapping):
        return bool(values.get("recording")) or any(map(_names_recording, values.values()))
    return isinstance(values, list | tuple) and any(map(_names_recording, values))


def _models_in(values: Any, place: str) -> Iterator[tuple[str, object]]:
    """Every model that a scenario inside of plain values names, with its place."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            if key == "rl" and isinstance(value, list | tuple):
                for k, group in enumerate(value):
                    if isinstance(group, Mapping):
                        yield f"{place}.rl[{k}].model", group.get("model")
            else:
                yield from _models_in(value, f"{place}.{key}")
    elif isinstance(values, list | tuple):
        for k, value in enumerate(values):
            yield from _models_in(value, f"{place}[{k}]")
