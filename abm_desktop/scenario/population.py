"""Who trades: one section for each kind of traders, the default mix and others beside it.

Those beside it are of well-known models from the literature; none of them trades unless counted.
They can be mixed with the default ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from .base import Model
from .bounds import (
    LONGEST_WARM_UP,
    Count,
    Lots,
    MakerCount,
    Multiple,
    Rate,
    Reversion,
    Share,
    Span,
    Ticks,
    Variance,
)
from .busiest import Busiest
from .durations import Duration
from .quantity import Quantity, described
from .traders import (
    FundamentalTraders,
    Institutions,
    MarketMakers,
    MomentumTraders,
    NoiseTraders,
    Trader,
)

RefreshTime = Annotated[Duration, Quantity(0.01, 86_400.0)]


class FromLiterature(Trader):
    """What all of them have in common: a running market keeps them as they were at its open."""

    changes_live: ClassVar[bool] = False


class OnceNoise(FromLiterature):
    """Noise traders that act once a session (ABIDES, Byrd et al. 2020)."""

    booked_under: ClassVar[str] = "noise"

    count: Count = Field(0, description="number of traders, each with one order a session")
    before_open: Annotated[Duration, Quantity(0.0, LONGEST_WARM_UP)] = Field(
        1800.0, description="how long before the open the first may act; later ones to the close"
    )

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        yield from ()  # one order a session


class MakersByVolume(FromLiterature):
    """Market makers that quote a share of the volume traded (adaptive makers of ABIDES)."""

    booked_under: ClassVar[str] = "market_maker"

    count: MakerCount = Field(0, description="number of market makers")
    refresh_time: RefreshTime = Field(60.0, description="mean time between two refreshes")
    participation: Share = Field(
        0.025, description="size of a level as a share of last minute's volume"
    )
    levels: Annotated[int, Quantity(1, 10)] = Field(10, description="price levels per side")
    level_spacing: Multiple = Field(5.0, description="gap between levels, in spreads")
    spread_weight: Share = Field(0.75, description="weight of the newest spread in the average")
    imbalance_skew: Ticks = Field(4.0, description="shift of the mid at one-sided flow, ticks")
    min_size: Lots = Field(1, description="smallest size of a level, lots")

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        yield "refresh_time", self.count / self.refresh_time * at.turn(4 * self.levels)


class BayesianValueTraders(FromLiterature):
    """Value traders that update a normal belief about the fundamental (ABIDES)."""

    booked_under: ClassVar[str] = "fundamental"

    count: Count = Field(0, description="number of traders")
    rate: Rate = Field(0.0057, description="wake-ups per second, each trader")
    observation_variance: Variance = Field(1000.0, description="of an observation, ticks^2")
    reversion: Reversion = Field(1.67e-6, description="believed pull to the start price, 1/s")
    shock_variance: Variance = Field(100_000.0, description="believed shocks, ticks^2 per second")
    aggressive_share: Share = Field(0.1, description="share of orders that take liquidity")
    depth_spread: Multiple = Field(2.0, description="depth of the others behind it, in spreads")


class CrossoverMomentum(FromLiterature):
    """Momentum traders that compare two averages of the mid prices they have seen (ABIDES)."""

    booked_under: ClassVar[str] = "momentum"

    count: Count = Field(0, description="number of traders")
    wake_time: RefreshTime = Field(37.0, description="mean time between two looks")

    def computing(self, at: Busiest) -> Iterator[tuple[str, float]]:
        yield "wake_time", self.count / self.wake_time * at.activity * at.turn()


class FCNTraders(FromLiterature):
    """Traders that weigh value, trend and noise (Chiarella and Iori 2002)."""

    booked_under: ClassVar[str] = "fundamental"

    count: Count = Field(0, description="number of traders")
    rate: Rate = Field(0.02, description="orders per second, each trader")
    fundamental_weight: Multiple = Field(1.0, description="mean weight of the value")
    chartist_weight: Multiple = Field(0.5, description="mean weight of the trend")
    noise_weight: Multiple = Field(1.0, description="mean weight of the noise")
    value_time: Span = Field(200.0, description="time in which the price is to reach the value")
    horizon: Annotated[Duration, Quantity(1.0, 300.0)] = Field(
        100.0, description="look-back and look-ahead of a trader with equal weights"
    )
    noise: Share = Field(0.0002, description="noise of the expected return, 1/sqrt(s)")
    margin: Annotated[float, Quantity(1e-6, 0.49)] = Field(
        0.004, description="an order stands up to this far on the safe side of the expected price"
    )
    size: Lots = Field(1, description="largest order, lots")
    lifetime: Span = Field(200.0, description="mean time an order stays")


class Population(Model):
    """The default mix first, then classes of well-known models, of which there are none."""

    noise: NoiseTraders = NoiseTraders()
    market_makers: MarketMakers = MarketMakers()
    fundamental: FundamentalTraders = FundamentalTraders()
    momentum: MomentumTraders = MomentumTraders()
    institutions: Institutions = Institutions()
    once_noise: OnceNoise = Field(OnceNoise(), title="Noise, once")
    makers_by_volume: MakersByVolume = Field(MakersByVolume(), title="Makers by volume")
    bayesian_value: BayesianValueTraders = Field(BayesianValueTraders(), title="Bayesian value")
    crossover_momentum: CrossoverMomentum = Field(CrossoverMomentum(), title="Crossover")
    fcn: FCNTraders = Field(FCNTraders(), title="Chartists (FCN)")


SECTIONS: dict[str, type[Trader]] = {
    name: type(field.default) for name, field in described(Population).items()
}
"""The model of every section of the population, in the order of their rows in a market."""


def empty_population() -> Population:
    """Nobody: the population of a recorded day, whose traders are in the record."""
    return Population.model_validate({name: {"count": 0} for name in SECTIONS})


def class_of(section: str) -> str:
    """The trader class under which the accounts of a section are booked.

    >>> class_of("makers_by_volume"), class_of("momentum")
    ('market_maker', 'momentum')
    """
    return SECTIONS[section].booked_under or section


def first_of_class() -> dict[str, str]:
    """The first section that is booked under each class, by the name of the class.

    >>> first_of_class()["market_maker"]
    'market_makers'
    """
    return {class_of(name): name for name in reversed(SECTIONS)}
