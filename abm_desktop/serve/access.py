"""Who may ask what: tokens, hosts and origins, and the limits of bodies and rates.

A plain ASGI middleware before the whole app, so that nothing is read, parsed or started for a
request that may not be made.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from abm_desktop.serve.problems import ProblemError, answer

__all__ = ["CONTROL", "OPEN_PATHS", "READ", "Access", "Gate", "Visitor"]

READ, CONTROL = "read", "control"
_TOKEN_BYTES = 32
MOST_BYTES = 64 * 2**20
"""Of a model's archive, the largest body."""
MOST_ARROW = 16 * 2**20
"""Of observations."""
MOST_JSON = 4 * 2**20
"""Of any other body: it is read in one piece, and others wait meanwhile."""
BODY_SECONDS = 120.0
"""How long a body may take to come."""
PER_SECOND, BURST = 500.0, 1000.0
"""Requests of one client."""
_MOST_CLIENTS = 256
MOST_STREAMS = 64
"""Open at a time, of all clients."""
_MOST_WITHOUT_TOKEN = 16
"""WebSockets that have not sent their token yet."""
OPEN_PATHS = ("/docs", "/redoc", "/openapi.json", "/api/v1/openapi.json", "/api/v1/health")
_OPEN_BELOW = ("/static-offline-docs/", "/docs/")
_OTHERS = "others"
LIVELY_SECONDS = 60.0
"""How long a client without an open stream counts as there after its last request."""


@dataclass
class Visitor:
    """A client as the server knows it."""

    name: str
    """What it calls itself (``X-Client``), else its program's name; "API" if it says neither."""
    may: str
    last: float = 0.0
    """Of ``time.monotonic``."""
    streams: int = 0
    """Streams that it has open."""
    allowance: float = BURST

    def ask(self) -> None:
        """Count a request, or a command on a stream. Raises ProblemError if there are too many."""
        now = time.monotonic()
        self.allowance = min(BURST, self.allowance + (now - self.last) * PER_SECOND)
        self.last = now
        if self.allowance < 1.0:
            raise ProblemError(
                429, "too_many", f"More than {PER_SECOND:g} requests a second.",
                remedy="ask less often, or listen to a stream",
            )  # fmt: skip
        self.allowance -= 1.0


@dataclass
class Access:
    """The tokens of a server, and where requests may come from.

    Args:
        hosts: names (without port) that a request may have been sent to.
        origins: pages of browsers, like ``https://notebook.example``, that may ask.
    """

    hosts: frozenset[str] = frozenset({"127.0.0.1", "localhost", "::1"})
    origins: frozenset[str] = frozenset()
    control_token: str = field(default_factory=lambda: secrets.token_hex(_TOKEN_BYTES), repr=False)
    read_token: str = field(default_factory=lambda: secrets.token_hex(_TOKEN_BYTES), repr=False)
    visitors: dict[tuple[str, str], Visitor] = field(default_factory=dict)
    on_change: Callable[[], None] | None = None
    """Called when a client comes or goes; from the server's thread."""
    sockets: set[asyncio.Task[None]] = field(default_factory=set)
    """What sends to the clients with an open WebSocket; of the server's loop."""
    wakers: set[asyncio.Event] = field(default_factory=set)
    """What wakes the streams of server-sent events; of the server's loop."""
    strangers: int = 0
    """WebSockets that have not sent their token yet."""
    loop: asyncio.AbstractEventLoop | None = None
    """The server's, while it runs."""
    is_closing: bool = False
    fault: BaseException | None = None
    """What kept the server from starting, or ended it."""

    def right_of(self, token: str) -> str:
        """What the holder of a token may do: "control", "read", or "" for nothing."""
        given = token.encode("utf-8", "replace")
        # Both are compared, so that the time tells nothing.
        controls = hmac.compare_digest(given, self.control_token.encode())
        reads = hmac.compare_digest(given, self.read_token.encode())
        return CONTROL if controls else READ if reads else ""

    def renew(self) -> None:
        """Make new tokens: whoever holds the old ones is out."""
        self.control_token = secrets.token_hex(_TOKEN_BYTES)
        self.read_token = secrets.token_hex(_TOKEN_BYTES)
        self.visitors.clear()
        if self.loop is not None:
            self.loop.call_soon_threadsafe(self.hang_up)
        self.told()

    def hang_up(self) -> None:
        """End every open stream; on the server's loop."""
        for task in self.sockets:
            task.cancel()
        for waker in self.wakers:
            waker.set()

    def welcome(self, visitor: Visitor | None) -> None:
        """Raise ProblemError if there is no room for another stream."""
        if visitor is None:
            full = self.strangers >= _MOST_WITHOUT_TOKEN
        else:
            full = sum(each.streams for each in self.visitors.values()) >= MOST_STREAMS
        if full:
            raise ProblemError(
                429, "too_many", "There are too many open streams.", remedy="close one"
            )

    def told(self) -> None:
        """Say that a client has come or gone."""
        if self.on_change is not None:
            self.on_change()

    def visitor(self, name: str, may: str) -> Visitor:
        """The client of this name; a new one is noted."""
        key = (name, may)
        found = self.visitors.get(key)
        if found is None:
            if len(self.visitors) >= _MOST_CLIENTS:
                self._forget_idle()
            if len(self.visitors) >= _MOST_CLIENTS and name != _OTHERS:
                return self.visitor(_OTHERS, may)  # who changes its name gains nothing by it
            found = self.visitors[key] = Visitor(name, may, time.monotonic())
            self.told()
        return found

    def clients(self) -> list[Visitor]:
        """The clients that are there: with an open stream, or heard of within the last minute."""
        now = time.monotonic()
        return [
            each
            for each in list(self.visitors.values())
            if each.streams or now - each.last < LIVELY_SECONDS
        ]

    def _forget_idle(self) -> None:
        kept = {id(each) for each in self.clients()}
        self.visitors = {key: each for key, each in self.visitors.items() if id(each) in kept}

    def host_is_known(self, host: str) -> bool:
        """Whether a Host header names this server (DNS rebinding does not)."""
        try:
            name = urlsplit(f"//{host}").hostname
        except ValueError:
            return False
        return name is not None and name in self.hosts

    def origin_is_known(self, origin: str, host: str) -> bool:
        """Whether the page of a browser may ask: one of ours, or one that was allowed."""
        if origin in self.origins:
            return True
        try:
            return urlsplit(origin).netloc == host
        except ValueError:
            return False


