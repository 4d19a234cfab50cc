"""One subject of `bench training`, in a process of its own.

``python -m abm_desktop.bench.training_subject CASE SUBJECT``: warms up, says ``{"ready": true}``,
and answers every line on standard input, a number of seconds, with the steps per second of about
as long a stretch of training. What cannot be measured is told as ``{"missing": why}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from abm_desktop.bench import training_plan as plan
from abm_desktop.bench.report import OURS
from abm_desktop.bench.training_work import Work, make_environment, settings


@contextlib.contextmanager
def rllib(case: plan.Case, trainer: str) -> Iterator[Work]:
    """RLlib's Algorithm, with our runners and learners or as it comes."""
    from abm_desktop import cluster

    # First of all: Ray reads its settings when it is imported.
    ray = cluster.start(1 + case.workers)
    try:
        from abm_desktop.learning.recipes import make_config
        from abm_desktop.learning.rllib import algorithms

        with tempfile.TemporaryDirectory() as folder:
            config = make_config(**settings(case, trainer))
            algorithm = algorithms.build(config, Path(folder))
            yield lambda: int(algorithms.train_once(algorithm)["sampled"])
    finally:
        ray.leave()


@contextlib.contextmanager
def environment_only(case: plan.Case) -> Iterator[Work]:
    """The vector environment under random actions."""
    import numpy as np

    env = make_environment(case)
    env.reset(seed=1)
    random = np.random.default_rng(0)

    def work() -> int:
        for _ in range(plan.ROLLOUT):
            env.step(random.integers(0, 3, plan.MARKETS))
        return plan.ROLLOUT * plan.MARKETS

    yield work


def open_subject(case: plan.Case, subject: str) -> contextlib.AbstractContextManager[Work]:
    """The work of one subject; raises ImportError if its library is missing."""
    if not case.algorithm:
        return environment_only(case)
    if subject == OURS:
        return rllib(case, "fast")
    if subject == plan.STOCK:
        return rllib(case, "rllib")
    if subject == plan.CLEANRL:
        from abm_desktop.bench import cleanrl_recipe

        return cleanrl_recipe.trainer(case)
    if subject == plan.SBX:
        from abm_desktop.bench import sbx_peer

        return sbx_peer.trainer(case)
    if subject == plan.SB3:
        from abm_desktop.bench import stable_baselines3_peer

        return stable_baselines3_peer.trainer(case)
    raise ValueError(f"no subject {subject!r}")


def measure(work: Work, seconds: float) -> float:
    """Steps per second over whole pieces of work."""
    began, steps = time.perf_counter(), 0
    while (passed := time.perf_counter() - began) < seconds or steps == 0:
        steps += work()
    return steps / passed


def main(case_name: str, subject: str) -> None:
    """Answer on what was standard output; whatever prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        with open_subject(plan.CASES[case_name], subject) as work:
            for _ in range(2):  # compiles, and fills replay buffers until learning begins
                work()
            _say(answers, {"ready": True})
            for line in sys.stdin:
                _say(answers, {"value": measure(work, float(line))})
    except ImportError as error:
        _say(answers, {"missing": str(error)})


def _say(stream: IO[str], what: dict[str, Any]) -> None:
    stream.write(json.dumps(what) + "\n")
    stream.flush()


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    main(*sys.argv[1:])
