"""How the report's figures look."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.axes import Axes
from matplotlib.axis import Axis, XAxis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

INK = "#0a0b0c"
"""Text and axes; an SVG has the colour of the page's text instead."""
COLOURS = ("#7a8794", "#2f86d6", "#d9822b", "#2a9d6f", "#b455c8", "#d64550", "#8a7a1f")
"""Grey for what is not treated, then one a case; told apart by most colour-blind readers."""

PAGE = 7.2
"""Width of a figure, inches: that of the text on paper, so that print is as large as it says."""
WIDEST = 10.0
"""Factors beyond it, or below its inverse, end at the edge of an axis."""
_FACTORS = (
    0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0, 100.0,
)  # fmt: skip


def _log_axis(axis: Axis, text: Callable[[float], str], most: int) -> None:
    """Factors on a logarithmic axis, with as many of the usual ticks as have room."""
    axis.axes.set_xscale("log") if isinstance(axis, XAxis) else axis.axes.set_yscale("log")
    low, high = axis.get_view_interval()
    there = [f for f in _FACTORS if low <= f <= high]
    if len(there) > most:
        there = [f for f in there if f not in (0.7, 0.8, 0.9, 1.1, 1.25)]
    if len(there) > most:
        there = [f for f in there if f not in (0.2, 1.5, 3.0)]
    if len(there) > 1:
        axis.set_major_locator(FixedLocator(there))
    axis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))
    axis.set_minor_locator(NullLocator())


def percent_axis(axis: Axis) -> None:
    """An axis of factors that tells changes in percent."""
    most = 4 if isinstance(axis, XAxis) else 9
    _log_axis(axis, lambda value: "0 %" if value == 1 else f"{100 * (value - 1):+.0f} %", most)


def factor_axis(axis: Axis) -> None:
    """An axis of factors."""
    _log_axis(axis, lambda value: f"{value:g}", 5 if isinstance(axis, XAxis) else 9)


def blank_figure(width: float, height: float) -> Figure:
    """Inches; panels are laid out so that nothing overlaps."""
    return Figure(figsize=(width, height), layout="constrained")


def style(axes: Axes, title: str, x: str, y: str) -> None:
    """Title, labels, thin axes and a faint grid."""
    axes.set_title(title, color=INK, fontsize=10, loc="left")
    axes.set_xlabel(x, color=INK, fontsize=9)
    axes.set_ylabel(y, color=INK, fontsize=9)
    axes.tick_params(colors=INK, labelsize=8)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(INK)
    axes.grid(color="#888888", alpha=0.25, linewidth=0.6)
    axes.set_axisbelow(True)


def legend(figure: Figure, axes: Axes) -> None:
    """One legend below all panels, so that it never covers a line."""
    handles, labels = axes.get_legend_handles_labels()
    if len(labels):
        figure.legend(
            handles,
            labels,
            loc="outside lower center",
            ncols=min(len(labels), 4),
            frameon=False,
            fontsize=8,
            labelcolor=INK,
        )
