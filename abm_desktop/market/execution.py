"""Carrying out intents: the one place where orders meet the book, the accounts and the tape."""

from __future__ import annotations

import numpy as np

from abm_desktop.market import phases as phase_rules
from abm_desktop.market import screening
from abm_desktop.market.activity import excite
from abm_desktop.market.agenda import pop, push
from abm_desktop.market.book import available, hide, match, reduce, rest, unlink
from abm_desktop.market.compiled import kernel
from abm_desktop.market.phases import VELOCITY, VOLATILITY
from abm_desktop.market.scheduling import drop, keep, schedule
from abm_desktop.market.state import (
    ACCEPTED,
    ADDED,
    ARRIVE,
    BUY,
    CANCEL,
    CANCELLED,
    CLOSED,
    EXPIRE,
    EXPIRED,
    FILL_OR_KILL,
    IMMEDIATE,
    LIMIT,
    LIMIT_STATE,
    MODIFY,
    NOT_FILLABLE,
    NOT_TRADING,
    OFF_LADDER,
    POOL_FULL,
    POST_ONLY,
    QUOTE_STANDS,
    REDUCED,
    SELL,
    SHUT,
    SLIDE,
    STOP,
    TRADED,
    UNKNOWN_ORDER,
    WOULD_TRADE,
)

EXPIRED_TAG = -2
SEQ_BITS = 31
SEQ_MASK = (1 << SEQ_BITS) - 1


@kernel
def note(m, messages, kind, side, price, size, agent, order):
    """Write one book event to the tape, if it is recorded."""
    if m.record_messages != 0:
        row = messages[m.messages_n]
        m.messages_n += 1
        row.time = m.now
        row.kind = kind
        row.side = 1 - 2 * side
        row.price = price
        row.size = size
        row.agent = agent
        row.order = order


@kernel
def settle(m, rules, trade, agents, classes, messages):
    """Book one fill: cash, inventory and volumes of both sides, and the tax."""
    taker, maker = agents[trade.taker], agents[trade.maker]
    trade.phase = m.phase
    trade.taker_class = taker.kind
    trade.maker_class = maker.kind
    signed = np.int64(trade.side) * trade.size
    cash = signed * trade.price
    taker.inventory += signed
    taker.cash -= cash
    maker.inventory -= signed
    maker.cash += cash
    of_taker, of_maker = classes[taker.kind], classes[maker.kind]
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
    side = BUY if trade.side > 0 else SELL
    note(m, messages, TRADED, side, trade.price, trade.size, trade.taker, trade.maker_order)
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
        handle = handles[intent.tag]
        if handle >> 32 == intent.slot and (handle & SEQ_MASK) == intent.seq:
            handles[intent.tag] = -1


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
    row.kind = IMMEDIATE
    row.result = 1  # waiting
    row.seq = m.next_seq
    m.next_seq = (m.next_seq + 1) & SEQ_MASK
    # Nearest trigger first: the lowest of the buy stops, the highest of the sell stops.
    key = np.int64(intent.extra) if side == BUY else -np.int64(intent.extra)
    push(stops[side], n, key, at)
    if side == BUY:
        m.buy_stops_n += 1
    else:
        m.sell_stops_n += 1
    intent.slot = at
    intent.seq = row.seq
    return ACCEPTED


@kernel
def trigger_stops(m, pool, stops, heap):
    """Send every stop order whose trigger the last trade has reached on its way."""
    while m.buy_stops_n > 0 and stops[BUY, 0, 0] <= m.last_price:
        at = stops[BUY, 0, 1]
        pop(stops[BUY], m.buy_stops_n)
        m.buy_stops_n -= 1
        _release_stop(m, pool, heap, at)
    while m.sell_stops_n > 0 and -stops[SELL, 0, 0] >= m.last_price:
        at = stops[SELL, 0, 1]
        pop(stops[SELL], m.sell_stops_n)
        m.sell_stops_n -= 1
        _release_stop(m, pool, heap, at)


@kernel
def _release_stop(m, pool, heap, at):
    row = pool[at]
    if row.result == 0:  # cancelled while it waited
        drop(m, pool, at)
        return
    row.result = 0
    row.extra = 0
    row.next = -1
    schedule(m, heap, m.now, ARRIVE, at)


@kernel
def _cancel_stop(pool, at, seq):
    """Cancel a waiting stop; its row is given back when its trigger is reached."""
    if at >= pool.shape[0] or pool[at].seq != seq or pool[at].result == 0:
        return UNKNOWN_ORDER
    pool[at].result = 0
    return ACCEPTED


