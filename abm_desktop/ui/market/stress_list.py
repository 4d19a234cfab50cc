"""Stresses that wait, act, and have acted: countdown, a way to cancel, and what each has done."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.formats import clock, percent
from abm_desktop.desk.stress_effect import StressEffect, stress_effect
from abm_desktop.live import ActiveStress, MarketSnapshot, PlannedStress
from abm_desktop.live.commands import CancelPlanned, EndStress
from abm_desktop.ui.session import Session
from abm_desktop.ui.stress_kinds import stress_title
from abm_desktop.ui.widgets.icons import icon

__all__ = ["StressList", "effect_text"]

PAST_SHOWN = 3
FRAMES_BETWEEN = 12
"""Effects are measured again every so many frames: they change slowly."""


def effect_text(effect: StressEffect) -> str:
    """Write what a stress has done in a short line; "" if nothing is known yet."""
    parts = []
    if math.isfinite(effect.drawdown):
        parts.append(percent(effect.drawdown, 2, sign=True))
    if math.isfinite(effect.spread):
        parts.append(f"spread ×{effect.spread:.1f}")
    if math.isfinite(effect.depth):
        parts.append(f"depth {percent(effect.depth)}")
    if math.isfinite(effect.recovery_time):
        parts.append(f"back after {clock(effect.recovery_time)}")
    elif math.isfinite(effect.recovered):
        parts.append(f"{percent(effect.recovered)} back")
    return " · ".join(parts)


class StressList(QScrollArea):
    """A row a stress: first those that act, then those queued, then the latest that are over."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._frames = 0
        self._effects: dict[tuple[str, float], StressEffect] = {}
        self.rows: list[StressRow] = []
        self.none_active = QLabel("No stress is acting.")
        self.none_active.setObjectName("panelNote")
        body = QWidget()
        body.setObjectName("panelBody")
        self._layout = QVBoxLayout(body)
        self._layout.setContentsMargins(8, 0, 8, 4)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.none_active)
        self._layout.addStretch(1)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(body)
        self.setMinimumHeight(54)
        self.setAccessibleName("Stresses acting, queued and over")

    def show_snapshot(self, snapshot: MarketSnapshot, *, idle_hint: bool) -> None:
        """Show the stresses of this snapshot; ``idle_hint``: say so if there are none."""
        acting = sorted(snapshot.stresses, key=lambda s: s.end)
        keys = {(s.kind, s.start) for s in acting}
        over = [s for s in self._session.stress_log.spans if (s.kind, s.start) not in keys]
        over = over[-PAST_SHOWN:][::-1]
        self._measure(snapshot, [*acting, *over])
        count = len(acting) + len(snapshot.planned) + len(over)
        while len(self.rows) < count:
            row = StressRow()
            self.rows.append(row)
            self._layout.insertWidget(self._layout.count() - 1, row)
        for row in self.rows[count:]:
            row.hide()
        rows = iter(self.rows)
        for stress in acting:
            self._show_acting(next(rows), stress, snapshot.time)
        for planned in snapshot.planned:
            self._show_planned(next(rows), planned, snapshot.time)
        for stress in over:
            title = f"{stress_title(stress.kind)} · over"
            next(rows).show_row(title, 0.0, self._text(stress), None)
        idle = not acting and not snapshot.planned and idle_hint
        if self.none_active.isHidden() == idle:
            self.none_active.setVisible(idle)

    def _measure(self, snapshot: MarketSnapshot, stresses: Sequence[ActiveStress]) -> None:
        self._frames += 1
        new = [s for s in stresses if (s.kind, s.start) not in self._effects]
        if not new and self._frames % FRAMES_BETWEEN:
            return
        self._effects = {
            (s.kind, s.start): stress_effect(snapshot.history, s.start, min(s.end, snapshot.time))
            for s in stresses
        }

    def _text(self, stress: ActiveStress) -> str:
        return effect_text(self._effects[stress.kind, stress.start])

    def _show_acting(self, row: StressRow, stress: ActiveStress, now: float) -> None:
        left = max(0.0, stress.end - now)
        share = left / max(1e-9, stress.end - stress.start)
        row.show_row(
            f"{stress_title(stress.kind)} · {clock(left)}",
            share,
            self._text(stress),
            lambda: self._session.live.do(EndStress(kind=stress.kind, start=stress.start)),
        )

    def _show_planned(self, row: StressRow, planned: PlannedStress, now: float) -> None:
        row.show_row(
            f"{stress_title(planned.kind)} · in {clock(max(0.0, planned.start - now))}",
            0.0,
            f"queued for {clock(planned.start)}",
            lambda: self._session.live.do(CancelPlanned(number=planned.number)),
        )  # fmt: skip


class StressRow(QWidget):
    """One stress: a bar that runs down with its name, a button to cancel it, and a line below."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panelBody")
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.bar.setProperty("role", "countdown")
        self.cancel = QToolButton()
        self.cancel.setIcon(icon("close"))
        self.cancel.setProperty("role", "flat")
        self.cancel.setToolTip("End it now, or take it out of the queue")
        self.cancel.clicked.connect(self._cancel)
        self.text = QLabel()
        self.text.setObjectName("panelNote")
        self.text.setWordWrap(True)
        self._run: Callable[[], object] | None = None
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(3)
        line.addWidget(self.bar, 1)
        line.addWidget(self.cancel)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self.text)

    def show_row(
        self, title: str, share: float, text: str, cancel: Callable[[], object] | None
    ) -> None:
        """Show a stress; without ``cancel`` there is nothing to end."""
        self._run = cancel
        self.bar.setValue(round(1000 * min(1.0, share)))
        if self.bar.format() != title:
            self.bar.setFormat(title)
            self.bar.setAccessibleName(title)
            self.cancel.setAccessibleName(f"Cancel {title}")
        if self.text.text() != text:
            self.text.setText(text)
        if self.text.isHidden() == bool(text):
            self.text.setVisible(bool(text))
        if self.cancel.isHidden() == (cancel is not None):
            self.cancel.setVisible(cancel is not None)
        if self.isHidden():
            self.show()

    def _cancel(self) -> None:
        if self._run is not None:
            self._run()
