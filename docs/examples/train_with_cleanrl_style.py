"""A training loop of one's own, in the manner of CleanRL: PPO in one file, over many markets.

    python docs/examples/train_with_cleanrl_style.py --steps 200000

Needs nothing beside the program: CleanRL's scripts are such loops, and take the vector environment
as it is. ``make_vec`` gives the same markets as ``MarketVectorEnv``; Gymnasium's own wrapper tells
returns and lengths of the episodes.
"""

from __future__ import annotations

import argparse

import gymnasium
import numpy as np
import torch
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from torch import nn

ENVIRONMENT = "abm_desktop.envs:abm_desktop/Market-v0"
GAMMA, GAE_LAMBDA, CLIP, ENTROPY, RATE = 0.99, 0.95, 0.2, 0.01, 3e-4


class Agent(nn.Module):
    """A policy and a value function of two hidden layers each."""

    def __init__(self, inputs: int, actions: int, units: int = 64) -> None:
        super().__init__()

        def perceptron(outputs: int) -> nn.Sequential:
            return nn.Sequential(
                nn.Linear(inputs, units),
                nn.Tanh(),
                nn.Linear(units, units),
                nn.Tanh(),
                nn.Linear(units, outputs),
            )

        self.actor, self.critic = perceptron(actions), perceptron(1)

    def choices(self, seen: torch.Tensor) -> torch.distributions.Categorical:
        """Chances of the actions at each observation."""
        return torch.distributions.Categorical(logits=self.actor(seen))


def train(steps: int, markets: int = 16, length: int = 64, seed: int = 1) -> list[float]:
    """Train for about ``steps`` decisions; the returns of the episodes that ended."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    plain = gymnasium.make_vec(
        ENVIRONMENT,
        num_envs=markets,
        vectorization_mode="vector_entry_point",
        episode_seconds=300.0,
        stagger=True,
    )
    env = RecordEpisodeStatistics(plain)
    agent = Agent(env.single_observation_space.shape[0], int(env.single_action_space.n))
    optimizer = torch.optim.Adam(agent.parameters(), lr=RATE, eps=1e-5)
    seen = torch.zeros((length, markets, env.single_observation_space.shape[0]))
    actions, chances, rewards, values = (torch.zeros((length, markets)) for _ in range(4))
    over = torch.zeros((length + 1, markets))
    now, _ = env.reset(seed=seed)
    returns: list[float] = []
    for _ in range(max(1, steps // (markets * length))):
        over[0] = over[-1]
        for t in range(length):
            seen[t] = torch.from_numpy(now)
            with torch.no_grad():
                choices = agent.choices(seen[t])
                action = choices.sample()
                values[t] = agent.critic(seen[t])[:, 0]
            actions[t], chances[t] = action, choices.log_prob(action)
            now, reward, terminated, truncated, infos = env.step(action.numpy())
            rewards[t] = torch.from_numpy(reward)
            over[t + 1] = torch.from_numpy(terminated | truncated)
            if "episode" in infos:
                returns += infos["episode"]["r"][infos["_episode"]].tolist()
        with torch.no_grad():
            last = agent.critic(torch.from_numpy(now))[:, 0]
        after = torch.cat((values[1:], last[None]))
        gains, running = torch.zeros_like(rewards), torch.zeros(markets)
        for t in reversed(range(length)):
            error = rewards[t] + GAMMA * after[t] - values[t]
            running = error + GAMMA * GAE_LAMBDA * (1.0 - over[t + 1]) * running
            gains[t] = running
        # The step after an episode's last only begins the next one: nothing is learned from it.
        taken = (over[:-1] == 0).flatten()
        batch = [x.flatten(0, 1)[taken] for x in (seen, actions, chances, gains, gains + values)]
        _learn(agent, optimizer, *batch)
    env.close()
    return returns


def _learn(
    agent: Agent,
    optimizer: torch.optim.Optimizer,
    seen: torch.Tensor,
    actions: torch.Tensor,
    chances: torch.Tensor,
    gains: torch.Tensor,
    targets: torch.Tensor,
    epochs: int = 4,
    minibatch: int = 256,
) -> None:
    """PPO's clipped objective on one rollout."""
    for _ in range(epochs):
        for rows in torch.randperm(len(seen)).split(minibatch):
            choices = agent.choices(seen[rows])
            ratio = (choices.log_prob(actions[rows]) - chances[rows]).exp()
            gain = gains[rows]
            gain = (gain - gain.mean()) / (gain.std() + 1e-8)
            surrogate = torch.minimum(gain * ratio, gain * ratio.clamp(1.0 - CLIP, 1.0 + CLIP))
            error = (agent.critic(seen[rows])[:, 0] - targets[rows]).square()
            loss = -surrogate.mean() + 0.5 * error.mean() - ENTROPY * choices.entropy().mean()
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(agent.parameters(), 0.5)
            optimizer.step()


def main() -> None:
    """Train, and tell what the episodes came to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200_000, help="decisions to train for")
    returns = train(parser.parse_args().steps)
    tenth = max(1, len(returns) // 10)
    first, last = np.mean(returns[:tenth]), np.mean(returns[-tenth:])
    print(f"{len(returns)} episodes; mean return of the first tenth {first:.2f}, last {last:.2f}")


if __name__ == "__main__":
    main()
