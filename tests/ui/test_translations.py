"""Translations: the files are up to date with the code, and change the texts of the window."""

import importlib.util
import re
from html import unescape
from pathlib import Path

import pytest
from fake_live import FakeLive, make_snapshot

from abm_desktop import paths
from abm_desktop.ui import translations
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.translations import LANGUAGES, install

TOOL = Path(__file__).parents[2] / "tools" / "translations.py"
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
        "&Datei", "&Markt", "&Training", "&Ansicht", "&Analyse", "&Hilfe",
    ]  # fmt: skip
    assert [window.tabs.tabText(k) for k in range(3)] == ["Markt", "Analyse", "RL"]
    assert window.commands["file.open"].text() == "Szenario ö&ffnen…"
    assert window.market.stress.buttons["liquidity_shock"].text() == "Liquiditätsschock"
    window.session.close()


def test_english_again_and_unknown_languages(qapp, german):
    assert not install(qapp, "xx")
    assert translations.tr("&File") == "&File"


def messages(code):
    """(source, translation) of every message of a .ts file."""
    text = (paths.resource_dir() / "translations" / f"abm_desktop_{code}.ts").read_text("utf-8")
    found = re.findall(
        r"<source>([^<]*)</source>\s*<translation[^>]*?(?:/>|>([^<]*)</translation>)", text
    )
    return [(unescape(a), unescape(b)) for a, b in found]


@pytest.mark.parametrize("code", OTHERS)
def test_commands_are_translated_and_no_place_for_a_name_is_lost(code):
    tool = importlib.util.module_from_spec(
        spec := importlib.util.spec_from_file_location("translations_tool", TOOL)
    )
    spec.loader.exec_module(tool)
    known = dict(messages(code))
    wanted = [text for context, text in tool.tabled_texts() if context == "commands"]
    # A new command may wait for its translation for a while, but not many may.
    done = [text for text in wanted if known.get(text)]
    assert len(done) >= 0.9 * len(wanted), "run python tools/translations.py, and translate"
    for source, translation in known.items():
        if translation:
            assert sorted(re.findall(r"{\w*}", source)) == sorted(re.findall(r"{\w*}", translation))


@pytest.mark.parametrize("code", OTHERS)
def test_the_file_that_is_loaded_was_made_from_the_one_that_is_edited(qapp, code):
    assert install(qapp, code)
    done = [(a, b) for a, b in messages(code) if b]
    assert len(done) > 300
    for source, translation in done:
        if source in ("&File", "&Market", "&View", "&Help", "Dark"):
            assert translations.tr(source) == translation
    install(qapp, "en")
