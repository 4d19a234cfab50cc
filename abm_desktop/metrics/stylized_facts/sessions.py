"""What the stylised-facts suite keeps of a session, and how a simulated market gives it.

A simulated day is about two million messages; it is read in pieces and dropped, and what remains is
a few megabytes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.market.records import Records
from abm_desktop.market.state import (
    ADDED,
    CANCELLED,
    EXPIRED,
    INSTITUTION,
    LIMIT_STATE,
    PHASES,
    TRADED,
)
from abm_desktop.metrics.stylized_facts.flow import GapHistogram
from abm_desktop.metrics.stylized_facts.quotes import LevelVolumes, quotes_around, trade_groups
from abm_desktop.metrics.stylized_facts.statements import FactNote
from abm_desktop.statements import Statement

if TYPE_CHECKING:
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.scenario import Scenario

__all__ = ["DISTANCES", "ReducedSession", "simulate_session"]

DISTANCES = 111
"""Distances from the own best quote, 0 to 110 ticks, at which depth is kept."""
LOOK_INTERVAL = 10.0
"""Seconds between two looks at the depth profile."""
PIECE = 900.0
"""Seconds of messages in memory at a time."""
POLL = 2.0
"""Seconds between two looks at what institutions have left to trade."""

_EMPTY = np.empty(0)


@dataclass(slots=True)
class ReducedSession:
    """One session, reduced to what the estimators need. Prices in ticks, sizes in lots.

    ``missing`` says, by name of a group of facts, why the source cannot tell it.
    """

    name: str
    seconds: float
    mid: np.ndarray
    """Mid price at each whole second, (n + 1,)."""
    trade_price: np.ndarray
    """Price of the last trade at each whole second, (n + 1,)."""
    volume: np.ndarray
    """Lots traded in each second, (n,)."""
    spread: np.ndarray
    """Ticks at each whole second, (n + 1,); NaN if a side is empty or trading is halted."""
    best_volume: np.ndarray
    """Lots at the best bid and ask at each whole second, (2 (n + 1),)."""
    trade_time: np.ndarray
    """Seconds since the open of each trade, fills of one aggressive order merged, (t,)."""
    trade_sign: np.ndarray
    """+1 if the buyer was the aggressor, else -1, (t,)."""
    trade_size: np.ndarray
    trade_response: np.ndarray
    """Sign times the change of the mid that the trade made, (t,); NaN if it is not known."""
    trade_gaps: GapHistogram
    message_gaps: GapHistogram
    """Waiting times between instants with messages."""
    additions: int = 0
    """Limit orders that came to rest."""
    cancellations: int = 0
    """Of them, cancelled or expired."""
    lifetimes: np.ndarray = field(default_factory=lambda: _EMPTY)
    """Seconds that cancelled orders had rested; only those of more than a minute."""
    depth_sums: np.ndarray = field(default_factory=lambda: np.zeros(DISTANCES))
    """Lots at each distance from the own best quote, summed over looks at both sides."""
    depth_looks: int = 0
    parent_size: np.ndarray = field(default_factory=lambda: _EMPTY)
    """Lots of each completed parent order, (p,)."""
    parent_impact: np.ndarray = field(default_factory=lambda: _EMPTY)
    """Side times relative change of the mid from before its first to after its last trade, (p,)."""
    crossed: int = 0
    """Seconds at which the best bid was not below the best ask in continuous trading."""
    missing: dict[str, Statement] = field(default_factory=dict)


def simulate_session(
    scenario: Scenario,
    seed: int,
    progress: Callable[[float], None] | None = None,
    *,
    messages: bool = True,
    at_open: Callable[[Simulator], object] | None = None,
) -> ReducedSession:
    """Run one session of a scenario, warm-up first, and reduce it.

    ``messages`` False leaves out lifetimes, arrivals of messages and the response to single trades,
    which is twice as fast. ``progress`` is called with the simulated seconds done since the last
    call. ``at_open`` may change the market when the session begins, e.g. bring in other traders.
    Releases the GIL while the market runs.
    """
    from abm_desktop.market.simulator import Simulator

    simulator = Simulator(scenario, seed, record_messages=messages)
    simulator.warm_up()
    if at_open:
        at_open(simulator)
    reader = _Reader(simulator, messages)
    simulator.tape.clear_rows()
    end = scenario.market.session
    at = 0.0
    while at < end:
        begin = at
        at = min(at + PIECE, end)
        reader.piece(at)
        if progress:
            progress(at - begin)
    return reader.record()


class _Parents:
    """Follows the parent orders of institutions: when each began and ended, by polling.

    A poll tells how much each institution has left; its trades in between tell at which of them the
    parent was done. Two parents of one side within one poll interval cannot be told apart.
    """

    def __init__(self, simulator: Simulator) -> None:
        self.agents = np.flatnonzero(simulator.agents["kind"] == INSTITUTION)
        self._left = self.read(simulator).tolist()
        # The parents under way at the open began before it, so their size is not known.
        self._partial = [left > 0 for left in self._left]
        self._open: list[list[int]] = [[] for _ in self.agents]
        self.completed: list[tuple[int, int]] = []
        """First and last trade of each completed parent, as rows of the session's trades."""

    def read(self, simulator: Simulator) -> np.ndarray:
        """Lots that each institution still has to trade, (institutions,)."""
        agents = simulator.agents[self.agents]
        return np.where(agents["active"] != 0, agents["remaining"], 0)

    def follow(
        self, polls: np.ndarray, done: np.ndarray, taker: np.ndarray, size: np.ndarray, first: int
    ) -> None:
        """Take in a stretch of trades.

        Args:
            polls: lots left at each poll, (p, institutions).
            done: how many of these trades had happened at each poll, (p,).
            taker: agent of each trade, (t,).
            size: lots of each trade, (t,).
            first: row in the session of the first of these trades.
        """
        for k, agent in enumerate(self.agents.tolist()):
            rows = np.flatnonzero(taker == agent)
            lots = size[rows].tolist()
            stops = np.searchsorted(rows, done).tolist()
            at, left = 0, self._left[k]
            for now, stop in zip(polls[:, k].tolist(), stops, strict=True):
                for n in range(at, stop):
                    self._open[k].append(first + int(rows[n]))
                    left -= lots[n]
                    if left == 0:
                        self._finish(k)
                at = stop
                if now == 0:
                    self._finish(k)
                elif now > left > 0:
                    # Orders under way that did not fill (latency) hide where the last parent ended.
                    self._open[k], self._partial[k] = [], True
                left = now
            self._left[k] = left

    def _finish(self, k: int) -> None:
        rows = self._open[k]
        if rows and not self._partial[k]:
            self.completed.append((rows[0], rows[-1]))
        self._open[k], self._partial[k] = [], False


