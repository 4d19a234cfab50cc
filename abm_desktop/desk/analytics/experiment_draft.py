"""What the builder of experiments reads and writes: files as values, and what can be named in them.

The window imports this for the names of what it asks for, so the engine is imported within.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop.desk.analytics.experiment_plan import Problems, told

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario

__all__ = [
    "DraftChoices",
    "DraftSource",
    "ModelChoice",
    "another_name",
    "file_name",
    "keep_market",
    "read_choices",
    "read_draft",
    "save_draft",
]


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A trained model that an experiment can let trade."""

    name: str
    algorithm: str
    scenario: str
    """What it was trained in."""
    seed: int
    """Of its training."""


@dataclass(frozen=True, slots=True)
class DraftChoices:
    """What can be named in a design."""

    models: tuple[ModelChoice, ...]
    measures: tuple[tuple[str, str], ...]
    """Column and label of each."""


@dataclass(frozen=True, slots=True)
class DraftSource:
    """A file as the values of its design."""

    path: Path
    values: dict[str, Any]
    """Complete: also what the file leaves out. A scenario beside the file has its whole path."""
    left_out: tuple[str, ...] = ()
    """What is wrong in the file and has no field, a sentence each; other faults are in the
    values."""
    is_sound: bool = True


def read_choices() -> DraftChoices:
    """Models that take part of the taker volume, and measures that a report can compare."""
    from abm_desktop.experiments.statistics.experiment_results import MEASURES, OTHERS
    from abm_desktop.learning.registry import models
    from abm_desktop.market.roles import find_role

    return DraftChoices(
        tuple(
            ModelChoice(info.name, info.algorithm, info.scenario, info.seed)
            for info in models.list_models(studies=True)
            if find_role(info.role).takes_volume
        ),
        tuple((measure.column, measure.label) for measure in (*MEASURES, *OTHERS)),
    )


def read_draft(path: Path) -> DraftSource | Problems:
    """A file to be changed, or to begin another from.

    Something may be wrong in it: it is only refused if nothing in it can be used.
    """
    from abm_desktop.experiments.design import load_design
    from abm_desktop.scenario import ScenarioError

    try:
        found = DraftSource(path, load_design(path).model_dump())
    except ScenarioError as error:
        faulty = _read_faulty(path)
        if faulty is None:
            return told(path, error)
        found = faulty
    except OSError as error:
        return Problems(path, ((None, "", error.strerror or str(error), "choose another file"),))
    beside = path.parent / str(found.values["scenario"])
    if beside.is_file():
        found.values["scenario"] = str(beside.absolute())
    return found


def _read_faulty(path: Path) -> DraftSource | None:
    """A file in which something is wrong, as far as it can be used."""
    from abm_desktop.desk.analytics.faulty_design import salvaged
    from abm_desktop.scenario.toml_reader import UnreadableError, parse, read_text

    try:
        values, text, unread = parse(read_text(path))
    except UnreadableError:
        return None
    found = salvaged(values, unread, text) if values else None
    return None if found is None else DraftSource(path, *found, is_sound=False)


def save_draft(values: dict[str, Any], path: Path, like: Path | None) -> Path | Problems:
    """Write the values of a design; see :func:`~abm_desktop.experiments.design.save_design`.

    Returns the file. A scenario that lies beside it is named as it was, relative to it. Raises
    OSError if it cannot be written.
    """
    from abm_desktop.experiments.design import Design, save_design
    from abm_desktop.scenario import ScenarioError
    from abm_desktop.scenario.reading import checked

    scenario = Path(str(values.get("scenario", "")))
    if scenario.is_absolute() and scenario.parent == path.absolute().parent:
        values = {**values, "scenario": scenario.name}
    try:
        design = checked(Design, values)
    except ScenarioError as error:
        return told(path, error)
    save_design(design, path, like)
    return path


def keep_market(scenario: Scenario) -> Path:
    """Write a market, without stresses and RL traders, among the scenarios of one's own.

    Returns its file; one that says the same is not written twice. Raises OSError.
    """
    from abm_desktop.paths import user_scenario_dir
    from abm_desktop.scenario import ScenarioError, load_scenario, save_scenario

    market = scenario.model_copy(update={"rl": (), "stress": ()})
    number = 1
    while True:
        suffix = "" if number == 1 else f"_{number}"
        path = user_scenario_dir() / f"{file_name(scenario.name)}{suffix}.toml"
        if not path.exists():
            save_scenario(market, path)
            return path
        with contextlib.suppress(ScenarioError):
            if load_scenario(path) == market:
                return path
        number += 1


def file_name(name: str) -> str:
    """A file's name, without suffix, for an experiment's.

    >>> file_name("Does a 2 % band help?")
    'does_a_2_band_help'
    """
    return re.sub(r"\W+", "_", name.lower()).strip("_")[:60] or "experiment"


def another_name(name: str, taken: Collection[str]) -> str:
    """A name that is not taken, made of one that is.

    >>> another_name("first answer", ["first answer", "first answer 2"])
    'first answer 3'
    """
    stem, number = re.sub(r" \d+$", "", name)[:70], 2
    while f"{stem} {number}" in taken:
        number += 1
    return f"{stem} {number}"
