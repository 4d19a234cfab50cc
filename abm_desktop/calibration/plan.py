"""What a calibration will do, told before it does it, and compared when it is taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from abm_desktop.calibration.measuring import Measured, measure_flow
from abm_desktop.calibration.reading_off import ReadOff, middle_of, read_off
from abm_desktop.calibration.space import PARAMETERS, Space
from abm_desktop.calibration.start import start_values, to_scenario
from abm_desktop.inputs import InputError, real, whole
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded.reading import read_recording
from abm_desktop.market.recorded_day import check_simulated
from abm_desktop.market.replay import with_levels
from abm_desktop.metrics.likeness.levels import within_levels
from abm_desktop.scenario import Scenario

__all__ = [
    "LEVELS",
    "CalibrationPlan",
    "Days",
    "Sizes",
    "read_days",
]

LEVELS = 5
"""Levels of a side that are compared of a feed that tells every order."""
MOST_TIMES = 8
"""Messages of a candidate, over those of the recorded day, at which it is given up. Much of a
market is deeper than the levels of a file show."""


@dataclass(frozen=True, slots=True)
class Days:
    """The recorded days, read."""

    flows: tuple[OrderFlow, ...]
    measured: tuple[Measured, ...]
    read: ReadOff
    """Of all of them together."""

    @property
    def names(self) -> tuple[str, ...]:
        """As the files tell them."""
        return tuple(flow.name for flow in self.flows)

    @property
    def levels(self) -> int:
        """Of the book; of all days the same."""
        return self.flows[0].levels

    @property
    def messages(self) -> int:
        """Of the longest day."""
        return max(len(flow) for flow in self.flows)


def read_days(paths: Sequence[Path], part: str | None = None) -> Days:
    """Read and measure recorded days.

    Raises:
        RecordingError: if one cannot be read.
        InputError: if there is none, one tells too little, or they tell different numbers of
            levels.
    """
    if not paths:
        raise InputError("must name at least one recorded day", key="DAY")
    recorded = [read_recording(path, part) for path in paths]
    whole = tuple(with_levels(flow, LEVELS) for flow in recorded)
    # As a simulated day is looked at; rates, sizes and lifetimes are read off all that is told.
    flows = tuple(
        flow if told.levels else within_levels(flow, LEVELS)
        for flow, told in zip(whole, recorded, strict=True)
    )
    if len({flow.levels for flow in flows}) > 1:
        told = ", ".join(f"{flow.name}: {flow.levels}" for flow in flows)
        raise InputError(
            f"tell different numbers of levels ({told})",
            key="days",
            remedy="calibrate to those that tell as many, or to each by itself",
        )
    read = middle_of([read_off(flow) for flow in whole])
    measured = []
    for flow in flows:
        try:
            measured.append(measure_flow(flow))
        except ValueError as error:
            raise InputError(
                str(error), path=flow.source, remedy="take another recording"
            ) from error
    return Days(flows, tuple(measured), read)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is simulated. What differs from this makes other results."""

    seed: int = 0
    """Another one searches from other draws, on other markets."""
    search_seconds: float = 7200.0
    """Simulated seconds of a session in the search; whole sessions are shorter if they are."""
    search_seeds: int = 2
    candidates: int = 16
    """That are simulated again, on seeds of their own, after the search."""
    choice_seeds: int = 4
    report_seeds: int = 20

    def __post_init__(self) -> None:
        whole(self.seed, "seed", 0, 9999)
        real(self.search_seconds, "search_seconds", 600.0, 604_800.0, unit="s")
        whole(self.search_seeds, "search_seeds", 1, 20)
        whole(self.candidates, "candidates", 1, 200)
        whole(self.choice_seeds, "choice_seeds", 1, 50)
        whole(self.report_seeds, "report_seeds", 2, 100)


@dataclass(frozen=True, slots=True)
class CalibrationPlan:
    """A calibration: the days, what is searched, from where, and how much is simulated."""

    days: Days
    name: str
    """Of the scenario that is made."""
    base: Scenario
    """Has what is neither read off nor searched."""
    sizes: Sizes
    space: Space

    @classmethod
    def make(
        cls, days: Days, name: str, base: Scenario, sizes: Sizes, like: Scenario | None = None
    ) -> CalibrationPlan:
        """Plan a calibration; the scenario that it begins with is checked.

        Args:
            days: recorded ones.
            name: of the scenario that is made.
            base: has what is neither read off nor searched; without its stresses, RL traders and
                auctions.
            sizes: how much is simulated.
            like: has the values with which the search begins, as one that was found earlier does.

        Raises:
            InputError: if no market can be made of what is read off.
        """
        check_simulated(base, "base")
        if like is not None:
            check_simulated(like, "like")
        base = base.model_copy(update={"rl": (), "stress": ()})
        values = None if like is None else like.model_dump(mode="python")
        space = Space(start_values(days.read, name, base), PARAMETERS, values)
        to_scenario(space.values(space.beginning()))
        return cls(days, name, base, sizes, space)

    @property
    def search_seconds(self) -> float:
        """Simulated seconds of a session in the search."""
        return min(self.sizes.search_seconds, self.days.read.session)

    def most_messages(self, seconds: float) -> int:
        """Messages at which a candidate is given up, in so many seconds."""
        return int(MOST_TIMES * self.days.messages * seconds / self.days.read.session) + 10_000

    def as_json(self) -> dict[str, Any]:
        """What must be the same when a calibration is taken up again."""
        return {
            "days": [
                {"name": flow.name, "messages": len(flow), "levels": flow.levels}
                for flow in self.days.flows
            ],
            "name": self.name,
            "base": self.base.name,
            "parameters": [each.key for each in self.space.parameters],
            "bounds": [list(self.space.bounds(k)) for k in range(len(self.space))],
            "sizes": asdict(self.sizes),
            "beginning": self.space.beginning().tolist(),
            "start": to_scenario(self.space.start).model_dump(mode="json"),
        }
