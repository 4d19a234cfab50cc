"""How each measure is called, in which unit it is shown, and what it means."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = [
    "RETURN_MEASURES",
    "STRESS_MEASURES",
    "WINDOW_MEASURES",
    "Shown",
    "reason_of",
    "write",
]


@dataclass(frozen=True, slots=True)
class Shown:
    """A measure for people."""

    key: str
    title: str
    unit: str
    digits: int
    tip: str
    is_duration: bool = False
    """Seconds until something happens, whose end may not have been seen."""


WINDOW_MEASURES: tuple[Shown, ...] = (
    Shown("seconds", "Trading time", "s", 0, "Seconds of trading; halts do not count"),
    Shown("change_pct", "Price change", "%", 2, "Last mid over the first, minus one"),
    Shown("range_pct", "Price range", "%", 2, "Highest mid over the lowest, minus one"),
    Shown("drawdown_pct", "Largest fall", "%", 2, "Largest fall of the mid below its highest"),
    Shown("rv_10s_annual", "Realised volatility", "% a year", 1,
          "Root of the summed squared 10 s log returns, for a year (Andersen et al. 2003)"),
    Shown("quoted_spread_bp", "Quoted spread", "bp", 2,
          "Best ask less best bid over the mid, mean over time"),
    Shown("widest_spread_ticks", "Widest spread", "ticks", 0, "Widest spread sampled"),
    Shown("effective_spread_bp", "Effective spread", "bp", 2,
          "What aggressors paid: twice the distance from the mid (Lee and Ready 1991)"),
    Shown("realised_spread_30s_bp", "Realised spread, 30 s", "bp", 2,
          "What makers kept once the price had moved on (Huang and Stoll 1996)"),
    Shown("impact_30s_bp", "Price impact, 30 s", "bp", 2, "Effective less realised spread"),
    Shown("depth_5", "Depth, 5 levels", "lots", 1,
          "Lots in the five best levels, mean of both sides over time"),
    Shown("depth_1", "Depth at the best", "lots", 1,
          "Lots at the best bid and ask, mean of both sides over time"),
    Shown("imbalance", "Imbalance", "", 3, "(bid - ask) / (bid + ask) lots in five levels, mean"),
    Shown("volume", "Volume", "lots", 0, "Lots traded"),
    Shown("trades", "Trades", "", 0, "Aggressive orders filled; one may fill in parts"),
    Shown("messages_per_trade", "Order-to-trade", "per trade", 1,
          "Messages (orders, cancels, fills) for each trade"),
    Shown("amihud", "Amihud illiquidity", "per million", 5,
          "Mean |return| per million traded, 5 min bars (Amihud 2002); needs five minutes"),
    Shown("kyle_lambda_bp", "Kyle's lambda", "bp a lot", 4,
          "Impact of net bought lots, 5 min bars (Kyle 1985); needs forty minutes"),
    Shown("vpin_true", "VPIN", "", 3,
          "Imbalance of buckets of a usual minute's volume, mean of 50 (Easley et al. 2012)"),
    Shown("excess_volatility", "Excess volatility", "", 2,
          "Variance of the price over that of the fundamental value (Shiller 1981)"),
)  # fmt: skip

STRESS_MEASURES: tuple[Shown, ...] = (
    Shown("drawdown_pct", "Fall", "%", 2,
          "Lowest mid within 15 min, against the median of the minute before"),
    Shown("drawdown_sigmas", "Fall in daily volatilities", "σ", 2,
          "The fall over the volatility of a day as calm as before"),
    Shown("max_excursion_pct", "Largest excursion", "%", 2,
          "Largest distance of the mid from before, up or down, within 15 min"),
    Shown("overshoot_pct", "Below fundamental value", "%", 2,
          "Lowest mid relative to the fundamental value of the same moment"),
    Shown("trough_s", "Lowest after", "s", 0, "Trading seconds from the beginning to the lowest"),
    Shown("amplification", "Volatility × calm before", "×", 2,
          "Realised volatility (10 s) of the stress over that of the calm before it, within this "
          "run. It tells what happened here, not what caused it: matched runs (Experiments) do"),
    Shown("stress_rv_10s_annual", "Volatility in stress", "% a year", 1,
          "Realised volatility of the 15 min from the beginning"),
    Shown("calm_rv_10s_annual", "Volatility in calm", "% a year", 1,
          "Realised volatility of up to an hour before"),
    Shown("stress_widest_spread_ticks", "Widest spread", "ticks", 0,
          "Widest spread within 15 min"),
    Shown("spread_ratio", "Spread × calm before", "×", 2, "Mean quoted spread against calm"),
    Shown("depth_low", "Depth at its lowest", "lots", 1,
          "Least lots in the five best levels, mean of both sides"),
    Shown("depth_ratio", "Depth × calm before", "×", 2, "Mean depth against calm"),
    Shown("recovery_50_s", "Price recovery t50", "s", 0,
          "From the lowest price until half of the way back has been made for 10 s on end; what "
          "the fundamental value lost is not waited for", True),
    Shown("recovery_90_s", "Price recovery t90", "s", 0, "As t50, nine tenths of the way", True),
    Shown("spread_recovery_50_s", "Spread resiliency t50", "s", 0,
          "From the widest spread until it is at most twice the usual for 10 s (Large 2007)", True),
    Shown("spread_recovery_90_s", "Spread resiliency t90", "s", 0,
          "As t50, until it is at most 1.11 times the usual", True),
    Shown("depth_recovery_50_s", "Depth resiliency t50", "s", 0,
          "From the least depth until half of the usual is back for 10 s (Large 2007)", True),
    Shown("depth_recovery_90_s", "Depth resiliency t90", "s", 0,
          "As t50, until 90 % is back", True),
)  # fmt: skip

RETURN_MEASURES: tuple[Shown, ...] = (
    Shown("count", "Returns", "", 0, "How many returns there are"),
    Shown("sd_bp", "Standard deviation", "bp", 2, "Usual size of a return"),
    Shown("volatility_pct", "Volatility", "% a year", 1,
          "Standard deviation of the returns, for a year"),
    Shown("skewness", "Skewness", "", 2, "0 for a normal distribution"),
    Shown("kurtosis", "Excess kurtosis", "", 1, "0 for a normal distribution (Cont 2001)"),
    Shown("hill", "Hill exponent", "", 2,
          "How fat the tails are (Hill 1975, largest 5 %): low is fat, about 3 in real markets; "
          "needs 100 returns"),
    Shown("smallest", "Smallest", "sd", 1, "The lowest return, in standard deviations"),
    Shown("largest", "Largest", "sd", 1, "The highest return, in standard deviations"),
    Shown("first", "Autocorrelation, lag 1", "", 3,
          "Correlation of a return with the next one"),
    Shown("first_absolute", "The same of |returns|", "", 3,
          "Correlation of the size of a return with that of the next: above 0 volatility "
          "clusters"),
)  # fmt: skip

_NEEDS = {
    "excess_volatility": "the fundamental value, and a longer stretch of time",
    "overshoot_pct": "the fundamental value, which a recording does not tell",
    "amplification": "a minute of calm before it, and of stress",
    "recovery_50_s": "a fall of a tick at least",
    "recovery_90_s": "a fall of a tick at least",
}
"""What a measure needs, unless its tip tells it or more time is enough."""
_SCALE = {"rv_10s_annual": 100.0, "stress_rv_10s_annual": 100.0, "calm_rv_10s_annual": 100.0}


def reason_of(shown: Shown, values: dict[str, float], reasons: dict[str, str]) -> str:
    """Why there is a dash in place of a value; "" if there is none.

    >>> amihud = next(m for m in WINDOW_MEASURES if m.key == "amihud")
    >>> reason_of(amihud, {"amihud": math.nan}, {})
    'Not known: it needs five minutes'
    """
    if math.isfinite(values.get(shown.key, math.nan)):
        return ""
    if shown.key in reasons:
        return reasons[shown.key]
    needs = _NEEDS.get(shown.key) or shown.tip.partition("; needs ")[2]
    return f"Not known: it needs {needs or 'a longer stretch of time, with trades in it'}"


def write(shown: Shown, values: dict[str, float], *, signed: bool = False) -> str:
    """Write a value with its unit; a duration that has not ended as "> 120 s", NaN as a dash."""
    value = values.get(shown.key, math.nan)
    if not math.isfinite(value):
        return "–"
    value *= _SCALE.get(shown.key, 1.0)
    text = f"{value:+,.{shown.digits}f}" if signed else f"{value:,.{shown.digits}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    text = text.replace("-", "−")
    if shown.is_duration and values.get(f"{shown.key.removesuffix('_s')}_censored") == 1.0:
        text = f"> {text}"
    if shown.unit == "×":
        return f"×{text}"
    return f"{text} {shown.unit}".strip()
