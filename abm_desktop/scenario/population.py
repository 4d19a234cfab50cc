"""Who trades: one section for each class of traders."""

from __future__ import annotations

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
    once_noise: OnceNoise = OnceNoise()
    makers_by_volume: MakersByVolume = MakersByVolume()
    bayesian_value: BayesianValueTraders = BayesianValueTraders()
    crossover_momentum: CrossoverMomentum = CrossoverMomentum()
    fcn: FCNTraders = FCNTraders()
