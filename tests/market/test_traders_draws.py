"""Each trader's own draws have the mean, variance and memory that their formulas say.

At the shipped parameters and some others, a million draws each, or ten million with
``make test-long``, which also runs test_draws_at_the_bounds.py.
"""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from abm_desktop.envs import core
from tests.support.trader_draws import DEEP, check, drawn, make_state
from tests.support.trader_draws import DRAWS as N


@pytest.fixture(scope="module")
def state():
    return make_state()


def capped(minimum, tail, cap):
    """Mean and variance of the whole part of a Pareto number, at most ``cap``, lots."""
    lots = np.arange(math.floor(minimum), cap + 1, dtype=float)
    at_least = np.minimum((minimum / np.maximum(lots, minimum)) ** tail, 1.0)
    chance = at_least - np.append(at_least[1:], 0.0)
    mean = float(lots @ chance)
    return mean, float(lots**2 @ chance) - mean**2


@pytest.mark.parametrize(
    ("bias", "low", "high"), [(None, None, None), (1.0, 1e-6, 1.0), (1e-4, 0.5, 0.5)]
)
def test_biases_and_thresholds_of_fundamental_traders(state, bias, low, high):
    given = {"value_bias": bias, "value_threshold_min": low, "value_threshold_max": high}
    given = {name: value for name, value in given.items() if value is not None}
    biases, thresholds = drawn(state, 0, 2, **given)
    p = {n: given.get(n, float(state.params[n][0])) for n in
         ("value_bias", "value_threshold_min", "value_threshold_max")}  # fmt: skip
    check(biases, 0.0, p["value_bias"] ** 2)
    bottom, top = math.log(p["value_threshold_min"]), math.log(p["value_threshold_max"])
    if top > bottom:
        check(thresholds, (top + bottom) / 2, (top - bottom) ** 2 / 12)
        assert thresholds.min() >= bottom - 1e-12 and thresholds.max() <= top + 1e-12
    else:
        assert np.ptp(thresholds) == 0


@pytest.mark.parametrize("lifetime", [None, 0.001, 1e4])
def test_lifetimes_of_the_orders_of_fundamental_traders(state, lifetime):
    # Always on, a hundredth above the mid, never aggressive.
    given = {"value_noise": 0.0, "value_aggressive_probability": 0.0,
             "value_aggressive_multiple": 1e9}  # fmt: skip
    mean = float(state.params["value_lifetime"][0]) if lifetime is None else lifetime
    state.market["value"] = 1.01 * state.market["mid"]
    (life,) = drawn(state, 1, 1, number=N // 4, value_lifetime=mean, **given)
    state.market["value"] = state.market["mid"]
    check(life, mean + 1e-9, mean**2)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"noise_lifetime_tail": 5.0, "noise_placement_tail": 5.0, "noise_size_log_sd": 0.0},
        {"noise_lifetime_cap": 10.0, "noise_max_distance": 5, "noise_share_inside": 0.0},
    ],
    ids=["shipped", "thin tails", "short and near"],
)
def test_limit_orders_of_noise_traders(state, given):
    p = {name: given.get(name, float(state.params[name][0])) for name in state.params.dtype.names
         if name.startswith("noise_")}  # fmt: skip
    side, size, life, distance = drawn(
        state, 2, 4, noise_market_rate=0.0, noise_bound=1.0, noise_fleeting_share=0.0,
        noise_round_share=0.0, **given,
    )  # fmt: skip
    check(side, 0.0, 1.0)
    sd = p["noise_size_log_sd"]
    if sd:
        # Lots are the whole part of a log-normal number, at least one.
        law = stats.lognorm(sd, scale=math.exp(p["noise_size_log_mean"]))
        lots = np.arange(1, 20_000, dtype=float)
        chance = np.diff(np.append(law.cdf(np.append(0.0, lots[1:])), 1.0))
        check(size, float(lots @ chance), float(lots**2 @ chance) - float(lots @ chance) ** 2)
    else:
        assert (size == max(1, math.floor(math.exp(p["noise_size_log_mean"])))).all()
    inside, best = p["noise_share_inside"], p["noise_share_at_best"]
    check((distance < 0).astype(float), inside, inside * (1 - inside))
    check((distance == 0).astype(float), best, best * (1 - best))
    # Behind the best: 1 + the whole part of a Lomax number, cut at the largest distance.
    far, most = distance[distance > 0], int(p["noise_max_distance"])
    d = np.arange(1, most + 1, dtype=float)
    beyond = (1 + (d - 1) / p["noise_placement_scale"]) ** -p["noise_placement_tail"]
    chance = beyond - np.append(beyond[1:], 0.0)
    check(far, float(d @ chance), float(d**2 @ chance) - float(d @ chance) ** 2)
    # At the best price: a Lomax number of seconds, cut at the longest.
    scale, tail, cap = (p[f"noise_lifetime_{name}"] for name in ("scale", "tail", "cap"))
    for k in (0, 1, 4):
        mine = life[np.maximum(distance, 0) == k]
        own = scale * (1 + k / p["noise_lifetime_distance"])
        cut = (1 + cap / own) ** -tail
        assert abs((mine >= cap).mean() - cut) < 4.5 * math.sqrt(cut / len(mine)) + 1e-9
        survival = [(1 + t / own) ** -tail for t in (0.3 * own, own, 3 * own) if t < cap]
        found = [(mine > t).mean() for t in (0.3 * own, own, 3 * own) if t < cap]
        np.testing.assert_allclose(found, survival, atol=4.5 * 0.5 / math.sqrt(len(mine)))
        mean = own / (tail - 1) * (1 - (1 + cap / own) ** (1 - tail))
        assert abs(mine.mean() - mean) < 4.5 * mine.std() / math.sqrt(len(mine))


