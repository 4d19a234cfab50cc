"""Commands on a WebSocket: the same as ``POST /commands``, without a request for each.

A client sends ``{"do": {"do": "step", "events": 10}, "id": 17, "if_match": 3}``: a command as the
route takes it, a number of its own, and if it likes the generation of the market that it is meant
for. It is answered with ``{"answer": 17, ...}`` and the fields of the route's answer, or those of
its problem document, of which ``status`` tells. Commands are taken in their order; a client may
send the next before it has the answer. If the server ends the stream, ``{"taken": 17}`` tells of
the last that it has looked at: those after it were not carried out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from abm_desktop.live.outcomes import CommandOutcome
from abm_desktop.serve.access import CONTROL, Visitor, read_only
from abm_desktop.serve.answers import of_outcome
from abm_desktop.serve.client_commands import client_command
from abm_desktop.serve.feeds import encoded
from abm_desktop.serve.problems import ProblemError, of_error
from abm_desktop.serve.session import ServedSession, accepted

__all__ = ["CommandWish", "SocketCommands"]

_MOST_AT_ONCE = 100
"""Commands of one stream that are not answered yet; then it is not read until one is."""
_TOO_MANY_SECONDS = 0.01
"""Between two commands of a client that has sent too many."""


class CommandWish(BaseModel):
    """A command on a WebSocket."""

    model_config = ConfigDict(extra="forbid")

    do: Any
    """As ``POST /commands`` takes it."""
    id: Annotated[int, Field(ge=-(2**63), lt=2**63, strict=True)]
    """Names the answer."""
    if_match: Annotated[int, Field(ge=0, lt=2**63, strict=True)] | None = None
    """Generation of the market that it is meant for; null is whichever is there."""


class SocketCommands:
    """The commands of one client's WebSocket, and their answers. It lives on the server's loop.

    Args:
        wake: called when there is an answer to be taken.
    """

    def __init__(
        self, session: ServedSession, visitor: Visitor, wake: Callable[[], object]
    ) -> None:
        self._session, self._visitor, self._wake = session, visitor, wake
        self._answers: list[bytes] = []
        self._waiting = 0
        self._taken: int | None = None
        self._has_room = asyncio.Event()
        self._has_room.set()
        self._is_idle = asyncio.Event()
        self._is_idle.set()

    def answers(self) -> list[bytes]:
        """The answers that have come since the last call."""
        found, self._answers = self._answers, []
        return found

    async def last_words(self) -> list[bytes]:
        """What a client must know of its commands if the stream ends: waits for what was begun."""
        await self._is_idle.wait()
        told = [] if self._taken is None else [encoded({"taken": self._taken})]
        return self.answers() + told

    async def carry_out(self, wish: CommandWish) -> None:
        """Begin a command, if it may be; returns when the next one may come."""
        self._taken = wish.id
        try:
            self._begin(wish)
        except Exception as error:
            problem = of_error(error)
            self._answer(wish.id, problem.problem.model_dump())
            # Whoever asks too often waits with it, not everybody else.
            await asyncio.sleep(_TOO_MANY_SECONDS if problem.problem.status == 429 else 0.0)
        await self._has_room.wait()

    def _begin(self, wish: CommandWish) -> None:
        visitor = self._visitor
        if visitor.may != CONTROL:
            raise read_only()
        visitor.ask()
        command = client_command(wish.do)

        def tell(outcome: CommandOutcome) -> None:
            self._waiting -= 1
            self._has_room.set()
            if not self._waiting:
                self._is_idle.set()
            try:
                self._answer(wish.id, of_outcome(accepted(outcome)).model_dump())
            except ProblemError as error:
                self._answer(wish.id, error.problem.model_dump())

        self._session.begin(command, tell, client=visitor.name, generation=wish.if_match)
        self._waiting += 1
        self._is_idle.clear()
        if self._waiting >= _MOST_AT_ONCE:
            self._has_room.clear()

    def _answer(self, number: int, fields: dict[str, Any]) -> None:
        self._answers.append(encoded({"answer": number, **fields}))
        self._wake()
