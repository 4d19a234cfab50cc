"""The first half hour: what the start page says and begins, the tour, and how a start is told."""

import json
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest
from fake_live import FakeLive, make_snapshot
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from abm_desktop import paths
from abm_desktop.desk.formats import percent, unbroken
from abm_desktop.desk.shipped_study import shipped_study
from abm_desktop.desk.short_answer import Found, headline
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running.plan_power import plan_power
from abm_desktop.live.commands import PauseMarket, RunMarket, SetSpeed
from abm_desktop.live.compilation import ALL_KERNELS, share_of_time
from abm_desktop.live.statements import CompilingMarket
from abm_desktop.ui import making
from abm_desktop.ui.analytics.experiment_controller import ExperimentController
from abm_desktop.ui.app import begins_with_start_page
from abm_desktop.ui.controls import ANALYTICS, MARKET, RL, START
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.start.beginnings import CRASH_SPEED, FEW_MARKETS
from abm_desktop.ui.start.page import WAYS, StartPage
from abm_desktop.ui.widgets import tasks

ONE_WINDOW = True


def click(window, name):
    window.commands["view.start"].trigger()
    assert window.tabs.currentIndex() == START
    window.start.buttons[name].click()


def test_the_answer_is_that_of_the_summary_and_claims_no_more(qtbot, window, tmp_path, monkeypatch):
    window.commands["view.start"].trigger()
    page, study = window.start, shipped_study()
    told = json.loads((paths.studies_dir() / "research_question" / "summary.json").read_text())
    assert page.question.text() == told["question"]
    short = page.answer.text()
    assert f"<b>{study.headline}</b>" in short and "In brackets" not in short
    page.answer.linkActivated.emit("more")
    text = page.answer.text().replace("&#x27;", "'")
    assert "In brackets" in text and told["caveat"] and unbroken(told["caveat"]) in text
    # Only what is clear after Holm's correction is bold.
    real = [row for row in told["parts"] if not row["placebo"]]
    primary = [row for row in real if row["label"] == real[0]["label"]]
    assert {row["part"] for row in primary} == {"removal", "addition", "total"}
    for row in primary:
        if row["part"] != "total":
            size = f"{percent(row['change'], sign=True)} ("
            clear = row["p_holm"] < 0.05 and not row["low"] <= 0 <= row["high"]
            assert f"<b>{size}" in text if clear else size in text, row
    assert text.count("<b>") == 1 + sum(
        row["p_holm"] < 0.05 for row in primary if row["part"] != "total"
    )
    longer = [row for row in real if row["label"] != real[0]["label"] and row["part"] == "addition"]
    assert text.count("(not shown)") == sum(
        all(row["p_holm"] >= 0.05 for row in longer if row["group"] == group)
        for group in {row["group"] for row in longer}
    )
    assert Found("A", "addition", -0.2, -0.3, -0.1, 0.01).way == -1
    assert Found("A", "addition", 0.2, 0.1, 0.3, None).way == 0
    # Removal and addition are drawn on both grids, on an axis of factors.
    drawn = [x for plot in page.chart.plots[:4] for x in plot.export_columns()["change"]]
    assert sorted(drawn) == sorted(row["change"] for row in real if row["part"] != "total")
    assert study.kinds == ("PPO", "DQN", "SAC", "room made") and len(study.grids) == 2
    assert page.chart.plots[0].values.tickStrings([-1.0, 0.0, 2.0], 1.0, 1.0) == [
        "×0.5",
        "×1",
        "×4",
    ]
    # Without a summary the ways to begin are still there.
    monkeypatch.setattr(paths, "studies_dir", lambda: tmp_path)
    bare = StartPage()
    qtbot.addWidget(bare)
    assert bare.study is None and "not there" in bare.answer.text() and bare.buttons["watch"]


def test_the_headline_says_what_is_clear_and_names_what_is_not():
    def found(kind, change, p, part="addition"):
        low, high = sorted((0.5 * change, 1.5 * change))
        return Found(kind, part, change, low, high, p)

    both = (found("A", 0.4, 0.001), found("B", 0.3, 0.01), found("", -0.2, 0.001, "removal"))
    one = (found("A", 0.4, 0.001), found("B", 0.1, 0.4))
    none = (found("A", -0.2, 0.3), found("B", 0.1, 0.4))
    less = (found("A", -0.2, 0.001), found("B", -0.1, 0.01))
    found_here = {"calm": both, "crash": one, "spike": none, "shock": less, "halt": both}
    assert headline({"spread": found_here}) == (
        "RL traders who come raise the spread in calm and halt, with A only in crash, and lower it "
        "in shock, and are not shown to change it in spike."
    )
    # Kinds that go opposite ways are each told with their way.
    apart = (found("A", 0.4, 0.001), found("B", -0.1, 0.01))
    assert headline({"spread": {"crash": apart}}) == (
        "RL traders who come raise the spread with A only in crash, and lower it with B only in "
        "crash."
    )
    removal = found("", -0.2, 0.001, "removal")
    assert headline({"spread": {"calm": (removal,)}}) == "" == headline({})


