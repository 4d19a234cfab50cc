"""Why a market does not do what it is asked, as values.

An :class:`~abm_desktop.inputs.UnavailableError` that holds one says its words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from abm_desktop.market.state import REFUSALS
from abm_desktop.statements import Fault, Statement

__all__ = [
    "AuctionAfterClose",
    "ClassKeepsActing",
    "OrderReason",
    "OrderRefused",
    "PolicySlotsTaken",
    "PriceOffLadder",
    "RecordDoesNotReact",
    "RecordedTradersFixed",
    "StressIsOver",
    "StressSlotsTaken",
    "TooManyTraders",
]


@dataclass(frozen=True, slots=True)
class StressSlotsTaken(Fault):
    """As many stresses act or wait as a market can hold."""

    TEXTS = ("{most} stress events are active or planned already.",)
    REMEDIES = ("Wait for one to end.",)
    most: int
    code: Literal["stress_slots_taken"] = "stress_slots_taken"


@dataclass(frozen=True, slots=True)
class StressIsOver(Fault):
    """Nothing acts that could be ended."""

    TEXTS = ("No {kind} that began at {start:g} s acts any more.",)
    kind: str
    start: float
    """Simulated seconds since the open."""
    code: Literal["stress_is_over"] = "stress_is_over"

    def values(self) -> dict[str, Any]:
        """With the kind as people write it."""
        return {"kind": self.kind.replace("_", " "), "start": self.start}


@dataclass(frozen=True, slots=True)
class RecordDoesNotReact(Fault):
    """A stress that acts through traders, in a market whose traders are a record."""

    TEXTS = ("A {kind} acts through simulated traders; recorded ones do not react.",)
    REMEDIES = ("Choose a stress that sends orders, such as a flash crash or a fat finger.",)
    kind: str
    code: Literal["record_does_not_react"] = "record_does_not_react"

    def values(self) -> dict[str, Any]:
        """With the kind as people write it."""
        return {"kind": self.kind.replace("_", " ")}


@dataclass(frozen=True, slots=True)
class RecordedTradersFixed(Fault):
    """A change of traders, in a market whose traders are a record."""

    TEXTS = ("Recorded traders do what the record says; no parameter of theirs can be changed.",)
    REMEDIES = ("Let RL traders in, or take a simulated market.",)
    code: Literal["recorded_traders_fixed"] = "recorded_traders_fixed"


@dataclass(frozen=True, slots=True)
class PriceOffLadder(Fault):
    """A market has prices up to some number of ticks."""

    TEXTS = ("The price {price:g} is off the ladder of {low:g} to {high:g}.",)
    price: float
    low: float
    high: float
    code: Literal["price_off_ladder"] = "price_off_ladder"


@dataclass(frozen=True, slots=True)
class TooManyTraders(Fault):
    """The market has no room for so many more."""

    TEXTS = ("There is room for {room} more traders, not for {count}.",)
    room: int
    count: int
    code: Literal["too_many_traders"] = "too_many_traders"


@dataclass(frozen=True, slots=True)
class PolicySlotsTaken(Fault):
    """The market holds as many policies as it can."""

    TEXTS = ("The market holds {most} different policies already, the most it can.",)
    REMEDIES = ("Let more traders share a policy.",)
    most: int
    code: Literal["policy_slots_taken"] = "policy_slots_taken"


@dataclass(frozen=True, slots=True)
class AuctionAfterClose(Fault):
    """The market is closed."""

    TEXTS = ("The market is closed: no auction can be called any more.",)
    code: Literal["auction_after_close"] = "auction_after_close"


@dataclass(frozen=True, slots=True)
class ClassKeepsActing(Fault):
    """A class of traders would start or stop acting, which a running market cannot do."""

    TEXTS = ("{traders} traders cannot start or stop in a running market.",)
    REMEDIES = ("Reset it (Ctrl+R), or give a small rate.",)
    traders: str
    """Name of the class."""
    code: Literal["class_keeps_acting"] = "class_keeps_acting"


@dataclass(frozen=True, slots=True)
class OrderReason(Statement):
    """Why the venue refuses an order."""

    TEXTS = REFUSALS[1:]
    reason: str

    @property
    def text(self) -> str:
        """The reason itself."""
        return self.reason


@dataclass(frozen=True, slots=True)
class OrderRefused(Fault):
    """The market took the command, but the venue refused the order."""

    TEXTS = ("The order was refused: {reason}.",)
    reason: str
    code: Literal["order_refused"] = "order_refused"

    def values(self) -> dict[str, Any]:
        """With the reason as a statement."""
        return {"reason": OrderReason(self.reason)}
