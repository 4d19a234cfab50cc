"""From a training configuration to an RLlib Algorithm, and from its results to plain numbers."""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium.vector import VectorEnv
from ray.rllib.algorithms.algorithm_config import AlgorithmConfig, NotProvided
from ray.rllib.algorithms.dqn import DQNConfig
from ray.rllib.algorithms.ppo import PPOConfig
from ray.rllib.algorithms.sac import SACConfig
from ray.rllib.core import DEFAULT_MODULE_ID
from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig
from ray.rllib.core.rl_module.rl_module import RLModule, RLModuleSpec
from ray.rllib.utils.metrics import (
    ENV_RUNNER_RESULTS,
    NUM_ENV_STEPS_SAMPLED,
    NUM_ENV_STEPS_SAMPLED_LIFETIME,
    NUM_EPISODES_LIFETIME,
)

from abm_desktop.learning.arrays.networks import use_one_thread
from abm_desktop.learning.config import LAST_SEED, TrainingConfig
from abm_desktop.learning.own_environment import here, make_own
from abm_desktop.learning.registry import checkpoints
from abm_desktop.learning.rllib.learners import RolloutPPOLearner
from abm_desktop.learning.rllib.recurrent import GRUCatalog, RecurrentPPOLearner
from abm_desktop.learning.rllib.replay_learners import RolloutDQNLearner, RolloutSACLearner
from abm_desktop.learning.rllib.runners import (
    ACTION_COUNTS,
    PNL_EPISODES,
    PNL_SUM,
    POSITION_SUM,
    RolloutRunner,
)
from abm_desktop.learning.rllib.stock import (
    StockDQN,
    StockDQNLearner,
    StockPPO,
    StockPPOLearner,
    StockRunner,
    StockSAC,
    StockSACLearner,
)
from abm_desktop.learning.rllib.training_steps import (
    EPISODE_WINDOW,
    AlgorithmSteps,
    RolloutDQN,
    RolloutPPO,
    RolloutSAC,
)
from abm_desktop.learning.rllib_private import learner_of
from abm_desktop.market.roles import action_names, find_role
from abm_desktop.thread_team import processors

_NO_CLIPPING = 1e9
"""RLlib's default limit of the value loss, 10, leaves most of its gradient at zero."""

_UNUSED_BUFFER = {"type": "EpisodeReplayBuffer", "capacity": 1}
"""RLlib wants one to be named; the learner keeps its own."""

_LEARNER_SETTINGS = (
    "trainer",
    "threads",
    "total_steps",
    "final_rate",
    "mirror",
    "even_handed",
    "role",
    "minibatch_size",
    "sequence_length",
    "unseen",
    "buffer_size",
    "replay_ratio",
    "learning_starts",
    "n_step",
    "target_rate",
)
"""Settings that RLlib does not know; its learners find them in ``learner_config_dict``."""

_STOCK = {
    "PPO": (StockPPO, StockPPOLearner),
    "DQN": (StockDQN, StockDQNLearner),
    "SAC": (StockSAC, StockSACLearner),
}


def make_environment(
    config: TrainingConfig, num_envs: int, seed: int, folder: str = ""
) -> VectorEnv[Any, Any, Any]:
    """The vector environment of ``config``: the market, or the one it names.

    The module of the latter is looked for in ``folder`` too, after everywhere else.
    """
    choices: dict[str, Any] = {
        "scenario": config.scenario,
        "episode_seconds": config.episode_seconds,
        "seed": seed,
    }
    if config.environment:
        return make_own(config.environment, num_envs, choices, folder)
    choices |= config.part
    # Here, because it loads the compiler, which another environment may not need.
    alone = config.traders_per_market == 1 and not config.frozen_traders
    if not (alone and find_role(config.role).own_clock):
        from abm_desktop.learning.rllib.self_play import shared_markets

        weights = reward_weights(config, config.first_fee)
        return shared_markets(config, num_envs, weights, choices | {"threads": threads_of(config)})
    from abm_desktop.envs import MarketVectorEnv

    return MarketVectorEnv(
        num_envs,
        stagger=True,
        stress_probability=config.stress_probability,
        held_out_stress=config.held_out_stress,
        weights=reward_weights(config, config.first_fee),
        threads=threads_of(config),
        **choices,
    )


