"""Whether traders do the same at the same time.

Lakonishok, J., Shleifer, A. and Vishny, R. W. (1992). The impact of institutional trading on stock
prices. Journal of Financial Economics 32(1), 23-43; of positions, Khandani, A. E. and Lo, A. W.
(2011). What happened to the quants in August 2007? Journal of Financial Markets 14(1), 1-46.
"""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import binom

__all__ = ["herding", "pair_correlation", "same_side_share"]


def pair_correlation(series: np.ndarray) -> float:
    """Mean correlation of all pairs of traders: of positions or of trades, (T, A).

    A trader whose series never changes is left out; NaN if fewer than two are left.

    >>> a = np.array([1.0, -1.0, 2.0, -2.0])
    >>> pair_correlation(np.column_stack([a, 2 * a])), pair_correlation(np.column_stack([a, -a]))
    (1.0, -1.0)
    """
    rows = np.asarray(series, np.float64)
    rows = rows - rows.mean(axis=0)
    sizes = np.sqrt((rows * rows).sum(axis=0))
    rows = rows[:, sizes > 0.0] / sizes[sizes > 0.0]
    count = rows.shape[1]
    if count < 2:
        return math.nan
    # The sum over all pairs, the pairs of one with itself taken away.
    total = float((rows.sum(axis=1) ** 2).sum())
    return (total - count) / (count * (count - 1))


def same_side_share(trades: np.ndarray) -> tuple[float, float]:
    """Share of the pairs that trade in one step who trade on one side, and that of chance.

    ``trades`` are signed lots, (T, A). The second is what independent traders with the same share
    of buys would have, p^2 + (1 - p)^2. NaN both if no two trade in one step.

    >>> tuple(round(x, 6) for x in same_side_share(np.array([[1, 2, -1], [0, 3, 1]])))
    (0.5, 0.68)
    """
    buys = (np.asarray(trades) > 0).sum(axis=1).astype(np.float64)
    sells = (np.asarray(trades) < 0).sum(axis=1).astype(np.float64)
    active = buys + sells
    pairs = (active * (active - 1.0)).sum()
    if pairs == 0.0:
        return math.nan, math.nan
    same = (buys * (buys - 1.0) + sells * (sells - 1.0)).sum()
    p = buys.sum() / active.sum()
    return float(same / pairs), float(p * p + (1.0 - p) ** 2)


def herding(trades: np.ndarray, fewest: int = 2) -> float:
    """The measure of Lakonishok, Shleifer and Vishny: 0 if traders choose sides independently.

    Mean over steps with ``fewest`` traders or more of |b / n - p| less what that is by chance, with
    b of n buying and p the share of buys in all steps. ``trades`` are signed lots, (T, A). NaN if
    there are no such steps.

    >>> herding(np.array([[1, 1, 1, 1], [-1, -1, -1, -1]])).__round__(4)
    0.3125
    """
    buys = (np.asarray(trades) > 0).sum(axis=1)
    active = buys + (np.asarray(trades) < 0).sum(axis=1)
    enough = active >= max(1, fewest)
    if not enough.any():
        return math.nan
    p = float(buys.sum() / active.sum())
    found = np.abs(buys[enough] / active[enough] - p)
    by_chance = {int(n): _expected(int(n), p) for n in np.unique(active[enough])}
    return float(np.mean(found - np.array([by_chance[int(n)] for n in active[enough]])))


def _expected(n: int, p: float) -> float:
    """Mean of |b / n - p| if b is binomial."""
    b = np.arange(n + 1)
    return float((binom.pmf(b, n, p) * np.abs(b / n - p)).sum())
