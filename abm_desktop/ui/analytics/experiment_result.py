"""What an experiment found: the answer in words, the effects as a chart and as a table."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.analytics.experiments import MarketPaths, ResultEntry, ResultReport
from abm_desktop.desk.formats import shorten, unbroken, whole, with_capital
from abm_desktop.desk.short_answer import found_in, headline
from abm_desktop.statements import counted
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.answer_words import group_line, unfold_link
from abm_desktop.ui.analytics.effects_chart import EffectsChart, kind_color
from abm_desktop.ui.analytics.pair_chart import WITHOUT, PairChart
from abm_desktop.ui.analytics.report_table import ReportTable, TableCell
from abm_desktop.ui.widgets.chart_panel import ChartPanel
from abm_desktop.ui.widgets.panel import EmptyState, Legend, Panel

__all__ = ["ExperimentResult"]


FEW = 4
"""Sentences of an answer that are in sight at once, if it is not told in parts."""


class ExperimentResult(QWidget):
    """Shows a :class:`ResultReport`; its buttons ask for what the page does."""

    open_requested = Signal()
    """Open the full report in the program for web pages."""
    folder_requested = Signal()
    export_requested = Signal()
    resume_requested = Signal()
    paths_requested = Signal()
    """Read the paths of single markets, to be handed to :meth:`show_paths`."""
    report_requested = Signal()
    """Write the report of what is finished."""

    def __init__(self) -> None:
        super().__init__()
        self.report: ResultReport | None = None
        self.is_running = False
        self.title = QLabel()
        self.title.setObjectName("panelTitle")
        self.state = QLabel()
        self.state.setObjectName("panelNote")
        self.resume_button = self._button(
            "Resume", "Make the runs that are missing", self.resume_requested
        )
        self.write_button = self._button(
            "Write the report", "Of what is finished", self.report_requested
        )
        self.open_button = self._button(
            "Open the full report",
            "All figures and tables, in your web browser",
            self.open_requested,
        )
        self.folder_button = self._button(
            "Show folder", "Where the results lie", self.folder_requested
        )
        self.export_button = self._button(
            "Export CSV…",
            "Save every table of the report, and of the runs, into a folder",
            self.export_requested,
        )
        line = QHBoxLayout()
        line.setContentsMargins(4, 0, 0, 0)
        line.addWidget(self.title)
        line.addWidget(self.state, 1)
        for button in (
            self.resume_button, self.write_button, self.open_button, self.folder_button,
            self.export_button,
        ):  # fmt: skip
            line.addWidget(button)

        self.words = QTextBrowser()
        self.words.setObjectName("plainText")
        self.words.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.words.setAccessibleName("The answer in words")
        self.words.setOpenLinks(False)
        self.words.anchorClicked.connect(lambda _target: self._unfold())
        self._unfolded = False
        """Whether all that the report says is on show."""
        self.words_panel = Panel("Answer", self.words)
        self.measure = QComboBox()
        self.measure.setAccessibleName("Measure")
        self.measure.setToolTip("What the treatment changes; the primary one comes first")
        self.measure.currentIndexChanged.connect(lambda _index: self._show_measure())
        self.legend = Legend()
        self.chart = EffectsChart()
        self.chart_panel = ChartPanel("Effect", self.chart, chart=self.chart)
        self.chart_panel.add_control(self.legend, optional=True)
        self.charts = QStackedWidget()
        self.one_button = QPushButton("One market")
        self.one_button.setToolTip("The price in matched copies of one market, with and without")
        self.one_button.clicked.connect(self.paths_requested)
        self.chart_panel.add_control(self.one_button)
        self._markets: list[list[MarketPaths]] = []
        self._market = 0
        self.pairs = PairChart()
        self.pairs_legend = Legend()
        self.pairs_panel = ChartPanel("One market", self.pairs, chart=self.pairs)
        self.pairs_panel.add_control(self.pairs_legend)
        self.next_button = QPushButton("Next")
        self.next_button.setToolTip("Another market")
        self.next_button.clicked.connect(lambda: self._show_market(self._market + 1))
        self.all_button = QPushButton("All")
        self.all_button.setToolTip("Back to the effects, with their intervals")
        self.all_button.clicked.connect(lambda: self.charts.setCurrentWidget(self.chart_panel))
        for button in (self.next_button, self.all_button):
            self.pairs_panel.add_control(button)
        self.charts.addWidget(self.chart_panel)
        self.charts.addWidget(self.pairs_panel)
        self.table = ReportTable("Effects", [], text_columns=3)
        self.table_panel = ChartPanel("Effects", self.table, chart=self.table)
        self.table_panel.add_control(self.measure)
        above = QSplitter()
        below = QSplitter(Qt.Orientation.Vertical)
        for splitter in (above, below):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(6)
        above.addWidget(self.words_panel)
        above.addWidget(self.charts)
        above.setSizes([300, 520])
        below.addWidget(above)
        below.addWidget(self.table_panel)
        below.setSizes([360, 260])
        self.empty = EmptyState("", "")
        self.places = QStackedWidget()
        self.places.addWidget(self.empty)
        self.places.addWidget(below)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addWidget(self.places, 1)

    @staticmethod
    def _button(title: str, tip: str, pressed: Any) -> QPushButton:
        button = QPushButton(title)
        button.setToolTip(tip)
        button.clicked.connect(pressed)
        return button

    def show_entry(self, entry: ResultEntry, *, busy: bool, here: bool) -> None:
        """Show which results these are.

        Args:
            busy: whether an experiment runs, so that no other may be started.
            here: whether it is this one.
        """
        if self.title.toolTip() != str(entry.folder):
            self.charts.setCurrentWidget(self.chart_panel)  # the paths are of other results
        self.title.setText(entry.name)
        self.title.setToolTip(str(entry.folder))
        runs = whole(entry.runs)
        self.state.setText(
            ""
            if here
            else counted(entry.runs, "run")
            if entry.of is None
            else f"{runs} of {whole(entry.of)} runs"
        )
        self.is_running = here
        can_start = entry.source is not None and not busy
        self.resume_button.setVisible(not entry.is_finished and not here)
        self.resume_button.setEnabled(can_start)
        self.write_button.setVisible(entry.runs > 0 and entry.report is None and not here)
        self.write_button.setEnabled(can_start)
        self.open_button.setVisible(entry.report is not None)
        self.export_button.setEnabled(entry.runs > 0)

    def figure_source(self) -> str:
        """The experiment, and of how many runs its results are."""
        if self.report is None:
            return ""
        summary = self.report.summary
        so_far = " so far" if self.report.is_interim else ""
        return f"Experiment {summary['name']} · {counted(summary['runs'], 'run')}{so_far}"

    def show_paths(self, paths: list[MarketPaths]) -> bool:
        """Show the first of these markets; returns whether there is one."""
        by_seed: dict[int, list[MarketPaths]] = {}
        for one in paths:
            by_seed.setdefault(one.seed, []).append(one)
        self._markets = list(by_seed.values())
        if self._markets:
            self._show_market(0)
            self.charts.setCurrentWidget(self.pairs_panel)
        return bool(self._markets)

    def _show_market(self, number: int) -> None:
        self._market = number % len(self._markets)
        shown = self._markets[self._market]
        kinds = list(dict.fromkeys(name for one in shown for name in list(one.prices)[1:]))
        self.pairs.show_market(shown, kinds)
        without = next(iter(shown[0].prices)).removesuffix(" RL traders")
        self.pairs_legend.set_entries(
            [
                (WITHOUT, without),
                *((kind_color(k), kind) for k, kind in enumerate(kinds)),
            ]
        )
        note = f"seed {shown[0].seed}: price, % of that before the shock, by minutes since it"
        self.pairs_panel.note.setText(note)
        self.pairs_panel.note.setToolTip(f"{note}. One market is no answer: see all of them")

    def say(self, title: str, text: str) -> None:
        """Show a text in place of results."""
        self.report = None
        self.empty.say(title, text)
        self.places.setCurrentIndex(0)

    def show_report(self, report: ResultReport) -> None:
        """Show what was found."""
        self.report = report
        summary = report.summary
        effects = summary["effects"]
        if report.is_interim and not self.is_running:
            self.write_button.show()  # a report that is there is of fewer runs
        if not effects:
            self.say(
                "Nothing to compare yet",
                "Two finished markets, with and without the treatment, are the least.",
            )
            return
        self.words.setHtml(self._words(report))
        before = self.measure.currentData()
        labels = {e["measure"]: e["label"] for e in sorted(effects, key=lambda e: not e["primary"])}
        self.measure.blockSignals(True)
        self.measure.clear()
        for name, label in labels.items():
            self.measure.addItem(label, name)
        self.measure.setCurrentIndex(max(0, self.measure.findData(before)))
        self.measure.setVisible(len(labels) > 1)
        self.measure.blockSignals(False)
        self.table.set_columns(
            [
                "Stress", "Traders", with_capital(summary["level_name"]), "Change",
                "95 % interval", "p (Holm)", "Markets",
                "Policies",
            ],
            [
                "", "", "", "Mean change against the same market without the treatment",
                "Of the primary measure for other trainings and markets, if there are three "
                "trainings or more; else a hierarchical bootstrap over policies and markets",
                "Of the same; else Wilcoxon's signed-rank test. Holm's correction",
                "",
                "Trained policies that were tried; none if the traders follow rules alone",
            ],
        )  # fmt: skip
        for k in range(2):
            stretch = QHeaderView.ResizeMode.Stretch
            self.table.horizontalHeader().setSectionResizeMode(k, stretch)
        self._show_measure()
        self.places.setCurrentIndex(1)

    def _unfold(self) -> None:
        self._unfolded = not self._unfolded
        if self.report is not None:
            self.words.setHtml(self._words(self.report))

    def _words(self, report: ResultReport) -> str:
        """The question, the short answer, and behind a link all that the report says."""
        summary = report.summary
        parts = [f"<p>{html.escape(summary['question'])}</p>"]
        if report.is_interim:
            note = (
                "So far: effects on the primary measure from {n} finished runs. The answer in "
                "words comes with the report."
            ).format(n=whole(summary["runs"]))
            parts.append(f"<p><i>{html.escape(note)}</i></p>")
        answer, limits = summary["answer"], summary["limits"]
        found = found_in(summary.get("parts", ()))
        rest = answer
        if found:
            label, groups = next(iter(found.items()))
            told_first = headline(found)
            parts += [f"<p><b>{html.escape(told_first)}</b></p>"] if told_first else []
            parts.append(f"<p>Change of the {html.escape(label)}, with 95 % intervals:</p>")
            parts += [f"<p>{group_line(*told)}</p>" for told in groups.items()]
        elif answer:
            parts.append(f"<p><b>{html.escape(unbroken(answer[0]))}</b></p>")
            parts += [f"<p>{html.escape(unbroken(told))}</p>" for told in answer[1:FEW]]
            rest = answer[FEW:]
        color = theme.current().colors.accent
        if (rest or limits) and not self._unfolded:
            told = " and ".join(
                counted(len(texts), word)
                for texts, word in ((rest, "sentence"), (limits, "limit"))
                if texts
            )
            return "".join(parts) + unfold_link(f"More: {told}", color)
        parts += [f"<p>{html.escape(unbroken(sentence))}</p>" for sentence in rest]
        if limits:
            items = "".join(f"<li>{html.escape(text)}</li>" for text in limits)
            parts.append(f"<p><b>Limits</b></p><ul>{items}</ul>")
        return "".join(parts) + (unfold_link("Less", color) if rest or limits else "")

    def _show_measure(self) -> None:
        if self.report is None:
            return
        summary = self.report.summary
        name = self.measure.currentData()
        effects = [e for e in with_headline(summary) if e["measure"] == name]
        every = list(dict.fromkeys((e["placebo"], e["kind"]) for e in summary["effects"]))
        kinds = [kind for _, kind in sorted(every, key=lambda pair: pair[0])]
        left_out = self.chart.show_effects(effects, kinds, summary["levels"])
        self.legend.set_entries(
            [(kind_color(k), kind) for k, kind in enumerate(kinds)] if any(kinds) else []
        )
        unit = "% change" if effects and effects[0]["ratio"] else "difference"
        if self.chart.as_factors:
            unit = "multiple"
        label = self.measure.currentText()
        note = f"{unit}, {label}"
        if left_out:
            note += f" · not shown: {', '.join(left_out)}"
        self.chart_panel.note.setText(note)
        self.chart.tell_axes(summary["level_name"], f"{with_capital(label)} ({unit})")
        self.chart_panel.note.setToolTip(f"{note}, by {summary['level_name']}, with 95 % intervals")
        self.chart_panel.fit_controls()
        told = [label if self.measure.count() == 1 else "", _few_markets(effects)]
        self.table_panel.note.setText(" · ".join(filter(None, told)))
        groups = list(dict.fromkeys(e["group"] for e in effects))
        effects.sort(key=lambda e: (groups.index(e["group"]), kinds.index(e["kind"])))
        self.table.show_rows([self._row(e, kinds) for e in effects])

    def _row(self, e: dict[str, Any], kinds: list[str]) -> list[TableCell]:
        low, high = e["low"], e["high"]
        p = e["p_holm"]
        apart = low is not None and high is not None and (low > 0 or high < 0)
        # Of two or three markets an interval alone says little.
        clear = apart and p is not None and p < 0.05
        return [
            TableCell(e["group"]),
            TableCell(
                shorten(e["kind"] or "–", 40), e["kind"], mark=kind_color(kinds.index(e["kind"]))
            ),
            TableCell(e["level"]),
            TableCell(_change(e["change"], e["ratio"]), bold=clear),
            TableCell(f"{_change(low, e['ratio'])} … {_change(high, e['ratio'])}"),
            TableCell("–" if p is None else "<0.0001" if p < 1e-4 else f"{p:.2g}", color="muted"),
            TableCell(str(e["markets"]), color="muted"),
            TableCell(str(e["policies"] or "–"), color="muted"),
        ]


def with_headline(summary: dict[str, Any]) -> list[dict[str, Any]]:
    """The effects of a summary, those of the primary measure with the interval to be trusted."""
    trusted = {(e["kind"], e["group"], e["level"]): e for e in summary.get("headline", ())}
    return [
        e | trusted.get((e["kind"], e["group"], e["level"]), {}) if e["primary"] else e
        for e in summary["effects"]
    ]


def _few_markets(effects: Sequence[dict[str, Any]]) -> str:
    """What the signed-rank test of so few markets cannot tell, however large the change."""
    real = [e for e in effects if not e["placebo"] and e["primary"] and e["policies"] < 3]
    if not real:
        return ""
    markets = min(e["markets"] for e in real)
    least = len({(e["kind"], e["group"]) for e in real}) * 2.0 ** (1 - markets)
    if least < 0.05:
        return ""
    return f"with {markets} markets no p of this test can be below {min(1.0, least):.2g}"


def _change(value: float | None, ratio: bool) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    size = 100 * value if ratio else value
    text = f"{size:+.0f}" if abs(size) >= 10 else f"{size:+.1f}" if ratio else f"{size:+.3g}"
    return text.replace("-", "−") + (" %" if ratio else "")
