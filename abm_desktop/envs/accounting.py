"""What the outside traders of an environment have: their accounts, in currency and lots."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.arrays import Markets
from abm_desktop.market.records import Records
from abm_desktop.scenario import Scenario

_NANO = 1_000_000_000


def accounts_of(
    scenario: Scenario, state: Markets, rows: slice, traders: Records, has_parent: np.ndarray
) -> dict[str, np.ndarray]:
    """Accounts of the agents in ``rows`` of every market, float64 (n, A) each.

    ``traders`` is TRADER (n, A), ``has_parent`` bool (A,); see :meth:`.MarketCore.accounts`.
    """
    a, m = state.agents[:, rows], state.market[:, None]
    tick = scenario.market.tick_size
    unit = tick * scenario.market.lot
    cash, held = a["cash"].astype(np.float64), a["inventory"].astype(np.float64)
    mid = m["mid"].astype(np.float64)
    bid = np.where(m["best_bid"] >= 0, m["best_bid"], mid)
    ask = np.where(m["best_ask"] < m["ladder"], m["best_ask"], mid)
    liquidation = (cash + held * np.where(held > 0, bid, ask)) * unit
    return {
        "mid": np.repeat(mid, len(has_parent), 1) * tick,
        "inventory": held,
        "cash": cash * unit,
        "equity": (cash + held * mid) * unit,
        "liquidation": liquidation,
        "profit": np.where(has_parent, -traders["shortfall"] * unit, liquidation),
        "orders": traders["orders"].astype(np.float64),
        "left": traders["left"].astype(np.float64),
        "shortfall": traders["shortfall"] * unit,
        "settled": traders["settled"] * unit,
        "worth": traders["worth"] * unit,
    }


def account_of(scenario: Scenario, state: Markets, k: int, agent: int) -> dict[str, float]:
    """One directional agent of market ``k``: money in currency, inventory in lots, mid as a price.

    ``profit`` is what it has, at what closing its position would bring.
    """
    a, m = state.agents[k, agent], state.market[k]
    unit = scenario.market.tick_size * scenario.market.lot
    cash, held, mid = float(a["cash"]), float(a["inventory"]), float(m["mid"])
    closing = mid
    if held > 0 and m["best_bid"] >= 0:
        closing = float(m["best_bid"])
    elif held < 0 and m["best_ask"] < m["ladder"]:
        closing = float(m["best_ask"])
    return {
        "time": float(m["now"]) / _NANO - scenario.market.warm_up,
        "mid": mid * scenario.market.tick_size,
        "inventory": held,
        "cash": cash * unit,
        "equity": (cash + held * mid) * unit,
        "profit": (cash + held * closing) * unit,
    }
