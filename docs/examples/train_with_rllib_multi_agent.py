"""Train a maker and an executor in one market by RLlib's own multi-agent PPO.

    python docs/examples/train_with_rllib_multi_agent.py --iterations 20

Each role has a policy of its own. This is RLlib as it comes, with everything that it can be told;
one policy that all traders share learns much faster by ``traders_per_market`` of
``abm-desktop train``.
"""

from __future__ import annotations

import argparse
from typing import Any

import ray
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig

from abm_desktop.learning.rllib.multi_agent import RLlibMarketEnv

ROLES = ("maker", "executor")


def settings(scenario: Any = "calm", batch: int = 512, episode_seconds: float = 900.0) -> PPOConfig:
    """PPO with one policy a role; agents are called after their role, as in maker_0."""
    return (
        PPOConfig()
        .environment(
            RLlibMarketEnv,
            env_config={"scenario": scenario, "roles": ROLES, "episode_seconds": episode_seconds},
        )
        .multi_agent(
            policies=set(ROLES),
            policy_mapping_fn=lambda agent, *_args, **_kwargs: agent.rpartition("_")[0],
        )
        .env_runners(num_env_runners=0, rollout_fragment_length=batch)
        .training(train_batch_size_per_learner=batch, minibatch_size=min(128, batch), num_epochs=4)
        .rl_module(model_config=DefaultModelConfig(fcnet_hiddens=[64, 64]))
        .debugging(seed=1, log_level="ERROR")
    )


def train(iterations: int, **given: Any) -> list[dict[str, float]]:
    """Train; the mean return of each role in every iteration, once episodes have ended."""
    algorithm = settings(**given).build_algo()
    rows = []
    for _ in range(iterations):
        runners = algorithm.train()["env_runners"]
        rows.append(
            {k: float(v) for k, v in runners.get("module_episode_returns_mean", {}).items()}
        )
    algorithm.stop()
    return rows


def main() -> None:
    """Train, and tell what the roles earn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, default=20)
    options = parser.parse_args()
    ray.init(include_dashboard=False, _node_ip_address="127.0.0.1")
    for k, row in enumerate(train(options.iterations), 1):
        print(k, *(f"{role} {value:.3f}" for role, value in sorted(row.items())))
    ray.shutdown()


if __name__ == "__main__":
    main()
