"""What moves a market beside its traders: the fundamental value, and trading that feeds itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from .base import Model, clash
from .bounds import LONGEST, SHORTEST, AveragingTime, Multiple, Reversion, Share
from .durations import Duration
from .quantity import Quantity

Memory = Annotated[Duration, Quantity(SHORTEST, LONGEST)]


def _adds_up_to_one(weights: tuple[float, ...]) -> tuple[float, ...]:
    if abs(sum(weights) - 1.0) > 1e-6:
        raise clash("", f"add up to {sum(weights):g} instead of 1", "divide each by that sum")
    return weights


class Fundamental(Model):
    """The fundamental value V: a mean-reverting log process with random volatility and jumps."""

    reversion: Reversion = Field(1e-5, description="pull of ln V to its start, 1/s")
    volatility: Annotated[float, Quantity(0.0, 0.01)] = Field(
        3.7e-5, description="volatility of ln V, 1/sqrt(s)"
    )
    volatility_of_volatility: Annotated[float, Quantity(0.0, 3.0)] = Field(
        0.21, description="standard deviation of the log volatility within a session"
    )
    volatility_time: AveragingTime = Field(
        950.0, description="correlation time of the log volatility, seconds"
    )
    session_volatility: Annotated[float, Quantity(0.0, 3.0)] = Field(
        0.19, description="standard deviation of the log volatility from session to session"
    )
    leverage: Annotated[float, Quantity(-1.0, 1.0)] = Field(
        -0.35, description="correlation of the changes of ln V and of its log volatility"
    )
    jump_rate: Annotated[float, Quantity(0.0, 100.0, unit="1/s")] = Field(
        4e-5, description="jumps per second"
    )
    jump_size: Share = Field(0.0025, description="standard deviation of a jump of ln V")
    flow_information: Annotated[float, Quantity(0.0, 0.01)] = Field(
        0.0,
        description="log move of V with a market order that nobody expected; 0: trades tell "
        "nothing",
    )
    informative_orders: Literal["all", "undirected"] = Field(
        "all",
        description="whose market orders tell of V: everybody's, or only those whose side is "
        "drawn by chance (of noise traders, and of parent orders that do not know V)",
    )


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
    base_trade_rate: Annotated[float, Quantity(0.001, 1e6, unit="1/s")] = Field(
        4.0, description="trades per second at a = 1"
    )
    shock: Multiple = Field(0.05, description="weight of the squared one-minute return")
    day_shape: Annotated[float, Quantity(0.0, 20.0)] = Field(
        3.0, description="how much busier the ends of the session are than its middle; 0 is none"
    )
    floor: Annotated[float, Quantity(0.0, 100.0)] = Field(0.2, description="smallest a")
    cap: Annotated[float, Quantity(0.01, 100.0)] = Field(8.0, description="largest a")
    sigma_time: AveragingTime = Field(
        40.0, description="averaging time of the volatility estimate, seconds"
    )
    sigma_long_time: AveragingTime = Field(
        3600.0, description="averaging time of the long-run volatility, seconds"
    )
    sigma_reference: Annotated[float, Quantity(0.001, 10_000.0)] = Field(
        0.6, description="volatility at which makers quote full size, ticks/sqrt(s)"
    )

    @model_validator(mode="after")
    def _consistent(self) -> Activity:
        if self.floor > self.cap:
            raise clash("floor", "is larger than cap", "lower floor or raise cap")
        return self
