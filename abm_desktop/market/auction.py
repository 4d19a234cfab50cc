"""The call auction: orders collect without trading, then all trade at one price.

The price is the one at which most lots trade; among several, the one that leaves the smallest
imbalance, then the one nearest to the reference (the last mid). Batch auctions (Budish, Cramton and
Shim 2015) fill the last price level pro rata, other auctions by time.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import executable, next_ask, next_bid, note, reduce, unlink
from abm_desktop.market.compiled import kernel
from abm_desktop.market.state import (
    ADDED,
    BUY,
    CALL_AUCTION,
    ICEBERG_PART,
    NOTHING,
    SELL,
    TRADED,
    UNCROSSING,
)

_ROWS = 6
"""Messages that one fill can write: for each side two trades, and between them a part shown."""
_EXACT = 1 << 62


@kernel
def _level_lots(m, orders, levels, icebergs, side, price):
    """Lots at a price that can trade, hidden ones included."""
    total = np.int64(0)
    slot = np.int64(levels[side, price - m.origin].head)
    while slot >= 0:
        total += executable(orders, icebergs, slot)
        slot = np.int64(orders[slot].next)
    return total


@kernel
def clearing(m, orders, levels, bits, icebergs, reference):
    """Return (price, lots) of a uniform-price auction now; lots 0 if nothing crosses.

    ``reference`` is a price in ticks, and need not be whole.
    """
    if m.best_bid < 0 or m.best_ask >= m.ladder or m.best_bid < m.best_ask:
        return np.int64(-1), np.int64(0)
    low, high = np.int64(m.best_ask), np.int64(m.best_bid)
    demand = np.int64(0)
    price = high
    while price >= low:
        demand += _level_lots(m, orders, levels, icebergs, BUY, price)
        price = next_bid(m, bits, price)
    supply = np.int64(0)
    best_price, best_lots, best_imbalance = low, np.int64(-1), np.int64(0)
    best_distance = 0.0
    for candidate in range(low, high + 1):
        if levels[SELL, candidate - m.origin].head >= 0:
            supply += _level_lots(m, orders, levels, icebergs, SELL, candidate)
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
        if levels[BUY, candidate - m.origin].head >= 0:
            demand -= _level_lots(m, orders, levels, icebergs, BUY, candidate)
    return best_price, best_lots


@kernel
def _take(m, orders, levels, bits, icebergs, messages, slot, lots):
    """Take lots off a resting order, going through its hidden part; returns when they are gone."""
    order = orders[slot]
    side, price = np.int64(order.side), np.int64(order.price)
    shown = np.int64(order.size)
    _note(m, messages, TRADED, order, min(lots, shown), CALL_AUCTION)
    if lots < shown:
        reduce(m, orders, levels, slot, lots)
        return
    hidden = np.int64(0)
    if order.iceberg > 0:
        hidden = np.int64(icebergs[order.iceberg - 1].reserve)
    if hidden == 0:
        unlink(m, orders, levels, bits, icebergs, slot)
        return
    # The trade goes on through the hidden lots, a part after the other, and ends within one.
    more = lots - shown
    peak = np.int64(icebergs[order.iceberg - 1].peak)
    part = min(peak, hidden - more // peak * peak) - more % peak
    _note(m, messages, ADDED, order, more + part, ICEBERG_PART)
    if more > 0:
        _note(m, messages, TRADED, order, more, CALL_AUCTION)
    if part == 0:
        unlink(m, orders, levels, bits, icebergs, slot)
        return
    level = levels[side, price - m.origin]
    level.volume += part - shown
    order.size = part
    icebergs[order.iceberg - 1].reserve = hidden - more - part
    _send_to_back(orders, level, slot)


@kernel
def _note(m, messages, kind, order, lots, cause):
    if m.record_messages != 0:
        side, price = np.int64(order.side), np.int64(order.price)
        note(m, messages, kind, side, price, lots, order.agent, order.seq, 0, cause)


@kernel
def _send_to_back(orders, level, slot):
    order = orders[slot]
    if order.next < 0:
        return
    orders[order.next].prev = order.prev
    if order.prev >= 0:
        orders[order.prev].next = order.next
    else:
        level.head = order.next
    orders[level.tail].next = slot
    order.prev = level.tail
    order.next = -1
    level.tail = slot


@kernel
def _share_of(size, share, total):
    """``size * share // total``, or up to two lots less if the product has more than 62 bits."""
    if size <= _EXACT // share:
        return size * share // total
    return max(np.int64(np.float64(size) * (np.float64(share) / np.float64(total))) - 1, 0)


