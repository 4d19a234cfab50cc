"""The event loop: takes the earliest event, lets one trader speak, and carries its intents out.

Four clocks feed it: the agenda of timed events, the agenda of the activity clock, the tenth-of-a-
second tick, and the sampler. What comes first happens first; nothing depends on how many calls the
simulated time is cut into.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market import activity
from abm_desktop.market import stress as stress_events
from abm_desktop.market.agenda import pop, push
from abm_desktop.market.book import depth, match, rest, unlink
from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import ask_cancel, nanoseconds
from abm_desktop.market.random import exponential, uniform
from abm_desktop.market.state import (
    ADDED,
    BUY,
    CANCEL,
    CANCELLED,
    DONE,
    EVENTS_DONE,
    EXPIRE,
    EXPIRED,
    FLASH_CRASH,
    FUNDAMENTAL,
    IMMEDIATE,
    INSTITUTION,
    KIND_SHIFT,
    MARKET_MAKER,
    MOMENTUM,
    N_CLASSES,
    NEED_ACTION,
    NOISE,
    PAYLOAD_MASK,
    POST_ONLY,
    REACT,
    RL,
    SELL,
    STRESS_END,
    STRESS_STEP,
    TAPE_FULL,
    TRADED,
    WAKE,
)
from abm_desktop.market.traders import (
    fundamental,
    institution,
    market_maker,
    momentum,
    noise,
    rl,
)

_EXPIRED_TAG = -2
_SEQ_BITS = 31
_SEQ_MASK = (1 << _SEQ_BITS) - 1


@kernel
def schedule(m, heap, time, kind, argument):
    """Put a timed event on the agenda; a full agenda is counted, and the event is lost."""
    if m.heap_n >= heap.shape[0]:
        m.refused_agenda += 1
        return
    push(heap, m.heap_n, time, (np.int64(kind) << KIND_SHIFT) | np.int64(argument))
    m.heap_n += 1


@kernel
def schedule_activity(m, activity_heap, agent, wait):
    """Wake a trader after ``wait`` seconds on the activity clock."""
    push(activity_heap, m.activity_n, activity.activity_now(m) + nanoseconds(wait), agent)
    m.activity_n += 1


@kernel
def _note(m, messages, kind, side, price, size, agent, order):
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
def _settle(m, trade, agents, classes, messages):
    """Book one fill: cash, inventory and volumes of both sides."""
    taker, maker = agents[trade.taker], agents[trade.maker]
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
    m.last_price = trade.price
    side = BUY if trade.side > 0 else SELL
    _note(m, messages, TRADED, side, trade.price, trade.size, trade.taker, trade.maker_order)


@kernel
def _execute(m, p, orders, levels, bits, agents, classes, handles, heap, intents, trades, messages):
    """Carry out this event's intents in the order they were asked."""
    m_trades = m.trades
    for k in range(m.intents_n):
        intent = intents[k]
        agent = intent.agent
        if intent.kind == CANCEL:
            if intent.tag >= 0:
                handles[intent.tag] = -1
            slot = np.int64(intent.slot)
            order = orders[slot]
            if order.seq == intent.seq and order.size > 0:
                kind = EXPIRED if intent.tag == _EXPIRED_TAG else CANCELLED
                _note(
                    m, messages, kind, order.side, order.price, order.size, order.agent, order.seq
                )
                unlink(m, orders, levels, bits, slot)
                m.messages += 1
                classes[agents[order.agent].kind].messages += 1
            continue
        side = np.int64(intent.side)
        price = np.int64(intent.price)
        if intent.kind == POST_ONLY:
            # Slide rather than refuse: a maker that reads a stale book still quotes.
            if side == BUY:
                price = min(price, np.int64(m.best_ask) - 1)
            else:
                price = max(price, np.int64(m.best_bid) + 1)
        if price < 1 or price > m.ladder - 2:
            m.refused_ladder += 1
            continue
        first = np.int64(m.trades_n)
        remaining = match(m, orders, levels, bits, trades, side, price, intent.size, agent)
        for n in range(first, m.trades_n):
            _settle(m, trades[n], agents, classes, messages)
        if m.trades_n > first:
            # One aggressive order is one trade, however many resting orders it fills.
            activity.excite(m, p)
        if remaining > 0 and intent.kind != IMMEDIATE:
            slot = rest(m, orders, levels, bits, side, price, remaining, agent)
            if slot < 0:
                m.refused_pool += 1
                continue
            seq = np.int64(orders[slot].seq)
            m.messages += 1
            classes[agents[agent].kind].messages += 1
            _note(m, messages, ADDED, side, price, remaining, agent, seq)
            if intent.life > 0:
                schedule(m, heap, m.now + intent.life, EXPIRE, (slot << _SEQ_BITS) | seq)
            if intent.tag >= 0:
                handles[intent.tag] = (slot << 32) | seq
        if m.record_trades == 0:
            m.trades_n = 0
    m.intents_n = 0
    return m.trades != m_trades


