"""Latency shock: slow lines for those who quote and learn."""

from __future__ import annotations

from abm_desktop.market.compiled import kernel
from abm_desktop.market.intents import span
from abm_desktop.market.state import ACTING, MARKET_MAKER, RL


@kernel
def add_up(m, s):
    """Add this event to the delays of makers and RL traders."""
    m.fast_scale = max(m.fast_scale, s.magnitude if s.on == ACTING else 1.0)
    if s.on == ACTING:
        m.fast_base = max(m.fast_base, s.p0 * 1e9)


@kernel
def runs_off(m, s, agents):
    """When (ns) the last message that it delayed has arrived."""
    free = m.now + _slowest(m, s, agents)
    m.fast_release = max(m.fast_release, free)
    return free


@kernel
def _slowest(m, s, agents):
    """Longest delay (ns) that a latency shock gives to a message."""
    longest = s.p0 * 1e9
    for k in range(m.n_agents):
        a = agents[k]
        if a.kind == MARKET_MAKER or a.kind == RL:
            longest = max(longest, a.latency * m.latency_scale)
    return span(longest * s.magnitude)
