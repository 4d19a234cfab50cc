"""Recorded real order flow as a feed: the book is rebuilt message by message."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.live.conditions import DEPTH_LEVELS, Quotes
from abm_desktop.live.feeds import BOOK_LEVELS, RECENT_TRADES
from abm_desktop.live.history import SERIES, HistoryStore
from abm_desktop.live.series import SampleTimes
from abm_desktop.live.spacings import SAMPLE_INTERVAL, spacing_for
from abm_desktop.live.types import TRADER_CLASSES, History, Mark
from abm_desktop.market.flow_kinds import CROSS
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.records import Records
from abm_desktop.market.replay import Replay
from abm_desktop.market.state import TRADE
from abm_desktop.market.statements import AuctionPrinted, RowsDiffer
from abm_desktop.readers import RecordingError
from abm_desktop.readers.files import place_name

_NANO = 1_000_000_000
_SAMPLES_PER_SECOND = 1000.0
"""A sample costs some Python here, so a fast replay is sampled more coarsely than a simulation."""


class ReplayFeed:
    """A LOBSTER file; times are seconds after midnight.

    Raises:
        RecordingError: if the files cannot be read, or are no order flow that can be shown.
    """

    is_replay = True
    seed = 0

    def __init__(self, path: Path) -> None:
        self._replay = Replay.open(path)
        self.path = path
        self.source = place_name(path)
        self.tick_size = self._replay.tick_size
        highest = int(self._replay.flow.price[self._replay.flow.kind <= CROSS].max(initial=0))
        top = highest / self._replay.flow.scale
        if top / self.tick_size >= np.iinfo(np.int32).max:
            raise RecordingError(
                f"has prices up to {top:,.4f} in steps of {self.tick_size:.4f}, "
                "which are too many steps to be shown",
                path=path,
                remedy="use `abm-desktop replay`",
            )
        self.end: float | None = self._replay.end
        self.history = HistoryStore()
        self._told = [Mark(time, status) for time, status in self._replay.halts()]
        self._told += [
            Mark(a.time, AuctionPrinted(a.name, a.size, a.price)) for a in self._replay.auctions()
        ]
        self._told.sort(key=lambda mark: mark.time)
        self.marks: list[Mark] = []
        trades = self._replay.trades(0, len(self._replay))
        self._trades = trades
        self._fills = _as_fills(trades, self.tick_size)
        self._cumulative_volume = np.concatenate([[0], np.cumsum(trades["size"])])
        self._traded = 0
        self._time = self._replay.start
        self._interval = SAMPLE_INTERVAL
        self._next_sample = _multiple_from(self._time, SAMPLE_INTERVAL)
        self._rows: list[tuple[float, ...]] = []

    @property
    def now(self) -> float:
        """Time of day, seconds after midnight."""
        return self._time

    @property
    def events(self) -> int:
        """Messages replayed so far."""
        return self._replay.row

    @property
    def session_end(self) -> float:
        """Time of day of the last message."""
        return self._replay.end

    def quotes(self) -> Quotes:
        """How the market is quoted now."""
        replay = self._replay
        spread = (replay.best_ask - replay.best_bid) / self.tick_size
        bids, asks = replay.book(DEPTH_LEVELS)
        return Quotes(
            float("inf") if np.isnan(spread) else round(spread, 6),
            round(replay.mid, 10),
            float(bids[:, 1].sum() + asks[:, 1].sum()),
            replay.phase_number,
        )

    def search(
        self, until: float, holds: Callable[[Quotes], Any], bell: np.ndarray | None = None
    ) -> tuple[ReplayFeed, bool]:
        """Replay messages up to a time of day, or to the first tenth of a second that ``holds``."""
        while True:
            look = _multiple_after(self._time, SAMPLE_INTERVAL)
            if look > until:
                self.advance(until)
                return self, False
            if bell is not None and bell.any():
                return self, False
            self.advance(look)
            if holds(self.quotes()):
                return self, True

    def advance(self, until: float, bell: np.ndarray | None = None) -> None:
        """Replay all messages up to a time of day, or to a sample once ``bell`` is set."""
        if self.end is not None:
            until = min(until, self.end)
        while self._next_sample <= until:
            if bell is not None and bell.any():
                return
            self._take_sample()
        self._replay.step_to(until)
        self._time = max(until, self._time)
        self._count_trades()

    def step(self, events: int, client: str = "") -> None:
        """Replay some messages."""
        last = min(self._replay.row + events, len(self._replay))
        until = float(self._replay.times[last - 1]) if last else self._time
        while self._next_sample < until:
            self._take_sample()
        self._replay.advance(last - self._replay.row)
        self._time = max(self._time, self._replay.now)
        self._count_trades()

    def limit_samples(self, per_second: float, speed: float) -> None:
        """Sample at most about 1000 times a real second, and at whole seconds in any case."""
        per_second = min(per_second, _SAMPLES_PER_SECOND)
        wanted = spacing_for(self.history.spacing, per_second, speed)
        if wanted != self._interval:
            self._interval = wanted
            self._next_sample = _multiple_after(self._time, wanted)

    def _take_sample(self) -> None:
        """Replay to the time of the next sample, and take it."""
        self._replay.step_to(self._next_sample)
        self._time = self._next_sample
        self._count_trades()
        self._sample()
        self._next_sample = _multiple_after(self._time, self._interval)

    def _count_trades(self) -> None:
        # The times of messages never decrease, so neither do those of trades.
        self._traded = int(np.searchsorted(self._trades["time"], self._replay.now, side="right"))
        if self._replay.row == 0:
            self._traded = 0

    def _sample(self) -> None:
        volume = self._cumulative_volume[self._traded]
        self._rows.append(_sample_row(self._replay, self._time, self._traded, float(volume)))

    def sampler(self) -> ReplaySampler:
        """What samples the same day again, beside this."""
        return ReplaySampler(self._replay.flow, self._trades, self._cumulative_volume)

    def collect(self) -> None:
        """Move what was sampled into the history. Who owns what is not in the recording: NaN."""
        if self._rows:
            columns = _columns(self._rows)
            unknown = _unknown(len(self._rows))
            self.history.extend(columns, unknown, unknown)
            self._rows.clear()
        self.marks = [mark for mark in self._told if mark.time <= self._time]

    def fields(self) -> dict[str, Any]:
        """The feed's part of a snapshot."""
        replay = self._replay
        bids, asks = replay.book(BOOK_LEVELS)
        recent = self._trades[max(self._traded - RECENT_TRADES, 0) : self._traded]
        alarms = (RowsDiffer(replay.mismatches),) if replay.mismatches else ()
        return {
            "trades": self._traded,
            "volume": int(self._cumulative_volume[self._traded]),
            "best_bid": replay.best_bid,
            "best_ask": replay.best_ask,
            "mid": replay.mid,
            "last_price": float(recent["price"][-1]) if len(recent) else float("nan"),
            "fundamental": float("nan"),
            "bids": bids,
            "asks": asks,
            "recent_trades": recent,
            "fills": self._fills[: self._traded],
            "classes": (),
            "stresses": (),
            "alarms": alarms,
            "phase": replay.phase,
            "phase_reason": replay.phase_reason,
        }


