"""Is a trained trader any good? Held-out days against simple rules, one rule of acceptance.

A trader is accepted where its median day earns money, it beats random trading (paired Wilcoxon,
p < 0.01), order-book imbalance and momentum, and its mean position stays below half the limit. It
need not beat the value rule, which knows what to look at; the ratio is reported.

Also reported, and not asked for yet: the mean signed position, what is left of the profit without
what that position earned of the market's move, and the profit of the same policy made symmetric. A
policy that leans to one side of a market that drifts earns without knowing anything.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from abm_desktop.learning.judging.baselines import Policy, Rule, baselines
from abm_desktop.learning.judging.evaluation_columns import SYMMETRIC, leaning_words
from abm_desktop.learning.judging.role_baselines import AvellanedaStoikov
from abm_desktop.learning.judging.role_days import RoleDays, role_days
from abm_desktop.learning.judging.symmetric import SymmetricPolicy
from abm_desktop.learning.judging.threads import side_by_side
from abm_desktop.learning.judging.trading_days import TradingDays, decisions_of, trade_days
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import Role
from abm_desktop.scenario import Scenario

AGENT = "agent"
MAKER = "Avellaneda-Stoikov"
MAX_INVENTORY = 40
SIGNIFICANT = 0.01


@dataclass(frozen=True, slots=True)
class Check:
    """One condition of acceptance."""

    name: str
    passed: bool
    detail: str


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
    role: Role = "directional"

    @property
    def accepted(self) -> bool:
        """Whether every condition is met and the policy is not degenerate."""
        return all(check.passed for check in self.checks) and not self.flags

    @property
    def value_ratio(self) -> float:
        """Mean profit as a multiple of the value rule's; NaN where that one earns nothing, and for
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
        return {
            "scenario": self.scenario,
            "role": self.role,
            "days": self.days,
            "hours": self.hours,
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
                | _own_measures(days)
                for name, days in self.results.items()
            },
        }


def evaluate(
    policy: PolicyNet,
    scenario: Scenario | Path | str = "calm",
    *,
    days: int = 32,
    hours: float = 6.5,
    seed: int = 0,
    on_share: Callable[[str, float], None] | None = None,
) -> Evaluation:
    """Let ``policy`` and every baseline of its role trade the same held-out days.

    Args:
        policy: greedy or sampled, as it says itself.
        scenario: scenario, file or name.
        days: markets; at least 6, below which no test can be significant.
        hours: simulated hours a day.
        seed: another one gives other held-out days.
        on_share: hears a rule at work and the finished share of everything, in the calling thread;
            what it raises ends the evaluation.

    The rules trade side by side on all cores. The market maker of Avellaneda and Stoikov (2008) is
    one of the rules reported, with the same position limit, and none of those to beat: it earns the
    spread that a trader with immediate orders pays.
    """
    if days < 6:
        raise ValueError(f"days must be at least 6 for a test to mean anything, not {days}")
    if policy.role != "directional":
        # Here, because it builds on this module.
        from abm_desktop.learning.judging.role_evaluation import evaluate_role

        return evaluate_role(policy, scenario, days=days, hours=hours, seed=seed, on_share=on_share)
    settings: dict[str, Any] = {
        "days": days, "hours": hours, "seed": seed, "max_inventory": MAX_INVENTORY,
    }  # fmt: skip
    rules: dict[str, Rule] = {AGENT: Policy(policy, sampled=not policy.greedy, seed=seed)}
    rules[SYMMETRIC] = SymmetricPolicy(policy, sampled=not policy.greedy, seed=seed)
    rules |= baselines(decisions_of(hours), seed)
    work: dict[str, Callable[[Callable[[float], None]], TradingDays]] = {
        name: lambda tell, rule=rule: trade_days(rule, scenario, on_share=tell, **settings)  # type: ignore[misc]
        for name, rule in rules.items()
    }
    maker = AvellanedaStoikov(max_inventory=MAX_INVENTORY)
    work[MAKER] = lambda tell: role_days(maker, "maker", scenario, on_share=tell, **settings)
    results = side_by_side(work, on_share)
    title = scenario.name if isinstance(scenario, Scenario) else Path(scenario).stem
    return judge(title, results, hours, policy)


