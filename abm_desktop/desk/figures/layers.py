"""How each layer of a panel is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.desk.figures.axes import plain
from abm_desktop.desk.figures.content import (
    Band,
    Bars,
    Boxes,
    Candles,
    Dots,
    EventLine,
    Layer,
    Line,
    Shades,
    SideBars,
)
from abm_desktop.desk.figures.look import Look
from abm_desktop.desk.heat_contrast import few_lots

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["add_layer"]

_THIN = 0.11
"""Width of a curve over the size of the letters: 0.9 points on paper, 1.8 on a slide."""
_FILL = 0.18
_SIDE, _THICK = 0.65, 0.9
"""Opacity of bars at the side, and how much of its place a bar or box fills."""
_BAND_LABEL, _BAND_LINE = "_band", 1.2
"""Marks the name of a band; and its width over the size of the letters."""
_GROUND = 0.75
"""Opacity of what lies behind a box."""
_PANEL = 0.75
"""Share of a figure's size that its panel has."""
_LETTER, _LEAST_LETTERS = 0.65, 2.0
"""Width of a letter over its size; and the least size that is written, points."""


def add_layer(
    axes: Axes, layer: Layer, order: int, look: Look
) -> tuple[Any, str, list[float]] | None:
    """Draw a layer above those before it.

    Returns its scale of colours, if any, with what it tells and the values to label.
    """
    width = _THIN * look.letters
    z = 2.0 + 0.01 * order
    match layer:
        case Line():
            _line(axes, layer, width, z)
        case Bars():
            axes.stairs(
                layer.height, layer.edges, color=layer.color, fill=layer.filled, zorder=z,
                linewidth=width, label=plain(layer.name) or None,
                alpha=0.75 if layer.filled else None,
            )  # fmt: skip
        case Dots():
            size = np.asarray(layer.size, np.float64) * look.letters / 8.0
            axes.scatter(
                layer.x, layer.y, s=size**2, color=layer.color, linewidths=0.0, zorder=z, alpha=0.8,
                label=plain(layer.name) or None,
            )  # fmt: skip
        case Band():
            if look.marks:
                axes.axvspan(layer.left, layer.right, color=layer.color, alpha=0.13, lw=0, zorder=1)
                _band_label(axes, layer, look.letters)
        case EventLine():
            if look.marks:
                _mark(axes, layer, look.letters, width, z)
        case Candles():
            _candles(axes, layer, width, z)
        case SideBars():
            _side_bars(axes, layer, z)
        case Boxes():
            _boxes(axes, layer, look, width, z)
        case Shades():
            labels = few_lots(max(layer.most, 1.0), is_linear=layer.is_linear)
            return _shades(axes, layer), layer.label, labels
    return None


def _line(axes: Axes, line: Line, width: float, z: float) -> None:
    x, y = line.x, line.y
    if line.pairs:
        half = len(x) // 2
        gaps = np.full((half, 1), np.nan)
        x, y = (np.hstack((v[: 2 * half].reshape(-1, 2), gaps)).ravel() for v in (x, y))
    style = (0, (3.0, 2.0)) if line.dashed else "solid"
    axes.plot(
        x, y, color=line.color, linewidth=width, linestyle=style, alpha=line.opacity, zorder=z,
        label=plain(line.name) or None, solid_joinstyle="round",
    )  # fmt: skip
    if line.fill is not None:
        axes.fill_between(x, y, line.fill, color=line.color, alpha=_FILL, lw=0, zorder=z - 0.005)


def _mark(axes: Axes, mark: EventLine, letters: float, width: float, z: float) -> None:
    draw = axes.axhline if mark.across else axes.axvline
    draw(mark.at, color=mark.color, linewidth=0.7 * width, linestyle=(0, (2.5, 2.0)), zorder=z)
    if not mark.text or mark.across:
        return
    left, right = axes.get_xlim()
    early = mark.at - left < 0.93 * (right - left)
    axes.annotate(
        plain(mark.text), (mark.at, 1.0), xycoords=("data", "axes fraction"),
        xytext=(0.25 * letters if early else -0.25 * letters, -0.4 * letters),
        textcoords="offset points", rotation=90, va="top", ha="left" if early else "right",
        color=mark.color, fontsize=0.8 * letters, zorder=z + 1, annotation_clip=True,
        bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.6},
    )  # fmt: skip


