"""Volatility by grid, less noise, and around a path: known answers."""

import math

import numpy as np
import pytest

from abm_desktop.metrics.grid_measures import (
    subsampled_volatility,
    two_scale_volatility,
    volatility_around_path,
)
from abm_desktop.metrics.market import realised_volatility

SIGMA = 1e-4
"""Of an efficient price, a square root of a second."""


def walk(seed=0, seconds=20_000):
    steps = np.random.default_rng(seed).normal(0.0, SIGMA, seconds)
    return np.concatenate(([0.0], steps.cumsum()))


def test_every_grid_tells_the_volatility_of_a_walk():
    prices = np.exp(walk())
    assert subsampled_volatility(prices, 1) == pytest.approx(realised_volatility(prices))
    for step in (1, 10, 60):
        told = subsampled_volatility(prices, step)
        assert told == pytest.approx(SIGMA * math.sqrt(20_000), rel=0.1)
    assert math.isnan(subsampled_volatility(prices[:120], 60))


def test_bounce_is_on_fine_grids_only():
    """Noise of deviation s adds 2 s^2 to the square of every return, however long it is."""
    noise = 5 * SIGMA
    path = walk() + np.random.default_rng(1).normal(0.0, noise, 20_001)
    for step in (1, 10, 60):
        expected = math.sqrt(20_000 * (SIGMA**2 + 2 * noise**2 / step))
        assert subsampled_volatility(np.exp(path), step) == pytest.approx(expected, rel=0.05)
    told = two_scale_volatility(np.exp(path), 60)
    assert told == pytest.approx(SIGMA * math.sqrt(20_000), rel=0.06)
    assert subsampled_volatility(np.exp(path), 1) > 6 * told


def test_a_fall_is_in_the_path_and_shaking_is_not():
    seconds = np.arange(901.0)
    fall = np.interp(seconds, [0, 60, 600, 900], [0.0, -0.05, 0.0, 0.0])
    assert volatility_around_path(np.exp(fall), 30.0) == pytest.approx(0.0, abs=1e-12)
    shaking = walk(2, 900)
    plain = volatility_around_path(np.exp(shaking), 30.0)
    assert volatility_around_path(np.exp(fall + shaking), 30.0) == pytest.approx(plain)
    assert plain == pytest.approx(SIGMA * 30.0, rel=0.1)
    assert subsampled_volatility(np.exp(fall + shaking), 10) > 3 * plain
    assert math.isnan(volatility_around_path(np.exp(fall[:50]), 30.0))
