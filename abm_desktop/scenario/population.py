"""Who trades: one section for each class of traders."""

from __future__ import annotations

from pydantic import Field

from .base import Model
from .literature import (
    BayesianValueTraders,
    CrossoverMomentum,
    FCNTraders,
    MakersByVolume,
    OnceNoise,
)
from .traders import FundamentalTraders, Institutions, MarketMakers, MomentumTraders, NoiseTraders


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
