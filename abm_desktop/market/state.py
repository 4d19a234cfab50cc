"""What a market is made of: record types, and the numbers that stand for kinds of things.

Prices are integer ticks from 0, sizes integer lots, cash integer tick-lots, simulated time integer
nanoseconds since the start of the warm-up.
"""

from __future__ import annotations

import numpy as np

from abm_desktop.scenario.population import SECTIONS, class_of
from abm_desktop.scenario.stress import STRESS_TYPES

_KNOWN_CLASSES = (
    "noise",
    "market_maker",
    "fundamental",
    "momentum",
    "institution",
    "rl",
    "stress",
    "human",
)
SIMULATED_CLASSES: tuple[str, ...] = tuple(
    dict.fromkeys((*_KNOWN_CLASSES, *(class_of(section) for section in SECTIONS)))
)
"""Names of the classes of those who trade in simulated markets."""
TRADER_CLASSES: tuple[str, ...] = (*SIMULATED_CLASSES, "recorded")
"""Names of the trader classes, in the order of every per-class array; the last are the traders of a
recorded day, who are one account.

The number of a class is part of the random streams of its traders: new ones come last."""
NOISE, MARKET_MAKER, FUNDAMENTAL, MOMENTUM, INSTITUTION, RL, STRESS, HUMAN = range(8)
N_CLASSES = len(TRADER_CLASSES)
RECORDED = N_CLASSES - 1

BUY, SELL = 0, 1
"""Sides; the aggressor sign on the tape is +1 for BUY and -1 for SELL."""

N_FEATURES = 13
DEFAULT_RULE = 0
"""What the first section of the population that is booked under a class follows; see sections."""
MEMORY = 64
"""Numbers a trader can remember (crossover momentum: 50 mids, and where it is)."""
RING = 512
"""Seconds of history kept for the features; the longest look-back is 300 s."""
MOMENTUM_BINS = 16
"""Momentum horizons are rounded to this many log-spaced values, so the cost per second is flat."""
STRESS_SLOTS = 32
TICK_RING = 1024
"""Tenths of a second of trade prices kept for the price limits; the longest window is 102 s."""
PHASE_ROWS = 64
NETWORK_SLOTS = 16
MAX_WIDTH = 512
"""Widest layer of a policy network that trades inside the kernel."""

