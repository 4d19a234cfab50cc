"""The venue's rules as the window shows them, read from the models of a scenario."""

from __future__ import annotations

import types
import typing
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BeforeValidator

__all__ = ["Parameter", "Rule", "venue_rules"]

TITLES = {"luld": "Limit up, limit down", "order_to_trade_cap": "Order-to-trade cap"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number (or yes / no) of a rule. Shown values are value * ``scale``."""

    key: str
    title: str
    tip: str
    default: float
    low: float
    high: float
    scale: float = 1.0
    unit: str = ""
    is_flag: bool = False
    above_low: bool = False
    """Whether the least value itself is not allowed."""

    @property
    def decimals(self) -> int:
        """Decimals that the default needs, and one more."""
        text = f"{self.default * self.scale:.6f}".rstrip("0")
        return min(4, len(text.partition(".")[2]) + 1)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that can be switched on."""

    name: str
    title: str
    tip: str
    parameters: tuple[Parameter, ...]


@cache
def venue_rules() -> tuple[Rule, ...]:
    """Return every rule, in the order of the scenario's table ``[interventions]``."""
    from abm_desktop.scenario.interventions import Interventions

    return tuple(
        _rule(name, _model(field.annotation)) for name, field in Interventions.model_fields.items()
    )


def _model(annotation: Any) -> Any:
    """Return the model of an optional field."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return next(a for a in typing.get_args(annotation) if a is not type(None))
    return annotation


def _rule(name: str, model: Any) -> Rule:
    parameters = tuple(
        _parameter(key, field) for key, field in model.model_fields.items() if key != "on"
    )
    title = TITLES.get(name) or name.replace("_", " ").capitalize()
    return Rule(name, title, " ".join((model.__doc__ or "").split()), parameters)


def _parameter(key: str, field: Any) -> Parameter:
    tip = (field.description or "").strip()
    tip = tip[:1].upper() + tip[1:]
    title = key.replace("_", " ").capitalize()
    if field.annotation is bool:
        return Parameter(key, title, tip, float(field.default), 0.0, 1.0, is_flag=True)
    low, high = 0.0, 1e6
    is_time = any(isinstance(entry, BeforeValidator) for entry in field.metadata)
    above_low = any(hasattr(entry, "gt") for entry in field.metadata)
    for entry in field.metadata:
        low = float(getattr(entry, "ge", getattr(entry, "gt", low)))
        high = float(getattr(entry, "le", getattr(entry, "lt", high)))
    scale, unit = (1.0, " s") if is_time else (100.0, " %") if high <= 1.0 else (1.0, "")
    default = float(field.default)
    return Parameter(key, title, tip, default, low, high, scale, unit, above_low=above_low)
