"""Train a trader with Stable-Baselines3, and let it trade in the market.

    pip install 'abm-desktop[peers]'
    python docs/examples/train_with_stable_baselines3.py --steps 50000

Any library will do that trains on a Gymnasium environment: what trades in the market is a
PolicyNet, plain arrays of a multilayer perceptron from 13 observations to SELL, HOLD and BUY.
"""

from __future__ import annotations

import argparse
from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3 import PPO
from torch import nn

from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator
from abm_desktop.scenario import find_scenario, load_scenario

ENVIRONMENT = "abm_desktop.envs:abm_desktop/Market-v0"


def train(steps: int, seed: int = 1) -> Any:
    """Train PPO in the default market for ``steps`` decisions."""
    env = gymnasium.make(ENVIRONMENT)
    torch.set_num_threads(1)  # with more, small networks get slower
    model = PPO(
        "MlpPolicy",
        env,
        n_steps=min(2048, steps),
        batch_size=min(256, steps),
        policy_kwargs={"net_arch": [64, 64], "activation_fn": nn.Tanh},
        seed=seed,
        device="cpu",
    )
    model.learn(steps)
    env.close()
    return model


def as_policy(model: Any, name: str = "sb3-ppo") -> PolicyNet:
    """The model's actor as arrays. Torch keeps (outputs, inputs), a PolicyNet (inputs, outputs)."""
    policy = model.policy
    layers = [layer for layer in policy.mlp_extractor.policy_net if isinstance(layer, nn.Linear)]
    layers.append(policy.action_net)
    return PolicyNet(
        weights=tuple(layer.weight.detach().numpy().T.copy() for layer in layers),
        biases=tuple(layer.bias.detach().numpy().copy() for layer in layers),
        activation="tanh",
        name=name,
    )


def agreement(model: Any, policy: PolicyNet, count: int = 10_000) -> float:
    """Share of ``count`` random observations on which both choose the same action."""
    seen = np.random.default_rng(0).normal(size=(count, 13)).astype(np.float32).clip(-5.0, 5.0)
    theirs, _ = model.predict(seen, deterministic=True)
    return float((policy.logits(seen).argmax(axis=1) == theirs).mean())


def trade(policy: PolicyNet, seconds: float, traders: int = 5, seed: int = 7) -> dict[str, int]:
    """Let ``traders`` follow the policy in the default market; what they did."""
    simulator = Simulator(load_scenario(find_scenario("calm")), seed)
    simulator.warm_up()
    simulator.add_policy_traders(policy, traders)
    simulator.run(seconds)
    mine = simulator.agents[-traders:]
    return {
        "decisions": int(mine["decisions"].sum()),
        "inventory, lots": int(mine["inventory"].sum()),
    }


def main() -> None:
    """Train, convert, compare, trade."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=50_000, help="decisions to train for")
    parser.add_argument("--seconds", type=float, default=3600.0, help="simulated, to trade for")
    parser.add_argument("--save", help="file for the policy (.npz)")
    options = parser.parse_args()
    model = train(options.steps)
    policy = as_policy(model)
    print(f"both decide alike on {agreement(model, policy):.2%} of observations")
    print(trade(policy, options.seconds))
    if options.save:
        policy.save(options.save)


if __name__ == "__main__":
    main()
