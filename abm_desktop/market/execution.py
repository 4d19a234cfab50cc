"""Carrying out intents: the one place where orders meet the book, the accounts and the tape.

Each intent is judged first, and touches the book only if it is accepted: a refusal leaves the book
as it was. If a buffer of the tape is full, an intent stops and goes on after the drain; what
follows does not depend on the size of the buffers.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market import phases as phase_rules
from abm_desktop.market import screening
from abm_desktop.market.activity import excite
from abm_desktop.market.agenda import pop, push
from abm_desktop.market.book import (
    crosses,
    executable,
    hide,
    match,
    note,
    reachable,
    reduce,
    rest,
    unlink,
    within,
)
from abm_desktop.market.compiled import fused, kernel, row
from abm_desktop.market.fundamental import learn_from_flow
from abm_desktop.market.intents import waits
from abm_desktop.market.phases import VELOCITY, VOLATILITY
from abm_desktop.market.scheduling import drop, keep, schedule
from abm_desktop.market.state import (
    ACCEPTED,
    ADDED,
    ARRIVE,
    ASKED,
    BAD_SIZE,
    BUY,
    CANCEL,
    CANCEL_RESTING,
    CANCELLED,
    CLOSED,
    EXPIRE,
    EXPIRED,
    FILL_OR_KILL,
    IMMEDIATE,
    INSTITUTION,
    LIMIT,
    LIMIT_STATE,
    MODIFY,
    MOST_LOTS,
    NOISE,
    NOT_FILLABLE,
    NOT_TRADING,
    OFF_LADDER,
    POOL_FULL,
    POST_ONLY,
    QUOTE_STANDS,
    REDUCED,
    REPLACED,
    SELL,
    SHUT,
    SLIDE,
    SLOT_BITS,
    STOP,
    STOP_LIMIT,
    UNKNOWN_ORDER,
    WAITS_ALREADY,
    WOULD_TRADE,
)

EXPIRED_TAG = -2
SEQ_BITS = 31
SEQ_MASK = (1 << SEQ_BITS) - 1
_ROWS = 6
"""Messages that an intent finds room for before it goes on: cancel, step of matching, add."""
_SLOT_MASK = (1 << SLOT_BITS) - 1


@fused
def settle(m, rules, trade, agents, classes):
    """Book one fill: cash, inventory and volumes of both sides, and the tax."""
    taker, maker = agents[row(trade.taker)], agents[row(trade.maker)]
    trade.phase = m.phase
    trade.taker_class = taker.kind
    trade.maker_class = maker.kind
    signed = np.int64(trade.side) * trade.size
    cash = signed * trade.price
    taker.inventory += signed
    taker.cash -= cash
    maker.inventory -= signed
    maker.cash += cash
    of_taker, of_maker = classes[row(taker.kind)], classes[row(maker.kind)]
    of_taker.inventory += signed
    of_taker.cash -= cash
    of_taker.taker_volume += trade.size
    of_taker.messages += 1
    of_maker.inventory -= signed
    of_maker.cash += cash
    of_maker.maker_volume += trade.size
    m.messages += 1
    m.trades += 1
    m.volume += trade.size
    m.signed_volume += signed
    m.last_price = trade.price
    m.traded = 1
    if m.rules_on != 0:
        phase_rules.note_trade(m, np.float64(trade.price))
        taker.window_trades += 1
        maker.window_trades += 1
        if rules.transaction_tax_on != 0:
            screening.tax_trade(m, rules, taker, maker, of_taker, of_maker, abs(cash))
        if rules.kill_switch_on != 0:
            m.to_clear += screening.watch(m, rules, taker) + screening.watch(m, rules, maker)


@kernel
def _forget(handles, intent):
    """The order an intent names is gone: clear its place, unless another order has it by now."""
    if intent.tag >= 0:
        handle = handles[row(intent.tag)]
        if handle >> 32 == intent.slot and (handle & SEQ_MASK) == intent.seq:
            handles[row(intent.tag)] = -1


@kernel
def place_stop(m, pool, stops, intent):
    """Let a stop order wait for its trigger, ``intent.extra``; returns why not, or ACCEPTED."""
    side = np.int64(intent.side)
    n = m.buy_stops_n if side == BUY else m.sell_stops_n
    if n >= stops.shape[1]:
        m.refused_pool += 1
        return POOL_FULL
    at = keep(m, pool, intent)
    if at < 0:
        return POOL_FULL
    row = pool[at]
    row.kind = IMMEDIATE if intent.kind == STOP else LIMIT
    row.result = 1  # waiting
    row.seq = m.next_seq
    m.next_seq = (m.next_seq + 1) & SEQ_MASK
    # Nearest trigger first: the lowest of the buy stops, the highest of the sell stops; of equal
    # ones the oldest.
    key = np.int64(intent.extra) if side == BUY else -np.int64(intent.extra)
    push(stops[side], n, key, (np.int64(row.seq) << SLOT_BITS) | at)
    if side == BUY:
        m.buy_stops_n += 1
    else:
        m.sell_stops_n += 1
    intent.slot = at
    intent.seq = row.seq
    return ACCEPTED


@kernel
def trigger_stops(m, pool, stops, heap):
    """Line up every stop order whose trigger the last trade has reached: buys first."""
    while m.buy_stops_n > 0 and stops[BUY, 0, 0] <= m.last_price:
        at = stops[BUY, 0, 1] & _SLOT_MASK
        pop(stops[BUY], m.buy_stops_n)
        m.buy_stops_n -= 1
        _release_stop(m, pool, heap, at)
    while m.sell_stops_n > 0 and -stops[SELL, 0, 0] >= m.last_price:
        at = stops[SELL, 0, 1] & _SLOT_MASK
        pop(stops[SELL], m.sell_stops_n)
        m.sell_stops_n -= 1
        _release_stop(m, pool, heap, at)


@kernel
def _release_stop(m, pool, heap, at):
    """Put a stop at the end of those that go to the book now, one event each."""
    row = pool[at]
    if row.result == 0:  # cancelled while it waited
        drop(m, pool, at)
        return
    row.result = 0
    row.extra = 0
    row.next = -1
    if m.ready_head < 0:
        m.ready_head = at
    else:
        pool[m.ready_tail].next = at
    m.ready_tail = at
    schedule(m, heap, m.now, ARRIVE, pool.shape[0])


@kernel
def next_ready_stop(m, pool):
    """Take the first of the stops that were set off; returns its row, -1 if there is none."""
    at = np.int64(m.ready_head)
    if at >= 0:
        m.ready_head = pool[at].next
        pool[at].next = -1
    return at


@kernel
def _cancel_stop(pool, at, intent):
    """Cancel a waiting stop; its row is given back when its trigger is reached."""
    if at >= pool.shape[0]:
        return UNKNOWN_ORDER
    row = pool[at]
    if row.seq != intent.seq or row.agent != intent.agent or row.result == 0:
        return UNKNOWN_ORDER
    row.result = 0
    return ACCEPTED


@kernel
def _will_fit(
    m, orders, levels, bits, icebergs, side, limit, size, peak, agent, wants_slot, wants_iceberg
):
    """Whether what is left of an order would find a place in the book, when a pool is used up.

    What it trades with first gives places back, and all that it can reach is gone before it rests.
    """
    if m.phase > LIMIT_STATE:
        return False
    lots, stopped, frees_iceberg = reachable(
        m, orders, levels, bits, icebergs, side, limit, size, agent, m.self_trade
    )
    if stopped or lots >= size:
        return True
    if wants_slot and not crosses(m, side, limit):
        return False
    return not wants_iceberg or size - lots <= peak or frees_iceberg


@kernel
def _leave_fewer(m, orders, levels, icebergs, account, messages, slot, lots):
    """Leave fewer lots of an order, which keeps its place; what is hidden goes first."""
    order = orders[slot]
    less = executable(orders, icebergs, slot) - lots
    if less == 0:
        return
    if order.iceberg > 0:
        hidden = icebergs[order.iceberg - 1]
        unseen = min(less, np.int64(hidden.reserve))
        hidden.reserve -= unseen
        less -= unseen
    if less > 0:
        if m.record_messages != 0:
            side, price = np.int64(order.side), np.int64(order.price)
            note(m, messages, REDUCED, side, price, less, order.agent, order.seq, 0, ASKED)
        reduce(m, orders, levels, slot, less)
    m.messages += 1
    account.messages += 1


@kernel
def _is_undirected(a):
    """Whether its sides are drawn by chance: it knows neither the value nor looks at the price."""
    return a.kind == NOISE or (a.kind == INSTITUTION and a.bias == 0.0)


@fused
def execute(
    m,
    rules,
    orders,
    icebergs,
    levels,
    bits,
    born,
    agents,
    classes,
    handles,
    pool,
    stops,
    heap,
    phases,
    intents,
    trades,
    messages,
):
    """Carry out this event's intents in the order they were asked; ``m.traded`` if any traded.

    Returns False if a buffer must be drained first, or the level of the price ``m.wanted`` be kept:
    called again, it goes on where it stopped.
    """
    recorded = m.record_messages != 0
    while m.intent_at < m.intents_n:
        full = recorded and m.messages_n + _ROWS > messages.shape[0]
        if full or m.trades_n >= trades.shape[0]:
            return False
        intent = intents[row(m.intent_at)]
        m.intent_at += 1
        agent = np.int64(intent.agent)
        kind = np.int64(intent.kind)
        side = np.int64(intent.side)
        price = np.int64(intent.price)
        size = np.int64(intent.size)
        slot = np.int64(intent.slot)
        account = classes[row(agents[row(agent)].kind)]
        begun = m.intent_begun != 0
        m.intent_begun = 0
        if not begun:
            intent.result = ACCEPTED
            intent.filled = 0
            names_order = kind == CANCEL or kind == MODIFY
            if kind == CANCEL and slot >= orders.shape[0]:
                intent.result = _cancel_stop(pool, slot - orders.shape[0], intent)
                continue
            if names_order and (slot < 0 or slot >= orders.shape[0]):
                intent.result = UNKNOWN_ORDER
                continue
            if names_order:
                order = orders[row(slot)]
                if order.seq != intent.seq or order.size == 0 or order.agent != agent:
                    intent.result = UNKNOWN_ORDER
                    _forget(handles, intent)
                    continue
                side = np.int64(order.side)
            expired = intent.tag == EXPIRED_TAG
            if m.rules_on != 0:
                since = born[slot, 0] if names_order else np.int64(0)
                intent.result = screening.screen(m, rules, agents[agent], intent, since, expired)
                if intent.result != ACCEPTED:
                    m.refused_rule += 1
                    continue
            if kind == CANCEL:
                if m.rules_on != 0 and rules.cancel_fee_on != 0 and not expired:
                    fee = rules.cancel_fee_fee * order.size
                    screening.pay(m, agents[agent], account, fee)
                if recorded:
                    what = EXPIRED if expired else CANCELLED
                    at, lots, seq = order.price, order.size, order.seq
                    note(m, messages, what, side, at, lots, agent, seq, 0, ASKED)
                unlink(m, orders, levels, bits, icebergs, slot)
                m.messages += 1
                account.messages += 1
                _forget(handles, intent)
                continue
            if size < 1 or (size > MOST_LOTS and kind != IMMEDIATE and kind != FILL_OR_KILL):
                intent.result = BAD_SIZE
                if size > MOST_LOTS:
                    m.refused_size += 1
                continue
            if kind == MODIFY:
                peak = np.int64(0)
                if order.iceberg > 0:
                    peak = np.int64(icebergs[order.iceberg - 1].peak)
                fewer = size <= executable(orders, icebergs, slot)
                if fewer and price == order.price and (intent.extra <= 0 or intent.extra == peak):
                    _leave_fewer(m, orders, levels, icebergs, account, messages, slot, size)
                    continue
                # It queues up again, but stays what it is: its part shown, its time to expire.
                if intent.extra <= 0:
                    intent.extra = peak
                if intent.life == 0 and born[slot, 1] > 0:
                    intent.life = max(born[slot, 1] - m.now, 1)
            elif intent.tag >= 0 and handles[row(intent.tag)] >= 0:
                handle = handles[row(intent.tag)]
                standing = orders[row(handle >> 32)]
                if standing.seq == (handle & SEQ_MASK) and standing.size > 0:
                    intent.result = QUOTE_STANDS
                    m.refused_rule += 1
                    continue
            if m.phase > LIMIT_STATE:
                if m.phase == SHUT:
                    intent.result = CLOSED
                elif kind == IMMEDIATE and size <= MOST_LOTS and waits(m, agents[row(agent)]):
                    intent.result = WAITS_ALREADY
                elif kind == IMMEDIATE and size <= MOST_LOTS:
                    # It waits for the auction that ends the phase, and no longer.
                    kind = np.int64(LIMIT)
                    intent.life = max(m.phase_end - m.now, 0) + 1
                elif kind == IMMEDIATE:
                    intent.result = BAD_SIZE
                elif kind == FILL_OR_KILL:
                    intent.result = NOT_TRADING
                if intent.result != ACCEPTED:
                    m.refused_rule += 1
                    continue
            if kind == SLIDE:
                # Slide rather than refuse: a maker that reads a stale book still quotes.
                if side == BUY:
                    price = min(price, np.int64(m.best_ask) - 1)
                else:
                    price = max(price, np.int64(m.best_bid) + 1)
            if price < 1 or price > m.ladder - 2:
                intent.result = OFF_LADDER
                m.refused_ladder += 1
                continue
            if kind == STOP or kind == STOP_LIMIT:
                extra = np.int64(intent.extra)
                reached = m.last_price >= extra if side == BUY else m.last_price <= extra
                if not reached or m.phase > LIMIT_STATE:
                    intent.result = place_stop(m, pool, stops, intent)
                    continue
                intent.extra = 0
                kind = np.int64(IMMEDIATE) if kind == STOP else np.int64(LIMIT)
                intent.kind = kind
            elif kind == POST_ONLY and crosses(m, side, price):
                intent.result = WOULD_TRADE
                continue
        limit = price
        bounded = np.int64(0)
        if m.rules_on != 0:
            if side == BUY and m.bound_high < price:
                limit = np.int64(m.bound_high)
                bounded = np.int64(m.bound_high_reason)
            elif side == SELL and m.bound_low > price:
                limit = np.int64(m.bound_low)
                bounded = np.int64(m.bound_low_reason)
        stays = price
        if m.phase <= LIMIT_STATE and bounded != 0:
            if bounded != VELOCITY and bounded != VOLATILITY:
                # Priced at the band, if it may wait.
                stays = min(max(limit, np.int64(1)), np.int64(m.ladder) - 2)
        may_rest = kind == LIMIT or kind == SLIDE or kind == POST_ONLY or kind == MODIFY
        peak = np.int64(intent.extra) if may_rest else np.int64(0)
        if not begun:
            if kind == FILL_OR_KILL:
                lots, _, _ = reachable(
                    m, orders, levels, bits, icebergs, side, limit, size, agent, m.self_trade
                )
                if lots < size:
                    intent.result = NOT_FILLABLE
                    continue
            if may_rest:
                fits = intent.life <= 0 or m.heap_n < heap.shape[0]
                wants_slot = m.free_head < 0 and m.used_slots >= orders.shape[0]
                wants_iceberg = m.iceberg_free < 0 and m.iceberg_used >= icebergs.shape[0]
                wants_iceberg = wants_iceberg and 0 < peak < size
                if kind == MODIFY:  # it gives its own places back
                    wants_slot = False
                    wants_iceberg = wants_iceberg and orders[slot].iceberg == 0
                if wants_slot or wants_iceberg:
                    fits = fits and _will_fit(
                        m,
                        orders,
                        levels,
                        bits,
                        icebergs,
                        side,
                        limit,
                        size,
                        peak,
                        agent,
                        wants_slot,
                        wants_iceberg,
                    )
                if not fits:
                    intent.result = POOL_FULL
                    m.refused_pool += 1
                    continue
            if kind == MODIFY:
                order = orders[slot]
                if recorded:
                    at, lots, seq = order.price, order.size, order.seq
                    note(m, messages, CANCELLED, side, at, lots, agent, seq, 0, REPLACED)
                unlink(m, orders, levels, bits, icebergs, slot)
                m.messages += 1
                account.messages += 1
                _forget(handles, intent)
                intent.slot = -1
            if may_rest and not within(m, stays):
                # Its level must be kept first: then the rest of the intent follows.
                intent.kind = kind
                intent.side = side
                intent.price = price
                m.wanted = stays
                m.intent_begun = 1
                m.intent_at -= 1
                return False
        # Nothing is refused from here on.
        remaining = size - intent.filled
        if m.phase <= LIMIT_STATE:
            first = np.int64(m.trades_n)
            prevented = m.prevented
            remaining = match(
                m,
                orders,
                levels,
                bits,
                icebergs,
                trades,
                messages,
                side,
                limit,
                remaining,
                agent,
                m.self_trade,
                1,
            )
            for n in range(first, m.trades_n):
                trade = trades[row(n)]
                settle(m, rules, trade, agents, classes)
                intent.filled += trade.size
            if m.self_trade == CANCEL_RESTING:
                m.messages += m.prevented - prevented
                account.messages += m.prevented - prevented
            if m.record_trades == 0:
                m.trades_n = 0
            if remaining > 0 and crosses(m, side, limit):
                # The tape is full: the rest of the intent follows.
                intent.kind = kind
                intent.side = side
                intent.price = price
                m.intent_begun = 1
                m.intent_at -= 1
                continue
            if intent.filled > 0:
                # One aggressive order is one trade, however many resting orders it fills.
                m.excitements += 1
                if m.told_by_undirected == 0 or _is_undirected(agents[agent]):
                    m.excited_side += 1 if side == BUY else -1
                if m.buy_stops_n + m.sell_stops_n > 0:
                    trigger_stops(m, pool, stops, heap)
            if bounded != 0 and remaining > 0:
                if bounded != VELOCITY and bounded != VOLATILITY:
                    price = stays
                elif crosses(m, side, price):
                    phase_rules.trip(m, rules, heap, phases, bounded)
        if remaining > 0 and may_rest:
            shown = remaining
            if 0 < peak < remaining:
                shown = peak
            slot = rest(m, orders, levels, bits, side, price, shown, agent)
            if slot < 0:
                intent.result = POOL_FULL
                m.refused_pool += 1
                continue
            if shown < remaining and not hide(m, orders, icebergs, slot, shown, remaining - shown):
                m.refused_pool += 1
            seq = np.int64(orders[row(slot)].seq)
            m.messages += 1
            account.messages += 1
            if recorded:
                cause = REPLACED if kind == MODIFY else ASKED
                note(m, messages, ADDED, side, price, shown, agent, seq, 0, cause)
            born[row(slot), row(0)] = m.now
            born[row(slot), row(1)] = 0
            if intent.life > 0:
                born[row(slot), row(1)] = m.now + intent.life
                schedule(m, heap, m.now + intent.life, EXPIRE, (slot << SEQ_BITS) | seq)
            if intent.tag >= 0:
                handles[row(intent.tag)] = (slot << 32) | seq
            intent.slot = slot
            intent.seq = seq
    m.intents_n = 0
    m.intent_at = 0
    return True


@kernel
def cancel_everything_of(m, orders, icebergs, levels, bits, classes, agents, messages, agent, why):
    """Take every resting order of one trader out of the book, for a rule of the venue.

    Returns False if the messages must be drained first: called again, it goes on.
    """
    account = classes[agents[agent].kind]
    for slot in range(m.used_slots):
        order = orders[slot]
        if order.size == 0 or order.agent != agent:
            continue
        if m.record_messages != 0:
            if m.messages_n >= messages.shape[0]:
                return False
            side, price = np.int64(order.side), np.int64(order.price)
            lots, seq = order.size, order.seq
            note(m, messages, CANCELLED, side, price, lots, agent, seq, 0, why)
        unlink(m, orders, levels, bits, icebergs, slot)
        m.messages += 1
        account.messages += 1
    return True


@kernel
def excite_by_trades(m, p):
    """Count this event's aggressive orders in the activity of the market, and what they tell."""
    while m.excitements > 0:
        m.excitements -= 1
        excite(m, p)
    if m.excited_side != 0:
        if p.fundamental_flow_information > 0.0:
            learn_from_flow(m, p, 1.0 if m.excited_side > 0 else -1.0)
        m.excited_side = 0
