"""What one RL trader of the live market sees, and what it would do now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.figures.content import FigureAxis, FigurePanel
from abm_desktop.desk.formats import percent, price, signed, whole
from abm_desktop.live import MarketSnapshot, RunState, WatchedTrader
from abm_desktop.market.roles import ACTION_NAMES, DEFAULT_ROLE, Role, find_role
from abm_desktop.ui import theme
from abm_desktop.ui.colors import Colors
from abm_desktop.ui.rl.decision_list import DecisionList
from abm_desktop.ui.widgets.chart_export import chart_menu
from abm_desktop.ui.widgets.figure_reading import Row, rows_panel
from abm_desktop.ui.widgets.numbers import WholeBox
from abm_desktop.ui.widgets.panel import EmptyState, Legend
from abm_desktop.ui.widgets.plots import resolve_color
from abm_desktop.ui.widgets.segments import segment_row

__all__ = ["ACTIONS", "FEATURES", "AgentPanel", "BarChart"]

FEATURES = (
    "Price / 5-min average", "Fundamental gap", "Volatility", "Spread", "Book imbalance",
    "Return 5 s", "Return 10 s", "Return 30 s", "Return 60 s", "Return 120 s", "Return 300 s",
    "Inventory", "Cash ratio",
)  # fmt: skip
"""In the order of ``market.features.OBSERVATION_NAMES``."""
TIPS = (
    "log of the mid over its 5-minute average, in standard deviations",
    "log of the value it believes in over the mid, in standard deviations; the view is noisy and "
    "5 s old",
    "log of the present volatility over the usual one",
    "log of the spread over its average; 5 if a side is empty",
    "(bid depth - ask depth) / both, of five levels",
    *(f"log return of the last {s} s, in its standard deviations" for s in
      (5, 10, 30, 60, 120, 300)),
    "position over the most it may hold",
    "cash over the value of the largest position",
)  # fmt: skip
ACTIONS = ACTION_NAMES
LIMIT = 5.0
"""Features are clipped to this."""


class BarChart(QWidget):
    """Horizontal bars with a name at the left and a value at the right, in one or two columns."""

    ROW = 16

    def __init__(
        self, names: Sequence[str], low: float, high: float, roles: Sequence[str], decimals: int
    ) -> None:
        super().__init__()
        self._names, self._low, self._high = tuple(names), low, high
        self._roles, self._decimals = tuple(roles), decimals
        self.values = np.zeros(len(names))
        self.marked = -1
        """Row that is set in bold; -1 for none."""
        self._tips: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(60)

    def set_rows(self, names: Sequence[str], roles: Sequence[str]) -> None:
        """Show other rows from the next values on."""
        self._names, self._roles = tuple(names), tuple(roles)
        self.values = np.zeros(len(names))
        self.updateGeometry()

    def show_values(self, values: np.ndarray, marked: int = -1) -> None:
        """Draw these values, one a row."""
        self.values, self.marked = np.asarray(values, float), marked
        self.setAccessibleDescription(
            ", ".join(f"{n} {v:.2f}" for n, v in zip(self._names, self.values, strict=True))
        )
        self.update()

    def export_columns(self) -> dict[str, np.ndarray]:
        """Names and values, for the CSV file."""
        return {"name": np.array(self._names), "value": self.values}

    def figure_panels(self, colors: Colors) -> list[FigurePanel]:
        """The bars as lines that end in a dot, the first name on top."""
        rows = [
            Row(name, float(v), 0.0, float(v))
            for name, v in zip(self._names, self.values, strict=True)
        ]
        x = FigureAxis(self.accessibleName(), min(self._low, 0.0), self._high)
        return [rows_panel(x, rows, self._roles, colors)]

    def sizeHint(self) -> QSize:
        """Room for every row."""
        return QSize(280, self.ROW * len(self._names) + 6)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to save, copy or enlarge the chart."""
        chart_menu(self, self.accessibleName()).popup(event.globalPos())
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint every row."""
        p = QPainter(self)
        n = len(self._names)
        columns = 1 if self.height() >= self.ROW * n or self.width() < 460 else 2
        rows = -(-n // columns)
        height = min(22.0, self.height() / rows)
        width = self.width() / columns
        for k in range(n):
            box = QRectF(width * (k // rows), height * (k % rows), width, height)
            self._paint_row(p, k, box.adjusted(8, 0, -10, 0))
        p.end()

    def _paint_row(self, p: QPainter, k: int, box: QRectF) -> None:
        colors = theme.current().colors
        font = theme.ui_font(8.5 if box.height() >= 15 else 7.5, bold=k == self.marked)
        p.setFont(font)
        p.setPen(QColor(colors.text if k == self.marked else colors.muted))
        metrics = p.fontMetrics()
        # Of bold letters, whether this row is bold or not: all bars begin at one place.
        wide = QFontMetricsF(theme.ui_font(font.pointSizeF(), bold=True))
        name_width = max(wide.horizontalAdvance(name) for name in self._names) + 8
        value_width = metrics.horizontalAdvance("−00.00") + 6
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        p.drawText(QRectF(box.left(), box.top(), name_width, box.height()), int(left),
                   self._names[k])  # fmt: skip
        value = float(self.values[k])
        p.setPen(QColor(colors.text))
        p.drawText(box, int(right), (signed if self._low < 0 else percent)(value, self._decimals))
        track = QRectF(
            box.left() + name_width, box.center().y() - 4,
            max(10.0, box.width() - name_width - value_width), 8,
        )  # fmt: skip
        p.fillRect(track, QColor(colors.grid))
        scale = track.width() / (self._high - self._low)
        zero = track.left() + (0.0 - self._low) * scale
        end = track.left() + (min(max(value, self._low), self._high) - self._low) * scale
        p.fillRect(
            QRectF(min(zero, end), track.top(), max(1.0, abs(end - zero)), track.height()),
            resolve_color(self._roles[k % len(self._roles)]),
        )
        if self._low < 0:
            p.fillRect(QRectF(zero, track.top() - 2, 1, track.height() + 4), QColor(colors.muted))


class AgentPanel(QWidget):
    """A view of ``MarketSnapshot.watched``."""

    watch_requested = Signal(object)
    """Number of the trader to look at, or None to look at none."""

    def __init__(self) -> None:
        super().__init__()
        self.number = WholeBox()
        self.number.setRange(1, 1)
        self.number.setAccessibleName("RL trader to look at")
        self.number.setToolTip("Which of the RL traders, in order of arrival")
        self.number.valueChanged.connect(lambda n: self.watch_requested.emit(n - 1))
        label = QLabel("RL trader")
        label.setObjectName("panelNote")
        label.setBuddy(self.number)
        self.total = QLabel()
        self.total.setObjectName("panelNote")
        self.account = QLabel()
        self.account.setFont(theme.mono_font(9.0))
        self.account.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.account.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 2)
        top.setSpacing(6)
        self.now_button, self.history_button = QToolButton(), QToolButton()
        for button, title, tip in (
            (self.now_button, "Now", "What it sees, and what it would do now"),
            (self.history_button, "Decisions", "What it has decided, and what came of it"),
        ):
            button.setText(title)
            button.setToolTip(tip)
            button.setAccessibleName(tip)
        views = QButtonGroup(self)
        for place, button in enumerate((self.now_button, self.history_button)):
            views.addButton(button, place)
        segments = segment_row(views.buttons())
        self.now_button.setChecked(True)
        for widget in (label, self.number, self.total, segments):
            top.addWidget(widget)
        top.addWidget(self.account, 1)
        self.features = BarChart(FEATURES, -LIMIT, LIMIT, ("accent",), 2)
        self.features.setAccessibleName("What the trader sees")
        self.choice = BarChart(ACTIONS, 0.0, 1.0, find_role(DEFAULT_ROLE).action_colors(), 1)
        self.choice.setAccessibleName("What the trader would do now")
        self.choice.setToolTip(
            "Probabilities of its policy at this moment; a trader decides every 5 s"
        )
        self.decision = Legend()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 8, 4)
        right.setSpacing(2)
        right.addWidget(self.choice, 1)
        right.addWidget(self.decision)
        right.addStretch(1)
        self.history = DecisionList(FEATURES)
        now = QWidget()
        charts = QHBoxLayout(now)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.setSpacing(8)
        charts.addWidget(self.features, 5)
        charts.addLayout(right, 3)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 4)
        column.setSpacing(2)
        column.addLayout(top)
        self._views = QStackedWidget()
        self._views.addWidget(now)
        self._views.addWidget(self.history)
        views.idClicked.connect(self._views.setCurrentIndex)
        column.addWidget(self._views, 1)
        self.empty = EmptyState("", "")
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)
        self._shown: WatchedTrader | None = None
        self._colors: tuple[str, ...] = find_role(DEFAULT_ROLE).action_colors()
        self._actions: tuple[str, ...] = ACTIONS
        self._role: Role | None = None
        self._set_role(find_role(DEFAULT_ROLE))
        theme.signals.changed.connect(self._restyle)

    def show_snapshot(self, snapshot: MarketSnapshot | None) -> None:
        """Draw the trader that is watched, or say how to get one."""
        watched = None if snapshot is None else snapshot.watched
        self._pages.setCurrentIndex(0 if watched is None else 1)
        if watched is None or snapshot is None:
            self._explain(snapshot)
        elif watched is not self._shown:
            self._show(watched, snapshot)
        if watched is not None and snapshot is not None:
            self.history.show_trader(snapshot, watched.number)
        self._shown = watched

    def _show(self, watched: WatchedTrader, snapshot: MarketSnapshot) -> None:
        self.number.blockSignals(True)
        self.number.setRange(1, watched.traders)
        self.number.blockSignals(False)
        self.total.setText(f"of {whole(watched.traders)}")
        state = "" if snapshot.state is RunState.RUNNING else "market paused    "
        self.account.setText(
            f"{state}position {signed(watched.position)} of ±{watched.max_position} lots    "
            f"PnL {signed(watched.pnl, 2)}    {whole(watched.decisions)} decisions"
        )
        self.account.setToolTip(f"mid {price(snapshot.mid, snapshot.tick_size)}")
        self._set_role(find_role(watched.role))
        self.features.show_values(watched.observation)
        best = int(watched.probabilities.argmax())
        self.choice.show_values(watched.probabilities, best)
        entries = []
        if watched.last_action >= 0:
            last = watched.last_action
            named = f"last: {self._actions[last]}"
            entries.append((self._colors[last], named))
        how = "takes the likeliest" if watched.greedy else "draws by chance"
        entries.append(("accent", how))
        self.decision.set_entries(entries)

    def _set_role(self, role: Role) -> None:
        """Name what a trader of this role sees and can do."""
        if role is self._role:
            return
        self._role, self._actions, self._colors = role, role.actions, role.action_colors()
        own = role.own_features
        names = (*FEATURES, *(n for n, _ in own))
        tips = (*TIPS, *(t for _, t in own))
        self.features.set_rows(names, ("accent",))
        self.features.setToolTip(
            f"The {len(names)} features, clipped to ±5:\n"
            + "\n".join(f"{n}: {t}" for n, t in zip(names, tips, strict=True))
        )
        self.choice.set_rows(self._actions, self._colors)

    def _restyle(self, _theme: object = None) -> None:
        self.update()

    def _explain(self, snapshot: MarketSnapshot | None) -> None:
        if snapshot is None:
            self.empty.say(
                "No market is open",
                "Open a scenario (Ctrl+O); then load a model from the list into it.",
            )
        elif snapshot.is_replay:
            self.empty.say(
                "A replay has no traders",
                "Choose Market, Trade in this recording, or open a scenario (Ctrl+O).",
            )
        elif any(c.name == "rl" and c.traders for c in snapshot.classes):
            self.empty.say(
                "Looking at the RL trader",
                "What it sees and how it decides comes with the next look at the market.",
            )
        else:
            self.empty.say(
                "No RL trader is in the market",
                "Select a model under “Models” and press “Load into market”. What it sees and "
                "how it decides is then shown here, live.",
            )
