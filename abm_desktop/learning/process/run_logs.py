"""Trainings for other programs to look at: TensorBoard event files, and an MLflow server.

::

    tensorboard --logdir ~/.local/share/abm-desktop/runs

Every training writes event files to ``runs/<model>`` in the user's data folder. Where
``MLFLOW_TRACKING_URI`` is set and MLflow is installed (``pip install abm-desktop[mlflow]``) it is
also a run of the experiment that ``MLFLOW_EXPERIMENT_NAME`` names, by default "abm-desktop".

A log never holds up or ends a training: what goes wrong is told once, in :attr:`RunLogs.warnings`.
"""

from __future__ import annotations

import json
import logging
import math
import os
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from abm_desktop import paths
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import Progress
from abm_desktop.learning.statements import LogFailed
from abm_desktop.whole_files import move_aside

URI_VARIABLE = "MLFLOW_TRACKING_URI"
EXPERIMENT_VARIABLE = "MLFLOW_EXPERIMENT_NAME"

_EXPERIMENT = "abm-desktop"
_FLUSH_SECONDS = 5.0
_CLOSE_SECONDS = 10.0
"""How long an end waits for a slow server."""
_LONGEST_PARAMETER = 500
_LARGEST_BATCH = 500

_NOT_MEASURED = {
    "iteration",
    "iterations",
    "env_steps",
    "type",
    "action_shares",
    "actions",
    "losses",
}

log = logging.getLogger("abm_desktop.learning.process.run_logs")


class TrainingLog(Protocol):
    """One place that a training is written to. Any method may raise; it is then not used again."""

    def write(self, values: Mapping[str, float], step: int) -> None:
        """Take measurements after ``step`` decisions."""

    def write_text(self, name: str, text: str) -> None:
        """Take a document."""

    def close(self, status: str) -> None:
        """The training is "finished", "stopped" or "failed"."""


class RunLogs:
    """All logs of one training of the model ``name``."""

    def __init__(self, name: str, config: TrainingConfig, facts: Mapping[str, str]) -> None:
        """Open them. ``facts`` are further words about the run, e.g. the version."""
        self._logs: dict[str, TrainingLog] = {}
        self._step = 0
        self.warnings: tuple[LogFailed, ...] = ()
        """What could not be logged; empty if all went well."""
        settings = {key: str(value) for key, value in config.model_dump(mode="json").items()}
        self._open(
            "TensorBoard", lambda: TensorBoardLog(run_folder(name), goes_on=config.continues)
        )
        if uri := os.environ.get(URI_VARIABLE):
            self._open("MLflow", lambda: MlflowLog(uri, name, settings, facts))
        self._each(lambda each: each.write_text("settings", _table(settings | dict(facts))))

    def add(self, progress: Progress) -> None:
        """Write the measurements of an iteration."""
        self._step = progress.env_steps
        self._each(lambda each: each.write(measurements(progress), self._step))

    def add_results(self, stage: str, results: Mapping[str, Any]) -> None:
        """Write the outcome of an evaluation or stress test."""
        values = dict(outcome_of(stage, results))
        self._each(lambda each: each.write(values, self._step))
        self._each(
            lambda each: each.write_text(stage, f"```\n{json.dumps(results, indent=1)}\n```")
        )

    def close(self, status: str = "failed") -> None:
        """The training is over; whatever waits is written. May be called again."""
        self._each(lambda each: each.close(status))
        self._logs.clear()

    def _open(self, kind: str, make: Callable[[], TrainingLog]) -> None:
        try:
            self._logs[kind] = make()
        except Exception as error:
            self._give_up(kind, error)

    def _each(self, act: Callable[[TrainingLog], None]) -> None:
        for kind, each in list(self._logs.items()):
            try:
                act(each)
            except Exception as error:
                del self._logs[kind]
                self._give_up(kind, error)

    def _give_up(self, kind: str, error: Exception) -> None:
        log.warning("no more %s: %s", kind, error)
        self.warnings = (*self.warnings, LogFailed(kind, str(error)))


class TensorBoardLog:
    """An event file in ``folder``. What lies there already, of a run without a model, moves aside.

    Written in the calling thread: the library's own writer waits for ever once its thread has met a
    full disk.
    """

    def __init__(self, folder: Path, *, goes_on: bool = False) -> None:
        """With ``goes_on`` beside the files of the run so far, whose curves go on."""
        from tensorboardX.event_file_writer import EventsWriter

        if not goes_on:
            move_aside(folder)
        folder.mkdir(parents=True, exist_ok=goes_on)
        self._file = EventsWriter(str(folder / "events"))
        self._flushed = 0.0

    def write(self, values: Mapping[str, float], step: int) -> None:
        """One point in the curve of each value."""
        from tensorboardX.proto.summary_pb2 import Summary

        points = [Summary.Value(tag=name, simple_value=value) for name, value in values.items()]
        self._write(Summary(value=points), step)

    def write_text(self, name: str, text: str) -> None:
        """A document on the page "Text"."""
        from tensorboardX import summary

        self._write(summary.text(name, text), 0)

    def _write(self, summary: Any, step: int) -> None:
        from tensorboardX.proto.event_pb2 import Event

        self._file.write_event(Event(wall_time=time.time(), step=step, summary=summary))
        if time.monotonic() - self._flushed > _FLUSH_SECONDS:
            self._file.flush()
            self._flushed = time.monotonic()

    def close(self, status: str) -> None:
        """Write what waits."""
        self.write_text("status", status)
        self._file.close()


