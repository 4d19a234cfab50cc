"""What the live market needs of a simulator beyond its public face: reading without copies, own
orders, and the early end of a stress. Only this module knows how a market lies in its arrays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import InputError, one_of, real
from abm_desktop.live.tuning import is_live
from abm_desktop.live.types import OwnOrder, WatchedTrader
from abm_desktop.market import arrays, opening, state
from abm_desktop.market.execution import SEQ_BITS
from abm_desktop.market.orders_by_hand import MAX_TIME
from abm_desktop.market.parameters import parameters
from abm_desktop.market.policy_traders import with_network
from abm_desktop.market.sight import look, rl_traders
from abm_desktop.market.spread_watch import SpreadWatch
from abm_desktop.market.traders import fundamental, momentum, noise

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.scenario import Scenario

_NO_ORDER = (1 << SEQ_BITS) - 1


def state_of(simulator: Simulator) -> arrays.Markets:
    """The arrays of a market themselves: read them before it goes on, and write nothing."""
    return simulator._state


def put_state(simulator: Simulator, found: arrays.Markets) -> None:
    """Let a market go on from these arrays themselves, without a copy."""
    simulator._state = found
    simulator._spreads = SpreadWatch()


def set_by_hand(simulator: Simulator, traders: slice) -> None:
    """Let these RL traders wait for actions from outside, as an environment's do."""
    simulator._state.agents["external"][0, traders] = 1


def set_policy(simulator: Simulator, traders: slice, policy: PolicyNet) -> None:
    """Let these RL traders act by this policy from now on."""
    simulator._state, network = with_network(simulator._state, policy, shared=True)
    agents = simulator._state.agents
    agents["external"][0, traders] = 0
    agents["policy"][0, traders] = network


def read_book(simulator: Simulator, ticks: np.ndarray, lots: np.ndarray) -> None:
    """Write the best levels of both sides, best first, to two arrays of zeros.

    Args:
        simulator: the market.
        ticks: prices in ticks, int32 (2 * levels,): as many bids, then as many asks.
        lots: lots there; stays 0 where there is no level.
    """
    s, levels = state_of(simulator), len(ticks) // 2
    words = int(s.market["ladder"][0]) >> 6
    for side, start in ((state.BUY, 0), (state.SELL, levels)):
        # The lowest bids are the worst, the lowest asks the best.
        found = _occupied(s.bits[0, side, :words])
        best = found[-levels:][::-1] if side == state.BUY else found[:levels]
        rows = slice(start, start + len(best))
        ticks[rows] = best
        lots[rows] = s.levels["volume"][0, side][best]


