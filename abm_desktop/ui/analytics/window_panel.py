"""The measures of a stretch of time chosen in a chart, or typed."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from abm_desktop.desk.analytics.titles import WINDOW_MEASURES, reason_of, write
from abm_desktop.desk.analytics.window import ClassResult, WindowReport, measure_window
from abm_desktop.desk.formats import clock, signed
from abm_desktop.live import TRADER_CLASSES, MarketSnapshot
from abm_desktop.live.run_data import RunData
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.analytics.series import class_title
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.close_button import close_button
from abm_desktop.ui.widgets.time_box import TimeBox
from abm_desktop.ui.worker import Job, WorkerError

__all__ = ["WindowPanel", "class_rows"]

WIDTH = 330
LATEST = 1e7


def class_rows(classes: tuple[ClassResult, ...]) -> list[list[TableCell]]:
    """Return a row a trader class: name, PnL, inventory change, share of maker and taker together.

    Winners first; the bar behind the PnL is relative to the largest of them. What has no room in a
    narrow table is told by the tips.
    """
    most = max((abs(c.pnl) for c in classes), default=0.0) or 1.0
    return [
        [
            TableCell(class_title(c.name), mark=f"series:{TRADER_CLASSES.index(c.name)}"),
            _money(c.pnl, most),
            TableCell(signed(c.inventory)),
            TableCell(
                _percent(0.5 * (c.maker_share + c.taker_share)),
                f"maker {_percent(c.maker_share)}, {c.maker:,.0f} lots; "
                f"taker {_percent(c.taker_share)}, {c.taker:,.0f} lots",
            ),
        ]
        for c in sorted(classes, key=lambda c: -c.pnl)
    ]


def _money(pnl: float, most: float) -> TableCell:
    whole = signed(pnl, 2).partition(".")[0]
    text = signed(pnl, 2) if len(whole) < 4 else whole
    color = "good" if pnl > 0 else "danger" if pnl < 0 else ""
    return TableCell(text, signed(pnl, 2), color=color, bar=pnl / most)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if math.isfinite(share) else "–"


class WindowPanel(QWidget):
    """Measures of the stretch that the charts show shaded. Hidden while there is none.

    So it is beside pages whose charts do not show it.
    """

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._stands = True
        self._job: Job | None = None
        self._run: RunData | None = None
        self.report: WindowReport | None = None
        self.begin, self.end = self._box("from"), self._box("to")
        self.text = QLabel()
        self.text.setObjectName("panelNote")
        self.text.setWordWrap(True)
        close = close_button("Close the measured window", "Measure nothing (Esc)")
        close.setFixedSize(26, 20)
        close.clicked.connect(context.time.clear_stretch)
        self.table = ReportTable("Measures of the window", ["Measure", "Value"])
        self.classes = ReportTable(
            "Trader types in the window",
            ["Type", "PnL", "Lots", "Share"],
        )
        line = QGridLayout()
        line.setContentsMargins(8, 4, 8, 4)
        line.addWidget(QLabel("From"), 0, 0)
        line.addWidget(self.begin, 0, 1)
        line.addWidget(QLabel("to"), 0, 2)
        line.addWidget(self.end, 0, 3)
        line.setColumnStretch(1, 1)
        line.setColumnStretch(3, 1)
        body = QWidget()
        body.setObjectName("panelBody")
        inside = QVBoxLayout(body)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(4)
        inside.addLayout(line)
        noted = QHBoxLayout()
        noted.setContentsMargins(8, 0, 8, 0)
        noted.addWidget(self.text)
        inside.addLayout(noted)
        inside.addWidget(self.table, 1)
        self.panel = ChartPanel("Measured window", body, chart=self.table)
        self.panel.add_control(close)
        self.classes_panel = ChartPanel("Trader types", self.classes, chart=self.classes)
        self.classes_panel.setFixedHeight(self.classes.fitting_height(7) + 30)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.panel, 1)
        layout.addWidget(self.classes_panel)
        self.setMinimumWidth(WIDTH)
        self.setMaximumWidth(WIDTH + 120)
        self.hide()
        context.time.stretch_changed.connect(self._chosen)

    def stand_beside(self, page: AnalyticsPage) -> None:
        """Be seen beside pages whose charts show the stretch, and leave others the room."""
        self._stands = page.shows_stretch
        self.setVisible(self._stands and self._context.time.stretch is not None)

    def measure(self, run: RunData) -> None:
        """Measure the stretch chosen in ``run``."""
        stretch = self._context.time.stretch
        if stretch is None:
            return
        if self._job is not None:
            self._job.cancel()
        self.text.setText("Measuring …")
        self._job = self._context.worker.run(
            measure_window,
            run.between(*stretch),
            *stretch,
            self._context.flow.bucket,
            done=self._show,
            failed=self._failed,
        )

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Know the run that is to be measured."""
        self._run = self._context.run(snapshot)

    def leave_run(self) -> None:
        """Let go of the run that was shown."""
        self._run = None

    def _chosen(self) -> None:
        stretch = self._context.time.stretch
        self.setVisible(self._stands and stretch is not None)
        if stretch is None:
            if self._job is not None:
                self._job.cancel()
            return
        for box, value in zip((self.begin, self.end), stretch, strict=True):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        self.panel.note.setText(f"{clock(stretch[0])} – {clock(stretch[1])}")
        if self._run is not None:
            self.measure(self._run)

    def _typed(self) -> None:
        if self.end.value() > self.begin.value():
            self._context.time.choose(self.begin.value(), self.end.value())
        else:
            self.text.setText("The end must be later than the beginning.")

    def _show(self, report: WindowReport) -> None:
        self.report = report
        self.text.setText(
            "VPIN in buckets of {n} lots. A dash tells why when pointed at.".format(
                n=f"{report.bucket:,.0f}"
            )
        )
        self.table.show_rows(
            [
                [
                    TableCell(m.title, m.tip),
                    TableCell(write(m, report.values), reason_of(m, report.values, report.reasons)),
                ]
                for m in WINDOW_MEASURES
            ]
        )
        self.classes_panel.setVisible(bool(report.classes))
        self.classes.show_rows(class_rows(report.classes))

    def _failed(self, error: WorkerError) -> None:
        self.report = None
        self.table.setRowCount(0)
        self.classes.setRowCount(0)
        self.text.setText(str(error))

    def _box(self, which: str) -> TimeBox:
        box = TimeBox()
        box.setRange(0.0, LATEST)
        box.setDecimals(1)
        box.setSuffix(" s")
        box.setKeyboardTracking(False)
        box.setAlignment(Qt.AlignmentFlag.AlignRight)
        box.setAccessibleName(f"Measured window {which}, seconds")
        box.valueChanged.connect(self._typed)
        return box
