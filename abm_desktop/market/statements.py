"""What a market tells people: what was done to it, what went wrong, why trading does not go on.

Values of a simulated market and of a recorded one. Cheap to import: nothing here is compiled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from abm_desktop.statements import Statement

__all__ = [
    "AgendaFull",
    "AuctionCalled",
    "AuctionName",
    "AuctionPrinted",
    "BookFull",
    "ClonesJoined",
    "Forked",
    "OffLadder",
    "OrdersTooLarge",
    "PhaseCause",
    "PolicyTradersJoined",
    "RLTradersHalted",
    "RowsDiffer",
    "RuleSwitched",
    "SpreadWide",
    "StatusTold",
    "StressInjected",
    "TradersBlocked",
]

# -- what was done, for the marks ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StressInjected(Statement):
    """A stress begins."""

    TEXTS = ("{kind} {magnitude:g}",)
    kind: str
    """A key of ``scenario.stress.STRESS_TYPES``."""
    magnitude: float

    def values(self) -> dict[str, Any]:
        """With a kind as it is read."""
        return {"kind": self.kind.replace("_", " "), "magnitude": self.magnitude}


@dataclass(frozen=True, slots=True)
class PolicyTradersJoined(Statement):
    """Traders with a trained policy came in."""

    TEXTS = ("{count} RL {policy}", "{count} RL")
    count: int
    policy: str = ""
    """Name of the policy, if it has one."""

    @property
    def text(self) -> str:
        """By whether the policy has a name."""
        return self.TEXTS[not self.policy]


@dataclass(frozen=True, slots=True)
class ClonesJoined(Statement):
    """Copies of traders came in."""

    TEXTS = ("{count} clones",)
    count: int


@dataclass(frozen=True, slots=True)
class RuleSwitched(Statement):
    """A rule of the venue was switched."""

    TEXTS = ("{rule} on", "{rule} off")
    rule: str
    """A name of ``market.rules.INTERVENTIONS``."""
    on: bool

    @property
    def text(self) -> str:
        """By which way."""
        return self.TEXTS[not self.on]

    def values(self) -> dict[str, Any]:
        """With a rule as it is read."""
        return {"rule": self.rule.replace("_", " ")}


@dataclass(frozen=True, slots=True)
class AuctionCalled(Statement):
    """Somebody called an auction."""

    TEXTS = ("auction called for {seconds:g} s",)
    seconds: float


@dataclass(frozen=True, slots=True)
class Forked(Statement):
    """The run left another one here."""

    TEXTS = ("forked",)


@dataclass(frozen=True, slots=True)
class StatusTold(Statement):
    """A recording says of its day that trading stopped or goes on."""

    TEXTS = ("trading halted", "quoting resumed", "trading resumed", "trading status {status}")
    status: int
    """-1 trading halted, 0 quoting resumed, 1 trading resumed; others are the exchange's own."""

    @property
    def text(self) -> str:
        """By status."""
        return self.TEXTS[self.status + 1] if -1 <= self.status <= 1 else self.TEXTS[3]


AuctionName = Literal["opening auction", "closing auction", "auction"]


@dataclass(frozen=True, slots=True)
class AuctionPrinted(Statement):
    """What an auction of a recorded day traded."""

    TEXTS = (
        "opening auction: {size:,} at {price:.4f} (not in the volume)",
        "closing auction: {size:,} at {price:.4f} (not in the volume)",
        "auction: {size:,} at {price:.4f} (not in the volume)",
    )
    auction: AuctionName
    size: int
    """Shares."""
    price: float
    """Currency."""

    @property
    def text(self) -> str:
        """By auction."""
        return self.TEXTS[get_args(AuctionName).index(self.auction)]


# -- why trading does not go on --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PhaseCause(Statement):
    """The rule that caused a phase of a simulated market."""

    TEXTS = (
        "limit up, limit down",
        "market-wide breaker",
        "velocity logic",
        "volatility auction",
        "batch auction",
        "operator",
        "opening auction",
        "closing auction",
        "as recorded",
    )
    cause: int
    """A place in ``market.phases.REASONS``, from 1."""

    @property
    def text(self) -> str:
        """The rule."""
        return self.TEXTS[self.cause - 1]


# -- what went wrong -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BookFull(Statement):
    """The pool of orders had no room."""

    TEXTS = ("{count:#order} refused: the book is full at {most} orders",)
    count: int
    most: int


@dataclass(frozen=True, slots=True)
class OrdersTooLarge(Statement):
    """Orders of no size that may rest."""

    TEXTS = ("{count:#order} refused: the size is not 1 to {most:,} lots",)
    count: int
    most: int
    """Lots."""


@dataclass(frozen=True, slots=True)
class TradersBlocked(Statement):
    """The kill switch acted."""

    TEXTS = ("{count:#trader} blocked by the kill switch",)
    count: int


@dataclass(frozen=True, slots=True)
class RLTradersHalted(Statement):
    """The AI-only halt acted."""

    TEXTS = ("RL traders were halted {count:#time}",)
    count: int


@dataclass(frozen=True, slots=True)
class OffLadder(Statement):
    """Orders at prices that the ladder does not have."""

    TEXTS = ("{count:#order} refused: price off the ladder",)
    count: int


@dataclass(frozen=True, slots=True)
class AgendaFull(Statement):
    """The agenda had no room."""

    TEXTS = ("{count:#event} lost: the agenda is full",)
    count: int


@dataclass(frozen=True, slots=True)
class SpreadWide(Statement):
    """The spread stayed wide with no stress that would explain it."""

    TEXTS = (
        "spread above {ticks:#tick} for more than {seconds:g} s outside a stress, from {since:g} s "
        "on: too few limit orders",
    )
    ticks: int
    seconds: float
    since: float
    """Simulated seconds since the open."""


@dataclass(frozen=True, slots=True)
class RowsDiffer(Statement):
    """The rebuilt book of a recorded day is not the one of its file."""

    TEXTS = ("{count:#row} not as in the recorded book",)
    count: int
