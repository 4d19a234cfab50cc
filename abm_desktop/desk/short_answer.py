"""What an experiment found in a sentence or two, read off the parts of its report's summary.

Nothing is judged here that the report has not judged: a change is told as one if its p after Holm's
correction and its interval say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["ADDITION", "CLEAR", "REMOVAL", "TOTAL", "Found", "found_in", "headline", "in_a_row"]

CLEAR = 0.05
"""p after Holm's correction below which a change is told as one."""
REMOVAL, ADDITION, TOTAL = "removal", "addition", "total"


@dataclass(frozen=True, slots=True)
class Found:
    """One part of the change under one stress, of one kind of traders."""

    kind: str
    """"" of the removal, which is the same for all."""
    part: str
    """Removal, addition or total."""
    change: float
    """Fraction: 0.41 is 41 % more."""
    low: float
    """The 95 % interval, of an addition for other trainings and markets."""
    high: float
    p: float | None
    """After Holm's correction; None if it is not known."""

    @property
    def way(self) -> int:
        """1 or -1 if it is clear, else 0."""
        if self.p is None or self.p >= CLEAR or self.low <= 0.0 <= self.high:
            return 0
        return 1 if self.change > 0 else -1


def found_in(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, tuple[Found, ...]]]:
    """What was found, by measure (its label, the primary one first) and stress.

    ``rows`` are the ``parts`` of a summary; placebos, differences that are no ratios and what has
    no interval are left out.
    """
    out: dict[str, dict[str, tuple[Found, ...]]] = {}
    for row in rows:
        numbers = (row["change"], row["low"], row["high"])
        if row["placebo"] or not row["ratio"] or None in numbers:
            continue
        found = Found(str(row["kind"]), str(row["part"]), *numbers, row["p_holm"])
        groups = out.setdefault(str(row["label"]), {})
        groups[str(row["group"])] = (*groups.get(str(row["group"]), ()), found)
    return out


def headline(found: Mapping[str, Mapping[str, Sequence[Found]]]) -> str:
    """What RL traders add where room was made, a sentence a measure; "" if no addition is told.

    >>> one = Found("PPO", ADDITION, 0.5, 0.3, 0.7, 0.001)
    >>> headline({"volatility": {"calm": (one,)}})
    'RL traders who come raise the volatility in calm.'
    """
    sentences: list[str] = []
    for label, groups in found.items():
        told = _told(groups)
        if told:
            who = "They" if sentences else "RL traders who come"
            sentences.append(f"{who} {told[0].format(it='the ' + label)}{''.join(told[1:])}.")
    return " ".join(sentences)


def _told(groups: Mapping[str, Sequence[Found]]) -> list[str]:
    """Clauses about one measure; the first names it in place of ``{it}``.

    A stress under which all kinds of traders do the same is told of all; under others, the kinds
    that do are named before the stress, so that they cannot be read as those of its neighbours.
    """
    places: dict[int, dict[tuple[str, ...], list[str]]] = {1: {}, -1: {}, 0: {}}
    for group, every in groups.items():
        added = [one for one in every if one.part == ADDITION]
        for way in {one.way for one in added} - {0} or {0}:
            kinds = tuple(one.kind for one in added if one.way == way)
            if kinds:
                who = () if len(kinds) == len(added) else kinds
                places[way].setdefault(who, []).append(group)
    verbs = {1: "raise", -1: "lower", 0: "are not shown to change"}
    out: list[str] = []
    for way, by_kinds in places.items():
        if by_kinds:
            it = ", and {verb} it " if out else "{verb} {{it}} "
            of_all = sorted(by_kinds.items(), key=lambda entry: entry[0] != ())
            told = [
                f"with {in_a_row(kinds)} only in {in_a_row(here)}"
                if kinds
                else f"in {in_a_row(here)}"
                for kinds, here in of_all
            ]
            out.append(it.format(verb=verbs[way]) + ", ".join(told))
    return out


def in_a_row(names: Sequence[str]) -> str:
    """Names as a list in a sentence.

    >>> in_a_row(["PPO", "DQN", "SAC"])
    'PPO, DQN and SAC'
    """
    if len(names) > 1:
        return ", ".join(names[:-1]) + " and " + names[-1]
    return "".join(names)
