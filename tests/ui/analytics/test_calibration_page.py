"""The page of calibrations: what it asks for, what it shows while one runs, and what was found."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer
from PySide6.QtGui import QColor, QPixmap

from abm_desktop.calibration.process.messages import CalibrationBegun, CalibrationStatus
from abm_desktop.desk.calibrations import (
    CalibrationFound,
    CalibrationState,
    CalibrationView,
    ScoreFound,
)


class FakeRun:
    """Stands for a calibration, which takes minutes."""

    def __init__(self):
        self.view = CalibrationView()
        self.asked = []

    def start(self, start):
        self.asked.append(start)
        self.view = CalibrationView(CalibrationState.STARTING, start)

    def pause(self):
        self.become(state=CalibrationState.PAUSING)

    def go_on(self):
        self.start(self.view.start)

    def become(self, **values):
        self.view = dataclasses.replace(self.view, **values)


def picture():
    pixmap, buffer = QPixmap(40, 20), QBuffer()
    pixmap.fill(QColor("white"))
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    pixmap.save(buffer, "PNG")
    return bytes(buffer.data())


@pytest.fixture
def page(analytics):
    analytics.show_page("calibration")
    page = analytics.page("calibration")
    page.run = FakeRun()
    page.look()
    return page


def test_a_calibration_is_begun_paused_and_gone_on_with(page):
    page.start.click()
    assert page.note.text() == "Choose a recorded day first." and not page.run.asked
    page._take_day(Path("/days/AMZN_2012-06-21_5.zip"))
    assert page.name.text() == "amzn_2012-06-21_5"
    page.name.setText("a/b")
    page.start.click()
    assert "letters" in page.note.text() and not page.run.asked
    page.name.setText("amzn")
    page.minutes.setValue(7)
    page.start.click()
    (asked,) = page.run.asked
    assert asked.days == ("/days/AMZN_2012-06-21_5.zip",) and asked.minutes == 7.0
    assert Path(asked.folder).name == "amzn" and asked.base == "calm" and not asked.fresh
    assert page.timer.isActive() and not page.day.isEnabled() and not page.pause.isHidden()
    assert page.note.text() == "reading the day"
    page.run.become(begun=CalibrationBegun("amzn", ("AMZN 2012-06-21",), 269_748, 31, 0))
    page.look()
    assert "269,748 messages, 31 parameters" in page.note.text()
    page.run.become(
        state=CalibrationState.RUNNING, status=CalibrationStatus("search", 32, None, 105.0, 0.41)
    )
    page.look()
    assert page.note.text() == "searching: 32, 2 min left, best mean distance 0.410"
    assert page.progress.value() == 750
    page.pause.click()
    assert "pausing" in page.note.text() and not page.pause.isEnabled()
    page.run.become(state=CalibrationState.PAUSED)
    page.look()
    assert not page.timer.isActive() and not page.resume.isHidden() and page.day.isEnabled()
    page.resume.click()
    assert page.run.asked == [asked, asked] and page.timer.isActive()
    page.run.become(state=CalibrationState.FAILED, told="day.zip: is damaged; download it again")
    page.look()
    assert page.note.text() == "day.zip: is damaged; download it again"


def test_what_was_found_is_shown(page, tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(page.context.session, "open", opened.append)
    found = CalibrationFound(
        tmp_path,
        ("The mean distance is <0.3>.",),
        (
            ScoreFound("Spread", 0.2, 0.15, 0.6, 0.9),
            ScoreFound("mean", 0.3, 0.1, 0.6, math.nan),
        ),
        (("Distributions", picture()), ("Responses", picture())),
    )
    page.run.become(state=CalibrationState.DONE, found=found)
    page.look()
    assert page.places.currentWidget() is page.result
    assert "<0.3>" in page.result.words.toPlainText()
    table = page.result.table
    texts = [[table.item(row, k).text() for k in range(5)] for row in range(2)]
    assert texts == [
        ["Spread", "0.20", "0.15", "0.60", "0.90"],
        ["mean", "0.30", "0.10", "0.60", "–"],
    ]
    (label, pixmap), _ = page.result.pictures.pictures
    assert pixmap.width() == 40 and label.pixmap().width() > 100
    page.open_market()
    assert opened == [tmp_path / "scenario.toml"]
