"""A population from its settings to models in the registry, with states kept along the way."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from abm_desktop.inputs import InputError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.judging.seen_days import seen_by_training
from abm_desktop.learning.population.config import PopulationConfig
from abm_desktop.learning.population.continuing import (
    check_same_settings,
    iterations_done,
    past_replacements,
)
from abm_desktop.learning.population.measures import LearnerMeasures, PopulationProgress
from abm_desktop.learning.population.training import market_population
from abm_desktop.learning.process import preflight
from abm_desktop.learning.process.history import HistoryWriter
from abm_desktop.learning.process.messages import Progress
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.provenance import git_version, now, program_version
from abm_desktop.market.roles import action_names, observation_names
from abm_desktop.scenario import find_scenario, load_scenario

__all__ = ["PopulationSession"]


class PopulationSession:
    """Trains a population and keeps a model of each of its learners.

    Making one holds their names and builds the markets; ``close`` lets go of both.

    Args:
        config: the population.
        continues: whether it goes on where the models of that name were last kept, with their
            weights, optimisers, rates and changed settings. Its markets are others than those that
            it has met; past copies of a league begin with those that go on.

    Raises:
        InputError: for a scenario, name or model that cannot be used, and for settings that are not
            those of the population that goes on.
    """

    def __init__(self, config: PopulationConfig, *, continues: bool = False) -> None:
        self.config = config
        if continues and not config.name:
            raise InputError(
                "is needed to go on with a population",
                key="name",
                remedy="give the one that it had",
            )
        scenario = load_scenario(find_scenario(config.scenario))
        self._scenario = scenario.name
        self._flights: list[preflight.Flight] = []
        stem = config.name or f"{scenario.name}-population"
        try:
            own_names = iter(config.model_names(stem))
            for number, group in enumerate(config.learners):
                for training in config.trainings_of(group, number):
                    name = next(own_names) if config.name else ""
                    named = training.model_copy(update={"model_name": name})
                    if continues:  # what it once began with is in its weights
                        own = {"continues": True, "resume_from": ""}
                        named = named.model_copy(update=own)
                    self._flights.append(preflight.check(named))
            self.names = tuple(flight.name for flight in self._flights)
            kept = [models.get_model(name) for name in self.names] if continues else []
            check_same_settings(config, kept)
            self.done = iterations_done(kept) if continues else 0
            self.population, self.trainings = market_population(config, self.names, self.done)
            self._go_on(kept)
            for learner, training in zip(self.population.learners, self.trainings, strict=True):
                if training.resume_from and not continues:
                    parent = models.get_model(training.resume_from)
                    learner.restore(parent.folder / parent.checkpoint)
        except BaseException:
            self._release()
            raise
        self._histories = [HistoryWriter(goes_on=continues) for _ in self.names]
        self._decisions = [learner.decisions for learner in self.population.learners]
        self._episodes = [0] * len(self.names)
        self._began = time.monotonic()
        self._stopping = False

    def _go_on(self, kept: Sequence[models.ModelInfo]) -> None:
        if not kept:
            return
        changed = self.config.selection.explore if self.config.selection else ()
        for learner, model in zip(self.population.learners, kept, strict=True):
            learner.go_on(model, changed)
        self.population.go_on_after(self.done, past_replacements(kept))

    def stop(self) -> None:
        """Let :meth:`run` end after the running iteration, with the models kept."""
        self._stopping = True

    def run(self, hear: Callable[[PopulationProgress], None]) -> str:
        """Learn to the end; returns "finished", or "stopped" after :meth:`stop` or an interrupt.

        Models are kept every ``checkpoint_interval`` iterations and at the end, and after an
        interrupt or a fault as they are. ``hear`` is told of every iteration.
        """
        progress: PopulationProgress | None = None
        reason, interval = "failed", self.config.checkpoint_interval
        try:
            for progress in self.population:
                self._note(progress)
                hear(progress)
                last = progress.iteration == progress.iterations
                if self._stopping and not last:
                    reason = "stopped"
                    break
                if interval and progress.iteration % interval == 0 and not last:
                    self._save("unfinished", progress)
            else:
                reason = "finished"
        except KeyboardInterrupt:
            reason = "stopped"
        finally:
            if progress is not None:
                self._save(reason, progress)
        return reason

    def keep(self, judgement: dict[str, Any]) -> None:
        """Write what was measured of all together into the metadata of each model."""
        for name in self.names:
            models.set_metrics(name, population_judgement=judgement)

    def folders(self) -> list[Path]:
        """Of the models that were kept."""
        return [models.get_model(name).folder for name in self.names]

    def close(self) -> None:
        """Let go of markets, threads and names."""
        self.population.close()
        self._release()

    def _release(self) -> None:
        for flight in self._flights:
            flight.release()

    def _note(self, progress: PopulationProgress) -> None:
        spent = time.monotonic() - self._began
        left = progress.seconds * (progress.iterations - progress.iteration)
        learners = zip(self.population.learners, progress.learners, strict=True)
        for who, (learner, row) in enumerate(learners):
            own = learner.decisions - self._decisions[who]
            self._decisions[who] = learner.decisions
            self._histories[who].add(
                Progress(
                    iteration=progress.iteration,
                    iterations=progress.iterations,
                    env_steps=learner.decisions,
                    episodes=self._episodes[who],
                    reward_mean=row.episode_return,
                    episode_length_mean=row.episode_length,
                    action_shares=row.action_shares,
                    steps_per_second=own / max(progress.seconds, 1e-9),
                    sample_seconds=progress.sample_seconds,
                    learn_seconds=progress.learn_seconds,
                    elapsed_seconds=spent,
                    eta_seconds=left,
                    pnl_mean=row.profit,
                    position_mean=row.position,
                    learning_rate=row.learning_rate,
                    actions=action_names(learner.config.role),
                    losses=row.losses,
                )
            )

    def _save(self, status: str, progress: PopulationProgress) -> None:
        for who, row in enumerate(progress.learners):
            learner = self.population.learners[who]
            folder = models.save_model(
                self._info(who, status, progress, row),
                learner.policy(self.names[who]),
                learner.save,
            )
            self._histories[who].write(folder)

    def _info(
        self, who: int, status: str, progress: PopulationProgress, row: LearnerMeasures
    ) -> models.ModelInfo:
        config: TrainingConfig = self.population.learners[who].config
        role = config.role
        replaced = [
            {"iteration": one.iteration, "by": self.names[one.winner], "with": one.values}
            for one in self.population.history
            if one.loser == who
        ]
        parent = config.resume_from
        before = models.get_model(parent).recorded if parent else ()
        return models.ModelInfo(
            name=self.names[who],
            algorithm=config.algorithm,
            scenario=self._scenario,
            created=now(),
            iterations=progress.iteration,
            env_steps=self.population.learners[who].decisions,
            reward_mean=row.episode_return,
            seed=config.seed,
            status=status,
            version=program_version(),
            checkpoint=models.checkpoint_name(progress.iteration),
            config=config.model_dump(mode="json"),
            metrics={
                "reward_mean": row.episode_return,
                "action_shares": list(row.action_shares),
                "losses": row.losses,
                "population": {
                    "with": [name for name in self.names if name != self.names[who]],
                    "settings": self.config.model_dump(mode="json"),
                    "replaced": replaced,
                },
            },
            parent=config.resume_from,
            recorded=seen_by_training(config, before),
            git=git_version(),
            role=role,
            observations=observation_names(role),
            actions=action_names(role),
        )
