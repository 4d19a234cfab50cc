"""From stored runs to what the report compares: levels of a treatment against its control."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from abm_desktop.experiments.kinds import TRAININGS, units_of
from abm_desktop.experiments.running.cells import (
    AS_IT_IS,
    CONTROL,
    NO_INTERVENTION,
    OPEN,
    ROOM_ONLY,
    TRAINED,
    Cell,
    Plan,
)
from abm_desktop.experiments.running.facts import checks
from abm_desktop.experiments.running.registration import registration_words
from abm_desktop.experiments.running.store import Store
from abm_desktop.experiments.statistics.experiment_results import (
    FEWEST,
    ExpectedSign,
    ExperimentResults,
)

__all__ = ["collect"]

_LEVELS = {
    "share": ("rl_share", "RL share of {dose}"),
    "intervention": ("intervention", "rule of the venue"),
    "variant": ("variant", "market"),
    "learning_rate": ("learning_rate", "learning rate ×"),
}
"""Column, and name in the report, of what a design compares."""
PATH_COLUMNS = ("time", "price", "value", "spread_ticks", "depth")


def collect(plan: Plan, store: Store) -> ExperimentResults:
    """The finished runs of ``plan`` as results; a plan that is not done gives fewer.

    A cell without RL traders is the control of all kinds of traders under the same stress and the
    same rules. Raises ValueError if the primary measure is not one that runs have.
    """
    design = plan.design
    runs, paths = store.runs(plan.cells, plan.seeds), store.paths(plan.cells, plan.seeds)
    unforked = runs[runs["start"] == OPEN] if len(runs) else runs
    runs = runs.drop(index=unforked.index).reset_index(drop=True)
    chosen, apart = _selected(plan), unforked
    selected = runs[runs["policy"].isin(chosen)] if len(runs) else runs
    runs = runs.drop(index=selected.index).reset_index(drop=True)
    unforked = unforked[~unforked["policy"].isin(chosen)] if len(unforked) else unforked
    level, level_name = _LEVELS[design.level]
    level_name = level_name.format(dose=plan.dose.words)
    orders = {"intervention": tuple(plan.interventions), "variant": tuple(plan.variants)}
    group = ["stress"]
    for other in ("rl_share", "intervention", "variant"):
        if other != level and len({getattr(cell, other) for cell in plan.cells}) > 1:
            group.append(other)
    missing = plan.total - len(runs) - len(selected) - len(apart)
    results = ExperimentResults(
        name=design.name,
        question=design.question or f"What do the treatments of {design.name} do?",
        runs=runs,
        selected=selected if len(selected) else None,
        unforked=unforked if len(unforked) else None,
        facts=_facts(plan, store),
        level=level,
        control=_control(plan),
        group=tuple(group),
        pair=("seed", "fork"),
        primary=design.primary,
        second=design.second,
        registration=registration_words(plan, store),
        file_text=plan.file_text,
        version=store.about("version") or "",
        seeds=f"{plan.seeds[0]} to {plan.seeds[-1]}",
        limits=_limits(plan, store, runs, missing),
        level_name=level_name,
        file_name=Path(store.about("file_name") or "experiment.toml").name,
        hypothesis_level=design.hypothesis,
        hypothesis_groups=design.hypothesis_groups,
        order=orders.get(design.level, ()),
        expected=tuple(ExpectedSign(**given.model_dump()) for given in design.expected),
    )
    further = [results.measure_of(column) for column in (design.second, *design.also)]
    results = replace(results, measures=tuple(dict.fromkeys([*results.measures, *further])))
    return replace(results, series=_series(paths, results)) if len(paths) else results


def _control(plan: Plan) -> float | str:
    """The level that the others are compared with."""
    design = plan.design
    if design.level == "share":
        return 0.0
    if design.level == "learning_rate":
        return min(design.rl.learning_rates)
    if design.level == "variant":
        return AS_IT_IS
    return NO_INTERVENTION if design.without_intervention else next(iter(plan.interventions))


def _series(paths: pd.DataFrame, results: ExperimentResults) -> pd.DataFrame:
    """Paths of controls and of trained traders; those of placebos would blur the pictures,
    and selected trainings are told apart."""
    groups = dict(zip(results.runs["cell"], results.grouped["group"], strict=True))
    paths = paths[paths["arm"].isin((CONTROL, TRAINED)) & paths["cell"].isin(groups)]
    inventories = [c for c in paths.columns if c.startswith("inventory_")]
    kept = paths[[*PATH_COLUMNS, *inventories]].copy()
    kept["level"] = paths[results.level]
    kept["group"] = paths["cell"].map(groups)
    kept["run"] = paths["cell"] + "|" + paths["seed"].astype(str) + "|" + paths["fork"].astype(str)
    return kept


def _facts(plan: Plan, store: Store) -> pd.DataFrame | None:
    known = store.facts()
    several_rules = len(plan.interventions) > 1
    rows = [
        {"cell": _traders(cells, several_rules), **row}
        for name, cells in checks(plan).items()
        for row in known.get(name, [])
    ]
    return pd.DataFrame(rows) if rows else None


def _traders(cells: list[Cell], rules: bool) -> str:
    """The traders, and the rules, of a check of facts in a few words."""
    cell = cells[0]
    who = cell.algorithm if cell.arm == TRAINED else cell.arm
    if cell.arm != CONTROL:
        who += f", {100 * cell.rl_share:g} %"
    return f"{who}, {cell.intervention}" if rules else who


def _selected(plan: Plan) -> set[str]:
    """Trainings that were chosen for what they do, of algorithms with enough others.

    They are no random draw of their recipe, so they are in no interval for other trainings.
    """
    trained = {cell.policy: cell.algorithm for cell in plan.cells if cell.arm == TRAINED}
    others = Counter(
        algorithm for name, algorithm in trained.items() if not plan.populations[name].selected
    )
    return {
        name
        for name, algorithm in trained.items()
        if plan.populations[name].selected and others[algorithm] >= FEWEST
    }


def _between_copies(plan: Plan, runs: pd.DataFrame) -> str:
    """How far two copies of one control are apart in the primary measure, if it is a positive one.

    It is what a treated run differs by if the treatment does nothing but change whose luck it is.
    """
    copied = {cell.arm for cell in plan.cells if cell.copy}
    arm = CONTROL if CONTROL in copied else ROOM_ONLY
    mine = runs[runs["arm"] == arm] if len(runs) else runs
    if not len(mine) or not (mine[plan.design.primary] > 0).all():
        return ""
    values = np.log(mine[plan.design.primary].astype(float))
    keys = [mine[name] for name in ("stress", "intervention", "variant", "seed", "fork")]
    spread = values.groupby(keys).std() ** 2
    apart = np.sqrt(2.0 * spread.groupby("stress").mean())
    told = ", ".join(
        f"{100 * np.expm1(value):.0f} % ({str(stress).replace('_', ' ')})"
        for stress, value in apart.items()
        if np.isfinite(value)
    )
    return f"; the primary measures of two such copies typically differ by {told}" if told else ""


def _limits(plan: Plan, store: Store, runs: pd.DataFrame, missing: int) -> tuple[str, ...]:
    """What a reader must know of these very runs."""
    out = []
    chosen = [name for name, mix in plan.populations.items() if mix.selected]
    if apart := [name for name in chosen if name in _selected(plan)]:
        out.append(
            f"{', '.join(apart)}: selected among trainings of the same recipe, so shown apart and "
            "in no interval."
        )
    if within := [name for name in chosen if name not in apart]:
        out.append(
            f"{', '.join(within)}: selected among trainings of the same recipe. What is told of "
            "them is not what another training would do."
        )
    if missing:
        out.append(f"{missing} of {plan.total} runs are not finished: this is a part of the study.")
    if len(runs) and "rl_share_reached" in runs:
        calm = runs[(runs["stress"] == "calm") & (runs["arm"] == TRAINED)]
        if len(calm):
            means = calm.groupby("rl_share")["rl_share_reached"].mean()
            told = ", ".join(f"{100 * v:.0f} % for {100 * k:g} %" for k, v in means.items())
            where = "calm pilot markets" if plan.design.rl.pilots == "calm" else "pilot markets"
            out.append(
                f"RL traders are as many as fill their share in {where} of other seeds; in the "
                f"calm cells they made up {told} of the {plan.dose.words}."
            )
    if plan.parts and plan.design.rl.split_markets != "never":
        where = (
            ""
            if plan.design.rl.split_markets == "always"
            else (f" at other shares than {100 * (plan.design.main_share() or 0.0):g} %")
        )
        kinds = {cell.algorithm for cell in plan.cells if cell.arm == TRAINED}
        if (unit := units_of(kinds)) == TRAININGS:
            unit = "policies of an algorithm"
        out.append(f"The {unit} divide the markets among them{where}.")
    if (copies := plan.design.control_copies) > 1:
        out.append(
            f"What a market does untreated is the mean of {copies} copies of it, in which "
            f"traders draw other random numbers{_between_copies(plan, runs)}."
        )
    if plan.design.level == "share" and 0.0 not in plan.design.rl.shares:
        out.append(
            "There is no untouched market to compare with, since rl.shares has no 0: effects and "
            "the answer in words need it."
        )
    alarms = store.alarms()
    if alarms:
        out.append(
            f"In {alarms} runs the market raised an alarm: it refused orders for want of room, or "
            "the spread stayed wide outside a stress."
        )
    revision = store.about("revision")
    if revision and "+" in revision:
        out.append(f"The program was changed by hand after revision {revision.split('+')[0]}.")
    return tuple(out)
