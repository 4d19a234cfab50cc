"""Real order flow through the compiled book, one message after another.

The rule: an add joins its queue; a cancel, deletion or execution reduces the order it names. If
every order is told, that is the book. In a file of N levels, an order that was never seen (it was
there before the file begins, or outside its levels) is part of the one anonymous order at its
price; such a file tells nothing of what lies deeper, so levels beyond N are forgotten, and where
fewer than N are left the missing bottom levels are adopted from the file.

What the rule comes to, order by order, can be written down on the way (OPERATION): a market in
which others trade as well then does the same to its own book (:mod:`.recorded_flow`).
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import match, next_above, next_below, reduce, rest, unlink
from abm_desktop.market.compiled import kernel
from abm_desktop.market.flow_kinds import (
    ADD,
    CLEAR,
    EXECUTE,
    EXECUTE_HIDDEN,
    HALT,
)
from abm_desktop.market.recorded_operations import (
    CANCELS,
    ENTERS,
    EXECUTES,
    HIDDEN_TRADE,
    LEAVES,
    RESTS,
    STATUS,
)
from abm_desktop.market.state import BUY, MOST_LOTS, OFF, SELL

ANONYMOUS = -1
"""The agent of an order whose id the file has not told."""
KNOWN = 0
"""The agent of an order that was added under an id."""

# Counters that a replay keeps, in one int64 array.
(
    ROW,
    MISMATCHES,
    FIRST_MISMATCH,
    BID_LEVELS,
    ASK_LEVELS,
    EXECUTIONS,
    MATCHED,
    UNKNOWN_IDS,
    OVERRUNS,
    SHORTFALLS,
    REFUSED,
    OPERATIONS,
    AT_ROW,
    N_COUNTERS,
) = range(14)


@kernel
def _write(operations, counters, kind, order, side, price, size, is_last):
    """Count one operation, and write it down if there is room."""
    n = counters[OPERATIONS]
    counters[OPERATIONS] += 1
    if n < operations.shape[0]:
        row = operations[n]
        row.row = counters[AT_ROW]
        row.kind = kind
        row.order = order
        row.side = side
        row.price = price
        row.size = size
        row.is_last = is_last


@kernel
def _add(m, orders, levels, bits, icebergs, counters, operations, side, price, size, agent):
    """Rest an order; returns its slot, or -1 (counted) if the pool is full."""
    fresh = levels[side, price].head < 0
    slot = rest(m, orders, levels, bits, side, price, size, agent)
    if slot < 0:
        counters[REFUSED] += 1
    else:
        kind = RESTS if agent == KNOWN else ENTERS
        _write(operations, counters, kind, slot, side, price, size, 0)
        if fresh:
            counters[BID_LEVELS + side] += 1
    return slot


@kernel
def _adopt(m, orders, levels, bits, icebergs, counters, operations, side, price, lots):
    """Rest anonymous lots, in one order unless it cannot hold them; False if the pool is full."""
    while lots > 0:
        part = min(lots, np.int64(MOST_LOTS))
        slot = _add(
            m, orders, levels, bits, icebergs, counters, operations, side, price, part, ANONYMOUS
        )
        if slot < 0:
            return False
        lots -= part
    return True


@kernel
def _take(m, orders, levels, bits, icebergs, counters, operations, slot, size, why):
    """Take ``size`` lots off an order that has at least as many; ``why`` is a kind of operation."""
    side = np.int64(orders[slot].side)
    price = np.int64(orders[slot].price)
    is_last = size == orders[slot].size
    _write(operations, counters, why, slot, side, price, size, is_last)
    if size < orders[slot].size:
        reduce(m, orders, levels, slot, size)
    else:
        unlink(m, orders, levels, bits, icebergs, slot)
        if levels[side, price].head < 0:
            counters[BID_LEVELS + side] -= 1


@kernel
def _match(
    m, orders, levels, bits, icebergs, trades, messages, counters, operations, side, price, size
):
    """Send an aggressive order against the head of a queue, which has all its lots."""
    head = np.int64(levels[side, price].head)
    is_last = size == orders[head].size
    _write(operations, counters, EXECUTES, head, side, price, size, is_last)
    m.trades_n = 0
    match(
        m,
        orders,
        levels,
        bits,
        icebergs,
        trades,
        messages,
        1 - side,
        price,
        size,
        ANONYMOUS,
        OFF,
        0,
    )
    if levels[side, price].head < 0:
        counters[BID_LEVELS + side] -= 1


@kernel
def _worst(m, bits, side):
    """Worst occupied price of a side that is not empty; ranks 0 and ladder - 1 are never used."""
    words = m.ladder >> 6
    if side == BUY:
        return next_above(bits, BUY, words, 0, m.ladder)
    return next_below(bits, SELL, words, m.ladder - 1)


@kernel
def _drop_level(m, orders, levels, bits, icebergs, counters, operations, side, price):
    while levels[side, price].head >= 0:
        slot = np.int64(levels[side, price].head)
        size = np.int64(orders[slot].size)
        _take(m, orders, levels, bits, icebergs, counters, operations, slot, size, LEAVES)


@kernel
def _anonymous(orders, levels, side, price):
    """Slot of the first anonymous order in a queue, or -1."""
    slot = np.int64(levels[side, price].head)
    while slot >= 0 and orders[slot].agent != ANONYMOUS:
        slot = np.int64(orders[slot].next)
    return slot


@kernel
def _apply(
    m,
    orders,
    levels,
    bits,
    icebergs,
    trades,
    messages,
    handles,
    counters,
    operations,
    kind,
    ident,
    side,
    price,
    size,
):
    """Let one message of type 1 to 4 act on the book; ``ident`` is its order's dense number."""
    if kind == ADD:
        slot = _add(
            m, orders, levels, bits, icebergs, counters, operations, side, price, size, KNOWN
        )
        handles[ident, 0] = slot
        handles[ident, 1] = orders[slot].seq if slot >= 0 else -1
        return
    slot = np.int64(handles[ident, 0])
    known = (
        slot >= 0
        and orders[slot].seq == handles[ident, 1]
        and orders[slot].size > 0
        and orders[slot].side == side
        and orders[slot].price == price
    )
    if not known:
        counters[UNKNOWN_IDS] += 1
        slot = np.int64(-1)
    if kind == EXECUTE:
        counters[EXECUTIONS] += 1
    remaining = size
    while remaining > 0:
        if slot < 0:
            slot = _anonymous(orders, levels, side, price)
        if slot < 0:
            slot = np.int64(levels[side, price].head)
        if slot < 0:
            counters[SHORTFALLS] += 1
            break
        part = min(remaining, np.int64(orders[slot].size))
        best = m.best_bid if side == BUY else m.best_ask
        if kind == EXECUTE and price == best and levels[side, price].head == slot:
            # What stands first in the queue trades by price-time priority, not by its id.
            _match(
                m,
                orders,
                levels,
                bits,
                icebergs,
                trades,
                messages,
                counters,
                operations,
                side,
                price,
                part,
            )
            if remaining == size:
                counters[MATCHED] += 1
        else:
            why = EXECUTES if kind == EXECUTE else CANCELS
            _take(m, orders, levels, bits, icebergs, counters, operations, slot, part, why)
        remaining -= part
        if remaining > 0 and (known or _anonymous(orders, levels, side, price) < 0):
            counters[OVERRUNS] += 1
        slot = np.int64(-1)


