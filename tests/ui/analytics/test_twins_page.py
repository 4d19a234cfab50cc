"""A run over its twin: asked for in the list of commands, and for a fork."""

import math

import pytest
from PySide6.QtCore import Qt

from abm_desktop.live.commands import ForkMarket, Inject, StepTime
from abm_desktop.scenario import FlashCrash, LiquidityShock
from abm_desktop.ui.controls import ANALYTICS
from abm_desktop.ui.main_window import MainWindow

LOADED = 60_000


@pytest.fixture
def market(qtbot, settings):
    """A window whose market has been stressed twice, and is paused."""
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.session.start_engine()
    window.session.open_bundled("calm")
    qtbot.waitUntil(lambda: window.snapshot is not None, timeout=LOADED)
    live = window.session.live
    live.do(StepTime(seconds=60.0))
    live.do(Inject(stress=FlashCrash(duration=120.0)))
    live.do(StepTime(seconds=60.0))
    live.do(Inject(stress=LiquidityShock(duration=30.0)))
    live.do(StepTime(seconds=60.0))
    qtbot.waitUntil(lambda: window.snapshot.time >= 180.0)
    yield window
    window.close()
    window.session.close()


def test_twins_of_a_run_and_of_a_fork(qtbot, market):
    market.draw()
    # The newest stands first: what acts still, then what is over.
    crash = next(
        row for row in market.market.command_list.rows if "Flash crash" in row.title.text()
    )
    qtbot.mouseClick(crash.twin, Qt.MouseButton.LeftButton)
    assert market.tabs.currentIndex() == ANALYTICS and market.analytics.page_name == "twins"
    page = market.analytics.page("twins")
    qtbot.waitUntil(lambda: page.report is not None, timeout=LOADED)
    assert page.choice.currentText() == "the same without No. 1: Flash crash 5 %"
    assert [page.choice.itemData(k) for k in range(page.choice.count())] == [2, 1]
    report = page.report
    assert (report.left, report.right) == (60.0, 180.0) and 60.0 <= report.differs_at < 120.0
    mine, other = report.values
    assert mine["volume"] != other["volume"]
    titles = [page.table.item(k, 0).text() for k in range(page.table.rowCount())]
    assert titles[:3] == ["Realised volatility, % a year", "Largest fall, %", "Quoted spread, bp"]
    assert "Depth, 5 levels, lots" in titles and page.plots["price"].moment == 60.0
    difference = mine["depth_5"] - other["depth_5"]
    shown = page.table.item(titles.index("Depth, 5 levels, lots"), 3).text().replace("−", "-")
    assert float(shown.replace(",", "")) == pytest.approx(difference, abs=0.06)
    assert "matched runs" in page.note.text()
    # Up to the command the two are one.
    (at, price), (_at, twin) = (curves["price"] for curves in report.curves)
    before = at < 60.0
    assert before.sum() > 50 and (price[before] == twin[before]).all()

    # An answer that comes when another twin has been chosen is of the one before, and not shown.
    page.choice.setCurrentIndex(0)
    qtbot.waitUntil(lambda: page._job is not None and not page._job.is_over, timeout=LOADED)
    first, late = page._job, page._job.done
    page.choice.setCurrentIndex(1)
    assert page.note.text() == "Computing both runs again …" and not first.is_over
    late("the answer about No. 2")
    assert page.report is report
    qtbot.waitUntil(lambda: page.report is not report, timeout=LOADED)
    assert page.report.left == 60.0

    # A fork is compared with the run that it left, without being asked for.
    market.session.live.do(ForkMarket(time=90.4))
    qtbot.waitUntil(lambda: abs(market.snapshot.time - 90.4) < 0.01)
    market.session.live.do(StepTime(seconds=60.0))
    qtbot.waitUntil(lambda: market.snapshot.time > 150.0)
    qtbot.waitUntil(lambda: page.report is not None and page.report.left > 90.0, timeout=LOADED)
    assert page.choice.currentText() == "the run that this fork left"
    assert (page.report.left, page.report.right) == pytest.approx((90.4, 150.4), abs=0.01)
    # The second stress, which the fork has not met; before it they are one.
    assert 120.0 <= page.report.differs_at < 130.0 and "They differ from" in page.note.text()
    assert not math.isnan(page.report.values[1]["rv_10s_annual"])
