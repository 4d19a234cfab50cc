"""What a market is like in one window of a tape: the part of ``measure`` that needs no shock."""

from __future__ import annotations

import numpy as np

from abm_desktop.metrics import market, systemic
from abm_desktop.metrics.agents import order_to_trade
from abm_desktop.metrics.stylized_facts.quotes import trade_groups
from abm_desktop.metrics.windows import Window

__all__ = ["BUCKETS", "market_measures"]

NAN = float("nan")

GRIDS = (1, 10, 300)
"""Seconds between the returns behind realised volatilities."""
HORIZONS = (5, 30, 300)
"""Seconds after a trade at which the realised spread looks at the mid."""
BAR = 300.0
"""Seconds of a bar of Amihud's measure and of Kyle's lambda."""
MINUTE = 60.0
BUCKETS = 50
"""VPIN buckets of an average day, and over how many it is averaged."""


def market_measures(window: Window, *, money: float, bucket: float) -> dict[str, float]:
    """Volatility, spreads, depth, impact, efficiency and toxicity of a window.

    ``money`` is the currency of a tick-lot, ``bucket`` the lots of a VPIN bucket. The mid before a
    trade is the last one sampled, at most a second old.
    """
    out: dict[str, float] = {"seconds": window.seconds, "halted_seconds": window.halted}
    out |= _volatility(window)
    out |= _book(window)
    out |= _trading(window, money)
    out |= _toxicity(window, bucket)
    return out


def _volatility(window: Window) -> dict[str, float]:
    out = {}
    for step in GRIDS:
        prices = window.on_clock(window.mid, step)
        volatility = market.realised_volatility(prices)
        covered = step * (len(prices) - 1)
        out[f"rv_{step}s"] = volatility
        out[f"rv_{step}s_annual"] = market.annualised(volatility, covered)
    out["parkinson"] = market.parkinson(window.clock, window.mid, MINUTE)
    mid, value = window.on_clock(window.mid, MINUTE), window.on_clock(window.value, MINUTE)
    out["excess_volatility"] = market.excess_volatility(mid, value)
    out["price_efficiency"] = systemic.price_efficiency(
        window.on_clock(window.mid, 1.0), window.on_clock(window.value, 1.0)
    )
    return out


def _book(window: Window) -> dict[str, float]:
    best = 0.5 * (window.samples["bid_volume"] + window.samples["ask_volume"])
    return {
        "quoted_spread_bp": market.mean_quoted_spread_bp(window.spread, window.mid, window.weight),
        "widest_spread_ticks": float(np.nanmax(window.spread))
        if np.isfinite(window.spread).any()
        else NAN,
        "one_sided_seconds": float(window.weight[np.isnan(window.spread)].sum()),
        "depth_1": window.mean(best.astype(float)),
        "depth_5": window.mean(window.depth),
    }


def _trading(window: Window, money: float) -> dict[str, float]:
    regular = window.trades["auction"] == 0
    fills, at = window.trades[regular], window.trade_clock[regular]
    sign, price, size = (fills[name].astype(float) for name in ("side", "price", "size"))
    mid = market.price_after(window.clock, window.mid, at)
    out = {
        "volume": float(window.trades["size"].sum()),
        "trades": float(len(trade_groups(fills))),
        "effective_spread_bp": market.effective_spread_bp(sign, price, size, mid),
    }
    for horizon in HORIZONS:
        later = market.price_after(window.clock, window.mid, at + horizon)
        known = ~np.isnan(later)
        kept = market.realised_spread_bp(sign, price, size, mid, later)
        paid = market.effective_spread_bp(sign[known], price[known], size[known], mid[known])
        out[f"realised_spread_{horizon}s_bp"] = kept
        out[f"impact_{horizon}s_bp"] = paid - kept
    returns = market.bar_returns(window.clock, window.mid, BAR)
    bars = len(returns)
    notional = market.signed_volume(at, price * size * money, 0.0, bars, BAR)
    flow = market.signed_volume(at, sign * size, 0.0, bars, BAR)
    out["amihud"] = market.amihud(returns, notional)
    out["kyle_lambda_bp"], out["kyle_lambda_error"] = market.kyle_lambda(returns, flow)
    messages = window.samples["messages"]
    sent = float(messages[-1] - messages[0]) if len(messages) else 0.0
    out["messages_per_trade"] = order_to_trade(sent, out["trades"])
    return out


def _toxicity(window: Window, bucket: float) -> dict[str, float]:
    """VPIN over the buckets filled in the window, the last 50 at most; NaN if there is none."""
    regular = window.trades["auction"] == 0
    fills, at = window.trades[regular], window.trade_clock[regular]
    size, sign = fills["size"].astype(float), fills["side"].astype(float)
    true = systemic.vpin(size * (sign > 0), size * (sign < 0), bucket)[-BUCKETS:]
    price = window.on_clock(window.mid, MINUTE)
    volume = market.signed_volume(at, size, 0.0, max(len(price) - 1, 0), MINUTE)
    bought, sold = systemic.bulk_split(np.diff(price), volume)
    bulk = systemic.vpin(bought, sold, bucket)[-BUCKETS:]
    return {
        "vpin_bulk": float(bulk.mean()) if len(bulk) else NAN,
        "vpin_true": float(true.mean()) if len(true) else NAN,
    }
