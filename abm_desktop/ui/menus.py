"""The menu bar, built from the catalogue of commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from abm_desktop.desk.formats import scenario_title
from abm_desktop.readers.files import place_name
from abm_desktop.scenario.files import described_as
from abm_desktop.ui import theme
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.mnemonics import give_distinct_letters

__all__ = ["Menus"]


class Menus(QObject):
    """Fills a menu bar, and keeps the list of recent files up to date."""

    def __init__(
        self,
        bar: QMenuBar,
        commands: CommandTable,
        session: Session,
        set_theme: Callable[[str], None],
    ) -> None:
        super().__init__(bar)
        self._commands = commands
        self._session = session
        self.file = bar.addMenu("&File")
        self.market = bar.addMenu("&Market")
        self.training = bar.addMenu("&Training")
        self.view = bar.addMenu("&View")
        self.analytics = bar.addMenu("&Analytics")
        self.help = bar.addMenu("&Help")
        for menu in (
            self.file, self.market, self.training, self.view, self.analytics, self.help,
        ):  # fmt: skip
            menu.setToolTipsVisible(True)
            # Titles change while the program runs: "Run" becomes "Pause".
            menu.aboutToShow.connect(lambda menu=menu: give_distinct_letters(menu))

        self._add(self.file, "file.open")
        self.bundled = self.file.addMenu("&Scenarios that come with the program")
        self.bundled.setToolTipsVisible(True)
        self.bundled.aboutToShow.connect(self._describe_scenarios)
        self._add(self.file, "file.replay")
        self.recent = self.file.addMenu("Re&cent files")
        self.recent.setToolTipsVisible(True)
        self._add(
            self.file, "file.reload", None, "file.open_session", "file.save_session",
            "file.save_scenario", "file.export", "file.journal", None, "file.preferences", None,
            "file.quit",
        )  # fmt: skip
        for path in session.bundled():
            action = self.bundled.addAction(scenario_title(path.stem))
            action.setObjectName(f"bundled.{path.stem}")
            action.setData(path)
            action.triggered.connect(lambda _checked=False, p=path: session.open(p))
        if self.bundled.isEmpty():
            self.bundled.setEnabled(False)

        self._add(
            self.market, "market.toggle", "market.step_event", "market.step_interval",
            "market.run_until", None,
            "market.reset", "market.new_seed", "market.trade_recording", None,
            "market.faster", "market.slower", "market.max_speed", None,
            "market.look_back", "market.look_ahead", "market.back_to_live", "market.fork", None,
            "market.buy", "market.sell", "market.cancel_orders", "market.flatten", None,
            "market.undo", "market.redo", None, "market.copy_script", "market.experiment", None,
            "market.flash_crash", "market.volatility_spike", "market.liquidity_shock",
        )  # fmt: skip
        self._add(
            self.training, "training.start", "training.queue", "training.pause", "training.stop",
            "training.save", "training.rate", None, "training.load", "training.evaluate",
            "training.stress_test", "training.compare", "training.import", None,
            "training.show_agent", "training.show_queue", "training.show_cluster",
        )  # fmt: skip
        self._add(
            self.view, "view.palette", None, "view.start", "view.market", "view.analytics",
            "view.rl", None,
        )  # fmt: skip
        self._add(self.view, *(f"view.window_{k}" for k in range(4)), "view.all_prices", None)
        self._add(
            self.view, "view.heatmap", "view.candles", "view.footprint", "view.profile",
            "view.rl_trades", "view.summed_flow",
        )  # fmt: skip
        self.panels = self.view.addMenu("&Panels")
        self.view.addSeparator()
        self.themes = self.view.addMenu("&Theme")
        group = QActionGroup(self.themes)
        for name, entry in theme.THEMES.items():
            action = QAction(entry.title, group)
            action.setObjectName(f"theme.{name}")
            action.setCheckable(True)
            action.triggered.connect(lambda _checked=False, n=name: set_theme(n))
            self.themes.addAction(action)
        self._add(
            self.view,
            "view.next_theme",
            "view.log",
            "view.notices",
            "view.console",
            "view.full_screen",
        )
        self._add(self.analytics, *(f"analytics.{page.name}" for page in PAGES), None)
        self._add(
            self.analytics, "analytics.measure", "analytics.measure_nothing", None,
            "analytics.measure_facts", "analytics.measure_sessions", "analytics.add_run", None,
            "analytics.new_experiment", "analytics.open_experiment",
            "analytics.edit_experiment", "analytics.duplicate_experiment", "market.experiment",
            "analytics.start_experiment",
            "analytics.pause_experiment", "analytics.stop_experiment",
        )  # fmt: skip
        self._add(
            self.help, "help.manual", "help.glossary", None, "help.tour", "help.shortcuts", None,
            "help.about",
        )  # fmt: skip

        session.recent_changed.connect(self.fill_recent)
        theme.signals.changed.connect(self._check_theme)
        self.fill_recent()
        self._check_theme(theme.current())

    def add_colours(self, menu: QMenu) -> None:
        """Offer the colours of the heatmap here too."""
        self.view.insertMenu(self._commands["view.candles"], menu)

    def add_panels(self, actions: Iterable[QAction]) -> None:
        """List the panels that can be shown and hidden, and the way back."""
        for action in actions:
            self.panels.addAction(action)
        self.panels.addSeparator()
        self._add(self.panels, "view.reset_layout")

    def fill_recent(self) -> None:
        """List the recent files again."""
        self.recent.clear()
        for path in self._session.settings.recent:
            self._add_recent(path)
        if self.recent.isEmpty():
            action = self.recent.addAction("No files yet")
            action.setEnabled(False)
            return
        self.recent.addSeparator()
        self.recent.addAction(self._commands["file.clear_recent"])

    def _describe_scenarios(self) -> None:
        """Say of each shipped scenario what it is; read now, for a start has no time for it."""
        for action in self.bundled.actions():
            about = described_as(action.data())
            action.setToolTip(about)
            action.setStatusTip(about)

    def _add_recent(self, path: Path) -> None:
        action = self.recent.addAction(place_name(path).replace("&", "&&"))
        action.setToolTip(str(path))
        action.triggered.connect(lambda _checked=False: self._session.open(path))

    def _add(self, menu: QMenu, *command_ids: str | None) -> None:
        for command_id in command_ids:
            if command_id is None:
                menu.addSeparator()
            else:
                menu.addAction(self._commands[command_id])

    def _check_theme(self, current: theme.Theme) -> None:
        for action in self.themes.actions():
            action.setChecked(action.objectName() == f"theme.{current.name}")
