"""Exploitability: what a fresh learner earns in somebody's seat, beyond what that one earns there.

With a best response that is learned this is a bound from below, told with its budget; it is the
NashConv of Lanctot et al. (2017, A unified game-theoretic approach to multiagent reinforcement
learning) of one player, approximated as by Timbers et al. (2022, Approximate exploitability).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from abm_desktop.learning.judging.seed_ranges import first_seed
from abm_desktop.learning.population.config import PopulationConfig, PopulationJudging
from abm_desktop.learning.population.learner import PopulationLearner
from abm_desktop.learning.population.markets import MarketTables
from abm_desktop.learning.population.seats import Tables, rollout_of
from abm_desktop.learning.population.training import LearningPopulation, seated_markets
from abm_desktop.market.roles.judged import STEP

__all__ = ["Exploitability", "exploitability", "market_exploitability", "respond"]


@dataclass(frozen=True, slots=True)
class Exploitability:
    """What a best response gained in one seat. Means a decision, in the unit of the reward."""

    seat: int
    name: str
    """Of the learner whose seat it is."""
    decisions: int
    """That the response learned from: its budget."""
    own: float
    """What the learner earns in its seat."""
    gain: float
    """How much more the response earns: a bound from below, if it is above 0."""
    error: float
    """Standard error of the gain, paired over tables."""
    tables: int
    """That both were judged at."""


def respond(
    tables: Tables,
    learner: PopulationLearner,
    others: Sequence[Any],
    seating: Sequence[int],
    seat: int,
    *,
    steps: int,
    iterations: int,
    seed: int,
) -> Any:
    """Let ``learner`` learn in one seat while all others stay as they are; returns its player.

    ``seating`` says which of the players ``others`` sits on each seat; who sat on ``seat`` is away.
    Others act as they do when they trade, greedily.
    """
    random = np.random.default_rng([seed, 0x62])
    placed = np.tile(np.array(seating, np.int64), (tables.tables, 1))
    placed[:, seat] = len(others)
    mine = placed == len(others)
    greedy = [True] * len(others)
    for _ in range(iterations):
        players = [*others, _player(tables, learner)]
        sample = tables.sample(players, placed, steps, random, (*greedy, False))
        learner.learn(rollout_of(sample, mine, tables.inputs[seat]))
    return _player(tables, learner)


def _player(tables: Tables, learner: PopulationLearner) -> Any:
    return learner.policy() if isinstance(tables, MarketTables) else learner.net()


def exploitability(
    make_judging: Callable[[], Tables],
    response: Any,
    players: Sequence[Any],
    seating: Sequence[int],
    seat: int,
    *,
    steps: int,
    name: str = "",
    decisions: int = 0,
    seed: int = 0,
) -> Exploitability:
    """Judge a response in ``seat`` against who sits there, at equal tables made anew for both."""
    earned = []
    for player in (players[seating[seat]], response):
        tables = make_judging()
        placed = np.tile(np.array(seating, np.int64), (tables.tables, 1))
        placed[:, seat] = len(players)
        random = np.random.default_rng([seed, 0x6A])
        sample = tables.sample(
            [*players, player], placed, steps, random, [True] * (len(players) + 1)
        )
        decided = np.maximum(sample.valid[:, :, seat].sum(axis=0), 1)
        earned.append(sample.rewards[:, :, seat].sum(axis=0, dtype=np.float64) / decided)
        tables.close()
    gains = earned[1] - earned[0]
    error = float(gains.std(ddof=1)) / math.sqrt(len(gains)) if len(gains) > 1 else math.nan
    return Exploitability(
        seat, name, decisions, float(earned[0].mean()), float(gains.mean()), error, len(gains)
    )


def market_exploitability(
    config: PopulationConfig, population: LearningPopulation, seat: int
) -> Exploitability:
    """Exploitability of one seat of a population in its markets, with the budget of ``config``.

    The response has the settings of the learner whose seat it takes, and its reward. Both are
    judged on days of the range to report on (:mod:`abm_desktop.learning.judging.seed_ranges`),
    with that reward, among the learners alone: a league has no seats there.
    """
    rules = config.judging or PopulationJudging()
    learner = population.learners[population.seats[seat]]
    seats = population.seats
    owners = [population.learners[who].config for who in seats]
    total = learner.config.model_copy(
        update={
            "iterations": rules.response_iterations,
            "traders_per_market": 1,
            "seed": config.seed + 5_000_011 + seat,
            "minibatch_size": min(
                learner.config.minibatch_size, config.markets * config.rollout_length
            ),
        }
    )
    tables = seated_markets(config, owners, config.markets, config.seed + 7_000_003 + seat)
    fresh = PopulationLearner(total, tables.inputs[seat], tables.actions[seat])
    players = [one.policy() for one in population.learners]
    response = respond(
        tables,
        fresh,
        players,
        seats,
        seat,
        steps=config.rollout_length,
        iterations=rules.response_iterations,
        seed=config.seed,
    )
    tables.close()
    first = first_seed("report", seat * rules.days, rules.days)

    def judging() -> Tables:
        longer = config.model_copy(update={"episode_seconds": min(7200.0 * rules.hours, 86_400.0)})
        return seated_markets(longer, owners, rules.days, list(range(first, first + rules.days)))

    return exploitability(
        judging,
        response,
        players,
        seats,
        seat,
        steps=round(rules.hours * 3600.0 / STEP),
        name=population.names[seats[seat]],
        decisions=fresh.decisions,
        seed=config.seed,
    )
