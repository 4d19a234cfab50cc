"""What a market is: the typed scenario that the simulator runs.

A scenario is a value: immutable, comparable, and complete. Together with a seed and the commands
given while it runs it fixes every event of the market.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from .base import Model, clash
from .bounds import (
    LONGEST,
    LONGEST_WARM_UP,
    MOST_GROUPS,
    MOST_STRESSES,
    MOST_TRADERS,
    SHORTEST,
    AveragingTime,
    Multiple,
    PositiveShare,
    Reversion,
    Share,
)
from .cost import MOST_SECONDS, largest
from .durations import Duration
from .interventions import Interventions
from .population import Population
from .stress import Stress
from .traders import RLTraders

Call = Annotated[Duration, Field(ge=0.0, le=LONGEST_WARM_UP)]
Memory = Annotated[Duration, Field(ge=SHORTEST, le=LONGEST)]


def _power_of_two(value: int) -> int:
    if value & (value - 1):
        below = 1 << (value.bit_length() - 1)
        raise clash("", f"{value} is not a power of two", f"use {below} or {2 * below}")
    return value


def _adds_up_to_one(weights: tuple[float, ...]) -> tuple[float, ...]:
    if abs(sum(weights) - 1.0) > 1e-6:
        raise clash("", f"add up to {sum(weights):g} instead of 1", "divide each by that sum")
    return weights


class Market(Model):
    """The venue: prices, session, and the limits of the order book."""

    tick_size: Annotated[float, Field(ge=1e-8, le=1e6)] = Field(
        0.01, description="smallest price step, currency"
    )
    start_price: Annotated[float, Field(ge=1e-6, le=1e9)] = Field(
        100.0, description="price at the start, currency"
    )
    lot: Annotated[int, Field(ge=1, le=1_000_000_000)] = Field(1, description="shares in one lot")
    ladder_ticks: Annotated[int, Field(ge=1024, le=2**22), AfterValidator(_power_of_two)] = Field(
        32768, description="price levels of the book, from 0 up; a power of two"
    )
    warm_up: Call = Field(
        1800.0, description="simulated time before the open in which the book fills, seconds"
    )
    session: Annotated[Duration, Field(ge=0.1, le=LONGEST)] = Field(
        23400.0, description="length of the session, seconds"
    )
    average_daily_volume: Annotated[float, Field(ge=1.0, le=1e9)] = Field(
        102_000.0, description="usual volume of a session, lots; scales the flash crash"
    )
    collar: PositiveShare = Field(
        0.01, description="market orders trade at most this far from the mid, as a fraction"
    )
    max_orders: Annotated[int, Field(ge=1024, le=2**20)] = Field(
        65536, description="resting orders the book can hold"
    )

    self_trade_prevention: Literal["off", "cancel_resting", "cancel_incoming"] = Field(
        "off", description="what happens where a trader would trade with itself"
    )
    opening_auction: Call = Field(
        0.0, description="length of the call phase that ends with the open; 0 is none"
    )
    closing_auction: Call = Field(
        0.0, description="length of the call phase that ends the session; 0 is none"
    )

    @model_validator(mode="after")
    def _auctions(self) -> Market:
        if self.opening_auction > self.warm_up:
            raise clash(
                "opening_auction", "is longer than warm_up", "shorten it or lengthen warm_up"
            )
        if self.closing_auction >= self.session:
            raise clash("closing_auction", "is as long as the session", "shorten it")
        return self

    @model_validator(mode="after")
    def _ladder(self) -> Market:
        ticks = self.start_price / self.tick_size
        if abs(ticks - round(ticks)) > 1e-6:
            raise clash(
                "start_price",
                f"{self.start_price:g} is not a whole number of ticks of {self.tick_size:g}",
                "choose a multiple of tick_size",
            )
        # Room for a doubling above and for a fall below keeps a crash off the ladder's edges.
        if not 100 <= round(ticks) <= self.ladder_ticks // 2:
            raise clash(
                "start_price",
                f"is {round(ticks)} ticks, not 100 to {self.ladder_ticks // 2} (half the ladder)",
                "raise ladder_ticks or tick_size, or choose another start_price",
            )
        return self


class Fundamental(Model):
    """The fundamental value V: a mean-reverting log process with random volatility and jumps."""

    reversion: Reversion = Field(1e-5, description="pull of ln V to its start, 1/s")
    volatility: Annotated[float, Field(ge=0.0, le=0.01)] = Field(
        3.7e-5, description="volatility of ln V, 1/sqrt(s)"
    )
    volatility_of_volatility: Annotated[float, Field(ge=0.0, le=3.0)] = Field(
        0.21, description="standard deviation of the log volatility within a session"
    )
    volatility_time: AveragingTime = Field(
        950.0, description="correlation time of the log volatility, seconds"
    )
    session_volatility: Annotated[float, Field(ge=0.0, le=3.0)] = Field(
        0.19, description="standard deviation of the log volatility from session to session"
    )
    leverage: Annotated[float, Field(ge=-1.0, le=1.0)] = Field(
        -0.35, description="correlation of the changes of ln V and of its log volatility"
    )
    jump_rate: Annotated[float, Field(ge=0.0, le=100.0)] = Field(
        4e-5, description="jumps per second"
    )
    jump_size: Share = Field(0.0025, description="standard deviation of a jump of ln V")


class Activity(Model):
    """Feedback of trading on trading: the factor a(t) on the rates of all classes.

    ``a = clip(1 - feedback + feedback * sum_k weights[k] x_k / base_trade_rate + shock R^2,
    floor, cap)`` where each trade adds ``1/time_constants[k]`` to x_k and R is a scaled one-minute
    return.
    """

    feedback: Share = Field(0.87, description="share of activity caused by past trades")
    time_constants: Annotated[tuple[Memory, Memory, Memory], Field(strict=False)] = Field(
        (0.2, 30.0, 900.0), description="memory of the feedback, seconds"
    )
    weights: Annotated[
        tuple[Share, Share, Share], Field(strict=False), AfterValidator(_adds_up_to_one)
    ] = Field((0.27, 0.28, 0.45), description="weights of the three memories; they add up to 1")
    base_trade_rate: Annotated[float, Field(ge=0.001, le=1e6)] = Field(
        4.0, description="trades per second at a = 1"
    )
    shock: Multiple = Field(0.05, description="weight of the squared one-minute return")
    floor: Annotated[float, Field(ge=0.0, le=100.0)] = Field(0.2, description="smallest a")
    cap: Annotated[float, Field(ge=0.01, le=100.0)] = Field(8.0, description="largest a")
    sigma_time: AveragingTime = Field(
        40.0, description="averaging time of the volatility estimate, seconds"
    )
    sigma_long_time: AveragingTime = Field(
        3600.0, description="averaging time of the long-run volatility, seconds"
    )
    sigma_reference: Annotated[float, Field(ge=0.001, le=10_000.0)] = Field(
        0.6, description="volatility at which makers quote full size, ticks/sqrt(s)"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Activity:
        if self.floor > self.cap:
            raise clash("floor", "is larger than cap", "lower floor or raise cap")
        return self


class Scenario(Model):
    """A complete market: venue, value process, population, and what is done to it."""

    name: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="short name, shown in the window"
    )
    description: Annotated[str, Field(max_length=10_000)] = Field(
        "", description="what this market is for, one or two sentences"
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(
        1, description="seed used where none is given"
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
        for index, event in enumerate(self.stress):
            if event.at >= self.market.session:
                raise clash(
                    f"stress.{index}.at",
                    f"is {event.at:g} s, after the end of the session at {self.market.session:g} s",
                    "choose an earlier time, or a longer market.session",
                )
        return self
