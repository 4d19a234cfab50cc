"""Why a live market did not do what it was asked, as values with a code and fields.

``str()`` is their words. :data:`CommandRefusal` is any of them, told apart by ``code``, as JSON has
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.live.background_build import Cancelled
from abm_desktop.market.refusals import (
    AuctionAfterClose,
    ClassKeepsActing,
    OrderRefused,
    PolicySlotsTaken,
    PriceOffLadder,
    StressIsOver,
    StressSlotsTaken,
    TooManyTraders,
)
from abm_desktop.statements import Fault

__all__ = [
    "CommandFailed",
    "CommandInvalid",
    "CommandRefusal",
    "CommandUnavailable",
    "FileRefused",
    "ForkOutsideRun",
    "MarketGone",
    "MarketReplaced",
    "MomentNotShown",
    "NoMarket",
    "NotKept",
    "OnlyReplay",
    "OpeningCancelled",
    "RecordingEnded",
    "RefusedError",
    "SessionEnded",
    "StartAfterEnd",
    "StartHasPassed",
    "refusal_of",
]


@dataclass(frozen=True, slots=True)
class CommandInvalid(Fault):
    """What was asked for cannot be."""

    TEXTS = ("{message}",)
    message: str
    key: str = ""
    """The field of the command that is wrong, if it is one."""
    code: Literal["invalid"] = "invalid"


@dataclass(frozen=True, slots=True)
class CommandUnavailable(Fault):
    """What was asked for cannot be now."""

    TEXTS = ("{message}",)
    message: str
    code: Literal["unavailable"] = "unavailable"


@dataclass(frozen=True, slots=True)
class CommandFailed(Fault):
    """A fault of the program."""

    TEXTS = ("{kind}: {error}",)
    REMEDIES = ("This is a fault of the program: please report it.",)
    kind: str
    """Name of the exception's class."""
    error: str
    code: Literal["failed"] = "failed"


@dataclass(frozen=True, slots=True)
class FileRefused(Fault):
    """A file could not be read."""

    TEXTS = ("{error}",)
    error: str
    code: Literal["file_refused"] = "file_refused"


@dataclass(frozen=True, slots=True)
class NoMarket(Fault):
    """No scenario and no replay was opened yet."""

    TEXTS = ("There is no market yet.",)
    REMEDIES = ("Open a scenario first (Ctrl+O).",)
    code: Literal["no_market"] = "no_market"


@dataclass(frozen=True, slots=True)
class OnlyReplay(Fault):
    """A replay cannot do what only a simulated market can."""

    TEXTS = ("This is a replay of recorded data, and this needs a simulated market.",)
    REMEDIES = ("Open a scenario first (Ctrl+O), or choose Market, Trade in this recording.",)
    code: Literal["only_replay"] = "only_replay"


@dataclass(frozen=True, slots=True)
class RecordingEnded(Fault):
    """A replay is at its end."""

    TEXTS = ("The recording has ended.",)
    REMEDIES = ("Reset it (Ctrl+R) to play it again.",)
    code: Literal["recording_ended"] = "recording_ended"


@dataclass(frozen=True, slots=True)
class SessionEnded(Fault):
    """The session of a simulated market is over."""

    TEXTS = ("The session is over.",)
    REMEDIES = (
        "Reset it (Ctrl+R), fork from a time before its end, or make “session” of the scenario "
        "longer.",
    )
    code: Literal["session_ended"] = "session_ended"


@dataclass(frozen=True, slots=True)
class StartHasPassed(Fault):
    """A stress was to start in the past."""

    TEXTS = ("The stress is to start at {at:g} s, but it is {now:g} s already.",)
    REMEDIES = ("Choose a later time.",)
    at: float
    """Simulated seconds since the open, as is ``now``."""
    now: float
    code: Literal["start_has_passed"] = "start_has_passed"


@dataclass(frozen=True, slots=True)
class StartAfterEnd(Fault):
    """A stress was to start when the session is over."""

    TEXTS = ("The stress is to start at {at:g} s, but the session ends at {end:g} s.",)
    REMEDIES = ("Choose an earlier time.",)
    at: float
    """Simulated seconds since the open, as is ``end``."""
    end: float
    code: Literal["start_after_end"] = "start_after_end"


@dataclass(frozen=True, slots=True)
class ForkOutsideRun(Fault):
    """A fork was asked for at a time that the market was never at."""

    TEXTS = ("The market was never at {time:g} s: it has run from 0 to {now:g} s.",)
    REMEDIES = ("Choose a time in between.",)
    time: float
    """Simulated seconds since the open, as is ``now``."""
    now: float
    code: Literal["fork_outside_run"] = "fork_outside_run"


@dataclass(frozen=True, slots=True)
class OpeningCancelled(Fault):
    """A person did not want to wait until another market was made."""

    TEXTS = ("Cancelled. The market that was there goes on.",)
    code: Literal["cancelled"] = "cancelled"


@dataclass(frozen=True, slots=True)
class MarketGone(Fault):
    """The live market was closed before it could do this."""

    TEXTS = ("The market was closed.",)
    code: Literal["market_gone"] = "market_gone"


@dataclass(frozen=True, slots=True)
class MarketReplaced(Fault):
    """A command was meant for a market that is not there any more."""

    TEXTS = ("This was meant for market {asked}, but market {now} is there now.",)
    REMEDIES = ("Look at the market that is there, and ask again.",)
    asked: int
    """Generation that the command was meant for."""
    now: int
    """Generation of the market when its turn came."""
    code: Literal["market_replaced"] = "market_replaced"


@dataclass(frozen=True, slots=True)
class NotKept(Fault):
    """The session cannot be written aside."""

    TEXTS = ("This session cannot be recovered after a crash: {error}",)
    error: str
    code: Literal["not_kept"] = "not_kept"


@dataclass(frozen=True, slots=True)
class MomentNotShown(Fault):
    """A past moment could not be computed."""

    TEXTS = ("The market cannot be shown as it was at {time:.1f} s ({error}).",)
    REMEDIES = ("Return to live (Ctrl+End).",)
    time: float
    error: str
    code: Literal["moment_not_shown"] = "moment_not_shown"


CommandRefusal = Annotated[
    CommandInvalid
    | CommandUnavailable
    | CommandFailed
    | FileRefused
    | NoMarket
    | OnlyReplay
    | RecordingEnded
    | SessionEnded
    | StartAfterEnd
    | StartHasPassed
    | ForkOutsideRun
    | OpeningCancelled
    | MarketGone
    | MarketReplaced
    | NotKept
    | MomentNotShown
    | OrderRefused
    | StressSlotsTaken
    | PolicySlotsTaken
    | TooManyTraders
    | StressIsOver
    | PriceOffLadder
    | AuctionAfterClose
    | ClassKeepsActing,
    Field(discriminator="code"),
]


class RefusedError(UnavailableError):
    """A refusal by the live market; the text is its English."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)  # all of it: a copy in another process is made from this
        self.fault = fault

    def __str__(self) -> str:
        return self.fault.told


def refusal_of(error: BaseException) -> Fault:
    """The refusal that an error stands for."""
    for found in (*error.args[:1], error.fault if isinstance(error, InputError) else None):
        if isinstance(found, Fault):
            return found
    message = str(error) or type(error).__name__
    if isinstance(error, Cancelled):
        return OpeningCancelled()
    if isinstance(error, InputError):
        return CommandInvalid(message, error.key)
    if isinstance(error, OSError):
        return FileRefused(message)
    if isinstance(error, UnavailableError | ValueError):
        return CommandUnavailable(message)
    return CommandFailed(type(error).__name__, message)
