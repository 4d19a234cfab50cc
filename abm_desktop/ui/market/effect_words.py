"""What a stress has done, in a short line."""

from __future__ import annotations

import math

from abm_desktop.desk.formats import clock, percent
from abm_desktop.desk.stress_effect import StressEffect

__all__ = ["effect_text"]


def effect_text(effect: StressEffect) -> str:
    """Write what a stress has done in a short line; "" if nothing is known yet."""
    parts = []
    if math.isfinite(effect.drawdown):
        parts.append(percent(effect.drawdown, 2, sign=True))
    if math.isfinite(effect.spread):
        parts.append(f"spread ×{effect.spread:.1f}")
    if math.isfinite(effect.depth):
        parts.append(f"depth {percent(effect.depth)}")
    if math.isfinite(effect.recovery_time):
        parts.append(f"back after {clock(effect.recovery_time)}")
    elif math.isfinite(effect.recovered):
        parts.append(f"{percent(effect.recovered)} back")
    return " · ".join(parts)
