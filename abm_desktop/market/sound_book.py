"""Whether the arrays of a book are one: queues, free lists, bitmaps, best prices and icebergs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from abm_desktop.market import state as s
from abm_desktop.market.arrays import Markets
from abm_desktop.market.kept_levels import bitmap
from abm_desktop.market.records import Records


def faults_of_book(markets: Markets) -> Iterator[str]:
    """What is wrong with the book of a market, in words; stop at the first."""
    m, orders = markets.market[0], markets.orders[0]
    used = int(m["used_slots"])
    if not 0 <= used <= len(orders):
        yield f"market.used_slots is {used}"
        return
    if orders["size"][used:].any():
        yield "orders rest in slots that were never used"
    rows = orders[:used]
    resting = rows["size"] > 0
    if (rows["size"] < 0).any():
        yield "orders.size is negative"
    ladder = int(m["ladder"])
    live = rows[resting]
    for name, low, high in (
        ("price", 1, ladder - 2),
        ("side", 0, 1),
        ("agent", 0, markets.agents.shape[1] - 1),
        ("seq", 0, (1 << 31) - 1),
        ("prev", -1, used - 1),
        ("next", -1, used - 1),
        ("iceberg", 0, markets.icebergs.shape[1]),
    ):
        if ((live[name] < low) | (live[name] > high)).any():
            yield f"orders.{name} is out of its bounds"
            return
    if int(m["resting"]) != len(live):
        yield f"market.resting is {m['resting']}, but {len(live)} orders rest"
    if not _free_list(int(m["free_head"]), rows["next"].tolist(), resting.tolist()):
        yield "orders has a list of free slots that is none"
    yield from _queues(markets, rows, resting)
    yield from _best_prices(markets)
    yield from _icebergs(markets, rows, resting)
    now = int(m["now"])
    born = markets.born[0][:used][resting]
    if ((born[:, 0] < 0) | (born[:, 0] > now) | (born[:, 1] < 0)).any():
        yield "born holds a time that is not in the past"
    handles = markets.handles[0]
    if ((handles < -1) | ((handles >> 32) >= len(orders))).any():
        yield "handles names an order that there cannot be"


def _free_list(head: int, follows: list[int], resting: list[bool]) -> bool:
    """Whether the free slots are one list, each in it once."""
    free = len(resting) - sum(resting)
    at, seen = head, 0
    while at != -1:
        if not 0 <= at < len(follows) or resting[at] or seen == free:
            return False
        seen += 1
        at = follows[at]
    # A list of as many steps as there are free slots that ends cannot have met one twice.
    return seen == free


def _queues(markets: Markets, rows: Records, resting: Records) -> Iterator[str]:
    levels, origin = markets.levels[0], int(markets.market[0]["origin"])
    found = np.zeros((2, levels.shape[1]), np.int64)
    lots = np.zeros((2, levels.shape[1]), np.int64)
    live = rows[resting]
    where = live["side"], live["price"] - origin
    if ((where[1] < 0) | (where[1] >= levels.shape[1])).any():
        yield "orders rest at prices whose levels are not kept"
        return
    np.add.at(found, where, 1)
    np.add.at(lots, where, live["size"].astype(np.int64))
    if (lots != levels["volume"]).any():
        yield "levels.volume is not the lots there"
    empty = found == 0
    if (levels["head"][empty] != -1).any() or (levels["tail"][empty] != -1).any():
        yield "levels without orders have a head or a tail"
    table = [rows[name].tolist() for name in ("next", "prev", "price", "side")]
    follows, before, price, side = table
    is_resting = resting.tolist()
    for of, row in np.argwhere(~empty).tolist():
        level = levels[of, row]
        at, last, left = int(level["head"]), -1, int(found[of, row])
        while left > 0:
            if not 0 <= at < len(follows) or not is_resting[at]:
                break
            if before[at] != last or price[at] != origin + row or side[at] != of:
                break
            last, at, left = at, follows[at], left - 1
        if left or at != -1 or last != int(level["tail"]):
            yield f"levels: the queue at {origin + row} ticks is broken"
            return


def _best_prices(markets: Markets) -> Iterator[str]:
    m = markets.market[0]
    ladder, origin = int(m["ladder"]), int(m["origin"])
    occupied = markets.levels[0]["head"] >= 0
    if (markets.bits[0] != bitmap(occupied)).any():
        yield "bits are not those of the levels"
    bids, asks = np.flatnonzero(occupied[s.BUY]), np.flatnonzero(occupied[s.SELL])
    best_bid = origin + int(bids[-1]) if len(bids) else -1
    best_ask = origin + int(asks[0]) if len(asks) else ladder
    if (int(m["best_bid"]), int(m["best_ask"])) != (best_bid, best_ask):
        yield "market.best_bid and market.best_ask are not those of the levels"


def _icebergs(markets: Markets, rows: Records, resting: Records) -> Iterator[str]:
    m, icebergs = markets.market[0], markets.icebergs[0]
    used = int(m["iceberg_used"])
    if not 0 <= used <= len(icebergs):
        yield f"market.iceberg_used is {used}"
        return
    if rows["iceberg"][~resting].any():
        yield "orders that are gone hide something"
    hidden = rows["iceberg"][resting]
    hidden = hidden[hidden > 0] - 1
    if (hidden >= used).any() or len(np.unique(hidden)) != len(hidden):
        yield "orders.iceberg names a row that is not its own"
        return
    kept = icebergs[hidden]
    if (kept["peak"] < 1).any() or (kept["reserve"] < 0).any():
        yield "icebergs show nothing, or hide less than nothing"
    taken = np.zeros(used, np.bool_)
    taken[hidden] = True
    if not _free_list(int(m["iceberg_free"]), icebergs["next"][:used].tolist(), taken.tolist()):
        yield "icebergs has a list of free rows that is none"
