"""Which parts of recorded days a model has seen, and that it is judged on others.

A recorded day is the same for every seed, so that no seed parts what a policy learns from and what
it is judged on: times of the day do. What a model saw stands in its metadata (``recorded``).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from typing import Any

from abm_desktop.envs.day_parts import DayPart, clock_text, part_of, whole_day
from abm_desktop.inputs import InputError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.registry.model_info import ModelInfo
from abm_desktop.market.recorded_day import recorded_day
from abm_desktop.scenario import Scenario, find_scenario, load_scenario

__all__ = ["part_to_judge", "refuse_seen", "seen_by_training", "unseen_part"]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LEAST = 600.0
"""Simulated seconds of a day that are worth judging in."""

Seen = dict[str, Any]
"""One part of a day: its ``name``, its ``digest``, and ``from`` and ``until`` in seconds since it
begins."""


def seen_by_training(config: TrainingConfig, before: Sequence[Seen] = ()) -> tuple[Seen, ...]:
    """What a training sees of recorded days, after those that the model it goes on from saw."""
    if config.environment:
        return tuple(before)
    market = load_scenario(find_scenario(config.scenario))
    part = part_of(market, config.recording_from, config.recording_until)
    if part is None:
        return tuple(before)
    day = recorded_day(market.recording)
    seen = {"name": day.name, "digest": day.digest, "from": part.begin, "until": part.end}
    return (*(each for each in before if each != seen), seen)


def unseen_part(seen: Sequence[Seen], market: Scenario) -> DayPart | None:
    """The longest part of a recorded day that is in none of these; None if hardly any is left."""
    at, best = 0.0, None
    parts = sorted(_of_day(seen, market), key=lambda part: part.begin)
    end = whole_day(market).end
    for part in [*parts, DayPart(end, end)]:
        if part.begin - at >= max(_LEAST, 0.0 if best is None else best.seconds):
            best = DayPart(at, part.begin)
        at = max(at, part.end)
    return best


def part_to_judge(seen: Sequence[Seen], market: Scenario) -> DayPart | None:
    """Where in a market a model is judged of itself: None is all of it.

    Raises:
        InputError: if it saw all of that recorded day.
    """
    if not market.recording or not _of_day(seen, market):
        return None
    part = unseen_part(seen, market)
    if part is None:
        raise InputError(
            f"saw all of {recorded_day(market.recording).name}, and a verdict on what it saw says "
            "nothing",
            key="model",
            remedy="judge it in another day, or train it on a part of this one (recording_until)",
        )
    return part


def refuse_seen(info: ModelInfo | None, market: Scenario, part: DayPart | None) -> None:
    """Refuse to judge a model on what it has seen of a recorded day.

    Args:
        info: of the model; None if nothing is known of it.
        market: that it would be judged in.
        part: of that day; None is all of it.

    Raises:
        InputError: with the part that it has not seen.
    """
    if info is None or not market.recording:
        return
    seen = info.recorded or _told_by_config(info)
    asked = part or whole_day(market)
    for other in _of_day(seen, market):
        if not asked.overlaps(other):
            continue
        rest = unseen_part(seen, market)
        remedy = "judge it in another day"
        if rest is not None:
            begin, end = (clock_text(market, at) for at in (rest.begin, rest.end))
            remedy = f"judge it on the rest (--from {begin} --until {end}), or in another day"
        what = " to ".join(clock_text(market, at) for at in (other.begin, other.end))
        wanted = " to ".join(clock_text(market, at) for at in (asked.begin, asked.end))
        raise InputError(
            f"learned from {what} of {recorded_day(market.recording).name}, and would be judged "
            f"on {wanted}",
            key=info.name,
            remedy=remedy,
        )


def _of_day(seen: Sequence[Seen], market: Scenario) -> list[DayPart]:
    """The parts that are of this day, by what happens in it or by a name that has its date."""
    day = recorded_day(market.recording)
    dated = _DATE.search(day.name) is not None
    return [
        DayPart(float(each["from"]), float(each["until"]))
        for each in seen
        if each["digest"] == day.digest or (dated and each["name"] == day.name)
    ]


def _told_by_config(info: ModelInfo) -> tuple[Seen, ...]:
    """Of a model of before its metadata told it: all of the day, if that is still there."""
    with contextlib.suppress(InputError, ValueError):
        known = {key: info.config[key] for key in ("scenario", "environment") if key in info.config}
        return seen_by_training(TrainingConfig(**known))
    return ()
