"""The registry of trained models: one folder per model under the user's data folder.

::

    <models_dir>/<name>/
        meta.json             what it is, how it was trained, how well it did; names the checkpoint
        policy.npz            the policy as plain arrays (abm_desktop.market.policy.PolicyNet)
        checkpoint-000100/    RLlib's own checkpoint, to go on training

A few trained models ship with the program, without checkpoints; they can be read but not changed,
and a user's model of the same name goes first. More of the same recipes, from other seeds, ship for
the studies: they are found by name, and listed only where they are asked for.

The folders are the truth; ``models.sqlite`` beside them is an index (:mod:`.model_index`).

Everything is written beside and then renamed, ``meta.json`` last: a model that is listed is whole,
also after a crash in the middle of a write.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from abm_desktop import paths
from abm_desktop.learning import in_training
from abm_desktop.learning.model_archive import pack, unpacked
from abm_desktop.learning.model_index import ModelIndex
from abm_desktop.learning.provenance import now, program_version
from abm_desktop.market.roles import ACTION_NAMES, OBSERVATION_NAMES, Role

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet

POLICY_FILE = "policy.npz"
META_FILE = "meta.json"

_TAG = re.compile(r"[^\s,]{1,40}")
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
    role: Role = "directional"
    """What it trades as: directional, maker or executor."""
    observations: tuple[str, ...] = OBSERVATION_NAMES
    """What its policy sees, in order."""
    actions: tuple[str, ...] = ACTION_NAMES
    """What it can do, in order."""
    git: str = ""
    """Commit of the checkout it was trained with, "-dirty" where files had changed."""

    @property
    def trained_as(self) -> str:
        """Its algorithm, and its role where that is not directional: "PPO", "PPO maker"."""
        return self.algorithm if self.role == "directional" else f"{self.algorithm} {self.role}"

    @property
    def folder(self) -> Path:
        """Where the model lies."""
        return _find(self.name)

    @property
    def bundled(self) -> bool:
        """Whether it ships with the program, and so can be neither changed nor deleted."""
        return self.folder.parent in _shipped_dirs()


_FIELDS = frozenset(item.name for item in fields(ModelInfo))


def bundled_dir() -> Path:
    """Models that ship with the program."""
    return paths.resource_dir() / "models"


def study_dir() -> Path:
    """Models that ship for the studies: other trainings of the shipped ones."""
    return bundled_dir().parent / "study_models"


def _shipped_dirs() -> tuple[Path, Path]:
    return bundled_dir(), study_dir()


def list_models(
    *,
    studies: bool = False,
    algorithm: str | None = None,
    role: str | None = None,
    scenario: str | None = None,
    status: str | None = None,
    parent: str | None = None,
    tag: str | None = None,
    accepted: bool | None = None,
) -> list[ModelInfo]:
    """Every whole model: the user's, newest first, then those that ship with the program.

    With ``studies``, those that ship for the studies as well. Each other argument leaves only the
    models with this value; ``accepted`` is the verdict of the evaluation, which a model may not
    have yet.
    """
    # The whole list first: a model of the user's hides a shipped one whatever is asked for.
    everything = {(root, info.name) for root, info in _indexed()}
    wanted = {
        "algorithm": algorithm,
        "role": role,
        "scenario": scenario,
        "status": status,
        "parent": parent,
        "tag": tag,
        "accepted": accepted,
    }
    found = _indexed(**wanted)
    own = paths.models_dir()
    listed = [info for root, info in found if root == own]
    for shipped in _shipped_dirs() if studies else (bundled_dir(),):
        listed += [
            info for root, info in found if root == shipped and (own, info.name) not in everything
        ]
    return listed


def _indexed(**wanted: Any) -> list[tuple[Path, ModelInfo]]:
    index = ModelIndex(
        paths.models_index(), (paths.models_dir(), *_shipped_dirs()), META_FILE, _read_for_index
    )
    return [(root, _from_values(values)) for root, values in index.find(**wanted)]


def _read_for_index(file: Path) -> dict[str, Any] | None:
    try:
        return asdict(_read(file))
    except ModelError:
        return None


def get_model(name: str) -> ModelInfo:
    """The model called ``name``. Raises :class:`ModelError`."""
    return _read(_find(check_name(name)) / META_FILE)


def load_policy(name: str) -> PolicyNet:
    """The policy of the model called ``name``, ready to trade. Raises :class:`ModelError`."""
    info = get_model(name)
    try:
        return _read_policy(info.folder / POLICY_FILE)
    except ModelError as error:
        raise ModelError(
            f"model {name!r} is damaged: {error}; delete it and train again"
        ) from error


def delete_model(name: str) -> None:
    """Remove a model and the log of its training. Raises :class:`ModelError`."""
    folder = _idle_folder(name, "deleted")
    # Renamed first, so that it leaves the list whole, in one step.
    doomed = folder.with_name(f".deleted-{name}-{os.getpid()}")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)
    shutil.rmtree(paths.runs_dir() / name, ignore_errors=True)


def rename_model(name: str, new_name: str) -> ModelInfo:
    """Give a model of the user's another name. Raises :class:`ModelError`."""
    folder = _idle_folder(name, "renamed")
    target = _new_folder(new_name)
    get_model(name)
    # A folder whose name and metadata differ is not listed: the folder moves first.
    folder.rename(target)
    info = _change(target / META_FILE, name=new_name)
    with contextlib.suppress(OSError):  # imported models have no run
        (paths.runs_dir() / name).rename(paths.runs_dir() / new_name)
    for child in list_models(parent=name):
        if not child.bundled:
            _change(child.folder / META_FILE, parent=new_name)
    return info


