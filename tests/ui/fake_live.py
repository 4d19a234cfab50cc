"""A stand-in for LiveMarket that records its commands and shows whatever snapshot it is given."""

from __future__ import annotations

import itertools
import logging
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np

from abm_desktop.live import (
    TRADER_CLASSES,
    ActiveStress,
    ClassAccount,
    History,
    Mark,
    MarketSnapshot,
    RunState,
)
from abm_desktop.live.commands import (
    Inject,
    LoadScenario,
    OpenRecording,
    PauseMarket,
    RunMarket,
    in_short,
)
from abm_desktop.live.outcomes import Outcomes, Ticket
from abm_desktop.market.state import TRADE as FILL
from abm_desktop.market.statements import StressInjected
from abm_desktop.statements import Statement

TRADE = np.dtype([("time", "f8"), ("price", "f8"), ("size", "i8"), ("side", "i1")])


def make_history(n: int = 600, seed: int = 1) -> History:
    """A random-walk history of n seconds."""
    rng = np.random.default_rng(seed)
    time = np.arange(n, dtype=float)
    mid = 100 * np.exp(np.cumsum(rng.normal(0, 1e-4, n)))
    half = 0.005 * rng.integers(1, 4, n)
    k = len(TRADER_CLASSES)
    flow = rng.normal(0, 3, (n, k))
    return History(
        time=time,
        mid=mid,
        fundamental=100 * np.exp(np.cumsum(rng.normal(0, 6e-5, n))),
        best_bid=mid - half,
        best_ask=mid + half,
        bid_depth=rng.gamma(4, 15, n),
        ask_depth=rng.gamma(4, 15, n),
        volume=np.cumsum(rng.poisson(6, n)).astype(float),
        trades=np.cumsum(rng.poisson(3, n)).astype(float),
        messages=np.cumsum(rng.poisson(80, n)).astype(float),
        bid_lots=rng.integers(1, 20, n).astype(float),
        ask_lots=rng.integers(1, 20, n).astype(float),
        phase=np.zeros(n),
        class_inventory=np.cumsum(flow, axis=0),
        class_pnl=np.cumsum(rng.normal(0, 5, (n, k)), axis=0),
    )


def make_fills(history: History, tick: float) -> np.ndarray:
    """Fills that add up to the trades of the history, between the first five classes."""
    n = int(history.trades[-1])
    rng = np.random.default_rng(n)
    fills = np.zeros(n, FILL)
    seconds = np.sort(rng.uniform(0.0, history.time[-1], n))
    fills["time"] = np.round(seconds * 1e9)
    fills["price"] = np.rint(np.interp(seconds, history.time, history.mid) / tick)
    fills["size"] = rng.geometric(0.5, n)
    fills["side"] = rng.choice([-1, 1], n)
    for role in ("taker", "maker"):
        fills[f"{role}_class"] = rng.integers(0, 5, n)
        fills[role] = 10 * fills[f"{role}_class"]
    return fills


def make_snapshot(n: int = 600, **changes: Any) -> MarketSnapshot:
    """A consistent snapshot after n seconds; ``changes`` replace fields."""
    history = make_history(n)
    tick = 0.01
    mid = round(history.mid[-1] / tick) * tick + tick / 2
    rng = np.random.default_rng(n)

    def side(sign: int) -> np.ndarray:
        price = mid + sign * (tick / 2 + tick * np.arange(50))
        volume = rng.gamma(2, 6, 50).round() + 1
        return np.column_stack([price.round(2), volume, np.ceil(volume / 3)])

    bids, asks = side(-1), side(+1)
    m = min(500, 3 * n)
    fills = make_fills(history, tick)
    trades = np.zeros(m, TRADE)
    trades["time"] = np.linspace(max(0.0, n - m / 3), n - 1, m)
    trades["price"] = np.interp(trades["time"], history.time, history.mid).round(2)
    trades["size"] = rng.geometric(0.3, m)
    trades["side"] = rng.choice([-1, 1], m)
    values: dict[str, Any] = {
        "generation": 1,
        "state": RunState.PAUSED,
        "source": "Calm",
        "is_replay": False,
        "seed": 1,
        "time": float(n - 1),
        "end": 23400.0,
        "speed_target": 10.0,
        "speed": 9.8,
        "events_per_second": 812.0,
        "events": int(history.messages[-1]),
        "trades": len(fills),
        "fills": fills,
        "volume": int(history.volume[-1]),
        "tick_size": tick,
        "best_bid": float(bids[0, 0]),
        "best_ask": float(asks[0, 0]),
        "mid": mid,
        "last_price": float(asks[0, 0]),
        "fundamental": float(history.fundamental[-1]),
        "bids": bids,
        "asks": asks,
        "recent_trades": trades,
        "history": history,
        "classes": tuple(
            ClassAccount(name, 5, int(history.class_inventory[-1, k]),
                         float(history.class_pnl[-1, k]), 900 * (k + 1), 400 * (k + 2), 5000)
            for k, name in enumerate(TRADER_CLASSES[:5])
        ),
    }  # fmt: skip
    values.update(changes)
    return MarketSnapshot(**values)


