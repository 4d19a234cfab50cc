"""What an RL trader would see and do at this moment; looking changes nothing in the market."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from abm_desktop.inputs import InputError, whole
from abm_desktop.market.arrays import Markets
from abm_desktop.market.roles import role_of_network, roles
from abm_desktop.market.state import MAX_WIDTH, RL
from abm_desktop.market.traders.rl_roles import see_and_weigh


class Sight(NamedTuple):
    """The eyes and the mind of one RL trader at one moment."""

    observation: np.ndarray
    """float32 (n,): what its role sees, named by :func:`.roles.observation_names`."""
    probabilities: np.ndarray
    """float64 (m,): the softmax of its logits for the actions of its role, named by
    :func:`.roles.action_names`. A greedy trader takes the largest."""
    role: str
    """Name of the first role with its compiled side and a network of that shape."""


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
    network = markets.networks[k, int(copy["policy"][0])]
    inputs, outputs = int(network[1]), int(network[1 + network[0]])
    role = role_of_network(int(copy["role"][0]), inputs, outputs)
    if role is None:
        raise InputError(f"no role has {inputs} observations and {outputs} actions", key="agent")
    row = int(copy["memory"][0]) if role.remembers else 0
    remembered = markets.roles[k, row : row + 1].copy()
    observation = np.zeros(max(len(known.observations) for known in roles()), np.float32)
    scratch = np.zeros((3, MAX_WIDTH), np.float32)
    see_and_weigh(markets, k, copy, remembered, observation, scratch)
    logits = scratch[0, :outputs].astype(np.float64)
    weights = np.exp(logits - logits.max())
    seen = observation[:inputs]
    return Sight(seen, weights / weights.sum(), role.name)
