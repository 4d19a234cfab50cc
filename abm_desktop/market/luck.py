"""Other random numbers for the traders of a market that goes on: what else could have come."""

from __future__ import annotations

import numpy as np

from abm_desktop.market.arrays import Markets
from abm_desktop.market.random import stream_key

__all__ = ["draw_anew"]


def draw_anew(markets: Markets, luck: int) -> None:
    """Give every trader another random stream, one that the number ``luck`` names.

    The value process keeps its own, so that news comes as it would have. Counters stay: a stream
    is a pure function of key and counter, and keys of different numbers have nothing in common.
    """
    agents = markets.agents
    for key in np.ndindex(agents.shape):
        row = agents[key]
        row["key"] = stream_key(np.uint64(row["key"]), row["kind"], np.uint64(luck))