# Kinds of intents (what a trader asks of the book).
# If it would trade at once, SLIDE moves to a price where it does not; POST_ONLY is refused.
# A STOP that is set off is an IMMEDIATE order, a STOP_LIMIT a LIMIT order.
LIMIT, SLIDE, POST_ONLY, IMMEDIATE, FILL_OR_KILL, STOP, CANCEL, MODIFY, STOP_LIMIT = range(9)
# What became of an intent. REFUSALS has the reasons in words.
(
    ACCEPTED,
    OFF_LADDER,
    POOL_FULL,
    WOULD_TRADE,
    NOT_FILLABLE,
    UNKNOWN_ORDER,
    NOT_TRADING,
    CLOSED,
    TOO_YOUNG,
    THROTTLED,
    BLOCKED,
    QUOTE_STANDS,
    BAD_SIZE,
    AI_HALTED,
    WAITS_ALREADY,
) = range(15)
REFUSALS = (
    "",
    "the price is off the ladder",
    "the book or its pool of stops and icebergs is full",
    "a post-only order would trade at once",
    "a fill-or-kill order cannot be filled completely",
    "there is no such order (any more)",
    "a fill-or-kill order needs continuous trading",
    "the market is closed",
    "the order must rest longer before it can be cancelled",
    "too many messages for the trades made (order-to-trade cap)",
    "the kill switch has blocked this trader",
    "the quote to be replaced may not be cancelled yet",
    "the size is not 1 to 2,147,483,647 lots",
    "RL traders are halted",
    "a market order of this trader waits for the auction already",
)
MOST_LOTS = (1 << 31) - 1
"""Lots of one order that may rest. A level, a side and a trader may hold more."""
# Self-trade prevention.
OFF, CANCEL_RESTING, CANCEL_INCOMING = range(3)
# Phases of the market. Trading goes on in the first two.
CONTINUOUS, LIMIT_STATE, AUCTION, HALTED, SHUT = range(5)
PHASES = ("continuous", "limit", "auction", "halted", "closed")
# Kinds of messages on the tape: each acts on one resting order, as docs/book.md says.
ADDED, CANCELLED, EXPIRED, TRADED, REDUCED = range(5)
MESSAGE_KINDS = ("add", "cancel", "expire", "trade", "reduce")
# Why a message was written, if not because somebody asked for just that.
(
    ASKED,
    FIRST_BOOK,
    ICEBERG_PART,
    REPLACED,
    SELF_TRADE,
    KILL_SWITCH,
    CALL_AUCTION,
    OUT_OF_SIGHT,
    AI_HALT,
) = range(9)
MESSAGE_CAUSES = (
    "",
    "first book",
    "iceberg",
    "replace",
    "self-trade",
    "kill switch",
    "auction",
    "out of sight",
    "AI halt",
)
# What an event still has to do when a full buffer interrupts it.
NOTHING, UNCROSSING, EXECUTING, CLEARING, REPLAYING = range(5)
# Kinds of events in the agendas; the payload is kind << 56 | argument.
WAKE, REACT, EXPIRE, STRESS_STEP, STRESS_END, ARRIVE, PHASE_END, RECORDED_MESSAGE = range(8)
KIND_SHIFT = 56
PAYLOAD_MASK = (1 << KIND_SHIFT) - 1
SLOT_BITS = 24
"""An expiry names its order by slot and sequence number, packed into one payload."""

STRESS_KINDS = tuple(STRESS_TYPES)
"""Names of the kinds of stress, in the order of their models; the kernel knows them by number."""
STRESS_PARAMETERS = 10
STRESS_HANDLES = 16
"""Orders that one stress event can keep in the book by name."""
STRESS_MEMORY = 160
"""Numbers that one stress event can keep, for the funds of a deleveraging."""

ACTING, RUNNING_OFF = 1, 2
"""Whether a stress event is on: it acts, or only what it caused runs off."""

# Why an advance returned.
DONE, TAPE_FULL, NEED_ACTION, EVENTS_DONE, STUCK = range(5)
MOST_AT_ONCE = 1_000_000
"""Events between two ticks of the clock (0.1 s), beyond which time is said to stand still."""

