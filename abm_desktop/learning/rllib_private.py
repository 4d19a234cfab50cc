"""RLlib's private names, every one that the program uses: RLlib has no public door to these.

Ray is pinned to a minor release (pyproject.toml); with a new one, look here first.
"""
# ruff: noqa: SLF001

from __future__ import annotations

from typing import Any

__all__ = [
    "count_updates",
    "learner_of",
    "make_worker",
    "target_networks",
    "updates_made",
    "worker_manager",
]


def learner_of(algorithm: Any) -> Any:
    """The learner of an Algorithm, which lives in this process."""
    return algorithm.learner_group._learner


def updates_made(learner: Any) -> int:
    """How often a learner has updated its weights."""
    return int(learner._weights_seq_no)


def count_updates(learner: Any, updates: int) -> None:
    """Let a learner that takes over weights count on from this number of updates."""
    learner._weights_seq_no = updates


def worker_manager(group: Any) -> Any:
    """The ``FaultTolerantActorManager`` of an ``EnvRunnerGroup``."""
    return group._worker_manager


def make_worker(group: Any, index: int) -> Any:
    """A new remote worker for an ``EnvRunnerGroup``, which does not know it yet."""
    return group._make_worker(
        env_creator=group._env_creator,
        validate_env=None,
        worker_index=index,
        num_workers=index,
        config=group._remote_config_obj_ref,
    )


def target_networks(module: Any) -> tuple[Any, tuple[Any, Any]]:
    """The encoder of a DQN module's target, and its heads: of the advantage, and of the value."""
    return module._target_encoder, (module._target_af, module._target_vf)
