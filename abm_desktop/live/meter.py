"""How fast a live market runs, and when its next snapshot is due."""

from __future__ import annotations

import time

_FRAME = 1.0 / 30.0


class Meter:
    """Measures how fast the market runs, over the last half second or so."""

    _WINDOW = 0.5

    def __init__(self) -> None:
        self._frame = 0.0
        self.speed = 0.0
        """Simulated seconds per real second, waiting included."""
        self.capacity = 1000.0
        """Simulated seconds per real second of computing."""
        self.events_per_second = 0.0
        self.restart()

    def restart(self) -> None:
        """Forget the current window; what was measured before stays until the next."""
        self._since = time.perf_counter()
        self._simulated = self._events = self._computing = 0.0

    def add(self, simulated: float, events: int, computing: float, now: float) -> None:
        """Count what one stretch of running brought, at the real time ``now``."""
        self._simulated += simulated
        self._events += events
        self._computing += computing
        passed = now - self._since
        first = self.speed == 0.0 and passed > 0.02
        if passed > self._WINDOW or first:
            self.speed = self._simulated / passed
            self.events_per_second = self._events / passed
            if self._computing > 0:
                self.capacity = max(self._simulated / self._computing, 1e-3)
            self.restart()

    def until_frame(self, now: float) -> float:
        """Real seconds until a snapshot should be published; not above 0 if it is time for it."""
        return self._frame + _FRAME - now

    def frame_shown(self) -> None:
        """A snapshot was published just now."""
        self._frame = time.perf_counter()
