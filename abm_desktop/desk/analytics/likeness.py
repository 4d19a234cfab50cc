"""How alike the order flow of two days is, whatever each is: scenario, run, or recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.inputs import InputError
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded.reading import read_recording
from abm_desktop.market.recorded.tape_flow import flow_of_tape
from abm_desktop.market.replay import with_levels
from abm_desktop.metrics.likeness.comparing import Distance, compare, total
from abm_desktop.metrics.likeness.levels import within_levels
from abm_desktop.metrics.likeness.responses import Response, responses
from abm_desktop.metrics.likeness.scores import SCORES, day_of
from abm_desktop.plain_json import read_json_object
from abm_desktop.readers.files import split_place
from abm_desktop.scenario import find_scenario, load_scenario
from abm_desktop.statements import Statement

if TYPE_CHECKING:
    from abm_desktop.market.simulator import Simulator

__all__ = ["LEVELS", "Likeness", "LikenessWork", "Picture", "flow_named", "measure_likeness"]

LEVELS = 5
"""Levels of a side that are compared, if both days have as many."""
PICTURE_BINS = 60
PICTURED = (0.5, 99.5)
"""Percentiles of both days between which a distribution is drawn."""

Tell = Callable[[float, Statement], object]


@dataclass(frozen=True, slots=True)
class LikenessWork(Statement):
    """What a comparison is at."""

    TEXTS = ("reading {name}", "simulating {name}", "measuring {name}")
    doing: int
    """0 reading, 1 simulating, 2 measuring."""
    name: str

    @property
    def text(self) -> str:
        """By what is done."""
        return self.TEXTS[self.doing]


@dataclass(frozen=True, slots=True)
class Picture:
    """One score of both days as histograms over the same bins."""

    edges: np.ndarray
    """(k + 1,)."""
    shares: np.ndarray
    """Share of each day's values in each bin, (2, k)."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What a comparison found."""

    names: tuple[str, str]
    levels: int
    """That were compared: of the day with fewer."""
    distances: tuple[Distance, ...]
    mean: float
    """Of the distances that could be told."""
    responses: tuple[dict[str, Response], dict[str, Response]]
    pictures: dict[str, Picture]
    """By name of the score; none of a score that one day does not have."""


def measure_likeness(
    first: str,
    second: str,
    levels: int = LEVELS,
    seed: int | None = None,
    progress: Tell = lambda _share, _what: None,
) -> Likeness:
    """Compare two days, each named as :func:`flow_named` takes it.

    Raises :class:`.InputError` if one cannot be read or run, or has nothing to compare.
    """
    flows = [
        flow_named(name, levels, seed, partial(progress, share))
        for share, name in ((0.0, first), (0.4, second))
    ]
    fewest = min(flow.levels for flow in flows)
    flows = [flow if flow.levels == fewest else within_levels(flow, fewest) for flow in flows]
    days = []
    for k, flow in enumerate(flows):
        progress(0.8 + 0.1 * k, LikenessWork(2, flow.name))
        try:
            days.append(day_of(flow))
        except ValueError as error:
            raise InputError(str(error), key=flow.name) from error
    found = compare(days[0], days[1])
    pictures = {}
    for score in SCORES:
        values = [day.scores[score.name].values for day in days]
        if all(map(len, values)):
            pictures[score.name] = _picture(values, levels=score.kind == "level")
    return Likeness(
        names=(days[0].name, days[1].name),
        levels=fewest,
        distances=tuple(found),
        mean=total([distance.w1 for distance in found]),
        responses=(responses(flows[0]), responses(flows[1])),
        pictures=pictures,
    )


def flow_named(
    name: str, levels: int, seed: int | None, tell: Callable[[Statement], object]
) -> OrderFlow:
    """The order flow of a day.

    Args:
        name: of a scenario (name or file), of a folder that ``abm-desktop run --out`` has written
            (it is run again), or of recorded order flow.
        levels: of the book, unless the recording has its own.
        seed: of a scenario; None: its own.
        tell: is called with what is at work.

    Raises:
        InputError: if there is no such thing, it cannot be read or run, or a run is another one
            when it is run again.
    """
    path = Path(name).expanduser()
    place, _ = split_place(path)
    if (place / "run.json").is_file():
        facts = read_json_object(place / "run.json")
        try:
            made, seconds, events = int(facts["seed"]), float(facts["end"]), int(facts["events"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                f"does not tell seed, end and events ({error})", path=place / "run.json",
                remedy="run it again with `abm-desktop run`",
            ) from error  # fmt: skip
        simulator = _simulated(str(place / "scenario.toml"), made, seconds, tell)
        if simulator.events != events:
            raise InputError(
                f"had {events:,} events, and {simulator.events:,} when it was run again: the "
                "market is another one since", path=place,
                remedy="run it again with `abm-desktop run`; to compare versions, keep the order "
                "flow (`run --lobster`) and compare that",
            )  # fmt: skip
        return flow_of_tape(simulator, levels)
    if place.is_dir() or (place.is_file() and place.suffix.lower() != ".toml"):
        tell(LikenessWork(0, path.name))
        flow = read_recording(path)
        return flow if flow.levels else within_levels(with_levels(flow, levels), levels)
    return flow_of_tape(_simulated(name, seed, None, tell), levels)


def _simulated(
    name: str, seed: int | None, seconds: float | None, tell: Callable[[Statement], object]
) -> Simulator:
    from abm_desktop.market.simulator import Simulator

    scenario = load_scenario(find_scenario(name))
    tell(LikenessWork(1, scenario.name))
    simulator = Simulator(scenario, seed, record_messages=True)
    simulator.warm_up()
    simulator.begin_tape()
    simulator.run_until(scenario.market.session if seconds is None else seconds)
    return simulator


def _picture(values: list[np.ndarray], *, levels: bool) -> Picture:
    both = np.concatenate([np.percentile(v, PICTURED) for v in values])
    low, high = float(both.min()), float(both.max())
    if levels:
        edges = np.arange(np.floor(low) - 0.5, np.ceil(high) + 1.0)
    else:
        edges = np.linspace(low, high if high > low else low + 1.0, PICTURE_BINS + 1)
    shares = [np.histogram(v, edges)[0] / len(v) for v in values]
    return Picture(edges, np.array(shares))
