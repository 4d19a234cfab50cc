"""The report of an experiment: one HTML file that stands alone, a PDF, tables to go on with."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from abm_desktop.experiments.report_data import ExperimentResults
from abm_desktop.experiments.report_figures import as_svg, figures
from abm_desktop.experiments.report_tables import Table, tables
from abm_desktop.experiments.report_words import answer, find, limits
from abm_desktop.experiments.summary import summarise, write_summary

__all__ = ["write_report"]

_TEMPLATE = Path(__file__).with_name("report.html.jinja")
_LINES = 62
_LETTERS = 105


def write_report(results: ExperimentResults, folder: Path) -> Path:
    """Write ``report.html``, ``.pdf``, ``summary.json`` and ``tables/``; returns the HTML.

    The tables are ``*.csv`` and ``*.parquet`` files: one of each table of the report, and ``runs``.
    The folder is made if need be. The same results give the same HTML. Raises OSError where it
    cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    findings = find(results)
    words, found = answer(results, findings), tables(results, findings)
    bounds = limits(results, findings)
    drawn = [(_plain_name(name), caption, f) for name, caption, f in figures(results, findings)]
    pictures = [
        {"name": name, "caption": caption, "svg": Markup(as_svg(figure, name))}
        for name, caption, figure in drawn
    ]
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    text = template.render(
        results=results, words=words, pictures=pictures, tables=found, limits=bounds
    )
    page = folder / "report.html"
    page.write_text(text, encoding="utf-8")
    _write_pdf(folder / "report.pdf", results, words, drawn, found, bounds)
    write_summary(folder, summarise(results, findings.effects, words, list(bounds)))
    (folder / "tables").mkdir(exist_ok=True)
    for name, data in [*((table.name, table.data) for table in found), ("runs", results.runs)]:
        data.to_csv(folder / "tables" / f"{name}.csv", index=False)
        data.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    return page


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _write_pdf(
    path: Path,
    results: ExperimentResults,
    words: list[str],
    drawn: list[tuple[str, str, Figure]],
    found: list[Table],
    bounds: list[str],
) -> None:
    intro = [results.name, "", f"Question. {results.question}", "", "Answer", ""]
    for sentence in words:
        intro += [sentence, ""]
    with PdfPages(path, metadata={"Title": results.name}) as pdf:
        _text_pages(pdf, intro)
        for _, caption, figure in drawn:
            figure.supxlabel("\n".join(textwrap.wrap(caption, 95)), fontsize=8)
            pdf.savefig(figure, bbox_inches="tight", pad_inches=0.4)
        for table in found:
            _text_pages(pdf, [table.title, "", table.note, "", *_aligned(table)], size=6.0)
        again = [
            "Limits",
            "",
            *(f"- {sentence}" for sentence in bounds),
            "",
            "To run it again",
            "",
            f"Version {results.version or 'unknown'}. Seeds: {results.seeds or 'not given'}.",
            "",
            *results.file_text.splitlines(),
        ]
        _text_pages(pdf, again)


def _aligned(table: Table) -> list[str]:
    """The table in columns of equal width; as many columns at once as fit on a page."""
    columns = [
        [head, *cells]
        for head, cells in zip(table.columns, zip(*table.rows, strict=True), strict=False)
    ]
    widths = [max(map(len, column)) + 2 for column in columns]
    first, at = 0, 1
    out: list[str] = []
    while at < len(columns) or (at == 1 and not out):
        room, block = 150 - widths[first], [first]
        while at < len(columns) and (room >= widths[at] or len(block) == 1):
            room -= widths[at]
            block.append(at)
            at += 1
        for k in range(len(columns[0])):
            parts = [
                columns[c][k].ljust(widths[c])
                if c in table.texts
                else columns[c][k].rjust(widths[c])
                for c in block
            ]
            out.append("".join(parts))
        out.append("")
    return out


def _text_pages(pdf: PdfPages, lines: list[str], size: float = 8.5) -> None:
    letters = round(_LETTERS * 8.5 / size) - 10
    wrapped: list[str] = []
    for line in lines:
        wrapped += textwrap.wrap(line, letters, drop_whitespace=False) or [""]
    rows = round(_LINES * 8.5 / size)
    for at in range(0, len(wrapped), rows):
        page = Figure(figsize=(8.27, 11.69))
        page.text(
            0.06,
            0.96,
            "\n".join(wrapped[at : at + rows]),
            family="monospace",
            fontsize=size,
            va="top",
            linespacing=1.35,
            parse_math=False,
        )
        pdf.savefig(page)
