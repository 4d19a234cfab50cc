"""Learners of a population in games whose solution is known."""

from __future__ import annotations

import math

import numpy as np
import pytest
from support.long_tests import long

from abm_desktop.envs.games.dealers import Dealers
from abm_desktop.envs.games.kyle import Kyle, equilibrium
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.population.best_response import exploitability, respond
from abm_desktop.learning.population.learner import PopulationLearner
from abm_desktop.learning.population.seats import GameTables
from abm_desktop.learning.population.training import LearningPopulation
from abm_desktop.metrics.collusion import benchmarks, collusion_index

USUAL = {
    "algorithm": "PPO",
    "minibatch_size": 1024,
    "epochs": 4,
    "final_rate": 0.02,
    "gae_lambda": 1.0,
    "entropy": 0.0,
    "threads": 1,
}


def learner(game, seat: int, steps: int, iterations: int, seed: int, **own) -> PopulationLearner:
    config = TrainingConfig(
        **USUAL,
        envs_per_worker=game.tables,
        rollout_length=steps,
        iterations=iterations,
        seed=seed + seat,
        **own,
    )
    return PopulationLearner(config, game.inputs[seat], game.actions[seat])


def learned(game, steps: int, iterations: int, seed: int, **own) -> LearningPopulation:
    learners = [
        learner(game, seat, steps, iterations, seed, **own) for seat in range(len(game.inputs))
    ]
    seats = range(len(learners))
    population = LearningPopulation(
        GameTables(game), learners, seats, [str(k) for k in seats],
        steps=steps, iterations=iterations, seed=seed, threads=1,
    )  # fmt: skip
    for _ in population:
        pass
    return population


def chances(player, seen: np.ndarray) -> np.ndarray:
    logits = player.logits(seen)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


def insider_line(game: Kyle, player, period: int) -> tuple[float, float]:
    """Slope of its mean orders on v - p, and the share of their variance that the line explains."""
    before = equilibrium(game.periods, game.sigma_v, game.sigma_u).variance
    left = math.sqrt(before[period - 1]) if period else game.sigma_v
    away = np.linspace(-2.0, 2.0, 41) * left
    seen = np.column_stack([away / game.sigma_v, np.full(41, 1.0 - period / game.periods)])
    orders = chances(player, seen.astype(np.float32)) @ game.orders
    density = np.exp(-0.5 * (away / left) ** 2)
    slope = (density * away * orders).sum() / (density * away * away).sum()
    rest = (density * (orders - slope * away) ** 2).sum() / (density * orders * orders).sum()
    return float(slope), 1.0 - float(rest)


KYLE = {"gamma": 1.0, "learning_rate": 5e-3, "hidden": (16,)}


def test_an_insider_of_kyle_learns_the_linear_equilibrium():
    """lambda = sigma_v / (2 sigma_u), beta = sigma_u / sigma_v; both learn from each other.

    With seeds 11 to 18 the line explains 0.98 to 0.99 after 80 iterations, 0.969 to 0.995 after 60.
    """
    sigma_v, sigma_u = 2.0, 50.0
    game = Kyle(1024, sigma_v=sigma_v, sigma_u=sigma_u, seed=11)
    assert game.impact[0] == pytest.approx(0.25 * sigma_v / sigma_u), "no equilibrium to begin with"
    (player,) = learned(game, 4, 80, seed=11, **KYLE).players()
    slope, linear = insider_line(game, player, 0)
    assert slope == pytest.approx(sigma_u / sigma_v, rel=0.1)
    assert game.impact[0] == pytest.approx(sigma_v / (2.0 * sigma_u), rel=0.1)
    assert linear > 0.97


@long("three periods, some ten seconds")
def test_an_insider_of_kyle_trades_gradually():
    game, known = Kyle(1024, periods=3, seed=5), equilibrium(3)
    (player,) = learned(game, 12, 120, seed=5, **KYLE).players()
    slopes, linear = zip(*(insider_line(game, player, n) for n in range(3)), strict=True)
    assert slopes == pytest.approx(known.intensity, rel=0.2)
    assert game.impact == pytest.approx(known.impact, rel=0.15)
    assert min(linear) > 0.93
    assert slopes[0] < 0.75 * slopes[2], "it holds back while others can still learn from it"


