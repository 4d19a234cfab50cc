"""What a population of learners is: who learns in the same markets, and by which rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, ValidationError, model_validator

from abm_desktop import paths
from abm_desktop.learning.config import (
    LAST_SEED,
    ConfigError,
    HeldOut,
    Name,
    RoleName,
    Text,
    TrainingConfig,
)
from abm_desktop.learning.recipes import FIRST_ROLE, make_config
from abm_desktop.scenario.base import Model, clash
from abm_desktop.scenario.errors import ProblemsError
from abm_desktop.scenario.quantity import Quantity
from abm_desktop.scenario.reading import load_model

__all__ = [
    "EXPLORED",
    "MOST_SEATS",
    "OWN",
    "League",
    "LearnerGroup",
    "PopulationConfig",
    "PopulationError",
    "PopulationJudging",
    "Selection",
    "find_population",
    "load_population",
    "shipped_populations",
]  # fmt: skip

MOST_SEATS = 64
"""Traders of a population in one market, those that follow past copies included."""

OWN = (
    "learning_rate", "final_rate", "gamma", "gae_lambda", "clip", "entropy", "value_weight",
    "epochs", "minibatch_size", "gradient_norm", "mirror", "even_handed", "hidden", "activation",
    "reward_damping", "reward_inventory", "reward_fee", "reward_at_value",
)  # fmt: skip
"""Settings of a training that each learner may have for itself."""

EXPLORED = (
    "learning_rate", "entropy", "gamma", "gae_lambda", "clip", "value_weight", "reward_inventory",
)  # fmt: skip
"""Settings that a selection may change while a population learns."""


class PopulationError(ProblemsError):
    """A population that cannot be used."""

    what: ClassVar[str] = "population settings"


class LearnerGroup(Model):
    """Learners of one role: a policy each, or one that they share."""

    role: RoleName = Field(FIRST_ROLE, description="role of the traders")
    count: Annotated[int, Quantity(1, MOST_SEATS)] = Field(1, description="traders in every market")
    shared: bool = Field(False, description="whether one policy learns from all of them")
    traders_each: Annotated[int, Quantity(1, MOST_SEATS)] = Field(
        1, description="if not shared: traders of each policy, so that there are so many times more"
    )
    name: Annotated[str, Field(max_length=40)] = Field(
        "", description="stem of the names of their models; empty: the role"
    )
    start: Text = Field("", description="model from which all of them go on; empty: begin anew")
    settings: dict[str, Any] = Field(
        default_factory=dict,
        description="settings of their trainings; a list has one value for each policy",
    )

    @property
    def policies(self) -> int:
        """Policies that learn."""
        return 1 if self.shared else self.count

    @property
    def seats_each(self) -> int:
        """Traders of one policy in every market."""
        return self.count if self.shared else self.traders_each

    @property
    def traders(self) -> int:
        """Traders of all its policies in every market."""
        return self.policies * self.seats_each

    def settings_of(self, number: int) -> dict[str, Any]:
        """The settings of policy ``number``, 0 to ``policies`` - 1."""
        return {
            key: value[number] if _is_list(key, value) else value
            for key, value in self.settings.items()
        }

    @model_validator(mode="after")
    def _check(self) -> LearnerGroup:
        if self.shared and self.traders_each > 1:
            raise clash(
                "traders_each", "is given, and shared too", "count tells how many share the policy"
            )
        for key, value in self.settings.items():
            if key not in OWN:
                raise clash(
                    f"settings.{key}", "is no setting that a learner may have for itself",
                    f"give one of {', '.join(OWN)}",
                )  # fmt: skip
            if _is_list(key, value) and len(value) != self.policies:
                raise clash(
                    f"settings.{key}", f"has {len(value)} values for {self.policies} policies",
                    "give one for each, or a single one",
                )  # fmt: skip
        return self


def _is_list(key: str, value: Any) -> bool:
    """Whether a setting has a value for each policy; hidden layers are a list by themselves."""
    if not isinstance(value, list | tuple):
        return False
    return key != "hidden" or any(isinstance(item, list | tuple) for item in value)


class League(Model):
    """Past copies of the learners trade in the same markets, and do not learn.

    Every ``interval`` iterations a copy of each policy is kept, and each further trader of each
    market draws whom it follows: a policy of its group, all alike, and of that with probability
    ``newest`` the newest copy, else one of the older ones, all alike (Berner et al. 2019 draw the
    newest in 80 %).
    """

    seats: Annotated[int, Quantity(1, MOST_SEATS - 1)] = Field(
        2, description="further traders in every market, shared out over the groups in turn"
    )
    interval: Annotated[int, Quantity(1, 1_000_000)] = Field(
        10, description="iterations between two copies, and two draws"
    )
    newest: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.8, description="probability of the newest copy"
    )
    keep: Annotated[int, Quantity(1, 1000)] = Field(20, description="copies kept of a policy")


class Selection(Model):
    """Population-based training (Jaderberg et al. 2017) among the policies of each group.

    Every ``interval`` iterations the worst ``share`` of a group takes over weights, optimiser and
    settings of policies drawn from its best ``share``, and each of the settings in ``explore`` is
    multiplied or divided by ``factor`` (of gamma and gae_lambda: the distance from 1). Policies are
    ranked by what they earned since the last time, in their reward without the cost of their own
    inventory, so that whoever fears it less is not ahead by that alone.
    """

    interval: Annotated[int, Quantity(1, 1_000_000)] = Field(20, description="iterations between")
    share: Annotated[float, Quantity(0.01, 0.5)] = Field(0.25, description="share replaced")
    factor: Annotated[float, Quantity(1.01, 10.0)] = Field(1.25, description="size of a change")
    explore: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = Field(
        ("learning_rate", "entropy"), description="settings that are changed"
    )

    @model_validator(mode="after")
    def _check(self) -> Selection:
        unknown = [name for name in self.explore if name not in EXPLORED]
        if unknown:
            raise clash(
                "explore", f"names {', '.join(unknown)}, which cannot change on the way",
                f"name some of {', '.join(EXPLORED)}",
            )  # fmt: skip
        return self


class PopulationJudging(Model):
    """What is measured once a population has learned, on days of the range to report on.

    With ``response_iterations`` the exploitability of one seat of each group: a fresh learner takes
    the seat, learns for so many iterations while all others stay as they are, and is compared with
    whom it has replaced. With ``benchmarks`` the collusion index of makers.
    """

    days: Annotated[int, Quantity(6, 10_000)] = Field(32, description="markets")
    hours: Annotated[float, Quantity(0.01, 12.0, unit="h")] = Field(1.0, description="of each")
    response_iterations: Annotated[int, Quantity(0, 1_000_000)] = Field(
        0, description="budget of a best response; 0: none"
    )
    benchmarks: bool = Field(
        False, description="whether makers are compared with competition and monopoly"
    )


class PopulationConfig(Model):
    """Learners that trade in the same markets, and how they learn."""

    scenario: Name = Field("calm", description="scenario, or path of a file, to learn in")
    name: Annotated[str, Field(max_length=60)] = Field(
        "", description="stem of the models' names; empty: that of the scenario"
    )
    learners: Annotated[tuple[LearnerGroup, ...], Field(strict=False, min_length=1)]
    markets: Annotated[int, Quantity(1, 4096)] = Field(8, description="markets side by side")
    iterations: Annotated[int, Quantity(1, 1_000_000)] = Field(
        100, description="rounds of sampling and learning"
    )
    rollout_length: Annotated[int, Quantity(1, 10_000)] = Field(
        128, description="decisions of each trader per iteration"
    )
    episode_seconds: Annotated[float, Quantity(10.0, 86_400.0, unit="s")] = Field(
        3600.0, description="simulated length of an episode"
    )
    stress_probability: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.0, description="share of the episodes in which a stress strikes"
    )
    held_out_stress: HeldOut = Field(
        "none", description="a kind of stress that no episode has; none: all may strike"
    )
    seed: Annotated[int, Quantity(0, LAST_SEED)] = Field(
        1, description="of markets, weights and exploration"
    )
    threads: Annotated[int, Quantity(0, 1024)] = Field(
        0, description="threads that step the markets and learn; 0 takes all cores"
    )
    quote_size: Annotated[int, Quantity(1, 40, unit="lots")] = Field(
        2, description="lots of an order of a trader, and of a maker's quotes"
    )
    parent_lots: Annotated[int, Quantity(1, 1_000_000, unit="lots")] = Field(
        120, description="lots of an executor's parent order"
    )
    parent_seconds: Annotated[float, Quantity(10.0, 86_400.0, unit="s")] = Field(
        600.0, description="time an executor has for it"
    )
    checkpoint_interval: Annotated[int, Quantity(0, 1_000_000)] = Field(
        25, description="iterations between two states that are kept; 0: only the last"
    )
    league: League | None = None
    selection: Selection | None = None
    judging: PopulationJudging | None = None

    @model_validator(mode="after")
    def _check(self) -> PopulationConfig:
        seats = sum(group.traders for group in self.learners)
        seats += self.league.seats if self.league else 0
        if seats > MOST_SEATS:
            raise clash(
                "learners", f"are {seats} traders in a market, more than {MOST_SEATS}",
                "lower the counts",
            )  # fmt: skip
        if self.selection and all(group.policies == 1 for group in self.learners):
            raise clash("selection", "needs a group of several policies", "set shared = false")
        for number, group in enumerate(self.learners):
            try:
                self.trainings_of(group, number)
            except (ConfigError, ValidationError) as error:
                raise clash(f"learners[{number}]", str(error), "mend its settings") from error
        return self

    def trainings_of(self, group: LearnerGroup, number: int) -> list[TrainingConfig]:
        """The training of each policy of a group, the ``number``-th, as one of its own would be.

        What neither says is that of the recipe of the role. Raises ``ConfigError``.
        """
        first = sum(before.policies for before in self.learners[:number])
        return [
            make_config(
                algorithm="PPO",
                role=group.role,
                scenario=self.scenario,
                iterations=self.iterations,
                envs_per_worker=self.markets,
                traders_per_market=group.seats_each,
                rollout_length=self.rollout_length,
                episode_seconds=self.episode_seconds,
                stress_probability=self.stress_probability,
                held_out_stress=self.held_out_stress,
                seed=(self.seed + 1009 * (first + k)) % (LAST_SEED + 1),
                threads=1,
                resume_from=group.start,
                quote_size=self.quote_size,
                parent_lots=self.parent_lots,
                parent_seconds=self.parent_seconds,
                checkpoint_interval=self.checkpoint_interval,
                **group.settings_of(k),
            )
            for k in range(group.policies)
        ]

    def model_names(self, stem: str) -> list[str]:
        """Names of the models of all policies, in order, if the population is called ``stem``."""
        return [
            f"{stem}-{group.name or group.role}-{k + 1}"
            for group in self.learners
            for k in range(group.policies)
        ]

    @property
    def decisions_per_iteration(self) -> int:
        """Decisions learned from per iteration, of all learners together."""
        return sum(group.traders for group in self.learners) * self.markets * self.rollout_length


def shipped_populations() -> list[Path]:
    """The files of populations that ship with the program."""
    return sorted((paths.scenario_dir() / "populations").glob("*.toml"))


def find_population(name_or_path: Path | str) -> Path:
    """A file as it is given, or the shipped population of this name."""
    path = Path(name_or_path).expanduser()
    if path.exists():
        return path
    return next((one for one in shipped_populations() if one.stem == str(name_or_path)), path)


def load_population(
    path: Path, options: Mapping[str, Any] | None = None, changes: Iterable[str] = ()
) -> PopulationConfig:
    """Read a TOML file of a population.

    ``options`` go before what it says, and ``changes``, "key=value" each, before both. Raises
    :class:`PopulationError` with everything that is wrong, each with its line and key.
    """
    return load_model(
        path, PopulationConfig, error=PopulationError, options=options or {}, changes=changes
    )
