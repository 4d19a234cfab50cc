"""Stresses queued for a time, cancelled and ended early, and what each has done so far."""

import math
from dataclasses import replace

import numpy as np
import pytest
from fake_live import make_history
from PySide6.QtCore import Qt

from abm_desktop.desk.stress_effect import stress_effect
from abm_desktop.live.commands import (
    AddTraders,
    CancelPlanned,
    EndStress,
    Inject,
    PlaceOrder,
    SetRule,
    StepTime,
)
from abm_desktop.live.ledger import EntryState, LedgerEntry
from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import FlashCrash, LiquidityShock
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.market.effect_words import effect_text

LEFT = Qt.MouseButton.LeftButton
LOADED = 60_000
OVER = EntryState.OVER
POLICY = PolicyNet((np.zeros((13, 3), np.float32),), (np.zeros(3, np.float32),), name="p")


def rows(window):
    return [row for row in window.market.command_list.rows if not row.isHidden()]


def stands(panel, kind, title):
    """How a button says its stress stands: as there is room, behind the title or its beginning."""
    shown, _, words = panel.buttons[kind].text().partition(" · ")
    assert title.startswith(shown.removesuffix("…"))
    return words


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


def test_a_magnitude_that_cannot_be_aimed_at_is_told_while_it_is_set(window):
    panel = window.market.stress
    magnitude, told = panel.magnitudes["flash_crash"], panel.beyond["flash_crash"]
    low, high = FlashCrash.aims
    for share, is_beyond in ((low, False), (high, False), (0.2, True), (0.001, True)):
        magnitude.setValue(100.0 * share)
        assert told.isHidden() != is_beyond, share
    assert "0.5 % to 10 %" in told.text()
    # A sale of a given size has no fall that it aims at.
    panel.openers["flash_crash"].setChecked(True)
    panel.forms["flash_crash"].inputs["quantity"].box.setValue(0.02)
    assert told.isHidden()
    panel.forms["flash_crash"].reset()
    magnitude.setValue(5.0)
    assert told.isHidden()


def test_commands_that_wait_and_act_can_be_ended(qtbot, window, live):
    now = live.snapshot.time
    shown = window.market.command_list
    assert shown.empty.isVisible()
    crash, shock = Inject(stress=FlashCrash()), Inject(stress=LiquidityShock())
    acting = LedgerEntry(1, crash, now - 30.0, now - 30.0, EntryState.ACTING, now + 90.0)
    queued = LedgerEntry(2, shock, now, now + 61.0, EntryState.QUEUED, now + 181.0, planned=4)
    written = LedgerEntry(
        3, shock, 0.0, now + 99.0, EntryState.QUEUED, now + 219.0, is_written=True
    )
    live.show(commands=(acting, queued, written))
    window.draw()
    third, second, first = rows(window)
    assert first.text.text().startswith("9:29 · acting, 1:30 left") and first.bar.value() == 750
    assert second.text.text() == "9:59 · queued, begins at 11:00, in 1:01"
    assert third.text.text() == "planned in the scenario, begins at 11:38, in 1:39"
    assert shown.empty.isHidden()
    for row in (first, second, third):
        qtbot.mouseClick(row.cancel, LEFT)
    assert live.done(EndStress) == [
        EndStress(kind="flash_crash", start=now - 30.0),
        EndStress(kind="liquidity_shock", start=now + 99.0),
    ]
    assert live.done(CancelPlanned) == [CancelPlanned(number=4)]
    # While the mouse is over the list no row moves below it: a click ends what it was meant for.
    shown.is_pointed_at = lambda: True
    over = replace(queued, state=EntryState.TAKEN_BACK, ended=now)
    new = LedgerEntry(4, crash, now, now, EntryState.NEXT)
    live.show(commands=(acting, over, written, new))
    window.draw()
    assert [row.number for row in rows(window)] == [3, 2, 1, 4]
    shown.is_pointed_at = lambda: False
    live.show(commands=(acting, over, written, new))
    window.draw()
    assert [row.number for row in rows(window)] == [4, 3, 1, 2]
    # One that is over stays for its report, without a way to cancel it.
    live.show(commands=(replace(acting, state=EntryState.OVER, ended=now),), time=now + 1.0)
    window.draw()
    (over,) = rows(window)
    assert over.text.text().startswith("9:29 · ended by hand at 9:59") and over.cancel.isHidden()
    assert "spread" in over.text.text()


