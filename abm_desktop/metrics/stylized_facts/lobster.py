"""A recorded day of real order flow as a session of the stylised-facts suite."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.market.flow_kinds import ADD, DELETE, EXECUTE, EXECUTE_HIDDEN, PRICE_SCALE
from abm_desktop.market.order_flow import OrderFlow, phase_changes
from abm_desktop.market.recorded.reading import read_recording
from abm_desktop.market.records import Records
from abm_desktop.market.replay import Replay, with_levels
from abm_desktop.market.state import BUY, HALTED, SELL
from abm_desktop.metrics.stylized_facts.flow import GapHistogram
from abm_desktop.metrics.stylized_facts.sessions import DISTANCES, LOOK_INTERVAL, ReducedSession
from abm_desktop.metrics.stylized_facts.statements import FactNote, LevelsTooShallow
from abm_desktop.readers import RecordingError

__all__ = ["BLOCK", "day_with_blocks", "lobster_session", "recorded_blocks", "reduced_flow"]

BLOCK = 1800.0
"""Seconds of a piece of a day."""
LEVELS = 50
"""Levels that are looked at in a feed that tells every order."""

_NANO = 1_000_000_000


def lobster_session(path: Path | str, day: str | None = None) -> ReducedSession:
    """Read a recorded day as a session; raises ``RecordingError`` if it is none.

    Trades are executions of visible orders; those of hidden orders count as volume only, auctions
    not at all. While trading is halted there is neither mid nor spread. What the files cannot tell
    is named in ``missing``.
    """
    return reduced_flow(_flow(path, day))


def recorded_blocks(
    path: Path | str, day: str | None = None, *, seconds: float = BLOCK
) -> list[ReducedSession]:
    """The day in pieces of this length, each as :func:`lobster_session` would read it.

    They are what a single day is resampled by. Pieces of the clock; an incomplete one at either end
    counts if it is at least half as long.
    """
    return _blocks(_flow(path, day), seconds)


def day_with_blocks(
    path: Path | str, day: str | None = None
) -> tuple[ReducedSession, list[ReducedSession]]:
    """:func:`lobster_session` and :func:`recorded_blocks` of a day that is read once."""
    flow = _flow(path, day)
    return reduced_flow(flow), _blocks(flow, BLOCK)


def _blocks(flow: OrderFlow, seconds: float) -> list[ReducedSession]:
    length = round(seconds * _NANO)
    which = flow.time // length
    out = []
    for block in np.unique(which):
        rows = np.flatnonzero(which == block)
        if flow.time[rows[-1]] - flow.time[rows[0]] >= length // 2:
            out.append(reduced_flow(flow.part(slice(int(rows[0]), int(rows[-1]) + 1))))
    return out


def _flow(path: Path | str, day: str | None) -> OrderFlow:
    return with_levels(read_recording(path, day), LEVELS)


def reduced_flow(flow: OrderFlow) -> ReducedSession:
    """A flow that has levels of the book, recorded or simulated, as :func:`lobster_session` says.

    Raises ``RecordingError`` if it is shorter than two seconds.
    """
    tick = _tick(flow)
    before, after = _mids(flow, tick)
    seconds = np.arange(-(-flow.time[0] // _NANO), flow.time[-1] // _NANO + 1)
    if len(seconds) < 2:
        raise RecordingError(
            "is shorter than two seconds", path=flow.source, remedy="take a longer recording"
        )
    row = np.searchsorted(flow.time, seconds * _NANO, side="right") - 1
    best = flow.book_size[row][:, :, 0]
    changes, phases = phase_changes(flow)
    halted = np.array([phase == HALTED for phase, _ in phases])
    trading = ~halted[np.searchsorted(changes, row, side="right")]
    spread = (flow.book_price[row, SELL, 0] - flow.book_price[row, BUY, 0]) / tick
    spread = np.where((best > 0).all(axis=1) & trading, spread, np.nan)
    executed = (flow.kind == EXECUTE) | (flow.kind == EXECUTE_HIDDEN)
    volume = np.where(executed, flow.size, 0).astype(np.int64).cumsum()
    last = np.maximum.accumulate(np.where(executed, np.arange(len(flow)), -1))
    out = ReducedSession(
        name=flow.name,
        seconds=float(seconds[-1] - seconds[0]),
        mid=np.where(trading, after[row], np.nan),
        trade_price=np.where(last[row] >= 0, flow.price[last[row]] / tick, np.nan),
        volume=np.diff(volume[row]).astype(float),
        spread=spread,
        best_volume=best[trading].ravel().astype(float),
        **_trades(flow, before, after),
        message_gaps=_gaps(flow.time[(flow.kind >= ADD) & (flow.kind <= EXECUTE)]),
        crossed=int(np.count_nonzero(spread <= 0)),
    )
    _add_lifetimes(flow, out)
    _add_depth(flow, tick, row[:: int(LOOK_INTERVAL)], out)
    out.missing["parents"] = FactNote("no_names")
    return out


def _tick(flow: OrderFlow) -> int:
    """A cent for what is priced as US shares are, else the smallest step between prices there."""
    if flow.scale == PRICE_SCALE:
        return PRICE_SCALE // 100
    return max(round(Replay(flow).tick_size * flow.scale), 1)


def _mids(flow: OrderFlow, tick: int) -> tuple[np.ndarray, np.ndarray]:
    """Mid (ticks) before and after each message, NaN if a side is empty."""
    good = (flow.book_size[:, :, 0] > 0).all(axis=1)
    total = flow.book_price[:, BUY, 0].astype(np.int64) + flow.book_price[:, SELL, 0]
    after = np.where(good, 0.5 * total / tick, np.nan)
    return np.concatenate(([np.nan], after[:-1])), after


def _trades(flow: OrderFlow, before: np.ndarray, after: np.ndarray) -> dict[str, Any]:
    """Executions of one instant and side, in successive rows, are one trade."""
    rows = np.flatnonzero(flow.kind == EXECUTE)
    time, side = flow.time[rows], flow.side[rows]
    same = (np.diff(rows) == 1) & (np.diff(time) == 0) & (np.diff(side) == 0)
    first = np.flatnonzero(np.concatenate(([True], ~same)))[: len(rows)]
    last = np.append(first[1:], len(rows))[: len(first)] - 1
    sign = np.where(side[first] == SELL, 1.0, -1.0)
    size = np.add.reduceat(flow.size[rows].astype(float), first) if len(rows) else np.empty(0)
    instants = time[first] * 1e-9
    return {
        "trade_time": instants,
        "trade_sign": sign,
        "trade_size": size,
        "trade_response": sign * (after[rows[last]] - before[rows[first]]),
        "trade_gaps": _gaps(time[first]),
    }


def _gaps(time: np.ndarray) -> GapHistogram:
    out = GapHistogram()
    out.add(np.diff(time) * 1e-9)
    return out


def _add_lifetimes(flow: OrderFlow, out: ReducedSession) -> None:
    added = np.flatnonzero(flow.kind == ADD)
    gone = np.flatnonzero(flow.kind == DELETE)
    out.additions, out.cancellations = len(added), len(gone)
    order = np.argsort(flow.order_id[added], kind="stable")
    known = flow.order_id[added][order]
    at = np.searchsorted(known, flow.order_id[gone])
    there = at < len(known)
    there[there] = known[at[there]] == flow.order_id[gone][there]
    born = flow.time[added[order[at[there]]]]
    lifetime = (flow.time[gone[there]] - born) * 1e-9
    out.lifetimes = lifetime[lifetime > 60.0]


def _add_depth(flow: OrderFlow, tick: int, rows: Records, out: ReducedSession) -> None:
    """Sum the depth profile, if the file's levels reach as far as the profile does."""
    reach = []
    for side in (BUY, SELL):
        price, size = flow.book_price[rows, side], flow.book_size[rows, side]
        distance = np.abs(price - price[:, :1]) // tick
        deepest = np.where(size > 0, distance, 0).max(axis=1)
        reach.append(deepest)
        use = (deepest >= DISTANCES - 1)[:, None] & (size > 0) & (distance < DISTANCES)
        out.depth_sums += np.bincount(distance[use], size[use], minlength=DISTANCES)
        out.depth_looks += int((deepest >= DISTANCES - 1).sum())
    every = np.concatenate(reach)
    if 2 * out.depth_looks < len(every):
        out.missing["depth"] = LevelsTooShallow(flow.levels, float(np.median(every)), DISTANCES - 1)
