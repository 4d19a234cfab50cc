"""From a training configuration to an RLlib Algorithm, and from its results to plain numbers."""

from __future__ import annotations

import functools
import importlib
import tempfile
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from ray.rllib.algorithms.algorithm import Algorithm
from ray.rllib.algorithms.ppo import PPO, PPOConfig
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig
from ray.rllib.core.rl_module.rl_module import RLModule
from ray.rllib.utils.metrics import (
    ENV_RUNNER_RESULTS,
    ENV_RUNNER_SAMPLING_TIMER,
    LEARNER_RESULTS,
    LEARNER_UPDATE_TIMER,
    NUM_ENV_STEPS_SAMPLED,
    NUM_ENV_STEPS_SAMPLED_LIFETIME,
    NUM_EPISODES_LIFETIME,
    SYNCH_WORKER_WEIGHTS_TIMER,
    TIMERS,
)

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.learners import LOSSES, RolloutPPOLearner
from abm_desktop.learning.runners import (
    ACTION_COUNTS,
    EnvironmentFailureError,
    RolloutRunner,
)

EPISODE_WINDOW = 100
"""Episodes over which return and length are averaged."""

_NO_CLIPPING = 1e9
"""RLlib's default limit of the value loss, 10, leaves most of its gradient at zero."""


class RolloutPPO(PPO):
    """RLlib's PPO with one rollout per runner and iteration."""

    log_folder: str | None = None
    """Where RLlib's own log folder is made; its default is ``~/ray_results``, which stays."""

    def _setup_logdir(self) -> None:
        self._logdir = tempfile.mkdtemp(prefix="rllib-", dir=self.log_folder)

    sample_seconds = 0.0
    """Wall time that the last training step spent sampling."""
    learn_seconds = 0.0
    """Wall time that the last training step spent learning and sending the weights out."""

    def setup(self, config: Any) -> None:
        """Build as RLlib does, and make every environment ready to step."""
        super().setup(config)
        self.episodes: deque[tuple[int, float]] = deque(maxlen=EPISODE_WINDOW)
        group = self.env_runner_group
        local = group.num_remote_workers() == 0
        _raise_failures(
            group.foreach_env_runner(lambda runner: runner.prepare(), local_env_runner=local)
        )

    def training_step(self) -> None:
        """Sample once on every runner, learn, and send the new weights out."""
        began = time.monotonic()
        with self.metrics.log_time((TIMERS, ENV_RUNNER_SAMPLING_TIMER)):
            rollouts, results = self._sample()
            self.metrics.aggregate(results, key=ENV_RUNNER_RESULTS)
        for rollout in rollouts:
            self.episodes.extend(rollout.episodes)
        sampled = time.monotonic()
        with self.metrics.log_time((TIMERS, LEARNER_UPDATE_TIMER)):
            steps = self.metrics.peek((ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME))
            results = self.learner_group.update(
                episodes=rollouts, timesteps={NUM_ENV_STEPS_SAMPLED_LIFETIME: steps}
            )
            self.metrics.aggregate(results, key=LEARNER_RESULTS)
        with self.metrics.log_time((TIMERS, SYNCH_WORKER_WEIGHTS_TIMER)):
            self.env_runner_group.sync_weights(
                from_worker_or_learner_group=self.learner_group,
                policies=[DEFAULT_MODULE_ID],
                inference_only=True,
            )
        self.sample_seconds = sampled - began
        self.learn_seconds = time.monotonic() - sampled

    def _sample(self) -> tuple[list[Any], list[Any]]:
        group = self.env_runner_group
        if group.num_remote_workers() == 0:
            runner = group.local_env_runner
            return runner.sample(), [runner.get_metrics()]
        answers = group.foreach_env_runner(
            lambda runner: runner.sample_or_failure(), local_env_runner=False
        )
        if not answers:
            raise RuntimeError("no sampling worker answered")
        _raise_failures(answers)
        return [r for rollouts, _ in answers for r in rollouts], [m for _, m in answers]


def make_environment(config: TrainingConfig, num_envs: int, seed: int) -> VectorEnv:
    """The vector environment of ``config``: the market, or the one it names."""
    choices: dict[str, Any] = {
        "scenario": config.scenario,
        "episode_seconds": config.episode_seconds,
        "seed": seed,
    }
    if config.environment:
        module, _, name = config.environment.partition(":")
        env: VectorEnv = getattr(importlib.import_module(module), name)(num_envs, **choices)
        return env
    # Here, because it loads the compiler, which another environment may not need.
    from abm_desktop.envs import MarketVectorEnv

    return MarketVectorEnv(num_envs, stress_probability=config.stress_probability, **choices)