def test_a_crash_is_watched_with_one_click(window, live, monkeypatch):
    opened = []
    monkeypatch.setattr(window.session, "open", opened.append)
    click(window, "watch")
    assert window.tabs.currentIndex() == MARKET
    window.show_first_tour()
    assert window.tour is None, "the page has offered it"
    (path,) = opened
    assert path == paths.scenario_dir() / "flash_crash.toml"
    window.session.opened.emit(paths.scenario_dir() / "calm.toml")  # another was quicker
    assert RunMarket() not in live.commands
    click(window, "watch")
    window.session.opened.emit(path)
    assert live.commands[-2:] == [SetSpeed(speed=CRASH_SPEED), RunMarket()]
    assert window.settings.speed == 10.0, "what a person has chosen stays"


def test_what_is_opened_from_the_start_page_is_shown(window, tmp_path):
    window.beginnings._is_first = True
    window.commands["view.start"].trigger()
    window.session.opened.emit(paths.scenario_dir() / "calm.toml")  # it stands behind the page
    assert window.tabs.currentIndex() == START
    window.session.opened.emit(tmp_path / "AMZN.zip")
    assert window.tabs.currentIndex() == MARKET


def test_a_crash_is_watched_though_the_first_market_is_still_being_opened(
    window, live, monkeypatch
):
    monkeypatch.setattr(window.session, "open", lambda _path: None)
    opening = [True]
    monkeypatch.setattr(type(window.session), "is_opening", property(lambda _self: opening[0]))
    click(window, "watch")
    window.session.opened.emit(paths.scenario_dir() / "calm.toml")  # asked for before the click
    assert RunMarket() not in live.commands
    opening[0] = False
    window.session.opened.emit(paths.scenario_dir() / "flash_crash.toml")
    assert live.commands[-1] == RunMarket()


def test_experiments_begin_from_the_start_page(window, inline, monkeypatch):
    begun = []
    monkeypatch.setattr(
        ExperimentController, "start", lambda _self, start, title: begun.append((start, title))
    )
    click(window, "try")
    ((start, title),) = begun
    assert window.tabs.currentIndex() == ANALYTICS and title == "first answer"
    assert (start.seeds, start.report_only) == (40, False)
    page = window.analytics.page("experiments")
    assert page.setup.plan.total == 600
    # The others are shown with what they cost; a person starts them.
    click(window, "small")
    assert page.setup.plan.name == "research question" and page.setup.seeds.value() == FEW_MARKETS
    click(window, "full")
    assert page.setup.plan.seeds == 320 and page.setup.plan.total == 8960
    assert len(begun) == 1
    shown = [item.text() for item in page.lists.files_list.selectedItems()]
    assert len(shown) == 1 and shown[0].startswith("research question")
    # While one runs, no other takes its place.
    monkeypatch.setattr(ExperimentController, "is_running", property(lambda _self: True))
    said = []
    window.session.said.connect(said.append)
    click(window, "try")
    assert len(begun) == 1 and "runs already" in said[0]


def test_the_first_answer_compares_pairs_that_can_tell_something():
    plan = Experiment.load("first_answer").plan
    assert plan.design.seeds >= 40 and plan.total == 600
    assert len(plan.populations) == 120 and not {"calm-ppo", "calm-dqn"} & set(plan.populations)
    assert plan.design.question == shipped_study().question
    # What the page says it can tell is what the plan can tell.
    (told,) = [way.text for way in WAYS if way.name == "try"]
    least = {one.stress: 100 * one.rows[-1].effect for one in plan_power(plan)}
    assert f"changes from {least['calm']:.0f} % on in calm" in told
    others = [round(least[stress], -1) for stress in ("liquidity_shock", "flash_crash")]
    assert others == [70, 70] and "70 % in a liquidity shock or a crash" in told