def threads_of(config: TrainingConfig) -> int | None:
    """Threads that step the markets of one sampling process; None for all processors."""
    if config.workers == 0:
        return config.threads or None
    # They sample at the same time, and share what there is.
    return max(1, (config.threads or processors()) // config.workers)


def build(config: TrainingConfig, folder: Path, done: int = 0) -> AlgorithmSteps:
    """Build the Algorithm; ``folder`` takes what RLlib wants to write by itself.

    ``done`` are the iterations of a training that is gone on with, which shall not meet the markets
    and random numbers of its beginning again.

    Ray must run. Matrix products are set to one thread.
    """
    use_one_thread()
    if not config.environment:
        _compile_market(config)
    AlgorithmSteps.log_folder = str(folder)
    algorithm = settings(config).debugging(seed=seed_after(config, done)).build_algo()
    assert isinstance(algorithm, AlgorithmSteps)
    return algorithm


def seed_after(config: TrainingConfig, done: int) -> int:
    """The seed of markets and exploration after so many iterations; at 0 the training's own."""
    if not done:
        return config.seed
    drawn = np.random.SeedSequence([config.seed, done]).generate_state(1)[0]
    return int(drawn) % LAST_SEED


def _compile_market(config: TrainingConfig) -> None:
    """Fill the cache of compiled code: once here, not in every worker and the first iteration."""
    env = make_environment(config, 1, 0)
    try:
        env.reset()
        env.step(np.ones(env.num_envs, np.int64))
    finally:
        env.close()


def settings(config: TrainingConfig) -> AlgorithmConfig:
    """RLlib's configuration for ``config``."""
    plan: dict[str, tuple[Any, Any, Any, Any]] = {
        "PPO": (PPOConfig, RolloutPPO, RolloutPPOLearner, _ppo),
        "DQN": (DQNConfig, RolloutDQN, RolloutDQNLearner, _dqn),
        "SAC": (SACConfig, RolloutSAC, RolloutSACLearner, _sac),
    }
    config_class, algorithm_class, learner_class, own_settings = plan[config.algorithm]
    stock, recurrent = config.trainer == "rllib", config.network == "gru"
    if recurrent:
        learner_class = RecurrentPPOLearner
    if stock:
        algorithm_class, learner_class = _STOCK[config.algorithm]
    # RLlib alternates between few steps and an update; its iterations are as long as ours.
    replays = stock and config.algorithm != "PPO"
    return (
        config_class(algo_class=algorithm_class)
        .api_stack(enable_rl_module_and_learner=True, enable_env_runner_and_connector_v2=True)
        # RLlib wants a class here; RolloutRunner calls the factory and looks at nothing else.
        .environment(
            env=VectorEnv,
            env_config={
                "factory": functools.partial(make_environment, config, folder=here()),
                "freeze_interval": config.freeze_interval if config.frozen_traders else 0,
                "schedule": functools.partial(follow_schedule, config),
            },
        )
        .env_runners(
            env_runner_cls=StockRunner if stock else RolloutRunner,
            num_env_runners=config.workers,
            num_envs_per_env_runner=config.envs_per_worker,
            rollout_fragment_length=config.n_step if replays else config.rollout_length,
        )
        .learners(
            num_learners=0,
            learner_class=learner_class,
            learner_config_dict={key: getattr(config, key) for key in _LEARNER_SETTINGS},
        )
        .training(
            gamma=config.gamma,
            grad_clip=config.gradient_norm,
            **(own_settings(config) | (_stock_replay(config) if replays else {})),
        )
        .rl_module(
            rl_module_spec=RLModuleSpec(catalog_class=GRUCatalog) if recurrent else NotProvided,
            model_config=DefaultModelConfig(
                fcnet_hiddens=list(config.hidden),
                fcnet_activation=config.activation,
                vf_share_layers=config.shared_layers,
                use_lstm=recurrent,  # of which GRUCatalog makes a GRU
                max_seq_len=config.sequence_length,
            ),
        )
        # A fault shall be seen, not repeated: RLlib would restart a broken environment for ever.
        .fault_tolerance(restart_failed_env_runners=False, restart_failed_sub_environments=False)
        .reporting(
            metrics_num_episodes_for_smoothing=EPISODE_WINDOW,
            min_time_s_per_iteration=None,
            min_sample_timesteps_per_iteration=config.steps_per_iteration if replays else 0,
        )
        .debugging(seed=config.seed, log_level="WARN")
    )


def _ppo(config: TrainingConfig) -> dict[str, Any]:
    return {
        "train_batch_size_per_learner": config.steps_per_iteration,
        "minibatch_size": config.minibatch_size,
        "num_epochs": config.epochs,
        "lr": config.learning_rate,
        "lambda_": config.gae_lambda,
        "clip_param": config.clip,
        "entropy_coeff": config.entropy,
        "vf_loss_coeff": config.value_weight,
        "vf_clip_param": _NO_CLIPPING,
        "use_kl_loss": False,
    }


def _dqn(config: TrainingConfig) -> dict[str, Any]:
    return {
        "train_batch_size_per_learner": config.minibatch_size,
        "lr": config.learning_rate,
        "double_q": True,
        "dueling": True,
        "td_error_loss_fn": "huber",
        "replay_buffer_config": _UNUSED_BUFFER,
        "num_steps_sampled_before_learning_starts": 0,
    }


def _sac(config: TrainingConfig) -> dict[str, Any]:
    return {
        "train_batch_size_per_learner": config.minibatch_size,
        # RLlib wants no common rate here.
        "lr": None,
        "actor_lr": config.learning_rate,
        "critic_lr": config.learning_rate,
        "alpha_lr": config.learning_rate,
        "twin_q": True,
        "initial_alpha": config.first_temperature,
        # RLlib's "auto" asks for an entropy of -1, which choices between actions cannot have.
        "target_entropy": config.target_entropy * math.log(len(action_names(config.role))),
        "replay_buffer_config": _UNUSED_BUFFER,
        "num_steps_sampled_before_learning_starts": 0,
    }


def _stock_replay(config: TrainingConfig) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "replay_buffer_config": {"type": "EpisodeReplayBuffer", "capacity": config.buffer_size},
        "num_steps_sampled_before_learning_starts": config.learning_starts,
        "training_intensity": config.replay_ratio,
        "n_step": config.n_step,
        "tau": config.target_rate,
        "target_network_update_freq": 1,
    }
    if config.algorithm == "DQN":
        steps = max(1, round(config.exploration_share * config.total_steps))
        settings["epsilon"] = [(0, 1.0), (steps, config.exploration_end)]
    return settings