class MlflowLog:
    """A run on an MLflow server, written by a thread of its own: the server may be slow."""

    def __init__(
        self, uri: str, name: str, settings: Mapping[str, str], facts: Mapping[str, str]
    ) -> None:
        try:
            from mlflow.entities import Metric, Param, RunTag
            from mlflow.tracking import MlflowClient
        except ImportError as error:
            raise RuntimeError(
                f"{URI_VARIABLE} is set, but MLflow is not installed "
                f"(pip install abm-desktop[mlflow]): {error}"
            ) from error
        self._metric = Metric
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._client, self._run = MlflowClient(tracking_uri=uri), ""
        self._failure: Exception | None = None
        parameters = [Param(key, value[:_LONGEST_PARAMETER]) for key, value in settings.items()]
        tags = [RunTag(key, value) for key, value in facts.items() if value]

        def begin() -> None:
            title = os.environ.get(EXPERIMENT_VARIABLE) or _EXPERIMENT
            experiment = self._client.get_experiment_by_name(title)
            number = (
                experiment.experiment_id if experiment else self._client.create_experiment(title)
            )
            self._run = self._client.create_run(number, run_name=name).info.run_id
            self._client.log_batch(self._run, params=parameters, tags=tags)

        self._tasks.put(begin)
        self._thread = threading.Thread(target=self._work, name="mlflow", daemon=True)
        self._thread.start()

    def write(self, values: Mapping[str, float], step: int) -> None:
        """One point in the curve of each value."""
        self._check()
        now = round(time.time() * 1000.0)
        metrics = [self._metric(_allowed(key), value, now, step) for key, value in values.items()]

        def send() -> None:
            for first in range(0, len(metrics), _LARGEST_BATCH):
                batch = metrics[first : first + _LARGEST_BATCH]
                self._client.log_batch(self._run, metrics=batch)

        self._tasks.put(send)

    def write_text(self, name: str, text: str) -> None:
        """An artifact of the run."""
        self._check()
        self._tasks.put(lambda: self._client.log_text(self._run, text, f"{name}.md"))

    def close(self, status: str) -> None:
        """Send what waits, and the run's end."""
        ends = {"finished": "FINISHED", "stopped": "KILLED"}
        self._tasks.put(lambda: self._client.set_terminated(self._run, ends.get(status, "FAILED")))
        self._tasks.put(None)
        self._thread.join(_CLOSE_SECONDS)
        self._check()
        if self._thread.is_alive():
            raise TimeoutError(f"the server did not answer within {_CLOSE_SECONDS:g} s")

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _work(self) -> None:
        try:
            while (task := self._tasks.get()) is not None:
                task()
        except Exception as error:  # told to the training at its next measurement
            self._failure = error


def run_folder(name: str) -> Path:
    """Where TensorBoard finds the training of the model ``name``."""
    return paths.runs_dir() / name


def measurements(progress: Progress) -> dict[str, float]:
    """The measurements of an iteration by name; what is not known, or no number, is left out."""
    values = {
        key: value
        for key, value in asdict(progress).items()
        if key not in _NOT_MEASURED and isinstance(value, int | float)
    }
    values |= {
        f"actions/{_allowed(name.lower())}": share
        for name, share in zip(progress.actions, progress.action_shares, strict=True)
    }
    values |= {f"losses/{name}": value for name, value in progress.losses.items()}
    return {name: float(value) for name, value in values.items() if math.isfinite(value)}


def outcome_of(stage: str, results: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The numbers worth a curve among the results of an evaluation or a stress test."""
    if stage == "evaluation":
        yield "evaluation/accepted", float(results["accepted"])
        for rule, found in results["rules"].items():
            yield f"evaluation/pnl_median/{_allowed(rule)}", found["pnl_median"]
        for other in results.get("elsewhere", ()):
            place = f"evaluation in {_allowed(other['scenario'])}"
            yield f"{place}/accepted", float(other["accepted"])
            yield f"{place}/pnl_median", other["rules"]["agent"]["pnl_median"]
        return
    for outcome in results["outcomes"]:
        kind = outcome["stress"]["type"]
        for key in ("pnl", "drawdown", "volatility_amplification"):
            yield f"stress/{key}/{kind}", outcome[key]


def _allowed(name: str) -> str:
    """``name`` with what both programs take in the name of a curve."""
    return "".join(c if c.isalnum() or c in "_-./ " else "_" for c in name)


def _table(values: Mapping[str, str]) -> str:
    return "\n".join(
        ["| | |", "|---|---|", *(f"| {key} | {value} |" for key, value in values.items())]
    )
