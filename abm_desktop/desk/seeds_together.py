"""Several trainings of one recipe in a session, told together once all of them have ended."""

from __future__ import annotations

import math
from dataclasses import dataclass

from abm_desktop.desk.training_news import TrainingState
from abm_desktop.desk.trainings import Trainings
from abm_desktop.inputs import InputError
from abm_desktop.learning.judging.together import Together, together

__all__ = ["SeedsTogether"]

_ENDED = (TrainingState.FINISHED, TrainingState.STOPPED, TrainingState.FAILED)


@dataclass(frozen=True, slots=True)
class SeedsTogether:
    """Trainings, by their numbers, that differ by their seeds alone."""

    trainings: Trainings
    numbers: tuple[int, ...]

    @property
    def is_over(self) -> bool:
        """Whether all of them have ended, or left the queue."""
        return all(self.trainings.read(number).state in _ENDED for number in self.numbers)

    def together(self) -> Together:
        """Curves and verdicts of those that finished. Reads the files of their models."""
        done = [n for n in self.numbers if self.trainings.read(n).state is TrainingState.FINISHED]
        curves, evaluations = [], []
        for number in done:
            curve = self.trainings.curves(number)
            rows = zip(curve.column("iteration"), curve.column("reward_mean"), strict=True)
            curves.append({int(at): float(r) for at, r in rows if math.isfinite(r)})
            try:
                evaluation = self.trainings.verdict(number).evaluation
            except (InputError, OSError):  # the model was renamed or deleted meanwhile
                continue
            if evaluation:
                evaluations.append(evaluation)
        return together(curves, evaluations)

    def told(self) -> tuple[str, str]:
        """What they came to: a title, and the figures."""
        config = self.trainings.read(self.numbers[0]).config
        found, n = self.together(), len(self.numbers)
        seeds = f"seeds {config.seed} to {config.seed + n - 1}"
        title = f"{n} trainings of {config.algorithm} in {config.scenario}, {seeds}"
        if not found.trainings:
            return title, "None of them came to its end."
        lines = [] if found.trainings == n else [f"{found.trainings} of them came to their end."]
        return title, " ".join([*lines, *found.sentences()])
