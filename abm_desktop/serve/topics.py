"""The topics of the streams, and where their news comes from."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from abm_desktop.desk.laboratory import Laboratory
from abm_desktop.live import LiveMarket
from abm_desktop.live.types import MarketSnapshot
from abm_desktop.market.records import Records
from abm_desktop.serve.answers import market_state
from abm_desktop.serve.feeds import Events, State
from abm_desktop.serve.loop_calls import LoopCalls
from abm_desktop.serve.work_answers import seen_experiment, seen_training

__all__ = ["EVENTS", "STATES", "Topics"]

STATES = ("snapshot", "book", "training", "experiment")
EVENTS = ("trades", "outcomes", "alarms", "log")
BOOK_LEVELS = 50
MOST_TRADES = 500
"""In one event; at full speed there may be more, which are then named by their numbers."""
LINGER_SECONDS = 60.0
"""How long trades are still kept for a client that went away."""


class Topics:
    """All topics of a session. It lives on the loop of the server.

    Args:
        live: the market.
        laboratory: trainings and experiments; it is first touched when somebody subscribes to them.
        calls: on the loop of the server, for what other threads tell.
    """

    def __init__(self, live: LiveMarket, laboratory: Laboratory, calls: LoopCalls) -> None:
        self._live, self._laboratory, self._calls = live, laboratory, calls
        makers: tuple[Callable[[], Any], ...] = (
            self._snapshot,
            self._book,
            self._training,
            self._experiment,
        )
        self.states = {name: State(name, make) for name, make in zip(STATES, makers, strict=True)}
        self._heard: set[str] = set()
        self.events = {name: Events(name) for name in EVENTS}
        self._wakers: set[asyncio.Event] = set()
        self._will_wake = False
        self._published = 0.0
        self._taken: MarketSnapshot | None = None
        self._generation, self._trades = -1, 0
        self._alarms: tuple[str, ...] = ()
        self._wanted_until = 0.0
        self._readers = 0
        self._closers: list[Callable[[], object]] = []

    def open(self) -> None:
        """Begin to listen; called on the loop."""
        soon = self._calls.soon
        self._closers.append(self._live.when_published(lambda: soon(self._take_snapshot)))

        def take_outcomes() -> None:
            self._take_outcomes(heard.take())

        heard = self._live.outcomes.listen(lambda: soon(take_outcomes))
        self._closers.append(heard.close)
        handler = _LogHandler(lambda line: soon(lambda: self._log(line)))
        root = logging.getLogger("abm_desktop")
        root.addHandler(handler)
        self._closers.append(lambda: root.removeHandler(handler))
        self._take_snapshot()

    def close(self) -> None:
        """Listen no more."""
        for close in self._closers:
            close()
        self._closers.clear()

    # -- for clients -----------------------------------------------------------------------------

    def waker(self) -> asyncio.Event:
        """An event that is set whenever there is news; give it back with :meth:`leave`."""
        found = asyncio.Event()
        self._wakers.add(found)
        return found

    def leave(self, waker: asyncio.Event) -> None:
        """This client is gone."""
        self._wakers.discard(waker)

    def want_trades(self, readers: int) -> None:
        """So many more (or fewer) clients read the trades."""
        if self._readers == 0 and time.monotonic() > self._wanted_until:
            # Nobody has read for a while: begin with what comes.
            snapshot = self._live.snapshot
            if snapshot is not None:
                self._generation, self._trades = snapshot.generation, snapshot.trades
        self._readers += readers
        self._wanted_until = time.monotonic() + LINGER_SECONDS

    def hear(self, name: str) -> None:
        """Listen to the source of a topic from now on, if that is not done already."""
        if name not in ("training", "experiment") or name in self._heard:
            return
        self._heard.add(name)
        source = self._laboratory.trainings if name == "training" else self._laboratory.experiments
        # What happened does not matter here: only the newest state counts.
        listener = source.listen(lambda: self._calls.soon(lambda: self._changed(name)), most=1)
        self._closers.append(listener.close)
        self._changed(name)

    def _changed(self, name: str) -> None:
        self.states[name].changed()
        self._wake()

    # -- news ------------------------------------------------------------------------------------

    def _wake(self) -> None:
        """Have all clients look: once for all that is new, after who waits for an answer."""
        if not self._will_wake:
            self._will_wake = True
            asyncio.get_running_loop().call_soon(self._wake_now)

    def _wake_now(self) -> None:
        self._will_wake = False
        for waker in self._wakers:
            waker.set()

    def _take_snapshot(self) -> None:
        snapshot = self._live.snapshot
        if snapshot is None or snapshot is self._taken:
            return
        self._taken = snapshot
        self._published = time.time()
        self.states["snapshot"].changed()
        self.states["book"].changed()
        alarms = tuple(map(str, snapshot.alarms))
        for alarm in _new(alarms, self._alarms):
            self.events["alarms"].tell(
                {"generation": snapshot.generation, "time": snapshot.time, "text": alarm}
            )
        self._alarms = alarms
        if self._readers or time.monotonic() < self._wanted_until:
            self._take_trades(snapshot)
        else:
            self._generation = -1
        self._wake()

    def _take_trades(self, snapshot: MarketSnapshot) -> None:
        if snapshot.generation != self._generation:
            self._generation, self._trades = snapshot.generation, snapshot.trades
            return
        fills, gone = snapshot.fills_since(self._trades)
        if not len(fills) and not gone:
            return
        begin, self._trades = self._trades, snapshot.trades
        gone += max(len(fills) - MOST_TRADES, 0)
        fills = fills[-MOST_TRADES:]
        self.events["trades"].tell(
            {
                "generation": snapshot.generation,
                "first": begin + gone,
                "left_out": [begin, begin + gone] if gone else None,
                "trades": _rows(fills, snapshot.tick_size),
            }
        )

    def _take_outcomes(self, outcomes: Iterable[Any]) -> None:
        for outcome in outcomes:
            self.events["outcomes"].tell(outcome.model_dump(mode="json"))
        self._wake()

    def _log(self, line: dict[str, Any]) -> None:
        self.events["log"].tell(line)
        self._wake()

    def _snapshot(self) -> dict[str, Any] | None:
        snapshot = self._live.snapshot
        if snapshot is None:
            return None
        return market_state(snapshot).model_dump() | {"published": self._published}

    def _training(self) -> dict[str, Any] | None:
        trainings = self._laboratory.trainings
        if trainings.current is None:
            return None
        return seen_training(trainings.read()).model_dump()

    def _experiment(self) -> dict[str, Any] | None:
        experiments = self._laboratory.experiments
        if experiments.current is None:
            return None
        return seen_experiment(experiments.read()).model_dump()

    def _book(self) -> dict[str, Any] | None:
        s = self._live.snapshot
        if s is None:
            return None
        return {
            "generation": s.generation,
            "time": s.time,
            "bids": s.bids[:BOOK_LEVELS].tolist(),
            "asks": s.asks[:BOOK_LEVELS].tolist(),
        }


def _rows(fills: Records, tick: float) -> list[list[float]]:
    """Time, price, lots and side of each."""
    prices = np.round(fills["price"] * tick, 10)
    columns = (fills["time"] / 1e9, prices, fills["size"], fills["side"])
    return [list(row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _new(now: tuple[str, ...], before: tuple[str, ...]) -> list[str]:
    return [text for text in now if text not in before]


class _LogHandler(logging.Handler):
    def __init__(self, take: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(logging.INFO)
        self._take = take

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("abm_desktop.serve"):
            return  # what tells of a stream would tell of itself
        self._take(
            {
                "time": record.created,
                "level": record.levelname.lower(),
                "source": record.name.removeprefix("abm_desktop."),
                "text": record.getMessage(),
            }
        )
