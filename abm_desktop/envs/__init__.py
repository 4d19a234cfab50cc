"""Gymnasium faces of the market.

Importing this room registers ``abm_desktop/Market-v0``; Gymnasium does so itself if the name says
where: ``gymnasium.make("abm_desktop.envs:abm_desktop/Market-v0")``.
"""

from __future__ import annotations

from gymnasium.envs.registration import register, registry

from abm_desktop.envs.market_env import MarketEnv
from abm_desktop.envs.multi_agent import MultiAgentMarketEnv
from abm_desktop.envs.reward import RewardWeights
from abm_desktop.envs.roles import RoleSettings
from abm_desktop.envs.shared_vector_env import SharedMarketVectorEnv
from abm_desktop.envs.vector_env import MarketVectorEnv
from abm_desktop.market.features import OBSERVATION_NAMES
from abm_desktop.market.policy import ACTION_NAMES

__all__ = [
    "ACTION_NAMES",
    "ENVIRONMENT_ID",
    "OBSERVATION_NAMES",
    "MarketEnv",
    "MarketVectorEnv",
    "MultiAgentMarketEnv",
    "RewardWeights",
    "RoleSettings",
    "SharedMarketVectorEnv",
]

ENVIRONMENT_ID = "abm_desktop/Market-v0"

if ENVIRONMENT_ID not in registry:
    register(
        ENVIRONMENT_ID,
        entry_point="abm_desktop.envs:MarketEnv",
        vector_entry_point="abm_desktop.envs:MarketVectorEnv",
    )
