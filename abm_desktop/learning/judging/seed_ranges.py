"""Three ranges of held-out days: to choose among models, to accept one, and to report on it.

A model that was chosen on some days looks better on them than it is, so a verdict on those days is
refused. The ranges share no day with each other or with any training, and which of them a model was
chosen on stands in its metadata, under "chosen" among its metrics.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from abm_desktop.inputs import InputError, shown, whole

__all__ = ["PURPOSES", "VERDICTS", "Purpose", "first_seed", "refuse_days_of_choice"]

Purpose = Literal["choice", "acceptance", "report"]
PURPOSES: tuple[str, ...] = get_args(Purpose)
VERDICTS = ("acceptance", "report")
"""On days of these a policy can be accepted."""

_FIRST = {"acceptance": 900_000_000, "report": 930_000_000, "choice": 960_000_000}
_LENGTH = 30_000_000
"""Of each range, in seeds: one a day."""


def first_seed(purpose: str, seed: int = 0, days: int = 1) -> int:
    """Seed of the first of so many days for a purpose; trainings take theirs from far below.

    Raises :class:`InputError` for an unknown purpose, and for days that leave its range.

    >>> first_seed("acceptance"), first_seed("choice", seed=7)
    (900000000, 960000007)
    """
    if purpose not in _FIRST:
        raise InputError(
            f"must be one of {', '.join(PURPOSES)}, not {shown(purpose)}", key="purpose"
        )
    whole(seed, "seed", 0, _LENGTH - days)
    return _FIRST[purpose] + seed


def refuse_days_of_choice(
    metrics: Mapping[str, Any], scenario: str, purpose: str, seed: int, days: int
) -> None:
    """Raise :class:`InputError` if a model, by its ``metrics``, was chosen on some of these days.

    >>> chosen = {"scenario": "calm", "purpose": "acceptance", "seed": 0, "days": 32}
    >>> refuse_days_of_choice({"chosen": chosen}, "calm", "report", 0, 96)
    >>> refuse_days_of_choice({"chosen": chosen}, "calm", "acceptance", 31, 8)
    Traceback (most recent call last):
    ...
    abm_desktop.inputs.InputError: seed 31 gives days on which the model was chosen; take the \
range "report"
    """
    chosen = metrics.get("chosen")
    if not chosen or chosen["scenario"] != scenario or chosen["purpose"] != purpose:
        return
    first = int(chosen["seed"])
    if first < seed + days and seed < first + int(chosen["days"]):
        other = "report" if purpose != "report" else "acceptance"
        raise InputError(
            f"{seed} gives days on which the model was chosen",
            key="seed",
            remedy=f'take the range "{other}"',
        )
