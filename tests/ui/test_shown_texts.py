"""Every text that the window shows is whole: no place for a value is left open."""

import re

import pytest
from fake_live import FakeLive, make_snapshot
from shown_texts import shown_texts

from abm_desktop.desk.training_news import TrainingEvent
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
from abm_desktop.ui.controls import ANALYTICS, RL
from abm_desktop.ui.dialogs import about_box, shortcut_sheet
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.preferences import Preferences
from abm_desktop.ui.rl.judge_dialogs import EvaluationDialog, StressTestDialog
from abm_desktop.ui.rl.result_dialog import evaluation_dialog

BROKEN = re.compile(r"\{\w*(?:[:!.\[][^{}]*)?\}|\b\w+\(\w+=|\bobject at 0x")
"""A place in braces that nothing was put into, a value as Python writes it."""


def broken_in(widget):
    """Texts of a widget and its parts that are not whole, and where they are shown."""
    shown = list(shown_texts(widget))
    assert shown
    return {text: where for text, where in shown if BROKEN.search(text)}


@pytest.fixture
def window(qtbot, settings):
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
    window.session.scenario = Scenario.model_validate({"name": "mine"})
    window.show()
    window.draw()
    yield window
    window.session.close()


@pytest.mark.parametrize(
    ("text", "is_broken"),
    [
        ("{n} runs", True),
        ("by {share:.0%}", True),
        ("RuleSwitched(rule='luld', on=True)", True),
        ("size (lots)", False),
        ("sell/hold/buy {}", True),
    ],
)
def test_what_is_broken_is_seen(text, is_broken):
    assert bool(BROKEN.search(text)) == is_broken


def test_texts_of_the_market_tab_menus_and_dialogs(qtbot, window, settings):
    for section in window.market.population.sections.values():
        section.fold.click()
    for rule in window.market.rules.rules.values():
        if rule.fold is not None:
            rule.fold.click()
    window.draw()
    for action in window.menuBar().actions():
        action.menu().aboutToShow.emit()
    assert broken_in(window) == {}
    for dialog in (shortcut_sheet(window), about_box(window), Preferences(settings, [], window)):
        qtbot.addWidget(dialog)
        assert broken_in(dialog) == {}


def test_texts_of_the_pages_of_analytics(window):
    window.tabs.setCurrentIndex(ANALYTICS)
    for page in PAGES:
        window.analytics.page(page.name)
        window.analytics.show_page(page.name)
        window.draw()
    assert broken_in(window.analytics) == {}


def test_texts_where_models_are_trained_and_judged(qtbot, window):
    window.load_rl_tab()
    window.tabs.setCurrentIndex(RL)
    window.draw()
    tab = window.rl
    tab.form.more.setChecked(True)
    tab.controller._take(TrainingEvent(1, None, Failure(WorkerDied())))
    window.draw()
    assert broken_in(tab) == {}
    model = models.get_model("calm-ppo")
    for dialog in (
        EvaluationDialog(tab, model),
        StressTestDialog(tab, model),
        evaluation_dialog(tab, model.name, model.metrics["evaluation"]),
    ):
        qtbot.addWidget(dialog)
        assert broken_in(dialog) == {}
    tab.models.close_background()
