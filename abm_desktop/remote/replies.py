"""What a server answers, as values of this side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

__all__ = ["CommandResult", "RemoteOrder", "RemoteReport", "Reply"]


class Reply(dict[str, Any]):
    """An answer of the server: a dictionary whose keys can be read as attributes too.

    >>> state = Reply(mid=100.05, best_bid=None)
    >>> state.mid, state["best_bid"]
    (100.05, None)
    """

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            known = ", ".join(map(str, self))
            raise AttributeError(f"the answer has no {name!r}; it has {known}") from None


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What became of a command that was carried out."""

    command: int
    """Its number in the session; the commands of the window count too."""
    sequence: int
    """Number of its outcome in the stream of outcomes."""
    generation: int
    """Of the market afterwards; see :meth:`RemoteMarket.only_this_one`."""
    time: float | None
    """Simulated seconds since the open at which it took effect: for a run or a step where it began,
    and of the market before if it replaced that."""
    checksum: str | None
    """Of the market's state afterwards; None for a recording, or without a market."""
    filled: int | None = None
    """Lots traded at once, for orders."""
    order: tuple[int, int] | None = None
    """Names the order while it rests."""
    planned: int | None = None
    """Number of a stress that waits for its time."""
    reached: bool | None = None
    """Whether the goal was reached, for an advance."""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> CommandResult:
        """From an answer; what a newer server tells besides is let by."""
        known = {each.name for each in fields(cls)}
        given = {name: value for name, value in values.items() if name in known}
        if given.get("order") is not None:
            given["order"] = tuple(given["order"])
        return cls(**given)


@dataclass(frozen=True, slots=True)
class RemoteReport:
    """What became of an order or a change of one, as a ``Simulator`` reports it."""

    accepted: bool
    reason: str
    """Why it was refused; empty if it was accepted."""
    filled: int
    """Lots traded at once."""
    order: tuple[int, int] | None
    """Names the order while it rests, for ``cancel`` and ``modify``."""


@dataclass(frozen=True, slots=True)
class RemoteOrder:
    """An order placed by hand that rests in the book."""

    key: tuple[int, int]
    """Names it."""
    side: int
    """+1 buys, -1 sells."""
    price: float
    size: int
    """Lots that are left."""
    ahead: int
    """Lots before it in the queue of its price."""
