"""The report's figures, drawn with matplotlib without a window.

``INK`` stands for the colour of text and axes: in an SVG it becomes the colour of the page's text,
so that one picture is readable on light and dark pages.
"""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter
from scipy.stats import CensoredData, ecdf

from abm_desktop.experiments.report_data import ExperimentResults
from abm_desktop.market.state import TRADER_CLASSES

__all__ = ["as_svg", "figures"]

INK = "#0a0b0c"
COLOURS = ("#7a8794", "#2f86d6", "#d9822b", "#2a9d6f", "#b455c8", "#d64550", "#8a7a1f")
_NOTHING = dict.fromkeys(("Creator", "Date", "Format", "Type"))
SHOWN = ("noise", "market_maker", "fundamental", "momentum", "institution", "rl", "stress")


def as_svg(figure: Figure, salt: str) -> str:
    """The figure as an ``<svg>`` element; ``salt`` keeps its inner names apart from others'."""
    out = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": salt}):
        figure.savefig(out, format="svg", transparent=True, metadata=_NOTHING)
    text = out.getvalue()
    return text[text.index("<svg") :].replace(INK, "currentColor")


def figures(results: ExperimentResults, effects: pd.DataFrame) -> Iterator[tuple[str, str, Figure]]:
    """Yield (name, caption, figure) of everything that the results allow."""
    if len(effects):
        yield (
            "effect",
            "Change of the primary measure against the same market without treatment, with 95 % "
            "intervals. At 0 the treatment makes no difference.",
            _effect(results, effects),
        )
    if results.series is not None and len(results.series):
        for name in dict.fromkeys(results.series["group"]):
            part = results.series[results.series["group"] == name]
            group = str(name).replace("_", " ")
            yield (
                f"price-{group}",
                f"{group}: price after the shock, percent of that before it. Line: median; dark "
                "band: half of the runs; light band: 90 %.",
                _fan(results, part),
            )
            yield (
                f"book-{group}",
                f"{group}: spread and depth around the shock, median of the runs.",
                _book(results, part),
            )
            yield (
                f"inventory-{group}",
                f"{group}: lots held by each class of traders, median of the runs.",
                _inventory(results, part),
            )
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
            "column; without the treatment and with the most of it.",
            _matrices(results),
        )


def _figure(width: float, height: float) -> Figure:
    return Figure(figsize=(width, height), layout="constrained")


def _style(axes: Axes, title: str, x: str, y: str) -> None:
    axes.set_title(title, color=INK, fontsize=10, loc="left")
    axes.set_xlabel(x, color=INK, fontsize=9)
    axes.set_ylabel(y, color=INK, fontsize=9)
    axes.tick_params(colors=INK, labelsize=8)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(INK)
    axes.grid(color="#888888", alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)


def _legend(axes: Axes) -> None:
    axes.legend(frameon=False, fontsize=8, labelcolor=INK, loc="best")


def level_text(results: ExperimentResults, level: float) -> str:
    """A level as it is shown: a share as percent, any other number as it is."""
    share = "share" in results.level and 0 <= level <= 1
    return f"{100 * level:g} %" if share else f"{level:g}"


def _effect(results: ExperimentResults, effects: pd.DataFrame) -> Figure:
    figure = _figure(7.2, 3.8)
    axes = figure.subplots()
    main = effects[effects["primary"]]
    groups = list(dict.fromkeys(main["group"]))
    levels = results.levels()[1:]
    for k, group in enumerate(groups):
        rows = main[main["group"] == group]
        scale = 100.0 if rows["ratio"].all() else 1.0
        at = np.array([levels.index(v) for v in rows["level"]]) + 0.12 * (k - (len(groups) - 1) / 2)
        middle = scale * rows["change"].to_numpy()
        reach = [middle - scale * rows["low"].to_numpy(), scale * rows["high"].to_numpy() - middle]
        colour = COLOURS[1 + k % (len(COLOURS) - 1)]
        axes.errorbar(at, middle, reach, fmt="o", color=colour, capsize=3, label=group, ms=5)
    axes.axhline(0, color=INK, linewidth=0.8)
    label = str(main["label"].iloc[0])
    unit = "change, %" if main["ratio"].all() else "change"
    _style(axes, f"{label[:1].upper()}{label[1:]}", results.level_name, unit)
    axes.set_xticks(range(len(levels)), [level_text(results, v) for v in levels])
    axes.set_xlim(-0.5, len(levels) - 0.5)
    _legend(axes)
    return figure


def _by_time(part: pd.DataFrame, column: str) -> np.ndarray:
    """Values of all runs, (times, runs)."""
    return part.pivot_table(index="time", columns="run", values=column, dropna=False).to_numpy()


def _quantiles(values: np.ndarray, shares: list[float]) -> np.ndarray:
    """Over the runs, NaN left out; NaN where all are, (shares, times)."""
    out = np.full((len(shares), len(values)), np.nan)
    some = ~np.isnan(values).all(axis=1)
    out[:, some] = np.nanquantile(values[some], shares, axis=1)
    return out


def _levels_of(results: ExperimentResults, part: pd.DataFrame) -> list[float]:
    there = set(part["level"].astype(float))
    return [level for level in results.levels() if level in there]


