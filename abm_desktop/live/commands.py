"""What a person does with a live market that is no change of it: time, speed, and what is shown.

With :mod:`abm_desktop.market.commands`, which change the market and are recorded, these are all
that :meth:`LiveMarket.do` takes. As JSON each is a table whose key ``do`` says which it is.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from abm_desktop.inputs import shown
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
    SetRule,
    StepEvents,
    written,
)
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.base import LaterBuiltModel
from abm_desktop.scenario.command_types import Number, Seconds, Seed, Speed, read_one_of

__all__ = [
    "COMMANDS",
    "AddTraders",
    "CallAuction",
    "CancelOrder",
    "CancelOrders",
    "CancelPlanned",
    "ChangePopulation",
    "Command",
    "EndStress",
    "ForkMarket",
    "Inject",
    "MarketCommand",
    "ModifyOrder",
    "PauseMarket",
    "PlaceOrder",
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
    """
    parts = [
        f"{name}={value.name if isinstance(value, Scenario) else shown(value)}"
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
