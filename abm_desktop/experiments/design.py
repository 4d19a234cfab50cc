"""What an experiment is: factors, controls and placebos, read from a TOML file.

A design is a value, like a scenario: immutable, typed and complete. Together with the policies it
names and the version of the program it fixes every number of its results.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from abm_desktop.experiments.rl_factors import DISPLACEABLE, MOST_LEVELS, Name, RLFactors
from abm_desktop.experiments.variants import AS_IT_IS, Variant
from abm_desktop.inputs import why_no_file
from abm_desktop.paths import scenario_dir, user_data_dir
from abm_desktop.scenario.base import Model, clash
from abm_desktop.scenario.bounds import LONGEST, SHORTEST
from abm_desktop.scenario.durations import Duration
from abm_desktop.scenario.errors import Problem, ScenarioError
from abm_desktop.scenario.explain import suggestion
from abm_desktop.scenario.files import SUFFIX
from abm_desktop.scenario.interventions import Interventions
from abm_desktop.scenario.quantity import Quantity
from abm_desktop.scenario.reading import Located, load_model, no_more
from abm_desktop.scenario.stress import Stress
from abm_desktop.scenario.toml_reader import UnreadableError, read_text
from abm_desktop.scenario.toml_writer import toml_text
from abm_desktop.whole_files import write_whole

__all__ = [
    "DISPLACEABLE",
    "FIRST_SEED",
    "Design",
    "InterventionArm",
    "RLFactors",
    "TrainRecipe",
    "Variant",
    "bundled_experiments",
    "find_experiment",
    "load_design",
    "own_experiments_dir",
    "save_design",
]

FIRST_SEED = 900_000_000
"""Seed of an experiment's first market. No training draws seeds from 800 million on."""

Length = Annotated[Duration, Quantity(SHORTEST, LONGEST)]
Words = Annotated[str, Field(max_length=10_000)]


_OF_GAMES = {"name", "question", "scenario", "seeds", "first_seed", "game", "rl", "train", "paths"}
"""What is said of a game."""


class InterventionArm(Interventions):
    """Rules of the venue that are switched on at the fork, under one name."""

    name: Annotated[str, Field(min_length=1, max_length=60)] = Field(
        description="how the report calls it"
    )


class Expected(Model):
    """What a paper found; see ``ExpectedSign`` in ``statistics/experiment_results.py``."""

    paper: Words = Field(description="authors and year")
    says: Words = Field(description="the finding in words")
    measure: Words = Field(description="column of the measure it is about")
    sign: Annotated[int, Quantity(-1, 1)] = Field(
        description="1: it rises, -1: it falls, 0: it stays within 5 %"
    )
    level: float | Words = Field(description="level that is looked at: a share, or a rule's name")
    against: float | Words | None = Field(
        None, description="level it is compared with, or room_only; none given: the control"
    )
    group: Words = Field("", description="stress it is about, in the report's words; empty: all")
    kind: Words | None = Field(None, description="kind of traders, in the report's words")


class TrainRecipe(Model):
    """Trainings, or populations, of a study: the command makes what is missing, and keeps it."""

    name: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        description="models are called so, with their seed behind it: NAME-101"
    )
    recipe: Name = Field("ppo", description="training settings: a shipped recipe, or a file")
    population: Annotated[str, Field(max_length=4096)] = Field(
        "",
        description="populations in place of trainings, called NAME-101 too: a shipped file of "
        "one, or a file",
    )
    count: Annotated[int, Quantity(1, 1000)] = Field(
        1, description="number of trainings, or of populations"
    )
    first_seed: Annotated[int, Quantity(0, 699_000_000)] = Field(
        101, description="seed of the first one; the others follow"
    )
    settings: Annotated[tuple[Words, ...], Field(strict=False, max_length=100)] = Field(
        (), description='further settings, as in ["scenario=calm", "iterations=50"]'
    )

    @model_validator(mode="after")
    def _of_one_kind(self) -> TrainRecipe:
        if self.population and self.recipe != type(self).model_fields["recipe"].default:
            raise clash(
                "recipe",
                "is given beside population",
                "keep one: the settings of a population stand in its file",
            )
        return self


