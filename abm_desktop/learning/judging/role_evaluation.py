"""Is a trained maker or executor any good? Held-out days against the rules of its trade.

A maker is accepted where its median day earns money, it earns more than random quotes (paired
Wilcoxon, p < 0.01) and on average more than the maker of Avellaneda and Stoikov (2008), and its
mean position stays below half the limit. An executor is accepted where its implementation shortfall
is below that of TWAP (paired Wilcoxon, p < 0.01) and it leaves less than 1 % of its lots. Neither
may be degenerate.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.learning.judging.baselines import Policy
from abm_desktop.learning.judging.evaluation import (
    AGENT,
    MAKER,
    MAX_INVENTORY,
    SIGNIFICANT,
    SYMMETRIC,
    Check,
    Evaluation,
    information,
    p_greater,
    same_when_shuffled,
)
from abm_desktop.learning.judging.role_baselines import (
    AlmgrenChriss,
    AvellanedaStoikov,
    RoleRule,
    fixed,
    patient,
    twap,
)
from abm_desktop.learning.judging.role_days import RoleDays, role_days
from abm_desktop.learning.judging.symmetric import SymmetricPolicy, has_sides
from abm_desktop.learning.judging.threads import side_by_side
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import SHARES, Role, action_names
from abm_desktop.scenario import Scenario

RANDOM, TWAP = "random", "TWAP"
_LEFT = 0.01
"""Share of its lots that an executor may leave."""


def rules_of(role: Role, seed: int = 0) -> dict[str, RoleRule]:
    """What a policy of this role is compared with, by name."""
    actions = len(action_names(role))

    def random(observations: np.ndarray, number: int) -> np.ndarray:
        draws = np.random.default_rng([seed, number])
        return draws.integers(0, actions, len(observations))

    if role == "maker":
        return {
            MAKER: AvellanedaStoikov(max_inventory=MAX_INVENTORY),
            "nearest quotes": fixed(0),
            RANDOM: random,
        }
    return {
        TWAP: twap,
        "Almgren-Chriss": AlmgrenChriss(),
        "quotes, catching up": patient,
        "as soon as possible": fixed(len(SHARES) - 1),
        RANDOM: random,
    }


def evaluate_role(
    policy: PolicyNet,
    scenario: Scenario | Path | str,
    *,
    days: int,
    hours: float,
    seed: int,
    on_share: Callable[[str, float], None] | None,
) -> Evaluation:
    """Let a maker's or executor's policy and the rules of its role trade the same held-out days.

    Arguments as of :func:`abm_desktop.learning.judging.evaluation.evaluate`.
    """
    rules: dict[str, RoleRule] = {AGENT: Policy(policy, sampled=not policy.greedy, seed=seed)}
    if has_sides(policy):
        rules[SYMMETRIC] = SymmetricPolicy(policy, sampled=not policy.greedy, seed=seed)
    rules |= rules_of(policy.role, seed)
    settings: dict[str, Any] = {
        "days": days, "hours": hours, "seed": seed, "max_inventory": MAX_INVENTORY,
        "sizes": policy.sizes,
    }  # fmt: skip
    work: dict[str, Callable[[Callable[[float], None]], RoleDays]] = {
        name: lambda tell, rule=rule: role_days(  # type: ignore[misc]
            rule, policy.role, scenario, on_share=tell, **settings
        )
        for name, rule in rules.items()
    }
    title = scenario.name if isinstance(scenario, Scenario) else Path(scenario).stem
    return judge_role(title, side_by_side(work, on_share), hours, policy)


def judge_role(
    scenario: str, results: Mapping[str, RoleDays], hours: float, policy: PolicyNet
) -> Evaluation:
    """Apply the rule of acceptance to what was measured."""
    agent = results[AGENT]
    p_values = {
        name: p_greater(agent.pnl - days.pnl) for name, days in results.items() if name != AGENT
    }
    checks = (_maker_checks if policy.role == "maker" else _executor_checks)(results, p_values)
    return Evaluation(
        scenario=scenario,
        days=len(agent.pnl),
        hours=hours,
        results=dict(results),
        p_values=p_values,
        checks=tuple(checks),
        flags=tuple(degenerate_role(results, hours, policy)),
        role=policy.role,
    )


def _maker_checks(results: Mapping[str, RoleDays], p_values: Mapping[str, float]) -> list[Check]:
    agent = results[AGENT]
    median, load = float(np.median(agent.pnl)), float(agent.inventory.mean())
    ahead = float(np.mean(agent.pnl - results[MAKER].pnl))
    return [
        Check("median day", median > 0.0, f"{median:+.2f} a day"),
        Check(
            "against random",
            p_values[RANDOM] < SIGNIFICANT,
            f"p = {p_values[RANDOM]:.1e}, below {SIGNIFICANT} is asked",
        ),
        Check(f"against {MAKER}", ahead > 0.0, f"{ahead:+.2f} a day, p = {p_values[MAKER]:.1e}"),
        Check(
            "position",
            load < 0.5 * MAX_INVENTORY,
            f"{load:.1f} lots on average, below {0.5 * MAX_INVENTORY:.0f} is asked",
        ),
    ]


def _executor_checks(results: Mapping[str, RoleDays], p_values: Mapping[str, float]) -> list[Check]:
    agent, schedule = results[AGENT].measures, results[TWAP].measures
    return [
        Check(
            f"against {TWAP}",
            p_values[TWAP] < SIGNIFICANT,
            f"shortfall {agent['shortfall_bp']:.3f} bp against {schedule['shortfall_bp']:.3f}, "
            f"p = {p_values[TWAP]:.1e}, below {SIGNIFICANT} is asked",
        ),
        Check(
            "finishes",
            agent["unfinished"] < _LEFT,
            f"{agent['unfinished']:.1%} of its lots left, below {_LEFT:.0%} is asked",
        ),
    ]


def degenerate_role(results: Mapping[str, RoleDays], hours: float, policy: PolicyNet) -> list[str]:
    """Signs that a policy does not act on what it sees; empty where there are none."""
    agent, flags = results[AGENT], []
    shares = agent.taken / agent.taken.sum()
    if shares.max() > 0.95:
        most = policy.actions[int(shares.argmax())]
        flags.append(f"one action, {most}, takes {shares.max():.0%} of the decisions")
    some = shares[shares > 0]
    if -(some * np.log(some)).sum() / math.log(len(shares)) < 0.15:
        flags.append("the actions carry almost no information (entropy below 15 %)")
    if same_when_shuffled(policy, agent.observations) > 0.99:
        flags.append("it decides the same whatever it sees")
    if information(policy, agent.observations) < 0.01:
        flags.append("what it does tells nothing of what it sees (below 0.01 nats)")
    if policy.role == "maker":
        flags += _degenerate_maker(agent, results[RANDOM], hours)
    return flags


def _degenerate_maker(agent: RoleDays, random: RoleDays, hours: float) -> list[str]:
    flags = []
    if agent.pnl.std() < 0.05 * random.pnl.std():
        flags.append("the profit hardly varies: it hardly trades")
    if agent.traded.mean() / 2.0 < 6.0 * hours:
        flags.append("less than one quote is filled in ten minutes")
    if agent.at_limit.mean() > 0.5:
        flags.append("the position is full more than half of the time")
    if agent.measures["closes"] > 0.5:
        flags.append("it closes at market more often than it quotes")
    return flags
