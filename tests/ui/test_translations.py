"""Translations: the files are up to date with the code, and change the texts of the window."""

import ast
import importlib.util
import re
from html import unescape
from pathlib import Path

import pytest
from fake_live import FakeLive, make_snapshot

from abm_desktop import paths
from abm_desktop.learning.statements import (
    MemoryPart,
    MemoryShort,
    ProcessEnded,
    Refused,
    WorkerDied,
)
from abm_desktop.metrics.stylized_facts.statements import FactName
from abm_desktop.ui import translations
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.rl.tab import RLTab
from abm_desktop.ui.session import file_trouble
from abm_desktop.ui.translations import LANGUAGES, install
from abm_desktop.ui.words import told, words

TOOL = Path(__file__).parents[2] / "tools" / "translations.py"
SAME_IN_GERMAN = {
    "&Cluster", "&RL", "&Stress", "&Training", "10 min", "30 min", "5 min", "Band", "Cluster",
    "Experiment {words}", "Exploration", "Filter", "Fundamental", "Heatmap", "Imbalance", "Lots",
    "Maker", "Momentum", "Name", "Noise", "Orders", "Pause", "Position", "RL", "Rate", "Spoofing",
    "Spread", "Stress", "Taker", "Ticks", "Trainer", "Training", "VPIN", "bp", "in {t}", "max",
    "normal", "p (Holm)", "{count} RL", "{count} RL {policy}", "{error}", "{file}: {error}.",
    "{kind} {magnitude:g}", "{kind}: {error}", "{kind}: {error}.", "{message}", "min", "lots",
    "ticks", "ms",
}  # fmt: skip
"""Words that are the same in both languages, units, and frames for words from elsewhere."""

OTHERS = [code for code in LANGUAGES if code != "en"]


@pytest.fixture
def german(qapp):
    assert install(qapp, "de")
    yield
    install(qapp, "en")


def test_the_window_speaks_german(qtbot, german, settings):
    window = MainWindow(FakeLive(make_snapshot()), settings)
    qtbot.addWidget(window)
    window.draw()
    assert [action.text() for action in window.menuBar().actions()] == [
        "&Datei", "&Markt", "&Training", "&Ansicht", "A&nalyse", "&Hilfe",
    ]  # fmt: skip
    assert [window.tabs.tabText(k) for k in range(3)] == ["Markt", "Analyse", "RL"]
    assert window.commands["file.open"].text() == "Szenario ö&ffnen…"
    assert window.market.stress.buttons["liquidity_shock"].text() == "Liquiditätsschock"
    for action in window.menuBar().actions():
        action.menu().aboutToShow.emit()
        texts = [entry.text() for entry in action.menu().actions()]
        letters = [c.lower() for text in texts for c in re.findall(r"&(\w)", text)]
        assert len(letters) == len(set(letters)), texts
    window.session.close()


def test_analytics_and_rl_speak_german(qtbot, german, settings):
    window = MainWindow(FakeLive(make_snapshot()), settings)
    qtbot.addWidget(window)
    window.draw()
    analytics = window.analytics
    rail = [button.text() for button in analytics.rail.buttons()]
    assert rail[0] == "Übersicht" and rail[-1] == "Experimente"
    chart = analytics.page("overview").grid.charts[0]
    assert (chart.title.text(), chart.note.text()) == ("Realisierte Volatilität", "% p. a. · 5 min")
    assert analytics.page("experiments").setup.start_button.text() == "Starten"
    tab = RLTab()
    qtbot.addWidget(tab)
    assert tab.form.start_button.text() == "Training starten"
    assert tab.form.fields["gamma"].title == "Diskontfaktor"
    assert tab.charts.bar.groups.buttons()[0].text() == "Übersicht"
    assert "Cluster aus" in tab.progress.state.text()
    assert tab.pages.tabText(0) == "Modelle"
    tab.models.close_background()
    window.session.close()


def test_english_again_and_unknown_languages(qapp, german):
    assert not install(qapp, "xx")
    assert translations.tr("&File") == "&File"


def translations_tool():
    spec = importlib.util.spec_from_file_location("translations_tool", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def messages(code):
    """(source, translation) of every message of a .ts file."""
    text = (paths.resource_dir() / "translations" / f"abm_desktop_{code}.ts").read_text("utf-8")
    found = re.findall(
        r"<source>([^<]*)</source>\s*<translation[^>]*?(?:/>|>([^<]*)</translation>)", text
    )
    return [(unescape(a), unescape(b)) for a, b in found]


def texts_in_the_code():
    """Every text that is translated where it stands: the argument of a ``tr``."""
    for file in sorted((TOOL.parents[1] / "abm_desktop" / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                text = node.args[0]
                if name == "tr" and isinstance(text, ast.Constant):
                    yield text.value


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_the_window_is_translated_and_no_place_for_a_name_is_lost(code):
    tool = translations_tool()
    known = dict(messages(code))
    wanted = {text for _context, text in tool.tabled_texts() if text} | set(texts_in_the_code())
    missing = sorted(text for text in wanted if not known.get(text))
    assert not missing, f"run tools/translations.py, and translate: {missing[:10]}"
    same = {text for text in wanted if known[text] == text and re.search("[A-Za-z]{2}", text)}
    assert not same - SAME_IN_GERMAN
    for source, translation in known.items():
        assert sorted(re.findall(r"{\w*", source)) == sorted(re.findall(r"{\w*", translation))


def test_what_other_rooms_say_is_told_in_german(german):
    ended = "Der Trainingsprozess endete unerwartet (durch Signal 9 beendet)."
    assert words(ProcessEnded(-9, trained=False)) == ended
    assert told(WorkerDied()).startswith("Ein Worker ist abgestürzt. Meist reichte der Speicher")
    assert words(Refused("IndexError: 7")) == "IndexError: 7"
    short = MemoryShort(9 * 2**30, (MemoryPart("markets", 64, 5 * 2**30),), 2**30)
    assert "9.0 GiB Speicher (64 Märkte 5.0 GiB)" in words(short)
    assert words(FactName("kurtosis_falls", 1, 5)) == "Wölbung 1 min weniger 5 min"


def test_a_file_that_is_not_there_is_told_in_german(german, tmp_path):
    trouble = file_trouble(tmp_path / "x.toml", FileNotFoundError(2, "no such file"))
    assert trouble.title == "x.toml wurde nicht geöffnet"
    assert trouble.text.startswith(f"Es gibt keine Datei {tmp_path}")


@pytest.mark.parametrize("code", OTHERS)
def test_the_file_that_is_loaded_was_made_from_the_one_that_is_edited(qapp, code):
    assert install(qapp, code)
    done = [(a, b) for a, b in messages(code) if b]
    assert len(done) > 1500
    for source, translation in done:
        if source in ("&File", "&Market", "&View", "&Help", "Dark"):
            assert translations.tr(source) == translation
    install(qapp, "en")


def test_every_statement_of_every_room_is_among_the_texts():
    tool = translations_tool()
    texts = set(tool.statement_texts())
    for file in sorted((TOOL.parents[1] / "abm_desktop").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            bases = (
                {ast.unparse(b) for b in node.bases} if isinstance(node, ast.ClassDef) else set()
            )
            if not bases & {"Statement", "Fault"}:
                continue
            for part in node.body:
                if isinstance(part, ast.Assign) and isinstance(part.value, ast.Tuple):
                    said = [e.value for e in part.value.elts if isinstance(e, ast.Constant)]
                    assert set(said) <= texts, f"{file.name}: {node.name}"
