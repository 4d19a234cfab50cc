"""What a server serves: one live market, and the work beside it. No Qt.

In the window it is made around the window's own market; ``abm-desktop serve`` makes its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from abm_desktop import paths
from abm_desktop.desk.laboratory import Laboratory
from abm_desktop.live import LiveMarket
from abm_desktop.live.commands import MarketCommand, SessionCommand
from abm_desktop.live.outcomes import CommandOutcome
from abm_desktop.live.refusals import NoMarket, RefusedError
from abm_desktop.live.types import MarketSnapshot
from abm_desktop.serve.jobs import Jobs
from abm_desktop.serve.loop_calls import LoopCalls
from abm_desktop.serve.problems import NotThereError, ProblemError, of_fault

if TYPE_CHECKING:
    from abm_desktop.market.simulator import Simulator

__all__ = ["ServedSession", "WindowDoor"]

COMMAND_SECONDS = 600.0
"""How long a request waits for its command; loading a market may compile it first."""


class WindowDoor(Protocol):
    """What a client may do with an open window. Called from the server's thread."""

    def panels(self) -> list[str]:
        """Names of the panels that can be shown and pictured."""

    def picture(self, panel: str, width: int, height: int) -> bytes:
        """A panel as PNG. Raises InputError for a panel that there is none of."""

    def focus(self, panel: str) -> None:
        """Bring a panel to the front. Raises InputError for a panel that there is none of."""


class ServedSession:
    """One session, shared by all who ask.

    Args:
        live: the market; its thread may run already.
        laboratory: trainings and experiments; if none is given, one is made, and ends with this.
        window: the open window, if there is one.
    """

    def __init__(
        self,
        live: LiveMarket,
        laboratory: Laboratory | None = None,
        window: WindowDoor | None = None,
    ) -> None:
        self.live = live
        self.window = window
        self.laboratory = laboratory or Laboratory()
        self.jobs = Jobs()
        self.calls: LoopCalls | None = None
        """On the loop of the server, while it runs."""
        self._closers: list[Callable[[], None]] = []
        if laboratory is None:
            self.at_end(self.laboratory.close)

    def close(self) -> None:
        """End what was started for clients; the market is its owner's."""
        self.jobs.close()
        for close in self._closers:
            close()

    def at_end(self, close: Callable[[], None]) -> None:
        """Have something closed with the session."""
        self._closers.append(close)

    def snapshot(self) -> MarketSnapshot:
        """The newest picture of the market. Raises RefusedError if there is none."""
        snapshot = self.live.snapshot
        if snapshot is None:
            raise RefusedError(NoMarket())
        return snapshot

    async def do(
        self,
        command: MarketCommand | SessionCommand,
        *,
        client: str,
        generation: int | None = None,
    ) -> CommandOutcome:
        """Have a command carried out, and wait for what comes of it.

        Raises ProblemError if it is refused.
        """
        done: asyncio.Future[CommandOutcome] = asyncio.get_running_loop().create_future()

        def take(outcome: CommandOutcome) -> None:
            if not done.done():
                done.set_result(outcome)

        self.begin(command, take, client=client, generation=generation)
        async with asyncio.timeout(COMMAND_SECONDS):
            return accepted(await done)

    def begin(
        self,
        command: MarketCommand | SessionCommand,
        tell: Callable[[CommandOutcome], None],
        *,
        client: str,
        generation: int | None = None,
    ) -> None:
        """Have a command carried out; ``tell`` is called on the loop with what came of it."""
        calls = self.calls
        assert calls is not None, "who asks is on the server's loop"
        ticket = self.live.do(command, generation=generation, client=client, checksum=True)
        ticket.when_done(lambda outcome: calls.soon(partial(tell, outcome)))

    async def read(self, look: Callable[[Simulator], Any]) -> Any:
        """What ``look`` finds in the simulated market, on its own thread, between two steps.

        Raises RefusedError if there is no market, or it is a recording.
        """
        return await asyncio.wrap_future(self.live.read(look))


def accepted(outcome: CommandOutcome) -> CommandOutcome:
    """The outcome itself, if the command was carried out. Raises ProblemError if not."""
    if outcome.refusal is not None:
        error: ProblemError = of_fault(outcome.refusal)
        raise error
    return outcome


def own_file(folder: Path, name: str, suffix: str = "") -> Path:
    """A file of a plain name inside a folder of ours. Raises ProblemError for any other name.

    >>> own_file(Path("/data"), "day one", ".zip").name
    'day one.zip'
    """
    plain = name.removesuffix(suffix)
    fits = all(c.isalnum() or c in " ._-+()," for c in plain)
    if not fits or not plain.strip(". ") or plain.startswith((".", "-")) or len(plain) > 100:
        raise ProblemError(
            422, "invalid", f"name {name[:80]!r} is no plain name of a file",
            key="name", remedy="use letters, digits, spaces, - and _",
        )  # fmt: skip
    return folder / f"{plain}{suffix}"


def own_recording(name: str) -> Path:
    """The place of a recording in our folder of them; ``days.zip/2019-05-03`` names one of several.

    Raises ProblemError for any other name, NotThereError if there is none of it.
    """
    folder = paths.user_data_dir() / "recordings"
    plain, _, part = name.partition("/")
    file = own_file(folder, plain)
    if not file.exists():
        raise NotThereError("recording", plain, f"put it into {folder.name}/")
    return own_file(file, part) if part else file