@kernel
def _clear(m, orders, levels, bits, icebergs, counters, operations):
    for side in range(2):
        while counters[BID_LEVELS + side] > 0:
            worst = _worst(m, bits, side)
            _drop_level(m, orders, levels, bits, icebergs, counters, operations, side, worst)


@kernel
def _keep_to_file(m, orders, levels, bits, icebergs, counters, operations, side, prices, sizes):
    """Forget levels beyond the file's depth; adopt its bottom levels where too few are left."""
    depth = prices.shape[0]
    while counters[BID_LEVELS + side] > depth:
        worst = _worst(m, bits, side)
        _drop_level(m, orders, levels, bits, icebergs, counters, operations, side, worst)
    k = counters[BID_LEVELS + side]
    while k < depth and sizes[k] > 0:
        price = np.int64(prices[k])
        if k > 0:
            worst = _worst(m, bits, side)
            if (side == BUY and price >= worst) or (side == SELL and price <= worst):
                break  # it is not deeper than what is there: a difference, left for the check
        lots = np.int64(sizes[k])
        if not _adopt(m, orders, levels, bits, icebergs, counters, operations, side, price, lots):
            break
        k += 1


@kernel
def _agrees(m, levels, bits, side, prices, sizes):
    """Whether the levels of a side are those of the file, price and size, and no others."""
    words = m.ladder >> 6
    price = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    for k in range(prices.shape[0]):
        occupied = 0 <= price < m.ladder
        if sizes[k] == 0:
            return not occupied
        if not occupied or price != prices[k] or levels[side, price].volume != sizes[k]:
            return False
        if side == BUY:
            price = next_below(bits, BUY, words, price)
        else:
            price = next_above(bits, SELL, words, price, m.ladder)
    return price < 0 or price >= m.ladder


@kernel
def seed_side(market, orders, levels, bits, icebergs, counters, operations, side, prices, sizes):
    """Replace a side by anonymous orders, one a level; ``prices`` are ranks, best first."""
    m = market[0]
    while counters[BID_LEVELS + side] > 0:
        worst = _worst(m, bits, side)
        _drop_level(m, orders, levels, bits, icebergs, counters, operations, side, worst)
    for k in range(prices.shape[0]):
        price, lots = np.int64(prices[k]), np.int64(sizes[k])
        _adopt(m, orders, levels, bits, icebergs, counters, operations, side, price, lots)


