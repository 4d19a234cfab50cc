"""Training settings from files and keywords: the shipped recipes fill in what is not said."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from abm_desktop import paths
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import NOT_OF_STOCK, ConfigError, TrainingConfig
from abm_desktop.market.roles import DEFAULT_ROLE, find_role, role_names
from abm_desktop.scenario import find_scenario, load_scenario
from abm_desktop.scenario.reading import checked, load_model, values_of

FIRST_ROLE = "remembering"
"""Of a training of which neither algorithm nor role is said: one that ends accepted."""

__all__ = ["find_recipe", "load_config", "make_config", "recipe_settings", "recipes"]

_NOT_FROM_A_FILE = {
    "environment": (
        "is not taken from a file, since it names a module to run",
        "take it out, and give it as --set environment=module:factory, or to RLTrainer",
    )
}


def make_config(**settings: Any) -> TrainingConfig:
    """Build a :class:`TrainingConfig`; a fault raises :class:`ConfigError` naming every field.

    What is not given is that of the shipped recipe of this algorithm and role
    (:func:`recipe_settings`); without either, that of a trader with memory by PPO.

    >>> make_config().role, make_config(algorithm="PPO").role
    ('remembering', 'directional')
    """
    found: TrainingConfig = checked(
        TrainingConfig, settings, complete=recipe_settings, error=ConfigError
    )
    return found


def recipe_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """``settings``, and for what they do not say the shipped recipe of their algorithm and role.

    The fields' own defaults are a place to start from, and end with a trader that is not accepted.
    They stand if there is no recipe: of an environment of one's own, and of makers and
    executors by DQN and SAC. A recipe judges where it was tried: with another scenario the
    held-out days are of that one. Workers share the decisions of an iteration, so that they change
    how long it takes and not how much is learned from; minibatches are no larger than that.
    """
    given = dict(settings)
    words = {key: value for key, value in given.items() if isinstance(value, str)}
    algorithm = words.get("algorithm", "" if "algorithm" in given else "PPO")
    role = words.get("role", "" if "role" in given else _usual_role(words))
    name = find_role(role).recipe(algorithm) if role in role_names() else ""
    recipe = dict(_recipes_by_name().get(name.lower(), {}))
    if not recipe or ("environment" in given and words.get("environment") != ""):
        return given
    if words.get("scenario", recipe["scenario"]) != recipe["scenario"]:
        recipe.pop("evaluation_scenarios", None)
    if words.get("trainer") == "rllib":
        for unknown in NOT_OF_STOCK:
            recipe.pop(unknown, None)
    both = recipe | given
    # What is wrong with other settings is told of them, not of those that are fitted to them here.
    with contextlib.suppress(TypeError, ValueError):
        workers = max(1, both.get("workers", 0))
        if "rollout_length" not in given:
            both["rollout_length"] = max(1, both["rollout_length"] // workers)
        if "minibatch_size" not in given and algorithm == "PPO":
            slots = both["envs_per_worker"] * both.get("traders_per_market", 1) * workers
            both["minibatch_size"] = max(
                8, min(both["minibatch_size"], slots * both["rollout_length"])
            )
    return both


def _usual_role(words: Mapping[str, str]) -> str:
    """The role of a training that names none: a trader with memory, if nothing says otherwise.

    Who names an algorithm means its directional trader, as ever; a recorded day has no value to
    remember, and a model that is gone on from says what it is by itself.
    """
    if any(words.get(key) for key in ("algorithm", "environment", "resume_from")):
        return DEFAULT_ROLE
    return DEFAULT_ROLE if _is_recorded(words.get("scenario", "")) else FIRST_ROLE


def _is_recorded(scenario: str) -> bool:
    """Whether a market is a recorded day; of one that cannot be used others will tell."""
    if not scenario:
        return False
    try:
        return bool(load_scenario(find_scenario(scenario)).recording)
    except InputError:
        return False


@cache
def _recipes_by_name() -> dict[str, dict[str, Any]]:
    return {file.stem: values_of(file, error=ConfigError) for file in recipes()}


def recipes() -> list[Path]:
    """Shipped training configurations, the best that are known (docs/learning.md has figures)."""
    return sorted((paths.scenario_dir() / "training").glob("*.toml"))


def find_recipe(name_or_path: Path | str) -> Path:
    """A file as it is given, or the shipped configuration of this name."""
    path = Path(name_or_path).expanduser()
    if path.exists():
        return path
    return next((recipe for recipe in recipes() if recipe.stem == str(name_or_path)), path)


def load_config(
    path: Path | None, options: Mapping[str, Any] | None = None, changes: Iterable[str] = ()
) -> TrainingConfig:
    """Read a TOML file whose top-level keys are the fields of :class:`TrainingConfig`.

    ``options`` go before what it says, and ``changes``, "key=value" each, before both. Without a
    file they are all that is given.

    Raises :class:`ConfigError` with everything that is wrong, each with its line and key.
    """
    return load_model(
        path,
        TrainingConfig,
        error=ConfigError,
        options=options or {},
        changes=changes,
        complete=recipe_settings,
        refuse=_NOT_FROM_A_FILE,
    )
