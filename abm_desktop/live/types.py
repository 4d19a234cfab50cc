"""What a live market shows the outside: immutable snapshots that any thread may read.

A snapshot is built by the worker thread of :class:`abm_desktop.live.LiveMarket` and never changed
afterwards, so that a reader (the window, a test, a script) needs no lock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.live.conditions import Condition

# Record types and names only: cheap.
from abm_desktop.market.accounts import OwnOrder as OwnOrder
from abm_desktop.market.accounts import WatchedTrader as WatchedTrader
from abm_desktop.market.records import Records
from abm_desktop.market.state import TRADE
from abm_desktop.market.state import TRADER_CLASSES as TRADER_CLASSES
from abm_desktop.market.tape import Mark as Mark
from abm_desktop.statements import Statement

if TYPE_CHECKING:
    from abm_desktop.live.ledger import LedgerEntry


class RunState(StrEnum):
    """What the worker thread is doing."""

    LOADING = "loading"
    PAUSED = "paused"
    RUNNING = "running"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class History:
    """Sampled series since the open, oldest first; every array has the same length n.

    When the store is full the worker thins it to every second sample, so the spacing of ``time``
    may grow during a long session; it is always increasing.
    """

    time: np.ndarray
    """Simulated seconds since the open, float64 (n,)."""
    mid: np.ndarray
    """Mid price in currency, float64 (n,)."""
    fundamental: np.ndarray
    """Fundamental value in currency, float64 (n,); NaN in a replay of real data."""
    best_bid: np.ndarray
    """Best bid in currency, NaN if the side is empty, float64 (n,)."""
    best_ask: np.ndarray
    """Best ask in currency, NaN if the side is empty, float64 (n,)."""
    bid_depth: np.ndarray
    """Lots within the five best bid levels, float64 (n,)."""
    ask_depth: np.ndarray
    """Lots within the five best ask levels, float64 (n,)."""
    volume: np.ndarray
    """Cumulative traded lots, float64 (n,)."""
    trades: np.ndarray
    """Cumulative number of trades, float64 (n,)."""
    messages: np.ndarray
    """Cumulative number of book events, float64 (n,)."""
    bid_lots: np.ndarray
    """Lots at the best bid, float64 (n,)."""
    ask_lots: np.ndarray
    """Lots at the best ask, float64 (n,)."""
    phase: np.ndarray
    """Number of the phase in ``market.state.PHASES``, float64 (n,)."""
    class_inventory: np.ndarray
    """Inventory in lots by trader class, float64 (n, len(TRADER_CLASSES))."""
    class_pnl: np.ndarray
    """Profit and loss in currency, marked at mid, by trader class; shaped like the inventory."""

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True)
class ActiveStress:
    """A stress that acts now."""

    kind: str
    magnitude: float
    start: float
    """Simulated seconds since the open."""
    end: float


@dataclass(frozen=True, slots=True)
class PlannedStress:
    """A stress that waits for its time."""

    number: int
    """Names it, for :meth:`LiveMarket.cancel_planned`."""
    kind: str
    magnitude: float
    start: float
    """Simulated seconds since the open."""
    duration: float
    client: str = ""
    """Who asked for it; "" is the person at the window."""


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """The market passed into another phase."""

    time: float
    """Simulated seconds since the open."""
    phase: str
    """As :attr:`MarketSnapshot.phase`."""
    cause: Statement | None = None
    """The rule that caused it."""


@dataclass(frozen=True, slots=True)
class RunGoal:
    """What a market runs towards, until it pauses there."""

    ticket: int
    """Number of the ticket that asked for it."""
    until: float
    """Simulated seconds (time of day for a replay): it goes no further."""
    when: Condition | None = None
    """What it is to find before; None: it goes there."""
    client: str = ""
    """Who asked for it; "" is the person at the window."""


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """What the person at the desk holds."""

    position: int
    """Lots, negative if sold short."""
    pnl: float
    """Currency since the open, marked at mid."""
    break_even: float
    """Price at which closing the position would leave neither gain nor loss; NaN without one."""
    traded: int
    """Lots bought and sold so far."""
    orders: tuple[OwnOrder, ...] = ()


@dataclass(frozen=True, slots=True)
class RlGroup:
    """RL traders of one model, who came together: some rows of :attr:`Simulator.agents`."""

    first: int
    """Row of the first; fills name traders by their rows."""
    count: int
    model: str
    role: str


@dataclass(frozen=True, slots=True)
class ClassAccount:
    """The account of one trader class, summed over its traders."""

    name: str
    traders: int
    inventory: int
    """Lots."""
    pnl: float
    """Currency, marked at mid."""
    maker_volume: int
    """Lots filled while resting."""
    taker_volume: int
    """Lots filled as aggressor."""
    messages: int


@dataclass(frozen=True, slots=True)
class MarketSnapshot:
    """One moment of the live market. Prices in currency, sizes in lots, times in seconds."""

    generation: int
    """Grows by one at every load or reset: a view that sees a new number starts afresh."""
    state: RunState
    source: str
    """Scenario name, or the file name of a replay."""
    is_replay: bool
    seed: int
    time: float
    """Simulated seconds since the open (time of day for a replay)."""
    end: float | None
    """Time at which the session ends, None for an open end."""
    speed_target: float | None
    """Simulated seconds per real second asked for; None = as fast as it goes."""
    speed: float
    """Simulated seconds per real second, achieved lately."""
    events_per_second: float
    """Book events per real second, achieved lately."""
    events: int
    """Book events since the open."""
    trades: int
    volume: int
    tick_size: float
    best_bid: float
    """NaN if the side is empty."""
    best_ask: float
    mid: float
    last_price: float
    fundamental: float
    bids: np.ndarray
    """(k, 3) price, volume, orders; best first; at most 50 levels."""
    asks: np.ndarray
    recent_trades: Records
    """Structured (time, price, size, side) of the latest trades, oldest first; side +1 = buyer was
    the aggressor, -1 = seller, 0 = a recording does not tell. At most 500."""
    history: History
    classes: tuple[ClassAccount, ...]
    stresses: tuple[ActiveStress, ...] = ()
    marks: tuple[Mark, ...] = ()
    alarms: tuple[Statement, ...] = field(default=())
    """Anything that was refused or lost: full order pool, price off the ladder, ..."""
    phase: str = "continuous"
    """continuous, limit, auction, halted or closed."""
    phase_reason: Statement | None = None
    """The rule that caused the phase, or what a recording says of it; None while trading was never
    interrupted."""
    interventions: tuple[str, ...] = ()
    """Names of the venue's rules that are on."""
    rule_values: Mapping[str, Mapping[str, float | bool]] = field(default_factory=dict)
    """Their parameters, by rule."""
    planned: tuple[PlannedStress, ...] = ()
    """Stresses queued for a time ahead, the next first."""
    own: OwnAccount | None = None
    """The account of the person at the desk; None before the first order."""
    forked_from: tuple[int, float] | None = None
    """Generation and time at which this run left another, for a run that was forked."""
    watched: WatchedTrader | None = None
    """The RL trader that is looked at; None if nobody asked, or there is none."""
    error: str | None = None
    """Why the worker stopped, where state is FAILED."""
    lot: int = 1
    """Units of the asset in a lot."""
    fills: Records = field(default_factory=lambda: np.empty(0, TRADE))
    """Fills since the open, the latest of very many: TRADE records with ``time`` in ns since the
    open (since midnight in a replay), prices in ticks. A replay names no traders, and not always
    the aggressor: its side is 0 then."""

    goal: RunGoal | None = None
    """What it runs towards; None if nobody asked for that."""
    phases: tuple[PhaseChange, ...] = ()
    """Changes of phase since the open, the latest of very many; batch auctions are none. A replay
    tells its phases in :attr:`History.phase` only."""
    commands: tuple[LedgerEntry, ...] = ()
    """Every command that this run has taken, and how it stands, by number; the latest of many."""
    rl_groups: tuple[RlGroup, ...] = ()
    """The RL traders that have come so far, in the order of their rows, also those that left."""
    commands_dropped: int = 0
    """Finished commands that are no longer among them."""

    @property
    def spread(self) -> float:
        """Best ask minus best bid, in currency."""
        return self.best_ask - self.best_bid

    @property
    def first_fill(self) -> int:
        """Number of the first of :attr:`fills`; those of the session count from 0.

        The last has the number ``trades - 1``; earlier ones than the first are gone.
        """
        return self.trades - len(self.fills)

    def fills_since(self, number: int) -> tuple[Records, int]:
        """The fills from a number on, and how many of them are gone.

        Ask again with :attr:`trades` of this snapshot to miss none, unless ``generation`` grew.
        """
        missed = max(0, min(self.first_fill, self.trades) - max(number, 0))
        return self.fills[max(0, max(number, 0) - self.first_fill) :], missed


@dataclass(frozen=True, slots=True, eq=False)
class PastMoment:
    """A past moment, and what happened around it."""

    snapshot: MarketSnapshot
    """As it was at the moment; its history is that of the span around it."""
    left: float
    right: float
    """The span that is told in full; both are the moment itself where the span was too long."""
    book_time: np.ndarray
    """Seconds, ascending, float64 (n,)."""
    book_ticks: np.ndarray
    """Prices in ticks, int32 (n, 100): fifty bids, then fifty asks."""
    book_lots: np.ndarray
    """Lots there, 0 if there is no level, float32 (n, 100)."""
    trades: Records
    """Every trade of the span, as ``MarketSnapshot.recent_trades``."""
    seconds: float
    """Real time that it took to compute."""

    @property
    def time(self) -> float:
        """Simulated seconds since the open."""
        return self.snapshot.time