@kernel
def _alert_makers(m, p, agents, heap, certain):
    """Makers notice a change of the mid, each with its own chance and delay."""
    gap = nanoseconds(p.maker_min_gap)
    for k in range(m.n_makers):
        agent = m.first_maker + k
        a = agents[agent]
        if certain:
            schedule(m, heap, m.now, REACT, agent)
        elif a.active == 0 and uniform(a) < p.maker_react_probability:
            a.active = 1
            delay = nanoseconds(p.maker_react_delay * exponential(a))
            schedule(m, heap, max(m.now + delay, a.last_refresh + gap), REACT, agent)


@kernel
def _wake_on_activity(m, p, agent, agents, levels, momentum_bins, activity_heap, heap, intents):
    """A Poisson trader's turn, and its next one."""
    a = agents[agent]
    again = True
    if a.kind == NOISE:
        noise.wake(m, p, a, levels, intents, agent)
    elif a.kind == FUNDAMENTAL:
        fundamental.wake(m, p, a, levels, intents, agent)
    elif a.kind == MOMENTUM:
        momentum.wake(m, p, a, levels, momentum_bins, intents, agent)
    else:
        institution.wake(m, p, a, levels, intents, agent)
        if a.active == 0:
            again = False
            wait = nanoseconds(institution.rest_time(p, a))
            schedule(m, heap, m.now + wait, WAKE, agent)
    if again:
        schedule_activity(m, activity_heap, agent, exponential(a) / a.rate)


@kernel
def _sample(m, levels, bits, classes, samples, class_samples):
    row = samples[m.samples_n]
    row.time = m.next_sample
    row.best_bid = m.best_bid
    row.best_ask = m.best_ask
    row.last_price = m.last_price
    row.bid_volume = levels[BUY, m.best_bid].volume if m.best_bid >= 0 else 0
    row.ask_volume = levels[SELL, m.best_ask].volume if m.best_ask < m.ladder else 0
    row.bid_depth = depth(m, levels, bits, BUY, 5)
    row.ask_depth = depth(m, levels, bits, SELL, 5)
    row.resting = m.resting
    row.mid = m.mid
    row.value = m.value
    row.sigma = m.sigma
    row.activity = m.activity
    row.volume = m.volume
    row.trades = m.trades
    row.messages = m.messages
    for c in range(N_CLASSES):
        class_samples[m.samples_n, c, 0] = classes[c].inventory
        class_samples[m.samples_n, c, 1] = classes[c].cash
    m.samples_n += 1


