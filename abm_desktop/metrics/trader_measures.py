"""What each class of traders, and the RL traders one by one, did and earned around a shock."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.state import SIMULATED_CLASSES
from abm_desktop.market.tape import Tape
from abm_desktop.metrics import agents, market, stress, systemic
from abm_desktop.metrics.windows import Window

__all__ = ["class_measures", "trader_measures"]

NAN = float("nan")

STEP = 10.0
"""Seconds between two looks at inventories, and a bin of orders for crowding."""
MINUTE = 60.0
HORIZON = 60.0
"""Seconds after an order in which the price is to move its way."""
LOSS_LIMIT = 0.01
"""Loss, over the money that a full position is worth, at which a trader is at its limit."""
AT_RISK = tuple(n for n in SIMULATED_CLASSES if n not in ("noise", "stress", "human"))
"""Classes whose losses matter together. Noise and stress are left out because all classes together
can neither win nor lose: one more, and the others' PnL would be minus one's own."""

_WATCHED = ("market_maker", "rl")


def class_measures(during: Window, after: Window, money: float) -> dict[str, float]:
    """PnL of every class, its shares of the volume, and who traded with whom.

    PnL, Sharpe ratios and joint losses are of the ``after`` window, volumes of the ``during``
    window. ``money`` is the currency of a tick-lot. ``traded_A_B_lots`` is what A made and B took.
    """
    out: dict[str, float] = {}
    equity = _equity(after, STEP) * money
    minute = _equity(after, MINUTE) * money
    steps = np.diff(equity, axis=0)
    for k, name in enumerate(SIMULATED_CLASSES):
        out[f"{name}_pnl"] = equity[-1, k] - equity[0, k] if len(equity) else NAN
    for name in _WATCHED:
        k = SIMULATED_CLASSES.index(name)
        changes = np.diff(minute[:, k])
        out[f"{name}_sharpe"] = agents.sharpe(changes)
        out[f"{name}_sortino"] = agents.sortino(changes)
        lost = stress.max_drawdown(equity[:, k])
        out[f"{name}_drawdown"] = lost
        out[f"{name}_pnl_per_drawdown"] = out[f"{name}_pnl"] / lost if lost > 0 else NAN
        held = after.on_clock(after.classes[:, k, 0].astype(float), STEP)
        out[f"{name}_class_half_life_s"] = agents.half_life(held, STEP)
        out[f"{name}_class_inventory_most"] = float(np.abs(held).max()) if len(held) else NAN
    for name in AT_RISK:
        k = SIMULATED_CLASSES.index(name)
        others = [SIMULATED_CLASSES.index(o) for o in AT_RISK if o != name]
        out[f"{name}_tail_dependence"] = systemic.tail_dependence(
            steps[:, k], steps[:, others].sum(axis=1)
        )
    maker, taker = agents.volume_shares(during.trades)
    matrix = systemic.interaction_matrix(during.trades)
    for k, name in enumerate(SIMULATED_CLASSES):
        out[f"{name}_maker_share"], out[f"{name}_taker_share"] = maker[k], taker[k]
        for j, other in enumerate(SIMULATED_CLASSES):
            out[f"traded_{name}_{other}_lots"] = matrix[k, j]
    return out


def _equity(window: Window, step: float) -> np.ndarray:
    """Cash and inventory at mid by class, tick-lots, (k, classes)."""
    mid = window.on_clock(window.mid, step)
    columns = [
        window.on_clock(cash.astype(float), step) + window.on_clock(held.astype(float), step) * mid
        for held, cash in np.moveaxis(window.classes, 1, 0).swapaxes(1, 2)
    ]
    return np.column_stack(columns)


def trader_measures(
    tape: Tape,
    window: Window,
    *,
    warm_up: float,
    money: float,
    traders: int | None,
    decisions: int | None,
    max_inventory: int,
) -> dict[str, float]:
    """What the RL traders did within ``window``; NaN if none traded.

    The arguments are those of :func:`abm_desktop.metrics.measures.measure`. Frequencies and
    positions are per trader. A trader is at its limit with ``max_inventory`` lots or more.
    """
    names = (
        "traders",
        "trades_per_minute",
        "half_life_s",
        "inventory_mean",
        "at_limit_pct",
        "joint_loss",
        "crowding",
        "orders",
        "accuracy",
        "ic",
        "entropy",
    )
    out = {f"rl_{name}": NAN for name in names}
    clock = np.arange(0.0, window.seconds + 1e-9, STEP)
    # Trading time back to the tape's; where trading stood still, its end.
    times = np.interp(clock, window.clock, window.time) if len(window.clock) else clock
    found = agents.positions(tape.trades, "rl", np.round((times + warm_up) * 1e9))
    count = traders if traders is not None else len(found.agents)
    orders = agents.net_orders(window.trades, "rl")
    out["rl_traders"] = float(count)
    out["rl_orders"] = float(len(orders))
    if decisions is not None and decisions > 0:
        sent = agents.net_orders(tape.trades, "rl")[:, 2]
        sells, buys = int((sent < 0).sum()), int((sent > 0).sum())
        holds = max(decisions - sells - buys, 0)
        out["rl_entropy"] = agents.action_entropy(np.array([sells, holds, buys]))
    if not count or not len(found.agents) or not len(window.mid):
        return out
    held = found.inventory
    mid = window.on_clock(window.mid, STEP)[: len(held)]
    # A halt at the end has no sample of its own: the last price stands.
    equity = found.equity(np.pad(mid, (0, len(held) - len(mid)), mode="edge")) * money
    worth = max_inventory * float(window.mid[0]) * money
    idle = count / len(found.agents)
    out["rl_trades_per_minute"] = len(orders) / count / (window.seconds / 60.0)
    out["rl_half_life_s"] = agents.half_life(held, STEP)
    out["rl_inventory_mean"] = float(np.abs(held).mean()) / idle
    out["rl_at_limit_pct"] = 100.0 * float((np.abs(held) >= max_inventory).mean()) / idle
    out["rl_joint_loss"] = systemic.joint_loss_index(equity, LOSS_LIMIT * worth)
    out["rl_crowding"] = systemic.crowding(np.diff(held, axis=0))
    if len(orders):
        at = np.interp(
            orders[:, 0] / 1e9 - warm_up,
            np.append(window.time, window.end + 1e-9),
            np.append(window.clock, window.seconds),
        )
        now = market.price_after(window.clock, window.mid, at)
        later = market.price_after(window.clock, window.mid, at + HORIZON)
        out["rl_accuracy"] = agents.prediction_accuracy(orders[:, 2], later - now)
        out["rl_ic"] = agents.information_coefficient(orders[:, 2], later / now - 1.0)
    return out
