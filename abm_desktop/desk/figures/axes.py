"""Axes of a figure: places of their labels, labels, grid."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from abm_desktop.desk.figures.content import FigureAxis, FigurePanel
from abm_desktop.desk.figures.look import Look
from abm_desktop.desk.formats import TIME_STEPS, clock

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["dress", "plain"]

_WIDE = 5.5
"""Letters that a label of the x axis takes, with the room beside it."""
_INK, _GRID = "#1b232c", "#dde2e7"


def dress(axes: Axes, panel: FigurePanel, look: Look, *, first: bool, names_x: bool) -> None:
    """Give a panel its ranges, labels and grid.

    Panels share their labels: the ``first`` has that of the value axis, one ``names_x`` the other.
    """
    axes.set_xlim(panel.x.low, panel.x.high)
    axes.set_ylim(panel.y.low, panel.y.high)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(_INK)
        spine.set_linewidth(0.6)
    axes.tick_params(colors=_INK, labelsize=0.9 * look.letters, width=0.6, length=2.5)
    if look.grid:
        axes.grid(color=_GRID, linewidth=0.5, zorder=0.6)
    axes.set_axisbelow(True)
    if names_x:
        axes.set_xlabel(look.x_label or panel.x.label, color=_INK, fontsize=look.letters)
    if first:
        axes.set_ylabel(look.y_label or panel.y.label, color=_INK, fontsize=look.letters)
    if panel.title:
        axes.set_title(plain(panel.title), fontsize=look.letters, color=_INK, loc="left")
    room = 72.0 / 2.54 * look.width / (_WIDE * look.letters)
    _place(axes.xaxis, panel.x, max(3, int(room)))
    _place(axes.yaxis, panel.y, max(3, int(72.0 / 2.54 * look.height / (3.5 * look.letters))))


def plain(text: str) -> str:
    """A text without the signs that matplotlib reads as mathematics."""
    return text.replace("$", r"\$")


def _place(axis: Any, about: FigureAxis, most: int) -> None:
    """Put at most about ``most`` labels on an axis."""
    from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, MultipleLocator

    span = about.high - about.low
    if about.kind == "time":
        step = next((s for s in TIME_STEPS if span / s <= most), TIME_STEPS[-1])
        axis.set_major_locator(MultipleLocator(step))
        axis.set_major_formatter(FuncFormatter(lambda value, _: clock(value).replace("-", "−")))
    elif about.kind == "log":
        step = max(1, math.ceil(span / most))
        low, high = math.ceil(about.low - 1e-9), math.floor(about.high + 1e-9)
        axis.set_major_locator(FixedLocator(list(range(low, high + 1, step))))
        axis.set_major_formatter(FuncFormatter(_power))
    elif about.kind == "factor":
        axis.set_major_locator(MultipleLocator(max(1, math.ceil(span / most))))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"×{2.0**value:g}"))
    elif about.kind == "names":
        axis.set_major_locator(FixedLocator(list(range(len(about.names)))))
        axis.set_major_formatter(
            FuncFormatter(
                lambda value, _: (
                    plain(about.names[round(value)]) if 0 <= value < len(about.names) else ""
                )
            )
        )
    else:
        axis.set_major_locator(MaxNLocator(min(most, 9), steps=[1, 2, 5, 10]))


def _power(value: float, _place: object) -> str:
    """A whole power of ten: 0.01, 1, 1000, 10 to the 6th."""
    power = round(value)
    return f"{10.0**power:g}" if -3 <= power <= 3 else f"$10^{{{power}}}$"
