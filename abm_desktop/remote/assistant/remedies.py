"""Remedies of the server in the words of who has nothing but tools."""

from __future__ import annotations

import re

__all__ = ["ROUTES", "as_tools"]

ROUTES = {
    "/scenarios": "list_scenarios",
    "/models": "list_models",
    "/stresses": "snapshot",
    "/jobs": "job_status",
    "/experiments/files": "plan_experiment without a name",
    "/agents": "list_rl_traders",
}
"""Tools by the routes whose answers they tell."""
_KEYS = {
    "Open a scenario first (Ctrl+O), or choose Market, Trade in this recording": (
        "Open a scenario first with open_scenario"
    ),
    "add_policy_traders returns those of the traders it adds": "list_rl_traders tells them",
    "List the experiments of this session.": "Start one with run_experiment.",
    "(Ctrl+O)": "with open_scenario",
    "(Ctrl+R)": "with fork, time 0 and before",
}
"""What a tool does in place of a menu or its keys."""
_ROUTE = re.compile(r"GET /api/v1((?:/[a-z]+)+)")


def as_tools(told: str) -> str:
    """The same sentence with tools in place of routes, keys and menus.

    >>> as_tools("There is no scenario 'x'; list them with GET /api/v1/scenarios")
    "There is no scenario 'x'; list them with list_scenarios"
    >>> as_tools("The session is over; Reset it (Ctrl+R) to play it again.")
    'The session is over; Reset it with fork, time 0 and before to play it again.'
    """
    for keys, tool in _KEYS.items():
        told = told.replace(keys, tool)
    told = re.sub(r" \(Ctrl\+\w+\)", "", told)
    told = _ROUTE.sub(lambda found: ROUTES.get(found[1], "a person's help"), told)
    return told.removesuffix("; see /docs")
