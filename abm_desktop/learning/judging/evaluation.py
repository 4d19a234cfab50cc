"""Is a trained trader any good? Held-out days against the rules of its trade.

Each role says when a policy is accepted (``Role.checks``); none may be degenerate.

A policy that leans to one side of a market that drifts earns without knowing anything. So what is
left of the profit without what its mean position earned of the market's moves is measured too, and
the profit of the same policy made symmetric; directional traders must keep half in both.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import entr, stdtr

from abm_desktop.envs.core import as_scenario
from abm_desktop.envs.day_parts import DayPart
from abm_desktop.inputs import InputError, shown
from abm_desktop.learning.judging.baselines import contenders
from abm_desktop.learning.judging.evaluation_columns import leaning_words
from abm_desktop.learning.judging.seed_ranges import VERDICTS
from abm_desktop.learning.judging.threads import side_by_side
from abm_desktop.learning.judging.trading_days import decisions_of, trade_days
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import DEFAULT_ROLE, find_role
from abm_desktop.market.roles.judged import (
    AGENT,
    SYMMETRIC,
    Check,
    Contender,
    Judged,
    TradingDays,
)
from abm_desktop.scenario import Scenario

__all__ = ["AGENT", "SYMMETRIC", "Check", "Evaluation", "evaluate", "judge"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The agent and the baselines over the same days."""

    scenario: str
    days: int
    hours: float
    results: Mapping[str, TradingDays]
    """By rule; the agent is called "agent"."""
    p_values: dict[str, float]
    """Of the agent earning more than each baseline: one-sided paired Wilcoxon."""
    checks: tuple[Check, ...]
    flags: tuple[str, ...]
    """Signs of a degenerate policy, in words."""
    role: str = DEFAULT_ROLE
    purpose: str = "acceptance"
    """Range of its days (:mod:`.seed_ranges`)."""
    seed: int = 0
    """Of its days."""
    part: DayPart | None = None
    """Of a recorded day; None: all of it, or a simulated market."""

    @property
    def accepted(self) -> bool:
        """Whether every condition is met and the policy is not degenerate."""
        return all(check.passed for check in self.checks) and not self.flags

    @property
    def value_ratio(self) -> float:
        """Mean profit as a multiple of the value rule's; NaN if that one earns nothing, and for
        roles that are not compared with it."""
        if "value" not in self.results:
            return math.nan
        rule = float(self.results["value"].pnl.mean())
        return float(self.results[AGENT].pnl.mean()) / rule if rule > 0 else math.nan

    def leaning(self) -> str:
        """What the agent holds on average, and what it earns without that, in one sentence."""
        agent = self.results[AGENT]
        return leaning_words(
            agent.lean,
            float(agent.pnl.mean()),
            float(agent.pnl_without_lean.mean()),
            float(self.results[SYMMETRIC].pnl.mean()) if SYMMETRIC in self.results else None,
        )

    def summary(self) -> dict[str, Any]:
        """Plain numbers, for a model's metadata or a JSON file; what is not known is None."""
        part = self.part
        return {
            "scenario": self.scenario,
            **({} if part is None else {"part": [part.begin, part.end]}),
            "role": self.role,
            "days": self.days,
            "hours": self.hours,
            "purpose": self.purpose,
            "seed": self.seed,
            "accepted": self.accepted,
            "flags": list(self.flags),
            "checks": [
                {"name": c.name, "passed": c.passed, "detail": c.detail} for c in self.checks
            ],
            "value_ratio": _known(self.value_ratio),
            "rules": {
                name: {
                    "pnl_median": float(np.median(days.pnl)),
                    "pnl_mean": float(days.pnl.mean()),
                    "pnl_sd": float(days.pnl.std(ddof=1)),
                    "drawdown": float(np.median(days.drawdown)),
                    "inventory": float(days.inventory.mean()),
                    "position": days.lean,
                    "pnl_without_lean": float(days.pnl_without_lean.mean()),
                    "traded": float(days.traded.mean()),
                    "shares": [float(share) for share in days.shares],
                    "accuracy": _known(days.accuracy),
                    "p_value": _known(self.p_values.get(name, math.nan)),
                }
                | {key: _known(value) for key, value in days.measures.items()}
                for name, days in self.results.items()
            },
        }


