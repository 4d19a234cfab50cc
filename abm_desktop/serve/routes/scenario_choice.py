"""A scenario as a request names it: by its name, or as values; with models by plain names only."""

from __future__ import annotations

from typing import Any

from abm_desktop.scenario import Scenario
from abm_desktop.scenario.reading import checked
from abm_desktop.serve.names_only import check_scenario
from abm_desktop.serve.problems import ProblemError
from abm_desktop.serve.routes.common import named_scenario

__all__ = ["chosen_scenario"]


def chosen_scenario(name: str | None, values: dict[str, Any] | None = None) -> Scenario:
    """The scenario of a name, or of values. Reads files: call it on a thread.

    Raises NotThereError for a name that there is none of, ScenarioError for values that are no
    scenario, and ProblemError if both or neither are given, or a trader follows a file: only models
    of the data folder may be named, no other paths.
    """
    if (name is None) == (values is None):
        raise ProblemError(
            422, "invalid", "Give one of scenario and values.", key="scenario",
            remedy="list scenarios with GET /api/v1/scenarios",
        )  # fmt: skip
    found: Scenario
    if name is not None:
        found = named_scenario(name)
    else:
        found = checked(Scenario, values, key="values")
    return check_scenario(found, "" if values is None else "values")