def _occupied(bitmap: np.ndarray) -> np.ndarray:
    """Prices in ticks of the levels that hold orders, ascending; ``bitmap`` uint64 (words,)."""
    some = bitmap.nonzero()[0]
    bits = np.unpackbits(bitmap[some].view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    word, bit = bits.nonzero()
    return some[word] * 64 + bit


def own_orders(simulator: Simulator) -> tuple[OwnOrder, ...]:
    """Orders placed by hand that rest in the book now, oldest first."""
    s = state_of(simulator)
    rows = s.orders[0, : int(s.market["used_slots"][0])]
    mine = np.flatnonzero((rows["agent"] == opening.HUMAN_AGENT) & (rows["size"] > 0))
    tick = simulator.scenario.market.tick_size
    found = [
        OwnOrder(
            key=(int(slot), int(rows["seq"][slot])),
            side=1 if rows["side"][slot] == state.BUY else -1,
            price=round(int(rows["price"][slot]) * tick, 10),
            size=int(rows["size"][slot]),
            ahead=_ahead(rows, int(slot)),
        )
        for slot in mine
    ]
    return tuple(sorted(found, key=lambda order: order.key[1]))


def watched_trader(simulator: Simulator, number: int) -> WatchedTrader | None:
    """The RL trader ``number`` in order of arrival, the last where there are fewer; None of none.

    Reading only: the market stays bit for bit as it was.
    """
    s = state_of(simulator)
    places = rl_traders(s)
    if not len(places):
        return None
    number = min(max(number, 0), len(places) - 1)
    place = int(places[number])
    sight, agent, market = look(s, place), s.agents[0, place], simulator.scenario.market
    held, decisions = int(agent["inventory"]), int(agent["decisions"])
    made = int(agent["cash"]) + held * float(s.market["mid"][0])
    return WatchedTrader(
        number=number,
        traders=len(places),
        observation=sight.observation,
        probabilities=sight.probabilities,
        greedy=bool(agent["greedy"]),
        last_action=int(agent["last_action"]) if decisions else -1,
        decisions=decisions,
        position=held,
        max_position=int(agent["max_inventory"]),
        pnl=made * market.tick_size * market.lot,
        role=sight.role,
    )


def _ahead(rows: np.ndarray, slot: int) -> int:
    """Lots before an order in the queue of its price."""
    lots, at = 0, int(rows["prev"][slot])
    while at >= 0 and rows["size"][at] > 0 and rows["price"][at] == rows["price"][slot]:
        lots += int(rows["size"][at])
        at = int(rows["prev"][at])
    return lots


def end_stress(simulator: Simulator, kind: str, start: float) -> None:
    """End the stress of this kind that began at ``start`` (seconds) now, not at its time.

    What it did stays done, and orders of its own are withdrawn as at its usual end.

    Raises:
        InputError: if no such stress acts.
    """
    one_of(kind, "kind", state.STRESS_KINDS)
    start = real(start, "start", -MAX_TIME, MAX_TIME, unit="simulated seconds")
    s = state_of(simulator)
    market, heap = s.market[0], s.heap[0]
    clock = round((start + simulator.scenario.market.warm_up) * 1e9)
    number = state.STRESS_KINDS.index(kind)
    slots = np.flatnonzero(
        (s.stresses[0]["on"] != 0)
        & (s.stresses[0]["kind"] == number)
        & (np.abs(s.stresses[0]["start"] - clock) < 1000)
    )
    if not len(slots):
        raise InputError(f"no {kind.replace('_', ' ')} that began at {start:g} s acts any more")
    slot, now = int(slots[0]), int(market["now"])
    # Its end and next step become expiries of no order: they would else meet the slot's next event.
    agenda: Any = heap[: int(market["heap_n"])]
    for event in (state.STRESS_END, state.STRESS_STEP):
        agenda[agenda[:, 1] == (event << state.KIND_SHIFT) | slot, 1] = (
            state.EXPIRE << state.KIND_SHIFT
        ) | _NO_ORDER
    s.stresses[0]["end"][slot] = now
    opening.schedule_event(s, 0, now, state.STRESS_END, slot)
    simulator._advance(now)


_PREFIXES = {
    "noise": "noise",
    "maker": "market_makers",
    "value": "fundamental",
    "momentum": "momentum",
    "institution": "institutions",
}


def retune(simulator: Simulator, scenario: Scenario) -> None:
    """Give a running market the parameters of ``scenario`` that can be changed while it runs.

    Raises:
        ValueError: if a class would start or stop acting, which only a reset can do.
    """
    s = state_of(simulator)
    wanted, params = parameters(scenario), s.params[0]
    before = params.copy()
    names = {
        f"{prefix}_{key}"
        for prefix, section in _PREFIXES.items()
        for key in type(getattr(scenario.population, section)).model_fields
        if is_live(section, key)
    }
    for name in names & set(params.dtype.names):
        params[name] = wanted[name]
    rates = {
        state.NOISE: noise.activity_rate(params),
        state.FUNDAMENTAL: fundamental.activity_rate(params),
        state.MOMENTUM: momentum.activity_rate(params),
        state.INSTITUTION: float(params["institution_rate"]),
    }
    agents = s.agents[0]
    default = agents["rule"] == state.DEFAULT_RULE
    default[opening.SEED_AGENT] = False
    for kind, rate in rates.items():
        acting = agents["rate"][default & (agents["kind"] == kind)] > 0
        if len(acting) and bool(acting[0]) != (rate > 0):
            s.params[0] = before
            raise ValueError(
                f"{state.TRADER_CLASSES[kind].replace('_', ' ')} traders cannot start or stop "
                "in a running market: reset it (Ctrl+R), or give a small rate"
            )
    for kind, rate in rates.items():
        agents["rate"][default & (agents["kind"] == kind)] = rate
