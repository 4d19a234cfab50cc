"""The Analytics tab: a rail of pages, the page on show, and the measured window beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from abm_desktop.desk.trader_flow import TraderFlow
from abm_desktop.live import TRADER_CLASSES, MarketSnapshot
from abm_desktop.ui.analytics.linked_time import LinkedTime
from abm_desktop.ui.analytics.page import AnalyticsPage, Context
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.analytics.series import class_title, present_classes
from abm_desktop.ui.analytics.window_panel import WindowPanel
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.low_page import PageStack
from abm_desktop.ui.widgets.panel import Legend
from abm_desktop.ui.widgets.segments import segment_row
from abm_desktop.ui.work import Work

if TYPE_CHECKING:
    from abm_desktop.ui.analytics.compare_page import ComparePage
    from abm_desktop.ui.analytics.experiments_page import ExperimentsPage
    from abm_desktop.ui.analytics.facts_page import FactsPage
    from abm_desktop.ui.analytics.twins_page import TwinsPage

__all__ = ["AnalyticsTab"]

_Page = TypeVar("_Page", bound=AnalyticsPage)

RAIL_WIDTH = 96
WINDOWS: tuple[tuple[str, float | None], ...] = (
    ("10 min", 600.0),
    ("1 h", 3600.0),
    ("All", None),
)


class AnalyticsTab(QWidget):
    """Pages about the present run, and about others beside it."""

    page_changed = Signal(str)
    """Another page is on show: its name."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.context = Context(session, LinkedTime(None, self), TraderFlow())
        self.context.time.bookmarks = session.bookmarks
        self._snapshot: MarketSnapshot | None = None
        self._generation = -1
        self._pages: dict[str, AnalyticsPage] = {}
        self._frames = 0
        self.rail = QButtonGroup(self)
        rail = QVBoxLayout()
        rail.setContentsMargins(0, 0, 0, 0)
        rail.setSpacing(2)
        for k, page in enumerate(PAGES):
            button = QToolButton()
            button.setText(page.plain_title)
            button.setToolTip(page.tip)
            button.setCheckable(True)
            button.setProperty("role", "segment")
            button.setFixedSize(RAIL_WIDTH, 30)
            button.setAccessibleName(f"Page {page.plain_title}")
            self.rail.addButton(button, k)
            rail.addWidget(button)
        self.rail.idClicked.connect(lambda k: self.show_page(PAGES[k].name))
        rail.addStretch(1)

        self.time_bar = self._make_time_bar()
        self.stack = PageStack()
        self.window_panel = WindowPanel(self.context)
        splitter = QSplitter()
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(self.stack)
        splitter.addWidget(self.window_panel)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        body = QVBoxLayout()
        body.setSpacing(6)
        body.addWidget(self.time_bar)
        body.addWidget(splitter, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(8)
        layout.addLayout(rail)
        layout.addLayout(body, 1)
        self.context.time.moved.connect(self._redraw)
        self.context.time.stretch_changed.connect(self._show_stretch)
        self.show_page(PAGES[0].name)

    def _make_time_bar(self) -> QWidget:
        bar = QWidget()
        line = QHBoxLayout(bar)
        line.setContentsMargins(2, 0, 2, 0)
        label = QLabel("Time shown")
        label.setObjectName("panelNote")
        line.addWidget(label)
        self.window_buttons = QButtonGroup(self)
        for k, (title, _seconds) in enumerate(WINDOWS):
            button = QToolButton()
            button.setText(title)
            button.setAccessibleName(f"Analytics window {title}")
            button.setToolTip("Time shown in every chart of this page")
            self.window_buttons.addButton(button, k)
        line.addWidget(segment_row(self.window_buttons.buttons()))
        self.window_buttons.button(len(WINDOWS) - 1).setChecked(True)
        self.window_buttons.idClicked.connect(self.set_window)
        self.measure_button = QToolButton()
        self.measure_button.setText("Measure")
        self.measure_button.setToolTip(
            "Measure the time shown; or drag over a chart while Shift is held"
        )
        self.measure_button.clicked.connect(self.measure_shown)
        line.addWidget(self.measure_button)
        self.hint = QLabel("Shift + drag measures a stretch of time")
        self.hint.setToolTip("The wheel zooms, a drag moves, a double click returns")
        self.hint.setObjectName("panelNote")
        line.addWidget(self.hint)
        line.addStretch(1)
        self.class_legend = Legend()
        line.addWidget(self.class_legend)
        return bar

    # -- pages ----------------------------------------------------------------------------------

    @property
    def page_name(self) -> str:
        """Name of the page on show."""
        return PAGES[self.rail.checkedId()].name

    @property
    def needs_market(self) -> bool:
        """Whether the page on show is about the market that is open."""
        return PAGES[self.rail.checkedId()].needs_market

    def page(self, name: str) -> AnalyticsPage:
        """Return a page, built now if it was not shown yet. KeyError if there is none."""
        if name not in self._pages:
            found = {page.name: page for page in PAGES}[name]
            self._pages[name] = found.kind()(self.context)
            self.stack.addWidget(self._pages[name])
        return self._pages[name]

    def show_page(self, name: str) -> None:
        """Bring a page into view."""
        page = self.page(name)
        self.rail.button([p.name for p in PAGES].index(name)).setChecked(True)
        self.stack.setCurrentWidget(page)
        self.time_bar.setVisible(page.shows_time)
        self.window_panel.stand_beside(page)
        self._redraw()
        self.page_changed.emit(name)

    @property
    def work(self) -> Work | None:
        """The experiment that runs; None if none does."""
        if "experiments" not in self._pages:
            return None
        from abm_desktop.ui.analytics.experiments_page import ExperimentsPage

        page = self._pages["experiments"]
        return page.controller.work if isinstance(page, ExperimentsPage) else None

    @property
    def unsaved_draft(self) -> str:
        """Name of the experiment whose edits no file has; "" if there is none."""
        if "experiments" not in self._pages:
            return ""
        from abm_desktop.ui.analytics.experiments_page import ExperimentsPage

        page = self._pages["experiments"]
        if not isinstance(page, ExperimentsPage) or not page.drafting.is_dirty:
            return ""
        return page.drafting.draft_name

    def show_facts(self) -> FactsPage:
        """Bring the page of the stylised facts into view."""
        from abm_desktop.ui.analytics.facts_page import FactsPage

        return self._shown("facts", FactsPage)

    def show_comparison(self) -> ComparePage:
        """Bring the page that compares runs into view."""
        from abm_desktop.ui.analytics.compare_page import ComparePage

        return self._shown("compare", ComparePage)

    def show_twins(self) -> TwinsPage:
        """Bring the page that compares a run with its twin into view."""
        from abm_desktop.ui.analytics.twins_page import TwinsPage

        return self._shown("twins", TwinsPage)

    def show_experiments(self) -> ExperimentsPage:
        """Bring the page of experiments into view."""
        from abm_desktop.ui.analytics.experiments_page import ExperimentsPage

        return self._shown("experiments", ExperimentsPage)

    def _shown(self, name: str, kind: type[_Page]) -> _Page:
        self.show_page(name)
        page = self.page(name)
        assert isinstance(page, kind)
        return page

    def next_page(self, step: int = 1) -> None:
        """Show the next page, or with -1 the one before."""
        self.show_page(PAGES[(self.rail.checkedId() + step) % len(PAGES)].name)

    async def end_work(self) -> None:
        """End what the pages have started outside the window."""
        for page in self._pages.values():
            await page.end_work()

    # -- time -----------------------------------------------------------------------------------

    def set_window(self, index: int) -> None:
        """Choose the time shown by its place in ``WINDOWS``."""
        self.window_buttons.button(index).setChecked(True)
        self.context.time.follow(WINDOWS[index][1])

    def _show_stretch(self) -> None:
        """Turn to a page that tells of the stretch, if it was chosen elsewhere."""
        page = self._pages[self.page_name]
        if self.context.time.stretch is not None and not page.shows_stretch:
            self.show_page(PAGES[0].name)

    def measure_shown(self) -> None:
        """Measure the time that the charts show."""
        if self._snapshot is not None:
            self.context.time.choose(*self.context.time.span(self._snapshot))

    def measure_nothing(self) -> None:
        """Close the measured window."""
        self.context.time.clear_stretch()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the measured window with Esc."""
        if event.key() == Qt.Key.Key_Escape and self.context.time.stretch is not None:
            self.measure_nothing()
        else:
            super().keyPressEvent(event)

    # -- drawing --------------------------------------------------------------------------------

    def watch(self, snapshot: MarketSnapshot) -> bool:
        """Let go of the run before if there is another, also while nothing is drawn.

        Returns whether there is.
        """
        if snapshot.generation == self._generation:
            return False
        self._generation, self._snapshot = snapshot.generation, None
        time = self.context.time
        time.view.let_go()
        time.clear_stretch()
        time.snapshot = None
        self.window_panel.leave_run()
        for page in self._pages.values():
            page.leave_run()
        return True

    def show_snapshot(self, snapshot: MarketSnapshot, *, everything: bool = False) -> None:
        """Draw the page on show, and no other."""
        everything = self.watch(snapshot) or everything
        self._snapshot = self.context.time.snapshot = snapshot
        self.context.flow.take(snapshot)
        self.window_panel.show_snapshot(snapshot)
        page = self._pages[self.page_name]
        page.show_snapshot(snapshot, everything=everything)
        if page.shows_time and (everything or self._frames % 8 == 0):
            classes = present_classes(snapshot)
            entries = [(f"series:{k}", class_title(TRADER_CLASSES[k])) for k in classes]
            if self.class_legend.set_entries(entries):
                self._fit_hint()
        self._frames += 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the hint out where the legend needs its room."""
        super().resizeEvent(event)
        self._fit_hint()

    def _fit_hint(self) -> None:
        others = [w for w in self.time_bar.children() if isinstance(w, QWidget) and w != self.hint]
        taken = sum(w.sizeHint().width() + 6 for w in others) - self.class_legend.sizeHint().width()
        taken += self.class_legend.width() + self.hint.sizeHint().width()
        self.hint.setVisible(taken < self.width() - RAIL_WIDTH - 30)

    def _redraw(self) -> None:
        if self._snapshot is not None:
            self.show_snapshot(self._snapshot, everything=True)
