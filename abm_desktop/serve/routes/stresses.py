"""Stresses: the kinds, those that act or wait, and starting and ending one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from abm_desktop.desk.stress_effect import stress_effect
from abm_desktop.live.commands import CancelPlanned, EndStress, Inject
from abm_desktop.scenario.stress import DAILY_SIGMA, STRESS_TYPES, AnyStress, Stress
from abm_desktop.serve.answers import (
    CommandAnswer,
    StressActing,
    StressPlanned,
    known,
)
from abm_desktop.serve.client_commands import timed
from abm_desktop.serve.problems import NotThereError
from abm_desktop.serve.routes.common import Asked, Session

router = APIRouter(prefix="/stresses", tags=["stresses"])


class StressDescription(BaseModel):
    """A kind of stress."""

    name: str
    description: str
    parameters: dict[str, Any]
    """JSON schema of its keys: bounds, defaults, units. The magnitude of a move of the price has
    ``bounds_by_unit`` besides."""


class Effect(BaseModel):
    """What a stress has done so far; null if the samples do not tell."""

    drawdown: float | None
    """Largest move of the mid away from where it was, as a signed share."""
    spread: float | None
    """Mean spread since, as a multiple of the minute before."""
    depth: float | None
    """Mean depth within five levels since, as a share of the minute before."""
    recovered: float | None
    """Share of the largest move that is made good by now."""
    recovery_time: float | None
    """Seconds from the largest move until nine tenths of it were made good."""


class StressWithEffect(StressActing):
    """A stress that acts now, and what it has done."""

    effect: Effect


class StressesNow(BaseModel):
    """The stresses of the market."""

    acting: list[StressWithEffect]
    planned: list[StressPlanned]


class NewStress(BaseModel):
    """A stress to start."""

    stress: Stress
    at: float | None = None
    """Simulated seconds since the open; null is the stress's own ``at``, or now if that is 0."""


@router.get("/kinds")
async def stress_kinds() -> list[StressDescription]:
    """Every kind of stress, with its parameters."""
    return [
        StressDescription(
            name=name,
            description=(kind.__doc__ or "").strip().split("\n")[0],
            parameters=_parameters(kind),
        )
        for name, kind in STRESS_TYPES.items()
    ]


def _parameters(kind: type[AnyStress]) -> dict[str, Any]:
    """The schema of a kind; for a move of the price with the bounds that its unit sets."""
    schema: dict[str, Any] = kind.model_json_schema()
    low, high = getattr(kind, "lowest", None), getattr(kind, "highest", None)
    if low is not None and high is not None:
        without = ", not 0" if low < 0.0 else ""
        schema["properties"]["magnitude"]["bounds_by_unit"] = {
            "fraction": f"more than {low:g}, less than {high:g}{without}",
            "daily_sigma": f"times daily_sigma more than {low:g}, less than {high:g}{without}: "
            f"at {DAILY_SIGMA:g} more than {low / DAILY_SIGMA:.4g}, less than "
            f"{high / DAILY_SIGMA:.4g}",
        }
    return schema


@router.get("")
async def list_stresses(session: Session) -> StressesNow:
    """Those that act, with their effect so far, and those that wait for their time."""
    snapshot = session.snapshot()
    acting = []
    for each in snapshot.stresses:
        found = asdict(stress_effect(snapshot.history, each.start, snapshot.time))
        effect = Effect(**{name: known(value) for name, value in found.items()})
        acting.append(StressWithEffect(**asdict(each), effect=effect))
    planned = [StressPlanned.model_validate(x, from_attributes=True) for x in snapshot.planned]
    return StressesNow(acting=acting, planned=planned)


@router.post("", status_code=201)
async def inject(given: NewStress, asked: Asked) -> CommandAnswer:
    """Start a stress, now or at a time."""
    return await asked.carry_out(timed(Inject(stress=given.stress, at=given.at)))


@router.delete("/planned/{number}")
async def cancel_planned(number: int, asked: Asked) -> CommandAnswer:
    """Take a stress that waits out of the queue."""
    snapshot = asked.session.snapshot()
    if number not in {each.number for each in snapshot.planned}:
        raise NotThereError("planned stress", number, "list them with GET /api/v1/stresses")
    return await asked.do(CancelPlanned, number=number)


@router.delete("/acting/{kind}")
async def end_stress(kind: str, asked: Asked) -> CommandAnswer:
    """End the stress of a kind that acts now; of several, the one that began first."""
    for each in asked.session.snapshot().stresses:
        if each.kind == kind:
            return await asked.do(EndStress, kind=kind, start=each.start)
    raise NotThereError("acting stress", kind, "list them with GET /api/v1/stresses")