MARKET = np.dtype(
    [
        ("now", "i8"),
        ("best_bid", "i4"),
        ("best_ask", "i4"),
        ("last_price", "i4"),
        # Price levels from 0 up, which of them are kept (see book), and the price that needs more.
        ("ladder", "i4"),
        ("origin", "i4"),
        ("window", "i4"),
        ("wanted", "i4"),
        ("free_head", "i4"),
        ("used_slots", "i4"),
        ("resting", "i4"),
        ("next_seq", "i4"),
        ("n_agents", "i4"),
        ("n_makers", "i4"),
        ("first_maker", "i4"),
        ("heap_n", "i4"),
        ("activity_n", "i4"),
        ("intents_n", "i4"),
        # If an event goes on that a full buffer interrupted (NOTHING: between two events).
        ("unfinished", "i4"),
        ("intent_at", "i4"),
        ("intent_begun", "i4"),
        ("traded", "i4"),
        ("uncrossing", "i4"),
        ("auction_price", "i4"),
        ("auction_buyer", "i4"),
        ("auction_seller", "i4"),
        ("steps", "i8"),
        ("iceberg_free", "i4"),
        ("iceberg_used", "i4"),
        ("pool_free", "i4"),
        ("pool_used", "i4"),
        ("buy_stops_n", "i4"),
        ("sell_stops_n", "i4"),
        ("ready_head", "i4"),
        ("ready_tail", "i4"),
        ("self_trade", "i4"),
        ("phase", "i4"),
        ("phase_number", "i4"),
        ("phase_reason", "i4"),
        ("phases_n", "i4"),
        ("rules_on", "i4"),
        ("to_clear", "i4"),
        ("blocked_traders", "i4"),
        # How often RL traders were halted, whether their orders are still to be cancelled, and
        # until when they may not trade.
        ("ai_halts", "i4"),
        ("ai_to_clear", "i4"),
        ("ai_halt_end", "i8"),
        ("excitements", "i4"),
        # Bought less sold market orders among them, if they tell of the value, and the side of
        # those of late, on average: in the last few and in the last twenty.
        ("excited_side", "i4"),
        ("told_by_undirected", "i4"),
        ("flow_fast", "f8"),
        ("flow_slow", "f8"),
        ("breaker_level", "i4"),
        ("bound_low", "i4"),
        ("bound_high", "i4"),
        ("bound_low_reason", "i4"),
        ("bound_high_reason", "i4"),
        ("touch_bid", "i4"),
        ("touch_ask", "i4"),
        ("phase_end", "i8"),
        ("luld_updated", "i8"),
        ("luld_reference", "f8"),
        ("open_price", "f8"),
        ("tick_low", "f8"),
        ("tick_high", "f8"),
        ("second_sum", "f8"),
        ("second_count", "f8"),
        ("window_sum", "f8"),
        ("window_count", "f8"),
        ("quoted_mid2", "i4"),
        # Events so far and at the last tick, and whether time stands still: 1 by the agenda, 2 by
        # the activity clock.
        ("woken", "i8"),
        ("woken_at_tick", "i8"),
        ("stuck", "i4"),
        # Counters of what happened, and of what was refused (nothing is dropped in silence).
        ("messages", "i8"),
        ("trades", "i8"),
        ("volume", "i8"),
        ("signed_volume", "i8"),
        ("refused_pool", "i8"),
        ("refused_ladder", "i8"),
        ("refused_agenda", "i8"),
        ("refused_rule", "i8"),
        ("refused_size", "i8"),
        ("prevented", "i8"),
        ("fees", "i8"),
        ("fee_fraction", "f8"),
        # Buffers that Python drains.
        ("trades_n", "i4"),
        ("messages_n", "i4"),
        ("samples_n", "i4"),
        ("record_messages", "i4"),
        ("record_trades", "i4"),
        # Clocks.
        ("next_tick", "i8"),
        ("next_sample", "i8"),
        ("sample_interval", "i8"),
        ("ticks", "i8"),
        ("second", "i8"),
        ("anchor_time", "i8"),
        ("anchor_activity", "i8"),
        ("activity", "f8"),
        ("noise_factor", "f8"),
        # Activity feedback.
        ("excitation_0", "f8"),
        ("excitation_1", "f8"),
        ("excitation_2", "f8"),
        ("shock_ratio", "f8"),
        # Time of day, and how turbulent it is; 1 is usual.
        ("day_factor", "f8"),
        ("turbulence", "f8"),
        # The best prices of late; whose resting orders their last move threatens (-1: neither
        # side's), and the second in which the noise traders last took theirs back.
        ("bid_average", "f8"),
        ("ask_average", "f8"),
        ("threatened", "i4"),
        ("withdrawn_at", "i8"),
        # Fundamental value.
        ("log_value", "f8"),
        ("log_volatility", "f8"),
        ("session_log_volatility", "f8"),
        ("value", "f8"),
        ("key", "u8"),
        ("draws", "u8"),
        # Volatility and spread states, updated once a second.
        ("mid", "f8"),
        ("second_mid", "f8"),
        ("sigma2", "f8"),
        ("sigma_long2", "f8"),
        ("sigma", "f8"),
        ("sigma_long", "f8"),
        ("mid_average", "f8"),
        ("spread_average", "f8"),
        # What the active stresses add up to; neutral values are 1 or 0.
        ("buyer_rate", "f8"),
        ("buyer_caution", "f8"),
        ("anchor_scale", "f8"),
        ("value_volatility_scale", "f8"),
        ("maker_sigma_floor", "f8"),
        ("maker_share_out", "f8"),
        ("maker_max_inventory", "f8"),
        ("momentum_max_inventory", "f8"),
        ("informed_share", "f8"),
        ("fast_scale", "f8"),
        ("fast_base", "f8"),
        ("fast_release", "i8"),
        # The external trader (an environment's agent) that waits for an action.
        ("awaiting", "i4"),
        ("action", "i4"),
        # Message delays: a factor on every trader's latency, and the queue at the matching engine.
        ("latency_scale", "f8"),
        ("capacity", "f8"),
        ("engine_free", "i8"),
        # Recorded order flow, if there is any: the next operation, its lots that are done if a full
        # buffer interrupted it, and who owns orders that were filled in the record only.
        ("recorded_n", "i4"),
        ("recorded_at", "i4"),
        ("recorded_done", "i8"),
        ("left_behind_agent", "i4"),
        # How the record and the market differ: orders left behind, cancels of orders that were
        # gone, and lots of aggressors that found nothing.
        ("left_behind", "i4"),
        ("recorded_gone", "i8"),
        ("recorded_unfilled", "i8"),
    ],
    align=True,
)

