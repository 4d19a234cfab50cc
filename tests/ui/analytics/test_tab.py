"""Pages of the Analytics tab, its axis of time, and the measured window."""

from dataclasses import replace

import numpy as np
import pytest
from fake_live import make_snapshot
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu

from abm_desktop.desk.analytics.titles import WINDOW_MEASURES
from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.live import TRADER_CLASSES
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.controls import ANALYTICS, MARKET
from abm_desktop.ui.widgets.chart_export import FullScreen, save_csv
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.plots import data_position

ONE_WINDOW = True


def charts(analytics):
    return analytics.page("overview").grid.charts


def drag(qtbot, plot, left, right, modifier=Qt.KeyboardModifier.NoModifier):
    """Drag over a time chart from one time to another."""
    middle = sum(plot.span_y) / 2
    a, b = (data_position(plot, t, middle).toPoint() for t in (left, right))
    qtbot.mousePress(plot.viewport(), Qt.MouseButton.LeftButton, modifier, a)
    qtbot.mouseMove(plot.viewport(), (a + b) / 2)
    qtbot.mouseMove(plot.viewport(), b)
    qtbot.mouseRelease(plot.viewport(), Qt.MouseButton.LeftButton, modifier, b)


def test_every_page_has_a_command_and_is_built_when_it_is_first_shown(window, analytics, tmp_path):
    assert list(analytics._pages) == ["overview"]
    for page in PAGES:
        window.commands[f"analytics.{page.name}"].trigger()
        assert analytics.page_name == page.name
        assert analytics.stack.currentWidget() is analytics.page(page.name)
        window.grab()
    assert set(analytics._pages) == {page.name for page in PAGES}

    # Every chart has its menu at hand.
    for name in ("overview", "traders", "returns", "compare"):
        analytics.show_page(name)
        panels = analytics.page(name).findChildren(ChartPanel)
        assert len(panels) >= 4
        for panel in panels:
            assert panel.menu_button.accessibleName()
            panel.menu_button.click()
            (menu,) = [m for m in panel.findChildren(QMenu) if m.isVisible()]
            names = {a.objectName() for a in menu.actions()} - {""}
            assert {"chart.csv", "chart.copy", "chart.full_screen"} <= names
            assert len({"chart.figure", "chart.png"} & names) == 1  # a table is no figure
            menu.close()
            file = tmp_path / "data.csv"
            save_csv(panel._chart, file)
            assert file.read_text().count("\n") > 3, panel.title.text()


def test_traders_in_the_table_add_up_and_the_cursor_is_on_all_their_charts(analytics):
    analytics.show_page("traders")
    page = analytics.page("traders")
    model = page.table.model()
    head = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]
    columns = {name: [model.index(r, c).data() for r in range(5)] for c, name in enumerate(head)}
    for name in ("Maker", "Taker", "Share"):
        assert sum(float(t.rstrip(" %")) for t in columns[name]) == pytest.approx(100, abs=0.3)
    assert all(t[-1] in "kM" for t in columns["Turnover"])
    plots = [c.plot for c in page.grid.charts]
    plots[0].hovered.emit(900.0, 0.0)
    assert all(p.cursor_time == 900.0 and "15:00" in p.cursor_text for p in plots)
    assert "Noise" in plots[3].cursor_text


def test_zoom_pan_and_buttons_move_all_charts_and_the_rail_leads_to_others(
    qtbot, analytics, own_window
):
    first, last = (charts(analytics)[k].plot for k in (0, -1))
    analytics.set_window(0)
    assert first.span_x == last.span_x and first.span_x[1] - first.span_x[0] == 600.0
    first.zoomed.emit(0.5, 1700.0)
    assert last.span_x[1] - last.span_x[0] == pytest.approx(300.0)
    drag(qtbot, last, 1600.0, 1700.0)
    assert first.span_x == last.span_x and first.span_x[1] < 1750.0
    first.let_go.emit()
    assert last.span_x[1] > 1799.0

    told = []
    analytics.page_changed.connect(told.append)
    qtbot.mouseClick(analytics.rail.button(2), Qt.MouseButton.LeftButton)
    assert analytics.page_name == "stress" and told == ["stress"]
    analytics.next_page()
    analytics.next_page(-1)
    analytics.next_page(-1)
    assert analytics.page_name == "traders"


def test_only_the_page_on_show_draws_and_computes(window, analytics, inline, monkeypatch):
    drawn = []
    for name in ("overview", "returns"):
        page = analytics.page(name)
        monkeypatch.setattr(page, "show_snapshot", lambda *_, n=name, **__: drawn.append(n))
    analytics.show_page("returns")
    window.session.live.show(time=1799.5)
    window.draw()
    assert set(drawn) == {"returns"} and not inline.jobs
    window.commands["view.market"].trigger()
    drawn.clear()
    window.session.live.show(time=1799.6)
    window.draw()
    assert not drawn


