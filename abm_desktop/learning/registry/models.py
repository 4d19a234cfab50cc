"""The registry of trained models: one folder per model under the user's data folder.

::

    <models_dir>/<name>/
        meta.json             what it is, how it was trained, how well it did; names the checkpoint
        policy.npz            the policy as plain arrays (abm_desktop.market.policy.PolicyNet)
        history.jsonl         the curves of its training
        checkpoint-000100/    what a training can go on from (checkpoints.py)

A few trained models ship with the program, without checkpoints; they can be read but not changed,
and a user's model of the same name goes first. More of the same recipes, from other seeds, ship for
the studies: they are found by name, and listed only where they are asked for.

The folders are the truth; ``models.sqlite`` beside them is an index (:mod:`.model_index`).

A new model's folder appears whole. A newer state is written beside the older one and takes its
place with one rename, that of ``meta.json``: whenever a save is interrupted, the model is as it was
before or as it is after, and a policy that has not come to its place by then is put there by
whoever looks next. The name of the folder is the name of the model.

Names are held while something makes, moves or removes a model (:mod:`.model_names`).
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop import paths
from abm_desktop.inputs import InputError
from abm_desktop.learning.registry import model_names
from abm_desktop.learning.registry.model_archive import (
    META_FILE,
    POLICY_FILE,
    pack,
    read_archive,
    read_folder,
)
from abm_desktop.learning.registry.model_index import ModelIndex
from abm_desktop.learning.registry.model_meta import (
    TAG,
    ModelError,
    check_meta,
    check_name,
    read_meta,
)
from abm_desktop.learning.registry.model_names import (
    is_taken,
    the_only_one_at,
    the_only_one_making,
    writing,
)
from abm_desktop.learning.registry.provenance import now, program_version
from abm_desktop.market.roles import ACTION_NAMES, OBSERVATION_NAMES, Role
from abm_desktop.plain_json import parse_json
from abm_desktop.whole_files import (
    Claim,
    TakenError,
    clear_parts,
    move_aside,
    new_file,
    turn,
    whole_file,
    whole_folder,
    write_whole,
)

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet

log = logging.getLogger("abm_desktop.learning.registry.models")

_told: set[str] = set()
"""Damaged folders that a warning has named, with what is wrong: one warning each."""


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
    _tell_of_parts()
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
        paths.models_index(),
        (paths.models_dir(), *_shipped_dirs()),
        META_FILE,
        _read_for_index,
        check_meta,
    )
    return [(root, _from_values(values)) for root, values in index.find(**wanted)]


def _read_for_index(file: Path) -> dict[str, Any] | None:
    if file.parent.name.startswith("."):  # being made or removed, or what a killed program left
        return None
    try:
        return asdict(_read(file))
    except ModelError as error:
        _warn_once(str(error))
        return None


def _tell_of_parts() -> None:
    """Warn of what lies among the user's models and looks like one, but has no description."""
    with contextlib.suppress(OSError):
        for entry in sorted(paths.models_dir().iterdir()):
            if entry.name.startswith(".") or os.path.lexists(entry / META_FILE):
                continue
            if entry.suffix in (".npz", ".zip") and entry.is_file():
                _warn_once(f"{entry} is no folder; take it in: abm-desktop models import {entry}")
            elif (policy := entry / POLICY_FILE).is_file():
                _warn_once(
                    f"{entry} has no {META_FILE}; put it there, or take its policy in alone: "
                    f"abm-desktop models import {policy} --name NEW-NAME"
                )
            elif entry.is_dir() and any(entry.glob("checkpoint-*")):
                _warn_once(f"{entry} has no {META_FILE}; put it there, or delete the folder")


def _warn_once(text: str) -> None:
    if text not in _told:
        _told.add(text)
        log.warning("left out: %s", text)


def get_model(name: str) -> ModelInfo:
    """The model called ``name``. Raises :class:`ModelError`."""
    return _read(_find(check_name(name)) / META_FILE)


def load_policy(name: str) -> PolicyNet:
    """The policy of the model called ``name``, ready to trade. Raises :class:`ModelError`."""
    info = get_model(name)
    try:
        return read_policy(info.folder / POLICY_FILE)
    except ModelError as error:
        remedy = f"put a sound {POLICY_FILE} there, or delete the model and train again"
        raise ModelError(f"model {name!r} is damaged: {error}", remedy=remedy) from error


def delete_model(name: str) -> None:
    """Remove a model and the log of its training. Raises :class:`ModelError`."""
    _own_folder(name)
    with the_only_one_at(name, "deleted"):
        folder = _own_folder(name)
        # Renamed first, so that it leaves the list whole, in one step.
        doomed = folder.with_name(f".deleted-{name}-{secrets.token_hex(4)}")
        folder.rename(doomed)
        if doomed.is_symlink():
            doomed.unlink()
        shutil.rmtree(paths.runs_dir() / name, ignore_errors=True)
        for left in folder.parent.glob(".deleted-*"):  # a killed program's too
            shutil.rmtree(left, ignore_errors=True)


