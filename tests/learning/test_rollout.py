import numpy as np

from abm_desktop.learning.rllib.rollout import Rollout, advantages

GAMMA, LAMBDA = 0.9, 0.8


def make_rollout(rewards, terminated=None, done=None, valid=None):
    rewards = np.asarray(rewards, np.float32)[:, None]
    steps = len(rewards)

    def flags(values, default):
        return np.full((steps, 1), default) if values is None else np.array(values, bool)[:, None]

    return Rollout(
        observations=np.zeros((steps + 1, 1, 2), np.float32),
        actions=np.zeros((steps, 1), np.int64),
        log_probabilities=np.zeros((steps, 1), np.float32),
        rewards=rewards,
        terminated=flags(terminated, False),
        done=flags(done, False),
        valid=flags(valid, True),
        episodes=(),
    )


def test_one_step_is_the_temporal_difference():
    values = np.array([[2.0], [5.0]], np.float32)
    estimate, target = advantages(make_rollout([1.0]), values, GAMMA, LAMBDA)
    np.testing.assert_allclose(estimate, [[1.0 + 0.9 * 5.0 - 2.0]], rtol=1e-6)
    np.testing.assert_allclose(target, [[1.0 + 0.9 * 5.0]], rtol=1e-6)


def test_without_ends_it_is_the_discounted_sum_of_differences():
    values = np.array([[1.0], [2.0], [3.0], [4.0]], np.float32)
    rollout = make_rollout([0.5, -1.0, 2.0])
    errors = [
        0.5 + GAMMA * 2.0 - 1.0,
        -1.0 + GAMMA * 3.0 - 2.0,
        2.0 + GAMMA * 4.0 - 3.0,
    ]
    decay = GAMMA * LAMBDA
    expected = [
        errors[0] + decay * errors[1] + decay**2 * errors[2],
        errors[1] + decay * errors[2],
        errors[2],
    ]
    estimate, _ = advantages(rollout, values, GAMMA, LAMBDA)
    np.testing.assert_allclose(estimate[:, 0], expected, rtol=1e-6)


def test_a_termination_is_worth_nothing_afterwards():
    values = np.array([[1.0], [100.0], [2.0]], np.float32)
    rollout = make_rollout([3.0, 0.0], terminated=[1, 0], done=[1, 0], valid=[1, 0])
    estimate, _ = advantages(rollout, values, GAMMA, LAMBDA)
    assert estimate[0, 0] == 3.0 - 1.0


def test_a_time_limit_is_worth_the_value_of_the_last_observation():
    # Step 1 only resets: neither its reward nor what follows may reach back into step 0.
    values = np.array([[1.0], [10.0], [50.0], [70.0]], np.float32)
    rollout = make_rollout([3.0, 99.0, 4.0], done=[1, 0, 0], valid=[1, 0, 1])
    estimate, _ = advantages(rollout, values, GAMMA, LAMBDA)
    np.testing.assert_allclose(estimate[0, 0], 3.0 + GAMMA * 10.0 - 1.0, rtol=1e-6)
    np.testing.assert_allclose(estimate[2, 0], 4.0 + GAMMA * 70.0 - 50.0, rtol=1e-6)


def test_length_counts_decisions_only():
    assert len(make_rollout([0.0, 0.0, 0.0], valid=[1, 0, 1])) == 2
