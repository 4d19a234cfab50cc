"""The stress panel: one click injects a flash crash, a volatility spike or a liquidity shock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.live import ActiveStress, MarketSnapshot, RunState
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.formats import clock
from abm_desktop.ui.widgets.icons import icon

__all__ = ["STRESSES", "StressKind", "StressPanel", "stress_title"]


@dataclass(frozen=True, slots=True)
class StressKind:
    """How one kind of stress is set by hand. Shown values are magnitude * ``scale``."""

    kind: str
    title: str
    unit: str
    scale: float
    default: float
    low: float
    high: float
    step: float
    decimals: int
    minutes: float
    tip: str


STRESSES: tuple[StressKind, ...] = (
    StressKind(
        "flash_crash", "Flash crash", " %", 100.0, 5.0, 0.5, 50.0, 0.5, 1, 15.0,
        "Size of the fall aimed at, in percent of the price: a price-insensitive seller, while "
        "buyers and market makers hold back",
    ),
    StressKind(
        "volatility_spike", "Volatility spike", " ×", 1.0, 3.0, 1.0, 20.0, 0.5, 1, 10.0,
        "Multiple of the usual volatility of the fundamental value",
    ),
    StressKind(
        "liquidity_shock", "Liquidity shock", " %", 100.0, 100.0, 5.0, 100.0, 5.0, 0, 2.0,
        "Share of the market makers that cancel their quotes and stay away",
    ),
)  # fmt: skip


def stress_title(kind: str) -> str:
    """Return the name of a kind of stress for people."""
    return next((s.title for s in STRESSES if s.kind == kind), kind.replace("_", " ").capitalize())


class StressPanel(QWidget):
    """A row of controls per kind of stress, and below them the stresses that act now."""

    def __init__(self, session: Session, commands: CommandTable) -> None:
        super().__init__()
        self._session = session
        self._commands = commands
        self.buttons: dict[str, QPushButton] = {}
        self.magnitudes: dict[str, QDoubleSpinBox] = {}
        self.durations: dict[str, QDoubleSpinBox] = {}
        grid = QGridLayout()
        grid.setContentsMargins(8, 2, 8, 4)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(4)
        for row, stress in enumerate(STRESSES):
            self._add_row(grid, row, stress)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.reason = QLabel()
        self.reason.setObjectName("panelNote")
        self.reason.setWordWrap(True)
        self.reason.setContentsMargins(8, 0, 8, 0)
        self.reason.hide()
        self.active = QVBoxLayout()
        self.active.setContentsMargins(8, 0, 8, 4)
        self.active.setSpacing(3)
        self.none_active = QLabel(self.tr("No stress is acting."))
        self.none_active.setObjectName("panelNote")
        self.active.addWidget(self.none_active)
        self._rows: list[_Countdown] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(grid)
        layout.addWidget(self.reason)
        layout.addLayout(self.active)

    def _add_row(self, grid: QGridLayout, row: int, stress: StressKind) -> None:
        action = self._commands[f"market.{stress.kind}"]
        button = QPushButton(icon(stress.kind, "warning"), self.tr(stress.title))
        button.setProperty("role", "stress")
        button.setToolTip(action.toolTip())
        button.setAccessibleName(self.tr("Inject {title}").format(title=stress.title.lower()))
        button.clicked.connect(action.trigger)
        magnitude = QDoubleSpinBox()
        magnitude.setRange(stress.low, stress.high)
        magnitude.setSingleStep(stress.step)
        magnitude.setDecimals(stress.decimals)
        magnitude.setValue(stress.default)
        magnitude.setSuffix(stress.unit)
        magnitude.setToolTip(self.tr(stress.tip))
        magnitude.setAccessibleName(self.tr("{title}: magnitude").format(title=stress.title))
        duration = QDoubleSpinBox()
        duration.setRange(0.1, 240.0)
        duration.setDecimals(1)
        duration.setValue(stress.minutes)
        duration.setSuffix(" min")
        duration.setToolTip(self.tr("How long it acts, in simulated minutes"))
        duration.setAccessibleName(self.tr("{title}: duration").format(title=stress.title))
        grid.addWidget(button, 2 * row, 0, 1, 2)
        grid.addWidget(magnitude, 2 * row + 1, 0)
        grid.addWidget(duration, 2 * row + 1, 1)
        self.buttons[stress.kind] = button
        self.magnitudes[stress.kind] = magnitude
        self.durations[stress.kind] = duration

    def inject(self, kind: str) -> None:
        """Inject the stress ``kind`` with the magnitude and duration shown."""
        stress = next(s for s in STRESSES if s.kind == kind)
        self._session.inject(
            kind,
            self.magnitudes[kind].value() / stress.scale,
            self.durations[kind].value() * 60.0,
        )

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Show the active stresses, and whether more can be injected."""
        if snapshot.is_replay:
            reason = self.tr("A replay repeats what happened: it takes no stress.")
        elif snapshot.state in (RunState.ENDED, RunState.FAILED):
            reason = self.tr("The session is over. Reset the market to go on (Ctrl+R).")
        elif snapshot.state is RunState.LOADING:
            reason = self.tr("The market is being prepared.")
        else:
            reason = ""
        if reason != self.reason.text() or bool(reason) != self.reason.isVisibleTo(self):
            self.reason.setText(reason)
            self.reason.setVisible(bool(reason))
            for stress in STRESSES:
                self._commands.allow(f"market.{stress.kind}", not reason, reason)
                self.buttons[stress.kind].setEnabled(not reason)
                self.buttons[stress.kind].setToolTip(
                    reason or self._commands[f"market.{stress.kind}"].toolTip()
                )
        self.none_active.setVisible(not snapshot.stresses and not reason)
        self._show_active(snapshot.stresses, snapshot.time)

    def _show_active(self, stresses: Sequence[ActiveStress], now: float) -> None:
        while len(self._rows) < len(stresses):
            countdown = _Countdown()
            self._rows.append(countdown)
            self.active.addWidget(countdown)
        for k, row in enumerate(self._rows):
            row.setVisible(k < len(stresses))
            if k < len(stresses):
                row.show_stress(stresses[k], now)


class _Countdown(QProgressBar):
    """What remains of one stress, in words and as a bar."""

    def __init__(self) -> None:
        super().__init__()
        self.setRange(0, 1000)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("role", "countdown")

    def show_stress(self, stress: ActiveStress, now: float) -> None:
        """Show ``stress`` at the simulated time ``now``."""
        left = max(0.0, stress.end - now)
        share = left / max(1e-9, stress.end - stress.start)
        self.setValue(round(1000 * min(1.0, share)))
        text = f"{stress_title(stress.kind)} · {clock(left)}"
        if self.format() != text:
            self.setFormat(text)
            self.setAccessibleName(text)