def evaluate(
    policy: PolicyNet,
    scenario: Scenario | Path | str = "calm",
    *,
    days: int = 32,
    hours: float | None = None,
    seed: int = 0,
    purpose: str = "acceptance",
    part: DayPart | None = None,
    on_share: Callable[[str, float], None] | None = None,
) -> Evaluation:
    """Let ``policy`` and every baseline of its role trade the same held-out days.

    Args:
        policy: greedy or sampled, as it says itself.
        scenario: scenario, file or name, or a recorded day. Held-out days are parts of that then,
            which begin at random.
        days: markets; at least 6, below which no test can be significant.
        hours: simulated hours a day; None is 6.5, of a recorded day a quarter of it, or
            of its part.
        seed: another one gives other held-out days.
        purpose: "acceptance", or "report" for days on which nothing was accepted either. Days of
            the range "choice" give no verdict (:mod:`.seed_ranges`).
        part: of the recorded day, that the policy has not seen (:mod:`.seen_days`); None is all.
        on_share: hears a rule at work and the finished share of everything, in the calling thread;
            what it raises ends the evaluation.

    The rules trade side by side on all cores.
    """
    if days < 6:
        raise InputError(f"must be at least 6 for a test to mean anything, not {days}", key="days")
    if purpose not in VERDICTS:
        raise InputError(
            f"must be {' or '.join(VERDICTS)} for a verdict, not {shown(purpose)}", key="purpose"
        )

    if hours is None:
        scenario = as_scenario(scenario)
        room = scenario.market.session if part is None else part.seconds
        hours = room / 4 / 3600 if scenario.recording else 6.5

    def days_of(contender: Contender, tell: Callable[[float], None]) -> TradingDays:
        return trade_days(
            contender.rule,
            scenario,
            contender.role or policy.role,
            days=days,
            hours=hours,
            seed=seed,
            purpose=purpose,
            # Another role's rule keeps to that role's usual sizes.
            sizes=None if contender.role else policy.sizes,
            part=part,
            on_share=tell,
        )

    work = {
        name: functools.partial(days_of, contender)
        for name, contender in contenders(policy, decisions_of(hours), seed).items()
    }
    title = scenario.name if isinstance(scenario, Scenario) else Path(scenario).stem
    found = judge(title, side_by_side(work, on_share), hours, policy)
    return dataclasses.replace(found, purpose=purpose, seed=seed, part=part)


def judge(
    scenario: str, results: Mapping[str, TradingDays], hours: float, policy: PolicyNet
) -> Evaluation:
    """Apply the rule of acceptance of the policy's role to what was measured."""
    agent, role = results[AGENT], find_role(policy.role)
    p_values = {
        name: p_greater(agent.pnl - days.pnl) for name, days in results.items() if name != AGENT
    }
    judged = Judged(results, p_values, hours, _equivalent)
    return Evaluation(
        scenario=scenario,
        days=len(agent.pnl),
        hours=hours,
        results=dict(results),
        p_values=p_values,
        checks=tuple(role.checks(judged)),
        flags=tuple(degenerate(judged, policy)),
        role=role.name,
    )


def degenerate(judged: Judged, policy: PolicyNet) -> list[str]:
    """Signs that a policy does not act on what it sees; empty if there are none."""
    role, agent = find_role(policy.role), judged.agent
    choices, flags = agent.choices, []
    if choices.max() > 0.95:
        most = f", {policy.actions[int(choices.argmax())]}," if role.names_action else ""
        flags.append(f"one action{most} takes {choices.max():.0%} of the decisions")
    some = choices[choices > 0]
    if -(some * np.log(some)).sum() / math.log(len(choices)) < 0.15:
        flags.append("the actions carry almost no information (entropy below 15 %)")
    first, last = role.flags(judged)
    flags += first
    if same_when_shuffled(policy, agent.observations) > 0.99:
        flags.append("it decides the same whatever it sees")
    if information(policy, agent.observations) < 0.01:
        flags.append("what it does tells nothing of what it sees (below 0.01 nats)")
    return flags + last


def information(policy: PolicyNet, observations: np.ndarray) -> float:
    """Mutual information of observation and action in nats, over these observations.

    Entropy of the actions in all of them together, less the mean entropy in each, which is 0 for a
    greedy policy.
    """
    logits = policy.logits(observations).astype(np.float64)
    if policy.greedy:
        chances = np.eye(logits.shape[1])[logits.argmax(axis=1)]
    else:
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
    together = float(entr(chances.mean(axis=0)).sum())
    return together - float(np.mean(entr(chances).sum(axis=1)))


def same_when_shuffled(policy: PolicyNet, observations: np.ndarray) -> float:
    """Share of decisions that stay when every feature is shuffled between states."""
    random = np.random.default_rng(0)
    shuffled = np.column_stack([random.permutation(column) for column in observations.T])
    before, after = (policy.logits(x).argmax(axis=1) for x in (observations, shuffled))
    return float((before == after).mean())


def p_greater(differences: np.ndarray) -> float:
    """One-sided paired Wilcoxon test that the differences are above 0; 1 if all are 0."""
    if not np.any(differences):
        return 1.0
    from scipy.stats import wilcoxon  # half a second, which only those who judge should wait

    return float(wilcoxon(differences, alternative="greater").pvalue)


def _equivalent(differences: np.ndarray, margin: float) -> bool:
    """Two one-sided t-tests: whether the mean difference is surely within +-margin."""
    n, mean = len(differences), float(differences.mean())
    error = float(differences.std(ddof=1)) / math.sqrt(n)
    if error == 0.0:
        return abs(mean) < margin
    return bool(stdtr(n - 1, -(margin - abs(mean)) / error) < 0.05)


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
