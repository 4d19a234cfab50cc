"""What can be checked before Ray is started: seconds earlier, and in the words of the fault."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from abm_desktop.learning import in_training, models
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.memory import check_memory
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.files import find_scenario, load_scenario


@dataclasses.dataclass(frozen=True, slots=True)
class Flight:
    """A training that may begin."""

    config: TrainingConfig
    name: str
    """Name of the model that will come out of it."""
    scenario: str
    """Name of the scenario."""


def check(config: TrainingConfig) -> Flight:
    """Read the scenario and find the model's name.

    Raises ``ScenarioError`` for a scenario that cannot be used, ``ModelError`` for a name that is
    taken or cannot be one, and for ``[[rl]]`` traders whose policy is not there;
    ``MemoryShortageError`` for a training that does not fit into the memory that is free.
    """
    check_memory(config)
    if config.resume_from:
        _check_resume(config)
    if config.environment:
        # The scenario is but a word to an environment of one's own.
        scenario = Path(config.scenario).stem
    else:
        market = load_scenario(find_scenario(config.scenario))
        _check_traders(market)
        for name in config.evaluation_scenarios:
            _check_traders(load_scenario(find_scenario(name)))
        scenario = market.name
    return Flight(config, _model_name(config, scenario), scenario)


def _model_name(config: TrainingConfig, scenario: str) -> str:
    if not config.model_name:
        kind = "" if config.role == "directional" else f"{config.role}-"
        return models.free_name(f"{scenario}-{kind}{config.algorithm.lower()}")
    name = models.check_name(config.model_name)
    if in_training.is_trained(name):
        raise models.ModelError(
            f"a training that runs has the name {name!r}: choose another, or stop it first"
        )
    if any(model.name == name for model in models.list_models()):
        raise models.ModelError(
            f"there is a model called {name!r} already: choose another name, or delete it first"
        )
    return name


def _check_traders(scenario: Scenario) -> None:
    if not scenario.rl:
        return
    # Here, because it loads the compiler, which most scenarios do not need yet.
    from abm_desktop.envs.policy_traders import policies_of

    try:
        policies_of(scenario)
    except (OSError, ValueError) as error:
        raise models.ModelError(
            f"scenario {scenario.name!r} has [[rl]] traders: {error}"
        ) from error


def _check_resume(config: TrainingConfig) -> None:
    before = models.get_model(config.resume_from)
    if not (before.checkpoint and (before.folder / before.checkpoint).is_dir()):
        raise models.ModelError(
            f"model {before.name!r} has no checkpoint to go on from: it was imported, or ships "
            "with the program"
        )
    plain, wanted = TrainingConfig().model_dump(mode="json"), config.model_dump(mode="json")
    for setting in ("algorithm", "role", "hidden", "activation"):
        theirs = before.config.get(setting, plain[setting] if setting == "role" else None)
        ours = wanted[setting]
        if theirs != ours:
            raise models.ModelError(
                f"training cannot go on from model {before.name!r}: its {setting} is {theirs}, "
                f"not {ours}"
            )
