"""The venue's rules by hand, the phase of the market, and panels that move."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from abm_desktop.desk.venue_rules import venue_rules
from abm_desktop.live import RunState
from abm_desktop.live.commands import CallAuction, SetRule
from abm_desktop.live.types import ClassAccount
from abm_desktop.market.phases import REASONS
from abm_desktop.market.rules import INTERVENTIONS
from abm_desktop.market.statements import PhaseCause
from abm_desktop.scenario import Scenario
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.market import docks

ONE_WINDOW = True


def test_every_rule_of_the_market_is_there_with_its_defaults():
    shown = {rule.name: {p.name: p.default for p in rule.parameters} for rule in venue_rules()}
    assert shown == INTERVENTIONS


def test_the_chart_below_grows_and_shrinks_with_the_window(window, qtbot, monkeypatch):
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    depth, desk = window.market.desk.docks["depth"], window.market.desk

    def share_becomes(share):
        qtbot.waitUntil(lambda: abs(depth.height() / desk.height() - share) < 0.01)

    share_becomes(0.25)
    window.resize(1280, 1080)
    share_becomes(0.25)
    monkeypatch.setattr(docks, "is_dragging", lambda: True)
    desk.resizeDocks([depth], [300], Qt.Orientation.Vertical)  # as a drag does
    qtbot.waitUntil(lambda: depth.height() > 250)
    monkeypatch.undo()
    mine = depth.height() / desk.height()
    window.resize(1280, 800)
    share_becomes(mine)
    desk.reset()
    share_becomes(0.25)
    # So little room that the page keeps its least height and scrolls: afterwards all is as before.
    window.log_dock.show()
    window.resize(1280, 600)
    qtbot.waitUntil(lambda: desk.height() < 380)
    qtbot.waitUntil(lambda: not desk._fit.isActive())
    window.log_dock.hide()
    window.resize(1280, 800)
    share_becomes(0.25)


def test_a_rule_is_switched_on_with_its_parameters_and_follows_them(window, live, monkeypatch):
    row = window.market.rules.rules["luld"]
    row.boxes["band"].setValue(5.0)
    assert live.done(SetRule) == []
    row.switch.click()
    command = live.done(SetRule)[-1]
    assert (command.rule, command.on) == ("luld", True)
    assert command.values["band"] == pytest.approx(0.05) and command.values["pause"] == 300.0
    # The market has switched it: a further change takes effect at once.
    live.show(interventions=("luld",))
    window.draw()
    row.boxes["pause"].setValue(60.0)
    assert live.done(SetRule)[-1].values["pause"] == 60.0
    row.switch.click()
    assert not live.done(SetRule)[-1].on


def test_switches_follow_the_market(window, live, monkeypatch):
    rules = window.market.rules
    live.show(interventions=("price_collar", "batch_auction"))
    window.draw()
    assert {n for n, row in rules.rules.items() if row.switch.isChecked()} == {
        "price_collar",
        "batch_auction",
    }
    assert live.done(SetRule) == []
    # Refused by the market: the switch goes back.
    rules.rules["cancel_fee"].switch.click()
    monkeypatch.setattr("abm_desktop.ui.market.rules_panel.ANSWER_SECONDS", -1.0)
    live.show(time=live.snapshot.time + 1)
    window.draw()
    assert not rules.rules["cancel_fee"].switch.isChecked()


def test_a_rule_for_rl_traders_says_that_there_are_none(window, live):
    row = window.market.rules.rules["ai_halt"]
    none = tuple(replace(c, traders=0) for c in live.snapshot.classes if c.name == "rl")
    others = tuple(c for c in live.snapshot.classes if c.name != "rl")
    rl = ClassAccount("rl", 3, 0, 0.0, 0, 0, 0)
    live.show(interventions=("ai_halt", "luld"), classes=(*others, *none))
    window.draw()
    assert not row.idle.isHidden() and window.market.rules.rules["luld"].idle.isHidden()
    live.show(interventions=("ai_halt",), classes=(*others, rl))
    window.draw()
    assert row.idle.isHidden()
    live.show(interventions=(), classes=others)
    window.draw()
    assert row.idle.isHidden(), "it is off"


def test_parameters_of_the_scenario_are_shown(window, live, monkeypatch):
    window.session.scenario = Scenario.model_validate(
        {"name": "bands", "interventions": {"luld": {"band": 0.07}}}
    )
    live.show(interventions=("luld",), generation=2)
    window.draw()
    row = window.market.rules.rules["luld"]
    assert row.boxes["band"].value() == 7.0 and row.switch.isChecked()
    assert live.done(SetRule) == []


def test_an_auction_is_called(qtbot, window, live):
    window.market.rules.seconds.setValue(30)
    window.market.rules.auction.click()
    assert live.done(CallAuction) == [CallAuction(seconds=30.0)]


def test_rules_cannot_be_switched_in_a_replay(window, live):
    live.show(is_replay=True, generation=2)
    window.draw()
    rules = window.market.rules
    assert not rules.rules["luld"].switch.isEnabled() and "replay" in rules.reason.text()


def test_the_phase_stands_out_with_its_reason(window, live):
    strip = window.market.quotes
    assert strip.phase.value.text() == "Continuous" and not strip.property("level")
    live.show(phase="halted", phase_reason=PhaseCause(2))
    window.draw()
    assert strip.phase.value.text() == "Halted" and strip.property("level") == "danger"
    assert strip.phase.caption.text() == "Market-wide breaker"
    live.show(phase="continuous")
    window.draw()
    assert strip.phase.caption.text() == "Market" and not strip.property("level")
    live.show(state=RunState.ENDED, end=live.snapshot.time)
    window.draw()
    assert strip.phase.value.text() == "Session over"


def test_every_cause_of_a_phase_has_words():
    assert [str(PhaseCause(k)) for k in range(1, len(REASONS))] == list(REASONS[1:])


def test_panels_are_closed_moved_remembered_and_put_back(qtbot, window, live, settings, own_window):
    desk = window.market.desk
    titles = [a.text() for a in window.menus.panels.actions() if a.text()]
    assert titles[:4] == ["Order book", "Cumulative depth", "Flow", "Spread"]
    assert titles[4:8] == ["Events", "Stress", "Commands", "Trades"]
    assert desk.docks["events"].isHidden()
    window.menus.panels.actions()[0].trigger()
    assert desk.docks["book"].isHidden()
    desk.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, desk.docks["trades"])
    window.close()
    again = MainWindow(live, settings)
    qtbot.addWidget(again)
    again.show()
    moved = again.market.desk
    assert moved.docks["book"].isHidden()
    assert moved.dockWidgetArea(moved.docks["trades"]) == Qt.DockWidgetArea.LeftDockWidgetArea
    again.commands["view.reset_layout"].trigger()
    assert not moved.docks["book"].isHidden()
    assert moved.dockWidgetArea(moved.docks["trades"]) == Qt.DockWidgetArea.RightDockWidgetArea
    again.session.close()
