"""What a trader of a role sees and can do, as Gymnasium spaces."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from abm_desktop.market.roles import DEFAULT_ROLE, find_role

OBSERVATION_BOUND = 5.0


def observation_space(role: str = DEFAULT_ROLE) -> gym.spaces.Box:
    """13 features and those of the role, each clipped to +-5."""
    width = len(find_role(role).observations)
    return gym.spaces.Box(-OBSERVATION_BOUND, OBSERVATION_BOUND, (width,), np.float32)


def action_space(role: str = DEFAULT_ROLE) -> gym.spaces.Discrete[Any]:
    """The actions that the role names."""
    return gym.spaces.Discrete(len(find_role(role).actions))
