"""What the commands of the window do."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from abm_desktop import paths
from abm_desktop.desk.heat_contrast import PERCENTS, Contrast
from abm_desktop.desk.journal import SESSION_SUFFIX
from abm_desktop.live import RunState
from abm_desktop.live.commands import (
    CancelOrders,
    PauseMarket,
    RunMarket,
    StepEvents,
    StepTime,
)
from abm_desktop.readers.files import SUFFIXES
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.commands import CATALOGUE
from abm_desktop.ui.dialogs import about_box, shortcut_sheet
from abm_desktop.ui.journal_dialog import JournalDialog
from abm_desktop.ui.manual import GLOSSARY, Manual, page_about
from abm_desktop.ui.market.price_panel import LAYERS
from abm_desktop.ui.palette import (
    Palette,
    command_entries,
    file_entries,
    panel_entries,
    stress_entries,
    theme_entries,
)
from abm_desktop.ui.preferences import Preferences
from abm_desktop.ui.run_until import RunUntilDialog
from abm_desktop.ui.widgets.questions import ask

SESSION_FILES = f"Sessions (*{SESSION_SUFFIX})"

if TYPE_CHECKING:
    from abm_desktop.ui.analytics.experiments_page import ExperimentsPage
    from abm_desktop.ui.analytics.tab import AnalyticsTab
    from abm_desktop.ui.export_dialog import ExportDialog
    from abm_desktop.ui.main_window import MainWindow

__all__ = ["ANALYTICS", "MARKET", "RL", "START", "TABS", "Controls"]

TABS = ("start", "market", "analytics", "rl")
"""Names of the tabs, in their order."""
START, MARKET, ANALYTICS, RL = range(len(TABS))
"""Places of the tabs."""


class Controls(QObject):
    """Carries out commands on one window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window

    def bindings(self) -> dict[str, Any]:
        """Return what each command of the catalogue does."""
        window, session = self._window, self._window.session
        return {
            "file.open": self.choose_scenario,
            "file.replay": self.choose_replay,
            "file.open_session": self.choose_session,
            "file.save_session": self.ask_and_save_session,
            "file.save_scenario": self.ask_and_save_scenario,
            "file.export": self.show_export,
            "file.journal": self.show_journal,
            "file.reload": self.reload,
            "file.clear_recent": session.clear_recent,
            "file.preferences": self.show_preferences,
            "file.quit": window.close,
            "market.toggle": self.toggle,
            "market.step_event": lambda: session.do(StepEvents()),
            "market.step_interval": lambda: session.do(
                StepTime(seconds=self._window.market.transport.interval.value())
            ),
            "market.run_until": self.show_run_until,
            "market.reset": self.reset,
            "market.new_seed": lambda: self.confirm_reset(session.reset_new_seed),
            "market.trade_recording": lambda: self.confirm_reset(session.trade_recording),
            "market.faster": lambda: self._window.market.transport.nudge_speed(5),
            "market.slower": lambda: self._window.market.transport.nudge_speed(-5),
            "market.max_speed": lambda: self._window.market.transport.set_speed(None),
            "market.look_back": lambda: self._window.market.look_by(-10.0),
            "market.look_ahead": lambda: self._window.market.look_by(10.0),
            "market.back_to_live": lambda: self._window.market.back_to_live(),
            "market.fork": lambda: self._window.market.fork(),
            "market.buy": lambda: self._window.market.orders.trade(1),
            "market.sell": lambda: self._window.market.orders.trade(-1),
            "market.cancel_orders": lambda: session.do(CancelOrders()),
            "market.flatten": lambda: self._window.market.orders.flatten(),
            "market.copy_script": lambda: session.copy_script(self.copy),
            "market.experiment": lambda: self.experiments().make_of_session(),
            "market.undo": lambda: self._window.market.population.draft.stack.undo(),
            "market.redo": lambda: self._window.market.population.draft.stack.redo(),
            "market.flash_crash": lambda: self._window.market.stress.inject("flash_crash"),
            "market.volatility_spike": lambda: self._window.market.stress.inject(
                "volatility_spike"
            ),
            "market.liquidity_shock": lambda: self._window.market.stress.inject("liquidity_shock"),
            **{
                command.id: lambda name=command.id: window.run_training_command(name)
                for command in CATALOGUE
                if command.group == "training"
            },
            "view.palette": self.show_palette,
            "view.start": window.show_start,
            "view.market": lambda: self._window.tabs.setCurrentIndex(MARKET),
            "view.analytics": lambda: self._window.tabs.setCurrentIndex(ANALYTICS),
            "view.rl": lambda: self._window.tabs.setCurrentIndex(RL),
            **{
                f"analytics.{page.name}": lambda name=page.name: self.show_analytics(name)
                for page in PAGES
            },
            "analytics.measure": lambda: self.show_analytics().measure_shown(),
            "analytics.measure_nothing": lambda: self.show_analytics().measure_nothing(),
            "analytics.measure_facts": lambda: self.show_analytics().show_facts().measure(),
            "analytics.measure_sessions": lambda: self.show_analytics().show_facts().measure_many(),
            "analytics.add_run": lambda: self.show_analytics().show_comparison().choose_saved_run(),
            "analytics.new_experiment": lambda: self.experiments().new(),
            "analytics.edit_experiment": lambda: self.experiments().edit(),
            "analytics.duplicate_experiment": lambda: self.experiments().duplicate(),
            "analytics.open_experiment": lambda: self.experiments().open_file(),
            "analytics.start_experiment": lambda: self.experiments().start(),
            "analytics.pause_experiment": lambda: self.experiments().pause(),
            "analytics.stop_experiment": lambda: self.experiments().stop(),
            **{f"view.window_{k}": lambda k=k: self._window.market.set_window(k) for k in range(4)},
            "view.all_prices": lambda: self._window.market.price.price_zoom.let_go(),
            "view.heatmap": lambda: self.set_heatmap(not self._window.market.price.shows_heat),
            "view.candles": lambda: self.set_candles(not self._window.market.price.shows_candles),
            **{f"view.{name}": lambda name=name: self.toggle_layer(name) for name in LAYERS},
            "view.summed_flow": lambda: self.set_summed_flow(not self._window.market.flow.summed),
            "view.reset_layout": lambda: self._window.market.desk.reset(),
            "view.log": lambda: window.log_dock.setVisible(window.log_dock.isHidden()),
            "view.console": lambda: window.show_console(window.console_dock.isHidden()),
            "view.notices": lambda: window.notices_dock.setVisible(window.notices_dock.isHidden()),
            "view.next_theme": self.next_theme,
            "view.full_screen": self.toggle_full_screen,
            "help.manual": lambda: self.show_manual(),
            "help.glossary": lambda: self.show_manual(GLOSSARY),
            "help.tour": lambda: window.show_tour(),
            "help.shortcuts": lambda: shortcut_sheet(window).show(),
            "help.about": lambda: about_box(window).show(),
        }

    def show_analytics(self, page: str = "") -> AnalyticsTab:
        """Show the Analytics tab, and a page of it where one is named."""
        self._window.tabs.setCurrentIndex(ANALYTICS)
        if page:
            self._window.analytics.show_page(page)
        return self._window.analytics

    def show_twin(self, number: int) -> None:
        """Compare the present run with the same without one of its commands."""
        self.show_analytics().show_twins().choose(number)

    def show_manual(self, page: str = "") -> Manual:
        """Show a page of the manual; without a name, that about what is on show."""
        window = self._window
        tab = TABS[window.tabs.currentIndex()]
        if not page and tab == "analytics":
            page = page_about(f"analytics.{window.analytics.page_name}")
        found = window.findChild(Manual) or Manual(window)
        found.show_page(page or page_about(tab))
        found.show()
        found.raise_()
        found.activateWindow()
        return found

    def copy(self, script: str) -> None:
        """Put the script of the session where it can be pasted from."""
        QApplication.clipboard().setText(script)
        self._window.session.said.emit("The session was copied as a Python script.")

    def experiments(self) -> ExperimentsPage:
        """Show the page of experiments."""
        return self.show_analytics().show_experiments()

    def toggle(self) -> None:
        """Run the market, or pause it."""
        running = (
            self._window.snapshot is not None and self._window.snapshot.state is RunState.RUNNING
        )
        if running:
            self._window.session.do(PauseMarket())
        else:
            self._window.session.do(RunMarket())

    def show_run_until(self) -> RunUntilDialog | None:
        """Ask how far the market is to run; None while there is none."""
        window = self._window
        if window.snapshot is None or not window.session.may("Run until"):
            return None
        dialog = RunUntilDialog(window.session, window.snapshot, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def reset(self) -> None:
        """Start again from the open, with the seed in the box; a replay has no seed."""
        replay = self._window.snapshot is not None and self._window.snapshot.is_replay
        seed = None if replay else self._window.market.transport.seed.value()
        self.confirm_reset(lambda: self._window.session.reset(seed))

    def take_seed(self, seed: int) -> None:
        """Start again with another seed; Enter on the one there is drops no session."""
        snapshot = self._window.snapshot
        if snapshot is not None and snapshot.seed == seed and snapshot.events:
            self._window.session.said.emit(
                f"The seed is {seed} already; Market, Reset (Ctrl+R) begins again."
            )
            return
        self.confirm_reset(lambda: self._window.session.reset(seed))

    def confirm_reset(self, reset: Callable[[], object]) -> None:
        """Ask before the session is dropped, if the preferences say so."""
        window = self._window
        started = window.snapshot is not None and window.snapshot.events > 0
        if not (started and window.settings.is_on("confirm_reset")):
            reset()
            return
        ask(
            window,
            "Reset the market?",
            "Its charts, its past and your orders go. The journal keeps the run (Ctrl+Shift+H).",
            "Reset",
            reset,
        )

    def show_preferences(self) -> Preferences:
        """Open the preferences."""
        window = self._window
        preferences = Preferences(window.settings, window.session.bundled(), window, window.remote)
        preferences.changed.connect(self.follow_preference)
        preferences.show()
        return preferences

    def follow_preference(self, name: str) -> None:
        """Act on a choice that was changed."""
        window, settings = self._window, self._window.settings
        if name in ("theme", "sides"):
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            theme.apply(app, settings.theme, settings.choice("sides"))
        elif name == "frame_rate":
            window.follow_frame_rate()
        elif name in ("autosave", "autosave_seconds"):
            window.autosave.follow_settings()
        elif name == "rl_traders":
            window.follow_rl_traders()
        elif name == "console":
            window.follow_console()
        elif name == "remote":
            window.remote.follow_settings()

    def choose_scenario(self) -> None:
        """Ask for a scenario file and open it."""
        start = self._window.settings.folder("scenario") or str(paths.scenario_dir())
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open scenario",
            start,
            "Scenarios (*.toml);;All files (*)",
        )
        if name:
            self._window.session.open(Path(name))

    def choose_replay(self) -> None:
        """Ask for recorded order flow and open it."""
        kinds = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Open replay",
            self._window.settings.folder("replay"),
            f"Recorded order flow ({kinds});;All files (*)",
        )
        if name:
            self._window.session.open(Path(name))

    def choose_session(self) -> None:
        """Ask for the file of a session and open it."""
        name, _ = QFileDialog.getOpenFileName(
            self._window, "Open session", self._session_folder(), SESSION_FILES
        )
        if name:
            self._window.session.open(Path(name))

    def ask_and_save_session(self) -> None:
        """Ask for a file and save the session in it."""
        window = self._window
        if window.snapshot is None:
            window.session.said.emit("There is no market to save: open a scenario (Ctrl+O).")
            return
        start = Path(self._session_folder()) / (window.files.suggested_name() + SESSION_SUFFIX)
        name, _ = QFileDialog.getSaveFileName(window, "Save session", str(start), SESSION_FILES)
        if name:
            window.files.save(Path(name))

    def ask_and_save_scenario(self) -> None:
        """Ask for a file and write the scenario, with what was changed in it."""
        window = self._window
        draft = window.market.population.draft
        if draft.scenario is None:
            window.session.said.emit("There is no scenario to save: open one (Ctrl+O).")
            return
        start = window.settings.folder("scenario.own")
        if not start:
            start = str(paths.user_scenario_dir())
            # A folder that is not there yet would be asked for in whichever is current.
            with contextlib.suppress(OSError):
                Path(start).mkdir(parents=True, exist_ok=True)
        stem = re.sub(r"[^\w-]+", "_", draft.scenario.name.lower()).strip("_").removesuffix("_own")
        name, _ = QFileDialog.getSaveFileName(
            window, "Save scenario", str(Path(start) / f"{stem}_own.toml"), "Scenarios (*.toml)"
        )
        if name:
            edited = draft.scenario if draft.unapplied() else None
            window.files.save_scenario(Path(name), traders=edited)

    def show_export(self) -> ExportDialog | None:
        """Ask how the session is to be exported."""
        window = self._window
        if window.snapshot is None:
            window.session.said.emit("There is no market to export: open a scenario (Ctrl+O).")
            return None
        # Here: it knows the compiled market, which a start must not wait for.
        from abm_desktop.ui.export_dialog import ExportDialog

        dialog = ExportDialog(window.files, Path(self._session_folder()), window)
        dialog.open()
        return dialog

    def show_journal(self) -> JournalDialog:
        """Show what was kept."""
        window = self._window
        dialog = JournalDialog(
            window.files,
            window.session.open,
            lambda folder: self.experiments().show_result(folder),
            window,
        )
        dialog.show()
        return dialog

    def _session_folder(self) -> str:
        return self._window.settings.folder("session") or str(Path.home())

    def reload(self) -> None:
        """Read the open file again."""
        if self._window.session.file is not None:
            self._window.session.open(self._window.session.file)

    def set_theme(self, name: str) -> None:
        """Dress the program in theme ``name``, and remember it."""
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        self._window.settings.theme = theme.apply(app, name).name

    def set_heatmap(self, shown: bool) -> None:
        """Show the order book behind the price, or not, and remember it."""
        self._window.settings.set_number("heatmap", int(shown))
        self._window.market.set_heat(shown)
        self._window.commands["view.heatmap"].setChecked(shown)

    def set_contrast(self, contrast: Contrast) -> None:
        """Colour the heatmap so, and remember it."""
        settings = self._window.settings
        settings.set_number("heat_linear", int(contrast.is_linear))
        settings.set_number("heat_percent", contrast.percent)
        self._window.market.set_contrast(contrast)

    def stored_contrast(self) -> Contrast:
        """How the heatmap was coloured last; what cannot be gives the usual way."""
        settings = self._window.settings
        percent = settings.number("heat_percent", 0)
        linear = settings.number("heat_linear", 0) == 1
        return Contrast(linear, percent if percent in PERCENTS else 0)

    def set_candles(self, shown: bool) -> None:
        """Show candles instead of the line of the mid, or not, and remember it."""
        self._window.settings.set_number("candles", int(shown))
        self._window.market.set_candles(shown)
        if not shown and self._window.commands["view.footprint"].isChecked():
            self.set_layer("footprint", False)  # it is one of candles
        self._window.commands["view.candles"].setChecked(shown)

    def toggle_layer(self, name: str) -> None:
        """Lay something over the price chart, or take it away if it is there."""
        self.set_layer(name, not self._window.market.price.layers.shows(name))

    def set_layer(self, name: str, shown: bool) -> None:
        """Lay something over the price chart, or not, and remember it."""
        self._window.settings.set_number(name, int(shown))
        self._window.market.set_layer(name, shown)
        self._window.commands[f"view.{name}"].setChecked(shown)
        if name == "footprint" and shown and not self._window.market.price.shows_candles:
            self.set_candles(True)

    def set_summed_flow(self, summed: bool) -> None:
        """Add the flow of each class up from the left edge on, or not, and remember it."""
        self._window.settings.set_number("summed_flow", int(summed))
        self._window.market.set_summed_flow(summed)
        self._window.commands["view.summed_flow"].setChecked(summed)

    def show_palette(self) -> Palette:
        """Open the command palette."""
        entries = command_entries(self._window.commands)
        entries += stress_entries(
            self._window.market.stress.inject, self._window.market.stress.reason.text()
        )
        entries += file_entries(self._window.session)
        entries += theme_entries(self.set_theme)
        entries += panel_entries(self._window.market.desk.docks)
        palette = Palette(entries, self._window)
        palette.show_over(self._window)
        return palette

    def next_theme(self) -> None:
        """Take the next theme in turn."""
        names = list(theme.THEMES)
        self.set_theme(names[(names.index(theme.current().name) + 1) % len(names)])

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or return from it."""
        if self._window.isFullScreen():
            self._window.showNormal()
        else:
            self._window.showFullScreen()
        self._window.commands["view.full_screen"].setChecked(self._window.isFullScreen())
