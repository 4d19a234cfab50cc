"""A maker and an executor with memory: they also see running means of the fundamental gap.

Each shares its compiled side with the one without, which sees and does a leading part of it.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from abm_desktop.market.roles.executor import Executor
from abm_desktop.market.roles.maker import Maker, lean_of
from abm_desktop.market.roles.numbers import (
    CLOSE_ACTION,
    FAR_ASK_DISTANCES,
    FAR_BID_DISTANCES,
    TAKE_ASK,
    TAKE_BID,
)
from abm_desktop.market.roles.remembering import Remembering
from abm_desktop.market.roles.role import Feature, Mirror

__all__ = ["RememberingExecutor", "RememberingMaker"]

_FAR = tuple(zip(FAR_BID_DISTANCES, FAR_ASK_DISTANCES, strict=True))


class RememberingMaker(Maker):
    """Quotes both sides or one, may take what others quote, and remembers what it saw."""

    name = "remembering-maker"
    noun = "a maker with memory"
    summary = "quotes, may take others' quotes, and remembers averages of what it saw"
    own_observations = (*Maker.own_observations, *Remembering.own_observations)
    own_features: ClassVar[tuple[Feature, ...]] = (
        *Maker.own_features,
        *Remembering.own_features,
    )
    actions = (
        *Maker.actions,
        *(f"BID -{bid:g} ASK +{ask:g}" for bid, ask in _FAR),
        "SELL",
        "BUY",
    )
    sides = (*Maker.sides, *(lean_of(bid, ask) for bid, ask in _FAR), 0, 2)

    def recipe(self, algorithm: str) -> str:
        """By the name of the role."""
        return self.name if algorithm == "PPO" else ""

    def mirror(self) -> Mirror:
        """As a maker's; what it remembers changes its sign, and it sells in place of buying."""
        places, signs, actions = super().mirror()
        far = [CLOSE_ACTION + 1 + _FAR.index((ask, bid)) for bid, ask in _FAR]
        return Mirror(places, signs, np.array([*actions, *far, TAKE_ASK, TAKE_BID]))


class RememberingExecutor(Executor):
    """Works off parent orders, and remembers what it saw."""

    name = "remembering-executor"
    noun = "an executor with memory"
    summary = "works off large orders, and remembers averages of what it saw"
    own_observations = (*Executor.own_observations, *Remembering.own_observations)
    own_features: ClassVar[tuple[Feature, ...]] = (
        *Executor.own_features,
        *Remembering.own_features,
    )

    def recipe(self, algorithm: str) -> str:
        """That of an executor without memory."""
        return Executor.name if algorithm == "PPO" else ""
