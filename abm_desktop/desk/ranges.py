"""Axis ranges that follow the data calmly, and series cut down to what the pixels can show."""

from __future__ import annotations

import math

import numpy as np

__all__ = ["CalmRange", "decimate", "run_length", "visible"]


class CalmRange:
    """A value range that moves only when it must.

    It grows at once when data would leave it, stays while the data fills a fair part of it, and
    otherwise shrinks by a fraction of the way per frame, so that an axis never jumps to and fro.
    """

    def __init__(
        self,
        padding: float = 0.12,
        shrink_below: float = 0.45,
        ease: float = 0.15,
        minimum: float = 0.0,
        anchor: float | None = None,
    ) -> None:
        """``padding``: free share each side; ``minimum``: least span; ``anchor``: kept in view."""
        self.padding, self.shrink_below, self.ease = padding, shrink_below, ease
        self.minimum, self.anchor = minimum, anchor
        self._range: tuple[float, float] | None = None
        self._shrinking = False

    def reset(self) -> None:
        """Forget the range: the next data set it afresh."""
        self._range = None
        self._shrinking = False

    def follow(self, low: float, high: float) -> tuple[float, float] | None:
        """Return the range to show for data within ``low``..``high``; None before any data."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return self._range
        if self.anchor is not None:
            low, high = min(low, self.anchor), max(high, self.anchor)
        if high - low < self.minimum:
            middle = (low + high) / 2
            low, high = middle - self.minimum / 2, middle + self.minimum / 2
        span = (high - low) or max(abs(high), 1.0) * 1e-3
        want = (low - self.padding * span, high + self.padding * span)
        if self.anchor is not None:
            # An anchored side sits exactly on its anchor: bars and depths stand on the zero line.
            want = (
                self.anchor if low == self.anchor else want[0],
                self.anchor if high == self.anchor else want[1],
            )
        if self._range is None:
            self._range = want
            return self._range
        bottom, top = self._range
        if low < bottom or high > top:
            # Take more than is needed: a trend then moves the axis seldom, not in every frame.
            bottom = min(bottom, want[0]) if low < bottom else bottom
            top = max(top, want[1]) if high > top else top
            self._shrinking = False
        if (want[1] - want[0]) < self.shrink_below * (top - bottom):
            self._shrinking = True
        if self._shrinking:
            bottom += (want[0] - bottom) * self.ease
            top += (want[1] - top) * self.ease
            if (want[1] - want[0]) > 0.9 * (top - bottom):
                self._shrinking = False
        self._range = (bottom, top)
        return self._range


def visible(time: np.ndarray, low: float, high: float, pixels: int) -> slice:
    """Return the slice of the ascending ``time`` in ``low``..``high``, one sample wider each side.

    Where so many samples are visible that :func:`decimate` thins them to ``pixels`` columns, the
    slice begins at a whole run, so that a sliding window does not shimmer.
    """
    first = max(0, int(np.searchsorted(time, low, side="left")) - 1)
    last = min(len(time), int(np.searchsorted(time, high, side="right")) + 1)
    if last - first > 4 * pixels:
        first -= first % (2 * run_length(last - first, pixels))
    return slice(first, last)


def run_length(n: int, pixels: int) -> int:
    """Return how many of ``n`` samples make a run, for two runs a pixel column.

    A power of two: runs keep their borders while the series grows by a factor of two.
    """
    return 1 << max(1, math.ceil(math.log2(n / (2 * pixels))))


def decimate(x: np.ndarray, y: np.ndarray, pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return at most about 2 points per pixel column that draw the same picture as (x, y).

    Each run of samples is replaced by its lowest and highest value; NaN within a run is ignored.
    Runs are aligned to the sample index, so that a growing series does not shimmer. The last sample
    is always kept. ``x`` must ascend.
    """
    n = len(x)
    if n <= 4 * pixels:
        return x, y
    run = run_length(n, pixels)
    m = n // run
    body_x = x[: m * run].reshape(m, run)
    body_y = y[: m * run].reshape(m, run)
    out_x = np.empty(2 * m + (n - m * run))
    out_y = np.empty_like(out_x)
    out_x[0 : 2 * m : 2] = body_x[:, 0]
    out_x[1 : 2 * m : 2] = body_x[:, -1]
    low, high = np.fmin.reduce(body_y, axis=1), np.fmax.reduce(body_y, axis=1)
    # Draw towards the end of the run, so that a rise reads as a rise.
    falling = body_y[:, 0] > body_y[:, -1]
    out_y[0 : 2 * m : 2] = np.where(falling, high, low)
    out_y[1 : 2 * m : 2] = np.where(falling, low, high)
    out_x[2 * m :], out_y[2 * m :] = x[m * run :], y[m * run :]
    return out_x, out_y
