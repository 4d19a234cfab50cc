"""What a market tells of single accounts: orders placed by hand, and an RL trader looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from abm_desktop.market.roles import DEFAULT_ROLE


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order of the person at the desk that rests in the book."""

    key: tuple[int, int]
    """Names it, for :meth:`Simulator.cancel` and ``modify``."""
    side: int
    """+1 buys, -1 sells."""
    price: float
    size: int
    """Lots that are left."""
    ahead: int
    """Lots before it in the queue of its price."""


@dataclass(frozen=True, slots=True)
class WatchedTrader:
    """One RL trader of the market: what it would see and do now, and how it stands."""

    number: int
    """Place among the RL traders, in order of arrival, from 0."""
    traders: int
    """How many RL traders there are."""
    observation: np.ndarray
    """float32 (n,), named by ``abm_desktop.market.roles.observation_names(role)``."""
    probabilities: np.ndarray
    """float64 (m,) for the actions named by ``abm_desktop.market.roles.action_names(role)``."""
    greedy: bool
    """Takes the most probable action; otherwise it draws one."""
    last_action: int
    """Number of the action that it last decided on; -1 before the first."""
    decisions: int
    position: int
    """Lots."""
    max_position: int
    pnl: float
    """Currency since it came, marked at mid."""
    role: str = DEFAULT_ROLE