ORDER = np.dtype(
    [
        ("price", "i4"),
        ("size", "i4"),
        ("prev", "i4"),
        ("next", "i4"),
        ("agent", "i4"),
        ("seq", "i4"),
        ("side", "i4"),
        ("iceberg", "i4"),
    ],
    align=True,
)
"""``iceberg`` is 0, or 1 + the row of ICEBERG that holds the hidden part."""

ICEBERG = np.dtype([("peak", "i4"), ("reserve", "i4"), ("next", "i4")], align=True)

LEVEL = np.dtype([("head", "i4"), ("tail", "i4"), ("volume", "i8")], align=True)
"""``head`` and ``tail`` are -1 if no order rests there. Two orders of the largest size are more
than 32 bits hold, so volumes have 64. Four levels fill a cache line. No record that is compared by
its bytes has gaps, whose content a copy may change."""

AGENT = np.dtype(
    [
        ("key", "u8"),
        ("draws", "u8"),
        ("cash", "i8"),
        ("inventory", "i8"),
        ("kind", "i4"),
        ("rule", "i4"),
        ("index", "i4"),
        ("memory", "i4"),
        ("active", "i4"),
        ("side", "i4"),
        ("remaining", "i4"),
        ("handles", "i4"),
        ("max_inventory", "i4"),
        ("size", "i4"),
        ("policy", "i4"),
        ("greedy", "i4"),
        ("external", "i4"),
        ("last_action", "i4"),
        ("bin", "i4"),
        ("role", "i4"),
        ("last_refresh", "i8"),
        ("latency", "i8"),
        ("latency_spread", "f8"),
        ("blocked", "i4"),
        # Number of the last phase in which a market order of this trader waited for an auction.
        ("waits_in", "i4"),
        ("window_messages", "i4"),
        ("window_trades", "i4"),
        ("decisions", "i4"),
        ("window_start", "i8"),
        ("window_equity", "f8"),
        ("rate", "f8"),
        ("bias", "f8"),
        ("threshold", "f8"),
        ("step", "f8"),
        ("jitter", "f8"),
    ],
    align=True,
)

CLASS_ACCOUNT = np.dtype(
    [
        ("cash", "i8"),
        ("inventory", "i8"),
        ("maker_volume", "i8"),
        ("taker_volume", "i8"),
        ("messages", "i8"),
        ("traders", "i8"),
    ],
    align=True,
)

