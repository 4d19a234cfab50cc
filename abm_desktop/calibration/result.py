"""What a calibration found, and what is told of it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np

from abm_desktop.calibration.identifying import ParameterTold, told_parameters
from abm_desktop.calibration.measuring import gap_between, mean_gap
from abm_desktop.calibration.plan import CalibrationPlan
from abm_desktop.calibration.reporting import FactBand, bands
from abm_desktop.calibration.running import Calibrated
from abm_desktop.metrics.likeness.comparing import split_half, total
from abm_desktop.metrics.likeness.scores import SCORES, day_of

__all__ = ["CalibrationResult", "result_of"]


@dataclass(frozen=True, slots=True)
class CalibrationResult:
    """A calibration with everything that is told of it."""

    plan: CalibrationPlan
    found: Calibrated
    itself: dict[str, float]
    """The recorded day's odd half hours against its even ones, by score; mean over days."""
    told: tuple[ParameterTold, ...]
    bands: tuple[FactBand, ...]
    """Of the first recorded day."""
    date: str

    @property
    def itself_mean(self) -> float:
        """The mean distance of the recorded day from itself."""
        return total(list(self.itself.values()))

    @property
    def held(self) -> int:
        """Facts of the recorded day that lie in the band of simulated ones."""
        return sum(band.holds for band in self.bands)

    @property
    def spread(self) -> float:
        """Standard deviation of the mean distance over the seeds of the report."""
        plan = self.plan
        each = [
            mean_gap([gap_between(day, one.measured) for day in plan.days.measured]).w1
            for one in self.found.reported
        ]
        return float(np.std(each, ddof=1)) if len(each) > 1 else float("nan")

    def sentences(self) -> list[str]:
        """What was found, in words."""
        gap, base, plan = self.found.gap, self.found.base, self.plan
        days = " and ".join(plan.days.names)
        out = [
            f"The mean distance of the {len(SCORES)} scores to {days} is {gap.w1:.3f} (standard "
            f"deviation {self.spread:.3f} over {len(self.found.reported)} sessions of seeds not "
            f"used before); the day's odd half hours are {self.itself_mean:.3f} from its even ones."
        ]
        if lost := self.found.report_seeds - len(self.found.reported):
            out.append(
                f"{lost} of {self.found.report_seeds} sessions broke down: nothing traded, or far "
                "more messages came than on the recorded day. Search on (a larger --budget), or "
                "from another --seed."
            )
        if base is not None:
            out.append(f"That of the scenario {plan.base.name} as it stands is {base.w1:.3f}.")
        if self.found.began is not None:
            what = "What is read off alone, before any search,"
            if plan.space.is_continued:
                what = "What the search began with, the values of an earlier one,"
            out.append(f"{what} comes to {self.found.began.w1:.3f}.")
        before = "" if base is None else f" ({base.responses:.3f} for {plan.base.name})"
        out.append(
            f"The responses of the price differ by {gap.responses:.3f} mean spreads on "
            f"average{before}."
        )
        if self.bands:
            out.append(
                f"The recorded day lies in the 90 % band of simulated days in {self.held} of "
                f"{len(self.bands)} facts."
            )
        if self.found.report_seeds < plan.sizes.report_seeds:
            out.append(
                f"The budget had room for {self.found.report_seeds} sessions of the report in "
                f"place of {plan.sizes.report_seeds}: the band is that much less certain."
            )
        if not self.found.profile:
            out.append(
                "Which parameters the data tell was not looked at: the budget had no room for it. "
                "A larger one (--budget) goes on from here."
            )
            return out
        known = sum(each.is_told for each in self.told)
        out.append(
            f"{known} of {len(self.told)} searched parameters are told by the data: a step of 15 % "
            "of their width makes the market less alike by more than noise."
        )
        return out


def result_of(plan: CalibrationPlan, found: Calibrated) -> CalibrationResult:
    """Put together what is told of a calibration."""
    halves: dict[str, list[float]] = {score.name: [] for score in SCORES}
    for flow in plan.days.flows:
        day = day_of(flow)
        for score in SCORES:
            halves[score.name].append(split_half(day, score))
    return CalibrationResult(
        plan=plan,
        found=found,
        itself={name: total(values) for name, values in halves.items()},
        told=tuple(told_parameters(plan.space, found.vector, found.search, found.profile)),
        bands=tuple(bands(plan.days.flows[0], found.reported)),
        date=datetime.datetime.now(datetime.UTC).date().isoformat(),
    )
