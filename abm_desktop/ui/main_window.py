"""The main window: tabs, menus, drag and drop, and the one timer that draws."""

from __future__ import annotations

import asyncio
import logging
import threading
import traceback
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

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
from abm_desktop.desk.formats import clock
from abm_desktop.heap import give_back
from abm_desktop.live import LiveMarket, MarketSnapshot
from abm_desktop.live.commands import WatchTrader
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.tab import AnalyticsTab
from abm_desktop.ui.autosave import Autosave
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.console_panel import ConsolePanel
from abm_desktop.ui.controls import ANALYTICS, MARKET, RL, START, Controls
from abm_desktop.ui.log_console import LogConsole
from abm_desktop.ui.low_dock import LowDock
from abm_desktop.ui.making import Making
from abm_desktop.ui.market.tab import MarketTab
from abm_desktop.ui.menus import Menus
from abm_desktop.ui.notice_history import NoticeHistory
from abm_desktop.ui.recovery_offer import offer_recovery
from abm_desktop.ui.remote import RemoteControl
from abm_desktop.ui.remote_door import RemoteDoor
from abm_desktop.ui.session import Session
from abm_desktop.ui.session_files import SessionFiles
from abm_desktop.ui.settings import Settings
from abm_desktop.ui.start.beginnings import Beginnings
from abm_desktop.ui.start.page import StartPage
from abm_desktop.ui.status import StatusBar
from abm_desktop.ui.tour import Tour, steps_of
from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.drops import accept_copy
from abm_desktop.ui.widgets.low_page import LowPage, PageStack
from abm_desktop.ui.widgets.notice import Notice
from abm_desktop.ui.widgets.offer import Offer
from abm_desktop.ui.widgets.panel import EmptyState
from abm_desktop.ui.widgets.questions import ask, choose
from abm_desktop.ui.widgets.second_click import SecondClick
from abm_desktop.ui.widgets.tasks import Tasks
from abm_desktop.ui.work import Work, closing_question, window_title
from abm_desktop.ui.worker import Worker

if TYPE_CHECKING:
    from abm_desktop.desk.laboratory import Laboratory
    from abm_desktop.ui.rl.tab import RLTab

__all__ = ["MainWindow"]

log = logging.getLogger(__name__)

TRAINING_END_SECONDS = 10
FIRST_SIZE = QSize(1440, 900)
FRAME = QSize(12, 36)
"""Pixels that edges and title of a window take, at most."""
TRIM_EVERY = 20_000
"""Milliseconds between two looks for memory that is free: 3 ms each, on another thread."""
KEEP_SECONDS = 5.0
"""Real seconds for the market to tell what its session was."""


