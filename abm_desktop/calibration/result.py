"""What a calibration found, and what is told of it."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

import numpy as np

from abm_desktop.calibration.identifying import ParameterTold, told_parameters
from abm_desktop.calibration.measuring import gap_between, mean_gap
from abm_desktop.calibration.plan import CalibrationPlan
from abm_desktop.calibration.reporting import FactBand, bands
from abm_desktop.calibration.running import Calibrated
from abm_desktop.metrics.likeness.comparing import split_half, total
from abm_desktop.metrics.likeness.scores import SCORES, day_of
from abm_desktop.statements import counted

__all__ = ["NARROWED", "CalibrationResult", "result_of"]

NARROWED = 0.8
"""Width of an interval over that without any day, below which the day tells something."""


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
        told = sum(math.isfinite(value) for value in gap.scores.values())
        scores = f"the {told} scores"
        if told < len(SCORES):
            scores = f"{told} of {len(SCORES)} scores, for which the recording is long enough,"
        deviation = f"standard deviation {self.spread:.3f} over "
        sessions = counted(len(self.found.reported), "session")
        itself = f"the day's odd half hours are {self.itself_mean:.3f} from its even ones"
        if not math.isfinite(self.itself_mean):
            itself = "it is too short for half hours of it to be compared with each other"
        out = [
            f"The mean distance of {scores} to {days} is {gap.w1:.3f} "
            f"({deviation if math.isfinite(self.spread) else ''}{sessions} of seeds not used "
            f"before); {itself}."
        ]
        if lost := self.found.report_seeds - len(self.found.reported):
            out.append(
                f"{lost} of {self.found.report_seeds} sessions broke down: nothing traded, or far "
                "more messages came than on the recorded day. Search on (a larger --budget), or "
                "from another --seed."
            )
        if not self.found.compared:
            out.append(
                f"Neither {plan.base.name} nor the market that the search began with was simulated "
                "beside it: the budget had no room for them (--budget)."
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
        out += self._of_posterior()
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

    def _of_posterior(self) -> list[str]:
        """What the day says of the parameters, and how far that can be believed."""
        inferred = self.found.inferred
        if inferred is None:
            return []
        held, near = inferred.held_out, inferred.near
        narrow = int(((inferred.width < NARROWED) & ~inferred.beyond).sum())
        many = len(inferred.width)
        sentences = [
            f"Posterior, of {len(inferred.samples):,} days simulated all over what is searched: "
            f"the recorded day makes {narrow} of {many} parameters more certain by a fifth or "
            "more.",
            "Its 90 % intervals, before they are widened, hold the true value in "
            f"{100 * held.mean_coverage:.0f} % of cases on {held.days} simulated days that it "
            "was not learned from (ranks are not even in "
            f"{held.rejected} of {many} parameters, about {0.05 * many:.0f} by chance), and in "
            f"{100 * near.mean_coverage:.0f} % on {near.days} days at parameters drawn from it "
            f"(least: {100 * near.coverage.min():.0f} % of "
            f"{self.plan.space.parameters[int(near.coverage.argmin())].key}).",
        ]
        if beyond := int(inferred.beyond.sum()):
            sentences.append(
                f"Of {beyond} parameters it points beyond all simulated days, where nothing was "
                "learned: it may ask for values further away, or be no such market."
            )
        if off := int(inferred.excludes(self.found.vector).sum()):
            sentences.append(
                f"{off} of the {many} values that were found lie outside their interval: they are "
                "not yet the best, or the day is none that this market makes."
            )
        far = inferred.middle_worth > inferred.found_worth
        sentences.append(
            f"The market at its medians is {inferred.middle_worth:.3f} from the recorded day, that "
            f"which was found {inferred.found_worth:.3f}, on sessions used for nothing else: "
            + (
                "the recorded day is none of these markets, and what it says of their parameters "
                "is to be taken with care."
                if far
                else "the search can still be improved on from there."
            )
        )
        if inferred.outside:
            sentences.append(
                f"{len(inferred.outside)} of {inferred.told} numbers of the recorded day were left "
                "out, as no simulated day reaches them."
            )
        return sentences


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
