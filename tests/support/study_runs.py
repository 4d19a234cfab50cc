"""Runs of a small experiment, and plain sums over them, for checks of its tables."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd

from abm_desktop.experiments.statistics.experiment_results import ComparedMeasure, ExperimentResults

MARKETS = 7
GROUPS = {"calm": "calm", "flash_crash": "flash crash"}
SHARES = (0.0, 0.25, 0.5)
KINDS = {"trained": ("a", "b"), "untrained": ("u",)}


def runs_of(seed=4):
    """Seven markets under two stresses: none, two policies and a placebo, at two shares."""
    rng, rows = np.random.default_rng(seed), []
    for market, stress, share in itertools.product(range(MARKETS), GROUPS, SHARES):
        for arm, policies in ({"control": ("",)} if share == 0 else KINDS).items():
            for policy in policies:
                push = 0.4 * share * (arm == "trained") * (1 + (stress == "flash_crash"))
                rows.append({
                    "seed": market, "stress": stress, "rl_share": share, "arm": arm,
                    "policy": policy,
                    "stress_rv_10s": 0.01 * math.exp(0.5 * market + push + 0.1 * rng.normal()),
                    "drawdown_pct": -3.0 - 2 * push + 0.2 * rng.normal(),
                    "recovery_50_since_shock_s": float(rng.integers(20, 300)),
                    "recovery_50_censored": 0.0,
                    "rl_share_reached": share * rng.uniform(0.9, 1.1) if share else math.nan,
                })  # fmt: skip
    return pd.DataFrame(rows)


def results_of(runs):
    """The runs as results of an experiment with two measures."""
    measures = (
        ComparedMeasure("stress_rv_10s", "volatility", True),
        ComparedMeasure("drawdown_pct", "fall, %", False),
    )
    return ExperimentResults("columns", "What?", runs, measures=measures)


def changes_of(runs, measure, ratio, stress, share, arm):
    """(policy, market, change, value) of every treated run against the control of its market."""
    some = runs[runs["stress"] == stress]
    control = {r["seed"]: r[measure] for r in some.to_dict("records") if r["arm"] == "control"}
    out = []
    for r in some.to_dict("records"):
        if r["arm"] == arm and r["rl_share"] == share:
            usual = control[r["seed"]]
            change = math.log(r[measure] / usual) if ratio else r[measure] - usual
            out.append((r["policy"], r["seed"], change, r[measure]))
    return out, list(control.values())


def holm(p):
    order, out, worst = np.argsort(p), np.empty(len(p)), 0.0
    for place, k in enumerate(order):
        worst = max(worst, min(1.0, (len(p) - place) * p[k]))
        out[k] = worst
    return out
