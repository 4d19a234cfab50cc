"""What RL traders an experiment has, and how much of the market they make up."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Literal

from pydantic import Field, model_validator

from abm_desktop.market.state import NETWORK_SLOTS
from abm_desktop.scenario.base import Model, clash
from abm_desktop.scenario.bounds import Lots
from abm_desktop.scenario.quantity import Quantity

__all__ = ["DISPLACEABLE", "MOST_LEVELS", "Name", "RLFactors"]

DISPLACEABLE = ("institutions", "momentum", "fundamental", "noise", "market_makers")
"""Sections of the population that RL traders can stand in for."""

Displaced = Literal["institutions", "momentum", "fundamental", "noise", "market_makers"]
Placebo = Literal["untrained", "rule_clones", "zero_size"]
Mode = Literal["frozen", "learning"]
Split = Literal["never", "other_shares", "always"]
MOST_LEVELS = 64
"""Levels of one factor: of shares, rules, stresses, mixes ..."""
PartOfVolume = Annotated[float, Quantity(0.0, 0.999, percent=True)]
RateFactor = Annotated[float, Quantity(0.0, 1000.0)]
Name = Annotated[str, Field(min_length=1, max_length=4096)]


class RLFactors(Model):
    """What RL traders there are, and how much of the market they make up."""

    shares: Annotated[tuple[PartOfVolume, ...], Field(strict=False, max_length=MOST_LEVELS)] = (
        Field(
            (0.0, 0.05, 0.1, 0.25, 0.5),
            description="shares that RL traders stand in for: of the taker volume; of makers, of "
            "the passive volume; of executors, of the lots of parent orders. 0 is the control",
        )
    )
    policies: Annotated[tuple[Name, ...], Field(strict=False, max_length=1000)] = Field(
        ("calm-ppo", "calm-dqn", "calm-sac"),
        description="models of the registry, names or patterns such as calm-ppo*; one a cell",
    )
    mixed: Annotated[
        tuple[Annotated[tuple[Name, ...], Field(strict=False, max_length=1000)], ...],
        Field(strict=False, max_length=MOST_LEVELS),
    ] = Field((), description="lists of models that trade together in a cell, in equal numbers")
    sets_of: Annotated[int, Quantity(0, NETWORK_SLOTS)] = Field(
        0,
        description="if above 0, so many policies of an algorithm trade together in a cell, in "
        "order of their names, in place of each by itself: sets that repeat each other",
    )
    populations: Annotated[tuple[Name, ...], Field(strict=False, max_length=1000)] = Field(
        (),
        description="populations that learned together, names or patterns such as crowd-*; one a "
        "cell, its policies in equal numbers",
    )
    displaces: Annotated[tuple[Displaced, ...], Field(strict=False, max_length=MOST_LEVELS)] = (
        Field(
            ("institutions", "momentum", "fundamental", "noise"),
            description="trader classes that make room, in proportion; for makers market_makers, "
            "for executors institutions",
        )
    )
    other_displaces: Annotated[
        tuple[Displaced, ...], Field(strict=False, max_length=MOST_LEVELS)
    ] = Field((), description="a second arm, in which only these make room")
    modes: Annotated[tuple[Mode, ...], Field(strict=False, max_length=MOST_LEVELS)] = Field(
        ("frozen",), description="frozen, learning (the policy goes on learning), or both"
    )
    learning_rates: Annotated[
        tuple[RateFactor, ...], Field(strict=False, max_length=MOST_LEVELS)
    ] = Field(
        (1.0,),
        description="of traders that go on learning, as multiples of the usual 3e-4; at 0 they "
        "draw their actions and learn nothing",
    )
    learn_from: Literal["shock", "fork"] = Field(
        "shock",
        description="when a policy that goes on learning may change first: after the shock, or a "
        "few minutes after the copies are made",
    )
    split_markets: Split = Field(
        "never",
        description="whether the policies of an algorithm divide the markets among them instead of "
        "all playing in each: never, at other_shares than the hypothesis's, or always",
    )
    placebos: Annotated[tuple[Placebo, ...], Field(strict=False, max_length=MOST_LEVELS)] = Field(
        (),
        description="untrained (random weights), rule_clones (traders of the displaced classes "
        "instead), zero_size (RL traders that trade nothing)",
    )
    placebo_shares: Annotated[
        tuple[PartOfVolume, ...], Field(strict=False, max_length=MOST_LEVELS)
    ] = Field((), description="shares at which the placebos run; none given: the largest share")
    room_only: bool = Field(
        True,
        description="also an arm in which the displaced classes make room and nobody comes; what "
        "RL traders add is told against it",
    )
    pilots: Literal["stress", "calm"] = Field(
        "stress",
        description="whether the number of traders that fill a share is found under each stress by "
        "itself, in the window of the study, or in calm for all",
    )
    pilot_policies: Annotated[int, Quantity(0, NETWORK_SLOTS)] = Field(
        0,
        description="if above 0, the policies of an algorithm, and sets or populations of a kind, "
        "have one number of traders, found in pilots where so many policies of them trade "
        "together; 0 finds that of each by itself",
    )
    untrained_policies: Annotated[int, Quantity(1, 64)] = Field(
        3, description="number of different untrained policies"
    )
    size: Annotated[int, Quantity(1, 10_000, unit="lots")] = Field(
        2, description="lots per BUY or SELL"
    )
    max_inventory: Lots = Field(40, description="largest position of an RL trader, lots")
    max_traders: Annotated[int, Quantity(1, 5000)] = Field(
        300, description="where more would be needed, each trades larger sizes instead"
    )

    @model_validator(mode="after")
    def _consistent(self) -> RLFactors:
        if not self.shares:
            raise clash("shares", "is empty", "give at least one share, e.g. [0, 0.25]")
        for name in (
            *("shares", "placebo_shares", "policies", "displaces", "modes", "placebos"),
            *("learning_rates", "populations"),
        ):
            twice = [v for v, n in Counter(getattr(self, name)).items() if n > 1]
            if twice:
                raise clash(name, f"names {twice[0]} twice", "keep one of the two")
        if not self.displaces:
            raise clash("displaces", "is empty", f"name classes of {', '.join(DISPLACEABLE)}")
        if not self.modes:
            raise clash("modes", "is empty", 'give ["frozen"], ["learning"] or both')
        if not self.learning_rates:
            raise clash("learning_rates", "is empty", "leave it out, or give multiples such as 1")
        for k, share in enumerate(self.placebo_shares):
            if share == 0.0:
                raise clash(f"placebo_shares.{k}", "is 0", "a placebo needs a share above 0")
        treated = any(share > 0 for share in self.shares)
        together = self.mixed or self.populations
        if treated and not self.policies and not together and not self.placebos:
            raise clash(
                "policies",
                "is empty, and there is neither a mix, nor a population, nor a placebo",
                "name a model, or give only the share 0",
            )
        if self.sets_of == 1:
            raise clash("sets_of", "is 1", "leave it out for each policy by itself")
        if self.sets_of and not self.policies:
            raise clash("sets_of", "is given, and no policies", "name them in policies")
        for name in ("sets_of", "populations"):
            if getattr(self, name) and "frozen" not in self.modes:
                raise clash(
                    name,
                    "makes several policies trade together, which cannot go on learning",
                    'give modes = ["frozen"]',
                )
        return self
