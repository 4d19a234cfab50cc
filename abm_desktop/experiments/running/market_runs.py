"""One market of an experiment: warmed up once, copied before each shock, run once for each cell.

Cells that begin at the open, a check without matched copies, are run from there on their own.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from abm_desktop.experiments.running.cells import (
    CONTROL,
    OPEN,
    ROOM_ONLY,
    RULE_CLONES,
    ZERO_SIZE,
    Cell,
    Plan,
    displaced_classes,
)
from abm_desktop.experiments.running.doses import volumes
from abm_desktop.experiments.running.pilot import Sizing
from abm_desktop.experiments.running.substitution import add_traders, make_room
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import RL
from abm_desktop.metrics.measures import measure
from abm_desktop.metrics.series import shock_series
from abm_desktop.scenario import Scenario

__all__ = ["Run", "Sizings", "learning_arm", "run_market", "treat_traders"]

Sizings = Mapping[tuple[str, str, str, float], Sizing]
"""By population, displaced classes, stress of the pilot markets, and share."""

LEARNING_RATE = 3e-4
"""Of traders that go on learning, times the cell's multiple."""
UPDATE_EVERY = 300.0
"""Simulated seconds between two updates of what they know."""
PATH_STEP = 10.0
PATH_BEFORE = 300.0
"""Seconds between the points of a kept path, and how long before the shock it begins."""


@dataclass(frozen=True, slots=True)
class Run:
    """One cell, run from one fork of one market."""

    cell: str
    """Key of the cell."""
    seed: int
    fork: int
    values: dict[str, float]
    """Measures, by name."""
    path: dict[str, list[float]] | None
    """Price, spread, depth and inventories around the shock, if they are kept."""
    seconds: float
    """Wall time it took, the warm-up not counted."""
    alarms: tuple[str, ...] = ()
    """What the market refused, in words."""


def run_market(
    plan: Plan, seed: int, wanted: Sequence[tuple[int, Cell]], sizings: Sizings
) -> Iterator[Run]:
    """Yield one :class:`Run` for each (fork, cell) of ``wanted``, as soon as it is there.

    Markets of one seed with other parameters come one after the other, forks of each in order of
    time. What a run gives does not depend on which others are wanted.
    """
    for variant, scenario in plan.variants.items():
        mine = [(fork, cell) for fork, cell in wanted if cell.variant == variant]
        if mine:
            yield from _runs_of(plan, scenario, seed, mine, sizings)


def _runs_of(
    plan: Plan,
    scenario: Scenario,
    seed: int,
    wanted: Sequence[tuple[int, Cell]],
    sizings: Sizings,
) -> Iterator[Run]:
    """The runs of one market."""
    design = plan.design
    trunk = Simulator(scenario, seed)
    trunk.warm_up()
    # The warm-up belongs to no window, and every copy would carry it along.
    trunk.tape.clear_rows()
    kept = seed < design.first_seed + design.paths
    at_open = trunk.fork() if any(cell.start == OPEN for _, cell in wanted) else trunk
    for fork, shock in enumerate(design.shock_times()):
        cells = [cell for number, cell in wanted if number == fork]
        if not cells:
            continue
        trunk.run_until(shock - design.burn_in)
        for cell in cells:
            began = time.perf_counter()
            market = (at_open if cell.start == OPEN else trunk).fork(luck=cell.copy)
            decided = int(_decisions(market))
            stress = plan.stresses[cell.stress]
            if stress is not None:
                market.inject(stress, at=shock)
            sizing = treat_traders(market, cell, plan, sizings)
            traders = sizing.count if sizing is not None else 0
            if cell.mode == "learning":
                _learn(market, cell, plan, sizing, shock)
            market.run_until(shock + design.after)
            of = scenario.market
            values = measure(
                market.tape,
                shock=shock,
                warm_up=of.warm_up,
                tick=of.tick_size,
                lot=of.lot,
                calm=(-design.lead, -design.burn_in),
                stress=(0.0, design.stress_window),
                recovery=design.after,
                average_daily_volume=of.average_daily_volume,
                traders=traders or None,
                decisions=int(_decisions(market)) - decided if traders else None,
                max_inventory=sizing.max_inventory if sizing is not None else 40,
            )
            traded = volumes(market, shock, shock + design.stress_window)
            counted = plan.dose.lots(traded)
            values["rl_share_reached"] = plan.dose.share(traded)
            values["dose_lots"] = float(counted.sum())
            values["rl_dose_lots"] = float(counted[RL])
            values["remaining_drop_pct"] = _remaining_drop(market, shock)
            values["rl_share_pilot"] = sizing.reached if sizing is not None else float("nan")
            values["rl_count"] = float(traders)
            pictured = kept and cell.start != OPEN and not cell.copy
            values["rl_size"] = float(sizing.size) if sizing is not None else 0.0
            yield Run(
                cell.key,
                seed,
                fork,
                values,
                _path(market, shock, plan) if pictured else None,
                time.perf_counter() - began,
                tuple(str(alarm) for alarm in market.alarms),
            )


