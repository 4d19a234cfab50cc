"""Gymnasium faces of the market. Importing this room registers ``abm_desktop/Market-v0``."""

from __future__ import annotations

import gymnasium as gym

from abm_desktop.envs.market_env import MarketEnv
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.envs.vector_env import MarketVectorEnv
from abm_desktop.market.features import OBSERVATION_NAMES
from abm_desktop.market.policy import ACTION_NAMES

__all__ = [
    "ACTION_NAMES",
    "OBSERVATION_NAMES",
    "MarketEnv",
    "MarketVectorEnv",
    "RewardWeights",
    "register",
]

ENV_ID = "abm_desktop/Market-v0"


def register() -> None:
    """Tell Gymnasium about the environment; safe to call twice."""
    if ENV_ID not in gym.registry:
        gym.register(
            ENV_ID,
            entry_point="abm_desktop.envs.market_env:MarketEnv",
            vector_entry_point="abm_desktop.envs.vector_env:MarketVectorEnv",
        )


register()