class FakeLive:
    """Looks like LiveMarket; ``commands`` lists those it was given, ``calls`` all else."""

    def __init__(self, snapshot: MarketSnapshot | None = None) -> None:
        self.snapshot = snapshot
        self.compile_progress: Statement | None = None
        self.progress: float | None = None
        self.outcomes = Outcomes()
        self.commands: list[Any] = []
        self._numbers = itertools.count(1)
        self.calls: list[tuple[Any, ...]] = []
        self.closed = False
        self.past: Any = None
        self.past_is_due = False
        self.generation = 100

    def show(self, **changes: Any) -> None:
        """Change fields of the newest snapshot."""
        assert self.snapshot is not None
        self.snapshot = replace(self.snapshot, **changes)

    def called(self, name: str) -> list[tuple[Any, ...]]:
        """The arguments of every call of ``name``."""
        return [call[1:] for call in self.calls if call[0] == name]

    def close(self, timeout: float = 5.0) -> None:
        self.closed = True

    def start(self) -> None:
        self.calls.append(("start",))

    def do(self, command: Any, *, client: str = "") -> Ticket:
        self.commands.append(command)
        logging.getLogger("abm_desktop.live.worker").info("%s", in_short(command))
        if isinstance(command, RunMarket | PauseMarket):
            running = isinstance(command, RunMarket)
            self.show(state=RunState.RUNNING if running else RunState.PAUSED)
        if isinstance(command, Inject) and command.at is None:
            assert self.snapshot is not None
            stress, now = command.stress, self.snapshot.time
            mark = StressInjected(stress.type, stress.magnitude)
            acting = ActiveStress(stress.type, stress.magnitude, now, now + stress.duration)
            self.show(
                stresses=(*self.snapshot.stresses, acting),
                marks=(
                    *self.snapshot.marks,
                    Mark(now, mark),
                ),
            )
        return Ticket(next(self._numbers), command)

    def done(self, kind: type) -> list[Any]:
        """The commands of a kind that it was given."""
        return [command for command in self.commands if isinstance(command, kind)]

    def refuse(self, refusal: Any, ticket: int = 0) -> None:
        """Tell everybody that something was refused."""
        self.outcomes.publish(ticket=ticket, generation=1, refusal=refusal)

    def load(self, scenario: Any, seed: int | None = None, file: Any = None) -> Ticket:
        self.calls.append(("load", scenario))
        return self._replaced_by(LoadScenario(scenario=scenario, seed=seed, file=file))

    def open_replay(self, path: Any) -> Ticket:
        self.calls.append(("open_replay", path))
        return self._replaced_by(OpenRecording(path=path))

    def recover(self, record: Any) -> Ticket:
        self.calls.append(("recover", record))
        self.ticket = Ticket(next(self._numbers))
        return self.ticket

    def record(self) -> Future[Any]:
        self.recorded: Future[Any] = Future()
        return self.recorded

    def _replaced_by(self, command: Any) -> Ticket:
        self.snapshot = replace(self.snapshot or make_snapshot(), generation=self.generation)
        ticket = Ticket(next(self._numbers), command)
        self.outcomes.publish(ticket=ticket.number, command=command, generation=self.generation)
        self.generation += 1
        return ticket

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments, **_options: self.calls.append((name, *arguments))
