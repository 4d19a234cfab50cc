"""The report of an experiment: one HTML file that stands alone, a PDF, tables to go on with."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from abm_desktop.experiments.findings import find
from abm_desktop.experiments.report_data import ExperimentResults
from abm_desktop.experiments.report_figures import as_svg, figures
from abm_desktop.experiments.report_limits import limits
from abm_desktop.experiments.report_pdf import write_pdf
from abm_desktop.experiments.report_tables import tables
from abm_desktop.experiments.report_words import answer
from abm_desktop.experiments.summary import summarise, write_summary

__all__ = ["write_report"]

_TEMPLATE = Path(__file__).with_name("report.html.jinja")


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
    drawn = [
        (_plain_name(name), f"Figure {k}. {caption[:1].upper()}{caption[1:]}", figure)
        for k, (name, caption, figure) in enumerate(figures(results, findings), 1)
    ]
    pictures = [
        {"name": name, "caption": caption, "svg": Markup(as_svg(figure, name))}
        for name, caption, figure in drawn
    ]
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    text = template.render(
        results=results,
        runs=results.count(),
        words=words,
        pictures=pictures,
        tables=found,
        limits=bounds,
    )
    page = folder / "report.html"
    page.write_text(text, encoding="utf-8")
    captioned = [(caption, figure) for _, caption, figure in drawn]
    write_pdf(folder / "report.pdf", results, words, captioned, found, bounds)
    write_summary(folder, summarise(results, findings.effects, words, list(bounds)))
    (folder / "tables").mkdir(exist_ok=True)
    for name, data in [*((table.name, table.data) for table in found), ("runs", results.runs)]:
        data.to_csv(folder / "tables" / f"{name}.csv", index=False)
        data.to_parquet(folder / "tables" / f"{name}.parquet", index=False)
    return page


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
