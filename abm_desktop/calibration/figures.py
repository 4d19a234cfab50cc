"""The figures of a report: distributions, responses, and how the search went."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from abm_desktop.calibration.result import CalibrationResult
from abm_desktop.experiments.report.style import COLOURS, INK, PAGE, blank_figure, legend, style
from abm_desktop.metrics.likeness.responses import EVENT_TYPES, LAGS
from abm_desktop.metrics.likeness.scores import SCORES

__all__ = ["figures"]

_REAL, _MADE = COLOURS[0], COLOURS[1]
BINS = 50
DRAWN = (0.005, 0.995)
"""Quantiles of both between which a distribution is drawn."""


def figures(result: CalibrationResult) -> Iterator[tuple[str, str, Figure]]:
    """Yield name, caption and figure."""
    recorded = " and ".join(result.plan.days.names)
    yield (
        "distributions",
        f"Distributions of the scores: {recorded} (grey) and {len(result.found.reported)} "
        "simulated sessions (blue); beside each title its distance, and that of the day from "
        "itself.",
        _distributions(result),
    )
    yield (
        "responses",
        "Mean response of the mid to what happens at the best prices, in mean spreads, by events "
        "at the touch: recorded (grey), simulated (blue, with the range of 90 % of sessions).",
        _responses(result),
    )
    yield (
        "search",
        "What each candidate of the search was worth (less is better), and the best so far.",
        _search(result),
    )


def _distributions(result: CalibrationResult) -> Figure:
    columns = 3
    rows = -(-len(SCORES) // columns)
    figure = blank_figure(PAGE, 1.55 * rows)
    panels = figure.subplots(rows, columns).ravel()
    for axes in panels[len(SCORES) :]:
        axes.set_visible(False)
    for axes, score in zip(panels, SCORES, strict=False):
        real = np.concatenate([d.quantiles[score.name] for d in result.plan.days.measured])
        made = np.concatenate([r.measured.quantiles[score.name] for r in result.found.reported])
        gap, itself = result.found.gap.scores[score.name], result.itself[score.name]
        _one(axes, real, made, is_level=score.kind == "level")
        unit = f", {score.unit}" if score.unit not in ("", "levels") else ""
        style(axes, "", "", "")
        known = f" (itself {itself:.2f})" if math.isfinite(itself) else ""
        distance = f"{gap:.2f}" if math.isfinite(gap) else "not enough data"
        _title(axes, f"{score.title}{unit}\n{distance}{known}")
        # Long numbers beside each other run into one.
        axes.xaxis.set_major_locator(MaxNLocator(4))
        axes.tick_params(labelsize=6)
        axes.set_yticks([])
    return figure


def _title(axes: Axes, text: str) -> None:
    """Smaller than a figure's own: there are three in a row."""
    axes.set_title(text, loc="left", color=INK, fontsize=7)


def _one(axes: Axes, real: np.ndarray, made: np.ndarray, *, is_level: bool) -> None:
    there = [values for values in (real, made) if len(values)]
    if not there:
        return
    ends = np.concatenate([np.quantile(values, DRAWN) for values in there])
    low, high = float(ends.min()), float(ends.max())
    if is_level:
        edges = np.arange(np.floor(low) - 0.5, np.ceil(high) + 1.0)
    else:
        edges = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    for values, colour, filled in ((real, _REAL, True), (made, _MADE, False)):
        if not len(values):
            continue
        shares = np.histogram(values, edges)[0] / len(values)
        if filled:
            axes.stairs(shares, edges, fill=True, color=colour, alpha=0.5)
        else:
            axes.stairs(shares, edges, color=colour, linewidth=1.2)


def _responses(result: CalibrationResult) -> Figure:
    figure = blank_figure(PAGE, 4.2)
    panels = figure.subplots(2, 3, sharex=True).ravel()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a kind of event that no day has
        real = np.nanmean([day.responses for day in result.plan.days.measured], axis=0)
    made = np.array([each.measured.responses for each in result.found.reported])
    for k, (axes, title) in enumerate(zip(panels, EVENT_TYPES.values(), strict=True)):
        there = made[:, k][np.isfinite(made[:, k]).all(axis=1)]
        axes.plot(LAGS, real[k], "o-", color=_REAL, markersize=3, label="recorded")
        if len(there):
            low, middle, high = np.quantile(there, (0.05, 0.5, 0.95), axis=0)
            axes.plot(LAGS, middle, "o-", color=_MADE, markersize=3, label="simulated")
            axes.fill_between(LAGS, low, high, color=_MADE, alpha=0.2, linewidth=0)
        axes.set_xscale("log")
        style(axes, "", "events" if k > 2 else "", "mean spreads" if k % 3 == 0 else "")
        _title(axes, title)
    legend(figure, panels[0])
    return figure


def _search(result: CalibrationResult) -> Figure:
    figure = blank_figure(PAGE, 2.6)
    axes = figure.subplots()
    totals = np.array([trial.total for trial in result.found.search])
    number = np.arange(1, len(totals) + 1)
    known = np.isfinite(totals)
    axes.plot(number[known], totals[known], ".", color=_REAL, markersize=3, label="candidate")
    best = np.minimum.accumulate(np.where(known, totals, np.inf))
    seen = np.isfinite(best)
    axes.plot(number[seen], best[seen], color=_MADE, label="best so far")
    if known.any():
        axes.set_ylim(0.0, 1.1 * float(np.quantile(totals[known], 0.95)))
    style(axes, "", "candidate", "worth")
    legend(figure, axes)
    return figure
