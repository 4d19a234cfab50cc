"""The trainings of a study: which of those that its file asks for are missing, and making them.

They are models of the registry like any other, and stay there when the study is done: the same
command finds the finished ones, goes on with one that stopped, and makes the rest, side by side;
populations of learners, which take all cores, one after another.
"""

from __future__ import annotations

import fnmatch
import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from abm_desktop.experiments.design import Design, RLFactors, TrainRecipe
from abm_desktop.experiments.running.doses import dose_of
from abm_desktop.experiments.running.missing_populations import (
    WantedPopulation,
    train_population,
    wanted_population,
)
from abm_desktop.experiments.running.pilot import ExperimentError
from abm_desktop.experiments.running.populations import StandIn, check_displaced
from abm_desktop.experiments.statements import TrainingBroken
from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.process.continuing import config_to_continue, may_continue
from abm_desktop.learning.process.messages import Message, Progress
from abm_desktop.learning.recipes import find_recipe, load_config, recipes
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.market.roles import find_role
from abm_desktop.scenario.errors import Problem, ScenarioError
from abm_desktop.scenario.explain import suggestion
from abm_desktop.scenario.reading import Located
from abm_desktop.statements import counted
from abm_desktop.thread_team import processors

__all__ = [
    "Wanted",
    "WantedTraining",
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


@dataclass(frozen=True, slots=True)
class WantedTraining:
    """One training that a study asks for."""

    name: str
    config: TrainingConfig
    state: str
    """"finished", "stopped" (it can go on), or "missing"."""

    @property
    def decisions(self) -> int:
        """Decisions to learn from."""
        return self.config.iterations * self.config.steps_per_iteration

    def stand_ins(self) -> dict[str, StandIn]:
        """What is known of its model before it is there, by name."""
        return {self.name: StandIn(str(self.config.algorithm), self.config.role)}


Wanted = WantedTraining | WantedPopulation
Hear = Callable[[Wanted, int, int, int, int], None]
"""Told the training, its number, how many there are, its iterations so far, and all of them."""
Interruptible = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""Within it, an interrupt (Ctrl+C) calls the function."""


def wanted_trainings(design: Design, path: Path | None = None) -> list[Wanted]:
    """Every training, or population, of the file's ``[[train]]`` tables, in order, and its state.

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
            found += _wanted(given, path, f"train[{k}]", design.rl, known)
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
                _wanted(given, path, key, rl, known)
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
    rl: RLFactors | None,
    known: Mapping[str, ModelInfo],
) -> list[Wanted]:
    """The trainings of one table; without ``rl`` whatever uses them."""
    found: list[Wanted] = []
    for seed in range(given.first_seed, given.first_seed + given.count):
        name = f"{given.name}-{seed}"
        if rl is not None:
            place = "rl.populations" if given.population else "rl.policies"
            if not any(fnmatch.fnmatchcase(name, p) for p in _patterns(rl, given)):
                raise _problem(
                    path,
                    f"{key}.name",
                    f"{name} is named by no {place}, so nothing would use it",
                    f'give {place} = ["{given.name}-*"]',
                )
        if given.population:
            found.append(wanted_population(given, seed, path, key, rl, known))
            continue
        config = _config(given, name, seed, path, key)
        if rl is not None:
            # Now, and not after hours of training.
            check_displaced(rl, path, find_role(config.role))
        state = _state(name, known.get(name), config, path, key)
        found.append(WantedTraining(name, config, state))
    return found


def _known() -> dict[str, ModelInfo]:
    return {info.name: info for info in models.list_models(studies=True)}


def _patterns(rl: RLFactors, given: TrainRecipe) -> tuple[str, ...]:
    if given.population:
        return rl.populations
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
    wanted: Sequence[Wanted],
    hear: Hear | None = None,
    *,
    at_once: int | None = None,
    interruptible: Interruptible | None = None,
) -> bool:
    """Train what is missing, and go on with what stopped; False if a training was interrupted.

    ``at_once`` trainings share the cores, None is as many as there are cores; then populations
    follow, one by one. What was learned by an interrupt is kept, and another call goes on. ``hear``
    is told what happens. If a training fails, those beside it come to their end, no other begins,
    and :class:`ExperimentError` is raised.
    """
    left = [one for one in wanted if one.state != "finished"]
    numbers = {one.name: number for number, one in enumerate(left, start=1)}

    def tell(one: Wanted, done: int, of: int) -> None:
        if hear is not None:
            hear(one, numbers[one.name], len(left), done, of)

    alone = [one for one in left if isinstance(one, WantedTraining)]
    if alone and not _train_side_by_side(alone, tell, at_once):
        return False
    return all(
        train_population(one, functools.partial(tell, one), interruptible or _at_once)
        for one in left
        if isinstance(one, WantedPopulation)
    )


@contextmanager
def _at_once(_stop: Callable[[], None]) -> Iterator[None]:
    """An interrupt ends what learns by itself, in the middle of an iteration."""
    yield


def _train_side_by_side(
    left: Sequence[WantedTraining], tell: Callable[[Wanted, int, int], None], at_once: int | None
) -> bool:
    # Loads what trains, which a study with all its trainings does not need.
    from abm_desktop.learning.side_by_side import threads_each, train_side_by_side

    at_once = min(len(left), at_once or processors())

    def config_of(one: WantedTraining) -> TrainingConfig:
        threads = threads_each(one.config, at_once)
        if one.state == "stopped":
            own = {"environment": one.config.environment} if one.config.environment else {}
            return config_to_continue(
                one.name, {"evaluate_after": False, "threads": threads, **own}
            )
        return one.config.model_copy(update={"threads": threads})

    named = {one.name: one for one in left}

    def hear(name: str, message: Message) -> None:
        if isinstance(message, Progress):
            tell(named[name], message.iteration, message.iterations)

    configs = {one.name: config_of(one) for one in left}
    done = train_side_by_side(configs, at_once, hear, go_on=False)
    for name, failed in done.failures.items():
        raise ExperimentError(TrainingBroken(name, str(failed))) from failed
    return len(done.results) == len(left) and all(
        results.reason == "finished" for results in done.results.values()
    )


def stand_ins(wanted: Sequence[Wanted]) -> dict[str, StandIn]:
    """What is known, by name, of models that are not finished, for plans that only count."""
    return {
        name: known
        for one in wanted
        if one.state != "finished"
        for name, known in one.stand_ins().items()
    }


def told(wanted: Sequence[Wanted]) -> dict[str, Any]:
    """What there is to be and what is missing, in numbers and words, and the decisions it takes."""
    left = [one for one in wanted if one.state != "finished"]
    words = []
    for kind, name in ((WantedTraining, "training"), (WantedPopulation, "population")):
        if every := [one for one in wanted if isinstance(one, kind)]:
            missing = sum(one.state != "finished" for one in every)
            words.append(f"{missing} of {counted(len(every), name)}")
    return {
        "trainings": len(wanted),
        "left": len(left),
        "words": " and ".join(words),
        "decisions": sum(one.decisions for one in left),
    }
