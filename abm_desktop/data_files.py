"""Parquet files of ours: written whole with checksums, read with every error told.

One damaged bit in a Parquet file may change numbers and nothing else. So pages carry checksums
when they are written, and are compared with them when they are read; the part of the file that
page checksums do not cover (its names, types and offsets) is covered by :func:`digest_of`, which
whoever writes several files keeps beside them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from abm_desktop.inputs import InputError
from abm_desktop.whole_files import whole_file

if TYPE_CHECKING:
    import pyarrow as pa

_AGAIN = "it is damaged, or of another program: make it again"


class DataFileError(InputError):
    """A file of ours that cannot be read as what it should be; ``path`` says which."""


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table in one step, with a checksum of each page. Raises ``OSError``."""
    import pyarrow.parquet as pq

    # Opened by Python: Arrow takes no names that Python cannot decode, as in a locale of ASCII.
    with whole_file(path) as part, part.open("wb") as stream:
        pq.write_table(table, stream, compression="zstd", write_page_checksum=True)


def read_parquet(
    path: Path, columns: Sequence[str] | None = None, *, digest: str | None = None
) -> pa.Table:
    """Read a table, or some of its columns, and compare it with its checksums.

    Args:
        path: the file.
        columns: all, unless given.
        digest: what :func:`digest_of` said when the file was written, if it was kept.

    Raises:
        DataFileError: if it cannot be read, is damaged, or has no such column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        data = Path(path).read_bytes()
        if digest is not None and hashlib.sha256(data).hexdigest() != digest:
            raise DataFileError(
                "is not as it was written (its checksum differs)", path=path, remedy=_AGAIN
            )
        with pa.BufferReader(data) as stream:
            table = pq.read_table(stream, page_checksum_verification=True)
        table.validate(full=True)
    except InputError:
        raise
    except OSError as error:
        if error.strerror:
            raise DataFileError(f"cannot be read: {error.strerror}", path=path) from error
        raise _unreadable(path, error) from error
    except (pa.ArrowException, ValueError, KeyError, TypeError, MemoryError) as error:
        raise _unreadable(path, error) from error
    absent = [name for name in columns or () if name not in table.column_names]
    if absent:
        raise DataFileError(f"has no column {', '.join(absent)}", path=path, remedy=_AGAIN)
    return table if columns is None else table.select(list(columns))


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits. Raises ``OSError``."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unreadable(path: Path, error: BaseException) -> DataFileError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    return DataFileError(f"cannot be read: {reason}", path=path, remedy=_AGAIN)