@kernel
def replay_rows(
    market,
    orders,
    levels,
    bits,
    icebergs,
    trades,
    messages,
    handles,
    counters,
    operations,
    kind,
    ident,
    side,
    price,
    size,
    book_price,
    book_size,
    settled,
    disagrees,
    stop,
    heal,
):
    """Replay messages from ``counters[ROW]`` up to ``stop``, comparing with the file after each.

    Arrays by message: kind int8, ident int32 (dense order number, row of ``handles``), side int8,
    price int32 (rank), size int32; ``book_price`` (int32, ranks) and ``book_size`` [n, 2, L].
    ``disagrees`` uint8 [n] gets a 1 at every row where the book differs; if ``heal``, the book
    then is set to the file's row, so that the following rows are judged on their own. With L = 0
    there is nothing to compare with: a row gets a 1 if it is ``settled`` (uint8 [n]) and the best
    bid is not below the best ask. ``operations`` (OPERATION) gets what was done to which order, as
    far as it has room; ``counters[OPERATIONS]`` says how many there are.
    """
    m = market[0]
    for row in range(counters[ROW], stop):
        counters[AT_ROW] = row
        if ADD <= kind[row] <= EXECUTE and size[row] > 0:
            _apply(
                m,
                orders,
                levels,
                bits,
                icebergs,
                trades,
                messages,
                handles,
                counters,
                operations,
                kind[row],
                ident[row],
                np.int64(side[row]),
                np.int64(price[row]),
                np.int64(size[row]),
            )
        elif kind[row] == CLEAR:
            _clear(m, orders, levels, bits, icebergs, counters, operations)
        elif (kind[row] == EXECUTE_HIDDEN and size[row] > 0) or kind[row] == HALT:
            what = HIDDEN_TRADE if kind[row] == EXECUTE_HIDDEN else STATUS
            _write(operations, counters, what, -1, side[row], 0, size[row], 0)
        if book_price.shape[2] == 0:
            if settled[row] and m.best_bid >= m.best_ask and m.best_bid >= 0:
                disagrees[row] = 1
                if counters[MISMATCHES] == 0:
                    counters[FIRST_MISMATCH] = row
                counters[MISMATCHES] += 1
            continue
        same = True
        for s in range(2):
            prices, sizes = book_price[row, s], book_size[row, s]
            _keep_to_file(m, orders, levels, bits, icebergs, counters, operations, s, prices, sizes)
            same = same and _agrees(m, levels, bits, s, prices, sizes)
        if not same:
            disagrees[row] = 1
            if counters[MISMATCHES] == 0:
                counters[FIRST_MISMATCH] = row
            counters[MISMATCHES] += 1
            for s in range(2 if heal else 0):
                prices, sizes = book_price[row, s], book_size[row, s]
                seed_side(
                    market, orders, levels, bits, icebergs, counters, operations, s, prices, sizes
                )
    counters[ROW] = max(counters[ROW], stop)


@kernel
def tell_levels(
    market,
    orders,
    levels,
    bits,
    icebergs,
    trades,
    messages,
    handles,
    counters,
    operations,
    kind,
    ident,
    side,
    price,
    size,
    ranks,
    sizes,
):
    """Replay all messages, and write the best levels after each.

    Arrays by message as for :func:`replay_rows`; ``ranks`` int32 and ``sizes`` int64 [n, 2, L] are
    filled, best first, with zeros where a side has no more levels.
    """
    m = market[0]
    words = m.ladder >> 6
    for row in range(kind.shape[0]):
        if ADD <= kind[row] <= EXECUTE and size[row] > 0:
            _apply(
                m,
                orders,
                levels,
                bits,
                icebergs,
                trades,
                messages,
                handles,
                counters,
                operations,
                kind[row],
                ident[row],
                np.int64(side[row]),
                np.int64(price[row]),
                np.int64(size[row]),
            )
        elif kind[row] == CLEAR:
            _clear(m, orders, levels, bits, icebergs, counters, operations)
        for s in range(2):
            at = np.int64(m.best_bid) if s == BUY else np.int64(m.best_ask)
            for k in range(ranks.shape[2]):
                if at < 0 or at >= m.ladder:
                    ranks[row, s, k] = 0
                    sizes[row, s, k] = 0
                    continue
                ranks[row, s, k] = at
                sizes[row, s, k] = levels[s, at].volume
                if s == BUY:
                    at = next_below(bits, BUY, words, at)
                else:
                    at = next_above(bits, SELL, words, at, m.ladder)
