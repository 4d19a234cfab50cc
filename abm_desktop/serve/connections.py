"""HTTP connections that are let go if a client never finishes its request, or never reads."""

from __future__ import annotations

import asyncio
import socket
from functools import lru_cache
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode

__all__ = [
    "HEAD_SECONDS",
    "MOST_CONNECTIONS",
    "FrameProtocol",
    "PatientProtocol",
    "give_up_on_silent_readers",
]

HEAD_SECONDS = 10.0
"""How long the line and the headers of a request may take."""
MOST_CONNECTIONS = 512
"""At a time; more are told that the server is busy."""
SILENT_SECONDS = 60.0
"""After which a client that reads nothing of what it was sent is gone."""


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, with a limit of time for the head of a request, which it has not."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Called by asyncio."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        super().connection_lost(exc)
        self._forget()

    @property
    def _wants_head(self) -> bool:
        # A socket that became a WebSocket has another protocol.
        is_mine = self.transport is not None and self.transport.get_protocol() is self
        return is_mine and (self.cycle is None or self.cycle.response_complete)

    def _watch(self) -> None:
        if not self._wants_head:
            self._forget()
        elif self._late is None:
            self._late = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _forget(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _hang_up(self) -> None:
        self._late = None
        if self._wants_head:
            self.transport.abort()


class FrameProtocol(WebSocketsSansIOProtocol):
    """uvicorn's protocol, with ``send_texts`` in the state of its scope.

    A message that many clients get is framed once, and what a client gets at a time is one write:
    at each Python gives up its lock, and waits for it again.
    """

    def handle_connect(self, event: Any) -> None:
        """Called when a client asks for the WebSocket; the app begins after it."""
        super().handle_connect(event)
        if hasattr(self, "scope"):
            self.scope["state"]["send_texts"] = self._send_texts

    async def _send_texts(self, messages: list[bytes]) -> None:
        """Send messages, each UTF-8, when the client has taken what was sent before."""
        await self.writable.wait()
        if self.disconnected or self.close_sent:
            raise ClientDisconnected
        self.transport.write(b"".join(map(_framed, messages)))


@lru_cache(maxsize=64)
def _framed(message: bytes) -> bytes:
    return Frame(Opcode.TEXT, message).serialize(mask=False)


def give_up_on_silent_readers(listening: socket.socket) -> None:
    """Have the system end connections whose other side takes nothing any more; accepted ones too.

    Without it a client that was stopped keeps its buffers, and the task that sends to it, for ever.
    """
    option = getattr(socket, "TCP_USER_TIMEOUT", None)
    if option is not None:
        listening.setsockopt(socket.IPPROTO_TCP, option, int(SILENT_SECONDS * 1000))
