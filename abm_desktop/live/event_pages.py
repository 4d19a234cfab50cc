"""Pages of the message tape of a run: its book events with their numbers, computed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.live.recording import Recording, Rewinder
from abm_desktop.market.records import Records
from abm_desktop.market.state import MESSAGE

if TYPE_CHECKING:
    from abm_desktop.live.snapshot_reader import Reader
    from abm_desktop.market.arrays import Markets

__all__ = ["MOST_EVENTS", "EventPage", "EventReader"]

MOST_EVENTS = 1000
"""Events of a page, at most."""
WIDER = 4.0
"""A stretch of time that had too few events is made so many times as long."""
NANO = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class EventPage:
    """The last events up to a time, oldest first."""

    rows: Records
    """MESSAGE records; times are ns since the open, prices ticks."""
    first: int
    """Number of the first of them: book events count from 1 at the open."""
    until: float
    """Simulated seconds: the page tells all up to here."""
    kinds: np.ndarray
    """int32 (rows of the market,): class of each trader, a place in ``TRADER_CLASSES``."""

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def numbers(self) -> np.ndarray:
        """Number of every event, int64 (n,)."""
        return self.first + np.arange(len(self.rows))

    @property
    def reaches_back(self) -> bool:
        """Whether there are earlier events than these."""
        return self.first > 1


class EventReader:
    """Reads pages of one run, on one thread at a time.

    Args:
        recording: of the run.
        reader: of its markets.
    """

    def __init__(self, recording: Recording, reader: Reader) -> None:
        self.recording, self._reader = recording, reader
        self._rewinder = Rewinder(recording)
        # The market of a window keeps no messages: this copy is given room for them.
        market = self._rewinder.simulator
        state = market.snapshot()
        market.restore(state._replace(messages=np.zeros(state.trades.shape, MESSAGE)))
        self._last: tuple[Records, int, float] = (np.zeros(0, MESSAGE), 1, -1.0)
        """Events of the last page, number of the first, and where it ended: the next may go on."""
        self._shift = round(market.scenario.market.warm_up * NANO)

    def page(self, until: float, most: int) -> EventPage:
        """The last events up to ``until`` seconds, inclusive: at most ``most``.

        What came at one instant, as when a maker quotes anew, is told whole or not at all, unless
        it alone is more than a page.
        """
        length = self._usual_length(until, most)
        found = self._continued(until, length)
        if found is None or len(found[0]) < most:
            found = self._read(until, most, length)
        rows, first = found
        kept = rows[-MOST_EVENTS:]
        self._last = (kept, first + len(rows) - len(kept), until)
        skip = _whole_instants(rows["time"], max(0, len(rows) - most))
        market = self._rewinder.simulator
        kinds = market.agents["kind"][: market.rows]
        return EventPage(rows[skip:].copy(), first + skip, until, kinds)

    def _read(self, until: float, most: int, length: float) -> tuple[Records, int]:
        """At least ``most`` events up to ``until``, and the number of the first."""
        begin = self.recording.checkpoint_at(until)
        while True:
            left = max(0.0, until - length)
            market = self._rewinder.go_to(left)
            first = self._reader.events(market) + 1
            rows = self._run_to(until)
            if len(rows) >= most or left <= 0.0:
                return rows, first
            # Not nearer than the checkpoint: it is computed from there anyway.
            length = max(WIDER * length, until - begin.time)

    def _continued(self, until: float, length: float) -> tuple[Records, int] | None:
        """The events of the last page with those since, if that is not long ago."""
        rows, first, end = self._last
        if not end <= until <= end + length or self._rewinder.simulator.now != end:
            return None
        return np.concatenate((rows, self._run_to(until))), first

    def _usual_length(self, until: float, most: int) -> float:
        """Seconds that have twice as many events, if the session was always alike."""
        last = self.recording.checkpoints[-1]
        opened = self.recording.checkpoints[0].events
        rate = (last.events - opened) / max(last.time, 1.0)
        return 2.0 * most / rate if rate > 0 else max(1.0, until)

    def _run_to(self, until: float) -> Records:
        """Go on to ``until``; returns all events on the way."""
        market = self._rewinder.simulator
        market.advance_with(_keep_messages)
        market.tape.clear_rows()
        self._rewinder.run_to(until)
        rows = market.tape.messages.copy()
        rows["time"] -= self._shift
        market.advance_with(_keep_no_messages)
        return rows


def _whole_instants(times: np.ndarray, skip: int) -> int:
    """Where a page that would begin at ``skip`` begins with the first event of an instant."""
    if 0 < skip < len(times) and times[skip - 1] == times[skip]:
        following = int(np.searchsorted(times, times[skip], side="right"))
        return following if following < len(times) else skip
    return skip


def _keep_messages(markets: Markets) -> int:
    markets.market["record_messages"] = 1
    return 0


def _keep_no_messages(markets: Markets) -> int:
    markets.market["record_messages"] = 0
    return 0
