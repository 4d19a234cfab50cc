"""Traders with a trained policy in the markets of an environment: a scenario's ``[[rl]]``."""

from __future__ import annotations

from abm_desktop.market.arrays import Markets
from abm_desktop.market.named_policies import policies_of
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.policy_traders import with_policy_traders
from abm_desktop.scenario import Scenario


def with_traders_of(
    scenario: Scenario, built: Markets, policies: list[PolicyNet] | None = None
) -> Markets:
    """Add all ``[[rl]]`` traders of ``scenario`` behind the others; no market may be open yet.

    ``policies`` are those of the groups, if they have been loaded already. Raises
    ``FileNotFoundError`` and ``ValueError`` for a policy that cannot be had.
    """
    for group, policy in zip(scenario.rl, policies or policies_of(scenario), strict=True):
        if group.count == 0:
            continue
        built = with_policy_traders(
            built,
            policy,
            group.count,
            size=group.size,
            max_inventory=group.max_inventory,
            step=group.step,
            jitter=group.jitter,
            greedy=group.greedy,
            latency=group.data_latency + group.order_latency,
        )
    return built
