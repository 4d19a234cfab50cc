"""Stress: what is done to the market from outside, each event on its own slot and account.

The kernel knows three calls: :func:`begin`, :func:`step` (which says when to step next) and
:func:`end` (which may ask to be called again, while what the event caused runs off). An event draws
random numbers only from the stream of its own account, and trades only by writing intents.
"""

from __future__ import annotations

from abm_desktop.market.stress.events import begin, combine, end, step
from abm_desktop.market.stress.flash_crash import drop_of, severity_of
from abm_desktop.market.stress.kinds import PARAMETERS, SIDES
from abm_desktop.market.stress.toxic_flow import inform

__all__ = [
    "PARAMETERS",
    "SIDES",
    "begin",
    "combine",
    "drop_of",
    "end",
    "inform",
    "severity_of",
    "step",
]
