"""The report's figures, drawn with matplotlib without a window.

``INK`` stands for the colour of text and axes: in an SVG it becomes the colour of the page's text,
so that one picture is readable on light and dark pages.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import CensoredData, ecdf

from abm_desktop.experiments.report_cases import cases
from abm_desktop.experiments.report_data import ExperimentResults
from abm_desktop.experiments.report_paths import path_figures
from abm_desktop.experiments.report_style import (
    COLOURS,
    INK,
    blank_figure,
    legend,
    style,
)
from abm_desktop.experiments.report_words import Findings, level_text
from abm_desktop.market.state import TRADER_CLASSES

__all__ = ["as_svg", "figures"]

_NOTHING = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def as_svg(figure: Figure, salt: str) -> str:
    """The figure as an ``<svg>`` element; ``salt`` keeps its inner names apart from others'."""
    out = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        figure.savefig(out, format="svg", transparent=True, metadata=_NOTHING)
    text = out.getvalue()
    return text[text.index("<svg") :].replace(INK, "currentColor")


def figures(results: ExperimentResults, found: Findings) -> Iterator[tuple[str, str, Figure]]:
    """Yield (name, caption, figure) of everything that the results allow."""
    effects = found.effects
    if len(effects):
        effects = effects[effects["primary"] & ~effects["placebo"]]
    if len(effects):
        yield (
            "effect",
            f"Change of the {effects['label'].iloc[0]} against the same market without the "
            "treatment, with 95 % intervals. At 0 the treatment makes no difference.",
            _effect(results, effects),
        )
    beyond = found.amplification
    if len(beyond) and beyond["specific"].notna().any():
        yield (
            "amplification",
            "Amplification of volatility under stress over that in calm (VAF*), with 95 % "
            "intervals. Above 1 it is specific to the stress.",
            _beyond(results, beyond[beyond["specific"].notna()]),
        )
    if len(found.trainings):
        yield (
            "trainings",
            f"Every training by itself, {results.level_name} "
            f"{level_text(results, results.told_level())}: change of the "
            f"{found.trainings['label'].iloc[0]} with 95 % intervals over markets. Diamonds: mean "
            "of an algorithm, with its interval for other trainings and markets.",
            _trainings(results, found),
        )
    if results.series is not None and len(results.series):
        yield from path_figures(results, results.series)
    if {"recovery_50_s", "recovery_50_censored"} <= set(results.runs.columns):
        yield (
            "recovery",
            "Share of runs whose price has not yet made up for half of its fall (Kaplan-Meier); "
            "runs that never did are censored, not left out.",
            _recovery(results),
        )
    if "traded_noise_rl_lots" in results.runs.columns:
        yield (
            "matrix",
            "Who trades with whom under stress: percent of all lots, maker by row, taker by "
            "column; without the treatment and with it.",
            _matrices(results),
        )


def _effect(results: ExperimentResults, rows: pd.DataFrame) -> Figure:
    ratio = bool(rows["ratio"].all())
    label = str(rows["label"].iloc[0])
    scaled = rows[["kind", "group", "level"]].assign(
        middle=rows["change"], low=rows["low"], high=rows["high"]
    )
    if ratio:
        scaled[["middle", "low", "high"]] *= 100.0
    title = f"{label[:1].upper()}{label[1:]}"
    return _forest(results, scaled, title, "change, %" if ratio else "change", 0.0)


def _beyond(results: ExperimentResults, rows: pd.DataFrame) -> Figure:
    shown = rows[["kind", "group", "level"]].assign(
        middle=rows["specific"], low=rows["specific_low"], high=rows["specific_high"]
    )
    return _forest(results, shown, "Amplification beyond calm", "VAF*", 1.0)


