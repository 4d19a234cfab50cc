"""What a shipped study found, as its report's summary tells it, for the start page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from abm_desktop import paths
from abm_desktop.desk.short_answer import ADDITION, TOTAL, Found, found_in, headline
from abm_desktop.plain_json import JsonError, read_json_object

__all__ = ["ROOM", "ShippedStudy", "shipped_study"]

ROOM = "room made"
"""Who is there where others make room and nobody comes."""
_GRID = "volatility on a "


@dataclass(frozen=True, slots=True)
class ShippedStudy:
    """Question, answer and figure of a study."""

    question: str
    caveat: str
    """Why its figures are not to be taken as they are; "" if they may be."""
    runs: int
    told_level: str
    trainings: int
    """Of each algorithm, in the intervals."""
    rows: tuple[dict[str, Any], ...]
    """As the summary's ``parts``, without placebos and what has no interval."""

    @property
    def grids(self) -> tuple[str, ...]:
        """How often the two measures look at the price, the primary one first."""
        return tuple(dict.fromkeys(_grid(row) for row in self.rows))

    @property
    def kinds(self) -> tuple[str, ...]:
        """Who is drawn: kinds of traders in the order of the study, then room made for nobody.

        In the results of an experiment they stand, and have their colours, in this order too.
        """
        kinds = dict.fromkeys(str(row["kind"]) for row in self.rows)
        return (*(kind for kind in kinds if kind), ROOM)

    def drawn(self) -> tuple[dict[str, Any], ...]:
        """What room made does, and what each kind of traders adds to it, by grid."""
        return tuple(
            row | {"kind": row["kind"] or ROOM, "level": _grid(row)}
            for row in self.rows
            if row["part"] != TOTAL
        )

    @property
    def headline(self) -> str:
        """What RL traders add, in a sentence a grid."""
        return headline(found_in(self.rows))

    def answer(self, grid: str) -> dict[str, tuple[Found, ...]]:
        """What was found on a grid, by stress."""
        (found,) = found_in(row for row in self.rows if _grid(row) == grid).values()
        return found


def _grid(row: dict[str, Any]) -> str:
    return str(row["label"]).removeprefix(_GRID)


def shipped_study(name: str = "research_question") -> ShippedStudy | None:
    """Read the study called ``name``; None if its summary does not ship, or is damaged."""
    # Not by the report's own reader, which brings pandas: the window reads this at its start.
    try:
        told = read_json_object(paths.studies_dir() / name / "summary.json")
        # An interval that has no end cannot be drawn or told.
        rows = tuple(
            row
            for row in told["parts"]
            if not row["placebo"] and None not in (row["low"], row["high"])
        )
        return ShippedStudy(
            str(told["question"]),
            str(told.get("caveat", "")),
            int(told["runs"]),
            str(told["told_level"]),
            min(int(row["policies"]) for row in rows if row["part"] == ADDITION),
            rows,
        )
    except (JsonError, KeyError, TypeError, ValueError):
        return None