def _multiple_after(time: float, spacing: float) -> float:
    """The first whole multiple of a spacing after a time; both seconds."""
    step = round(spacing * _NANO)
    return (round(time * _NANO) // step + 1) * step / _NANO


def _multiple_from(time: float, spacing: float) -> float:
    """The same, or the time itself if it is one."""
    return _multiple_after((round(time * _NANO) - 1) / _NANO, spacing)


class ReplaySampler:
    """Samples a recorded day anew."""

    def __init__(self, flow: OrderFlow, trades: Records, volume: np.ndarray) -> None:
        self._replay = Replay(flow)
        self._trades, self._volume = trades, volume

    def samples(self, moments: SampleTimes) -> History:
        """The day at these moments (seconds after midnight), which it has come to."""
        replay = self._replay
        times = moments.times
        times = times[times >= replay.start]
        if not len(times) or replay.now > times[0]:
            replay.reset()
        rows = []
        for time in times.tolist():
            replay.step_to(time)
            traded = int(np.searchsorted(self._trades["time"], replay.now, side="right"))
            traded = traded if replay.row else 0
            rows.append(_sample_row(replay, time, traded, float(self._volume[traded])))
        unknown = _unknown(len(rows))
        return History(**_columns(rows), class_inventory=unknown, class_pnl=unknown)


def _sample_row(replay: Replay, time: float, traded: int, volume: float) -> tuple[float, ...]:
    """What a sample tells, in the order of ``SERIES``."""
    bids, asks = replay.book(5)
    return (
        time,
        replay.mid,
        float("nan"),
        replay.best_bid,
        replay.best_ask,
        float(bids[:, 1].sum()),
        float(asks[:, 1].sum()),
        volume,
        float(traded),
        float(replay.row),
        float(bids[0, 1]) if len(bids) else 0.0,
        float(asks[0, 1]) if len(asks) else 0.0,
        float(replay.phase_number),
    )


def _columns(rows: list[tuple[float, ...]]) -> dict[str, np.ndarray]:
    table = np.array(rows).reshape(-1, len(SERIES))
    return {name: table[:, k] for k, name in enumerate(SERIES)}


def _unknown(rows: int) -> np.ndarray:
    """Of each class of traders: a recording does not tell who trades."""
    return np.full((rows, len(TRADER_CLASSES)), np.nan)


def _as_fills(trades: Records, tick: float) -> np.ndarray:
    """Recorded trades as TRADE records; who traded is not known and left 0, as is an aggressor's
    side that the file does not tell."""
    fills = np.zeros(len(trades), TRADE)
    fills["time"] = np.rint(trades["time"] * 1e9)
    fills["price"] = np.rint(trades["price"] / tick)
    fills["size"], fills["side"] = trades["size"], trades["side"]
    return fills