def _trainings(results: ExperimentResults, found: Findings) -> Figure:
    single = found.trainings[found.trainings["measure"] == results.primary]
    means = found.spread[found.spread["measure"] == results.primary]
    groups, kinds = list(dict.fromkeys(single["group"])), list(dict.fromkeys(single["kind"]))
    ratio = bool(single["ratio"].all())
    scale = 100.0 if ratio else 1.0
    figure = blank_figure(max(4.0, 3.0 * len(groups)), 3.4)
    panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for axes, group in zip(panels, groups, strict=True):
        for k, kind in enumerate(kinds):
            mine = single[(single["group"] == group) & (single["kind"] == kind)]
            at = k + np.linspace(-0.3, 0.3, max(len(mine), 2))[: len(mine)]
            colour = COLOURS[(k + 1) % len(COLOURS)]
            middle = scale * mine["change"].to_numpy(float)
            ends = scale * mine[["low", "high"]].to_numpy(float).T
            axes.errorbar(
                at, middle, np.abs(ends - middle), fmt="o", ms=3, color=colour, lw=0.8, alpha=0.7
            )
            row = means[(means["group"] == group) & (means["kind"] == kind)]
            if len(row):
                y, low, high = (scale * float(row[c].iloc[0]) for c in ("change", "low", "high"))
                if np.isfinite([low, high]).all():
                    axes.vlines(k + 0.42, low, high, color=INK, lw=1.2)
                axes.plot(k + 0.42, y, marker="D", ms=5, color=INK)
        axes.axhline(0.0, color=INK, linewidth=0.6, linestyle=":")
        unit = "change, %" if ratio else "change"
        style(axes, group, "", unit if axes is panels[0] else "")
        axes.set_xticks(range(len(kinds)), [kind or "RL traders" for kind in kinds])
        axes.set_xlim(-0.6, len(kinds) - 0.3)
    return figure


