"""Streams: what happens, as it happens, over a WebSocket or as server-sent events.

A WebSocket client without the header Authorization first sends ``{"token": "..."}``. Then it sends
``{"subscribe": ["snapshot", "trades"], "rate": 30}`` as often as it likes; ``"since": {"trades":
17}`` goes on after an event that it has read, ``"unsubscribe"`` ends topics. Every message that it
gets is one JSON object with its ``topic``: ``data`` with ``version`` for states (only the newest
comes), with ``sequence`` for events (every one comes, or ``missed`` tells the numbers of those that
are gone). Commands go the same way: see :mod:`abm_desktop.serve.socket_commands`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from abm_desktop.serve.access import Visitor, visitor_of
from abm_desktop.serve.feeds import encoded
from abm_desktop.serve.problems import ProblemError
from abm_desktop.serve.socket_commands import CommandWish, SocketCommands
from abm_desktop.serve.topics import EVENTS, STATES, Topics

router = APIRouter(tags=["streams"])

HELLO_SECONDS = 10.0
_MOST_AT_ONCE = 200
"""Events of a topic that are sent before states have their turn again."""
_BEAT_SECONDS = 15.0
_FAREWELL_SECONDS = 1.0
_WISH_SECONDS = 0.01
"""Between two wishes of a client."""


Names = Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=50)]


class Wish(BaseModel):
    """What a client of the WebSocket asks for."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str | None, Field(max_length=200)] = None
    subscribe: Names = []
    unsubscribe: Names = []
    rate: Annotated[float | None, Field(gt=0.0, le=60.0)] = None
    """Most messages of a state a second."""
    since: Annotated[dict[str, Annotated[int, Field(ge=0, lt=2**63)]], Field(max_length=20)] = {}
    """Number of the last event read, by topic."""


def check_topics(names: list[str]) -> None:
    """Raise ProblemError for a topic that there is none of."""
    for name in names:
        if name not in STATES and name not in EVENTS:
            raise ProblemError(
                422, "invalid", f"There is no topic {name[:40]!r}.", key="subscribe",
                remedy="known: " + ", ".join((*STATES, *EVENTS)),
            )  # fmt: skip


class Reading:
    """How far one client has read."""

    def __init__(self, topics: Topics, rate: float = 10.0) -> None:
        self._topics, self.rate = topics, rate
        self._read: dict[str, int] = {}
        self._due = 0.0

    def subscribe(self, names: list[str], since: dict[str, int] | None = None) -> None:
        """Read these topics too. Raises ProblemError for one that there is none of."""
        check_topics(names)
        for name in names:
            if name == "trades" and name not in self._read:
                self._topics.want_trades(1)
            self._topics.hear(name)
            newest = -1 if name in STATES else self._topics.events[name].newest
            begin = (since or {}).get(name, self._read.get(name, newest))
            # A number that is still to come is of an earlier server: all that is here is new.
            self._read[name] = begin if name in STATES or begin <= newest else 0

    def unsubscribe(self, names: list[str]) -> None:
        """Read these topics no more."""
        for name in names:
            if self._read.pop(name, None) is not None and name == "trades":
                self._topics.want_trades(-1)

    def close(self) -> None:
        """Read nothing more."""
        self.unsubscribe(list(self._read))

    @property
    def wait(self) -> float:
        """Seconds until the next states may be sent."""
        return max(self._due - time.monotonic(), 0.0)

    def position(self) -> str:
        """How far events are read, for a client that comes back."""
        return ",".join(f"{name}:{n}" for name, n in self._read.items() if name in EVENTS)

    def messages(self) -> list[bytes]:
        """What is new for this client now: events at once, states at its rate."""
        found: list[bytes] = []
        states_are_due = self.wait == 0.0
        sent_state = False
        for name in list(self._read):
            if name in EVENTS:
                missed, news = self._topics.events[name].since(self._read[name], _MOST_AT_ONCE)
                if missed is not None:
                    found.append(missed.encoded())
                    self._read[name] = missed.last
                found += [message for _, message in news]
                if news:
                    self._read[name] = news[-1][0]
            elif states_are_due and self._topics.states[name].version != self._read[name]:
                version, message = self._topics.states[name].newest()
                self._read[name] = version
                if message is not None:
                    found.append(message)
                    sent_state = True
        if sent_state:
            # From when it was due, so that a rate is kept; not from long ago.
            now = time.monotonic()
            self._due = max(self._due + 1.0 / self.rate, now)
        return found

    @property
    def has_more(self) -> bool:
        """Whether events wait that were too many to send at once."""
        events = self._topics.events
        return any(self._read[name] < events[name].newest for name in self._read if name in EVENTS)

    @property
    def has_states(self) -> bool:
        """Whether states wait for their time."""
        states = self._topics.states
        return any(self._read[n] != states[n].version for n in self._read if n in STATES)


