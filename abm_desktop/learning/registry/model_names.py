"""Names of models, each held by one at a time: for a training, an import, a renaming, a deletion.

``find`` gives the folder of a name: where its model lies, or where it would.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from abm_desktop import paths
from abm_desktop.learning.registry import in_training
from abm_desktop.learning.registry.model_meta import (
    ModelError,
    NameTakenError,
    check_name,
    fit_name,
)
from abm_desktop.whole_files import Claim, TakenError, clear_parts

__all__ = [
    "is_taken",
    "reserve",
    "reserve_again",
    "the_only_one_at",
    "the_only_one_making",
    "writing",
]

Find = Callable[[str], Path]


def reserve(name: str, stem: str, find: Find) -> Claim:
    """Hold ``name``, or without one the first of ``stem-1``, ``stem-2``, ... that is free.

    Raises :class:`ModelError` if ``name`` cannot be one, or is taken.
    """
    with writing():
        if name:
            return _claim_new(name, find)
        return in_training.claim_numbered(fit_name(stem), lambda each: is_taken(find(each)))


def reserve_again(name: str) -> Claim:
    """Hold the name of a model that is there, to go on with its training.

    Raises :class:`ModelError` if anything else holds it.
    """
    with writing():
        try:
            return in_training.claim(name)
        except TakenError:
            raise NameTakenError(f"model {name!r} is being trained already") from None


@contextlib.contextmanager
def the_only_one_at(name: str, what: str) -> Iterator[None]:
    """Hold the name of a model that is to be ``what``, e.g. "renamed", inside the block.

    Raises :class:`ModelError` if anything else does, and for what the disk refuses.
    """
    with writing():
        try:
            claim = in_training.claim(name)
        except TakenError:
            raise NameTakenError(
                f"model {name!r} is being trained and cannot be {what}: stop its training first, "
                "or wait for its end"
            ) from None
        try:
            yield
        finally:
            claim.release()


@contextlib.contextmanager
def the_only_one_making(name: str, find: Find) -> Iterator[Path]:
    """Where a new model may be built, its name held inside the block; raises as above."""
    with writing():
        claim = _claim_new(name, find)
        try:
            folder = paths.models_dir() / name
            clear_parts(folder)
            yield folder
        finally:
            claim.release()


def is_taken(folder: Path) -> bool:
    """Whether anything is called so; an empty folder is nothing."""
    return os.path.lexists(folder) and not (folder.is_dir() and not any(folder.iterdir()))


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Tell what the disk refuses as a :class:`ModelError`."""
    try:
        yield
    except ModelError:
        raise
    except TakenError as error:
        raise ModelError(str(error)) from error
    except OSError as error:
        raise ModelError(
            f"cannot be written: {error.strerror or error}",
            path=error.filename or paths.models_dir(),
            remedy="free some space, check the folder's permissions, or name another data folder "
            f"in {paths.DATA_VARIABLE}",
        ) from error


def _claim_new(name: str, find: Find) -> Claim:
    if is_taken(find(check_name(name))):
        raise _exists(name)
    try:
        claim = in_training.claim(name)
    except TakenError:
        raise NameTakenError(
            f"a training that runs has the name {name!r}: choose another"
        ) from None
    if is_taken(find(name)):  # since the first look
        claim.release()
        raise _exists(name)
    return claim


def _exists(name: str) -> ModelError:
    return NameTakenError(
        f"there is a model called {name!r} already: choose another name, or delete it first"
    )