def _fan(results: ExperimentResults, part: pd.DataFrame) -> Figure:
    levels = _levels_of(results, part)
    figure = _figure(max(3.2, 2.3 * len(levels)), 2.9)
    panels = figure.subplots(1, len(levels), sharey=True, squeeze=False)[0]
    for k, (axes, level) in enumerate(zip(panels, levels, strict=True)):
        mine = part[part["level"].astype(float) == level]
        time = np.sort(mine["time"].unique()) / 60.0
        q = _quantiles(_by_time(mine, "price"), [0.05, 0.25, 0.5, 0.75, 0.95])
        colour = COLOURS[k % len(COLOURS)]
        axes.fill_between(time, q[0], q[4], color=colour, alpha=0.18, linewidth=0)
        axes.fill_between(time, q[1], q[3], color=colour, alpha=0.35, linewidth=0)
        axes.plot(time, q[2], color=colour, linewidth=1.4)
        axes.axvline(0, color=INK, linewidth=0.6, linestyle=":")
        _style(axes, level_text(results, level), "minutes", "price, %" if k == 0 else "")
    return figure


def _book(results: ExperimentResults, part: pd.DataFrame) -> Figure:
    figure = _figure(7.2, 3.0)
    panels = figure.subplots(1, 2)
    wanted = (("spread_ticks", "Spread", "ticks"), ("depth", "Depth, five levels", "lots"))
    for axes, (column, title, unit) in zip(panels, wanted, strict=True):
        for k, level in enumerate(_levels_of(results, part)):
            mine = part[part["level"].astype(float) == level]
            time = np.sort(mine["time"].unique()) / 60.0
            middle = _quantiles(_by_time(mine, column), [0.5])[0]
            label = level_text(results, level)
            axes.plot(time, middle, color=COLOURS[k % len(COLOURS)], linewidth=1.2, label=label)
        axes.axvline(0, color=INK, linewidth=0.6, linestyle=":")
        _style(axes, title, "minutes", unit)
    low, high = panels[0].get_ylim()
    if high > 8:
        panels[0].set_yscale("log")
        panels[0].set_ylim(max(low, 0.8), high)
        panels[0].yaxis.set_major_formatter(ScalarFormatter())
    _legend(panels[1])
    return figure


def _inventory(results: ExperimentResults, part: pd.DataFrame) -> Figure:
    levels = _levels_of(results, part)
    chosen = list(dict.fromkeys([levels[0], levels[-1]]))
    figure = _figure(7.2, 3.2)
    panels = figure.subplots(1, len(chosen), sharey=True, squeeze=False)[0]
    for axes, level in zip(panels, chosen, strict=True):
        mine = part[part["level"].astype(float) == level]
        time = np.sort(mine["time"].unique()) / 60.0
        for k, name in enumerate(SHOWN):
            column = f"inventory_{name}"
            if column in mine.columns:
                middle = _quantiles(_by_time(mine, column), [0.5])[0]
                axes.plot(
                    time, middle, color=COLOURS[k], linewidth=1.2, label=name.replace("_", " ")
                )
        axes.axvline(0, color=INK, linewidth=0.6, linestyle=":")
        title = f"{results.level_name} {level_text(results, level)}"
        _style(axes, title, "minutes", "lots" if axes is panels[0] else "")
    handles, labels = panels[-1].get_legend_handles_labels()
    figure.legend(
        handles, labels, loc="outside right upper", frameon=False, fontsize=8, labelcolor=INK
    )
    return figure


def _recovery(results: ExperimentResults) -> Figure:
    runs = results.grouped()
    groups = [g for g in results.group_names() if not g.startswith(results.calm.replace("_", " "))]
    groups = groups or results.group_names()
    figure = _figure(max(3.6, 3.4 * len(groups)), 3.0)
    panels = figure.subplots(1, len(groups), sharey=True, squeeze=False)[0]
    for axes, group in zip(panels, groups, strict=True):
        for k, level in enumerate(results.levels()):
            mine = runs[(runs["group"] == group) & (runs[results.level].astype(float) == level)]
            mine = mine[mine["recovery_50_s"].notna()]
            if not len(mine):
                continue
            seconds = mine["recovery_50_s"].to_numpy(float)
            censored = mine["recovery_50_censored"].to_numpy(float) > 0
            curve = ecdf(CensoredData(seconds[~censored], right=seconds[censored])).sf
            x = np.concatenate(([0.0], curve.quantiles, [seconds.max()]))
            y = np.concatenate(([1.0], curve.probabilities, curve.probabilities[-1:]))
            colour = COLOURS[k % len(COLOURS)]
            label = level_text(results, level)
            axes.step(x, y, where="post", color=colour, linewidth=1.4, label=label)
        axes.set_ylim(0, 1.02)
        _style(axes, group, "seconds after the low", "not recovered" if axes is panels[0] else "")
    _legend(panels[-1])
    return figure


def _matrices(results: ExperimentResults) -> Figure:
    runs = results.grouped()
    stressed = ~runs["group"].str.startswith(results.calm.replace("_", " "))
    runs = runs[stressed] if stressed.any() else runs
    levels = results.levels()
    chosen = list(dict.fromkeys([levels[0], levels[-1]]))
    names = [n for n in TRADER_CLASSES if n != "human"]
    figure = _figure(4.0 * len(chosen), 3.9)
    panels = figure.subplots(1, len(chosen), squeeze=False)[0]
    for axes, level in zip(panels, chosen, strict=True):
        mine = runs[runs[results.level].astype(float) == level]
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
        text = [n.replace("_", " ") for n in names]
        _style(axes, level_text(results, level), "taker", "maker" if axes is panels[0] else "")
        axes.grid(visible=False)
        axes.set_xticks(range(len(names)), text, rotation=45, ha="right")
        axes.set_yticks(range(len(names)), text if axes is panels[0] else [""] * len(names))
    return figure
