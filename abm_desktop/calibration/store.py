"""The folder of a calibration: its plan, and every trial as soon as it is finished.

::

    <folder>/
        plan.json           what is done; another plan is refused
        trials.jsonl        one line a candidate of the search
        choice.jsonl        the same of those that were simulated again
        profile.jsonl       the same of neighbours of the one that was chosen
        result.json, scenario.toml, report.html     written last

One program at a time writes. A line that was not finished when the program died is taken off.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from abm_desktop.calibration.measuring import Gap
from abm_desktop.inputs import InputError
from abm_desktop.plain_json import JsonError, check_plain, read_json_object
from abm_desktop.whole_files import write_whole

__all__ = ["STAGES", "Trial", "TrialStore"]

STAGES = ("trials", "choice", "profile")
_MOST_LINES = 1_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """A candidate that was simulated."""

    vector: tuple[float, ...]
    """Its place in the space, each from 0 to 1."""
    gap: Gap | None
    """Mean over seeds and days; None if it made no market."""
    each: tuple[float, ...]
    """What it was worth by seed, in the order of the seeds."""
    seconds: float
    """Real seconds that it took of the whole calibration."""

    @property
    def total(self) -> float:
        """What it is worth; infinite if it made no market."""
        return float("inf") if self.gap is None else self.gap.total

    def as_json(self) -> dict[str, Any]:
        """One line of a file."""
        gap = self.gap
        return {
            "vector": list(self.vector),
            "scores": None if gap is None else _plain(gap.scores),
            "responses": None if gap is None else _number(gap.responses),
            "facts": None if gap is None else _plain(gap.facts),
            "total": None if gap is None else gap.total,
            "w1": None if gap is None else gap.w1,
            "each": list(self.each),
            "seconds": self.seconds,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Trial:
        """Read a line back. Raises KeyError, TypeError or ValueError for anything else."""
        gap = None
        if values["scores"] is not None:
            gap = Gap(
                _known(values["scores"]), _float(values["responses"]), _known(values["facts"])
            )
        vector = tuple(float(x) for x in values["vector"])
        return cls(vector, gap, tuple(map(float, values["each"])), float(values["seconds"]))


class TrialStore:
    """The folder, held by this process until :meth:`close`.

    Raises:
        InputError: if another program holds it, or it has other results or damaged ones.
        OSError: if it cannot be written to.
    """

    def __init__(self, folder: Path, plan: dict[str, Any], *, fresh: bool = False) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(folder / ".lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise InputError(
                "another program calibrates in this folder", path=folder,
                remedy="wait for it, or give another --out",
            ) from None  # fmt: skip
        try:
            self._check(plan, fresh)
            self.trials = {stage: self._read(stage, len(plan["parameters"])) for stage in STAGES}
        except BaseException:
            self._lock.release()
            raise

    def _check(self, plan: dict[str, Any], fresh: bool) -> None:
        file = self.folder / "plan.json"
        if fresh:
            for stage in STAGES:
                (self.folder / f"{stage}.jsonl").unlink(missing_ok=True)
        elif file.is_file():
            there = read_json_object(file)
            differing = [key for key in plan if there.get(key) != json.loads(json.dumps(plan[key]))]
            if differing:
                raise InputError(
                    f"holds another calibration (it differs in {', '.join(differing)})",
                    path=self.folder,
                    remedy="give another --out, or --fresh to throw it away",
                )
            return
        elif any(self.folder.glob("*.jsonl")):
            raise InputError(
                "holds trials without a plan", path=self.folder, remedy="give another --out"
            )
        write_whole(file, json.dumps(plan, indent=1) + "\n")

    def _read(self, stage: str, dimensions: int) -> list[Trial]:
        file = self.folder / f"{stage}.jsonl"
        if not file.is_file():
            return []
        data = file.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if len(whole) < len(data):
            with file.open("r+b") as stream:
                stream.truncate(len(whole))
        out = []
        for number, line in enumerate(whole.splitlines()[:_MOST_LINES], 1):
            try:
                values = json.loads(line)
                check_plain(values)
                trial = Trial.from_json(values)
                if len(trial.vector) != dimensions:
                    raise ValueError("its vector has another length")
            except (KeyError, TypeError, ValueError, JsonError) as error:
                raise InputError(
                    f"line {number} is no trial of this program ({error})", path=file,
                    remedy="give --fresh, or another --out",
                ) from error  # fmt: skip
            out.append(trial)
        return out

    def add(self, stage: str, trial: Trial) -> None:
        """Keep a trial: it is on the disk when this returns."""
        line = json.dumps(trial.as_json(), allow_nan=False, separators=(",", ":"))
        with (self.folder / f"{stage}.jsonl").open("ab") as stream:
            stream.write(line.encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        self.trials[stage].append(trial)

    def clear(self, stage: str) -> None:
        """Forget the trials of a stage."""
        (self.folder / f"{stage}.jsonl").unlink(missing_ok=True)
        self.trials[stage].clear()

    def seconds(self) -> float:
        """Real seconds that all trials took, in this start and earlier ones."""
        return float(sum(trial.seconds for kept in self.trials.values() for trial in kept))

    def vectors(self, stage: str) -> np.ndarray:
        """Of all trials of a stage, (n, d)."""
        return np.array([trial.vector for trial in self.trials[stage]])

    def close(self) -> None:
        """Let others have the folder."""
        self._lock.release()


def _plain(values: Any) -> dict[str, float | None]:
    return {name: _number(value) for name, value in values.items()}


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _known(values: dict[str, Any]) -> dict[str, float]:
    return {str(name): _float(value) for name, value in values.items()}


def _float(value: Any) -> float:
    return float("nan") if value is None else float(value)
