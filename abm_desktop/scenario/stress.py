"""Stress events: what is done to the market, when, and how hard."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from .base import Model
from .durations import Duration
from .errors import ScenarioError
from .explain import problems_of
from .traders import Share

At = Annotated[Duration, Field(ge=0.0)]
Length = Annotated[Duration, Field(gt=0.0)]


class FlashCrash(Model):
    """A price-insensitive sell programme meets fading buyers and cautious market makers."""

    type: Literal["flash_crash"] = "flash_crash"
    at: At = Field(0.0, description="start, time since the open")
    magnitude: Annotated[float, Field(gt=0.0, lt=1.0)] = Field(
        0.05, description="price drop aimed at, as a fraction (0.05 is 5 %)"
    )
    duration: Length = Field(900.0, description="how long buyers and makers hold back")
    participation: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        0.30, description="share of the traded volume that the sell programme makes up"
    )
    depth_share: Annotated[float, Field(gt=0.0)] = Field(
        0.35, description="largest child order, as a share of the bid depth over five levels"
    )
    buyer_fade: Share = Field(
        0.1, description="factor on the buying of fundamental traders meanwhile"
    )
    maker_max_inventory: Annotated[int, Field(ge=1)] = Field(
        80, description="inventory limit of the market makers meanwhile, lots"
    )
    momentum_max_inventory: Annotated[int, Field(ge=1)] = Field(
        200, description="position limit of the momentum traders meanwhile, lots"
    )


class VolatilitySpike(Model):
    """The fundamental value moves faster for a while."""

    type: Literal["volatility_spike"] = "volatility_spike"
    at: At = Field(0.0, description="start, time since the open")
    magnitude: Annotated[float, Field(ge=1.0, le=100.0)] = Field(
        3.0, description="factor on the volatility of the fundamental value"
    )
    duration: Length = Field(600.0, description="how long it lasts")


class LiquidityShock(Model):
    """Market makers cancel their quotes and stay away."""

    type: Literal["liquidity_shock"] = "liquidity_shock"
    at: At = Field(0.0, description="start, time since the open")
    magnitude: Annotated[float, Field(gt=0.0, le=1.0)] = Field(
        1.0, description="share of the market makers that withdraw"
    )
    duration: Length = Field(120.0, description="how long they stay away")


Stress = Annotated[FlashCrash | VolatilitySpike | LiquidityShock, Field(discriminator="type")]
"""Any stress event; the key ``type`` says which."""

STRESS_TYPES: dict[str, type[FlashCrash | VolatilitySpike | LiquidityShock]] = {
    "flash_crash": FlashCrash,
    "volatility_spike": VolatilitySpike,
    "liquidity_shock": LiquidityShock,
}

_ADAPTER: TypeAdapter[FlashCrash | VolatilitySpike | LiquidityShock] = TypeAdapter(Stress)


def stress_from_dict(
    values: Mapping[str, Any],
) -> FlashCrash | VolatilitySpike | LiquidityShock:
    """Build a stress event from e.g. ``{"type": "flash_crash", "magnitude": 0.1}``.

    Raises :class:`ScenarioError` that names every wrong key.
    """
    try:
        return _ADAPTER.validate_python(dict(values))
    except ValidationError as error:
        raise ScenarioError(None, [problem for _, problem in problems_of(error, Stress)]) from None