def tag_model(name: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> ModelInfo:
    """Put words on a model of the user's, or take them off. Raises :class:`ModelError`."""
    folder = _own_folder(name)
    added = [tag.strip() for tag in add]
    for tag in added:
        if not _TAG.fullmatch(tag):
            raise ModelError(
                f"a tag cannot be {tag!r}: one word of at most 40 characters, without commas"
            )
    tags = (set(get_model(name).tags) | set(added)) - {tag.strip() for tag in remove}
    return _change(folder / META_FILE, tags=sorted(tags))


def import_model(source: Path, name: str = "") -> ModelInfo:
    """Take in a model's folder, the ``.zip`` of one, or a policy's ``.npz`` file.

    Without a name it keeps its own, or that of the file. Raises :class:`ModelError`.
    """
    if source.is_dir():
        return _import_folder(source, name)
    if source.suffix.lower() == ".zip":
        try:
            with unpacked(source, META_FILE) as folder:
                return _import_folder(folder, name)
        except ModelError:
            raise
        except (OSError, ValueError, BadZipFile) as error:
            raise ModelError(f"{source} cannot be taken in: {error}") from error
    policy = _read_policy(source)
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
        role=policy.role,
        observations=policy.observations,
        actions=policy.actions,
    )
    with _beside(info.name) as part:
        part.mkdir(parents=True)
        policy.save(part / POLICY_FILE)
        _write_text(part / META_FILE, _json(info))
    return info


def _import_folder(source: Path, name: str) -> ModelInfo:
    _read_policy(source / POLICY_FILE)
    info = _parse(source / META_FILE)  # its folder may be called anything
    with _beside(name or info.name) as part:
        shutil.copytree(source, part)
        return _change(part / META_FILE, name=name or info.name)


def _read_policy(file: Path) -> PolicyNet:
    # Here, because it loads the compiler, which a list of models does not need.
    from abm_desktop.market.policy import PolicyNet

    try:
        return PolicyNet.load(file)
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} cannot be read as a policy: {error}") from error


