"""Files and folders that appear whole or not at all, and names that one process holds at a time.

What is written lies beside its place under a name that begins with a dot, goes down to the disk,
and is then renamed. A name is held by a lock of the operating system, which is gone with the
process that held it, however it ended: no process number and no clock comes into it.
"""

from __future__ import annotations

import contextlib
import fnmatch
import os
import re
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from abm_desktop.inputs import InputError, shown

_LOOKED_AT = 0.2
"""Seconds; :func:`is_claimed` holds a lock for a moment, which must not look like a holder."""


class TakenError(InputError):
    """A name or folder that something else has already."""


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; it takes the place of ``path`` when the block ends without an error.

    Raises ``OSError`` as writing does; what stood at ``path`` before is then still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _beside(path)
    try:
        yield part
        _to_disk(part)
        part.replace(path)
    except BaseException as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # the system does not say where a write has failed
        raise


def write_whole(path: Path, contents: str | bytes) -> None:
    """Write a text (UTF-8) or bytes in one step. Raises ``OSError``."""
    data = contents.encode("utf-8") if isinstance(contents, str) else contents
    with whole_file(path) as part:
        part.write_bytes(data)


@contextlib.contextmanager
def whole_folder(
    path: Path,
    *,
    overwrite: bool = False,
    ours: Collection[str] | None = None,
    aside: Path | None = None,
) -> Iterator[Path]:
    """An empty folder to fill; it becomes ``path`` when the block ends without an error.

    Args:
        path: where it goes.
        overwrite: what stands there may go, once the new folder is whole.
        ours: patterns of names (``*.parquet``); only a folder that holds nothing else is
            overwritten, so that nobody loses a folder named by mistake. All names by default.
        aside: with ``overwrite``, what stood there gets this name, and is not lost; see
            :func:`free_beside`.

    Raises:
        TakenError: if ``path`` is there already and not empty, or holds more than ``ours``, before
            the block begins and again at its end.
        OSError: as writing does; what stood at ``path`` before is then still there.
    """
    path = path.expanduser().resolve()
    check_free(path, overwrite=overwrite, ours=ours)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _beside(path)
    part.mkdir()
    try:
        yield part
        for file in sorted(part.rglob("*")):
            if file.is_file():
                _to_disk(file)
        check_free(path, overwrite=overwrite, ours=ours)
        if path.exists() and overwrite:
            keep = aside is not None and any(path.iterdir())
            old = aside if keep and aside is not None else _beside(path)
            path.rename(old)
            try:
                part.rename(path)
            except BaseException:
                old.rename(path)
                raise
            if not keep:
                shutil.rmtree(old, ignore_errors=True)
        else:
            part.rename(path)  # over an empty folder too
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def clear_parts(path: Path) -> None:
    """Remove what killed programs left of ``path`` beside it; whoever calls holds its name."""
    ours = re.compile(re.escape(f".{path.name}.") + r"[0-9a-f]{8}\.part")
    for left in path.parent.glob("*.part"):
        if ours.fullmatch(left.name):
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def check_free(path: Path, *, overwrite: bool = False, ours: Collection[str] | None = None) -> None:
    """Raise :class:`TakenError` if a new folder cannot take this place; see :func:`whole_folder`.

    A folder that something stands on (the current one, a mounted one) cannot be put in place of.
    """
    path = path.expanduser().resolve()
    if path.is_dir():
        if path in (Path.cwd(), Path.home()) or os.path.ismount(path):
            raise TakenError(
                "is a folder that must stay (the current one, a home, or a mounted one)",
                path=path,
                remedy="name a new folder in it",
            )
        found = sorted(entry.name for entry in path.iterdir())
        if found and not overwrite:
            raise TakenError(
                "is there already and is not empty",
                path=path,
                remedy="choose another folder, or allow it to be overwritten",
            )
        strange = [
            name
            for name in found
            if ours is not None and not any(fnmatch.fnmatchcase(name, each) for each in ours)
        ]
        if strange:
            more = f" and {len(strange) - 1} more" if len(strange) > 1 else ""
            raise TakenError(
                f"holds {shown(strange[0])}{more}, which the program has not written there",
                path=path,
                remedy="choose another folder; this one is not overwritten",
            )
    elif path.exists() or path.is_symlink():
        raise TakenError("is a file", path=path, remedy="choose another folder")


def move_aside(folder: Path) -> None:
    """Call what stands there ``<name>.old-1``, or the next number that is free. Raises OSError."""
    number = 1
    while os.path.lexists(folder):
        target = folder.with_name(f"{folder.name}.old-{number}")
        if not os.path.lexists(target):
            folder.rename(target)
        number += 1