@kernel
def advance(markets, k, until, max_events):
    """Run market ``k`` to the time ``until`` (ns, inclusive) or for ``max_events`` events.

    Returns DONE at ``until``; EVENTS_DONE after ``max_events`` traders' events (0 = no limit);
    TAPE_FULL when a buffer must be drained first; NEED_ACTION when an external trader waits
    (set ``action`` of the market and call again). Intents found waiting at the call are commands
    from outside, carried out first. Every return leaves a state that continues bit-identically.
    """
    m = markets.market[k]
    p = markets.params[k]
    orders = markets.orders[k]
    levels = markets.levels[k]
    bits = markets.bits[k]
    agents = markets.agents[k]
    classes = markets.classes[k]
    handles = markets.handles[k]
    heap = markets.heap[k]
    activity_heap = markets.activity_heap[k]
    momentum_bins = markets.momentum[k]
    ring = markets.ring[k]
    stresses = markets.stresses[k]
    weights = markets.weights[k]
    networks = markets.networks[k]
    scratch = markets.scratch[k]
    intents = markets.intents[k]
    trades = markets.trades[k]
    messages = markets.messages[k]
    samples = markets.samples[k]
    class_samples = markets.class_samples[k]

    done_events = 0
    while True:
        if m.awaiting >= 0:
            agent = m.awaiting
            m.awaiting = -1
            rl.act(m, p, agents[agent], intents, agent, m.action)
        elif m.intents_n == 0:
            # One event trades at most what rests, and cancels and adds at most its intents.
            slack = m.resting + 2 * intents.shape[0]
            if m.record_trades != 0 and m.trades_n + slack > trades.shape[0]:
                return TAPE_FULL
            if m.record_messages != 0 and m.messages_n + slack > messages.shape[0]:
                return TAPE_FULL
            if m.samples_n >= samples.shape[0]:
                return TAPE_FULL
            if max_events > 0 and done_events >= max_events:
                return EVENTS_DONE
            next_timed = heap[0, 0] if m.heap_n > 0 else np.int64(1) << 62
            next_active = (
                activity.time_of(m, activity_heap[0, 0]) if m.activity_n > 0 else np.int64(1) << 62
            )
            time = min(min(next_timed, next_active), min(m.next_tick, m.next_sample))
            if time > until:
                m.now = max(m.now, until)
                return DONE
            if m.next_tick == time:
                m.now = time
                activity.tick(m, p, momentum_bins, ring)
                m.next_tick += activity.TICK
                continue
            if m.next_sample == time:
                _sample(m, levels, bits, classes, samples, class_samples)
                m.next_sample += m.sample_interval
                continue
            m.now = time
            if next_timed == time:
                payload = heap[0, 1]
                pop(heap, m.heap_n)
                m.heap_n -= 1
                kind = payload >> KIND_SHIFT
                argument = payload & PAYLOAD_MASK
                if kind == EXPIRE:
                    slot = argument >> _SEQ_BITS
                    seq = argument & _SEQ_MASK
                    if orders[slot].seq != seq or orders[slot].size == 0:
                        continue
                    ask_cancel(m, intents, orders[slot].agent, (slot << 32) | seq, _EXPIRED_TAG)
                elif kind == STRESS_STEP:
                    s = stresses[argument]
                    if s.on == 0:
                        if m.now >= s.end:
                            continue
                        stress_events.begin(m, p, stresses, agents, argument)
                        schedule(m, heap, s.end, STRESS_END, argument)
                        _alert_makers(m, p, agents, heap, True)
                    if s.kind == FLASH_CRASH:
                        stress_events.sell_step(m, p, s, agents[s.agent], levels, bits, intents)
                        schedule(m, heap, m.now + nanoseconds(1.0), STRESS_STEP, argument)
                elif kind == STRESS_END:
                    stress_events.end(m, p, stresses, argument)
                    _alert_makers(m, p, agents, heap, True)
                else:
                    agent = argument
                    a = agents[agent]
                    if a.kind == MARKET_MAKER:
                        if kind == WAKE:
                            wait = nanoseconds(market_maker.next_refresh(p, a))
                            schedule(m, heap, m.now + wait, WAKE, agent)
                        else:
                            a.active = 0
                        market_maker.refresh(m, p, a, levels, handles, intents, agent)
                    elif a.kind == INSTITUTION:
                        institution.start_parent(p, a)
                        schedule_activity(m, activity_heap, agent, exponential(a) / a.rate)
                    elif a.kind == RL:
                        schedule(m, heap, m.now + nanoseconds(rl.next_step(a)), WAKE, agent)
                        if a.external != 0:
                            m.awaiting = agent
                            return NEED_ACTION
                        action = rl.decide(m, a, levels, bits, ring, networks, weights, scratch)
                        rl.act(m, p, a, intents, agent, action)
            else:
                agent = activity_heap[0, 1]
                pop(activity_heap, m.activity_n)
                m.activity_n -= 1
                _wake_on_activity(
                    m, p, agent, agents, levels, momentum_bins, activity_heap, heap, intents
                )
        done_events += 1
        if m.intents_n == 0:
            continue
        traded = _execute(
            m, p, orders, levels, bits, agents, classes, handles, heap, intents, trades, messages
        )
        if m.best_bid >= 0 and m.best_ask < m.ladder:
            quoted = m.best_bid + m.best_ask
            m.mid = 0.5 * quoted
            if quoted != m.quoted_mid2:
                m.quoted_mid2 = quoted
                _alert_makers(m, p, agents, heap, False)
        if traded:
            activity.set_pace(m, p)