def judge(
    scenario: str, results: dict[str, TradingDays], hours: float, policy: PolicyNet
) -> Evaluation:
    """Apply the rule of acceptance to what was measured."""
    agent = results[AGENT]
    p_values = {
        name: p_greater(agent.pnl - days.pnl) for name, days in results.items() if name != AGENT
    }
    median = float(np.median(agent.pnl))
    checks = [
        Check("median day", median > 0.0, f"{median:+.2f} a day"),
        Check(
            "against random",
            p_values["random"] < SIGNIFICANT,
            f"p = {p_values['random']:.1e}, below {SIGNIFICANT} is asked",
        ),
    ]
    for name in ("order-book imbalance", "momentum 60 s"):
        ahead = float(np.mean(agent.pnl - results[name].pnl))
        checks.append(
            Check(f"against {name}", ahead > 0.0, f"{ahead:+.2f} a day, p = {p_values[name]:.1e}")
        )
    load = float(agent.inventory.mean())
    checks.append(
        Check(
            "position",
            load < 0.5 * MAX_INVENTORY,
            f"{load:.1f} lots on average, below {0.5 * MAX_INVENTORY:.0f} is asked",
        )
    )
    flags = degenerate(results, hours, policy)
    return Evaluation(
        scenario, len(agent.pnl), hours, results, p_values, tuple(checks), tuple(flags)
    )


def degenerate(results: dict[str, TradingDays], hours: float, policy: PolicyNet) -> list[str]:
    """Signs that a policy does not trade on what it sees; empty where there are none."""
    agent, flags = results[AGENT], []
    shares = agent.shares
    if shares.max() > 0.95:
        flags.append(f"one action takes {shares.max():.0%} of the decisions")
    positive = shares[shares > 0]
    if -(positive * np.log(positive)).sum() / math.log(3) < 0.15:
        flags.append("the actions carry almost no information (entropy below 15 %)")
    if agent.pnl.std() < 0.05 * results["random"].pnl.std():
        flags.append("the profit hardly varies: it hardly trades")
    if agent.traded.mean() / 2.0 < 6.0 * hours:
        flags.append("less than one trade in ten minutes")
    if agent.at_limit.mean() > 0.5:
        flags.append("the position is full more than half of the time")
    if same_when_shuffled(policy, agent.observations) > 0.99:
        flags.append("it decides the same whatever it sees")
    if information(policy, agent.observations) < 0.01:
        flags.append("what it does tells nothing of what it sees (below 0.01 nats)")
    margin = 0.2 * float(results["random"].pnl.std())
    flags.extend(
        f"its profit cannot be told from that of {name}"
        for name in ("hold", "buy and hold")
        if _equivalent(agent.pnl - results[name].pnl, margin)
    )
    return flags


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
    together = float(stats.entropy(chances.mean(axis=0)))
    return together - float(np.mean(stats.entropy(chances, axis=1)))


def same_when_shuffled(policy: PolicyNet, observations: np.ndarray) -> float:
    """Share of decisions that stay when every feature is shuffled between states."""
    random = np.random.default_rng(0)
    shuffled = np.column_stack([random.permutation(column) for column in observations.T])
    before, after = (policy.logits(x).argmax(axis=1) for x in (observations, shuffled))
    return float((before == after).mean())


def p_greater(differences: np.ndarray) -> float:
    """One-sided paired Wilcoxon test that the differences are above 0; 1 where all are 0."""
    if not np.any(differences):
        return 1.0
    return float(stats.wilcoxon(differences, alternative="greater").pvalue)


def _equivalent(differences: np.ndarray, margin: float) -> bool:
    """Two one-sided t-tests: whether the mean difference is surely within +-margin."""
    n, mean = len(differences), float(differences.mean())
    error = float(differences.std(ddof=1)) / math.sqrt(n)
    if error == 0.0:
        return abs(mean) < margin
    return bool(stats.t.sf((margin - abs(mean)) / error, n - 1) < 0.05)


def _own_measures(days: TradingDays) -> dict[str, float | None]:
    if not isinstance(days, RoleDays):
        return {}
    return {name: _known(value) for name, value in days.measures.items()}


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


__all__ = ["AGENT", "SYMMETRIC", "Check", "Evaluation", "evaluate", "judge"]
