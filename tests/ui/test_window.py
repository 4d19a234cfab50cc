"""The window as a whole: frames, tabs, themes, empty states, RL tab, closing."""

import asyncio
import math
import sys
import types

import pytest
from fake_live import FakeLive, make_snapshot
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget
from support.live_markets import policy as random_policy

from abm_desktop.desk.laboratory import Laboratory
from abm_desktop.desk.statements import NotNowError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.live import Mark, RunState
from abm_desktop.live.commands import AddTraders, RunMarket
from abm_desktop.live.statements import CompilingMarket, LoadingScenario
from abm_desktop.market.statements import (
    OffLadder,
    PolicyTradersJoined,
    StressInjected,
)
from abm_desktop.scenario import Scenario
from abm_desktop.ui import main_window, theme
from abm_desktop.ui.controls import ANALYTICS
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.stylesheet import progress
from abm_desktop.ui.trouble import Trouble

ONE_WINDOW = True


def test_before_the_first_snapshot_the_window_says_what_is_going_on(qtbot, settings):
    live = FakeLive()
    live.compile_progress = CompilingMarket()
    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    window.draw()
    assert window.making.pages[0].title.text().startswith("Compiling the market")
    assert "Compiling" in window.status.state.words
    live.snapshot = make_snapshot(30)
    live.compile_progress = None
    window.draw()
    assert window.market.isVisibleTo(window)
    window.session.close()


def test_while_a_market_is_made_every_command_answers_at_once(qtbot, window, live, tmp_path):
    """What would act on the market on show is not asked of the one that comes."""
    window.draw()
    live.compile_progress = LoadingScenario("calm")
    before, said = list(live.commands), []
    window.session.said.connect(said.append)
    market = window.market
    acts = {
        "Buy 5 at market": window.commands["market.buy"].trigger,
        "Step:": window.commands["market.step_event"].trigger,
        "Step time": window.commands["market.step_interval"].trigger,
        "Reset": window.commands["market.new_seed"].trigger,
        "Flash crash": lambda: market.stress.inject("flash_crash"),
        "Limit up, limit down on": market.rules.rules["luld"].switch.click,
        "Auction": market.rules.auction.click,
        "Copy as Python": window.commands["market.copy_script"].trigger,
        "Save session": lambda: window.files.save(tmp_path / "mine"),
        "Export session": lambda: window.files.save_script(tmp_path / "mine.py"),
    }
    for title, act in acts.items():
        said.clear()
        act()
        assert said and said[-1].startswith(title), (title, said)
        assert "not now (loading calm)" in said[-1]
    assert live.commands == before and not live.called("record")
    assert market.stress._asked == {}
    assert window.session.change(Scenario(name="other")) is False

    window.commands["market.toggle"].trigger()
    assert said[-1] == "Run: as soon as the market is there (loading calm)."
    assert "Run" in window.status.message.words
    assert live.commands == [*before, RunMarket()]
    live.compile_progress = None
    window.commands["market.buy"].trigger()
    assert len(live.commands) == len(before) + 2

    # Before any market was asked for there is nothing that could run.
    live.compile_progress, shown = CompilingMarket(), live.snapshot
    live.snapshot = None
    assert window.session.do(RunMarket()) is None and "Run: not now" in said[-1]
    live.compile_progress, live.snapshot = None, shown


def test_without_any_market_the_window_says_how_to_open_one(qtbot, settings, tmp_path):
    live = FakeLive()
    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    window.session.open(tmp_path / "gone.toml")
    window.draw()
    assert "Preparing" in window.making.pages[0].title.text()
    qtbot.waitUntil(lambda: "No market is open" in window.making.pages[0].title.text())
    assert "Ctrl+O" in window.making.pages[0].text.text()
    assert "Likeness and Calibrate" in window.making.pages[1].text.text()
    assert "Likeness" not in window.making.pages[0].text.text()
    window.session.close()


