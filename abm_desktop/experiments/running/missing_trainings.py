"""The trainings of a study: which of those that its file asks for are missing, and making them.

They are models of the registry like any other, and stay there when the study is done: the same
command finds the finished ones, goes on with one that stopped, and makes the rest, side by side.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from abm_desktop.experiments.design import Design, RLFactors, TrainRecipe
from abm_desktop.experiments.running.doses import dose_of
from abm_desktop.experiments.running.pilot import ExperimentError
from abm_desktop.experiments.running.populations import check_displaced
from abm_desktop.experiments.statements import TrainingBroken
from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.process.continuing import config_to_continue, may_continue
from abm_desktop.learning.process.messages import Message
from abm_desktop.learning.recipes import find_recipe, load_config, recipes
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.market.roles import find_role
from abm_desktop.scenario.errors import Problem, ScenarioError
from abm_desktop.scenario.explain import suggestion
from abm_desktop.scenario.reading import Located
from abm_desktop.thread_team import processors

__all__ = [
    "Wanted",
    "stand_ins",
    "told",
    "train_missing",
    "training_problems",
    "wanted_trainings",
]

_NOT_LEARNED = frozenset(
    ("model_name", "workers", "threads", "address", "evaluate_after", "checkpoint_interval")
) | {"continues", "resume_from"}
"""Settings that do not change what is learned."""

Hear = Callable[["Wanted", int, int, Message], None]
"""Told the training, its number, how many there are, and what the training says."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One training that a study asks for."""

    name: str
    config: TrainingConfig
    state: str
    """"finished", "stopped" (it can go on), or "missing"."""


def wanted_trainings(design: Design, path: Path | None = None) -> list[Wanted]:
    """Every training of the file's ``[[train]]`` tables, in order, and whether it is there.

    A model of the name that learned by other settings is no training of this study.

    Raises:
        ScenarioError: with all keys that are wrong, if settings cannot be used, a recipe is for
            traders to whom no share can be given, nothing of the design uses the trainings, or a
            model of the name is another.
    """
    found: list[Wanted] = []
    problems: list[Problem] = []
    known = _known() if design.train else {}
    for k, given in enumerate(design.train):
        try:
            found += _wanted(given, path, f"train[{k}]", _patterns(design.rl), design.rl, known)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(path, problems)
    return found


def training_problems(path: Path | None = None) -> Callable[[dict[str, Any]], list[Located]]:
    """What is wrong with the ``[[train]]`` tables of a file's values, each with its place.

    For :func:`.load_design`, so that it is told with all else that is wrong with the file. A table
    that is none of trainings is left to the model, and so is what it says of the traders if the
    file says nothing of them that can be used.
    """

    def of(values: dict[str, Any]) -> list[Located]:
        tables = values.get("train")
        try:
            rl = RLFactors.model_validate(values.get("rl", {}))
        except ValidationError:
            rl = None
        found: list[Located] = []
        known = _known() if tables else {}
        for k, table in enumerate(tables if isinstance(tables, list) else ()):
            try:
                given = TrainRecipe.model_validate(table).model_copy(update={"count": 1})
            except ValidationError:
                continue
            key = f"train[{k}]"
            try:
                _wanted(given, path, key, None if rl is None else _patterns(rl), rl, known)
            except ScenarioError as error:
                for problem in error.problems:
                    last = (problem.key or "").removeprefix(f"{key}.")
                    where = ("train", k, last) if last != problem.key else ("rl", last[3:])
                    found.append((where, problem))
        return found

    return of


def _wanted(
    given: TrainRecipe,
    path: Path | None,
    key: str,
    patterns: tuple[str, ...] | None,
    rl: RLFactors | None,
    known: Mapping[str, ModelInfo],
) -> list[Wanted]:
    """The trainings of one table; without ``patterns`` and ``rl`` whatever uses them."""
    found = []
    for seed in range(given.first_seed, given.first_seed + given.count):
        name = f"{given.name}-{seed}"
        if patterns is not None and not any(fnmatch.fnmatchcase(name, p) for p in patterns):
            raise _problem(
                path,
                f"{key}.name",
                f"{name} is named by no rl.policies, so nothing would use it",
                f'give rl.policies = ["{given.name}-*"]',
            )
        config = _config(given, name, seed, path, key)
        if rl is not None:
            # Now, and not after hours of training.
            check_displaced(rl, path, find_role(config.role))
        found.append(Wanted(name, config, _state(name, known.get(name), config, path, key)))
    return found


def _known() -> dict[str, ModelInfo]:
    return {info.name: info for info in models.list_models(studies=True)}


def _patterns(rl: RLFactors) -> tuple[str, ...]:
    return (*rl.policies, *(name for mix in rl.mixed for name in mix))


