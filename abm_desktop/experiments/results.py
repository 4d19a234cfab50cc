"""From stored runs to what the report compares: levels of a treatment against its control.

The control cell of a stress is the control of every arm of that stress, so its runs are listed once
in each; the same market seed and fork pair them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd

from abm_desktop.experiments.cells import CONTROL, NO_INTERVENTION, Plan
from abm_desktop.experiments.report_data import ExperimentResults
from abm_desktop.experiments.store import Store

__all__ = ["collect"]

PATH_COLUMNS = ("time", "price", "value", "spread_ticks", "depth")


def collect(plan: Plan, store: Store) -> ExperimentResults:
    """The finished runs of ``plan`` as results; a plan that is not done gives fewer.

    Only markets in which a run's control is finished tell anything about it, which the statistics
    see to. Raises ValueError where the primary measure is not one that runs have.
    """
    runs = store.runs(plan.cells, plan.seeds)
    treated = [cell for cell in plan.cells if cell.arm != CONTROL]
    group = ["stress"]
    if len({cell.intervention for cell in plan.cells}) > 1 and plan.design.level == "share":
        group.append("intervention")
    # Where all treated cells have one value, it goes without saying.
    arms = [
        column
        for column in ("arm", "mode", "displaces")
        if len({getattr(cell, column) for cell in treated}) > 1
    ]
    common: dict[str, Any] = {
        "name": plan.design.name,
        "question": plan.design.question or f"What do the treatments of {plan.design.name} do?",
        "facts": _facts(plan, store),
        "pair": ("seed", "fork"),
        "primary": plan.design.primary,
        "file_text": plan.file_text,
        "version": store.about("version") or "",
        "seeds": f"{plan.seeds[0]} to {plan.seeds[-1]}",
        "limits": _limits(plan, store, runs),
        "file_name": Path(store.about("file_name") or "experiment.toml").name,
    }
    paths = store.paths(plan.cells, plan.seeds)
    if plan.design.level == "intervention":
        return _by_intervention(plan, runs, paths, arms, common)
    group += arms
    runs, paths = _with_controls(runs, arms), _with_controls(paths, arms)
    return ExperimentResults(
        runs=runs,
        series=_series(paths, "rl_share", group),
        level="rl_share",
        control=0.0,
        group=tuple(group),
        **common,
    )


def _with_controls(frame: pd.DataFrame, arms: list[str]) -> pd.DataFrame:
    """The controls' rows once in each arm."""
    if not len(frame) or not arms:
        return frame
    control = frame[frame["arm"] == CONTROL]
    treated = frame[frame["arm"] != CONTROL]
    found = treated[arms].drop_duplicates().to_dict("records")
    parts = [control.assign(**values) for values in found] or [control]
    return pd.concat([*parts, treated], ignore_index=True)


def _by_intervention(
    plan: Plan,
    runs: pd.DataFrame,
    paths: pd.DataFrame,
    arms: list[str],
    common: dict[str, Any],
) -> ExperimentResults:
    """The rules are the treatment; who trades, and how much of it is RL, sets the groups."""
    names = list(plan.interventions)
    numbers = {name: float(k) for k, name in enumerate(names)}
    for frame in (runs, paths):
        if len(frame):
            frame["rule_number"] = frame["intervention"].map(numbers)
            share = frame["rl_share"].map(lambda value: f"{100 * value:g} % RL")
            frame["traders"] = share.where(frame["arm"] == CONTROL, share + " " + frame["arm"])
    told = ", ".join(f"{k} {name}" for k, name in enumerate(names))
    group = ["stress", "traders", *(a for a in arms if a not in ("arm",))]
    return ExperimentResults(
        runs=runs,
        series=_series(paths, "rule_number", group),
        level="rule_number",
        control=numbers.get(NO_INTERVENTION, 0.0),
        group=tuple(group),
        level_name=f"rule ({told})",
        **(common | {"pair": ("seed", "fork", "policy")}),
    )


def _series(paths: pd.DataFrame, level: str, group: list[str]) -> pd.DataFrame | None:
    if not len(paths):
        return None
    inventories = [c for c in paths.columns if c.startswith("inventory_")]
    kept = paths[[*PATH_COLUMNS, *inventories]].copy()
    kept["level"] = paths[level].astype(float)
    names = paths[group].astype(str).agg(", ".join, axis=1)
    kept["group"] = names.str.replace("_", " ")
    where = paths["cell"] + "|" + paths["seed"].astype(str) + "|" + paths["fork"].astype(str)
    kept["run"] = where + "|" + kept["group"]
    return kept


def _facts(plan: Plan, store: Store) -> pd.DataFrame | None:
    known = store.facts()
    rows = [
        {"cell": _plain(cell.columns()), **row}
        for cell in plan.cells
        for row in known.get(cell.key, [])
    ]
    return pd.DataFrame(rows) if rows else None


def _plain(factors: dict[str, object]) -> str:
    """The factors of a cell in a few words."""
    if factors["arm"] == CONTROL:
        return "control"
    return f"{factors['policy'] or factors['arm']}, {100 * float(str(factors['rl_share'])):g} %"


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
        out.append(f"In {alarms} runs the market refused orders for want of room.")
    revision = store.about("revision")
    if revision and "+" in revision:
        out.append(f"The program was changed by hand after revision {revision.split('+')[0]}.")
    return tuple(out)


def sizings_table(store: Store) -> pd.DataFrame:
    """How many RL traders each population had, and the share they reached in the pilot."""
    return pd.DataFrame(json.loads(store.about("sizings") or "[]"))
