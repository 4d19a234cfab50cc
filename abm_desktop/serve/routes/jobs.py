"""Jobs: long work, how far it is, and its end."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Annotated

from fastapi import APIRouter, Query

from abm_desktop.serve.jobs import JobState
from abm_desktop.serve.routes.common import Session

router = APIRouter(prefix="/jobs", tags=["jobs"])


@router.get("")
async def list_jobs(session: Session) -> list[JobState]:
    """Every job that is remembered, the oldest first."""
    return [job.state() for job in session.jobs.all()]


@router.get("/{number}")
async def read_job(
    number: int, session: Session, wait: Annotated[float, Query(ge=0.0, le=60.0)] = 0.0
) -> JobState:
    """A job; with ``wait``, the answer comes when it has ended, or after so many seconds."""
    job = session.jobs.get(number)
    if wait and not job.is_over:
        loop, over = asyncio.get_running_loop(), asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(over.set)

        job.when_over(wake)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), wait)
        finally:
            job.forget(wake)
    return job.state()


@router.delete("/{number}")
async def cancel_job(number: int, session: Session) -> JobState:
    """End a job as soon as it can; one that has ended stays as it is."""
    job = session.jobs.get(number)
    job.cancel()
    return job.state()