def test_fleeting_and_round_orders_of_noise_traders(state):
    given = {"noise_market_rate": 0.0, "noise_bound": 1.0, "noise_round_lot": 7.0}
    share, time = 0.3, 0.05
    _, size, life, _ = drawn(
        state, 2, 4, noise_fleeting_share=share, noise_fleeting_time=time, noise_round_share=1.0,
        noise_lifetime_scale=1e6, noise_lifetime_cap=1e7, **given,
    )  # fmt: skip
    assert (size % 7 == 0).all() and size.min() == 7
    fleeting = life < 100 * time  # of a million seconds the others hardly ever have so few
    check(fleeting.astype(float), share, share * (1 - share))
    check(life[fleeting], time, time**2)


def test_patient_orders_of_noise_traders_stand_far_away_for_long(state):
    given = {"noise_market_rate": 0.0, "noise_bound": 1.0, "noise_fleeting_share": 1.0}
    share, reach, time = 0.2, 500.0, 1e5
    _, _, life, distance = drawn(
        state, 2, 4, noise_patient_share=share, noise_patient_distance=reach,
        noise_patient_time=time, noise_max_distance=9_000.0, noise_placement_tail=20.0, **given,
    )  # fmt: skip
    patient = life > 5.0  # a hundred times what the others live
    check(patient.astype(float), share * math.exp(-5.0 / time))
    check(life[patient], time, time**2)
    # 1 + the whole part of an exponential number.
    gone = math.exp(-1.0 / reach)
    check(distance[patient], 1.0 / (1.0 - gone), gone / (1.0 - gone) ** 2)


