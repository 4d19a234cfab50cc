"""One recipe with several seeds, trained side by side: what a recipe gives, not one run of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from abm_desktop.inputs import InputError, whole
from abm_desktop.learning.config import LAST_SEED, TrainingConfig
from abm_desktop.learning.judging.together import Together, together
from abm_desktop.learning.process.messages import Message
from abm_desktop.learning.side_by_side import SideBySide, threads_each, train_side_by_side
from abm_desktop.thread_team import processors

__all__ = ["MOST_SEEDS", "SeveralTrainings", "configs_of", "how_many_at_once", "train_seeds"]

MOST_SEEDS = 1000

Hear = Callable[[int, Message], None]
"""Hears the seed of a training, and its messages."""


@dataclass(frozen=True, slots=True)
class SeveralTrainings(SideBySide[int]):
    """What came of trainings that differ by their seeds alone, by seed."""

    def together(self) -> Together:
        """Curves and verdicts of all that finished; see :mod:`.judging.together`."""
        done = [found for found in self.results.values() if found.reason == "finished"]
        curves = [
            {p.iteration: p.reward_mean for p in found.history if p.reward_mean is not None}
            for found in done
        ]
        return together(curves, [found.evaluation for found in done if found.evaluation])


def configs_of(config: TrainingConfig, seeds: int, at_once: int) -> list[TrainingConfig]:
    """Trainings with the seeds from ``config.seed`` on; so many at once share the cores.

    Raises:
        InputError: for a number of seeds out of bounds, for a training that is continued, or goes
            on from a model: these are one training.
    """
    whole(seeds, "seeds", 1, MOST_SEEDS)
    if config.continues or config.resume_from:
        raise InputError(
            "are for trainings that begin anew", key="seeds", remedy="leave the model out"
        )
    if config.seed + seeds - 1 > LAST_SEED:
        raise InputError(f"lead from seed {config.seed} beyond {LAST_SEED}", key="seeds")
    name = config.model_name
    return [
        config.model_copy(
            update={
                "seed": seed,
                "threads": threads_each(config, at_once),
                "model_name": f"{name}-{seed}" if name else "",
            }
        )
        for seed in range(config.seed, config.seed + seeds)
    ]


def how_many_at_once(seeds: int, wanted: int | None = None) -> int:
    """How many of ``seeds`` trainings share the cores: ``wanted``, or one a core.

    Raises:
        InputError: for a number that is out of bounds.
    """
    return min(seeds, whole(wanted or processors(), "at_once", 1, MOST_SEEDS))


def train_seeds(
    config: TrainingConfig, seeds: int, *, at_once: int | None = None, on_message: Hear
) -> SeveralTrainings:
    """Train ``config`` with ``seeds`` seeds, ``at_once`` of them side by side; None is as many as
    there are cores. Each is a training as any other, with a model of its own.

    An interrupt (Ctrl+C) stops those that run after their iteration and keeps their models; those
    that wait do not begin. One that fails leaves the others alone.
    """
    at_once = how_many_at_once(seeds, at_once)
    configs = configs_of(config, seeds, at_once)
    done = train_side_by_side({one.seed: one for one in configs}, at_once, on_message)
    return SeveralTrainings(done.results, done.failures)
