"""How each kind of stress is shown and set by hand.

The three that everybody needs are described here; all others are read from their models, so that a
new kind of stress needs nothing in the window.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from PySide6.QtCore import QCoreApplication

from abm_desktop.desk.venue_rules import venue_rules
from abm_desktop.market.statements import RuleSwitched, StressInjected
from abm_desktop.statements import Statement
from abm_desktop.ui.translations import tr
from abm_desktop.ui.words import words

__all__ = [
    "MAIN_STRESSES",
    "StressKind",
    "english_title",
    "mark_text",
    "more_stresses",
    "size_text",
    "stress_title",
]


@dataclass(frozen=True, slots=True)
class StressKind:
    """How one kind of stress is set by hand. Shown values are magnitude * ``scale``."""

    kind: str
    title: str
    unit: str
    scale: float
    default: float
    low: float
    high: float
    step: float
    decimals: int
    minutes: float
    tip: str
    meaning: str = ""
    """What the magnitude is."""


MAIN_STRESSES: tuple[StressKind, ...] = (
    StressKind(
        "flash_crash", "Flash crash", " %", 100.0, 5.0, 0.5, 50.0, 0.5, 1, 15.0,
        "A price-insensitive seller, while buyers and market makers hold back",
        "Size of the fall aimed at, in percent of the price",
    ),
    StressKind(
        "volatility_spike", "Volatility spike", " ×", 1.0, 3.0, 1.0, 20.0, 0.5, 1, 10.0,
        "The fundamental value moves faster for a while",
        "Multiple of the usual volatility of the fundamental value",
    ),
    StressKind(
        "liquidity_shock", "Liquidity shock", " %", 100.0, 100.0, 5.0, 100.0, 5.0, 0, 2.0,
        "Market makers cancel their quotes and stay away",
        "Share of the market makers that cancel their quotes and stay away",
    ),
)  # fmt: skip


@cache
def more_stresses() -> tuple[StressKind, ...]:
    """Return every further kind that the program knows, in the order of its list."""
    from abm_desktop.scenario.stress import STRESS_TYPES

    main = {stress.kind for stress in MAIN_STRESSES}
    return tuple(_read(kind, model) for kind, model in STRESS_TYPES.items() if kind not in main)


LARGEST_MOVE = 0.5
"""The largest move of the price to set by hand, where the model names no limit."""


def stress_title(kind: str) -> str:
    """Return the name of a kind of stress for people."""
    return QCoreApplication.translate("StressPanel", english_title(kind))


def english_title(kind: str) -> str:
    """Return the English name of a kind of stress."""
    known = next((s.title for s in MAIN_STRESSES if s.kind == kind), None)
    return known or kind.replace("_", " ").capitalize()


def mark_text(what: Statement) -> str:
    """Return what a mark stands for as people write it: a flash crash of 5 %, not of 0.05."""
    if isinstance(what, RuleSwitched):
        rule = next((r for r in venue_rules() if r.name == what.rule), None)
        title = rule.title if rule is not None else what.rule
        return f"{tr(title)} {tr('on') if what.on else tr('off')}"
    if isinstance(what, StressInjected):
        return f"{stress_title(what.kind)} {size_text(what.kind, what.magnitude)}"
    return words(what)


def size_text(kind: str, magnitude: float) -> str:
    """Return the magnitude of a stress as people write it: "5 %", "3 ×"."""
    stress = next((s for s in (*MAIN_STRESSES, *more_stresses()) if s.kind == kind), None)
    return f"{magnitude * stress.scale:g}{stress.unit}" if stress else f"{magnitude:g}"


def _read(kind: str, model: Any) -> StressKind:
    """Return what a stress model tells about its magnitude: default, limits, meaning."""
    fields = model.model_fields
    field = fields["magnitude"]
    low, high = _limits(field.metadata)
    default = float(field.default)
    meaning = field.description or ""
    is_share = high <= 1.0 or re.search(r"as a (fraction|share)", meaning)
    if is_share:
        high = min(high, LARGEST_MOVE if high > 100.0 else 1.0)
    if default < 0:
        low = -high
    scale = 100.0 if is_share else 1.0
    whole = field.annotation is int
    meaning = re.sub(r", as a fraction( \(.*\))?$", "", meaning)
    unit = " %" if is_share else " ×" if re.search(r"factor|multiple", meaning) else ""
    size = abs(default * scale) or 1.0
    step = 1.0 if whole else 10.0 ** math.floor(math.log10(size)) / (2.0 if size >= 1 else 1.0)
    decimals = 0 if whole else max(0, 1 - math.floor(math.log10(step)))
    least = 10.0**-decimals
    return StressKind(
        kind,
        english_title(kind),
        unit,
        scale,
        default * scale,
        max(low * scale, least) if default >= 0 else low * scale,
        high * scale if math.isfinite(high) else 100.0 * size,
        step,
        decimals,
        float(fields["duration"].default) / 60.0,
        _first_sentence(model.__doc__ or ""),
        meaning[:1].upper() + meaning[1:],
    )


def _limits(metadata: list[Any]) -> tuple[float, float]:
    low, high = 0.0, math.inf
    for entry in metadata:
        low = float(getattr(entry, "ge", getattr(entry, "gt", low)))
        high = float(getattr(entry, "le", getattr(entry, "lt", high)))
    return low, high


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0].rstrip(".")
