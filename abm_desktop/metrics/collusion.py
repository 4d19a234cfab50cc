"""How far prices that learners come to lie above those of competition.

Calvano, E., Calzolari, G., Denicolo, V. and Pastorello, S. (2020). Artificial intelligence,
algorithmic pricing, and collusion. American Economic Review 110(10), 3267-3297; of makers, Cartea,
A., Chang, P. and Penalva, J. (2022). Algorithmic collusion in electronic markets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.inputs import InputError

__all__ = ["Benchmarks", "benchmarks", "collusion_index"]


@dataclass(frozen=True, slots=True)
class Benchmarks:
    """What one of several alike earns if all compete, and if all are one."""

    competitive: float
    """In the symmetric equilibrium in pure actions that earns least."""
    monopoly: float
    """If all take the one action that is best for all together."""
    competitive_action: int
    monopoly_action: int
    exact: bool
    """Whether no one gains by another action in the competitive one; if there is no such action,
    it is the one from which least is gained."""


def benchmarks(payoffs: np.ndarray) -> Benchmarks:
    """Both of a symmetric game: ``payoffs[i, j]`` is of one who plays i while all others play j.

    Raises InputError unless they are finite and square.

    >>> bertrand = np.array([[0.5, 1.0, 1.0], [0.0, 1.0, 2.0], [0.0, 0.0, 1.5]])
    >>> found = benchmarks(bertrand)
    >>> found.competitive, found.monopoly, found.competitive_action, found.exact
    (0.5, 1.5, 0, True)
    """
    table = np.asarray(payoffs, np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or not np.isfinite(table).all():
        raise InputError(f"must be finite and square, not {table.shape}", key="payoffs")
    together = table.diagonal()
    gained = table.max(axis=0) - together
    stable = np.flatnonzero(gained <= 0.0)
    exact = len(stable) > 0
    competitive = int(stable[together[stable].argmin()]) if exact else int(gained.argmin())
    monopoly = int(together.argmax())
    return Benchmarks(
        float(together[competitive]), float(together[monopoly]), competitive, monopoly, exact
    )


def collusion_index(profit: float, competitive: float, monopoly: float) -> float:
    """(profit - competitive) / (monopoly - competitive): 0 in competition, 1 as a monopoly.

    Below 0 they earn less than in competition. NaN if a monopoly earns no more than competition.

    >>> collusion_index(1.0, 0.5, 1.5), collusion_index(0.5, 0.5, 1.5)
    (0.5, 0.0)
    """
    room = monopoly - competitive
    return (profit - competitive) / room if room > 0.0 else float("nan")
