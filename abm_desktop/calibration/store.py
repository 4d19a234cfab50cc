"""The folder of a calibration: its plan, and every trial as soon as it is finished.

::

    <folder>/
        plan.json           what is done; another plan is refused
        trials.jsonl        one line a candidate of the search
        choice.jsonl        the same of those that were simulated again
        profile.jsonl       the same of neighbours of the one that was chosen
        finish.json         how large choice, profile and report are, after so many trials
        draws.jsonl         days that the posterior was learned from, if one was asked for
        checks.jsonl        days at parameters drawn from it
        check-000.jsonl ... days that the intervals of made days were learned from (checking.py)
        result.json, scenario.toml, report.html     written last

One program at a time writes. A line that was not finished when the program died is taken off.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from abm_desktop.calibration.draws import DrawFile
from abm_desktop.calibration.finishing import Finish
from abm_desktop.calibration.measuring import Gap
from abm_desktop.inputs import InputError, whole
from abm_desktop.plain_json import JsonError, check_plain, read_json_object
from abm_desktop.whole_files import write_whole

__all__ = ["DRAWN", "STAGES", "Trial", "TrialStore"]

STAGES = ("trials", "choice", "profile")
DRAWN = ("draws", "checks")
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
        if folder.exists() and not folder.is_dir():
            raise InputError(
                "is no folder", path=folder, remedy="name a new folder for the calibration"
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot be made ({error.strerror or error})",
                path=folder,
                remedy="name another folder for the calibration",
            ) from error
        self._lock = FileLock(folder / ".lock")
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise InputError(
                "another program calibrates in this folder", path=folder,
                remedy="wait for it, or name another folder",
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
            names = [*(f"{stage}.jsonl" for stage in (*STAGES, *DRAWN)), "finish.json"]
            names += [file.name for file in self.folder.glob("check-*.jsonl")]
            for name in names:
                (self.folder / name).unlink(missing_ok=True)
        elif file.is_file():
            there = read_json_object(file)
            differing = [key for key in plan if there.get(key) != json.loads(json.dumps(plan[key]))]
            if differing:
                raise InputError(
                    f"holds another calibration (it differs in {', '.join(differing)})",
                    path=self.folder,
                    remedy="name another folder, or begin afresh (--fresh)",
                )
            return
        elif others := sorted(each.name for each in self.folder.iterdir() if each.name != ".lock"):
            raise InputError(
                f"holds other files ({others[0]}{', ...' if others[1:] else ''})",
                path=self.folder,
                remedy="name a new folder for the calibration",
            )
        write_whole(file, json.dumps(plan, indent=1) + "\n")

    def _read(self, stage: str, dimensions: int) -> list[Trial]:
        file = self.folder / f"{stage}.jsonl"
        if not file.is_file():
            return []
        data = file.read_bytes()
        complete = data[: data.rfind(b"\n") + 1]
        if len(complete) < len(data):
            with file.open("r+b") as stream:
                stream.truncate(len(complete))
        out = []
        for number, line in enumerate(complete.splitlines()[:_MOST_LINES], 1):
            try:
                values = json.loads(line)
                check_plain(values)
                trial = Trial.from_json(values)
                if len(trial.vector) != dimensions:
                    raise ValueError("its vector has another length")
            except (KeyError, TypeError, ValueError, JsonError) as error:
                raise InputError(
                    f"line {number} is no trial of this program ({error})", path=file,
                    remedy="begin afresh (--fresh), or name another folder",
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

    def finish(self, searched: int) -> Finish | None:
        """What was decided after so many trials of the search; None if nothing was."""
        file = self.folder / "finish.json"
        if not file.is_file():
            return None
        try:
            values = read_json_object(file)
            found = Finish(
                whole(values["candidates"], "candidates", 1, 200),
                bool(values["profile"]),
                whole(values["report_seeds"], "report_seeds", 2, 100),
                bool(values["compared"]),
            )
            return found if values["searched"] == searched else None
        except (KeyError, JsonError, InputError) as error:
            raise InputError(
                f"is damaged ({error})", path=file, remedy="remove it, or begin afresh (--fresh)"
            ) from error

    def keep_finish(self, searched: int, finish: Finish) -> None:
        """Keep what was decided."""
        values = {"searched": searched, **asdict(finish)}
        write_whole(self.folder / "finish.json", json.dumps(values) + "\n")

    def drawn(self, stage: str) -> DrawFile:
        """The days of one of :data:`DRAWN`, or of a check. Raises InputError if it is damaged."""
        return DrawFile(self.folder / f"{stage}.jsonl")

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
