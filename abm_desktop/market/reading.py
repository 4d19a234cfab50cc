"""Reading a market: the part of a :class:`Simulator` that tells how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import real, whole
from abm_desktop.market import leaving, opening, phases, rules, state
from abm_desktop.market.accounts import OwnOrder, WatchedTrader
from abm_desktop.market.arrays import Markets
from abm_desktop.market.kernel import read_levels
from abm_desktop.market.records import Records
from abm_desktop.market.sight import look, rl_traders
from abm_desktop.market.spread_watch import LONGEST, WIDE_TICKS, SpreadWatch
from abm_desktop.market.statements import (
    AgendaFull,
    BookFull,
    OffLadder,
    OrdersTooLarge,
    PhaseCause,
    RLTradersHalted,
    SpreadWide,
    TradersBlocked,
)
from abm_desktop.market.tape import Tape
from abm_desktop.statements import Statement

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario

NANO = 1_000_000_000
MAX_TIME = 1e7
"""Simulated seconds (115 days); beyond it the busiest activity clock, in int64 nanoseconds, would
come near its end."""


class MarketReading:
    """The readers of one market. Times are simulated seconds since the open, prices in currency."""

    scenario: Scenario
    seed: int
    tape: Tape
    _state: Markets
    _tick: float
    _spreads: SpreadWatch
    _at_open: np.ndarray
    _pnl_at_open: np.ndarray

    @property
    def _market(self) -> Any:
        return self._state.market[0]

    def _clock(self, time: float, key: str = "time") -> int:
        time = real(time, key, -MAX_TIME, MAX_TIME, unit="simulated seconds since the open")
        return round((time + self.scenario.market.warm_up) * NANO)

    def _seconds(self, clock: Any) -> float:
        return float(clock) / NANO - self.scenario.market.warm_up

    @property
    def arrays(self) -> Markets:
        """The arrays that this market is, one market in each: views that cannot be written to.

        They lie where the market works: read them before it goes on, or copy what is to stay.
        """
        return Markets(*(_sealed(array) for array in self._state))

    @property
    def clock(self) -> int:
        """Simulated time in ns since the start of the warm-up, as the tape has it."""
        return int(self._market["now"])

    @property
    def now(self) -> float:
        """Simulated seconds since the open."""
        return self._seconds(self._market["now"])

    @property
    def records_messages(self) -> bool:
        """Whether book events are kept on the tape."""
        return bool(self._market["record_messages"])

    def resting_rows(self) -> np.ndarray:
        """The resting orders as MESSAGE records of adds: bids, then asks, best first, by queue."""
        orders, levels = self._state.orders[0], self._state.levels[0]
        slots: list[int] = []
        for side in (state.BUY, state.SELL):
            prices = np.flatnonzero(levels[side]["head"] >= 0)
            for price in prices[::-1] if side == state.BUY else prices:
                slot = int(levels[side, price]["head"])
                while slot >= 0:
                    slots.append(slot)
                    slot = int(orders[slot]["next"])
        found = orders[slots]
        rows = np.zeros(len(found), state.MESSAGE)
        rows["time"], rows["kind"] = self._market["now"], state.ADDED
        rows["cause"] = state.FIRST_BOOK
        rows["side"] = 1 - 2 * found["side"]
        for name, source in (("price", "price"), ("size", "size"), ("agent", "agent")):
            rows[name] = found[source]
        rows["order"] = found["seq"]
        return rows

    @property
    def events(self) -> int:
        """Book events so far: orders rested, cancels, expiries and fills."""
        return int(self._market["messages"])

    @property
    def best_bid(self) -> float:
        """Best bid, NaN if there is none."""
        ticks = int(self._market["best_bid"])
        return round(ticks * self._tick, 10) if ticks >= 0 else float("nan")

    @property
    def best_ask(self) -> float:
        """Best ask, NaN if there is none."""
        ticks = int(self._market["best_ask"])
        return (
            round(ticks * self._tick, 10) if ticks < int(self._market["ladder"]) else float("nan")
        )

    @property
    def mid(self) -> float:
        """Mid price; the last one while a side is empty."""
        return round(float(self._market["mid"]) * self._tick, 10)

    @property
    def fundamental(self) -> float:
        """Fundamental value V; NaN in a recorded market, of which nobody knows it."""
        if self._market["recorded_n"]:
            return float("nan")
        return float(self._market["value"]) * self._tick

    @property
    def last_price(self) -> float:
        """Price of the last trade, the start price before the first."""
        return round(int(self._market["last_price"]) * self._tick, 10)

    @property
    def trades(self) -> int:
        """Fills so far."""
        return int(self._market["trades"])

    @property
    def volume(self) -> int:
        """Lots traded so far."""
        return int(self._market["volume"])

    def book(self, depth: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Bids and asks, best first: float64 (k, 3) of price, lots, orders; k <= depth.

        Raises :class:`InputError` for a depth that is no whole number from 1.
        """
        depth = min(whole(depth, "depth", 1), int(self._market["window"]))
        sides = []
        for side in (state.BUY, state.SELL):
            out = np.empty((depth, 3), np.int64)
            n = read_levels(self._state, 0, side, out)
            levels = out[:n].astype(np.float64)
            # Without the rounding 100.1 shows as 100.10000000000001.
            levels[:, 0] = np.round(levels[:, 0] * self._tick, 10)
            sides.append(levels)
        return sides[0], sides[1]

    @property
    def classes(self) -> Records:
        """One CLASS_ACCOUNT record per trader class, a copy."""
        return self._state.classes[0].copy()

    def _pnl(self) -> np.ndarray:
        classes = self._state.classes[0]
        return classes["cash"] + classes["inventory"] * float(self._market["mid"])

    @property
    def pnl_at_open(self) -> np.ndarray:
        """What each class had made before the open, tick-lots marked at mid, float64 (classes,)."""
        return self._pnl_at_open

    def session_classes(self) -> tuple[np.ndarray, np.ndarray]:
        """Accounts by class whose volumes and messages count from the open, and the PnL since then.

        Returns:
            CLASS_ACCOUNT (classes,), inventory and cash being what is held now; and float64
            (classes,) tick-lots marked at mid. They sum to 0, fees aside.
        """
        accounts = self.classes
        for name in ("maker_volume", "taker_volume", "messages"):
            accounts[name] -= self._at_open[name]
        return accounts, self._pnl() - self._pnl_at_open

    @property
    def agents(self) -> Records:
        """One AGENT record per account, a copy."""
        return self._state.agents[0].copy()

    @property
    def rows(self) -> int:
        """How many accounts :attr:`agents` has."""
        return int(self._market["n_agents"])

    @property
    def active_stresses(self) -> list[tuple[str, float, float, float]]:
        """(type, magnitude, start, end) of the stress events that act now; times in seconds."""
        return [
            (
                state.STRESS_KINDS[e["kind"]],
                float(e["magnitude"]),
                self._seconds(e["start"]),
                self._seconds(e["end"]),
            )
            for e in self._state.stresses[0]
            if e["on"]
        ]

    @property
    def next_stress(self) -> int | None:
        """When the next planned stress begins, as :attr:`clock` counts; None if none is planned."""
        starts = self._state.stresses[0]["start"]
        ahead = starts[starts > self.clock]
        return int(ahead.min()) if len(ahead) else None

    def best_levels(self, ticks: np.ndarray, lots: np.ndarray) -> None:
        """Write the best levels of both sides, best first, to two arrays of zeros.

        Args:
            ticks: prices in ticks, int32 (2 * levels,): as many bids, then as many asks.
            lots: lots there; stays 0 if there is no level.
        """
        s, levels = self._state, len(ticks) // 2
        words, origin = int(self._market["window"]) >> 6, int(self._market["origin"])
        for side, start in ((state.BUY, 0), (state.SELL, levels)):
            # The lowest bids are the worst, the lowest asks the best.
            found = _occupied(s.bits[0, side, :words])
            best = found[-levels:][::-1] if side == state.BUY else found[:levels]
            rows = slice(start, start + len(best))
            ticks[rows] = best + origin
            lots[rows] = s.levels["volume"][0, side][best]

    def own_orders(self) -> tuple[OwnOrder, ...]:
        """Orders placed by hand that rest in the book now, oldest first."""
        rows = self._state.orders[0, : int(self._market["used_slots"])]
        mine = np.flatnonzero((rows["agent"] == opening.HUMAN_AGENT) & (rows["size"] > 0))
        found = [
            OwnOrder(
                key=(int(slot), int(rows["seq"][slot])),
                side=1 if rows["side"][slot] == state.BUY else -1,
                price=round(int(rows["price"][slot]) * self._tick, 10),
                size=int(rows["size"][slot]),
                ahead=_ahead(rows, int(slot)),
            )
            for slot in mine
        ]
        return tuple(sorted(found, key=lambda order: order.key[1]))

    def watched_trader(self, number: int) -> WatchedTrader | None:
        """The RL trader ``number`` in order of arrival, the last if there are fewer; None of none.

        Looking changes nothing: the market stays bit for bit as it was.
        """
        s = self._state
        places = rl_traders(s)
        if not len(places):
            return None
        number = min(max(number, 0), len(places) - 1)
        place = int(places[number])
        sight, agent, market = look(s, place), s.agents[0, place], self.scenario.market
        held, decisions = int(agent["inventory"]), int(agent["decisions"])
        made = int(agent["cash"]) + held * float(self._market["mid"])
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

    @property
    def acting_rl_traders(self) -> np.ndarray:
        """Rows of :attr:`agents` of the RL traders that were not taken out; int (n,)."""
        rows = rl_traders(self._state)
        return rows[leaving.woken(self._state, 0, rows)]

    @property
    def phase(self) -> str:
        """continuous, limit, auction, halted or closed."""
        return state.PHASES[int(self._market["phase"])]

    @property
    def phase_changes(self) -> list[tuple[float, str, str]]:
        """The last changes of phase, oldest first: (time, phase, what caused it)."""
        n = int(self._market["phases_n"])
        rows = self._state.phases[0]
        kept = [rows[i % len(rows)] for i in range(max(n - len(rows), 0), n)]
        return [
            (self._seconds(r["time"]), state.PHASES[r["phase"]], phases.REASONS[r["reason"]])
            for r in kept
        ]

    @property
    def phase_cause(self) -> PhaseCause | None:
        """What caused the last change of phase; None before the first, or without a cause."""
        n = int(self._market["phases_n"])
        rows = self._state.phases[0]
        cause = int(rows[(n - 1) % len(rows)]["reason"]) if n else phases.NOTHING
        return PhaseCause(cause) if cause != phases.NOTHING else None

    @property
    def recorded_differences(self) -> tuple[int, int, int]:
        """How a recorded market differs from its record so far; zeros in any other.

        Orders left behind (filled in the record only), recorded cancels of orders that were gone,
        and lots of recorded aggressors that found nothing.
        """
        m = self._market
        return int(m["left_behind"]), int(m["recorded_gone"]), int(m["recorded_unfilled"])

    @property
    def fees(self) -> int:
        """Taxes and fees collected so far, in tick-lots; with them, cash sums to 0."""
        return int(self._market["fees"])

    @property
    def interventions(self) -> tuple[str, ...]:
        """Names of the rules that are on."""
        on = self._state.rules[0]
        return tuple(name for name in rules.INTERVENTIONS if on[f"{name}_on"])

    @property
    def rule_values(self) -> dict[str, dict[str, float | bool]]:
        """Parameters of the rules that are on, by rule."""
        record = self._state.rules[0]
        return {name: rules.values_in(record, name) for name in self.interventions}

    @property
    def alarms(self) -> list[Statement]:
        """What went wrong so far; empty in a healthy market. ``str()`` of one is a sentence.

        Orders refused or lost, traders blocked, and a spread that stayed wide outside a stress,
        as far as samples tell (:mod:`.spread_watch`).
        """
        m = self._market
        out: list[Statement] = []
        if m["refused_pool"]:
            out.append(BookFull(int(m["refused_pool"]), self._state.orders.shape[1]))
        if m["refused_size"]:
            out.append(OrdersTooLarge(int(m["refused_size"]), state.MOST_LOTS))
        if m["blocked_traders"]:
            out.append(TradersBlocked(int(m["blocked_traders"])))
        if m["ai_halts"]:
            out.append(RLTradersHalted(int(m["ai_halts"])))
        if m["refused_ladder"]:
            out.append(OffLadder(int(m["refused_ladder"])))
        if m["refused_agenda"]:
            out.append(AgendaFull(int(m["refused_agenda"])))
        if self._spreads.raised_at is not None:
            since = self._seconds(self._spreads.raised_at)
            out.append(SpreadWide(WIDE_TICKS, LONGEST, since))
        return out


def _sealed(array: np.ndarray) -> np.ndarray:
    """The same array, not to be written to."""
    view = array.view()
    view.flags.writeable = False
    return view


def _occupied(bitmap: np.ndarray) -> np.ndarray:
    """Levels that hold orders, ascending from the first one kept; ``bitmap`` uint64 (words,)."""
    some = bitmap.nonzero()[0]
    bits = np.unpackbits(bitmap[some].view(np.uint8).reshape(-1, 8), axis=1, bitorder="little")
    word, bit = bits.nonzero()
    return some[word] * 64 + bit


def _ahead(rows: Records, slot: int) -> int:
    """Lots before an order in the queue of its price."""
    lots, at = 0, int(rows["prev"][slot])
    while at >= 0 and rows["size"][at] > 0 and rows["price"][at] == rows["price"][slot]:
        lots += int(rows["size"][at])
        at = int(rows["prev"][at])
    return lots
