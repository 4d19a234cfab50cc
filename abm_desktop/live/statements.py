"""What a live market does while nothing can be shown yet, as values."""

from __future__ import annotations

from dataclasses import dataclass

from abm_desktop.statements import Statement

__all__ = [
    "CompilingMarket",
    "ForkingMarket",
    "LoadingScenario",
    "ReadingRecording",
    "RecoveringSession",
    "ResettingMarket",
]


@dataclass(frozen=True, slots=True)
class CompilingMarket(Statement):
    """Compiled code is made; minutes on a slow machine, once."""

    TEXTS = ("compiling the market for this machine (first start only)",)


@dataclass(frozen=True, slots=True)
class LoadingScenario(Statement):
    """A market is made and warmed up."""

    TEXTS = ("loading {name}",)
    name: str


@dataclass(frozen=True, slots=True)
class ReadingRecording(Statement):
    """A recorded day is read."""

    TEXTS = ("reading {name}",)
    name: str


@dataclass(frozen=True, slots=True)
class RecoveringSession(Statement):
    """A session that was kept or saved is computed again."""

    TEXTS = ("computing {name} again",)
    name: str


@dataclass(frozen=True, slots=True)
class ForkingMarket(Statement):
    """A past moment becomes a market of its own."""

    TEXTS = ("forking the market",)


@dataclass(frozen=True, slots=True)
class ResettingMarket(Statement):
    """The same market is made again."""

    TEXTS = ("resetting",)
