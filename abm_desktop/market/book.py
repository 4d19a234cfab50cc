"""The limit order book: price-time priority in flat arrays.

A level is a FIFO queue of orders linked through ``prev``/``next``; a two-level bitmap a side finds
the next best price with a bit scan. An order is named by a handle (slot, seq): slots are reused,
sequence numbers are not, so a stale handle is recognised and ignored. Empty sides show as best bid
-1 and best ask ``ladder``.

Prices are ticks from 0 to ``ladder``, but the levels kept are ``window`` ones from ``origin`` up: a
high price needs no levels below it. Whoever rests an order sees that its level is kept, see
:func:`within` and :mod:`.kept_levels`. Nothing that happens depends on which levels are.

What changes the book while orders meet (:func:`match`) writes its own rows of the message tape, and
stops where the buffers could not hold the rows of one more step: nothing is written past an array,
however many parts an iceberg has.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.compiled import (
    count_leading_zeros,
    count_trailing_zeros,
    inlined,
    kernel,
    row,
)
from abm_desktop.market.state import (
    ADDED,
    ASKED,
    BUY,
    CANCEL_INCOMING,
    CANCELLED,
    ICEBERG_PART,
    OFF,
    SELF_TRADE,
    SELL,
    TRADED,
)

_ONE = np.uint64(1)
_ZERO = np.uint64(0)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@kernel
def clear(m, levels, bits, ladder):
    """Empty the book of one market, set its number of price levels and keep the lowest of them."""
    m.ladder = ladder
    m.origin = 0
    m.window = levels.shape[1]
    m.wanted = 0
    m.best_bid = -1
    m.best_ask = ladder
    m.free_head = -1
    m.used_slots = 0
    m.resting = 0
    m.next_seq = 0
    m.iceberg_free = -1
    m.iceberg_used = 0
    for side in range(2):
        for k in range(levels.shape[1]):
            level = levels[side, k]
            level.head = -1
            level.tail = -1
            level.volume = 0
        for w in range(bits.shape[1]):
            bits[side, w] = _ZERO


@kernel
def first_level(low, high, window, ladder):
    """Lowest of ``window`` price levels of a ladder around the prices from ``low`` to ``high``.

    A multiple of 64, and ``window`` levels from there are on the ladder.
    """
    middle = ((low + high - window) // 2) >> 6 << 6
    return min(max(middle, np.int64(0)), np.int64(ladder) - window)


@kernel
def note(m, messages, kind, side, price, size, agent, order, aggressor, cause):
    """Write one change of one resting order to the tape; the caller sees to the room.

    ``side``, ``price``, ``agent`` and ``order`` are those of the resting order.
    """
    row = messages[m.messages_n]
    m.messages_n += 1
    row.time = m.now
    row.kind = kind
    row.side = 1 - 2 * side
    row.price = price
    row.size = size
    row.agent = agent
    row.order = order
    row.aggressor = aggressor
    row.cause = cause


@inlined
def _mark(bits, side, words, price):
    word = price >> 6
    bits[row(side), row(word)] |= _ONE << np.uint64(price & 63)
    bits[row(side), row(words + (word >> 6))] |= _ONE << np.uint64(word & 63)


@inlined
def _unmark(bits, side, words, price):
    word = price >> 6
    bits[row(side), row(word)] &= ~(_ONE << np.uint64(price & 63))
    if bits[row(side), row(word)] == _ZERO:
        bits[row(side), row(words + (word >> 6))] &= ~(_ONE << np.uint64(word & 63))


@kernel
def next_below(bits, side, words, price):
    """Highest occupied price strictly below ``price``, or -1."""
    word = price >> 6
    rest = bits[row(side), row(word)] & ((_ONE << np.uint64(price & 63)) - _ONE)
    if rest != _ZERO:
        return (word << 6) + 63 - count_leading_zeros(rest)
    top = word >> 6
    rest = bits[row(side), row(words + top)] & ((_ONE << np.uint64(word & 63)) - _ONE)
    while rest == _ZERO:
        top -= 1
        if top < 0:
            return np.int64(-1)
        rest = bits[row(side), row(words + top)]
    word = (top << 6) + 63 - count_leading_zeros(rest)
    return (word << 6) + 63 - count_leading_zeros(bits[row(side), row(word)])


@kernel
def next_above(bits, side, words, price, ladder):
    """Lowest occupied price strictly above ``price``, or ``ladder``."""
    word = price >> 6
    shift = np.uint64(price & 63)
    # Two shifts, because a shift by 64 is undefined.
    rest = bits[row(side), row(word)] & ((_ALL << shift) << _ONE)
    if rest != _ZERO:
        return (word << 6) + count_trailing_zeros(rest)
    top = word >> 6
    rest = bits[row(side), row(words + top)] & ((_ALL << np.uint64(word & 63)) << _ONE)
    tops = (words + 63) >> 6
    while rest == _ZERO:
        top += 1
        if top >= tops:
            return np.int64(ladder)
        rest = bits[row(side), row(words + top)]
    word = (top << 6) + count_trailing_zeros(rest)
    return (word << 6) + count_trailing_zeros(bits[row(side), row(word)])


@kernel
def within(m, price):
    """Whether the level of a price is kept."""
    return 0 <= price - m.origin < m.window


@kernel
def next_bid(m, bits, price):
    """Highest price strictly below ``price`` with bids, or -1."""
    at = next_below(bits, BUY, m.window >> 6, price - m.origin)
    return at + m.origin if at >= 0 else np.int64(-1)


@kernel
def next_ask(m, bits, price):
    """Lowest price strictly above ``price`` with asks, or the end of the ladder."""
    at = next_above(bits, SELL, m.window >> 6, price - m.origin, m.window)
    return at + m.origin if at < m.window else np.int64(m.ladder)


@inlined
def _free_level(m, bits, side, price):
    _unmark(bits, side, m.window >> 6, price - m.origin)
    if side == BUY:
        if price == m.best_bid:
            m.best_bid = next_bid(m, bits, price)
    elif price == m.best_ask:
        m.best_ask = next_ask(m, bits, price)


@inlined
def _free_slot(m, orders, icebergs, slot):
    order = orders[row(slot)]
    order.size = 0
    order.next = m.free_head
    m.free_head = slot
    m.resting -= 1
    if order.iceberg > 0:
        icebergs[row(order.iceberg - 1)].next = m.iceberg_free
        m.iceberg_free = order.iceberg - 1
        order.iceberg = 0


@inlined
def rest(m, orders, levels, bits, side, price, size, agent):
    """Put an order at the back of its level's queue; returns its slot, or -1 if the pool is full.

    ``price`` must be :func:`within` the levels kept, and the caller has matched what crosses.
    """
    slot = np.int64(m.free_head)
    full = False
    if slot >= 0:
        m.free_head = orders[row(slot)].next
    elif m.used_slots < orders.shape[0]:
        slot = np.int64(m.used_slots)
        m.used_slots += 1
    else:
        full = True
    if not full:
        order = orders[row(slot)]
        level = levels[row(side), row(price - m.origin)]
        order.price = price
        order.size = size
        order.agent = agent
        order.side = side
        order.iceberg = 0
        order.seq = m.next_seq
        m.next_seq = (m.next_seq + 1) & 0x7FFFFFFF
        order.prev = level.tail
        order.next = -1
        if level.tail < 0:
            level.head = slot
            ladder = np.int64(m.ladder)
            _mark(bits, side, m.window >> 6, price - m.origin)
            # BUY is 0 and SELL is 1. A branch on the side could not be predicted.
            m.best_bid = max(np.int64(m.best_bid), price - side * (price + 1))
            m.best_ask = min(np.int64(m.best_ask), ladder - side * (ladder - price))
        else:
            orders[row(level.tail)].next = slot
        level.tail = slot
        level.volume += size
        m.resting += 1
    return slot


@kernel
def hide(m, orders, icebergs, slot, peak, reserve):
    """Make a resting order an iceberg that shows ``peak`` lots at a time; False if no room is left.

    ``reserve`` lots are hidden behind what it shows now. Each time the shown part is filled, the
    next one joins the queue at its back.
    """
    at = np.int64(m.iceberg_free)
    if at >= 0:
        m.iceberg_free = icebergs[at].next
    elif m.iceberg_used < icebergs.shape[0]:
        at = np.int64(m.iceberg_used)
        m.iceberg_used += 1
    else:
        return False
    icebergs[at].peak = peak
    icebergs[at].reserve = reserve
    orders[slot].iceberg = at + 1
    return True


@kernel
def executable(orders, icebergs, slot):
    """Lots of a resting order that can trade: shown and hidden."""
    order = orders[slot]
    size = np.int64(order.size)
    if order.iceberg > 0:
        size += icebergs[order.iceberg - 1].reserve
    return size


@kernel
def reachable(m, orders, levels, bits, icebergs, side, limit, wanted, agent, prevention):
    """What an order of ``side`` would find up to its price limit, counted up to ``wanted`` lots.

    Returns (lots, whether an own order would stop it before that, whether an iceberg would be used
    up). An agent's own orders do not count if they may not trade with it.
    """
    opposite = 1 - side
    price = np.int64(m.best_ask) if side == BUY else np.int64(m.best_bid)
    total = np.int64(0)
    frees_iceberg = False
    while total < wanted and 0 <= price < m.ladder:
        if (side == BUY and price > limit) or (side == SELL and price < limit):
            break
        # The parts shown trade before any hidden one of the same price.
        hidden = np.int64(0)
        slot = np.int64(levels[opposite, price - m.origin].head)
        while slot >= 0 and total < wanted:
            order = orders[slot]
            own = prevention != OFF and order.agent == agent
            if own and prevention == CANCEL_INCOMING:
                return total, True, frees_iceberg
            if not own:
                total += order.size
                hidden += executable(orders, icebergs, slot) - order.size
            frees_iceberg = frees_iceberg or order.iceberg > 0
            slot = np.int64(order.next)
        total = min(total + hidden, wanted)
        if side == BUY:
            price = next_ask(m, bits, price)
        else:
            price = next_bid(m, bits, price)
    return min(total, wanted), False, frees_iceberg


@inlined
def unlink(m, orders, levels, bits, icebergs, slot):
    """Take a resting order out of the book, wherever it stands in its queue."""
    order = orders[row(slot)]
    side = order.side
    price = order.price
    level = levels[row(side), row(price - m.origin)]
    if order.prev >= 0:
        orders[row(order.prev)].next = order.next
    else:
        level.head = order.next
    if order.next >= 0:
        orders[row(order.next)].prev = order.prev
    else:
        level.tail = order.prev
    level.volume -= order.size
    _free_slot(m, orders, icebergs, slot)
    if level.head < 0:
        _free_level(m, bits, side, price)


@inlined
def reduce(m, orders, levels, slot, size):
    """Take ``size`` lots off a resting order that keeps its place; ``size`` < the order's size."""
    order = orders[row(slot)]
    order.size -= size
    levels[row(order.side), row(order.price - m.origin)].volume -= size


