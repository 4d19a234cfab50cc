"""How far told intervals are moved outward, by how far true values lay outside them on made days.

The posterior takes for true what was read off a day. On days that were made at known parameters
and read off anew, its intervals miss too often. By how much each end must move to hold as often as
it says is measured on such days: split conformal prediction (Vovk, Gammerman and Shafer 2005; Lei
et al. 2018), of the ends of an interval (Romano, Patterson and Candes 2019). It holds on average
over days that are like those, whatever the posterior is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from abm_desktop import paths
from abm_desktop.calibration.posterior import LEVEL
from abm_desktop.calibration.space import Space
from abm_desktop.inputs import InputError
from abm_desktop.plain_json import JsonError, read_json_object

__all__ = ["LEAST_DAYS", "Widening", "misses_of", "shipped_widening", "widening_of"]

LEAST_DAYS = math.ceil(LEVEL / (1.0 - LEVEL) - 1e-9)
"""Days below which no finite interval holds as often as it says."""
_FILE = "calibration_widening.json"


@dataclass(frozen=True, slots=True)
class Widening:
    """How far the ends of each parameter's interval move, in widths of what is searched."""

    days: int
    """Made ones, that it was measured on."""
    seconds: float
    """Simulated, of each."""
    draws: int
    """That the posterior of each was learned from; those that made no market included."""
    made_like: str
    """The recorded day in whose space they were made."""
    offsets: Mapping[str, float]
    """By key of the parameter, 0 or more."""

    def ends(self, space: Space, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        """The ends of intervals, moved outward, (2, d).

        Shares of the widths, (d,) each, as they come in. Bounds that are multiples of what was read
        off do not stop them, as that may be wrong; others do.

        Raises:
            InputError: for a parameter that was not measured.
        """
        keys = [each.key for each in space.parameters]
        if unknown := [key for key in keys if key not in self.offsets]:
            raise InputError(f"has no widening of {', '.join(unknown)}", path=_place())
        offsets = np.array([self.offsets[key] for key in keys])
        is_open = np.array([each.is_relative for each in space.parameters])
        ends = np.stack([low - offsets, high + offsets])
        moved: np.ndarray = np.where(is_open, ends, np.clip(ends, 0.0, 1.0))
        return moved


def misses_of(low: np.ndarray, high: np.ndarray, true: np.ndarray) -> np.ndarray:
    """How far true values lie outside intervals, below 0 if inside; any shape, all the same."""
    found: np.ndarray = np.maximum(low - true, true - high)
    return found


def widening_of(misses: np.ndarray) -> np.ndarray:
    """How far intervals must move to hold as often as they say, (d,), 0 or more.

    Args:
        misses: on days that the correction is measured on, (n, d).

    Raises:
        ValueError: for fewer than nine days.
    """
    days = len(misses)
    if days < LEAST_DAYS:
        raise ValueError(f"{days} days are too few: {LEAST_DAYS} are the least")
    # The day that is asked about is one more of them: of n + 1 so many are to be held.
    rank = math.ceil((days + 1) * LEVEL - 1e-9)
    found: np.ndarray = np.maximum(np.sort(misses, axis=0)[rank - 1], 0.0)
    return found


@cache
def shipped_widening() -> Widening:
    """That which ships with the program (docs/realism.md says how it was measured).

    Raises:
        InputError: if its file is damaged.
    """
    file = _place()
    try:
        values = read_json_object(file)
        return Widening(
            days=int(values["days"]),
            seconds=float(values["seconds"]),
            draws=int(values["draws"]),
            made_like=str(values["made_like"]),
            offsets={str(key): float(value) for key, value in values["offsets"].items()},
        )
    except (AttributeError, KeyError, TypeError, ValueError, JsonError) as error:
        raise InputError(
            f"is damaged ({error})", path=file, remedy="install the program again"
        ) from error


def _place() -> Path:
    return paths.resource_dir() / _FILE
