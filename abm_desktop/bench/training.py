"""`abm-desktop bench training`: decisions sampled and learned from per second, ours and peers'.

Every subject works in a process of its own, on one thread, and the subjects of a case take turns
stretch by stretch, so that whatever else the machine does falls on all of them alike. The cases
``workers-1`` and ``workers-2`` have one and two sampling processes besides; ``threads-1`` and
``threads-2`` step the markets and learn on one and two threads, ``env-threads-`` only step.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from typing import Any

from abm_desktop import child_python
from abm_desktop.bench import training_plan as plan
from abm_desktop.bench.report import OURS, Report
from abm_desktop.thread_team import processors

STRETCH_SECONDS = 1.5
"""Training between two turns, at least one iteration."""

_ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)

_INSTALL = {
    plan.SB3: "stable_baselines3 is not installed: pip install 'abm-desktop[peers]', or "
    "pip install --no-deps stable-baselines3 where its bounds clash with other packages",
    plan.SBX: "sbx is not installed: pip install sbx-rl (some 500 MB: JAX)",
}

TARGETS = (
    ("ppo-light", plan.SB3, 3.0),
    ("ppo-light", plan.CLEANRL, 2.3),
    ("ppo-light", plan.SBX, 2.0),
    ("dqn-light", plan.SB3, 3.0),
    ("dqn-light", plan.SBX, 2.0),
    ("sac-light", plan.SB3, 3.0),
    ("sac-light", plan.SBX, 2.0),
)
"""Least ratio of ours to a peer."""
MARKET_SHARE = 0.85
"""Least share of the bare market's speed that is left with PPO learning from it."""
SCALING = {"workers-": 1.7, "threads-": 1.7, "env-threads-": 1.8}
"""Least ratio of two sampling workers or threads to one, if there is a core for each."""


class RunningSubject:
    """A process that trains when it is told to."""

    def __init__(self, case: plan.Case, name: str) -> None:
        self.case, self.name = case, name
        self.rates: list[float] = []
        # A file: a pipe that nobody reads would fill up.
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed with the subject
        self._process = subprocess.Popen(
            child_python.command("abm_desktop.bench.training_subject", case.name, name),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=child_python.environment(**_ONE_THREAD),
        )

    def answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._log.seek(0)
            last = (self._log.read().strip().splitlines() or ["no message"])[-1]
            raise RuntimeError(f"{self.case.name}, {self.name}: {last}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def train(self, seconds: float) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{seconds}\n")
        self._process.stdin.flush()
        self.rates.append(self.answer()["value"])

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(20.0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._log.close()


def run(
    *, peers: bool, repeats: int, cases: tuple[str, ...] = (), seconds: float = STRETCH_SECONDS
) -> Report:
    """Measure all cases, or those named.

    Args:
        peers: also stock RLlib, Stable-Baselines3, SBX and CleanRL's recipe.
        repeats: turns of every subject; the median counts.
        cases: names of cases; empty for all.
        seconds: of one turn.

    Raises:
        RuntimeError: if a subject fails; the text says which and why.
    """
    report = Report("training")
    for group in plan.GROUPS:
        chosen = [case for case in group if not cases or case.name in cases]
        if chosen:
            _measure(report, chosen, peers, repeats, seconds)
    if any(row.case == "sac-light" and row.subject in (plan.SB3, plan.SBX) for row in report.rows):
        report.notes.append(
            "sac-light: SAC of Stable-Baselines3 and SBX knows no discrete actions; it learns the "
            "same task with one number in -1..1, at the same updates per decision"
        )
    report.notes.extend(missed(report))
    return report


def _measure(
    report: Report, cases: list[plan.Case], peers: bool, repeats: int, seconds: float
) -> None:
    running: list[RunningSubject] = []
    try:
        for case in cases:
            for name in plan.subjects(case, peers):
                subject = RunningSubject(case, name)
                # One after the other: starting is work as well, and would disturb the others.
                missing = subject.answer().get("missing")
                if missing is None:
                    running.append(subject)
                    continue
                subject.close()
                note = _INSTALL.get(name, f"{name}: {missing}")
                if note not in report.notes:
                    report.notes.append(note)
        for _ in range(repeats):
            for subject in running:
                subject.train(seconds)
    finally:
        for subject in running:
            subject.close()
    for subject in running:
        report.add(subject.case.name, subject.name, subject.rates, subject.case.unit)


def missed(report: Report) -> list[str]:
    """What fell short of what this program aims at, one line each."""
    values = {(row.case, row.subject): row.value for row in report.rows}
    lines = []
    for case, peer, least in TARGETS:
        ours, theirs = values.get((case, OURS)), values.get((case, peer))
        if ours and theirs and ours < least * theirs:
            lines.append(f"{case}: {ours / theirs:.2f} times {peer}, aimed at {least:g}")
    trained, alone = values.get(("ppo-market", OURS)), values.get(("env-only-market", OURS))
    if trained and alone and trained < MARKET_SHARE * alone:
        lines.append(
            f"ppo-market: {trained / alone:.0%} of env-only-market, aimed at {MARKET_SHARE:.0%}"
        )
    for name, least in SCALING.items():
        one, two = values.get((f"{name}1", OURS)), values.get((f"{name}2", OURS))
        if one and two and two < least * one:
            lines.append(
                f"{name}2: {two / one:.2f} times {name}1 on {processors()} cores, "
                f"aimed at {least:g}"
            )
    return lines
