"""A mixed model of log volatility: does another road lead to the same answer?

``ln RV ~ dose * scenario + (1 | policy) + (1 | market)``, policies and markets crossed. The paired
changes with their bootstrap stay the answer; this is a check that leans on other assumptions, a
linear effect of the dose and normal residuals.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec
from statsmodels.tools.sm_exceptions import ConvergenceWarning

__all__ = ["MixedModel", "fit_mixed_model"]

MOST_ROWS = 2500
"""The fit takes time with the square of the rows; beyond, whole markets are left out."""


@dataclass(frozen=True, slots=True)
class MixedModel:
    """Fixed effects of the fit, and what is to be known of it.

    Attributes:
        effects: one row a fixed effect: ``term``, ``estimate``, ``low``, ``high`` (95 %, normal),
            ``p``. A slope is the change of ln RV from no dose to all of it.
        policy_sd, market_sd, residual_sd: standard deviations of the parts of ln RV.
        converged: whether the fit did; the effects are empty where it did not.
        note: what was left out or went wrong, empty where nothing did.
    """

    effects: pd.DataFrame
    policy_sd: float
    market_sd: float
    residual_sd: float
    converged: bool
    note: str


def fit_mixed_model(rows: pd.DataFrame) -> MixedModel:
    """Fit the model by restricted maximum likelihood.

    Args:
        rows: one a run: ``value`` (ln RV, NaN is left out), ``dose`` (0 for the control),
            ``scenario``, ``policy`` (of no meaning at dose 0) and ``market``, any labels. The
            first scenario in order of appearance is the one that others are compared with.

    A fit that fails is told in the ``note``, not raised.
    """
    rows = rows[np.isfinite(rows["value"].to_numpy(float))]
    rows, note = _not_too_many(rows)
    names = list(dict.fromkeys(rows["scenario"]))
    dose = rows["dose"].to_numpy(float)
    if len(rows) < 10 or rows["market"].nunique() < 3 or len(set(dose)) < 2:
        return _failed("Too few runs for a mixed model.")
    columns: dict[str, np.ndarray] = {"intercept": np.ones(len(rows)), "dose": dose}
    for name in names[1:]:
        there = (rows["scenario"] == name).to_numpy(float)
        columns[str(name)] = there
        columns[f"dose, {name} beyond {names[0]}"] = there * dose
    fixed = pd.DataFrame(columns)
    treated = np.where(dose != 0, rows["policy"].astype(str), "")
    several = len(set(treated) - {""}) > 1
    parts = {"market": _indicators(rows["market"].astype(str).to_numpy())}
    if several:
        parts["policy"] = _indicators(treated, leave_out="")
    try:
        with warnings.catch_warnings():
            # What they tell is told below, in the note.
            warnings.simplefilter("ignore", ConvergenceWarning)
            fit = _model(rows["value"].to_numpy(float), fixed, parts).fit(method="lbfgs")
    except (np.linalg.LinAlgError, ValueError) as error:
        return _failed(f"The mixed model could not be fitted: {error}.")
    if not fit.converged:
        return _failed(f"The mixed model did not converge; it tells nothing. {note}".rstrip())
    if (np.asarray(fit.vcomp) < 1e-8).any():
        note = f"{note} A variance is estimated as 0.".strip()
    if not several:
        note = f"{note} One policy only: its own part cannot be told.".strip()
    bounds = np.asarray(fit.conf_int())[: fixed.shape[1]]
    effects = pd.DataFrame(
        {
            "term": list(fixed.columns),
            "estimate": np.asarray(fit.fe_params),
            "low": bounds[:, 0],
            "high": bounds[:, 1],
            "p": np.asarray(fit.pvalues)[: fixed.shape[1]],
        }
    )
    spread = dict(zip(parts, np.sqrt(np.maximum(fit.vcomp, 0.0)), strict=True))
    return MixedModel(
        effects,
        float(spread.get("policy", np.nan)),
        float(spread["market"]),
        float(np.sqrt(fit.scale)),
        True,
        note,
    )


def _failed(note: str) -> MixedModel:
    nan = float("nan")
    return MixedModel(pd.DataFrame(), nan, nan, nan, False, note)


def _not_too_many(rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Only as many whole markets as the fit can take."""
    sizes = rows.groupby("market", sort=False).size()
    fits = int((sizes.cumsum() <= MOST_ROWS).sum())
    if fits == len(sizes):
        return rows, ""
    kept = sizes.index[: max(fits, 3)]
    note = f"Fitted to the first {len(kept)} of {len(sizes)} markets, to bound the time it takes."
    return rows[rows["market"].isin(kept)], note


def _indicators(labels: np.ndarray, leave_out: str | None = None) -> np.ndarray:
    """One column a label, 1 where a row has it, (rows, labels)."""
    names = [name for name in dict.fromkeys(labels) if name != leave_out]
    return (labels[:, None] == np.array(names)[None, :]).astype(float)


def _model(value: np.ndarray, fixed: pd.DataFrame, parts: dict[str, np.ndarray]) -> MixedLM:
    """One group of all rows, in which the crossed effects are variance components."""
    columns = [[[f"{name} {k}" for k in range(z.shape[1])]] for name, z in parts.items()]
    spec = VCSpec(list(parts), columns, [[z] for z in parts.values()])
    return MixedLM(value, fixed, groups=np.zeros(len(value)), exog_vc=spec, use_sqrt=True)
