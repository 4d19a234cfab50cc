"""RL traders with a trained policy join markets: their accounts, and room for what they need."""

from __future__ import annotations

import numpy as np

from abm_desktop.inputs import InputError, UnavailableError, shown
from abm_desktop.market import state
from abm_desktop.market.arrays import Markets
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.refusals import PolicySlotsTaken, TooManyTraders
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.memory import ROLE_STATE

_NANO = 1_000_000_000
_QUOTES = 2
"""Orders that a maker or executor keeps in the book by name."""


def with_policy_traders(
    markets: Markets,
    policy: PolicyNet,
    count: int,
    *,
    size: int | None,
    max_inventory: int,
    step: float,
    jitter: float,
    greedy: bool,
    latency: float = 0.0,
    shared_network: bool = True,
) -> Markets:
    """Add ``count`` traders with this policy and its role behind all others, in every market.

    They act once the market is opened, or :func:`opening.join` starts them. Sizes in lots, times in
    seconds. Without a ``size`` they trade the one they were trained for. Parent orders are those
    that an executor was trained on, whatever ``size`` and ``max_inventory`` say. With
    ``shared_network`` False their network is theirs alone and may be exchanged.

    Raises:
        InputError: for what no ``[[rl]]`` group of a scenario can be, or no policy.
        UnavailableError: if the markets hold as many networks as they can.
    """
    from abm_desktop.scenario.checked import checked_group

    if not isinstance(policy, PolicyNet):
        raise InputError(f"must be a PolicyNet, not {shown(policy)}", key="policy")
    traders = checked_group(
        count=count,
        size=size,
        max_inventory=max_inventory,
        step=step,
        jitter=jitter,
        greedy=greedy,
        latency=latency,
    )
    check_remembers(policy)
    count, size = traders.count, traders.size
    if count == 0:
        return markets
    room = (1 << 31) - 1 - markets.agents.shape[1]
    if count > room:
        raise UnavailableError(TooManyTraders(room, count))
    markets, network = with_network(markets, policy, shared_network)
    m, role = len(markets.market), find_role(policy.role)
    added = np.zeros((m, count), state.AGENT)
    added["kind"] = state.RL
    added["role"] = role.code
    added["index"] = markets.classes["traders"][:, state.RL, None] + np.arange(count)
    added["policy"] = network
    added["greedy"] = traders.greedy
    added["size"] = policy.sizes.quote_size if size is None else size
    added["max_inventory"] = traders.max_inventory
    added["step"] = traders.step
    added["jitter"] = traders.jitter
    added["latency"] = round(traders.latency * _NANO)
    if role.remembers:
        added["memory"] = markets.roles.shape[1] + np.arange(count)
        remembered = np.zeros((m, count), ROLE_STATE)
        added["max_inventory"] = role.position_limit(traders.max_inventory, policy.sizes)
        if role.has_parent:
            remembered["parent"] = policy.sizes.parent_lots
            remembered["horizon"] = round(policy.sizes.parent_seconds * _NANO)
        added["handles"] = markets.handles.shape[1] + _QUOTES * np.arange(count)
        quotes = np.full((m, _QUOTES * count), -1, np.int64)
        markets = markets._replace(
            roles=np.concatenate([markets.roles, remembered], axis=1),
            handles=np.concatenate([markets.handles, quotes], axis=1),
        )
    markets.market["n_agents"] += count
    markets.classes["traders"][:, state.RL] += count
    wakes = np.zeros((m, 4 * count, 2), np.int64)
    waiting = np.zeros((m, count, 2), np.int64)
    return markets._replace(
        agents=np.concatenate([markets.agents, added], axis=1),
        heap=np.concatenate([markets.heap, wakes], axis=1),
        activity_heap=np.concatenate([markets.activity_heap, waiting], axis=1),
    )


def check_remembers(policy: PolicyNet) -> None:
    """Raise :class:`InputError` if the policy remembers and a trader of its role has no room."""
    if policy.state_width and not find_role(policy.role).remembers:
        raise InputError(
            f"is recurrent, and a {policy.role} trader keeps no state",
            key="policy",
            remedy="train one of the role remembering",
        )


def with_network(markets: Markets, policy: PolicyNet, shared: bool) -> tuple[Markets, int]:
    """Put the policy's network into every market, unless it is there; returns its slot."""
    header, flat = policy.packed()
    used = int(np.count_nonzero(markets.networks[0, :, 0]))
    for slot in range(used if shared else 0):
        offset = markets.networks[0, slot, 7]
        if (markets.networks[0, slot, :7] == header[:7]).all() and np.array_equal(
            markets.weights[0, offset : offset + len(flat)], flat
        ):
            return markets, slot
    if used == markets.networks.shape[1]:
        raise UnavailableError(PolicySlotsTaken(used))
    header[7] = markets.weights.shape[1]
    markets.networks[:, used] = header
    rows = np.repeat(flat[None], len(markets.market), axis=0)
    return markets._replace(weights=np.concatenate([markets.weights, rows], axis=1)), used
