"""What a live market can play: a simulated market, or recorded real order flow.

Both have one face, so the worker thread does not care which it paces. The heavy imports are inside
the constructors, which run on the worker thread.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from abm_desktop.live.history import HistoryStore
from abm_desktop.live.types import TRADER_CLASSES, ActiveStress, ClassAccount, Mark

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario

RECENT_TRADES = 500
BOOK_LEVELS = 50
SAMPLE_INTERVAL = 0.1
"""Simulated seconds between two points of the charts, as long as that is affordable."""

TRADE_DTYPE = np.dtype([("time", "f8"), ("price", "f8"), ("size", "i8"), ("side", "i4")])


class Feed(Protocol):
    """A market that can be advanced and read, all on the worker thread."""

    source: str
    is_replay: bool
    seed: int
    end: float | None
    tick_size: float
    history: HistoryStore
    marks: list[Mark]

    @property
    def now(self) -> float: ...

    @property
    def events(self) -> int: ...

    def advance(self, until: float) -> None:
        """Run to a simulated time."""

    def step(self, events: int) -> None:
        """Run for some events."""

    def limit_samples(self, per_second: float, speed: float) -> None:
        """Sample at most ``per_second`` times a real second at this speed (simulated/real)."""

    def collect(self) -> None:
        """Move what was recorded into ``history`` and the recent trades."""

    def fields(self) -> dict[str, Any]:
        """The feed's part of a :class:`MarketSnapshot`."""


class SimulatedFeed:
    """A compiled market, warmed up to the open."""

    is_replay = False
    end: float | None = None

    def __init__(self, scenario: Scenario, seed: int | None) -> None:
        from abm_desktop.market.simulator import Simulator

        self.simulator = Simulator(scenario, seed, sample_interval=SAMPLE_INTERVAL)
        self.simulator.warm_up()
        self.scenario = scenario
        self.source = scenario.name
        self.seed = self.simulator.seed
        self.tick_size = scenario.market.tick_size
        self.marks: list[Mark] = []
        self.history = HistoryStore()
        self._recent = np.zeros(0, TRADE_DTYPE)
        self._interval = SAMPLE_INTERVAL
        # The warm-up fills the book; the session, and what is counted, begins at the open.
        self._before_open = {
            "trades": self.simulator.trades,
            "volume": self.simulator.volume,
            "messages": self.simulator.events,
        }
        self._keep_recent()
        self._forget_tape()

    @property
    def now(self) -> float:
        return self.simulator.now

    @property
    def events(self) -> int:
        return self.simulator.events - self._before_open["messages"]

    def advance(self, until: float) -> None:
        self.simulator.run_until(until)

    def step(self, events: int) -> None:
        self.simulator.step(events)

    def limit_samples(self, per_second: float, speed: float) -> None:
        wanted = SAMPLE_INTERVAL * self.history.stride
        # Powers of two, so that the spacing changes seldom.
        while speed / wanted > per_second:
            wanted *= 2
        if wanted != self._interval:
            self._interval = wanted
            self.simulator.set_sample_interval(wanted)

    def collect(self) -> None:
        tape, simulator = self.simulator.tape, self.simulator
        samples = tape.samples
        if len(samples):
            tick = self.tick_size
            time = samples["time"] / 1e9 - self.scenario.market.warm_up
            ladder = self.scenario.market.ladder_ticks
            bid = np.where(samples["best_bid"] >= 0, samples["best_bid"] * tick, np.nan)
            ask = np.where(samples["best_ask"] < ladder, samples["best_ask"] * tick, np.nan)
            inventory = tape.class_samples[:, :, 0].astype(np.float64)
            cash = tape.class_samples[:, :, 1]
            pnl = (cash + inventory * samples["mid"][:, None] - simulator.pnl_at_open) * tick
            columns = {
                "time": time,
                "mid": samples["mid"] * tick,
                "fundamental": samples["value"] * tick,
                "best_bid": bid,
                "best_ask": ask,
                "bid_depth": samples["bid_depth"],
                "ask_depth": samples["ask_depth"],
                "volume": samples["volume"] - self._before_open["volume"],
                "trades": samples["trades"] - self._before_open["trades"],
                "messages": samples["messages"] - self._before_open["messages"],
            }
            self.history.extend(columns, inventory, pnl * simulator.scenario.market.lot)
        self.marks = [Mark(mark.time, mark.label) for mark in tape.marks]
        self._keep_recent()
        self._forget_tape()

    def _keep_recent(self) -> None:
        trades = self.simulator.tape.trades[-RECENT_TRADES:]
        if len(trades) == 0:
            return
        rows = np.empty(len(trades), TRADE_DTYPE)
        rows["time"] = trades["time"] / 1e9 - self.scenario.market.warm_up
        rows["price"] = trades["price"] * self.tick_size
        rows["size"] = trades["size"]
        rows["side"] = trades["side"]
        self._recent = np.concatenate([self._recent, rows])[-RECENT_TRADES:]

    def _forget_tape(self) -> None:
        self.simulator.tape.clear_rows()

    def fields(self) -> dict[str, Any]:
        s = self.simulator
        bids, asks = s.book(BOOK_LEVELS)
        unit = self.tick_size * self.scenario.market.lot
        accounts, pnl = s.session_classes()
        classes = tuple(
            ClassAccount(
                name=name,
                traders=int(c["traders"]),
                inventory=int(c["inventory"]),
                pnl=float(made) * unit,
                maker_volume=int(c["maker_volume"]),
                taker_volume=int(c["taker_volume"]),
                messages=int(c["messages"]),
            )
            for name, c, made in zip(TRADER_CLASSES, accounts, pnl, strict=True)
        )
        return {
            "trades": s.trades - self._before_open["trades"],
            "volume": s.volume - self._before_open["volume"],
            "best_bid": s.best_bid,
            "best_ask": s.best_ask,
            "mid": s.mid,
            "last_price": s.last_price,
            "fundamental": s.fundamental,
            "bids": bids,
            "asks": asks,
            "recent_trades": self._recent,
            "classes": classes,
            "stresses": tuple(ActiveStress(*row) for row in s.active_stresses),
            "alarms": tuple(s.alarms),
            "phase": s.phase,
            "phase_reason": s.phase_changes[-1][2] if s.phase_changes else "",
            "interventions": s.interventions,
        }


def open_replay(path: Path) -> Feed:
    """A feed of recorded order flow.

    Raises:
        OSError, ValueError: if the file cannot be read or is not order flow.
    """
    from abm_desktop.live.replay_feed import ReplayFeed

    return ReplayFeed(path)