@kernel
def replenish(m, orders, levels, icebergs, slot):
    """Show the next part of an iceberg whose shown part is gone, at the back of its queue.

    Returns False if nothing is hidden behind it. The order stands at the head of its level, and
    keeps its handle.
    """
    order = orders[slot]
    hidden = icebergs[order.iceberg - 1]
    if hidden.reserve == 0:
        return False
    shown = min(hidden.peak, hidden.reserve)
    hidden.reserve -= shown
    order.size = shown
    level = levels[order.side, order.price - m.origin]
    level.volume += shown
    if order.next >= 0:
        level.head = order.next
        orders[order.next].prev = -1
        orders[level.tail].next = slot
        order.prev = level.tail
        order.next = -1
        level.tail = slot
    return True


@inlined
def match(
    m,
    orders,
    levels,
    bits,
    icebergs,
    trades,
    messages,
    side,
    limit,
    size,
    agent,
    prevention,
    reserved,
):
    """Trade an incoming order against the opposite side while prices cross, best price first.

    Fills are appended to ``trades`` at ``m.trades_n``; classes are left to the caller. If messages
    are recorded, each change of the book is written to them. ``prevention`` says what happens where
    an agent would trade with itself: OFF, CANCEL_RESTING (counted in ``m.prevented``) or
    CANCEL_INCOMING. Returns the lots that found no counterpart, 0 if the rest of the incoming order
    was cancelled.

    One step writes at most one fill and two messages. Matching stops if there is no room for
    those and ``reserved`` messages more: if prices still cross then, the caller drains and goes on.
    """
    opposite = 1 - side
    remaining = np.int64(size)
    n = np.int64(m.trades_n)
    sign = 1 - 2 * side
    # One comparison for both sides: which side comes next cannot be predicted. An empty side
    # (best ask at the ladder's end, best bid -1) never crosses a limit inside the ladder.
    price = np.int64(m.best_ask) if side == BUY else np.int64(m.best_bid)
    end = n + 1  # of the rows in ``trades`` that it may write now
    recorded = False
    if sign * (price - limit) <= 0:  # most orders only rest, and need none of this
        end = np.int64(trades.shape[0])
        recorded = m.record_messages != 0
        if recorded:
            end = min(end, n + ((np.int64(messages.shape[0]) - m.messages_n - reserved) >> 1))
    while remaining > 0 and n < end and sign * (price - limit) <= 0:
        level = levels[row(opposite), row(price - m.origin)]
        slot = np.int64(level.head)
        while remaining > 0 and slot >= 0 and n < end:
            order = orders[row(slot)]
            if prevention != OFF and order.agent == agent:
                m.prevented += 1
                if prevention == CANCEL_INCOMING:
                    remaining = np.int64(0)
                    break
                quantity = np.int64(order.size)
                if recorded:
                    end -= 1  # a message without a fill
                    note(
                        m,
                        messages,
                        CANCELLED,
                        opposite,
                        price,
                        quantity,
                        agent,
                        order.seq,
                        0,
                        SELF_TRADE,
                    )
                level.volume -= quantity
                order.size = 0
            else:
                quantity = min(remaining, np.int64(order.size))
                remaining -= quantity
                level.volume -= quantity
                order.size -= quantity
                trade = trades[row(n)]
                n += 1
                trade.time = m.now
                trade.price = price
                trade.size = quantity
                trade.side = sign
                trade.taker = agent
                trade.maker = order.agent
                trade.maker_order = order.seq
                trade.auction = 0
                if recorded:
                    note(
                        m,
                        messages,
                        TRADED,
                        opposite,
                        price,
                        quantity,
                        order.agent,
                        order.seq,
                        sign,
                        ASKED,
                    )
                if order.iceberg > 0 and order.size == 0:
                    level.head = slot
                    order.prev = -1
                    if replenish(m, orders, levels, icebergs, slot):
                        if recorded:
                            note(
                                m,
                                messages,
                                ADDED,
                                opposite,
                                price,
                                order.size,
                                order.agent,
                                order.seq,
                                0,
                                ICEBERG_PART,
                            )
                        slot = np.int64(level.head)
                        continue
            if order.size == 0:
                following = np.int64(order.next)
                _free_slot(m, orders, icebergs, slot)
                slot = following
        level.head = slot
        if slot >= 0:
            orders[row(slot)].prev = -1
        else:
            level.tail = -1
            _free_level(m, bits, opposite, price)
        price = np.int64(m.best_ask) if side == BUY else np.int64(m.best_bid)
    m.trades_n = n
    return remaining


