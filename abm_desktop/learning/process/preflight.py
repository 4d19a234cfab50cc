"""What can be checked before Ray is started: seconds earlier, and in the words of the fault."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from abm_desktop import paths
from abm_desktop.envs.day_parts import part_of
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.own_environment import find_factory, here
from abm_desktop.learning.process import continuing
from abm_desktop.learning.process.memory import check_memory
from abm_desktop.learning.registry import checkpoints, models
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.learning.registry.model_names import reserve_again
from abm_desktop.market.roles import find_role
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.files import find_scenario, load_scenario
from abm_desktop.whole_files import Claim

_ROOM = 4 << 20
"""Bytes that must be free: a checkpoint is written beside the one before."""


@dataclasses.dataclass(frozen=True, slots=True)
class Flight:
    """A training that may begin. Its model's name is its own until :meth:`release`."""

    config: TrainingConfig
    scenario: str
    """Name of the scenario."""
    claim: Claim

    @property
    def name(self) -> str:
        """Name of the model that will come out of it."""
        return self.claim.name

    def release(self) -> None:
        """Give the name back; the model keeps it, if there is one. May be called again."""
        self.claim.release()


def check(config: TrainingConfig) -> Flight:
    """Read the scenario, then choose the model's name and hold it, in one step.

    Raises ``ScenarioError`` for a scenario that cannot be used, ``ModelError`` for a name that is
    taken or cannot be one, and for ``[[rl]]`` traders whose policy is not there;
    ``MemoryShortageError`` for a training that does not fit into the memory that is free;
    ``InputError`` for an environment that is not there or cannot be called;
    ``UnavailableError`` if no model can be written.
    """
    check_memory(config)
    _check_room()
    if config.resume_from:
        _check_resume(config, models.get_model(config.resume_from))
    if config.continues:
        # The name first: nothing else may write to the model from here on.
        claim = reserve_again(config.model_name)
        try:
            before = continuing.stopped_training(config.model_name)
            _check_resume(config, before)
            continuing.check_goes_on(config, before)
            return Flight(config, _check_market(config), claim)
        except BaseException:
            claim.release()
            raise
    scenario = _check_market(config)
    # Last: nothing that can fail comes between the name and its training.
    kind = find_role(config.role).suffix.replace(" ", "-")
    stem = f"{scenario}{kind}-{config.algorithm.lower()}"
    return Flight(config, scenario, models.reserve(config.model_name, stem))


def _check_market(config: TrainingConfig) -> str:
    """The name of the scenario, which can be used."""
    if config.environment:
        # The scenario is but a word to an environment of one's own.
        find_factory(config.environment, here())
        return Path(config.scenario).stem
    market = load_scenario(find_scenario(config.scenario))
    _check_traders(market)
    if config.reward_at_value and market.recording:
        raise InputError(
            "is for simulated markets: a recorded day has no value to count at",
            key="reward_at_value",
            remedy="set it to false",
        )
    part = part_of(market, config.recording_from, config.recording_until)
    if part is not None and part.seconds < config.episode_seconds:
        raise InputError(
            f"is {config.episode_seconds:g} s, and what is trained in has {part.seconds:g} s",
            key="episode_seconds",
            path=market.recording,
            remedy="lower it, or take a longer part (recording_from, recording_until)",
        )
    if config.reward_stability and not (config.stress_probability or market.stress):
        raise InputError(
            f"is {config.reward_stability:g} and weighs what is done under stress, and this "
            "training meets none",
            key="reward_stability",
            remedy="give a stress_probability, or set it to 0",
        )
    for name in config.evaluation_scenarios:
        _check_traders(load_scenario(find_scenario(name)))
    return market.name


def _check_room() -> None:
    folder = paths.models_dir()
    why = paths.why_not_writable(folder, _ROOM)
    if why is not None:
        raise UnavailableError(
            f"{folder} cannot take a model: {why}; mend that, or name another folder in "
            f"{paths.DATA_VARIABLE}"
        )


def _check_traders(scenario: Scenario) -> None:
    if not scenario.rl:
        return
    # Here, because it loads the compiler, which most scenarios do not need yet.
    from abm_desktop.market.named_policies import policies_of

    try:
        policies_of(scenario)
    except (OSError, ValueError) as error:
        raise models.ModelError(
            f"scenario {scenario.name!r} has [[rl]] traders: {error}"
        ) from error


def _check_resume(config: TrainingConfig, before: ModelInfo) -> None:
    if not (before.checkpoint and (before.folder / before.checkpoint).is_dir()):
        raise models.ModelError(
            f"model {before.name!r} has no checkpoint to go on from: it was imported, or ships "
            "with the program"
        )
    checkpoints.check(before.folder / before.checkpoint)
    plain, wanted = TrainingConfig().model_dump(mode="json"), config.model_dump(mode="json")
    for setting in ("algorithm", "role", "network", "observations", "hidden", "activation"):
        # Models of before there was a choice have none.
        new = setting in ("role", "network", "observations")
        theirs = before.config.get(setting, plain[setting] if new else None)
        ours = wanted[setting]
        if theirs != ours:
            raise models.ModelError(
                f"training cannot go on from model {before.name!r}: its {setting} is {theirs}, "
                f"not {ours}"
            )
