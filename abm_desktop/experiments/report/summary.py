"""The findings of an experiment in short: a small JSON file beside its report, for programs.

A window shows it without loading tables; ``summarise`` also tells what is there so far of an
experiment that still runs.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from abm_desktop.experiments.report.text import level_text
from abm_desktop.experiments.statistics.effects import effects_table
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.plain_json import JsonError, read_json_object
from abm_desktop.whole_files import write_whole

__all__ = [
    "FILE",
    "interim",
    "read_summary",
    "summarise",
    "write_summary",
    "written_answer",
]

FILE = "summary.json"
_MOST_BYTES = 64 << 20
_NUMBERS = ("change", "low", "high", "d_z", "p", "p_holm")
_TEXTS = ("kind", "group", "measure", "label")
_COUNTS = ("pairs", "markets", "policies")
_MARKS = ("ratio", "placebo", "primary")
_PART_TEXTS = ("group", "kind", "part", "measure", "label", "unit")
_PART_NUMBERS = ("change", "low", "high", "p_holm", "least", "most")


def summarise(
    results: ExperimentResults,
    effects: pd.DataFrame,
    words: list[str],
    limits: list[str],
    headline: pd.DataFrame | None = None,
    parts: pd.DataFrame | None = None,
) -> dict[str, Any]:
    """The answer, its limits, and one entry for each effect; numbers that are not known are None.

    ``effects`` are as :func:`abm_desktop.experiments.statistics.effects.effects_table` gives them.
    An entry has ``kind``, ``group``, ``level`` (as it is shown), ``measure``, ``label``, ``ratio``,
    ``change`` with its 95 % bounds ``low`` and ``high`` (fractions for ratios), ``d_z``, ``p``,
    ``p_holm``, ``pairs``, ``markets``, ``policies``, ``primary`` and ``placebo``.

    ``headline`` are those of the main figure, as
    :func:`abm_desktop.experiments.report.findings.primary_rows` gives them: the primary measure
    with the interval that is to be trusted, for other trainings where there are three or more. An
    entry has ``kind``, ``group``, ``level``, ``ratio``, ``change``, ``low``, ``high``, ``p_holm``
    and ``policies``; ``told_level`` is the level that the answer is about.

    ``parts`` are removal, addition and total, as
    :func:`abm_desktop.experiments.statistics.parts.parts_table` gives them, at the level that is
    told: ``group``, ``kind`` ("" of the removal), ``part``, ``measure``, ``label``, ``ratio``,
    ``placebo``, ``change``, ``low``, ``high``, ``p_holm``, ``unit`` and ``policies`` of the
    interval, and ``least`` and ``most`` of single trainings. ``registration`` says what was fixed
    before the first run, ``seeds`` which markets these were.
    """
    return {
        "name": results.name,
        "question": results.question,
        "level_name": results.level_name,
        "levels": [level_text(results, level) for level in results.levels()[1:]],
        "runs": results.count(),
        "told_level": level_text(results, results.told_level()),
        "answer": words,
        "limits": limits,
        "registration": list(results.registration),
        "seeds": results.seeds,
        "parts": [
            {name: str(row[name]) for name in _PART_TEXTS}
            | {name: _number(row[name]) for name in _PART_NUMBERS}
            | {name: bool(row[name]) for name in ("ratio", "placebo")}
            | {"policies": int(row["policies"])}
            for row in _told_parts(results, parts)
        ],
        "headline": []
        if headline is None
        else [
            {"level": level_text(results, row["level"])}
            | {name: str(row[name]) for name in ("kind", "group")}
            | {name: _number(row[name]) for name in ("change", "low", "high", "p_holm")}
            | {"ratio": bool(row["ratio"]), "policies": int(row["policies"])}
            for _, row in headline.iterrows()
        ],
        "effects": [
            {"level": level_text(results, row["level"])}
            | {name: str(row[name]) for name in _TEXTS}
            | {name: _number(row[name]) for name in _NUMBERS}
            | {name: int(row[name]) for name in _COUNTS}
            | {name: bool(row[name]) for name in _MARKS}
            for _, row in effects.iterrows()
        ],
    }


def _told_parts(results: ExperimentResults, parts: pd.DataFrame | None) -> list[dict[str, Any]]:
    if parts is None or not len(parts):
        return []
    told = parts[parts["level"] == results.told_level()]
    return [{str(name): value for name, value in row.items()} for row in told.to_dict("records")]


def interim(results: ExperimentResults) -> dict[str, Any]:
    """The effects on the primary measure only, of what is finished; far quicker than a report."""
    primary = replace(results, measures=(results.measure_of(results.primary),))
    return summarise(primary, effects_table(primary), [], list(results.limits))


def write_summary(folder: Path, summary: dict[str, Any]) -> None:
    """Write it into the folder of a report."""
    text = json.dumps(summary, indent=1, allow_nan=False)
    write_whole(folder / FILE, text)


def read_summary(folder: Path) -> dict[str, Any] | None:
    """Read it from the folder of a report; None if there is none, or it is damaged."""
    try:
        found = read_json_object(folder / FILE, max_bytes=_MOST_BYTES)
    except JsonError:
        return None
    return found if "effects" in found else None


def written_answer(page: Path) -> list[str]:
    """The answer in the words of a report, given its page; empty if its summary is gone."""
    found = read_summary(page.parent)
    return [str(sentence) for sentence in found["answer"]] if found else []


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
