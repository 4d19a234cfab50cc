"""A run as files: the session so far, with every trade and sample, in a folder of its own."""

from __future__ import annotations

import asyncio
import functools
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from abm_desktop import paths
from abm_desktop.live.refusals import OnlyReplay, RefusedError
from abm_desktop.serve import tasks
from abm_desktop.serve.beside import job_beside
from abm_desktop.serve.jobs import JobState
from abm_desktop.serve.problems import ProblemError
from abm_desktop.serve.routes.common import Session
from abm_desktop.serve.session import own_file
from abm_desktop.whole_files import clear_parts

router = APIRouter(tags=["market"])


class Export(BaseModel):
    """Where to write the run, and how."""

    name: str
    """Of a folder in ``runs`` of the data folder."""
    form: Literal["parquet", "lobster"] = "parquet"
    """parquet: as ``abm-desktop run --out``; lobster: a message and an orderbook file."""
    messages: bool = False
    """Also every book event (parquet)."""
    sample_interval: Annotated[float, Field(gt=0.0, le=3600.0)] = 1.0
    """Simulated seconds between two rows of samples."""
    levels: Annotated[int, Field(ge=1, le=200)] = 10
    """Of a side (lobster)."""
    overwrite: bool = False
    """Replace an earlier run of that name; a folder with anything else in it never is."""


class Exported(BaseModel):
    """The result of the job."""

    name: str
    files: dict[str, int]
    """Rows of each."""
    time: float
    """Simulated second at which the run was when this was asked for."""
    checksum: str
    """Of the market then."""


@router.post("/market/export", status_code=202)
async def export(given: Export, session: Session) -> JobState:
    """Write the session so far into a folder, as a job whose result is an ``Exported``.

    The market is computed again bit by bit in a process of its own; the session goes on meanwhile.
    """
    folder = own_file(paths.user_data_dir() / "runs", given.name)
    if folder.exists() and not given.overwrite:
        raise ProblemError(
            409, "taken", f"There is a run {folder.name!r} already.", key="name",
            remedy="choose another name, or say overwrite",
        )  # fmt: skip
    record = await asyncio.wrap_future(session.live.record())
    if record.replay:
        raise RefusedError(OnlyReplay())
    values = given.model_dump(exclude={"name"})
    values |= {"folder": str(folder), "record": record.values()}
    tidy = functools.partial(clear_parts, folder)
    return job_beside(session.jobs, "export", tasks.export_run, values, tidy).state()
