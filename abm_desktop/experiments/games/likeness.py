"""Do networks that see markets alike, or that forecast alike, cut positions together in a crash?

Qiu, Y. and Han, Q. (2026). Representation homogeneity and systemic instability in AI-dominated
financial markets, arXiv 2604.22818. Likeness of representations is linear CKA of the last hidden
layers: Kornblith, S., Norouzi, M., Lee, H. and Hinton, G. (2019). Similarity of neural network
representations revisited. ICML, 3519-3529.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from abm_desktop.envs import SharedMarketVectorEnv
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles.numbers import BUY_ACTION, SELL_ACTION
from abm_desktop.market.simulator import Simulator
from abm_desktop.metrics.agents import positions
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.stress import FlashCrash

__all__ = [
    "FORECASTS",
    "REPRESENTATIONS",
    "PairLikeness",
    "cka",
    "deleveraging",
    "hidden",
    "likeness_of",
    "predicted",
]

REPRESENTATIONS, FORECASTS = "representations", "forecasts"
"""What likeness is of."""
TRADERS = 5
"""Of each policy in a market."""
_LEAD, _JOIN, _AFTER = 1800.0, 900.0, 1800.0
"""Seconds from the open to the crash, from the traders' joining to it, and after it."""
_BIN = 10.0
"""Seconds in which positions that are cut count as cut together."""
_ROUNDS, _MARKETS = 120, 4
"""Decisions, and calm markets, in which what networks see is collected."""
_LOOKS = 1024
_SEED = 1_300_000_000
"""Of those markets; no claim has them."""


def hidden(policy: PolicyNet, observations: np.ndarray) -> np.ndarray:
    """The last hidden layer of a perceptron at what it sees, float64 (n, units)."""
    x = np.asarray(observations, np.float64)
    for weights, biases in zip(policy.weights[:-1], policy.biases[:-1], strict=True):
        x = x @ weights + biases
        x = np.tanh(x) if policy.activation == "tanh" else np.maximum(x, 0.0)
    return x


def cka(first: np.ndarray, second: np.ndarray) -> float:
    """Linear CKA of two representations of the same n inputs, (n, p) and (n, q): 0 to 1.

    It does not change if a representation is rotated, or all of it is scaled.

    >>> x = np.random.default_rng(1).standard_normal((500, 3))
    >>> round(cka(x, 2.0 * x[:, ::-1]), 6), round(cka(x, x[::-1]), 1)
    (1.0, 0.0)
    """
    x, y = first - first.mean(axis=0), second - second.mean(axis=0)
    own = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(((x.T @ y) ** 2).sum() / own)


@dataclass(frozen=True, slots=True)
class PairLikeness:
    """Of every pair of policies, in the order of ``itertools.combinations``: float64 (pairs,)."""

    representations: np.ndarray
    """Linear CKA of their last hidden layers."""
    forecasts: np.ndarray
    """Correlation of their forecasts: by how much BUY is preferred to SELL."""


def likeness_of(policies: Sequence[PolicyNet], observations: np.ndarray) -> PairLikeness:
    """How alike policies are at the same observations, float32 (n, inputs)."""
    layers = [hidden(policy, observations) for policy in policies]
    logits = [policy.logits(observations).astype(np.float64) for policy in policies]
    forecasts = np.array([one[:, BUY_ACTION] - one[:, SELL_ACTION] for one in logits])
    pairs = list(itertools.combinations(range(len(policies)), 2))
    both = np.corrcoef(forecasts)
    return PairLikeness(
        np.array([cka(layers[a], layers[b]) for a, b in pairs]),
        np.array([both[a, b] for a, b in pairs]),
    )


def _looks(policies: Sequence[PolicyNet], scenario: Scenario) -> np.ndarray:
    """What traders of these policies see in calm markets, all of them together, (n, inputs)."""
    env = SharedMarketVectorEnv(
        _MARKETS, scenario, traders=len(policies), role=policies[0].role, seed=_SEED, threads=1
    )
    seen, found = env.reset()[0], []
    try:
        for _ in range(_ROUNDS):
            each = seen.reshape(_MARKETS, len(policies), -1)
            chosen = [p.logits(each[:, j]).argmax(axis=1) for j, p in enumerate(policies)]
            found.append(seen)
            seen = env.step(np.stack(chosen, axis=1).ravel())[0]
    finally:
        env.close()
    every = np.concatenate(found)
    return every[np.random.default_rng(_SEED).permutation(len(every))[:_LOOKS]]


def deleveraging(policies: Sequence[PolicyNet], scenario: Scenario, seed: int) -> np.ndarray:
    """By how many lots the traders of each policy cut their positions after a flash crash.

    In every bin, float64 (bins, policies), long positions and short ones alike; what a trader adds
    to its position counts as 0.
    """
    market = Simulator(scenario, seed)
    market.warm_up()
    market.tape.clear_rows()
    market.run_until(_LEAD - _JOIN)
    column_of = {
        agent: column
        for column, policy in enumerate(policies)
        for agent in market.add_policy_traders(policy, TRADERS)
    }
    market.inject(FlashCrash(), at=_LEAD)
    market.run_until(_LEAD + _AFTER)
    times = _LEAD + np.arange(0.0, _AFTER + 1e-9, _BIN) + scenario.market.warm_up
    found = positions(market.tape.trades, "rl", np.round(times * 1e9))
    out = np.zeros((len(times) - 1, len(policies)))
    for agent, lots in zip(found.agents, found.inventory.T, strict=True):
        out[:, column_of[int(agent)]] += np.maximum(-np.diff(np.abs(lots)), 0.0)
    return out


def predicted(likeness: np.ndarray, cut: np.ndarray) -> float:
    """Rank correlation over pairs of how alike two are and how much they cut together.

    ``cut`` is (bins, policies). A pair of which one never does is left out; NaN for fewer than
    three pairs.
    """
    acts = np.flatnonzero(cut.std(axis=0) > 0.0)
    together = np.full((cut.shape[1], cut.shape[1]), np.nan)
    if len(acts) > 1:
        together[np.ix_(acts, acts)] = np.corrcoef(cut[:, acts].T)
    of_pairs = together[np.triu_indices(cut.shape[1], 1)]
    known = np.isfinite(of_pairs)
    if known.sum() < 3:
        return float("nan")
    return float(stats.spearmanr(likeness[known], of_pairs[known]).statistic)


def play(policies: Sequence[PolicyNet], scenario: Scenario, seeds: Sequence[int]) -> pd.DataFrame:
    """A row for each kind of likeness and market: ``of``, ``seed``, ``predicts_deleveraging``."""
    alike = likeness_of(policies, _looks(policies, scenario))
    rows = []
    for seed in seeds:
        cut = deleveraging(policies, scenario, seed)
        for of, numbers in (
            (REPRESENTATIONS, alike.representations),
            (FORECASTS, alike.forecasts),
        ):
            rows.append({"of": of, "seed": seed, "predicts_deleveraging": predicted(numbers, cut)})
    return pd.DataFrame(rows)
