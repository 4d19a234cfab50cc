"""Games of learners in a market: what a round is worth, who may do what, and what is told of it."""

import numpy as np
import pytest

from abm_desktop.experiments.games import executors, insider, likeness
from abm_desktop.experiments.games.executors import Executors
from abm_desktop.experiments.games.insider import Insider
from abm_desktop.experiments.games.market_game import begin_next
from abm_desktop.inputs import InputError
from abm_desktop.learning.registry import models
from abm_desktop.scenario import find_scenario, load_scenario

SEEDS = [690_000_100 + k for k in range(4)]


@pytest.fixture(scope="module")
def calm():
    return load_scenario(find_scenario("calm"))


def follow(game, decide, rounds):
    seen, _ = game.reset(seed=SEEDS[: game.markets])
    worth = np.zeros(game.num_envs)
    for _ in range(rounds):
        seen, rewards, ended, *_ = game.step(decide(seen))
        worth += rewards
    return seen, worth, ended


def test_an_insider_is_paid_the_value_less_what_it_paid(calm):
    game = Insider(4, calm)
    seen, worth, ended = follow(game, insider.at_once, game.rounds)
    assert ended.all() and game.side.min() in (-1.0, 1.0)
    held, cash = game.side * game.lots, game.cash / game.lot
    assert 0 < game.lots.max() <= game.limit
    gain = 10.0 * (cash + held * game.value) / (game.limit * game.value * insider.SPREAD)
    assert worth == pytest.approx(gain, abs=1e-3)
    assert seen[:, 1] == pytest.approx(0.0) and seen[:, 11] == pytest.approx(held * game.side / 480)
    # The step that begins the next episode ignores what is done, and pays nothing.
    before = game.value.copy()
    _, rewards, ended, *_ = game.step(np.full(4, 2))
    assert not rewards.any() and not ended.any() and (game.value != before).all()
    assert not game.lots.any() and not game.played.any()
    game.close()


def test_equal_seeds_are_equal_games(calm):
    first, second = (follow(Insider(2, calm), insider.evenly, 30) for _ in range(2))
    assert (first[0] == second[0]).all() and (first[1] == second[1]).all()


def test_who_trades_at_once_has_all_early_and_who_trades_evenly_has_not(calm):
    fast, slow = (insider.play(insider.RULES[name], calm, SEEDS) for name in ("at once", "evenly"))
    assert list(fast["seed"]) == SEEDS
    assert fast["first_tenth"].min() > 0.6 and slow["first_tenth"].max() < 0.25
    assert slow["first_half"].between(0.3, 0.7).all() and (slow["lots"] > 100).all()


@pytest.mark.parametrize("memory", [True, False])
def test_executors_finish_whatever_they_decide(calm, memory):
    game = Executors(4, calm, memory=memory)
    seen, _, ended = follow(game, lambda seen: np.zeros(len(seen), int), game.rounds)
    assert ended.all() and game.lots == pytest.approx(240.0)
    assert (game.side.reshape(2, 2)[:, 0] == game.side.reshape(2, 2)[:, 1]).all()
    knows = np.abs(seen).max(axis=0) > 0
    assert not knows[[3, 4]].any() and knows[[0, 2, 12]].all() == memory
    assert not begin_next(game)[:, [0, 2]].any()
    game.close()


def test_a_cost_is_the_shortfall_but_for_luck(calm):
    """Over markets the two differ by what the value moved, whose mean is 0; haste costs more."""
    even, fast = (
        executors.play(executors.schedule(part), calm, SEEDS) for part in (1.0, executors.PARTS[-1])
    )
    assert even["first_half"].mean() == pytest.approx(0.5, abs=0.03)
    assert fast["first_half"].mean() == pytest.approx(1.0, abs=0.01)
    assert fast["cost"].mean() > even["cost"].mean() and fast["shortfall_bp"].mean() > 0.5


def test_a_market_has_all_its_seats(calm):
    with pytest.raises(InputError, match="num_envs must be a multiple of 2"):
        Executors(3, calm)


def test_likeness_of_what_is_known():
    random = np.random.default_rng(3)
    x = random.standard_normal((400, 5))
    turned = np.linalg.qr(random.standard_normal((5, 5)))[0]
    assert likeness.cka(x, 3.0 * x @ turned) == pytest.approx(1.0)
    assert likeness.cka(x, random.standard_normal((400, 5))) < 0.05
    policies = [models.load_policy(f"rq-ppo-{n}") for n in (101, 102)]
    seen = random.standard_normal((50, 17)).astype(np.float32)
    layer = likeness.hidden(policies[0], seen)
    logits = layer @ policies[0].weights[-1] + policies[0].biases[-1]
    assert logits == pytest.approx(policies[0].logits(seen), abs=1e-4)
    same = likeness.likeness_of([policies[0], policies[0], policies[1]], seen)
    assert same.representations[0] == pytest.approx(1.0) == same.forecasts[0]
    assert same.representations[1] < 0.999


def test_what_predicts_is_a_rank_correlation_over_pairs():
    random = np.random.default_rng(4)
    common = random.random((200, 1))
    cut = np.hstack([common, common + 0.1 * random.random((200, 1)), random.random((200, 2))])
    cut = np.hstack([cut, np.zeros((200, 1))])  # who never cuts is in no pair
    together = np.corrcoef(cut[:, :4].T)[np.triu_indices(4, 1)]
    alike = np.zeros((5, 5))
    alike[np.triu_indices(4, 1)] = together
    assert likeness.predicted(alike[np.triu_indices(5, 1)], cut) == pytest.approx(1.0)
    assert np.isnan(likeness.predicted(np.ones(10), np.zeros((200, 5))))


def test_positions_that_are_cut_are_counted_by_policy(calm):
    policies = [models.load_policy(f"rq-{kind}-101") for kind in ("ppo", "dqn")]
    cut = likeness.deleveraging(policies, calm, SEEDS[0])
    assert cut.shape == (180, 2) and (cut >= 0.0).all() and (cut.sum(axis=0) > 0.0).all()
