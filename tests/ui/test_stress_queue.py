"""Stresses queued for a time, cancelled and ended early, and what each has done so far."""

import math

import numpy as np
import pytest
from fake_live import make_history
from PySide6.QtCore import Qt

from abm_desktop.desk.stress_effect import stress_effect
from abm_desktop.live import ActiveStress, PlannedStress
from abm_desktop.live.commands import CancelPlanned, EndStress, Inject, StepTime
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.market.stress_list import effect_text

LEFT = Qt.MouseButton.LeftButton
LOADED = 60_000


def rows(window):
    return [row for row in window.market.stress.list.rows if not row.isHidden()]


def test_queue_in_some_seconds_or_at_a_time(qtbot, window, live):
    panel = window.market.stress
    assert not panel.seconds.isEnabled()
    panel.when.setCurrentIndex(1)
    panel.seconds.setValue(30.0)
    qtbot.mouseClick(panel.buttons["flash_crash"], LEFT)
    panel.when.setCurrentIndex(2)
    panel.seconds.setValue(900.0)
    qtbot.mouseClick(panel.buttons["liquidity_shock"], LEFT)
    panel.when.setCurrentIndex(0)
    qtbot.mouseClick(panel.buttons["volatility_spike"], LEFT)
    first, second, third = live.done(Inject)
    assert first.stress.type == "flash_crash" and first.at == live.snapshot.time + 30.0
    assert second.stress.type == "liquidity_shock" and second.at == 900.0
    assert third.stress.type == "volatility_spike" and third.at is None


def test_queued_and_acting_stresses_count_down_and_can_be_cancelled(qtbot, window, live):
    now = live.snapshot.time
    assert window.market.stress.list.none_active.isVisible()
    live.show(
        stresses=(ActiveStress("flash_crash", 0.05, now - 30.0, now + 90.0),),
        planned=(PlannedStress(4, "liquidity_shock", 1.0, now + 61.0, 120.0),),
    )
    window.draw()
    acting, queued = rows(window)
    assert acting.bar.format() == "Flash crash · 1:30" and acting.bar.value() == 750
    assert queued.bar.format() == "Liquidity shock · in 1:01"
    assert not window.market.stress.list.none_active.isVisible()
    qtbot.mouseClick(acting.cancel, LEFT)
    qtbot.mouseClick(queued.cancel, LEFT)
    assert live.done(EndStress) == [EndStress(kind="flash_crash", start=now - 30.0)]
    assert live.done(CancelPlanned) == [CancelPlanned(number=4)]
    # One that is over stays for its report, without a way to cancel it.
    live.show(stresses=(), planned=(), time=now + 1.0)
    window.draw()
    (over,) = rows(window)
    assert over.bar.format() == "Flash crash · over" and over.cancel.isHidden()
    assert "spread" in over.text.text()


def test_what_a_stress_did():
    history = make_history(600)
    mid, half = np.full(600, 100.0), np.full(600, 0.01)
    depth = np.full(600, 50.0)
    # Falls 2 % from 300 to 320, is back at 380; spread x3 and a fifth of the depth meanwhile.
    mid[300:321] = np.linspace(100.0, 98.0, 21)
    mid[321:381] = np.linspace(98.0, 100.0, 60)
    half[301:361], depth[301:361] = 0.03, 10.0
    for name, values in (("mid", mid), ("best_bid", mid - half), ("best_ask", mid + half),
                         ("bid_depth", depth), ("ask_depth", depth)):  # fmt: skip
        getattr(history, name)[:] = values
    effect = stress_effect(history, 300.0, 360.0)
    assert effect.drawdown == pytest.approx(-0.02)
    assert effect.spread == pytest.approx(3.0) and effect.depth == pytest.approx(0.2)
    assert effect.recovered == 1.0 and effect.recovery_time == pytest.approx(54.0, abs=2.0)
    told = effect_text(effect).replace("\N{NO-BREAK SPACE}", " ")
    assert told == "−2.00 % · spread ×3.0 · depth 20 % · back after 0:55"
    assert math.isnan(stress_effect(history, 599.0, 599.0).drawdown)
    assert effect_text(stress_effect(history, 599.0, 599.0)) == ""


def test_with_a_real_market(qtbot, settings):
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.session.start_engine()
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: window.snapshot is not None, timeout=LOADED)
    window.session.live.do(StepTime(seconds=60.0))
    qtbot.waitUntil(lambda: window.snapshot.time >= 60.0)
    panel = window.market.stress
    panel.when.setCurrentIndex(1)
    panel.seconds.setValue(20.0)
    panel.inject("flash_crash")
    qtbot.waitUntil(lambda: len(window.snapshot.planned) == 1)
    window.session.live.do(StepTime(seconds=400.0))
    qtbot.waitUntil(lambda: len(window.snapshot.stresses) == 1, timeout=LOADED)
    assert window.snapshot.stresses[0].start == pytest.approx(80.0)
    (acting,) = rows(window)
    assert acting.text.text().startswith("−")
    qtbot.mouseClick(acting.cancel, LEFT)
    qtbot.waitUntil(lambda: not window.snapshot.stresses)
    window.close()
    window.session.close()
