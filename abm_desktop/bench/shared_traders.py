"""Speed of training one policy by several traders in each market."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from abm_desktop.learning import algorithms
from abm_desktop.learning.config import make_config


def trained_steps_per_second(markets: int = 16, traders: int = 8, iterations: int = 6) -> float:
    """Agent steps sampled and learned from by PPO per second of wall time, the median iteration.

    The first iteration, which compiles, does not count. Ray is started in this process where it
    does not run.
    """
    if iterations < 2:
        raise ValueError(f"iterations must be at least 2, not {iterations}")
    config = make_config(
        envs_per_worker=markets,
        traders_per_market=traders,
        rollout_length=128,
        minibatch_size=min(4096, markets * traders * 128),
        iterations=iterations,
    )
    paces = []
    with tempfile.TemporaryDirectory() as folder:
        algorithm: Any = algorithms.build(config, Path(folder))
        try:
            for _ in range(iterations):
                began = time.perf_counter()
                sampled = algorithms.train_once(algorithm)["sampled"]
                paces.append(sampled / (time.perf_counter() - began))
        finally:
            algorithm.stop()
    return statistics.median(paces[1:])