def test_a_stretch_is_dragged_typed_measured_and_let_go(qtbot, window, analytics, own_window):
    plot = charts(analytics)[0].plot
    qtbot.mouseClick(
        plot.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier,
        QPoint(150, 60),
    )  # fmt: skip
    assert analytics.context.time.stretch is None
    drag(qtbot, plot, 300.0, 900.0, Qt.KeyboardModifier.ShiftModifier)
    left, right = analytics.context.time.stretch
    assert left == pytest.approx(300, abs=15) and right == pytest.approx(900, abs=15)
    # In tenths of a second: more digits have no room in the boxes.
    assert (10 * left) % 1 == pytest.approx(0, abs=1e-6) == (10 * right) % 1
    panel = analytics.window_panel
    assert panel.isVisible() and all(c.plot.stretch == (left, right) for c in charts(analytics))
    rows = dict(panel.table.texts())
    assert len(rows) == len(WINDOW_MEASURES)
    run = analytics.context.run(window.snapshot)
    inside = run.fills[(run.fills["time"] > left * 1e9) & (run.fills["time"] <= right * 1e9)]
    shown = float(rows["Volume"].removesuffix(" lots").replace(",", ""))
    # A window begins and ends with a sample, of which there is one a second.
    assert shown == pytest.approx(inside["size"].sum(), rel=0.01)
    assert panel.classes.rowCount() == len(TRADER_CLASSES)
    before = window.session.live.snapshot.time
    window.session.live.show(time=before + 0.5)
    window.draw()
    assert analytics.context.time.stretch == (left, right)

    # The whole run, and stretches that are typed.
    window.commands["analytics.measure"].trigger()
    assert panel.report.left == 0.0 and panel.report.right == pytest.approx(1799.0, abs=1)
    panel.begin.setValue(600.0)
    assert analytics.context.time.stretch == pytest.approx((600.0, 1799.0), abs=1)
    assert panel.report.left == 600.0
    panel.end.setValue(500.0)
    assert "later" in panel.text.text()
    qtbot.keyClick(analytics, Qt.Key.Key_Escape)
    assert not panel.isVisible() and charts(analytics)[0].plot.stretch is None
    window.commands["analytics.measure"].trigger()
    window.commands["analytics.measure_nothing"].trigger()
    assert analytics.context.time.stretch is None

    # Chosen on the Market tab it is measured here.
    window.commands["view.market"].trigger()
    window.commands["view.window_3"].trigger()
    price = window.market.price
    drag(qtbot, price, 400.0, 800.0, Qt.KeyboardModifier.ShiftModifier)
    assert window.tabs.currentIndex() == ANALYTICS and analytics.window_panel.isVisible()
    assert analytics.window_panel.report.left == pytest.approx(400.0, abs=15)
    assert price.stretch == analytics.context.time.stretch

    # Pages that have nothing of it have its room; who measures is shown what was measured.
    for name in ("facts", "compare", "twins", "experiments", "likeness", "calibration"):
        analytics.show_page(name)
        assert not analytics.window_panel.isVisible()
    for name in ("overview", "traders", "stress", "returns"):
        analytics.show_page(name)
        assert analytics.window_panel.isVisible()
    analytics.show_page("facts")
    window.commands["view.market"].trigger()
    drag(qtbot, price, 450.0, 700.0, Qt.KeyboardModifier.ShiftModifier)
    assert analytics.page_name == "overview" and analytics.window_panel.isVisible()
    analytics.measure_nothing()
    assert price.stretch is None

    # Another run has none.
    window.commands["analytics.measure"].trigger()
    window.session.live.snapshot = make_snapshot(700, generation=2)
    window.draw()
    assert analytics.context.time.stretch is None and not analytics.window_panel.isVisible()


def test_the_menu_of_a_chart_acts_at_its_time(window, analytics, live, own_window):
    analytics.show_page("overview")
    plot = analytics.page("overview").grid.charts[0].plot
    entries = {entry.name: entry for entry in plot.entries_at(100.0)}
    assert list(entries) == ["look", "fork", "measure", "inject", "mark"]
    window.session.bookmarks.add(100.0, "here")
    entries["look"].run()
    assert window.tabs.currentIndex() == MARKET and window.market.time_bar.time == 100.0
    assert live.called("look_at")[-1][0] == 100.0
    live.show(time=live.snapshot.time + 1.0)
    window.commands["view.analytics"].trigger()
    assert "here" in [line.toolTip() for line in plot.mark_lines]


def test_a_chart_in_full_screen_goes_on_drawing(qtbot, window, analytics, own_window):
    chart = charts(analytics)[1]
    whole = FullScreen(chart.plot)
    before = chart.plot.shown[0].time[-1]
    window.session.live.snapshot = replace(make_snapshot(1900), generation=1)
    for _ in range(10):
        window.session.live.show(time=window.session.live.snapshot.time + 0.01)
        window.draw()
    assert chart.plot.shown[0].time[-1] > before
    qtbot.keyClick(whole, Qt.Key.Key_Escape)
    assert chart.plot.window() is window


def test_flow_counts_each_fill_once_and_widens_its_bars(monkeypatch):
    monkeypatch.setattr(TraderFlow, "MOST", 64)
    snapshot = make_snapshot(1800)
    flow = TraderFlow()
    for end in (200, 1000, len(snapshot.fills)):
        flow.take(replace(snapshot, fills=snapshot.fills[:end], trades=end))
    assert len(flow) <= 64 and flow.width > TraderFlow.WIDTH and flow.missed == 0
    size = snapshot.fills["size"].astype(float)
    assert flow.maker.sum() == flow.taker.sum() == size.sum()
    assert flow.bought.sum() == size[snapshot.fills["side"] > 0].sum()
    by_class = np.bincount(snapshot.fills["taker_class"], size, minlength=len(TRADER_CLASSES))
    np.testing.assert_allclose(flow.taker.sum(axis=0), by_class)
    value = size @ snapshot.fills["price"] * snapshot.tick_size
    assert flow.money.sum() == pytest.approx(2 * value)
    half = flow.end <= 900.0
    seconds = snapshot.fills["time"] / 1e9
    until = seconds < flow.end[half][-1]
    assert flow.taker[half].sum() == pytest.approx(size[until].sum())
