"""Where what a window shows comes from: scenario, seed, and how much was done to it by hand."""

from __future__ import annotations

from abm_desktop.desk.formats import clock
from abm_desktop.live import CommandOutcome, MarketSnapshot
from abm_desktop.live.commands import (
    CloseMarket,
    ForkMarket,
    LoadScenario,
    OpenRecording,
    RecoverSession,
    ResetMarket,
)
from abm_desktop.market.commands import MarketCommand, StepEvents
from abm_desktop.statements import counted

__all__ = ["Provenance", "run_title"]


def run_title(snapshot: MarketSnapshot) -> str:
    """Name a run: its scenario, its seed, and if it was forked."""
    parts = [snapshot.source]
    if not snapshot.is_replay:
        parts.append(f"seed {snapshot.seed}")
    if snapshot.forked_from is not None:
        parts.append(f"fork at {clock(snapshot.forked_from[1])}")
    return " · ".join(parts)


class Provenance:
    """Follows what is done to one live market: scenario and seed alone no longer make it."""

    def __init__(self) -> None:
        self._done: list[float] = []
        """Simulated seconds at which something was done to the market."""

    @property
    def commands(self) -> int:
        """How many commands the market has carried out that scenario and seed do not tell."""
        return len(self._done)

    def follow(self, outcome: CommandOutcome) -> None:
        """Take up what was carried out."""
        match outcome.command:
            case LoadScenario() | OpenRecording() | ResetMarket() | CloseMarket():
                self._done = []
            case RecoverSession() as command:
                self._done = [at for at, each in command.record.moves() if _changes(each)]
            case ForkMarket() as command:
                self._done = [at for at in self._done if at <= command.time]
            case MarketCommand() as command if _changes(command):
                self._done.append(outcome.time or 0.0)

    def line(self, snapshot: MarketSnapshot | None) -> str:
        """Scenario, seed and what was done by hand, e.g. "calm · seed 7 · 2 commands by hand"."""
        if snapshot is None:
            return ""
        by_hand = f" · {counted(self.commands, 'command')} by hand" if self._done else ""
        return run_title(snapshot) + by_hand


def _changes(command: MarketCommand) -> bool:
    """Whether a command does something to a market: a step by hand only lets it go on."""
    return not isinstance(command, StepEvents)
