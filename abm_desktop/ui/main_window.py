"""The main window: tabs, menus, drag and drop, and the one timer that draws."""

from __future__ import annotations

import asyncio
import importlib
import logging
import time
import traceback
from functools import cached_property
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QMainWindow,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from abm_desktop import paths
from abm_desktop.live import LiveMarket, MarketSnapshot
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.tab import AnalyticsTab
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.controls import ANALYTICS, MARKET, RL, Controls
from abm_desktop.ui.log_console import LogConsole
from abm_desktop.ui.market.tab import MarketTab
from abm_desktop.ui.menus import Menus
from abm_desktop.ui.session import REPLAY_SUFFIXES, Session, Trouble
from abm_desktop.ui.settings import Settings
from abm_desktop.ui.status import StatusBar
from abm_desktop.ui.widgets.formats import clock
from abm_desktop.ui.widgets.notice import Notice
from abm_desktop.ui.widgets.panel import EmptyState

__all__ = ["FRAME_MS", "MainWindow"]

log = logging.getLogger(__name__)

FRAME_MS = 33
TRAINING_END_SECONDS = 10
PREPARING_HINT = (
    "The first start compiles the market to machine code, which takes about half a minute, or more "
    "on a busy machine. The window can be used meanwhile."
)
NO_MARKET_HINT = (
    "Open a scenario (Ctrl+O) or recorded order flow (Ctrl+Shift+O), or drop a file on the window."
)


