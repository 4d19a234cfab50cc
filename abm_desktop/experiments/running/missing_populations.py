"""The populations of learners that a study asks for: which of them are missing, and making them.

As trainings are (:mod:`.missing_trainings`): models of the registry, one a policy, that stay there,
NAME-SEED-ROLE-NUMBER each.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from abm_desktop.experiments.design import RLFactors, TrainRecipe
from abm_desktop.experiments.running.doses import dose_of
from abm_desktop.experiments.running.pilot import ExperimentError
from abm_desktop.experiments.running.populations import (
    StandIn,
    check_displaced,
    check_one_dose,
    check_together,
    problem_of,
)
from abm_desktop.experiments.statements import TrainingBroken
from abm_desktop.inputs import InputError
from abm_desktop.learning.population.config import (
    PopulationConfig,
    PopulationError,
    find_population,
    load_population,
    shipped_populations,
)
from abm_desktop.learning.population.continuing import iterations_done, other_settings
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.market.roles import find_role
from abm_desktop.scenario.explain import suggestion

__all__ = ["WantedPopulation", "train_population", "wanted_population"]


@dataclass(frozen=True, slots=True)
class WantedPopulation:
    """One population that a study asks for."""

    name: str
    config: PopulationConfig
    state: str
    """"finished", "stopped" (it can go on), or "missing"."""

    @property
    def decisions(self) -> int:
        """Decisions to learn from, of all its policies together."""
        return self.config.iterations * self.config.decisions_per_iteration

    def stand_ins(self) -> dict[str, StandIn]:
        """What is known of its models before they are there, by name."""
        roles = _roles(self.config)
        names = self.config.model_names(self.name)
        return {
            name: StandIn("PPO", role, self.name) for name, role in zip(names, roles, strict=True)
        }


def _roles(config: PopulationConfig) -> list[str]:
    return [group.role for group in config.learners for _ in range(group.policies)]


def wanted_population(
    given: TrainRecipe,
    seed: int,
    path: Path | None,
    key: str,
    rl: RLFactors | None,
    known: Mapping[str, ModelInfo],
) -> WantedPopulation:
    """The population of one seed of a ``[[train]]`` table, at ``key`` of the file ``path``.

    Without ``rl`` for whatever traders. Raises :class:`.ScenarioError`.
    """
    name = f"{given.name}-{seed}"
    config = _config(given, name, seed, path, key)
    roles = _roles(config)
    for role in roles:
        if dose_of(find_role(role)) is None:
            raise problem_of(
                path,
                f"{key}.population",
                f"has a {role}, and an experiment has no share to give to it",
                "let it learn as a directional trader, a maker or an executor",
            )
    check_one_dose(roles, path, given.population, f"{key}.population")
    check_together(len(roles), path, f"{key}.population")
    if rl is not None:
        # Now, and not after hours of training.
        check_displaced(rl, path, find_role(roles[0]))
    return WantedPopulation(name, config, _state(config, known, path, key))


def _config(
    given: TrainRecipe, name: str, seed: int, path: Path | None, key: str
) -> PopulationConfig:
    beside = path.parent / given.population if path is not None else None
    file = beside if beside is not None and beside.is_file() else find_population(given.population)
    if not file.is_file():
        names = [one.stem for one in shipped_populations()]
        raise problem_of(
            path,
            f"{key}.population",
            f'is "{given.population}", neither a file nor a shipped population',
            suggestion(given.population, names, "populations"),
        )
    own = {"name": name, "seed": seed}
    try:
        config = load_population(file, own, given.settings)
    except PopulationError as error:
        first = error.problems[0]
        in_settings = (first.key or "").startswith("--set ")
        setting = (first.key or "").removeprefix("--set ")
        about = f"{setting} {first.message}" if setting else first.message
        where = "settings" if in_settings else "population"
        raise problem_of(path, f"{key}.{where}", about, first.remedy or "") from error
    for setting, value in own.items():
        if getattr(config, setting) != value:
            raise problem_of(
                path, f"{key}.settings", f"sets {setting}", "leave it out: the study sets it"
            )
    return config.model_copy(update={"judging": None})


def _state(
    config: PopulationConfig, known: Mapping[str, ModelInfo], path: Path | None, key: str
) -> str:
    names = config.model_names(config.name)
    there = [known[name] for name in names if name in known]
    if not there:
        return "missing"
    another, them = "choose another name", ", ".join(model.name for model in there)
    if len(there) < len(names):
        raise problem_of(
            path,
            f"{key}.name",
            f"there is {them} already, and not the others of {config.name}",
            f"delete what there is (abm-desktop models delete NAME), or {another}",
        )
    for model in there:
        before = model.metrics.get("population", {}).get("settings")
        if before is None:
            raise problem_of(
                path,
                f"{key}.name",
                f"there is a model {model.name} already, which learned in no population",
                another,
            )
        others = other_settings(config, before)
        if before.get("iterations") != config.iterations:
            others.append("iterations")  # over which rates fall
        if others:
            raise problem_of(
                path,
                f"{key}.name",
                f"there is a model {model.name} already, and it learned by another "
                f"{', '.join(others)}",
                f"{another}, or the settings that it has",
            )
    if all(model.status == "finished" for model in there):
        return "finished"
    if all(model.checkpoint for model in there) and iterations_done(there) < config.iterations:
        return "stopped"
    raise problem_of(
        path,
        f"{key}.name",
        f"population {config.name} did not finish and cannot go on",
        f"delete {them} (abm-desktop models delete NAME); the study then trains it anew",
    )


def train_population(
    one: WantedPopulation,
    hear: Callable[[int, int], None],
    interruptible: Callable[[Callable[[], None]], AbstractContextManager[None]],
) -> bool:
    """Let a population learn, or go on; False if it was interrupted, with what it learned kept.

    ``hear`` is told iterations done and all of them; within ``interruptible`` of a function, that
    function ends it after the running iteration. Raises :class:`.ExperimentError` if it fails.
    """
    # Loads what trains, which a study with all its populations does not need.
    from abm_desktop.learning.population.session import PopulationSession
    from abm_desktop.learning.rllib.updates import DivergenceError

    # What RLlib says of its own deprecated calls is for its makers. Importing it sets these levels.
    for logger in ("ray", "ray.rllib"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    try:
        session = PopulationSession(one.config, continues=one.state == "stopped")
        try:
            with interruptible(session.stop):
                reason = session.run(lambda told: hear(told.iteration, told.iterations))
        finally:
            session.close()
    except (DivergenceError, InputError) as error:
        raise ExperimentError(TrainingBroken(one.name, str(error))) from error
    return reason == "finished"
