"""What routes answer with: typed models, with units and meanings that the description shows.

Prices are in currency, sizes in lots, times in simulated seconds since the open (since midnight in
a replay), unless a field says otherwise. What is not known is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import BaseModel

from abm_desktop.desk.phase_bands import indicative_price
from abm_desktop.live.ledger import EntryState
from abm_desktop.live.outcomes import CommandOutcome
from abm_desktop.live.types import MarketSnapshot
from abm_desktop.market.commands import Inject

__all__ = [
    "CommandAnswer",
    "Level",
    "MarketState",
    "StressActing",
    "StressPlanned",
    "StressToCome",
    "known",
    "market_state",
    "of_outcome",
]


class CommandAnswer(BaseModel):
    """What became of a command that was carried out."""

    command: int
    """Its number in the session; the commands of the window count too."""
    sequence: int
    """Number of its outcome in the stream of outcomes."""
    generation: int
    """Of the market afterwards: send it as If-Match to have the next command refused if the market
    was replaced meanwhile."""
    time: float | None
    """When it took effect."""
    checksum: str | None
    """Of the market's state afterwards; null for a recording, or without a market. Equal
    checksums are equal markets."""
    filled: int | None = None
    """Lots traded at once, for orders."""
    order: tuple[int, int] | None = None
    """Names the order while it rests."""
    planned: int | None = None
    """Number of a stress that waits for its time."""
    reached: bool | None = None
    """Whether the goal was reached, for an advance."""


class Level(BaseModel):
    """A price level of the book."""

    price: float
    lots: int
    orders: int


class StressActing(BaseModel):
    """A stress that acts now."""

    kind: str
    magnitude: float
    start: float
    end: float


class StressToCome(StressActing):
    """A stress that begins with the next event of the market, or that the scenario brings later."""


class StressPlanned(BaseModel):
    """A stress that waits for its time."""

    number: int
    """For its cancellation."""
    kind: str
    magnitude: float
    start: float
    duration: float


class ClassState(BaseModel):
    """The traders of a class together."""

    name: str
    traders: int
    inventory: int
    """Lots."""
    pnl: float
    """Currency since the open, marked at mid."""
    maker_volume: int
    """Lots filled while resting."""
    taker_volume: int
    messages: int


class MarkSeen(BaseModel):
    """Something that was done to the market, or happened in it."""

    time: float
    text: str
    client: str
    """Who asked for it; "" is the person at the window, or nobody."""


class MarketState(BaseModel):
    """The market at one moment."""

    generation: int
    """Grows with every load, reset and fork."""
    state: str
    """loading, paused, running, ended or failed."""
    source: str
    """Name of the scenario, or of the recording."""
    is_replay: bool
    seed: int
    time: float
    end: float | None
    """When the session ends; null if it does not."""
    speed_target: float | None
    """Simulated seconds a real second asked for; null is as fast as it goes."""
    speed: float
    events_per_second: float
    """Book events a real second, lately."""
    events: int
    trades: int
    volume: int
    tick_size: float
    lot: int
    """Units of the asset in a lot."""
    best_bid: float | None
    best_ask: float | None
    mid: float | None
    spread: float | None
    last_price: float | None
    fundamental: float | None
    phase: str
    """continuous, limit, auction, halted or closed."""
    phase_reason: str | None
    """What the last change of phase came of, also while trading is continuous again."""
    indicative_price: float | None
    """Where an auction that gathers orders now would trade, as far as the book shows; else null."""
    bids: list[Level]
    """Best first; ten levels."""
    asks: list[Level]
    classes: list[ClassState]
    stresses: list[StressActing]
    planned: list[StressPlanned]
    """Those that somebody asked for, for a time ahead."""
    scheduled: list[StressToCome]
    """Those of the scenario that are still to come, and those that begin with the next event."""
    interventions: list[str]
    """Rules of the venue that are on."""
    rule_values: dict[str, dict[str, float | bool]]
    """Their parameters."""
    alarms: list[str]
    marks: list[MarkSeen]
    """The latest 100."""
    forked_from: tuple[int, float] | None
    """Generation and time of the market that it was copied from."""
    error: str | None


def known(number: float) -> float | None:
    """A number for JSON, which has neither NaN nor infinity."""
    return float(number) if math.isfinite(number) else None


def levels(rows: np.ndarray, most: int) -> list[Level]:
    """Levels of a book from rows (k, 3) of price, lots, orders."""
    return [Level(price=p, lots=int(v), orders=int(n)) for p, v, n in rows[:most].tolist()]


def of_outcome(outcome: CommandOutcome) -> CommandAnswer:
    """The answer that an outcome is."""
    return CommandAnswer(
        command=outcome.ticket,
        sequence=outcome.sequence,
        generation=outcome.generation,
        time=outcome.time,
        checksum=outcome.checksum or None,
        filled=outcome.filled,
        order=outcome.order,
        planned=outcome.planned,
        reached=outcome.reached,
    )


def _to_come(s: MarketSnapshot) -> Iterator[StressToCome]:
    for entry in s.commands:
        command = entry.command
        if not isinstance(command, Inject) or entry.planned is not None:
            continue
        withdrawn = entry.ended is not None and entry.ended <= s.time
        later = entry.is_written and entry.begins > s.time
        next_one = entry.state is EntryState.NEXT and entry.asked <= s.time
        if (later or next_one) and not withdrawn:
            stress = command.stress
            yield StressToCome(
                kind=stress.type,
                magnitude=stress.strength,
                start=entry.begins,
                end=entry.begins + stress.length,
            )


def market_state(snapshot: MarketSnapshot, depth: int = 10) -> MarketState:
    """A snapshot as an answer."""
    s = snapshot
    plain: dict[str, Any] = {
        name: getattr(s, name)
        for name in (
            "generation", "source", "is_replay", "seed", "time", "end", "speed_target", "speed",
            "events_per_second", "events", "trades", "volume", "tick_size", "lot", "phase",
            "forked_from", "error",
        )
    }  # fmt: skip
    return MarketState(
        **plain,
        state=str(s.state),
        best_bid=known(s.best_bid),
        best_ask=known(s.best_ask),
        mid=known(s.mid),
        spread=known(s.spread),
        last_price=known(s.last_price),
        fundamental=known(s.fundamental),
        indicative_price=known(indicative_price(s)[0]),
        phase_reason=None if s.phase_reason is None else str(s.phase_reason),
        bids=levels(s.bids, depth),
        asks=levels(s.asks, depth),
        classes=[ClassState.model_validate(c, from_attributes=True) for c in s.classes],
        stresses=[StressActing.model_validate(x, from_attributes=True) for x in s.stresses],
        planned=[StressPlanned.model_validate(x, from_attributes=True) for x in s.planned],
        scheduled=list(_to_come(s)),
        interventions=list(s.interventions),
        rule_values=dict(s.rule_values),
        alarms=[str(alarm) for alarm in s.alarms],
        marks=[
            MarkSeen(time=mark.time, text=mark.label, client=mark.client) for mark in s.marks[-100:]
        ],
    )
