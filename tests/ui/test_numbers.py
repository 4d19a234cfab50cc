"""Number fields take what is typed, or give back what was there; the wheel scrolls the page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QScrollArea,
    QScrollBar,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.ui.app import make_application
from abm_desktop.ui.widgets.numbers import NumberBox, SeedBox, WholeBox, plain, read_number
from abm_desktop.ui.widgets.time_box import TimeBox


def shown(qtbot, box):
    qtbot.addWidget(box)
    box.show()
    box.setFocus()
    return box


def type_into(qtbot, box, text):
    box.selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("0,05", 0.05),
        ("0.05", 0.05),
        (",5", 0.5),
        ("1e-5", 1e-5),
        ("1,5e2", 150.0),
        ("12", 12.0),
        ("5000", 7.0),  # above the bound: what was there comes back
        ("-1", 7.0),
        ("1,2,3", 7.0),
        ("1.2.3", 7.0),
        ("e", 7.0),
        ("", 7.0),
    ],
)
def test_a_number_is_taken_as_typed_or_not_at_all(qtbot, typed, value):
    box = shown(qtbot, NumberBox(" s"))
    box.setRange(0.0, 1000.0)
    box.setValue(7.0)
    box.selectAll()
    qtbot.keyClick(box, Qt.Key.Key_Delete)
    type_into(qtbot, box, typed)
    assert box.value() == value
    assert box.text() == f"{plain(value)} s"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", 12),
        ("1,5", 7),
        ("1.5", 7),
        ("1e2", 7),
        ("5000", 7),
        ("1,000", 1000),
        ("0,125", 7),
        ("-3", 7),
    ],
)
def test_a_whole_number_is_taken_as_typed_or_not_at_all(qtbot, typed, value):
    box = shown(qtbot, WholeBox())
    box.setRange(1, 1000)
    box.setValue(7)
    type_into(qtbot, box, typed)
    assert box.value() == value


def test_a_value_is_shown_and_left_to_the_last_bit(qtbot):
    for value in (0.1 + 0.2, 1.23456e-05, 1 / 3, 123456.789):
        box = shown(qtbot, NumberBox())
        box.setKeyboardTracking(False)  # otherwise Enter always says the value
        box.setRange(0.0, 1e9)
        box.setValue(value)
        before = box.value()
        assert before == pytest.approx(value, abs=1e-15)
        with qtbot.assertNotEmitted(box.valueChanged):
            qtbot.keyClick(box, Qt.Key.Key_Return)  # read again what is shown
        assert box.value() == before


def test_steps_are_a_tenth_of_the_size(qtbot):
    box = shown(qtbot, NumberBox())
    box.setStepType(QAbstractSpinBox.StepType.AdaptiveDecimalStepType)
    box.setRange(0.0, 1e6)
    for value, steps, after in ((0.0, 1, 0.01), (0.5, 1, 0.51), (100.0, 1, 110.0), (100, -1, 99)):
        box.setValue(value)
        box.stepBy(steps)
        assert box.value() == pytest.approx(after)


@pytest.mark.parametrize("seed", [0, 6_000_000_000, 2**63 - 1])
def test_seeds_of_63_bits_are_shown_and_read(qtbot, seed):
    box = shown(qtbot, SeedBox(2**63 - 1))
    box.setValue(seed)
    assert box.text() == str(seed) and box.value() == seed
    box.setValue(41)
    with qtbot.waitSignal(box.entered) as caught:
        type_into(qtbot, box, str(seed))
    assert caught.args == [seed] and box.value() == seed


@pytest.mark.parametrize("typed", ["abc", "-1", "1.5", "1,5", str(2**63), ""])
def test_what_is_no_seed_gives_way_to_the_one_that_was_there(qtbot, typed):
    box = shown(qtbot, SeedBox(2**63 - 1))
    box.setValue(41)
    box.selectAll()
    box.insert(typed)
    refused = []
    box.refused.connect(refused.append)
    with qtbot.assertNotEmitted(box.entered):
        qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 41 and box.text() == "41"
    assert refused == [typed], "once, and not in silence"


def test_speeds_are_read_with_groups_or_a_decimal_comma():
    assert read_number("10,000") == 10_000.0
    assert read_number("1,5") == 1.5
    assert read_number("0,125") == 0.125 and read_number("-0,001") == -0.001
    assert read_number("1_0") is None and read_number("٥") is None
    assert read_number("1,2,3") is None and read_number("nan") is None


def wheel_over(widget):
    at = QPointF(widget.rect().center())
    event = QWheelEvent(
        at,
        QPointF(widget.mapToGlobal(widget.rect().center())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def state_of(field):
    return field.currentIndex() if isinstance(field, QComboBox) else field.value()


def fields_of(widget):
    return [
        field
        for field in widget.findChildren(QWidget)
        if isinstance(field, QAbstractSpinBox | QComboBox | QAbstractSlider)
        and not isinstance(field, QScrollBar)
        and field.isEnabled()
    ]


def test_the_wheel_scrolls_the_page_and_leaves_fields_alone(qtbot):
    make_application()
    area, page = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    layout = QVBoxLayout(page)
    number, whole, choice = NumberBox(), WholeBox(), QComboBox()
    choice.addItems(["a", "b", "c"])
    for field in (number, whole, choice, QSlider(Qt.Orientation.Horizontal)):
        layout.addWidget(field)
    layout.addStretch(1)
    page.setMinimumHeight(2000)
    area.setWidgetResizable(True)
    area.setWidget(page)
    area.resize(300, 200)
    with qtbot.waitExposed(area):
        area.show()
    number.setValue(5.0)
    area.setFocus()
    for field in (number, whole, choice):
        bar = area.verticalScrollBar()
        bar.setValue(0)
        before = state_of(field)
        at = QPointF(field.mapTo(area, field.rect().center()))
        QTest.wheelEvent(area.windowHandle(), at, QPoint(0, -120))
        qtbot.waitUntil(lambda bar=bar: bar.value() > 0)
        assert state_of(field) == before and not field.hasFocus()
    number.setFocus()
    wheel_over(number)
    assert number.value() == 4.0  # with the focus it steps


def test_no_field_of_the_window_changes_under_a_passing_wheel(window):
    make_application()
    fields = fields_of(window)
    assert len(fields) > 20
    window.setFocus()
    before = [state_of(field) for field in fields]
    for field in fields:
        assert field.focusPolicy() != Qt.FocusPolicy.WheelFocus
        wheel_over(field)
    assert [state_of(field) for field in fields] == before


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("5400", 5400.0),
        ("1:30:00", 5400.0),
        ("90min", 5400.0),
        ("1h 30 min", 5400.0),
        ("2:05", 125.0),
        ("0,5", 0.5),
        ("2:5", 7.0),  # what was there comes back
        ("1:30:", 7.0),
        ("99:00:00", 7.0),
        ("soon", 7.0),
    ],
)
def test_a_time_can_be_typed_as_charts_and_files_write_it(qtbot, typed, seconds):
    box = shown(qtbot, TimeBox(" s"))
    box.setRange(0.0, 100_000.0)
    box.setValue(7.0)
    type_into(qtbot, box, typed)
    box.clearFocus()
    assert box.value() == seconds
    in_minutes = shown(qtbot, TimeBox(" min"))
    in_minutes.set_unit(60.0)
    in_minutes.setRange(0.0, 2_000.0)
    in_minutes.setValue(7.0 / 60.0)
    if not set(typed) <= set("0123456789,"):
        type_into(qtbot, in_minutes, typed)
        in_minutes.clearFocus()
        assert in_minutes.value() == pytest.approx(seconds / 60.0)
