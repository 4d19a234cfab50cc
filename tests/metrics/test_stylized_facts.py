"""Estimators of the stylised facts against processes whose answers are known."""

import numpy as np
import pytest

from abm_desktop.metrics.stylized_facts import book, flow, returns
from abm_desktop.metrics.stylized_facts.pooling import interval, resample_weights

NAN = float("nan")


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_gaussian_noise_has_no_kurtosis_and_no_memory(rng):
    n = 100_000
    x = [rng.standard_normal(n)]
    assert returns.excess_kurtosis(x)[0] == pytest.approx(0.0, abs=0.1)
    assert returns.skewness(x)[0] == pytest.approx(0.0, abs=0.05)
    assert returns.moors_kurtosis(x)[0] == pytest.approx(1.233, abs=0.02)
    rho = returns.autocorrelation(x, 50)[0]
    # 2 / sqrt(n) is the 95 % band of one lag; of 50 lags a few lie outside, none far.
    assert np.mean(np.abs(rho) < 2 / np.sqrt(n)) > 0.88
    assert np.abs(rho).max() < 4 / np.sqrt(n)
    assert returns.leverage(x, 10)[0] == pytest.approx(np.zeros(10), abs=0.05)


def test_hill_finds_the_exponent_of_student_t(rng):
    x = rng.standard_t(3, 100_000)
    assert returns.hill_exponent([x], 0.01)[0] == pytest.approx(3.0, abs=0.3)


def test_hill_by_hand():
    # k = 20 of 400: the largest are e, the next ones 1, so 1/k sum ln(x / x_(k+1)) = 1.
    x = np.concatenate([np.full(20, np.e), np.ones(380)])
    assert returns.hill_exponent([x], 0.05)[0] == pytest.approx(1.0)


def test_signs_of_pareto_metaorders_have_long_memory(rng):
    # Lillo, Mike and Farmer 2005: sizes with exponent a, one after the other, give gamma = a - 1.
    # It takes millions of trades: the variance of the sizes is infinite.
    sessions = []
    for _ in range(20):
        size = np.floor(rng.pareto(1.5, 250_000) + 1.0).astype(int)
        sessions.append(np.repeat(rng.choice([-1.0, 1.0], len(size)), size)[:500_000])
    rho = flow.sign_autocorrelation(sessions)
    assert flow.sign_memory_exponent(rho)[0] == pytest.approx(0.5, abs=0.1)


def test_garch_clusters(rng):
    n = 20_000
    x, variance = np.empty(n), 1.0
    for t, z in enumerate(rng.standard_normal(n)):
        x[t] = np.sqrt(variance) * z
        variance = 0.02 + 0.1 * x[t] ** 2 + 0.88 * variance
    assert returns.autocorrelation([np.abs(x)], 1)[0, 0] > 0.1
    assert abs(returns.autocorrelation([x], 1)[0, 0]) < 0.05


def test_signature_plot_falls_where_a_random_walk_is_seen_through_noise(rng):
    walk = 0.01 * rng.standard_normal(50_000).cumsum()
    price = 100.0 * np.exp(1e-2 * (walk + 0.02 * rng.standard_normal(50_000)))
    variance = returns.signature([price], (1, 2, 5, 20))[0]
    assert (np.diff(variance) < 0).all()
    # noise adds 2 s^2 / D: 9 times the walk's own variance at D = 1
    assert variance[0] / variance[-1] == pytest.approx(9.0 / (1.0 + 8.0 / 20.0), rel=0.1)
    plain = returns.signature([100.0 * np.exp(1e-2 * walk)], (1, 10))[0]
    assert plain[1] / plain[0] == pytest.approx(1.0, abs=0.05)


def test_gamma_shape(rng):
    x = rng.gamma(0.8, 5.0, 100_000)
    assert book.gamma_shape([x])[0] == pytest.approx(0.8, abs=0.03)
    assert book.coefficient_of_variation([x])[0] == pytest.approx(0.8**-0.5, abs=0.03)


@pytest.mark.parametrize("shape", [0.3, 0.7, 1.0, 1.6])
def test_weibull_shape_of_waiting_times(rng, shape):
    gaps = flow.GapHistogram()
    gaps.add(0.02 * rng.weibull(shape, 200_000))
    gaps.add(np.zeros(10))  # the same instant is no waiting time
    assert flow.weibull_shape([gaps])[0] == pytest.approx(shape, rel=0.01)


def test_poisson_counts_have_fano_factor_one(rng):
    assert flow.fano_factor([rng.poisson(7.0, 50_000)])[0] == pytest.approx(1.0, abs=0.03)


def test_lifetimes_beyond_a_minute(rng):
    lifetimes = 10.0 * rng.random(200_000) ** (-1 / 1.1)
    assert flow.lifetime_exponent([lifetimes])[0] == pytest.approx(1.1, abs=0.03)


def test_square_root_impact_of_metaorders(rng):
    size = np.floor(10.0 * rng.random(20_000) ** (-1 / 1.5))
    impact = 0.7 * 0.01 * np.sqrt(size / 1e5) + 0.0003 * rng.standard_normal(len(size))
    delta, prefactor = flow.metaorder_impact(
        [size], [impact], volatility=np.array([1e-4]), volume=np.array([1e5])
    )
    assert delta[0] == pytest.approx(0.5, abs=0.07)
    assert prefactor[0] == pytest.approx(0.7, rel=0.1)


def test_impact_of_single_trades(rng):
    size = np.floor(rng.random(200_000) ** (-1 / 1.3))
    response = size**0.3 + rng.standard_normal(len(size))
    response[::7] = NAN
    assert flow.trade_impact_exponent([size], [response])[0] == pytest.approx(0.3, abs=0.03)


