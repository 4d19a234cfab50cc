"""The German window has no English left in it: every text that it shows is looked at."""

import re

import pytest
from fake_live import FakeLive, make_snapshot
from shown_texts import shown_texts

from abm_desktop.learning.judging.evaluation_columns import everywhere
from abm_desktop.learning.process.messages import Failure
from abm_desktop.learning.registry import models
from abm_desktop.learning.statements import WorkerDied
from abm_desktop.live import ActiveStress, Mark, RunState
from abm_desktop.market.statements import (
    BookFull,
    OffLadder,
    PolicyTradersJoined,
    RuleSwitched,
    StressInjected,
)
from abm_desktop.scenario import Scenario
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.dialogs import about_box, shortcut_sheet
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.preferences import Preferences
from abm_desktop.ui.rl.findings import flag_words, found_at
from abm_desktop.ui.rl.judge_dialogs import EvaluationDialog, StressTestDialog
from abm_desktop.ui.rl.result_dialog import evaluation_dialog
from abm_desktop.ui.session import Trouble
from abm_desktop.ui.translations import install

ENGLISH = re.compile(
    r"\b(the|of|and|is|are|to|with|for|not|it|its|which|by|from|or|on|than|that|this|no|how|what|"
    r"where|when|as|each|all|only|has|have|be|below|above|over|under|less|more|time|price|size|"
    r"share|rate|market|order|trader|traders|value|seconds|days|model|volume|depth|bid|ask|mid|"
    r"buy|sell|hold|lag|against|mean|largest|smallest|number|chance|age)\b"
)
"""Words of English that no German sentence has."""

AS_THEY_ARE = {"Order-to-trade cap", "Market-to-limit", "abm_desktop", "Limit up, limit down"}
"""Names that are the same in both languages, and contain such a word."""


@pytest.fixture
def german(qapp):
    assert install(qapp, "de")
    yield
    install(qapp, "en")


def english_in(widget):
    """Texts of a widget and its parts that have a word of English, and where they are shown."""
    found = {}
    for text, where in shown_texts(widget):
        bare = text
        for name in AS_THEY_ARE:
            bare = bare.replace(name, "")
        if ENGLISH.search(bare):
            found.setdefault(text, where)
    return found


@pytest.fixture
def window(qtbot, german, settings):
    snapshot = make_snapshot(
        state=RunState.RUNNING,
        marks=(
            Mark(5.0, StressInjected("flash_crash", 0.05)),
            Mark(6.0, RuleSwitched("luld", True)),
            Mark(7.0, PolicyTradersJoined(8)),
        ),
        stresses=(ActiveStress("flash_crash", 0.05, 500.0, 700.0),),
        alarms=(OffLadder(3), BookFull(1, 64)),
    )
    window = MainWindow(FakeLive(snapshot), settings)
    qtbot.addWidget(window)
    window.frame_timer.stop()
    window.session.scenario = Scenario.model_validate({"name": "mein"})
    window.show()
    window.draw()
    yield window
    window.session.close()


def test_no_english_in_the_market_tab_menus_and_dialogs(qtbot, window, settings):
    for section in window.market.population.sections.values():
        section.fold.click()
    for rule in window.market.rules.rules.values():
        if rule.fold is not None:
            rule.fold.click()
    window.session.trouble.emit(Trouble("Titel", "Text"))
    window.draw()
    for action in window.menuBar().actions():
        action.menu().aboutToShow.emit()
    assert english_in(window) == {}
    for dialog in (shortcut_sheet(window), about_box(window), Preferences(settings, [], window)):
        qtbot.addWidget(dialog)
        assert english_in(dialog) == {}


def test_no_english_on_the_pages_of_analytics(window):
    window.tabs.setCurrentIndex(1)
    for page in PAGES:
        window.analytics.page(page.name)
        window.analytics.show_page(page.name)
        window.draw()
    assert english_in(window.analytics) == {}


@pytest.mark.parametrize("name", ["calm-ppo", "calm-maker", "calm-executor"])
def test_what_a_check_found_is_told_by_its_numbers(name):
    for evaluation in everywhere(models.get_model(name).metrics["evaluation"]):
        for check in evaluation["checks"]:
            assert str(found_at(check, evaluation)) == check["detail"]


def test_signs_of_degeneracy_are_told_in_german(german):
    rules = {"agent": {"shares": [0.01, 0.02, 0.97]}, "buy and hold": {}}
    told = flag_words("one action takes 97% of the decisions", {"rules": rules})
    assert told == "eine Aktion macht 97% der Entscheidungen aus"
    told = flag_words("its profit cannot be told from that of buy and hold", {"rules": rules})
    assert not ENGLISH.search(told) and "buy" not in told
    assert flag_words("unheard of", {"rules": rules}) == "unheard of"


def test_no_english_where_models_are_trained_and_judged(qtbot, window):
    window.load_rl_tab()
    window.tabs.setCurrentIndex(2)
    window.draw()
    tab = window.rl
    tab.form.more.setChecked(True)
    tab.controller._take(Failure(WorkerDied()))
    window.draw()
    assert english_in(tab) == {}
    model = models.get_model("calm-ppo")
    for dialog in (
        EvaluationDialog(tab, model),
        StressTestDialog(tab, model),
        evaluation_dialog(tab, model.name, model.metrics["evaluation"]),
    ):
        qtbot.addWidget(dialog)
        assert english_in(dialog) == {}
    tab.models.close_background()
