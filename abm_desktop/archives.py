"""Zip archives and ``.npz`` files of strangers: read within limits, or refused with their path.

A file says how large its parts are before any of them is unpacked; what says too much, or is no
plain file inside the archive, is refused before memory or disk is taken for it.
"""

from __future__ import annotations

import io
import lzma
import math
import stat
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from abm_desktop.inputs import InputError, shown

if TYPE_CHECKING:
    import numpy as np  # at run time in the readers of arrays: a list of models needs none

MIB = 1 << 20
MAX_MEMBERS = 4096
MAX_BYTES = 512 * MIB
"""Unpacked, all members together, unless the caller knows better."""
_MAX_HEADER = 10_000
_PIECE = MIB

DAMAGE = (
    OSError,
    EOFError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    SyntaxError,
    MemoryError,
    RecursionError,
    RuntimeError,  # an encrypted member; NotImplementedError, an unknown method, is one too
    struct.error,
    tokenize.TokenError,  # NumPy reads the head of an array as Python
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
)
"""What the readers of the standard library and NumPy raise for a damaged file."""


class ArchiveError(InputError):
    """A zip or ``.npz`` file that cannot be read, or unpacks to more than is allowed."""


class Archive:
    """A zip file whose members were looked at: plain files with relative names, within limits."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, sizes: dict[str, int]) -> None:
        self.path = path
        self._archive = archive
        self.sizes = sizes
        """Unpacked bytes of each member, as the archive declares them."""

    def read(self, name: str, limit: int | None = None) -> bytes:
        """Contents of a member. Raises :class:`ArchiveError`."""
        if name not in self.sizes:
            raise ArchiveError(f"holds no {name!r}", path=self.path)
        if limit is not None and self.sizes[name] > limit:
            raise ArchiveError(
                f"{name!r} unpacks to {self.sizes[name]:,} bytes; at most {limit:,} are read",
                path=self.path,
            )
        with _told(self.path, name), self._archive.open(name) as stream:
            return stream.read()

    @contextmanager
    def open(self, name: str) -> Iterator[io.BufferedIOBase]:
        """A member as a stream; damage met while reading is told as :class:`ArchiveError`."""
        if name not in self.sizes:
            raise ArchiveError(f"holds no {name!r}", path=self.path)
        with _told(self.path, name), self._archive.open(name) as stream:
            yield stream  # type: ignore[misc]

    def extract(self, folder: Path) -> None:
        """Write every member below ``folder``, which should be a new one."""
        for name in self.sizes:
            target = folder.joinpath(*PurePosixPath(name).parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with self.open(name) as source, target.open("xb") as file:
                while piece := source.read(_PIECE):
                    file.write(piece)


@contextmanager
def open_archive(
    path: Path | str, *, max_members: int = MAX_MEMBERS, max_bytes: int = MAX_BYTES
) -> Iterator[Archive]:
    """Open a zip file and look at its table of contents; nothing is unpacked yet.

    Raises:
        ArchiveError: if it is no zip file, or has links, absolute or upward names, two members of
            one name, encrypted members, too many members or too many bytes.
    """
    path = Path(path)
    with _told(path, ""):
        if path.exists() and not path.is_file():  # opening a pipe would wait for ever
            raise ArchiveError("cannot be read: it is no file", path=path)
        archive = zipfile.ZipFile(path)
    with archive:
        yield Archive(path, archive, _contents(path, archive, max_members, max_bytes))


def _contents(
    path: Path, archive: zipfile.ZipFile, max_members: int, max_bytes: int
) -> dict[str, int]:
    members = archive.infolist()
    if len(members) > max_members:
        raise ArchiveError(
            f"has {len(members):,} members; at most {max_members:,} are read", path=path
        )
    sizes: dict[str, int] = {}
    for member in members:
        name = member.filename
        parts = PurePosixPath(name).parts
        if name.startswith("/") or "\\" in name or ":" in name or ".." in parts or "\0" in name:
            raise ArchiveError(f"has a member outside itself: {name!r}", path=path)
        if stat.S_ISLNK(member.external_attr >> 16):
            raise ArchiveError(f"has a link, {name!r}", path=path, remedy="pack the file itself")
        if member.flag_bits & 1:
            raise ArchiveError(f"{name!r} is encrypted", path=path, remedy="unpack it by hand")
        if member.is_dir() or not parts:
            continue
        if name in sizes:
            raise ArchiveError(f"has two members called {name!r}", path=path)
        sizes[name] = member.file_size
    if sum(sizes.values()) > max_bytes:
        raise ArchiveError(
            f"unpacks to {sum(sizes.values()):,} bytes; at most {max_bytes:,} are read", path=path
        )
    return sizes


def load_arrays(
    path: Path | str, *, max_arrays: int = 1024, max_bytes: int = MAX_BYTES
) -> dict[str, np.ndarray]:
    """Every array of a ``.npz`` file, by name; no object is ever made from pickled data.

    Raises:
        ArchiveError: if the file is damaged, holds anything but plain arrays, or an array whose
            declared shape is not what the file holds.

    >>> import pathlib, tempfile
    >>> import numpy as np
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "a.npz"
    >>> np.savez(file, x=np.arange(3))
    >>> load_arrays(file)["x"]
    array([0, 1, 2])
    """
    path = Path(path)
    arrays: dict[str, np.ndarray] = {}
    with open_archive(path, max_members=max_arrays, max_bytes=max_bytes) as archive:
        for name in archive.sizes:
            if not name.endswith(".npy"):
                raise ArchiveError(f"{name!r} is not an array", path=path)
            arrays[name.removesuffix(".npy")] = _array(path, name, archive.read(name))
    return arrays


def _array(path: Path, name: str, data: bytes) -> np.ndarray:
    import numpy as np

    with _told(path, name):
        stream = io.BytesIO(data)
        version = np.lib.format.read_magic(stream)
        readers: dict[tuple[int, int], Any] = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        if version not in readers:
            raise ValueError(f"version {version} of the array format is not known")
        shape, _, dtype = readers[version](stream, max_header_size=_MAX_HEADER)
        if dtype.hasobject:
            raise ValueError("it holds Python objects")
        # A Python product: numpy's would wrap round.
        if math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
            raise ValueError(f"it is cut short, or is not of the shape {shape} it declares")
        stream.seek(0)
        return np.asarray(
            np.lib.format.read_array(stream, allow_pickle=False, max_header_size=_MAX_HEADER)
        )


@contextmanager
def _told(path: Path, member: str) -> Iterator[None]:
    """Turn whatever a damaged file makes its reader raise into one error with the path."""
    try:
        yield
    except InputError:
        raise
    except DAMAGE as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        inside = f"{shown(member)} in it " if member else ""
        told = shown(reason).strip("'\"") if reason else type(error).__name__
        raise ArchiveError(f"{inside}cannot be read: {told}".strip(), path=path) from error
