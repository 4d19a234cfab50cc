"""From stored runs to what the report compares: levels of a treatment against its control."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from abm_desktop.experiments.cells import CONTROL, NO_INTERVENTION, TRAINED, Plan
from abm_desktop.experiments.report_data import ExpectedSign, ExperimentResults
from abm_desktop.experiments.store import Store

__all__ = ["collect"]

PATH_COLUMNS = ("time", "price", "value", "spread_ticks", "depth")


def collect(plan: Plan, store: Store) -> ExperimentResults:
    """The finished runs of ``plan`` as results; a plan that is not done gives fewer.

    A cell without RL traders is the control of all kinds of traders under the same stress and the
    same rules. Raises ValueError where the primary measure is not one that runs have.
    """
    design = plan.design
    runs, paths = store.runs(plan.cells, plan.seeds), store.paths(plan.cells, plan.seeds)
    by_rule = design.level == "intervention"
    group = ["stress"]
    other = "rl_share" if by_rule else "intervention"
    if len({getattr(cell, other) for cell in plan.cells}) > 1:
        group.append(other)
    level = "intervention" if by_rule else "rl_share"
    first_rule = next(iter(plan.interventions))
    results = ExperimentResults(
        name=design.name,
        question=design.question or f"What do the treatments of {design.name} do?",
        runs=runs,
        facts=_facts(plan, store),
        level=level,
        control=(NO_INTERVENTION if design.without_intervention else first_rule)
        if by_rule
        else 0.0,
        group=tuple(group),
        pair=("seed", "fork"),
        primary=design.primary,
        file_text=plan.file_text,
        version=store.about("version") or "",
        seeds=f"{plan.seeds[0]} to {plan.seeds[-1]}",
        limits=_limits(plan, store, runs),
        level_name="rule of the venue" if by_rule else "RL share of taker volume",
        file_name=Path(store.about("file_name") or "experiment.toml").name,
        hypothesis_level=design.hypothesis,
        hypothesis_groups=design.hypothesis_groups,
        order=tuple(plan.interventions) if by_rule else (),
        expected=tuple(ExpectedSign(**given.model_dump()) for given in design.expected),
    )
    return replace(results, series=_series(paths, results)) if len(paths) else results


def _series(paths: pd.DataFrame, results: ExperimentResults) -> pd.DataFrame:
    """Paths of controls and of trained traders; those of placebos would blur the pictures."""
    groups = dict(zip(results.runs["cell"], results.grouped["group"], strict=True))
    paths = paths[paths["arm"].isin((CONTROL, TRAINED))]
    inventories = [c for c in paths.columns if c.startswith("inventory_")]
    kept = paths[[*PATH_COLUMNS, *inventories]].copy()
    kept["level"] = paths[results.level]
    kept["group"] = paths["cell"].map(groups)
    kept["run"] = paths["cell"] + "|" + paths["seed"].astype(str) + "|" + paths["fork"].astype(str)
    return kept


def _facts(plan: Plan, store: Store) -> pd.DataFrame | None:
    known = store.facts()
    rules = len(plan.interventions) > 1
    rows = [
        {"cell": _plain(cell.columns(), rules), **row}
        for cell in plan.cells
        for row in known.get(cell.key, [])
    ]
    return pd.DataFrame(rows) if rows else None


def _plain(factors: dict[str, Any], rules: bool) -> str:
    """The traders, and the rules, of a cell in a few words."""
    share = f", {100 * factors['rl_share']:g} %"
    who = "control" if factors["arm"] == CONTROL else (factors["policy"] or factors["arm"]) + share
    return f"{who}, {factors['intervention']}" if rules else who


def _limits(plan: Plan, store: Store, runs: pd.DataFrame) -> tuple[str, ...]:
    """What a reader must know of these very runs."""
    out = []
    missing = plan.total - len(runs)
    if missing:
        out.append(f"{missing} of {plan.total} runs are not finished: this is a part of the study.")
    if len(runs) and "rl_share_reached" in runs:
        calm = runs[(runs["stress"] == "calm") & (runs["rl_share"] > 0) & (runs["rl_count"] > 0)]
        calm = calm[calm["rl_size"] > 0]
        if len(calm):
            means = calm.groupby("rl_share")["rl_share_reached"].mean()
            told = ", ".join(f"{100 * v:.0f} % for {100 * k:g} %" for k, v in means.items())
            out.append(
                "RL traders are as many as fill their share in calm pilot markets; in the calm "
                f"cells they took {told} of the taker volume."
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
