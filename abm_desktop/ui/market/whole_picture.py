"""A market that stands shows all of its picture: what frames have passed by is computed again."""

from __future__ import annotations

import math

from PySide6.QtCore import QObject, QTimer, Signal

from abm_desktop.live import MarketSnapshot, RunState
from abm_desktop.ui.market.price_chart import PriceChart
from abm_desktop.ui.session import Session

__all__ = ["WholePicture"]

LOOK_MS = 5
"""Between two looks for the answer."""


class WholePicture(QObject):
    """Asks for the stretch on show, once for each, and hands it to the price chart.

    At a high speed a frame sees one book of many. The same thread computes past moments: whoever
    looks at one comes first.
    """

    made = Signal()
    """The chart has taken in what was missing."""

    def __init__(self, chart: PriceChart, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._chart, self._session = chart, session
        self._asked: tuple[float, ...] = ()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._look)

    def ask(self, snapshot: MarketSnapshot, left: float, right: float) -> None:
        """Have the stretch computed again if the market stands, and books of it were not seen."""
        if snapshot.is_replay or snapshot.state not in (RunState.PAUSED, RunState.ENDED):
            return
        # The left edge stands at the first sample: what was before it is of the picture too.
        left, right = max(0.0, math.floor(left)), min(right, snapshot.time)
        asked = (snapshot.generation, snapshot.time, left, right)
        if right <= left or asked == self._asked or self._chart.is_whole(left, right):
            return
        self._asked = asked
        self._session.look_at(snapshot.time, left, right, whole=True)
        self._timer.start()

    def stop(self) -> None:
        """Ask no more: the past is looked at."""
        self._timer.stop()
        self._asked = ()

    def _look(self) -> None:
        if self._session.past_is_due:
            return
        self._timer.stop()
        past = self._session.past
        self._session.look_at_now()
        if past is not None and self._asked[:2] == (past.snapshot.generation, past.time):
            self._chart.make_whole(past)
            self.made.emit()
