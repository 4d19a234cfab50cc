"""The report's first figure: the effect on volatility against the grid."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from abm_desktop.experiments.report.style import (
    COLOURS,
    INK,
    PAGE,
    WIDEST,
    blank_figure,
    legend,
    percent_axis,
    style,
)
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.experiments.statistics.parts import ADDITION, REMOVAL, TOTAL, WINDOWS

__all__ = ["grid_caption", "grid_figure"]

_WINDOWS = dict(zip(WINDOWS, ("stress window", "shock to end"), strict=True))


def grid_caption(grids: pd.DataFrame) -> str:
    """What the figure shows."""
    split = (grids["part"] == ADDITION).any()
    what = (
        "what room made does by itself (grey, nobody comes), and what RL traders add to that room"
        if split
        else "RL traders against the control"
    )
    return (
        "Change of volatility by how often one looks, returns over one second to half an hour: "
        f"{what}. Above: in the window of the stress; below: from the shock to the end of what is "
        "simulated. Shaded: 95 % intervals as in the first table, not corrected for the number of "
        "grids. What is there on fine grids only is bounce between bid and ask."
    )


def grid_figure(results: ExperimentResults, grids: pd.DataFrame) -> Figure:
    """A row a window, a panel a group, a line a kind of traders."""
    groups = list(dict.fromkeys(grids["group"]))
    windows = [name for name in WINDOWS if (grids["window"] == name).any()]
    split = (grids["part"] == ADDITION).any()
    kinds = list(dict.fromkeys(grids.loc[grids["part"] != REMOVAL, "kind"]))
    figure = blank_figure(PAGE, 2.4 * len(windows) + 0.5)
    panels = figure.subplots(len(windows), len(groups), sharex=True, sharey=True, squeeze=False)
    steps = sorted(set(grids["step"]))
    # A line is never cut, only how far an interval reaches is.
    factors = 1.0 + grids.loc[grids["change"] > -1.0, "change"].to_numpy(float)
    widest = 1.2 * max(WIDEST / 1.2, *factors, *1.0 / factors)
    for down, window in enumerate(windows):
        for across, group in enumerate(groups):
            axes = panels[down, across]
            here = grids[(grids["window"] == window) & (grids["group"] == group)]
            lines = [(REMOVAL, "", COLOURS[0], "room made, nobody comes")] if split else []
            lines += [
                (ADDITION if split else TOTAL, kind, COLOURS[(k + 1) % len(COLOURS)], name)
                for k, kind in enumerate(kinds)
                for name in [f"{kind or 'RL traders'}{' added' if split else ''}"]
            ]
            for part, kind, colour, label in lines:
                mine = here[(here["part"] == part) & (here["kind"] == kind)].sort_values("step")
                low, middle, high = (
                    np.clip(1.0 + mine[c].to_numpy(float), 1 / widest, widest)
                    for c in ("low", "change", "high")
                )
                at = mine["step"].to_numpy(float)
                axes.fill_between(at, low, high, color=colour, alpha=0.15, linewidth=0)
                axes.plot(at, middle, color=colour, lw=1.4, marker="o", ms=2.5, label=label)
            axes.axhline(1.0, color=INK, linewidth=0.6, linestyle=":")
            axes.set_xscale("log")
            style(
                axes,
                "" if down else group,
                "grid, s" if down == len(windows) - 1 else "",
                "" if across else f"change, {_WINDOWS[window]}",
            )
            axes.xaxis.set_major_locator(FixedLocator([s for s in steps if s in _TICKS]))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
            percent_axis(axes.yaxis)
    legend(figure, panels[0, 0])
    return figure


_TICKS = (1, 10, 60, 300, 1800)
