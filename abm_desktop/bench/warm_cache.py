"""Compile whatever this program ever compiles: ``python -m abm_desktop.bench.warm_cache``.

Set-up runs it, so that no first training, export or experiment has to wait.
"""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path

import numpy as np

from abm_desktop.envs import warm_cache
from abm_desktop.learning.arrays import kernels, perceptron_kernels
from abm_desktop.scenario import Scenario

__all__ = ["compile_learners", "main"]


def main() -> None:
    """The market and the environments first, since those are waited for."""
    warm_cache.main()
    compile_learners()
    _compile_rare_paths()


def compile_learners() -> None:
    """Call what learners call, with arrays of the same kinds, on one decision."""
    n, k, units = 1, 3, 2

    def table(columns: int = k) -> np.ndarray:
        return np.zeros((n, columns), np.float32)

    def column() -> np.ndarray:
        return np.zeros(n, np.float32)

    actions, sums = np.zeros(n, np.int64), np.zeros(4)
    kernels.ppo_policy(table(), actions, column(), column(), 0.2, 0.01, table(), np.zeros(3))
    kernels.ppo_value(table(1), column(), 0.5, table(1), np.zeros(1))
    for hidden in (1, 2):  # the usual numbers of layers
        _compile_ppo(n, units, hidden)
    kernels.dqn(
        table(), table(1), table(), table(), table(1), actions, column(), column(), table(),
        table(1), sums,
    )  # fmt: skip
    kernels.soft_targets(table(), table(), table(), column(), column(), 0.1, column())
    kernels.sac(
        table(), table(), table(), actions, column(), 0.1, table(), table(), table(), sums
    )  # fmt: skip
    for through in (kernels.through_tanh, kernels.through_relu):
        through(table(units), table(units), np.zeros(units, np.float32))
    kernels.adam_step(column(), column(), column(), column(), *np.ones(8, np.float32))


def _compile_ppo(n: int, units: int, hidden: int) -> None:
    """PPO's update of networks with so many hidden layers, for no row."""
    observations, numbers = np.zeros((0, units), np.float32), np.zeros(0, np.float32)
    rates = (0.0, 1e-3, 0.9, 0.999, 1e-8, 1.0)
    talk = np.zeros(2, np.int64), np.zeros((2, 2)), np.zeros(2, np.int64), 1, np.zeros(4)
    for outputs in (3, 1):
        sizes = (units,) * (hidden + 1) + (outputs,)
        weights = tuple(np.zeros(pair[::-1], np.float32) for pair in itertools.pairwise(sizes))
        biases = tuple(np.zeros(size, np.float32) for size in sizes[1:])
        layers = tuple(np.zeros((n, units), np.float32) for _ in range(hidden))
        last = np.zeros((n, outputs), np.float32)
        flat = tuple(np.zeros(1, np.float32) for _ in range(2 * (hidden + 1)))
        learner = (
            (weights, biases, True), (weights, biases), (layers, layers, last, last), (flat,) * 4,
        )  # fmt: skip
        none = np.zeros(0, np.int64)
        if outputs == 1:
            targets = (observations, numbers)
            perceptron_kernels.learn_value(targets, 0.5, learner, rates, talk, n, none)
        else:
            rows = (observations, none, numbers, numbers)
            perceptron_kernels.learn_policy(rows, (0.2, 0.01), learner, rates, talk, n, none)


def _compile_rare_paths() -> None:
    """Stresses ended, rules lifted, auctions, exports, traders that go on learning, the bench."""
    from abm_desktop.bench import engine
    from abm_desktop.experiments.running.adaptive import run_learning_arm
    from abm_desktop.lobster_files import write_lobster
    from abm_desktop.market import flow as flows
    from abm_desktop.market.policy import PolicyNet
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.market.state import N_FEATURES
    from abm_desktop.scenario.stress import stress_of_severity

    short = Scenario.model_validate({"name": "compilation", "market": {"warm_up": "10s"}})
    market = Simulator(short, record_messages=True)
    began = market.now
    market.inject(stress_of_severity("quote_stuffing", 0.5))
    market.run(1.0)
    market.end_stress("quote_stuffing", began)
    market.set_intervention("luld", on=False)
    market.hold_auction(1.0)
    with tempfile.TemporaryDirectory() as folder:
        write_lobster(market, Path(folder) / "files", levels=2)
    blank = PolicyNet((np.zeros((N_FEATURES, 3), np.float32),), (np.zeros(3, np.float32),))
    flow = engine.synthetic(50, 10, 1024, 100)
    book = engine.BenchBook(flow.orders, flow.ladder, flow.places)
    flows.play(*book.arrays, flow.flow, book.slots, 0, len(flow.flow))
    run_learning_arm(market, blank, 1, 3.0, seed=0, update_every=2.0)


if __name__ == "__main__":
    main()
