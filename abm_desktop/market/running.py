"""Running a market: the part of a :class:`Simulator` that lets time go on and fills the tape."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from abm_desktop.inputs import InputError, UnavailableError, real, shown, whole
from abm_desktop.market import standstill, state
from abm_desktop.market.arrays import Markets
from abm_desktop.market.kept_levels import with_level
from abm_desktop.market.kernel import advance
from abm_desktop.market.reading import MAX_TIME, NANO, MarketReading
from abm_desktop.market.tape import Beginning

_QUIET = 3600 * NANO
MAX_EVENTS = 10**9
"""Events of one :meth:`Simulator.step`."""
SHORTEST_INTERVAL = 0.001
"""Simulated seconds between two samples, at least."""


def sample_interval(seconds: object, key: str) -> int:
    """Time between two samples in ns; raises :class:`InputError` for less than a millisecond."""
    return round(real(seconds, key, SHORTEST_INTERVAL, MAX_TIME, unit="simulated seconds") * NANO)


class MarketRunning(MarketReading):
    """The part of a :class:`Simulator` that runs."""

    _phases_seen = 0
    """Changes of phase that are on the tape already."""

    def warm_up(self) -> None:
        """Run up to the open (time 0), so that the book is in its usual state.

        What :meth:`session_classes` counts begins here. Raises :class:`UnavailableError` if the
        market is past its open.
        """
        if self.now > 0.0:
            raise UnavailableError(
                f"the market is at {self.now:g} s, past its open: it cannot be warmed up again"
            )
        self.run_until(0.0)
        self._at_open, self._pnl_at_open = self.classes, self._pnl()

    def run(self, seconds: float) -> None:
        """Run for some simulated seconds. Raises :class:`InputError` for a number below 0."""
        self.run_until(self.now + real(seconds, "seconds", 0.0, MAX_TIME))

    def run_until(self, time: float) -> None:
        """Run to a time; does nothing if it is not ahead.

        Raises :class:`InputError` for what is no time, or one beyond :data:`MAX_TIME`.
        """
        until = self._clock(time)
        if until > self._market["now"]:
            self._advance(until)

    def run_unless_called(self, time: float, bell: np.ndarray) -> None:
        """Run to a time, or less far: soon after another thread has set ``bell``, int64 (1, 1).

        Where it ends then nobody can tell in advance, but it is a moment like any other:
        :meth:`run_until` the time of then is the same. For :func:`~abm_desktop.live.LiveMarket`.
        """
        until = self._clock(time)
        if until > self._market["now"]:
            self._advance(until, bell=bell)

    def step(self, events: int = 1) -> None:
        """Run for some events: one trader acts, one order expires, one stress step is taken.

        Ends before that in a market in which nothing happens for an hour of simulated time. Raises
        :class:`InputError` for anything but a whole number from 1.
        """
        m = self._market
        events = whole(events, "events", 1, MAX_EVENTS)
        while events > 0:
            steps, until = int(m["steps"]), int(m["now"]) + _QUIET
            self._advance(until, events)
            done = int(m["steps"]) - steps
            if done == 0 or m["now"] < until:
                return
            events -= done

    def _advance(self, until: int, events: int = 0, bell: np.ndarray | None = None) -> None:
        goal = int(self._market["steps"]) + events
        while True:
            left = goal - int(self._market["steps"]) if events else 0
            markets = self._state if bell is None else self._state._replace(bell=bell)
            # What a full tape interrupted goes on, but is no further event.
            status = advance(markets, 0, until, left or (-1 if events else 0))
            self._drain()
            standstill.check(self._state)
            if status == state.NEED_ACTION:
                raise UnavailableError("an external trader waits for an action: use an environment")
            if status != state.TAPE_FULL:
                return

    def _drain(self) -> None:
        """Put the rows of the buffers on the tape, and keep the price level that was asked for."""
        if wanted := int(self._market["wanted"]):
            self._state = with_level(self._state, wanted)
        m, s = self._market, self._state
        self.tape.trades_rows.extend(s.trades[0, : m["trades_n"]])
        self.tape.samples_rows.extend(s.samples[0, : m["samples_n"]])
        self._spreads.see(s.samples[0, : m["samples_n"]], s.stresses[0])
        self.tape.class_rows.extend(s.class_samples[0, : m["samples_n"]])
        self.tape.messages_rows.extend(s.messages[0, : m["messages_n"]])
        m["trades_n"] = m["samples_n"] = m["messages_n"] = 0
        n, ring = int(m["phases_n"]), s.phases[0]
        if n != self._phases_seen:
            new = range(max(self._phases_seen, n - len(ring)), n)
            self.tape.phases_lost += max(n - len(ring) - self._phases_seen, 0)
            self.tape.phases_rows.extend(ring[[k % len(ring) for k in new]])
            self._phases_seen = n

    def set_sample_interval(self, seconds: float) -> None:
        """Change the spacing of ``tape.samples`` from now on; changes nothing in the market.

        Raises :class:`InputError` for less than a millisecond.
        """
        m, interval = self._market, sample_interval(seconds, "seconds")
        m["sample_interval"] = interval
        m["next_sample"] = (int(m["now"]) // interval + 1) * interval

    def begin_tape(self) -> None:
        """Forget the rows so far: the tape begins now, with a note of what its rows follow on.

        Marks stay. Counters and the book before the first row are in ``tape.beginning``.
        """
        self.tape.clear_rows()
        m = self._market
        self.tape.beginning = Beginning(
            int(m["trades"]),
            int(m["volume"]),
            int(m["messages"]),
            int(m["phase"]),
            self.resting_rows() if self.records_messages else np.zeros(0, state.MESSAGE),
        )

    def advance_with(self, step: Callable[[Markets], int]) -> int:
        """Run on by compiled code of the caller, which acts for traders that are set by hand.

        Args:
            step: is given the arrays of the market and calls :func:`.kernel.advance` on them; what
                it returns is returned. The rows it fills are put on the tape.

        Raises:
            InputError: if ``step`` is no function.
            StandstillError: if time stood still.
        """
        if not callable(step):
            raise InputError(f"must be a function, not {shown(step)}", key="step")
        status = step(self._state)
        self._drain()
        standstill.check(self._state)
        return status
