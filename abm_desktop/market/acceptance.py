"""What an evaluation of a policy found, as values: its conditions, and signs of degeneracy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from abm_desktop.statements import Statement

__all__ = [
    "AheadOfRule",
    "DayEarns",
    "DegeneracySign",
    "LotsLeft",
    "MeanPosition",
    "ShortfallFound",
    "SignCode",
    "SurelyBetter",
]


@dataclass(frozen=True, slots=True)
class DayEarns(Statement):
    """What the median day made."""

    TEXTS = ("{amount:+.2f} a day",)
    amount: float
    """Currency."""


@dataclass(frozen=True, slots=True)
class AheadOfRule(Statement):
    """How much more it made than a rule."""

    TEXTS = ("{amount:+.2f} a day, p = {p:.1e}",)
    amount: float
    """Currency, on average."""
    p: float


@dataclass(frozen=True, slots=True)
class SurelyBetter(Statement):
    """How surely it made more than a rule."""

    TEXTS = ("p = {p:.1e}, below {limit} is asked",)
    p: float
    limit: float


@dataclass(frozen=True, slots=True)
class MeanPosition(Statement):
    """What it held on average, lots."""

    TEXTS = ("{lots:.1f} lots on average, below {most:.0f} is asked",)
    lots: float
    most: float


@dataclass(frozen=True, slots=True)
class ShortfallFound(Statement):
    """What its parent orders cost beside an even schedule, basis points."""

    TEXTS = ("shortfall {cost:.3f} bp against {schedule:.3f}, p = {p:.1e}, below {limit} is asked",)
    cost: float
    schedule: float
    p: float
    limit: float


@dataclass(frozen=True, slots=True)
class LotsLeft(Statement):
    """What was left of its parent orders at their end, as shares."""

    TEXTS = ("{share:.1%} of its lots left, below {most:.0%} is asked",)
    share: float
    most: float


_SIGNS = {
    "one_action": "one action takes {share:.0%} of the decisions",
    "one_named_action": "one action, {name}, takes {share:.0%} of the decisions",
    "no_information": "the actions carry almost no information (entropy below 15 %)",
    "hardly_varies": "the profit hardly varies: it hardly trades",
    "few_trades": "less than one trade in ten minutes",
    "few_quotes": "less than one quote is filled in ten minutes",
    "position_full": "the position is full more than half of the time",
    "blind": "it decides the same whatever it sees",
    "uninformed": "what it does tells nothing of what it sees (below 0.01 nats)",
    "closes": "it closes at market more often than it quotes",
    "like_rule": "its profit cannot be told from that of {name}",
}
SignCode = Literal[
    "one_action",
    "one_named_action",
    "no_information",
    "hardly_varies",
    "few_trades",
    "few_quotes",
    "position_full",
    "blind",
    "uninformed",
    "closes",
    "like_rule",
]


@dataclass(frozen=True, slots=True)
class DegeneracySign(Statement):
    """A sign that a policy does not act on what it sees."""

    TEXTS = tuple(_SIGNS.values())
    sign: SignCode
    share: float = 0.0
    """Of the decisions, for one action."""
    name: str = ""
    """Of the action, or of the rule."""

    @property
    def text(self) -> str:
        """By sign."""
        return _SIGNS[self.sign]
