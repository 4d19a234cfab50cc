"""One training run inside the host: build, iterate, measure, write checkpoints."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from abm_desktop.envs.day_parts import DayPart
from abm_desktop.inputs import InputError
from abm_desktop.learning.judging.seen_days import part_to_judge, seen_by_training
from abm_desktop.learning.process.continuing import stopped_training
from abm_desktop.learning.process.controls import TrainingWishes
from abm_desktop.learning.process.history import HistoryWriter
from abm_desktop.learning.process.messages import (
    Checkpoint,
    Done,
    Judging,
    Message,
    Progress,
    RuleRewards,
    Status,
)
from abm_desktop.learning.process.preflight import Flight
from abm_desktop.learning.process.rule_rewards import rule_rewards
from abm_desktop.learning.process.run_logs import RunLogs
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.provenance import git_version, now, program_version
from abm_desktop.learning.rllib import algorithms
from abm_desktop.learning.rllib.networks import policy_from_module
from abm_desktop.learning.rllib_private import learner_of
from abm_desktop.learning.statements import (
    JudgingBegan,
    NotEvaluated,
    Paused,
    Training,
    TrainingWarning,
    WorkersLost,
    WorkersReplaced,
)
from abm_desktop.market.roles import action_names, observation_names
from abm_desktop.scenario import find_scenario, load_scenario

log = logging.getLogger("abm_desktop.learning.process.session")

SAVE_SECONDS = 50.0
"""Longest time between two checkpoints, the running iteration included: a minute with some room."""

WORTH_MEASURING = 400_000
"""Decisions of a training from which the rewards of simple rules are measured."""
_SMOOTHING = 0.2
"""Weight of the newest iteration in the expected remaining time."""


class _Enough(Exception):  # noqa: N818  (not an error: a person asked for the end)
    pass


class TrainingSession:
    """Trains one policy. ``send`` takes the messages; ``controls`` is asked between iterations.

    Making one builds the Algorithm and its environments: Ray must run.
    """

    def __init__(
        self,
        flight: Flight,
        folder: Path,
        send: Callable[[Message], None],
        controls: TrainingWishes,
    ) -> None:
        self.config, self.name, self.scenario = flight.config, flight.name, flight.scenario
        self._send, self._controls = send, controls
        self._progress: Progress | None = None
        self._git = git_version()
        facts = {
            "version": program_version(),
            "git": self._git,
            "parent": self.config.resume_from,
            "model": self.name,
        }
        self._history = HistoryWriter(goes_on=self.config.continues)
        before = stopped_training(self.name) if self.config.continues else None
        self._parent = self.config.resume_from or (before.parent if before is not None else "")
        earlier = models.get_model(self._parent).recorded if self.config.resume_from else ()
        self._seen = seen_by_training(self.config, before.recorded if before else earlier)
        self._done = before.iterations if before is not None else 0
        """Iterations that were done before."""
        self._seconds = before.metrics.get("elapsed_seconds", 0.0) if before is not None else 0.0
        self._algorithm: Any = algorithms.build(self.config, folder, self._done)
        # After that: a training that does not begin leaves nothing behind.
        self._logs = RunLogs(self.name, self.config, facts)
        self._saved_at = time.monotonic()
        self._replaced = 0
        if self.config.resume_from:
            parent = models.get_model(self.config.resume_from)
            algorithms.restore(self._algorithm, parent.folder / parent.checkpoint)
        if before is not None:
            algorithms.restore(self._algorithm, before.folder / before.checkpoint)
            episodes = int(before.metrics.get("episodes", 0))
            self._algorithm.go_on_after(before.env_steps, episodes)

    def run(self) -> Done:
        """Train until the last iteration or until asked to stop; the checkpoint is written."""
        began = time.monotonic() - self._seconds
        pace = 0.0
        reason: Literal["finished", "stopped"] = "finished"
        self._tell_rules()
        first = self._done + 1
        for iteration in range(first, self.config.iterations + 1):
            began += self._obey()
            if self._controls.stop:
                reason = "stopped"
                break
            start = time.monotonic()
            measured = algorithms.train_once(self._algorithm)
            seconds = time.monotonic() - start
            # The first iteration compiles what is left to compile: it says nothing of the others.
            pace = seconds if iteration <= first + 1 else pace + _SMOOTHING * (seconds - pace)
            sampled = measured.pop("sampled")
            self._progress = Progress(
                iteration=iteration,
                iterations=self.config.iterations,
                steps_per_second=sampled / seconds,
                elapsed_seconds=time.monotonic() - began,
                eta_seconds=pace * (self.config.iterations - iteration),
                learning_rate=learner_of(self._algorithm).present_rate,
                actions=action_names(self.config.role),
                **measured,
            )
            self._history.add(self._progress)
            self._logs.add(self._progress)
            self._send(self._progress)
            self._tell_replaced()
            if iteration < self.config.iterations and self._is_time_to_save(iteration, seconds):
                self._save("unfinished")
        path = self._save(reason)
        done = self._progress.iteration if self._progress else self._done
        unjudged = self._examine() if reason == "finished" else None
        self._logs.close(reason)
        warnings: list[TrainingWarning] = [] if unjudged is None else [unjudged]
        if self._replaced:
            warnings.append(WorkersLost(self._replaced))
        return Done(reason, done, self.name, path, (*warnings, *self._logs.warnings))

    def _tell_rules(self) -> None:
        """Tell what simple rules earn in this reward; a training goes on without that as well.

        It takes some 10 s of processor time: not for a training that is over in less.
        """
        if self.config.total_steps < WORTH_MEASURING:
            return
        try:
            rewards = rule_rewards(self.config)
        except Exception:
            log.exception("the rewards of simple rules could not be measured")
            return
        if rewards:
            self._send(RuleRewards(rewards))

    def _is_time_to_save(self, iteration: int, seconds: float) -> bool:
        """Whether a checkpoint is due: every so many iterations, and before a minute is over.

        ``seconds`` is what an iteration takes. An interval of 0 asks for none before the end.
        """
        interval = self.config.checkpoint_interval
        if not interval:
            return False
        late = time.monotonic() - self._saved_at + seconds > SAVE_SECONDS
        return late or iteration % interval == 0

    def _tell_replaced(self) -> None:
        replaced = self._algorithm.replaced_workers
        if replaced > self._replaced:
            self._replaced = replaced
            self._send(Status("training", WorkersReplaced(replaced), self.name))

    def _examine(self) -> NotEvaluated | None:
        """Judge the finished policy, if asked for; returns why that failed, if it did.

        Whatever goes wrong here, the training itself is over and kept.
        """
        # Another environment's policies know nothing of the market.
        if not self.config.evaluate_after or self.config.environment:
            return None
        from abm_desktop.learning.process.after_training import examine

        unjudged = None
        self._send(Status("training", JudgingBegan(self.name)))
        try:
            scenario = load_scenario(find_scenario(self.config.scenario))
            names = self.config.evaluation_scenarios
            markets = [load_scenario(find_scenario(name)) for name in names] or [scenario]
            parts: list[DayPart | None] | None = None
            try:
                parts = [part_to_judge(self._seen, market) for market in markets]
            except InputError as error:
                unjudged = NotEvaluated(self.name, str(error))
            examine(
                models.load_policy(self.name),
                scenario,
                self._tell,
                keep=self._keep,
                days=self.config.evaluation_days,
                hours=self.config.evaluation_hours,
                runs=self.config.stress_runs,
                markets=markets,
                parts=parts,
            )
        except _Enough:
            return None
        except Exception as error:
            log.exception("evaluation failed")
            return NotEvaluated(self.name, str(error))
        return unjudged

    def _keep(self, stage: str, results: dict[str, Any]) -> None:
        models.set_metrics(self.name, **{stage: results})
        self._logs.add_results(stage, results)

    def _tell(self, stage: Literal["evaluation", "stress_test"], what: str, share: float) -> None:
        if self._controls.stop:
            raise _Enough
        self._send(Judging(stage, what, share))

    def _obey(self) -> float:
        """Do what was asked for since the last iteration; returns the seconds spent waiting."""
        self._obey_once()
        if not self._controls.shall_wait():
            return 0.0
        since = time.monotonic()
        self._send(Status("paused", Paused(self.name)))
        while self._controls.shall_wait():
            self._controls.wait()
            self._obey_once()
        self._send(Status("training", Training(self.name)))
        return time.monotonic() - since

    def _obey_once(self) -> None:
        rate = self._controls.take_learning_rate()
        if rate is not None:
            learner_of(self._algorithm).present_rate = rate
        if self._controls.take_save():
            self._save("unfinished")

    def workers(self) -> tuple[int, int, int]:
        """Sampling workers that answer, that were asked for, and that were started again."""
        group = self._algorithm.env_runner_group
        return (
            int(group.num_healthy_remote_env_runners()),
            self.config.workers,
            int(self._algorithm.replaced_workers),
        )

    def close(self) -> None:
        """Let go of the Algorithm and its workers."""
        self._algorithm.stop()

    def abandon(self) -> None:
        """After a fault: tell the logs, and the registry if there is a checkpoint."""
        self._logs.close("failed")
        # Where the disk is full, not even that can be written.
        with contextlib.suppress(models.ModelError, OSError):
            models.set_status(self.name, "failed")

    def _save(self, status: str) -> str:
        if self._progress is None:
            return ""
        self._saved_at = time.monotonic()
        progress = self._progress
        info = models.ModelInfo(
            name=self.name,
            algorithm=self.config.algorithm,
            scenario=self.scenario,
            created=now(),
            iterations=progress.iteration,
            env_steps=progress.env_steps,
            reward_mean=progress.reward_mean,
            seed=self.config.seed,
            status=status,
            version=program_version(),
            checkpoint=models.checkpoint_name(progress.iteration),
            config=self.config.model_dump(mode="json") | {"continues": False},
            metrics=_metrics(progress),
            parent=self._parent,
            recorded=self._seen,
            git=self._git,
            role=self.config.role,
            observations=observation_names(self.config.role),
            actions=action_names(self.config.role),
        )
        policy = policy_from_module(
            algorithms.module_of(self._algorithm),
            self.name,
            sizes=self.config.sizes,
            role=self.config.role,
            both_sides=self.config.even_handed,
        )
        # One that may be continued goes on learning from what it has seen.
        with_buffer = self.config.save_buffer or status != "finished"
        folder = models.save_model(
            info,
            policy,
            lambda part: algorithms.save(self._algorithm, part, with_buffer=with_buffer),
        )
        self._history.write(folder)
        self._send(Checkpoint(self.name, str(folder), progress.iteration))
        return str(folder)


def _metrics(progress: Progress) -> dict[str, Any]:
    return {
        "reward_mean": progress.reward_mean,
        "episode_length_mean": progress.episode_length_mean,
        "episodes": progress.episodes,
        "action_shares": list(progress.action_shares),
        "steps_per_second": progress.steps_per_second,
        "elapsed_seconds": progress.elapsed_seconds,
        "losses": progress.losses,
    }
