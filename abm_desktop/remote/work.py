"""What is beside the market: scenarios, models, trainings, experiments, facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from abm_desktop.remote.connection import ARROW, Connection
from abm_desktop.remote.jobs import RemoteJob
from abm_desktop.remote.reading import plain
from abm_desktop.remote.replies import Reply

if TYPE_CHECKING:
    import pyarrow as pa

    from abm_desktop.scenario import Scenario

__all__ = ["RemoteExperiments", "RemoteModels", "RemoteScenarios", "RemoteTrainings"]


class _Part:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection


class RemoteScenarios(_Part):
    """The scenarios of a server: the shipped ones, then those of its data folder."""

    def list(self) -> list[Reply]:
        """Name, title and description of each."""
        return list(self._connection.get("/scenarios"))

    def read(self, name: str) -> Reply:
        """All values of one."""
        found: Reply = self._connection.get(f"/scenarios/{quote(name, '')}")
        return found

    def validate(self, scenario: str | Mapping[str, Any] | Scenario) -> Reply:
        """All that is wrong (``problems``) with the text of a file, or with values."""
        found: Reply = self._connection.send("POST", "/scenarios/validate", _text(scenario))
        return found

    def save(self, name: str, scenario: str | Mapping[str, Any] | Scenario) -> str:
        """Keep the text of a file, or values, under a name; returns the name."""
        path = f"/scenarios/{quote(name, '')}"
        return str(self._connection.send("PUT", path, _text(scenario)).name)


class RemoteModels(_Part):
    """The models of a server."""

    def list(self, **only: Any) -> list[Reply]:
        """Every model, newest first; ``role="maker"``, ``tag=``, ``accepted=True``, ... choose."""
        return list(self._connection.get("/models", **only))

    def read(self, name: str) -> Reply:
        """All that is known of one: observations, actions, config, evaluation, stress test."""
        found: Reply = self._connection.get(_model(name))
        return found

    def curves(self, name: str, since: int = 0) -> pa.Table:
        """The curves of its training, a row an iteration."""
        return self._connection.table(f"{_model(name)}/curves", since=since)

    def evaluate(self, name: str, **asked: Any) -> RemoteJob:
        """Judge it on held-out days: ``scenarios``, ``days``, ``hours``, ``seed``, ``keep``."""
        return self._job(f"{_model(name)}/evaluate", asked)

    def stress_test(self, name: str, **asked: Any) -> RemoteJob:
        """Put it under stress: ``stresses``, ``scenario``, ``runs``, ``traders``, ``seed``, ..."""
        return self._job(f"{_model(name)}/stress-test", asked)

    def actions(self, name: str, observations: np.ndarray) -> pa.Table:
        """What it does when it sees these observations.

        Args:
            name: of the model.
            observations: (n, inputs), in the order of ``read(name).observations``.

        Returns:
            A row each: ``action`` (the likeliest), ``name``, and the probabilities ``p_BUY``, ...
        """
        import pyarrow as pa

        names = self.read(name).observations
        rows = np.atleast_2d(np.asarray(observations, np.float32))
        if rows.ndim != 2 or rows.shape[1] != len(names):
            from abm_desktop.inputs import InputError

            raise InputError(
                f"must have shape (n, {len(names)}), not {rows.shape}", key="observations",
                remedy="columns: " + ", ".join(names),
            )  # fmt: skip
        table = pa.table({each: np.ascontiguousarray(rows[:, k]) for k, each in enumerate(names)})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        content = sink.getvalue().to_pybytes()
        return self._connection.send_for_table(f"{_model(name)}/actions", content, ARROW)

    def upload(self, file: Path | str, name: str = "") -> Reply:
        """Take in a model's ``.zip`` or a policy's ``.npz`` of this machine."""
        content = Path(file).read_bytes()
        answer = self._connection.request(
            "POST", "/models", content=content, params={"name": name} if name else {},
            headers={"Content-Type": "application/octet-stream"},
        )  # fmt: skip
        return Reply(answer.json())

    def export(self, name: str, format: str = "zip") -> bytes:
        """A model as a file: zip, npz, onnx or torchscript."""
        return self._connection.content(f"{_model(name)}/export", format=format)

    def rename(self, name: str, to: str) -> Reply:
        """Give it another name."""
        found: Reply = self._connection.send("PUT", f"{_model(name)}/name", {"name": to})
        return found

    def set_tags(self, name: str, tags: Sequence[str]) -> Reply:
        """Give it these tags, and no others."""
        found: Reply = self._connection.send("PUT", f"{_model(name)}/tags", {"tags": [*tags]})
        return found

    def delete(self, name: str) -> None:
        """Delete it, its policy and its checkpoint, for good."""
        self._connection.send("DELETE", _model(name))

    def _job(self, path: str, asked: dict[str, Any]) -> RemoteJob:
        return RemoteJob(self._connection, self._connection.send("POST", path, asked))


class RemoteTrainings(_Part):
    """The trainings of a session, which its window shows too."""

    def list(self) -> list[Reply]:
        """Every training, also those that wait."""
        return list(self._connection.get("/trainings"))

    def start(self, recipe: str | None = None, **settings: Any) -> Reply:
        """Train, at once or when those before it have ended.

        Args:
            recipe: ppo, dqn, sac, remembering-ppo, maker, executor; None is that of the algorithm.
            **settings: what differs, like ``algorithm="DQN"``, ``iterations=20``, ``seed=1``.
        """
        body = {"recipe": recipe, "settings": settings}
        found: Reply = self._connection.send("POST", "/trainings", body)
        return found

    def read(self, number: int) -> Reply:
        """How it stands: state, iteration, reward_mean, seconds_left, model."""
        found: Reply = self._connection.get(f"/trainings/{number:d}")
        return found

    def curves(self, number: int) -> pa.Table:
        """Its measurements, a row an iteration."""
        return self._connection.table(f"/trainings/{number:d}/curves")

    def verdict(self, number: int) -> Reply:
        """What its model was judged to be, when it is finished."""
        found: Reply = self._connection.get(f"/trainings/{number:d}/verdict")
        return found

    def pause(self, number: int) -> Reply:
        """Wait after the running iteration."""
        return self._ask("POST", f"{number:d}/pause")

    def resume(self, number: int) -> Reply:
        """Go on after a pause."""
        return self._ask("POST", f"{number:d}/resume")

    def save(self, number: int) -> Reply:
        """Write a checkpoint after the running iteration."""
        return self._ask("POST", f"{number:d}/save")

    def set_learning_rate(self, number: int, rate: float) -> Reply:
        """Learn at another rate from the next iteration on."""
        return self._ask("PUT", f"{number:d}/learning-rate", {"learning_rate": rate})

    def stop(self, number: int) -> Reply:
        """Stop after the running iteration; its model is kept. Asked again, it ends at once."""
        return self._ask("DELETE", f"{number:d}")

    def _ask(self, method: str, path: str, body: Any = None) -> Reply:
        found: Reply = self._connection.send(method, f"/trainings/{path}", body)
        return found


class RemoteExperiments(_Part):
    """The experiments of a server, and those that this session runs."""

    def files(self) -> list[Reply]:
        """Every experiment that can be named, with its question."""
        return list(self._connection.get("/experiments/files"))

    def save(self, name: str, toml: str) -> Reply:
        """Keep the text of an experiment's file under a name."""
        path = f"/experiments/files/{quote(name, '')}"
        found: Reply = self._connection.send("PUT", path, {"toml": toml})
        return found

    def plan(self, name: str, seeds: int | None = None) -> Reply:
        """What it would run, and what it costs, without running it."""
        path = f"/experiments/files/{quote(name, '')}/plan"
        found: Reply = self._connection.get(path, seeds=seeds)
        return found

    def start(
        self,
        name: str,
        seeds: int | None = None,
        *,
        workers: int | None = None,
        fresh: bool = False,
        report_only: bool = False,
    ) -> Reply:
        """Run it, or go on where it was stopped; ``id`` of the answer names the run.

        Args:
            name: of :meth:`files`.
            seeds: another number of markets.
            workers: markets at a time; 0 is one after the other, None one a core.
            fresh: throw away what is there.
            report_only: write the report of what is finished.
        """
        body = {
            "name": name,
            "seeds": seeds,
            "workers": workers,
            "fresh": fresh,
            "report_only": report_only,
        }
        found: Reply = self._connection.send("POST", "/experiments", body)
        return found

    def list(self) -> list[Reply]:
        """Every experiment of this session."""
        return list(self._connection.get("/experiments"))

    def read(self, number: int) -> Reply:
        """How it stands: state, finished, total, seconds_left."""
        found: Reply = self._connection.get(f"/experiments/{number:d}")
        return found

    def effects(self, number: int) -> Reply:
        """Effects with their intervals (``summary``), from the runs that are finished."""
        found: Reply = self._connection.get(f"/experiments/{number:d}/effects")
        return found

    def runs(self, number: int) -> pa.Table:
        """All finished runs, a row each."""
        return self._connection.table(f"/experiments/{number:d}/runs")

    def report(self, number: int) -> str:
        """The page of its report, HTML, once it is written."""
        return self._connection.text(f"/experiments/{number:d}/report")

    def pause(self, number: int) -> Reply:
        """Wait after the runs under way."""
        return self._ask("POST", f"{number:d}/pause")

    def resume(self, number: int) -> Reply:
        """Go on after a pause."""
        return self._ask("POST", f"{number:d}/resume")

    def stop(self, number: int) -> Reply:
        """End after the runs under way; what is finished is kept."""
        return self._ask("DELETE", f"{number:d}")

    def _ask(self, method: str, path: str) -> Reply:
        found: Reply = self._connection.send(method, f"/experiments/{path}")
        return found


def _model(name: str) -> str:
    return f"/models/{quote(name, '')}"


def _text(scenario: Any) -> dict[str, Any]:
    return {"toml": scenario} if isinstance(scenario, str) else {"values": plain(scenario)}
