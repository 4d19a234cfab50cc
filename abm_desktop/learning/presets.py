"""Training configurations by name: those that ship with the program, and the user's own.

One's own are TOML files in the user's configuration folder, of the same form as the shipped ones,
so that ``abm-desktop train --config FILE`` takes them too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from abm_desktop import paths
from abm_desktop.inputs import shown
from abm_desktop.learning.config import ConfigError, TrainingConfig
from abm_desktop.learning.recipes import load_config, make_config, recipes
from abm_desktop.market.roles import find_role
from abm_desktop.scenario.errors import Problem
from abm_desktop.whole_files import write_whole

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_NOT_KEPT = frozenset({"model_name", "resume_from", "environment"})
"""What belongs to one training, not to a way to train."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A configuration that can be taken by its name."""

    name: str
    file: Path
    shipped: bool

    def load(self) -> TrainingConfig:
        """Read it. Raises :class:`~abm_desktop.learning.config.ConfigError`."""
        return load_config(self.file)


def presets_dir() -> Path:
    """The user's own presets. Not created here."""
    return paths.user_config_dir() / "training-presets"


def list_presets() -> list[Preset]:
    """The shipped ones, then the user's by name."""
    shipped = [Preset(file.stem, file, True) for file in recipes()]
    own = [Preset(file.stem, file, False) for file in sorted(presets_dir().glob("*.toml"))]
    return shipped + own


def save_preset(name: str, config: TrainingConfig) -> Preset:
    """Write a configuration under a name; one of the user's with that name is replaced.

    Raises :class:`~abm_desktop.learning.config.ConfigError` for a name that no file can have or
    that a shipped preset has, or where the file cannot be written.
    """
    name = name.strip()
    if not name or name.startswith(".") or len(name) > 80 or _FORBIDDEN.search(name):
        raise _refused(
            f"{shown(name)} cannot be a preset's", "use 1 to 80 letters, digits, spaces, . _ and -"
        )
    if any(file.stem == name for file in recipes()):
        raise _refused(f"{name!r} is that of one that ships", "choose another name")
    document = tomlkit.document()
    document.add(tomlkit.comment(f"Training preset: {name}"))
    document.add("algorithm", config.algorithm)
    if not find_role(config.role).is_default:
        document.add("role", config.role)
    # Written out where it differs from the recipe of this algorithm and role, or from the plain
    # default: a recipe may change, and the preset shall not.
    plain = TrainingConfig().model_dump(mode="json")
    usual = make_config(algorithm=config.algorithm, role=config.role).model_dump(mode="json")
    for key, value in config.model_dump(mode="json").items():
        said = key in _NOT_KEPT or key in document
        if not said and (value != usual[key] or value != plain[key]):
            document.add(key, value)
    file = presets_dir() / f"{name}.toml"
    try:
        write_whole(file, tomlkit.dumps(document))
    except OSError as error:
        raise _refused(
            f"cannot be written: {error.strerror or error}",
            "free some space or check the folder's permissions",
            file,
        ) from error
    return Preset(name, file, False)


def delete_preset(preset: Preset) -> None:
    """Remove a preset of the user's. Raises ConfigError if it cannot be."""
    if preset.shipped:
        raise _refused(f"{preset.name!r} ships with the program", "it stays")
    try:
        preset.file.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(
            f"cannot be removed: {error.strerror or error}",
            "check the folder's permissions",
            preset.file,
        ) from error


def _refused(message: str, remedy: str, file: Path | None = None) -> ConfigError:
    return ConfigError(file, [Problem(None, None if file else "name", message, remedy)])
