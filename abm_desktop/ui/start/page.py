"""The start page: the question, the answer there is, and six ways to begin."""

from __future__ import annotations

import html
import os
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.formats import unbroken
from abm_desktop.desk.shipped_study import ShippedStudy, shipped_study
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.answer_words import group_line, other_grid_line, unfold_link
from abm_desktop.ui.analytics.effects_chart import EffectsChart, kind_color
from abm_desktop.ui.widgets.panel import Legend, Panel

__all__ = ["WAYS", "StartPage", "Way"]

WIDEST = 1360
"""Pixels that the page takes at most: longer lines are hard to read."""
SHARE = 0.45
"""Of the width that the answer in words takes."""
LEAST, MOST = 270, 460
"""Pixels of height that the answer and its figure take."""
BESIDES, HEADER = 90, 44
"""Pixels of margins, gaps and the last line; of a panel's title and edges."""
CORE_SECONDS = {"first_answer": 170.0, "small": 1200.0, "full": 3700.0}
"""Processor seconds of the three experiments, preparation and report included, on the machine that
docs/experiments.md tells of: of the full one as it was measured, of the others from its parts."""
ALONE = {"first_answer": 50.0, "small": 100.0, "full": 100.0}
"""The part of it that one core does while the others wait."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to begin."""

    name: str
    title: str
    text: str
    primary: bool = False


WAYS = (
    Way(
        "watch",
        "Watch a crash",
        "The market opens, and a large sell programme hits it within ten seconds. Pause it, look "
        "back, inject another.",
    ),
    Way(
        "try",
        "Try it",
        "40 markets in matched copies under each stress: untouched, with room made, and with RL "
        "traders who take a quarter of the taker volume. {try_time} Tells changes from 11 % on in "
        "calm, 70 % in a liquidity shock or a crash (power 80\N{NO-BREAK SPACE}%).",
        primary=True,
    ),
    Way(
        "small",
        "Repeat it small",
        "The study's own file with 40 of its 320 markets: every stress, placebo and training. "
        "{small_time}",
    ),
    Way(
        "full",
        "Repeat it fully",
        "The study as it was run: 320 markets, 8,960 runs, with its report. {full_time}",
    ),
    Way(
        "train",
        "Train a trader",
        "PPO, DQN or SAC learns to trade in this market; it is judged on days that it has not "
        "seen, and may then join. Some minutes.",
    ),
    Way(
        "data",
        "Open my data",
        "Recorded order flow (LOBSTER, NASDAQ ITCH, Databento, CSV) is replayed through the same "
        "order book. A scenario of yours opens with Ctrl+O.",
    ),
)


def minutes_of(name: str, cores: int) -> str:
    """How long an experiment takes on so many idle cores, in words."""
    alone = ALONE[name]
    seconds = alone + (CORE_SECONDS[name] - alone) / max(1, cores)
    return f"About {max(1, round(seconds / 60))} min on {cores} idle cores."


