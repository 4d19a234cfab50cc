"""How stresses are named, remembered and read from their models."""

from fake_live import make_snapshot
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionComboBox

from abm_desktop.desk.stress_log import StressLog
from abm_desktop.live import ActiveStress, Mark
from abm_desktop.live.commands import Inject
from abm_desktop.live.ledger import Ledger
from abm_desktop.market.statements import PolicyTradersJoined, RuleSwitched, StressInjected
from abm_desktop.scenario import FlashCrash, LiquidityShock
from abm_desktop.scenario.stress import STRESS_TYPES, stress_from_dict
from abm_desktop.ui.market.stress_button import StressButton
from abm_desktop.ui.stress_kinds import MAIN, mark_text, more_stresses, stress_kinds

ONE_WINDOW = True


def test_marks_are_written_for_people():
    assert mark_text(StressInjected("flash_crash", 0.05)) == "Flash crash 5 %"
    assert mark_text(StressInjected("volatility_spike", 3.0)) == "Volatility spike 3 ×"
    assert mark_text(StressInjected("news_jump", -0.02)) == "News jump -2 %"
    assert mark_text(RuleSwitched("luld", True)) == "Limit up, limit down on"
    assert mark_text(PolicyTradersJoined(2, "my-trader-1")) == "2 RL my-trader-1"


def test_every_kind_of_stress_the_program_knows_can_be_set_by_hand():
    assert list(stress_kinds()) == list(STRESS_TYPES)
    assert {*MAIN, *(stress.kind for stress in more_stresses())} == set(STRESS_TYPES)
    for stress in stress_kinds().values():
        mark = stress.magnitude.quantity
        assert mark.low <= stress.magnitude.default <= mark.high
        # The least and the largest that the window offers are taken.
        for magnitude in (mark.low, mark.high):
            if magnitude:
                stress_from_dict({"type": stress.kind, "magnitude": magnitude})


def test_a_kind_is_read_from_its_model():
    crash = stress_kinds()["flash_crash"]
    assert (crash.shown(0.05), crash.meaning) == (
        "5 %",
        "Price drop aimed at, from 0.5 % to 10 % in the default market",
    )
    assert crash.magnitude.quantity.high < 1.0, "of the price, though a file may count in sigmas"
    assert crash.tip.startswith("A price-insensitive sell programme")
    spike = stress_kinds()["volatility_spike"]
    assert spike.shown(3.0) == "3 ×"
    assert (spike.magnitude.quantity.low, spike.magnitude.quantity.high) == (1.0, 100.0)


def test_the_log_keeps_what_is_over_until_the_next_market():
    log = StressLog()
    crash, shock = ActiveStress("flash_crash", 0.05, 10, 100), ActiveStress("x", 1.0, 20, 30)
    log.take(make_snapshot(30, stresses=(crash, shock), time=25.0))
    log.take(make_snapshot(30, stresses=(crash,), time=31.0))
    assert log.spans == (crash, shock)
    # Taken away before its time: the shade ends there.
    log.take(make_snapshot(30, stresses=(), time=40.0))
    assert [span.end for span in log.spans] == [40.0, 30]
    log.take(make_snapshot(30, stresses=(), generation=2))
    assert log.spans == ()


def test_the_log_knows_a_stress_that_was_over_between_two_snapshots():
    log, seen = StressLog(), ActiveStress("flash_crash", 0.05, 10.0, 100.0)
    ledger = Ledger()
    ledger.take(Inject(stress=FlashCrash(duration=90.0)), 10.0)
    told = ledger.view(20.0, [("flash_crash", 10.0)], set(), set())
    log.take(make_snapshot(30, stresses=(seen,), time=20.0, commands=told))
    assert log.spans == (seen,)  # once, though both tell of it
    ledger.take(Inject(stress=LiquidityShock(duration=5.0)), 30.0)
    told = ledger.view(200.0, [], set(), set())
    log.take(make_snapshot(30, stresses=(), time=200.0, commands=told))
    assert [(s.kind, s.start, s.end) for s in log.spans] == [
        ("flash_crash", 10.0, 100.0),
        ("liquidity_shock", 30.0, 35.0),
    ]


def test_shades_stay_when_a_stress_is_over_and_go_with_their_market(window, live):
    charts = [window.market.price, window.market.volume]
    live.show(stresses=(ActiveStress("flash_crash", 0.05, 500.0, 550.0),))
    window.draw()
    live.show(stresses=(), marks=(Mark(500.0, StressInjected("flash_crash", 0.05)),))
    window.draw()
    assert all(len(chart.shades) == 1 for chart in charts)
    window.commands["view.analytics"].trigger()
    assert all(
        len(chart.plot.shades) == 1 for chart in window.analytics.page("overview").grid.charts
    )
    # The next market has a stress to come: its mark must not keep the shades of this one.
    window.commands["view.market"].trigger()
    live.show(generation=2, marks=(Mark(900.0, StressInjected("flash_crash", 0.05)),))
    window.draw()
    assert all(len(chart.shades) == 0 for chart in charts)


def test_a_kind_from_the_list_has_its_own_magnitude(qtbot, live, settings, monkeypatch):
    from abm_desktop.ui.main_window import MainWindow
    from abm_desktop.ui.market import stress_panel

    kinds = tuple(stress_kinds()[kind] for kind in ("liquidity_shock", "flash_crash"))
    monkeypatch.setattr(stress_panel, "more_stresses", lambda: kinds)
    monkeypatch.setattr(stress_panel, "MAIN", MAIN[1:2])
    monkeypatch.setattr(
        stress_panel, "main_stresses", lambda: (stress_kinds()["volatility_spike"],)
    )
    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    window.frame_timer.stop()
    window.draw()
    panel = window.market.stress
    assert panel.magnitudes["more"].suffix() == " %" and panel.durations["more"].value() == 2.0
    panel.more.setCurrentIndex(1)
    panel.magnitudes["more"].setValue(7.0)
    panel.buttons["more"].click()
    stress = live.done(Inject)[-1].stress
    assert (stress.type, stress.magnitude, stress.duration) == ("flash_crash", 0.07, 900.0)
    window.session.close()


def test_the_title_of_every_kind_fits_into_its_list(qtbot, live, settings):
    from abm_desktop.ui.main_window import MainWindow

    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    window.frame_timer.stop()
    window.resize(1280, 800)
    window.show()
    window.draw()
    more = window.market.stress.more
    QApplication.processEvents()
    option = QStyleOptionComboBox()
    more.initStyleOption(option)
    room = more.style().subControlRect(
        QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, more
    )
    titles = [more.itemText(k) for k in range(more.count())]
    assert "Stop loss cascade" in titles
    for title in titles:
        assert more.fontMetrics().horizontalAdvance(title) <= room.width(), title
    window.session.close()


def test_how_a_stress_stands_is_whole_at_every_width(qtbot):
    button = StressButton(stress_kinds()["liquidity_shock"])
    qtbot.addWidget(button)
    button.show()
    button.resize(400, 26)
    button.say("acting")
    assert button.text() == "Liquidity shock · acting"
    # Also if the width changes while nothing else does.
    button.resize(170, 26)
    assert button.text().endswith("… · acts") and button.text().startswith("Liq")
    button.resize(400, 26)
    assert button.text() == "Liquidity shock · acting"
    button.say("")
    assert button.text() == "Liquidity shock"
