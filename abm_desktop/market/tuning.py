"""Which parameters of the traders a running market can change, and which wait for a reset."""

from __future__ import annotations

from abm_desktop.scenario.population import Population
from abm_desktop.scenario.quantity import described


def is_live(section: str, key: str) -> bool:
    """Whether a parameter of the population can be changed in a running market."""
    return described(type(described(Population)[section].default))[key].is_live
