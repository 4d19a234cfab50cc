"""What a figure shows: panels with axes, and layers on them. Plain values that can be pickled.

Colours are "#rrggbb", sizes are in points (1/72 inch). On a logarithmic axis places are decimal
logarithms, as the charts of the window have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

__all__ = [
    "Band",
    "Bars",
    "Boxes",
    "Candles",
    "Dots",
    "EventLine",
    "FigureAxis",
    "FigureContent",
    "FigurePanel",
    "Layer",
    "Line",
    "Shades",
    "SideBars",
]


@dataclass(frozen=True, slots=True, eq=False)
class FigureAxis:
    """One axis of a panel."""

    label: str
    """What it measures, with the unit."""
    low: float
    high: float
    kind: Literal["number", "time", "log", "factor", "names"] = "number"
    """``time``: seconds, labelled as a clock; ``log``: powers of ten; ``factor``: of two, as
    multiples; ``names``: the k-th of ``names`` stands at k."""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A curve. NaN are gaps."""

    x: np.ndarray
    y: np.ndarray
    color: str
    name: str = ""
    """In the legend; "" keeps it out."""
    dashed: bool = False
    opacity: float = 1.0
    pairs: bool = False
    """Points 0 and 1, 2 and 3, ... are joined, and nothing else."""
    fill: float | None = None
    """The area between the curve and this value is filled."""


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """A stair: ``height`` (k,) between neighbours of ``edges`` (k + 1,)."""

    edges: np.ndarray
    height: np.ndarray
    color: str
    name: str = ""
    filled: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Dots:
    """Points of ``size`` points across: one for all, or one each."""

    x: np.ndarray
    y: np.ndarray
    size: np.ndarray | float
    color: str
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """A stretch of the x axis, shaded."""

    left: float
    right: float
    color: str
    text: str = ""
    """What it was, beside its beginning."""


@dataclass(frozen=True, slots=True, eq=False)
class EventLine:
    """A line at one place of the x axis (``across``: of the y axis), with a word beside it."""

    at: float
    text: str
    color: str
    across: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Candles:
    """Bars of ``width`` seconds, each of the arrays (k,)."""

    start: np.ndarray
    opening: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    width: float
    rising: str
    falling: str
    body: tuple[float, float] = (0.15, 0.7)
    """Where in a bar its candle begins, and how wide it is, as shares of the width."""


@dataclass(frozen=True, slots=True, eq=False)
class Shades:
    """Values (rows, columns) as colour, the lowest row and the first column first."""

    values: np.ndarray
    box: tuple[float, float, float, float]
    """Left, right, bottom and top, in units of the axes."""
    most: float
    """Value of the last colour; the scale is log(1 + value), unless it is linear."""
    colors: tuple[str, ...]
    """Of the scale, evenly spaced."""
    label: str
    """What the colour tells, with the unit."""
    is_linear: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SideBars:
    """Bars from the right edge of a panel, at k places of its y axis."""

    low: np.ndarray
    """Lower edge of each, (k,)."""
    height: float
    parts: tuple[tuple[str, str, np.ndarray], ...]
    """Of each bar, from the edge on: name in the legend, colour, and length (k,) as a share of the
    panel's width."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """Boxes of one size with a text each; arrays and tuples (k,)."""

    left: np.ndarray
    bottom: np.ndarray
    width: float
    height: float
    colors: tuple[str, ...]
    opacity: np.ndarray
    texts: tuple[str, ...]
    framed: np.ndarray
    """Which are framed, bool."""
    share: tuple[float, float]
    """Of a box in width and height of the panel, roughly: whether its text has room."""


Layer = Line | Bars | Dots | Band | EventLine | Candles | Shades | SideBars | Boxes


@dataclass(frozen=True, slots=True, eq=False)
class FigurePanel:
    """One pair of axes; layers in the order in which they are drawn."""

    x: FigureAxis
    y: FigureAxis
    layers: tuple[Layer, ...]
    title: str = ""
    """Tells this panel from its neighbours."""


@dataclass(frozen=True, slots=True, eq=False)
class FigureContent:
    """A figure: panels side by side, with one value axis if there are several."""

    title: str
    panels: tuple[FigurePanel, ...]
    source: str = ""
    """Where it comes from: scenario, seed, time shown, version of the program."""
