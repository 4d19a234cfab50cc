"""What a comparison comes to: its mean over trainings and markets, an interval, and a verdict.

Trainings are drawn from a recipe and markets from a scenario, so both are random effects, crossed,
since every training meets every market. The variance of a mean is that of trainings plus that of
markets less what they have in common, with the degrees of freedom of Satterthwaite (1946). Where
two recipes are compared their trainings are independent samples, and each adds its own variance
(Welch 1947).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from abm_desktop.experiments.reproduction.claim import ClaimTest, cells_of
from abm_desktop.experiments.running.cells import Cell

__all__ = [
    "FEWEST_KNOWN",
    "ClaimContrast",
    "Power",
    "Verdict",
    "bound_of",
    "contrast",
    "power",
    "together",
    "verdict",
]

Verdict = Literal["confirmed", "refuted", "cannot be told"]
FEWEST_KNOWN = 0.8
"""Share of the markets in which a comparison has to be known, for a verdict."""
_ERROR = 0.05


@dataclass(frozen=True, slots=True)
class ClaimContrast:
    """The mean change of a comparison: a log ratio, or a difference in the measure's unit."""

    mean: float
    error: float
    """Standard error of the mean; NaN for fewer than two markets."""
    freedom: float
    of_trainings: float
    """The part of the error that more markets do not take away."""
    markets: int
    """In which it is known."""
    of_markets: int
    """In which it was tried."""
    trainings: int
    """Of the recipe with the fewest; 0 if no RL traders are in it."""
    values: pd.DataFrame
    """What it was computed from: ``side``, ``policy``, ``seed``, ``fork``, ``value``, by run."""

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Bounds for other trainings and other markets, by Student's t."""
        if self.error == 0.0:
            return self.mean, self.mean
        half = float(stats.t.ppf(0.5 + 0.5 * confidence, self.freedom)) * self.error
        return self.mean - half, self.mean + half

    @property
    def p(self) -> float:
        """Two-sided, that the mean is 0; NaN if nothing varies."""
        if not self.error > 0.0:
            return math.nan
        return 2.0 * float(stats.t.sf(abs(self.mean) / self.error, self.freedom))


def contrast(
    test: ClaimTest, runs: pd.DataFrame, cells: Sequence[Cell], key: str = ""
) -> ClaimContrast:
    """The comparison of a test in finished runs.

    ``runs`` has columns ``cell``, ``policy``, ``seed``, ``fork`` and the measure, one row a run. A
    market in which some side has no value, or none above 0 for a ratio, is left out.

    Raises :class:`InputError` if cells are not there, ValueError without the measure.
    """
    measured = _measured(test.measure, runs)
    parts: list[tuple[tuple[str, ...], pd.DataFrame]] = []
    rows = []
    for side, weight in (("of", 1.0), ("against", -1.0)):
        for k, wanted in enumerate(getattr(test, side)):
            mine = cells_of(wanted, cells, f"{key}{side}[{k}]")
            table = runs[runs["cell"].isin([cell.key for cell in mine])]
            value = measured.loc[table.index]
            if test.scale == "ratio":
                value = np.log(value.where(value > 0))
            long = table[["policy", "seed", "fork"]].assign(value=value)
            rows.append(long.assign(side=f"{side} {k + 1}", value=measured.loc[table.index]))
            wide = long.pivot_table(
                index="policy", columns=["seed", "fork"], values="value", dropna=False
            )
            names = tuple(sorted(cell.policy for cell in mine))
            parts.append((names, weight * wide))
    return _mean_of(parts, pd.concat(rows, ignore_index=True))


def _measured(measure: str, runs: pd.DataFrame) -> pd.Series:
    """A measure of every run, or the quotient of two."""
    names = [name.strip() for name in measure.split("/")]
    for name in names:
        if name not in runs.columns:
            raise ValueError(f"the runs have no measure {name!r}")
    first, *rest = (runs[name].astype(float) for name in names)
    for other in rest:
        first = first / other.where(other != 0.0)
    return first


def _mean_of(
    parts: list[tuple[tuple[str, ...], pd.DataFrame]], values: pd.DataFrame
) -> ClaimContrast:
    """The mean of the sum of tables (policies, markets), those of the same policies added up."""
    markets = parts[0][1].columns
    for _, table in parts[1:]:
        markets = markets.union(table.columns)
    groups: dict[tuple[str, ...], pd.DataFrame] = {}
    for names, table in parts:
        table = table.reindex(columns=markets, index=list(names))
        groups[names] = groups[names] + table if names in groups else table
    known = np.ones(len(markets), bool)
    for table in groups.values():
        known &= np.isfinite(table.to_numpy(float)).all(axis=0)
    arrays = [table.to_numpy(float)[:, known] for table in groups.values()]
    trained = [len(names) for names in groups if names != ("",)]
    count = int(known.sum())
    per_market = np.sum([table.mean(axis=0) for table in arrays], axis=0)
    mean = float(per_market.mean()) if count else math.nan
    errors = _errors_of(arrays, per_market) if count > 1 else (math.nan, math.nan, math.nan)
    return ClaimContrast(mean, *errors, count, len(markets), min(trained, default=0), values)


