"""A goal that a live market runs towards: a time, or a condition on its quotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import InputError
from abm_desktop.live.types import RunGoal

if TYPE_CHECKING:
    from abm_desktop.live.commands import AdvanceUntil
    from abm_desktop.live.conditions import Quotes
    from abm_desktop.live.feeds import Feed
    from abm_desktop.live.outcomes import Ticket

__all__ = ["Goal"]

_HALF_NANOSECOND = 5e-10


class Goal:
    """What a ticket of :class:`AdvanceUntil` asks for, in the market that is there.

    Args:
        ticket: is settled when the goal is reached, or given up.
        command: the ticket's.
        feed: the market as it is now.

    Raises:
        InputError: if the time has passed.
    """

    def __init__(self, ticket: Ticket, command: AdvanceUntil, feed: Feed) -> None:
        self.ticket, self.fast, self.when = ticket, command.fast, command.when
        self.until = feed.session_end if command.until is None else command.until
        """Simulated seconds; it goes no further."""
        if self.until < feed.now - _HALF_NANOSECOND:
            told = f"is {self.until:g} s" if command.until is not None else "is not given"
            raise InputError(
                f"{told}, but it is {feed.now:g} s already",
                key="until",
                remedy="give a later time, or fork from that one",
            )
        self._mid = feed.quotes().mid
        self.is_reached = (
            bool(self._holds(feed.quotes())) if self.when is not None else self._ends(feed)
        )
        """Whether the market is where it was to go."""
        self.is_over = self.is_reached or self._ends(feed)
        """Whether it goes no further."""
        self.shown = RunGoal(ticket.number, self.until, self.when, ticket.client)

    def pursue(self, feed: Feed, target: float, bell: np.ndarray | None = None) -> Feed:
        """Run towards it, to the simulated time ``target`` at most; less far if ``bell`` is set.

        Returns:
            The market, which may be another object; :attr:`is_reached` and :attr:`is_over` tell
            whether it is there.
        """
        target = min(target, self.until)
        if self.when is None:
            feed.advance(target, bell)
            self.is_reached = self._ends(feed)
        else:
            feed, self.is_reached = feed.search(target, self._holds, bell)
        self.is_over = self.is_reached or self._ends(feed)
        return feed

    def _holds(self, quotes: Quotes) -> Any:
        assert self.when is not None
        return self.when.holds(quotes, self._mid)

    def _ends(self, feed: Feed) -> bool:
        return bool(feed.now > self.until - _HALF_NANOSECOND)
