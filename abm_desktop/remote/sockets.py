"""WebSockets to a server: opened with the token and the certificate of a connection."""

from __future__ import annotations

import contextlib
import json
import threading
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from abm_desktop.remote.errors import error_of
from abm_desktop.remote.replies import Reply

if TYPE_CHECKING:
    from websockets.sync.client import ClientConnection

    from abm_desktop.remote.connection import Connection

__all__ = ["CommandSocket", "close", "open_socket", "opened_for"]

_PATH = "/api/v1/stream"
_CLOSE_SECONDS = 1.0
_ENDED = 1001
"""Code of a stream that the server ends in good order."""
_LONGEST = 2**20
"""Bytes of a message that the server takes; what is longer goes as a request."""


@contextlib.contextmanager
def open_socket(connection: Connection, timeout: float) -> Iterator[ClientConnection]:
    """A socket for a ``with`` block; a server that is busy has ``timeout`` real seconds for it.

    Raises RemoteInputError or RemoteUnavailableError if the server does not let it in.
    """
    from websockets.exceptions import InvalidHandshake, InvalidStatus
    from websockets.sync.client import connect

    address = "ws" + connection.url.removeprefix("http") + _PATH
    options: dict[str, Any] = {}
    if address.startswith("wss") and (trust := connection.trust()) is not None:
        options["ssl"] = trust
    with contextlib.ExitStack() as stack:
        try:
            socket = stack.enter_context(
                connect(
                    address,
                    additional_headers=connection.headers,
                    max_size=None,
                    open_timeout=timeout,
                    close_timeout=_CLOSE_SECONDS,
                    compression=None,  # the server compresses nothing
                    proxy=None,
                    **options,
                )
            )
        except InvalidStatus as error:
            status = error.response.status_code
            detail = f"The stream was refused with status {status}."
            raise error_of(
                {"status": status, "code": "refused", "detail": detail, "remedy": "connect again"}
            ) from error
        except (OSError, InvalidHandshake) as error:
            raise connection.no_answer(error) from error
        yield socket


def opened_for(owner: object) -> contextlib.ExitStack:
    """What an owner has open, to be closed with :func:`close`, at the latest as the program ends.

    A script that just ends closes nothing; Python would then wait for the socket's thread, which it
    has stopped already.
    """
    held = contextlib.ExitStack()
    weakref.finalize(owner, close, held)
    return held


def close(held: contextlib.ExitStack) -> None:
    """Close what is open, if the other side has not."""
    with contextlib.suppress(OSError):
        held.close()


class CommandSocket:
    """Carries commands one after the other: each costs a quarter of what a request does.

    It is opened with the first command, and again if it broke. Any thread may use it.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._open = opened_for(self)
        self._socket: ClientConnection | None = None
        self._sent = 0
        self._is_refused = False

    def close(self) -> None:
        """Let it go."""
        close(self._open)
        self._socket = None

    def carry_out(self, command: dict[str, Any], generation: int | None) -> Reply | None:
        """The answer to a command, which may be a problem document; None if it was not taken.

        That is so if another thread waits for its answer here, the command is too long, or the
        server lets no stream in or has just ended this one: send a request then.

        Raises RemoteUnavailableError if no answer came: the command may have been carried out.
        """
        if self._is_refused or not self._lock.acquire(blocking=False):
            return None
        try:
            wish = {"do": command, "id": self._sent + 1, "if_match": generation}
            text = json.dumps(wish)
            if len(text) > _LONGEST or not self._send(text):
                return None
            self._sent += 1
            return self._answer(self._sent)
        finally:
            self._lock.release()

    def _send(self, text: str) -> bool:
        """Whether it could be sent, on the socket that is open or on another."""
        from websockets.exceptions import ConnectionClosed

        for _ in range(2):
            try:
                if self._socket is None:
                    opened = open_socket(self._connection, self._connection.timeout)
                    self._socket = self._open.enter_context(opened)
                self._socket.send(text)
                return True
            except ConnectionClosed:
                self.close()
            except Exception as error:
                if not hasattr(error, "problem"):
                    raise
                break
        self._is_refused = True
        return False

    def _answer(self, number: int) -> Reply | None:
        from websockets.exceptions import ConnectionClosed

        assert self._socket is not None
        taken = None
        try:
            while True:
                message: Reply = json.loads(
                    self._socket.recv(self._connection.timeout), object_hook=Reply
                )
                if "problem" in message:
                    # There are too many streams; it has read nothing of this one.
                    self._is_refused = True
                    self.close()
                    return None
                taken = message.get("taken", taken)
                if message.pop("answer", None) == number:
                    return message
        except (ConnectionClosed, OSError) as error:
            self.close()
            rcvd = error.rcvd if isinstance(error, ConnectionClosed) else None
            if rcvd is not None and rcvd.code == _ENDED and taken != number:
                return None  # the server has told of the last that it took: it was not this one
            raise self._connection.no_answer(error) from error