def rename_model(name: str, new_name: str) -> ModelInfo:
    """Give a model of the user's another name. Raises :class:`ModelError`."""
    _own_folder(name)
    with the_only_one_at(name, "renamed"), the_only_one_making(new_name, _find) as target:
        folder = _own_folder(name)
        get_model(name)
        folder.rename(target)
        # The folder tells the name: from here on nothing can go wrong that matters.
        with contextlib.suppress(OSError, ModelError):
            _change(target / META_FILE, lambda _: {"name": new_name})
        with contextlib.suppress(OSError):  # imported models have no run
            move_aside(paths.runs_dir() / new_name)
            (paths.runs_dir() / name).rename(paths.runs_dir() / new_name)
    for child in list_models(parent=name):
        if not child.bundled:
            _change(child.folder / META_FILE, lambda _: {"parent": new_name})
    return get_model(new_name)


def tag_model(name: str, add: Iterable[str] = (), remove: Iterable[str] = ()) -> ModelInfo:
    """Put words on a model of the user's, or take them off. Raises :class:`ModelError`."""
    folder = _own_folder(name)
    added = [tag.strip() for tag in add]
    for tag in added:
        if not TAG.fullmatch(tag):
            raise ModelError(
                f"a tag cannot be {tag!r}: one word of at most 40 characters, without commas"
            )
    gone = {tag.strip() for tag in remove}
    _change(folder / META_FILE, lambda has: {"tags": sorted({*has.tags, *added} - gone)})
    return get_model(name)


def import_model(source: Path, name: str = "") -> ModelInfo:
    """Take in a model's folder, the ``.zip`` of one, or a policy's ``.npz`` file.

    Its policy, what is told of it and its curves are taken in, as data within limits, and nothing
    else: training cannot go on from it. Without a name it keeps its own, or that of the file.
    Raises :class:`ModelError`; nothing is left of it then.
    """
    try:
        if source.is_dir():
            return _take_in(read_folder(source), name)
        if source.suffix.lower() == ".zip":
            return _take_in(read_archive(source), name)
        return _take_in_policy(source, name)
    except ModelError:
        raise
    except InputError as error:
        told = str(error).removeprefix(f"{source}: ")
        raise ModelError(f"cannot be taken in: {told}", path=source) from error
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror or error}", path=source) from error


def _take_in(files: dict[str, bytes], name: str) -> ModelInfo:
    try:
        values = check_meta(parse_json(files[META_FILE]))
    except InputError as error:
        raise InputError(
            f"{META_FILE}: {error}", remedy="mend that file, or take its policy.npz in alone"
        ) from error
    # The folder it comes from may be called anything.
    values |= {"name": name or values["name"], "checkpoint": ""}
    with the_only_one_making(values["name"], _find) as folder, whole_folder(folder) as part:
        for file, data in files.items():
            (part / file).write_bytes(data)
        try:
            policy = read_policy(part / POLICY_FILE)
        except ModelError as error:
            raise InputError(f"{POLICY_FILE} {error.message}") from error
        if policy.role != values.get("role", "directional"):
            raise InputError(f"the policy is one of a {policy.role} trader, not as it is told")
        write_whole(part / META_FILE, _text_of(values))
    return get_model(values["name"])


def _take_in_policy(source: Path, name: str) -> ModelInfo:
    policy = read_policy(source)
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
    with the_only_one_making(info.name, _find) as folder, whole_folder(folder) as part:
        policy.save(part / POLICY_FILE)
        write_whole(part / META_FILE, _json(info))
    return info


def read_policy(file: Path) -> PolicyNet:
    """The policy in a ``.npz`` file. Raises :class:`ModelError`."""
    # Here, because it loads the compiler, which a list of models does not need.
    from abm_desktop.market.policy import PolicyNet

    try:
        return PolicyNet.load(file)
    except InputError as error:
        raise ModelError(error.message, path=file, remedy=error.remedy) from error


def export_model(name: str, target: Path, *, overwrite: bool = False) -> Path:
    """Write a model to a file; returns it.

    Raises :class:`ModelError`, also if the file is there already and may not be overwritten.

    The suffix says what is written: ``.npz`` the policy as plain arrays, ``.onnx`` or ``.pt`` as an
    ONNX graph or TorchScript module, ``.zip`` policy, description and curves. A folder gets
    the plain arrays.
    """
    from abm_desktop.learning.registry.policy_formats import FORMATS, write_policy

    folder = get_model(name).folder
    file = target / f"{name}.npz" if target.is_dir() else target
    if file.suffix.lower() not in (*FORMATS, ".zip"):
        raise ModelError(
            f"{file} cannot be written: the name must end in {', '.join((*FORMATS, '.zip'))}"
        )
    try:
        with whole_file(file) if overwrite else new_file(file) as part:
            if file.suffix.lower() == ".zip":
                pack(folder, part)
            else:
                write_policy(load_policy(name), part, file.suffix)
    except TakenError as error:
        raise ModelError(
            "is there already", path=file, remedy="choose another name, or use --overwrite"
        ) from error
    except OSError as error:
        raise ModelError(f"{file} cannot be written: {error.strerror or error}") from error
    return file


