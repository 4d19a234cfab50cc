"""Markets stepped by several threads: no bit depends on how many, and nothing stays behind."""

from __future__ import annotations

import gc
import itertools
import pickle
import threading

import numpy as np
import pytest
from support.market_views import core_of, markets_of

from abm_desktop.envs import MarketVectorEnv, SharedMarketVectorEnv
from abm_desktop.envs.slots import SlotVectorEnv
from abm_desktop.inputs import InputError
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import find_role
from abm_desktop.scenario import Scenario
from abm_desktop.thread_team import ThreadTeam, processors

SHORT = Scenario.model_validate({"name": "short", "market": {"warm_up": "1min"}})
STEPS = 40
COUNTS = (1, 2, 3, 5)


def make(rounds: bool, threads: int | None, markets: int = 7) -> SlotVectorEnv:
    """Markets in which episodes end, at different moments, and some are stressed."""
    common = {"episode_seconds": 90.0, "stagger": True, "stress_probability": 0.5, "seed": 3}
    if rounds:
        return SharedMarketVectorEnv(
            markets, SHORT, traders=2, role="maker", threads=threads, **common
        )
    return MarketVectorEnv(markets, SHORT, threads=threads, **common)


def policy_of(env: SlotVectorEnv, activation: str = "tanh") -> PolicyNet:
    role = find_role("maker" if env.traders == 2 else "directional")
    random = np.random.default_rng(5)
    sizes = (len(role.observations), 16, len(role.actions))
    return PolicyNet(
        tuple(random.normal(size=pair).astype(np.float32) for pair in itertools.pairwise(sizes)),
        tuple(random.normal(size=n).astype(np.float32) for n in sizes[1:]),
        activation,
        role=role.name,
    )


def stepped(env: SlotVectorEnv) -> list[np.ndarray]:
    """What random actions bring, and the whole state of the markets afterwards."""
    random = np.random.default_rng(1)
    seen = [env.reset()[0]]
    for _ in range(STEPS):
        actions = random.integers(env.single_action_space.n, size=env.num_envs)
        seen += env.step(actions)[:4]
    return seen + [array.view(np.uint8).copy() for array in (markets_of(env).market,)]


def draws(env: SlotVectorEnv) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(2)
    noise = random.gumbel(size=(STEPS, env.num_envs, env.single_action_space.n))
    return noise.astype(np.float32), random.random((STEPS, env.num_envs)) < 0.1


def played(env: SlotVectorEnv) -> list[np.ndarray]:
    seen = env.reset()[0]
    found = env.play_policy(policy_of(env), *draws(env))
    assert found.done.sum() > env.markets  # episodes ended, and others began
    profits = [np.array([t, k, *p]) for t, k, p in sorted(found.profits, key=lambda end: end[:2])]
    return [seen, *found[:5], np.array(profits), markets_of(env).market.view(np.uint8).copy()]


@pytest.mark.parametrize("rounds", [False, True])
@pytest.mark.parametrize("work", [stepped, played])
def test_no_bit_depends_on_the_number_of_threads(rounds: bool, work: object) -> None:
    found = []
    for threads in COUNTS:
        env = make(rounds, threads)
        found.append(work(env))  # type: ignore[operator]
        env.close()
    for other in found[1:]:
        for one, two in zip(found[0], other, strict=True):
            assert np.array_equal(one, two)


@pytest.mark.parametrize("rounds", [False, True])
def test_playing_is_stepping_with_the_same_actions(rounds: bool) -> None:
    env, again = make(rounds, 2), make(rounds, 1)
    noise, blind = draws(env)
    env.reset()
    found = env.play_policy(policy_of(env), noise, blind)
    seen, _ = again.reset()
    width = seen.shape[1]
    ended = np.zeros(env.num_envs, np.bool_)
    for t in range(STEPS):
        logits = policy_of(env).logits(seen)
        assert np.allclose(logits, found.logits[t].reshape(logits.shape), atol=1e-5)
        values = np.where(blind[t, :, None], noise[t], logits + noise[t])
        assert np.array_equal(values.argmax(axis=1), found.actions[t].ravel())
        before = again.accounts()["profit"]
        seen, rewards, _, truncated, _ = again.step(found.actions[t].ravel())
        assert np.array_equal(seen, found.observations[t].reshape(env.num_envs, -1)[:, :width])
        assert np.array_equal(rewards, found.rewards[t].ravel())
        assert np.array_equal(truncated, np.repeat(found.done[t], env.traders))
        profits = again.accounts()["profit"]
        for step, market, each in found.profits:
            if step == t:
                slots = slice(market * env.traders, (market + 1) * env.traders)
                assert np.array_equal(profits[slots], each)
        assert not rewards[ended].any()
        ended = truncated
        assert before.shape == profits.shape
    # And both go on alike.
    actions = np.ones(env.num_envs, np.int64)
    for one, two in zip(env.step(actions)[:4], again.step(actions)[:4], strict=True):
        assert np.array_equal(one, two)


