"""What the buttons of the start page do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from abm_desktop import paths
from abm_desktop.live.commands import RunMarket, SetSpeed
from abm_desktop.ui.controls import START

if TYPE_CHECKING:
    from abm_desktop.ui.main_window import MainWindow

__all__ = ["Beginnings"]

CRASH = "flash_crash"
CRASH_SPEED = 30.0
"""Simulated seconds per real one: its crash begins five minutes after the open."""
FIRST_ANSWER = "first_answer"
STUDY = "research_question"
FEW_MARKETS = 40
"""Of the study, when it is repeated small."""


class Beginnings(QObject):
    """Carries out one way to begin."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._to_run: Path | None = None
        """The scenario that is to run as soon as it is there."""
        self._is_first = True
        """The first market of a start stands behind the page."""

    def begin(self, name: str) -> None:
        """Do what a button of the start page says, by its name."""
        window = self._window
        # The page offers the tour: whoever has begun from it is not stopped by it another day.
        window.settings.set_number("tour_seen", 1)
        if name == "watch":
            self.watch(CRASH)
        elif name == "try":
            window.controls.experiments().prepare(FIRST_ANSWER, start=True)
        elif name == "small":
            window.controls.experiments().prepare(STUDY, markets=FEW_MARKETS)
        elif name == "full":
            window.controls.experiments().prepare(STUDY)
        else:
            window.commands[
                {
                    "train": "view.rl",
                    "data": "file.replay",
                    "tour": "help.tour",
                    "market": "view.market",
                }[name]
            ].trigger()

    def watch(self, scenario: str) -> None:
        """Open a shipped scenario, show it, and let it run as soon as it stands."""
        self._to_run = paths.scenario_dir() / f"{scenario}.toml"
        self._window.commands["view.market"].trigger()
        self._window.session.open(self._to_run)

    def opened(self, path: Path) -> None:
        """A file is what the market runs now; whoever opened it wants to see it."""
        behind, self._is_first = self._is_first, False
        if not behind and self._window.tabs.currentIndex() == START:
            self._window.commands["view.market"].trigger()
        wanted = self._to_run
        if path != wanted and self._window.session.is_opening:
            return  # one that was asked for before: what is to run still comes
        self._to_run = None
        if wanted is not None and path == wanted:
            # Not remembered as the speed that a person has chosen.
            self._window.session.live.do(SetSpeed(speed=CRASH_SPEED))
            self._window.session.live.do(RunMarket())
