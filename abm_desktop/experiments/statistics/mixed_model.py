"""A mixed model of log volatility: does another road lead to the same answer?

``ln RV ~ dose * scenario + (0 + dose | policy) + (0 + dose | policy:scenario) + (1 | market) +
(1 | market:scenario)``: every policy has a slope of its own, and one in each scenario; without
them a few trainings in many markets would seem to tell much of other trainings. The paired changes
with their bootstrap stay the answer; this is a check that leans on other assumptions, a linear
effect of the dose and normal residuals.

The likelihood is that of Bates, Maechler, Bolker and Walker (2015, section 3), restricted, profiled
over fixed effects and residual variance. Only cross products of the columns enter it, so it takes
as long for thousands of runs as for hundreds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize
from scipy.stats import norm
from threadpoolctl import threadpool_limits

__all__ = ["MixedModel", "fit_mixed_model"]


@dataclass(frozen=True, slots=True)
class MixedModel:
    """Fixed effects of the fit, and what is to be known of it.

    Attributes:
        effects: one row a fixed effect: ``term``, ``estimate``, ``low``, ``high`` (95 %, normal),
            ``p``. A slope is the change of ln RV from no dose to all of it.
        spreads: standard deviation of every random part of ln RV by its name; of policies it is of
            their slopes.
        residual_sd: that of the rest.
        converged: whether the fit did; the effects are empty if it did not.
        note: what was left out or went wrong, empty if nothing did.
    """

    effects: pd.DataFrame
    spreads: dict[str, float]
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
    names = list(dict.fromkeys(rows["scenario"]))
    dose = rows["dose"].to_numpy(float)
    if len(rows) < 10 or rows["market"].nunique() < 3 or len(set(dose)) < 2:
        return _failed("Too few runs for a mixed model.")
    columns: dict[str, np.ndarray] = {"intercept": np.ones(len(rows)), "dose": dose}
    for name in names[1:]:
        there = (rows["scenario"] == name).to_numpy(float)
        columns[str(name)] = there
        columns[f"dose, {name} beyond {names[0]}"] = there * dose
    scenario = rows["scenario"].astype(str).to_numpy()
    treated = np.where(dose != 0, rows["policy"].astype(str), "")
    market = rows["market"].astype(str).to_numpy()
    labels = {"markets": market}
    several = len(set(treated) - {""}) > 1
    if several:
        labels = {"policies": treated} | labels
    if len(names) > 1:
        within = {f"{name} by scenario": _both(label, scenario) for name, label in labels.items()}
        # With one run of each there is nothing left that would tell them from the rest.
        labels |= {name: label for name, label in within.items() if len(set(label)) < len(rows) / 2}
    try:
        parts = {
            name: _indicators(label) * (dose[:, None] if name.startswith("policies") else 1.0)
            for name, label in labels.items()
        }
        fit = _fit(rows["value"].to_numpy(float), np.column_stack(list(columns.values())), parts)
    except np.linalg.LinAlgError as error:
        return _failed(f"The mixed model could not be fitted: {error}.")
    if fit is None:
        return _failed("The mixed model did not converge; it tells nothing.")
    beta, errors, spreads, residual = fit
    notes = []
    none = [name for name, spread in spreads.items() if spread < 1e-4 * residual]
    if none:
        notes.append(f"The variance of {', '.join(none)} is estimated as 0.")
    if not several:
        notes.append("One policy only: its own part cannot be told.")
    z = beta / errors
    effects = pd.DataFrame(
        {
            "term": list(columns),
            "estimate": beta,
            "low": beta - norm.ppf(0.975) * errors,
            "high": beta + norm.ppf(0.975) * errors,
            "p": 2.0 * norm.sf(np.abs(z)),
        }
    )
    return MixedModel(effects, spreads, residual, True, " ".join(notes))


def _failed(note: str) -> MixedModel:
    return MixedModel(pd.DataFrame(), {}, float("nan"), False, note)


def _both(label: np.ndarray, scenario: np.ndarray) -> np.ndarray:
    """Label and scenario as one; runs without a label stay without."""
    return np.where(label == "", "", np.char.add(np.char.add(label.astype(str), "|"), scenario))


def _indicators(labels: np.ndarray) -> np.ndarray:
    """One column a label, 1 if a row has it, (rows, labels); "" is none."""
    names = [name for name in dict.fromkeys(labels) if name != ""]
    return (labels[:, None] == np.array(names)[None, :]).astype(float)


def _fit(
    y: np.ndarray, x: np.ndarray, parts: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, dict[str, float], float] | None:
    """Fixed effects, their standard errors, spreads of the random parts and of the rest.

    None if no optimum was found. Raises LinAlgError if columns of ``x`` depend on each other.
    """
    widths = [part.shape[1] for part in parts.values()]
    z = np.hstack(list(parts.values()))
    zz, zx, zy = z.T @ z, z.T @ x, z.T @ y
    xx, xy, yy = x.T @ x, x.T @ y, float(y @ y)
    freedom = len(y) - x.shape[1]

    def solved(theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray, float]:
        """Twice the negative log likelihood; fixed effects, their factor, and sigma squared."""
        scale = np.repeat(theta, widths)
        random = np.linalg.cholesky(scale[:, None] * zz * scale[None, :] + np.eye(len(scale)))
        u_x = solve_triangular(random, scale[:, None] * zx, lower=True)
        u_y = solve_triangular(random, scale * zy, lower=True)
        fixed = np.linalg.cholesky(xx - u_x.T @ u_x)
        beta = cho_solve((fixed, True), xy - u_x.T @ u_y)
        rest = yy - float(u_y @ u_y) - float(beta @ (xy - u_x.T @ u_y))
        sigma2 = max(rest, 1e-300) / freedom
        logs = np.log(np.diag(random)).sum() + np.log(np.diag(fixed)).sum()
        return 2.0 * float(logs) + freedom * np.log(sigma2), beta, fixed, sigma2

    # From several starts: a part that comes to 0 on the way does not leave it again. In one thread:
    # for matrices this small several wait for each other, most of the time beside a busy market.
    with threadpool_limits(1, "blas"):
        tries = [
            minimize(
                lambda theta: solved(theta)[0],
                np.full(len(parts), start),
                method="L-BFGS-B",
                bounds=[(0.0, None)] * len(parts),
            )
            for start in (0.2, 1.0, 3.0)
        ]
    found = min(tries, key=lambda result: result.fun)
    if not (found.success and np.isfinite(found.fun)):
        return None
    _, beta, fixed, sigma2 = solved(found.x)
    covariance = sigma2 * cho_solve(cho_factor(fixed @ fixed.T), np.eye(len(beta)))
    sigma = float(np.sqrt(sigma2))
    spreads = {name: float(t) * sigma for name, t in zip(parts, found.x, strict=True)}
    return beta, np.sqrt(np.diag(covariance)), spreads, sigma