class StartPage(QScrollArea):
    """Shows a shipped study; ``chosen`` tells what a person wants to begin with."""

    chosen = Signal(str)
    """Name of a :class:`Way`, or "tour" or "market"."""

    def __init__(self, study: ShippedStudy | None = None) -> None:
        super().__init__()
        self.setObjectName("start")
        self.setAccessibleName("Start page")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.study = study or shipped_study()
        self.buttons: dict[str, QPushButton] = {}
        body = QWidget()
        body.setMaximumWidth(WIDEST)
        column = QVBoxLayout(body)
        column.setContentsMargins(20, 12, 20, 12)
        column.setSpacing(10)
        self.question = QLabel(self.study.question if self.study else "")
        self.question.setObjectName("startQuestion")
        self.question.setWordWrap(True)
        column.addWidget(self.question)
        self.told = QWidget()
        above = QHBoxLayout(self.told)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(10)
        self.answer = QLabel()
        self.answer.setTextFormat(Qt.TextFormat.RichText)
        self.answer.setWordWrap(True)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.answer.setContentsMargins(12, 2, 12, 8)
        self.answer.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.answer.linkActivated.connect(self._unfold)
        self._unfolded = False
        """Whether how it was measured is told, too."""
        self.answer_panel = Panel("What was found so far", self.answer)
        self.chart = EffectsChart()
        self.chart_panel = Panel("Volatility: room made, and what traders add to it", self.chart)
        self.legend = Legend()
        self.chart_panel.add_control(self.legend)
        above.addWidget(self.answer_panel, round(100 * SHARE))
        above.addWidget(self.chart_panel, round(100 - 100 * SHARE))
        column.addWidget(self.told)
        self.cards = QWidget()
        self.cards.setLayout(self._cards())
        column.addWidget(self.cards)
        column.addLayout(self._foot())
        column.addStretch(1)
        outer = QWidget()
        row = QHBoxLayout(outer)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(body, 1000)
        row.addStretch(1)
        self.setWidget(outer)
        self._show_study()
        theme.signals.changed.connect(self._show_answer)

    def say_market(self, text: str) -> None:
        """Tell how the market behind the page is: being compiled, or ready."""
        if self.market.text() != text:
            self.market.setText(text)

    # -- parts ----------------------------------------------------------------------------------

    def _cards(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(10)
        cores = os.cpu_count() or 1
        times = {
            "try_time": minutes_of("first_answer", cores),
            "small_time": minutes_of("small", cores),
            "full_time": minutes_of("full", cores),
        }
        for k, way in enumerate(WAYS):
            card = QFrame()
            card.setObjectName("panel")
            card.setProperty("level", "accent" if way.primary else "")
            button = QPushButton(way.title)
            if way.primary:
                button.setProperty("role", "primary")
            button.clicked.connect(lambda _checked=False, name=way.name: self.chosen.emit(name))
            text = QLabel(way.text.format(**times))
            text.setObjectName("panelNote")
            text.setWordWrap(True)
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
            button.setAccessibleDescription(text.text())
            self.buttons[way.name] = button
            inside = QVBoxLayout(card)
            inside.setContentsMargins(12, 10, 12, 10)
            inside.setSpacing(6)
            inside.addWidget(button)
            inside.addWidget(text, 1)
            grid.addWidget(card, k // 3, k % 3)
        grid.setContentsMargins(0, 0, 0, 0)
        for k in range(3):
            grid.setColumnStretch(k, 1)
        return grid

    def _foot(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        self.market = QLabel()
        self.market.setObjectName("panelNote")
        line.addWidget(self.market, 1)
        for name, title in (("tour", "Show me around"), ("market", "Go to the market")):
            button = QPushButton(title)
            button.clicked.connect(lambda _checked=False, name=name: self.chosen.emit(name))
            self.buttons[name] = button
            line.addWidget(button)
        return line

    def figure_source(self) -> str:
        """The study that ships with the program."""
        return "" if self.study is None else f"Shipped study · {self.study.runs:,} runs"

    # -- the study ------------------------------------------------------------------------------

    def _show_study(self) -> None:
        study = self.study
        if study is None:
            self.question.hide()
            self.chart_panel.hide()
            self.answer.setText(
                "The summary of the shipped study is not there, or damaged. "
                "“abm-desktop doctor” says what else is missing."
            )
            return
        kinds = study.kinds
        self.legend.set_entries([(kind_color(k), kind) for k, kind in enumerate(kinds)])
        self.chart.show_effects(study.drawn(), kinds, study.grids, as_factors=True)
        self.chart_panel.note.setText("by grid")
        self.chart.tell_axes("grid", "Volatility after the shock (multiple)")
        self._show_answer()

    def _show_answer(self, _theme: object = None) -> None:
        study = self.study
        if study is None:
            return
        first, *others = study.grids
        link = theme.current().colors.accent
        parts = [
            f"<p><b>{html.escape(study.headline)}</b></p>"
            f"<p>On a {html.escape(first)}, with 95 % intervals:</p>"
        ]
        parts += [f"<p>{group_line(*told)}</p>" for told in study.answer(first).items()]
        if self._unfolded:
            parts += [f"<p>{other_grid_line(grid, study.answer(grid))}</p>" for grid in others]
            parts.append(
                f"<p>To give RL traders {study.told_level} of the taker volume is two changes: "
                "others make room, and RL traders come. Volatility of the 15 minutes after the "
                f"shock, {html.escape(first)}. In brackets 95 % intervals, for other trainings "
                "and markets; bold: clear after Holm's correction. "
                f"{study.runs:,} runs, {study.trainings} trainings an algorithm, all in a "
                "simulated market.</p>"
            )
        parts.append(unfold_link("Less" if self._unfolded else "How it was measured …", link))
        if study.caveat:
            color = theme.current().colors.warning
            caveat = html.escape(unbroken(study.caveat))
            parts.append(f'<p><span style="color:{color}">{caveat}</span></p>')
        self.answer.setText("".join(parts))

    def _unfold(self, _target: str) -> None:
        self._unfolded = not self._unfolded
        self._show_answer()
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the answer and its figure the height that the rest leaves."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        width = min(WIDEST, self.viewport().width()) - 40
        rest = self.question.heightForWidth(width) + self.cards.heightForWidth(width) + BESIDES
        needed = self.answer.heightForWidth(round(width * SHARE) - 4) + HEADER
        left = min(MOST, self.viewport().height() - rest)
        self.told.setFixedHeight(max(LEAST, needed, left))
