"""The check of stylised facts of a cell: its traders in whole sessions without stress."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from abm_desktop.experiments.running.cells import (
    CALM,
    FORK,
    ROOM_ONLY,
    TRAINED,
    ZERO_SIZE,
    Cell,
    Plan,
)
from abm_desktop.experiments.running.market_runs import Sizings, treat_traders
from abm_desktop.metrics.stylized_facts.sessions import simulate_session
from abm_desktop.metrics.stylized_facts.suite import measure

__all__ = ["check_facts", "checks"]

FACTS_SEED = 870_000_000
"""Seed of the first session; no market of an experiment has one of these."""
_NO_TRADERS = (ZERO_SIZE, ROOM_ONLY)


def checks(plan: Plan) -> dict[str, list[Cell]]:
    """By name of the check: its cells, one a policy; one check an algorithm, share and rule.

    Traders that learn are left out, since in the course of a session they become others; so are
    those of zero size, whose market is the control's, and room for nobody. The stress does not
    matter but for the number of traders: that of the first one, calm if the design has it.
    """
    found: dict[str, dict[str, Cell]] = {}
    for cell in plan.cells:
        same = cell.arm in _NO_TRADERS or cell.copy > 0  # as another check's market
        if cell.mode == "frozen" and not same and cell.start == FORK:
            who = cell.algorithm if cell.arm == TRAINED else ""
            name = replace(cell, stress=CALM, policy=who).key
            found.setdefault(name, {}).setdefault(cell.policy, cell)
    return {name: list(cells.values()) for name, cells in found.items()}


def check_facts(plan: Plan, cells: list[Cell], sizings: Sizings) -> list[dict[str, Any]]:
    """Rows of the check as they are shown, from sessions in which the traders are from the open on.

    The cells, which differ in nothing but the policy, take turns. The seeds are the same for every
    check. Facts of single messages are left out: to record these takes as long as all the rest.
    """
    sessions = []
    for k in range(plan.design.facts):
        begin = partial(treat_traders, cell=cells[k % len(cells)], plan=plan, sizings=sizings)
        seed = FACTS_SEED + k
        scenario = plan.variants[cells[0].variant]
        sessions.append(simulate_session(scenario, seed, messages=False, at_open=begin))
    return [
        {
            "#": fact.number,
            "gate": fact.gate,
            "fact": fact.name,
            "value": fact.value,
            "low": fact.low,
            "high": fact.high,
            "accepted": fact.accept,
            "verdict": fact.verdict,
        }
        for fact in measure(sessions)
    ]
