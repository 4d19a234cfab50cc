"""What is kept of a run so that any moment of it can be computed again: checkpoints and commands.

A market is deterministic, so a past moment is a checkpoint before it, and the same commands on the
way. One thread records, any thread may ask for :meth:`Recording.plan`.
"""

from __future__ import annotations

import bisect
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from abm_desktop.market.checkpoints import MarketCheckpoint
    from abm_desktop.market.commands import MarketCommand
    from abm_desktop.market.simulator import Simulator

EVENTS_BETWEEN = 200_000
"""Book events between two checkpoints at first: some 30 ms of computing, against 2 ms for one."""
MOST_CHECKPOINTS = 2048
"""Some 110 MB, and 400 million book events before they are taken less often."""
MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class Move:
    """A command that was carried out; applied to a copy of the market it does the same."""

    time: float
    end: float
    """Where the market stood afterwards: later than ``time`` only after steps by hand."""
    command: MarketCommand
    client: str = ""
    """Who asked for it; "" is the person at the window."""


class Recording:
    """The past of one run.

    Args:
        simulator: the market at the open; it is copied.
        most_checkpoints: beyond these every second one is dropped, and they are taken less often.
        most_bytes: memory of the checkpoints, with the same consequence.
    """

    def __init__(
        self,
        simulator: Simulator,
        most_checkpoints: int = MOST_CHECKPOINTS,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.start = simulator.fork()
        """The market at the open. Copy it, do not run it."""
        self.first = self.start.arrays
        self._most, self._most_bytes = most_checkpoints, most_bytes
        self.events_between = EVENTS_BETWEEN
        self._lock = threading.Lock()
        self._moves: list[Move] = []
        self.checkpoints: list[MarketCheckpoint] = []
        self.nbytes = 0
        """Memory of the checkpoints."""
        self._add(simulator)

    def __len__(self) -> int:
        """How many checkpoints there are."""
        return len(self.checkpoints)

    # -- recording ------------------------------------------------------------------------------

    def follow(self, simulator: Simulator) -> None:
        """Take a checkpoint if it is time for one."""
        if simulator.events - self.checkpoints[-1].events >= self.events_between:
            self._add(simulator)
            if len(self.checkpoints) > self._most or self.nbytes > self._most_bytes:
                with self._lock:
                    self.checkpoints = self.checkpoints[::2]
                    self.nbytes = sum(c.nbytes for c in self.checkpoints)
                self.events_between *= 2

    def remember(self, command: MarketCommand, time: float, end: float, client: str = "") -> None:
        """Remember a command that was carried out at ``time``; the market stood at ``end`` then.

        Steps by hand are such commands too: they may end amid the events of one nanosecond.
        """
        with self._lock:
            self._moves.append(Move(time, end, command, client))

    def _add(self, simulator: Simulator) -> None:
        before = self.checkpoints[-1] if self.checkpoints else None
        checkpoint = simulator.checkpoint(self.first, len(self._moves), before)
        with self._lock:
            self.checkpoints.append(checkpoint)
            self.nbytes += checkpoint.nbytes

    # -- reading --------------------------------------------------------------------------------

    def checkpoint_at(self, time: float) -> MarketCheckpoint:
        """Return the last checkpoint at or before ``time``."""
        with self._lock:
            found = self.checkpoints
            return found[max(0, bisect.bisect_right(found, time, key=lambda c: c.time) - 1)]

    def moves_from(self, number: int, until: float) -> list[Move]:
        """Return the commands from a number on that were over by ``until``."""
        with self._lock:
            moves, last = self._moves, number
            # In the order of time: the first that was not over ends them.
            while last < len(moves) and moves[last].end <= until:
                last += 1
            return moves[number:last]

    def until(self, time: float) -> Recording:
        """Return a recording of the same run up to ``time``, to go on from there."""
        other = object.__new__(Recording)
        other.start, other.first = self.start, self.first
        other._most, other._most_bytes = self._most, self._most_bytes
        other.events_between = self.events_between
        other._lock = threading.Lock()
        other._moves = self.moves_from(0, time)
        with self._lock:
            other.checkpoints = [c for c in self.checkpoints if c.time <= time]
        other.nbytes = sum(c.nbytes for c in other.checkpoints)
        return other


class Rewinder:
    """Computes past moments of a recording on a market of its own, for one thread."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self.simulator = recording.start.fork()
        """The market at the moment last asked for."""
        self._moves = 0
        """Commands carried out on it."""

    @property
    def applied(self) -> int:
        """How many commands of the recording have been carried out on :attr:`simulator`."""
        return self._moves

    def go_to(self, time: float) -> Simulator:
        """Compute the market at ``time``, which must not be ahead of what is recorded."""
        checkpoint = self._recording.checkpoint_at(time)
        if not checkpoint.time <= self.simulator.now <= time:
            self.simulator.go_back(checkpoint, self._recording.first)
            self._moves = checkpoint.moves
        self.simulator.tape.clear_rows()
        return self.run_to(time)

    def run_to(self, time: float) -> Simulator:
        """Go on to ``time`` from where the market is, with the commands on the way."""
        for move in self._recording.moves_from(self._moves, time):
            self.simulator.run_until(move.time)
            move.command.apply(self.simulator)
            self._moves += 1
        self.simulator.run_until(time)
        return self.simulator
