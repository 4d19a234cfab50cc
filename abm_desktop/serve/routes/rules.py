"""Rules of the venue: which there are, which are on, and changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel

from abm_desktop.live.commands import CallAuction, SetRule
from abm_desktop.market.rules import values_in
from abm_desktop.scenario.interventions import RULES
from abm_desktop.serve.answers import CommandAnswer
from abm_desktop.serve.problems import NotThereError
from abm_desktop.serve.routes.common import Asked, Session

if TYPE_CHECKING:
    from abm_desktop.market.simulator import Simulator

router = APIRouter(prefix="/rules", tags=["rules"])


class RuleState(BaseModel):
    """A rule of the venue."""

    name: str
    description: str
    is_on: bool | None
    """Null if there is no market."""
    values: dict[str, float | bool] | None
    """Its parameters as they are in this market, on or off; null without a simulated market."""
    parameters: dict[str, Any]
    """JSON schema of its values."""


class RuleChange(BaseModel):
    """How a rule shall be."""

    on: bool = True
    values: dict[str, float | bool] = {}
    """Those to change; the others stay."""


class Auction(BaseModel):
    """An auction to call."""

    seconds: float
    """Simulated, until trading resumes."""


@router.get("")
async def list_rules(session: Session) -> list[RuleState]:
    """Every rule, whether it is on, and its values."""
    snapshot = session.live.snapshot
    values: dict[str, dict[str, float | bool]] = {}
    if snapshot is not None and not snapshot.is_replay:
        values = await session.read(_values)
    return [
        RuleState(
            name=name,
            description=(kind.__doc__ or "").strip().split("\n")[0],
            is_on=None if snapshot is None else name in snapshot.interventions,
            values=values.get(name),
            parameters=kind.model_json_schema(),
        )
        for name, kind in RULES.items()
    ]


def _values(simulator: Simulator) -> dict[str, dict[str, float | bool]]:
    """Parameters of every rule."""
    record = simulator.arrays.rules[0]
    return {name: values_in(record, name) for name in RULES}


@router.put("/{name}")
async def set_rule(name: str, given: RuleChange, asked: Asked) -> CommandAnswer:
    """Switch a rule on or off, or change its values."""
    if name not in RULES:
        raise NotThereError("rule", name, "known: " + ", ".join(RULES))
    return await asked.do(SetRule, rule=name, on=given.on, values=given.values)


@router.delete("/{name}")
async def clear_rule(name: str, asked: Asked) -> CommandAnswer:
    """Switch a rule off."""
    return await set_rule(name, RuleChange(on=False), asked)


@router.post("/auction")
async def call_auction(given: Auction, asked: Asked) -> CommandAnswer:
    """Stop continuous trading, and resume with an auction."""
    return await asked.do(CallAuction, seconds=given.seconds)
