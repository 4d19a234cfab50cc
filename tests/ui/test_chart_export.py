"""The menu of a chart: save as CSV or picture, copy, reset, full screen."""

import csv

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu

from abm_desktop.ui.widgets import chart_export
from abm_desktop.ui.widgets.chart_export import FullScreen, chart_menu

ONE_WINDOW = True


def open_menu(chart):
    at = QPoint(60, 60)
    QApplication.sendEvent(
        chart.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, chart.mapToGlobal(at)),
    )
    (menu,) = [m for m in chart.findChildren(QMenu) if m.isVisible()]
    return menu


def choose(chart, name):
    menu = open_menu(chart)
    action = next(a for a in menu.actions() if a.objectName() == f"chart.{name}")
    menu.close()
    action.trigger()


@pytest.fixture
def answer(monkeypatch, tmp_path):
    """Answer every question for a file with one in a folder of the test."""

    def ask(_parent, _title, offered, _kinds):
        name = tmp_path / offered.rpartition("/")[2]
        return str(name), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", ask)
    return tmp_path


def test_saves_the_numbers_of_a_chart_and_tells_where(window, answer):
    chart = window.market.price
    choose(chart, "csv")
    assert str(answer / "price_chart.csv") in window.notices.table.item(0, 1).text()
    rows = list(csv.reader((answer / "price_chart.csv").open()))
    header, first = rows[0], rows[1]
    assert {"time", "mid", "fundamental", "best_bid", "best_ask"} <= set(header)
    history = window.snapshot.history
    assert float(first[header.index("time")]) >= chart.span_x[0] - 1.0
    shown = {float(r[header.index("time")]): float(r[header.index("mid")]) for r in rows[1:]}
    assert shown[float(history.time[-1])] == pytest.approx(float(history.mid[-1]))


def test_the_heatmap_is_a_table_of_its_own_if_it_is_on_show(window, answer):
    chart = window.market.price
    choose(chart, "csv.heatmap")
    header, *rows = csv.reader((answer / "price_chart_heatmap.csv").open())
    snapshot = window.snapshot
    bid = f"{snapshot.best_bid:.2f}"
    assert header[0] == "time" and bid in header
    assert float(rows[-1][0]) == pytest.approx(snapshot.time)
    assert float(rows[-1][header.index(bid)]) == pytest.approx(snapshot.bids[0, 1])
    window.commands["view.heatmap"].trigger()
    menu = open_menu(chart)
    assert "chart.csv.heatmap" not in [action.objectName() for action in menu.actions()]
    menu.close()
    window.commands["view.heatmap"].trigger()


def test_saves_what_is_no_chart_as_a_picture(window, answer):
    ladder = window.market.ladder
    next(
        a for a in chart_menu(ladder, "Ladder").actions() if a.objectName() == "chart.png"
    ).trigger()
    image = QImage(str(answer / "ladder.png"))
    assert image.width() == 2 * ladder.width() and image.height() == 2 * ladder.height()


def test_a_file_that_cannot_be_written_is_told(window, answer, monkeypatch):
    told = []
    monkeypatch.setattr(chart_export.QMessageBox, "warning", lambda *args: told.append(args[2]))
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda *_: (str(answer / "none" / "a.csv"), "")
    )
    choose(window.market.depth_chart, "csv")
    assert "Choose another folder" in told[0]


def test_copies_the_picture(window):
    chart = window.market.depth_chart
    choose(chart, "copy")
    assert QGuiApplication.clipboard().image().width() == 2 * chart.width()


def test_full_screen_and_back(qtbot, window):
    chart = window.market.volume
    parent = chart.parentWidget()
    place = parent.layout().indexOf(chart)
    choose(chart, "full_screen")
    whole = FullScreen.of(chart)
    assert whole is not None and whole.isFullScreen()
    window.draw()
    qtbot.keyClick(whole, Qt.Key.Key_Escape)
    assert chart.parentWidget() is parent and parent.layout().indexOf(chart) == place
    assert FullScreen.of(chart) is None and chart.isVisible()


def test_on_the_whole_screen_the_price_has_labels_of_time(qtbot, window):
    chart = window.market.price
    axis = chart.getPlotItem().getAxis("bottom")
    low = axis.maximumHeight()
    choose(chart, "full_screen")
    assert axis.style["showValues"] and axis.maximumHeight() > low
    qtbot.keyClick(FullScreen.of(chart), Qt.Key.Key_Escape)
    assert not axis.style["showValues"] and axis.maximumHeight() == low


def test_reset_returns_to_the_present(window):
    chart = window.market.price
    chart.panned.emit(-200.0)
    assert window.market.view.is_held
    choose(chart, "reset")
    assert not window.market.view.is_held


def test_curves_without_columns_of_their_own_are_written_as_drawn(window, tmp_path):
    file = tmp_path / "depth.csv"
    chart_export.save_csv(window.market.depth_chart, file)
    rows = list(csv.reader(file.open()))
    assert rows[0] == ["price bid", "lots bid", "price ask", "lots ask"] and len(rows) > 10