INTENT = np.dtype(
    [
        ("kind", "i4"),
        ("side", "i4"),
        ("price", "i8"),
        ("size", "i8"),
        ("agent", "i4"),
        ("tag", "i4"),
        ("slot", "i4"),
        ("seq", "i4"),
        ("extra", "i4"),
        ("result", "i4"),
        ("filled", "i8"),
        ("next", "i8"),
        ("life", "i8"),
    ],
    align=True,
)
"""``extra`` is the trigger price of a stop and the shown size of an iceberg LIMIT, else 0;
``result`` and ``filled`` tell what became of it; ``next`` links intents on their way. An order that
does not rest may ask for any size."""

STRESS_EVENT = np.dtype(
    [
        ("kind", "i4"),
        ("on", "i4"),
        ("agent", "i4"),
        ("stage", "i4"),
        ("start", "i8"),
        ("end", "i8"),
        ("magnitude", "f8"),
        *((f"p{k}", "f8") for k in range(STRESS_PARAMETERS)),
        # What it remembers while it acts.
        ("severity", "f8"),
        ("quantity", "f8"),
        ("start_inventory", "i8"),
        ("start_volume", "i8"),
        ("start_mid", "f8"),
        ("last_inventory", "i8"),
        ("last_volume", "i8"),
        ("last_cash", "i8"),
        ("cursor", "i8"),
        ("due", "i8"),
        # A copy of the value process, for those who know what it will do.
        ("key", "u8"),
        ("draws", "u8"),
        ("log_value", "f8"),
        ("log_volatility", "f8"),
        ("session_log_volatility", "f8"),
        ("value", "f8"),
        ("value_volatility_scale", "f8"),
        ("day_factor", "f8"),
    ],
    align=True,
)
"""``on`` is 0 before and after, else ACTING or RUNNING_OFF; the meaning of
``p0`` to ``p9`` is in :data:`stress.PARAMETERS`, by kind."""

PHASE = np.dtype([("time", "i8"), ("phase", "i4"), ("reason", "i4")], align=True)
"""A change of phase; the last PHASE_ROWS are kept."""

TRADE = np.dtype(
    [
        ("time", "i8"),
        ("price", "i4"),
        ("size", "i4"),
        ("side", "i4"),
        ("taker", "i4"),
        ("maker", "i4"),
        ("taker_class", "i4"),
        ("maker_class", "i4"),
        ("maker_order", "i4"),
        ("auction", "i4"),
        ("phase", "i4"),
    ],
    align=True,
)

MESSAGE = np.dtype(
    [
        ("time", "i8"),
        ("kind", "i4"),
        ("side", "i4"),
        ("price", "i4"),
        ("size", "i4"),
        ("agent", "i4"),
        ("order", "i4"),
        ("aggressor", "i4"),
        ("cause", "i4"),
    ],
    align=True,
)
"""One change of one resting order. ``side`` (+1 buy, -1 sell), ``price``, ``agent`` and ``order``
are the resting order's own in every row; ``size`` is the lots that come to what is shown (add) or
leave it (all others). ``aggressor`` is the side of the order that a trade row's lots went to, and 0
in every other row and in auctions; ``cause`` is a place in MESSAGE_CAUSES."""

SAMPLE = np.dtype(
    [
        ("time", "i8"),
        ("best_bid", "i4"),
        ("best_ask", "i4"),
        ("last_price", "i4"),
        ("resting", "i4"),
        ("phase", "i4"),
        ("blocked", "i4"),
        ("bid_volume", "i8"),
        ("ask_volume", "i8"),
        ("bid_depth", "i8"),
        ("ask_depth", "i8"),
        ("mid", "f8"),
        ("value", "f8"),
        ("sigma", "f8"),
        ("activity", "f8"),
        ("volume", "i8"),
        ("trades", "i8"),
        ("messages", "i8"),
    ],
    align=True,
)