def test_an_insider_of_kyle_equilibrium_by_its_equations():
    """Each period's intensity is the best one, and impact what a regression would find."""
    for periods in (1, 2, 7):
        known = equilibrium(periods, 1.5, 3.0)
        before = np.concatenate([[1.5**2], known.variance[:-1]])
        flow = known.intensity**2 * before + 3.0**2
        assert known.impact == pytest.approx(known.intensity * before / flow)
        assert known.variance == pytest.approx(before * (1.0 - known.intensity * known.impact))
    assert known.intensity[-1] == pytest.approx(1.0 / (2.0 * known.impact[-1]))


DEALERS = {"gamma": 0.0, "learning_rate": 1e-2, "hidden": (8,)}
GRID = np.round(np.arange(0.0, 0.61, 0.02), 2)


def quoted(game: Dealers, population: LearningPopulation) -> np.ndarray:
    """Mean half-spreads of the dealers, (A,)."""
    ones = np.ones((1, 1), np.float32)
    return np.array([float(chances(p, ones)[0] @ game.spreads) for p in population.players()])


def test_dealers_charge_the_share_of_the_informed():
    """Glosten and Milgrom: competition leaves a spread of informed * jump, to a tick or two."""
    best = []
    for informed in (0.2, 0.7):
        game = Dealers(256, 4, GRID, informed=informed, jump=1.0, seed=3)
        best.append(quoted(game, learned(game, 4, 60, seed=3, **DEALERS)).min())
        assert 0.5 * informed - 0.01 <= best[-1] <= 0.5 * informed + 0.05
    assert best[0] < best[1]


def test_dealers_compete_spreads_down_and_one_alone_takes_the_monopoly_s():
    grid = np.linspace(0.0, 1.0, 21)
    monopoly = benchmarks(Dealers(1, 1, grid, willing=1.0).payoffs()).monopoly
    assert monopoly == pytest.approx(0.25)  # s (1 - s) at 1/2
    index = {}
    for count in (1, 2, 4):
        game = Dealers(256, count, grid, willing=1.0, seed=4)
        population = learned(game, 4, 60, seed=4, **DEALERS)
        earned = float(game.profit(quoted(game, population).min()))
        index[count] = collusion_index(earned, 0.0, monopoly)
        if count == 1:
            assert quoted(game, population)[0] == pytest.approx(0.5, abs=0.06)
    # On this grid two ticks above nothing are an equilibrium of two, and one tick of four.
    assert index[1] > 0.95 and index[2] < 0.55 and index[4] < 0.25


def test_a_best_response_finds_what_there_is_to_gain():
    """Against one who always quotes 0.4 the best is just below it; against 0.05, to share it."""
    grid = np.linspace(0.0, 1.0, 21)

    class Always:
        def __init__(self, action):
            self.action = action

        def logits(self, observations):
            return np.where(np.arange(21) == self.action, 1.0, 0.0) * np.ones(
                (len(observations), 1)
            )

    def tables(seed=9):
        return GameTables(Dealers(256, 2, grid, willing=1.0, seed=seed))

    for action, least, most in ((8, 0.09, 0.12), (1, -0.005, 0.005)):
        others = [Always(action)]
        fresh = learner(tables(), 1, 4, 50, 7, **DEALERS)
        response = respond(tables(8), fresh, others, [0, 0], 1, steps=4, iterations=50, seed=7)
        found = exploitability(
            tables, response, others, [0, 0], 1, steps=20, decisions=fresh.decisions
        )
        assert found.decisions == 50 * 256 * 4
        assert found.own == pytest.approx(0.5 * grid[action] * (1.0 - grid[action]), abs=0.005)
        assert least <= found.gain <= most, found
        assert found.error < 0.003


def test_expected_profits_of_dealers_are_those_of_play():
    game = Dealers(4000, 2, GRID, informed=0.3, jump=0.6, willing=0.5, seed=2)
    payoffs = game.payoffs()
    for one, other in ((5, 8), (8, 8), (12, 3)):
        actions = np.tile([one, other], (4000, 1))
        rewards, over = game.step(actions)
        assert over.all()
        assert rewards[:, 0].mean() == pytest.approx(payoffs[one, other], abs=0.004)
        assert rewards[:, 1].mean() == pytest.approx(payoffs[other, one], abs=0.004)
