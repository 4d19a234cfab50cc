"""Trader classes of well-known models from the literature; none of them trades unless counted.

They can be mixed with the default classes. Each is booked under the class it belongs to: noise,
market_maker, fundamental or momentum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

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
from .durations import Duration
from .quantity import Quantity
from .traders import Trader

RefreshTime = Annotated[Duration, Quantity(0.01, 86_400.0)]


class FromLiterature(Trader):
    """What all of them have in common: a running market keeps them as they were at its open."""

    changes_live: ClassVar[bool] = False

    if TYPE_CHECKING:  # every class has it, with bounds of its own
        count: int


class OnceNoise(FromLiterature):
    """Noise traders that act once a session (ABIDES, Byrd et al. 2020)."""

    count: Count = Field(0, description="number of traders, each with one order a session")
    before_open: Annotated[Duration, Quantity(0.0, LONGEST_WARM_UP)] = Field(
        1800.0, description="how long before the open the first may act; later ones to the close"
    )


class MakersByVolume(FromLiterature):
    """Market makers that quote a share of the volume traded (adaptive makers of ABIDES)."""

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


class BayesianValueTraders(FromLiterature):
    """Value traders that update a normal belief about the fundamental (ABIDES)."""

    count: Count = Field(0, description="number of traders")
    rate: Rate = Field(0.0057, description="wake-ups per second, each trader")
    observation_variance: Variance = Field(1000.0, description="of an observation, ticks^2")
    reversion: Reversion = Field(1.67e-6, description="believed pull to the start price, 1/s")
    shock_variance: Variance = Field(100_000.0, description="believed shocks, ticks^2 per second")
    aggressive_share: Share = Field(0.1, description="share of orders that take liquidity")
    depth_spread: Multiple = Field(2.0, description="depth of the others behind it, in spreads")


class CrossoverMomentum(FromLiterature):
    """Momentum traders that compare two averages of the mid prices they have seen (ABIDES)."""

    count: Count = Field(0, description="number of traders")
    wake_time: RefreshTime = Field(37.0, description="mean time between two looks")


class FCNTraders(FromLiterature):
    """Traders that weigh value, trend and noise (Chiarella and Iori 2002)."""

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
