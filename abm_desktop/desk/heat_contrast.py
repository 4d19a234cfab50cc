"""How lots become colour in the heatmap, and what the brightest colour stands for."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

__all__ = ["PERCENTS", "Contrast", "few_lots"]

PERCENTS = (0, 90, 95, 99, 100)
"""Shares of the levels on show that have a colour of their own, in percent, to choose from; 0 is
automatic: half more than the second largest level of the newest book."""
GROWS, SHRINKS = 1.6, 0.4
"""The scale is chosen again when what is seen asks for so many times of it."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One way to colour lots."""

    is_linear: bool = False
    """In shades that grow with the lots, instead of with log(1 + lots)."""
    percent: int = 0
    """One of :data:`PERCENTS`."""

    def share(self, lots: np.ndarray | float, top: float) -> np.ndarray:
        """Place of lots on the scale, 0 to 1 and beyond, if ``top`` has the brightest colour."""
        if self.is_linear:
            return np.asarray(lots / max(top, 1.0))
        return np.asarray(np.log1p(lots) / math.log1p(max(top, 1.0)))

    def labels(self, top: float) -> list[float]:
        """Lots to label on a scale up to ``top``, far enough from each other."""
        return few_lots(top, is_linear=self.is_linear)

    def top(self, lots: np.ndarray, before: float) -> float:
        """Lots of the brightest colour; stays as it was ``before`` until that no longer fits.

        Args:
            lots: those of the newest book if it is automatic, else of the picture; 0 is no level.
            before: the scale so far, 0 for none.
        """
        levels = lots[lots > 0]
        if not len(levels):
            return before
        if self.percent == 0:
            wanted = 1.5 * float(np.sort(levels)[-2:][0])
        else:
            wanted = float(np.percentile(levels, self.percent))
        return wanted if not SHRINKS * before <= wanted <= GROWS * before else before


def few_lots(most: float, *, is_linear: bool = False) -> list[float]:
    """Labels of a scale of lots, log(1 + lots) or linear, far enough from each other.

    >>> few_lots(160.0), few_lots(160.0, is_linear=True)
    ([0.0, 5.0, 20.0, 100.0], [0.0, 50.0, 100.0, 150.0])
    """
    contrast = Contrast(is_linear)
    sizes = [each * 10.0**power for power in range(8) for each in (1.0, 2.0, 5.0)]
    if is_linear:
        step = next((size for size in sizes if size > 0.22 * most), sizes[-1])
        return [step * k for k in range(int(most / step) + 1)]
    found = [0.0]
    for size in sizes:
        apart = contrast.share(size, most) - contrast.share(found[-1], most)
        if size <= most and apart > 0.22:
            found.append(size)
    return found