def test_without_any_market_a_day_can_be_calibrated(qtbot, settings):
    window = MainWindow(FakeLive(), settings)
    qtbot.addWidget(window)
    window.commands["view.analytics"].trigger()
    window.draw()
    assert window._stacks[1].currentWidget() is window.making.pages[1]
    window.commands["analytics.calibration"].trigger()
    window.draw()
    assert window._stacks[1].currentWidget() is window.analytics
    assert window.analytics.page("calibration").start.isEnabled()
    # Another page shows the market that is open; there is none.
    window.commands["analytics.overview"].trigger()
    window.draw()
    assert window._stacks[1].currentWidget() is window.making.pages[1]
    window.session.close()


def test_the_frame_timer_draws_new_snapshots(qtbot, window, live):
    window.frame_timer.start()
    live.show(source="Other market")
    qtbot.waitUntil(lambda: "Other market" in window.windowTitle())


def test_only_the_visible_tab_draws(window, live, monkeypatch):
    drawn = []
    monkeypatch.setattr(window.market, "show_snapshot", lambda *_: drawn.append("market"))
    monkeypatch.setattr(
        window.analytics, "show_snapshot", lambda *_, **__: drawn.append("analytics")
    )
    live.show(time=700.0)
    window.draw()
    window.draw()
    assert drawn == ["market"]
    window.commands["view.analytics"].trigger()
    assert drawn == ["market", "analytics"]
    live.show(time=701.0)
    window.draw()
    assert drawn == ["market", "analytics", "analytics"]


def test_status_bar_and_notice_tell_what_is_and_do_not_widen_the_window(
    qapp, window, live, own_window
):
    live.show(state=RunState.RUNNING, time=3725.0, alarms=(OffLadder(3),))
    window.draw()
    assert window.status.time.words == "1:02:05 / 6:30:00"
    assert "×9.8" in window.status.speed.words and "812" in window.status.speed.words
    assert window.status.alarms.words == "3 orders refused: price off the ladder"

    # Long names and alarms do not widen the window.
    qapp.processEvents()  # all is laid out
    before = window.minimumSizeHint().width()
    live.show(source="a_very_long_name_" * 12, alarms=(OffLadder(10**90),))
    window.draw()
    window.notice.show_trouble(Trouble("x" * 400, "y " * 400))
    assert window.minimumSizeHint().width() <= max(before, 1000)
    assert window.market.quotes.source.toolTip() == live.snapshot.source

    # A market that stopped is explained.
    live.show(state=RunState.FAILED, error="ValueError: the pool is full")
    window.draw()
    assert "pool is full" in window.notice.text.text() and "Ctrl+R" in window.notice.text.text()


def test_theme_menu_switches_every_widget_and_is_remembered(window, settings, own_window):
    for action in window.menus.themes.actions():
        action.trigger()
        name = action.objectName().removeprefix("theme.")
        assert theme.current().name == name == settings.theme
        assert action.isChecked()
        background = window.market.price.backgroundBrush().color().name()
        assert background == theme.current().colors.panel
    window.commands["view.next_theme"].trigger()
    assert theme.current().name == "dark"


def test_unknown_theme_is_refused_by_name(qapp):
    with pytest.raises(KeyError, match="neon"):
        theme.apply(qapp, "neon")


