"""Figures of what happens around a shock, many runs laid over each other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from abm_desktop.experiments.report.cases import cases
from abm_desktop.experiments.report.style import COLOURS, INK, PAGE, blank_figure, legend, style
from abm_desktop.experiments.report.text import level_text
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.market.state import SIMULATED_CLASSES

__all__ = ["path_figures"]

SHOWN = tuple(name for name in SIMULATED_CLASSES if name != "human")
_ACROSS = 4
_SMOOTH = 60.0
"""Seconds of the running mean of spread and depth."""


def path_figures(
    results: ExperimentResults, series: pd.DataFrame
) -> Iterator[tuple[str, str, Figure]]:
    """Yield (name, caption, figure) of price, book and inventories of every group."""
    if results.numeric:
        series = series.assign(level=series["level"].astype(float))
    else:
        series = series.assign(level=series["level"].astype(str))
    if "kind" in series:
        series = series.assign(kind=series["kind"].astype(str).str.replace("_", " "))
    for name in dict.fromkeys(series["group"]):
        part = series[series["group"] == name]
        group = str(name).replace("_", " ")
        yield (
            f"price-{group}",
            f"{group}: price after the shock, percent of that before it. Line: median; dark "
            "band: half of the runs; light band: 90 %.",
            _fan(results, part),
        )
        yield (
            f"book-{group}",
            f"{group}: spread and depth around the shock, mean of the middle 90 % of the runs, "
            "running mean of a minute.",
            _book(results, part),
        )
        yield (
            f"inventory-{group}",
            f"{group}: lots held by each class of traders, median of the runs.",
            _inventory(results, part),
        )


def _by_time(part: pd.DataFrame, column: str) -> np.ndarray:
    """Values of all runs, (times, runs)."""
    return part.pivot_table(index="time", columns="run", values=column, dropna=False).to_numpy()


def _quantiles(values: np.ndarray, shares: list[float]) -> np.ndarray:
    """Over the runs, NaN left out; NaN if all are, (shares, times)."""
    out = np.full((len(shares), len(values)), np.nan)
    some = ~np.isnan(values).all(axis=1)
    out[:, some] = np.nanquantile(values[some], shares, axis=1)
    return out


def _trimmed_mean(values: np.ndarray) -> np.ndarray:
    """Over the middle nine tenths of the runs, (times,)."""
    out = np.full(len(values), np.nan)
    for k, row in enumerate(values):
        there = np.sort(row[~np.isnan(row)])
        cut = round(0.05 * len(there))
        if len(there):
            out[k] = there[cut : len(there) - cut].mean()
    return out


def _smooth(minutes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Running mean, not across the shock."""
    step = 60.0 * float(np.median(np.diff(minutes))) if len(minutes) > 1 else _SMOOTH
    wide = max(1, round(_SMOOTH / step))
    parts = [pd.Series(values[minutes < 0]), pd.Series(values[minutes >= 0])]
    return np.concatenate([p.rolling(wide, 1, center=True).mean().to_numpy() for p in parts])


def _fan(results: ExperimentResults, part: pd.DataFrame) -> Figure:
    found = cases(results, part)
    across = min(len(found), 3 if len(found) in (3, 5, 6) else _ACROSS)
    down = -(-len(found) // across)
    figure = blank_figure(PAGE if across > 1 else 0.6 * PAGE, 2.3 * down)
    every = figure.subplots(down, across, sharey=True, squeeze=False)
    ends = []
    for axes in every.flat[len(found) :]:
        axes.set_axis_off()
    for axes, (colour, label, mine) in zip(every.flat, found, strict=False):
        time = np.sort(mine["time"].unique()) / 60.0
        q = _quantiles(_by_time(mine, "price"), [0.05, 0.25, 0.5, 0.75, 0.95])
        ends += [q[0], q[4]]
        axes.fill_between(time, q[0], q[4], color=colour, alpha=0.18, linewidth=0)
        axes.fill_between(time, q[1], q[3], color=colour, alpha=0.35, linewidth=0)
        axes.plot(time, q[2], color=colour, linewidth=1.4)
        axes.axvline(0, color=INK, linewidth=0.6, linestyle=":")
        head = textwrap.fill(label, 20 if across > 3 else 26)
        style(axes, head, "minutes", "price, %" if axes in every[:, 0] else "")
    reach = np.nanquantile(np.concatenate(ends), [0.01, 0.99])
    if np.isfinite(reach).all() and reach[1] > reach[0]:
        # Single spikes of the light band would press all else flat.
        spare = 0.15 * (reach[1] - reach[0])
        every.flat[0].set_ylim(reach[0] - spare, reach[1] + spare)
    return figure


def _book(results: ExperimentResults, part: pd.DataFrame) -> Figure:
    figure = blank_figure(PAGE, 3.0)
    panels = figure.subplots(1, 2)
    wanted = (("spread_ticks", "Spread", "ticks"), ("depth", "Depth, five levels", "lots"))
    for axes, (column, title, unit) in zip(panels, wanted, strict=True):
        for colour, label, mine in cases(results, part):
            time = np.sort(mine["time"].unique()) / 60.0
            middle = _smooth(time, _trimmed_mean(_by_time(mine, column)))
            axes.plot(time, middle, color=colour, linewidth=1.2, label=label)
        axes.axvline(0, color=INK, linewidth=0.6, linestyle=":")
        style(axes, title, "minutes", unit)
    low, high = panels[0].get_ylim()
    if high - low < 1.0:
        panels[0].set_ylim(min(low, 0.8), max(high, 2.0))
    low, high = panels[0].get_ylim()
    if high > 8:
        panels[0].set_yscale("log")
        panels[0].set_ylim(max(low, 0.8), high)
        panels[0].yaxis.set_major_formatter(ScalarFormatter())
    legend(figure, panels[1])
    return figure


def _inventory(results: ExperimentResults, part: pd.DataFrame) -> Figure:
    found = cases(results, part)
    several = len(found) <= _ACROSS and "kind" in part
    told = [case for case in found if case[1] == level_text(results, results.told_level())]
    chosen = found if several or len(found) < 2 else [found[0], (told or found)[-1]]
    figure = blank_figure(PAGE, 3.2)
    panels = figure.subplots(1, len(chosen), sharey=True, squeeze=False)[0]
    for axes, (_, label, mine) in zip(panels, chosen, strict=True):
        time = np.sort(mine["time"].unique()) / 60.0
        for k, name in enumerate(SHOWN):
            column = f"inventory_{name}"
            if column in mine.columns and mine[column].notna().any():
                middle = _quantiles(_by_time(mine, column), [0.5])[0]
                text = "RL" if name == "rl" else name.replace("_", " ")
                axes.plot(time, middle, color=COLOURS[k], linewidth=1.2, label=text)
        axes.axvline(0, color=INK, linewidth=0.6, linestyle=":")
        style(axes, label, "minutes", "lots" if axes is panels[0] else "")
    legend(figure, panels[-1])
    return figure
