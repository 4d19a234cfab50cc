"""Drawing a figure with matplotlib, without a window: the same for every format and the preview.

matplotlib rather than Qt's own printer and SVG generator: it measures letters in points whatever
the screen, embeds fonts in a PDF, writes letters as text in an SVG, and the reports of experiments
are drawn with it as well. It runs in the process beside the window.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop.desk.figures.axes import dress, plain
from abm_desktop.desk.figures.content import FigureContent
from abm_desktop.desk.figures.layers import add_layer
from abm_desktop.desk.figures.look import Look
from abm_desktop.desk.formats import with_capital
from abm_desktop.inputs import UnavailableError
from abm_desktop.plain_words import in_words
from abm_desktop.whole_files import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["draw", "render", "write_figure"]

INK, PALE = "#1b232c", "#5b6775"
_INCH = 2.54
_SMALL = 0.8
"""Size of the source over that of the letters."""
_LINE = 1.35
"""Height of a line over the size of its letters."""
_EDGE = 0.6
"""Free room at the edges, in letters."""


def draw(content: FigureContent, look: Look) -> Figure:
    """Return the figure; it belongs to no window and to no global state."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.size": look.letters, "font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(look.width / _INCH, look.height / _INCH), layout="constrained")
        figure.set_dpi(look.dots)
        count = len(content.panels)
        grid: Any = figure.subplots(1, count, sharey=True, squeeze=False)
        for k, (axes, panel) in enumerate(zip(grid[0], content.panels, strict=True)):
            scale = None
            for order, layer in enumerate(panel.layers):
                scale = add_layer(axes, layer, order, look) or scale
            dress(axes, panel, look, first=k == 0, names_x=k == count // 2)
            if scale is not None:
                bar = figure.colorbar(scale[0], ax=axes, pad=0.01, aspect=30)
                bar.set_label(scale[1], fontsize=_SMALL * look.letters, color=INK)
                bar.set_ticks(scale[2])
                bar.ax.minorticks_off()
                bar.ax.tick_params(labelsize=_SMALL * look.letters, width=0.5, length=2, colors=INK)
                bar.outline.set_linewidth(0.4)
        _frame(figure, content, look)
    return figure


def render(content: FigureContent, look: Look, kind: str) -> bytes:
    """Return the figure as a file of ``kind`` (".pdf", ".svg" or ".png")."""
    from matplotlib import rc_context

    figure = draw(content, look)
    out = io.BytesIO()
    # TrueType in a PDF, and text in an SVG: both can be searched and edited.
    kept: Any = {"pdf.fonttype": 42, "svg.fonttype": "none", "svg.hashsalt": "figure"}
    title = look.title or content.title
    about: dict[str, Any] = {"Title": title}
    about["Subject" if kind == ".pdf" else "Description"] = content.source
    if kind != ".png":
        about["CreationDate" if kind == ".pdf" else "Date"] = None
    with rc_context(kept):
        figure.savefig(out, format=kind[1:], dpi=look.dots, facecolor="white", metadata=about)
    return out.getvalue()


def write_figure(content: FigureContent, look: Look, file: Path) -> Path:
    """Write the figure; the ending of the file says how.

    Raises UnavailableError, with the remedy, if the file cannot be written.
    """
    picture = render(content, look, file.suffix.lower())
    try:
        write_whole(file, picture)
    except OSError as error:
        raise UnavailableError(in_words(error) or str(error)) from error
    return file


# -- what stands around the axes ----------------------------------------------------------------


def _frame(figure: Figure, content: FigureContent, look: Look) -> None:
    """Title above; legend and source below, each with room of its own."""
    height, width = 72.0 * look.height / _INCH, 72.0 * look.width / _INCH
    edge = _EDGE * look.letters
    below = edge
    if look.source and content.source:
        size = _SMALL * look.letters
        lines = _wrapped(figure, content.source, size, width - 2 * edge)
        figure.text(
            edge / width, below / height, "\n".join(lines),
            fontsize=size, color=PALE, va="bottom", linespacing=_LINE - 0.15,
        )  # fmt: skip
        below += len(lines) * size * _LINE + 0.3 * look.letters
    if look.legend:
        below += _legend(figure, look, edge, below, width, height)
    above = edge
    if look.title:
        size = 1.15 * look.letters
        lines = _wrapped(figure, look.title, size, width - 2 * edge)
        figure.text(
            edge / width, 1.0 - above / height, "\n".join(lines),
            fontsize=size, color=INK, va="top", fontweight="bold",
        )  # fmt: skip
        above += len(lines) * size * _LINE
    engine: Any = figure.get_layout_engine()
    share = max(0.2, 1.0 - (below + above) / height)
    inner = edge / width
    for axes in figure.axes[: len(content.panels)]:
        _fit_labels(figure, axes, look.letters, 0.92 * width - 5 * look.letters, share * height)
    engine.set(
        rect=(inner, below / height, 1.0 - 2 * inner, share), w_pad=0.02, h_pad=0.02, wspace=0.02
    )


def _fit_labels(figure: Figure, axes: Any, size: float, width: float, height: float) -> None:
    """Break the labels of axes that are longer than these."""
    # The labels of the other axis take some of the height.
    for axis, room in ((axes.xaxis, width), (axes.yaxis, height - 3.5 * size)):
        label = axis.get_label()
        if label.get_text():
            label.set_text(_broken(figure, label.get_text(), size, max(room, 8 * size)))


def _broken(figure: Figure, text: str, size: float, room: float) -> str:
    """A label in lines of at most ``room`` points; the unit is the first to have its own."""
    lines = _wrapped(figure, text, size, room)
    name, bracket, unit = text.partition(" (")
    if len(lines) > 1 and bracket:
        parts = (name, f"({unit}")
        lines = [line for part in parts for line in _wrapped(figure, part, size, room)]
    return "\n".join(lines)


def _legend(
    figure: Figure, look: Look, edge: float, below: float, width: float, height: float
) -> float:
    """Put one legend below all panels, in as few lines as it fits; returns its height, points."""
    # Comes with the first figure, as all of it.
    from matplotlib.collections import PathCollection

    named: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            named.setdefault(with_capital(label), handle)
    if len(named) < 2:
        return 0.0  # the axis says what a single curve is
    renderer = _renderer(figure)
    dot = 72.0 / figure.dpi
    for columns in range(len(named), 0, -1):
        legend = figure.legend(
            list(named.values()), list(named), loc="lower left", ncols=columns, frameon=False,
            bbox_to_anchor=(edge / width, below / height), borderaxespad=0.0, borderpad=0.0,
            fontsize=0.9 * look.letters, labelcolor=INK, handlelength=1.6, columnspacing=1.4,
            scatterpoints=1,
        )  # fmt: skip
        legend.set_in_layout(False)
        for mark in legend.legend_handles:
            if isinstance(mark, PathCollection):
                mark.set_sizes([(0.6 * look.letters) ** 2])
        box = legend.get_window_extent(renderer)
        if box.width * dot <= width - 2 * edge or columns == 1:
            break
        legend.remove()
    return float(box.height) * dot + 0.5 * look.letters


def _renderer(figure: Figure) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    return FigureCanvasAgg(figure).get_renderer()


def _wrapped(figure: Figure, text: str, size: float, room: float) -> list[str]:
    """Break a text between words so that each line is at most ``room`` points wide."""
    from matplotlib.font_manager import FontProperties

    renderer, font = _renderer(figure), FontProperties(size=size)
    lines: list[str] = []
    for word in plain(text).split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        wide = renderer.get_text_width_height_descent(longer, font, False)[0]
        if lines and wide * 72.0 / figure.dpi <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
