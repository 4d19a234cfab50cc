"""Facts whose accepted range has refused no market without them: inside it, nothing is shown.

A range that also takes in what lacks the fact cannot tell one from the other. What each range was
tried on is told in docs/realism.md, whose table a test compares with this list; a null that a range
refuses takes its fact off it.
"""

from __future__ import annotations

from abm_desktop.metrics.stylized_facts.statements import FactName

__all__ = ["REFUSES_NONE"]

REFUSES_NONE = frozenset(
    (
        FactName("kurtosis_falls", 1, 5),
        FactName("kurtosis_falls", 5, 15),
        FactName("kurtosis_falls", 15, 30),
        FactName("clustering", 30),
        FactName("leverage"),
        FactName("skewness"),
        FactName("gain_loss"),
        FactName("cancelled"),
    )
)