def _errors_of(arrays: list[np.ndarray], per_market: np.ndarray) -> tuple[float, float, float]:
    """Standard error of the mean of the markets' sums, its degrees of freedom, and its part of
    trainings."""
    markets = len(per_market)
    parts = [(float(per_market.var(ddof=1)) / markets, markets - 1.0)]
    for table in arrays:
        policies = len(table)
        if policies < 2:
            continue  # these very traders: nothing is said of others
        means = table.mean(axis=1)
        rest = table - means[:, None] - table.mean(axis=0)[None, :] + table.mean()
        freedom = (policies - 1.0) * (markets - 1.0)
        parts.append((float(means.var(ddof=1)) / policies, policies - 1.0))
        # It is in both of the others.
        parts.append((-float((rest**2).sum()) / freedom / (policies * markets), freedom))
    shares = np.array([share for share, _ in parts])
    total = max(float(shares.sum()), float(shares.max()))
    if total <= 0.0:
        return 0.0, markets - 1.0, 0.0
    freedom = total**2 / sum(share**2 / of for share, of in parts)
    return math.sqrt(total), freedom, math.sqrt(max(float(shares[1:].sum()), 0.0))


def bound_of(test: ClaimTest) -> float:
    """The bound in the unit of a contrast: a log for a ratio."""
    return math.log1p(test.bound) if test.scale == "ratio" else test.bound


def verdict(test: ClaimTest, found: ClaimContrast, parts: int = 1) -> Verdict:
    """What a comparison says of its prediction.

    Confirmed: the 95 % interval lies on the predicted side of 0. Refuted: it lies on the other
    side, or the change is within the bound (two one-sided tests, Schuirmann 1987), however clear
    its sign. A prediction of no change is confirmed within the bound, and refuted by an interval
    beyond it.

    With ``parts`` tests that must all come out, one suffices to refute: refuting takes the error of
    one, divided among them (Bonferroni).
    """
    if found.markets < max(FEWEST_KNOWN * found.of_markets, 2) or math.isnan(found.error):
        return "cannot be told"
    bound = bound_of(test)
    low, high = found.interval()
    if test.sign == 0:
        near_low, near_high = found.interval(1.0 - 2.0 * _ERROR)
        if -bound < near_low and near_high < bound:
            return "confirmed"
        low, high = found.interval(1.0 - _ERROR / parts)
        return "refuted" if low > bound or high < -bound else "cannot be told"
    near_low, near_high = found.interval(1.0 - 2.0 * _ERROR / parts)
    if -bound < near_low and near_high < bound:
        return "refuted"
    if test.sign * low > 0.0 and test.sign * high > 0.0:
        near_low, near_high = found.interval(1.0 - 2.0 * _ERROR)
        within = -bound < near_low and near_high < bound
        return "cannot be told" if within else "confirmed"
    low, high = found.interval(1.0 - _ERROR / parts)
    return "refuted" if test.sign * low < 0.0 and test.sign * high < 0.0 else "cannot be told"


def together(verdicts: Sequence[Verdict]) -> Verdict:
    """Of a claim by those of its tests: confirmed if all are, refuted if one is.

    >>> together(["confirmed", "cannot be told"]), together(["confirmed", "refuted"])
    ('cannot be told', 'refuted')
    """
    if all(one == "confirmed" for one in verdicts):
        return "confirmed"
    return "refuted" if "refuted" in verdicts else "cannot be told"


@dataclass(frozen=True, slots=True)
class Power:
    """What a comparison can tell, before its runs."""

    smallest: float
    """Change that is told with a power of 80 %, in the contrast's unit."""
    none_told: float
    """Chance that no change is told to be within the bound, if there is none."""


def power(test: ClaimTest, pilot: ClaimContrast, markets: int) -> Power:
    """Power with so many markets, from the spreads in ``pilot``, with the trainings that it has."""
    if not pilot.error > 0.0 or pilot.markets < 2:
        return Power(math.nan, math.nan)
    of_markets = max(pilot.error**2 - pilot.of_trainings**2, 0.0) * pilot.markets / markets
    error = math.sqrt(of_markets + pilot.of_trainings**2)
    freedom = pilot.freedom * (
        1.0 if pilot.of_trainings else (markets - 1.0) / (pilot.markets - 1.0)
    )
    reach = float(stats.t.ppf(0.975, freedom)) + float(stats.t.ppf(0.8, freedom))
    room = bound_of(test) / error - float(stats.t.ppf(0.95, freedom))
    chance = 2.0 * float(stats.t.cdf(room, freedom)) - 1.0 if room > 0 else 0.0
    return Power(reach * error, chance)
