"""What a market is: the typed scenario that the simulator runs.

A scenario is a value: immutable, comparable, and complete. Together with a seed and the commands
given while it runs it fixes every event of the market.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from .base import Model, clash, clashes
from .bounds import MOST_GROUPS, MOST_STRESSES, MOST_TRADERS
from .cost import MOST_SECONDS, largest
from .interventions import Interventions
from .population import Population, empty_population
from .processes import Activity, Fundamental
from .quantity import Quantity
from .stress import Stress
from .traders import RLTraders
from .venue import Market

__all__ = ["Activity", "Fundamental", "Market", "Scenario"]


class Scenario(Model):
    """A complete market: venue, value process, population, and what is done to it."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="short name, shown in the window"
    )
    description: Annotated[str, Field(max_length=10_000)] = Field(
        "", description="what this market is for, one or two sentences"
    )
    seed: Annotated[int, Quantity(0, 2**63 - 1)] = Field(
        1, description="seed used where none is given"
    )
    recording: Annotated[str, Field(max_length=4096)] = Field(
        "", description="recorded day whose order flow the market replays; empty: none"
    )
    market: Market = Market()
    fundamental: Fundamental = Fundamental()
    activity: Activity = Activity()
    population: Population = Population()
    interventions: Interventions = Interventions()
    rl: Annotated[tuple[RLTraders, ...], Field(strict=False, max_length=MOST_GROUPS)] = Field(
        (), description="groups of traders that follow trained policies"
    )
    stress: Annotated[tuple[Stress, ...], Field(strict=False, max_length=MOST_STRESSES)] = Field(
        (), description="stress events, each at its own time"
    )

    @model_validator(mode="after")
    def _goes_with_its_recording(self) -> Scenario:
        wrong = []
        if self.recording and self.population not in (Population(), empty_population()):
            wrong.append(
                clash(
                    "population",
                    "has traders of its own beside those of the recording",
                    "leave out population, or recording",
                )
            )
        wrong += [
            clash(
                f"stress.{index}.type",
                f"is {event.type}, which acts through simulated traders; a recording has none",
                "choose one that sends orders, such as flash_crash or fat_finger",
            )
            for index, event in enumerate(self.stress)
            if self.recording and not event.sends_orders
        ]
        if wrong:
            raise clashes(wrong)
        return self

    @model_validator(mode="after")
    def _rl_traders(self) -> Scenario:
        total = sum(group.count for group in self.rl)
        if total > MOST_TRADERS:
            raise clash(
                "rl",
                f"has {total} traders in all groups, must be at most {MOST_TRADERS}",
                "lower the count of a group, and let each trade larger sizes",
            )
        return self

    @model_validator(mode="after")
    def _affordable(self) -> Scenario:
        key, seconds = largest(self)
        if seconds > MOST_SECONDS:
            raise clash(
                key,
                f"asks for most of {seconds:.2g} s of computing per simulated second, must be at "
                f"most {MOST_SECONDS:g} s in all",
                "lower the rates, counts and activity.cap, or lengthen what lies between two turns",
            )
        return self

    @model_validator(mode="after")
    def _stress_in_session(self) -> Scenario:
        if self.recording:  # whose end is known only when it has been read
            return self
        late = [
            clash(
                f"stress.{index}.at",
                f"is {event.at:g} s, after the end of the session at {self.market.session:g} s",
                "choose an earlier time, or a longer market.session",
            )
            for index, event in enumerate(self.stress)
            if event.at >= self.market.session
        ]
        if late:
            raise clashes(late)
        return self