@router.websocket("/stream")
async def stream(socket: WebSocket) -> None:
    """States and events, as the client asks for them."""
    access, topics = socket.app.state.access, socket.app.state.topics
    visitor: Visitor | None = getattr(socket.state, "visitor", None)
    await socket.accept()
    reading = Reading(topics)
    waker = topics.waker()
    tasks: list[asyncio.Task[None]] = []
    try:
        access.welcome(visitor)
        if visitor is None:
            access.strangers += 1
            try:
                visitor = await asyncio.wait_for(_introduced(socket, access), HELLO_SECONDS)
            finally:
                access.strangers -= 1
            access.welcome(visitor)
        visitor.streams += 1
        access.told()
        commands = SocketCommands(socket.app.state.session, visitor, waker.set)
        tasks = [
            asyncio.create_task(_listen(socket, reading, commands, waker)),
            asyncio.create_task(_send(socket, reading, commands, waker)),
        ]
        access.sockets.add(tasks[1])
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if not task.cancelled() and (error := task.exception()) is not None:
                raise error
        tasks[0].cancel()  # what comes from now on is not carried out
        # One that reads nothing does not hear it; nor does one whose command takes longer.
        await asyncio.wait_for(_farewell(socket, commands), _FAREWELL_SECONDS)
    except ProblemError as error:
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await socket.send_text(encoded({"problem": error.problem.model_dump()}).decode())
            await socket.close(1008, str(error)[:120])
    except TimeoutError:
        if not tasks:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await socket.close(1008, "no token came")
    except (WebSocketDisconnect, RuntimeError, OSError):
        pass  # the client is gone
    finally:
        for task in tasks:
            task.cancel()
            access.sockets.discard(task)
        reading.close()
        topics.leave(waker)
        if visitor is not None and tasks:
            visitor.streams -= 1
            visitor.last = time.monotonic()
            access.told()


async def _farewell(socket: WebSocket, commands: SocketCommands) -> None:
    for message in await commands.last_words():
        await socket.send_text(message.decode())
    await socket.close(1001, "the server ends this stream")


async def _introduced(socket: WebSocket, access: Any) -> Visitor:
    wish = await _wish(socket)
    right = access.right_of(wish.token or "") if isinstance(wish, Wish) else ""
    if not right:
        raise ProblemError(401, "no_token", "This needs a token.", key="token")
    visitor: Visitor = access.visitor(socket.headers.get("x-client", "browser")[:40], right)
    return visitor


async def _wish(socket: WebSocket) -> Wish | CommandWish:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    key = ""
    try:
        given = from_json(message.get("text") or message.get("bytes") or b"")
        is_command = isinstance(given, dict) and "do" in given
        return (CommandWish if is_command else Wish).model_validate(given)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        said, key = str(first["msg"]), ".".join(map(str, first["loc"]))
    except ValueError as error:
        said = f"Invalid JSON: {error}"
    raise ProblemError(
        422, "invalid", said, key=key,
        remedy='send {"subscribe": ["snapshot"], "rate": 10}, or {"do": {"do": "run"}, "id": 1}',
    )  # fmt: skip


async def _listen(
    socket: WebSocket, reading: Reading, commands: SocketCommands, waker: asyncio.Event
) -> None:
    while True:
        wish = await _wish(socket)
        if isinstance(wish, CommandWish):
            await commands.carry_out(wish)
            continue
        if wish.rate is not None:
            reading.rate = wish.rate
        reading.unsubscribe(wish.unsubscribe)
        reading.subscribe(wish.subscribe, wish.since)
        waker.set()
        # Whoever changes its mind more often waits with it, not everybody else.
        await asyncio.sleep(_WISH_SECONDS)


async def _send(
    socket: WebSocket, reading: Reading, commands: SocketCommands, waker: asyncio.Event
) -> None:
    send_texts = socket.state.send_texts
    while True:
        waker.clear()
        if messages := commands.answers() + reading.messages():
            await send_texts(messages)
        await _until_news(reading, waker)


async def _until_news(reading: Reading, waker: asyncio.Event, most: float | None = None) -> None:
    """Wait until there is something to send, or so many seconds have passed."""
    if reading.has_more:
        await asyncio.sleep(0)
        return
    if reading.has_states:
        most = reading.wait  # there is one, but it is not its time yet; events come sooner
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(most):
            await waker.wait()


@router.get("/events", response_class=StreamingResponse)
async def server_sent_events(
    request: Request,
    topics: Annotated[list[str], Query(description="Any of those of the WebSocket.")],
    rate: Annotated[float, Query(gt=0.0, le=60.0)] = 10.0,
    last_event_id: Annotated[str, Header(max_length=400)] = "",
) -> StreamingResponse:
    """The same as server-sent events; ``Last-Event-ID`` goes on where a client has stopped."""
    access, all_topics = request.app.state.access, request.app.state.topics
    visitor = visitor_of(request)
    access.welcome(visitor)
    check_topics(topics)

    async def lines() -> AsyncIterator[bytes]:
        reading = Reading(all_topics, rate)
        reading.subscribe(topics, _positions(last_event_id))
        waker = all_topics.waker()
        access.wakers.add(waker)
        visitor.streams += 1
        access.told()
        token = access.control_token
        try:
            yield b"retry: 1000\n\n"
            while token == access.control_token and not access.is_closing:
                waker.clear()
                messages = reading.messages()
                for message in messages:
                    yield b"data: " + message + b"\n\n"
                # An event of its own, so that what came before it is read by then.
                yield b"id: " + reading.position().encode() + b"\n: beat\n\n"
                await _until_news(reading, waker, _BEAT_SECONDS)
        finally:
            reading.close()
            all_topics.leave(waker)
            access.wakers.discard(waker)
            visitor.streams -= 1
            visitor.last = time.monotonic()
            access.told()

    return StreamingResponse(
        lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
    )


def _positions(text: str) -> dict[str, int]:
    found = {}
    for part in text.split(","):
        name, _, number = part.partition(":")
        if name in EVENTS and number.isdecimal() and len(number) < 19:
            found[name] = int(number)
    return found
