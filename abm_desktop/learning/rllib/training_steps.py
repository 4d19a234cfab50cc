"""RLlib's algorithms with one rollout per runner and iteration in place of episodes."""

from __future__ import annotations

import contextlib
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from ray.exceptions import RayActorError
from ray.rllib.algorithms.dqn import DQN
from ray.rllib.algorithms.ppo import PPO
from ray.rllib.algorithms.sac import SAC
from ray.rllib.core import COMPONENT_RL_MODULE, DEFAULT_MODULE_ID
from ray.rllib.utils.metrics import (
    ENV_RUNNER_RESULTS,
    ENV_RUNNER_SAMPLING_TIMER,
    LEARNER_RESULTS,
    LEARNER_UPDATE_TIMER,
    NUM_ENV_STEPS_SAMPLED_LIFETIME,
    SYNCH_WORKER_WEIGHTS_TIMER,
    TIMERS,
)
from ray.tune import Trainable

from abm_desktop.learning.rllib.replacing import Samplers
from abm_desktop.learning.rllib.runners import EnvironmentFailureError
from abm_desktop.learning.rllib_private import learner_of, worker_manager

EPISODE_WINDOW = 100
"""Episodes over which return and length are averaged."""


class AlgorithmSteps:
    """What the program asks of every Algorithm, beside RLlib's own."""

    config: Any
    metrics: Any
    env_runner_group: Any
    learner_group: Any

    replaced_workers = 0
    """Sampling workers that died and were replaced so far."""

    steps_before = 0
    """Decisions of this training before this Algorithm was built, if it goes on."""
    episodes_before = 0

    log_folder: str | None = None
    """Where RLlib's own log folder is made; its default is ``~/ray_results``, which stays."""

    _samplers: Samplers | None = None

    def _setup_logdir(self) -> None:
        self._logdir = tempfile.mkdtemp(prefix="rllib-", dir=self.log_folder)

    def ask_samplers(self, question: Callable[[Any], Any]) -> list[Any]:
        """The answer of every remote worker; those that died are replaced first."""
        if self._samplers is None:
            self._samplers = Samplers(self.env_runner_group, self._welcome)
        answers = self._samplers.ask(question)
        self.replaced_workers = self._samplers.replaced
        return answers

    def _sync(self, workers: list[int] | None = None) -> None:
        self.env_runner_group.sync_weights(
            from_worker_or_learner_group=self.learner_group,
            policies=[DEFAULT_MODULE_ID],
            to_worker_indices=workers,
            inference_only=True,
        )

    def _welcome(self, workers: list[int]) -> None:
        """Bring new workers to where the training is."""
        self._sync(workers)
        taken = self.steps_taken() // max(1, self.config.num_env_runners)
        manager = worker_manager(self.env_runner_group)
        for result in manager.foreach_actor(
            lambda runner: runner.join_at(taken), healthy_only=False, remote_actor_ids=workers
        ):
            # One that dies at once is found, and replaced again, when it is to sample.
            if result.ok:
                _raise_failures([result.get()])

    def steps_taken(self) -> int:
        """Decisions of the whole training so far."""
        steps = self.metrics.peek((ENV_RUNNER_RESULTS, NUM_ENV_STEPS_SAMPLED_LIFETIME), default=0)
        return self.steps_before + int(steps)

    def go_on_after(self, steps: int, episodes: int) -> None:
        """Go on with a training that has taken so many decisions: its schedules go on too."""
        self.steps_before, self.episodes_before = steps, episodes
        group = self.env_runner_group
        taken = steps // max(1, self.config.num_env_runners)
        local = group.num_remote_workers() == 0
        _raise_failures(
            group.foreach_env_runner(lambda runner: runner.join_at(taken), local_env_runner=local)
        )

    def measures(self, result: dict[str, Any]) -> dict[str, Any]:
        """Episode means, times and losses of the iteration that gave ``result``."""
        raise NotImplementedError


class RolloutTraining(AlgorithmSteps):
    """Mixed into an RLlib Algorithm: sample on every runner, learn, send the weights out."""

    sample_seconds = 0.0
    """Wall time that the last training step spent sampling."""
    learn_seconds = 0.0
    """Wall time that the last training step spent learning and sending the weights out."""

    _config_dict: dict[str, Any] | None = None

    def setup(self, config: Any) -> None:
        """Build as RLlib does, and make every environment ready to step."""
        super().setup(config)  # type: ignore[misc]
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
            results = self.learner_group.update(
                episodes=rollouts, timesteps={NUM_ENV_STEPS_SAMPLED_LIFETIME: self.steps_taken()}
            )
            self.metrics.aggregate(results, key=LEARNER_RESULTS)
        with self.metrics.log_time((TIMERS, SYNCH_WORKER_WEIGHTS_TIMER)):
            self._send_weights()
        self.sample_seconds = sampled - began
        self.learn_seconds = time.monotonic() - sampled

    def _send_weights(self) -> None:
        group = self.env_runner_group
        if group.num_remote_workers() > 0:
            # One that has died by now is found, and replaced, when it is to sample.
            with contextlib.suppress(RayActorError):
                self._sync()
            return
        # In one process there is no need for Ray's object store, which takes milliseconds.
        learner = learner_of(self)
        module = learner.module[DEFAULT_MODULE_ID]
        state = {DEFAULT_MODULE_ID: module.get_state(inference_only=True)}
        group.local_env_runner.set_state({COMPONENT_RL_MODULE: state})

    def get_auto_filled_metrics(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """RLlib's, without copying the configuration, which is fixed, at every iteration."""
        filled: dict[str, Any] = Trainable.get_auto_filled_metrics(self, *args, **kwargs)
        if self._config_dict is None:
            self._config_dict = self.config.to_dict()
        return filled | {"config": self._config_dict}

    def _sample(self) -> tuple[list[Any], list[Any]]:
        group = self.env_runner_group
        if group.num_remote_workers() == 0:
            runner = group.local_env_runner
            return runner.sample(), [runner.get_metrics()]
        answers = self.ask_samplers(lambda runner: runner.sample_or_failure())
        _raise_failures(answers)
        return [r for rollouts, _ in answers for r in rollouts], [m for _, m in answers]

    def measures(self, result: dict[str, Any]) -> dict[str, Any]:
        """Means are over the last :data:`EPISODE_WINDOW` episodes, None if none has ended."""
        return {
            "reward_mean": _mean(value for _, value in self.episodes),
            "episode_length_mean": _mean(length for length, _ in self.episodes),
            "sample_seconds": self.sample_seconds,
            "learn_seconds": self.learn_seconds,
            "losses": dict(learner_of(self).losses),
        }

    def _create_local_replay_buffer_if_necessary(self, config: Any) -> None:
        """None: the learner keeps what it learns from."""


def _mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return sum(numbers) / len(numbers) if numbers else None


def _raise_failures(answers: list[Any]) -> None:
    for answer in answers:
        if isinstance(answer, EnvironmentFailureError | MemoryError):
            raise answer


class RolloutPPO(RolloutTraining, PPO):
    """Proximal policy optimisation."""


class RolloutDQN(RolloutTraining, DQN):
    """Double duelling Q-learning."""


class RolloutSAC(RolloutTraining, SAC):
    """Soft actor-critic."""