class Gate:
    """Lets requests through to the app that may be made; answers the others."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Called by the server for each request, and each socket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = {key: value.decode("latin-1") for key, value in scope["headers"]}
        try:
            self._look(scope, headers)
        except ProblemError as error:
            if scope["type"] == "websocket":
                await receive()
                await send({"type": "websocket.close", "code": 1008, "reason": str(error)[:120]})
                return
            extra = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "1"}}
            response = answer(error, extra.get(error.problem.status))
            await response(scope, receive, send)
            return
        if scope["type"] == "http":
            receive = _limited(receive, _most_bytes(scope))
        await self._app(scope, receive, send)

    def _look(self, scope: Scope, headers: dict[bytes, str]) -> None:
        access = self._access
        host = headers.get(b"host", "")
        if not access.host_is_known(host):
            raise ProblemError(
                421, "wrong_host", f"This server is not {host[:80]!r}.",
                remedy="use the address that it printed",
            )  # fmt: skip
        origin = headers.get(b"origin")
        if origin is not None and not access.origin_is_known(origin, host):
            raise ProblemError(
                403, "wrong_origin", f"Pages of {origin[:80]!r} may not ask here.",
                remedy="start the server with --origin for a page that you trust",
            )  # fmt: skip
        length = headers.get(b"content-length", "0")
        most = _most_bytes(scope)
        if not length.isdecimal() or len(length) > 18 or int(length) > most:
            raise _too_large(most)
        path = scope["path"]
        is_open = path in OPEN_PATHS or path.startswith(_OPEN_BELOW)
        right = access.right_of(_bearer(headers))
        if is_open and not right:
            return
        if scope["type"] == "websocket" and not right and b"authorization" not in headers:
            return  # a browser cannot send it: the stream asks for it in the first message
        if not right:
            raise ProblemError(
                401, "no_token", "This needs a token.",
                remedy="send the header Authorization: Bearer TOKEN, with the token that the "
                "server's file holds",
            )  # fmt: skip
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD") and right != CONTROL:
            raise read_only()
        visitor = access.visitor(_name(headers), right)
        visitor.ask()
        scope.setdefault("state", {})["visitor"] = visitor


def read_only() -> ProblemError:
    """What the holder of a token that may read only is told."""
    return ProblemError(
        403, "read_only", "This token may read only.", remedy="use the control token"
    )


def _bearer(headers: dict[bytes, str]) -> str:
    kind, _, token = headers.get(b"authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _name(headers: dict[bytes, str]) -> str:
    said = headers.get(b"x-client", "") or headers.get(b"user-agent", "").partition("/")[0]
    return "".join(c for c in said if c.isprintable())[:40].strip() or "API"


def _most_bytes(scope: Scope) -> int:
    path = scope["path"].rstrip("/")
    if path == "/api/v1/models":
        return MOST_BYTES
    return MOST_ARROW if path.endswith("/actions") else MOST_JSON


def _too_large(most: int) -> ProblemError:
    return ProblemError(
        413, "too_large", f"The body is larger than {most // 2**20} MiB.",
        remedy="send less at a time",
    )  # fmt: skip


def _limited(receive: Receive, most: int) -> Receive:
    seen, is_whole = 0, False
    end = time.monotonic() + BODY_SECONDS

    async def next_part() -> Message:
        nonlocal seen, is_whole
        if is_whole:
            return await receive()  # which tells when the client has gone
        try:
            async with asyncio.timeout(end - time.monotonic()):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, "The body did not come in time.") from None
        is_whole = not message.get("more_body", False)
        seen += len(message.get("body", b""))
        if seen > most:
            # Whoever reads the body makes a bad request of any other error.
            raise HTTPException(413, str(_too_large(most)))
        return message

    return next_part


def names_of(hosts: Iterable[str]) -> frozenset[str]:
    """Host names in the form that :class:`Access` compares."""
    return frozenset(host.strip("[]").lower() for host in hosts)


def visitor_of(connection: Any) -> Visitor:
    """The client of a request that came through the gate."""
    visitor: Visitor = connection.state.visitor
    return visitor
