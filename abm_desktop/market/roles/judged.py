"""What is measured of a trader on held-out days, and what a role makes of it; pure NumPy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

__all__ = [
    "AGENT", "MAX_INVENTORY", "MINUTE", "RANDOM", "SIGNIFICANT", "STEP", "SYMMETRIC", "Check",
    "Column", "Contender", "Judged", "Rule", "TradingDays", "cell", "drawdown", "fixed",
]  # fmt: skip

Rule = Callable[[np.ndarray, int], np.ndarray]
"""Called with the observations of all markets, float32 (n, width), and the number of the decision;
returns actions, int64 (n,). The first call of an evaluation has number 0, at which a rule that
remembers begins again."""

Column = tuple[str, Callable[[Mapping[str, Any]], str]]
"""Heading, and text of one entry of ``Evaluation.summary()["rules"]``."""

AGENT, RANDOM = "agent", "random"
SYMMETRIC = "agent made symmetric"
"""The rule that is the agent without its leaning to one side (``learning.judging.symmetric``)."""
MAX_INVENTORY = 40
"""Position limit of all who are judged, lots."""
SIGNIFICANT = 0.01
STEP = 5.0
"""Simulated seconds between two decisions."""
MINUTE = round(60.0 / STEP)
"""Decisions in a minute."""
MISSING = "—"


class Contender(NamedTuple):
    """A rule that a policy is compared with, and the role in which it trades."""

    rule: Rule
    role: str = ""
    """Name of a role; empty for that of the policy."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of acceptance."""

    name: str
    passed: bool
    detail: str


@dataclass(frozen=True, slots=True)
class TradingDays:
    """What one rule did in n days. Money in currency, sizes in lots; arrays float64 (n,)."""

    pnl: np.ndarray
    """Profit and loss, the last position valued at the touch; of a trader with parent orders minus
    the implementation shortfall of those that are over."""
    drawdown: np.ndarray
    """Largest fall of the equity from its highest value so far."""
    inventory: np.ndarray
    """Mean absolute inventory."""
    traded: np.ndarray
    """Lots bought and sold."""
    at_limit: np.ndarray
    """Share of the decisions taken with a full position."""
    actions: np.ndarray
    """int64 (3,): decisions of three kinds in all days together; the role's column names them."""
    hits: int
    """Decisions to trade after which the price went the right way within a minute; 0 for roles
    that predict nothing."""
    misses: int
    """... and the wrong way."""
    observations: np.ndarray
    """float32 (m, width): a sample of what the rule saw."""
    position: np.ndarray
    """Mean signed inventory: below 0 it was short."""
    move: np.ndarray
    """What a lot held from the first decision to the end earned."""
    taken: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    """int64 (actions,): how often it took each action of its role; may be empty if these are the
    three of ``actions``."""
    measures: dict[str, float] = field(default_factory=dict)
    """What only its role has, by name; NaN if it is not known. See ``Role.measure``."""

    @property
    def lean(self) -> float:
        """Mean signed inventory over all days: what it holds whatever the market does, lots."""
        return float(self.position.mean())

    @property
    def pnl_without_lean(self) -> np.ndarray:
        """Profit less what :attr:`lean`, held all day, earned of the market's move."""
        rest: np.ndarray = self.pnl - self.lean * self.move
        return rest

    @property
    def shares(self) -> np.ndarray:
        """Shares of the three kinds of decisions, float64 (3,)."""
        shares: np.ndarray = self.actions / self.actions.sum()
        return shares

    @property
    def choices(self) -> np.ndarray:
        """Shares of the role's actions, float64 (actions,)."""
        if not len(self.taken):
            return self.shares
        shares: np.ndarray = self.taken / self.taken.sum()
        return shares

    @property
    def accuracy(self) -> float:
        """Share of hits; NaN if the rule never traded, or predicts nothing."""
        total = self.hits + self.misses
        return self.hits / total if total else math.nan


@dataclass(frozen=True, slots=True)
class Judged:
    """What is known when the checks are made."""

    results: Mapping[str, TradingDays]
    """By rule; the policy is called "agent"."""
    p_values: Mapping[str, float]
    """Of the agent earning more than each rule: one-sided paired Wilcoxon."""
    hours: float
    """Simulated hours a day."""
    surely_within: Callable[[np.ndarray, float], bool]
    """Whether the mean of differences is surely within +- a margin (two one-sided t-tests)."""

    @property
    def agent(self) -> TradingDays:
        """The days of the policy that is judged."""
        return self.results[AGENT]

    def median_day(self) -> Check:
        """Whether the median day earns money."""
        median = float(np.median(self.agent.pnl))
        return Check("median day", median > 0.0, f"{median:+.2f} a day")

    def beats_random(self) -> Check:
        """Whether the agent surely earns more than random decisions."""
        p = self.p_values[RANDOM]
        told = f"p = {p:.1e}, below {SIGNIFICANT} is asked"
        return Check("against random", p < SIGNIFICANT, told)

    def ahead_of(self, name: str) -> Check:
        """Whether the agent earns more than a rule on average."""
        ahead = float(np.mean(self.agent.pnl - self.results[name].pnl))
        told = f"{ahead:+.2f} a day, p = {self.p_values[name]:.1e}"
        return Check(f"against {name}", ahead > 0.0, told)

    def neutral(self) -> list[Check]:
        """Whether half of the profit at least is that of no position held all day.

        Asked of the profit without what the mean position earned of the market's moves, and of the
        profit of the policy made symmetric, which treats both sides alike, if that has traded.
        """
        kept = {"without its mean position": self.agent.pnl_without_lean}
        if SYMMETRIC in self.results:
            kept["made symmetric"] = self.results[SYMMETRIC].pnl
        whole = float(self.agent.pnl.mean())
        found = []
        for name, profits in kept.items():
            left = float(profits.mean())
            told = f"{left:+.2f} of {whole:+.2f} a day, half of it is asked"
            found.append(Check(name, left > 0.0 and left >= 0.5 * whole, told))
        return found

    def small_position(self) -> Check:
        """Whether the mean position stays below half the limit."""
        load, most = float(self.agent.inventory.mean()), 0.5 * MAX_INVENTORY
        told = f"{load:.1f} lots on average, below {most:.0f} is asked"
        return Check("position", load < most, told)


def fixed(action: int) -> Rule:
    """Always the same action."""
    return lambda observations, _: np.full(len(observations), action)


def drawdown(path: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Largest fall below the highest value so far, (n,), of a path (k, n) and its ``end``."""
    values = np.concatenate([path, end[None]])
    fallen: np.ndarray = (np.maximum.accumulate(np.maximum(values, 0.0)) - values).max(axis=0)
    return fallen


def cell(key: str, form: str) -> Callable[[Mapping[str, Any]], str]:
    """The text of a measure in a table; a dash if it is not known."""

    def text(rule: Mapping[str, Any]) -> str:
        value = rule.get(key)
        return MISSING if value is None else format(value, form)

    return text
