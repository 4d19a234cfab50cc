"""What comes after a search, as large as the time that is left allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from abm_desktop.calibration.plan import CalibrationPlan

__all__ = ["BASE_SEEDS", "Costs", "Finish", "costs_of"]

BASE_SEEDS = 4
"""Sessions of the default market, and of that which the search begins with, for the report."""
LEAST_CANDIDATES = 2
LEAST_REPORTED = 5
"""Sessions below which nothing could be told of how they differ."""
_USUAL_CANDIDATES = 4
"""That are chosen from before there is time for the profile."""
_OF_REPORT = 1.3
"""What a session of the report takes over one of the search as long: its facts are measured too."""


@dataclass(frozen=True, slots=True)
class Finish:
    """How much is simulated after the search."""

    candidates: int
    """That are simulated again, for the choice."""
    profile: bool
    """Whether each parameter is looked at by itself."""
    report_seeds: int
    compared: bool = True
    """Whether the default market, and that which the search began with, are simulated beside."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Real seconds that the parts of a calibration take, by what its search took."""

    candidate: float
    """Of the search."""
    chosen: float
    """One that is simulated again."""
    profile: float
    reported: float
    """A session of the report."""
    compared: float
    """All sessions of the markets that it is compared with."""
    all_of_it: Finish

    @property
    def whole(self) -> float:
        """All that follows the search, at its full size."""
        full = self.all_of_it
        return (
            full.candidates * self.chosen
            + self.profile
            + full.report_seeds * self.reported
            + self.compared
        )

    def within(self, seconds: float) -> Finish:
        """As much as fits into so many seconds; never less than a choice of two, and a report.

        The report comes first, beside other markets if there is time for at least five sessions
        of both, then a choice of four, then the profile, then more to choose from.

        >>> costs = Costs(1.0, 10.0, 100.0, 5.0, 40.0, Finish(16, True, 20))
        >>> costs.within(400.0)
        Finish(candidates=16, profile=True, report_seeds=20, compared=True)
        >>> costs.within(290.0)
        Finish(candidates=5, profile=True, report_seeds=20, compared=True)
        >>> costs.within(90.0)
        Finish(candidates=2, profile=False, report_seeds=6, compared=True)
        >>> costs.within(60.0)
        Finish(candidates=2, profile=False, report_seeds=8, compared=False)
        """
        full = self.all_of_it
        least = min(LEAST_CANDIDATES, full.candidates)
        fewest = min(LEAST_REPORTED, full.report_seeds)
        compared = seconds >= least * self.chosen + fewest * self.reported + self.compared
        left = seconds - self.compared * compared
        sessions = int((left - least * self.chosen) / self.reported)
        report = min(full.report_seeds, max(sessions, fewest))
        left -= report * self.reported
        usual = min(_USUAL_CANDIDATES, full.candidates)
        profile = full.profile and left >= usual * self.chosen + self.profile
        if profile:
            left -= self.profile
        candidates = min(full.candidates, max(int(left / self.chosen), least))
        return Finish(candidates, profile, report, compared)


def costs_of(plan: CalibrationPlan, seconds: Sequence[float]) -> Costs:
    """What the parts take, from what the candidates of the search took, one after the other.

    The first is left out: it waits for the processes, and perhaps for the compiler.
    """
    sizes, session = plan.sizes, plan.days.read.session
    known = seconds[1:] or seconds
    candidate = max(sum(known) / max(len(known), 1), 1e-6)
    simulated = candidate / (sizes.search_seeds * plan.search_seconds)
    return Costs(
        candidate=candidate,
        chosen=sizes.choice_seeds * session * simulated,
        profile=(2 * len(plan.space) + 1) * sizes.choice_seeds * plan.search_seconds * simulated,
        reported=_OF_REPORT * session * simulated,
        compared=BASE_SEEDS * (session + plan.base.market.session) * simulated,
        all_of_it=Finish(sizes.candidates, True, sizes.report_seeds),
    )
