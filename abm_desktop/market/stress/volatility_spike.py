"""Volatility spike: the value moves faster, and the makers know it."""

from __future__ import annotations

from abm_desktop.market.compiled import kernel


@kernel
def add_up(m, p, s):
    """Add this event to the factors that the traders and the value process read."""
    m.value_volatility_scale *= s.magnitude
    # Makers do not wait for the moves to happen: they quote for the announced volatility.
    m.maker_sigma_floor = max(m.maker_sigma_floor, s.magnitude * m.sigma_long)
