"""The registry of trained models: one folder per model under the user's data folder.

::

    <models_dir>/<name>/
        meta.json             what it is, how it was trained, how well it did; names the checkpoint
        policy.npz            the policy as plain arrays (abm_desktop.market.policy.PolicyNet)
        checkpoint-000100/    RLlib's own checkpoint, to go on training

A few trained models ship with the program, without checkpoints; they can be read but not changed,
and a user's model of the same name goes first.

Everything is written beside and then renamed, ``meta.json`` last: a model that is listed is whole,
also after a crash in the middle of a write.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
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
    """What was measured: of the training, and under "evaluation" and "stress_test" of the model."""
    tags: tuple[str, ...] = ()
    """Words of the user's, sorted."""
    parent: str = ""
    """Name of the model whose training this one went on from."""
    git: str = ""
    """Commit of the checkout it was trained with, "-dirty" where files had changed."""

    @property
    def folder(self) -> Path:
        """Where the model lies."""
        return _find(self.name)

    @property
    def bundled(self) -> bool:
        """Whether it ships with the program, and so can be neither changed nor deleted."""
        return self.folder.parent == bundled_dir()


_FIELDS = frozenset(item.name for item in fields(ModelInfo))


def bundled_dir() -> Path:
    """Models that ship with the program."""
    return paths.resource_dir() / "models"


def list_models() -> list[ModelInfo]:
    """Every whole model: the user's, newest first, then those that ship with the program."""
    own = _models_in(paths.models_dir())
    taken = {model.name for model in own}
    return own + [model for model in _models_in(bundled_dir()) if model.name not in taken]


def _models_in(root: Path) -> list[ModelInfo]:
    models = []
    for file in root.glob(f"*/{META_FILE}"):
        try:
            models.append(_read(file))
        except ModelError:
            continue
    return sorted(models, key=lambda model: model.created, reverse=True)


def get_model(name: str) -> ModelInfo:
    """The model called ``name``. Raises :class:`ModelError`."""
    return _read(_find(check_name(name)) / META_FILE)


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
    folder = _own_folder(name)
    # Renamed first, so that it leaves the list whole, in one step.
    doomed = folder.with_name(f".deleted-{name}-{os.getpid()}")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def rename_model(name: str, new_name: str) -> ModelInfo:
    """Give a model of the user's another name. Raises :class:`ModelError`."""
    folder = _own_folder(name)
    target = _new_folder(new_name)
    info = replace(get_model(name), name=new_name)
    # A folder whose name and metadata differ is not listed: the folder moves first.
    folder.rename(target)
    _write_text(target / META_FILE, _json(info))
    return info


def import_model(source: Path, name: str = "") -> ModelInfo:
    """Take in a model's folder, or a policy's ``.npz`` file. Raises :class:`ModelError`.

    Without a name it keeps its own, or that of the file.
    """
    from abm_desktop.market.policy import PolicyNet

    policy_file = source / POLICY_FILE if source.is_dir() else source
    try:
        policy = PolicyNet.load(policy_file)
    except (OSError, ValueError) as error:
        raise ModelError(f"{policy_file} cannot be read as a policy: {error}") from error
    if source.is_dir():
        info = _parse(source / META_FILE)  # its folder may be called anything
        info = replace(info, name=name or info.name)
    else:
        info = ModelInfo(
            name=name or policy.name or source.stem,
            algorithm="imported",
            scenario="",
            created=now(),
            iterations=0,
            env_steps=0,
            reward_mean=None,
            seed=0,
            status="imported",
            version=program_version(),
            checkpoint="",
        )
    folder = _new_folder(info.name)
    part = folder.with_name(f".importing-{info.name}-{os.getpid()}")
    try:
        if source.is_dir():
            shutil.copytree(source, part)
        else:
            part.mkdir(parents=True)
            policy.save(part / POLICY_FILE)
        _write_text(part / META_FILE, _json(info))
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return info


def export_model(name: str, target: Path) -> Path:
    """Copy a model's policy to a ``.npz`` file, or into a folder; returns the file.

    Raises :class:`ModelError`.
    """
    source = get_model(name).folder / POLICY_FILE
    file = target / f"{name}.npz" if target.is_dir() else target
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, file)
    except OSError as error:
        raise ModelError(f"{file} cannot be written: {error.strerror}") from error
    return file


def set_metrics(name: str, **metrics: Any) -> None:
    """Add to what is known of a model of the user's. Raises :class:`ModelError`."""
    info = get_model(name)
    if not info.bundled:
        _write_text(info.folder / META_FILE, _json(replace(info, metrics=info.metrics | metrics)))


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
    folder = paths.models_dir() / check_name(info.name)
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


def git_version() -> str:
    """Commit of the checkout the program runs from, as ``git describe`` names it; else ""."""
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return ""
    try:
        told = subprocess.run(
            ["git", "-C", str(root), "describe", "--always", "--dirty", "--abbrev=12"],
            capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def set_status(name: str, status: str) -> None:
    """Write another ``status`` into a model. Raises :class:`ModelError`."""
    info = replace(get_model(name), status=status)
    _write_text(info.folder / META_FILE, _json(info))


def _json(info: ModelInfo) -> str:
    return json.dumps(asdict(info), indent=1, allow_nan=False)


def _find(name: str) -> Path:
    """Folder of a model: the user's, else the shipped one, else where the user's would be."""
    own = paths.models_dir() / name
    shipped = bundled_dir() / name
    return shipped if not own.is_dir() and shipped.is_dir() else own


def _own_folder(name: str) -> Path:
    folder = _find(check_name(name))
    if not folder.is_dir():
        raise ModelError(f"there is no model called {name!r}")
    if folder.parent == bundled_dir():
        raise ModelError(f"model {name!r} ships with the program and stays as it is")
    return folder


def _new_folder(name: str) -> Path:
    if _find(check_name(name)).exists():
        raise ModelError(
            f"there is a model called {name!r} already: choose another name, or delete it first"
        )
    return paths.models_dir() / name


def _read(file: Path) -> ModelInfo:
    info = _parse(file)
    if info.name != file.parent.name or not (file.parent / POLICY_FILE).is_file():
        raise ModelError(f"{file.parent} is not a whole model; delete the folder")
    return info


def _parse(file: Path) -> ModelInfo:
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
        # A newer version of the program may know more of a model than this one.
        known = {key: value for key, value in values.items() if key in _FIELDS}
        return ModelInfo(**known | {"tags": tuple(known.get("tags", ()))})
    except OSError as error:
        raise ModelError(f"there is no model called {file.parent.name!r}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{file} is damaged: {error}; delete the folder") from error


def _write_text(path: Path, text: str) -> None:
    part = path.with_name(f".part.{path.name}")
    with part.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
