"""How far a market is that is being made: in place of the pages that need one, and as a task."""

from __future__ import annotations

import time

from abm_desktop.desk.formats import with_capital
from abm_desktop.live.statements import CompilingMarket
from abm_desktop.statements import Statement
from abm_desktop.ui.analytics.pages import PAGES
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.panel import EmptyState
from abm_desktop.ui.widgets.tasks import Task, Tasks

__all__ = ["Making"]

COMPILING_HINT = (
    "The first start compiles the market to machine code, once: one to two minutes of one core. "
    "Beside the tabs stands what is left. The window can be used meanwhile."
)
WITHOUT_MARKET_HINT = (
    " and ".join(page.plain_title for page in PAGES if not page.needs_market)
    + " in the menu Analytics need none."
)
NO_MARKET_HINT = (
    "Open a scenario (Ctrl+O) or recorded order flow (Ctrl+Shift+O), or drop a file on the window."
)


class Making:
    """What the window says of a market that is being made.

    Args:
        session: whose market it is.
        tasks: where it stands among what goes on.
    """

    def __init__(self, session: Session, tasks: Tasks) -> None:
        self.pages = [EmptyState("Preparing the market", "") for _ in range(2)]
        """What the tabs Market and Analytics show until there is one."""
        self.title = ""
        """What was last said to be going on."""
        self.task: Task | None = None
        """Its line among the tasks, while one is made."""
        self._session, self._tasks = session, tasks
        self._began = time.monotonic()

    def show_waiting(self, doing: Statement | None) -> str:
        """Say on the pages what is going on while there is no market; return what sums it up."""
        session = self._session
        is_coming = bool(doing) or session.is_opening
        if is_coming or not session.is_attached:
            self.title = with_capital(str(doing or "preparing the market"))
            # Of compiling is told only where it is done: once on a machine.
            hint = COMPILING_HINT if isinstance(doing, CompilingMarket) else ""
        else:
            self.title, hint = "No market is open", NO_MARKET_HINT
        waited = int(time.monotonic() - self._began)
        told = self.title
        if doing and waited > 2:
            told += f" · {f'{waited} s' if self.task is None else self.task.told()}"
        for page in self.pages:
            page.say(told, hint)
        if hint == NO_MARKET_HINT:
            self.pages[1].say(told, f"{hint} {WITHOUT_MARKET_HINT}")
        return told if is_coming else hint

    def show_task(self, doing: Statement | None) -> None:
        """Say that another market is being made, how far it is, and let that be ended."""
        live = self._session.live
        if doing is None:
            if self.task is not None:
                self.task.end()
                self.task = None
            return
        title = with_capital(str(doing))
        if self.task is None:
            # The first compilation cannot be done without.
            needed = (
                live.snapshot is None
                and self._session.is_opening
                and isinstance(doing, CompilingMarket)
            )
            self.task = self._tasks.begin(title, None if needed else self._session.cancel_opening)
        self.task.title = title
        self.task.share = live.progress
