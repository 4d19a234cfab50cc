"""The registry of trained models: one folder per model under the user's data folder.

::

    <models_dir>/<name>/
        meta.json             what it is, how it was trained, how well it did; names the checkpoint
        policy.npz            the policy as plain arrays (abm_desktop.market.policy.PolicyNet)
        checkpoint-000100/    RLlib's own checkpoint, to go on training

Everything is written beside and then renamed, ``meta.json`` last: a model that is listed is whole,
also after a crash in the middle of a write.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop import paths

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet

POLICY_FILE = "policy.npz"
META_FILE = "meta.json"

_FORBIDDEN = re.compile(r"[^A-Za-z0-9._-]+")


class ModelError(ValueError):
    """A model that is not there, not whole, or may not be called so; the message says which."""


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of a trained model. The fields are the keys of ``meta.json``."""

    name: str
    algorithm: str
    scenario: str
    created: str
    """Time of the last checkpoint, ISO 8601, UTC."""
    iterations: int
    env_steps: int
    reward_mean: float | None
    """Mean return of the last episodes of training; None where no episode ended."""
    seed: int
    status: str
    """"unfinished", "finished", "stopped" or "failed"."""
    version: str
    """Version of ABM Desktop that wrote it."""
    checkpoint: str
    """Name of the checkpoint folder beside ``meta.json``."""
    config: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the model lies."""
        return paths.models_dir() / self.name


def list_models() -> list[ModelInfo]:
    """Every whole model, newest first."""
    models = []
    for file in paths.models_dir().glob(f"*/{META_FILE}"):
        try:
            models.append(_read(file))
        except ModelError:
            continue
    return sorted(models, key=lambda model: model.created, reverse=True)


def get_model(name: str) -> ModelInfo:
    """The model called ``name``. Raises :class:`ModelError`."""
    return _read(_folder(name) / META_FILE)


def load_policy(name: str) -> PolicyNet:
    """The policy of the model called ``name``, ready to trade. Raises :class:`ModelError`."""
    # Here, because it loads the compiler, which a list of models does not need.
    from abm_desktop.market.policy import PolicyNet

    info = get_model(name)
    try:
        return PolicyNet.load(info.folder / POLICY_FILE)
    except (OSError, ValueError) as error:
        raise ModelError(
            f"the policy of model {name!r} cannot be read: {error}; delete it and train again"
        ) from error


def delete_model(name: str) -> None:
    """Remove a model. Raises :class:`ModelError` where there is none."""
    folder = _folder(name)
    if not folder.is_dir():
        raise ModelError(f"there is no model called {name!r}")
    # Renamed first, so that it leaves the list whole, in one step.
    doomed = folder.with_name(f".deleted-{name}-{os.getpid()}")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def free_name(stem: str) -> str:
    """``stem`` made fit for a folder, with the first number that makes it new."""
    base = _FORBIDDEN.sub("-", stem).strip("-.") or "model"
    taken = {entry.name for entry in paths.models_dir().glob(f"{base}*")}
    number = 1
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


def check_name(name: str) -> str:
    """``name`` itself, where a model may be called so. Raises :class:`ModelError`."""
    if not name or _FORBIDDEN.search(name) or name.startswith("."):
        raise ModelError(
            f"a model cannot be called {name!r}: use letters, digits, '.', '_' and '-'"
        )
    return name


def save_model(
    info: ModelInfo, policy: PolicyNet, write_checkpoint: Callable[[Path], None]
) -> Path:
    """Write a model, or a newer state of it; returns its folder.

    ``write_checkpoint`` is called with a folder to fill, unless the checkpoint that ``info`` names
    is there already. What was there before stays whole until the new state is.
    """
    folder = _folder(info.name)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / info.checkpoint
    beside = folder / f".{info.checkpoint}.part"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        if not target.exists():
            beside.mkdir()
            write_checkpoint(beside)
            beside.rename(target)
        part = folder / f".part.{POLICY_FILE}"
        policy.save(part)
        part.replace(folder / POLICY_FILE)
        _write_text(folder / META_FILE, _json(info))
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    for old in folder.glob("checkpoint-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def checkpoint_name(iteration: int) -> str:
    """Folder name of the checkpoint after ``iteration``."""
    return f"checkpoint-{iteration:06d}"


def now() -> str:
    """The present time as it stands in ``ModelInfo.created``."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def program_version() -> str:
    """Version of the installed program, or "unknown" when it runs uninstalled."""
    try:
        return metadata.version("abm-desktop")
    except metadata.PackageNotFoundError:
        return "unknown"


def set_status(name: str, status: str) -> None:
    """Write another ``status`` into a model. Raises :class:`ModelError`."""
    info = replace(get_model(name), status=status)
    _write_text(info.folder / META_FILE, _json(info))


def _json(info: ModelInfo) -> str:
    return json.dumps(asdict(info), indent=1, allow_nan=False)


def _folder(name: str) -> Path:
    return paths.models_dir() / check_name(name)


def _read(file: Path) -> ModelInfo:
    try:
        info = ModelInfo(**json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelError(f"there is no model called {file.parent.name!r}") from error
    except (ValueError, TypeError) as error:
        raise ModelError(f"{file} is damaged: {error}; delete the folder") from error
    if info.name != file.parent.name or not (file.parent / POLICY_FILE).is_file():
        raise ModelError(f"{file.parent} is not a whole model; delete the folder")
    return info


def _write_text(path: Path, text: str) -> None:
    part = path.with_name(f".part.{path.name}")
    with part.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
