"""Which parameters of the traders a running market can change, and which wait for a reset."""

from __future__ import annotations

AT_RESET = {
    "noise": {"count"},
    "market_makers": {"count", "levels"},
    "fundamental": {"count", "bias", "threshold_min", "threshold_max"},
    "momentum": {"count", "horizon_min", "horizon_max"},
    "institutions": {"count"},
}
"""Parameters by section of the population that are drawn or laid out at the open: a running market
keeps them. Latencies are such ones in every section, and sections not named here are as a whole."""
_LATENCY = {"data_latency", "order_latency", "latency_spread"}


def is_live(section: str, key: str) -> bool:
    """Whether a parameter of the population can be changed in a running market."""
    return section in AT_RESET and key not in AT_RESET[section] | _LATENCY
