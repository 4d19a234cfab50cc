"""Moving or widening the price levels that a market keeps, if an order asks for another.

A ladder of millions of ticks has orders on some thousands of them, around a price that may be
anywhere and go anywhere. So a market keeps a window of levels, which follows its orders: what it
keeps depends on them alone, and nothing that happens depends on what it keeps.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.arrays import Markets, aligned, ladder_words
from abm_desktop.market.book import first_level

__all__ = ["FIRST_WINDOW", "bitmap", "with_level"]

FIRST_WINDOW = 32_768
"""Price levels that a market begins with, if its ladder has more."""


def with_level(markets: Markets, price: int) -> Markets:
    """Keep the level of ``price`` too, in a single market: the book in it is as before.

    As many levels as before if they hold all orders twice over, else twice as many, or more.
    """
    market = markets.market[0]
    ladder, origin = int(market["ladder"]), int(market["origin"])
    before = markets.levels[0]
    rows = np.flatnonzero((before["head"] >= 0).any(axis=0))
    low = min(price, origin + int(rows[0])) if len(rows) else price
    high = max(price, origin + int(rows[-1])) if len(rows) else price
    window = before.shape[1]
    while window < min(2 * (high - low + 1), ladder):
        window *= 2
    levels = aligned((1, 2, window), before.dtype)
    levels["head"] = levels["tail"] = -1
    market["origin"] = first_level(low, high, window, ladder)
    market["window"], market["wanted"] = window, 0
    if len(rows):
        levels[0][:, rows + origin - int(market["origin"])] = before[:, rows]
    return markets._replace(levels=levels, bits=bitmap(levels[0]["head"] >= 0)[None])


def bitmap(occupied: np.ndarray) -> np.ndarray:
    """The bits of a book, uint64 (2, words), of its occupied levels, bool (2, levels)."""
    words = occupied.shape[1] // 64
    bits = np.zeros((2, ladder_words(occupied.shape[1])), np.uint64)
    bits[:, :words] = np.packbits(occupied, axis=1, bitorder="little").view(np.uint64)
    tops = np.zeros((2, (bits.shape[1] - words) * 64), np.bool_)
    tops[:, :words] = bits[:, :words] != 0
    bits[:, words:] = np.packbits(tops, axis=1, bitorder="little").view(np.uint64)
    return bits
