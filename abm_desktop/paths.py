"""Where things lie: files that ship with the program, and folders that belong to the user.

The bottom of the import order: this module imports nothing from the package. Shipped files lie in
``resources/`` and ``scenarios/`` beside the package in a checkout, and in ``abm_desktop/_data`` in
an installed wheel. User folders follow the platform's rules; environment variables override them,
so that tests and a second copy of the program stay out of the user's own folders.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

APP_NAME = "abm-desktop"

DATA_VARIABLE = "ABM_DESKTOP_DATA"
CONFIG_VARIABLE = "ABM_DESKTOP_CONFIG"
CACHE_VARIABLE = "ABM_DESKTOP_CACHE"

_PACKAGE = Path(__file__).resolve().parent


def _shipped(folder: str) -> Path:
    installed = _PACKAGE / "_data" / folder
    return installed if installed.is_dir() else _PACKAGE.parent / folder


def resource_dir() -> Path:
    """Icons, themes and templates that ship with the program."""
    return _shipped("resources")


def scenario_dir() -> Path:
    """Scenario files that ship with the program."""
    return _shipped("scenarios")


def _user(variable: str, default: str) -> Path:
    value = os.environ.get(variable)
    return Path(value).expanduser().resolve() if value else Path(default)


def user_data_dir() -> Path:
    """Models, Ray sessions and the user's own scenarios. Not created here."""
    return _user(DATA_VARIABLE, platformdirs.user_data_dir(APP_NAME, appauthor=False))


def user_config_dir() -> Path:
    """Settings of the window: layout, theme, recent files. Not created here."""
    return _user(CONFIG_VARIABLE, platformdirs.user_config_dir(APP_NAME, appauthor=False))


def user_cache_dir() -> Path:
    """What can be made again, such as compiled code. Not created here."""
    return _user(CACHE_VARIABLE, platformdirs.user_cache_dir(APP_NAME, appauthor=False))


def user_scenario_dir() -> Path:
    """Scenario files of the user, found by name like the shipped ones."""
    return user_data_dir() / "scenarios"


def models_dir() -> Path:
    """Registry of trained models."""
    return user_data_dir() / "models"


def models_index() -> Path:
    """SQLite index of the registry, made again from its folders where it is missing."""
    return user_data_dir() / "models.sqlite"


def runs_dir() -> Path:
    """TensorBoard event files, one folder a training."""
    return user_data_dir() / "runs"


def ray_dir() -> Path:
    """Session folders of the local Ray cluster."""
    return user_data_dir() / "ray"
