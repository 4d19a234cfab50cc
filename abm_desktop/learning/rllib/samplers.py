"""How many sampling processes make sense: no more than there are processors."""

from __future__ import annotations

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.statements import WorkersCapped
from abm_desktop.thread_team import processors


def within_processors(config: TrainingConfig) -> tuple[TrainingConfig, WorkersCapped | None]:
    """``config`` with at most one worker per processor, and what to say if that changed it.

    A worker beyond them takes the memory of another set of markets (some 0.5 GiB) and samples
    nothing more. Rollouts become longer by as much, so that an iteration has the decisions that it
    was to have. A joined cluster has processors of its own, and is left alone.

    Raises ``ConfigError`` if rollouts so long cannot be.
    """
    most = processors()
    if config.address or config.workers <= most:
        return config, None
    longer = {"workers": most, "rollout_length": config.rollout_length * config.workers // most}
    values = config.model_dump(exclude_unset=True) | longer
    return make_config(**values), WorkersCapped(config.workers, most)
