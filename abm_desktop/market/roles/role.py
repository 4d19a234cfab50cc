"""What a role is: everything that the program asks about one kind of RL trader, in one object.

Only the lowest floor can hold it, since all floors ask: the market for names, memory and sizes, the
environments for the clock and the reward, learning for baselines, checks and recipes, the window
for its texts. So it needs nothing but NumPy. A role's compiled side, what it sees and how its
actions become orders, lies in :mod:`abm_desktop.market.traders`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np

from abm_desktop.market.roles.judged import Check, Column, Contender, Judged
from abm_desktop.market.roles.numbers import OBSERVATION_NAMES
from abm_desktop.market.roles.sizes import RoleSizes

__all__ = ["Feature", "Mirror", "Role", "Told"]


class Feature(NamedTuple):
    """An observation of a role's own, for people."""

    title: str
    tip: str


class Mirror(NamedTuple):
    """How a decision looks with prices upside down and bought for sold.

    The observation there is ``observation[places] * signs``, and action ``k`` becomes
    ``actions[k]``.
    """

    places: np.ndarray
    """int64 (width,)."""
    signs: np.ndarray
    """float32 (width,)."""
    actions: np.ndarray
    """int64 (actions,)."""


class Told(NamedTuple):
    """A sentence with places for numbers; whoever shows it writes them."""

    text: str
    numbers: Mapping[str, tuple[float, int, bool]]
    """By place: the value, its decimals, and whether it has a sign."""


