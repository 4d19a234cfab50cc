"""The directional trader that also chooses how much: it sees more of trades and book as well.

Compared with the same rules as the one with memory, which trade as such, and accepted as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from abm_desktop.market.roles.judged import Contender
from abm_desktop.market.roles.numbers import BOOK_LEVELS, FLOW_SECONDS, MULTIPLES, SIZING
from abm_desktop.market.roles.remembering import Remembering
from abm_desktop.market.roles.role import Feature, Mirror
from abm_desktop.market.roles.sizes import RoleSizes

__all__ = ["SizedTrader"]


def _title(multiple: float) -> str:
    if multiple == 0.0:
        return "HOLD"
    times = "" if abs(multiple) == 1.0 else f" {abs(multiple):g}x"
    return ("BUY" if multiple > 0.0 else "SELL") + times


class SizedTrader(Remembering):
    """Sells, holds or buys half of its size, its size, or twice that."""

    name = "sizing"
    code = SIZING
    noun = "a directional trader that chooses sizes"
    summary = "sells, holds or buys in three sizes; sees recent trades and more of the book"
    own_observations = (
        *Remembering.own_observations,
        *(f"trade balance {seconds} s" for seconds in FLOW_SECONDS),
        *(f"book balance, {levels} levels" for levels in BOOK_LEVELS),
    )
    own_features: ClassVar[tuple[Feature, ...]] = (
        *Remembering.own_features,
        *(
            Feature(
                f"Trade balance, {seconds} s",
                f"lots bought less lots sold at once in {seconds} seconds, as a share of both",
            )
            for seconds in FLOW_SECONDS
        ),
        *(
            Feature(
                f"Book balance, {levels}",
                "lots bid less lots asked, as a share of both, at "
                + ("the best prices" if levels == 1 else f"the {levels} best levels of each side"),
            )
            for levels in BOOK_LEVELS
        ),
    )
    actions = tuple(_title(multiple) for multiple in MULTIPLES)
    idle = MULTIPLES.index(0.0)
    sides = tuple(int(np.sign(multiple)) + 1 for multiple in MULTIPLES)

    def recipe(self, algorithm: str) -> str:
        """That of the trader with memory."""
        return f"{Remembering.name}-{algorithm}"

    def mirror(self) -> Mirror:
        """SELL becomes BUY of the same size."""
        places, signs, _ = super().mirror()
        return Mirror(places, signs, np.arange(len(MULTIPLES))[::-1].copy())

    def greedy(self, logits: np.ndarray, symmetric: bool) -> np.ndarray:
        """As of a directional trader: who would as soon do the reverse holds."""
        chosen: np.ndarray = logits.argmax(axis=1)
        if symmetric:
            near = 1e-5 * np.maximum(1.0, np.abs(logits).max(axis=1))
            reverse = logits[np.arange(len(logits)), len(MULTIPLES) - 1 - chosen]
            tied = np.abs(logits.max(axis=1) - reverse) <= near
            chosen[tied] = self.idle
        return chosen

    def contenders(self, decisions: int, seed: int) -> dict[str, Contender]:
        """The rules of the trader with memory, which trade in its role."""
        found = super().contenders(decisions, seed)
        return {
            name: Contender(one.rule, one.role or Remembering.name) for name, one in found.items()
        }

    def measure(
        self,
        accounts: Mapping[str, np.ndarray],
        taken: np.ndarray,
        *,
        lot: float,
        max_inventory: int,
        sizes: RoleSizes,
    ) -> dict[str, Any]:
        """As of a directional trader, whatever the size."""
        three = np.array(self.sides)[taken]
        return super().measure(accounts, three, lot=lot, max_inventory=max_inventory, sizes=sizes)