def free_beside(path: Path) -> Path:
    """The first of ``name~1``, ``name~2``, ... beside ``path`` that is not there."""
    path = path.expanduser().resolve()
    number = 1
    while (found := path.with_name(f"{path.name}~{number}")).exists():
        number += 1
    return found


class Claim:
    """A name that is held until :meth:`release`, or until the process ends, however it ends."""

    def __init__(self, name: str, lock: FileLock) -> None:
        self.name = name
        self._lock = lock

    def release(self) -> None:
        """Give the name back. May be called again."""
        self._lock.release(force=True)

    def forget(self) -> None:
        """Give back for good a name that nothing chooses again, such as a random one."""
        self.release()
        with contextlib.suppress(OSError):
            Path(self._lock.lock_file).unlink(missing_ok=True)


def claim(folder: Path, name: str) -> Claim:
    """Hold ``name`` among those of ``folder``, in one step. Raises :class:`TakenError`.

    The lock lies in ``folder/.claims``. Of two callers at once, in one process or in two, exactly
    one gets it.
    """
    held = _try(folder, name, wait=_LOOKED_AT)
    if held is None:
        raise TakenError(f"{name!r} is in use by something that runs now", remedy="choose another")
    return held


def claim_numbered(folder: Path, stem: str, taken: Callable[[str], bool]) -> Claim:
    """Hold the first of ``stem-1``, ``stem-2``, ... that nothing holds and is not ``taken``."""
    number = 1
    while True:
        name = f"{stem}-{number}"
        if not taken(name) and (held := _try(folder, name, wait=_LOOKED_AT)) is not None:
            if not taken(name):  # it may have been finished since the first look
                return held
            held.release()
        number += 1


@contextlib.contextmanager
def turn(folder: Path, name: str, seconds: float = 10.0) -> Iterator[None]:
    """Wait until nobody else is in such a block for ``name``: what it reads it may write back.

    Not a claim: :func:`claimed` does not tell of it. Raises :class:`TakenError` if somebody stays
    in theirs for longer than ``seconds``.
    """
    locks = folder / ".claims"
    locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(locks / f"{name}.turn", thread_local=False)
    try:
        lock.acquire(timeout=seconds, poll_interval=0.01)
    except Timeout:
        raise TakenError(
            f"{name!r} is being written by another program", remedy="try again in a moment"
        ) from None
    try:
        yield
    finally:
        lock.release(force=True)


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """A path to write to; it becomes ``path`` when the block ends, unless that is there by then.

    Raises :class:`TakenError` if it is, before the block begins or at its end, in one step with
    taking the place; ``OSError`` as writing does.
    """
    if os.path.lexists(path):
        raise _file_taken(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _beside(path)
    try:
        yield part
        _to_disk(part)
        try:
            os.link(part, path)
        except FileExistsError:
            raise _file_taken(path) from None
        except OSError:  # a file system without links: its name first, then what is in it
            try:
                path.touch(exist_ok=False)
            except FileExistsError:
                raise _file_taken(path) from None
            part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _file_taken(path: Path) -> TakenError:
    return TakenError(
        "is there already", path=path, remedy="choose another name, or allow it to be overwritten"
    )


def is_claimed(folder: Path, name: str) -> bool:
    """Whether something that runs now holds this name."""
    file = folder / ".claims" / f"{name}.lock"
    if not file.exists():
        return False
    try:
        # Twice: another that looks holds the lock for a moment too.
        held = _try(folder, name) or _try(folder, name, wait=_LOOKED_AT / 4)
    except OSError:  # if nothing can be written, nothing is made
        return False
    if held is None:
        return True
    held.release()
    return False


def claimed(folder: Path) -> list[str]:
    """Names among those of ``folder`` that something holds now, sorted."""
    names = sorted(file.name.removesuffix(".lock") for file in (folder / ".claims").glob("*.lock"))
    return [name for name in names if is_claimed(folder, name)]


def _try(folder: Path, name: str, wait: float = 0.0) -> Claim | None:
    claims = folder / ".claims"
    claims.mkdir(parents=True, exist_ok=True)
    lock = FileLock(claims / f"{name}.lock", thread_local=False)
    try:
        lock.acquire(timeout=wait, poll_interval=0.01)
    except Timeout:
        return None
    return Claim(name, lock)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")


def _to_disk(file: Path) -> None:
    with file.open("r+b") as stream:  # Windows flushes only what may be written
        os.fsync(stream.fileno())
