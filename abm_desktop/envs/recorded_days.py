"""Episodes in a recorded day: which market it is, and when within the day they begin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.envs.day_parts import DayPart
from abm_desktop.inputs import InputError, real, shown
from abm_desktop.market.recorded_day import recorded_scenario, with_its_day
from abm_desktop.scenario import Scenario, ScenarioError, find_scenario, load_scenario
from abm_desktop.scenario.files import in_file

__all__ = ["EpisodeStarts", "as_scenario", "chosen_start", "market_of"]

_LEAD = 600.0
"""Seconds of the day before an episode, if it is long enough: what traders see looks back."""
_LEAST_LEAD = 0.25
"""Of what a day has beside an episode, at least."""


def as_scenario(scenario: Scenario | Path | str) -> Scenario:
    """A scenario from itself, a file, or the name of a shipped one; with its day if it names one.

    Raises :class:`InputError` for anything else.
    """
    if isinstance(scenario, Scenario):
        return with_its_day(scenario)
    if not isinstance(scenario, str | Path):
        raise InputError(
            f"must be a Scenario, a file or a name, not {shown(scenario)}", key="scenario"
        )
    file = find_scenario(str(scenario))
    try:
        return with_its_day(load_scenario(file))
    except ScenarioError as error:
        raise in_file(file, error) from error


def market_of(scenario: Scenario | Path | str, recording: Path | str | None) -> Scenario:
    """What the markets of an environment are.

    Raises :class:`InputError` for what is no scenario or no recording.
    """
    if recording is None:
        return as_scenario(scenario)
    # The usual scenario has nothing that a day could take from it.
    return recorded_scenario(recording, None if scenario == "calm" else as_scenario(scenario))


def chosen_start(options: Mapping[str, Any]) -> float | None:
    """The option ``start`` of a reset, seconds; None if there is none."""
    start = options.get("start")
    return None if start is None else real(start, "options['start']", 0.0, unit="simulated seconds")


class EpisodeStarts:
    """When episodes begin in a part of a recorded day: at random, or at a chosen time.

    Raises:
        InputError: if an episode is longer than that.
    """

    def __init__(self, scenario: Scenario, episode_seconds: float, part: DayPart) -> None:
        room = part.seconds - episode_seconds
        if room < 0.0:
            is_whole = part.seconds == scenario.market.session
            what = "the recording" if is_whole else "that part of the recording"
            raise InputError(
                f"must be at most the {part.seconds:g} s of {what}, not {episode_seconds:g}",
                key="episode_seconds",
                path=scenario.recording or None,
                remedy="lower it, or take a longer recording"
                + ("" if is_whole else " or part (recording_from, recording_until)"),
            )
        self._begin, self._last = part.begin, part.begin + room
        # What comes before a later part is there to look back at.
        self._first = max(part.begin, min(_LEAD, part.begin + _LEAST_LEAD * room))

    def draw(self, random: np.random.Generator, chosen: float | None) -> float:
        """Simulated seconds since the beginning of the day.

        Raises:
            InputError: for a chosen time with which an episode would not lie within the part.
        """
        drawn = float(random.uniform(self._first, self._last))
        if chosen is None:
            return drawn
        if chosen < self._begin:
            raise InputError(
                f"must be at least {self._begin:g} s, where that part of the recording begins, not "
                f"{chosen:g}",
                key="options['start']",
            )
        if chosen > self._last:
            raise InputError(
                f"must be at most {self._last:g} s for the episode to end within the recording or "
                f"its part, not {chosen:g}",
                key="options['start']",
            )
        return chosen
