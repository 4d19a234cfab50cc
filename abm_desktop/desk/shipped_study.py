"""What a shipped study found, as its report's summary tells it, for the start page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from abm_desktop import paths
from abm_desktop.plain_json import JsonError, read_json_object

__all__ = ["CLEAR", "Found", "ShippedStudy", "shipped_study"]

CLEAR = 0.05
"""p after Holm's correction below which a change is told as one."""


@dataclass(frozen=True, slots=True)
class Found:
    """The change under one stress at the level that the answer is about, of one kind of traders."""

    kind: str
    change: float
    """Fraction: 0.41 is 41 % more."""
    low: float
    """The 95 % interval for other trainings and markets."""
    high: float
    p: float | None
    """After Holm's correction; None if it is not known."""

    @property
    def way(self) -> int:
        """1 or -1 if it is clear, else 0."""
        if self.p is None or self.p >= CLEAR or self.low <= 0.0 <= self.high:
            return 0
        return 1 if self.change > 0 else -1


@dataclass(frozen=True, slots=True)
class ShippedStudy:
    """Question, answer and figure of a study."""

    question: str
    caveat: str
    """Why its figures are not to be taken as they are; "" if they may be."""
    runs: int
    level_name: str
    levels: tuple[str, ...]
    told_level: str
    rows: tuple[dict[str, Any], ...]
    """One a kind, group and level: ``change``, ``low``, ``high`` as fractions, ``p_holm``."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of traders, in the order of the study."""
        return tuple(dict.fromkeys(str(row["kind"]) for row in self.rows))

    def answer(self) -> dict[str, tuple[Found, ...]]:
        """What was found at the level that is told, by stress."""
        out: dict[str, list[Found]] = {}
        for row in self.rows:
            if row["level"] == self.told_level:
                numbers = (row["change"], row["low"], row["high"], row["p_holm"])
                out.setdefault(str(row["group"]), []).append(Found(str(row["kind"]), *numbers))
        return {group: tuple(found) for group, found in out.items()}


def shipped_study(name: str = "research_question") -> ShippedStudy | None:
    """Read the study called ``name``; None if its summary does not ship, or is damaged."""
    # Not by the report's own reader, which brings pandas: the window reads this at its start.
    try:
        told = read_json_object(paths.studies_dir() / name / "summary.json")
        return ShippedStudy(
            str(told["question"]),
            str(told.get("caveat", "")),
            int(told["runs"]),
            str(told["level_name"]),
            tuple(told["levels"]),
            str(told["told_level"]),
            # An interval that has no end cannot be drawn or told.
            tuple(row for row in told["headline"] if None not in (row["low"], row["high"])),
        )
    except (JsonError, KeyError, TypeError, ValueError):
        return None
