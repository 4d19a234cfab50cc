"""Sampling for RLlib without its episode objects: one batched pass over a vector environment.

:class:`RolloutRunner` is an RLlib environment runner (same construction, weights, state and
checkpoints) whose ``sample`` fills a :class:`~abm_desktop.learning.rllib.rollout.Rollout`. The
policy runs as plain NumPy arrays, the very code that trades inside the market.
"""

from __future__ import annotations

import contextlib
import dataclasses
import traceback
from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from ray.rllib.core.rl_module.rl_module import RLModule
from ray.rllib.env.single_agent_env_runner import SingleAgentEnvRunner

from abm_desktop.learning.rllib.networks import policy_from_module
from abm_desktop.learning.rllib.rollout import Rollout
from abm_desktop.learning.statements import EnvironmentFailed
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import DEFAULT_ROLE
from abm_desktop.statements import FaultError

ACTION_COUNTS = "action_counts"
PNL_SUM, PNL_EPISODES = "pnl_sum", "pnl_episodes"
"""Profit of the episodes that ended, closed at the touch, in currency; only in markets."""
POSITION_SUM = "position_sum"
"""Absolute positions summed over the decisions, as shares of the limit; only in markets."""
_POSITION_FEATURE = 11


class EnvironmentFailureError(FaultError, RuntimeError):
    """The environment raised; the text carries its traceback, also across processes."""

    def __init__(self, fault: EnvironmentFailed, trace: str) -> None:
        super().__init__(fault, trace)
        self.trace = trace

    def __str__(self) -> str:
        return f"{self.fault}\n{self.trace}"