def build(config: TrainingConfig, folder: Path) -> RolloutPPO:
    """Build the Algorithm; ``folder`` takes what RLlib wants to write by itself.

    Ray must run. Torch is set to one thread: with more, small networks get slower, and much
    slower where a core is busy.
    """
    torch.set_num_threads(1)
    if not config.environment:
        _compile_market(config)
    RolloutPPO.log_folder = str(folder)
    algorithm = settings(config).build_algo()
    assert isinstance(algorithm, RolloutPPO)
    return algorithm


def _compile_market(config: TrainingConfig) -> None:
    """Fill the cache of compiled code: once here, not in every worker and the first iteration."""
    env = make_environment(config, 1, 0)
    try:
        env.reset()
        env.step(np.ones(1, np.int64))
    finally:
        env.close()


def settings(config: TrainingConfig) -> PPOConfig:
    """RLlib's configuration for ``config``."""
    return (
        PPOConfig(algo_class=RolloutPPO)
        .api_stack(enable_rl_module_and_learner=True, enable_env_runner_and_connector_v2=True)
        # RLlib wants a class here; RolloutRunner calls the factory and looks at nothing else.
        .environment(
            env=VectorEnv, env_config={"factory": functools.partial(make_environment, config)}
        )
        .env_runners(
            env_runner_cls=RolloutRunner,
            num_env_runners=config.workers,
            num_envs_per_env_runner=config.envs_per_worker,
            rollout_fragment_length=config.rollout_length,
        )
        .learners(num_learners=0, learner_class=RolloutPPOLearner)
        .training(
            train_batch_size_per_learner=config.steps_per_iteration,
            minibatch_size=config.minibatch_size,
            num_epochs=config.epochs,
            lr=config.learning_rate,
            gamma=config.gamma,
            lambda_=config.gae_lambda,
            clip_param=config.clip,
            entropy_coeff=config.entropy,
            vf_loss_coeff=config.value_weight,
            vf_clip_param=_NO_CLIPPING,
            use_kl_loss=False,
            grad_clip=config.gradient_norm,
        )
        .rl_module(
            model_config=DefaultModelConfig(
                fcnet_hiddens=list(config.hidden),
                fcnet_activation=config.activation,
                vf_share_layers=False,
            )
        )
        # A fault shall be seen, not repeated: RLlib would restart a broken environment for ever.
        .fault_tolerance(restart_failed_env_runners=False, restart_failed_sub_environments=False)
        .reporting(metrics_num_episodes_for_smoothing=EPISODE_WINDOW, min_time_s_per_iteration=None)
        .debugging(seed=config.seed, log_level="WARN")
    )


def module_of(algorithm: Algorithm) -> RLModule:
    """The module that learns, with the newest weights."""
    learner = algorithm.learner_group._learner
    return learner.module[DEFAULT_MODULE_ID]


def train_once(algorithm: RolloutPPO) -> dict[str, Any]:
    """One iteration, and what it measured, as fields of ``messages.Progress`` and ``sampled``.

    Means over episodes are None until one has ended.
    """
    result = algorithm.train()
    runners, learners = result[ENV_RUNNER_RESULTS], result[LEARNER_RESULTS][DEFAULT_MODULE_ID]
    counts = [float(count) for _, count in sorted(runners[ACTION_COUNTS].items())]
    return {
        "env_steps": int(runners[NUM_ENV_STEPS_SAMPLED_LIFETIME]),
        "episodes": int(runners[NUM_EPISODES_LIFETIME]),
        "reward_mean": _mean(value for _, value in algorithm.episodes),
        "episode_length_mean": _mean(length for length, _ in algorithm.episodes),
        "action_shares": tuple(count / sum(counts) for count in counts),
        "sampled": int(runners[NUM_ENV_STEPS_SAMPLED]),
        "sample_seconds": algorithm.sample_seconds,
        "learn_seconds": algorithm.learn_seconds,
        "losses": {key: float(learners[key]) for key in LOSSES},
    }


def _mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None


def _raise_failures(answers: list[Any]) -> None:
    for answer in answers:
        if isinstance(answer, EnvironmentFailureError):
            raise answer
