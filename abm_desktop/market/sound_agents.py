"""Whether the accounts of traders, their networks and what their roles remember can be."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from abm_desktop.market import state as s
from abm_desktop.market.arrays import Markets
from abm_desktop.market.network import GRU, RELU
from abm_desktop.market.orders_by_hand import MAX_SIZE
from abm_desktop.market.reading import MAX_TIME
from abm_desktop.market.roles import role_of_network, roles
from abm_desktop.market.roles.memory import STATE_WIDTH
from abm_desktop.market.roles.numbers import DIRECTIONAL
from abm_desktop.market.sound_numbers import first_outside

_FIXED = (
    *("kind", "rule", "index", "memory", "handles", "external", "key", "rate", "latency"),
    *("latency_spread", "bin"),
)
"""What of a scenario's own agents stays as it was at the open."""
_LONGEST = round(2 * MAX_TIME) * 1_000_000_000
_MOST = 1 << 62


def faults_of_agents(markets: Markets, fresh: Markets) -> Iterator[str]:
    agents, own = markets.agents[0], fresh.agents[0]
    now = int(markets.market[0]["now"])
    for name in _FIXED:
        if (agents[name][: len(own)] != own[name]).any():
            yield f"agents.{name} is not what the scenario and the seed give"
    within = {
        "active": (0, 1),
        "side": (0, 1),
        "remaining": (0, (1 << 31) - 1),
        "blocked": (0, 2),
        "waits_in": (0, int(markets.market[0]["phase_number"])),
        "window_messages": (0, (1 << 31) - 1),
        "window_trades": (0, (1 << 31) - 1),
        "last_refresh": (-1_000_000_000, now),
        "window_start": (-3_600_000_000_000, now),
        "inventory": (-(1 << 53), 1 << 53),
        "cash": (-_MOST, _MOST),
        "decisions": (0, (1 << 31) - 1),
    }
    yield from first_outside("agents", agents, within)
    busy = agents[(agents["kind"] == s.INSTITUTION) & (agents["active"] == 1)]
    if (busy["threshold"] <= 0).any():
        yield "agents.threshold of an institution with an order is no price"
    yield from _joined(markets, agents[len(own) :])


def _joined(markets: Markets, joined: np.ndarray) -> Iterator[str]:
    """The traders with a policy, who came later."""
    used = int(np.count_nonzero(markets.networks[0, :, 0]))
    within = {
        "kind": (s.RL, s.RL),
        "rule": (s.DEFAULT_RULE, s.DEFAULT_RULE),
        "external": (0, 1),
        "greedy": (0, 1),
        "role": (0, max(role.code for role in roles())),
        "policy": (0, used - 1),
        "size": (0, MAX_SIZE),  # 0: a placebo, which never sends an order
        "max_inventory": (1, (1 << 31) - 1),
        "step": (1e-9, MAX_TIME),
        "jitter": (0, 0.999_999),
        "latency": (0, 120_000_000_000),
        "latency_spread": (0, 1),
        "memory": (0, markets.roles.shape[1] - 1),
        "handles": (0, markets.handles.shape[1] - 2),
        "last_action": (0, max(len(role.actions) for role in roles()) - 1),
    }
    yield from first_outside("agents", joined, within)
    for agent in joined:
        network = markets.networks[0, agent["policy"]]
        outputs = int(network[1 + min(max(int(network[0]), 1), 4)])
        if role_of_network(int(agent["role"]), int(network[1]), outputs) is None:
            yield "agents.policy names a network of another role"
            return
        if network[6] >= GRU and agent["role"] == DIRECTIONAL:
            yield "agents.policy names a network that remembers, of a trader that does not"
            return
    with_memory = joined[joined["role"] != 0]["memory"]
    if len(np.unique(with_memory)) != len(with_memory):
        yield "agents.memory is shared by two traders"
    with_parents = [role.code for role in roles() if role.has_parent]
    kept = markets.roles[0, joined[np.isin(joined["role"], with_parents)]["memory"]]
    limits = {"parent": (1, MAX_SIZE), "horizon": (1, _LONGEST), "side": (-1, 1)}
    yield from first_outside("roles", kept, limits)
    if (np.abs(markets.roles[0]["deadline"]) > _LONGEST).any():
        yield "roles.deadline is beyond the clock"
    if not (np.abs(markets.roles[0]["hidden"]) <= 1.0).all():
        yield "roles.hidden is no state of a recurrent network"


def faults_of_networks(markets: Markets) -> Iterator[str]:
    networks, room = markets.networks[0].astype(np.int64), markets.weights.shape[1]
    used = int(np.count_nonzero(networks[:, 0]))
    if networks[used:].any():
        yield "networks has gaps"
    for header in networks[:used]:
        layers = int(header[0])
        if not 1 <= layers <= 4:
            yield f"networks: a network has {layers} layers"
            return
        widths = header[1 : layers + 2]
        if ((widths < 1) | (widths > s.MAX_WIDTH)).any():
            yield "networks: a layer is wider than the market holds"
            return
        # The place of the widest header's last width is that of the activation: 4 layers end at 5.
        if not 0 <= header[6] <= GRU + RELU:
            yield "networks: an activation is not known"
            return
        size = int((widths[:-1] * widths[1:] + widths[1:]).sum())
        if header[6] >= GRU:
            if layers < 2 or widths[-2] > STATE_WIDTH:
                yield "networks: a recurrent layer is wider than a trader remembers"
                return
            inputs, units = widths[-3:-1]
            size += int(units * (2 * inputs + 3 * units + 3))
        if not 0 <= header[7] <= room - size:
            yield "networks: weights lie outside their array"
