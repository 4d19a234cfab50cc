"""What traders do and earn, from the fills on a tape and from their decisions.

Positions are in lots, cash in tick-lots, equity changes in any one unit of money. NaN if there
is too little to tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.market.records import Records
from abm_desktop.market.state import N_CLASSES, TRADER_CLASSES

__all__ = [
    "Positions",
    "action_entropy",
    "conditional_action_entropy",
    "half_life",
    "information_coefficient",
    "mutual_information",
    "net_orders",
    "order_to_trade",
    "positions",
    "prediction_accuracy",
    "sharpe",
    "sortino",
    "volume_shares",
]

NAN = float("nan")

MINUTES_PER_SESSION = 390


@dataclass(frozen=True, slots=True)
class Positions:
    """Accounts of the traders of one class that traded, at k times."""

    agents: Records
    """Their numbers, (a,)."""
    inventory: np.ndarray
    """Lots, (k, a)."""
    cash: np.ndarray
    """Tick-lots, without fees, (k, a)."""

    def equity(self, mid: np.ndarray) -> np.ndarray:
        """Cash and inventory at mid (k,), tick-lots, (k, a)."""
        return self.cash + self.inventory * mid[:, None]


def positions(trades: Records, trader_class: str, times: np.ndarray) -> Positions:
    """Rebuild the accounts of a class from TRADE records, at ``times`` (k,), ns as on the tape.

    Every account starts at 0, so ``trades`` must go back to before the class's first trade. A fill
    at exactly a time is included.
    """
    number = TRADER_CLASSES.index(trader_class)
    sides = []
    for role, sign in (("taker", 1), ("maker", -1)):
        mine = trades[trades[f"{role}_class"] == number]
        lots = sign * mine["side"].astype(np.int64) * mine["size"]
        sides.append((mine["time"], mine[role].astype(np.int64), lots, -lots * mine["price"]))
    time, agent, lots, cash = (np.concatenate(parts) for parts in zip(*sides, strict=True))
    agents, column = np.unique(agent, return_inverse=True)
    row = np.searchsorted(times, time, side="left")
    kept = row < len(times)
    out = np.zeros((2, len(times), len(agents)), np.int64)
    for table, amount in zip(out, (lots, cash), strict=True):
        np.add.at(table, (row[kept], column[kept]), amount[kept])
    return Positions(agents, *out.cumsum(axis=1).astype(float))


def net_orders(trades: Records, trader_class: str) -> np.ndarray:
    """The aggressive orders of a class, one row each: (time ns, agent, side), (k, 3) int64.

    An order may fill in parts; a trader's fills of one side at one moment are one order.
    """
    mine = trades[(trades["taker_class"] == TRADER_CLASSES.index(trader_class))]
    mine = mine[mine["auction"] == 0]
    rows = np.column_stack([mine[name].astype(np.int64) for name in ("time", "taker", "side")])
    return np.unique(rows, axis=0) if len(rows) else rows


def sharpe(changes: np.ndarray, per: float = MINUTES_PER_SESSION) -> float:
    """Mean over standard deviation of equity changes (k,), times ``sqrt(per)`` (Sharpe 1994).

    With changes over 60 s and the 390 minutes of a session it is daily. NaN if nothing changes.
    """
    spread = float(np.std(changes, ddof=1)) if len(changes) > 1 else 0.0
    return float(np.mean(changes)) / spread * math.sqrt(per) if spread > 0 else NAN


def sortino(changes: np.ndarray, per: float = MINUTES_PER_SESSION) -> float:
    """As :func:`sharpe`, over the root mean square of the losses only (Sortino and Price 1994)."""
    loss = float(np.sqrt(np.mean(np.minimum(changes, 0.0) ** 2))) if len(changes) else 0.0
    return float(np.mean(changes)) / loss * math.sqrt(per) if loss > 0 else NAN


def half_life(inventory: np.ndarray, step: float = 10.0) -> float:
    """Seconds in which a position halves on average: ``step ln 2 / -ln phi``.

    phi is the AR(1) coefficient of positions (k, a) or (k,) every ``step`` seconds, pooled over
    traders, each about its own mean. 0 if phi is not positive (nothing of it is left a step
    later), NaN if it is 1 or more (no return) or positions do not change.
    """
    if len(inventory) < 3 or not np.size(inventory):
        return NAN
    held = np.asarray(inventory, float).reshape(len(inventory), -1)
    held = held - held.mean(axis=0)
    before = float((held[:-1] ** 2).sum())
    if before == 0:
        return NAN
    phi = float((held[:-1] * held[1:]).sum()) / before
    if phi <= 0:
        return 0.0
    return step * math.log(2) / -math.log(phi) if phi < 1 else NAN


def volume_shares(trades: Records) -> tuple[np.ndarray, np.ndarray]:
    """Each class's share of filled lots (maker (c,), taker (c,)); each sums to 1, NaN if no trade.

    Auctions have no aggressor and are left out.
    """
    signed = trades[trades["auction"] == 0]
    total = float(signed["size"].sum())
    shares = [
        np.bincount(signed[f"{role}_class"], weights=signed["size"], minlength=N_CLASSES)
        for role in ("maker", "taker")
    ]
    with np.errstate(invalid="ignore", divide="ignore"):
        return shares[0] / total, shares[1] / total


def order_to_trade(messages: float, trades: float) -> float:
    """Messages per trade; NaN without trades."""
    return messages / trades if trades > 0 else NAN


def _entropy(p: np.ndarray) -> np.ndarray:
    """``-sum p ln p`` over the last axis, nats."""
    return -(p * np.log(np.where(p > 0, p, 1.0))).sum(axis=-1)


def action_entropy(counts: np.ndarray) -> float:
    """Entropy of how often each action (k,) was taken, over its maximum ``ln k``: 0 to 1.

    0 if one action is always taken, 1 if all are equally frequent (Shannon 1948).
    """
    counts = np.asarray(counts, float)
    total = counts.sum()
    return float(_entropy(counts / total) / math.log(len(counts))) if total > 0 else NAN


def conditional_action_entropy(probabilities: np.ndarray) -> float:
    """Mean entropy of a policy's probabilities (n, k) in n states, over ``ln k``."""
    p = np.asarray(probabilities, float)
    return float(_entropy(p).mean() / math.log(p.shape[1])) if len(p) else NAN


def mutual_information(probabilities: np.ndarray) -> float:
    """What the state tells about the action, nats: ``H(A) - H(A | S)`` of probabilities (n, k).

    0 for a policy that does the same in every state.
    """
    p = np.asarray(probabilities, float)
    return float(_entropy(p.mean(axis=0)) - _entropy(p).mean()) if len(p) else NAN


def prediction_accuracy(sides: np.ndarray, returns: np.ndarray) -> float:
    """Share of orders (k,) on the side to which the price then moved; unmoved prices left out."""
    moved = ~np.isnan(returns) & (returns != 0)
    return float(np.mean(np.sign(returns[moved]) == sides[moved])) if moved.any() else NAN


def information_coefficient(sides: np.ndarray, returns: np.ndarray) -> float:
    """Correlation of orders' sides (k,) with the returns after them (Grinold and Kahn 1999)."""
    known = ~np.isnan(returns)
    sides, returns = np.asarray(sides, float)[known], returns[known]
    if len(sides) < 3 or np.ptp(sides) == 0 or np.ptp(returns) == 0:
        return NAN
    return float(np.corrcoef(sides, returns)[0, 1])
