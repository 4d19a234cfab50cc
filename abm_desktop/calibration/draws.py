"""Simulated days at known parameters, kept as soon as each is finished.

One line a day: the place of its parameters in the space, the numbers of the day (null: it made no
market), its distance from the recorded day, and the real seconds it took.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from abm_desktop.calibration.day_features import FEATURES
from abm_desktop.inputs import InputError
from abm_desktop.plain_json import JsonError, check_plain

__all__ = ["Draw", "DrawFile"]


@dataclass(frozen=True, slots=True)
class Draw:
    """One day."""

    vector: tuple[float, ...]
    features: tuple[float, ...] | None
    """As :data:`.FEATURES` names them; None if these parameters made no market."""
    worth: float
    """Mean distance of its scores from the recorded day; NaN if there is none."""
    seconds: float


class DrawFile:
    """The file of draws; a line that was not finished when the program died is taken off.

    Raises:
        InputError: if it has lines of something else.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.draws: list[Draw] = []
        if not path.is_file():
            return
        data = path.read_bytes()
        complete = data[: data.rfind(b"\n") + 1]
        if len(complete) < len(data):
            with path.open("r+b") as stream:
                stream.truncate(len(complete))
        for number, line in enumerate(complete.splitlines(), 1):
            try:
                self.draws.append(_draw_of(line))
            except (KeyError, TypeError, ValueError, JsonError) as error:
                raise InputError(
                    f"line {number} is no draw of this program ({error})",
                    path=path,
                    remedy="remove the file, or begin afresh (--fresh)",
                ) from error

    def keep_only(self, vectors: np.ndarray) -> None:
        """Forget all draws if they are not the first ones of these, (n, d)."""
        wanted = [tuple(vector) for vector in vectors.tolist()]
        # More than are wanted now are no mistake: an earlier start asked for more.
        if any(draw.vector != at for draw, at in zip(self.draws, wanted, strict=False)):
            self.path.unlink(missing_ok=True)
            self.draws.clear()

    def add(self, draw: Draw) -> None:
        """Keep a draw: it is on the disk when this returns."""
        features = draw.features
        content = {
            "vector": list(draw.vector),
            "features": None if features is None else [_plain(x) for x in features],
            "w1": _plain(draw.worth),
            "seconds": draw.seconds,
        }
        line = json.dumps(content, allow_nan=False, separators=(",", ":"))
        with self.path.open("ab") as stream:
            stream.write(line.encode() + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        self.draws.append(draw)

    def known(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Vectors (n, d) and numbers (n, k) of those of the first ``count`` that made a market."""
        made = [draw for draw in self.draws[:count] if draw.features is not None]
        return np.array([draw.vector for draw in made]), np.array([draw.features for draw in made])


def _draw_of(line: bytes) -> Draw:
    values = json.loads(line)
    check_plain(values)
    features = values["features"]
    if features is not None:
        features = tuple(float("nan") if x is None else float(x) for x in features)
        if len(features) != len(FEATURES):
            raise ValueError("it has another number of features")
    worth = float("nan") if values["w1"] is None else float(values["w1"])
    return Draw(tuple(map(float, values["vector"])), features, worth, float(values["seconds"]))


def _plain(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
