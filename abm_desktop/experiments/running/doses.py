"""What a share of RL traders is a share of: it depends on what they do.

- **Directional traders** take liquidity: a share of the volume taken.
- **Makers** stand in the book: a share of the volume that rests there until it is taken.
- **Executors** work off parent orders, with orders that take and with quotes: a share of the lots
  of parent orders, theirs and the institutions'. A share of the volume taken would not do:
  who quotes more takes less of it, and works off as many lots.

What the sale of a stress takes, or leaves in the book, belongs to nobody's share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from abm_desktop.market import state
from abm_desktop.market.roles import Role
from abm_desktop.market.simulator import Simulator

__all__ = ["DOSES", "TAKEN", "Dose", "dose_of", "volumes"]

_TAKER, _MAKER = 0, 1
"""Rows of what :func:`volumes` returns."""

_CLASSES = {
    "institutions": state.INSTITUTION,
    "momentum": state.MOMENTUM,
    "fundamental": state.FUNDAMENTAL,
    "noise": state.NOISE,
    "market_makers": state.MARKET_MAKER,
}
"""Trader class of a section of the population that can make room."""


def volumes(market: Simulator, start: float, end: float) -> np.ndarray:
    """Lots taken, and lots of resting orders that traded, by trader class; float64 (2, classes).

    In (start, end], seconds since the open. Auctions have no takers and do not count.
    """
    trades = market.tape.trades
    warm_up = market.scenario.market.warm_up
    edges = np.round((np.array([start, end]) + warm_up) * 1e9)
    first, last = np.searchsorted(trades["time"], edges, side="right")
    rows = trades[first:last]
    rows = rows[rows["auction"] == 0]
    return np.stack(
        [
            np.bincount(rows[side], rows["size"], minlength=state.N_CLASSES)
            for side in ("taker_class", "maker_class")
        ]
    ).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Dose:
    """One kind of share."""

    name: str
    """As roles name it (:attr:`.Role.dose`)."""
    words: str
    """What it is a share of: "taker volume"."""
    displaces: tuple[str, ...]
    """Sections of the population that can make room for it."""
    lots: Callable[[np.ndarray], np.ndarray]
    """Lots by trader class that count for it, (classes,), from what :func:`volumes` returns."""
    has_sizes: bool = True
    """Whether fewer traders of larger size can take the place of many."""
    has_clones: bool = True
    """Whether clones of who makes room can take the same share."""

    def share(self, traded: np.ndarray) -> float:
        """Share of RL traders in what :func:`volumes` returns; NaN if nothing counts."""
        lots = self.lots(traded)
        total = float(lots.sum())
        return float(lots[state.RL]) / total if total > 0 else float("nan")

    def room(self, displaced: tuple[str, ...], traded: np.ndarray) -> float:
        """Share of these sections in it, in a market without RL traders.

        All of it if they are all that can make room for takers: makers take a little when they sell
        off, which nobody displaces.
        """
        if self.name == "taken" and set(displaced) == set(self.displaces):
            return 1.0
        lots = self.lots(traded)
        total = float(lots.sum())
        return float(sum(lots[_CLASSES[name]] for name in displaced)) / total if total else 0.0


def _taken(traded: np.ndarray) -> np.ndarray:
    return _without_stress(traded[_TAKER])


def _passive(traded: np.ndarray) -> np.ndarray:
    return _without_stress(traded[_MAKER])


def _of_parents(traded: np.ndarray) -> np.ndarray:
    lots = np.zeros(traded.shape[1])
    for kind in (state.RL, state.INSTITUTION):
        lots[kind] = traded[:, kind].sum()
    return lots


def _without_stress(lots: np.ndarray) -> np.ndarray:
    lots = lots.copy()
    lots[state.STRESS] = 0.0
    return lots


TAKEN = Dose("taken", "taker volume", ("institutions", "momentum", "fundamental", "noise"), _taken)
DOSES = {
    dose.name: dose
    for dose in (
        TAKEN,
        Dose("passive", "passive volume", ("market_makers",), _passive, has_clones=False),
        Dose("parents", "lots of parent orders", ("institutions",), _of_parents, has_sizes=False),
    )
}
"""By name."""


def dose_of(role: Role) -> Dose | None:
    """The kind of share that traders of a role make up; None if an experiment has none for them."""
    return DOSES.get(role.dose)
