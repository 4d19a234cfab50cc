"""Places of the space as markets, and the sessions in which they are simulated."""

from __future__ import annotations

import numpy as np

from abm_desktop.calibration.plan import CalibrationPlan
from abm_desktop.calibration.seeds import Use
from abm_desktop.calibration.start import to_scenario
from abm_desktop.calibration.workers import CandidateSession
from abm_desktop.scenario import Scenario, ScenarioError

__all__ = ["candidate_scenario", "candidate_session"]


def candidate_scenario(
    plan: CalibrationPlan, vector: np.ndarray, seconds: float
) -> Scenario | None:
    """A candidate whose session is so long: a short one has the hours of the day in short, too.

    None if its values go together badly: too busy a market, say.
    """
    values = plan.space.values(vector)
    values["market"]["session"] = seconds
    try:
        return to_scenario(values)
    except ScenarioError:
        return None


def candidate_session(
    plan: CalibrationPlan, scenario: Scenario, use: Use, seed: int, seconds: float
) -> CandidateSession:
    """A session of it, given up at far more messages than the recorded day has."""
    return CandidateSession(
        scenario, use, seed, plan.days.levels, seconds, plan.most_messages(seconds)
    )
