"""The trader classes of a scenario and their parameters.

The defaults are a small mix in which each mechanism owns some stylised facts of real markets: the
recipe DR-1 (scenarios/dr1.toml), retuned until all of them are met (docs/stylised_facts.md).
Distances are in ticks, sizes in lots, rates per simulated second for the whole class unless the
text says otherwise; ``a`` is the activity factor of :class:`~.models.Activity`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field, model_validator

from .base import Model, clash
from .bounds import (
    SHORTEST,
    AveragingTime,
    Count,
    Delay,
    Lots,
    MakerCount,
    Multiple,
    Pause,
    Rate,
    Share,
    Span,
    Tail,
    Ticks,
    UnitLots,
    Units,
    WholeTicks,
)
from .busiest import Busiest
from .durations import Duration
from .quantity import AT_RESET, Quantity

Threshold = Annotated[float, Quantity(1e-6, 1.0)]
BurstTime = Annotated[Duration, Quantity(1e-5, 86_400.0)]
Power = Annotated[float, Quantity(0.0, 10.0)]
ParentLots = Annotated[int, Quantity(1, 10_000_000, unit="lots")]


class Trader(Model):
    """What every class has: the time its news and its messages take."""

    changes_live: ClassVar[bool] = True
    """False: a running market keeps all parameters of the class until it is reset."""
    booked_under: ClassVar[str] = ""
    """Trader class of their accounts; left out: one of its own, named like their section."""

    data_latency: Annotated[Delay, AT_RESET] = Field(
        0.0, description="age of what a trader sees, seconds"
    )
    order_latency: Annotated[Delay, AT_RESET] = Field(
        0.0, description="time its messages take to the book, seconds"
    )
    latency_spread: Annotated[Share, AT_RESET] = Field(
        0.0, description="both differ between traders by up to this share, uniformly"
    )

    if TYPE_CHECKING:  # every class has a count, and most a rate, with bounds of their own

        @property
        def count(self) -> int: ...
        @property
        def rate(self) -> float: ...

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        """Seconds of computing per simulated second, by the key that asks for them.

        As it stands, of ``count`` traders with ``rate`` turns per second each.
        """
        yield "rate", self.count * self.rate * at.activity * at.turn()


class NoiseTraders(Trader):
    """Zero-intelligence limit and market orders: the background supply of liquidity."""

    count: Annotated[Count, AT_RESET] = Field(
        1, description="number of accounts that share the flow; 0 switches it off"
    )
    limit_rate: Rate = Field(12.0, description="limit orders per second at a = 1")
    limit_exponent: Annotated[float, Quantity(0.0, 4.0)] = Field(
        0.9, description="power of a by which the limit order rate grows"
    )
    market_rate: Rate = Field(0.25, description="market orders per second at a = 1")
    share_inside: Share = Field(0.10, description="share of limit orders placed inside the spread")
    share_at_best: Share = Field(0.20, description="share of limit orders placed at the best price")
    placement_scale: Annotated[float, Quantity(0.01, 100_000.0, unit="ticks")] = Field(
        3.0, description="scale of the distance behind the best price, ticks"
    )
    placement_tail: Tail = Field(1.5, description="Pareto tail exponent of that distance")
    max_distance: WholeTicks = Field(
        2000, description="largest distance behind the best price, ticks"
    )
    size_log_mean: Annotated[float, Quantity(-5.0, 10.0)] = Field(
        0.3, description="mean of the log of the limit order size"
    )
    size_log_sd: Annotated[float, Quantity(0.0, 5.0)] = Field(
        0.9, description="standard deviation of the log of the limit order size"
    )
    lifetime_scale: Span = Field(
        8.0, description="scale of an order's lifetime at the best price, seconds"
    )
    lifetime_distance: Annotated[float, Quantity(0.01, 1e6, unit="ticks")] = Field(
        5.0, description="distance over which the lifetime doubles, ticks"
    )
    lifetime_tail: Tail = Field(1.1, description="Pareto tail exponent of the lifetime")
    lifetime_cap: Span = Field(14400.0, description="longest lifetime, seconds")
    fleeting_share: Share = Field(
        0.5, description="share of limit orders that are taken back at once"
    )
    fleeting_time: Span = Field(0.05, description="mean lifetime of those, seconds")
    round_share: Share = Field(0.1, description="share of limit orders of a round size")
    round_lot: UnitLots = Field(10, description="a round size is a multiple of this, lots")
    limit_volatility: Power = Field(
        0.3, description="power by which the limit order rate falls with the turbulence"
    )
    lifetime_volatility: Power = Field(
        0.8, description="power by which lifetimes fall with the turbulence"
    )
    patient_share: Share = Field(
        0.0, description="share of limit orders that are put far away and left there"
    )
    patient_distance: Annotated[float, Quantity(0.01, 100_000.0, unit="ticks")] = Field(
        25.0, description="mean distance of those behind the best price, ticks"
    )
    patient_time: Span = Field(1800.0, description="mean lifetime of those, seconds")
    burst_share: Annotated[float, Quantity(0.0, 0.99)] = Field(
        0.0, description="share of orders that follow the one before at once"
    )
    burst_time: BurstTime = Field(0.0005, description="mean time to those, seconds")
    withdraw_share: Share = Field(
        0.3,
        description="share of the orders near the best price that is taken back in each second in "
        "which the price runs at them",
    )
    withdraw_move: Multiple = Field(
        3.0,
        description="move of the other side's best price in 10 s that is such a run, long-run "
        "standard deviations",
    )
    withdraw_reach: Annotated[int, Quantity(1, 1000, unit="ticks")] = Field(
        25, description="how far from the best price orders are taken back, ticks"
    )
    market_size_tail: Tail = Field(1.3, description="Pareto tail exponent of the market order size")
    market_size_cap: Lots = Field(400, description="largest market order, lots")

    @model_validator(mode="after")
    def _shares(self) -> NoiseTraders:
        if self.share_inside + self.share_at_best > 1.0:
            raise clash(
                "share_at_best",
                "share_inside and share_at_best add up to more than 1",
                "lower one of them",
            )
        return self

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        if self.count:
            exponent = self.limit_exponent - 1.0
            bound = max(at.calmest**exponent, at.activity**exponent)
            yield "limit_rate", self.limit_rate * bound * at.activity * at.turn()
            yield "market_rate", self.market_rate * at.activity * at.turn()


class MarketMakers(Trader):
    """Quote both sides around a reference price, shaded by inventory, wider when volatile."""

    booked_under: ClassVar[str] = "market_maker"

    count: Annotated[MakerCount, AT_RESET] = Field(5, description="number of market makers")
    refresh_rate: Rate = Field(0.7, description="regular re-quotes per second, each maker")
    react_probability: Share = Field(
        0.5, description="chance to re-quote after a change of the mid"
    )
    react_delay: Span = Field(0.005, description="mean delay of that reaction, seconds")
    min_gap: Pause = Field(
        0.02, description="shortest time between two re-quotes of one maker, seconds"
    )
    imbalance_skew: Multiple = Field(
        0.9, description="shift of the reference price per half spread and unit of book imbalance"
    )
    inventory_skew: Ticks = Field(
        2.0, description="shift of the reference price at full inventory, ticks"
    )
    value_anchor: Share = Field(
        0.34, description="pull of the reference price to the value estimate"
    )
    value_noise: Share = Field(
        0.0005, description="error of a maker's value estimate, standard deviation of the log"
    )
    min_half_spread: Ticks = Field(0.5, description="smallest half spread quoted, ticks")
    spread_volatility: Multiple = Field(
        0.93, description="half spread per unit of volatility (ticks per square root of a second)"
    )
    levels: Annotated[int, Quantity(1, 10, live=False)] = Field(
        3, description="price levels quoted per side"
    )
    level_step: Multiple = Field(
        0.5, description="gap between the levels per unit of volatility; never under 1 tick"
    )
    size: Annotated[float, Quantity(0.001, 10_000.0)] = Field(
        1.0,
        description="factor on the size quoted at a level, 1 is one lot on average, less "
        "when volatile or loaded",
    )
    size_exponent: Annotated[float, Quantity(0.0, 10.0)] = Field(
        1.0, description="power by which the size falls when volatility is above its reference"
    )
    max_inventory: Lots = Field(
        250, description="inventory beyond which a maker sells off at market, lots"
    )
    dump_share: Annotated[float, Quantity(0.001, 1.0)] = Field(
        0.10, description="share of the inventory sold off at a time"
    )
    stop_volatility: Annotated[float, Quantity(0.01, 1e6)] = Field(
        12.0, description="makers stop quoting above this multiple of long-run volatility"
    )
    loss_limit: Annotated[float, Quantity(0.0, 1e12, unit="tick-lots")] = Field(
        15_000.0,
        description="loss of late at which a maker stops and sells off, ticks x lots; 0 is never",
    )
    loss_pause: Pause = Field(
        300.0,
        description="how long it stays out then, and over which losses count, seconds; "
        "0 is no pause, so the limit does nothing",
    )

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        quoting = self.count * at.turn(4 * self.levels)
        yield "count", quoting * self.react_probability / max(self.react_delay, self.min_gap)
        yield "refresh_rate", quoting * self.refresh_rate


class FundamentalTraders(Trader):
    """Trade towards their own estimate of the fundamental value."""

    count: Annotated[Count, AT_RESET] = Field(100, description="number of traders")
    rate: Rate = Field(1.0, description="decisions per second at a = 1, whole class")
    bias: Annotated[Share, AT_RESET] = Field(
        0.00035, description="lasting error of a trader's estimate, standard deviation of the log"
    )
    noise: Annotated[float, Quantity(0.0, 100.0)] = Field(
        0.5, description="fresh error per decision, as a multiple of the bias"
    )
    threshold_min: Annotated[Threshold, AT_RESET] = Field(
        0.0004, description="smallest mispricing acted on, log (log-uniform over traders)"
    )
    threshold_max: Annotated[Threshold, AT_RESET] = Field(
        0.0030, description="largest such threshold, log"
    )
    unit_size: UnitLots = Field(3, description="lots per unit of signal")
    max_units: Units = Field(20, description="largest signal, units")
    aggressive_probability: Share = Field(
        0.2, description="chance to take liquidity rather than post a limit order"
    )
    aggressive_multiple: Annotated[float, Quantity(0.001, 1e6)] = Field(
        6.0, description="mispricing, in thresholds, beyond which liquidity is always taken"
    )
    lifetime: Span = Field(60.0, description="mean lifetime of a posted limit order, seconds")
    fear: Annotated[float, Quantity(0.0, 100.0)] = Field(
        0.7, description="growth of the mispricing they ask for, per unit of turbulence above 1"
    )

    @model_validator(mode="after")
    def _thresholds(self) -> FundamentalTraders:
        if self.threshold_min > self.threshold_max:
            raise clash(
                "threshold_min", "is larger than threshold_max", "swap the two, or make them equal"
            )
        return self

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        yield "rate", self.rate * at.activity * at.turn() if self.count else 0.0


class MomentumTraders(Trader):
    """Follow the recent trend over a horizon of their own."""

    count: Annotated[Count, AT_RESET] = Field(30, description="number of traders")
    rate: Rate = Field(0.4, description="decisions per second at a = 1, whole class")
    horizon_min: Annotated[AveragingTime, AT_RESET] = Field(
        10.0, description="shortest trend horizon, seconds (log-uniform over traders)"
    )
    horizon_max: Annotated[AveragingTime, AT_RESET] = Field(
        600.0, description="longest trend horizon, seconds"
    )
    entry: Multiple = Field(0.6, description="trend strength to enter, standard deviations")
    exit: Multiple = Field(0.3, description="trend strength below which a position is unwound")
    unit_size: UnitLots = Field(3, description="lots per unit of signal")
    max_units: Units = Field(4, description="largest signal, units")
    max_inventory: Lots = Field(60, description="position limit, lots")

    @model_validator(mode="after")
    def _order(self) -> MomentumTraders:
        if self.horizon_min > self.horizon_max:
            raise clash("horizon_min", "is longer than horizon_max", "swap the two")
        if self.exit > self.entry:
            raise clash("exit", "is larger than entry", "make exit at most as large as entry")
        return self

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        yield "rate", self.rate * at.activity * at.turn() if self.count else 0.0


class Institutions(Trader):
    """Split large parent orders into many small market orders."""

    booked_under: ClassVar[str] = "institution"

    count: Annotated[Count, AT_RESET] = Field(5, description="number of institutions")
    rate: Rate = Field(0.8, description="child orders per second at a = 1, each institution")
    parent_min: ParentLots = Field(10, description="smallest parent order, lots")
    parent_tail: Tail = Field(1.1, description="Pareto tail exponent of the parent size")
    parent_cap: ParentLots = Field(2000, description="largest parent order, lots")
    child_tail: Tail = Field(1.2, description="Pareto tail exponent of the child size")
    child_cap: Lots = Field(200, description="largest child order, lots")
    rest: Annotated[Duration, Quantity(0.01, 86_400.0)] = Field(
        10.0, description="mean pause between two parent orders, seconds"
    )
    news: Annotated[float, Quantity(0.0, 3.0)] = Field(
        1.4, description="power of the volatility of V by which their pace grows"
    )
    give_up: Annotated[float, Quantity(0.0, 1.0)] = Field(
        0.002,
        description="log move of the price against a parent order that ends it; 0 is never",
    )
    burst_share: Annotated[float, Quantity(0.0, 0.99)] = Field(
        0.45, description="share of child orders that follow the one before at once"
    )
    burst_time: Span = Field(0.02, description="mean time to those, seconds")
    informed_share: Share = Field(
        0.5, description="share of parent orders that know V, and end when the price is there"
    )

    @model_validator(mode="after")
    def _order(self) -> Institutions:
        if self.parent_min > self.parent_cap:
            raise clash("parent_min", "is larger than parent_cap", "lower it or raise parent_cap")
        return self

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        turns = self.count * at.pace * at.turn()
        yield "rate", turns * self.rate * at.activity
        yield "rest", turns / self.rest


class PolicyTraders(Model):
    """How traders trade that follow one trained policy."""

    count: Count = Field(1, description="number of traders")
    size: Annotated[Lots, Quantity(low=0)] | None = Field(
        None,
        description="lots per order, or per quote of a maker; left out: what the policy was "
        "trained with (2 for a directional trader); 0: they look and decide, but send no order, "
        "as a placebo. An executor keeps to its own",
    )
    max_inventory: Lots = Field(40, description="position limit, lots")
    step: Annotated[Duration, Quantity(SHORTEST, 86_400.0)] = Field(
        5.0, description="time between decisions, s"
    )
    jitter: Annotated[float, Quantity(0.0, 0.999)] = Field(
        0.2, description="random part of that time, as a share of it"
    )
    greedy: bool = Field(True, description="take the most likely action instead of a drawn one")


class RLTraders(PolicyTraders, Trader):
    """Traders that follow one trained policy, as what it was trained for: its role."""

    model: Annotated[str, Field(min_length=1, max_length=4096)] = Field(
        description="name in the model registry, or path of a policy .npz file"
    )
