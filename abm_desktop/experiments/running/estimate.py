"""What an experiment will cost, from a few of its runs that are made and timed."""

from __future__ import annotations

import time
from dataclasses import dataclass

from abm_desktop.experiments.running.cells import CONTROL, FORK, OPEN, Cell, Plan
from abm_desktop.experiments.running.market_runs import Sizings, run_market
from abm_desktop.experiments.running.pilot import Sizing
from abm_desktop.market.simulator import Simulator

__all__ = ["Estimate", "estimate"]

TRADERS_FOR_ALL = 300
"""RL traders that a share of 1 would take, about; what a decision costs is what matters here."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Processor seconds of one core."""

    warm_up: float
    """To bring one market to its last fork."""
    run: float
    """Mean of a run."""
    total: float
    """All runs of all markets, without the pilot and the report."""

    def minutes(self, workers: int) -> float:
        """Wall time on so many idle cores."""
        return self.total / max(workers, 1) / 60.0


def estimate(plan: Plan) -> Estimate:
    """Time a market's warm-up, a control and the most expensive kind of run of each stress."""
    shock = plan.design.shock_times()[-1]
    Simulator(plan.scenario, 1).run(1.0)  # loads or compiles the market
    began = time.process_time()
    trunk = Simulator(plan.scenario, 1)
    trunk.warm_up()
    trunk.run_until(shock - plan.design.burn_in)
    warm_up = time.process_time() - began
    rules = next(iter(plan.interventions))
    by_stress: dict[str, tuple[float, float]] = {}
    for stress in plan.stresses:
        cells = [
            c
            for c in plan.cells
            if c.stress == stress and c.intervention == rules and c.start == FORK
        ]
        control = next((c for c in cells if c.arm == CONTROL), cells[0])
        dear = max(cells, key=lambda c: (bool(c.policy), c.rl_share))
        sizings: Sizings = {
            (c.policy, c.displaces, plan.pilot_stress(c), c.rl_share): Sizing(
                max(1, round(TRADERS_FOR_ALL * c.rl_share)), 2, 40, 1.0 - c.rl_share, 0.0
            )
            for c in (control, dear)
        }
        usual, most = _timed(plan, [(0, control), (0, dear)], sizings)
        slope = (most - usual) / dear.rl_share if dear.rl_share else 0.0
        by_stress[stress] = (usual, max(slope, 0.0))
    design = plan.design
    # From the open on there is more to simulate: the time before the copies are made.
    longer = (shock + design.after) / (design.burn_in + design.after)
    seconds = 0.0
    for c in plan.cells:
        usual, slope = by_stress[c.stress]
        each = (usual + slope * (c.rl_share if c.policy else 0.0)) * (
            longer if c.start == OPEN else 1.0
        )
        seconds += each * plan.markets_of(c) * design.forks
    return Estimate(
        warm_up, seconds / plan.total, design.seeds * len(plan.variants) * warm_up + seconds
    )


def _timed(plan: Plan, wanted: list[tuple[int, Cell]], sizings: Sizings) -> list[float]:
    """Processor time of each run; other programs do not count."""
    runs = run_market(plan, 1, wanted, sizings)
    next(runs)  # the first also warms the market up, and loads what is loaded late
    seconds = []
    for again in (wanted[:1], wanted[1:]):
        runs = run_market(plan, 1, [(0, again[0][1]), *again], sizings)
        next(runs)
        began = time.process_time()
        next(runs)
        seconds.append(time.process_time() - began)
    return seconds
