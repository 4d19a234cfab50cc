"""A double-click on what opens a page does nothing on that page."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QTabWidget

from abm_desktop.ui.widgets.second_click import SecondClick


@pytest.mark.parametrize("watched", [True, False])
def test_the_second_click_reaches_nothing_on_the_new_page(qtbot, monkeypatch, watched):
    tabs, pressed = QTabWidget(), []
    first, second = QPushButton("Watch a crash"), QPushButton("Sell")
    tabs.addTab(first, "Start")
    tabs.addTab(second, "Market")
    first.clicked.connect(lambda: tabs.setCurrentIndex(1))
    second.clicked.connect(lambda: pressed.append("sold"))
    if watched:
        SecondClick(tabs)
    qtbot.addWidget(tabs)
    tabs.show()
    qtbot.waitExposed(tabs)
    window, middle = tabs.windowHandle(), first.mapTo(tabs, first.rect().center())
    monkeypatch.setattr(
        "abm_desktop.ui.widgets.second_click.QCursor.pos", lambda: tabs.mapToGlobal(middle)
    )
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    def click(at: QPoint) -> None:
        QTest.mousePress(window, left, none, at)
        QTest.mouseRelease(window, left, none, at)

    click(middle)
    assert tabs.currentIndex() == 1
    click(middle)
    assert pressed == ([] if watched else ["sold"])
    # Somewhere else it is another click.
    if watched:
        click(middle + QPoint(60, 0))
        assert pressed == ["sold"]
