"""What a calibration found: in words, as scores, as pictures; and what can be done with it."""

from __future__ import annotations

import html
import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.calibrations import CalibrationFound, ScoreFound
from abm_desktop.ui.analytics.picture_column import PictureColumn
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.widgets.chart_panel import ChartPanel

__all__ = ["CalibrationResultView"]

_TIPS = (
    "What is counted of every order flow, as in LOB-Bench",
    "Wasserstein-1 to the recorded day, in standard deviations, on seeds not used before",
    "The day's odd half hours from its even ones: what is no difference",
    "What the search began with",
    "The base scenario as it stands",
)


class CalibrationResultView(QSplitter):
    """Shows a :class:`CalibrationFound`; its buttons ask for what the page does."""

    market_requested = Signal()
    save_requested = Signal()
    page_requested = Signal()
    folder_requested = Signal()

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        buttons = QHBoxLayout()
        for title, tip, signal in (
            ("Open the market", "In the Market tab", self.market_requested),
            ("Save as scenario…", "Among your own scenarios, under a name", self.save_requested),
            ("Open the full report", "All of it, in your web browser", self.page_requested),
            ("Show folder", "Scenario, report, numbers and every trial", self.folder_requested),
        ):
            button = QPushButton(title)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.words = QTextBrowser()
        self.words.setAccessibleName("What was found")
        self.words.setOpenLinks(False)
        self.table = ReportTable("Scores", ["Score", "Found", "Itself", "Began", "Base"])
        self.table.set_columns(self.table.titles(), _TIPS)
        left = QSplitter(Qt.Orientation.Vertical)
        left.setChildrenCollapsible(False)
        left.addWidget(self.words)
        left.addWidget(ChartPanel("Distances to the recorded day", self.table, chart=self.table))
        left.setSizes([260, 400])
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(buttons)
        column.addWidget(left, 1)
        self.pictures = PictureColumn()
        self.setChildrenCollapsible(False)
        self.setHandleWidth(6)
        self.addWidget(side)
        self.addWidget(self.pictures)
        self.setSizes([600, 560])

    def show_found(self, found: CalibrationFound) -> None:
        """Show it."""
        items = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in found.sentences)
        self.words.setHtml(items)
        self.table.show_rows([_row(score) for score in found.scores])
        self.pictures.show_pictures(found.pictures)


def _row(score: ScoreFound) -> list[TableCell]:
    known = math.isfinite(score.found) and math.isfinite(score.itself)
    color = "" if not known else "good" if score.found <= 2.0 * score.itself else "warning"
    tip = "No more than twice what the day differs from itself" if color == "good" else ""
    return [
        TableCell(score.title),
        TableCell(_text(score.found), tip, color=color, bold=True),
        TableCell(_text(score.itself), color="muted"),
        TableCell(_text(score.began), color="muted"),
        TableCell(_text(score.base), color="muted"),
    ]


def _text(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "–"