def _config(
    given: TrainRecipe, name: str, seed: int, path: Path | None, key: str
) -> TrainingConfig:
    own = {"model_name": name, "seed": seed, "evaluate_after": False}
    beside = path.parent / given.recipe if path is not None else None
    file = beside if beside is not None and beside.is_file() else find_recipe(given.recipe)
    if not file.is_file():
        raise _problem(
            path,
            f"{key}.recipe",
            f'is "{given.recipe}", neither a file nor a shipped recipe',
            suggestion(given.recipe, [recipe.stem for recipe in recipes()], "recipes"),
        )
    try:
        config = load_config(file, own, given.settings)
    except ConfigError as error:
        first = error.problems[0]
        given_here = (first.key or "").startswith("--set ")
        setting = (first.key or "").removeprefix("--set ")
        about = f"{setting} {first.message}" if setting else first.message
        where = "settings" if given_here else "recipe"
        raise _problem(path, f"{key}.{where}", about, first.remedy) from error
    for setting, value in own.items():
        if getattr(config, setting) != value:
            raise _problem(
                path, f"{key}.settings", f"sets {setting}", "leave it out: the study sets it"
            )
    if dose_of(find_role(config.role)) is None:
        raise _problem(
            path,
            f"{key}.recipe",
            f"trains a {config.role}, and an experiment has no share to give to it",
            "name a recipe such as ppo, maker or executor",
        )
    return config


def _state(
    name: str, info: ModelInfo | None, config: TrainingConfig, path: Path | None, key: str
) -> str:
    if info is None:
        return "missing"
    asked = config.model_dump(mode="json")
    others = [
        setting
        for setting, value in asked.items()
        if setting not in _NOT_LEARNED and info.config.get(setting, value) != value
    ]
    if others or not info.config:
        what = f"learned by another {', '.join(others)}" if others else "says not how it learned"
        raise _problem(
            path,
            f"{key}.name",
            f"there is a model {name} already, and it {what}",
            "choose another name, or the settings that it has",
        )
    if info.status == "finished":
        return "finished"
    if may_continue(info):
        return "stopped"
    raise _problem(
        path,
        f"{key}.name",
        f"the training of {name} {info.status} and cannot go on",
        f"delete it (abm-desktop models delete {name}); the study then trains it anew",
    )


def _problem(path: Path | None, key: str, message: str, remedy: str) -> ScenarioError:
    return ScenarioError(path, [Problem(None, key, message, remedy)])


def train_missing(
    wanted: list[Wanted], hear: Hear | None = None, *, at_once: int | None = None
) -> bool:
    """Train what is missing, and go on with what stopped; False if a training was interrupted.

    ``at_once`` trainings share the cores, None is as many as there are cores. What was learned by
    an interrupt is kept, and another call goes on. ``hear`` is told what happens. If a training
    fails, those beside it come to their end, no other begins, and :class:`ExperimentError` is
    raised.
    """
    # Loads what trains, which a study with all its trainings does not need.
    from abm_desktop.learning.side_by_side import threads_each, train_side_by_side

    left = [one for one in wanted if one.state != "finished"]
    if not left:
        return True
    at_once = min(len(left), at_once or processors())

    def config_of(one: Wanted) -> TrainingConfig:
        threads = threads_each(one.config, at_once)
        if one.state == "stopped":
            own = {"environment": one.config.environment} if one.config.environment else {}
            return config_to_continue(
                one.name, {"evaluate_after": False, "threads": threads, **own}
            )
        return one.config.model_copy(update={"threads": threads})

    numbered = {one.name: (one, number) for number, one in enumerate(left, start=1)}

    def tell(name: str, message: Message) -> None:
        if hear is not None:
            one, number = numbered[name]
            hear(one, number, len(left), message)

    configs = {one.name: config_of(one) for one in left}
    done = train_side_by_side(configs, at_once, tell, go_on=False)
    for name, failed in done.failures.items():
        raise ExperimentError(TrainingBroken(name, str(failed))) from failed
    return len(done.results) == len(left) and all(
        results.reason == "finished" for results in done.results.values()
    )


def stand_ins(wanted: list[Wanted]) -> dict[str, tuple[str, str]]:
    """(Algorithm, role) of trainings that are not finished, by name, for plans that only count."""
    return {
        one.name: (str(one.config.algorithm), one.config.role)
        for one in wanted
        if one.state != "finished"
    }


def told(wanted: list[Wanted]) -> dict[str, Any]:
    """How many trainings there are to be and are missing, and the decisions that these take."""
    left = [one for one in wanted if one.state != "finished"]
    return {
        "trainings": len(wanted),
        "left": len(left),
        "decisions": sum(one.config.iterations * one.config.steps_per_iteration for one in left),
    }
