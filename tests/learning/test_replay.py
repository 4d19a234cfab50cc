"""The replay buffer against a slow walk through the same steps."""

import numpy as np
import pytest

from abm_desktop.learning.rllib.replay import ReplayBuffer
from abm_desktop.learning.rllib.rollout import Rollout

MARKETS, GAMMA = 3, 0.9


def make_steps(total, seed=0):
    """Steps of MARKETS environments whose first observation is their own number."""
    rng = np.random.default_rng(seed)
    observations = rng.normal(size=(total + 1, MARKETS, 4)).astype(np.float32)
    observations[..., 0] = np.arange(total + 1)[:, None]
    observations[..., 1] = np.arange(MARKETS)
    valid = np.ones((total, MARKETS), np.bool_)
    done = np.zeros((total, MARKETS), np.bool_)
    terminated = np.zeros((total, MARKETS), np.bool_)
    for m in range(MARKETS):
        for t in range(5 + m, total - 1, 7 + m):
            done[t, m], valid[t + 1, m] = True, False
            terminated[t, m] = rng.random() < 0.5
    rewards = rng.normal(size=(total, MARKETS)).astype(np.float32)
    actions = rng.integers(0, 3, (total, MARKETS))
    return observations, actions, rewards, terminated, done, valid


def as_rollout(steps, rows):
    observations, actions, rewards, terminated, done, valid = steps
    piece = slice(rows.start, rows.stop)
    return Rollout(
        observations[rows.start : rows.stop + 1], actions[piece],
        np.zeros_like(rewards[piece]), rewards[piece], terminated[piece], done[piece],
        valid[piece], (),
    )  # fmt: skip


@pytest.mark.parametrize("n_step", [1, 3, 9])
def test_what_is_drawn_is_what_happened(n_step):
    steps = make_steps(120)
    observations, actions, rewards, terminated, done, valid = steps
    buffer = ReplayBuffer(50 * MARKETS, MARKETS, 4)
    for start in range(0, 120, 20):  # more than fits: the ring goes round
        assert buffer.add([as_rollout(steps, range(start, start + 20))]) == int(
            valid[start : start + 20].sum()
        )
    assert len(buffer) == 50 * MARKETS
    drawn = buffer.sample(4000, n_step, GAMMA, np.random.default_rng(1))
    seen = set()
    for k in range(4000):
        t, m = int(drawn.observations[k, 0]), int(drawn.observations[k, 1])
        seen.add((t, m))
        assert 70 <= t < 120 - n_step
        assert valid[t, m]
        total, weight, u = 0.0, 1.0, t
        for _ in range(n_step):
            total += weight * rewards[u, m]
            weight *= 0.0 if terminated[u, m] else GAMMA
            u += 1
            if done[u - 1, m]:
                break
        assert drawn.actions[k] == actions[t, m]
        assert drawn.rewards[k] == pytest.approx(total, abs=1e-5)
        assert drawn.discounts[k] == pytest.approx(weight, abs=1e-6)
        np.testing.assert_array_equal(drawn.next_observations[k], observations[u, m])
    usual = {(t, m) for t, m in seen if t < 119 - n_step}
    assert len(usual) == int(valid[70 : 119 - n_step].sum())


def test_a_saved_buffer_goes_on_where_it_stopped(tmp_path):
    steps = make_steps(100)
    whole, resumed = ReplayBuffer(40 * MARKETS, MARKETS, 4), ReplayBuffer(40 * MARKETS, MARKETS, 4)
    whole.add([as_rollout(steps, range(20, 60))])
    whole.save(tmp_path / "replay.npz")
    resumed.load(tmp_path / "replay.npz", 3)
    for buffer in (whole, resumed):
        buffer.add([as_rollout(steps, range(60, 75))])
    ours, theirs = (b.sample(500, 2, GAMMA, np.random.default_rng(3)) for b in (whole, resumed))
    assert set(ours.observations[:, 0]) == set(theirs.observations[:, 0])
    with pytest.raises(ValueError, match="markets"):
        ReplayBuffer(100, 5, 4).load(tmp_path / "replay.npz", 3)


@pytest.mark.parametrize("n_step", [1, 2, 5])
@pytest.mark.parametrize("saved", [False, True])
def test_no_transition_leads_from_a_lost_worker_into_the_markets_of_another(
    tmp_path, n_step, saved
):
    """Where the lost worker stopped in an episode, at its end, and one and two steps after it."""

    def of_worker(number, fresh):
        """Eight steps of four markets whose observations and rewards are the worker's number."""
        shape, ends = (8, 4), [None, 7, 6, 5]
        done, valid = np.zeros(shape, np.bool_), np.ones(shape, np.bool_)
        for market, end in enumerate(ends):
            if end is not None:
                done[end, market] = True
                valid[end + 1 :, market][:1] = False
        valid[0] &= np.array([True, fresh, True, True])  # the end at step 7 was that of another
        return Rollout(
            np.full((9, 4, 1), number, np.float32), np.zeros(shape, np.int64),
            np.zeros(shape, np.float32), np.full(shape, number, np.float32),
            done & (number % 2 == 0), done, valid, (), fresh,
        )  # fmt: skip

    buffer = ReplayBuffer(64 * 8, 8, 1)
    for old in (True, False):
        buffer.add([of_worker(1, old), of_worker(2, old)])
    if saved:
        buffer.save(tmp_path / "replay.npz")
        buffer = ReplayBuffer(64 * 8, 8, 1)
        buffer.load(tmp_path / "replay.npz", 3)
    buffer.add([of_worker(5, True) if saved else of_worker(1, False), of_worker(4, True)])
    drawn = buffer.sample(4000, n_step, 1.0, np.random.default_rng(1))
    np.testing.assert_array_equal(drawn.observations, drawn.next_observations)
    steps = drawn.rewards / drawn.observations[:, 0]
    assert set(steps) <= set(range(1, n_step + 1))
    assert set(drawn.observations[:, 0]) == ({1, 2, 4, 5} if saved else {1, 2, 4})


def test_a_buffer_says_from_when_on_it_can_be_drawn_from():
    steps = make_steps(20)
    buffer = ReplayBuffer(20 * MARKETS, MARKETS, 4)
    for start in range(20):
        reaches = buffer.reaches(3)
        assert reaches == (start > 4)
        if reaches:
            buffer.sample(50, 3, GAMMA, np.random.default_rng(start))
        buffer.add([as_rollout(steps, range(start, start + 1))])
