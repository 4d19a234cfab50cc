"""On one core: steps per second of the environments, decisions per second of RL traders."""

from __future__ import annotations

import itertools

import numpy as np

from abm_desktop.bench.report import OURS, Report, rate
from abm_desktop.envs import MarketEnv, MarketVectorEnv
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import N_FEATURES
from abm_desktop.scenario import find_scenario, load_scenario

_STEP = 1.4
"""Seconds between decisions at which about a hundred book events happen in between."""


_CROWD = 1000
_CROWD_STEP = 5.0
"""Simulated seconds between two decisions of an RL trader."""


def run(*, repeats: int, num_envs: int = 64, steps: int = 150, seconds: float = 300.0) -> Report:
    """Measure with random actions, episodes included.

    ``seconds`` are simulated, of a repetition of the market with many RL traders.
    """
    report = Report("env")
    random = np.random.default_rng(0)
    vector = MarketVectorEnv(num_envs, step=_STEP, seed=1)
    vector.reset(seed=1)
    before = vector.events.sum()

    def many() -> float:
        for _ in range(steps):
            vector.step(random.integers(0, 3, num_envs))
        return steps * num_envs

    rates = rate(many, repeats)
    report.add("vector", OURS, rates, "steps/s")
    events = (vector.events.sum() - before) / (repeats * steps * num_envs)
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
    report.add("rl-traders-1000", OURS, crowd_rates(repeats, seconds), "decisions/s")
    return report


def crowd_rates(repeats: int, seconds: float) -> list[float]:
    """Decisions per second of wall time of :data:`_CROWD` RL traders in one market.

    All of it counts: what they observe, the network (2 x 64, tanh), their orders, and all other
    traders of the market.
    """
    simulator = Simulator(load_scenario(find_scenario("calm")), 1)
    simulator.warm_up()
    simulator.add_policy_traders(random_policy(), _CROWD, greedy=False)
    simulator.run(2.0 * _CROWD_STEP)

    def trade() -> float:
        before = int(simulator.agents["decisions"].sum())
        simulator.run(seconds)
        simulator.tape.clear_rows()
        return int(simulator.agents["decisions"].sum()) - before

    return rate(trade, repeats)


def random_policy(seed: int = 0) -> PolicyNet:
    """A network of the standard size, as it is before it has learned anything."""
    random = np.random.default_rng(seed)
    sizes = (N_FEATURES, 64, 64, 3)
    return PolicyNet(
        weights=tuple(
            (random.normal(size=(a, b)) / np.sqrt(a)).astype(np.float32)
            for a, b in itertools.pairwise(sizes)
        ),
        biases=tuple(np.zeros(b, np.float32) for b in sizes[1:]),
    )
