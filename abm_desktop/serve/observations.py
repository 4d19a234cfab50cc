"""Observations that a client sends for a policy: read from JSON or Arrow, each number looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pydantic_core import from_json

from abm_desktop.inputs import InputError, shown

__all__ = ["MOST_IN_JSON", "MOST_ROWS", "arrow_observations", "json_observations"]

MOST_ROWS = 100_000
"""Observations of one request."""
MOST_IN_JSON = 10_000
"""The same as JSON, which is read in one piece while the market waits: some 25 ms for these."""
_LARGEST = 1e6
"""Of a number; the market's own lie within 5 of zero."""
_KEY = "observations"


def json_observations(body: bytes, names: Sequence[str]) -> np.ndarray:
    """float32 (n, len(names)) from ``{"observations": [[...], ...]}``, one row an observation.

    Raises InputError that names the row and column (from 0) of what is wrong.

    >>> json_observations(b'{"observations": [[1, 0.5]]}', ("a", "b"))
    array([[1. , 0.5]], dtype=float32)
    >>> json_observations(b'{"observations": [[1, 0.5], [1, null]]}', ("a", "b"))
    Traceback (most recent call last):
    abm_desktop.inputs.InputError: observations[1][1] (b) must be a finite number from -1e+06 to \
1e+06, not None
    """
    try:
        values = from_json(body)
    except ValueError as error:
        raise InputError(f"is not JSON: {error}", key="body", remedy=_remedy(names)) from error
    rows = values.get(_KEY) if isinstance(values, dict) else None
    if not isinstance(rows, list):
        raise InputError("must be a list of rows", key=_KEY, remedy=_remedy(names))
    unknown = sorted(set(values) - {_KEY})
    if unknown:
        raise InputError("is not a known key", key=unknown[0][:80], remedy=_remedy(names))
    _check_count(len(rows), MOST_IN_JSON, "; send more as Arrow")
    for k, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(names):
            what = f"{len(row)} numbers" if isinstance(row, list) else shown(row)
            raise InputError(
                f"must be a list of {len(names)} numbers, not {what}",
                key=f"{_KEY}[{k}]", remedy=_remedy(names),
            )  # fmt: skip
        for j, value in enumerate(row):
            # Compared, not converted: neither NaN nor a number of a thousand digits passes.
            if type(value) not in (int, float) or not -_LARGEST <= value <= _LARGEST:
                raise _wrong(k, j, names, value)
    return np.array(rows, np.float32).reshape(len(rows), len(names))


def arrow_observations(body: bytes, names: Sequence[str]) -> np.ndarray:
    """float32 (n, len(names)) from an Arrow IPC stream with a column of each name, in any order.

    Raises InputError that names the column, and the row, of what is wrong.
    """
    import pyarrow as pa

    try:
        with pa.ipc.open_stream(pa.BufferReader(body)) as reader:
            _check_columns(reader.schema, names)
            batches, rows = [], 0
            for batch in reader:
                rows += batch.num_rows
                _check_count(rows, MOST_ROWS)
                batch.validate(full=True)
                batches.append(batch)
            found = pa.Table.from_batches(batches, reader.schema)
    except (pa.ArrowException, OSError, EOFError, UnicodeError) as error:
        raise InputError(
            f"is no Arrow IPC stream: {shown(error)}", key="body", remedy=_remedy(names)
        ) from error
    _check_count(found.num_rows, MOST_ROWS)
    columns = np.empty((found.num_rows, len(names)))
    for j, name in enumerate(names):
        columns[:, j] = found.column(name).to_numpy()  # what is missing becomes NaN
    fit = np.abs(columns) <= _LARGEST
    if not fit.all():
        k, j = np.argwhere(~fit)[0].tolist()
        raise _wrong(k, j, names, float(columns[k, j]))
    return columns.astype(np.float32)


def _check_columns(schema: Any, names: Sequence[str]) -> None:
    import pyarrow as pa

    for name in names:
        if schema.names.count(name) != 1:
            raise InputError("must be a column of it, once", key=name, remedy=_remedy(names))
        kind = schema.field(name).type
        if not (pa.types.is_floating(kind) or pa.types.is_integer(kind)):
            raise InputError(f"must hold numbers, not {kind}", key=name, remedy=_remedy(names))
    for name in schema.names:
        if name not in names:
            raise InputError("is not a known column", key=name[:80], remedy=_remedy(names))


def _check_count(rows: int, most: int, more: str = "") -> None:
    if not 1 <= rows <= most:
        raise InputError(
            f"has {rows:,} rows; from 1 to {most:,} are taken", key=_KEY,
            remedy=f"send them in several requests{more}",
        )  # fmt: skip


def _wrong(row: int, column: int, names: Sequence[str], value: object) -> InputError:
    return InputError(
        f"({names[column]}) must be a finite number from {-_LARGEST:g} to {_LARGEST:g}, "
        f"not {shown(value)}",
        key=f"{_KEY}[{row}][{column}]",
    )


def _remedy(names: Sequence[str]) -> str:
    return f"send {len(names)} numbers a row: {', '.join(names)}"