@kernel
def _allot(m, orders, levels, bits, icebergs, allotted, side, price, lots, pro_rata):
    """Write into ``allotted`` int32 (orders, 2) what each order of a side gets; return the first.

    Allotted orders are chained through ``allotted[slot, 1]`` in price-time order.
    """
    at = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    first = np.int64(-1)
    last = np.int64(-1)
    left = lots
    while left > 0:
        total = _level_lots(m, orders, levels, icebergs, side, at)
        share = left
        slot = np.int64(levels[side, at - m.origin].head)
        given = np.int64(0)
        while slot >= 0:
            size = executable(orders, icebergs, slot)
            if pro_rata and total > share:
                part = _share_of(size, share, total)
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
        slot = np.int64(levels[side, at - m.origin].head)
        while given < min(share, total):
            if allotted[slot, 0] < executable(orders, icebergs, slot):
                allotted[slot, 0] += 1
                given += 1
            slot = np.int64(orders[slot].next)
            if slot < 0:
                slot = np.int64(levels[side, at - m.origin].head)
        left -= given
        if side == BUY:
            at = next_bid(m, bits, at)
        else:
            at = next_ask(m, bits, at)
    return first


@kernel
def uncross(m, orders, levels, bits, icebergs, trades, messages, bids, asks, reference, pro_rata):
    """Hold the auction: append its fills to ``trades``, all at one price, the buyer as taker.

    ``bids`` and ``asks`` int32 (orders, 2) are scratch. ``m.auction_price`` is the price, -1 if
    nothing crossed. Returns False if a buffer must be drained first: called again, it goes on.
    """
    if m.uncrossing == NOTHING:
        price, lots = clearing(m, orders, levels, bits, icebergs, reference)
        m.auction_price = -1
        if lots <= 0:
            return True
        m.auction_price = price
        m.auction_buyer = _allot(
            m, orders, levels, bits, icebergs, bids, BUY, price, lots, pro_rata
        )
        m.auction_seller = _allot(
            m, orders, levels, bits, icebergs, asks, SELL, price, lots, pro_rata
        )
        m.uncrossing = UNCROSSING
    buyer, seller = np.int64(m.auction_buyer), np.int64(m.auction_seller)
    while buyer >= 0 and seller >= 0:
        part = min(np.int64(bids[buyer, 0]), np.int64(asks[seller, 0]))
        if part > 0:
            full = m.trades_n >= trades.shape[0]
            if m.record_messages != 0 and m.messages_n + _ROWS > messages.shape[0]:
                full = True
            if full:
                m.auction_buyer, m.auction_seller = buyer, seller
                return False
            trade = trades[m.trades_n]
            m.trades_n += 1
            trade.time = m.now
            trade.price = m.auction_price
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
            _take(m, orders, levels, bits, icebergs, messages, buyer, part)
            _take(m, orders, levels, bits, icebergs, messages, seller, part)
            if empty_buyer:
                buyer = next_buyer
            if empty_seller:
                seller = next_seller
        else:
            if bids[buyer, 0] == 0:
                buyer = np.int64(bids[buyer, 1])
            if seller >= 0 and asks[seller, 0] == 0:
                seller = np.int64(asks[seller, 1])
    m.uncrossing = NOTHING
    return True