def follow_schedule(config: TrainingConfig, env: Any, share: float) -> float | None:
    """Set ``env`` to where the training is; returns the share of random decisions, if any.

    ``share`` is the finished share of the training. None stands for drawing from the policy.
    """
    if hasattr(env, "set_weights"):
        left = max(0.0, 1.0 - share / config.curriculum)
        env.set_weights(reward_weights(config, config.first_fee * left))
    if config.algorithm != "DQN":
        return None
    left = max(0.0, 1.0 - share / config.exploration_share)
    return config.exploration_end + (1.0 - config.exploration_end) * left


def reward_weights(config: TrainingConfig, extra_fee: float) -> Any:
    """What the step reward of a training weighs, with ``extra_fee`` on every lot, ticks."""
    # Here, because it loads the compiler, which another environment may not need.
    from abm_desktop.envs import RewardWeights

    return RewardWeights(
        damping=config.reward_damping,
        inventory_cost=config.reward_inventory,
        fee=config.reward_fee + extra_fee,
        at_value=config.reward_at_value,
        stability=config.reward_stability,
    )


def save(algorithm: Any, folder: Path, *, with_buffer: bool = False) -> None:
    """Write a checkpoint: weights, optimiser, counters, and the replay buffer if asked for."""
    learner = learner_of(algorithm)
    checkpoints.save(learner, folder)
    if with_buffer and hasattr(learner, "save_replay"):
        learner.save_replay(folder / checkpoints.REPLAY_FILE)


def restore(algorithm: Any, folder: Path) -> None:
    """Go on from a checkpoint of :func:`save`; a buffer that is not there is filled again.

    Counts of iterations and decisions begin again as well, and schedules are those of the new
    training, unless ``AlgorithmSteps.go_on_after`` is called then.
    Raises :class:`~abm_desktop.learning.registry.models.ModelError`.
    """
    learner = learner_of(algorithm)
    checkpoints.restore(learner, folder)
    algorithm.env_runner_group.sync_weights(
        from_worker_or_learner_group=algorithm.learner_group, inference_only=True
    )
    if (folder / checkpoints.REPLAY_FILE).is_file() and hasattr(learner, "load_replay"):
        learner.load_replay(folder / checkpoints.REPLAY_FILE)


def module_of(algorithm: Any) -> RLModule:
    """The module that learns, with the newest weights."""
    module: RLModule = learner_of(algorithm).module[DEFAULT_MODULE_ID]
    return module


def train_once(algorithm: Any) -> dict[str, Any]:
    """One iteration, and what it measured, as fields of ``messages.Progress`` and ``sampled``.

    Means over episodes are None until one has ended.
    """
    result = algorithm.train()
    runners = result[ENV_RUNNER_RESULTS]
    counts = [float(count) for _, count in sorted(runners[ACTION_COUNTS].items())]
    return {
        "env_steps": algorithm.steps_before + int(runners[NUM_ENV_STEPS_SAMPLED_LIFETIME]),
        "episodes": algorithm.episodes_before + int(runners.get(NUM_EPISODES_LIFETIME, 0)),
        "action_shares": tuple(count / sum(counts) for count in counts),
        "sampled": int(runners[NUM_ENV_STEPS_SAMPLED]),
        "pnl_mean": _ratio(runners.get(PNL_SUM), runners.get(PNL_EPISODES)),
        "position_mean": _ratio(runners.get(POSITION_SUM), sum(counts)),
        **algorithm.measures(result),
    }


def _ratio(total: float | None, count: float | None) -> float | None:
    return float(total) / float(count) if total is not None and count else None
