"""Looking at a past moment while the market goes on: a thread that computes it again.

Only the newest request counts: whoever drags a slider asks many times, and is answered for where
the slider is now.
"""

from __future__ import annotations

import logging
import threading
import time as clock
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.live.feeds import BOOK_LEVELS, RECENT_TRADES
from abm_desktop.live.recording import Recording, Rewinder
from abm_desktop.live.spacings import SAMPLE_INTERVAL
from abm_desktop.live.types import History, MarketSnapshot, PastMoment, RunState

if TYPE_CHECKING:
    from abm_desktop.live.snapshot_reader import Reader

log = logging.getLogger(__name__)

LONGEST_SPAN = 2400.0
"""Seconds around a moment that are computed again in full; more than that comes from the samples
kept while it happened."""
LEAD = 60.0
"""Seconds before the span that are computed too, for the latest trades at its beginning."""
LONGEST_WHOLE = 7 * 86_400.0
"""The same if a picture is to be made whole, which is asked once and not for every notch of a
slider."""
BOOKS = 160
"""Books across the span, for the heatmap."""
SAMPLES = 2000


@dataclass(frozen=True, slots=True)
class _Request:
    number: int
    recording: Recording
    reader: Reader
    live: MarketSnapshot
    time: float
    left: float
    right: float
    longest: float = LONGEST_SPAN


class PastReader:
    """Computes past moments on a thread of its own, which starts with the first request."""

    def __init__(self, failed: Callable[[float, str], None] | None = None) -> None:
        """``failed`` is told which moment could not be computed, and why."""
        self._failed = failed
        self.moment: PastMoment | None = None
        """The newest answer; None if nothing is being looked at."""
        self.error: str | None = None
        self._request: _Request | None = None
        self._wake = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closing = False
        self._asked = self._answered = self._forgotten = 0
        self._rewinder: tuple[Recording, Rewinder] | None = None

    def ask(
        self,
        recording: Recording,
        reader: Reader,
        live: MarketSnapshot,
        time: float,
        left: float,
        right: float,
        *,
        whole: bool = False,
    ) -> None:
        """Ask for the moment ``time``, and the span from ``left`` to ``right`` around it.

        ``whole``: tell it in full however long it is.
        """
        longest = LONGEST_WHOLE if whole else LONGEST_SPAN
        time = min(max(time, 0.0), live.time)
        with self._wake:
            self._asked += 1
            self._request = _Request(
                self._asked, recording, reader, live, time, left, right, longest
            )
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="past", daemon=True)
                self._thread.start()
            self._wake.notify()

    @property
    def is_due(self) -> bool:
        """Whether the newest request has not been answered yet."""
        return self._asked > max(self._answered, self._forgotten)

    def forget(self) -> None:
        """Look at nothing any more; what it would take to look at the next moment is let go."""
        with self._wake:
            self._request = self.moment = None
            self._forgotten = self._asked
            self._wake.notify()

    def close(self, timeout: float = 5.0) -> None:
        """End the thread."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout)

    def _work(self) -> None:
        while (request := self._next()) is not None:
            self._answer(request)
            # It holds a whole run, and the next may come in an hour.
            del request

    def _next(self) -> _Request | None:
        """Wait for the newest request; None at the end."""
        with self._wake:
            while self._request is None:
                if self._closing:
                    return None
                if not self._asked > self._forgotten:
                    self._rewinder = None
                self._wake.wait()
            request, self._request = self._request, None
        return request

    def _answer(self, request: _Request) -> None:
        try:
            moment = self.compute(request)
        except Exception as error:  # the window must not lose its thread over one moment
            log.exception("a past moment could not be computed")
            self.error = f"{type(error).__name__}: {error}"
            self._rewinder = None
            self._answered = request.number
            if self._failed is not None:
                self._failed(request.time, self.error)
            return
        with self._wake:
            # Somebody may have turned to the present, or to another market, meanwhile.
            if request.number > self._forgotten:
                self.moment = moment
            self._answered = request.number

    def moment_of(
        self, recording: Recording, reader: Reader, live: MarketSnapshot, time: float
    ) -> PastMoment:
        """The moment ``time``, computed on the calling thread; for one thread at a time."""
        try:
            return self.compute(_Request(0, recording, reader, live, time, time, time))
        except Exception:
            self._rewinder = None
            raise

    def compute(self, request: _Request) -> PastMoment:
        begin = clock.perf_counter()
        if self._rewinder is None or self._rewinder[0] is not request.recording:
            self._rewinder = (request.recording, Rewinder(request.recording))
        rewinder = self._rewinder[1]
        live, time = request.live, request.time
        left, right = max(0.0, request.left), min(request.right, live.time)
        is_told = right > left and right - left <= request.longest and left <= time <= right
        if not is_told:
            left = right = time
        at = np.unique(np.append(np.linspace(left, right, BOOKS if is_told else 1), time))
        simulator = rewinder.go_to(max(0.0, left - LEAD))
        simulator.tape.clear_rows()
        simulator.set_sample_interval(max(SAMPLE_INTERVAL, (right - left) / SAMPLES))
        ticks = np.zeros((len(at), 2 * BOOK_LEVELS), np.int32)
        lots = np.zeros((len(at), 2 * BOOK_LEVELS), np.float32)
        fields, events = {}, 0
        for k, moment in enumerate(at.tolist()):
            rewinder.run_to(moment)
            if moment == time:
                recent = request.reader.trades(simulator, RECENT_TRADES)
                fields = request.reader.fields(simulator, recent)
                events = request.reader.events(simulator)
            simulator.best_levels(ticks[k], lots[k])
        columns, inventory, pnl = request.reader.samples(simulator)
        history = live.history
        if is_told:
            history = History(**columns, class_inventory=inventory, class_pnl=pnl)
        # Those that the market has made by then, as far back as they are kept.
        fills = live.fills[: max(0, len(live.fills) - live.trades + fields["trades"])]
        snapshot = replace(
            live,
            state=RunState.PAUSED,
            time=time,
            speed=0.0,
            events_per_second=0.0,
            events=events,
            history=history,
            planned=(),
            goal=None,
            fills=fills,
            **fields,
        )
        return PastMoment(
            snapshot,
            left,
            right,
            at,
            ticks,
            lots,
            request.reader.trades(simulator),
            clock.perf_counter() - begin,
        )