@contextlib.contextmanager
def _beside(name: str) -> Iterator[Path]:
    """A path to build a new model in; it takes its place where nothing was raised."""
    folder = _new_folder(name)
    part = folder.with_name(f".importing-{name}-{os.getpid()}")
    try:
        yield part
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def export_model(name: str, target: Path) -> Path:
    """Write a model to a file; returns it. Raises :class:`ModelError`.

    The suffix says what is written: ``.npz`` the policy as plain arrays, ``.onnx`` or ``.pt`` as an
    ONNX graph or TorchScript module, ``.zip`` the whole model with its checkpoint. A folder gets
    the plain arrays.
    """
    from abm_desktop.learning.policy_formats import FORMATS, write_policy

    folder = get_model(name).folder
    file = target / f"{name}.npz" if target.is_dir() else target
    if file.suffix.lower() not in (*FORMATS, ".zip"):
        raise ModelError(
            f"{file} cannot be written: the name must end in {', '.join((*FORMATS, '.zip'))}"
        )
    part = file.with_name(f".part.{file.name}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix.lower() == ".zip":
            pack(folder, part)
        else:
            write_policy(load_policy(name), part)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ModelError(f"{file} cannot be written: {error.strerror or error}") from error
    return file


def set_metrics(name: str, **metrics: Any) -> None:
    """Add to what is known of a model of the user's. Raises :class:`ModelError`."""
    info = get_model(name)
    if not info.bundled:
        _change(info.folder / META_FILE, metrics=info.metrics | metrics)


def free_name(stem: str) -> str:
    """``stem`` made fit for a folder, with the first number that makes it new."""
    base = _FORBIDDEN.sub("-", stem).strip("-.") or "model"
    taken = {entry.name for entry in paths.models_dir().glob(f"{base}*")}
    taken |= set(in_training.trained_now())
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
    with contextlib.suppress(ModelError):  # tags put on it while it trains
        info = replace(info, tags=_read(folder / META_FILE).tags or info.tags)
    target = folder / info.checkpoint
    beside = folder / f".{info.checkpoint}.part"
    policy_part = folder / f".part.{POLICY_FILE}"
    shutil.rmtree(beside, ignore_errors=True)
    try:
        if not target.exists():
            beside.mkdir()
            write_checkpoint(beside)
            beside.rename(target)
        policy.save(policy_part)
        # Renamed together: what is told of a policy is told of this very one.
        meta_part = _write_part(folder / META_FILE, _json(info))
        policy_part.replace(folder / POLICY_FILE)
        meta_part.replace(folder / META_FILE)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        policy_part.unlink(missing_ok=True)
        raise
    for old in folder.glob("checkpoint-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def checkpoint_name(iteration: int) -> str:
    """Folder name of the checkpoint after ``iteration``."""
    return f"checkpoint-{iteration:06d}"


def set_status(name: str, status: str) -> None:
    """Write another ``status`` into a model. Raises :class:`ModelError`."""
    _change(get_model(name).folder / META_FILE, status=status)


def _change(file: Path, **changes: Any) -> ModelInfo:
    """Write other values into a metadata file; what this version does not know stays in it."""
    _parse(file)
    values = json.loads(file.read_text(encoding="utf-8")) | changes
    _write_text(file, json.dumps(values, indent=1, allow_nan=False))
    return _from_values(values)


def _json(info: ModelInfo) -> str:
    return json.dumps(asdict(info), indent=1, allow_nan=False)


def _find(name: str) -> Path:
    """Folder of a model: the user's, else the shipped one, else where the user's would be."""
    own = paths.models_dir() / name
    if own.is_dir():
        return own
    return next((d / name for d in _shipped_dirs() if (d / name).is_dir()), own)


def _own_folder(name: str) -> Path:
    folder = _find(check_name(name))
    if not folder.is_dir():
        raise ModelError(f"there is no model called {name!r}")
    if folder.parent in _shipped_dirs():
        raise ModelError(f"model {name!r} ships with the program and stays as it is")
    return folder


def _idle_folder(name: str, what: str) -> Path:
    folder = _own_folder(name)
    if in_training.is_trained(name):
        raise ModelError(
            f"model {name!r} is being trained and cannot be {what}: stop its training first, or "
            "wait for its end"
        )
    return folder


def _new_folder(name: str) -> Path:
    if in_training.is_trained(check_name(name)):
        raise ModelError(f"a training that runs has the name {name!r}: choose another")
    if _find(name).exists():
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
        return _from_values(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelError(f"there is no model called {file.parent.name!r}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ModelError(f"{file} is damaged: {error}; delete the folder") from error


def _from_values(values: dict[str, Any]) -> ModelInfo:
    # A newer version of the program may know more of a model than this one.
    known = {key: value for key, value in values.items() if key in _FIELDS}
    for key in ("tags", "observations", "actions"):
        if key in known:
            known[key] = tuple(known[key])
    return ModelInfo(**known)


def _write_text(path: Path, text: str) -> None:
    _write_part(path, text).replace(path)


def _write_part(path: Path, text: str) -> Path:
    """Write what is to become ``path`` beside it, down to the disk; nothing is left on a fault."""
    part = path.with_name(f".part.{path.name}")
    try:
        with part.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part
