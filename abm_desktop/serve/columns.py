"""Tables as JSON or as an Arrow stream, as the client's ``Accept`` says.

Arrow is read by pandas, polars, R and DuckDB without a copy: ``pyarrow.ipc.open_stream(body)``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from fastapi import Request
from fastapi.responses import Response

from abm_desktop.serve.feeds import encoded

__all__ = ["ARROW", "ARROW_ANSWER", "table"]

ARROW = "application/vnd.apache.arrow.stream"
ARROW_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Columns by name, as JSON, or an Arrow IPC stream.",
        "content": {
            "application/json": {"schema": {"type": "object"}},
            ARROW: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
"""For the description of a route that answers with a table."""


def table(request: Request, columns: Mapping[str, Any], **about: Any) -> Response:
    """Answer with columns of equal length, and what is to be known about them.

    In JSON: ``{"columns": {name: [...]}, "rows": n, ...about}``. As Arrow, ``about`` is the
    metadata of the schema, each value as JSON.
    """
    arrays = {name: np.asarray(column) for name, column in columns.items()}
    rows = len(next(iter(arrays.values()))) if arrays else 0
    if ARROW in request.headers.get("accept", ""):
        return Response(_arrow(arrays, about), media_type=ARROW)
    lists = {name: array.tolist() for name, array in arrays.items()}
    return Response(
        encoded({"columns": lists, "rows": rows, **about}), media_type="application/json"
    )


def _arrow(arrays: dict[str, np.ndarray], about: dict[str, Any]) -> bytes:
    import pyarrow as pa

    metadata = {name: encoded({"v": value})[5:-1] for name, value in about.items()}
    found = pa.table(
        {n: pa.array(a.tolist() if a.dtype.kind in "UO" else a) for n, a in arrays.items()},
        metadata=metadata,
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, found.schema) as writer:
        writer.write_table(found)
    content: bytes = sink.getvalue().to_pybytes()
    return content
