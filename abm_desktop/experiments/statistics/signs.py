"""What papers found, held against these runs: do the signs agree?"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from abm_desktop.experiments.statistics.bootstrap import Interval
from abm_desktop.experiments.statistics.effects import alike, bootstrap
from abm_desktop.experiments.statistics.experiment_results import (
    ROOM_ONLY,
    ExperimentResults,
    market_means,
)
from abm_desktop.experiments.statistics.trainings import FEWEST, spread_of

__all__ = ["signs_table"]


def signs_table(results: ExperimentResults) -> pd.DataFrame:
    """Expected signs of papers against what was found.

    One row an expected sign, group and kind: ``paper``, ``says``, ``expected``, ``found``,
    ``agrees`` ("yes", "no", or "not told" if the interval holds both), the change with bounds:
    for other trainings and markets if there are three policies or more, else the bootstrap's.
    Against "room_only" a change is what RL traders add to a market with room made for them.
    """
    rows = []
    symbols = {1: "+", -1: "−", 0: "0"}
    for sign in results.expected:
        measure = results.measure_of(sign.measure)
        if sign.measure not in results.runs.columns:
            continue
        groups = [sign.group.replace("_", " ")] if sign.group else results.stressed_groups()
        kinds = results.kind_names() if sign.kind is None else [sign.kind]
        alone = str(sign.against).replace("_", " ") == ROOM_ONLY
        against, base = (None, ROOM_ONLY) if alone else (sign.against, None)
        for group in groups:
            for kind in kinds:
                changes = results.paired(group, sign.level, measure, kind, against, base)
                if len(changes) < 2:
                    continue
                bounds = _interval(results, changes)
                same = measure.ratio and alike(results, changes)[1]
                found = 1 if bounds.low > 0 else -1 if bounds.high < 0 else 0
                told = symbols[found] if found else ("0" if same else "not told")
                verdict = "yes" if told == symbols[sign.sign] else "no"
                if told == "not told":
                    verdict = told
                shown = [math.expm1(b) if measure.ratio else b for b in bounds]
                rows.append(
                    {
                        "paper": sign.paper,
                        "says": sign.says,
                        "group": group,
                        "kind": kind,
                        "measure": measure.label,
                        "ratio": measure.ratio,
                        "expected": symbols[sign.sign],
                        "found": told,
                        "agrees": verdict,
                        "change": shown[0],
                        "low": shown[1],
                        "high": shown[2],
                        "markets": len(market_means(changes, results.pair)),
                    }
                )
    return pd.DataFrame(rows)


def _interval(results: ExperimentResults, changes: pd.DataFrame) -> Interval:
    if changes["policy_name"].nunique() >= FEWEST:
        spread = spread_of(changes, results.pair)
        if np.isfinite([spread.low, spread.high]).all():
            return Interval(spread.mean, spread.low, spread.high)
    return bootstrap(results, changes)
