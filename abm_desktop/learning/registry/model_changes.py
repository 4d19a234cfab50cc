"""Models are renamed, tagged, told of and deleted; those that ship with the program stay."""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from abm_desktop import paths
from abm_desktop.inputs import InputError
from abm_desktop.learning.registry.model_info import ModelInfo, read_info, text_of
from abm_desktop.learning.registry.model_list import get_model, list_models
from abm_desktop.learning.registry.model_meta import (
    TAG,
    ModelError,
    check_meta,
    check_name,
    read_meta,
)
from abm_desktop.learning.registry.model_names import the_only_one_at, the_only_one_making, writing
from abm_desktop.model_folders import META_FILE, folder_of, shipped_dirs
from abm_desktop.whole_files import move_aside, turn, write_whole

__all__ = ["delete_model", "rename_model", "set_metrics", "set_status", "tag_model"]


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
    with the_only_one_at(name, "renamed"), the_only_one_making(new_name, folder_of) as target:
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


def set_metrics(name: str, **metrics: Any) -> None:
    """Add to what is known of a model of the user's. Raises :class:`ModelError`."""
    info = get_model(name)
    if not info.bundled:
        _change(info.folder / META_FILE, lambda has: {"metrics": has.metrics | metrics})


def set_status(name: str, status: str) -> None:
    """Write another ``status`` into a model. Raises :class:`ModelError`."""
    _change(get_model(name).folder / META_FILE, lambda _: {"status": status})


def _change(file: Path, changed: Callable[[ModelInfo], dict[str, Any]]) -> None:
    """Write other values into a model's metadata file; what is not known here stays in it."""
    with writing(), turn(paths.models_dir(), file.parent.name):
        _write_changed(file, changed(read_info(file)))


def _write_changed(file: Path, changes: dict[str, Any]) -> None:
    try:
        values = check_meta(read_meta(file) | changes)
    except ModelError:
        raise
    except InputError as error:
        raise ModelError(f"cannot take this: {error}", path=file) from error
    write_whole(file, text_of(values))


def _own_folder(name: str) -> Path:
    folder = folder_of(check_name(name))
    if not folder.is_dir():
        raise ModelError(f"there is no model called {name!r}")
    if folder.parent in shipped_dirs():
        raise ModelError(f"model {name!r} ships with the program and stays as it is")
    return folder