class Role:
    """One kind of RL trader. A role is an instance, registered by its name.

    Subclasses set what differs; see :mod:`.directional`, :mod:`.maker` and :mod:`.executor`.
    """

    name: ClassVar[str]
    """In scenarios' policies, training files, models and lists."""
    code: ClassVar[int]
    """Its compiled side (:mod:`.numbers`). Roles may share one: they then see and do a leading
    part of what that side shows and offers."""
    noun: ClassVar[str]
    """With its article: "a maker"."""
    summary: ClassVar[str]
    """What it does, in half a sentence."""
    is_default: ClassVar[bool] = False
    """Whether it is meant if nothing is said; its name is left out of titles then."""

    # What it sees and does.
    own_observations: ClassVar[tuple[str, ...]] = ()
    """Names of what it sees beyond the 13 observations of every trader."""
    own_features: ClassVar[tuple[Feature, ...]] = ()
    """The same for people, one each."""
    actions: ClassVar[tuple[str, ...]]
    """Names of its actions, in the order of their numbers."""
    idle: ClassVar[int]
    """The action by which it does least."""
    side_names: ClassVar[tuple[str, str, str]]
    """Three kinds of actions, for charts."""
    sides: ClassVar[tuple[int, ...]]
    """Which of these each action is: 0, 1 or 2; -1 for none."""
    side_colors: ClassVar[tuple[str, str, str]] = ("ask", "accent", "bid")
    """Their colours, as roles of the theme."""
    unsided: ClassVar[str] = "muted"
    """The colour of an action of none of them."""

    # When it wakes, and what it keeps.
    own_clock: ClassVar[bool] = False
    """Whether one alone in a market is woken by the market, on a clock of its own. Otherwise the
    environment holds rounds, in which each trader decides once."""
    remembers: ClassVar[bool] = True
    """Whether it keeps two quotes in the book by name, and a record of its own."""
    has_parent: ClassVar[bool] = False
    """Whether it works off parent orders. Its reward is then minus the implementation shortfall,
    whatever the weights say."""
    sizes: ClassVar[tuple[str, ...]] = ()
    """The fields of :class:`RoleSizes` that it is trained for."""
    dose: ClassVar[str] = ""
    """What an experiment can give it a share of: the volume that is "taken", the "passive" volume,
    or the lots of "parents" (parent orders); "" if of nothing."""

    # Its reward, if it is one of positions.
    reward: ClassVar[Mapping[str, float]] = {}
    """Weights that differ from the usual ones of ``RewardWeights``, by name."""

    # How it is judged.
    share_title: ClassVar[str]
    """Heading of the shares of its three kinds of decisions: "sell/hold/buy"."""
    own_columns: ClassVar[tuple[Column, ...]] = ()
    """What only its evaluations have, for tables."""
    own_measures: ClassVar[tuple[str, ...]] = ()
    """Names of the measures that :meth:`measure` gives."""
    names_action: ClassVar[bool] = True
    """Whether the sign of a policy that always does one thing names it."""
    leans: ClassVar[bool] = True
    """Whether the position that it holds on average is of its own choice."""

    @property
    def takes_volume(self) -> bool:
        """Whether an experiment can give it a share of the taker volume."""
        return self.dose == "taken"

    @property
    def can_trade_on_paper(self) -> bool:
        """Whether it sends market orders alone and keeps a record, so that it needs no book."""
        return self.takes_volume and self.remembers

    @property
    def observations(self) -> tuple[str, ...]:
        """Names of all that it sees."""
        return OBSERVATION_NAMES + self.own_observations

    @property
    def suffix(self) -> str:
        """Its name behind an algorithm's, " maker"; empty for the default role."""
        return "" if self.is_default else f" {self.name}"

    def recipe(self, algorithm: str) -> str:
        """Name of the shipped training of this role by an algorithm; empty if there is none."""
        return self.name if algorithm == "PPO" else ""

    def kept_sizes(self, sizes: RoleSizes | None) -> RoleSizes:
        """What a policy of this role keeps of the sizes of a training."""
        return sizes if sizes is not None and self.sizes else RoleSizes()

    def position_limit(self, limit: int, sizes: RoleSizes) -> int:
        """Lots of its largest position: a parent order, or the limit it is given."""
        return sizes.parent_lots if self.has_parent else limit

    def side_shares(self, shares: Sequence[float]) -> tuple[float, float, float]:
        """Shares of the three kinds of actions, from the shares of all actions."""
        sums = [0.0, 0.0, 0.0]
        for side, share in zip(self.sides, shares, strict=True):
            if side >= 0:
                sums[side] += share
        return sums[0], sums[1], sums[2]

    def action_colors(self) -> tuple[str, ...]:
        """The colour of every action."""
        return tuple(self.side_colors[s] if s >= 0 else self.unsided for s in self.sides)

    def mirror(self) -> Mirror:
        """How its decisions look in the mirror image of a market."""
        raise NotImplementedError

    def greedy(self, logits: np.ndarray, symmetric: bool) -> np.ndarray:
        """Actions int64 (n,) with the largest of the logits (n, actions).

        ``symmetric`` logits are those of a policy made so, in which sides may be tied.
        """
        chosen: np.ndarray = logits.argmax(axis=1)
        return chosen

    # -- how it is judged ------------------------------------------------------------------------

    def contenders(self, decisions: int, seed: int) -> dict[str, Contender]:
        """What a policy is compared with, by name, in days of ``decisions`` decisions."""
        raise NotImplementedError

    def measure(
        self,
        accounts: Mapping[str, np.ndarray],
        taken: np.ndarray,
        *,
        lot: float,
        max_inventory: int,
        sizes: RoleSizes,
    ) -> dict[str, Any]:
        """What is measured of n days in the role's own way, as fields of ``TradingDays``.

        ``accounts`` are float64 (k + 1, n) by name, before every decision and at the end;
        ``taken`` int64 (k, n).
        """
        raise NotImplementedError

    def checks(self, judged: Judged) -> list[Check]:
        """The conditions of acceptance."""
        raise NotImplementedError

    def flags(self, judged: Judged) -> tuple[list[str], list[str]]:
        """Signs of a degenerate policy that only this role has.

        Told before and behind those that every role may have: that it decides without looking.
        """
        return [], []

    def words(self, rules: Mapping[str, Mapping[str, Any]]) -> list[Told]:
        """What only this role has to tell of an evaluation."""
        return []

    def numbers_told(self, rules: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, str]]:
        """(rule, measure) of the numbers that :meth:`words` cannot do without."""
        return []
