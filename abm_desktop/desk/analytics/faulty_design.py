"""What can be shown in a form of an experiment's file in which something is wrong.

What is right is taken as it is meant, a fault stays where a field can show it, and what no field
has (an unknown key, a table that is none) is left out and told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from abm_desktop.experiments.design import (
    Design,
    Expected,
    InterventionArm,
    RLFactors,
    TrainRecipe,
    Variant,
)
from abm_desktop.scenario import ScenarioError
from abm_desktop.scenario.errors import Problem
from abm_desktop.scenario.interventions import RULES
from abm_desktop.scenario.quantity import described
from abm_desktop.scenario.reading import checked
from abm_desktop.scenario.stress import STRESS_TYPES
from abm_desktop.scenario.toml_lines import key_places, nearest_place

__all__ = ["salvaged"]

Place = tuple[str | int, ...]
_TOKEN = re.compile(r"[^.\[\]]+")
_MOST_ROUNDS = 40
_TABLES = ("stress", "intervention", "expected", "train", "vary")
"""Lists of tables."""
_LISTS: tuple[Place, ...] = tuple((name,) for name in _TABLES)


def salvaged(
    values: dict[str, Any], unread: Sequence[Problem] = (), text: str = ""
) -> tuple[dict[str, Any], tuple[str, ...]] | None:
    """The complete values of a design, with what is wrong in them, and what was left out.

    Args:
        values: of the file.
        unread: lines of it that could not be read.
        text: of the file, for the numbers of its lines.

    Returns:
        Values, and a sentence each; None if nothing of it can be used.

    >>> values, told = salvaged({"name": "mine", "seeds": -3, "sedes": 5, "lead": "2min"})
    >>> values["seeds"], values["lead"]
    (-3, 120.0)
    >>> told[0].partition(";")[0]
    'sedes is not a known key'
    """
    rest = _Salvage(deepcopy(values), key_places(text), left_out=list(unread))
    for _ in range(_MOST_ROUNDS):
        try:
            design = checked(Design, rest.values)
        except ScenarioError as error:
            if not rest.take_out(error.problems):
                return None
            continue
        found = design.model_dump()
        for place, (value, _problem) in rest.held.items():
            _put(found, place, value)
        told = sorted(rest.left_out, key=lambda problem: problem.line or 0)
        return found, tuple(_sentence(problem) for problem in told)
    return None


@dataclass
class _Salvage:
    """What is left of the values when everything that is wrong is taken out of them."""

    values: dict[str, Any]
    places: dict[Place, tuple[int, int]]
    """Line and column of each key of the file."""
    left_out: list[Problem]
    held: dict[Place, tuple[Any, Problem]] = field(default_factory=dict)
    """What is wrong, for the field at its place."""
    dropped: dict[str, list[int]] = field(default_factory=dict)
    """Numbers, in the file, of tables that are left out."""

    def take_out(self, problems: Sequence[Problem]) -> bool:
        """Take out what these are about; returns whether anything could be."""
        done = False
        for problem in problems:
            place = _place(problem.key or "")
            while len(place) > 1 and isinstance(place[-1], int) and place[:-1] not in _LISTS:
                place = place[:-1]  # an entry of a list, which is one field
            holder = _at(self.values, place[:-1]) if place else None
            is_kind = place[:1] == ("stress",) and place[2:] == ("type",)
            if isinstance(holder, dict) and place[-1] in holder and not is_kind:
                value = holder.pop(place[-1])
                if _has_field(self.values, place, value):
                    self.held[place] = value, problem
                else:
                    self._leave_out(problem, place)
                done = True
            elif len(place) > 1 and place[0] in _TABLES and isinstance(place[1], int):
                self._leave_out(problem, place)
                self._drop_table(str(place[0]), place[1])
                return True  # the numbers of those behind it are others now
        return done

    def _drop_table(self, name: str, number: int) -> None:
        del self.values[name][number]
        self.dropped.setdefault(name, []).append(self._number(name, number))
        held, self.held = self.held, {}
        for place, (value, problem) in held.items():
            if place[:2] == (name, number):
                self._leave_out(problem, place)
            elif place[0] == name and isinstance(place[1], int) and place[1] > number:
                self.held[(name, place[1] - 1, *place[2:])] = value, problem
            else:
                self.held[place] = value, problem

    def _leave_out(self, problem: Problem, place: Place) -> None:
        """Tell of something that is left out, by its place in the file."""
        key = problem.key or ""
        if len(place) > 1 and isinstance(place[1], int):
            number = self._number(str(place[0]), place[1])
            key = key.replace(f"[{place[1]}]", f"[{number}]", 1)
            place = (place[0], number, *place[2:])
        line, _column = nearest_place(self.places, place)
        self.left_out.append(replace(problem, key=key, line=line))

    def _number(self, name: str, number: int) -> int:
        """The number in the file of a table that is left."""
        for gone in sorted(self.dropped.get(name, ())):
            number += gone <= number
        return number


def _has_field(values: dict[str, Any], place: Place, value: Any) -> bool:
    """Whether the form has a field at a place that can hold this."""
    model: type[BaseModel] | None
    match place:
        case (str(),):
            model = Design
        case ("rl", str()):
            model = RLFactors
        case ("stress", int(), str()):
            model = STRESS_TYPES.get(str(_at(values, (*place[:2], "type"))))
        case ("intervention", int(), "name"):
            model = InterventionArm
        case ("intervention", int(), str(rule), str()):
            model = RULES.get(rule)
        case ("expected", int(), str()):
            model = Expected
        case ("train", int(), str()):
            model = TrainRecipe
        case ("vary", int(), str()):
            model = Variant
        case _:
            model = None
    name = str(place[-1])
    known = {} if model is None else described(model)
    if name not in known or name in (*_TABLES, "type") or isinstance(value, dict):
        return False
    return isinstance(value, list) == (known[name].kind == "list")


def _at(values: Any, place: Place) -> Any:
    """What stands at a place; None if nothing does."""
    for part in place:
        if isinstance(values, dict):
            values = values.get(part)
        elif isinstance(values, list) and isinstance(part, int) and part < len(values):
            values = values[part]
        else:
            return None
    return values


def _put(values: Any, place: Place, value: Any) -> None:
    for part in place[:-1]:
        values = values[part]
    values[place[-1]] = value


def _place(key: str) -> Place:
    """``("stress", 0, "at")`` for ``stress[0].at``."""
    return tuple(int(t) if t.isdecimal() else t for t in _TOKEN.findall(key))


def _sentence(problem: Problem) -> str:
    where = f"line {problem.line}: " if problem.line else ""
    return f"{where}{problem.key or 'the file'} {problem.message}; {problem.remedy}"
