"""The short answer of an experiment, as rich text: a line a stress, what is clear in bold."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from abm_desktop.desk.formats import percent, signed
from abm_desktop.desk.short_answer import ADDITION, REMOVAL, TOTAL, Found, in_a_row

__all__ = ["MORE", "group_line", "other_grid_line", "unfold_link"]

MORE = "more"
"""Target of the link that unfolds an answer, and folds it again."""


def unfold_link(words: str, color: str) -> str:
    """A paragraph that is a link, to show the rest or to hide it."""
    return f'<p><a href="{MORE}" style="color:{color}">{html.escape(words)}</a></p>'


def group_line(group: str, found: Sequence[Found]) -> str:
    """One stress in one line: what is clear is bold."""
    room = [_one(one) for one in found if one.part == REMOVAL]
    added = [f"{one.kind}\u00a0{_one(one)}" for one in found if one.part == ADDITION]
    ends = sorted(one.change for one in found if one.part == TOTAL)
    together = f"; together {_bare(ends[0])} to {_bare(ends[-1])} %" if ends else ""
    return (
        f"<i>{html.escape(group.capitalize())}</i>: room made {', '.join(room)}; "
        f"added {', '.join(added)}{together}."
    )


def other_grid_line(grid: str, answer: Mapping[str, Sequence[Found]]) -> str:
    """The other grid in short: where anything that is added is clear."""
    told = []
    for group, found in answer.items():
        added = [one for one in found if one.part == ADDITION]
        ends = sorted(one.change for one in added)
        clear = [one.kind for one in added if one.way]
        size = f"{_bare(ends[0])} to {_bare(ends[-1])} %"
        which = f"clear with {in_a_row(clear)}" if clear else "not shown"
        told.append(f"{html.escape(group)} {size} ({which})")
    return f"Added on the {html.escape(grid)}: {'; '.join(told)}."


def _one(one: Found) -> str:
    text = f"{_signed(one.change)} ({_bare(one.low)} to {_bare(one.high)})"
    return f"<b>{text}</b>" if one.way else text


def _bare(fraction: float) -> str:
    """A bound of an interval in percent, whose unit stands before it."""
    return signed(100 * fraction, 0)


def _signed(fraction: float) -> str:
    return percent(fraction, sign=True)
