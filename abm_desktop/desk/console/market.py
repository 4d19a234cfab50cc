"""The market as a console has it: commands as values, with tickets, and copies of what is told.

Its names are those of a client, see ``abm_desktop.remote.connect``: what is tried out in the
console runs elsewhere too. Nothing here reaches the arrays of the compiled market.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import InputError
from abm_desktop.live import MarketSnapshot
from abm_desktop.live.commands import (
    AddTraders,
    AdvanceUntil,
    CallAuction,
    CancelOrders,
    EndStress,
    ForkMarket,
    Inject,
    LoadScenario,
    MarketCommand,
    PauseMarket,
    PlaceOrder,
    ResetMarket,
    RunMarket,
    SessionCommand,
    SetRule,
    SetSpeed,
    StepEvents,
    in_short,
    read_command,
)
from abm_desktop.live.ledger import LedgerEntry
from abm_desktop.live.market import LiveMarket
from abm_desktop.live.outcomes import CommandOutcome, Ticket
from abm_desktop.live.refusals import NoMarket, RefusedError
from abm_desktop.scenario import find_scenario, load_scenario, stress_from_dict

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet

__all__ = ["CLIENT", "ConsoleMarket", "in_words"]

CLIENT = "console"
"""Who asks, in the list of commands."""
SLICE = 0.05
"""Real seconds of a wait that Ctrl+C cannot end."""
CATCH_UP = 2.0
"""Real seconds to wait for the snapshot after a command."""


def in_words(value: object) -> str:
    """A value as the console writes it: an outcome in a line, without the arrays of policies."""
    if not isinstance(value, CommandOutcome):
        return repr(value)
    asked = "" if value.command is None else in_short(value.command)
    when = "" if value.time is None else f" at {value.time:g} s"
    return f"<{'done' if value.accepted else 'refused'}{when}: {asked}>"


class ConsoleMarket:
    """The live market of a window.

    Args:
        live: asked anew at each use, for a window may be given another market.
    """

    def __init__(self, live: Callable[[], LiveMarket]) -> None:
        self._live = live

    def __repr__(self) -> str:
        snapshot = self._live().snapshot
        if snapshot is None:
            return "<market: none is open>"
        return f"<market {snapshot.source}, seed {snapshot.seed}, at {snapshot.time:g} s>"

    # -- commands -------------------------------------------------------------------------------

    def ask(self, command: MarketCommand | SessionCommand | Mapping[str, Any]) -> Ticket:
        """Ask for a command, or its values as in JSON; returns its ticket at once."""
        asked = read_command(command) if isinstance(command, Mapping) else command
        return self._live().do(asked, client=CLIENT)

    def command(
        self, command: MarketCommand | SessionCommand | Mapping[str, Any]
    ) -> CommandOutcome:
        """Have a command carried out, and wait for its outcome. Raises RefusedError."""
        return self.wait(self.ask(command))

    def wait(self, ticket: Ticket) -> CommandOutcome:
        """Wait for the outcome of a ticket; Ctrl+C ends the wait. Raises RefusedError."""
        while True:
            try:
                outcome = ticket.wait(SLICE)
                break
            except TimeoutError:
                continue
        if outcome.refusal is not None:
            raise RefusedError(outcome.refusal)
        self._catch_up(outcome)
        return outcome

    def _catch_up(self, outcome: CommandOutcome) -> None:
        """Wait until what is told here knows of a command."""
        until = time.monotonic() + CATCH_UP
        while time.monotonic() < until:
            snapshot = self._live().snapshot
            if snapshot is not None and (snapshot.generation, snapshot.time) >= (
                outcome.generation,
                outcome.time or 0.0,
            ):
                return
            time.sleep(SLICE)

    def load(self, scenario: str = "calm", seed: int | None = None) -> CommandOutcome:
        """Replace the market by that of a scenario: a name, or a file."""
        path = find_scenario(scenario)
        return self.command(LoadScenario(scenario=load_scenario(path), seed=seed, file=path))

    def reset(self, seed: int | None = None) -> CommandOutcome:
        """Start the same market again from the open."""
        return self.command(ResetMarket(seed=seed))

    def fork(self, time: float) -> CommandOutcome:
        """Go on from a moment of the past, as a run of its own."""
        return self.command(ForkMarket(time=time))

    def play(self) -> CommandOutcome:
        """Let simulated time pass."""
        return self.command(RunMarket())

    def pause(self) -> CommandOutcome:
        """Hold simulated time."""
        return self.command(PauseMarket())

    def set_speed(self, speed: float | None) -> CommandOutcome:
        """Simulated seconds per real second; None is as fast as it goes."""
        return self.command(SetSpeed(speed=speed))

    def run(self, seconds: float) -> CommandOutcome:
        """Go on by some simulated seconds as fast as it goes, pause there, and return then."""
        return self.run_until(self.now + seconds)

    def run_until(self, time: float) -> CommandOutcome:
        """Go on to a time as fast as it goes, pause there, and return then."""
        return self.command(AdvanceUntil(until=time))

    def step(self, events: int = 1) -> CommandOutcome:
        """Take some events of the book."""
        return self.command(StepEvents(events=events))

    def inject(self, stress: Any, at: float | None = None) -> CommandOutcome:
        """Start a stress now, or at a time ahead: FlashCrash(magnitude=0.03), or its values."""
        given = stress_from_dict(stress) if isinstance(stress, Mapping) else stress
        return self.command(Inject(stress=given, at=at))

    def end_stress(self, kind: str, start: float | None = None) -> CommandOutcome:
        """End the acting stress of this kind; with ``start``, that which began then."""
        if start is None:
            acting = [s.start for s in self._snapshot.stresses if s.kind == kind]
            if not acting:
                raise InputError(f"{kind!r} does not act now", key="kind")
            start = acting[-1]
        return self.command(EndStress(kind=kind, start=start))

    def set_intervention(self, name: str, on: bool = True, **values: float) -> CommandOutcome:
        """Switch a rule of the venue; ``values`` change its parameters."""
        return self.command(SetRule(rule=name, on=on, values=values))

    def hold_auction(self, seconds: float) -> CommandOutcome:
        """Stop trading, and resume with an auction after so many seconds."""
        return self.command(CallAuction(seconds=seconds))

    def add_policy_traders(
        self, policy: str | PolicyNet, count: int = 1, **settings: Any
    ) -> CommandOutcome:
        """Let traders with a policy, or the name of a model, into the market, from now on."""
        if isinstance(policy, str):
            from abm_desktop.learning.registry import models

            policy = models.load_policy(policy)
        return self.command(AddTraders(policy=policy, count=count, **settings))

    def place_order(self, side: int, price: float | None, size: int) -> CommandOutcome:
        """Buy (1) or sell (-1) by hand; with price None what is there."""
        return self.command(PlaceOrder(side=side, price=price, size=size))

    def cancel_orders(self) -> CommandOutcome:
        """Cancel every order placed by hand."""
        return self.command(CancelOrders())

    # -- what is told ---------------------------------------------------------------------------

    @property
    def _snapshot(self) -> MarketSnapshot:
        snapshot = self._live().snapshot
        if snapshot is None:
            raise RefusedError(NoMarket())
        return snapshot

    @property
    def now(self) -> float:
        """Simulated seconds since the open."""
        return self._snapshot.time

    @property
    def seed(self) -> int:
        """Of the market."""
        return self._snapshot.seed

    @property
    def generation(self) -> int:
        """Grows with every load, reset and fork."""
        return self._snapshot.generation

    @property
    def events(self) -> int:
        """Book events since the open."""
        return self._snapshot.events

    @property
    def trades(self) -> int:
        """Fills since the open."""
        return self._snapshot.trades

    @property
    def volume(self) -> int:
        """Lots traded since the open."""
        return self._snapshot.volume

    @property
    def best_bid(self) -> float:
        """In currency; NaN if there is none."""
        return self._snapshot.best_bid

    @property
    def best_ask(self) -> float:
        """In currency; NaN if there is none."""
        return self._snapshot.best_ask

    @property
    def mid(self) -> float:
        """Mean of best bid and ask."""
        return self._snapshot.mid

    @property
    def last_price(self) -> float:
        """Of the last trade."""
        return self._snapshot.last_price

    @property
    def fundamental(self) -> float:
        """The value that fundamental traders see."""
        return self._snapshot.fundamental

    @property
    def phase(self) -> str:
        """Of trading: continuous, limit, auction, halted or closed."""
        return self._snapshot.phase

    @property
    def interventions(self) -> tuple[str, ...]:
        """Rules of the venue that are on."""
        return self._snapshot.interventions

    @property
    def active_stresses(self) -> list[tuple[str, float, float]]:
        """Kind, magnitude and start of each that acts."""
        return [(s.kind, s.magnitude, s.start) for s in self._snapshot.stresses]

    @property
    def commands(self) -> tuple[LedgerEntry, ...]:
        """Every command of this market, and how it stands."""
        return self._snapshot.commands

    def book(self, depth: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """Bids and asks, float64 (k, 3) each: price, lots, orders; the best first."""
        snapshot = self._snapshot
        return snapshot.bids[:depth].copy(), snapshot.asks[:depth].copy()

    def trades_since(self, number: int = 0) -> np.ndarray:
        """The fills from a number on, structured; prices in ticks, time in ns since the open."""
        return np.array(self._snapshot.fills_since(number)[0])

    def series(self) -> dict[str, np.ndarray]:
        """The samples so far by name: time, mid, best_bid, volume, ..."""
        history = self._snapshot.history
        return {f.name: np.array(getattr(history, f.name)) for f in fields(history)}