def _band_label(axes: Axes, band: Band, letters: float) -> None:
    """Name a band at its left edge: each name once, and none over another."""
    left, right = axes.get_xlim()
    begin = max(band.left, left)
    if not band.text or not left <= begin < right:
        return
    named: dict[str, float] = {
        str(each.get_text()): float(each.xy[0])  # type: ignore[attr-defined]
        for each in axes.texts
        if each.get_label() == _BAND_LABEL
    }
    points = 72.0 * axes.bbox.width / axes.figure.dpi
    line = _BAND_LINE * letters / points * (right - left)
    # A market that halts again and again would else be covered by the names of its halts.
    if plain(band.text) in named or any(abs(at - begin) < line for at in named.values()):
        return
    axes.annotate(
        plain(band.text), (max(band.left, left), 0.0), xycoords=("data", "axes fraction"),
        xytext=(0.25 * letters, 0.4 * letters), textcoords="offset points", rotation=90,
        va="bottom", ha="left", color=band.color, fontsize=0.8 * letters, zorder=3.5,
        label=_BAND_LABEL,
        bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 0.6},
    )  # fmt: skip


def _candles(axes: Axes, bars: Candles, width: float, z: float) -> None:
    begin, wide = (share * bars.width for share in bars.body)
    middle = bars.start + begin + 0.5 * wide
    for chosen, color in (
        (bars.close >= bars.opening, bars.rising),
        (bars.close < bars.opening, bars.falling),
    ):
        axes.vlines(
            middle[chosen], bars.low[chosen], bars.high[chosen], color=color,
            linewidth=0.7 * width, zorder=z,
        )  # fmt: skip
        axes.bar(
            middle[chosen], (bars.close - bars.opening)[chosen], bottom=bars.opening[chosen],
            width=wide, color=color, edgecolor=color, linewidth=0.5 * width, zorder=z,
        )  # fmt: skip


def _side_bars(axes: Axes, bars: SideBars, z: float) -> None:
    # Of the panel's width, whatever the axis shows.
    place = axes.get_yaxis_transform()
    right = np.ones(len(bars.low))
    for name, color, share in bars.parts:
        axes.barh(
            bars.low + 0.5 * bars.height, -share, height=_THICK * bars.height, left=right,
            color=color, alpha=_SIDE, lw=0, zorder=z, transform=place, label=plain(name) or None,
        )  # fmt: skip
        right = right - share


def _boxes(axes: Axes, boxes: Boxes, look: Look, width: float, z: float) -> None:
    from matplotlib.colors import to_rgba

    middle = boxes.bottom + 0.5 * boxes.height
    faces = [to_rgba(c, float(a)) for c, a in zip(boxes.colors, boxes.opacity, strict=True)]
    edges = [(*to_rgba(c)[:3], float(f)) for c, f in zip(boxes.colors, boxes.framed, strict=True)]
    # A pale ground first: a heatmap would make the numbers hard to read.
    for color, edge in (((1.0, 1.0, 1.0, _GROUND), "none"), (faces, edges)):
        axes.barh(
            middle, boxes.width, height=_THICK * boxes.height, left=boxes.left, color=color,
            edgecolor=edge, linewidth=0.8 * width, zorder=z,
        )  # fmt: skip
    longest = max(map(len, boxes.texts), default=1)
    room = (boxes.share[0] * look.width / longest / _LETTER, boxes.share[1] * look.height)
    size = min(0.75 * look.letters, *(_PANEL * each / 2.54 * 72.0 for each in room))
    if size < _LEAST_LETTERS:
        return
    for x, y, text in zip(boxes.left + 0.5 * boxes.width, middle, boxes.texts, strict=True):
        axes.text(
            x, y, text, fontsize=size, ha="center", va="center_baseline", zorder=z + 0.005,
            clip_on=True,
        )  # fmt: skip


def _shades(axes: Axes, shades: Shades) -> Any:
    from matplotlib.colors import FuncNorm, LinearSegmentedColormap, Normalize

    most = max(shades.most, 1.0)
    scale = (
        Normalize(0.0, most)
        if shades.is_linear
        else FuncNorm((np.log1p, np.expm1), vmin=0.0, vmax=most)
    )
    colors = LinearSegmentedColormap.from_list("lots", list(shades.colors))
    return axes.imshow(
        shades.values, extent=shades.box, origin="lower", aspect="auto", cmap=colors, norm=scale,
        interpolation="nearest", zorder=0.5,
    )  # fmt: skip
