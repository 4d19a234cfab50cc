"""Stable-Baselines3 under the settings of `bench training`, for those who have it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from stable_baselines3 import DQN, PPO, SAC
from stable_baselines3.common.logger import Logger
from stable_baselines3.common.vec_env import VecEnv

from abm_desktop.bench import training_plan as plan
from abm_desktop.bench.training_work import Work, make_environment

_PPO_WORK = plan.MARKETS * plan.ROLLOUT
_REPLAY_WORK = plan.MARKETS * plan.REPLAY_ROLLOUT


class BatchedVecEnv(VecEnv):
    """A Gymnasium vector environment as one of Stable-Baselines3, without a loop over its parts.

    Stable-Baselines3 wants an environment that ended to be reset in the same step, and its last
    observation in the infos.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        self._env = env
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)
        self._infos: list[dict[str, Any]] = [{} for _ in range(env.num_envs)]

    def reset(self) -> Any:
        """Begin everywhere."""
        return self._env.reset(seed=1)[0]

    def step_async(self, actions: np.ndarray) -> None:
        """Keep the actions for :meth:`step_wait`."""
        self._actions = actions

    def step_wait(self) -> Any:
        """Step all, and reset those that ended."""
        observations, rewards, terminated, truncated, _ = self._env.step(self._actions)
        over = terminated | truncated
        infos = self._infos
        if over.any():
            infos = [{} for _ in range(self.num_envs)]
            for k in np.flatnonzero(over):
                infos[k] = {
                    "terminal_observation": observations[k],
                    "TimeLimit.truncated": bool(truncated[k]),
                }
            observations, _ = self._env.reset(options={"reset_mask": over})
        return observations, rewards, over, infos

    def close(self) -> None:
        """Close the environment."""
        self._env.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """All parts are alike."""
        return [getattr(self._env, attr_name, None)] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Not for parts of a batch."""
        raise NotImplementedError(attr_name)

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **kwargs: Any) -> Any:
        """Not for parts of a batch."""
        raise NotImplementedError(method_name)

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        """Nothing is wrapped."""
        return [False] * self.num_envs


def make_model(case: plan.Case) -> Any:
    """The algorithm of ``case``, which logs nowhere: by itself it leaves a folder a call behind."""
    model = _make_model(case)
    model.set_logger(Logger(folder=None, output_formats=[]))
    return model


def _make_model(case: plan.Case) -> Any:
    env = BatchedVecEnv(make_environment(case, continuous=case.algorithm == "SAC"))
    common: dict[str, Any] = {
        "policy": "MlpPolicy",
        "env": env,
        "learning_rate": plan.LEARNING_RATE,
        "batch_size": plan.MINIBATCH,
        "gamma": plan.GAMMA,
        "device": "cpu",
        "seed": 1,
        "policy_kwargs": {"net_arch": list(plan.HIDDEN), "activation_fn": torch.nn.Tanh},
    }
    if case.algorithm == "PPO":
        return PPO(
            n_steps=plan.ROLLOUT,
            n_epochs=plan.EPOCHS,
            gae_lambda=plan.GAE_LAMBDA,
            clip_range=plan.CLIP,
            ent_coef=plan.ENTROPY,
            vf_coef=plan.VALUE_WEIGHT,
            max_grad_norm=plan.GRADIENT_NORM,
            **common,
        )
    # One minibatch a step of all environments: the update ratio of the plan.
    common |= {
        "buffer_size": plan.BUFFER,
        "learning_starts": _REPLAY_WORK,
        "train_freq": 1,
        "gradient_steps": 1,
    }
    if case.algorithm == "DQN":
        return DQN(max_grad_norm=plan.GRADIENT_NORM, exploration_fraction=0.01, **common)
    return SAC(tau=plan.TARGET_RATE, **common)


@contextlib.contextmanager
def trainer(case: plan.Case) -> Iterator[Work]:
    """The work of Stable-Baselines3 in ``case``."""
    torch.set_num_threads(1)
    model = make_model(case)
    steps = _PPO_WORK if case.algorithm == "PPO" else _REPLAY_WORK

    def work() -> int:
        before = model.num_timesteps
        model.learn(steps, reset_num_timesteps=False)
        return int(model.num_timesteps - before)

    yield work
