"""Which prices the price chart shows: as the data asks, or a span chosen by hand."""

from __future__ import annotations

import math

from abm_desktop.desk.ranges import CalmRange

__all__ = ["PriceView"]

LEAST_TICKS = 4.0
MOST_TICKS = 1e6
EDGE = 0.1
"""Share of the height, at the top and at the bottom, that a followed price may not enter."""


class PriceView:
    """A span of prices: calm and automatic until somebody zooms or moves it.

    One chosen by hand keeps its height. It is centred again only when the price that is followed
    comes from its middle near its edge; else the axis stands still, also where no price is.
    """

    def __init__(self) -> None:
        self._calm = CalmRange()
        self._held: tuple[float, float] | None = None
        self._shown: tuple[float, float] | None = None
        self._had_price = False
        """Whether the followed price was in the middle of the span chosen by hand."""

    @property
    def is_held(self) -> bool:
        """Whether the span was chosen by hand."""
        return self._held is not None

    def reset(self) -> None:
        """Let the automatic span be chosen afresh by the next data."""
        self._calm.reset()

    def automatic(self) -> None:
        """Show what the data asks for again."""
        self._held = None
        self._calm.reset()

    def follow(
        self, low: float, high: float, minimum: float, price: float = math.nan
    ) -> tuple[float, float] | None:
        """Return the prices to show; None before any data.

        Args:
            low: lowest price of the data.
            high: highest price of the data.
            minimum: least height of the automatic span.
            price: to be kept in view; NaN for none.
        """
        if self._held is None:
            self._calm.minimum = minimum
            self._shown = self._calm.follow(low, high)
            return self._shown
        bottom, top = self._held
        edge = EDGE * (top - bottom)
        if math.isfinite(price):
            inside = bottom + edge <= price <= top - edge
            if self._had_price and not inside:
                half = 0.5 * (top - bottom)
                self._held = (price - half, price + half)
            self._had_price = self._had_price or inside
        self._shown = self._held
        return self._held

    def zoom(self, factor: float, at: float, tick: float) -> None:
        """Show ``factor`` times as many prices; ``at`` keeps its place. ``tick`` is that of them.

        Nothing happens before the first data.
        """
        if self._shown is None or not math.isfinite(at):
            return
        bottom, top = self._shown
        span = top - bottom
        height = min(max(span * factor, LEAST_TICKS * tick), max(MOST_TICKS * tick, span))
        share = min(1.0, max(0.0, (at - bottom) / span))
        self._had_price = False
        self._held = self._shown = (at - share * height, at + (1.0 - share) * height)

    def pan(self, by: float) -> None:
        """Show prices higher by ``by``."""
        if self._shown is not None:
            self._had_price = False
            self._held = self._shown = (self._shown[0] + by, self._shown[1] + by)
