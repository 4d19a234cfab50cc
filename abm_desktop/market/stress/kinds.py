"""What the parameters of each kind of stress are called; the kernel reads them as p0, p1, ..."""

from __future__ import annotations

from abm_desktop.scenario.stress import STRESS_TYPES, own_parameters

PARAMETERS: dict[str, tuple[str, ...]] = {kind: own_parameters(kind) for kind in STRESS_TYPES}
"""Fields of the model of each kind, in the order p0, p1, ...; times in seconds, shares and
distances in price as fractions, sizes in lots. What is not given is 0."""

SIDES = ("buy", "sell", "both")
"""A side as a parameter is its place here; the first two are BUY and SELL."""
