"""What a run costs on an ordinary machine, told while a design is changed: nothing is timed."""

from __future__ import annotations

from abm_desktop.experiments.running.cells import OPEN, Plan
from abm_desktop.scenario.cost import costs_of

__all__ = ["usual_seconds"]

# Seconds of one core, from what was timed of three shipped experiments: a run for its copy and its
# measures, what a simulated second takes of that which the scenario takes at its busiest, and what
# RL traders add to it if they take all of the volume.
_EACH, _OF_BUSIEST, _WITH_TRADERS = 0.08, 0.1, 2.1e-4


def usual_seconds(plan: Plan) -> float:
    """Seconds of a core that a run takes, with its part of the warm-up.

    Within a third or so for policies that do not learn meanwhile, on a machine like that of
    docs/experiments.md: enough to tell minutes from hours.
    """
    design = plan.design
    shock = design.shock_times()[-1]
    second = _OF_BUSIEST * sum(costs_of(plan.scenario).values())
    seconds = design.seeds * len(plan.variants) * shock * second
    for c in plan.cells:
        simulated = design.after + (shock if c.start == OPEN else design.burn_in)
        traders = _WITH_TRADERS * c.rl_share if c.policy else 0.0
        each = _EACH + simulated * (second + traders)
        seconds += each * plan.markets_of(c) * design.forks
    return seconds / plan.total
