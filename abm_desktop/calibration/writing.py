"""What a calibration found, as files: the scenario, its numbers, and the report."""

from __future__ import annotations

import io
import json
import math
import textwrap
from dataclasses import asdict
from pathlib import Path
from typing import Any

import abm_desktop
from abm_desktop.calibration.figures import figures
from abm_desktop.calibration.measuring import Gap
from abm_desktop.calibration.report import report_page
from abm_desktop.calibration.result import CalibrationResult
from abm_desktop.calibration.seeds import Use, seeds_for
from abm_desktop.metrics.likeness.scores import SCORES
from abm_desktop.scenario.toml_writer import toml_text
from abm_desktop.whole_files import write_whole

__all__ = ["PAGE", "RESULT", "SCENARIO", "as_json", "scenario_text", "write_result"]

SCENARIO, RESULT, PAGE = "scenario.toml", "result.json", "report.html"
_DPI = 130
_LINE = 98
"""Characters of a line of the comment above a scenario."""


def write_result(result: CalibrationResult, folder: Path) -> Path:
    """Write the scenario, the numbers and the report; returns the scenario's file.

    Raises OSError as writing does.
    """
    write_whole(folder / SCENARIO, scenario_text(result))
    write_whole(folder / PAGE, report_page(result))
    pictures = []
    for name, caption, figure in figures(result):
        picture = io.BytesIO()
        figure.savefig(picture, format="png", dpi=_DPI)
        write_whole(folder / f"{name}.png", picture.getvalue())
        pictures.append({"file": f"{name}.png", "caption": caption})
    # Last: with it all is there.
    content = as_json(result) | {"pictures": pictures}
    write_whole(folder / RESULT, json.dumps(content, indent=1) + "\n")
    return folder / SCENARIO


def _scores(result: CalibrationResult) -> str:
    gap = result.found.gap.scores
    return "; ".join(
        f"{score.title} {gap[score.name]:.2f}"
        + (
            f" ({result.itself[score.name]:.2f})"
            if math.isfinite(result.itself[score.name])
            else ""
        )
        for score in SCORES
        if math.isfinite(gap[score.name])
    )


def scenario_text(result: CalibrationResult) -> str:
    """The scenario as TOML: parameters only, and above them where they come from."""
    plan, found = result.plan, result.found
    lines = [
        f"Calibrated to {', '.join(plan.days.names)} by ABM Desktop {abm_desktop.__version__} on "
        f"{result.date}.",
        *result.sentences()[:3],
        "Distance of each score (of the day from itself): " + _scores(result) + ".",
        "Parameters only: nothing of the recording is in this file.",
    ]
    head = "".join(f"# {line}\n" for text in lines for line in textwrap.wrap(text, _LINE))
    described = found.scenario.model_copy(
        update={"description": f"A market like {' and '.join(plan.days.names)}, by calibration."}
    )
    return head + "\n" + toml_text(described)


def as_json(result: CalibrationResult) -> dict[str, Any]:
    """The numbers for JSON; what is not finite is None."""
    plan, found = result.plan, result.found
    sizes = plan.sizes
    content = {
        "program": f"ABM Desktop {abm_desktop.__version__}",
        "date": result.date,
        "days": list(plan.days.names),
        "levels": plan.days.levels,
        "answer": result.sentences(),
        "read_off": asdict(plan.days.read),
        "parameters": {
            each.key: {
                "value": each.value,
                "best_tenth": [each.low, each.high],
                "spread": each.spread,
                "cost_of_a_step": [each.cost_down, each.cost_up],
                "error": each.error,
                "interval": list(each.interval),
                "region": list(each.region),
                "told": each.is_told,
            }
            for each in result.told
        },
        "posterior": _posterior(result),
        "found": _gap(found.gap) | {"w1_sd": result.spread},
        "base": None if found.base is None else _gap(found.base) | {"name": plan.base.name},
        "began": None if found.began is None else _gap(found.began),
        "itself": {"w1": result.itself_mean, "scores": result.itself},
        "facts": [
            {
                "name": band.name,
                "recorded": band.real,
                "band": [band.low, band.high],
                "median": band.middle,
                "holds": band.holds,
            }
            for band in result.bands
        ],
        "facts_held": [result.held, len(result.bands)],
        "trials": len(found.search),
        "seconds": found.seconds,
        "seeds": {
            "search": list(seeds_for(Use.SEARCH, sizes.search_seeds, sizes.seed)),
            "choice": list(seeds_for(Use.CHOICE, sizes.choice_seeds, sizes.seed)),
            "report": list(seeds_for(Use.REPORT, found.report_seeds, sizes.seed)),
        },
        "search_seconds": plan.search_seconds,
    }
    return _finite(content)


def _posterior(result: CalibrationResult) -> dict[str, Any] | None:
    inferred, space = result.found.inferred, result.plan.space
    if inferred is None:
        return None
    low, high = inferred.interval
    return {
        "draws": inferred.asked,
        "made_a_market": len(inferred.samples),
        "parameters": {
            each.key: {
                "median": space.value(k, inferred.middle[k]),
                "interval_90": [space.value(k, end[k], is_bounded=False) for end in (low, high)],
                "drawn_from": [
                    space.value(k, inferred.posterior.box.low[k]),
                    space.value(k, inferred.posterior.box.high[k]),
                ],
                "width_over_drawn": float(inferred.width[k]),
                "coverage_held_out": float(inferred.held_out.coverage[k]),
                "uniform_held_out": float(inferred.held_out.uniform[k]),
                "coverage_near": float(inferred.near.coverage[k]),
                "points_beyond": bool(inferred.beyond[k]),
            }
            for k, each in enumerate(space.parameters)
        },
        "held_out_days": inferred.held_out.days,
        "near_days": inferred.near.days,
        "numbers": inferred.told,
        "left_out": list(inferred.outside),
        "w1_at_medians": inferred.middle_worth,
        "w1_found": inferred.found_worth,
    }


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "w1": gap.w1,
        "responses": gap.responses,
        "total": gap.total,
        "scores": dict(gap.scores),
        "facts": dict(gap.facts),
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
