"""What every subject of `bench training` is given: its settings and its environment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from abm_desktop.bench import training_plan as plan

__all__ = ["Work", "make_environment", "settings"]

Work = Callable[[], int]
"""Samples and trains a while; returns the decisions taken."""


def settings(case: plan.Case, trainer: str) -> dict[str, Any]:
    """Fields of ``TrainingConfig`` for ``case``."""
    replays = case.algorithm != "PPO"
    chosen: dict[str, Any] = {
        "algorithm": case.algorithm,
        "trainer": trainer,
        "workers": case.workers,
        "threads": case.threads,
        "envs_per_worker": plan.MARKETS,
        "rollout_length": plan.REPLAY_ROLLOUT if replays else plan.ROLLOUT,
        "iterations": 1_000_000,
        "minibatch_size": plan.MINIBATCH,
        "hidden": plan.HIDDEN,
        "learning_rate": plan.LEARNING_RATE,
        "gamma": plan.GAMMA,
        "gradient_norm": plan.GRADIENT_NORM,
        "epochs": plan.EPOCHS,
        "gae_lambda": plan.GAE_LAMBDA,
        "clip": plan.CLIP,
        "entropy": plan.ENTROPY,
        "value_weight": plan.VALUE_WEIGHT,
        "buffer_size": plan.BUFFER,
        "replay_ratio": plan.REPLAY_RATIO,
        "target_rate": plan.TARGET_RATE,
        "learning_starts": plan.MARKETS * plan.REPLAY_ROLLOUT,
        "n_step": 1,
    }
    if not case.market:
        chosen |= {
            "environment": "abm_desktop.bench.light:light",
            "episode_seconds": float(plan.LIGHT_LENGTH),
        }
    elif case.name == "ppo-market-8-traders":
        chosen |= {
            "envs_per_worker": plan.SHARED_MARKETS,
            "traders_per_market": plan.SHARED_TRADERS,
            "minibatch_size": 4096,
        }
    return chosen


def make_environment(case: plan.Case, *, continuous: bool = False) -> Any:
    """The vector environment of ``case``, as all subjects get it."""
    if not case.market:
        from abm_desktop.bench.light import LightVectorEnv

        return LightVectorEnv(plan.MARKETS, plan.LIGHT_LENGTH, 1, continuous=continuous)
    from abm_desktop.envs import MarketVectorEnv

    return MarketVectorEnv(
        plan.MARKETS,
        episode_seconds=plan.EPISODE_SECONDS,
        stagger=True,
        seed=1,
        threads=case.threads,
    )
