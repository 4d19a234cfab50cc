"""SBX (Stable-Baselines3's algorithms in JAX) under the settings of `bench training`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import jax
from flax import linen
from sbx import DQN, PPO, SAC
from stable_baselines3.common.logger import Logger

from abm_desktop.bench import training_plan as plan
from abm_desktop.bench.stable_baselines3_peer import BatchedVecEnv
from abm_desktop.bench.training_work import Work, make_environment

_PPO_WORK = plan.MARKETS * plan.ROLLOUT
_REPLAY_WORK = plan.MARKETS * plan.REPLAY_ROLLOUT


def make_model(case: plan.Case) -> Any:
    """The algorithm of ``case``, which logs nowhere. DQN of SBX does not limit gradients."""
    common: dict[str, Any] = {
        "policy": "MlpPolicy",
        "env": BatchedVecEnv(make_environment(case, continuous=case.algorithm == "SAC")),
        "learning_rate": plan.LEARNING_RATE,
        "batch_size": plan.MINIBATCH,
        "gamma": plan.GAMMA,
        "seed": 1,
        "policy_kwargs": {"net_arch": list(plan.HIDDEN), "activation_fn": linen.tanh},
    }
    replay = {
        "buffer_size": plan.BUFFER,
        "learning_starts": _REPLAY_WORK,
        "train_freq": 1,
        "gradient_steps": 1,
    }
    if case.algorithm == "PPO":
        model: Any = PPO(
            n_steps=plan.ROLLOUT,
            n_epochs=plan.EPOCHS,
            gae_lambda=plan.GAE_LAMBDA,
            clip_range=plan.CLIP,
            ent_coef=plan.ENTROPY,
            vf_coef=plan.VALUE_WEIGHT,
            max_grad_norm=plan.GRADIENT_NORM,
            **common,
        )
    elif case.algorithm == "DQN":
        model = DQN(exploration_fraction=0.01, **common, **replay)
    else:
        model = SAC(tau=plan.TARGET_RATE, **common, **replay)
    model.set_logger(Logger(folder=None, output_formats=[]))
    return model


@contextlib.contextmanager
def trainer(case: plan.Case) -> Iterator[Work]:
    """The work of SBX in ``case``."""
    jax.config.update("jax_platforms", "cpu")
    model = make_model(case)
    steps = _PPO_WORK if case.algorithm == "PPO" else _REPLAY_WORK

    def work() -> int:
        before = model.num_timesteps
        model.learn(steps, reset_num_timesteps=False)
        return int(model.num_timesteps - before)

    yield work
