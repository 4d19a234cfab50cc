"""The report of a calibration: one HTML page that stands alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

import abm_desktop
from abm_desktop.calibration.day_facts import DAY_FACTS
from abm_desktop.calibration.figures import figures
from abm_desktop.calibration.inferring import Inferred
from abm_desktop.calibration.reading_off import ReadOff
from abm_desktop.calibration.result import CalibrationResult
from abm_desktop.calibration.widening import shipped_widening
from abm_desktop.experiments.report.figures import as_svg
from abm_desktop.metrics.likeness.scores import SCORES

__all__ = ["report_page"]

_TEMPLATE = Path(__file__).with_name("report.html.jinja")


def report_page(result: CalibrationResult) -> str:
    """The page as HTML; figures are in it as SVG."""
    pictures = [
        {"name": name, "caption": caption, "svg": Markup(as_svg(figure, name))}
        for name, caption, figure in figures(result)
    ]
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=result.plan.name,
        words=result.sentences(),
        pictures=pictures,
        tables=list(_tables(result)),
        limits=_limits(result),
        about=f"ABM Desktop {abm_desktop.__version__}, {result.date}",
    )


def _tables(result: CalibrationResult) -> Iterator[dict[str, Any]]:
    found, plan = result.found, result.plan
    base = found.base
    rows = [
        [
            score.title,
            _distance(found.gap.scores[score.name]),
            _distance(result.itself[score.name]),
            _distance(found.began.scores[score.name]) if found.began else "-",
            _distance(base.scores[score.name]) if base else "-",
        ]
        for score in SCORES
    ]
    rows.append(
        [
            "mean",
            _distance(found.gap.w1),
            _distance(result.itself_mean),
            _distance(found.began.w1) if found.began else "-",
            _distance(base.w1) if base else "-",
        ]
    )
    yield _table(
        "Scores",
        "Wasserstein-1 to the recorded day in standard deviations. Itself: its odd half hours "
        "against its even ones. Began: what the search began with.",
        ["", "found", "itself", "began", plan.base.name],
        rows,
    )
    yield _table(
        "What else was searched for",
        "Differences over what is a large one, at most 1; responses in mean spreads.",
        ["", "found", plan.base.name],
        [
            ["Responses of the price", _distance(found.gap.responses),
             _distance(base.responses) if base else "-"],
            *(
                [fact.title, _distance(found.gap.facts[fact.name]),
                 _distance(base.facts[fact.name]) if base else "-"]
                for fact in DAY_FACTS
            ),
        ],
    )  # fmt: skip
    yield _table(
        f"Facts: the recorded day in the 90 % band of simulated ones ({result.held} of "
        f"{len(result.bands)})",
        "Each simulated session is measured by itself, from the same messages and levels as the "
        "recorded day. A fact in ten may lie outside by chance.",
        ["", "recorded", "5 %", "median", "95 %", "inside"],
        [
            [b.name, _number(b.real), _number(b.low), _number(b.middle), _number(b.high),
             "yes" if b.holds else "no"]
            for b in result.bands
        ],
    )  # fmt: skip
    yield _table(
        "Parameters that were searched",
        "Best tenth: the middle 80 % of the values of the best tenth of all candidates; spread: "
        "its width, of that between the bounds (a long search draws close in all of them, told or "
        "not). Cost: what a step of 15 % of the width down or up adds to what is minimised, on the "
        "same seeds. Told: it is more than noise (Student's t of the seeds, 2.5 % each direction; "
        "of 20 parameters that do nothing one is told by chance). Interval: where the parabola "
        "through the three costs stays within that noise of its least, all others held as they "
        "were found; no posterior, since what is minimised is no likelihood. Region: values of "
        "candidates that cannot be told from the best.",
        [
            *("", "", "value", "best tenth", "spread"),
            *("cost down", "cost up", "error", "told", "interval", "region"),
        ],
        [
            [
                t.key, t.what, _number(t.value), f"{_number(t.low)} to {_number(t.high)}",
                _distance(t.spread), _signed(t.cost_down), _signed(t.cost_up), _number(t.error),
                ("yes" if t.is_told else "no") if found.profile else "not looked at",
                f"{_number(t.interval[0])} to {_number(t.interval[1])}",
                f"{_number(t.region[0])} to {_number(t.region[1])}",
            ]
            for t in result.told
        ],
        texts=(0, 1),
    )  # fmt: skip
    if found.inferred is not None:
        yield _posterior_table(result, found.inferred)
    read = plan.days.read
    yield _table(
        "What was read off",
        "Without any simulation; sizes in lots, distances in ticks, times in seconds.",
        ["", "value"],
        [
            [field.name.replace("_", " "), _value(getattr(read, field.name))]
            for field in fields(ReadOff)
        ],
    )


def _posterior_table(result: CalibrationResult, inferred: Inferred) -> dict[str, Any]:
    space, box = result.plan.space, inferred.posterior.box
    low, high = inferred.interval
    widening = shipped_widening()

    def between(k: int, ends: tuple[float, float]) -> str:
        return " to ".join(_number(space.value(k, end, is_bounded=False)) for end in ends)

    return _table(
        "What the recorded day says of the parameters",
        "Approximate posterior by regression on "
        f"{inferred.told - len(inferred.outside)} numbers of a day, from "
        f"{len(inferred.samples):,} of {inferred.asked:,} simulated days, each at parameters drawn "
        "evenly between the ends of the column 'drawn'. Width: of the 90 % interval, over that "
        "without the day; beyond: it points beyond all draws. Held out: share of "
        f"{inferred.held_out.days} days it was not learned from whose true value lies in their "
        "interval, and the p-value of even ranks (Kolmogorov and Smirnov). Near: the share for "
        f"{inferred.near.days} days at parameters drawn from this posterior. It takes for granted "
        "that the day is one of these markets, and that what was read off is right. So "
        f"the interval is widened by what {widening.days} days asked for that were made at known "
        f"parameters and read off anew, {widening.seconds / 60:.0f} minutes long, with posteriors "
        f"of {widening.draws} draws (conformal prediction; docs/realism.md); longer days were not "
        "looked at. Held out and near are of the posterior as it is without that.",
        ["", "value", "median", "90 % interval", "drawn", "width", "held out", "p", "near"],
        [
            [
                each.key, _number(space.value(k, result.found.vector[k])),
                _number(space.value(k, inferred.middle[k])), between(k, (low[k], high[k])),
                between(k, (box.low[k], box.high[k])),
                "beyond" if inferred.beyond[k] else _distance(inferred.width[k]),
                f"{100 * inferred.held_out.coverage[k]:.0f} %",
                _distance(inferred.held_out.uniform[k]),
                f"{100 * inferred.near.coverage[k]:.0f} %",
            ]
            for k, each in enumerate(space.parameters)
        ],
    )  # fmt: skip


def _limits(result: CalibrationResult) -> list[str]:
    sizes, plan, found = result.plan.sizes, result.plan, result.found
    days = len(plan.days.flows)
    return [
        f"{len(found.search)} candidates were tried on {sizes.search_seeds} seeds each, "
        f"{plan.search_seconds / 3600:.2g} simulated hours a session; the best "
        f"{len(found.choice)} again on {sizes.choice_seeds} other seeds in whole sessions, and "
        f"what is told here is of {len(found.reported)} whole sessions of others still. "
        f"{found.seconds / 60:.0f} minutes in all.",
        f"{days} recorded day{'s' if days > 1 else ''}: a market like "
        f"{'these' if days > 1 else 'that day'} need not be like the next.",
        "Hidden orders, auctions and halts of the recorded day are not simulated; its volume a "
        "minute counts hidden orders.",
        "Likeness is no explanation: other mixes of traders may be as alike.",
    ]


def _table(
    title: str, note: str, columns: list[str], rows: list[list[str]], texts: tuple[int, ...] = (0,)
) -> dict[str, Any]:
    return {"title": title, "note": note, "columns": columns, "rows": rows, "texts": texts}


def _distance(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "-"


def _signed(value: float) -> str:
    return f"{value:+.3f}" if math.isfinite(value) else "-"


def _number(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "-"


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{x:.2f}" for x in value)
    return f"{value:,}" if isinstance(value, int) else f"{value:.6g}"
