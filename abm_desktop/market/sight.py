"""What an RL trader would see and do at this moment; looking changes nothing in the market."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from abm_desktop.inputs import InputError, whole
from abm_desktop.market.arrays import Markets
from abm_desktop.market.compiled import kernel
from abm_desktop.market.policy import forward
from abm_desktop.market.roles import EXECUTOR, ROLES, WIDEST, Role, action_names, observation_names
from abm_desktop.market.state import MAX_WIDTH, RL
from abm_desktop.market.traders import rl_executor, rl_roles


class Sight(NamedTuple):
    """The eyes and the mind of one RL trader at one moment."""

    observation: np.ndarray
    """float32 (n,): what its role sees, named by :func:`.roles.observation_names`."""
    probabilities: np.ndarray
    """float64 (m,): the softmax of its logits for the actions of its role, named by
    :func:`.roles.action_names`. A greedy trader takes the largest."""
    role: Role


@kernel
def _look(markets, k, agents, remembered, observation, scratch):
    a = agents[0]
    m = markets.market[k]
    if a.role == EXECUTOR and m.now >= remembered[0].deadline:
        rl_executor.give_parent(m, a, remembered[0])
    rl_roles.see(
        m,
        a,
        remembered[0],
        markets.levels[k],
        markets.bits[k],
        markets.ring[k],
        markets.orders[k],
        markets.handles[k],
        observation,
    )
    for i in range(observation.shape[0]):
        scratch[0, i] = observation[i]
    forward(markets.networks[k, a.policy], markets.weights[k], scratch)


def rl_traders(markets: Markets, k: int = 0) -> np.ndarray:
    """Places of the traders of market ``k`` that follow a policy network, in order of arrival."""
    agents = markets.agents[k, : int(markets.market["n_agents"][k])]
    return np.flatnonzero((agents["kind"] == RL) & (agents["external"] == 0))


def look(markets: Markets, agent: int, k: int = 0) -> Sight:
    """Look through the eyes of the RL trader at place ``agent`` of market ``k``, now.

    The trader is copied first: its view of the value draws a random number, and the trader's own
    stream must stay where it is.

    Raises :class:`InputError` if no such trader follows a policy, or there is no such market.
    """
    k = whole(k, "k", 0, len(markets.market) - 1)
    if whole(agent, "agent", 0) not in rl_traders(markets, k):
        raise InputError(f"{agent} is no trader that follows a policy", key="agent")
    copy = markets.agents[k, agent : agent + 1].copy()
    role = ROLES[int(copy["role"][0])]
    row = int(copy["memory"][0]) if role != "directional" else 0
    remembered = markets.roles[k, row : row + 1].copy()
    observation = np.zeros(WIDEST, np.float32)
    scratch = np.zeros((3, MAX_WIDTH), np.float32)
    _look(markets, k, copy, remembered, observation, scratch)
    logits = scratch[0, : len(action_names(role))].astype(np.float64)
    weights = np.exp(logits - logits.max())
    seen = observation[: len(observation_names(role))]
    return Sight(seen, weights / weights.sum(), role)