def set_metrics(name: str, **metrics: Any) -> None:
    """Add to what is known of a model of the user's. Raises :class:`ModelError`."""
    info = get_model(name)
    if not info.bundled:
        _change(info.folder / META_FILE, lambda has: {"metrics": has.metrics | metrics})


def reserve(name: str, stem: str) -> Claim:
    """Hold the name of a model that is to be trained, until the claim is released.

    That is ``name``, or without one the first of ``stem-1``, ``stem-2``, ... that nothing has and
    nothing holds. Of several callers at once, in any processes, each gets another name.

    Raises :class:`ModelError` if ``name`` cannot be one, or is taken.
    """
    return model_names.reserve(name, stem, _find)


def save_model(
    info: ModelInfo, policy: PolicyNet, write_checkpoint: Callable[[Path], None]
) -> Path:
    """Write a model, or a newer state of it; returns its folder.

    ``write_checkpoint`` is called with a folder to fill, unless the checkpoint that ``info`` names
    is there already. What was there before stays whole until the new state is.
    """
    folder = paths.models_dir() / check_name(info.name)
    if not is_taken(folder) and not os.path.ismount(folder):
        clear_parts(folder)
        with whole_folder(folder) as part:
            (part / info.checkpoint).mkdir()
            write_checkpoint(part / info.checkpoint)
            policy.save(part / POLICY_FILE)
            write_whole(part / META_FILE, _json(info))
        return folder
    with contextlib.suppress(ModelError):
        _read(folder / META_FILE)  # brings a save to its end that was interrupted after it happened
    for left in folder.glob(".*.part"):  # of one that was interrupted before
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    for left in folder.glob(".*.policy.npz"):
        left.unlink()
    target = folder / info.checkpoint
    made = not target.exists()
    pending = _pending(folder, info.checkpoint)
    try:
        if made:
            with whole_folder(target) as part:
                write_checkpoint(part)
        with whole_file(pending) as part, part.open("wb") as stream:
            policy.save(stream)
        # A minute: a training is not to fail because somebody's tagging was stopped with Ctrl+Z.
        with turn(paths.models_dir(), info.name, seconds=60.0):
            with contextlib.suppress(ModelError):  # tags put on it while it trains
                info = replace(info, tags=_read(folder / META_FILE).tags or info.tags)
            write_whole(folder / META_FILE, _json(info))
    except BaseException:
        pending.unlink(missing_ok=True)
        if made:
            shutil.rmtree(target, ignore_errors=True)
        raise
    with contextlib.suppress(FileNotFoundError):  # whoever has read it since has done that already
        pending.replace(folder / POLICY_FILE)
    for old in folder.glob("checkpoint-*"):
        if old != target:
            shutil.rmtree(old, ignore_errors=True)
    return folder


def _pending(folder: Path, checkpoint: str) -> Path:
    """Where the policy of a checkpoint waits for the metadata that tells of it."""
    return folder / f".{checkpoint}.policy.npz"


def checkpoint_name(iteration: int) -> str:
    """Folder name of the checkpoint after ``iteration``."""
    return f"checkpoint-{iteration:06d}"


def set_status(name: str, status: str) -> None:
    """Write another ``status`` into a model. Raises :class:`ModelError`."""
    _change(get_model(name).folder / META_FILE, lambda _: {"status": status})


def _change(file: Path, change: Callable[[ModelInfo], dict[str, Any]]) -> None:
    """Write other values into a model's metadata file; what is not known here stays in it."""
    with writing(), turn(paths.models_dir(), file.parent.name):
        _write_changed(file, change(_read(file)))


def _write_changed(file: Path, changes: dict[str, Any]) -> None:
    try:
        values = check_meta(read_meta(file) | changes)
    except ModelError:
        raise
    except InputError as error:
        raise ModelError(f"cannot take this: {error}", path=file) from error
    write_whole(file, _text_of(values))


def _text_of(values: dict[str, Any]) -> str:
    return json.dumps(values, indent=1, allow_nan=False)


def _json(info: ModelInfo) -> str:
    return _text_of(asdict(info))


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


def _read(file: Path) -> ModelInfo:
    folder = file.parent
    try:
        check_name(folder.name)
    except ModelError as error:
        raise ModelError(error.message, path=folder, remedy="rename the folder") from error
    info = replace(_parse(file), name=folder.name)
    pending = _pending(folder, info.checkpoint)
    if pending.is_file():  # its save was interrupted after it had happened
        with contextlib.suppress(OSError):
            pending.replace(folder / POLICY_FILE)
    if not (folder / POLICY_FILE).is_file():
        raise ModelError(
            f"is not a whole model: it has no {POLICY_FILE}",
            path=folder,
            remedy="put it there, or delete the folder",
        )
    return info


def _parse(file: Path) -> ModelInfo:
    return _from_values(read_meta(file))


def _from_values(values: dict[str, Any]) -> ModelInfo:
    # A newer version of the program may know more of a model than this one.
    known = {key: value for key, value in values.items() if key in _FIELDS}
    for key in ("tags", "observations", "actions"):
        if key in known:
            known[key] = tuple(known[key])
    return ModelInfo(**known)
