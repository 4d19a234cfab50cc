"""Every control has a name, every command a way by the keyboard and a place in menu and palette."""

import pyqtgraph as pg
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTabBar,
    QTabWidget,
    QWidget,
)

from abm_desktop.live.commands import PlaceOrder
from abm_desktop.ui.commands import CATALOGUE, plain_title
from abm_desktop.ui.market.ladder import Ladder

ONE_WINDOW = True

CONTROLS = (
    QAbstractButton,
    QComboBox,
    QAbstractSpinBox,
    QAbstractSlider,
    QLineEdit,
    QPlainTextEdit,
    QAbstractItemView,
    QProgressBar,
    QTabWidget,
    pg.PlotWidget,
    Ladder,
)
HOSTS = (QAbstractSpinBox, QComboBox, QAbstractItemView, QLineEdit, QTabBar, QMenuBar)


def order_of(command):
    return command.side, command.price, command.size


def controls(window):
    """Every control a person meets, without those that Qt builds others from."""
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, CONTROLS):
            continue
        host = widget.parentWidget()
        inner = isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_")
        # The list of a combo box stands in a frame of its own.
        inner |= isinstance(host, HOSTS) or isinstance(host.parentWidget(), QComboBox)
        if not inner:
            yield widget


def name_of(widget):
    if widget.accessibleName():
        return widget.accessibleName()
    host = widget.parentWidget()
    labels = host.findChildren(QLabel) if host is not None else []
    said = next((label.text() for label in labels if label.buddy() is widget), "")
    return said or (widget.text() if isinstance(widget, QAbstractButton) else "")


def where(widget):
    places = []
    while widget is not None:
        places.append(type(widget).__name__)
        widget = widget.parentWidget()
    return " < ".join(places)


@pytest.fixture
def everything(qtbot, window):
    """The window with every page built, and the preferences and the tour on top."""
    window.load_rl_tab()
    for tab in range(window.tabs.count()):
        window.tabs.setCurrentIndex(tab)
        window.draw()
    for dock in window.market.desk.docks.values():
        dock.raise_()
    for section in window.market.population.sections.values():
        section.fold.click()
    window.commands["view.log"].trigger()
    window.commands["view.notices"].trigger()
    task = window.tasks.begin("Reading", lambda: None)
    task.began -= 5
    window.tasks.look()
    dialog = window.controls.show_preferences()
    tour = window.show_tour()
    yield window
    task.end()
    tour.leave()
    dialog.close()


def test_every_control_has_a_name_and_is_reached_with_the_tab_key(everything):
    found = list(controls(everything))
    assert len(found) > 150
    nameless = [where(widget) for widget in found if not name_of(widget).strip()]
    assert nameless == []

    reachable = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, Ladder)
    unreachable = [
        f"{name_of(widget)}: {where(widget)}"
        for widget in controls(everything)
        if isinstance(widget, reachable) and not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert unreachable == []


def test_every_command_is_in_a_menu_and_in_the_palette_and_keys_are_its_own(window):
    shown = set()
    menus = [action.menu() for action in window.menuBar().actions()]
    while menus:
        for action in menus.pop().actions():
            shown.add(action.objectName())
            if action.menu() is not None:
                menus.append(action.menu())
    # The recent files end with the command that clears them, once there are any.
    assert {c.id for c in CATALOGUE} - shown <= {"file.clear_recent"}
    palette = window.controls.show_palette()
    assert {plain_title(c.title) for c in CATALOGUE if c.id != "view.palette"} <= {
        title.partition(": ")[2] for title in palette.titles
    }
    assert "Panel: Flow" in palette.titles
    palette.close()
    keys = [QKeySequence(c.keys).toString() for c in CATALOGUE if c.keys]
    assert "" not in keys and len(set(keys)) == len(keys)

    # It brings panels forward, too.
    palette = window.controls.show_palette()
    palette.field.setText("panel flow")
    palette.choose()
    assert window.market.desk.docks["flow"].in_front


def test_orders_and_charts_are_used_with_the_keyboard(window, live):
    chart, view = window.market.price, window.market.view
    QTest.keyClick(chart, Qt.Key.Key_Plus)
    assert view.window == pytest.approx(300 / 1.25)
    QTest.keyClick(chart, Qt.Key.Key_Minus)
    assert view.window == pytest.approx(300)
    for _ in range(5):
        QTest.keyClick(chart, Qt.Key.Key_Left)
    assert view.is_held
    QTest.keyClick(chart, Qt.Key.Key_End)
    assert not view.is_held

    ladder, snapshot = window.market.ladder, live.snapshot
    ladder.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(ladder, key)
    price = pytest.approx(snapshot.best_bid - 0.02)
    assert [order_of(c) for c in live.done(PlaceOrder)] == [(1, price, 5)]
    assert ladder.accessibleDescription().startswith("Buy at")
    QTest.keyClick(ladder, Qt.Key.Key_Right)
    QTest.keyClick(ladder, Qt.Key.Key_Return)
    assert order_of(live.done(PlaceOrder)[1]) == (-1, price, 5)
    assert window.market.price.level == price
    QTest.keyClick(ladder, Qt.Key.Key_Escape)
    assert window.market.price.level != price
    QTest.keyClick(ladder, Qt.Key.Key_Return)
    assert len(live.done(PlaceOrder)) == 2
