"""Recorded order flow as a trader of a market: what the record says is done to the market's book.

The operations of a recorded day (:mod:`.recorded_operations`) name orders. As long as nobody else
trades, each finds its order as the record has it, and the book is the recorded one. Others queue
among the recorded orders with the priority that their time gives them, and then:

- a recorded aggressor trades first with what stands before the order that it hit in the record, at
  better prices or earlier in its queue, then with that order, then with what else stands at that
  price. Lots that find nothing are lost, and counted;
- an order of which others took lots, or all, has that much less for all that the record says of it
  later;
- an order that was filled in the record, and here is not because others were before it, stays: it
  is *left behind*, and nothing in the record tells when it goes;
- a recorded order that would trade with others at its price or better does so before it rests. With
  recorded ones it never does: where they cross, they do so in the record.

With the last message the market is closed.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market import phases as phase_rules
from abm_desktop.market.book import crosses, next_above, next_below, note, reduce, rest, unlink
from abm_desktop.market.compiled import kernel
from abm_desktop.market.execution import SEQ_MASK, settle
from abm_desktop.market.recorded_operations import (
    CANCELS,
    ENTERS,
    EXECUTES,
    HIDDEN_TRADE,
    LEAVES,
    RESTS,
    STATUS,
)
from abm_desktop.market.scheduling import schedule
from abm_desktop.market.state import (
    ADDED,
    ASKED,
    BUY,
    CANCELLED,
    CONTINUOUS,
    HALTED,
    ICEBERG_PART,
    LIMIT_STATE,
    OUT_OF_SIGHT,
    PHASE_END,
    RECORDED_MESSAGE,
    REDUCED,
    SELL,
    SHUT,
    TRADED,
)

RECORDED_AGENT = 1
"""Owns the orders that stand as the record has them, and trades as its aggressors."""
ALL, NONE = -1, -2
_ROWS = 4
"""Messages that one step finds room for: a fill, the next part of an iceberg, and one to spare."""


@kernel
def schedule_next(m, heap, recording):
    """Put the next recorded message on the agenda, if there is one."""
    if m.recorded_at < recording.shape[0]:
        schedule(m, heap, recording[m.recorded_at].time, RECORDED_MESSAGE, 0)


@kernel
def begin(m, orders, levels, bits, born, recording, recorded, heap, phases):
    """Build the book before the first message, and put that on the agenda."""
    while m.recorded_at < recording.shape[0] and recording[m.recorded_at].row < 0:
        operation = recording[m.recorded_at]
        if operation.kind == STATUS:
            phase_rules.enter(m, heap, phases, HALTED, 0.0, phase_rules.RECORDED)
        else:
            _rest(m, orders, levels, bits, born, recorded, operation, np.int64(operation.size))
        m.recorded_at += 1
    schedule_next(m, heap, recording)


@kernel
def _rest(m, orders, levels, bits, born, recorded, operation, lots):
    """Let a recorded order join its queue with ``lots``; returns its slot, -1 if there is none."""
    side, price = np.int64(operation.side), np.int64(operation.price)
    slot = rest(m, orders, levels, bits, side, price, lots, RECORDED_AGENT)
    if slot < 0:
        m.refused_pool += 1
        recorded[operation.order] = -1
        return slot
    born[slot, 0] = m.now
    born[slot, 1] = 0
    recorded[operation.order] = (slot << 32) | np.int64(orders[slot].seq)
    return slot


@kernel
def _standing(orders, recorded, number):
    """Slot of a recorded order, -1 if others have taken it."""
    handle = recorded[number]
    if handle < 0:
        return np.int64(-1)
    slot = handle >> 32
    order = orders[slot]
    if order.seq != (handle & SEQ_MASK) or order.size == 0:
        return np.int64(-1)
    return slot


@kernel
def _take(m, orders, levels, bits, icebergs, slot, lots):
    """Take lots off what an order shows; at its last it leaves the book."""
    if lots < orders[slot].size:
        reduce(m, orders, levels, slot, lots)
    else:
        unlink(m, orders, levels, bits, icebergs, slot)


@kernel
def _fill(
    m,
    rules,
    orders,
    icebergs,
    levels,
    bits,
    agents,
    classes,
    trades,
    messages,
    slot,
    lots,
    price,
):
    """Let the recorded aggressor trade ``lots`` with the order ``slot``, wherever it stands."""
    order = orders[slot]
    side, sequence, owner = np.int64(order.side), np.int64(order.seq), np.int64(order.agent)
    trade = trades[m.trades_n]
    m.trades_n += 1
    trade.time = m.now
    trade.price = price
    trade.size = lots
    trade.side = 2 * side - 1
    trade.taker = RECORDED_AGENT
    trade.maker = owner
    trade.maker_order = sequence
    trade.auction = 0
    at = np.int64(order.price)
    if m.record_messages != 0:
        note(m, messages, TRADED, side, at, lots, owner, sequence, 2 * side - 1, ASKED)
    hidden = np.int64(order.iceberg)
    if lots == order.size and hidden > 0 and icebergs[hidden - 1].reserve > 0:
        # The next part stands at the end of the queue. It goes out and comes in again, into the
        # slot that is free since, and keeps its name.
        order.iceberg = 0
        following = np.int64(m.next_seq)
        _take(m, orders, levels, bits, icebergs, slot, lots)
        part = min(icebergs[hidden - 1].peak, icebergs[hidden - 1].reserve)
        icebergs[hidden - 1].reserve -= part
        rest(m, orders, levels, bits, side, at, np.int64(part), owner)
        order.seq = sequence
        order.iceberg = hidden
        m.next_seq = following
        if m.record_messages != 0:
            note(m, messages, ADDED, side, at, part, owner, sequence, 0, ICEBERG_PART)
    else:
        _take(m, orders, levels, bits, icebergs, slot, lots)
    settle(m, rules, trade, agents, classes)
    if m.record_trades == 0:
        m.trades_n = 0


@kernel
def _first_of_others(m, orders, levels, bits, side, limit, before):
    """The first order of ``side``, up to a price limit, that the record does not know; -1 if none.

    At the limit itself only those that stand before the order ``before``; ALL of them, or NONE.
    """
    words = m.ladder >> 6
    price = np.int64(m.best_bid) if side == BUY else np.int64(m.best_ask)
    while 0 <= price < m.ladder:
        if (side == BUY and price < limit) or (side == SELL and price > limit):
            break
        if price == limit and before == NONE:
            break
        slot = np.int64(levels[side, price].head)
        while slot >= 0 and not (price == limit and slot == before):
            if orders[slot].agent != RECORDED_AGENT:
                return slot
            slot = np.int64(orders[slot].next)
        if side == BUY:
            price = next_below(bits, BUY, words, price)
        else:
            price = next_above(bits, SELL, words, price, m.ladder)
    return np.int64(-1)


@kernel
def _may_trade(m, price):
    """Whether the rules of the venue let the record trade at a price.

    A halt of the record itself does not stop it: what it says is done.
    """
    stopped = m.phase > LIMIT_STATE and m.phase_reason != phase_rules.RECORDED
    return not stopped and m.bound_low <= price <= m.bound_high


@kernel
def replay_message(
    m,
    rules,
    orders,
    icebergs,
    levels,
    bits,
    born,
    agents,
    classes,
    heap,
    phases,
    recording,
    recorded,
    trades,
    messages,
):
    """Carry out the operations of the next recorded message.

    Returns False if a buffer must be drained first: called again, it goes on where it stopped.
    """
    own = classes[agents[RECORDED_AGENT].kind]
    row = recording[m.recorded_at].row
    while m.recorded_at < recording.shape[0] and recording[m.recorded_at].row == row:
        operation = recording[m.recorded_at]
        kind = np.int64(operation.kind)
        side = np.int64(operation.side)
        price = np.int64(operation.price)
        if kind == STATUS:
            _set_status(m, orders, levels, bits, heap, phases, price == 1)
            m.recorded_at += 1
            continue
        named = np.int64(-1)
        if operation.order >= 0:
            named = _standing(orders, recorded, operation.order)
        # An order that comes trades with others that it crosses; an execution with whoever stands
        # before the order that it hit in the record.
        aggressive = kind == EXECUTES or kind == HIDDEN_TRADE
        comes = kind == RESTS or kind == ENTERS
        hit = side if aggressive else 1 - side
        left = np.int64(operation.size) - m.recorded_done
        seeks = comes and m.phase <= LIMIT_STATE and crosses(m, side, price)
        if aggressive:
            seeks = side >= 0 and _may_trade(m, price)
        while seeks and left > 0:
            if _is_full(m, trades, messages):
                m.recorded_done = np.int64(operation.size) - left
                return False
            before = np.int64(ALL)
            if kind == EXECUTES:
                before = named if named >= 0 else np.int64(NONE)
            slot = _first_of_others(m, orders, levels, bits, hit, price, before)
            paid = np.int64(operation.paid)
            if slot >= 0:
                paid = np.int64(orders[slot].price)
            elif kind == EXECUTES:
                slot = named
                if slot < 0 and levels[side, price].head >= 0:
                    slot = np.int64(levels[side, price].head)
                    paid = price
            if slot < 0:
                break
            lots = min(left, np.int64(orders[slot].size))
            _fill(
                m,
                rules,
                orders,
                icebergs,
                levels,
                bits,
                agents,
                classes,
                trades,
                messages,
                slot,
                lots,
                paid,
            )
            left -= lots
            if operation.order >= 0:
                named = _standing(orders, recorded, operation.order)
        if _is_full(m, trades, messages):
            m.recorded_done = np.int64(operation.size) - left
            return False
        m.recorded_done = 0
        if comes:
            recorded[operation.order] = -1
            if left > 0:
                slot = _rest(m, orders, levels, bits, born, recorded, operation, left)
                if slot >= 0 and kind == RESTS:
                    m.messages += 1
                    own.messages += 1
                if slot >= 0 and m.record_messages != 0:
                    cause = ASKED if kind == RESTS else OUT_OF_SIGHT
                    number = np.int64(orders[slot].seq)
                    note(m, messages, ADDED, side, price, left, RECORDED_AGENT, number, 0, cause)
        elif kind == CANCELS or kind == LEAVES:
            if named < 0:
                m.recorded_gone += np.int64(kind == CANCELS)
            else:
                _withdraw(m, orders, icebergs, levels, bits, own, messages, operation, named)
        elif kind == HIDDEN_TRADE:
            if left > 0 and (side < 0 or _may_trade(m, price)):
                _print(m, rules, agents, classes, trades, operation, left)
            else:
                m.recorded_unfilled += left
        else:
            m.recorded_unfilled += left
            if operation.is_last and named >= 0:
                orders[named].agent = m.left_behind_agent
                m.left_behind += 1
        if operation.is_last:
            recorded[operation.order] = -1
        m.recorded_at += 1
    if m.recorded_at >= recording.shape[0]:
        # Nothing is known of what comes after: no trade could be told from one in a frozen book.
        phase_rules.enter(m, heap, phases, SHUT, 0.0, phase_rules.RECORDED)
    schedule_next(m, heap, recording)
    return True


@kernel
def _is_full(m, trades, messages):
    recorded = m.record_messages != 0
    return m.trades_n >= trades.shape[0] or (recorded and m.messages_n + _ROWS > messages.shape[0])


@kernel
def _withdraw(m, orders, icebergs, levels, bits, own, messages, operation, slot):
    """Take lots of a recorded order back, or all of it; the file may only lose sight of it."""
    order = orders[slot]
    side, price, sequence = np.int64(order.side), np.int64(order.price), np.int64(order.seq)
    lots = np.int64(order.size)
    if not operation.is_last:
        lots = min(lots, np.int64(operation.size))
    asked = operation.kind == CANCELS
    if m.record_messages != 0:
        what = CANCELLED if lots == order.size else REDUCED
        cause = ASKED if asked else OUT_OF_SIGHT
        note(m, messages, what, side, price, lots, RECORDED_AGENT, sequence, 0, cause)
    _take(m, orders, levels, bits, icebergs, slot, lots)
    if asked:
        m.messages += 1
        own.messages += 1


@kernel
def _print(m, rules, agents, classes, trades, operation, lots):
    """Book a trade of which the visible book shows nothing: both are of the record."""
    trade = trades[m.trades_n]
    m.trades_n += 1
    trade.time = m.now
    trade.price = operation.paid
    trade.size = lots
    trade.side = 2 * operation.side - 1 if operation.side >= 0 else 0
    trade.taker = RECORDED_AGENT
    trade.maker = RECORDED_AGENT
    trade.maker_order = -1
    trade.auction = 0
    settle(m, rules, trade, agents, classes)
    if m.record_trades == 0:
        m.trades_n = 0


@kernel
def _set_status(m, orders, levels, bits, heap, phases, trading):
    """Halt or resume as the record says. What others left crossed is auctioned first."""
    if not trading:
        if m.phase != HALTED or m.phase_reason != phase_rules.RECORDED:
            phase_rules.enter(m, heap, phases, HALTED, 0.0, phase_rules.RECORDED)
        return
    if m.phase != HALTED or m.phase_reason != phase_rules.RECORDED:
        return  # it trades, or a rule of the venue says when it does again
    of_others = np.int64(-1)
    if m.best_bid >= m.best_ask and m.best_bid >= 0:
        for side in range(2):
            limit = np.int64(m.best_ask) if side == BUY else np.int64(m.best_bid)
            found = _first_of_others(m, orders, levels, bits, side, limit, ALL)
            of_others = max(of_others, found)
    if of_others >= 0:
        schedule(m, heap, m.now, PHASE_END, m.phase_number)
    else:
        phase_rules.enter(m, heap, phases, CONTINUOUS, 0.0, phase_rules.RECORDED)
