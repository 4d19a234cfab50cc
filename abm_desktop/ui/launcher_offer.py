"""Offers, once, to put the program into the desktop's menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from abm_desktop import launcher
from abm_desktop.plain_words import report
from abm_desktop.ui.trouble import Trouble

if TYPE_CHECKING:
    from abm_desktop.ui.main_window import MainWindow

__all__ = ["offer_launcher"]

_ASKED = "launcher_asked"


def offer_launcher(window: MainWindow) -> None:
    """Ask at the first start, unless it is in the menu, or something else is being asked."""
    if window.settings.number(_ASKED, 0) or not window.offer.isHidden():
        return
    if not launcher.is_offered():
        return

    def install() -> None:
        _forget(window)
        try:
            launcher.install()
        except OSError as error:
            window.report(Trouble("The menu entry was not written", report(error)))
            return
        window.session.said.emit("ABM Desktop is in the menu of programs now.")

    window.offer.ask(
        "Put ABM Desktop into the menu of programs?",
        "It then starts from there, and sessions (.abm-session) open with a double click. "
        "“abm-desktop install-launcher --remove” takes it out again.",
        (
            ("Add it", "For you alone; nothing of the system is changed", install),
            ("No, thanks", "It is not asked again", lambda: _forget(window)),
        ),
        makes_room=True,
    )


def _forget(window: MainWindow) -> None:
    window.settings.set_number(_ASKED, 1)