def test_turbulence_shortens_lifetimes_by_its_power(state):
    given = {"noise_market_rate": 0.0, "noise_bound": 1.0, "noise_fleeting_share": 0.0}
    given |= {"noise_lifetime_volatility": 0.5}
    (calm, wild) = (
        drawn(state, 2, 4, number=N // 10, market={"turbulence": times}, **given)[2]
        for times in (1.0, 9.0)
    )
    short = calm < 0.9 * float(state.params["noise_lifetime_cap"][0])  # as those are all alike
    np.testing.assert_allclose(wild[short], calm[short] / 3.0, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize(
    ("tail", "cap"), [(None, None), (5.0, 10_000_000), (1.05, 50)], ids=["shipped", "thin", "cut"]
)
def test_market_orders_of_noise_traders(state, tail, cap):
    tail = float(state.params["noise_market_size_tail"][0]) if tail is None else tail
    cap = int(state.params["noise_market_size_cap"][0]) if cap is None else cap
    side, size, _, _ = drawn(
        state, 2, 4, noise_limit_rate=0.0, noise_market_rate=1.0, noise_market_size_tail=tail,
        noise_market_size_cap=cap,
    )  # fmt: skip
    check(side, 0.0, 1.0)
    check(size, *capped(1.0, tail, min(cap, DEEP)))


@pytest.mark.parametrize(
    ("tail", "cap"), [(None, None), (1.1, 100_000), (5.0, 2000)], ids=["shipped", "fat", "thin"]
)
def test_parents_and_children_of_institutions(state, tail, cap):
    p = {name: float(state.params[f"institution_{name}"][0]) for name in
         ("parent_min", "parent_tail", "parent_cap", "rest", "rate", "child_tail", "child_cap",
          "news")}  # fmt: skip
    tail, cap = tail or p["parent_tail"], cap or p["parent_cap"]
    side, parent, rest, gap, child = drawn(
        state, 3, 5, institution_parent_tail=tail, institution_parent_cap=cap,
        institution_give_up=0.0, institution_news=0.0, institution_burst_share=0.0,
        institution_informed_share=0.0,
    )  # fmt: skip
    check(side, 0.0, 1.0)
    check(parent, *capped(p["parent_min"], tail, int(cap)))
    check(rest, p["rest"], p["rest"] ** 2)
    check(gap, 1 / p["rate"], p["rate"] ** -2)
    check(child, *capped(1.0, p["child_tail"], int(p["child_cap"])))
    assert abs((parent[:-1] * side[1:]).mean()) < 4.5 * parent.std() * 2 / math.sqrt(N)


def test_bursts_keep_the_pace_and_those_who_know_are_on_the_right_side(state):
    rate, share, known = float(state.params["institution_rate"][0]), 0.6, 0.7
    value = {"value": 1.01 * state.market["mid"][0], "activity": 1.0}
    side, _, _, gap, _ = drawn(
        state, 3, 5, market=value, institution_news=0.0, institution_burst_share=share,
        institution_burst_time=0.001, institution_informed_share=known, institution_give_up=0.0,
    )  # fmt: skip
    check(gap, 1.0 / rate)
    soon = gap < 0.02
    later = (1.0 / rate - 0.001 * share) / (1.0 - share)
    expected = share + (1.0 - share) * -math.expm1(-0.02 / later)
    check(soon.astype(float), expected, expected * (1.0 - expected))
    # The value is above the price: they buy, and half of the others do.
    check(side, known)


def test_sizes_and_times_of_the_noise_traders_of_abides(state):
    size, moment = drawn(state, 4, 2)
    # Shares by kind: log-normal, around 100, 200, 300, 400, and 500 to 1,000.
    law = stats.lognorm(1.2, scale=math.exp(2.9))
    lots = np.arange(1, 200_000, dtype=float)
    small = np.diff(np.append(law.cdf(np.append(0.0, lots[1:])), 1.0))
    kinds = {100: 0.70, 200: 0.06, 300: 0.004, 400: 0.0329}
    kinds |= {100 * k: 0.0031 / 6 for k in range(5, 11)}
    near = stats.norm(100.5, 0.15)
    hundred = near.cdf(101) - near.cdf(100)
    mean = 0.20 * lots @ small + sum(k * w for k, w in kinds.items())
    second = 0.20 * lots**2 @ small + sum(k**2 * w for k, w in kinds.items())
    assert hundred > 0.999  # of those around 100 hardly one is another number
    check(size, mean, second - mean**2)
    for k, weight in kinds.items():
        chance = weight + 0.20 * (law.cdf(k + 1) - law.cdf(k))
        chance -= 0.70 * (1 - hundred) * (k == 100)
        assert abs((size == k).mean() - chance) < 4.5 * math.sqrt(chance / N)
    # Density proportional to the squared distance from the middle of the session.
    p = {n: float(state.params[n][0]) for n in ("session", "once_before_open", "warm_up")}
    half = (p["session"] + p["once_before_open"]) / 2
    middle = p["warm_up"] - p["once_before_open"] + half
    if middle - half >= 0:
        check(moment, middle, 0.6 * half**2)


def test_weights_of_chartists_and_the_rest(state):
    given = {"fcn_fundamental_weight": 2.0, "fcn_chartist_weight": 0.5, "fcn_noise_weight": 1.0}
    for found, mean in zip(drawn(state, 5, 3, **given), given.values(), strict=True):
        check(found, mean, mean**2)
    rate = float(state.params["maker_refresh_rate"][0])
    bins, refresh, step = drawn(state, 6, 3)
    number = int(bins.max()) + 1
    check(bins, (number - 1) / 2, (number**2 - 1) / 12)
    check(refresh, 1 / rate, rate**-2)
    check(step, 5.0, (2 * 5.0 * 0.2) ** 2 / 12)


def test_episodes_begin_and_are_stressed_at_random(monkeypatch):
    """Draws of the environments, which are NumPy's, one generator a market."""
    planned: list = []
    monkeypatch.setattr(core.opening, "plan_stress", lambda *given: planned.append(given[2:]))
    now = 1_000_000_000_000

    class Core(core.MarketCore):
        """Draws as any other, and has no markets."""

        def __init__(self):
            self._random, self._fresh_at = [np.random.default_rng(5)], np.zeros(1, np.int64)
            self.episode_seconds, self._starts = 1000.0, None
            self.held_out_stress = "none"
            self._state = SimpleNamespace(market=[{"now": now}])

        def stress(self):
            self._plan_stress(0)

    env = Core()
    n = 20_000
    for _ in range(n):
        env.stress()
    times = np.array([at - now for _, at in planned]) / 1e9
    check(times, 300.0, 600.0**2 / 12)
    kinds = np.unique([event.type for event, _ in planned], return_counts=True)[1] / n
    assert len(kinds) == len(core.STRESS_TYPES)
    assert np.abs(kinds - 1 / len(kinds)).max() < 4.5 * math.sqrt(1 / len(kinds) / n)
    lengths = np.array([env.first_episode_seconds(0) for _ in range(n)])
    check(lengths, 550.0, 900.0**2 / 12)
