"""Experiments: sessions a minute on one core and on more, what one costs, and memory."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # has no stubs

from abm_desktop.bench.report import OURS, Report
from abm_desktop.experiments.design import Design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running.runner import ExperimentProgress

CORES = (1, 2)
SIZES = (10, 100, 1000)
"""Sessions of the experiments whose cost is compared."""
SHARED = 0.25
"""Share of the runs left out at the start: workers start and load the market."""


def run(*, repeats: int, sizes: Sequence[int] = SIZES) -> Report:
    """Measure throughput by cores on a local Ray cluster, then cost and memory by size.

    A session is one run: an hour and a half of simulated time with its measures, a third of it
    copied. The experiments have no RL traders, whose number differs from study to study.
    """
    report = Report("experiment")
    with tempfile.TemporaryDirectory(prefix="abm-bench-") as folder:
        rates = {}
        for cores in CORES:
            values = [
                60.0 * _rate(200 * cores, cores, Path(folder) / f"cores-{cores}-{k}")
                for k in range(repeats)
            ]
            report.add(f"cores-{cores}", OURS, values, "sessions/min")
            rates[cores] = report.rows[-1].value
        gain = rates[CORES[-1]] / rates[CORES[0]]
        report.notes.append(f"{CORES[-1]} cores do {gain:.2f} times what one does")
        for size in sizes:
            began = time.perf_counter()
            _experiment(size).run(0, folder=Path(folder) / f"size-{size}")
            cost = 1000.0 * (time.perf_counter() - began) / size
            report.add(f"sessions-{size}", OURS, [cost], "ms/session")
            memory = psutil.Process().memory_info().rss / 2**20
            report.add(f"sessions-{size}", OURS, [memory], "MB")
    return report


def _experiment(sessions: int) -> Experiment:
    """Calm and a liquidity shock, so half as many markets as sessions."""
    design = Design.model_validate(
        {
            "name": "bench",
            "seeds": max(1, sessions // 2),
            "paths": 0,
            "rl": {"shares": [0.0]},
            "stress": [{"type": "liquidity_shock"}],
        }
    )
    return Experiment(design)


def _rate(sessions: int, cores: int, folder: Path) -> float:
    """Sessions per second on a cluster of so many workers, once all of them are at work."""
    heard: list[tuple[float, int]] = []

    def hear(progress: ExperimentProgress) -> None:
        if progress.state == "running" and progress.done >= SHARED * progress.total:
            heard.append((time.perf_counter(), progress.done))

    _experiment(sessions).run(cores, folder=folder, on_progress=hear)
    return (heard[-1][1] - heard[0][1]) / (heard[-1][0] - heard[0][0])
