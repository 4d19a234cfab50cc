"""A stream of ready-made messages through the book: what matching costs.

Used by the engine bench: through the bare book, and through all that a market does with what its
traders ask. Like the simulator's agents, the sender keeps note of each order in a place of its own,
and cancels by that place.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market.book import crosses, match, reduce, rest, unlink
from abm_desktop.market.compiled import kernel, prefetch, row
from abm_desktop.market.execution import execute
from abm_desktop.market.random import uniform
from abm_desktop.market.state import ACCEPTED, BUY, CANCEL, IMMEDIATE, LIMIT, MODIFY, OFF, SELL

FLOW = np.dtype(
    [("kind", "i1"), ("side", "i1"), ("price", "i4"), ("size", "i4"), ("place", "i4")], align=True
)
"""LIMIT, IMMEDIATE, CANCEL, or MODIFY to take ``size`` off; ``place`` is where the note is."""

_LIMIT_SHARE, _MARKET_SHARE = 0.51, 0.10


@kernel
def play(market, orders, levels, bits, icebergs, trades, messages, flow, slots, start, stop):
    """Send ``flow[start:stop]`` through the book; ``slots`` int32 (places,) starts at 0.

    A place names its order by the slot: the order is still the place's own if it carries the
    place as its agent. Returns how many messages did something: rested, traded, reduced, cancelled.
    """
    m = market[0]
    done = 0
    last = flow.shape[0] - 1
    trade_room = trades.shape[0] >> 1
    for i in range(start, stop):
        message = flow[row(i)]
        # Messages come in batches, so the row a cancel will touch can be asked for ahead of time.
        ahead = flow[row(min(i + 8, last))]
        prefetch(orders, np.int64(slots[row(ahead.place)]))
        kind = message.kind
        place = message.place
        if kind == CANCEL or kind == MODIFY:
            slot = np.int64(slots[row(place)])
            order = orders[row(slot)]
            if order.agent != place or order.size == 0:
                continue
            if kind == CANCEL:
                unlink(m, orders, levels, bits, icebergs, slot)
                done += 1
            elif order.size > message.size:
                reduce(m, orders, levels, slot, message.size)
                done += 1
            continue
        if m.trades_n > trade_room:
            m.trades_n = 0
        side = np.int64(message.side)
        price = np.int64(message.price)
        remaining = np.int64(message.size)
        going_on = True
        while going_on:
            remaining = match(
                m,
                orders,
                levels,
                bits,
                icebergs,
                trades,
                messages,
                side,
                price,
                remaining,
                place,
                OFF,
                0,
            )
            # Only a full buffer ends it before its time.
            going_on = m.trades_n >= trades.shape[0] and remaining > 0 and crosses(m, side, price)
            if going_on:
                m.trades_n = 0
        if remaining > 0 and kind == LIMIT:
            slot = rest(m, orders, levels, bits, side, price, remaining, place)
            if slot >= 0:
                slots[row(place)] = slot
        done += 1
    return done


@kernel
def ask(markets, k, flow, notes, start, stop):
    """Send ``flow[start:stop]`` to market ``k`` as intents of its traders, one after the other.

    What an event of a market does with its intents is done with each: judged, matched, booked on
    the accounts and on the tape of trades. ``notes`` int64 (places,) starts at -1 and holds the
    order of each place, slot << 32 | seq. Places are dealt out in turn to the traders, who are a
    power of two. Returns how many messages did something.
    """
    m = markets.market[k]
    rules = markets.rules[k]
    orders = markets.orders[k]
    icebergs = markets.icebergs[k]
    levels = markets.levels[k]
    bits = markets.bits[k]
    born = markets.born[k]
    agents = markets.agents[k]
    classes = markets.classes[k]
    handles = markets.handles[k]
    pool = markets.pool[k]
    stops = markets.stops[k]
    heap = markets.heap[k]
    phases = markets.phases[k]
    intents = markets.intents[k]
    trades = markets.trades[k]
    messages = markets.messages[k]
    intent = intents[0]
    traders = np.int64(m.n_agents) - 1
    last = flow.shape[0] - 1
    done = 0
    for i in range(start, stop):
        message = flow[row(i)]
        ahead = flow[row(min(i + 8, last))]
        prefetch(orders, notes[row(ahead.place)] >> 32)
        place = np.int64(message.place)
        intent.kind = message.kind
        intent.side = message.side
        intent.price = message.price
        intent.size = message.size
        intent.agent = place & traders
        intent.tag = -1
        intent.extra = 0
        intent.life = 0
        if message.kind == CANCEL or message.kind == MODIFY:
            note = notes[row(place)]
            if note < 0:
                continue
            intent.slot = note >> 32
            intent.seq = note & 0x7FFFFFFF
            if message.kind == MODIFY:
                # Sizes of modifications are what is to be left.
                order = orders[note >> 32]
                if order.seq != intent.seq or order.size <= message.size:
                    continue
                intent.price = order.price
                intent.size = order.size - message.size
        m.intents_n = 1
        while not execute(
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
            m.trades_n = 0  # as if they had been put on the tape
        if message.kind == LIMIT:
            notes[row(place)] = (np.int64(intent.slot) << 32) | intent.seq
        if intent.result == ACCEPTED:
            done += 1
    return done


@kernel
def generate(
    stream,
    market,
    orders,
    levels,
    bits,
    icebergs,
    trades,
    messages,
    flow,
    slots,
    live,
    target,
    width,
):
    """Write a stationary flow of 51 % limit, 10 % market and 39 % cancel orders into ``flow``.

    Runs the book as it goes, so that cancels name orders that rest; about ``target`` orders rest,
    within ``width`` ticks of the best prices. ``live`` int32 (places, 2) is scratch: column 0 lists
    the places in use first and then the free ones, column 1 says where each place is listed.
    """
    m = market[0]
    n_live = 0
    for k in range(live.shape[0]):
        live[k, 0] = k
        live[k, 1] = k
    for i in range(flow.shape[0]):
        message = flow[i]
        u = uniform(stream)
        message.side = 0 if uniform(stream) < 0.5 else 1
        if u < _MARKET_SHARE and m.resting > 10:
            message.kind = IMMEDIATE
            message.price = m.ladder - 2 if message.side == BUY else 1
            message.size = 1 + np.int64(uniform(stream) * 11)
        elif m.resting < target or u < _MARKET_SHARE + _LIMIT_SHARE - 0.04:
            # The last few per cent of limit orders come from the rule that holds the book's size.
            message.kind = LIMIT
            message.size = 1 + np.int64(uniform(stream) * 9)
            message.price = _price(stream, m, message, width)
            message.place = live[n_live, 0]
        else:
            message.kind = CANCEL
            message.place = live[np.int64(uniform(stream) * n_live), 0]
        first = np.int64(m.trades_n) if m.trades_n <= trades.shape[0] >> 1 else np.int64(0)
        play(market, orders, levels, bits, icebergs, trades, messages, flow, slots, i, i + 1)
        if message.kind == LIMIT and _rests(orders, slots, message.place):
            n_live += 1
        elif message.kind == CANCEL:
            n_live = _release(live, n_live, message.place)
        if message.kind != CANCEL:
            for n in range(first, m.trades_n):
                place = trades[n].maker
                if not _rests(orders, slots, place):
                    n_live = _release(live, n_live, place)


@kernel
def _rests(orders, slots, place):
    order = orders[slots[place]]
    return order.agent == place and order.size > 0


@kernel
def _price(stream, m, message, width):
    centre = np.int64(m.ladder >> 1)
    distance = 1 + np.int64(width * uniform(stream) ** 2)
    bid = np.int64(m.best_bid) if m.best_bid >= 0 else centre - 1
    ask = np.int64(m.best_ask) if m.best_ask < m.ladder else centre + 1
    # A wandering price would leave the ladder: beyond 200 ticks the flow leans back.
    if message.side == BUY and ask > centre + 200:
        message.side = SELL
    elif message.side == SELL and bid < centre - 200:
        message.side = BUY
    price = ask - distance if message.side == BUY else bid + distance
    return min(max(price, np.int64(1)), np.int64(m.ladder) - 2)


@kernel
def _release(live, n_live, place):
    """Move a place from the ones in use to the free ones; returns how many are in use."""
    last = n_live - 1
    at, other = live[place, 1], live[last, 0]
    live[at, 0] = other
    live[other, 1] = at
    live[last, 0] = place
    live[place, 1] = last
    return last
