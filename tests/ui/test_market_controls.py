"""Run, pause, step, reset, speed, seed and stress, by mouse and by keys."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from abm_desktop.live.commands import (
    Inject,
    PauseMarket,
    ResetMarket,
    RunMarket,
    SetSpeed,
    StepEvents,
    StepTime,
    written,
)
from abm_desktop.live.refusals import OnlyReplay
from abm_desktop.live.session_record import SessionRecord
from abm_desktop.scenario import Scenario
from abm_desktop.ui.commands import CATALOGUE
from abm_desktop.ui.market.stress_panel import MORE
from abm_desktop.ui.market.transport import LAST_NOTCH, SpeedBox, slider_to_speed, speed_to_slider

ONE_WINDOW = True

LEFT = Qt.MouseButton.LeftButton


def press(qtbot, window, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(window, key, modifier)


def test_buttons_and_keys_run_pause_step_and_reset(qtbot, window, live):
    button = window.market.transport.run_button
    assert button.text() == "Run"
    qtbot.mouseClick(button, LEFT)
    window.draw()
    assert live.done(RunMarket) and button.text() == "Pause"
    assert "Running" in window.status.state.words
    qtbot.mouseClick(button, LEFT)
    window.draw()
    assert live.done(PauseMarket) and button.text() == "Run"
    assert "Paused" in window.status.state.words

    # In the menus there are no icons of the colour of the button, which none can be read in.
    assert all(
        action.icon().isNull() or not action.isIconVisibleInMenu()
        for menu in window.menuBar().findChildren(QMenu)
        for action in menu.actions()
    )

    # By keys.
    live.commands.clear()
    window.activateWindow()
    press(qtbot, window, Qt.Key.Key_F5)
    press(qtbot, window, Qt.Key.Key_F10)
    press(qtbot, window, Qt.Key.Key_F11)
    press(qtbot, window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert live.done(RunMarket) and live.done(StepEvents) == [StepEvents(events=1)]
    assert live.done(StepTime) == [StepTime(seconds=10.0)]
    assert live.done(ResetMarket) == [ResetMarket(seed=1)]

    # A step of the length in the box.
    live.commands.clear()
    window.market.transport.interval.setValue(2.5)
    qtbot.mouseClick(window.market.transport.interval_button, LEFT)
    assert live.done(StepTime) == [StepTime(seconds=2.5)]


def test_seeds_are_shown_typed_and_drawn(qtbot, window, live):
    seed = window.market.transport.seed
    assert seed.value() == 1
    seed.setValue(42)
    qtbot.keyClick(seed, Qt.Key.Key_Return)
    assert live.done(ResetMarket) == [ResetMarket(seed=42)]
    live.show(seed=43, generation=2)
    window.draw()
    assert seed.value() == 43
    # Enter on the seed there is would drop the session for nothing.
    assert live.snapshot.events
    qtbot.keyClick(seed, Qt.Key.Key_Return)
    assert live.done(ResetMarket) == [ResetMarket(seed=42)]

    # One of more than 31 bits, and one that is none.
    live.commands.clear()
    seed.selectAll()
    qtbot.keyClicks(seed, "9876543210")
    qtbot.keyClick(seed, Qt.Key.Key_Return)
    assert live.done(ResetMarket) == [ResetMarket(seed=9_876_543_210)]
    live.show(seed=9_876_543_210, generation=3)
    window.draw()
    seed.selectAll()
    qtbot.keyClicks(seed, "99999999999999999999")
    qtbot.keyClick(seed, Qt.Key.Key_Return)
    assert len(live.done(ResetMarket)) == 1
    assert seed.text() == "9876543210"
    told = window.notice.trouble
    assert "99999999999999999999" in told.title
    assert "9876543210" in told.text and f"{2**63 - 1:,}" in told.text

    # A new one is drawn.
    live.commands.clear()
    window.commands["market.new_seed"].trigger()
    (command,) = live.done(ResetMarket)
    assert 1 <= command.seed < 2**31 - 1


def test_slider_box_and_commands_set_the_speed(window, live, settings):
    window.commands["market.faster"].trigger()
    faster = live.done(SetSpeed)[-1].speed
    window.commands["market.slower"].trigger()
    assert faster > 10.0 and live.done(SetSpeed)[-1].speed == 10.0
    window.commands["market.max_speed"].trigger()
    assert live.done(SetSpeed)[-1].speed is None

    bar = window.market.transport
    bar.slider.setValue(0)
    assert live.done(SetSpeed)[-1].speed == 0.1 and bar.box.value() == pytest.approx(0.1)
    bar.box.setValue(100.0)
    assert live.done(SetSpeed)[-1].speed == 100.0
    assert bar.slider.value() == speed_to_slider(100.0)
    bar.slider.setValue(bar.slider.maximum())
    assert live.done(SetSpeed)[-1].speed is None and bar.box.text() == "max"
    assert settings.speed is None


def test_every_notch_of_the_slider_returns_to_itself():
    for notch in range(LAST_NOTCH + 1):
        assert abs(speed_to_slider(slider_to_speed(notch)) - notch) <= 1
    assert slider_to_speed(0) == 0.1 and slider_to_speed(LAST_NOTCH) == 10_000
    assert slider_to_speed(LAST_NOTCH + 1) is None


@pytest.mark.parametrize(
    ("typed", "value"), [("x25", 25.0), ("×3,000", 3000.0), ("max", SpeedBox.UNLIMITED), ("?", 0.1)]
)
def test_speed_box_reads_what_people_type(qtbot, typed, value):
    box = SpeedBox()
    qtbot.addWidget(box)
    assert box.valueFromText(typed) == value


def test_last_speed_is_asked_for_at_the_start(live, settings, qtbot):
    from abm_desktop.ui.session import Session

    settings.speed = 250.0
    session = Session(settings)
    session.attach(live)
    assert live.done(SetSpeed) == [SetSpeed(speed=250.0)]
    session.close()


def test_one_click_injects_a_stress(qtbot, window, live):
    for kind, magnitude, duration in (
        ("flash_crash", 0.05, 900.0),
        ("volatility_spike", 3.0, 600.0),
        ("liquidity_shock", 1.0, 120.0),
    ):
        live.show(stresses=())
        window.draw()
        assert window.status.stress.words == "No stress"
        qtbot.mouseClick(window.market.stress.buttons[kind], LEFT)
        command = live.done(Inject)[-1]
        assert command.stress.type == kind and command.at is None
        assert command.stress.magnitude == pytest.approx(magnitude)
        assert command.stress.duration == pytest.approx(duration)
        window.draw()
        assert window.status.stress.words != "No stress"
    assert len(live.done(Inject)) == 3


def test_magnitude_and_duration_come_from_the_boxes_and_a_replay_has_no_stress(
    window, live, own_window
):
    panel = window.market.stress
    panel.magnitudes["flash_crash"].setValue(12.5)
    panel.durations["flash_crash"].setValue(3.0)
    window.commands["market.flash_crash"].trigger()
    (command,) = live.done(Inject)
    assert command.stress.magnitude == pytest.approx(0.125) and command.stress.duration == 180.0

    # A replay has none, and says why.
    live.show(is_replay=True, generation=2)
    window.draw()
    button = window.market.stress.buttons["flash_crash"]
    assert not button.isEnabled() and "replay" in button.toolTip()
    assert not window.commands["market.flash_crash"].isEnabled()
    assert not window.market.transport.seed.isEnabled()
    live.show(is_replay=False, generation=3)
    window.draw()
    assert button.isEnabled() and window.commands["market.flash_crash"].isEnabled()


def test_a_recorded_day_takes_only_stresses_that_send_orders(window, live):
    panel, session = window.market.stress, window.session
    session.scenario = Scenario(name="a day", recording="day.zip")
    live.show(generation=4)
    window.draw()
    assert panel.buttons["flash_crash"].isEnabled()
    for kind in ("volatility_spike", "liquidity_shock"):
        assert (
            not panel.buttons[kind].isEnabled() and "do not react" in panel.buttons[kind].toolTip()
        )
        assert not window.commands[f"market.{kind}"].isEnabled()
    more = {panel.more.itemData(k).kind: k for k in range(panel.more.count())}
    for kind, sends in (("news_jump", False), ("fat_finger", True), ("toxic_flow", False)):
        panel.more.setCurrentIndex(more[kind])
        assert panel.buttons[MORE].isEnabled() == sends
    session.scenario = None
    live.show(generation=5)
    window.draw()
    assert panel.buttons["liquidity_shock"].isEnabled() and panel.buttons[MORE].isEnabled()


def test_the_session_is_copied_as_a_script(qtbot, qapp, window, live):
    qapp.clipboard().clear()
    assert window.commands["market.copy_script"] in window.menus.market.actions()
    window.commands["market.copy_script"].trigger()
    step = {"at": 2.5, "command": written(StepEvents(events=7))}
    live.recorded.set_result(
        SessionRecord("calm", 4, 3.0, 9, 1.7e9, scenario={"name": "calm"}, commands=[step])
    )
    qtbot.waitUntil(lambda: "StepEvents(events=7).apply(market)" in qapp.clipboard().text())
    assert "copied" in window.status.message.words
    # A replay has nothing to copy: the window says why.
    window.commands["market.copy_script"].trigger()
    live.recorded.set_result(SessionRecord("day", 0, 3.0, 9, 1.7e9, replay="day.zip"))
    qtbot.waitUntil(window.notice.isVisible)
    assert "replay" in window.notice.text.text()


def test_what_is_refused_is_shown(window, live, monkeypatch):
    live.refuse(OnlyReplay())
    window.draw()
    assert "simulated market" in window.notice.text.text()

    def refuse(*_, **_options):
        raise ValueError("time must be positive")

    monkeypatch.setattr(live, "look_at", refuse, raising=False)
    window.session.look_at(-1.0, 0.0, 1.0)
    assert "positive" in window.notice.text.text()


def test_every_command_of_the_market_has_keys_and_no_keys_are_used_twice():
    keys = [c.keys for c in CATALOGUE if c.keys]
    assert len(keys) == len(set(keys))
    assert all(c.keys for c in CATALOGUE if c.group in ("market", "view"))


def test_controls_have_names_for_screen_readers_and_leave_the_chart_its_room(window):
    from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QSlider

    nameless = [
        w
        for kind in (QAbstractButton, QAbstractSpinBox, QSlider)
        for w in window.market.findChildren(kind)
        # Qt's own buttons in tab bars and docks are hidden, or name themselves.
        if not w.objectName().startswith(("qt_", "Scroll"))
        and not ((w.accessibleName() or getattr(w, "text", str)()) and w.toolTip())
    ]
    assert nameless == []

    # However large a number the boxes of stresses would take.
    assert window.market.stress.minimumSizeHint().width() < 260
