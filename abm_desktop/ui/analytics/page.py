"""What every page of the Analytics tab works with, and what a page is."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.live import MarketSnapshot
from abm_desktop.live.run_data import RunData
from abm_desktop.ui.analytics.linked_time import LinkedTime
from abm_desktop.ui.session import Session
from abm_desktop.ui.worker import Worker

__all__ = ["AnalyticsPage", "Context"]


@dataclass(slots=True)
class Context:
    """Shared by the pages of one window."""

    session: Session
    time: LinkedTime
    """The time on show in the charts of all pages, and the stretch that is measured."""
    flow: TraderFlow

    @property
    def worker(self) -> Worker:
        """For everything that takes more than a few milliseconds."""
        return self.session.worker

    def run(self, snapshot: MarketSnapshot) -> RunData:
        """The present run, to be measured."""
        return RunData.of(snapshot, self.session.stress_log.spans)


class AnalyticsPage(QWidget):
    """A page. It is given snapshots only while it is on show."""

    shows_time = False
    """Whether its charts run over the time chosen above the page."""
    shows_stretch = False
    """Whether its charts show the stretch that is measured, or it can be told of that alone."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self._snapshot: MarketSnapshot | None = None
        """That of the present run which was shown last."""

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool) -> None:
        """Draw; ``everything`` at once where the page comes into view or its time was moved."""
        raise NotImplementedError

    def leave_run(self) -> None:
        """Let go of the run that was shown: it is over, and its series take tens of megabytes.

        Called also while the page is not on show, which may be for as long as the window is open.
        """
        self._snapshot = None

    async def end_work(self) -> None:
        """End what the page has started outside the window; most have nothing."""
