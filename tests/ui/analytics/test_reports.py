"""The pages Stress, Returns, Facts and Compare, from what a person does to what is shown."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from fake_live import make_snapshot
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from abm_desktop.live import TRADER_CLASSES, ActiveStress, RunState
from abm_desktop.live.packed_run import PackedRun
from abm_desktop.market.simulator import Simulator
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario import Scenario, load_scenario
from abm_desktop.tape_files import write_tape
from abm_desktop.ui.analytics import facts_page
from abm_desktop.ui.analytics.range_picture import PICTURE

ONE_WINDOW = True

START = 1000.0


def crash_snapshot(until=1800, **changes):
    """A market whose price falls by 5 % within 100 s, and is back to the half after 250 s more."""
    whole = make_snapshot(2400)
    h = whole.history
    t = h.time - START
    path = np.interp(t, [0, 100, 350, 1400], [0.0, -0.05, -0.024, -0.024])
    mid = 100.0 * (1.0 + path) + 0.002 * (np.arange(len(t)) % 3)
    spread = np.where((t > 0) & (t < 60), 0.12, 0.01)
    depth = np.where((t > 0) & (t < 60), 10.0, 50.0)
    pnl = np.zeros_like(h.class_pnl)
    pnl[:, 1], pnl[:, 6] = np.where(t > 0, 300.0, 0.0), np.where(t > 0, -300.0, 0.0)
    bid = np.floor(mid * 100.0 + 1e-6) / 100.0
    history = replace(
        h, mid=mid, best_bid=bid, best_ask=bid + spread, bid_depth=depth, ask_depth=depth,
        fundamental=np.full(len(t), 100.0), class_inventory=np.zeros_like(pnl), class_pnl=pnl,
    )  # fmt: skip
    n = int(np.searchsorted(h.time, until)) + 1
    cut = type(history)(*(getattr(history, f)[:n] for f in history.__dataclass_fields__))
    fills = whole.fills[whole.fills["time"] <= until * 1e9]
    acting = (ActiveStress("flash_crash", 0.05, START, START + 300.0),)
    values = {
        "time": float(until), "history": cut, "fills": fills, "trades": len(fills),
        "stresses": acting if START < until < START + 300 else (), **changes,
    }  # fmt: skip
    return replace(whole, **values)


def rows(table):
    return {row[0]: row[1:] for row in table.texts()}


def test_a_crash_is_reported_while_it_goes_on_until_the_market_is_reset(window, inline):
    live = window.session.live
    window.commands["analytics.stress"].trigger()
    page = window.analytics.page("stress")

    def show(snapshot):
        live.snapshot = snapshot
        page._last = -np.inf  # as if some seconds had passed
        window.draw()

    window.draw()
    assert page.places.currentWidget() is page.empty and "Ctrl+Shift+F" in page.empty.text.text()

    show(crash_snapshot(1050))
    show(crash_snapshot(1800))
    found = rows(page.table)
    assert found["Fall"] == ["−5.00 %"]
    assert found["Largest excursion"] == ["5.00 %"]
    assert found["Below fundamental value"] == ["−5.00 %"]
    assert found["Lowest after"] == ["100 s"]
    assert found["Widest spread"] == ["12 ticks"]
    assert found["Depth at its lowest"] == ["10.0 lots"]
    # From the low at 100 s: half of the way back is made 240.4 s later, nine tenths never.
    assert found["Price recovery t50"] == ["241 s"]
    assert found["Price recovery t90"] == ["> 700 s"]
    assert found["Spread resiliency t50"] == ["59 s"] == found["Depth resiliency t90"]
    assert float(found["Volatility × calm before"][0][1:]) > 3
    assert "within this run" in page.note.text()
    # Who won, and who lost.
    texts = page.classes.texts()
    assert texts[0][:2] == ["Market makers", "+300"]
    assert texts[-1][:2] == ["Stress seller", "−300"]

    # It grows while the market runs.
    chart = page.charts.price_plot
    assert chart._time[-1] == pytest.approx(1800.0, abs=5)
    assert chart.describe(START + 100.0).splitlines()[1].startswith("mid -5.0")
    show(crash_snapshot(2200, state=RunState.RUNNING))
    assert rows(page.table)["Price recovery t90"] == ["> 1,100 s"]
    assert chart._time[-1] == pytest.approx(2200.0, abs=5)

    # Each stress has its column, and the charts show the chosen.
    show(crash_snapshot(2250, stresses=(ActiveStress("liquidity_shock", 1.0, 2220.0, 2300.0),)))
    assert page.table.titles()[1].startswith("Liquidity shock")
    assert page.choice.count() == 2 and page.choice.currentIndex() == 0
    assert page.charts._key == ("liquidity_shock", 2220.0)
    page.choice.setCurrentIndex(1)
    assert page.charts._key == ("flash_crash", START)
    assert "0.0" not in rows(page.table)["Fall"][1]

    # No title is cut, however many there are.
    kinds = ("liquidity_shock", "stop_loss_cascade", "volatility_spike", "toxic_flow")
    live.show(stresses=tuple(ActiveStress(k, 0.05, 60.0, 70.0) for k in kinds))
    window.draw()
    header = page.table.horizontalHeader()
    assert header.count() > 5 and header.textElideMode() is Qt.TextElideMode.ElideNone
    for k, title in enumerate(page.table.titles()):
        needed = max(header.fontMetrics().horizontalAdvance(line) for line in title.splitlines())
        assert header.sectionSize(k) >= needed, title

    show(make_snapshot(60, generation=2))
    assert page.places.currentWidget() is page.empty


def test_returns_of_a_run_and_of_a_window_of_it(qtbot, window, analytics):
    analytics.show_page("returns")
    page = analytics.page("returns")
    assert page.report.interval == 10.0 and rows(page.table)["Returns"] == ["179"]
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "Measure\tValue" and lines[1] == "Returns\t179"

    # Another interval.
    page.interval.setCurrentIndex(0)
    assert page.report.interval == 1.0 and rows(page.table)["Returns"] == ["1,799"]
    h = window.snapshot.history
    r = np.diff(np.log(h.mid))
    assert page.report.values["sd_bp"] == pytest.approx(1e4 * r.std())
    assert page.report.band == pytest.approx(2 / np.sqrt(1799))
    # Independent normal returns: nearly all autocorrelations within the band, no excess kurtosis.
    assert np.mean(np.abs(page.report.autocorrelation) < page.report.band) > 0.85
    assert abs(page.report.values["kurtosis"]) < 0.6
    area = page.report.density.sum() * np.diff(page.report.centres[:2])[0]
    assert area == pytest.approx(1.0)
    assert len(page._points.getData()[0]) > 200 and len(page._signature.getData()[0]) >= 8

    # Only what is measured.
    assert not page.only_window.isEnabled()
    analytics.context.time.choose(100.0, 700.0)
    page.only_window.setChecked(True)
    assert (page.report.left, page.report.right) == (100.0, 700.0)
    analytics.context.time.clear_stretch()
    assert not page.only_window.isEnabled() and page.report.left == 0.0

    # Too few.
    window.session.live.snapshot = make_snapshot(60, generation=5)
    window.draw()
    page.interval.setCurrentIndex(4)
    assert "20 are needed" in page.note.text() and page.table.rowCount() == 0


def short_scenario():
    calm = load_scenario(scenario_dir() / "calm.toml")
    market = calm.market.model_copy(update={"session": 1200.0, "warm_up": 60.0})
    return calm.model_copy(update={"name": "short", "seed": 5, "market": market})


def test_facts_are_measured_by_the_button_and_their_command_is_copied(
    qtbot, monkeypatch, window, analytics, inline
):
    analytics.show_page("facts")
    page = analytics.page("facts")
    assert page.places.currentWidget() is page.empty
    qtbot.mouseClick(page.start, Qt.MouseButton.LeftButton)
    found = rows(page.table)
    kurtosis = found["Excess kurtosis, 1 min"]
    assert kurtosis[0] == "Cont 2001" and kurtosis[4] == "3 to 50" and kurtosis[5] == "FAIL"
    assert found["Metaorder impact: exponent delta"][5] == "–"
    assert "use `abm-desktop facts`" in found["Metaorder impact: exponent delta"][0]
    assert "pass" in page.note.text() and page.progress.value() == 1000
    # Facts are told apart by their names; a source may be cut.
    assert page.table.columnWidth(0) >= page.table.sizeHintForColumn(0)
    assert "too short" in page.warning.text()

    window.session.file = window.session.bundled()[0]
    page.show_snapshot(window.snapshot, everything=True)
    qtbot.mouseClick(page.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "abm-desktop facts calm --sessions 20"
    assert page.told.text() == QGuiApplication.clipboard().text()

    # Many sessions, in a process of their own, with intervals, pictures and charts.
    monkeypatch.setattr(facts_page, "Worker", lambda _parent: inline)
    window.session.scenario = None
    page.start_many.click()
    assert "no scenario" in page.note.text() and page.charts.isHidden()
    window.session.scenario = short_scenario()
    page.sessions.setValue(3)
    page.start_many.click()
    assert page.note.text().startswith("short, 3 sessions, seeds 5 to 7: ")
    clustering = next(row for row in page.table.texts() if "lag 1 of |r|" in row[0])
    low, high = (float(each.replace("−", "-")) for each in clustering[4].split(" to "))
    assert low <= float(clustering[3].replace("−", "-")) <= high
    pictures = [
        page.table.item(r, facts_page.PICTURES).data(PICTURE) for r in range(page.table.rowCount())
    ]
    ranged = [bool(row[5]) and row[3] != "–" for row in page.table.texts()]
    assert [picture is not None for picture in pictures] == ranged and any(ranged)
    assert page.charts.isVisible()
    for plot in (page.charts.clustering, page.charts.signs, page.charts.tail):
        assert all(np.isfinite(column).any() for column in plot.export_columns().values())

    # A run that is too short.
    window.session.live.snapshot = make_snapshot(300, generation=7)
    window.draw()
    window.commands["analytics.measure_facts"].trigger()
    assert "600 s are the least" in page.note.text() and page.start.isEnabled()

    # Measuring is cancelled.
    cancelled = []
    job = SimpleNamespace(is_over=False, cancel=lambda: cancelled.append(True))
    inline.run = lambda *_, **__: job
    page.measure()
    assert page.stop.isVisible() and not page.start.isEnabled()
    qtbot.mouseClick(page.stop, Qt.MouseButton.LeftButton)
    assert len(cancelled) == 1 and page.start.isEnabled() and not page.stop.isVisible()


def test_a_run_that_was_reset_is_compared_with_the_new_one(qtbot, window, analytics, own_window):
    window.session.live.snapshot = make_snapshot(1200, generation=2, seed=9)
    window.draw()
    window.commands["analytics.compare"].trigger()
    page = analytics.page("compare")
    titles = [page.list.item(k).text() for k in range(page.list.count())]
    assert titles == ["Now: Calm · seed 9", "1: Calm · seed 1"]
    found = rows(page.table)
    assert found["Trading time, s"] == ["1,199", "1,199", "0"]
    a, b = (page.reports[k].values["volume"] for k in ("present", "run 1"))
    shown = [float(t.replace(",", "").replace("−", "-")) for t in found["Volume, lots"]]
    assert shown == [a, b, pytest.approx(b - a)]
    assert len(page.charts.plots["price"]._shown) == 2
    page.charts.plots["price"].hovered.emit(600.0, 0.0)
    assert "10:00" in page.charts.plots["spread"].cursor_text

    # A run is taken out, and in again.
    page.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert list(page.reports) == ["present"] and page.table.columnCount() == 2
    page.list.item(1).setCheckState(Qt.CheckState.Checked)
    assert list(page.reports) == ["present", "run 1"]

    # Packed meanwhile, it measures the same; that alone is no reason to measure again.
    before = page.reports["run 1"]
    qtbot.waitUntil(
        lambda: all(isinstance(run.data, PackedRun) for run in window.session.run_log.runs)
    )
    window.draw()
    assert page.reports["run 1"] is before
    page.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    page.list.item(1).setCheckState(Qt.CheckState.Checked)
    again = page.reports["run 1"]
    assert again is not before and again.values == pytest.approx(before.values, nan_ok=True)


def test_a_fork_is_named_and_only_the_last_runs_are_kept(window, analytics, own_window):
    live, log = window.session.live, window.session.run_log
    live.snapshot = make_snapshot(600, generation=2, forked_from=(1, 300.0))
    window.draw()
    analytics.show_page("compare")
    assert analytics.page("compare").list.item(0).text() == "Now: Calm · seed 1 · fork at 5:00"
    for k in range(3, 12):
        live.snapshot = make_snapshot(100, generation=k)
        window.draw()
    assert log.count == 10 and [run.number for run in log.runs] == [5, 6, 7, 8, 9, 10]
    live.snapshot = make_snapshot(5, generation=12)
    window.draw()
    live.snapshot = make_snapshot(100, generation=13)
    window.draw()
    assert log.count == 11  # the five seconds were not worth keeping


def test_a_saved_run_is_added_and_removed(
    qtbot, window, analytics, tmp_path, monkeypatch, own_window
):
    scenario = Scenario.model_validate({"name": "kept", "market": {"warm_up": "10s"}})
    simulator = Simulator(scenario, 3)
    simulator.warm_up()
    simulator.run(120.0)
    write_tape(simulator, tmp_path / "kept-3")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "kept-3"))
    analytics.show_page("compare")
    page = analytics.page("compare")
    page.add_saved_run(tmp_path)
    assert "no samples.parquet" in page.note.text() and page.list.count() == 1
    window.commands["analytics.add_run"].trigger()
    assert page.list.item(1).text() == "kept (kept-3) · seed 3"
    assert page.reports["saved 1"].seconds == 120.0
    volume = rows(page.table)["Volume, lots"][1]
    traded = simulator.tape.trades
    after = traded["time"] > 10e9
    assert volume == f"{traded['size'][after].sum():,}"
    qtbot.mouseClick(page.remove_button, Qt.MouseButton.LeftButton)
    assert "Only saved runs" in page.note.text()
    page.list.setCurrentRow(1)
    qtbot.mouseClick(page.remove_button, Qt.MouseButton.LeftButton)
    assert page.list.count() == 1 and list(page.reports) == ["present"]


def test_a_replay_says_that_nobody_knows_who_traded(window, analytics):
    nan = np.full((600, len(TRADER_CLASSES)), np.nan)
    snapshot = make_snapshot(600, generation=4, is_replay=True, classes=())
    history = replace(snapshot.history, class_pnl=nan, class_inventory=nan)
    window.session.live.snapshot = replace(snapshot, history=history)
    window.draw()
    analytics.show_page("traders")
    hints = [c.plot.hint.text() for c in analytics.page("traders").grid.charts]
    assert all("does not tell who traded" in hint for hint in hints)
    window.commands["analytics.measure"].trigger()
    assert not analytics.window_panel.classes_panel.isVisible()
    assert rows(analytics.window_panel.table)["Excess volatility"] == ["–"]
