"""The check of stylised facts of a cell: its traders in whole sessions without stress."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from abm_desktop.experiments.cells import CALM, ZERO_SIZE, Cell, Plan
from abm_desktop.experiments.market_runs import Sizings, treat_traders
from abm_desktop.market.simulator import Simulator
from abm_desktop.metrics.stylized_facts import measure
from abm_desktop.metrics.stylized_facts_sessions import simulate_session

__all__ = ["cells_to_check", "check_facts"]

FACTS_SEED = 870_000_000
"""Seed of the first session; no market of an experiment has one of these."""


def cells_to_check(plan: Plan) -> list[Cell]:
    """One cell for each combination of traders and rules, whatever the stress.

    Traders that learn are left out, since in the course of a session they become others; so are
    those of zero size, whose market is the control's.
    """
    found: dict[str, Cell] = {}
    for cell in plan.cells:
        if cell.mode == "frozen" and cell.arm != ZERO_SIZE:
            found.setdefault(replace(cell, stress=CALM).key, cell)
    return list(found.values())


def check_facts(plan: Plan, cell: Cell, sizings: Sizings) -> list[dict[str, Any]]:
    """Rows of the check as they are shown, from sessions in which the cell's traders are from the
    open on. The seeds are the same for every cell."""

    def begin(market: Simulator) -> None:
        treat_traders(market, cell, plan, sizings)

    sessions = [
        simulate_session(plan.scenario, FACTS_SEED + k, at_open=begin)
        for k in range(plan.design.facts)
    ]
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
