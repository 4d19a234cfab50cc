"""What an RL trader would see and do at this moment; looking changes nothing in the market."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from abm_desktop.market.arrays import Markets
from abm_desktop.market.compiled import kernel
from abm_desktop.market.features import observe
from abm_desktop.market.policy import forward
from abm_desktop.market.state import MAX_WIDTH, N_FEATURES, RL


class Sight(NamedTuple):
    """The eyes and the mind of one RL trader at one moment."""

    observation: np.ndarray
    """float32 (13,), named by :data:`abm_desktop.market.features.OBSERVATION_NAMES`."""
    probabilities: np.ndarray
    """float64 (3,): the softmax of its logits for SELL, HOLD, BUY. A greedy trader takes the
    largest."""


@kernel
def _look(markets, k, agents, observation, scratch):
    a = agents[0]
    m = markets.market[k]
    observe(m, a, markets.levels[k], markets.bits[k], markets.ring[k], observation)
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
    """
    copy = markets.agents[k, agent : agent + 1].copy()
    observation = np.zeros(N_FEATURES, np.float32)
    scratch = np.zeros((3, MAX_WIDTH), np.float32)
    _look(markets, k, copy, observation, scratch)
    logits = scratch[0, :3].astype(np.float64)
    weights = np.exp(logits - logits.max())
    return Sight(observation, weights / weights.sum())
