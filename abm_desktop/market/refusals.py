"""Why a market does not do what it is asked, as values: the window makes its own words of them.

An :class:`~abm_desktop.inputs.UnavailableError` that holds one says its English.
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
    "StressSlotsTaken",
]


@dataclass(frozen=True, slots=True)
class StressSlotsTaken(Fault):
    """As many stresses act or wait as a market can hold."""

    TEXTS = ("{most} stress events are active or planned already.",)
    REMEDIES = ("Wait for one to end.",)
    most: int
    code: Literal["stress_slots_taken"] = "stress_slots_taken"


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
