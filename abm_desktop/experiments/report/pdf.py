"""The report on paper: A4 pages of text, figures and tables, made with fpdf2."""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from fpdf import FPDF, FontFace
from fpdf.enums import WrapMode
from fpdf.util import Padding
from matplotlib import get_data_path
from matplotlib.figure import Figure
from PIL import Image

from abm_desktop.experiments.report.table import ResultTable
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.whole_files import write_whole

__all__ = ["write_pdf"]

_MARGIN = 15.0
_LONG, _SHORT = 297.0 - 2 * _MARGIN, 210.0 - 2 * _MARGIN
_DOTS = 160
"""Of a figure, an inch on paper."""
_ROWS = 60
"""A longer table is cut; on paper nobody reads on."""
_BLOCKS = 3
"""Of columns, one below the other, if a table is wider than a page; further ones are cut."""
_PAD, _ABOVE, _APART = 0.8, 0.4, 2.4
"""Around the text of a cell, mm: beside it, above and below, and where words follow a number."""
_LINE = 0.43
"""Of a table, mm a point of print."""
_INK, _GREY, _BLUE = (27, 39, 51), (95, 107, 118), (28, 99, 168)
_SOFT, _HEAD = (242, 245, 248), (224, 230, 236)

Way = Literal["portrait", "landscape"]


