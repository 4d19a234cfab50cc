"""One change in matched pairs of markets."""

from __future__ import annotations

import math

import numpy as np
import pytest

from abm_desktop.experiments.pairs import Change, _difference, compare_pairs
from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario, stress_from_dict

SMALL = Scenario.model_validate(
    {"name": "small", "market": {"warm_up": "60s", "session": "10min"}}
)  # fmt: skip


def test_the_interval_is_that_of_student():
    found = _difference(np.array([[1.0, 0.0], [3.0, 0.0], [math.nan, 5.0]]))
    assert (found.pairs, found.with_change, found.without_change) == (2, 2.0, 0.0)
    # One degree of freedom: the 97.5 % quantile of Student's t is tan(0.475 pi).
    reach = math.tan(0.475 * math.pi)
    assert (found.low, found.high) == pytest.approx((2.0 - reach, 2.0 + reach))
    assert math.isnan(_difference(np.array([[1.0, 0.0]])).low)
    assert _difference(np.array([[math.nan, 0.0]])).pairs == 0


def test_what_does_nothing_differs_in_nothing_and_a_stress_does():
    shares = []
    idle, rows = compare_pairs(
        SMALL, [1, 2], Change("market_breaker"), at=30.0, after=60.0, on_share=shares.append
    )
    assert {name: (d.difference, d.pairs) for name, d in idle.items() if d.difference} == {}
    assert all(a == b for pair in rows.values() for a, b in pair) and max(shares) <= 1.0
    fall = stress_from_dict({"type": "news_jump", "magnitude": -0.03})
    hit, pairs = compare_pairs(SMALL, [1, 2], Change(stress=fall), at=30.0, after=60.0)
    assert pairs["fall_pct"][0][1] == rows["fall_pct"][0][1], "the copy without it is the same"
    assert hit["fall_pct"].difference > 0.1 and hit["drawdown_pct"].difference < -0.1


def test_what_cannot_be_compared_is_refused():
    for wrong in ({}, {"rule": "luld", "stress": stress_from_dict({"type": "flash_crash"})}):
        with pytest.raises(InputError, match="give a rule, or a stress"):
            Change(**wrong)
    with pytest.raises(InputError, match="within the session"):
        compare_pairs(SMALL, [1, 2], Change("luld"), at=300.0, after=301.0)
    with pytest.raises(InputError, match=r"^rule must be one of .*price_band"):
        compare_pairs(SMALL, [1, 2], Change("price_band"), at=3.0, after=30.0)