class RolloutRunner(SingleAgentEnvRunner):
    """Samples fixed-length rollouts from a ``gymnasium.vector.VectorEnv`` (NEXT_STEP autoreset).

    The environment is made by ``config.env_config["factory"](num_envs, seed)``.
    """

    env: Any
    """A ``gymnasium.vector.VectorEnv``, or None in a process that does not sample."""

    def make_env(self) -> None:
        """Make the vector environment itself: gymnasium's registry and wrappers cost time."""
        if self.env is not None:
            self.env.close()
        self.env, seed = open_environment(self.config, self.worker_index)
        self.num_envs = self.env.num_envs
        self._env_seed = seed
        self._observations: np.ndarray | None = None
        self._rng = np.random.default_rng([seed, 0x5A])
        self._returns = np.zeros(self.num_envs)
        self._lengths = np.zeros(self.num_envs, np.int64)
        self._was_done = np.zeros(self.num_envs, np.bool_)
        self._finished: list[tuple[int, float]] = []
        self._taken = 0
        self._samples = 0
        self._states: np.ndarray | None = None
        self._pnl: list[float] = []

    def make_module(self) -> None:
        super().make_module()
        self._policy: PolicyNet | None = None

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._policy = None

    def sample(self, **_: Any) -> list[Rollout]:
        """One rollout of ``config.rollout_fragment_length`` steps, continuing where it stopped."""
        steps, markets = int(self.config.rollout_fragment_length), self.num_envs
        space = self.env.single_observation_space
        actions_n = int(self.env.single_action_space.n)
        policy = self._current_policy()
        random_share = self._follow_schedule(steps * markets)
        # The largest of logits plus Gumbel noise is a draw from the softmax of the logits; noise
        # alone is one from all actions alike.
        noise = np.asarray(self._rng.gumbel(size=(steps, markets, actions_n)), np.float32)
        blind = np.zeros((steps, markets), np.bool_)
        if random_share is not None:
            blind = self._rng.random((steps, markets)) < random_share
            noise[~blind] = 0.0  # the best action
        failure = self.prepare()
        if failure is not None:
            raise failure
        fresh = self._samples == 0
        self._freeze(policy)
        observations = np.empty((steps + 1, markets, *space.shape), np.float32)
        observations[0] = self._observations
        in_markets = hasattr(self.env, "play_policy")
        play = self._play if in_markets else self._step_on
        if in_markets:
            self._states = self.env.policy_states(policy.state_width)
        elif self._states is None:
            self._states = np.zeros((markets, policy.state_width), np.float32)
        states = self._states
        logits, actions, rewards, terminated, done = play(policy, noise, blind, observations)
        self._observations = observations[steps].copy()
        valid = np.empty((steps, markets), np.bool_)
        valid[0], valid[1:] = ~self._was_done, ~done[:-1]
        self._was_done = done[-1].copy()
        self._count_episodes(rewards, done, valid)

        known = hasattr(self.env, "accounts")
        positions = np.abs(observations[:-1, :, _POSITION_FEATURE]) if known else None
        unseen = list(self.config.learner_config_dict.get("unseen", ()))
        if unseen:
            observations[:, :, unseen] = 0.0

        peak = logits.max(axis=2, keepdims=True)
        normaliser = peak[..., 0] + np.log(np.exp(logits - peak).sum(axis=2))
        chosen = np.take_along_axis(logits, actions[..., None], axis=2)[..., 0]
        rollout = Rollout(
            observations,
            actions,
            chosen - normaliser,
            rewards,
            terminated,
            done,
            valid,
            tuple(self._finished),
            fresh,
            states,
        )
        self._log(rollout, actions_n, positions)
        return [rollout]

    def sample_or_failure(
        self,
    ) -> tuple[list[Rollout], dict[str, Any]] | EnvironmentFailureError | MemoryError:
        """A sample and its metrics, or why there is none.

        Called in a remote worker, where RLlib ends the process at an exception and loses its text.
        """
        try:
            return self.sample(), self.get_metrics()
        except (EnvironmentFailureError, MemoryError) as failure:
            return failure

    def get_metrics(self) -> dict[str, Any]:
        """RLlib's metrics since the last call; episode means only where episodes ended."""
        for length, episode_return in self._finished:
            self._log_episode_metrics(length, episode_return, 0.0)
        self._finished.clear()
        return self.metrics.reduce()

    def _follow_schedule(self, steps: int) -> float | None:
        """Set the environment to where the training is; returns the share of random decisions.

        None stands for drawing from the policy itself. ``config.env_config["schedule"]`` is called
        with the environment and the finished share of the training.
        """
        schedule = self.config.env_config.get("schedule")
        if schedule is None:
            return None
        total = self.config.learner_config_dict["total_steps"]
        share = min(1.0, self._taken * max(1, self.config.num_env_runners) / total)
        self._taken += steps
        random_share: float | None = schedule(self.env, share)
        return random_share

    def _freeze(self, policy: PolicyNet) -> None:
        """Now and then, give the frozen opponents the policy that learns; it draws its actions."""
        interval = self.config.env_config.get("freeze_interval", 0)
        if interval and self._samples % interval == 0:
            self.env.set_opponent(dataclasses.replace(policy, greedy=False))
        self._samples += 1

    def _current_policy(self) -> PolicyNet:
        if self._policy is None:
            assert isinstance(self.module, RLModule)
            known = self.config.learner_config_dict
            role, both = known.get("role", DEFAULT_ROLE), known.get("even_handed", False)
            self._policy = policy_from_module(self.module, role=role, both_sides=both)
        return self._policy

    def join_at(self, steps: int) -> EnvironmentFailureError | None:
        """Get ready in a training in which every other worker has taken ``steps`` decisions."""
        self._taken = steps
        return self.prepare()

    def prepare(self) -> EnvironmentFailureError | None:
        """Reset the environment, if that has not been done; returns why it failed.

        The first reset compiles the market and runs its warm-up: half a minute that shall not
        look like a slow first iteration.
        """
        if self._observations is None:
            try:
                with self._failures_of("reset"):
                    self._observations, _ = self.env.reset(seed=self._env_seed)
            except EnvironmentFailureError as failure:
                return failure
        return None

    def _play(
        self, policy: PolicyNet, noise: np.ndarray, blind: np.ndarray, observations: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Sample in markets, which are played through a rollout by compiled code.

        Writes what follows each step to ``observations``, float32 (T + 1, N, width); returns logits
        (T, N, actions), actions, rewards, terminated and done (T, N).
        """
        with self._failures_of("step"):
            played = self.env.play_policy(policy, noise, blind)
        steps, markets = blind.shape
        observations[1:] = played.observations.reshape(steps, markets, -1)[
            :, :, : observations.shape[2]
        ]
        # In the order in which the episodes ended, whichever threads played them.
        for _, _, profits in sorted(played.profits, key=lambda end: end[:2]):
            self._pnl.extend(profits.tolist())
        return (
            played.logits.reshape(noise.shape),
            played.actions.reshape(blind.shape),
            played.rewards.reshape(blind.shape).astype(np.float32),
            np.zeros(blind.shape, np.bool_),
            np.repeat(played.done, markets // played.done.shape[1], axis=1),
        )

    def _step_on(
        self, policy: PolicyNet, noise: np.ndarray, blind: np.ndarray, observations: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """As :meth:`_play`, in any vector environment, step by step."""
        logits = np.empty(noise.shape, np.float32)
        actions = np.empty(blind.shape, np.int64)
        rewards = np.zeros(blind.shape, np.float32)
        terminated, done = np.zeros(blind.shape, np.bool_), np.zeros(blind.shape, np.bool_)
        assert self._states is not None
        resets = self._was_done
        for t in range(len(noise)):
            logits[t], self._states = policy.step(observations[t], self._states)
            values = noise[t] + np.where(blind[t, :, None], 0.0, logits[t])
            actions[t] = np.argmax(values, axis=1)
            with self._failures_of("step"):
                found = self.env.step(actions[t])
            observations[t + 1], rewards[t], terminated[t], truncated, _ = found
            done[t] = np.logical_or(terminated[t], truncated)
            self._states[resets] = 0.0
            resets = done[t]
            self._note_profits(done[t])
        return logits, actions, rewards, terminated, done

    @staticmethod
    @contextlib.contextmanager
    def _failures_of(when: Literal["reset", "step"]) -> Iterator[None]:
        try:
            yield
        except MemoryError:  # no fault of the environment
            raise
        except Exception as error:
            raise environment_failure(when, error) from None

    def _note_profits(self, done: np.ndarray) -> None:
        # A market begins its next episode with the step that follows this one.
        if hasattr(self.env, "accounts") and done.any():
            accounts = self.env.accounts()
            profits = accounts.get("profit", accounts["liquidation"])
            self._pnl.extend(profits[done].tolist())

    def _count_episodes(self, rewards: np.ndarray, done: np.ndarray, valid: np.ndarray) -> None:
        """Note the episodes that ended, in the order of their ends; all arrays (T, N)."""
        returns = self._returns + np.cumsum(np.where(valid, rewards, 0.0), axis=0, dtype=np.float64)
        lengths = self._lengths + np.cumsum(valid, axis=0)
        before: dict[int, tuple[int, float]] = {}
        for t, market in np.argwhere(done):
            length, value = int(lengths[t, market]), float(returns[t, market])
            old_length, old_value = before.get(market, (0, 0.0))
            self._finished.append((length - old_length, value - old_value))
            before[market] = (length, value)
        self._returns, self._lengths = returns[-1], lengths[-1]
        for market, (length, value) in before.items():
            self._returns[market] -= value
            self._lengths[market] -= length

    def _log(self, rollout: Rollout, actions_n: int, positions: np.ndarray | None) -> None:
        counts = np.bincount(rollout.actions[rollout.valid], minlength=actions_n)
        for action, count in enumerate(counts):
            self.metrics.log_value((ACTION_COUNTS, str(action)), int(count), reduce="sum")
        if positions is not None:
            held = float(positions[rollout.valid].sum())
            for key, value in (
                (PNL_SUM, sum(self._pnl)),
                (PNL_EPISODES, len(self._pnl)),
                (POSITION_SUM, held),
            ):
                self.metrics.log_value(key, value, reduce="sum")
            self._pnl.clear()
        self._increase_sampled_metrics(len(rollout), len(self._finished))


def open_environment(config: Any, worker_index: int | None) -> tuple[Any, int]:
    """The vector environment of a runner of ``config``, and its seed, another in every worker."""
    seed = (config.seed or 0) + 1_000_003 * (worker_index or 0)
    try:
        return config.env_config["factory"](config.num_envs_per_env_runner, seed), seed
    except MemoryError:  # no fault of the environment
        raise
    except Exception as error:
        raise environment_failure("making", error) from None


def environment_failure(
    when: Literal["making", "reset", "step"], error: Exception
) -> EnvironmentFailureError:
    """The :class:`EnvironmentFailureError` of what the environment has raised."""
    told = f"{type(error).__name__}: {error}".strip().splitlines()[0].rstrip(".")
    return EnvironmentFailureError(
        EnvironmentFailed(when, told), "".join(traceback.format_exception(error))
    )