class MainWindow(QMainWindow):
    """The program's one window. Show it first, then call ``session.start_engine()``."""

    closed = Signal()
    """The window was closed; training and the market are to be ended now."""

    def __init__(self, live: LiveMarket | None = None, settings: Settings | None = None) -> None:
        """Build the window; with ``live``, attach that market at once."""
        super().__init__()
        self.settings = settings or Settings()
        self.session = Session(self.settings, self)
        self.rl: Any = None
        self._snapshot: MarketSnapshot | None = None
        self._drawn: tuple[MarketSnapshot, int] | None = None
        self._reported_error: str | None = None
        self._phase = "continuous"
        self._began = time.monotonic()
        self.setWindowTitle("ABM Desktop")
        icon_file = paths.resource_dir() / "icon.svg"
        if icon_file.is_file():
            self.setWindowIcon(QIcon(str(icon_file)))
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)

        self.controls = Controls(self)
        self.commands = CommandTable(self, self.controls.bindings())
        self.market = MarketTab(self.session, self.commands)
        self.preparing = [EmptyState(self.tr("Preparing the market"), self.tr(PREPARING_HINT))
                          for _ in range(2)]  # fmt: skip
        self._stacks = [_stack(self.preparing[0], self.market), _stack(self.preparing[1])]
        self._rl_place = QStackedWidget()
        self._rl_place.addWidget(
            EmptyState(self.tr("Loading"), self.tr("The training page is being loaded."))
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self._stacks[0], self.tr("Market"))
        self.tabs.addTab(self._stacks[1], self.tr("Analytics"))
        self.tabs.addTab(self._rl_place, self.tr("RL"))
        self.tabs.currentChanged.connect(lambda _index: self.draw())
        self.notice = Notice()
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self.tabs, 1)
        self.setCentralWidget(centre)
        self.log = LogConsole()
        self.log_dock = QDockWidget(self.tr("Log"))
        self.log_dock.setObjectName("dock.log")
        self.log_dock.setWidget(self.log)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.log_dock)
        self.log_dock.hide()
        self.log_dock.visibilityChanged.connect(
            lambda _shown: self.commands["view.log"].setChecked(not self.log_dock.isHidden())
        )
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.menus = Menus(self.menuBar(), self.commands, self.session, self.controls.set_theme)
        self.menus.add_panels(dock.toggleViewAction() for dock in self.market.desk.docks.values())

        self.session.trouble.connect(self.notice.show_trouble)
        self.session.trouble.connect(
            lambda trouble: log.warning("%s: %s", trouble.title, trouble.text)
        )
        self.session.opened.connect(self._file_opened)
        self.market.transport.seed_entered.connect(self.session.reset)
        theme.signals.changed.connect(self._redraw_all)
        self._restore()
        self.frame_timer = QTimer(self)
        self.frame_timer.setInterval(FRAME_MS)
        self.frame_timer.timeout.connect(self.draw)
        self.frame_timer.start()
        if live is not None:
            self.session.attach(live)

    # -- drawing --------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the visible tab from the newest snapshot; called thirty times a second."""
        snapshot = self.session.poll()
        doing = self.session.live.compile_progress if self.session.live is not None else None
        if snapshot is None:
            self._show_preparing(doing)
        else:
            self._take(snapshot)
            # Another market is being made ready while this one still shows.
            if doing:
                self.status.show_progress(doing)
            else:
                self.status.show_state(snapshot)
        if self.rl is not None:
            self.status.show_training(bool(self.rl.is_training))
            if self.tabs.currentIndex() == RL:
                self.rl.tick()
        self.log.pump()

    @cached_property
    def analytics(self) -> AnalyticsTab:
        """The Analytics tab, built when it is first shown: its charts take a tenth of a second."""
        tab = AnalyticsTab(self.session.stress_log)
        self._stacks[1].addWidget(tab)
        return tab

    @property
    def snapshot(self) -> MarketSnapshot | None:
        """The snapshot on show; None before the first."""
        return self._snapshot

    def _take(self, snapshot: MarketSnapshot) -> None:
        tab = self.tabs.currentIndex()
        if self._drawn is not None and self._drawn[0] is snapshot and self._drawn[1] == tab:
            return
        shown_before = self._drawn is not None and self._drawn[1] == tab
        self._drawn = (snapshot, tab)
        if self._phase != snapshot.phase:
            self._phase = snapshot.phase
            log.info(
                "market: %s %s at %s", snapshot.phase, snapshot.phase_reason, clock(snapshot.time)
            )
        self._snapshot = snapshot
        self._stacks[0].setCurrentIndex(1)
        self.status.show_snapshot(snapshot)
        self.market.price.watch(snapshot)
        if tab == MARKET:
            self.market.show_snapshot(snapshot)
        else:
            # The shared run command must be right on every tab: the menu shows it.
            self.market.transport.show_snapshot(snapshot)
            self.market.stress.show_snapshot(snapshot)
            self.market.rules.show_snapshot(snapshot)
        if tab == ANALYTICS:
            self._stacks[1].setCurrentWidget(self.analytics)
            self.analytics.show_snapshot(snapshot, everything=not shown_before)
        title = f"{snapshot.source} – ABM Desktop"
        if self.windowTitle() != title:
            self.setWindowTitle(title)
        if snapshot.error != self._reported_error:
            self._reported_error = snapshot.error
            if snapshot.error:
                self.notice.show_trouble(
                    Trouble(
                        self.tr("The market stopped"),
                        self.tr("{error}\nReset it (Ctrl+R), or open another file.").format(
                            error=snapshot.error.strip().splitlines()[-1]
                        ),
                        details=snapshot.error,
                    )
                )

    def _show_preparing(self, doing: str | None) -> None:
        if doing or self.session.live is None or self.session.is_opening:
            title, hint = doing or self.tr("preparing the market"), self.tr(PREPARING_HINT)
        else:
            title, hint = self.tr("no market is open"), self.tr(NO_MARKET_HINT)
        title = title[:1].upper() + title[1:]
        self.status.show_progress(title)
        waited = int(time.monotonic() - self._began)
        if doing and waited > 2:
            title += self.tr(" · {n} s").format(n=waited)
        for page in self.preparing:
            page.say(title, hint)

    def _redraw_all(self, _theme: object = None) -> None:
        self._drawn = None
        self.draw()

    # -- the RL tab -----------------------------------------------------------------------------

    def load_rl_tab(self) -> None:
        """Import and place the RL tab; called once the window is visible."""
        try:
            tab = importlib.import_module("abm_desktop.ui.rl.tab").RLTab()
        except Exception as error:  # any fault in one tab must leave the other two usable
            log.exception("the RL tab could not be loaded")
            hint = self.tr("Run “abm-desktop doctor” in a terminal: it names what is missing.")
            page = EmptyState(self.tr("The training page could not be loaded"), f"{error}\n{hint}")
            page.setToolTip(traceback.format_exc())
            self._rl_place.addWidget(page)
            self._rl_place.setCurrentWidget(page)
            return
        self.rl = tab
        tab.load_policy_requested.connect(self.session.add_policy_traders)
        tab.status_message.connect(self._say)
        if self.session.file is not None:
            tab.set_scenario(self.session.file)
        self._rl_place.addWidget(tab)
        self._rl_place.setCurrentWidget(tab)

    def _say(self, text: str) -> None:
        self.status.show_message(text)
        log.info("%s", text)

    # -- files ----------------------------------------------------------------------------------

    def _file_opened(self, path: Path) -> None:
        self.notice.dismiss()
        log.info("opened %s", path)
        if self.rl is not None and path.suffix.lower() not in REPLAY_SUFFIXES:
            self.rl.set_scenario(path)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the notices on show with Esc; other keys are nobody's."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
            return
        for notice in self.findChildren(Notice):
            if notice.isVisible():
                notice.dismiss()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files."""
        if _local_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first of the files dropped."""
        files = _local_files(event)
        if files:
            event.acceptProposedAction()
            self.session.open(files[0])

    # -- start and end --------------------------------------------------------------------------

    def _restore(self) -> None:
        geometry = self.settings.bytes("geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            # A first window larger than the screen would have its edges cut off.
            self.resize(QSize(1440, 900).boundedTo(self.screen().availableSize()))
        self.controls.set_heatmap(bool(self.settings.number("heatmap", 1)))
        windows = self.settings.bytes("windows")
        if windows is not None:
            self.restoreState(windows)
        self.market.desk.restore_layout(self.settings.bytes("desk"))
        self.tabs.setCurrentIndex(min(RL, max(0, self.settings.number("tab", MARKET))))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window, and ask for the end of everything it started."""
        self.frame_timer.stop()
        self.log.detach()
        self.settings.set_bytes("windows", self.saveState())
        self.settings.set_bytes("geometry", self.saveGeometry())
        self.settings.set_bytes("desk", self.market.desk.layout_now())
        self.settings.set_number("tab", self.tabs.currentIndex())
        self.settings.save()
        event.accept()
        self.closed.emit()

    async def shutdown(self) -> None:
        """End training and the market. Afterwards no thread or process of the window is left."""
        try:
            if self.rl is not None:
                await asyncio.wait_for(self.rl.close_training(), TRAINING_END_SECONDS)
        except TimeoutError:
            log.error("the training did not end within %d s; going on", TRAINING_END_SECONDS)
        finally:
            self.session.close()


def _stack(*pages: QWidget) -> QStackedWidget:
    stack = QStackedWidget()
    for page in pages:
        stack.addWidget(page)
    return stack


def _local_files(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
