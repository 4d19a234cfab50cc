"""Which span of time the charts of the Market tab show: the newest, or one held by hand."""

from __future__ import annotations

import math

from abm_desktop.live import MarketSnapshot

__all__ = ["TimeView", "time_span"]

FILLED = 0.93
"""Share of a chart's width that the curves fill."""
SHORTEST = 5.0
"""Seconds; a market has little to show in less."""
LONGEST = 7 * 86_400.0


class TimeView:
    """The span of time on show. It follows the market until somebody moves it into the past."""

    def __init__(self, window: float | None) -> None:
        self.window = window
        """Seconds shown while following; None is the whole session."""
        self._held: tuple[float, float] | None = None

    @property
    def is_held(self) -> bool:
        """Whether the charts stand still at a past span."""
        return self._held is not None

    def follow(self, window: float | None) -> None:
        """Show the newest ``window`` seconds from now on."""
        self.window = window
        self._held = None

    def hold(self, left: float, right: float) -> None:
        """Show this span and stay there."""
        self._held = (left, right)

    def let_go(self) -> None:
        """Show the newest again, as long a span as before."""
        self._held = None

    def span(self, snapshot: MarketSnapshot) -> tuple[float, float]:
        """Return the times at the left and right edge."""
        return self._held or time_span(snapshot, self.window)

    def zoom(self, snapshot: MarketSnapshot, factor: float, at: float) -> None:
        """Show ``factor`` times as much time; what is at time ``at`` keeps its place if held."""
        left, right = self.span(snapshot)
        length = min(LONGEST, max(SHORTEST, (right - left) * factor))
        if self._held is None:
            self.window = length
            return
        share = min(1.0, max(0.0, (at - left) / (right - left)))
        self._hold(snapshot, at - share * length, length)

    def pan(self, snapshot: MarketSnapshot, seconds: float) -> None:
        """Move the span by ``seconds``; beyond the present it follows again."""
        left, right = self.span(snapshot)
        self._hold(snapshot, left + seconds, right - left)

    def _hold(self, snapshot: MarketSnapshot, left: float, length: float) -> None:
        history = snapshot.history
        start = float(history.time[0]) if len(history) else snapshot.time
        left = max(left, start - 0.1 * length)
        if left + length > snapshot.time + 0.3 * length:
            self.window, self._held = length, None
        else:
            self._held = (left, left + length)


def time_span(snapshot: MarketSnapshot, window: float | None) -> tuple[float, float]:
    """Return the times at the left and right edge of a chart of ``window`` seconds.

    A little is left free at the right, for the label of the price. Before a full window has passed
    the left edge stands at the first sample: the curve grows from the left, and does not creep in
    from the right.
    """
    history = snapshot.history
    start = float(history.time[0]) if len(history) else snapshot.time
    if window is None:
        length = max(60.0, (snapshot.time - start) / FILLED)
        # In powers of two: the axis of a whole session moves seldom instead of in every frame.
        length = 60.0 * 2.0 ** (math.ceil(4 * math.log2(length / 60.0)) / 4)
        return start, start + length
    left = max(start, snapshot.time - FILLED * window)
    return left, left + window