def test_size_bins_hold_whole_numbers():
    np.testing.assert_array_equal(flow.log_size_bins(16)[:7], [1, 2, 3, 4, 6, 8, 12])


def test_leverage_is_negative_where_falls_raise_volatility(rng):
    r, sigma = np.empty(20_000), 1.0
    for t, z in enumerate(rng.standard_normal(len(r))):
        r[t] = sigma * z
        sigma = 1.0 + 0.5 * (z < 0)
    assert returns.leverage([r], 3)[0, 0] < -0.1
    assert abs(returns.leverage([r], 3)[0, 2]) < 0.05


def test_ljung_box_rejects_where_returns_trend(rng):
    noise = [rng.standard_normal(400) for _ in range(200)]
    trending = [np.convolve(x, [1.0, 0.6], "valid") for x in noise]
    assert returns.ljung_box_rejections(noise)[0] == pytest.approx(0.05, abs=0.05)
    assert returns.ljung_box_rejections(trending)[0] > 0.95
    assert returns.ljung_box_rejections(trending, clustered=True)[0] > 0.95


def test_clustered_volatility_fools_the_plain_ljung_box_only(rng):
    sessions = []
    for _ in range(300):
        r, variance = np.empty(400), 1.0
        for t, z in enumerate(rng.standard_normal(len(r))):
            r[t] = np.sqrt(variance) * z
            variance = 0.1 + 0.3 * r[t] ** 2 + 0.6 * variance
        sessions.append(r)
    assert returns.ljung_box_rejections(sessions)[0] > 0.2
    assert returns.ljung_box_rejections(sessions, clustered=True)[0] < 0.1


def test_first_passage_by_hand():
    price = np.exp([0.0, 0.1, 0.3, -0.3, 0.0, 0.0])
    down, up = returns.first_passage_times(price, 0.25)
    np.testing.assert_array_equal(down, [3, 2, 1])
    np.testing.assert_array_equal(up, [2, np.inf, np.inf])


def test_hump_of_a_depth_profile():
    distance = np.arange(111.0)
    profile = np.where(distance < 3, 2.0 + distance, 400.0 * np.maximum(distance, 1) ** -1.5)
    profile[3] = 100.0
    peak, relative, decay = book.hump(profile[None])
    assert (peak[0], relative[0]) == (3.0, 0.02)
    assert decay[0] == pytest.approx(1.5)


def test_no_statistic_looks_across_the_end_of_a_session():
    # Within each session the signs never change; between them they always do.
    sessions = [np.full(100, (-1.0) ** k) for k in range(10)]
    assert flow.sign_autocorrelation(sessions, 5)[0] == pytest.approx(np.ones(5))
    prices = [np.full(100, price) for price in (100.0, 200.0)]
    assert returns.signature(prices, (1, 10))[0] == pytest.approx([0.0, 0.0])


def test_long_series_take_the_same_answer_by_fft(rng):
    x = rng.standard_normal(30_000)
    fast = returns.autocorrelation([x], 20)[0]
    d = x - x.mean()
    plain = [(d[:-k] @ d[k:]) / (len(x) - k) / (d @ d / len(x)) for k in range(1, 21)]
    assert fast == pytest.approx(plain, abs=1e-9)


def test_weights_repeat_sessions(rng):
    """A resample that draws sessions 0, 0, 2 is the estimate from those sessions."""
    sessions = [rng.standard_t(4, 600) for _ in range(3)]
    weights = np.array([[2.0, 0.0, 1.0]])
    drawn = [sessions[0], sessions[0], sessions[2]]
    for estimate in (
        returns.excess_kurtosis,
        returns.skewness,
        returns.moors_kurtosis,
        lambda x, weights=None: returns.hill_exponent(x, 0.05, weights),
        lambda x, weights=None: returns.autocorrelation(x, 2, weights)[:, 1],
        lambda x, weights=None: returns.leverage(x, 2, weights)[:, 1],
        lambda x, weights=None: flow.lifetime_exponent(x, 0.5, weights),
    ):
        assert estimate(sessions, weights=weights) == pytest.approx(estimate(drawn))


def test_intervals_cover_the_spread_of_the_mean(rng):
    sessions = [rng.normal(1.0, 1.0, 50) for _ in range(40)]
    low, high = interval(book.mean(sessions, resample_weights(40)))
    # sd of the mean of 2000 values is 0.022
    assert low == pytest.approx(np.mean(sessions) - 1.96 * 0.0224, abs=0.015)
    assert high == pytest.approx(np.mean(sessions) + 1.96 * 0.0224, abs=0.015)


def test_resampling_is_the_same_every_time_and_needs_two_sessions():
    np.testing.assert_array_equal(resample_weights(5), resample_weights(5))
    assert (resample_weights(5).sum(axis=1) == 5).all()
    assert resample_weights(1).shape == (1, 1)
    with pytest.raises(ValueError, match="at least one session"):
        resample_weights(0)


def test_too_few_data_give_nan():
    assert np.isnan(returns.hill_exponent([np.ones(20)], 0.05)[0])
    assert np.isnan(flow.weibull_shape([flow.GapHistogram()])[0])
    assert np.isnan(flow.lifetime_exponent([np.ones(5)])[0])
    assert np.isnan(flow.metaorder_impact([np.ones(3)], [np.ones(3)], np.ones(1), np.ones(1))[0])
    assert np.isnan(flow.trade_impact_exponent([np.ones(3)], [np.ones(3)])[0])
