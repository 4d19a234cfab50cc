"""The report's figures, drawn with matplotlib without a window.

``INK`` stands for the colour of text and axes: in an SVG it becomes the colour of the page's text,
so that one picture is readable on light and dark pages.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from scipy.stats import CensoredData, ecdf

from abm_desktop.experiments.report.cases import cases
from abm_desktop.experiments.report.findings import Findings, primary_rows
from abm_desktop.experiments.report.grid_figure import grid_caption, grid_figure
from abm_desktop.experiments.report.paths import path_figures
from abm_desktop.experiments.report.style import (
    COLOURS,
    INK,
    PAGE,
    WIDEST,
    blank_figure,
    factor_axis,
    legend,
    percent_axis,
    style,
)
from abm_desktop.experiments.report.text import level_text, named, p_text, units
from abm_desktop.experiments.statistics.behaviour import IN_CALM
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.experiments.statistics.recoveries import SINCE_SHOCK
from abm_desktop.market.state import SIMULATED_CLASSES

__all__ = ["as_svg", "figures"]

_HALF_BACK = f"recovery_50{SINCE_SHOCK}"
_NOTHING = dict.fromkeys(("Creator", "Date", "Format", "Type"))


def as_svg(figure: Figure, salt: str) -> str:
    """The figure as an ``<svg>`` element; ``salt`` keeps its inner names apart from others'.

    The figure keeps the layout that it gets here for other formats: to find one takes a drawing.
    """
    out = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        figure.savefig(out, format="svg", transparent=True, metadata=_NOTHING)
    figure.set_layout_engine("none")
    text = out.getvalue()
    return text[text.index("<svg") :].replace(INK, "currentColor")


def figures(results: ExperimentResults, found: Findings) -> Iterator[tuple[str, str, Figure]]:
    """Yield (name, caption, figure) of everything that the results allow."""
    if len(found.grids):
        yield "grids", grid_caption(found.grids), grid_figure(results, found.grids)
    effects = found.effects
    if len(effects):
        effects = effects[effects["primary"] & ~effects["placebo"]]
    if len(effects):
        yield (
            "effect",
            f"Change of the {named(effects['label'].iloc[0])[0]} against the same market without "
            f"the treatment (removal and addition together), with 95 % intervals. At 0 the "
            "treatment makes no difference. An arrow: the interval goes on beyond tenfold.",
            _effect(results, primary_rows(results, found)),
        )
    beyond = found.amplification
    if len(beyond) and beyond["specific"].notna().any():
        yield (
            "amplification",
            "Amplification of volatility under stress over that in calm (VAF*), with 95 % "
            "intervals by bootstrap of policies and markets. Above 1 it is specific to the stress.",
            _beyond(results, beyond[beyond["specific"].notna()]),
        )
    if len(found.trainings):
        yield (
            "trainings",
            f"All {units(results)} by themselves, {results.level_name} "
            f"{level_text(results, results.told_level())}: change of the "
            f"{named(found.trainings['label'].iloc[0])[0]} with 95 % intervals over markets. "
            f"Diamonds: mean of a kind, with its interval for other {units(results)} and markets; "
            "crossed out: trainings that were selected, which are in no mean.",
            _trainings(results, found),
        )
    if len(found.behaviour):
        yield (
            "behaviour",
            f"What sets {units(results)} apart: change of the "
            f"{named(results.measure_of(results.primary).label)[0]} against what traders do most "
            "in step with it, a point for each. Above each panel the rank correlation within "
            "algorithms, and its p after Holm's correction.",
            _behaviour(results, found),
        )
    if results.series is not None and len(results.series):
        yield from path_figures(results, results.series)
    if {_HALF_BACK, "recovery_50_censored"} <= set(results.runs.columns):
        yield (
            "recovery",
            "Share of runs whose price has not yet made up for half of its fall, by time from the "
            "shock (Kaplan-Meier); runs that never did are censored, not left out.",
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
        scaled[["middle", "low", "high"]] += 1.0
    name, unit = named(label)
    title = f"{name[:1].upper()}{name[1:]}"
    axis = "change" if ratio or not unit else f"change,{unit}"
    return _forest(results, scaled, title, axis, float(ratio), percent_axis if ratio else None)


def _beyond(results: ExperimentResults, rows: pd.DataFrame) -> Figure:
    shown = rows[["kind", "group", "level"]].assign(
        middle=rows["specific"], low=rows["specific_low"], high=rows["specific_high"]
    )
    return _forest(results, shown, "Amplification beyond calm", "VAF*", 1.0, factor_axis)


def _trainings(results: ExperimentResults, found: Findings) -> Figure:
    single = found.trainings[found.trainings["measure"] == results.primary]
    means = found.spread[found.spread["measure"] == results.primary]
    groups, kinds = list(dict.fromkeys(single["group"])), list(dict.fromkeys(single["kind"]))
    ratio = bool(single["ratio"].all())

    def at_scale(values: Any) -> np.ndarray:
        given = np.asarray(values, float)
        return np.clip(1.0 + given, 1 / WIDEST, WIDEST) if ratio else given

    means = means[means["level"] == results.told_level()]
    figure = blank_figure(PAGE, 3.2)
    panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for axes, group in zip(panels, groups, strict=True):
        for k, kind in enumerate(kinds):
            mine = single[(single["group"] == group) & (single["kind"] == kind)]
            at = k + np.linspace(-0.3, 0.3, max(len(mine), 2))[: len(mine)]
            colour = COLOURS[(k + 1) % len(COLOURS)]
            middle = at_scale(mine["change"])
            ends = at_scale(mine[["low", "high"]]).T
            axes.errorbar(
                at, middle, np.abs(ends - middle), fmt="o", ms=3, color=colour, lw=0.8, alpha=0.7
            )
            chosen = mine["selected"].to_numpy(bool)
            axes.plot(at[chosen], middle[chosen], "x", ms=6, color=INK)
            row = means[(means["group"] == group) & (means["kind"] == kind)]
            if len(row):
                y, low, high = (at_scale(row[c].iloc[0]) for c in ("change", "low", "high"))
                if np.isfinite([low, high]).all():
                    axes.vlines(k + 0.42, low, high, color=INK, lw=1.2)
                axes.plot(k + 0.42, y, marker="D", ms=5, color=INK)
        axes.axhline(float(ratio), color=INK, linewidth=0.6, linestyle=":")
        style(axes, group, "", "change" if axes is panels[0] else "")
        if ratio:
            percent_axis(axes.yaxis)
        axes.set_xticks(range(len(kinds)), [kind or "RL traders" for kind in kinds])
        axes.set_xlim(-0.6, len(kinds) - 0.3)
    return figure


def _behaviour(results: ExperimentResults, found: Findings) -> Figure:
    first = found.behaviour.groupby("group", sort=False).head(1)
    stressed = first[[not results.is_calm(group) for group in first["group"]]]
    first = stressed if len(stressed) else first
    kinds = list(dict.fromkeys(found.points["kind"]))
    ratio = results.measure_of(results.primary).ratio
    figure = blank_figure(PAGE, 3.2)
    panels = figure.subplots(1, len(first), sharey=True, squeeze=False)[0]
    for axes, (_, row) in zip(panels, first.iterrows(), strict=True):
        mine = found.points[found.points["group"] == row["group"]]
        for k, kind in enumerate(kinds):
            one = mine[mine["kind"] == kind]
            values = np.exp(one["change"]) if ratio else one["change"]
            colour = COLOURS[(k + 1) % len(COLOURS)]
            axes.plot(
                one[row["column"]], values, "o", ms=4.5, color=colour, label=kind or "RL traders"
            )
        axes.axhline(float(ratio), color=INK, linewidth=0.6, linestyle=":")
        title = f"{row['group']}: {row['rho']:+.2f} (p {p_text(row['p_holm'])})"
        seen = ", in calm" if row["seen"] == IN_CALM else ""
        style(
            axes,
            title,
            textwrap.fill(row["label"] + seen, 44),
            "change" if axes is panels[0] else "",
        )
        if ratio:
            percent_axis(axes.yaxis)
    legend(figure, panels[0])
    return figure


def _forest(
    results: ExperimentResults,
    rows: pd.DataFrame,
    title: str,
    unit: str,
    nothing: float,
    scale: Callable[[Axis], None] | None,
) -> Figure:
    """Estimates with intervals: a panel a group if there are kinds, else colours for groups.

    If a ``scale`` is given, values are factors: half as much is as far as twice as much, and
    what is beyond tenfold ends at the edge with an arrow.
    """
    if scale is not None:
        rows = rows.copy()
        rows[["low", "middle", "high"]] = rows[["low", "middle", "high"]].clip(1 / WIDEST, WIDEST)
    groups, kinds = list(dict.fromkeys(rows["group"])), list(dict.fromkeys(rows["kind"]))
    if len(kinds) > 1:
        panels = [(group, "kind", kinds, rows[rows["group"] == group]) for group in groups]
    else:
        panels = [(title, "group", groups, rows)]
    across = min(len(panels), 3) if results.numeric else min(len(panels), 2)
    down = -(-len(panels) // across)
    levels = results.levels()[1:]
    names = [textwrap.fill(level_text(results, level), 18) for level in levels]
    tall = 3.4 if results.numeric else max(2.4, 0.5 * len(levels) + 1.4)
    figure = blank_figure(PAGE, tall * down)
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
            if scale is not None:
                scale(axes.yaxis)
        else:
            style(axes, head, unit, "")
            axes.set_yticks(range(len(levels)), names)
            axes.set_ylim(len(levels) - 0.5, -0.5)
            if scale is not None:
                scale(axes.xaxis)
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
            "capsize": 2,
            "ms": 4,
            "lw": 1.2,
        }
        name = part or ("no RL traders" if len(parts) > 1 else results.name)
        if results.numeric:
            axes.errorbar(at, middle, yerr=reach, label=name, **look)
        else:
            axes.errorbar(middle, at, xerr=reach, label=name, **look)
        # Only factors have no change at 1; those that were cut at the edge end in an arrow.
        cut = at[(mine["high"] >= WIDEST).to_numpy() & (nothing == 1.0)]
        ends, arrow = np.full(len(cut), WIDEST), {"ls": "", "ms": 6, "color": look["color"]}
        if results.numeric and len(cut):
            axes.plot(cut, ends, marker="^", clip_on=False, **arrow)
        elif len(cut):
            axes.plot(ends, cut, marker=">", clip_on=False, **arrow)
    line = axes.axhline if results.numeric else axes.axvline
    line(nothing, color=INK, linewidth=0.8)


def _recovery(results: ExperimentResults) -> Figure:
    runs, groups = results.grouped, results.stressed_groups()
    across = min(len(groups), 3)
    down = -(-len(groups) // across)
    figure = blank_figure(PAGE, 2.7 * down)
    every = figure.subplots(down, across, sharey=True, squeeze=False)
    for axes in every.flat[len(groups) :]:
        axes.set_axis_off()
    for axes, group in zip(every.flat, groups, strict=False):
        for colour, label, mine in cases(results, runs[runs["group"] == group]):
            mine = mine[mine[_HALF_BACK].notna()]
            if not len(mine):
                continue
            seconds = mine[_HALF_BACK].to_numpy(float)
            censored = mine["recovery_50_censored"].to_numpy(float) > 0
            curve = ecdf(CensoredData(seconds[~censored], right=seconds[censored])).sf
            x = np.concatenate(([0.0], curve.quantiles, [seconds.max()]))
            y = np.concatenate(([1.0], curve.probabilities, curve.probabilities[-1:]))
            axes.step(x, y, where="post", color=colour, linewidth=1.4, label=label)
        axes.set_ylim(0, 1.02)
        style(
            axes, group, "seconds after the shock", "not recovered" if axes in every[:, 0] else ""
        )
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
    names = [n for n in SIMULATED_CLASSES if n != "human"]
    figure = blank_figure(PAGE if len(chosen) > 1 else 0.6 * PAGE, 3.9)
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
                        fontsize=6.5,
                        color="#ffffff" if dark else "#10202f",
                    )
        text = ["RL" if n == "rl" else n.replace("_", " ") for n in names]
        style(axes, label, "taker", "maker" if axes is panels[0] else "")
        axes.grid(visible=False)
        axes.set_xticks(range(len(names)), text, rotation=45, ha="right")
        axes.set_yticks(range(len(names)), text if axes is panels[0] else [""] * len(names))
    return figure
