"""How each kind of stress is shown and set by hand: as its model says.

A new kind of stress needs nothing in the window.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from abm_desktop.desk.formats import with_capital
from abm_desktop.desk.venue_rules import venue_rules
from abm_desktop.market.statements import RuleSwitched, StressInjected
from abm_desktop.scenario.quantity import Described, described
from abm_desktop.scenario.stress import STRESS_TYPES, magnitude_of
from abm_desktop.statements import Statement

__all__ = [
    "MAIN",
    "StressKind",
    "main_stresses",
    "mark_text",
    "more_stresses",
    "size_text",
    "stress_kinds",
    "stress_title",
]

MAIN = ("flash_crash", "volatility_spike", "liquidity_shock")
"""Those that everybody needs: each has a button and a command."""


@dataclass(frozen=True, slots=True)
class StressKind:
    """One kind of stress as it is set by hand."""

    kind: str
    title: str
    tip: str
    magnitude: Described
    duration: Described

    @property
    def meaning(self) -> str:
        """What the magnitude is."""
        return with_capital(re.sub(r", as a fraction( \(.*\))?$", "", self.magnitude.meaning))

    def shown(self, magnitude: float) -> str:
        """A magnitude with its unit: 5 %."""
        unit = self.magnitude.suffix
        return f"{magnitude * self.magnitude.scale:g}{f' {unit}' if unit else ''}"


@cache
def stress_kinds() -> dict[str, StressKind]:
    """Return every kind that the program knows, in the order of its list."""
    return {kind: _read(kind) for kind in STRESS_TYPES}


@cache
def more_stresses() -> tuple[StressKind, ...]:
    """Return every kind that has no button of its own."""
    return tuple(stress for kind, stress in stress_kinds().items() if kind not in MAIN)


def main_stresses() -> tuple[StressKind, ...]:
    """Return the kinds that have a button of their own."""
    return tuple(stress_kinds()[kind] for kind in MAIN)


def stress_title(kind: str) -> str:
    """Return the name of a kind of stress for people."""
    return kind.replace("_", " ").capitalize()


def mark_text(what: Statement) -> str:
    """Return what a mark stands for as people write it: a flash crash of 5 %, not of 0.05."""
    if isinstance(what, RuleSwitched):
        rule = next((r for r in venue_rules() if r.name == what.rule), None)
        title = rule.title if rule is not None else what.rule
        return f"{title} {'on' if what.on else 'off'}"
    if isinstance(what, StressInjected):
        return f"{stress_title(what.kind)} {size_text(what.kind, what.magnitude)}"
    return str(what)


def size_text(kind: str, magnitude: float) -> str:
    """Return the magnitude of a stress as people write it: "5 %", "3 ×"."""
    stress = stress_kinds().get(kind)
    return stress.shown(magnitude) if stress else f"{magnitude:g}"


def _read(kind: str) -> StressKind:
    """Return what a model tells of its kind."""
    model = STRESS_TYPES[kind]
    first_sentence = " ".join((model.__doc__ or "").split()).partition(". ")[0].rstrip(".")
    return StressKind(
        kind,
        stress_title(kind),
        first_sentence,
        magnitude_of(kind),
        described(model)["duration"],
    )
