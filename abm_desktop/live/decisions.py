"""What an RL trader decided and why: its decisions up to a time, computed again."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.live.recording import Recording, Rewinder
from abm_desktop.market.accounts import WatchedTrader
from abm_desktop.market.commands import RemoveTraders
from abm_desktop.market.state import KIND_SHIFT, PAYLOAD_MASK, RL, WAKE

if TYPE_CHECKING:
    from abm_desktop.market.arrays import Markets
    from abm_desktop.market.sight import Sight
    from abm_desktop.market.simulator import Simulator

__all__ = ["MOST_DECISIONS", "Decision", "DecisionPage", "DecisionReader"]

MOST_DECISIONS = 200
"""Decisions of a page, at most."""
LONGEST = 1200.0
"""Simulated seconds that are computed again for a page, at most."""
ROOM = 1.2
"""A trader that often waits longer than usual still fills a page."""
NANO = 1e9
_INSTANT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """One decision, with what came of it until the next one of the same trader."""

    number: int
    """Of this trader, from 1."""
    time: float
    """Simulated seconds since the open."""
    observation: np.ndarray
    """float32 (n,), named by ``observation_names(role)``: what it saw."""
    probabilities: np.ndarray
    """float64 (m,), of its actions."""
    action: int
    """Which it took."""
    position: int
    """Lots held when it decided."""
    bought: int
    """Lots bought until its next decision, by this order or one before."""
    sold: int
    earned: float
    """Currency, marked at mid: from this decision to its next one."""
    is_open: bool
    """Whether its next decision had not come yet: what is told of it may still change."""


@dataclass(frozen=True, slots=True, eq=False)
class DecisionPage:
    """Decisions of one trader, oldest first."""

    number: int
    """Place among the RL traders, in order of arrival, from 0."""
    role: str
    greedy: bool
    decisions: tuple[Decision, ...]
    since: float
    """Simulated seconds: decisions before this were not looked for."""
    until: float
    """Up to when: of a trader that was taken out before, when that was."""


class DecisionReader:
    """Reads decisions of one run, on one thread at a time."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self._rewinder = Rewinder(recording)

    def page(self, number: int, until: float, most: int) -> DecisionPage:
        """The last decisions of the RL trader ``number`` up to ``until`` seconds, at most ``most``.

        A trader that is not there yet has none; of one that was taken out they are the last before
        that. The market is stopped a nanosecond before each, to look through the trader's eyes.
        """
        trader = self._rewinder.go_to(until).watched_trader(number)
        if trader is None or trader.number != number:
            return DecisionPage(number, "", False, (), until, until)
        place = _places(self._rewinder.simulator)[number]
        until = min(until, self._left(int(place)))
        step = float(self._rewinder.simulator.agents["step"][place])
        since = max(0.0, until - min(LONGEST, ROOM * most * step))
        found: list[Decision] = []
        market = self._rewinder.go_to(since)
        before: WatchedTrader | None = None
        time = since
        while (wake := self._next_wake(number, until)) is not None:
            market = self._rewinder.run_to(max(market.now, wake - _INSTANT))
            seen = market.watched_trader(number)
            assert seen is not None
            if before is not None:
                found.append(_decision(market, int(place), time, before, seen, is_open=False))
            market.tape.clear_rows()
            sight = _sight_when_woken(market, int(place))
            time = wake
            market = self._rewinder.run_to(wake)
            after = market.watched_trader(number)
            assert after is not None
            # Removed, or stopped by a rule: it was woken and decided nothing.
            decided = after.decisions > seen.decisions
            before = None
            if decided:
                before = replace(
                    seen,
                    observation=sight.observation,
                    probabilities=sight.probabilities,
                    last_action=after.last_action,
                    decisions=after.decisions,
                )
        market = self._rewinder.run_to(until)
        last = market.watched_trader(number)
        if before is not None and last is not None:
            found.append(_decision(market, int(place), time, before, last, is_open=True))
        kept = tuple(found[-most:])
        if len(found) > most:
            since = kept[0].time
        return DecisionPage(number, trader.role, trader.greedy, kept, since, until)

    def _left(self, place: int) -> float:
        """When the trader in a row was taken out; infinite if it was not."""
        for move in self.recording.moves_from(0, math.inf):
            out = move.command
            if isinstance(out, RemoveTraders) and out.first <= place < out.first + out.count:
                return move.time
        return math.inf

    def _next_wake(self, number: int, until: float) -> float | None:
        """When the trader decides next; None if not by ``until``. One that has yet to come is
        waited for.
        """
        while True:
            market = self._rewinder.simulator
            places = _places(market)
            if number < len(places):
                count = int(market.arrays.market["heap_n"][0])
                agenda = market.arrays.heap[0, :count]
                kinds, who = agenda[:, 1] >> KIND_SHIFT, agenda[:, 1] & PAYLOAD_MASK
                due = agenda[(kinds == WAKE) & (who == places[number]), 0]
                if not len(due):
                    return None  # it was taken out
                clock = int(due.min()) - round(market.scenario.market.warm_up * NANO)
                return clock / NANO if clock / NANO <= until else None
            if market.now >= until:
                return None
            self._rewinder.run_to(min(until, market.now + 1.0))


def _places(market: Simulator) -> np.ndarray:
    """Rows of the RL traders that follow a policy, in order of arrival."""
    agents = market.agents[: market.rows]
    return np.flatnonzero((agents["kind"] == RL) & (agents["external"] == 0))


def _sight_when_woken(market: Simulator, place: int) -> Sight:
    """What the trader in a row sees if it is woken now.

    Who is woken first draws when it will be woken next, and only then the noise of its view.
    """
    from abm_desktop.market.sight import look

    found: list[Sight] = []

    def see(markets: Markets) -> int:
        agents = markets.agents.copy()
        agents["draws"][0, place] += np.uint64(1)
        found.append(look(markets._replace(agents=agents), place))
        return 0

    market.advance_with(see)
    return found[0]


def _decision(
    market: Simulator,
    place: int,
    time: float,
    before: WatchedTrader,
    after: WatchedTrader,
    *,
    is_open: bool,
) -> Decision:
    trades = market.tape.trades
    taken = trades["side"] * trades["size"] * (trades["taker"] == place)
    made = -trades["side"] * trades["size"] * (trades["maker"] == place)
    bought = taken.clip(min=0).sum() + made.clip(min=0).sum()
    sold = -taken.clip(max=0).sum() - made.clip(max=0).sum()
    return Decision(
        before.decisions,
        time,
        before.observation,
        before.probabilities,
        before.last_action,
        before.position,
        int(bought),
        int(sold),
        after.pnl - before.pnl,
        is_open,
    )
