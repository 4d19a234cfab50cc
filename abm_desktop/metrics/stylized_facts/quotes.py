"""Best quotes just before and just after every trade, from the messages of a stretch of time.

The tape samples quotes once a second; the response of the price to a single trade needs them at the
trade. Volumes of all levels at the start and every message since determine the book at any message.
Rather than rebuild it message by message, the changes are sorted by level once, and the volume of a
level at a message is then one binary search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.market.records import Records
from abm_desktop.market.state import ADDED

if TYPE_CHECKING:
    # The compiled market takes long to import, and whoever measures a tape needs none.
    from abm_desktop.market.simulator import Simulator

__all__ = ["MERGED_TRADE", "LevelVolumes", "quotes_around", "trade_groups"]

MERGED_TRADE = np.dtype(
    [
        ("time", "i8"),
        ("side", "i4"),
        ("taker", "i4"),
        ("size", "i8"),
        ("auction", "i4"),
        ("fills", "i4"),
        ("mid_before", "f8"),
        ("mid_after", "f8"),
    ]
)
"""The fills of one aggressive order: time (ns), sign, taker, lots; mids in ticks, NaN unknown."""

_FARTHEST = 400
"""Ticks behind a trade within which the next quote is looked for."""


def trade_groups(fills: Records) -> Records:
    """Merge successive TRADE records of the same instant, taker and side: MERGED_TRADE (t,).

    Fills of auctions have no aggressor; they are kept, marked, one record each run of fills.
    """
    out = np.zeros(0, MERGED_TRADE)
    if not len(fills):
        return out
    same = np.ones(len(fills) - 1, bool)
    for name in ("time", "taker", "side", "auction"):
        same &= fills[name][1:] == fills[name][:-1]
    first = np.concatenate(([0], np.flatnonzero(~same) + 1))
    out = np.zeros(len(first), MERGED_TRADE)
    for name in ("time", "side", "taker", "auction"):
        out[name] = fills[name][first]
    out["size"] = np.add.reduceat(fills["size"].astype(np.int64), first)
    out["fills"] = np.diff(np.append(first, len(fills)))
    out["mid_before"] = out["mid_after"] = np.nan
    return out


@dataclass(slots=True)
class LevelVolumes:
    """Volumes (lots) of every occupied level at one moment; ``side`` 0 bids, 1 asks."""

    side: np.ndarray
    price: np.ndarray
    volume: np.ndarray
    after: dict[tuple[int, int], int] | None = None
    """Lots by (side, price) after the messages that :func:`quotes_around` has seen."""

    @classmethod
    def of(cls, simulator: Simulator, tick: float) -> LevelVolumes:
        """Read the whole book of a market; prices become ticks."""
        sides = simulator.book(simulator.scenario.market.ladder_ticks)
        return cls(
            np.repeat([0, 1], [len(s) for s in sides]),
            np.concatenate([np.rint(s[:, 0] / tick) for s in sides]).astype(np.int64),
            np.concatenate([s[:, 1] for s in sides]).astype(np.int64),
        )

    def agrees_with(self, simulator: Simulator, tick: float) -> bool:
        """Whether the volumes after the messages are those of the market."""
        now = LevelVolumes.of(simulator, tick)
        there = {
            (s, p): v
            for s, p, v in zip(
                now.side.tolist(), now.price.tolist(), now.volume.tolist(), strict=True
            )
        }
        return self.after is not None and there == {k: v for k, v in self.after.items() if v}


def quotes_around(
    levels: LevelVolumes,
    messages: Records,
    fill_at: np.ndarray,
    fills: Records,
    trades: Records,
) -> tuple[np.ndarray, np.ndarray]:
    """Mid (ticks) before the first and after the last fill of each trade, each (t,).

    Args:
        levels: the book before ``messages``; learns the book after them.
        messages: MESSAGE records (n,).
        fill_at: rows of ``messages`` that are fills, in order.
        fills: TRADE records, one for each of ``fill_at``; none of an auction.
        trades: MERGED_TRADE of the same fills.

    NaN if the other side was empty.
    """
    look = _Lookup(levels, messages)
    last = trades["fills"].cumsum() - 1
    first = last - trades["fills"] + 1
    sign = trades["side"].astype(np.int64)
    opposite = np.where(sign > 0, 1, 0)
    begin = fills["price"][first].astype(np.int64)
    end = fills["price"][last].astype(np.int64)
    # A buyer meets the best ask, so that is known; the bid is sought below it, untouched by the
    # trade. What the trade leaves of the asks is sought from its last price up.
    own = look.first_occupied(1 - opposite, begin - sign, -sign, fill_at[first] - 1)
    left = look.first_occupied(opposite, end, sign, fill_at[last])
    return 0.5 * (own + begin), 0.5 * (own + left)


class _Lookup:
    """The volume of any level after any message."""

    def __init__(self, levels: LevelVolumes, messages: Records) -> None:
        kind = messages["kind"]
        side = np.where(messages["side"] > 0, 0, 1)
        size = messages["size"].astype(np.int64)
        change = np.where(kind == ADDED, size, -size)
        price = messages["price"].astype(np.int64)
        every = np.concatenate([levels.price, price])
        self._base = int(every.min(initial=0)) - _FARTHEST - 1
        self._width = int(every.max(initial=0)) - self._base + _FARTHEST + 2
        self._room = len(messages) + 1
        level = np.concatenate([levels.side, side]) * self._width + every - self._base
        moment = np.concatenate([np.zeros(len(levels.price), np.int64), 1 + np.arange(len(kind))])
        change = np.concatenate([levels.volume, change])
        key = level * self._room + moment
        order = np.argsort(key, kind="stable")
        self._key = key[order]
        level = level[order]
        running = change[order].cumsum()
        starts = np.flatnonzero(np.diff(level, prepend=-1))
        before = np.concatenate(([0], running))[starts]
        self._volume = running - np.repeat(before, np.diff(np.append(starts, len(level))))
        self._level = level
        ends = np.append(starts[1:], len(level)) - 1
        levels.after = {
            (int(k // self._width), int(k % self._width) + self._base): int(v)
            for k, v in zip(level[ends], self._volume[ends], strict=True)
        }

    def first_occupied(
        self, side: np.ndarray, price: np.ndarray, step: np.ndarray, after: np.ndarray
    ) -> np.ndarray:
        """First price from ``price`` on in direction ``step`` with volume after message ``after``.

        All (t,); NaN if there is none within reach.
        """
        found = np.full(len(price), np.nan)
        open_ = np.arange(len(price))
        for distance in range(_FARTHEST):
            if not len(open_):
                break
            here = price[open_] + distance * step[open_]
            level = side[open_] * self._width + here - self._base
            at = np.searchsorted(self._key, level * self._room + after[open_] + 1, "right") - 1
            at = np.maximum(at, 0)
            there = (self._level[at] == level) & (self._volume[at] > 0)
            found[open_[there]] = here[there]
            open_ = open_[~there]
        return found