class Design(Model):
    """A whole experiment: every combination of its factors, in many matched markets."""

    name: Annotated[str, Field(min_length=1, max_length=80)] = Field(
        description="short name; results lie in a folder called so"
    )
    question: Words = Field("", description="what it is to answer, one sentence")
    scenario: Name = Field(
        "calm", title="Market", description="market it happens in: a name or a file"
    )
    game: Literal["", "executors", "insider", "likeness"] = Field(
        "", description="of a published claim: a game that its models play, in place of all else"
    )
    seeds: Annotated[int, Quantity(1, 100_000)] = Field(
        64, title="Markets", description="number of markets"
    )
    first_seed: Annotated[int, Quantity(0, 2**62 - 1)] = Field(
        FIRST_SEED, description="seed of the first market; the others follow"
    )
    forks: Annotated[int, Quantity(1, 1000)] = Field(
        1, description="shocks per market, each in copies made at another time"
    )
    control_copies: Annotated[int, Quantity(1, 64)] = Field(
        1,
        description="runs of each market without a treatment (the control, and room_only), in "
        "which traders draw other random numbers while the value moves alike; changes are told "
        "against their mean",
    )
    lead: Length = Field(1800.0, description="time from the open to the first shock")
    fork_gap: Length = Field(1800.0, description="time between two shocks of one market")
    burn_in: Length = Field(
        60.0, description="the copies are made, and treatments begin, this long before the shock"
    )
    stress_window: Length = Field(900.0, description="time after the shock that is measured")
    after: Length = Field(3600.0, description="time after the shock that is simulated")
    calm: bool = Field(
        True, title="Also calm", description="whether the same is done without any stress"
    )
    stress: Annotated[tuple[Stress, ...], Field(strict=False, max_length=MOST_LEVELS)] = Field(
        (), description="stress events, one a cell"
    )
    intervention: Annotated[
        tuple[InterventionArm, ...], Field(strict=False, max_length=MOST_LEVELS)
    ] = Field((), description="rules of the venue, one set a cell; none: as the scenario has them")
    without_intervention: bool = Field(
        True,
        title="Also without rules",
        description="whether the same is done without any intervention",
    )
    vary: Annotated[tuple[Variant, ...], Field(strict=False, max_length=MOST_LEVELS)] = Field(
        (), description="markets with other parameters, one a cell, beside the market as it is"
    )
    rl: RLFactors = RLFactors()
    train: Annotated[tuple[TrainRecipe, ...], Field(strict=False, max_length=MOST_LEVELS)] = Field(
        (), description="trainings of the study: those that are missing are made before it runs"
    )
    primary: Name = Field(
        "stress_rv_10s", title="Primary measure", description="measure that was fixed in advance"
    )
    second: Name = Field(
        "stress_vol_300s",
        title="Second measure",
        description="told beside the primary measure, e.g. the same on a longer grid",
    )
    also: Annotated[tuple[Name, ...], Field(strict=False, max_length=1000)] = Field(
        (),
        title="Other measures",
        description="further measures that the report compares, e.g. crashes",
    )
    level: Literal["share", "intervention", "learning_rate", "variant"] = Field(
        "share",
        title="Effect of",
        description="factor whose effect the report tells: share (of RL traders), intervention, "
        "learning_rate or variant",
    )
    unforked: bool = Field(
        False,
        description="whether, as a check, the traders are also let in at the open of the same "
        "markets, without matched copies; at the share of the hypothesis only",
    )
    hypothesis: float | Words | None = Field(
        None, description="level of the hypothesis fixed in advance; none given: every level"
    )
    hypothesis_groups: Annotated[tuple[Name, ...], Field(strict=False, max_length=1000)] = Field(
        (), description="stresses of that hypothesis, in the report's words; none given: all"
    )
    expected: Annotated[tuple[Expected, ...], Field(strict=False, max_length=1000)] = Field(
        (), description="what papers found, to be held against the results"
    )
    paths: Annotated[int, Quantity(0, 100_000)] = Field(
        12, description="markets whose paths are kept for the report's pictures"
    )
    facts: Annotated[int, Quantity(0, 1000)] = Field(
        0, description="sessions per cell for the check of stylised facts; 0: none"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Design:
        if self.lead <= self.burn_in:
            raise clash("lead", "is not longer than burn_in", "the fork must lie after the open")
        if self.stress_window > self.after:
            raise clash("stress_window", "is longer than after", "lengthen after")
        if not self.stress and not self.calm:
            raise clash(
                "calm", "is false and there is no stress", "add a [[stress]], or set it to true"
            )
        for k, event in enumerate(self.stress):
            if event.at != 0.0:
                raise clash(
                    f"stress.{k}.at",
                    "is given",
                    "leave it out: a stress begins at lead, in every market",
                )
        names = [arm.name for arm in self.intervention]
        for k, name in enumerate(names):
            if name in names[:k] or name == "none":
                raise clash(f"intervention.{k}.name", f'"{name}" is taken', "choose another name")
        variants = [variant.name for variant in self.vary]
        for k, name in enumerate(variants):
            if name in variants[:k] or name == AS_IT_IS:
                raise clash(f"vary.{k}.name", f'"{name}" is taken', "choose another name")
        if not self.intervention and not self.without_intervention:
            raise clash(
                "without_intervention",
                "is false and there is no intervention",
                "add an [[intervention]], or set it to true",
            )
        return self

    @model_validator(mode="after")
    def _game_has_no_cells(self) -> Design:
        if self.game:
            for key in [*_unusual(self, _OF_GAMES), *_unusual(self.rl, {"policies"}, "rl.")]:
                raise clash(key, "means nothing to a game", "leave it out")
        return self

    @model_validator(mode="after")
    def _levels_are_there(self) -> Design:
        rates = self.rl.learning_rates
        if self.level == "learning_rate":
            if self.rl.modes != ("learning",) or len(rates) < 2:
                raise clash(
                    "level",
                    "is learning_rate, but there are not several",
                    'give rl.modes = ["learning"] and two or more rl.learning_rates',
                )
        elif len(rates) > 1:
            raise clash(
                "rl.learning_rates", "has several", 'give level = "learning_rate", or keep one'
            )
        if self.level == "variant" and not self.vary:
            raise clash("level", "is variant, but there is none", "give a [[vary]]")
        if self.unforked and (self.level != "share" or self.intervention or self.vary):
            raise clash(
                "unforked",
                "is true, but the study is not about shares of RL traders only",
                "leave it out, or compare shares without interventions and variants",
            )
        if self.rl.split_markets == "other_shares" and self.main_share() is None:
            raise clash(
                "rl.split_markets",
                "is other_shares, but no share is the hypothesis's",
                "give hypothesis, one of rl.shares",
            )
        return self

    def main_share(self) -> float | None:
        """The share of the hypothesis fixed in advance; None if it names none of them."""
        known = self.level == "share" and self.hypothesis in self.rl.shares
        return float(self.hypothesis) if known and self.hypothesis else None

    def shock_times(self) -> tuple[float, ...]:
        """Seconds since the open of the shock of each fork."""
        return tuple(self.lead + k * self.fork_gap for k in range(self.forks))


def _unusual(of: Model, but: set[str], prefix: str = "") -> list[str]:
    """Keys that have another value than the usual one, but for these."""
    usual = {key: field.get_default() for key, field in type(of).model_fields.items()}
    return [prefix + key for key in usual if key not in but and getattr(of, key) != usual[key]]


def experiments_dir() -> Path:
    """Experiment files that ship with the program."""
    return scenario_dir() / "experiments"


def own_experiments_dir() -> Path:
    """The user's own experiment files."""
    return user_data_dir() / "scenarios" / "experiments"


def bundled_experiments() -> list[Path]:
    """The shipped experiment files, then the user's own, each sorted by name."""
    own = own_experiments_dir()
    return sorted(experiments_dir().glob(f"*{SUFFIX}")) + sorted(own.glob(f"*{SUFFIX}"))


def find_experiment(name_or_path: Path | str) -> Path:
    """The file of an experiment given by path, or by the name of a shipped or own one.

    Raises :class:`ScenarioError` if there is no such file.
    """
    path = Path(name_or_path).expanduser()
    if path.is_file():
        return path
    known = {file.stem: file for file in bundled_experiments()}
    name = str(name_or_path).removesuffix(SUFFIX)
    if name in known:
        return known[name]
    if os.path.lexists(path):
        raise ScenarioError(path, [Problem(None, None, why_no_file(path), f"name a {SUFFIX} file")])
    remedy = suggestion(name, list(known), "experiments")
    raise ScenarioError(path, [Problem(None, None, "there is no such file or experiment", remedy)])


def load_design(
    path: Path | str, further: Callable[[dict[str, Any]], Iterable[Located]] = no_more
) -> Design:
    """Read an experiment file. Raises :class:`ScenarioError` that lists all that is wrong.

    ``further`` is as in :func:`.load_model`.
    """
    return load_model(path, Design, further=further)


def save_design(design: Design, path: Path | str, like: Path | str | None = None) -> None:
    """Write an experiment file, in one step.

    With ``like``, the file it was made from, the comments and the order there stay and only what
    differs is set; else the file says what differs from the usual. Raises ``OSError``.
    """
    text = ""
    if like is not None:
        # Gone meanwhile, or no text any more: then it is written afresh.
        with contextlib.suppress(UnreadableError):
            text = read_text(Path(like))
    write_whole(Path(path), toml_text(design, text, every=False))
