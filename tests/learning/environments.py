"""Small vector environments for the learning tests: the shapes of the market, in microseconds."""

from __future__ import annotations

import os
import signal
from typing import Any

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space


class SignEnv(VectorEnv):
    """Reward 1 for BUY where the first observation is positive and SELL where it is negative.

    13 observations, 3 actions, episodes of ``length`` steps cut by their time limit.
    """

    def __init__(self, num_envs: int, length: int = 20, seed: int = 0) -> None:
        self.num_envs = num_envs
        self.metadata = {"autoreset_mode": AutoresetMode.NEXT_STEP}
        self.single_observation_space = spaces.Box(-5.0, 5.0, (13,), np.float32)
        self.single_action_space = spaces.Discrete(3)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.length = length
        self.rng = np.random.default_rng(seed)
        self.age = np.zeros(num_envs, np.int64)
        self.ended = np.zeros(num_envs, np.bool_)

    def _observe(self) -> np.ndarray:
        self.signal = self.rng.normal(size=(self.num_envs, 13)).astype(np.float32).clip(-5, 5)
        return self.signal

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> Any:
        if seed is not None:
            self.rng = np.random.default_rng(seed)
        self.age[:] = 0
        self.ended[:] = False
        return self._observe(), {}

    def step(self, actions: np.ndarray) -> Any:
        rewards = ((actions - 1) * np.sign(self.signal[:, 0])).astype(np.float32)
        rewards[self.ended] = 0.0
        self.age = np.where(self.ended, 0, self.age + 1)
        self.ended = self.age >= self.length
        terminated = np.zeros(self.num_envs, np.bool_)
        return self._observe(), rewards, terminated, self.ended.copy(), {}


class RecallEnv(SignEnv):
    """As SignEnv, but for the first observation of the step before."""

    before: np.ndarray | None = None

    def step(self, actions: np.ndarray) -> Any:
        shown = self.signal
        if self.before is not None:
            self.signal = self.before
        self.before = shown
        return super().step(actions)


class BrokenEnv(SignEnv):
    """Raises at its thirtieth step."""

    steps = 0

    def step(self, actions: np.ndarray) -> Any:
        self.steps += 1
        if self.steps == 30:
            raise ValueError("the order book is on fire")
        return super().step(actions)


class PoisonedEnv(SignEnv):
    """Gives a reward that is not a number at its thirtieth step."""

    steps = 0

    def step(self, actions: np.ndarray) -> Any:
        self.steps += 1
        observations, rewards, terminated, truncated, infos = super().step(actions)
        if self.steps == 30:
            rewards[:] = np.nan
        return observations, rewards, terminated, truncated, infos


class HungryEnv(SignEnv):
    """Asks for more memory than there is at its thirtieth step."""

    steps = 0

    def step(self, actions: np.ndarray) -> Any:
        self.steps += 1
        if self.steps == 30:
            np.empty(1 << 47)
        return super().step(actions)


class StarvingEnv(SignEnv):
    """After its thirtieth step the learner finds no memory for its batch, once."""

    steps = 0

    def step(self, actions: np.ndarray) -> Any:
        self.steps += 1
        if self.steps == 30:
            from abm_desktop.learning.rllib.learners import RolloutPPOLearner

            usual = RolloutPPOLearner.make_batch

            def starve(*_: Any) -> Any:
                RolloutPPOLearner.make_batch = usual  # type: ignore[method-assign]
                return np.empty(1 << 47)

            RolloutPPOLearner.make_batch = starve  # type: ignore[method-assign]
        return super().step(actions)


class SuicidalEnv(SignEnv):
    """Kills its own process at its thirtieth step, as the kernel does when memory runs out."""

    steps = 0

    def step(self, actions: np.ndarray) -> Any:
        self.steps += 1
        if self.steps == 30:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().step(actions)


def sign(num_envs: int, scenario: str, episode_seconds: float, seed: int) -> SignEnv:
    """The episode length in steps is ``episode_seconds``."""
    return SignEnv(num_envs, int(episode_seconds), seed)


def recall(num_envs: int, scenario: str, episode_seconds: float, seed: int) -> SignEnv:
    return RecallEnv(num_envs, int(episode_seconds), seed)


def broken(num_envs: int, scenario: str, episode_seconds: float, seed: int) -> SignEnv:
    return BrokenEnv(num_envs, int(episode_seconds), seed)


def poisoned(num_envs: int, scenario: str, episode_seconds: float, seed: int) -> SignEnv:
    return PoisonedEnv(num_envs, int(episode_seconds), seed)


def hungry(num_envs: int, scenario: str, episode_seconds: float, seed: int) -> SignEnv:
    return HungryEnv(num_envs, int(episode_seconds), seed)


def starving(num_envs: int, scenario: str, episode_seconds: float, seed: int) -> SignEnv:
    return StarvingEnv(num_envs, int(episode_seconds), seed)


def suicidal(num_envs: int, scenario: str, episode_seconds: float, seed: int) -> SignEnv:
    return SuicidalEnv(num_envs, int(episode_seconds), seed)
