"""Traders replaced by traders like them: who trades changes, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from abm_desktop.inputs import UnavailableError
from abm_desktop.market import opening, state
from abm_desktop.market.arrays import Markets
from abm_desktop.market.refusals import TooManyTraders

MOST_TRADERS = 1_000_000
"""Of a market whose traders are cloned; each time there may be twice as many."""

SECTIONS = {
    "institutions": state.INSTITUTION,
    "momentum": state.MOMENTUM,
    "fundamental": state.FUNDAMENTAL,
    "noise": state.NOISE,
}
"""Sections of the population whose traders can be cloned, and their class."""
_RATES = {
    "institutions": ("institution_rate",),
    "momentum": ("momentum_rate",),
    "fundamental": ("value_rate",),
    "noise": ("noise_limit_rate", "noise_market_rate"),
}


def with_clones(markets: Markets, sections: Sequence[str], share: float, seed: int) -> Markets:
    """Let as many new traders of these sections join one running market, and act in their stead.

    The old ones keep 1 - ``share`` of their rate, the new ones act at ``share`` of it; their random
    streams are those that further traders of a market with this ``seed`` would have.

    Raises:
        UnavailableError: if there would be more than :data:`MOST_TRADERS`.
    """
    params = markets.params[0]
    first = int(markets.market[0]["n_agents"])
    old = markets.agents[0][:first]
    chosen = np.zeros(first, bool)
    for name in sections:
        chosen |= old["kind"] == SECTIONS[name]
    chosen &= old["rule"] == state.DEFAULT_RULE
    chosen[opening.SEED_AGENT] = False
    rows = np.flatnonzero(chosen)
    if first + len(rows) > MOST_TRADERS:
        raise UnavailableError(TooManyTraders(max(MOST_TRADERS - first, 0), len(rows)))
    added = np.zeros((1, len(rows)), state.AGENT)
    traders = markets.classes["traders"][0]
    added["kind"], added["latency"] = old["kind"][rows], old["latency"][rows]
    for name in sections:
        mine = added["kind"][0] == SECTIONS[name]
        added["index"][0][mine] = traders[SECTIONS[name]] + np.arange(mine.sum())
        traders[SECTIONS[name]] += mine.sum()
    room = np.zeros((1, 4 * len(rows), 2), np.int64)
    waiting = np.zeros((1, len(rows), 2), np.int64)
    grown = markets._replace(
        agents=np.concatenate([markets.agents, added], axis=1),
        heap=np.concatenate([markets.heap, room], axis=1),
        activity_heap=np.concatenate([markets.activity_heap, waiting], axis=1),
    )
    grown.agents["rate"][0, rows] *= 1.0 - share
    grown.market["n_agents"] += len(rows)
    # What joins takes its rate from the parameters; those of the old traders are set already.
    before = params.copy()
    for name in sections:
        for key in _RATES[name]:
            grown.params[0][key] *= share
    opening.join(grown, 0, np.uint64(seed), first)
    grown.params[0] = before
    return grown
