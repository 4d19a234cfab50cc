"""The recipe of CleanRL's single files (Huang et al. 2022), rewritten for `bench training`.

One loop, torch modules, storage tensors, no library around it: what a skilled user would write by
hand. Settings are those of the plan that all subjects share.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from gymnasium.vector import VectorEnv
from torch import nn, optim
from torch.distributions import Categorical
from torch.nn import functional

from abm_desktop.bench import training_plan as plan
from abm_desktop.bench.training_work import Work, make_environment

_WIDTH, _ACTIONS = 13, 3


def perceptron(outputs: int) -> nn.Sequential:
    """Two hidden layers of tanh."""
    first, second = plan.HIDDEN
    return nn.Sequential(
        nn.Linear(_WIDTH, first),
        nn.Tanh(),
        nn.Linear(first, second),
        nn.Tanh(),
        nn.Linear(second, outputs),
    )


class PPO:
    """Rollout, generalised advantages, clipped updates."""

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        self._env = env
        self.actor, self._critic = perceptron(_ACTIONS), perceptron(1)
        self._parameters = [*self.actor.parameters(), *self._critic.parameters()]
        self._optimizer = optim.Adam(self._parameters, lr=plan.LEARNING_RATE, eps=1e-5)
        shape = (plan.ROLLOUT, plan.MARKETS)
        self._observations = torch.zeros((*shape, _WIDTH))
        self._actions, self._logp, self._rewards, self._dones, self._values = (
            torch.zeros(shape) for _ in range(5)
        )
        self._next = torch.from_numpy(env.reset(seed=1)[0])
        self._next_done = torch.zeros(plan.MARKETS)

    def work(self) -> int:
        """One rollout and its update."""
        self._sample()
        self._learn(*self._estimate())
        return plan.ROLLOUT * plan.MARKETS

    def _sample(self) -> None:
        for t in range(plan.ROLLOUT):
            self._observations[t], self._dones[t] = self._next, self._next_done
            with torch.no_grad():
                choice = Categorical(logits=self.actor(self._next))
                action = choice.sample()
                self._values[t] = self._critic(self._next).flatten()
            self._actions[t], self._logp[t] = action, choice.log_prob(action)
            seen, rewards, terminated, truncated, _ = self._env.step(action.numpy())
            self._rewards[t] = torch.from_numpy(rewards)
            self._next = torch.from_numpy(seen)
            self._next_done = torch.from_numpy(np.logical_or(terminated, truncated)).float()

    def _estimate(self) -> tuple[torch.Tensor, torch.Tensor]:
        with torch.no_grad():
            after = self._critic(self._next).flatten()
            advantages = torch.zeros_like(self._rewards)
            running = torch.zeros(plan.MARKETS)
            alive = 1.0 - self._next_done
            for t in reversed(range(plan.ROLLOUT)):
                error = self._rewards[t] + plan.GAMMA * after * alive - self._values[t]
                running = error + plan.GAMMA * plan.GAE_LAMBDA * alive * running
                advantages[t] = running
                after, alive = self._values[t], 1.0 - self._dones[t]
            return advantages, advantages + self._values

    def _learn(self, advantages: torch.Tensor, returns: torch.Tensor) -> None:
        observations = self._observations.reshape(-1, _WIDTH)
        actions, old_logp = self._actions.flatten().long(), self._logp.flatten()
        advantages, returns = advantages.flatten(), returns.flatten()
        rows = np.arange(len(actions))
        for _ in range(plan.EPOCHS):
            np.random.default_rng().shuffle(rows)
            for start in range(0, len(rows), plan.MINIBATCH):
                part = torch.from_numpy(rows[start : start + plan.MINIBATCH])
                choice = Categorical(logits=self.actor(observations[part]))
                values = self._critic(observations[part]).flatten()
                ratio = (choice.log_prob(actions[part]) - old_logp[part]).exp()
                gain = advantages[part]
                gain = (gain - gain.mean()) / (gain.std() + 1e-8)
                clipped = ratio.clamp(1.0 - plan.CLIP, 1.0 + plan.CLIP)
                policy_loss = torch.max(-gain * ratio, -gain * clipped).mean()
                value_loss = (values - returns[part]).square().mean()
                loss = policy_loss - plan.ENTROPY * choice.entropy().mean()
                loss = loss + plan.VALUE_WEIGHT * value_loss
                self._optimizer.zero_grad()
                loss.backward()
                nn.utils.clip_grad_norm_(self._parameters, plan.GRADIENT_NORM)
                self._optimizer.step()


class _Replay:
    """A ring of single steps of all environments."""

    def __init__(self) -> None:
        self._rows = plan.BUFFER // plan.MARKETS
        shape = (self._rows, plan.MARKETS)
        self._observations = np.zeros((*shape, _WIDTH), np.float32)
        self._later = np.zeros((*shape, _WIDTH), np.float32)
        self._actions = np.zeros(shape, np.int64)
        self._rewards, self._dones = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self._at = self._filled = 0

    def add(self, *step: np.ndarray) -> None:
        for ring, part in zip(self._rings(), step, strict=True):
            ring[self._at] = part
        self._at = (self._at + 1) % self._rows
        self._filled = min(self._filled + 1, self._rows)

    def sample(self) -> tuple[torch.Tensor, ...]:
        random = np.random.default_rng()
        row = random.integers(0, self._filled, plan.MINIBATCH)
        market = random.integers(0, plan.MARKETS, plan.MINIBATCH)
        return tuple(torch.from_numpy(ring[row, market]) for ring in self._rings())

    def _rings(self) -> tuple[np.ndarray, ...]:
        return self._observations, self._later, self._actions, self._rewards, self._dones


class _OffPolicy:
    """Step all environments once, learn from one minibatch, and so on."""

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        self._env, self._replay = env, _Replay()
        self._seen = env.reset(seed=1)[0]
        self._steps = 0

    def work(self) -> int:
        """Some steps of all environments with their updates."""
        for _ in range(plan.REPLAY_ROLLOUT):
            actions = self.act(torch.from_numpy(self._seen))
            later, rewards, terminated, _, _ = self._env.step(actions)
            self._replay.add(self._seen, later, actions, rewards, terminated)
            self._seen = later
            self._steps += plan.MARKETS
            if self._steps >= plan.MARKETS * plan.REPLAY_ROLLOUT:
                self.learn(*self._replay.sample())
        return plan.REPLAY_ROLLOUT * plan.MARKETS

    def act(self, observations: torch.Tensor) -> np.ndarray:
        raise NotImplementedError

    def learn(self, *batch: torch.Tensor) -> None:
        raise NotImplementedError


def _follow(targets: nn.Module, networks: nn.Module) -> None:
    for target, network in zip(targets.parameters(), networks.parameters(), strict=True):
        target.data.copy_(plan.TARGET_RATE * network.data + (1.0 - plan.TARGET_RATE) * target.data)


class DQN(_OffPolicy):
    """Q-learning with a target network."""

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        super().__init__(env)
        self.network, self._target = perceptron(_ACTIONS), perceptron(_ACTIONS)
        self._target.load_state_dict(self.network.state_dict())
        self._optimizer = optim.Adam(self.network.parameters(), lr=plan.LEARNING_RATE)
        self._random = np.random.default_rng(1)

    def act(self, observations: torch.Tensor) -> np.ndarray:
        """Greedy, now and then blind."""
        with torch.no_grad():
            actions = self.network(observations).argmax(dim=1).numpy()
        blind = self._random.random(plan.MARKETS) < 0.05
        return np.where(blind, self._random.integers(0, _ACTIONS, plan.MARKETS), actions)

    def learn(self, *batch: torch.Tensor) -> None:
        """One step."""
        observations, later, actions, rewards, dones = batch
        with torch.no_grad():
            best = self._target(later).max(dim=1).values
            target = rewards + plan.GAMMA * best * (1.0 - dones)
        chosen = self.network(observations).gather(1, actions[:, None]).squeeze(1)
        loss = functional.mse_loss(target, chosen)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        _follow(self._target, self.network)


class SAC(_OffPolicy):
    """Soft actor-critic for discrete actions."""

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        super().__init__(env)
        self.actor = perceptron(_ACTIONS)
        self._critics = nn.ModuleList(perceptron(_ACTIONS) for _ in range(2))
        self._targets = nn.ModuleList(perceptron(_ACTIONS) for _ in range(2))
        self._targets.load_state_dict(self._critics.state_dict())
        self._log_alpha = torch.zeros(1, requires_grad=True)
        rate = plan.LEARNING_RATE
        self._actor_optimizer = optim.Adam(self.actor.parameters(), lr=rate, eps=1e-4)
        self._critic_optimizer = optim.Adam(self._critics.parameters(), lr=rate, eps=1e-4)
        self._alpha_optimizer = optim.Adam([self._log_alpha], lr=rate, eps=1e-4)
        self._target_entropy = 0.5 * float(np.log(_ACTIONS))

    def act(self, observations: torch.Tensor) -> np.ndarray:
        """A draw from the policy."""
        with torch.no_grad():
            actions: np.ndarray = Categorical(logits=self.actor(observations)).sample().numpy()
        return actions

    def learn(self, *batch: torch.Tensor) -> None:
        """One step of critics, actor and temperature."""
        observations, later, actions, rewards, dones = batch
        alpha = self._log_alpha.exp().item()
        with torch.no_grad():
            logp = functional.log_softmax(self.actor(later), dim=1)
            first, second = (network(later) for network in self._targets)
            soft = (logp.exp() * (torch.min(first, second) - alpha * logp)).sum(dim=1)
            target = rewards + plan.GAMMA * (1.0 - dones) * soft
        values = [network(observations) for network in self._critics]
        chosen = [value.gather(1, actions[:, None]).view(-1) for value in values]
        critic_loss = functional.mse_loss(chosen[0], target) + functional.mse_loss(
            chosen[1], target
        )
        self._critic_optimizer.zero_grad()
        critic_loss.backward()
        self._critic_optimizer.step()
        logp = functional.log_softmax(self.actor(observations), dim=1)
        with torch.no_grad():
            smaller = torch.min(*(network(observations) for network in self._critics))
        actor_loss = (logp.exp() * (alpha * logp - smaller)).sum(dim=1).mean()
        self._actor_optimizer.zero_grad()
        actor_loss.backward()
        self._actor_optimizer.step()
        entropy = -(logp.exp() * logp).sum(dim=1).detach()
        alpha_loss = (self._log_alpha.exp() * (entropy - self._target_entropy)).mean()
        self._alpha_optimizer.zero_grad()
        alpha_loss.backward()
        self._alpha_optimizer.step()
        _follow(self._targets, self._critics)


RECIPES: dict[str, Any] = {"PPO": PPO, "DQN": DQN, "SAC": SAC}


@contextlib.contextmanager
def trainer(case: plan.Case) -> Iterator[Work]:
    """The work of the recipe in ``case``."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    yield RECIPES[case.algorithm](make_environment(case)).work
