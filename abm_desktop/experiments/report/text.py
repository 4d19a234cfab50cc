"""How the report writes numbers: changes, intervals, p values and levels."""

from __future__ import annotations

import math

from abm_desktop.experiments.kinds import units_of
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults, Level

__all__ = [
    "bounds",
    "capital",
    "change",
    "level_text",
    "named",
    "p_text",
    "percent",
    "some",
    "treatment",
    "units",
]

TRAINED = "trained"
"""The arm of those who are no placebo."""
_UNITS = {"%": " points", "bp": " bp", "s": " s"}
_BEYOND_USE = 10_000.0
"""Percent; a larger change is a bound that no number of trainings or markets pins down."""


def percent(fraction: float) -> str:
    """A change as signed percent, with as many digits as it deserves."""
    value = 100 * fraction
    if math.isnan(value):
        return "–"
    if value > _BEYOND_USE:
        return f"over {_BEYOND_USE:+.0f} %"
    return "0 %" if value == 0 else f"{value:+.0f} %" if abs(value) >= 9.95 else f"{value:+.1f} %"


def change(value: float, ratio: bool, unit: str = "") -> str:
    """A change in percent for a ratio, else signed in the measure's unit."""
    if ratio:
        return percent(value)
    if math.isnan(value):
        return "–"
    if value == 0:
        return f"0{unit}"
    digits = ".3g" if 0.001 <= abs(value) < 999.5 else ".0f" if abs(value) > 1 else ".4f"
    return f"{value:+{digits}}{unit}"


def bounds(low: float, high: float, ratio: bool, unit: str = "") -> str:
    """An interval; its unit stands once."""
    if math.isnan(low) or math.isnan(high):
        return "no interval"
    first, last = change(low, ratio, unit), change(high, ratio, unit)
    end = " %" if ratio else unit
    return f"{first.removesuffix(end) if end and last.endswith(end) else first} to {last}"


def p_text(p: float) -> str:
    """A p value, never as 0."""
    return "–" if math.isnan(p) else "<0.0001" if p < 1e-4 else f"{p:.2g}"


def named(label: str) -> tuple[str, str]:
    """A measure's label without its unit, and the unit of a change, to be put behind a number."""
    name, _, unit = label.rpartition(", ")
    return (name, _UNITS[unit]) if name and unit in _UNITS else (label, "")


def level_text(results: ExperimentResults, level: Level) -> str:
    """A level as it is shown: a share as percent, any other number as it is, a name as a name."""
    if isinstance(level, str):
        return level.replace("_", " ")
    share = "share" in results.level and 0 <= level <= 1
    return f"{100 * level:g} %" if share else f"{level:g}"


def treatment(results: ExperimentResults, kind: str, level: Level) -> str:
    """Kind and level in words, e.g. ``PPO, RL share of taker volume 25 %``."""
    told = f"{results.level_name} {level_text(results, level)}"
    return f"{kind}, {told}" if kind else told


def units(results: ExperimentResults) -> str:
    """What the unit of replication is called, in the plural: "trainings" or "populations"."""
    runs = results.runs
    if "arm" not in runs or "algorithm" not in runs:
        return units_of(())
    return units_of(runs.loc[runs["arm"] == TRAINED, "algorithm"].astype(str).unique())


def some(names: list[str]) -> str:
    """Names as a list in a sentence."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
