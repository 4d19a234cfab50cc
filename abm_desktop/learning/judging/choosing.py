"""Choosing among models, on days that give no verdict.

The best of several looks better on the days of the choice than it is: with equal traders the
largest of five means lies 1.2 standard errors above their common one. So the choice has a range of
days of its own (:mod:`.seed_ranges`), is written down with every model that was in it, and whether
the chosen one is any good is asked on other days.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from abm_desktop.inputs import InputError
from abm_desktop.learning.judging.baselines import Policy
from abm_desktop.learning.judging.threads import side_by_side
from abm_desktop.learning.judging.trading_days import trade_days
from abm_desktop.learning.registry import models
from abm_desktop.scenario import Scenario

__all__ = ["Candidate", "choose"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model on the days of a choice; profits in currency."""

    name: str
    pnl: np.ndarray
    """float64 (days,)."""

    @property
    def mean(self) -> float:
        """Mean profit of a day, by which models are chosen."""
        return float(self.pnl.mean())

    @property
    def median(self) -> float:
        """Median profit of a day."""
        return float(np.median(self.pnl))

    @property
    def error(self) -> float:
        """Standard error of the mean."""
        return float(self.pnl.std(ddof=1)) / len(self.pnl) ** 0.5


def choose(
    names: Sequence[str],
    scenario: Scenario,
    *,
    days: int = 64,
    hours: float = 2.0,
    seed: int = 0,
    on_share: Callable[[str, float], None] | None = None,
) -> list[Candidate]:
    """Let models of one role trade the same days of the range "choice"; the best comes first.

    Every one of them keeps, under "chosen" among its metrics, on which days, among whom, and
    whether it was the best; shipped models stay as they are.

    Raises:
        InputError: for fewer than two models, one that is named twice, or several roles.
        ModelError: for a model that is not there.
    """
    if len(names) < 2 or len(set(names)) < len(names):
        raise InputError(
            f"must be two or more models, each named once, not {', '.join(names)}", key="names"
        )
    policies = {name: models.load_policy(name) for name in names}
    roles = {policy.role for policy in policies.values()}
    if len(roles) > 1:
        raise InputError(f"are of several roles: {', '.join(sorted(roles))}", key="names")
    (role,) = roles
    work = {
        name: functools.partial(
            lambda rule, sizes, tell: (
                trade_days(
                    rule,
                    scenario,
                    role,
                    days=days,
                    hours=hours,
                    seed=seed,
                    purpose="choice",
                    sizes=sizes,
                    on_share=tell,
                ).pnl
            ),
            Policy(policy, sampled=not policy.greedy, seed=seed),
            policy.sizes,
        )
        for name, policy in policies.items()
    }
    traded = side_by_side(work, on_share)
    ranked = sorted(
        (Candidate(name, pnl) for name, pnl in traded.items()), key=lambda one: -one.mean
    )
    for candidate in ranked:
        models.set_metrics(
            candidate.name,
            chosen={
                "scenario": scenario.name,
                "purpose": "choice",
                "seed": seed,
                "days": days,
                "hours": hours,
                "among": list(names),
                "pnl_mean": candidate.mean,
                "best": candidate is ranked[0],
            },
        )
    return ranked