@kernel
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
    """Carry out this event's intents in the order they were asked; returns whether any traded."""
    trades_before = m.trades
    for k in range(m.intents_n):
        intent = intents[k]
        agent = np.int64(intent.agent)
        kind = np.int64(intent.kind)
        side = np.int64(intent.side)
        price = np.int64(intent.price)
        size = np.int64(intent.size)
        intent.result = ACCEPTED
        intent.filled = 0
        slot = np.int64(intent.slot)
        names_order = kind == CANCEL or kind == MODIFY
        if kind == CANCEL and slot >= orders.shape[0]:
            intent.result = _cancel_stop(pool, slot - orders.shape[0], intent.seq)
            continue
        if names_order:
            order = orders[slot]
            if order.seq != intent.seq or order.size == 0:
                intent.result = UNKNOWN_ORDER
                _forget(handles, intent)
                continue
        if m.rules_on != 0:
            since = born[slot] if names_order else np.int64(0)
            expired = intent.tag == EXPIRED_TAG
            intent.result = screening.screen(m, rules, agents[agent], intent, since, expired)
            if intent.result != ACCEPTED:
                m.refused_rule += 1
                continue
            if kind == CANCEL and rules.cancel_fee_on != 0 and not expired:
                fee = rules.cancel_fee_fee * order.size
                screening.pay(m, agents[agent], classes[agents[agent].kind], fee)
        if names_order:
            if kind == MODIFY and price == order.price and size <= order.size:
                if size < order.size:
                    note(m, messages, REDUCED, order.side, price, size, agent, order.seq)
                    reduce(m, orders, levels, slot, order.size - size)
                    m.messages += 1
                    classes[agents[agent].kind].messages += 1
                continue
            side = np.int64(order.side)
            what = EXPIRED if intent.tag == EXPIRED_TAG else CANCELLED
            note(m, messages, what, side, order.price, order.size, order.agent, order.seq)
            unlink(m, orders, levels, bits, icebergs, slot)
            m.messages += 1
            classes[agents[agent].kind].messages += 1
            _forget(handles, intent)
            if kind == CANCEL:
                continue
            kind = np.int64(LIMIT)  # a modified order queues up anew
        if intent.tag >= 0 and handles[intent.tag] >= 0:
            handle = handles[intent.tag]
            standing = orders[handle >> 32]
            if standing.seq == (handle & SEQ_MASK) and standing.size > 0:
                intent.result = QUOTE_STANDS
                m.refused_rule += 1
                continue
        if m.phase > LIMIT_STATE:
            if m.phase == SHUT:
                intent.result = CLOSED
            elif kind == IMMEDIATE:
                # It waits for the auction that ends the phase, and no longer.
                kind = np.int64(LIMIT)
                intent.life = max(m.phase_end - m.now, 0) + 1
            elif kind == FILL_OR_KILL:
                intent.result = NOT_TRADING
            if intent.result != ACCEPTED:
                m.refused_rule += 1
                continue
        if kind == STOP:
            reached = m.last_price >= intent.extra if side == BUY else m.last_price <= intent.extra
            if not reached or m.phase > LIMIT_STATE:
                intent.result = place_stop(m, pool, stops, intent)
                continue
            kind = np.int64(IMMEDIATE)
        elif kind == SLIDE:
            # Slide rather than refuse: a maker that reads a stale book still quotes.
            if side == BUY:
                price = min(price, np.int64(m.best_ask) - 1)
            else:
                price = max(price, np.int64(m.best_bid) + 1)
        elif kind == POST_ONLY and (m.best_ask <= price if side == BUY else m.best_bid >= price):
            intent.result = WOULD_TRADE
            continue
        if price < 1 or price > m.ladder - 2:
            intent.result = OFF_LADDER
            m.refused_ladder += 1
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
        if kind == FILL_OR_KILL and (
            available(m, orders, levels, bits, icebergs, side, limit, size) < size
        ):
            intent.result = NOT_FILLABLE
            continue
        remaining = size
        if m.phase <= LIMIT_STATE:
            first = np.int64(m.trades_n)
            remaining = match(
                m, orders, levels, bits, icebergs, trades, side, limit, size, agent, m.self_trade
            )
            for n in range(first, m.trades_n):
                settle(m, rules, trades[n], agents, classes, messages)
            if m.trades_n > first:
                # One aggressive order is one trade, however many resting orders it fills.
                m.excitements += 1
            intent.filled = size - remaining
            if bounded != 0 and remaining > 0:
                crosses = m.best_ask <= price if side == BUY else m.best_bid >= price
                if bounded != VELOCITY and bounded != VOLATILITY:
                    price = limit  # priced at the band, where it may wait
                elif crosses:
                    phase_rules.trip(m, rules, heap, phases, bounded)
        if remaining > 0 and (kind == LIMIT or kind == SLIDE or kind == POST_ONLY):
            shown = remaining
            if 0 < intent.extra < remaining:
                shown = np.int64(intent.extra)
            slot = rest(m, orders, levels, bits, side, price, shown, agent)
            if slot < 0:
                intent.result = POOL_FULL
                m.refused_pool += 1
                continue
            if shown < remaining and not hide(m, orders, icebergs, slot, shown, remaining - shown):
                m.refused_pool += 1
                intent.result = POOL_FULL  # what is shown rests; what had to be hidden is lost
            born[slot] = m.now
            seq = np.int64(orders[slot].seq)
            m.messages += 1
            classes[agents[agent].kind].messages += 1
            note(m, messages, ADDED, side, price, shown, agent, seq)
            if intent.life > 0:
                schedule(m, heap, m.now + intent.life, EXPIRE, (slot << SEQ_BITS) | seq)
            if intent.tag >= 0:
                handles[intent.tag] = (slot << 32) | seq
            intent.slot = slot
            intent.seq = seq
        if m.record_trades == 0:
            m.trades_n = 0
    m.intents_n = 0
    return m.trades != trades_before


@kernel
def cancel_everything_of(m, orders, icebergs, levels, bits, classes, agents, agent):
    """Take every resting order of one trader out of the book; returns how many."""
    n = 0
    for slot in range(m.used_slots):
        if orders[slot].size > 0 and orders[slot].agent == agent:
            unlink(m, orders, levels, bits, icebergs, slot)
            n += 1
    m.messages += n
    classes[agents[agent].kind].messages += n
    return n


@kernel
def excite_by_trades(m, p):
    """Count this event's aggressive orders in the activity of the market."""
    while m.excitements > 0:
        m.excitements -= 1
        excite(m, p)
