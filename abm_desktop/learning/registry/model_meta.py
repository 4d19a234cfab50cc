"""``meta.json`` of a model: read with bounds, so that every list and view may rely on its values.

The files come from strangers too. What this version does not know of stays in them; what it knows
has the type and the range that the program itself writes, or the model is told to be damaged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from abm_desktop.inputs import InputError, one_of, real, shown, whole
from abm_desktop.market.roles import DEFAULT_ROLE, find_role, role_names, roles
from abm_desktop.model_folders import LONGEST_NAME, NO_LETTERS, is_name
from abm_desktop.plain_json import check_plain, read_json
from abm_desktop.whole_files import TakenError

__all__ = [
    "LONGEST_NAME", "ModelError", "NameTakenError", "check_meta", "check_name", "fit_name",
    "read_meta",
]  # fmt: skip

_CHECKPOINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
TAG = re.compile(r"[^\s,]{1,40}")

_LARGE, _COUNT = 1e30, 10**15
_MANY = 512

Check = Callable[[Any, str], object]


class ModelError(InputError):
    """A model that is not there, not whole, or may not be called so; the message says which."""


class NameTakenError(ModelError, TakenError):
    """A name that another model has, or that a training holds."""

    cannot_now = True


def check_name(name: str) -> str:
    """``name`` itself, if a model may be called so. Raises :class:`ModelError`."""
    if not is_name(name):
        raise ModelError(
            f"a model cannot be called {shown(name)}: use up to {LONGEST_NAME} letters, digits, "
            "'.', '_' and '-', the first of them none of '.' and '-'"
        )
    return name


def fit_name(stem: str) -> str:
    """``stem`` made fit for the name of a folder."""
    return NO_LETTERS.sub("-", stem).strip("-.")[:LONGEST_NAME] or "model"


def read_meta(file: Path) -> dict[str, Any]:
    """All that a metadata file holds, known or not. Raises :class:`ModelError`."""
    try:
        return _checked(read_json(file))
    except FileNotFoundError as error:
        if file.parent.is_dir():
            raise ModelError(
                f"has no {file.name}", path=file.parent, remedy=_remedy(file)
            ) from error
        raise ModelError(f"there is no model called {file.parent.name!r}") from error
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror or error}", path=file) from error
    except InputError as error:
        told = str(error).removeprefix(f"{file}: ")
        raise ModelError(f"is damaged: {told}", path=file, remedy=_remedy(file)) from error


def _remedy(file: Path) -> str:
    """What to do about a bad metadata file; nothing is lost where the policy is still there."""
    policy = file.with_name("policy.npz")
    if not policy.is_file():
        return "put a sound one there, or delete the folder"
    return (
        "put a sound one there, or take the policy in alone: "
        f"abm-desktop models import {policy} --name NEW-NAME"
    )


def check_meta(values: Any) -> dict[str, Any]:
    """``values`` themselves, if a model may be described so. Raises ``InputError``."""
    check_plain(values)
    return _checked(values)


def _checked(values: Any) -> dict[str, Any]:
    """The same of values that are plain."""
    if not isinstance(values, dict):
        raise InputError("there are no values by name in it")
    for key, (check, needed) in _FIELDS.items():
        if key in values:
            check(values[key], key)
        elif needed:
            raise InputError("is missing", key=key)
    role, plain = find_role(values.get("role", DEFAULT_ROLE)), find_role(DEFAULT_ROLE)
    for key in ("observations", "actions"):
        # Models of before there were roles have none of the three.
        found, wanted = values.get(key, getattr(plain, key)), getattr(role, key)
        if len(found) != len(wanted):
            raise InputError(f"are {len(found)}; a {role.name} trader has {len(wanted)}", key=key)
    return values


def _text(longest: int, pattern: re.Pattern[str] | None = None) -> Check:
    def check(value: Any, key: str) -> None:
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            raise InputError(
                f"must be a text of at most {longest} characters, not {shown(value)}", key=key
            )
        if pattern is not None and value and not pattern.fullmatch(value):
            raise InputError(f"cannot be {shown(value)}", key=key)

    return check


def _name(value: Any, key: str) -> None:
    if value != "" or key == "name":
        check_name(value)


def _time(value: Any, key: str) -> None:
    _text(40)(value, key)
    try:
        year = datetime.fromisoformat(value).year
    except ValueError as error:
        raise InputError(f"must be a time, not {shown(value)}", key=key) from error
    if not 1980 <= year <= 9000:  # others have no local time everywhere
        raise InputError(f"cannot be in the year {year}", key=key)


def _number(value: Any, key: str) -> None:
    real(value, key, -_LARGE, _LARGE)


def _count(value: Any, key: str) -> None:
    whole(value, key, 0, _COUNT)


def _positive_count(value: Any, key: str) -> None:
    whole(value, key, 1, _COUNT)


def _maybe(check: Check) -> Check:
    def maybe(value: Any, key: str) -> None:
        if value is not None:
            check(value, key)

    return maybe


def _truth(value: Any, key: str) -> None:
    if not isinstance(value, bool):
        raise InputError(f"must be true or false, not {shown(value)}", key=key)


def _values(value: Any, key: str) -> None:
    if not isinstance(value, dict):
        raise InputError(f"must be values by name, not {shown(value)}", key=key)


def _several(check: Check, most: int = _MANY) -> Check:
    def several(value: Any, key: str) -> None:
        if not isinstance(value, list | tuple) or len(value) > most:
            raise InputError(f"must be a list of at most {most}, not {shown(value)}", key=key)
        for k, item in enumerate(value):
            check(item, f"{key}[{k}]")

    return several


def _table(needed: Mapping[str, Check], known: Mapping[str, Check]) -> Check:
    """Values by name: all of ``needed``, those of ``known`` that are there, and any others."""

    def check(value: Any, key: str) -> None:
        _values(value, key)
        for name, each in needed.items():
            if name not in value:
                raise InputError("is missing", key=f"{key}.{name}")
            each(value[name], f"{key}.{name}")
        for name, each in known.items():
            if name in value:
                each(value[name], f"{key}.{name}")

    return check


def _role(value: Any, key: str) -> None:
    one_of(value, key, role_names())


_line = _text(2000)
_maybe_number = _maybe(_number)

_RULE = _table(
    {
        "pnl_median": _number,
        "pnl_mean": _number,
        "pnl_sd": _number,
        "drawdown": _number,
        "inventory": _number,
        "traded": _number,
        "shares": _several(_number),
        "accuracy": _maybe_number,
        "p_value": _maybe_number,
    },
    {"position": _maybe_number, "pnl_without_lean": _maybe_number},
)


def _rules(value: Any, key: str) -> None:
    _values(value, key)
    if "agent" not in value or len(value) > _MANY:
        raise InputError("must hold the agent's results", key=key)
    for name, rule in value.items():
        _text(200)(name, key)
        _RULE(rule, f"{key}.{name}")
        for role in roles():
            for measure in role.own_measures:
                _maybe_number(rule.get(measure), f"{key}.{name}.{measure}")


_ONE_EVALUATION = _table(
    {
        "scenario": _text(200),
        "days": _positive_count,
        "hours": _number,
        "accepted": _truth,
        "flags": _several(_line),
        "checks": _several(_table({"name": _line, "detail": _line, "passed": _truth}, {})),
        "rules": _rules,
    },
    {"role": _role, "value_ratio": _maybe_number, "purpose": _text(40), "seed": _count},
)


def _evaluation(value: Any, key: str) -> None:
    _ONE_EVALUATION(value, key)
    rules = value["rules"]
    for rule, measure in find_role(value.get("role", DEFAULT_ROLE)).numbers_told(rules):
        if rule not in rules:
            raise InputError("is missing", key=f"{key}.rules.{rule}")
        _table({measure: _number}, {})(rules[rule], f"{key}.rules.{rule}")


def _evaluations(value: Any, key: str) -> None:
    _evaluation(value, key)
    _several(_evaluation)(value.get("elsewhere", ()), f"{key}.elsewhere")


def _line_or_number(value: Any, key: str) -> None:
    (_line if isinstance(value, str) else _number)(value, key)


_ONE_OUTCOME = _table(
    {
        "stress": _table({"type": _text(80)}, {"magnitude": _maybe(_line_or_number)}),
        "pnl": _number,
        "drawdown": _number,
        "buy_and_hold_drawdown": _number,
        "inventory_mean": _number,
        "shares": _several(_number),
        "price_drop": _number,
        "price_drop_without": _number,
        "recovery_seconds": _maybe_number,
        "recovery_seconds_without": _maybe_number,
        "volatility_amplification": lambda value, key: real(value, key, 0.0, 1e6),
    },
    {"amplification_low": _maybe_number, "amplification_high": _maybe_number},
)


def _outcome(value: Any, key: str) -> None:
    _ONE_OUTCOME(value, key)
    if value.get("amplification_error") is not None:
        # An interval is made of these, on a logarithmic scale.
        real(value["amplification_error"], f"{key}.amplification_error", 0.0, 50.0)
        real(value["volatility_amplification"], f"{key}.volatility_amplification", above=0.0)
        if "runs" not in value:
            raise InputError("is missing", key=f"{key}.runs")
        _positive_count(value["runs"], f"{key}.runs")


_stress_test = _table(
    {
        "scenario": _text(200),
        "runs": _positive_count,
        "traders": _positive_count,
        "outcomes": _several(_outcome),
    },
    {},
)

_chosen = _table(
    {"scenario": _text(200), "purpose": _text(40), "seed": _count, "days": _positive_count},
    {"hours": _number, "among": _several(_name), "pnl_mean": _number, "best": _truth},
)
"""On which days the model was chosen among others (``learning.judging.seed_ranges``)."""

_metrics = _table(
    {},
    {
        "action_shares": _several(_number),
        "chosen": _maybe(_chosen),
        "evaluation": _maybe(_evaluations),
        "report": _maybe(_evaluations),
        "stress_test": _maybe(_stress_test),
    },
)

_FIELDS: dict[str, tuple[Check, bool]] = {
    "name": (_name, True),
    "algorithm": (_text(40), True),
    "scenario": (_text(200), True),
    "created": (_time, True),
    "iterations": (_count, True),
    "env_steps": (_count, True),
    "reward_mean": (_maybe_number, True),
    "seed": (lambda value, key: whole(value, key, 0, 2**63 - 1), True),
    "status": (_text(40), True),
    "version": (_text(100), True),
    "checkpoint": (_text(64, _CHECKPOINT), True),
    "config": (_values, False),
    "metrics": (_metrics, False),
    "tags": (_several(_text(40, TAG)), False),
    "parent": (_name, False),
    "role": (_role, False),
    "observations": (_several(_text(100)), False),
    "actions": (_several(_text(100)), False),
    "git": (_text(100), False),
}
"""How each value is checked, and whether it must be there."""
