"""One CSV file as a stream of bytes: plain, gzipped, or inside a zip or 7z archive.

Archives of strangers are unpacked piece by piece and within limits; nothing of them is left behind
in any folder.
"""

from __future__ import annotations

import gzip
import importlib
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from abm_desktop.archives import ArchiveError, open_archive
from abm_desktop.readers import RecordingError

__all__ = ["Source", "kind_of", "members", "names_in"]

PIECE = 1 << 20
FREE_BYTES = 64 << 20
"""Whatever unpacks to this much is read."""
MAX_RATIO = 400
"""Beyond that, unpacked bytes to packed ones. Real days are packed 5 to 100 times; the zeros of a
bomb 1000 times and more."""

_MAGIC = ((b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"), (b"7z\xbc\xaf\x27\x1c", "7z"),
          (b"\x1f\x8b", "gz"), (b"Rar!", "rar"), (b"BZh", "bz2"), (b"\xfd7zXZ", "xz"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """A CSV file, or a member of an archive."""

    path: Path
    member: str = ""

    @property
    def label(self) -> str:
        """What to call it: the name of the file, or the path inside the archive."""
        return self.member or self.path.name

    @property
    def name(self) -> str:
        """The name without folders."""
        return PurePosixPath(self.label).name

    def error(self, message: str, remedy: str = "") -> RecordingError:
        """An error about this file."""
        where = self.path / self.member if self.member else self.path
        return RecordingError(message, remedy=remedy, path=where)

    @contextmanager
    def open(self) -> Iterator[Any]:
        """The unpacked bytes, as something with ``read(n)``. Raises :class:`RecordingError`."""
        try:
            with self._raw() as (stream, packed):
                head = stream.read(2)
                rest: Any = _Joined(head, stream)
                if head == b"\x1f\x8b":
                    limit = max(FREE_BYTES, MAX_RATIO * packed)
                    yield _Limited(self, gzip.GzipFile(fileobj=rest), limit)
                else:
                    yield rest
        except RecordingError:
            raise
        except ArchiveError as error:
            raise self.error(error.message, error.remedy) from error
        except OSError as error:
            why = error.strerror or str(error)
            raise self.error(
                f"cannot be read ({why})", "check path and permissions, or download it again"
            ) from error
        except (EOFError, zlib.error) as error:
            raise self.error(f"cannot be unpacked ({error})", "download it again") from error

    @contextmanager
    def _raw(self) -> Iterator[tuple[Any, int]]:
        packed = self.path.stat().st_size
        if not self.member:
            with self.path.open("rb") as file:
                yield file, packed
        elif kind_of(self.path) == "7z":
            with tempfile.TemporaryFile() as file:  # has no name: nothing can stay
                _unpack_7z(self, file)
                size = file.tell()
                file.seek(0)
                yield file, size
        else:
            with (
                open_archive(self.path, max_bytes=max(FREE_BYTES, MAX_RATIO * packed)) as archive,
                archive.open(self.member) as stream,
            ):
                yield stream, archive.sizes[self.member]


class _Joined:
    """A stream of which some bytes were read already."""

    def __init__(self, head: bytes, stream: Any) -> None:
        self._head, self._stream = head, stream

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes; fewer only mean the end if there are none."""
        if self._head and size != 0:
            head, self._head = self._head[: size if size > 0 else None], b""
            return head + (self._stream.read() if size < 0 else b"")
        data: bytes = self._stream.read(size)
        return data


class _Limited:
    def __init__(self, source: Source, stream: Any, limit: int) -> None:
        self._source, self._stream, self._left = source, stream, limit

    def read(self, size: int = PIECE) -> bytes:
        data: bytes = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise self._source.error(
                f"unpacks to more than {MAX_RATIO} times its size", "it holds no recorded day"
            )
        return data


def kind_of(path: Path) -> str:
    """zip, 7z, gz, rar, bz2 or xz by the first bytes of a file, else an empty text."""
    try:
        with path.open("rb") as file:
            head = file.read(8)
    except OSError:
        return ""
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "")


def members(path: Path) -> list[Source]:
    """The CSV files in a zip or 7z archive. Raises :class:`RecordingError`."""
    return [Source(path, name) for name in names_in(path) if is_table(name)]


def names_in(path: Path) -> list[str]:
    """Everything in a zip or 7z archive, in the order of the alphabet.

    Raises :class:`RecordingError`.
    """
    if kind_of(path) == "7z":
        return sorted(_sizes_7z(path))
    limit = max(FREE_BYTES, MAX_RATIO * path.stat().st_size)
    try:
        with open_archive(path, max_bytes=limit) as archive:
            return sorted(archive.sizes)
    except ArchiveError as error:
        raise RecordingError(
            error.message,
            path=path,
            remedy=error.remedy or "it holds no recorded day, or is damaged",
        ) from error


def is_table(name: str) -> bool:
    """Whether a file may be a CSV file, by its name."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if suffix == ".gz":
        suffix = PurePosixPath(path.stem).suffix.lower()
    hidden = path.name.startswith(".") or "__MACOSX" in path.parts
    return not hidden and suffix in (".csv", ".txt", ".tsv", "")


def _reader_7z(path: Path) -> Any:
    """The library that reads 7z; it takes a tenth of a second to import, so not before it must."""
    try:
        return importlib.import_module("py7zr")
    except ImportError as error:
        raise RecordingError(
            f"is a 7z archive, and py7zr is missing ({error})", path=path,
            remedy="pip install py7zr, or unpack the file and open its folder",
        ) from error  # fmt: skip


def _sizes_7z(path: Path) -> dict[str, int]:
    py7zr = _reader_7z(path)
    try:
        with py7zr.SevenZipFile(path) as archive:
            if archive.needs_password():
                raise RecordingError("is encrypted", path=path, remedy="unpack it by hand")
            entries = archive.list()
            sizes: dict[str, int] = {}
            for entry in entries:
                if not entry.is_directory and not getattr(entry, "is_symlink", False):
                    sizes[str(entry.filename)] = int(entry.uncompressed)
    except RecordingError:
        raise
    except Exception as error:  # of a damaged file it raises nearly anything
        raise _damaged(path, error) from error
    total, limit = sum(sizes.values()), max(FREE_BYTES, MAX_RATIO * path.stat().st_size)
    if total > limit or len(entries) > 4096:
        raise RecordingError(
            f"has {len(entries):,} members and unpacks to {total:,} bytes; at most {limit:,} are "
            "read",
            path=path,
        )
    return sizes


def _unpack_7z(source: Source, file: Any) -> None:
    py7zr = _reader_7z(source.path)
    limit = _sizes_7z(source.path).get(source.member)
    if limit is None:
        raise source.error("is not in the archive")

    class Part:
        def write(self, s: bytes | bytearray) -> int:
            if file.tell() + len(s) > limit:
                raise source.error("unpacks to more than it declares", "download it again")
            file.write(s)
            return len(s)

        def read(self, size: int | None = None) -> bytes:
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:
            return 0

        def flush(self) -> None:
            file.flush()

        def close(self) -> None:
            pass

        def size(self) -> int:
            return int(file.tell())

    class Parts:
        def create(self, filename: str) -> Part:
            return Part()

    try:
        with py7zr.SevenZipFile(source.path) as archive:
            archive.extract(targets=[source.member], factory=Parts())
    except RecordingError:
        raise
    except Exception as error:  # as above
        raise _damaged(source.path, error) from error


def _damaged(path: Path, error: Exception) -> RecordingError:
    why = " ".join(str(error).split())[:120] or type(error).__name__
    return RecordingError(f"cannot be unpacked ({why})", path=path, remedy="download it again")