def treat_traders(market: Simulator, cell: Cell, plan: Plan, sizings: Sizings) -> Sizing | None:
    """Switch on the cell's rules, and let in its traders, from now on; the stress is not its part.

    Returns how many RL traders there are to be. Those that learn do not join here.
    """
    for name, (on, values) in plan.interventions[cell.intervention].items():
        market.set_intervention(name, on, **values)
    if cell.arm == CONTROL:
        return None
    displaced = displaced_classes(cell)
    if cell.arm == RULE_CLONES:
        market.add_clones(displaced, cell.rl_share)
        return None
    if cell.arm == ROOM_ONLY:
        make_room(market, displaced, _room_factor(cell, plan, sizings))
        return None
    policies = plan.populations[cell.policy].policies
    sizing = sizings[cell.policy, cell.displaces, plan.pilot_stress(cell), cell.rl_share]
    if cell.arm == ZERO_SIZE:
        add_traders(market, policies, sizing.count, 0, sizing.max_inventory)
        return sizing
    make_room(market, displaced, sizing.factor)
    if cell.mode != "learning":
        add_traders(market, policies, sizing.count, sizing.size, sizing.max_inventory)
    return sizing


def _room_factor(cell: Cell, plan: Plan, sizings: Sizings) -> float:
    """The factor on the rates of the displaced classes; that of every population of the share."""
    wanted = (cell.displaces, plan.pilot_stress(cell), cell.rl_share)
    return next(sizing.factor for key, sizing in sizings.items() if key[1:] == wanted)


def _learn(market: Simulator, cell: Cell, plan: Plan, sizing: Sizing | None, shock: float) -> None:
    assert sizing is not None
    (policy,) = plan.populations[cell.policy].policies
    run_learning_arm = learning_arm()
    run_learning_arm(
        market,
        policy,
        sizing.count,
        shock + plan.design.after - market.now,
        seed=market.seed,
        learning_rate=cell.learning_rate * LEARNING_RATE,
        update_every=UPDATE_EVERY,
        # Until then the value function is fitted; not told, it lasts until the shock.
        burn_in=UPDATE_EVERY if plan.design.rl.learn_from == "fork" else None,
        size=sizing.size,
        max_inventory=sizing.max_inventory,
    )


def learning_arm() -> Any:
    """What runs a market whose RL traders go on learning."""
    # Loads torch, which markets without such traders do not need.
    from abm_desktop.experiments.running.adaptive import run_learning_arm

    return run_learning_arm


def _remaining_drop(market: Simulator, shock: float) -> float:
    """Percent by which the price of the last minute differs from that of the minute before the
    shock, both relative to the fundamental value; negative for a drop that lasts."""
    rows = market.tape.samples
    time = rows["time"] / 1e9 - market.scenario.market.warm_up
    gap = np.log(rows["mid"] / rows["value"])
    before, last = gap[(time > shock - 60) & (time <= shock)], gap[time > time[-1] - 60]
    return 100.0 * float(np.median(last) - np.median(before)) if len(before) else float("nan")


def _decisions(market: Simulator) -> int:
    agents = market.agents
    return int(agents["decisions"][agents["kind"] == RL].sum())


def _path(market: Simulator, shock: float, plan: Plan) -> dict[str, list[float]]:
    found = shock_series(
        market.tape,
        shock=shock,
        warm_up=market.scenario.market.warm_up,
        before=PATH_BEFORE,
        after=plan.design.after,
        step=PATH_STEP,
    )
    return {name: np.round(values, 6).tolist() for name, values in found.items()}
