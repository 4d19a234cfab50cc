"""The trial of a claim, whatever tries it: an experiment or an instrument."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from abm_desktop.experiments.reproduction.claim import PublishedClaim
from abm_desktop.experiments.reproduction.instrument_trial import InstrumentTrial
from abm_desktop.experiments.reproduction.trial import ClaimTrial
from abm_desktop.experiments.running.missing_trainings import Wanted

__all__ = ["trial_of"]


def trial_of(
    path: Path,
    claim: PublishedClaim,
    market: str,
    *,
    seeds: int | None = None,
    attempt: int = 1,
    train: Callable[[list[Wanted]], object] | None = None,
) -> ClaimTrial | InstrumentTrial:
    """See :class:`.ClaimTrial` and :class:`.InstrumentTrial`, for what is raised too."""
    if claim.experiment is not None and claim.experiment.game:
        return InstrumentTrial(path, claim, market, seeds=seeds, attempt=attempt, train=train)
    return ClaimTrial(path, claim, market, seeds=seeds, attempt=attempt, train=train)
