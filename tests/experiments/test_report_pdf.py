"""The PDF says what the results say, and stays short where tables are long."""

import re

import pandas as pd
import pytest
from matplotlib.figure import Figure
from pypdf import PdfReader

from abm_desktop.experiments.report.pdf import write_pdf
from abm_desktop.experiments.report.table import ResultTable
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults

RUNS = pd.DataFrame({"rl_share": [0.0], "stress": ["calm"], "stress_rv_10s": [0.1], "seed": [1]})


def squeezed(text):
    """Lines break where they will."""
    return re.sub(r"\s+", "", text)


def table(name, rows, columns):
    cells = [[f"r{k}", *(f"{k}.{c:03d}" for c in range(columns))] for k in range(rows)]
    heads = ["measure", *(f"cell{c:03d} share" for c in range(columns))]
    return ResultTable(name, f"All of {name}", "A note.", pd.DataFrame(), heads, cells, {0})


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    path = tmp_path_factory.mktemp("pdf") / "report.pdf"
    given = ExperimentResults(
        "Trial → −1",
        "Does it?",
        RUNS,
        file_text='name = "a & b"\n\nseeds = 8',
        file_name="trial.toml",
        version="9.9",
        seeds="0 to 7",
    )
    drawn = [("A wide figure: 95 %.", Figure((11, 3))), ("A tall one.", Figure((4, 30)))]
    found = [table("short", 3, 4), table("long", 130, 5), table("wide", 50, 120)]
    words = ["In short: it does.", "It adds 25 % (+19 % to +34 %)."]
    write_pdf(path, given, words, drawn, found, ["Simulated only."])
    return PdfReader(path).pages


def test_everything_is_on_paper(pages):
    text = squeezed("".join(page.extract_text() for page in pages))
    for told in (
        "Trial → −1",
        "Does it?",
        "In short: it does.",
        "It adds 25 % (+19 % to +34 %).",
        "A wide figure: 95 %.",
        "A tall one.",
        "All of short",
        "Simulated only.",
        "Version 9.9. Seeds: 0 to 7.",
        'name = "a & b"',
    ):
        assert squeezed(told) in text
    assert sum(len(page.images) for page in pages) == 2


def test_long_and_wide_tables_are_cut_and_say_so(pages):
    text = squeezed("".join(page.extract_text() for page in pages))
    assert squeezed("first 60 of 130 rows. The HTML report and tables/long.csv") in text
    assert "59.004" in text
    assert "60.004" not in text
    wide = re.search(r"first40of50rowsand(\d+)of121columns", text)
    assert wide
    last = int(wide[1]) - 2
    assert f"39.{last:03d}" in text
    assert f"39.{last + 1:03d}" not in text
    assert len(pages) < 12


def test_pages_are_a4_numbered_and_repeat_the_head_of_a_table(pages):
    texts = [squeezed(page.extract_text()) for page in pages]
    for k, page in enumerate(pages):
        box = sorted((float(page.mediabox.width), float(page.mediabox.height)))
        assert box == pytest.approx([595.28, 841.89], abs=0.1)
        assert f"{k + 1}/{len(pages)}" in texts[k]
    assert any(page.mediabox.width > page.mediabox.height for page in pages)
    first = next(k for k, text in enumerate(texts) if "130rows" in text)
    assert "r59" in texts[first + 1]
    assert "measure" in texts[first + 1]