def test_returns_are_known_after_a_policy_has_played_too() -> None:
    env, again = make(False, 2), make(False, 1)
    env.reset()
    again.reset()
    found = env.play_policy(policy_of(env), *draws(env))
    for actions in found.actions:
        again.step(actions.ravel())
    for k in range(40):
        actions = np.full(env.num_envs, k % 3)
        *_, over, infos = env.step(actions)
        *_, expected = again.step(actions)
        if over.any():
            for key in ("return", "length"):
                assert np.allclose(infos["final_info"][key], expected["final_info"][key])


def test_rectified_networks_decide_too() -> None:
    env = make(False, 1)
    env.reset()
    seen = core_of(env).observations[:, 0].copy()
    policy = policy_of(env, "relu")
    found = env.play_policy(policy, *draws(env))
    assert np.allclose(found.logits[0, :, 0], policy.logits(seen), atol=1e-5)


def test_play_refuses_what_does_not_fit() -> None:
    env = make(False, 1)
    noise, blind = draws(env)
    env.reset()
    with pytest.raises(InputError, match="shape"):
        env.play_policy(policy_of(env), noise[:, 1:], blind)
    with pytest.raises(InputError, match="maker"):
        env.play_policy(policy_of(make(True, 1)), noise, blind)


def team_threads() -> int:
    return sum(thread.name == "team" for thread in threading.enumerate())


def test_close_leaves_no_thread_and_the_caller_can_go_on_alone() -> None:
    before = team_threads()
    env = make(False, 3)
    env.reset()
    assert team_threads() == before + 2
    env.close()
    assert team_threads() == before
    team = ThreadTeam(2)
    team.run(lambda member: None)
    team.close()
    done: list[int] = []
    team.run(lambda member: done.append(threading.get_ident()))
    assert done == [threading.get_ident()]


def test_a_forgotten_team_ends_its_threads() -> None:
    team = ThreadTeam(3)
    team.run(lambda member: None)
    members = [thread for thread in threading.enumerate() if thread.name == "team"]
    del team
    gc.collect()
    for member in members[-2:]:
        member.join(10.0)
        assert not member.is_alive()


def test_what_a_member_raises_is_raised_and_the_team_goes_on() -> None:
    team = ThreadTeam(3)

    def fail(member: int) -> None:
        if member:
            raise ValueError("from a member")

    with pytest.raises(ValueError, match="from a member"):
        team.run(fail)
    calls: list[int] = []
    team.run(calls.append)
    assert sorted(calls) == [0, 1, 2]
    team.close()


def test_an_environment_whose_market_fails_in_a_thread_says_so() -> None:
    env = make(False, 3)
    env.reset()
    core = core_of(env)

    def fail(k: int, seconds: float | None = None) -> None:
        raise RuntimeError(f"market {k}")

    core.reset = fail  # type: ignore[method-assign]
    with pytest.raises(RuntimeError, match="market"):
        env.play_policy(policy_of(env), *draws(env))
    env.close()


def test_teams_that_work_at_once_share_the_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("abm_desktop.thread_team.processors", lambda: 3)
    outer, inner = ThreadTeam(), ThreadTeam()
    counts: list[int] = []
    both = threading.Barrier(3)

    def work(member: int) -> None:
        both.wait(10.0)  # all three are at work: nobody is left for another team
        inner_calls: list[int] = []
        ThreadTeam().run(inner_calls.append)
        counts.append(len(inner_calls))
        both.wait(10.0)

    outer.run(work)
    assert counts == [1, 1, 1]
    inner.run(counts.append)
    assert len(counts) == 6
    outer.close()
    inner.close()


def test_a_team_is_copied_without_its_threads() -> None:
    team = ThreadTeam(2)
    team.run(lambda member: None)
    copy = pickle.loads(pickle.dumps(team))
    calls: list[int] = []
    copy.run(calls.append)
    assert len(calls) == 2
    copy.close()
    team.close()


@pytest.mark.parametrize("threads", [-1, 1.5, True, "two"])
def test_a_number_of_threads_that_is_none_is_refused(threads: object) -> None:
    with pytest.raises(InputError, match="threads"):
        MarketVectorEnv(2, SHORT, threads=threads)


def test_no_number_is_all_processors_as_in_a_training() -> None:
    env = MarketVectorEnv(64, SHORT, threads=0)
    assert core_of(env)._team.threads == min(processors(), 64)  # noqa: SLF001 - nothing else tells it
    env.close()
