"""The report of an experiment: one HTML file that stands alone, a PDF, tables to go on with."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
from jinja2 import Environment
from markupsafe import Markup

from abm_desktop.data_files import write_parquet
from abm_desktop.experiments.report.figures import as_svg, figures
from abm_desktop.experiments.report.findings import find, primary_rows
from abm_desktop.experiments.report.limits import limits
from abm_desktop.experiments.report.pdf import write_pdf
from abm_desktop.experiments.report.summary import summarise, write_summary
from abm_desktop.experiments.report.tables import tables
from abm_desktop.experiments.report.words import answer
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.whole_files import check_free, whole_folder, write_whole

__all__ = ["PAGE", "REPORT_FILES", "write_report"]

PAGE = "report.html"
REPORT_FILES = (PAGE, "report.pdf", "summary.json", "tables")
"""What the folder of a report may hold; one that holds anything else is left alone."""

_TEMPLATE = Path(__file__).with_name("report.html.jinja")


def write_report(results: ExperimentResults, folder: Path) -> Path:
    """Write ``report.html``, ``.pdf``, ``summary.json`` and ``tables/``; returns the HTML.

    The tables are ``*.csv`` and ``*.parquet`` files: one of each table of the report, ``runs``, and
    ``unforked_runs`` if there are such.
    The folder appears whole; a report that stands there is replaced, so that no table of an earlier
    one is left beside the new ones. The same results give the same HTML.

    Raises:
        TakenError: if there is something else in the folder, which is left as it is.
        OSError: as writing does; the earlier report is then still there.
    """
    check_free(folder, overwrite=True, ours=REPORT_FILES)
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
    captioned = [(caption, figure) for _, caption, figure in drawn]
    with whole_folder(folder, overwrite=True, ours=REPORT_FILES) as part:
        write_whole(part / PAGE, text)
        write_pdf(part / "report.pdf", results, words, captioned, found, bounds)
        headline = primary_rows(results, findings)
        told = summarise(results, findings.effects, words, list(bounds), headline, findings.parts)
        write_summary(part, told)
        into = part / "tables"
        exported = {table.name: table.data for table in found} | results.run_tables()
        for name, data in exported.items():
            write_whole(into / f"{name}.csv", data.to_csv(index=False))
            table = pa.Table.from_pandas(data, preserve_index=False)
            write_parquet(table, into / f"{name}.parquet")
    return folder / PAGE


def _plain_name(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