def _forest(
    results: ExperimentResults, rows: pd.DataFrame, title: str, unit: str, nothing: float
) -> Figure:
    """Estimates with intervals: a panel a group where there are kinds, else colours for groups."""
    groups, kinds = list(dict.fromkeys(rows["group"])), list(dict.fromkeys(rows["kind"]))
    if len(kinds) > 1:
        panels = [(group, "kind", kinds, rows[rows["group"] == group]) for group in groups]
    else:
        panels = [(title, "group", groups, rows)]
    across = min(len(panels), 3)
    down = -(-len(panels) // across)
    levels = results.levels()[1:]
    names = [textwrap.fill(level_text(results, level), 18) for level in levels]
    tall = 3.4 if results.numeric else max(2.4, 0.5 * len(levels) + 1.4)
    figure = blank_figure(7.6 if across == 1 else 3.6 * across, tall * down)
    every = figure.subplots(down, across, sharex=not results.numeric, sharey=True, squeeze=False)
    for axes in every.flat[len(panels) :]:
        axes.set_axis_off()
    shown = list(every.flat[: len(panels)])
    for axes, (head, column, parts, mine) in zip(shown, panels, strict=True):
        _intervals(axes, results, mine, column, parts, nothing)
        if results.numeric:
            style(axes, head, results.level_name, unit if axes in every[:, 0] else "")
            axes.set_xticks(range(len(levels)), names)
            axes.set_xlim(-0.5, len(levels) - 0.5)
            furthest = float((rows["middle"] - nothing).abs().max())
            if rows["high"].max() - nothing > 3.0 * furthest > 0.0:
                # An interval without a useful end would press all others flat.
                axes.set_ylim(top=nothing + 1.5 * furthest)
        else:
            style(axes, head, unit, "")
            axes.set_yticks(range(len(levels)), names)
            axes.set_ylim(len(levels) - 0.5, -0.5)
    if any(part for _, _, parts, _ in panels for part in parts):
        legend(figure, shown[0])
    return figure


def _intervals(
    axes: Axes,
    results: ExperimentResults,
    rows: pd.DataFrame,
    column: str,
    parts: list[str],
    nothing: float,
) -> None:
    levels = results.levels()[1:]
    for k, part in enumerate(parts):
        mine = rows[rows[column] == part]
        at = np.array([levels.index(v) for v in mine["level"]], float)
        at += min(0.14, 0.7 / len(parts)) * (k - (len(parts) - 1) / 2)
        middle = mine["middle"].to_numpy(float)
        reach = np.array([middle - mine["low"], mine["high"] - middle])
        reach = np.nan_to_num(np.maximum(reach, 0.0))
        look: dict[str, Any] = {
            "fmt": "o",
            "color": COLOURS[1 + k % (len(COLOURS) - 1)],
            "capsize": 3,
            "ms": 5,
        }
        name = part or results.name
        if results.numeric:
            axes.errorbar(at, middle, yerr=reach, label=name, **look)
        else:
            axes.errorbar(middle, at, xerr=reach, label=name, **look)
    line = axes.axhline if results.numeric else axes.axvline
    line(nothing, color=INK, linewidth=0.8)


def _recovery(results: ExperimentResults) -> Figure:
    runs, groups = results.grouped, results.stressed_groups()
    across = min(len(groups), 3)
    down = -(-len(groups) // across)
    figure = blank_figure(max(6.0, 3.4 * across), 3.0 * down)
    every = figure.subplots(down, across, sharey=True, squeeze=False)
    for axes in every.flat[len(groups) :]:
        axes.set_axis_off()
    for axes, group in zip(every.flat, groups, strict=False):
        for colour, label, mine in cases(results, runs[runs["group"] == group]):
            mine = mine[mine["recovery_50_s"].notna()]
            if not len(mine):
                continue
            seconds = mine["recovery_50_s"].to_numpy(float)
            censored = mine["recovery_50_censored"].to_numpy(float) > 0
            curve = ecdf(CensoredData(seconds[~censored], right=seconds[censored])).sf
            x = np.concatenate(([0.0], curve.quantiles, [seconds.max()]))
            y = np.concatenate(([1.0], curve.probabilities, curve.probabilities[-1:]))
            axes.step(x, y, where="post", color=colour, linewidth=1.4, label=label)
        axes.set_ylim(0, 1.02)
        style(axes, group, "seconds after the low", "not recovered" if axes in every[:, 0] else "")
    legend(figure, every.flat[0])
    return figure


def _matrices(results: ExperimentResults) -> Figure:
    runs = results.grouped
    runs = runs[runs["group"].isin(results.stressed_groups())]
    # All kinds of traders together: a matrix for each would say the same many times.
    found = cases(results, runs.drop(columns="kind"))
    told = level_text(results, results.told_level())
    treated = [case for case in found if case[1] == told] or found[-1:]
    chosen = [found[0], *treated] if len(found) > 1 else found
    names = [n for n in TRADER_CLASSES if n != "human"]
    figure = blank_figure(4.0 * len(chosen), 4.1)
    panels = figure.subplots(1, len(chosen), squeeze=False)[0]
    for axes, (_, label, mine) in zip(panels, chosen, strict=True):
        lots = np.array([[mine[f"traded_{a}_{b}_lots"].sum() for b in names] for a in names], float)
        percent = 100 * lots / max(lots.sum(), 1.0)
        axes.imshow(percent, cmap="Blues", vmin=0, vmax=max(percent.max(), 1e-9))
        for i, row in enumerate(percent):
            for j, value in enumerate(row):
                if value >= 0.05:
                    dark = value > 0.5 * percent.max()
                    axes.text(
                        j,
                        i,
                        f"{value:.1f}",
                        ha="center",
                        va="center",
                        fontsize=7,
                        color="#ffffff" if dark else "#10202f",
                    )
        text = ["RL" if n == "rl" else n.replace("_", " ") for n in names]
        style(axes, label, "taker", "maker" if axes is panels[0] else "")
        axes.grid(visible=False)
        axes.set_xticks(range(len(names)), text, rotation=45, ha="right")
        axes.set_yticks(range(len(names)), text if axes is panels[0] else [""] * len(names))
    return figure
