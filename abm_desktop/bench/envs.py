"""Environment steps per second on one core: the vector environment and the single one."""

from __future__ import annotations

import numpy as np

from abm_desktop.bench.report import OURS, Report, rate
from abm_desktop.envs import MarketEnv, MarketVectorEnv

_STEP = 1.4
"""Seconds between decisions at which about a hundred book events happen in between."""


def run(*, repeats: int, num_envs: int = 64, steps: int = 150) -> Report:
    """Measure with random actions, episodes included."""
    report = Report("env")
    random = np.random.default_rng(0)
    vector = MarketVectorEnv(num_envs, step=_STEP, seed=1)
    vector.reset(seed=1)
    state = vector._core._state
    before = state.market["messages"].sum()

    def many() -> float:
        for _ in range(steps):
            vector.step(random.integers(0, 3, num_envs))
        return steps * num_envs

    rates = rate(many, repeats)
    report.add("vector", OURS, rates, "steps/s")
    events = (state.market["messages"].sum() - before) / (repeats * steps * num_envs)
    report.notes.append(f"{events:.0f} book events a step in the vector environment")

    single = MarketEnv(step=_STEP)
    single.reset(seed=1)

    def one() -> float:
        for _ in range(10 * steps):
            *_, over, _ = single.step(int(random.integers(3)))
            if over:
                single.reset()
        return 10 * steps

    report.add("single", OURS, rate(one, repeats), "steps/s")
    return report