class MainWindow(QMainWindow):
    """The program's one window. Show it first, then call ``session.start_engine()``."""

    closed = Signal()
    """The window was closed; training and the market are to be ended now."""

    def __init__(
        self,
        live: LiveMarket | None = None,
        settings: Settings | None = None,
        laboratory: Laboratory | None = None,
    ) -> None:
        """Build the window; with ``live``, attach that market at once.

        A ``laboratory`` that is handed in is shared with others, and goes on after the close.
        """
        super().__init__()
        self.settings = settings or Settings()
        self.session = Session(self.settings, self, laboratory)
        self.rl: RLTab | None = None
        self._snapshot: MarketSnapshot | None = None
        self._drawn: tuple[MarketSnapshot, int] | None = None
        self._reported_error: str | None = None
        self._phase = "continuous"
        self._may_close = False
        self._settings_fault: Trouble | None = None
        self.tour: Tour | None = None
        self._tour_waits = False
        self.setWindowTitle("ABM Desktop")
        icon_file = paths.resource_dir() / "icon.svg"
        if icon_file.is_file():
            self.setWindowIcon(QIcon(str(icon_file)))
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)

        self.controls = Controls(self)
        self.beginnings = Beginnings(self)
        self.commands = CommandTable(self, self.controls.bindings())
        self.market = MarketTab(self.session, self.commands)
        self.tabs = QTabWidget()
        self.tasks = Tasks(self.tabs)
        self.making = Making(self.session, self.tasks)
        self._stacks = [_stack(self.making.pages[0], self.market), _stack(self.making.pages[1])]
        self._rl_place = PageStack()
        self._rl_place.addWidget(EmptyState("Loading", "The training page is being loaded."))
        self.tabs.setAccessibleName("Pages")
        self.tabs.setDocumentMode(True)
        self._start_place = QStackedWidget()
        self.tabs.addTab(self._start_place, "Start")
        self.tabs.addTab(LowPage(self._stacks[0]), "Market")
        self.tabs.addTab(LowPage(self._stacks[1]), "Analytics")
        self.tabs.addTab(LowPage(self._rl_place), "RL")
        self.tabs.currentChanged.connect(self._tab_chosen)
        SecondClick(self.tabs)
        centre = QWidget()
        self.notice = Notice(over=centre)
        self.offer = Offer(over=centre, above=self.notice)
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tabs, 1)
        self.setCentralWidget(centre)
        self.log = LogConsole()
        self.notices = NoticeHistory()
        self.log_dock = self._add_dock("log", "Log", self.log)
        self.notices_dock = self._add_dock("notices", "Notices", self.notices)
        self.console = ConsolePanel(self.session)
        self.console_dock = self._add_dock("console", "Console", self.console)
        self.status = StatusBar()
        self.status.experiment.clicked.connect(self.show_experiment)
        self.status.notices.clicked.connect(self.commands["view.notices"].trigger)
        self.notices.unread_changed.connect(self.status.show_unread)
        self.setStatusBar(self.status)
        self.remote = RemoteControl(self.session, RemoteDoor(self))
        self.remote.changed.connect(
            lambda: self.status.show_remote(self.remote.url, self.remote.client_lines())
        )
        self.menus = Menus(self.menuBar(), self.commands, self.session, self.controls.set_theme)
        self.menus.add_colours(self.market.price.heat_bar.contrast_menu)
        self.market.price.heat_bar.chosen.connect(self.controls.set_contrast)
        self.menus.add_panels(dock.toggleViewAction() for dock in self.market.desk.docks.values())

        self.session.trouble.connect(self.report)
        self.session.mended.connect(self._mended)
        self.session.said.connect(self._say)
        self.market.command_list.answered.connect(self.status.show_message)
        self.market.moments.came_forward.connect(lambda: self.tabs.setCurrentIndex(MARKET))
        self.market.command_list.twin_asked.connect(self.controls.show_twin)
        self.session.trouble.connect(
            lambda trouble: log.warning("%s: %s", trouble.title, trouble.text)
        )
        self.session.opened.connect(self._file_opened)
        self.session.replaced.connect(self._draw_anew)
        self.session.days_found.connect(self._choose_day)
        self.files = SessionFiles(self.session, self.tasks)
        self.autosave = Autosave(self.session, self.remember)
        self.autosave.left.connect(partial(offer_recovery, self.offer, self.autosave))
        self.market.transport.seed_entered.connect(self.controls.take_seed)
        for chart in (self.market.price, self.market.volume):
            chart.brushed.connect(self._measure)
        theme.signals.changed.connect(self._redraw_all)
        self._restore()
        self.follow_console()
        self.frame_timer = QTimer(self)
        self.frame_timer.timeout.connect(self.draw)
        self.follow_frame_rate()
        self.frame_timer.start()
        # What charts, twins and looks at the past have freed lies between what is still in use.
        trim = QTimer(self)
        trim.timeout.connect(lambda: threading.Thread(target=give_back, daemon=True).start())
        trim.start(TRIM_EVERY)
        if live is not None:
            self.session.attach(live)

    # -- drawing --------------------------------------------------------------------------------

    def draw(self) -> None:
        """Draw the visible tab from the newest snapshot; called thirty times a second."""
        snapshot = self.session.poll()
        doing = self.session.live.compile_progress
        self.making.show_task(doing)
        if snapshot is None:
            self._allow_trading_in(None)
            if self._snapshot is not None:  # it was closed
                self._snapshot = self._drawn = None
                self._stacks[0].setCurrentIndex(0)
            made: AnalyticsTab | None = self.__dict__.get("analytics")
            shown = self.making.pages[1] if made is None or made.needs_market else made
            self._stacks[1].setCurrentWidget(shown)
            self._tell_start(self.making.show_waiting(doing))
            self.status.show_progress(self.making.title)
        else:
            self._take(snapshot)
            self._allow_trading_in(snapshot)
            # Another market is being made ready while this one still shows.
            if doing:
                self.status.show_progress(str(doing))
            else:
                self.status.show_state(snapshot)
        self._show_work()
        if self.rl is not None:
            if self.tabs.currentIndex() == RL:
                self.rl.tick(snapshot)
            else:
                self.rl.rest()
        self.log.pump()

    def _tab_chosen(self, index: int) -> None:
        if index == START:
            self._start_place.setCurrentWidget(self.start)
        self.draw()

    @property
    def experiment(self) -> Work | None:
        """The experiment that runs; None if none does."""
        # A tab that was never shown has started nothing.
        return self.analytics.work if "analytics" in self.__dict__ else None

    @property
    def unsaved_draft(self) -> str:
        """Name of the experiment whose edits no file has; "" if there is none."""
        return self.analytics.unsaved_draft if "analytics" in self.__dict__ else ""

    def _allow_trading_in(self, snapshot: MarketSnapshot | None) -> None:
        self.commands.allow(
            "market.trade_recording",
            snapshot is not None and snapshot.is_replay,
            "Open a recording first (Ctrl+Shift+O): that is what one can trade in.",
        )

    def _show_work(self) -> None:
        """Tell in the status bar and the title what runs beside the market, and how far it is."""
        training = bool(self.rl is not None and self.rl.is_training)
        trained = None if self.rl is None else self.rl.work
        experiment = self.experiment
        self.status.show_training(training, trained)
        self.status.show_experiment(experiment)
        source = "" if self._snapshot is None else self._snapshot.source
        title = window_title(source, training, trained, experiment)
        if self.windowTitle() != title:
            self.setWindowTitle(title)

    def show_experiment(self) -> None:
        """Show the page with the experiment that runs."""
        self.tabs.setCurrentIndex(ANALYTICS)
        self.analytics.show_page("experiments")

    @cached_property
    def analytics(self) -> AnalyticsTab:
        """The Analytics tab, built when it is first shown: its charts take a tenth of a second."""
        tab = AnalyticsTab(self.session)
        tab.context.time.show_stretch_on(self.market.price, self.market.volume)
        tab.context.time.entries_at = self.market.moments.entries_at
        self._stacks[1].addWidget(tab)
        return tab

    @cached_property
    def start(self) -> StartPage:
        """The start page, built when it is first shown."""
        page = StartPage()
        page.chosen.connect(self.beginnings.begin)
        self._start_place.addWidget(page)
        return page

    def _tell_start(self, text: str) -> None:
        if "start" in self.__dict__:
            self.start.say_market(text)

    def show_start(self) -> None:
        """Show the start page."""
        self.tabs.setCurrentIndex(START)

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
                "market: %s %s at %s",
                snapshot.phase,
                snapshot.phase_reason or "",
                clock(snapshot.time),
            )
        self._snapshot = snapshot
        if self._tour_waits:
            self._tour_waits = False
            QTimer.singleShot(0, self, self.show_tour)  # when this frame has been drawn
        self._stacks[0].setCurrentIndex(1)
        self._tell_start(f"The market “{snapshot.source}” is ready")
        self.status.show_snapshot(snapshot)
        self.market.watch(snapshot)
        if "analytics" in self.__dict__:
            self.analytics.watch(snapshot)
        if tab == MARKET:
            self.market.show_snapshot(snapshot)
        else:
            # The shared run command must be right on every tab: the menu shows it.
            self.market.transport.show_snapshot(snapshot)
            self.market.stress.show_snapshot(snapshot)
            self.market.command_list.show_snapshot(snapshot)
            self.market.rules.show_snapshot(snapshot)
        if tab == ANALYTICS:
            self._stacks[1].setCurrentWidget(self.analytics)
            self.analytics.show_snapshot(snapshot, everything=not shown_before)
        if snapshot.error != self._reported_error:
            self._reported_error = snapshot.error
            if snapshot.error:
                self.report(
                    Trouble(
                        "The market stopped",
                        f"{snapshot.error.strip().splitlines()[-1]}\n"
                        "Reset it (Ctrl+R), or open another file.",
                        details=snapshot.error,
                    )
                )

    def _measure(self, left: float, right: float) -> None:
        """Measure a stretch of time that was chosen on the Market tab."""
        self.tabs.setCurrentIndex(ANALYTICS)
        self.analytics.context.time.choose(left, right)

    def _redraw_all(self, _theme: object = None) -> None:
        self._draw_anew()
        self.draw()

    def _draw_anew(self) -> None:
        """Have the next frame drawn also if its snapshot is one that was drawn already."""
        self._drawn = None

    # -- the RL tab -----------------------------------------------------------------------------

    def load_rl_tab(self) -> None:
        """Import and place the RL tab; called once the window is visible."""
        try:
            from abm_desktop.ui.rl.controller import TrainingController
            from abm_desktop.ui.rl.tab import RLTab

            session = self.session
            tab = RLTab(
                controller=TrainingController(
                    trainings=session.laboratory.trainings, goes_on=session.shares_laboratory
                )
            )
        except Exception as error:  # any fault in one tab must leave the other two usable
            log.exception("the RL tab could not be loaded")
            hint = "Run “abm-desktop doctor” in a terminal: it names what is missing."
            page = EmptyState("The training page could not be loaded", f"{error}\n{hint}")
            page.setToolTip(traceback.format_exc())
            self._rl_place.addWidget(page)
            self._rl_place.setCurrentWidget(page)
            return
        self.rl = tab
        self.follow_rl_traders()
        tab.load_policy_requested.connect(
            lambda policy, count, _name: self.session.add_policy_traders(policy, count)
        )
        tab.watch_requested.connect(lambda number: self.session.live.do(WatchTrader(number=number)))
        tab.read_decisions_by(lambda *which: self.session.live.decisions_until(*which))
        tab.moment_requested.connect(self._look_at)
        tab.market_requested.connect(self._open_for_model)
        tab.trouble.connect(self.notices.add)
        tab.state_changed.connect(self._allow_training_commands)
        tab.status_message.connect(self._say)
        if self.session.file is not None:
            tab.set_scenario(self.session.file)
        self._rl_place.addWidget(tab)
        self._rl_place.setCurrentWidget(tab)
        self._allow_training_commands()

    def _open_for_model(self, path: Path) -> None:
        self.session.open(path)
        self._say(f"Opening {path.stem}: load the model there (RL, Load into market)")

    def run_training_command(self, command_id: str) -> None:
        """Show the RL tab and carry out a command of its own; nothing before it is loaded."""
        if self.rl is not None:
            self.tabs.setCurrentIndex(RL)
            self.rl.run_command(command_id.removeprefix("training."))

    def _allow_training_commands(self) -> None:
        if self.rl is None:
            return
        for name, reason in self.rl.reasons().items():
            self.commands.allow(f"training.{name}", not reason, reason)

    def _say(self, text: str) -> None:
        self.status.show_message(text)
        self.notices.add(Trouble(text, ""), is_fault=False)
        log.info("%s", text)

    def _mended(self, title: str) -> None:
        shown = self.notice.trouble
        if shown is not None and shown.title == title:
            self.notice.dismiss()

    def report(self, trouble: Trouble) -> None:
        """Show what went wrong over the foot of the page, and keep it among the notices."""
        self.notice.show_trouble(trouble)
        self.notices.add(trouble)

    # -- figures --------------------------------------------------------------------------------

    def figure_worker(self) -> Worker:
        """The process beside the window draws figures."""
        return self.session.worker

    def figure_source(self) -> str:
        """Where what the charts of the market show comes from."""
        return self.session.provenance.line(self._snapshot)

    def tell_saved(self, what: str) -> None:
        """Say what was saved, and where."""
        self._say(what)

    # -- preferences and help -------------------------------------------------------------------

    def follow_frame_rate(self) -> None:
        """Draw as often as the preferences say."""
        rate = self.settings.chosen_number("frame_rate")
        self.frame_timer.setInterval(1000 // rate)

    def show_console(self, shown: bool) -> None:
        """Show the Python console, and let it be typed in; or hide it."""
        self.console_dock.setVisible(shown)
        if shown:
            self.console.input.setFocus()

    def follow_console(self) -> None:
        """Offer the console if the preferences say so."""
        on = self.settings.is_on("console")
        self.commands.allow("view.console", on, "Switch it on first: File, Preferences")
        if not on:
            self.console_dock.hide()

    def follow_rl_traders(self) -> None:
        """Offer the number of RL traders that the preferences say."""
        if self.rl is not None:
            self.rl.models.count.setValue(self.settings.chosen_number("rl_traders"))

    def show_tour(self) -> Tour | None:
        """Walk through the window; if no market stands yet, as soon as one does."""
        if self.tour is not None:
            self.tour.leave()
        self._tour_waits = self._snapshot is None
        if self._tour_waits:
            self._say("The tour begins as soon as a market stands")
            return None
        self.tour = Tour(self, steps_of(self))
        self.tour.left.connect(self._tour_left)
        self.tour.begin()
        return self.tour

    def show_first_tour(self) -> None:
        """Walk through the window if nobody has yet; the start page offers it by itself."""
        if not self.settings.number("tour_seen", 0) and self.tabs.currentIndex() != START:
            self.show_tour()

    def _tour_left(self) -> None:
        self.settings.set_number("tour_seen", 1)
        self.tour = None

    # -- files ----------------------------------------------------------------------------------

    def _file_opened(self, path: Path) -> None:
        if self._settings_fault is None or self.notice.trouble is not self._settings_fault:
            self.notice.dismiss()
        log.info("opened %s", path)
        self.beginnings.opened(path)
        if self.tabs.currentIndex() not in (START, MARKET):
            self._say(f"{path.name} is open: Market (Ctrl+1) shows it")
        if self.rl is not None and path.suffix.lower() == ".toml":
            self.rl.set_scenario(path)

    def _choose_day(self, path: Path, days: list[str]) -> None:
        choose(
            self,
            "Choose what to replay",
            f"{path.name} holds {len(days)} recordings.",
            days,
            "Open",
            lambda day: self.session.open(path / day),
        )

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
            accept_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the first of the files dropped."""
        files = _local_files(event)
        if files:
            accept_copy(event)
            self.session.open(files[0])

    def _add_dock(self, name: str, title: str, widget: QWidget) -> QDockWidget:
        """Add a panel below, hidden at first, that the command ``view.name`` shows."""
        dock = LowDock(name, title, widget)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
        dock.hide()
        dock.visibilityChanged.connect(
            lambda _shown: self.commands[f"view.{name}"].setChecked(not dock.isHidden())
        )
        return dock

    def _look_at(self, time: float) -> None:
        """Look at a past moment on the Market tab."""
        self.tabs.setCurrentIndex(MARKET)
        self.market.look_at(time)

    # -- start and end --------------------------------------------------------------------------

    def _restore(self) -> None:
        geometry = self.settings.bytes("geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            # A first window larger than the screen would have its edges cut off; its frame takes
            # room, too.
            room = self.screen().availableSize() - FRAME
            self.resize(FIRST_SIZE.boundedTo(room))
        self.controls.set_heatmap(bool(self.settings.number("heatmap", 1)))
        self.controls.set_contrast(self.controls.stored_contrast())
        self.controls.set_candles(bool(self.settings.number("candles", 0)))
        for name, usual in (("profile", 0), ("footprint", 0), ("rl_trades", 1)):
            self.controls.set_layer(name, bool(self.settings.number(name, usual)))
        self.controls.set_summed_flow(bool(self.settings.number("summed_flow", 0)))
        windows = self.settings.bytes("windows")
        if windows is not None:
            self.restoreState(windows)
        self.market.desk.restore_layout(self.settings.bytes("desk"))
        # Numbered from the market on, as before there was a start page.
        tab = self.settings.number("tab", 0)
        self.tabs.setCurrentIndex(MARKET + min(RL - MARKET, max(0, tab)))

    def tell_settings_fault(self, fault: str) -> None:
        """Say that the settings cannot be kept, once as long as it is so; "" if they can be."""
        if not fault:
            self._settings_fault = None
        elif self._settings_fault is None:
            log.warning("the settings of the window are not kept: %s", fault)
            self._settings_fault = Trouble(
                "The settings of the window cannot be kept",
                f"{fault}. What you choose holds until the window closes.",
            )
            self.report(self._settings_fault)

    def remember(self) -> None:
        """Store how the window stands."""
        self.settings.set_bytes("windows", self.saveState())
        self.settings.set_bytes("geometry", self.saveGeometry())
        self.settings.set_bytes("desk", self.market.desk.layout_now())
        self.settings.set_number("tab", max(0, self.tabs.currentIndex() - MARKET))
        self.tell_settings_fault(self.settings.save())

    def close_now(self) -> None:
        """Close without a question."""
        self._may_close = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the window, and ask for the end of everything it started."""
        training = self.rl is not None and bool(self.rl.is_training)
        draft = self.unsaved_draft
        question = closing_question(training, self.experiment, draft)
        if question and not self._may_close and self.settings.is_on("confirm_quit"):
            event.ignore()
            ask(self, *question, "Close", self.close_now, loses=training or bool(draft))
            return
        self.frame_timer.stop()
        self.log.detach()
        self.console.close_console()
        self.remember()
        event.accept()
        self.closed.emit()

    async def shutdown(self) -> None:
        """End training, experiment and market; no thread or process of the window is left."""
        try:
            # First: clients may start what is to be ended.
            await self.remote.end()
            await self._keep_run()
            await self._end_processes()
        finally:
            self.files.close()
            self.session.close()
            # The market's thread, which may have been writing it, is over.
            self.autosave.end()

    async def _keep_run(self) -> None:
        """Keep the run that ends with the window in the journal."""
        if self._snapshot is None or self._snapshot.error:
            return
        try:
            told = asyncio.wrap_future(self.session.live.record())
            record = await asyncio.wait_for(told, KEEP_SECONDS)
            self.files.keep_last(replace(record, program=self.session.origin()))
        except Exception as error:  # the window is to close whatever happens
            log.warning("the run was not kept in the journal: %s", error)

    async def _end_processes(self) -> None:
        works = {}
        if self.rl is not None:
            works["training"] = self.rl.close_training()
        # Where the tab was never shown, nothing was started there.
        if "analytics" in self.__dict__:
            works["experiment"] = self.analytics.end_work()
        for name, work in works.items():
            try:
                await asyncio.wait_for(work, TRAINING_END_SECONDS)
            except TimeoutError:
                log.error("the %s did not end within %d s; going on", name, TRAINING_END_SECONDS)


def _stack(*pages: QWidget) -> PageStack:
    stack = PageStack()
    for page in pages:
        stack.addWidget(page)
    return stack


def _local_files(event: QDropEvent) -> list[Path]:
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
