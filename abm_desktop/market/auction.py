"""The call auction: orders collect without trading, then all trade at one price.

The price is the one at which most lots trade; among several, the one that leaves the smallest
imbalance, then the one nearest to the reference (the last mid). Batch auctions (Budish, Cramton and
Shim 2015) fill the last price level pro rata, other auctions by time.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import executable, next_above, next_below, reduce, replenish, unlink
from abm_desktop.market.compiled import kernel
from abm_desktop.market.state import BUY, SELL


@kernel
def _level_lots(orders, levels, icebergs, side, price):
    """Lots at a price that can trade, hidden ones included."""
    total = np.int64(0)
    slot = np.int64(levels[side, price].head)
    while slot >= 0:
        total += executable(orders, icebergs, slot)
        slot = np.int64(orders[slot].next)
    return total


@kernel
def clearing(m, orders, levels, bits, icebergs, reference):
    """Return (price, lots) of a uniform-price auction now; lots 0 where nothing crosses.

    ``reference`` is a price in ticks, and need not be whole.
    """
    if m.best_bid < 0 or m.best_ask >= m.ladder or m.best_bid < m.best_ask:
        return np.int64(-1), np.int64(0)
    words = m.ladder >> 6
    low, high = np.int64(m.best_ask), np.int64(m.best_bid)
    demand = np.int64(0)
    price = high
    while price >= low:
        demand += _level_lots(orders, levels, icebergs, BUY, price)
        price = next_below(bits, BUY, words, price)
    supply = np.int64(0)
    best_price, best_lots, best_imbalance = low, np.int64(-1), np.int64(0)
    best_distance = 0.0
    for candidate in range(low, high + 1):
        if levels[SELL, candidate].count > 0:
            supply += _level_lots(orders, levels, icebergs, SELL, candidate)
        lots = min(demand, supply)
        imbalance = abs(demand - supply)
        distance = abs(candidate - reference)
        better = lots > best_lots
        if lots == best_lots:
            better = imbalance < best_imbalance
            if imbalance == best_imbalance:
                better = distance < best_distance
        if better:
            best_price, best_lots, best_imbalance = np.int64(candidate), lots, imbalance
            best_distance = distance
        if levels[BUY, candidate].count > 0:
            demand -= _level_lots(orders, levels, icebergs, BUY, candidate)
    return best_price, best_lots


@kernel
def _take(m, orders, levels, bits, icebergs, slot, lots):
    """Take lots off a resting order, going through its hidden part; returns when they are gone."""
    while lots > 0:
        order = orders[slot]
        part = min(lots, np.int64(order.size))
        lots -= part
        if part < order.size:
            reduce(m, orders, levels, slot, part)
            continue
        if order.iceberg > 0 and icebergs[order.iceberg - 1].reserve > 0:
            level = levels[order.side, order.price]
            level.volume -= part
            order.size = 0
            _bring_to_head(orders, levels, slot)
            replenish(orders, levels, icebergs, slot)
            continue
        unlink(m, orders, levels, bits, icebergs, slot)


@kernel
def _bring_to_head(orders, levels, slot):
    order = orders[slot]
    level = levels[order.side, order.price]
    if order.prev < 0:
        return
    orders[order.prev].next = order.next
    if order.next >= 0:
        orders[order.next].prev = order.prev
    else:
        level.tail = order.prev
    order.prev = -1
    order.next = level.head
    orders[level.head].prev = slot
    level.head = slot


@kernel
def _allot(m, orders, levels, bits, icebergs, allotted, side, price, lots, pro_rata):
    """Write into ``allotted`` int32 (orders, 2) what each order of a side gets; return the first.

    Allotted orders are chained through ``allotted[slot, 1]`` in price-time order.
    """
    words = m.ladder >> 6
    at = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    first = np.int64(-1)
    last = np.int64(-1)
    left = lots
    while left > 0:
        total = _level_lots(orders, levels, icebergs, side, at)
        share = left
        slot = np.int64(levels[side, at].head)
        given = np.int64(0)
        while slot >= 0:
            size = executable(orders, icebergs, slot)
            if pro_rata and total > share:
                part = size * share // total
            else:
                part = min(size, share - given)
            allotted[slot, 0] = part
            given += part
            if last < 0:
                first = slot
            else:
                allotted[last, 1] = slot
            allotted[slot, 1] = -1
            last = slot
            slot = np.int64(orders[slot].next)
        # Rounding down leaves a few lots: one each, oldest first.
        slot = np.int64(levels[side, at].head)
        while slot >= 0 and given < min(share, total):
            if allotted[slot, 0] < executable(orders, icebergs, slot):
                allotted[slot, 0] += 1
                given += 1
            slot = np.int64(orders[slot].next)
        left -= given
        if side == BUY:
            at = next_below(bits, BUY, words, at)
        else:
            at = next_above(bits, SELL, words, at, m.ladder)
    return first


@kernel
def uncross(m, orders, levels, bits, icebergs, trades, bids, asks, reference, pro_rata):
    """Hold the auction: append its fills to ``trades``, all at one price, the buyer as taker.

    ``bids`` and ``asks`` int32 (orders, 2) are scratch. Returns the price, -1 if nothing crossed.
    """
    price, lots = clearing(m, orders, levels, bits, icebergs, reference)
    if lots <= 0:
        return np.int64(-1)
    buyer = _allot(m, orders, levels, bits, icebergs, bids, BUY, price, lots, pro_rata)
    seller = _allot(m, orders, levels, bits, icebergs, asks, SELL, price, lots, pro_rata)
    n = np.int64(m.trades_n)
    while buyer >= 0 and seller >= 0:
        part = min(np.int64(bids[buyer, 0]), np.int64(asks[seller, 0]))
        if part > 0:
            trade = trades[n]
            n += 1
            trade.time = m.now
            trade.price = price
            trade.size = part
            trade.side = 1
            trade.taker = orders[buyer].agent
            trade.maker = orders[seller].agent
            trade.maker_order = orders[seller].seq
            trade.auction = 1
            bids[buyer, 0] -= part
            asks[seller, 0] -= part
            next_buyer, next_seller = np.int64(bids[buyer, 1]), np.int64(asks[seller, 1])
            empty_buyer, empty_seller = bids[buyer, 0] == 0, asks[seller, 0] == 0
            _take(m, orders, levels, bits, icebergs, buyer, part)
            _take(m, orders, levels, bits, icebergs, seller, part)
            if empty_buyer:
                buyer = next_buyer
            if empty_seller:
                seller = next_seller
        else:
            if bids[buyer, 0] == 0:
                buyer = np.int64(bids[buyer, 1])
            if seller >= 0 and asks[seller, 0] == 0:
                seller = np.int64(asks[seller, 1])
    m.trades_n = n
    return price
