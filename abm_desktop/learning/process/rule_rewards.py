"""What simple rules earn in the reward of a training: without them its curve has no scale."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.judging.threads import side_by_side
from abm_desktop.learning.rllib.algorithms import reward_weights
from abm_desktop.market.roles import find_role
from abm_desktop.market.roles.judged import STEP, Contender

__all__ = ["rule_rewards"]

EPISODES = 12
"""Of each rule; the same markets for all of them."""


def rule_rewards(config: TrainingConfig, episodes: int = EPISODES) -> dict[str, float]:
    """Mean return of an episode by rule, at the fee that the training ends with.

    Empty for an environment of one's own, for traders among others of their kind, and for makers
    and executors.
    """
    role = find_role(config.role)
    alone = config.traders_per_market == 1 and not config.frozen_traders
    if config.environment or not (alone and role.takes_volume):
        return {}
    decisions = max(1, round(config.episode_seconds / STEP))
    work = {
        name: functools.partial(_played, config, contender, decisions, episodes)
        for name, contender in role.contenders(decisions, config.seed).items()
        if not contender.role
    }
    return {name: float(value) for name, value in side_by_side(work, None).items()}


def _played(
    config: TrainingConfig, contender: Contender, decisions: int, episodes: int, _tell: object
) -> float:
    from abm_desktop.envs import MarketVectorEnv, RoleSettings, SharedMarketVectorEnv

    weights = reward_weights(config, 0.0)
    choices: dict[str, Any] = {
        "scenario": config.scenario,
        "episode_seconds": config.episode_seconds,
        "stress_probability": config.stress_probability,
        "held_out_stress": config.held_out_stress,
        "seed": config.seed,
        **config.part,
    }
    env: MarketVectorEnv | SharedMarketVectorEnv
    if find_role(config.role).own_clock:
        env = MarketVectorEnv(episodes, weights=weights, **choices)
    else:
        settings = RoleSettings(
            rewards={config.role: weights},
            unfinished=config.reward_unfinished,
            price_impact=config.price_impact,
        )
        env = SharedMarketVectorEnv(
            episodes, role=config.role, traders=1, settings=settings, **choices
        )
    observations, _ = env.reset(seed=config.seed)
    earned, running = np.zeros(episodes), np.ones(episodes, bool)
    for number in range(decisions + 1):
        actions = contender.rule(observations, number)
        observations, rewards, ended, cut, _ = env.step(actions)
        earned[running] += rewards[running]
        running &= ~(ended | cut)
        if not running.any():
            break
    env.close()
    return float(earned.mean())
