"""Starts the window: a QApplication whose event loop is also an asyncio loop."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import sys
from pathlib import Path
from types import TracebackType

import qasync
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from abm_desktop import paths
from abm_desktop.heap import keep_little
from abm_desktop.readers.files import split_place
from abm_desktop.ui import theme
from abm_desktop.ui.dressing import styled_at_the_end
from abm_desktop.ui.launcher_offer import offer_launcher
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.preferences import LAST_FILE, START_PAGE
from abm_desktop.ui.settings import Settings
from abm_desktop.ui.trouble import Trouble
from abm_desktop.ui.widgets.numbers import WheelGuard

__all__ = ["FIRST_SCENARIO", "make_application", "run_window"]

log = logging.getLogger(__name__)

FIRST_SCENARIO = "calm"


def make_application() -> QApplication:
    """Return the application object, dressed in the theme last used."""
    keep_little()
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("abm-desktop")
    app.setApplicationDisplayName("ABM Desktop")
    app.setDesktopFileName("abm-desktop")
    if app.findChild(WheelGuard) is None:
        app.installEventFilter(WheelGuard(app))
    settings = Settings()
    name, sides = settings.theme, settings.choice("sides")
    theme.apply(
        app,
        name if name in theme.THEMES else "dark",
        sides if sides in theme.SIDES else "blue-orange",
    )
    return app


def run_window(path: Path | None = None, *, serves: bool = False, port: int | None = None) -> int:
    """Show the window, with ``path`` (a scenario or a replay) or the calm market, until it closes.

    With ``serves`` other programs may control it, whatever the preferences say; they reach it at
    ``port``, or else at that of the preferences.
    Returns the exit status of the program. SIGINT and SIGTERM close the window like a person would.
    """
    app = make_application()
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(_show(app, path, serves, port))
    return 0


def first_file(settings: Settings) -> Path:
    """Return what to open at the start if nothing was asked for: see the preferences.

    Behind the start page it is the calm market.
    """
    wanted = settings.choice("start")
    if wanted == LAST_FILE:
        last = next((path for path in settings.recent if split_place(path)[0].exists()), None)
        if last is not None:
            return last
    file = paths.scenario_dir() / f"{wanted}.toml"
    return file if file.is_file() else paths.scenario_dir() / f"{FIRST_SCENARIO}.toml"


def begins_with_start_page(path: Path | None, settings: Settings) -> bool:
    """Whether the start page is shown first: if nothing was asked for, nor chosen for the start."""
    return path is None and settings.choice("start") == START_PAGE


async def _show(app: QApplication, path: Path | None, serves: bool, port: int | None) -> None:
    closed = asyncio.Event()
    with styled_at_the_end(app):
        window = MainWindow()
    window.closed.connect(closed.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        # Python runs the handler between two frames: the frame timer wakes it up.
        signal.signal(number, lambda *_: window.close_now())
    _report_surprises(window)
    starts = begins_with_start_page(path, window.settings)
    if starts:
        window.show_start()
    # Before the first frame: later it would move everything below away from the pointer.
    offer_launcher(window)
    window.show()
    window.tell_settings_fault(window.settings.why_not_kept())
    if path is None:
        path = first_file(window.settings)
    window.session.open(path)
    # After the first frame is on the screen: both import much.
    QTimer.singleShot(0, window.session.start_engine)
    QTimer.singleShot(200, window.load_rl_tab)
    QTimer.singleShot(1000, lambda: _begin_remote(window, serves, port))
    QTimer.singleShot(1500, _spare_the_collector)
    window.autosave.begin()
    if not starts:  # it offers the tour, and whoever has chosen something else is not stopped
        QTimer.singleShot(700, window.show_first_tour)
    await closed.wait()
    window.hide()
    await window.shutdown()


def _begin_remote(window: MainWindow, serves: bool, port: int | None) -> None:
    if serves:
        window.remote.start(window.settings.chosen_number("remote_port") if port is None else port)
    else:
        window.remote.follow_settings()


def _spare_the_collector() -> None:
    """Keep what was loaded at the start out of garbage collections, which would stop frames."""
    gc.collect()
    gc.freeze()
    # The next full collection comes with a quarter more objects than this one sees: of those that
    # are not frozen, or what goes in circles would stay for long, with all its arrays.
    gc.collect()


def _report_surprises(window: MainWindow) -> None:
    """Show errors nobody caught in the window, with their details to copy, and go on."""

    def show(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("unexpected error", exc_info=(kind, error, trace))
        import traceback

        window.report(
            Trouble(
                "Something went wrong in the window",
                f"{kind.__name__}: {error}. The market goes on; please copy the details into a bug "
                "report.",
                details="".join(traceback.format_exception(kind, error, trace)),
            )
        )

    sys.excepthook = show
    asyncio.get_running_loop().set_exception_handler(
        lambda _loop, context: show(
            type(context.get("exception") or RuntimeError()),
            context.get("exception") or RuntimeError(str(context.get("message"))),
            None,
        )
    )