def test_the_status_line_follows_a_command_that_waited(qtbot, window, live):
    told = []
    window.market.command_list.answered.connect(told.append)
    now = live.snapshot.time
    window.draw()
    entry = LedgerEntry(1, Inject(stress=FlashCrash()), now, now, EntryState.NEXT)
    for state in (EntryState.NEXT, EntryState.NEXT, EntryState.ACTING, EntryState.ACTING):
        live.show(commands=(replace(entry, state=state, ends=now + 90.0),))
        window.draw()
    assert [words.partition(": ")[2].partition(";")[0] for words in told] == [
        "begins with the next event",
        "has begun",
    ]
    # One that acts at once is told once, with how long.
    second = replace(entry, number=2, state=EntryState.ACTING, ends=now + 90.0)
    for _ in range(2):
        live.show(commands=(replace(entry, state=EntryState.ACTING), second))
        window.draw()
    assert len(told) == 3 and told[2].endswith("acting, 1:30 left")


def test_what_a_stress_did():
    history = make_history(600)
    mid, half = np.full(600, 100.0), np.full(600, 0.01)
    depth = np.full(600, 50.0)
    # Falls 2 % from 300 to 320, is back at 380; spread x3 and a fifth of the depth meanwhile.
    mid[300:321] = np.linspace(100.0, 98.0, 21)
    mid[321:381] = np.linspace(98.0, 100.0, 60)
    half[301:361], depth[301:361] = 0.03, 10.0
    for name, values in (("mid", mid), ("fundamental", np.full(600, 100.0)),
                         ("best_bid", mid - half), ("best_ask", mid + half),
                         ("bid_depth", depth), ("ask_depth", depth)):  # fmt: skip
        getattr(history, name)[:] = values
    effect = stress_effect(history, 300.0, 360.0)
    assert effect.drawdown == pytest.approx(-0.02)
    assert effect.spread == pytest.approx(3.0) and effect.depth == pytest.approx(0.2)
    assert effect.recovered == 1.0 and effect.recovery_time == pytest.approx(54.0, abs=2.0)
    told = effect_text(effect).replace("\N{NO-BREAK SPACE}", " ")
    assert told == "−2.00 % · spread ×3.0 · depth 20 % · back after 0:55"
    # An auction amid it has a crossed book, which is no spread.
    history.phase[310:330] = 2
    history.best_ask[310:330] = 90.0
    assert stress_effect(history, 300.0, 360.0).spread == pytest.approx(3.0)
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
    assert acting.title.text().startswith("1  Flash crash 5\N{NO-BREAK SPACE}%")
    assert acting.accessibleName().startswith("1  Flash crash 5 %")
    assert "left\n−" in acting.text.text()
    assert stands(panel, "flash_crash", "Flash crash") in ("acting", "acts")
    qtbot.mouseClick(acting.cancel, LEFT)
    qtbot.waitUntil(lambda: not window.snapshot.stresses)
    # While the market stands, a stress is seen to be taken at once; a second click takes no more.
    window.draw()
    panel.when.setCurrentIndex(0)
    for _ in range(3):
        qtbot.mouseClick(panel.buttons["volatility_spike"], LEFT)
        assert stands(panel, "volatility_spike", "Volatility spike")
    qtbot.waitUntil(lambda: len(window.snapshot.commands) == 2)
    window.draw()
    assert window.snapshot.commands[1].state is EntryState.NEXT
    row = rows(window)[0]
    assert row.accessibleName().startswith("2  Volatility spike 3 ×")
    assert row.text.text() == "7:40 · begins with the next event; press Run"
    assert stands(panel, "volatility_spike", "Volatility spike") in ("press Run", "waits")
    panel.inject("volatility_spike")
    assert "taken already (No. 2)" in window.status.message.words
    qtbot.mouseClick(row.cancel, LEFT)
    qtbot.waitUntil(lambda: window.snapshot.commands[1].state is EntryState.TAKEN_BACK)
    window.draw()
    assert not window.snapshot.marks[1:] and panel.buttons["volatility_spike"].text() == (
        "Volatility spike"
    )
    # Every parameter can be set.
    panel.openers["liquidity_shock"].setChecked(True)
    form = panel.forms["liquidity_shock"]
    assert [given.field.name for given in form.inputs.values()] == ["thinning", "far"]
    form.inputs["far"].set(9)
    panel.inject("liquidity_shock")
    qtbot.waitUntil(lambda: len(window.snapshot.commands) == 3)
    assert window.snapshot.commands[2].command.stress.far == 9
    # Those of traders, rules and orders, and of other programs, stand in the same list.
    live = window.session.live
    live.do(AddTraders(policy=POLICY, count=3), client="robot")
    live.do(SetRule(rule="luld"))
    live.do(PlaceOrder(side=1, price=50.0, size=2))
    qtbot.waitUntil(lambda: len(window.snapshot.commands) == 6)
    window.draw()
    order, rule, traders = rows(window)[:3]
    assert "robot · 3 RL traders p" in traders.title.text()
    for row, undone in ((order, OVER), (rule, OVER), (traders, OVER)):
        number = row.number
        row.cancel.click()
        qtbot.waitUntil(
            lambda n=number, s=undone: window.snapshot.commands[n - 1].state is s, timeout=LOADED
        )
    window.close()
    window.session.close()
