"""What an evaluation or a stress test found: in words, as a picture, and as a table."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.figures.content import FigureAxis, FigurePanel
from abm_desktop.desk.formats import signed
from abm_desktop.learning.judging.evaluation_columns import evaluation_columns, everywhere
from abm_desktop.market.roles import DEFAULT_ROLE
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors
from abm_desktop.ui.rl import verdict
from abm_desktop.ui.widgets.chart_export import chart_menu
from abm_desktop.ui.widgets.figure_reading import Row, rows_panel
from abm_desktop.ui.widgets.plots import resolve_color

__all__ = [
    "RangeChart",
    "ResultDialog",
    "evaluation_dialog",
    "fitting_width",
    "plain_table",
    "stress_dialog",
    "table_text",
]

Summary = Mapping[str, Any]


class RangeChart(QWidget):
    """One dot with its interval a row, against a line at ``reference``."""

    ROW = 20

    def __init__(
        self,
        names: Sequence[str],
        values: Sequence[float],
        intervals: Sequence[tuple[float, float] | None],
        reference: float,
        caption: str,
        roles: Sequence[str] = ("accent",),
    ) -> None:
        super().__init__()
        self._names, self._values = tuple(names), tuple(values)
        self._intervals, self._reference = tuple(intervals), reference
        self._caption, self._roles = caption, tuple(roles)
        self.setAccessibleName(caption)
        self.setToolTip(caption)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def export_columns(self) -> dict[str, np.ndarray]:
        """Names, values and intervals, for the CSV file."""
        ends = [interval or (np.nan, np.nan) for interval in self._intervals]
        return {
            "name": np.array(self._names),
            "value": np.array(self._values),
            "low": np.array([low for low, _ in ends]),
            "high": np.array([high for _, high in ends]),
        }

    def figure_panels(self, colors: Colors) -> list[FigurePanel]:
        """The rows, the first on top, with the line that they are compared with."""
        rows = [
            Row(name, value, *(interval or (value, value)))
            for name, value, interval in zip(
                self._names, self._values, self._intervals, strict=True
            )
        ]
        ends = [self._reference, *(end for row in rows for end in (row.low, row.high))]
        room = 0.06 * ((max(ends) - min(ends)) or 1.0)
        x = FigureAxis(self._caption, min(ends) - room, max(ends) + room)
        return [rows_panel(x, rows, self._roles, colors, self._reference)]

    def sizeHint(self) -> QSize:
        """Room for every row, and the caption."""
        return QSize(480, self.ROW * (len(self._names) + 1) + 22)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save, copy or enlarge the chart."""
        chart_menu(self, self._caption).popup(event.globalPos())
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows, the axis below them, and the caption."""
        p = QPainter(self)
        colors = theme.current().colors
        p.setFont(theme.ui_font(8.5))
        metrics = p.fontMetrics()
        left = max((metrics.horizontalAdvance(name) for name in self._names), default=0) + 16
        ends = [e for interval in self._intervals if interval for e in interval]
        low = min((*self._values, *ends, self._reference))
        high = max((*self._values, *ends, self._reference))
        room = 0.06 * ((high - low) or 1.0)
        low, high = low - room, high + room
        width = max(40.0, self.width() - left - 70.0)

        def place(value: float) -> float:
            return left + (value - low) / (high - low) * width

        bottom = self.ROW * len(self._names)
        p.fillRect(QRectF(place(self._reference), 0, 1, bottom), QColor(colors.muted))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        for k, (name, value) in enumerate(zip(self._names, self._values, strict=True)):
            top, color = self.ROW * k, resolve_color(self._roles[k % len(self._roles)])
            middle = top + self.ROW / 2
            p.setPen(QColor(colors.text))
            p.drawText(QRectF(4, top, left - 12, self.ROW), right, name)
            p.drawText(QRectF(self.width() - 66, top, 60, self.ROW), right, _number(value))
            p.fillRect(QRectF(left, middle, width, 1), QColor(colors.grid))
            interval = self._intervals[k]
            if interval is not None:
                start, end = place(interval[0]), place(interval[1])
                p.fillRect(QRectF(start, middle - 1, max(1.0, end - start), 3), color)
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(color)
            p.drawEllipse(QRectF(place(value) - 4, middle - 3.5, 8, 8))
            p.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        p.setPen(QColor(colors.muted))
        centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        for value in (low + room, self._reference, high - room):
            near = abs(place(value) - place(self._reference)) < 40
            if value == self._reference or not near:
                p.drawText(QRectF(place(value) - 40, bottom, 80, self.ROW), centre, _number(value))
        p.drawText(QRectF(0, bottom + self.ROW, self.width(), 20), centre, self._caption)
        p.end()


class ResultDialog(QDialog):
    """Words, a picture and a table; it stands beside the window and blocks nothing."""

    def __init__(
        self, parent: QWidget, title: str, words: str, chart: QWidget, table: QTableWidget,
        notes: Sequence[tuple[str, str]] = (),
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.words = QLabel(words)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.chart, self.table = chart, table
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.words)
        self._notes, self.notes = tuple(notes), QLabel()
        self.notes.setTextFormat(Qt.TextFormat.RichText)
        self.notes.setWordWrap(True)
        self.notes.setVisible(bool(notes))
        theme.signals.changed.connect(self._restyle)
        self._restyle()
        layout.addWidget(self.notes)
        layout.addWidget(chart)
        layout.addWidget(table, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self.copy_button = QPushButton("Copy")
        self.copy_button.setToolTip("Copy the words and the table to the clipboard")
        self.copy_button.clicked.connect(self._copy)
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        layout.addWidget(buttons)
        # So many rows as a small screen holds; the others can be scrolled to.
        width = max(1100, fitting_width(table, parent))
        self.resize(width, 660 + 22 * min(3, max(0, table.rowCount() - 8)))

    def _restyle(self, _theme: object = None) -> None:
        self.notes.setText(
            "<br>".join(
                f'<span style="color:{resolve_color(role).name()}">{html.escape(text)}</span>'
                for role, text in self._notes
            )
        )

    def as_text(self) -> str:
        """The words, and the table with tabs between its cells."""
        return f"{self.windowTitle()}\n{self.words.text()}\n\n{table_text(self.table)}"

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.as_text())


def evaluation_dialog(parent: QWidget, name: str, evaluation: Summary) -> ResultDialog:
    """Show what an evaluation found; not shown yet.

    The chart is of the market that gives the verdict; words, checks and table are of all.
    """
    first, *others = everywhere(evaluation)
    order, names = _order_of(name, first)
    rules, days = first["rules"], int(first["days"])
    errors = [1.96 * rules[rule]["pnl_sd"] / days**0.5 for rule in order]
    means = [float(rules[rule]["pnl_mean"]) for rule in order]
    chart = RangeChart(
        names, means, [(m - e, m + e) for m, e in zip(means, errors, strict=True)], 0.0,
        "Mean profit a day with its 95 % interval",
        ["accent"] + ["muted"] * (len(order) - 1),
    )  # fmt: skip
    columns = evaluation_columns(first.get("role", DEFAULT_ROLE))
    headings = ["p of the agent" if title == "p" else title for title, _ in columns]
    rows, notes = [], []
    for found in (first, *others):
        place = f" ({found['scenario']})" if others else ""
        for rule, shown in zip(*_order_of(name, found), strict=True):
            texts = (text(found["rules"][rule]) for _, text in columns)
            rows.append((shown + place, *texts))
        notes += _notes_of(found, f"{found['scenario']}: " if others else "")
    table = plain_table(("Trader", *headings), rows)
    table.setAccessibleName("Agent and simple rules on the same days")
    title = f"Evaluation of {name}"
    return ResultDialog(parent, title, verdict.evaluation_words(evaluation), chart, table, notes)


def _order_of(name: str, evaluation: Summary) -> tuple[list[str], list[str]]:
    """Rules, the agent first and then by profit, and how they are called."""
    rules: Mapping[str, Summary] = evaluation["rules"]
    order = sorted(rules, key=lambda rule: (rule != "agent", -rules[rule]["pnl_mean"]))
    return order, [name if rule == "agent" else rule for rule in order]


def _notes_of(evaluation: Summary, place: str) -> list[tuple[str, str]]:
    """Checks and signs of degeneracy: colour and text of each."""
    notes = [
        ("good" if check["passed"] else "danger",
         f"{'✓' if check['passed'] else '✗'} {place}{check['name']}: "
         f"{check['detail']}")
        for check in evaluation["checks"]
    ]  # fmt: skip
    return notes + [("danger", f"✗ {place}degenerate: {flag}") for flag in evaluation["flags"]]


def stress_dialog(parent: QWidget, name: str, stress_test: Summary) -> ResultDialog:
    """Show what a stress test found; not shown yet."""
    outcomes: Sequence[Summary] = stress_test["outcomes"]
    names = [verdict.outcome_title(o) for o in outcomes]
    chart = RangeChart(
        names,
        [float(o["volatility_amplification"]) for o in outcomes],
        [verdict.interval_of(o) for o in outcomes],
        1.0,
        "Volatility with the traders over that without, and its 95 % interval",
    )
    table = plain_table(
        ("Stress", "size", "PnL", "drawdown", "of holding", "|position|",
         "sell/hold/buy", "fall", "without", "recovery s", "without"),
        [
            (
                title,
                str(o["stress"].get("magnitude", "usual")),
                signed(o["pnl"], 2),
                f"{o['drawdown']:.2f}",
                f"{o['buy_and_hold_drawdown']:.2f}",
                f"{o['inventory_mean']:.1f}",
                "/".join(f"{share:.0%}" for share in o["shares"]),
                f"{o['price_drop']:.2%}",
                f"{o['price_drop_without']:.2%}",
                _seconds(o["recovery_seconds"]),
                _seconds(o["recovery_seconds_without"]),
            )
            for title, o in zip(names, outcomes, strict=True)
        ],
    )  # fmt: skip
    table.setAccessibleName("Outcome of every stress")
    title = f"Stress test of {name}"
    return ResultDialog(parent, title, verdict.stress_words(stress_test), chart, table)


def plain_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> QTableWidget:
    """A table to read and copy; the first column is text, the others are numbers."""
    table = QTableWidget(len(rows), len(headings))
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(22)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setShowGrid(False)
    for k, row in enumerate(rows):
        for j, text in enumerate(row):
            item = QTableWidgetItem(text)
            if j:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            table.setItem(k, j, item)
    for j, heading in enumerate(headings):
        side = Qt.AlignmentFlag.AlignRight if j else Qt.AlignmentFlag.AlignLeft
        item = QTableWidgetItem(heading)
        item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        table.setHorizontalHeaderItem(j, item)
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    return table


def fitting_width(table: QTableWidget, parent: QWidget) -> int:
    """Width of a dialog with margins of 16 that cuts no column, if the parent's window has it."""
    table.horizontalHeader().resizeSections()
    beside = 2 * 16 + table.verticalScrollBar().sizeHint().width() + 2 * table.frameWidth() + 4
    return min(table.horizontalHeader().length() + beside, parent.window().width())


def table_text(table: QTableWidget) -> str:
    """A table as text, with tabs between the cells."""
    columns = range(table.columnCount())
    rows = [[table.horizontalHeaderItem(j) for j in columns]]
    rows += [[table.item(k, j) for j in columns] for k in range(table.rowCount())]
    return "\n".join("\t".join(cell.text() if cell else "" for cell in row) for row in rows)


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}"
