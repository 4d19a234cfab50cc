"""Compile what a first market and training need: ``python -m abm_desktop.envs.warm_cache``."""

from __future__ import annotations

import numpy as np

from abm_desktop.envs.shared_vector_env import SharedMarketVectorEnv
from abm_desktop.envs.vector_env import MarketVectorEnv
from abm_desktop.market import warm_cache
from abm_desktop.scenario import Scenario

__all__ = ["main"]


def main() -> None:
    """The market first, since a window waits for that; what is compiled already costs a second."""
    warm_cache.main()
    short = Scenario.model_validate({"name": "compilation", "market": {"warm_up": "10s"}})
    alone = MarketVectorEnv(2, short, episode_seconds=20.0)
    alone.reset(seed=0)
    shared = SharedMarketVectorEnv(2, short, traders=2, episode_seconds=20.0)
    shared.reset(seed=0)
    for _ in range(5):  # past the end of an episode
        alone.step(np.ones(2, np.int64))
        shared.step(np.ones(4, np.int64))


if __name__ == "__main__":
    main()
