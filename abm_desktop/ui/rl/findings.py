"""What an evaluation found at each condition of acceptance, and its signs of degeneracy, in words.

They are made from the numbers of its summary, so that those of earlier versions have them as well.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, get_args

from abm_desktop.market.acceptance import (
    AheadOfRule,
    DayEarns,
    DegeneracySign,
    LotsLeft,
    MeanPosition,
    ShortfallFound,
    SignCode,
    SurelyBetter,
)
from abm_desktop.statements import Statement
from abm_desktop.ui.words import words

__all__ = ["check_words", "flag_words", "found_at"]

_SIGNIFICANT, _MOST_LOTS, _MOST_LEFT = 0.01, 20.0, 0.01


def found_at(check: Mapping[str, Any], evaluation: Mapping[str, Any]) -> Statement | None:
    """What was found at a condition; None for one that this version does not know."""
    rules, name = evaluation["rules"], check["name"]
    agent = rules["agent"]
    if name == "median day":
        return DayEarns(_number(agent, "pnl_median"))
    if name == "position":
        return MeanPosition(_number(agent, "inventory"), _MOST_LOTS)
    if name == "finishes":
        return LotsLeft(_number(agent, "unfinished"), _MOST_LEFT)
    for rule, values in rules.items():
        if name != f"against {rule}":
            continue
        p = _number(values, "p_value")
        if rule == "random":
            return SurelyBetter(p, _SIGNIFICANT)
        if "shortfall_bp" in agent:
            cost, schedule = (_number(each, "shortfall_bp") for each in (agent, values))
            return ShortfallFound(cost, schedule, p, _SIGNIFICANT)
        ahead = _number(agent, "pnl_mean") - _number(values, "pnl_mean")
        return AheadOfRule(ahead, p)
    return None


def check_words(check: Mapping[str, Any], evaluation: Mapping[str, Any]) -> str:
    """What was found at a condition, in the language of the window."""
    found = found_at(check, evaluation)
    return words(found) if found is not None else str(check["detail"])


def flag_words(flag: str, evaluation: Mapping[str, Any]) -> str:
    """A sign of degeneracy in the language of the window, if it is one that may be told of it."""
    sign = next((sign for sign in _signs(evaluation) if str(sign) == flag), None)
    return words(replace(sign, name=sign.name)) if sign is not None else flag


def _signs(evaluation: Mapping[str, Any]) -> Iterator[DegeneracySign]:
    """Every sign that can be told of this evaluation."""
    rules = evaluation["rules"]
    share = max(rules["agent"].get("shares") or [0.0])
    for code in get_args(SignCode):
        if code != "like_rule":
            yield DegeneracySign(code, share)
    for rule in rules:
        yield DegeneracySign("like_rule", name=rule)


def _number(values: Mapping[str, Any], key: str) -> float:
    value = values.get(key)
    return math.nan if value is None else float(value)
