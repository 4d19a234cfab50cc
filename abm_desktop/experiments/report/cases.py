"""Which cases a figure lays side by side: the control, and doses or kinds of traders."""

from __future__ import annotations

import textwrap

import pandas as pd

from abm_desktop.experiments.report.style import COLOURS
from abm_desktop.experiments.report.text import level_text
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults


def cases(results: ExperimentResults, rows: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    """(colour, label, rows) of every case that there is, the control first.

    Args:
        results: what is told.
        rows: with a ``level``, and, where kinds are to be told apart, a ``kind`` and ``placebo``.

    With one kind of traders every level is a case; with several each kind is one, at the level of
    the hypothesis or, without one, the last.
    """
    kinds = list(dict.fromkeys(results.kind_names())) if "kind" in rows else []
    levels = results.levels()
    if "placebo" in rows:
        rows = rows[~rows["placebo"].astype(bool)]
    found = []
    if len(kinds) > 1:
        level = results.told_level()
        found.append((level_text(results, levels[0]), rows[rows["level"] == levels[0]]))
        for kind in kinds:
            label = ", ".join(filter(None, (kind, level_text(results, level))))
            found.append((label, rows[(rows["level"] == level) & (rows["kind"] == kind)]))
    else:
        found = [(level_text(results, level), rows[rows["level"] == level]) for level in levels]
    return [
        (COLOURS[k % len(COLOURS)], textwrap.fill(label, 26), mine)
        for k, (label, mine) in enumerate(found)
        if len(mine)
    ]
