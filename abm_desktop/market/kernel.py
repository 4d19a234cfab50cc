"""The event loop: takes the earliest event, lets one trader speak, and carries its intents out.

Four clocks feed it: the agenda of timed events, the agenda of the activity clock, the tenth-of-a-
second tick, and the sampler. What comes first happens first; nothing depends on how many calls the
simulated time is cut into.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.market import activity, phases, turns
from abm_desktop.market import stress as stress_events
from abm_desktop.market.agenda import pop
from abm_desktop.market.auction import uncross
from abm_desktop.market.book import depth, top_levels
from abm_desktop.market.compiled import kernel, row
from abm_desktop.market.execution import (
    EXPIRED_TAG,
    SEQ_BITS,
    SEQ_MASK,
    cancel_everything_of,
    excite_by_trades,
    execute,
    next_ready_stop,
    settle,
    trigger_stops,
)
from abm_desktop.market.intents import ask_cancel, nanoseconds
from abm_desktop.market.random import exponential, uniform
from abm_desktop.market.recorded_flow import replay_message
from abm_desktop.market.roles.numbers import DIRECTIONAL
from abm_desktop.market.scheduling import (
    arrive,
    message_delay,
    schedule,
    send_later,
)
from abm_desktop.market.stale import sweep
from abm_desktop.market.state import (
    AI_HALT,
    ARRIVE,
    BUY,
    CLEARING,
    DONE,
    EVENTS_DONE,
    EXECUTING,
    EXPIRE,
    KILL_SWITCH,
    KIND_SHIFT,
    MOST_AT_ONCE,
    N_CLASSES,
    NEED_ACTION,
    NOTHING,
    PAYLOAD_MASK,
    PHASE_END,
    REACT,
    RECORDED_MESSAGE,
    REPLAYING,
    RL,
    SELL,
    STRESS_END,
    STRESS_STEP,
    STUCK,
    TAPE_FULL,
    UNCROSSING,
    WAKE,
)
from abm_desktop.market.traders import rl, rl_roles


@kernel
def _alert_makers(m, p, agents, heap, certain):
    """Makers (of the default mix) notice a change of the mid, each with a chance and delay."""
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
def _sample(m, levels, bits, classes, samples, class_samples):
    row = samples[m.samples_n]
    row.time = m.next_sample
    row.best_bid = m.best_bid
    row.best_ask = m.best_ask
    row.last_price = m.last_price
    row.bid_volume = levels[BUY, m.best_bid - m.origin].volume if m.best_bid >= 0 else 0
    row.ask_volume = levels[SELL, m.best_ask - m.origin].volume if m.best_ask < m.ladder else 0
    row.bid_depth = depth(m, levels, bits, BUY, 5)
    row.ask_depth = depth(m, levels, bits, SELL, 5)
    row.resting = m.resting
    row.phase = m.phase
    row.blocked = m.blocked_traders
    row.mid = m.mid
    row.value = m.value if m.recorded_n == 0 else np.nan
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
def _look_at_quotes(m, p, agents, heap):
    """Follow the touch, if the book is not crossed by an auction; makers follow it too."""
    if m.best_bid >= 0 and m.best_ask < m.ladder and m.best_bid < m.best_ask:
        quoted = m.best_bid + m.best_ask
        m.touch_bid = m.best_bid
        m.touch_ask = m.best_ask
        m.mid = 0.5 * quoted
        if quoted != m.quoted_mid2:
            m.quoted_mid2 = quoted
            _alert_makers(m, p, agents, heap, False)


@kernel
def _after_trades(m, p, agents, heap, pool, stops):
    excite_by_trades(m, p)
    _look_at_quotes(m, p, agents, heap)
    activity.set_pace(m, p)
    if m.buy_stops_n + m.sell_stops_n > 0:
        trigger_stops(m, pool, stops, heap)


@kernel
def _clear_blocked(m, orders, icebergs, levels, bits, classes, agents, messages):
    """Cancel what the traders had in the book that a rule has just stopped.

    Returns False if the messages must be drained first: called again, it goes on.
    """
    for agent in range(m.n_agents):
        blocked = agents[agent].blocked == 1
        if blocked or (m.ai_to_clear != 0 and agents[agent].kind == RL):
            why = KILL_SWITCH if blocked else AI_HALT
            if not cancel_everything_of(
                m, orders, icebergs, levels, bits, classes, agents, messages, agent, why
            ):
                return False
            if blocked:
                agents[agent].blocked = 2
    m.ai_to_clear = 0
    m.to_clear = 0
    return True


@kernel
def _auction(markets, k):
    """Uncross the book at the end of a call phase, book the fills, and reopen.

    Returns False if the tape must be drained first: called again, it goes on.
    """
    m = markets.market[k]
    rules = markets.rules[k]
    trades = markets.trades[k]
    pro_rata = m.phase_reason == phases.BATCH
    done = False
    while not done:
        first = np.int64(m.trades_n)
        done = uncross(
            m,
            markets.orders[k],
            markets.levels[k],
            markets.bits[k],
            markets.icebergs[k],
            trades,
            markets.messages[k],
            markets.auction[k, 0],
            markets.auction[k, 1],
            m.mid,
            pro_rata,
        )
        for n in range(first, m.trades_n):
            settle(m, rules, trades[n], markets.agents[k], markets.classes[k])
        if m.record_trades == 0:
            m.trades_n = 0
        elif not done:
            return False
        if not done and m.record_messages != 0:
            return False
    if m.auction_price >= 0:
        m.excitements += 1
    phases.reopen(m, rules, markets.heap[k], markets.phases[k], markets.tick_ring[k])
    return True


@kernel
def advance(markets, k, until, max_events):
    """Run market ``k`` to the time ``until`` (ns, inclusive) or for ``max_events`` events.

    Returns DONE at ``until``; EVENTS_DONE after ``max_events`` traders' events (0 = no limit, -1 =
    none but the one that a full buffer interrupted; ``m.steps`` counts them); TAPE_FULL when a
    buffer must be drained first, or another price level be kept (``wanted`` of the market is not 0:
    see :mod:`.kept_levels`), wherever the event stands; NEED_ACTION when an external trader
    waits (set ``action`` of the market and call again); STUCK if time hardly moves (see
    :mod:`.standstill`). Intents found waiting at the call are commands from outside, carried out
    first. Once ``bell`` is set, by another thread, it returns DONE where it is: as if ``until`` had
    been the time of what happened last. Every return leaves a state that continues bit-identically.
    """
    m = markets.market[k]
    p = markets.params[k]
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
    activity_heap = markets.activity_heap[k]
    momentum_bins = markets.momentum[k]
    ring = markets.ring[k]
    memory = markets.memory[k]
    roles = markets.roles[k]
    tick_ring = markets.tick_ring[k]
    trade_ring = markets.trade_ring[k]
    phase_rows = markets.phases[k]
    stresses = markets.stresses[k]
    stress_memory = markets.stress_memory[k]
    weights = markets.weights[k]
    networks = markets.networks[k]
    scratch = markets.scratch[k]
    intents = markets.intents[k]
    trades = markets.trades[k]
    messages = markets.messages[k]
    samples = markets.samples[k]
    class_samples = markets.class_samples[k]
    bell = markets.bell[k]

    done_events = 0
    constants = activity.tick_constants(p)
    # Samples do not move the clock, and the last may be later than all else.
    reached = max(m.now, m.next_sample - m.sample_interval)
    while True:
        may_wait = True
        fresh = m.unfinished == NOTHING
        if not fresh:
            may_wait = False
        elif m.awaiting >= 0:
            agent = m.awaiting
            m.awaiting = -1
            rl.act(m, rules, agents[agent], intents, agent, m.action)
        elif m.intents_n > 0:
            may_wait = False
        else:
            if m.samples_n >= samples.shape[0]:
                return TAPE_FULL
            if max_events != 0 and done_events >= max_events:
                return EVENTS_DONE
            next_timed = heap[0, 0] if m.heap_n > 0 else np.int64(1) << 62
            next_active = (
                activity.time_of(m, activity_heap[0, 0]) if m.activity_n > 0 else np.int64(1) << 62
            )
            time = min(min(next_timed, next_active), min(m.next_tick, m.next_sample))
            if time > until:
                m.now = max(m.now, until)
                return DONE
            if bell[0] != 0 and time > reached:
                m.now = max(m.now, reached)
                return DONE
            reached = time
            if m.next_tick == time:
                m.now = max(m.now, time)
                m.woken_at_tick = m.woken
                sweep(m, heap, orders)
                activity.tick(m, p, constants, momentum_bins, ring)
                phases.on_tick(m, p, rules, heap, phase_rows, tick_ring, trade_ring)
                m.next_tick += activity.TICK
                if m.to_clear != 0:
                    m.unfinished = CLEARING
                continue
            if m.next_sample == time:
                _sample(m, levels, bits, classes, samples, class_samples)
                m.next_sample += m.sample_interval
                continue
            if m.woken - m.woken_at_tick >= MOST_AT_ONCE:
                m.woken_at_tick = m.woken
                m.stuck = 1 if next_timed == time else 2
                return STUCK
            m.woken += 1
            m.now = max(m.now, time)
            if next_timed == time:
                payload = heap[0, 1]
                pop(heap, m.heap_n)
                m.heap_n -= 1
                kind = payload >> KIND_SHIFT
                argument = payload & PAYLOAD_MASK
                if kind == EXPIRE:
                    slot = argument >> SEQ_BITS
                    seq = argument & SEQ_MASK
                    order = orders[row(slot)]
                    if order.seq != seq or order.size == 0:
                        continue
                    ask_cancel(m, intents, order.agent, (slot << 32) | seq, EXPIRED_TAG)
                    may_wait = False
                elif kind == ARRIVE:
                    if argument == pool.shape[0]:
                        argument = next_ready_stop(m, pool)
                    left = arrive(m, pool, orders, handles, intents, argument)
                    if left >= 0:
                        schedule(m, heap, m.now, ARRIVE, left)
                    may_wait = False
                elif kind == PHASE_END:
                    if phases.end_phase(m, rules, heap, phase_rows, argument):
                        m.unfinished = UNCROSSING
                elif kind == RECORDED_MESSAGE:
                    m.unfinished = REPLAYING
                elif kind == STRESS_STEP:
                    s = stresses[argument]
                    if s.on == 0:
                        if m.now >= s.end:
                            continue
                        stress_events.begin(
                            m, p, stresses, stress_memory[argument], agents, argument
                        )
                        schedule(m, heap, s.end, STRESS_END, argument)
                        _alert_makers(m, p, agents, heap, True)
                    again = stress_events.step(
                        m,
                        p,
                        rules,
                        stresses,
                        stress_memory[argument],
                        argument,
                        agents,
                        orders,
                        pool,
                        levels,
                        bits,
                        handles,
                        intents,
                    )
                    if again > 0:
                        schedule(m, heap, again, STRESS_STEP, argument)
                elif kind == STRESS_END:
                    again = stress_events.end(
                        m, p, stresses, argument, agents, orders, pool, handles, intents
                    )
                    if again > 0:
                        schedule(m, heap, again, STRESS_END, argument)
                    _alert_makers(m, p, agents, heap, True)
                else:
                    agent = argument
                    a = agents[row(agent)]
                    if a.kind == RL:
                        schedule(m, heap, m.now + nanoseconds(rl.next_step(a)), WAKE, agent)
                        if a.external != 0:
                            m.awaiting = agent
                            return NEED_ACTION
                        if a.role == DIRECTIONAL:
                            action = rl.decide(m, a, levels, bits, ring, networks, weights, scratch)
                            rl.act(m, rules, a, intents, agent, action)
                        else:
                            rl_roles.wake(
                                m,
                                rules,
                                a,
                                roles[a.memory],
                                levels,
                                bits,
                                ring,
                                orders,
                                handles,
                                networks,
                                weights,
                                scratch,
                                intents,
                                agent,
                            )
                    else:
                        turns.on_time(
                            m,
                            p,
                            rules,
                            a,
                            agent,
                            agents,
                            orders,
                            levels,
                            momentum_bins,
                            ring,
                            memory,
                            handles,
                            heap,
                            activity_heap,
                            stresses,
                            intents,
                            kind,
                        )
            else:
                agent = activity_heap[0, 1]
                pop(activity_heap, m.activity_n)
                m.activity_n -= 1
                turns.wake(
                    m,
                    p,
                    rules,
                    agents[row(agent)],
                    agent,
                    agents,
                    orders,
                    levels,
                    momentum_bins,
                    ring,
                    memory,
                    handles,
                    heap,
                    activity_heap,
                    stresses,
                    intents,
                )
        if fresh:
            done_events += 1
            m.steps += 1
            if m.unfinished == NOTHING:
                if m.intents_n == 0:
                    continue
                if may_wait:
                    a = agents[row(intents[0].agent)]
                    if a.latency > 0 or m.capacity > 0.0 or m.fast_scale > 0.0:
                        delay = message_delay(m, a)
                        if delay > 0:
                            send_later(m, pool, heap, intents, delay)
                            continue
                m.unfinished = EXECUTING
        # From here on an event goes on where a full buffer interrupted it.
        if m.unfinished == EXECUTING:
            if not execute(
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
                phase_rows,
                intents,
                trades,
                messages,
            ):
                return TAPE_FULL
        elif m.unfinished == UNCROSSING:
            if not _auction(markets, k):
                return TAPE_FULL
            m.traded = 1
        elif m.unfinished == REPLAYING:
            if not replay_message(
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
                phase_rows,
                markets.recording[0],
                markets.recorded[k],
                trades,
                messages,
            ):
                return TAPE_FULL
        m.unfinished = CLEARING
        if m.to_clear > 0 and not _clear_blocked(
            m, orders, icebergs, levels, bits, classes, agents, messages
        ):
            return TAPE_FULL
        m.unfinished = NOTHING
        if m.traded != 0:
            m.traded = 0
            _after_trades(m, p, agents, heap, pool, stops)
        else:
            _look_at_quotes(m, p, agents, heap)


@kernel
def read_levels(markets, k, side, out):
    """Best levels of one side of market ``k`` into ``out``, see :func:`top_levels`."""
    return top_levels(
        markets.market[k], markets.orders[k], markets.levels[k], markets.bits[k], side, out
    )
