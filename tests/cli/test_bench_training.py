"""`abm-desktop bench training`: all subjects train what they claim to, and the rows say so."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support.long_tests import long

from abm_desktop.bench import training
from abm_desktop.bench import training_plan as plan
from abm_desktop.bench.light import LightVectorEnv
from abm_desktop.bench.report import OURS, Report
from abm_desktop.bench.training_subject import make_environment, measure, settings
from abm_desktop.learning.recipes import make_config

torch.set_num_threads(1)  # as in a subject


def test_the_light_environment_pays_for_the_sign() -> None:
    env = LightVectorEnv(8, length=5, seed=3)
    seen, _ = env.reset()
    ends = []
    for _ in range(12):
        right = np.where(seen[:, 0] > 0, 2, 0)
        seen, rewards, terminated, truncated, _ = env.step(right)
        assert set(rewards.tolist()) <= {0.0, 1.0} and not terminated.any()
        ends.append(truncated.copy())
    # Five decisions, and one step that only resets.
    assert np.flatnonzero(np.array(ends)[:, 0]).tolist() == [4, 10]
    again = env.reset(options={"reset_mask": ends[-1]})[0]
    np.testing.assert_array_equal(seen, again)


@pytest.mark.parametrize("name", ["ppo-light", "dqn-light", "sac-light"])
def test_ours_has_the_settings_of_the_plan(name: str) -> None:
    config = make_config(**settings(plan.CASES[name], "fast"))
    assert (config.hidden, config.activation, config.minibatch_size) == ((64, 64), "tanh", 256)
    assert config.envs_per_worker == 64
    if name == "ppo-light":
        assert (config.rollout_length, config.epochs) == (128, 4)
    else:
        assert config.replay_ratio == 256 / 64


def test_two_workers_sample_twice_as_much_as_one() -> None:
    one, two = (make_config(**settings(plan.CASES[f"workers-{n}"], "fast")) for n in (1, 2))
    assert (one.workers, two.workers) == (1, 2)
    assert two.steps_per_iteration == 2 * one.steps_per_iteration == 2 * 64 * 128


def accuracy(decide) -> float:
    seen = np.random.default_rng(5).normal(size=(1000, 13)).astype(np.float32)
    return float((decide(seen) == np.where(seen[:, 0] > 0, 2, 0)).mean())


@long("trains by three recipes")
def test_cleanrls_recipe_learns(monkeypatch: pytest.MonkeyPatch) -> None:
    from abm_desktop.bench import cleanrl_recipe

    torch.manual_seed(0)
    monkeypatch.setattr(plan, "LEARNING_RATE", 3e-3)
    monkeypatch.setattr(plan, "GAMMA", 0.5)
    for name, pieces in (("ppo-light", 2), ("dqn-light", 8), ("sac-light", 8)):
        case = plan.CASES[name]
        trainer = cleanrl_recipe.RECIPES[case.algorithm](make_environment(case))
        for _ in range(pieces):
            steps = trainer.work()
        assert steps == plan.MARKETS * (plan.ROLLOUT if name == "ppo-light" else 32)
        network = trainer.network if name == "dqn-light" else trainer.actor
        with torch.no_grad():
            right = accuracy(
                lambda seen, net=network: net(torch.from_numpy(seen)).argmax(dim=1).numpy()
            )
        assert right > 0.6, name


def test_stable_baselines3_steps_as_often_as_it_says() -> None:
    pytest.importorskip("stable_baselines3", reason="pip install 'abm-desktop[peers]'")
    from abm_desktop.bench import stable_baselines3_peer as peer

    for name in ("dqn-light", "sac-light"):
        model = peer.make_model(plan.CASES[name])
        model.learn(2 * 2048)
        # One minibatch a step of 64 environments, from the time when it may learn.
        updates = model._n_updates  # noqa: SLF001 - Stable-Baselines3 has no other name for it
        assert updates == pytest.approx(2048 / 64, abs=1)
    vec = peer.BatchedVecEnv(LightVectorEnv(4, length=3, seed=1))
    vec.reset()
    for _ in range(3):
        seen, _, over, infos = vec.step(np.ones(4, np.int64))
    assert over[0] and infos[0]["TimeLimit.truncated"]
    np.testing.assert_array_equal(infos[0]["terminal_observation"], seen[0])


@long("starts two processes that load torch")
def test_a_subject_is_a_process_that_takes_turns() -> None:
    subject = training.RunningSubject(plan.CASES["dqn-light"], plan.CLEANRL)
    try:
        assert subject.answer() == {"ready": True}
        subject.train(0.01)
    finally:
        subject.close()
    assert subject.rates[0] > 100.0
    with pytest.raises(RuntimeError, match=r"dqn-light, nobody: .*nobody"):
        broken = training.RunningSubject(plan.CASES["dqn-light"], "nobody")
        try:
            broken.answer()
        finally:
            broken.close()


def test_a_rate_is_decisions_by_time() -> None:
    assert measure(lambda: 10, 0.0) > 0


def test_what_falls_short_is_said() -> None:
    report = Report("training")
    for case, subject, value in (
        ("ppo-light", OURS, 50.0),
        ("ppo-light", plan.SB3, 25.0),
        ("ppo-light", plan.CLEANRL, 10.0),
        ("ppo-market", OURS, 80.0),
        ("env-only-market", OURS, 100.0),
        ("workers-1", OURS, 100.0),
        ("workers-2", OURS, 160.0),
    ):
        report.add(case, subject, [value], "steps/s")
    *lines, scaling = training.missed(report)
    assert scaling.startswith("workers-2: 1.60 times workers-1 on ")
    assert lines == [
        "ppo-light: 2.00 times stable_baselines3, aimed at 3",
        "ppo-market: 80% of env-only-market, aimed at 85%",
    ]