@pytest.mark.parametrize("name", theme.THEMES)
def test_colours_are_readable_on_their_panel(name):
    """Text needs a contrast of 4.5, lines and marks 3 (WCAG 2.1)."""

    def luminance(color):
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(a, b):
        high, low = sorted((luminance(a), luminance(b)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    colors = theme.THEMES[name].colors
    for back in (colors.panel, colors.background, colors.raised):
        assert contrast(colors.text, back) >= 7
        assert contrast(colors.muted, back) >= 4.5
    for role in ("bid", "ask", "danger", "warning", "good", "fundamental"):
        assert contrast(colors[role], colors.panel) >= 4.5, role
    for color in colors.series:
        assert contrast(color, colors.panel) >= 3
    for sides in theme.SIDES.values():
        for color in sides.colors[name]:
            assert contrast(color, colors.panel) >= 4.5, (sides.title, color)
    assert contrast(colors.on_accent, colors.accent) >= 4.5
    # Words of a progress bar stand on its filled part too.
    assert contrast(colors.text, progress(colors)) >= 4.5


def test_charts_show_windows_of_time_marks_replays_and_empty_books(window, live, own_window):
    for k, (seconds, button) in enumerate(
        zip((30.0, 300.0, 1800.0, None), window.market.price_panel.windows.buttons(), strict=True)
    ):
        window.commands[f"view.window_{k}"].trigger()
        assert window.market.view.window == seconds and button.isChecked()
    window.market.price_panel.windows.button(0).click()
    low, high = window.market.price.getPlotItem().getViewBox().viewRange()[0]
    assert high - low == pytest.approx(30.0)
    assert low < live.snapshot.time < high

    # Marks are drawn once, and go with their market.
    live.show(
        marks=(
            Mark(500.0, StressInjected("flash_crash", 0.05)),
            Mark(550.0, PolicyTradersJoined(8)),
        )
    )
    window.draw()
    live.show(time=live.snapshot.time + 1)
    window.draw()
    lines = window.market.price.mark_lines
    assert [line.toolTip() for line in lines] == ["Flash crash 5 %", "8 RL"]
    live.show(marks=(), generation=2)
    window.draw()
    assert window.market.price.mark_lines == []

    # A replay shows no fundamental value.
    history = live.snapshot.history
    live.show(is_replay=True, fundamental=math.nan, generation=3)
    history.fundamental[:] = math.nan
    window.draw()
    assert "value" not in window.market.price_panel.legend.text()
    assert window.market.quotes.figures["value"].isHidden()
    assert window.market.price._fundamental.getData()[0] is None or not len(
        window.market.price._fundamental.getData()[0]
    )

    # An empty book is drawn.
    empty = live.snapshot.bids[:0]
    live.show(bids=empty, asks=empty, best_bid=math.nan, best_ask=math.nan, mid=math.nan,
              last_price=math.nan, recent_trades=live.snapshot.recent_trades[:0])  # fmt: skip
    window.draw()
    window.grab()
    assert window.market.ladder.describe() == "The book is empty."


def test_a_market_without_history_yet_is_drawn_on_both_tabs(qtbot, window, live, own_window):
    snapshot = make_snapshot(30)
    arrays = {name: getattr(snapshot.history, name)[:0] for name in snapshot.history.__slots__}
    live.snapshot = make_snapshot(30, history=type(snapshot.history)(**arrays), generation=5)
    window.draw()
    assert "F5" in window.market.price.hint.text()
    window.commands["view.analytics"].trigger()
    assert all(
        "F5" in chart.plot.hint.text() for chart in window.analytics.page("overview").grid.charts
    )
    window.grab()
    live.show(history=snapshot.history)
    window.draw()
    window.commands["view.market"].trigger()
    assert not window.market.price.hint.isVisible()


def test_shortcut_sheet_lists_every_command_with_keys(window):
    from PySide6.QtWidgets import QDialog, QLabel

    from abm_desktop.ui.commands import CATALOGUE, plain_title

    window.commands["help.shortcuts"].trigger()
    (sheet,) = [d for d in window.findChildren(QDialog) if d.isVisible()]
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    assert {plain_title(c.title) for c in CATALOGUE if c.keys} <= texts
    sheet.close()
    window.commands["help.about"].trigger()


def test_geometry_tab_and_theme_come_back(qtbot, window, live, settings, own_window):
    window.resize(1000, 700)  # the offscreen screen is 800 x 800: Qt restores no wider window
    window.tabs.setCurrentIndex(ANALYTICS)
    window.close()
    again = MainWindow(FakeLive(make_snapshot()), settings)
    qtbot.addWidget(again)
    assert again.height() == 700
    assert again.tabs.currentIndex() == ANALYTICS
    again.session.close()


def test_closing_announces_itself_and_shutdown_ends_market_and_training(
    qtbot, window, live, monkeypatch, own_window
):
    monkeypatch.setattr(main_window, "KEEP_SECONDS", 0.01)  # this market never answers
    ended = []

    class Tab(QWidget):
        is_training = True

        async def close_training(self):
            ended.append("training")

    window.rl = Tab()
    qtbot.addWidget(window.rl)
    with qtbot.waitSignal(window.closed):
        window.commands["file.quit"].trigger()
    assert not window.frame_timer.isActive()
    asyncio.run(window.shutdown())
    assert ended == ["training"] and live.closed
    asyncio.run(window.remote.end())  # once more does nothing


class FakeRL(QWidget):
    load_policy_requested = Signal(object, int, str)
    market_requested = Signal(object)
    watch_requested = Signal(object)
    moment_requested = Signal(float)
    status_message = Signal(str)
    trouble = Signal(object)
    state_changed = Signal()
    is_training = False
    work = None
    scenario = None
    models = types.SimpleNamespace(count=types.SimpleNamespace(setValue=lambda number: None))
    ticks = 0

    def __init__(self, controller):
        super().__init__()
        self.controller = controller

    def set_scenario(self, path):
        self.scenario = path

    def read_decisions_by(self, read):
        self.read_decisions = read

    def tick(self, snapshot):
        self.ticks += 1

    def rest(self):
        pass

    def reasons(self):
        return {"pause": "No training runs"}

    async def close_training(self):
        pass


def test_a_laboratory_that_is_handed_in_outlives_the_window(
    qtbot, live, settings, window, monkeypatch, own_window
):
    """A server beside the window has it too; that of a window ends with the window."""
    monkeypatch.setattr(main_window, "KEEP_SECONDS", 0.01)
    with Laboratory() as laboratory:
        shared = MainWindow(live, settings, laboratory)
        qtbot.addWidget(shared)
        shared.load_rl_tab()
        assert shared.rl.controller.trainings is laboratory.trainings
        runs = shared.analytics.page("experiments").controller.runs
        assert runs is laboratory.experiments
        assert window.session.laboratory.trainings is not laboratory.trainings
        for each in (shared, window):
            asyncio.run(each.shutdown())
        number = laboratory.trainings.enqueue(TrainingConfig())
        assert laboratory.trainings.waiting == (number,)
        assert laboratory.computing.run(divmod, 7, 2).result(60) == (3, 1)
        with pytest.raises(NotNowError):
            window.session.laboratory.trainings.enqueue(TrainingConfig())
    with pytest.raises(NotNowError):
        laboratory.trainings.enqueue(TrainingConfig())


@pytest.fixture
def rl_module(monkeypatch):
    module = types.ModuleType("abm_desktop.ui.rl.tab")
    module.RLTab = FakeRL
    monkeypatch.setitem(sys.modules, "abm_desktop.ui.rl.tab", module)
    return module


def test_rl_tab_is_loaded_ticked_when_visible_and_feeds_the_market(
    window, live, rl_module, own_window
):
    window.load_rl_tab()
    window.draw()
    assert window.rl.ticks == 0
    window.commands["view.rl"].trigger()
    assert window.rl.ticks == 1
    policy = random_policy()
    window.rl.load_policy_requested.emit(policy, 3, "ppo-1")
    assert [(c.policy, c.count) for c in live.done(AddTraders)] == [(policy, 3)]
    # Its decisions are computed by the market, and looked at on the tab of it.
    window.rl.read_decisions(1, 20.0, 60)
    assert live.called("decisions_until") == [(1, 20.0, 60)]
    window.rl.moment_requested.emit(100.0)
    assert window.market.isVisible() and window.market.time_bar.time == 100.0
    window.rl.is_training = True
    window.draw()
    assert window.status.training.words == "Training"


def test_a_reset_tells_that_traders_loaded_by_hand_left(qtbot, window, live):
    window.session.add_policy_traders(random_policy(), 3)
    with qtbot.waitSignal(window.session.said) as told:
        window.session.reset(7)
    assert "loaded by hand (3)" in told.args[0]
    with qtbot.assertNotEmitted(window.session.said):
        window.session.reset(7)


def test_rl_tab_learns_which_scenario_is_open(qtbot, window, live, rl_module, tmp_path, own_window):
    window.load_rl_tab()
    window.frame_timer.start()
    file = tmp_path / "mine.toml"
    file.write_text('name = "Mine"\n')
    window.session.open(file)
    qtbot.waitUntil(lambda: window.rl.scenario == file)


def test_a_broken_rl_tab_leaves_the_others_working(window, monkeypatch, own_window):
    monkeypatch.setitem(sys.modules, "abm_desktop.ui.rl.tab", None)
    window.load_rl_tab()
    page = window._rl_place.currentWidget()
    assert "doctor" in page.text.text()
    window.draw()
