"""Everything that is computed from the runs for a report, in one value."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from abm_desktop.experiments.statistics import effects as of
from abm_desktop.experiments.statistics.behaviour import behaviour_points, behaviour_table
from abm_desktop.experiments.statistics.counts import counts_table
from abm_desktop.experiments.statistics.dose import dose_table
from abm_desktop.experiments.statistics.experiment_results import ExperimentResults
from abm_desktop.experiments.statistics.matched import holm
from abm_desktop.experiments.statistics.mixed_model import MixedModel
from abm_desktop.experiments.statistics.parts import grids_table, parts_table
from abm_desktop.experiments.statistics.recoveries import recovery_table
from abm_desktop.experiments.statistics.signs import signs_table
from abm_desktop.experiments.statistics.trainings import FEWEST, spread_table, trainings_table

__all__ = ["Findings", "find", "primary_rows"]


@dataclass(frozen=True, slots=True)
class Findings:
    """Every table of findings (:mod:`abm_desktop.experiments.statistics.effects`); may be empty."""

    effects: pd.DataFrame
    amplification: pd.DataFrame
    trends: pd.DataFrame
    recoveries: pd.DataFrame
    parts: pd.DataFrame
    """Removal, addition and total."""
    grids: pd.DataFrame
    """The effect on volatility against the grid."""
    doses: pd.DataFrame
    """Effects at equal realised share."""
    counts: pd.DataFrame
    shares: pd.DataFrame
    signs: pd.DataFrame
    mixed: MixedModel | None
    spread: pd.DataFrame
    trainings: pd.DataFrame
    unforked: pd.DataFrame
    points: pd.DataFrame
    """What single trainings do, and change."""
    behaviour: pd.DataFrame


def find(results: ExperimentResults) -> Findings:
    """Compute everything that the report tells; takes seconds for thousands of runs."""
    effects, points = of.effects_table(results), behaviour_points(results)
    return Findings(
        effects,
        of.amplification_table(results),
        of.trend_table(results),
        recovery_table(results),
        parts_table(results),
        grids_table(results),
        dose_table(results),
        counts_table(results),
        of.share_table(results),
        signs_table(results),
        of.mixed_model(results),
        spread_table(results),
        trainings_table(results),
        of.unforked_table(results, effects),
        points,
        behaviour_table(points),
    )


def primary_rows(results: ExperimentResults, found: Findings) -> pd.DataFrame:
    """The primary measure of every kind, group and level, with the interval that is to be trusted.

    If a kind has three trainings or more ``low`` and ``high`` are the 95 % interval for other
    trainings and markets (``unit`` "trainings", with ``least`` and ``most`` of the single ones),
    else the bootstrap's ("markets"); ``p`` is of the same. ``way`` is 1 or -1 if the interval
    leaves out no change, else 0. Empty, without columns, if nothing is compared.
    """
    if not len(found.effects):
        return found.effects
    rows = found.effects[found.effects["primary"] & ~found.effects["placebo"]].copy()
    rows["unit"], rows["least"], rows["most"] = "markets", math.nan, math.nan
    spread = found.spread
    if len(spread):
        spread = spread[(spread["measure"] == results.primary) & spread["low"].notna()]
        spread = spread[spread["policies"] >= FEWEST].set_index(["kind", "group", "level"])
        for k, row in rows.iterrows():
            key = (row["kind"], row["group"], row["level"])
            if key in spread.index:
                better = spread.loc[key]
                for name in ("change", "low", "high", "least", "most", "p", "p_holm"):
                    rows.loc[k, name] = better[name]
                rows.loc[k, "unit"] = "trainings"
                rows.loc[k, "policies"] = better["policies"]
    alone = rows["unit"] == "markets"
    rows.loc[alone, "p_holm"] = holm(rows.loc[alone, "p"].to_numpy(float))
    rows["way"] = (rows["low"] > 0).astype(int) - (rows["high"] < 0).astype(int)
    return rows
