"""The power of a plan, stress by stress, from how much trainings and markets have differed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from abm_desktop.experiments.running.cells import CALM, TRAINED, Plan
from abm_desktop.experiments.statistics.experiment_results import FEWEST
from abm_desktop.experiments.statistics.power import PowerRow, Spreads, power_table

__all__ = ["MEASURED", "StressPower", "hardest", "plan_power"]

MEASURED = {
    CALM: Spreads(0.07, 0.18, 0.11),
    "flash_crash": Spreads(0.44, 0.64, 0.86),
    "liquidity_shock": Spreads(0.80, 0.49, 0.66),
    "volatility_spike": Spreads(0.09, 0.20, 0.12),
}
"""Of the log ratio of volatility on a 10-s grid against the control, by kind of stress: mean of
three algorithms with forty trainings each, of eight markets each, in the study of the research
question. Markets are what the algorithms' changes in equal markets have in common."""
OTHERS = Spreads(0.20, 0.30, 0.30)
"""Of a stress that nothing was measured of: rather more than less."""


@dataclass(frozen=True, slots=True)
class StressPower:
    """What the plan can tell under one stress."""

    stress: str
    trainings: int
    """Of the algorithm with the fewest; selected ones do not count if there are enough others."""
    markets: int
    spreads: Spreads
    known: bool
    """Whether the spreads were measured."""
    rows: list[PowerRow]


def plan_power(plan: Plan) -> list[StressPower]:
    """The power of the comparison with the control, by stress; one effect at a time."""
    trained = {cell.policy: cell.algorithm for cell in plan.cells if cell.arm == TRAINED}
    free = {n: a for n, a in trained.items() if not plan.populations[n].selected}
    every, drawn = Counter(trained.values()), Counter(free.values())
    counts = [drawn[a] if drawn[a] >= FEWEST else every[a] for a in every]
    trainings = min(counts, default=1)
    markets = max(plan.design.seeds * plan.design.forks, 2)
    share = plan.design.main_share()
    split = bool(plan.parts) and all(
        cell.key in plan.parts
        for cell in plan.cells
        if cell.arm == TRAINED and (share is None or cell.rl_share == share)
    )
    out = []
    for label, event in plan.stresses.items():
        kind = CALM if event is None else str(event.type)
        spreads = MEASURED.get(kind, OTHERS)
        rows = power_table(spreads, trainings, markets, split=split)
        out.append(StressPower(label, trainings, markets, spreads, kind in MEASURED, rows))
    return out


def hardest(powers: list[StressPower]) -> StressPower:
    """The stress under which the plan tells least."""
    return min(powers, key=lambda told: told.rows[1].power)
