"""What kinds of RL traders are called in tables and reports, and what repeats itself in each.

The names stand in the column ``algorithm`` of results, beside those of algorithms.
"""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["TRAININGS", "mix_kind", "population_kind", "set_kind", "units_of"]

TRAININGS = "trainings"
"""The usual unit."""

_MIX, _SET, _POPULATION = "mixed", "set of ", "population"


def mix_kind(algorithms: set[str]) -> str:
    """Of policies that trade together: those of one algorithm are another kind than of several."""
    return f"{_MIX} {next(iter(algorithms))}" if len(algorithms) == 1 else _MIX


def set_kind(policies: int, algorithm: str) -> str:
    """Of sets of trainings, each of which trades as one."""
    return f"{_SET}{policies} {algorithm}"


def population_kind(stem: str) -> str:
    """Of populations that learned together; ``stem``, if any, tells several sorts of them apart."""
    return f"{_POPULATION} {stem}".rstrip()


def units_of(kinds: Iterable[str]) -> str:
    """What repeats itself in these kinds of traders: trainings, or what else trades as one."""
    names = {
        "populations"
        if kind == _POPULATION or kind.startswith(f"{_POPULATION} ")
        else "sets of trainings"
        if kind.startswith(_SET)
        else TRAININGS
        for kind in kinds
    }
    order = [name for name in (TRAININGS, "populations", "sets of trainings") if name in names]
    return " or ".join(order) if order else TRAININGS