def test_the_other_ways_lead_where_they_say(window, settings, monkeypatch):
    click(window, "train")
    assert window.tabs.currentIndex() == RL
    click(window, "market")
    assert window.tabs.currentIndex() == MARKET
    assert begins_with_start_page(None, settings)
    assert not begins_with_start_page(paths.scenario_dir() / "calm.toml", settings)
    settings.choose("start", "calm")
    assert not begins_with_start_page(None, settings)
    window.commands["view.start"].trigger()
    window.remember()
    assert settings.number("tab", 7) == 0


def test_the_tour_has_the_keyboard_and_ends_at_the_question(qtbot, window, live):
    window.activateWindow()
    slider = window.market.time_bar.slider
    slider.setFocus()
    before, before_tour = slider.value(), list(live.commands)
    tour = window.show_tour()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Enter):
        at = tour.at
        slider.setFocus()  # as a panel does that is brought forward
        QTest.keyClick(slider, key)
        assert tour.at == at + 1 and slider.value() == before
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert tour.at == 3 and slider.value() == before
    QTest.keyClick(window, Qt.Key.Key_Tab)
    assert tour.skip_button.hasFocus()
    for forbidden in (Qt.Key.Key_F6, Qt.Key.Key_3):
        QTest.keyClick(window, forbidden, Qt.KeyboardModifier.ControlModifier)
    assert live.commands == before_tour and window.tabs.currentIndex() == MARKET
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert isinstance(live.commands[-1], RunMarket | PauseMarket)
    tour.next_button.setFocus()
    while tour.next_button.text() != "Done":
        QTest.keyClick(window, Qt.Key.Key_Return)
    assert "question" in tour.title.text().lower() and window.tabs.currentIndex() == START
    assert not tour.target_box().isEmpty()
    with qtbot.waitSignal(tour.left):
        QTest.keyClick(window, Qt.Key.Key_Escape)
    QTest.keyClick(window, Qt.Key.Key_F5)
    assert window.tour is None


def test_the_tour_waits_for_a_market(qtbot, settings):
    live = FakeLive()
    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    window.show()
    window.frame_timer.stop()
    assert window.show_tour() is None
    assert "as soon as a market stands" in window.status.message.words
    live.snapshot = make_snapshot(30)
    window.draw()
    qtbot.waitUntil(lambda: window.tour is not None)
    window.tour.leave()
    # The start page offers it; it does not come by itself over that.
    settings.set_number("tour_seen", 0)
    window.show_start()
    window.show_first_tour()
    assert window.tour is None
    window.session.close()


def test_a_cold_start_tells_what_is_left_and_a_warm_one_says_no_word_of_it(
    qtbot, settings, monkeypatch
):
    live = FakeLive()
    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    window.frame_timer.stop()
    window.show_start()
    window.draw()
    assert "ompil" not in window.making.pages[0].text.text() + window.making.pages[0].title.text()
    live.compile_progress, live.progress = CompilingMarket(), 0.2
    window.draw()
    assert "one to two minutes" in window.making.pages[0].text.text()
    assert "Compiling" in window.start.market.text()
    now = time.monotonic()
    for module in (tasks, making):  # the machine may be busy
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now))
    (task,) = window.tasks._tasks
    task.began -= 20
    assert task.seconds_left() is None, "no pace yet"
    task._first = (now - 20.0, 0.2)
    task.share = 0.4
    assert task.seconds_left() == pytest.approx(60.0)
    window.tasks.look()
    assert "about 60 s left" in window.tasks.rows[0].seconds.text()
    window.making._began, live.progress = now - 20.0, 0.4
    window.draw()
    assert "about 60 s left" in window.start.market.text()
    live.compile_progress, live.snapshot = None, make_snapshot(30)
    window.draw()
    assert "is ready" in window.start.market.text()
    window.session.close()


def test_the_course_of_a_compilation_only_goes_up():
    shares = [share_of_time(count) for count in range(ALL_KERNELS + 20)]
    assert shares == sorted(shares) and shares[0] == 0.0 and shares[-1] == 0.99


def test_nothing_large_is_imported_or_read_before_the_window_stands():
    """A warm start is to stand in some seconds; each of these takes one by itself.

    Nor has the source of each module been read, and kept, for Qt's binding.
    """
    code = (
        "import sys, linecache, abm_desktop.ui.app;"
        "print([n for n in ('numba', 'matplotlib', 'torch', 'ray', 'pandas', 'scipy', 'fastapi')"
        " if n in sys.modules], [n for n in linecache.cache if '/desk/' in n])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[] []"
