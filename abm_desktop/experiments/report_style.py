"""How the report's figures look."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#0a0b0c"
"""Text and axes; an SVG has the colour of the page's text instead."""
COLOURS = ("#7a8794", "#2f86d6", "#d9822b", "#2a9d6f", "#b455c8", "#d64550", "#8a7a1f")
"""Grey for what is not treated, then one a case; told apart by most colour-blind readers."""


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