@kernel
def crosses(m, side, limit):
    """Whether an order of ``side`` at ``limit`` would find a counterpart at the best price."""
    return m.best_ask <= limit if side == BUY else m.best_bid >= limit


@kernel
def depth(m, levels, bits, side, n_levels):
    """Lots within the ``n_levels`` best occupied levels of a side."""
    total = np.int64(0)
    price = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    for _ in range(n_levels):
        if price < 0 or price >= m.ladder:
            break
        total += levels[side, price - m.origin].volume
        if side == BUY:
            price = next_bid(m, bits, price)
        else:
            price = next_ask(m, bits, price)
    return total


@kernel
def top_levels(m, orders, levels, bits, side, out):
    """Write (price, lots, orders) of the best levels to ``out`` int64 (k, 3); returns how many."""
    price = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    n = 0
    while n < out.shape[0] and 0 <= price < m.ladder:
        level = levels[side, price - m.origin]
        out[n, 0] = price
        out[n, 1] = level.volume
        out[n, 2] = 0
        slot = np.int64(level.head)
        while slot >= 0:
            out[n, 2] += 1
            slot = np.int64(orders[slot].next)
        n += 1
        if side == BUY:
            price = next_bid(m, bits, price)
        else:
            price = next_ask(m, bits, price)
    return n
