"""What a person does with a live market that is no change of it: time, speed, and what is shown.

With :mod:`abm_desktop.market.commands`, which change the market and are recorded, these are all
that :meth:`LiveMarket.do` takes. As JSON each is a table whose key ``do`` says which it is.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from abm_desktop.inputs import shown
from abm_desktop.live.conditions import Condition
from abm_desktop.market import commands as market_commands
from abm_desktop.market.commands import (
    AddTraders,
    CallAuction,
    CancelOrder,
    CancelOrders,
    ChangePopulation,
    EndStress,
    Inject,
    MarketCommand,
    ModifyOrder,
    PlaceOrder,
    RemoveTraders,
    SetRule,
    StepEvents,
    written,
)
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.base import LaterBuiltModel
from abm_desktop.scenario.command_types import (
    FilePath,
    Held,
    Number,
    Seconds,
    Seed,
    Speed,
    read_one_of,
)

__all__ = [
    "COMMANDS",
    "AddTraders",
    "AdvanceUntil",
    "CallAuction",
    "CancelOrder",
    "CancelOrders",
    "CancelPlanned",
    "ChangePopulation",
    "CloseMarket",
    "Command",
    "Condition",
    "EndStress",
    "ForkMarket",
    "Inject",
    "LoadScenario",
    "MarketCommand",
    "ModifyOrder",
    "OpenRecording",
    "PauseMarket",
    "PlaceOrder",
    "RecoverSession",
    "RemoveTraders",
    "ResetMarket",
    "RunMarket",
    "SessionCommand",
    "SetRule",
    "SetSpeed",
    "StepEvents",
    "StepTime",
    "WatchTrader",
    "in_short",
    "read_command",
    "written",
]


def _record(value: Any) -> Any:
    # Comes with the files of sessions, which a window needs later.
    from abm_desktop.live.session_record import SessionRecord

    return value if isinstance(value, SessionRecord) else SessionRecord.of(value)


def _record_values(record: Any) -> Any:
    return record.values()


class SessionCommand(LaterBuiltModel):
    """Base of the commands that :class:`LiveMarket` carries out by itself."""

    do: str


class RunMarket(SessionCommand):
    """Let simulated time pass."""

    do: Literal["run"] = "run"


class PauseMarket(SessionCommand):
    """Hold simulated time."""

    do: Literal["pause"] = "pause"


class StepTime(SessionCommand):
    """Pause, and go on by some simulated seconds."""

    do: Literal["step_time"] = "step_time"
    seconds: Seconds = 1.0


class AdvanceUntil(SessionCommand):
    """Go on until a condition holds, or to a time, and pause there.

    Its outcome comes when the market is there (``reached``), or has gone as far as it may without
    finding what it looks for, or another command has ended it: one that runs, pauses, steps, resets
    or replaces the market. All others are carried out on the way.

    A condition is looked at when this is asked, and then at every tenth of a simulated second: it
    is found at the same event on any machine, at any speed.

    >>> AdvanceUntil(when={"measure": "spread_ticks", "comparison": "above", "value": 5.0}).until
    """

    do: Literal["advance"] = "advance"
    until: float | None = None
    """Simulated seconds since the open (time of day for a replay), at most; None is the end of the
    session."""
    when: Condition | None = None
    """None: go on to ``until``."""
    fast: bool = True
    """As fast as it goes; else at the speed of the session."""


class LoadScenario(SessionCommand):
    """Replace the market by a scenario's, warmed up and paused."""

    do: Literal["load"] = "load"
    scenario: Scenario
    seed: Seed | None = None
    """None: the scenario's."""
    file: FilePath | None = None
    """The file that it was read from, for a window to show; nobody reads it again for this."""


class OpenRecording(SessionCommand):
    """Replace the market by recorded order flow, paused before its first message."""

    do: Literal["open_recording"] = "open_recording"
    path: FilePath
    """A LOBSTER message file, a zip or 7z of it, or a folder; a day in one is ``PATH/DAY``."""


class RecoverSession(SessionCommand):
    """Replace the market by a session that was kept, at the moment it was kept, paused."""

    do: Literal["recover"] = "recover"
    record: Annotated[Any, Held(_record, _record_values)]
    """A :class:`~abm_desktop.live.session_record.SessionRecord`; in JSON, what its file holds."""


class CloseMarket(SessionCommand):
    """Have no market any more, until another is opened."""

    do: Literal["close"] = "close"


class SetSpeed(SessionCommand):
    """Ask for another speed."""

    do: Literal["set_speed"] = "set_speed"
    speed: Speed | None
    """Simulated seconds per real second; None is as fast as it goes."""


class ResetMarket(SessionCommand):
    """Start the same market again."""

    do: Literal["reset"] = "reset"
    seed: Seed | None = None
    """None: the one it has."""


class ForkMarket(SessionCommand):
    """Replace the market by a copy of it as it was at a time, which goes on by itself."""

    do: Literal["fork"] = "fork"
    time: float
    """Simulated seconds since the open, from 0 to now."""


class CancelPlanned(SessionCommand):
    """Take a queued stress out of the queue; nothing happens if it has begun already."""

    do: Literal["cancel_planned"] = "cancel_planned"
    number: Number
    """Its :attr:`PlannedStress.number`."""


class WatchTrader(SessionCommand):
    """Tell in every snapshot what an RL trader sees and does.

    It holds over resets and new markets; a market without RL traders, and a replay, tell nothing.
    """

    do: Literal["watch_trader"] = "watch_trader"
    number: Number | None
    """By arrival, from 0; None ends it."""


Command = Annotated[
    Inject
    | EndStress
    | AddTraders
    | RemoveTraders
    | ChangePopulation
    | SetRule
    | CallAuction
    | PlaceOrder
    | ModifyOrder
    | CancelOrder
    | CancelOrders
    | StepEvents
    | RunMarket
    | PauseMarket
    | StepTime
    | AdvanceUntil
    | LoadScenario
    | OpenRecording
    | RecoverSession
    | CloseMarket
    | SetSpeed
    | ResetMarket
    | ForkMarket
    | CancelPlanned
    | WatchTrader,
    Field(discriminator="do"),
]
"""Any of them; the key ``do`` says which."""

COMMANDS: dict[str, type[MarketCommand] | type[SessionCommand]] = {
    **market_commands.MARKET_COMMANDS,
    **{
        kind.model_fields["do"].default: kind
        for kind in (
            RunMarket,
            PauseMarket,
            StepTime,
            AdvanceUntil,
            LoadScenario,
            OpenRecording,
            RecoverSession,
            CloseMarket,
            SetSpeed,
            ResetMarket,
            ForkMarket,
            CancelPlanned,
            WatchTrader,
        )
    },
}
"""Every kind, by its name in JSON."""


def in_short(command: MarketCommand | SessionCommand) -> str:
    """A command in a line of a log.

    >>> in_short(PlaceOrder(side=1, size=5))
    'place_order side=1 price=None size=5'

    What has a name, as scenarios and policies, is told by it.
    """
    parts = [
        f"{name}={getattr(value, 'name', '') or shown(value)}"
        for name, value in command
        if name != "do"
    ]
    return " ".join((command.do, *parts))


def read_command(values: object) -> MarketCommand | SessionCommand:
    """Read a command of either sort from what :func:`written` gave.

    Raises:
        InputError: if there is no such command, or a key is missing, unknown, or out of its bounds.
    """
    return read_one_of(COMMANDS, values)