def write_pdf(
    path: Path,
    results: ExperimentResults,
    words: list[str],
    drawn: Iterable[tuple[str, Figure]],
    found: list[ResultTable],
    bounds: list[str],
) -> None:
    """Write the report to ``path``: the answer, figures with captions, tables, how to run again.

    Args:
        words: the paragraphs of the answer.
        drawn: (caption, figure), drawn at the page's width.
        found: tables; of long and very wide ones only the start is shown, and said so. Folded
            ones are only named.
        bounds: the limits, a sentence each.

    Raises OSError if it cannot be written.
    """
    pdf = _Paper(results.name)
    pdf.add_page()
    pdf.words(results.name, 20, style="B", after=2)
    pdf.words(results.question, 11.5, _GREY, after=3)
    for sentence in results.registration:
        pdf.words(sentence, 8, _GREY)
    pdf.heading("Answer")
    pdf.answer(words)
    for table in found:
        if table.leads:
            pdf.table_of(table)
    pdf.turn("portrait")
    pdf.heading("Figures", keep=110.0)
    for caption, figure in drawn:
        pdf.figure(caption, figure)
    shown = [table for table in found if not table.leads and not table.folded]
    for k, table in enumerate(shown):
        pdf.table_of(table, "" if k else "Tables")
    left = [f"{table.title} ({len(table.rows)} rows)" for table in found if table.folded]
    if left:
        pdf.turn("portrait")
        pdf.words(f"Only in the HTML report and the folder tables: {'; '.join(left)}.", 8, _GREY)
    pdf.turn("portrait")
    pdf.heading("Limits")
    for sentence in bounds:
        pdf.item(sentence)
    pdf.heading("To run it again")
    pdf.words(
        f"Version {results.version or 'unknown'}. Seeds: {results.seeds or 'not given'}. "
        f"{results.count()} runs. Save the text below as {results.file_name}, then: "
        f"abm-desktop experiment {results.file_name}",
        after=3,
    )
    pdf.listing(results.file_text)
    write_whole(path, bytes(pdf.output()))


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a table goes on paper: blocks of columns, and the width of every column, mm."""

    way: Way
    size: float
    blocks: list[list[int]]
    widths: list[float]


class _Paper(FPDF):
    """A4 pages with a footer, in the fonts that matplotlib ships: they have minus and arrows."""

    def __init__(self, name: str) -> None:
        super().__init__(format="A4")
        self._name = name
        fonts = Path(get_data_path()) / "fonts" / "ttf"
        self.add_font("sans", "", fonts / "DejaVuSans.ttf")
        self.add_font("sans", "B", fonts / "DejaVuSans-Bold.ttf")
        self.add_font("mono", "", fonts / "DejaVuSansMono.ttf")
        self.set_margin(_MARGIN)
        self.c_margin = 0.0
        self.set_auto_page_break(True, _MARGIN + 3)
        self.set_title(name)
        self.set_font("sans", size=9.5)

    def footer(self) -> None:
        self.set_y(-_MARGIN)
        self.set_font("sans", size=7.5)
        self.set_text_color(*_GREY)
        name = self._name
        while name and self.get_string_width(name + "…") > self.epw - 25:
            name = name[:-1]
        self.cell(0, 5, name if name == self._name else name + "…")
        self.set_x(self.l_margin)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align="R")

    def room(self) -> float:
        """What is left of the page, mm."""
        return float(self.page_break_trigger - self.get_y())

    def turn(self, way: Way) -> None:
        """Go on upon a page that lies that way: this one, if it does."""
        if (self.w > self.h) != (way == "landscape"):
            self.add_page(orientation=way)

    def words(
        self,
        text: str,
        size: float = 9.5,
        colour: tuple[int, int, int] = _INK,
        style: Literal["", "B"] = "",
        after: float = 1.5,
    ) -> None:
        """A paragraph."""
        self.set_font("sans", style, size)
        self.set_text_color(*colour)
        self.multi_cell(0, 0.5 * size, _tied(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(after)

    def heading(self, text: str, level: int = 0, keep: float = 35.0) -> None:
        """A heading with at least ``keep`` mm below it on its page; also in the outline."""
        if self.room() < keep:
            self.add_page(same=True)
        elif self.get_y() > self.t_margin + 1:
            self.ln((4, 2)[level])
        self.start_section(text, level)
        self.words(text, (14.0, 10.5)[level], _BLUE if level == 0 else _INK, "B", (2, 0.5)[level])

    def answer(self, words: list[str]) -> None:
        """The answer, on a light ground beside a bar; its first sentence stands out."""
        self.set_fill_color(*_SOFT)
        self.set_draw_color(*_BLUE)
        self.set_line_width(0.8)
        for k, text in enumerate(words):
            self.set_font("sans", "" if k else "B", 9.5)
            self.set_text_color(*_INK)
            self.multi_cell(
                0,
                5,
                _tied(text),
                border="L",
                fill=True,
                align="L",
                padding=Padding(1.3, 4, 1.3, 4),
                new_x="LMARGIN",
                new_y="NEXT",
            )
        self.ln(2)

    def item(self, text: str) -> None:
        """An item of a list."""
        self.set_font("sans", size=9.5)
        self.set_text_color(*_INK)
        self.cell(5, 4.75, "•")
        self.multi_cell(0, 4.75, _tied(text), align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(1)

    def listing(self, text: str) -> None:
        """A file, in monospace."""
        self.set_font("mono", size=7.5)
        self.set_text_color(*_INK)
        self.set_fill_color(*_SOFT)
        for line in text.splitlines():
            self.multi_cell(
                0,
                3.9,
                line,
                align="L",
                fill=True,
                wrapmode=WrapMode.CHAR,
                new_x="LMARGIN",
                new_y="NEXT",
            )

    def figure(self, caption: str, figure: Figure) -> None:
        """A picture at the page's width, or as high as a page, and its caption on one page."""
        wide, high = (float(v) for v in figure.get_size_inches())
        self.set_font("sans", size=8.5)
        told = self.multi_cell(0, 4.25, _tied(caption), align="L", dry_run=True, output="HEIGHT")
        below = cast(float, told) + 2.0
        most = self.h - self.t_margin - self.b_margin - below - 12.0
        width = min(self.epw, most * wide / high, 25.4 * wide * 1.1)
        height = width * high / wide
        left = (self.room() - below) / height
        if left < 0.8:
            self.add_page(same=True)
        elif left < 1.0:
            width, height = left * width, left * height
        out = io.BytesIO()
        figure.savefig(out, format="png", dpi=_DOTS * width / 25.4 / wide, facecolor="white")
        # Few colours are used; a palette is a third of the size.
        picture = Image.open(out).convert("RGB").quantize(200, dither=Image.Dither.NONE)
        self.image(picture, x=self.l_margin + (self.epw - width) / 2, w=width, h=height)
        self.ln(1)
        self.words(caption, 8.5, _GREY, after=5)

    def table_of(self, table: ResultTable, above: str = "") -> None:
        """A table under its title; ``above`` is a heading that goes before."""
        if not table.columns:
            return
        fit = _fit(self, table)
        count = min(len(table.rows), _ROWS if len(fit.blocks) < 3 else 2 * _ROWS // 3)
        shown = len({c for block in fit.blocks for c in block})
        self.turn(fit.way)
        keep = 45.0 + 5 * min(count, 3)
        if above:
            self.heading(above, keep=keep + 16)
            text = (
                "All tables and runs as CSV and Parquet files: the folder tables beside this file."
            )
            self.words(text, 8, _GREY)
        self.heading(table.title, 1, keep)
        if table.note:
            self.words(table.note, 8, _GREY)
        cut = [f"{count} of {len(table.rows)} rows"] if count < len(table.rows) else []
        cut += [f"{shown} of {len(table.columns)} columns"] if shown < len(table.columns) else []
        if cut:
            self.words(
                f"Here are the first {' and '.join(cut)}. The HTML report and "
                f"tables/{table.name}.csv have all of them.",
                8,
                _BLUE,
            )
        for k, block in enumerate(fit.blocks):
            high = 14.0 + count * (_LINE * fit.size + 2 * _ABOVE)
            if k and self.room() < high < self.eph:
                self.add_page(same=True)
            self._block(table, fit, block, count)
            self.ln(4)

    def _block(self, table: ResultTable, fit: _Fit, block: list[int], count: int) -> None:
        self.set_font("sans", size=fit.size)
        self.set_text_color(*_INK)
        self.set_draw_color(200, 207, 214)
        self.set_line_width(0.1)
        widths = [fit.widths[c] for c in block]
        whole = sum(widths)
        stretch = min(self.epw / whole, 1.6)
        aligned = ["L" if c in table.texts else "R" for c in block]
        bands = [FontFace(fill_color=colour) for colour in ((255, 255, 255), _SOFT)]
        pads = [(_ABOVE, _PAD, _ABOVE, _before(table, c)) for c in block]
        with self.table(
            width=min(whole * stretch, self.epw),
            col_widths=tuple(widths),
            text_align=tuple(aligned),
            align="L",
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD", color=_INK, fill_color=_HEAD),
            line_height=_LINE * fit.size,
            v_align="T",
        ) as drawn:
            head = drawn.row()
            for c, side, pad in zip(block, aligned, pads, strict=True):
                head.cell(table.columns[c], align=side, v_align="B", padding=pad)
            for k, cells in enumerate(table.rows[:count]):
                row = drawn.row(style=bands[k % 2])
                for c, pad in zip(block, pads, strict=True):
                    row.cell(cells[c], padding=pad)


def _tied(text: str) -> str:
    """A number and its percent sign stay on one line."""
    return text.replace(" %", "\u00a0%")


def _fit(pdf: _Paper, table: ResultTable) -> _Fit:
    """The largest print that has room; upright if it can be."""
    tries: tuple[tuple[Way, float, float], ...] = (
        ("portrait", 7.0, 45.0),
        ("portrait", 6.5, 38.0),
        ("landscape", 7.0, 60.0),
        ("landscape", 6.2, 50.0),
        ("landscape", 5.6, 40.0),
    )
    for way, size, longest in tries:
        widths = _widths(pdf, table, size, longest)
        page = _SHORT if way == "portrait" else _LONG
        if sum(widths) <= page:
            return _Fit(way, size, [list(range(len(widths)))], widths)
    return _Fit(way, size, _blocks(table, widths, page)[:_BLOCKS], widths)


def _blocks(table: ResultTable, widths: list[float], page: float) -> list[list[int]]:
    """Columns that fit beside each other; each block begins with the first columns of words."""
    lead = 1
    while lead in table.texts and sum(widths[: lead + 1]) < page / 3:
        lead += 1
    first = list(range(lead))
    blocks, left = [first.copy()], page - sum(widths[:lead])
    for c in range(lead, len(widths)):
        if widths[c] > left and len(blocks[-1]) > lead:
            blocks.append(first.copy())
            left = page - sum(widths[:lead])
        blocks[-1].append(c)
        left -= widths[c]
    return blocks


def _before(table: ResultTable, c: int) -> float:
    """The space before the text of a column's cells, mm."""
    return _APART if c in table.texts and c - 1 not in table.texts and c else _PAD


def _widths(pdf: _Paper, table: ResultTable, size: float, longest: float) -> list[float]:
    """Of the columns, mm: heads go on about three lines, words wrap beyond ``longest``."""
    pdf.set_font("sans", "B", size)
    heads = []
    for text in table.columns:
        parts = [pdf.get_string_width(part) for part in text.split()] or [0.0]
        heads.append(max(*parts, pdf.get_string_width(text) / 2.5))
    pdf.set_font("sans", "", size)
    widths = []
    for c, head in enumerate(heads):
        # A long column is as wide as the widest of the cells that are shown.
        cells = {row[c] for row in table.rows[:_ROWS]}
        need = max((pdf.get_string_width(text) for text in cells), default=0.0)
        if c in table.texts:
            need = min(need, longest)
        widths.append(max(head, need) + _PAD + _before(table, c) + 0.4)
    return widths
