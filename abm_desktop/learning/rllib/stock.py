"""RLlib as it comes: its own sampling, episodes, replay buffers and updates, to compare with.

Only measuring is added: actions are counted, losses get the names that the fast path uses.
"""

from __future__ import annotations

import logging
import math
from typing import Any

import numpy as np
from gymnasium.wrappers.vector import DictInfoToList
from ray.exceptions import RayActorError, RayTaskError
from ray.rllib.algorithms.dqn import DQN
from ray.rllib.algorithms.dqn.torch.dqn_torch_learner import DQNTorchLearner
from ray.rllib.algorithms.ppo import PPO
from ray.rllib.algorithms.ppo.torch.ppo_torch_learner import PPOTorchLearner
from ray.rllib.algorithms.sac import SAC
from ray.rllib.algorithms.sac.torch.sac_torch_learner import SACTorchLearner
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.env.single_agent_env_runner import SingleAgentEnvRunner
from ray.rllib.utils.metrics import (
    ENV_RUNNER_RESULTS,
    ENV_RUNNER_SAMPLING_TIMER,
    EPISODE_LEN_MEAN,
    EPISODE_RETURN_MEAN,
    LEARNER_RESULTS,
    LEARNER_UPDATE_TIMER,
    TIMERS,
)

from abm_desktop.learning.rllib.runners import (
    ACTION_COUNTS,
    environment_failure,
    open_environment,
)
from abm_desktop.learning.rllib.training_steps import AlgorithmSteps
from abm_desktop.learning.rllib.updates import DivergenceError
from abm_desktop.learning.statements import Diverged

log = logging.getLogger(__name__)

_LOSSES = {
    "policy_loss": "policy_loss",
    "vf_loss": "value_loss",
    "qf_loss": "value_loss",
    "entropy": "entropy",
    "vf_explained_var": "explained_variance",
    "alpha_value": "temperature",
    "qf_mean": "mean_value",
}
"""RLlib's names of losses, and ours."""


class StockRunner(SingleAgentEnvRunner):
    """RLlib's runner on the vector environment of ``config.env_config["factory"]``."""

    env: Any

    def make_env(self) -> None:
        """Make the vector environment itself: it is in no registry."""
        if self.env is not None:
            self.env.close()
        env, _ = open_environment(self.config, self.worker_index)
        self.env = DictInfoToList(env)
        self.num_envs: int = self.env.num_envs
        self._needs_initial_reset = True
        self._taken = 0

    def apply(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        """What the trainer asks for; RLlib's ends the process at a fault, and loses its text."""
        return func(self, *args, **kwargs)

    def join_at(self, steps: int) -> None:
        """Get ready in a training in which every other worker has taken ``steps`` decisions."""
        self._taken = steps

    def sample(self, **settings: Any) -> Any:
        """RLlib's sample; the environment follows the schedule of the training."""
        total = self.config.learner_config_dict["total_steps"]
        share = min(1.0, self._taken * max(1, self.config.num_env_runners) / total)
        self.config.env_config["schedule"](self.env.unwrapped, share)
        try:
            episodes = super().sample(**settings)
        except RuntimeError as error:
            cause = error.__cause__
            if isinstance(cause, MemoryError):
                raise cause from None
            if not isinstance(cause, Exception):
                raise
            raise environment_failure("step", cause) from None
        actions = np.concatenate([np.ravel(episode.get_actions()) for episode in episodes])
        self._taken += len(actions)
        counts = np.bincount(actions, minlength=int(self.env.single_action_space.n))
        for action, count in enumerate(counts):
            self.metrics.log_value((ACTION_COUNTS, str(action)), int(count), reduce="sum")
        return episodes


class StockLearner:
    """Mixed into RLlib's learners: the rate can be changed while training."""

    @property
    def learning_rate(self) -> float:
        """Step size of every optimiser."""
        return float(self._groups()[0]["lr"])

    @learning_rate.setter
    def learning_rate(self, rate: float) -> None:
        for group in self._groups():
            group["lr"] = rate

    @property
    def present_rate(self) -> float:
        """Step size of the last update; RLlib's rates do not fall here."""
        return self.learning_rate

    @present_rate.setter
    def present_rate(self, rate: float) -> None:
        self.learning_rate = rate

    def _groups(self) -> list[dict[str, Any]]:
        return [
            group
            for _, optimizer in self.get_optimizers_for_module(  # type: ignore[attr-defined]
                DEFAULT_MODULE_ID
            )
            for group in optimizer.param_groups
        ]


class StockPPOLearner(StockLearner, PPOTorchLearner):
    """RLlib's PPO learner."""


class StockDQNLearner(StockLearner, DQNTorchLearner):
    """RLlib's DQN learner."""


class StockSACLearner(StockLearner, SACTorchLearner):
    """RLlib's SAC learner."""


class StockTraining(AlgorithmSteps):
    """Mixed into RLlib's algorithms, whose training steps stay as they are."""

    def training_step(self) -> None:
        """RLlib's, begun again if a worker dies in it: another one takes its place."""
        if not self.env_runner_group.num_remote_workers():
            super().training_step()  # type: ignore[misc]
            return
        while True:
            self.ask_samplers(lambda runner: runner.ping())
            try:
                super().training_step()  # type: ignore[misc]
            except RayTaskError as error:  # a fault inside a worker that lives on
                raise error.cause from None
            except RayActorError as error:
                log.warning("a training step begins again: %s", error)
            else:
                return

    def measures(self, result: dict[str, Any]) -> dict[str, Any]:
        """From RLlib's result; raises :class:`DivergenceError` if a loss is no number."""
        runners, timers = result[ENV_RUNNER_RESULTS], result[TIMERS]
        learned = result.get(LEARNER_RESULTS, {}).get(DEFAULT_MODULE_ID, {})
        losses = {ours: float(learned[name]) for name, ours in _LOSSES.items() if name in learned}
        for name, value in losses.items():
            if not math.isfinite(value):
                raise DivergenceError(Diverged(name))
        return {
            "reward_mean": _number(runners.get(EPISODE_RETURN_MEAN)),
            "episode_length_mean": _number(runners.get(EPISODE_LEN_MEAN)),
            "sample_seconds": _number(timers.get(ENV_RUNNER_SAMPLING_TIMER)) or 0.0,
            "learn_seconds": _number(timers.get(LEARNER_UPDATE_TIMER)) or 0.0,
            "losses": losses,
        }


def _number(value: Any) -> float | None:
    return None if value is None or not math.isfinite(float(value)) else float(value)


class StockPPO(StockTraining, PPO):
    """RLlib's PPO."""


class StockDQN(StockTraining, DQN):
    """RLlib's DQN."""


class StockSAC(StockTraining, SAC):
    """RLlib's SAC."""
