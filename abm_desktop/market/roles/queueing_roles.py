"""A maker and an executor with memory that also see where their quotes stand in the queue.

A quote of which nothing stands before it is filled by the next market order, and is worth more than
one at the end of a long queue at the same price (Moallemi and Yuan 2016).
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from abm_desktop.market.roles.remembering_roles import RememberingExecutor, RememberingMaker
from abm_desktop.market.roles.role import Feature, Mirror

__all__ = ["QueueingExecutor", "QueueingMaker"]

_QUEUE = "lots at its price that came before it, as a share of all that stand there; 1 for no quote"


class QueueingMaker(RememberingMaker):
    """A maker with memory that knows how far its quotes have come."""

    name = "queueing-maker"
    noun = "a maker that sees its queues"
    summary = "quotes, may take, remembers, and sees where its quotes stand in the queue"
    own_observations = (
        *RememberingMaker.own_observations,
        "own bid's queue",
        "own ask's queue",
    )
    own_features: ClassVar[tuple[Feature, ...]] = (
        *RememberingMaker.own_features,
        Feature("Own bid's queue", _QUEUE),
        Feature("Own ask's queue", _QUEUE),
    )

    def recipe(self, algorithm: str) -> str:
        """That of the maker with memory."""
        return RememberingMaker.name if algorithm == "PPO" else ""

    def mirror(self) -> Mirror:
        """As a maker's with memory; the queues change places as well."""
        places, signs, actions = super().mirror()
        ask = len(places) - 1
        places[[ask - 1, ask]] = ask, ask - 1
        signs[[ask - 1, ask]] = 1.0
        return Mirror(places, signs, np.asarray(actions))


class QueueingExecutor(RememberingExecutor):
    """An executor with memory that knows how far its quote has come."""

    name = "queueing-executor"
    noun = "an executor that sees its queue"
    summary = "works off large orders, remembers, and sees where its quote stands in the queue"
    own_observations = (*RememberingExecutor.own_observations, "own quote's queue")
    own_features: ClassVar[tuple[Feature, ...]] = (
        *RememberingExecutor.own_features,
        Feature("Own quote's queue", _QUEUE),
    )
