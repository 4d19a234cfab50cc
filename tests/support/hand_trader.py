"""Orders by hand that the default population does not place, and rules tight enough to act."""

from __future__ import annotations

import numpy as np
from support.market_views import arrays_of, put_arrays

from abm_desktop.market import state
from abm_desktop.market.simulator import Simulator

RULES: dict[str, dict[str, float]] = {
    "luld": {"band": 0.002, "limit_state": 2.0, "pause": 5.0},
    "market_breaker": {"level_1": 0.002, "level_2": 0.1, "level_3": 0.2, "pause": 5.0},
    "velocity_logic": {"ticks": 3.0, "pause": 3.0},
    "volatility_auction": {"short_range": 0.0005, "call": 3.0, "random_end": 2.0},
    "price_collar": {"width": 0.001},
    "transaction_tax": {"rate": 0.0001},
    "minimum_resting_time": {"time": 0.2},
    "cancel_fee": {"fee": 0.1},
    "order_to_trade_cap": {"ratio": 3.0, "window": 5.0},
    "batch_auction": {"interval": 0.5},
    "kill_switch": {"inventory": 3.0},
    "ai_halt": {"move": 0.0005, "pause": 5.0},
}


def with_small_buffers(simulator: Simulator, rows: int) -> None:
    """Let the buffers of the tape fill within single events."""
    trades, messages = np.zeros((1, rows), state.TRADE), np.zeros((1, rows), state.MESSAGE)
    put_arrays(simulator, arrays_of(simulator)._replace(trades=trades, messages=messages))


def _on_ladder(simulator: Simulator, price: float) -> float:
    tick, last = simulator.scenario.market.tick_size, simulator.scenario.market.ladder_ticks - 2
    return round(min(max(price, tick), last * tick), 2)


def trade_by_hand(simulator: Simulator, random: np.random.Generator) -> None:
    """Icebergs, changes, sweeps: what the default population does not do."""
    best = {1: simulator.best_bid, -1: simulator.best_ask}
    mine: list = []
    for _ in range(4):
        side = 1 if random.random() < 0.5 else -1
        touch = best[side] if best[side] == best[side] else simulator.mid
        price = _on_ladder(simulator, touch + 0.01 * int(random.integers(-3, 4)))
        peak = int(random.choice([0, 1, 3]))
        report = simulator.submit("limit", side, price, int(random.integers(1, 60)), peak=peak)
        if report.order:
            mine.append((report.order, price))
    simulator.submit("immediate", int(random.choice([1, -1])), None, int(random.integers(1, 400)))
    for order, price in mine[::2]:
        simulator.modify(
            order, _on_ladder(simulator, price + 0.01 * int(random.integers(-1, 2))), 5
        )