class _Reader:
    """Runs a market piece by piece and keeps what a :class:`ReducedSession` needs."""

    def __init__(self, simulator: Simulator, messages: bool) -> None:
        self._simulator = simulator
        self._messages = messages
        self._start = round(simulator.scenario.market.warm_up * 1e9)
        self._tick = simulator.scenario.market.tick_size
        self._parents = _Parents(simulator)
        # The warm-up's last row is the open.
        opening = simulator.tape.samples[-1:]
        self._samples = [opening[opening["time"] == self._start].copy()]
        self._trades: list[np.ndarray] = []
        self._trade_rows = 0
        self._born = np.full(1 << 20, -1, np.int64)
        self._first_order: int | None = None
        self._last_instant = -1
        self._gaps = GapHistogram()
        self._additions = self._cancellations = 0
        self._lifetimes: list[np.ndarray] = []
        self._depth_sums = np.zeros(DISTANCES)
        self._depth_looks = 0

    def piece(self, until: float) -> None:
        """Run up to ``until`` seconds since the open and take in what happened."""
        simulator = self._simulator
        levels = LevelVolumes.of(simulator, self._tick) if self._messages else None
        next_look = (np.floor(simulator.now / LOOK_INTERVAL) + 1) * LOOK_INTERVAL
        polls: list[np.ndarray] = []
        fills: list[int] = []
        steps = np.arange(simulator.now + POLL, until - 1e-9, POLL).tolist()
        for stop in [*steps, until]:
            simulator.run_until(stop)
            polls.append(self._parents.read(simulator))
            fills.append(len(simulator.tape.trades))
            if stop >= next_look - 1e-9:
                self._look()
                next_look += LOOK_INTERVAL
        trades = trade_groups(simulator.tape.trades)
        done = np.searchsorted(trades["fills"].cumsum(), fills, side="right")
        self._parents.follow(
            np.array(polls), done, trades["taker"], trades["size"], self._trade_rows
        )
        self._trade_rows += len(trades)
        if levels is not None:
            rows = simulator.tape.messages
            # An auction has no aggressor whose trade quotes could respond to.
            fill_at = np.flatnonzero((rows["kind"] == TRADED) & (rows["aggressor"] != 0))
            traded, responded = simulator.tape.trades, trades["auction"] == 0
            before, after = quotes_around(
                levels, rows, fill_at, traded[traded["auction"] == 0], trades[responded]
            )
            if not levels.agrees_with(simulator, self._tick):
                before[:] = after[:] = np.nan
            trades["mid_before"][responded], trades["mid_after"][responded] = before, after
            self._take_messages(rows)
        self._trades.append(trades)
        self._samples.append(simulator.tape.samples.copy())
        simulator.tape.clear_rows()

    def _look(self) -> None:
        """Add the depth profile of now."""
        if self._simulator.phase not in PHASES[: LIMIT_STATE + 1]:
            return
        for side in self._simulator.book(DISTANCES):
            if len(side):
                distance = np.abs(np.rint((side[:, 0] - side[0, 0]) / self._tick)).astype(np.int64)
                near = distance < DISTANCES
                self._depth_sums[distance[near]] += side[near, 1]
                self._depth_looks += 1

    def _take_messages(self, rows: Records) -> None:
        if not len(rows):
            return
        time = rows["time"]
        instants = time[np.flatnonzero(np.diff(time, prepend=self._last_instant))]
        if self._last_instant >= 0:
            instants = np.concatenate(([self._last_instant], instants))
        self._gaps.add(np.diff(instants) * 1e-9)
        self._last_instant = int(time[-1])
        added = rows[rows["kind"] == ADDED]
        gone = rows[(rows["kind"] == CANCELLED) | (rows["kind"] == EXPIRED)]
        self._additions += len(added)
        self._cancellations += len(gone)
        if self._first_order is None:
            if not len(added):
                return
            self._first_order = int(added["order"][0])
        born_at = added["order"].astype(np.int64) - self._first_order
        need = int(born_at.max(initial=0)) + 1
        if need > len(self._born):
            grown = np.full(2 * need, -1, np.int64)
            grown[: len(self._born)] = self._born
            self._born = grown
        self._born[born_at[born_at >= 0]] = added["time"][born_at >= 0]
        died_at = gone["order"].astype(np.int64) - self._first_order
        known = (died_at >= 0) & (died_at < len(self._born))
        born = self._born[died_at[known]]
        lifetime = (gone["time"][known] - born)[born >= 0] * 1e-9
        self._lifetimes.append(lifetime[lifetime > 60.0])

    def record(self) -> ReducedSession:
        """The whole session."""
        simulator = self._simulator
        samples: Records = np.concatenate(self._samples)
        trades: Records = np.concatenate(self._trades)
        bid, ask = samples["best_bid"].astype(float), samples["best_ask"].astype(float)
        two_sided = (bid >= 0) & (ask < simulator.scenario.market.ladder_ticks)
        two_sided &= samples["phase"] <= LIMIT_STATE
        best = [samples[side][two_sided] for side in ("bid_volume", "ask_volume")]
        signed = trades[trades["auction"] == 0]
        trade_gaps = GapHistogram()
        trade_gaps.add(np.diff(np.unique(signed["time"])) * 1e-9)
        size, impact = self._parent_orders(trades, samples["mid"], samples["time"])
        missing: dict[str, Statement] = {}
        if not len(self._parents.agents):
            missing["parents"] = FactNote("no_institutions")
        if not self._messages:
            missing["messages"] = missing["responses"] = FactNote("not_recorded")
        return ReducedSession(
            name=f"seed {simulator.seed}",
            seconds=simulator.scenario.market.session,
            mid=samples["mid"],
            trade_price=samples["last_price"].astype(float),
            volume=np.diff(samples["volume"]).astype(float),
            spread=np.where(two_sided, ask - bid, np.nan),
            best_volume=np.concatenate(best).astype(float),
            trade_time=(signed["time"] - self._start) * 1e-9,
            trade_sign=signed["side"].astype(float),
            trade_size=signed["size"].astype(float),
            trade_response=signed["side"] * (signed["mid_after"] - signed["mid_before"]),
            trade_gaps=trade_gaps,
            message_gaps=self._gaps,
            additions=self._additions,
            cancellations=self._cancellations,
            lifetimes=np.concatenate([_EMPTY, *self._lifetimes]),
            depth_sums=self._depth_sums,
            depth_looks=self._depth_looks,
            parent_size=size,
            parent_impact=impact,
            crossed=int(np.count_nonzero(two_sided & (bid >= ask))),
            missing=missing,
        )

    def _parent_orders(
        self, trades: Records, mid: np.ndarray, time: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Sizes and impacts; if a trade's quotes are not known, the mid at the whole second."""
        spans = np.array(self._parents.completed, np.int64).reshape(-1, 2)
        if not len(spans):
            return _EMPTY, _EMPTY
        first, last = trades[spans[:, 0]], trades[spans[:, 1]]
        at = np.clip(np.searchsorted(time, first["time"], side="left") - 1, 0, len(mid) - 1)
        begin = np.where(np.isnan(first["mid_before"]), mid[at], first["mid_before"])
        at = np.clip(np.searchsorted(time, last["time"], side="left"), 0, len(mid) - 1)
        end = np.where(np.isnan(last["mid_after"]), mid[at], last["mid_after"])
        # The lots of an agent's trades up to each of them; a parent's are consecutive.
        lots = np.zeros(len(trades), np.int64)
        for agent in self._parents.agents.tolist():
            mine = trades["taker"] == agent
            lots[mine] = trades["size"][mine].cumsum()
        size = lots[spans[:, 1]] - lots[spans[:, 0]] + first["size"]
        return size.astype(float), first["side"] * (end - begin) / begin
