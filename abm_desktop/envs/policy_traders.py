"""Traders with a trained policy in the markets of an environment: a scenario's ``[[rl]]``."""

from __future__ import annotations

import numpy as np

from abm_desktop.market import state
from abm_desktop.market.arrays import Markets
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import find_policy
from abm_desktop.scenario import Scenario

_NANO = 1_000_000_000


def with_traders_of(
    scenario: Scenario, built: Markets, policies: list[PolicyNet] | None = None
) -> Markets:
    """Add all ``[[rl]]`` traders of ``scenario`` behind the others; no market may be open yet.

    ``policies`` are those of the groups, where they have been loaded already. Raises
    ``FileNotFoundError`` and ``ValueError`` for a policy that cannot be had.
    """
    for group, policy in zip(scenario.rl, policies or policies_of(scenario), strict=True):
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


def policies_of(scenario: Scenario) -> list[PolicyNet]:
    """The policy of every ``[[rl]]`` group."""
    return [find_policy(group.model) for group in scenario.rl]


def with_policy_traders(
    built: Markets,
    policy: PolicyNet,
    count: int,
    *,
    size: int,
    max_inventory: int,
    step: float,
    jitter: float,
    greedy: bool,
    latency: float = 0.0,
    shared_network: bool = True,
) -> Markets:
    """Add ``count`` traders with this policy, behind all others, to markets that are not open yet.

    Sizes in lots, times in seconds. With ``shared_network`` False their network is theirs alone and
    may be exchanged. Raises ``ValueError`` where the markets hold as many networks as they can.
    """
    built, network = _with_network(built, policy, shared_network)
    markets = len(built.market)
    added = np.zeros((markets, count), state.AGENT)
    added["kind"] = state.RL
    added["index"] = built.classes["traders"][:, state.RL, None] + np.arange(count)
    added["policy"] = network
    added["greedy"] = greedy
    added["size"] = size
    added["max_inventory"] = max_inventory
    added["step"] = step
    added["jitter"] = jitter
    added["latency"] = round(latency * _NANO)
    built.market["n_agents"] += count
    built.classes["traders"][:, state.RL] += count
    wakes = np.zeros((markets, 4 * count, 2), np.int64)
    waiting = np.zeros((markets, count, 2), np.int64)
    return built._replace(
        agents=np.concatenate([built.agents, added], axis=1),
        heap=np.concatenate([built.heap, wakes], axis=1),
        activity_heap=np.concatenate([built.activity_heap, waiting], axis=1),
    )


def _with_network(built: Markets, policy: PolicyNet, shared: bool) -> tuple[Markets, int]:
    """Put the policy's network into every market, unless it is there; returns its slot."""
    header, flat = policy.packed()
    used = int(np.count_nonzero(built.networks[0, :, 0]))
    for slot in range(used if shared else 0):
        offset = built.networks[0, slot, 7]
        if (built.networks[0, slot, :7] == header[:7]).all() and np.array_equal(
            built.weights[0, offset : offset + len(flat)], flat
        ):
            return built, slot
    if used == built.networks.shape[1]:
        raise ValueError(f"a market holds at most {used} different policies")
    header[7] = built.weights.shape[1]
    built.networks[:, used] = header
    rows = np.repeat(flat[None], len(built.market), axis=0)
    return built._replace(weights=np.concatenate([built.weights, rows], axis=1)), used
