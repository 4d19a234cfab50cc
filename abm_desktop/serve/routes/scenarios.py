"""Scenarios: which there are, what is in them, whether one is right, and keeping one."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from abm_desktop import paths
from abm_desktop.scenario import (
    Scenario,
    ScenarioError,
    bundled_scenarios,
    load_scenario,
    save_scenario,
    warnings_of,
)
from abm_desktop.scenario.reading import checked, load_text
from abm_desktop.serve.names_only import check_scenario
from abm_desktop.serve.problems import FieldProblem, ProblemError, of_error
from abm_desktop.serve.routes.common import named_scenario
from abm_desktop.serve.session import own_file

router = APIRouter(prefix="/scenarios", tags=["scenarios"])


class ScenarioEntry(BaseModel):
    """A scenario that can be named."""

    name: str
    """Its file's name without ``.toml``: what routes take."""
    title: str
    description: str
    is_own: bool
    """In the data folder, not shipped."""
    problem: str | None = None
    """What is wrong with it, if it cannot be read."""


class ScenarioText(BaseModel):
    """A scenario to look at: as the text of a file, or as values."""

    toml: str | None = None
    values: dict[str, Any] | None = None


class ScenarioVerdict(BaseModel):
    """What a look at a scenario found."""

    is_valid: bool
    problems: list[FieldProblem]
    """All that is wrong, with line (for a text), key and remedy."""
    warnings: list[str]
    """What is allowed, but will hardly work as a market."""


def _entries() -> list[ScenarioEntry]:
    own = paths.user_scenario_dir()
    found = []
    for file in bundled_scenarios():
        entry = ScenarioEntry(
            name=file.stem, title=file.stem, description="", is_own=file.parent == own
        )
        try:
            scenario = load_scenario(file)
        except ScenarioError as error:
            entry.problem = str(error)
        else:
            entry.title, entry.description = scenario.name, scenario.description
        found.append(entry)
    return found


@router.get("")
async def list_scenarios() -> list[ScenarioEntry]:
    """The shipped scenarios, then the user's own."""
    return await asyncio.to_thread(_entries)


@router.get("/{name}")
async def read_scenario(name: str) -> Scenario:
    """All values of a scenario."""
    return await asyncio.to_thread(named_scenario, name)


def _read(given: ScenarioText) -> Scenario:
    if (given.toml is None) == (given.values is None):
        raise ProblemError(
            422, "invalid", "Give either toml or values.", key="toml",
            remedy="toml is the text of a scenario file, values its keys as JSON",
        )  # fmt: skip
    if given.toml is not None:
        return load_text(given.toml, Scenario)
    scenario: Scenario = checked(Scenario, given.values)
    return scenario


@router.post("/validate")
async def validate_scenario(given: ScenarioText) -> ScenarioVerdict:
    """Everything that is wrong with a scenario, at once."""
    try:
        scenario = await asyncio.to_thread(_read, given)
    except ScenarioError as error:
        return ScenarioVerdict(
            is_valid=False, problems=of_error(error).problem.problems, warnings=[]
        )
    return ScenarioVerdict(
        is_valid=True, problems=[], warnings=[str(w) for w in warnings_of(scenario)]
    )


class Saved(BaseModel):
    """Where something was kept."""

    name: str


@router.put("/{name}")
async def save(name: str, given: ScenarioText) -> Saved:
    """Keep a scenario in the data folder; one of that name is replaced, a shipped one never."""
    file = own_file(paths.user_scenario_dir(), name, ".toml")
    if (paths.scenario_dir() / file.name).exists():
        raise ProblemError(
            409, "taken", f"{file.stem!r} is a shipped scenario.", key="name",
            remedy="choose another name",
        )  # fmt: skip
    scenario = check_scenario(await asyncio.to_thread(_read, given))
    file.parent.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread(save_scenario, scenario, file)
    return Saved(name=file.stem)
