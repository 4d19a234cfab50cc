"""Whether the arrays of a market can be one: every link, index, count, clock and number in them.

The compiled core runs without bounds checks and believes what it is given. What comes from outside,
a saved file say, is looked at here first; tests use it for what the core has made of a market.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import InputError, shown
from abm_desktop.market import opening
from abm_desktop.market import rules as venue
from abm_desktop.market import state as s
from abm_desktop.market.activity import TICK
from abm_desktop.market.arrays import Markets, ladder_words
from abm_desktop.market.building import build
from abm_desktop.market.kept_levels import FIRST_WINDOW
from abm_desktop.market.opening import FIRST_STRESS_AGENT
from abm_desktop.market.phases import REASONS
from abm_desktop.market.reading import MAX_TIME
from abm_desktop.market.sound_agenda import faults_of_activity, faults_of_agenda, faults_of_waiting
from abm_desktop.market.sound_agents import faults_of_agents, faults_of_networks
from abm_desktop.market.sound_book import faults_of_book
from abm_desktop.market.sound_numbers import first_outside, first_unsound
from abm_desktop.scenario.checked import checked_rule

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario

__all__ = ["check_market", "faults", "opened"]

_BUFFERS = ("trades", "messages", "samples", "class_samples", "intents", "scratch", "auction")
"""Room to work in: what they hold is written before it is read."""
_END = (1 << 63) - 1
_LONGEST = round(2 * MAX_TIME) * 1_000_000_000
_MOST = 1 << 62


def check_market(markets: object, fresh: Markets) -> None:
    """Raise :class:`InputError` unless ``markets`` is one market that the core can run.

    ``fresh`` is the market of the same scenario and seed as it opens, see :func:`opened`.
    """
    if not isinstance(markets, Markets):
        raise InputError(f"must be the arrays of a market, not {shown(markets)}", key="snapshot")
    for fault in faults(markets, fresh):
        raise InputError(fault)


def opened(scenario: Scenario, seed: int) -> Markets:
    """The market of a scenario as it opens, with the buffers that a :class:`Simulator` has."""
    fresh = build(scenario, window=FIRST_WINDOW, trade_rows=2 * scenario.market.max_orders)
    opening.open_market(fresh, 0, np.uint64(seed), 1_000_000_000)
    return fresh


def faults(markets: Markets, fresh: Markets) -> Iterator[str]:
    """What is wrong with the arrays of one market, in words; see :func:`check_market`.

    What comes later may need what comes before: stop at the first.
    """
    yield from _shapes(markets, fresh)
    yield from _constants(markets, fresh)
    yield from _numbers(markets)
    yield from _clocks(markets.market[0])
    yield from _state(markets)
    yield from _record(markets)
    yield from _rules(markets)
    yield from faults_of_book(markets)
    yield from faults_of_agents(markets, fresh)
    yield from faults_of_networks(markets)
    yield from faults_of_agenda(markets)
    yield from faults_of_activity(markets)
    yield from faults_of_waiting(markets)
    yield from _stresses(markets)
    yield from _accounts(markets)


def _shapes(markets: Markets, fresh: Markets) -> Iterator[str]:
    axis_of = dict.fromkeys(
        ("agents", "handles", "roles", "weights", "heap", "activity_heap"), 1
    ) | dict.fromkeys(("levels", "bits"), 2)
    for name, found, wanted in zip(Markets._fields, markets, fresh, strict=True):
        if not isinstance(found, np.ndarray) or found.dtype != wanted.dtype:
            yield f"{name} is of another type than this version of the program writes"
            return
        same = found.ndim == wanted.ndim and all(
            a == b or (axis_of.get(name) == axis and a > b)
            for axis, (a, b) in enumerate(zip(found.shape, wanted.shape, strict=True))
        )
        messages_on = name == "messages" and found.shape == fresh.trades.shape
        if not (same or messages_on) or len(found) != 1:
            yield f"{name} has the shape {found.shape}, not {wanted.shape}"
            return
        if not (found.flags.c_contiguous and found.flags.writeable and found.flags.aligned):
            yield f"{name} does not lie in memory as the market needs it"
            return


def _constants(markets: Markets, fresh: Markets) -> Iterator[str]:
    """What never changes after the open."""
    if markets.params.tobytes() != fresh.params.tobytes():
        yield "params are not those of the scenario"
    m, of = markets.market[0], fresh.market[0]
    for name in (
        *("ladder", "key", "n_makers", "first_maker", "self_trade", "latency_scale"),
        *("recorded_n", "left_behind_agent"),
    ):
        if m[name] != of[name]:
            yield f"market.{name} is {m[name]}, not {of[name]}"
    ladder, window, origin = int(m["ladder"]), int(m["window"]), int(m["origin"])
    if window != markets.levels.shape[2] or window & (window - 1) or window > ladder:
        yield f"market.window is {window} for {markets.levels.shape[2]} levels"
        return
    if markets.bits.shape[2] != ladder_words(window):
        yield "bits are not as many as the levels"
        return
    if not 0 <= origin <= ladder - window or origin % 64 or m["wanted"] != 0:
        yield f"market.origin is {origin}"
        return
    if int(m["n_agents"]) != markets.agents.shape[1]:
        yield f"market.n_agents is {m['n_agents']}, not {markets.agents.shape[1]}"
    if markets.bell.any():
        yield "bell is set, and would keep the market from running"
    if (markets.momentum[..., 0] != fresh.momentum[..., 0]).any():
        yield "momentum has other horizons than the scenario"


def _numbers(markets: Markets) -> Iterator[str]:
    """No array holds a number that is none, or one beyond all bounds."""
    for name, array in zip(Markets._fields, markets, strict=True):
        if name in _BUFFERS:
            continue
        for part in array.dtype.names or (None,):
            values = array if part is None else array[part]
            label = name if part is None else f"{name}.{part}"
            if values.dtype.kind == "f" and not np.isfinite(values).all():
                yield f"{label} holds a number that is not finite"
            elif values.dtype.kind == "i" and values.dtype.itemsize == 8:
                huge = (values > _MOST) | (values < -_MOST)
                if part != "end" and name not in ("heap", "activity_heap") and huge.any():
                    yield f"{label} holds a number beyond all bounds"


def _clocks(m: Any) -> Iterator[str]:
    now, tick, second = int(m["now"]), int(m["next_tick"]), int(m["second"])
    interval, sample = int(m["sample_interval"]), int(m["next_sample"])
    if not 0 <= now <= _LONGEST:
        yield f"market.now is {now} ns, not 0 to {_LONGEST}"
    if not (now < tick <= now + TICK and tick % TICK == 0):
        yield f"market.next_tick is {tick} ns at {now}"
    if int(m["ticks"]) != tick // TICK - 1 or second != int(m["ticks"]) // 10:
        yield "market.ticks and market.second are not those of the clock"
    if not (1_000_000 <= interval <= _LONGEST and now < sample <= now + interval):
        yield f"market.next_sample is {sample} ns at {now}, every {interval}"
    for name in ("anchor_time", "luld_updated"):
        if not 0 <= int(m[name]) <= now:
            yield f"market.{name} is {m[name]} ns at {now}"
    for name in ("anchor_activity", "phase_end", "engine_free", "fast_release"):
        if int(m[name]) < 0:
            yield f"market.{name} is {m[name]} ns"


def _state(markets: Markets) -> Iterator[str]:
    m = markets.market[0]
    ladder = int(m["ladder"])
    within = {
        "phase": (0, len(s.PHASES) - 1),
        "phase_reason": (0, len(REASONS) - 1),
        "bound_low_reason": (0, len(REASONS) - 1),
        "bound_high_reason": (0, len(REASONS) - 1),
        "breaker_level": (0, 2),
        "bound_low": (0, ladder - 1),
        "bound_high": (0, ladder),
        "touch_bid": (0, ladder),
        "touch_ask": (0, ladder),
        "last_price": (1, ladder - 2),
        "quoted_mid2": (-1, 2 * ladder),
        "mid": (0.5, ladder),
        "open_price": (0.5, ladder),
        "second_mid": (0.5, ladder),
        "mid_average": (0.5, ladder),
        "tick_low": (0, ladder),
        "tick_high": (0, ladder),
        "luld_reference": (0, ladder),
        "spread_average": (1e-6, ladder),
        "activity": (1e-6, 1e9),
        "noise_factor": (1e-64, 1e12),
        "day_factor": (1e-3, 1e3),
        "turbulence": (1, 1e3),
        "threatened": (-1, 1),
        "bid_average": (0, ladder),
        "ask_average": (0, ladder),
        "withdrawn_at": (0, _MOST),
        "sigma": (0.01, ladder),
        "sigma_long": (0.01, ladder),
        "sigma2": (0, float(ladder) ** 2),
        "sigma_long2": (0, float(ladder) ** 2),
        "log_value": (-700, 700),
        "log_volatility": (-700, 700),
        "session_log_volatility": (-700, 700),
        "value": (0, 1e304),
        "fee_fraction": (-1, 1),
        "intents_n": (0, 0),
        "trades_n": (0, 0),
        "messages_n": (0, 0),
        "samples_n": (0, 0),
        "excitements": (0, 0),
        "excited_side": (0, 0),
        "told_by_undirected": (0, 1),
        "flow_fast": (-1, 1),
        "flow_slow": (-1, 1),
        "unfinished": (s.NOTHING, s.NOTHING),
        "intent_at": (0, 0),
        "intent_begun": (0, 0),
        "traded": (0, 0),
        "uncrossing": (0, 0),
        "stuck": (0, 0),
        "woken": (0, _MOST),
        "woken_at_tick": (0, int(m["woken"])),
        "auction_price": (-1, ladder),
        "to_clear": (0, 0),
        "record_messages": (0, int(markets.messages.shape == markets.trades.shape)),
        "record_trades": (1, 1),
        "awaiting": (-1, int(m["n_agents"]) - 1),
        "next_seq": (0, (1 << 31) - 1),
        "phases_n": (0, (1 << 31) - 1),
        "blocked_traders": (0, (1 << 31) - 1),
        "ai_halts": (0, (1 << 31) - 1),
        "ai_to_clear": (0, 0),
        "recorded_at": (0, int(m["recorded_n"])),
        "recorded_done": (0, 0),
        "left_behind": (0, (1 << 31) - 1),
        "recorded_gone": (0, _MOST),
        "recorded_unfilled": (0, _MOST),
    }
    for name in ("excitation_0", "excitation_1", "excitation_2", "second_sum", "second_count"):
        within[name] = (0, 1e15)
    for name in ("messages", "trades", "volume", "prevented", "ticks", "steps"):
        within[name] = (0, _MOST)
    for name in (
        "refused_pool",
        "refused_ladder",
        "refused_agenda",
        "refused_rule",
        "refused_size",
    ):
        within[name] = (0, _MOST)
    yield from first_outside("market", m, within)
    if m["awaiting"] >= 0 and not markets.agents[0, m["awaiting"]]["external"]:
        yield "market.awaiting names an agent that acts by itself"
    # What the stresses add up to.
    neutral = {
        "buyer_rate": (0, 1),
        "buyer_caution": (1, 1e4),
        "anchor_scale": (0, 1),
        "value_volatility_scale": (0, 1e64),
        "maker_sigma_floor": (0, 1e12),
        "maker_share_out": (0, 1),
        "maker_max_inventory": (0, 1e12),
        "momentum_max_inventory": (0, 1e12),
        "informed_share": (0, 1),
        "capacity": (0, 1e15),
        "fast_scale": (0, 1e6),
        "fast_base": (0, 1e11),
    }
    yield from first_outside("market", m, neutral)
    rows = markets.phases[0, : min(int(m["phases_n"]), s.PHASE_ROWS)]
    if ((rows["phase"] < 0) | (rows["phase"] >= len(s.PHASES))).any() or (
        (rows["reason"] < 0) | (rows["reason"] >= len(REASONS))
    ).any():
        yield "phases holds a phase or a reason that there is not"
    if (markets.ring[0, :, :2] <= 0).any() or (markets.ring[0, :, 0] > ladder).any():
        yield "ring holds a mid or a value that is none"
    for name in ("tick_ring", "trade_ring"):
        if (getattr(markets, name) < 0).any():
            yield f"{name} holds a negative number"


def _record(markets: Markets) -> Iterator[str]:
    """The orders that the record names are places of the book."""
    handles = markets.recorded[0]
    handles = handles[handles != -1]
    if ((handles < 0) | (handles >> 32 >= markets.orders.shape[1])).any():
        yield "recorded names an order that there cannot be"


def _rules(markets: Markets) -> Iterator[str]:
    rules = markets.rules[0]
    for name in venue.INTERVENTIONS:
        if rules[f"{name}_on"] not in (0, 1):
            yield f"rules.{name}_on is neither 0 nor 1"
        try:
            checked_rule(name, venue.values_in(rules, name))
        except InputError as error:
            # The width of the collar may come from ``market.collar``, which allows the whole.
            if not (name == "price_collar" and rules["price_collar_width"] == 1.0):
                yield f"rules: {error}"
    if int(markets.market[0]["rules_on"]) != venue.any_on(rules):
        yield "market.rules_on is not what the rules say"


def _stresses(markets: Markets) -> Iterator[str]:
    events = markets.stresses[0]
    within = {
        "kind": (0, len(s.STRESS_KINDS) - 1),
        "on": (0, 2),
        "stage": (0, 64),
        "cursor": (0, _MOST),
        "start": (0, _LONGEST),
        "end": (0, _END),
        "severity": (-1e18, 1e18),
        "quantity": (-1e18, 1e18),
    }
    yield from first_outside("stresses", events, within)
    for slot, event in enumerate(events):
        if event["end"] == 0 and event["on"] == 0:
            continue
        if event["agent"] != FIRST_STRESS_AGENT + slot:
            yield "stresses.agent is not the account of its slot"
        if fault := first_unsound(event):
            yield f"stresses: {fault}"


def _accounts(markets: Markets) -> Iterator[str]:
    agents, classes = markets.agents[0], markets.classes[0]
    for name in ("cash", "inventory"):
        for kind in range(s.N_CLASSES):
            if int(agents[name][agents["kind"] == kind].sum()) != int(classes[name][kind]):
                yield f"classes.{name} is not the sum of the accounts"
    if int(agents["inventory"].sum()) != 0:
        yield "agents.inventory does not add up to 0"
    if int(agents["cash"].sum()) + int(markets.market[0]["fees"]) != 0:
        yield "agents.cash and the fees do not add up to 0"
    counts = np.bincount(agents["kind"], minlength=s.N_CLASSES)
    if classes["traders"][s.RL] != counts[s.RL] or (classes["traders"] < 0).any():
        yield "classes.traders is not the number of traders"
    for name in ("maker_volume", "taker_volume", "messages"):
        if (classes[name] < 0).any():
            yield f"classes.{name} is negative"
