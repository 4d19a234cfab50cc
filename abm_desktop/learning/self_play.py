"""Markets in which several traders learn one policy together, and play against frozen copies."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from abm_desktop.envs import RewardWeights, RoleSettings, SharedMarketVectorEnv
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.market.policy import ACTION_NAMES, HOLD_ACTION, PolicyNet
from abm_desktop.market.state import N_FEATURES


def shared_markets(
    config: TrainingConfig, markets: int, weights: RewardWeights, choices: dict[str, Any]
) -> SharedMarketVectorEnv:
    """The vector environment of ``config``: a slot for every trader that learns."""
    frozen = config.frozen_traders
    return SharedMarketVectorEnv(
        markets,
        traders=config.traders_per_market,
        stagger=True,
        stress_probability=config.stress_probability,
        settings=RoleSettings(directional=weights),
        opponent=holding_policy(config) if frozen else None,
        opponents=frozen,
        **choices,
    )


def holding_policy(config: TrainingConfig) -> PolicyNet:
    """A network with the layers of ``config`` that holds whatever it sees.

    The opponents follow it while the markets warm up, before the first copy is frozen.
    """
    sizes = (N_FEATURES, *config.hidden, len(ACTION_NAMES))
    pairs = list(itertools.pairwise(sizes))
    biases = [np.zeros(outputs, np.float32) for _, outputs in pairs]
    biases[-1][HOLD_ACTION] = 1.0
    weights = tuple(np.zeros(pair, np.float32) for pair in pairs)
    return PolicyNet(weights, tuple(biases), config.activation, greedy=True)
