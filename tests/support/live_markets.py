"""A short market with commands, what it means for two to be the same, and waiting for one."""

import threading
import time

import numpy as np

from abm_desktop.market.policy import PolicyNet
from abm_desktop.scenario import Scenario, stress_from_dict

SCENARIO = Scenario.model_validate({"name": "past", "market": {"warm_up": "2min"}})
SHOCK = stress_from_dict({"type": "flash_crash", "magnitude": 0.02, "duration": 60.0})
BUFFERS = {"trades", "messages", "samples", "class_samples", "intents", "scratch"}


def assert_same(one, other):
    """Two markets are in the same state, but for when they write their next sample."""
    a, b = one.arrays, other.arrays
    for name in set(a._fields) - BUFFERS - {"market"}:
        one_array, other_array = getattr(a, name), getattr(b, name)
        # Bytes between the fields of a record are nobody's.
        for field in one_array.dtype.names or (...,):
            assert np.array_equal(one_array[field], other_array[field], equal_nan=True), name
    for name in set(a.market.dtype.names) - {"next_sample", "sample_interval"}:
        assert np.array_equal(a.market[name], b.market[name], equal_nan=True), name


def policy():
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(13, 3)).astype(np.float32)
    return PolicyNet((weights,), (np.zeros(3, np.float32),))


def wait_for(live, condition, patience=60.0):
    """The first snapshot of a live market that fulfils the condition."""
    tick, until = threading.Event(), time.monotonic() + patience
    while time.monotonic() < until:
        snapshot = live.snapshot
        if snapshot is not None and condition(snapshot):
            return snapshot
        tick.wait(0.005)
    raise AssertionError(f"no such snapshot in {patience} s; the last: {live.snapshot}")
