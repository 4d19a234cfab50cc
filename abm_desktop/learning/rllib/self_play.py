"""Markets in which several traders learn one policy together, and play against frozen copies."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from abm_desktop.envs import RewardWeights, RoleSettings, SharedMarketVectorEnv
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.market.even_handed import widths
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role


def shared_markets(
    config: TrainingConfig, markets: int, weights: RewardWeights, choices: dict[str, Any]
) -> SharedMarketVectorEnv:
    """The vector environment of ``config``: a slot for every trader that learns."""
    frozen, role = config.frozen_traders, find_role(config.role)
    return SharedMarketVectorEnv(
        markets,
        role=config.role,
        traders=config.traders_per_market,
        stagger=True,
        stress_probability=config.stress_probability,
        held_out_stress=config.held_out_stress,
        settings=RoleSettings(
            role.kept_sizes(config.sizes),
            rewards={role.name: weights},
            unfinished=config.reward_unfinished,
            price_impact=config.price_impact,
        ),
        opponent=holding_policy(config) if frozen else None,
        opponents=frozen,
        **choices,
    )


def holding_policy(config: TrainingConfig) -> PolicyNet:
    """A network with the layers of ``config`` that does as little as its role can.

    A directional trader holds, a maker quotes farthest from the mid, an executor does not trade.

    The opponents follow it while the markets warm up, before the first copy is frozen.
    """
    role = find_role(config.role)
    hidden = widths(config.hidden) if config.even_handed else config.hidden
    sizes = (len(role.observations), *hidden, len(role.actions))
    pairs = list(itertools.pairwise(sizes))
    biases = [np.zeros(outputs, np.float32) for _, outputs in pairs]
    biases[-1][role.idle] = 1.0
    weights = [np.zeros(pair, np.float32) for pair in pairs]
    if config.network == "gru":
        inputs, units = pairs[-2]
        weights[-2] = np.zeros((inputs + units, 3 * units), np.float32)
        biases[-2] = np.zeros(4 * units, np.float32)
    return PolicyNet(
        tuple(weights),
        tuple(biases),
        config.activation,
        greedy=True,
        role=role.name,
        sizes=role.kept_sizes(config.sizes),
        network=config.network,
    )
