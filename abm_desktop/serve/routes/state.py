"""The state of the market: book, trades, series, measures, checksum."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from abm_desktop.desk.analytics.window import bucket_of, measure_window
from abm_desktop.live.event_pages import MOST_EVENTS
from abm_desktop.live.history import CAPACITY
from abm_desktop.live.run_data import RunData
from abm_desktop.live.series import LONGEST, SHORTEST
from abm_desktop.live.spacings import MEASURED, spacings_from
from abm_desktop.live.types import TRADER_CLASSES
from abm_desktop.market.state import MESSAGE_CAUSES, MESSAGE_KINDS
from abm_desktop.serve.answers import known
from abm_desktop.serve.columns import ARROW_ANSWER, table
from abm_desktop.serve.problems import ProblemError
from abm_desktop.serve.routes.common import Session, Time

router = APIRouter(tags=["state"])

MOST_ROWS = 1_000_000


class ClassMeasures(BaseModel):
    """What the traders of a class did in a stretch of time."""

    name: str
    pnl: float | None
    """Currency, marked at mid at both ends."""
    inventory: float | None
    """Lots by which it changed."""
    maker: float | None
    """Lots filled while resting."""
    taker: float | None
    maker_share: float | None
    taker_share: float | None


class Measures(BaseModel):
    """A stretch of time, measured. See the user guide for each measure; null if too short."""

    left: float
    right: float
    """Times of the first and of the last sample."""
    mid_at_start: float | None
    mid_at_end: float | None
    lowest_mid: float | None
    """Of the same samples as ``drawdown_pct`` and all other values."""
    time_of_lowest: float | None
    values: dict[str, float | None]
    classes: list[ClassMeasures]
    bucket: float
    """Lots of a VPIN bucket."""


class Checksum(BaseModel):
    """The state of the market as one number."""

    generation: int
    time: float
    checksum: str


@router.get("/book", responses=ARROW_ANSWER, response_class=Response)
async def book(
    request: Request, session: Session, depth: Annotated[int, Query(ge=1, le=50)] = 50
) -> Response:
    """The levels of both sides, best first: side (+1 bids, -1 asks), price, lots, orders."""
    s = session.snapshot()
    bids, asks = s.bids[:depth], s.asks[:depth]
    rows = np.concatenate([bids, asks]).reshape(-1, 3)
    return table(
        request,
        {
            "side": np.repeat(np.array([1, -1], np.int8), [len(bids), len(asks)]),
            "price": rows[:, 0],
            "lots": rows[:, 1].astype(np.int64),
            "orders": rows[:, 2].astype(np.int64),
        },
        generation=s.generation,
        time=s.time,
    )


@router.get("/trades", responses=ARROW_ANSWER, response_class=Response)
async def trades(
    request: Request,
    session: Session,
    since: Annotated[int, Query(ge=0, description="Number of the first trade wanted.")] = 0,
    most: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 10_000,
) -> Response:
    """The trades from a number on, the oldest first; ``next`` is where to go on.

    ``first`` is the number of the first that is told: if it is greater than ``since``, those before
    are no longer kept. Sides are the aggressor's (+1 bought), 0 if a recording does not tell.
    """
    s = session.snapshot()
    rows, gone = s.fills_since(since)
    first, rows = since + gone, rows[:most]
    columns: dict[str, Any] = {
        "number": np.arange(first, first + len(rows)),
        "time": rows["time"] / 1e9,
        "price": np.round(rows["price"] * s.tick_size, 10),
        "lots": rows["size"],
        "side": rows["side"],
    }
    if not s.is_replay:
        names = np.array(TRADER_CLASSES)
        columns["taker_class"] = names[rows["taker_class"]]
        columns["maker_class"] = names[rows["maker_class"]]
    return table(
        request, columns, generation=s.generation, first=first, next=first + len(rows)
    )  # fmt: skip


@router.get("/series", responses=ARROW_ANSWER, response_class=Response)
async def series(
    request: Request,
    session: Session,
    left: Time = 0.0,
    right: Time | None = None,
    spacing: Annotated[float, Query(ge=SHORTEST, le=LONGEST)] = 1.0,
) -> Response:
    """Samples of price, book and traders at every whole multiple of ``spacing`` simulated seconds.

    The rows depend on simulated time alone: however fast the market was played, the same run gives
    the same. What was not kept of a run at full speed is computed again beside it, which takes as
    long as the market took at full speed.
    """
    generation = session.snapshot().generation
    history = await asyncio.wrap_future(session.live.series(left, right, spacing))
    names = (
        "time", "mid", "fundamental", "best_bid", "best_ask", "bid_depth", "ask_depth", "volume",
        "trades", "messages", "bid_lots", "ask_lots",
    )  # fmt: skip
    columns = {name: getattr(history, name) for name in names}
    for k, name in enumerate(TRADER_CLASSES):
        columns[f"{name}_inventory"] = history.class_inventory[:, k]
        columns[f"{name}_pnl"] = history.class_pnl[:, k]
    return table(request, columns, generation=generation)


@router.get("/book/events", responses=ARROW_ANSWER, response_class=Response)
async def book_events(
    request: Request,
    session: Session,
    until: Time | None = None,
    most: Annotated[int, Query(ge=1, le=MOST_EVENTS)] = 400,
) -> Response:
    """The last book events up to a time (default: now), oldest first, computed again.

    Each is a change of an order that rests: ``number`` counts from 1 at the open; ``kind`` is add,
    cancel, expire, trade or reduce; ``side`` (+1 buys), ``price``, ``trader`` (a number of
    ``GET /agents``) and ``trader_class`` are that order's; ``lots`` came to the book (add) or left
    it; ``aggressor`` is the side that took them (0: nobody); ``cause`` says why, if not because
    somebody asked. What came at one instant is told whole. ``first`` is the number of the first
    row, ``reaches_back`` whether there are earlier ones: ask again with the time of the first.
    """
    s = session.snapshot()
    page = await asyncio.wrap_future(
        session.live.events_until(s.time if until is None else until, most)
    )
    rows = page.rows
    return table(
        request,
        {
            "number": page.numbers,
            "time": rows["time"] / 1e9,
            "kind": np.array(MESSAGE_KINDS)[rows["kind"]],
            "side": rows["side"].astype(np.int8),
            "price": np.round(rows["price"] * s.tick_size, 10),
            "lots": rows["size"],
            "trader": rows["agent"],
            "trader_class": np.array(TRADER_CLASSES)[page.kinds[rows["agent"]]],
            "aggressor": rows["aggressor"].astype(np.int8),
            "cause": np.array(MESSAGE_CAUSES)[rows["cause"]],
        },
        generation=s.generation,
        until=page.until,
        first=page.first,
        reaches_back=page.reaches_back,
    )


@router.get("/metrics")
async def metrics(session: Session, left: Time = 0.0, right: Time | None = None) -> Measures:
    """Volatility, spread, depth, flow and what each class did, in a stretch of time.

    Measured on the samples of ``GET /series`` at whole seconds, as on the pages of the window and
    by ``abm-desktop run``: the same run gives the same measures, however fast it was played. They
    begin and end with the first and the last sample, which ``left`` and ``right`` of the answer
    tell: a stretch that was to end ahead of now ends now.
    """
    s = session.snapshot()
    end = s.time if right is None else min(right, s.time)
    if right is not None and right <= left:
        raise ProblemError(
            422, "invalid", f"right is {right:g} s, and must exceed left, {left:g} s.", key="right",
            remedy="give a later right, or an earlier left",
        )  # fmt: skip
    if left >= s.time:
        raise ProblemError(
            422, "invalid", f"left is {left:g} s, but the market is at {s.time:g} s.", key="left",
            remedy="choose an earlier left, or run the market first",
        )  # fmt: skip
    run = RunData.of(s)
    samples = await asyncio.wrap_future(session.live.series(left, end, sample_spacing(end - left)))
    run = replace(run, history=samples)
    if len(samples) < 2:
        raise ProblemError(
            422, "invalid", "The stretch of time holds no trading.", key="right",
            remedy="choose a longer stretch",
        )  # fmt: skip
    # In a process of its own: what takes long in Python would hold up the market and the window.
    report = await asyncio.wrap_future(
        session.laboratory.computing.run(measure_window, run, left, end, bucket_of(run))
    )
    mid, known_at = samples.mid, np.flatnonzero(np.isfinite(samples.mid))
    lowest = int(known_at[mid[known_at].argmin()]) if len(known_at) else 0
    return Measures(
        left=report.left,
        right=report.right,
        mid_at_start=known(mid[known_at[0]]) if len(known_at) else None,
        mid_at_end=known(mid[known_at[-1]]) if len(known_at) else None,
        lowest_mid=known(mid[lowest]),
        time_of_lowest=round(float(samples.time[lowest]), 9) if len(known_at) else None,
        values={name: known(value) for name, value in report.values.items()},
        classes=[
            ClassMeasures(
                name=c.name,
                pnl=known(c.pnl),
                inventory=known(c.inventory),
                maker=known(c.maker),
                taker=known(c.taker),
                maker_share=known(c.maker_share),
                taker_share=known(c.taker_share),
            )
            for c in report.classes
        ],
        bucket=report.bucket,
    )


def sample_spacing(seconds: float) -> float:
    """Seconds between the samples that a stretch of so many seconds is measured on.

    >>> sample_spacing(60.0), sample_spacing(48 * 3600.0)
    (1.0, 2.0)
    """
    return next(spacings_from(max(MEASURED, seconds / CAPACITY)))


@router.get("/checksum")
async def checksum(session: Session) -> Checksum:
    """The state of the market as one number: equal checksums are markets that go on alike.

    It covers all that the market reads from now on, orders and turns that are in use among it, and
    no room that nobody reads; nor does it cover what is written down of the market.
    """
    generation = session.snapshot().generation
    time, found = await session.read(lambda simulator: (simulator.now, simulator.checksum()))
    return Checksum(generation=generation, time=time, checksum=str(found))
