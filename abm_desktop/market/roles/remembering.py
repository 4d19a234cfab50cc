"""The directional trader with memory: it also sees running means of the fundamental gap.

A single look at the value is noisier than what can be earned by it, so the rules without memory
lose in the default market what the rule with memory earns. Accepted as a directional trader is, and
if it also earns more on average than the value rule without memory.
"""

from __future__ import annotations

from typing import ClassVar

from abm_desktop.market.roles.directional import Directional
from abm_desktop.market.roles.judged import Check, Judged
from abm_desktop.market.roles.numbers import MEMORY_SECONDS, REMEMBERING
from abm_desktop.market.roles.role import Feature

__all__ = ["Remembering"]


class Remembering(Directional):
    """Sells, holds or buys, and remembers what it saw."""

    name = "remembering"
    code = REMEMBERING
    noun = "a directional trader with memory"
    summary = "sells, holds or buys, and remembers averages of what it saw"
    is_default = False
    own_clock = False
    remembers = True
    own_observations = tuple(f"mean gap {seconds:g} s" for seconds in MEMORY_SECONDS)
    own_features: ClassVar[tuple[Feature, ...]] = tuple(
        Feature(
            f"Mean gap, {seconds:g} s",
            f"running mean of the observed fundamental gap over {seconds:g} seconds",
        )
        for seconds in MEMORY_SECONDS
    )

    def recipe(self, algorithm: str) -> str:
        """By the name of the role, with that of the algorithm."""
        return f"{self.name}-{algorithm}"

    def checks(self, judged: Judged) -> list[Check]:
        """See the module."""
        return [*super().checks(judged), judged.ahead_of("value")]
