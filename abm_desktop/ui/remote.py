"""Remote control of the window: its server, switched on and off, and who is connected.

The libraries of the server are imported when it is first switched on, by a worker thread: the
window neither waits for them nor has them while it is off.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from abm_desktop.live.refusals import refusal_of
from abm_desktop.ui.background import Background
from abm_desktop.ui.session import Session
from abm_desktop.ui.trouble import Trouble

if TYPE_CHECKING:
    from abm_desktop.serve.access import Visitor
    from abm_desktop.serve.server import Server
    from abm_desktop.serve.session import WindowDoor

__all__ = ["RemoteControl"]

log = logging.getLogger(__name__)

_LOOK_MS = 5000
"""A client that went silent is told by nobody: it is looked for."""
_END_SECONDS = 15.0
_RIGHTS = {"control": "may do everything", "read": "may read"}


class RemoteControl(QObject):
    """Serves the session of a window to other programs, while it is on.

    Args:
        session: its market and its laboratory are served.
        door: what clients may do with the window itself.
    """

    changed = Signal()
    """It was switched on or off, has started or failed, or a client came or went."""
    _client_changed = Signal()

    def __init__(self, session: Session, door: WindowDoor) -> None:
        super().__init__(session)
        self._session, self._door = session, door
        self._background = Background(self)
        self._server: Server | None = None
        self._running: Server | None = None
        """Touched by the worker thread only."""
        self.is_wanted = False
        """Whether it is on, or being switched on."""
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._look_around)
        self._client_changed.connect(self.changed, Qt.ConnectionType.QueuedConnection)

    # -- on and off -----------------------------------------------------------------------------

    def follow_settings(self) -> None:
        """Be on or off as the preferences say."""
        settings = self._session.settings
        if settings.is_on("remote"):
            self.start(settings.chosen_number("remote_port"))
        else:
            self.stop()

    def start(self, port: int = 0) -> None:
        """Switch it on; :attr:`changed` tells when it listens. Nothing happens if it is on."""
        if self.is_wanted:
            return
        self.is_wanted = True
        self._background.run(lambda: self._begin(port), self._begun, self._failed)
        self.changed.emit()

    def stop(self) -> None:
        """Switch it off: every client is put out. Nothing happens if it is off."""
        if not self.is_wanted:
            return
        self._forget()
        self._background.run(self._finish, lambda _: self.changed.emit(), self._not_done)
        self.changed.emit()

    async def end(self) -> None:
        """Switch it off for good, and wait until nothing of it is left."""
        self._forget()
        if self._background.is_closed:
            return  # ended before
        over = asyncio.wrap_future(self._background.submit(self._finish))
        try:
            await asyncio.wait_for(over, _END_SECONDS)
        except Exception:
            log.exception("the server did not end properly")
        self._background.close()

    def _forget(self) -> None:
        self.is_wanted, self._server = False, None
        self._look.stop()

    # -- on the worker thread -------------------------------------------------------------------

    def _begin(self, port: int) -> Server:
        from abm_desktop.serve.server import Server
        from abm_desktop.serve.session import ServedSession

        session = self._session
        served = ServedSession(session.live, session.laboratory, self._door)
        server = Server(served, port=port, has_window=True)
        server.access.on_change = self._client_changed.emit
        try:
            server.start()
        except BaseException:
            server.stop()
            raise
        self._running = server
        return server

    def _finish(self) -> None:
        server, self._running = self._running, None
        if server is not None:
            server.access.on_change = None
            server.stop()

    # -- answers --------------------------------------------------------------------------------

    def _begun(self, server: Server) -> None:
        if not self.is_wanted:
            return  # switched off meanwhile: its end is under way
        self._server = server
        self._look.start()
        self._session.said.emit(f"Remote control is on, at {server.url}")
        self.changed.emit()

    def _failed(self, error: BaseException) -> None:
        self._forget()
        reason = str(error).partition("; choose another --port")[0]
        self._tell(
            "Remote control could not be switched on",
            f"{reason}. Choose another port under Preferences (Ctrl+,), Remote control, or 0 "
            "for a free one, and switch it on again.",
        )

    def _not_done(self, error: BaseException) -> None:
        self._tell("Remote control", f"{refusal_of(error).told}")

    def _tell(self, title: str, text: str) -> None:
        self._session.trouble.emit(Trouble(title, text))
        self.changed.emit()

    def _look_around(self) -> None:
        server = self._server
        if server is None:
            return
        try:
            has_ended = server.wait(0.0)
        except Exception as error:
            has_ended = True
            self._tell("Remote control has ended", f"{error}. Switch it on again.")
        if has_ended:
            self.stop()
        self.changed.emit()

    # -- what is shown --------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where clients find it; empty while it does not listen."""
        return "" if self._server is None else self._server.url

    @property
    def token(self) -> str:
        """Lets its holder do everything; empty while it is off."""
        return "" if self._server is None else self._server.access.control_token

    def clients(self) -> list[Visitor]:
        """Who is connected, or was heard of within the last minute."""
        return [] if self._server is None else self._server.access.clients()

    def client_lines(self) -> list[str]:
        """Each client in a line: its name and what it may do."""
        return [f"{each.name}: {_RIGHTS[each.may]}" for each in self.clients()]

    def disconnect_all(self) -> None:
        """Put every client out: the tokens change, and no stream stays open."""
        server = self._server
        if server is not None:
            self._background.run(
                server.disconnect_all,
                lambda _: self._session.said.emit("Every client was disconnected"),
                self._not_done,
            )
