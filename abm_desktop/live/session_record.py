"""A session as a small file: what is needed to compute the same market again after a crash.

Not the state of the market but its cause: scenario, seed, and the commands with their times. One
seed is one market, so the replay ends bit-identically; a checksum of the state tells if it did not,
which only another version of the program can bring about.
"""

from __future__ import annotations

import json
import os
import time as clock
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.live.deeds import Deed
from abm_desktop.live.making import Cancelled
from abm_desktop.live.types import PlannedStress

if TYPE_CHECKING:
    from abm_desktop.live.feeds import Feed
    from abm_desktop.live.simulated_feed import SimulatedFeed
    from abm_desktop.market.simulator import Simulator

__all__ = ["SessionRecord", "checksum", "describe", "restore"]

VERSION = 1
_NOT_STATE = frozenset({"trades", "messages", "samples", "class_samples", "intents", "scratch"})
_NOT_MARKET = frozenset({"next_sample", "sample_interval"})
MOST_SAMPLES = 60_000.0
"""Points of the charts that are computed again."""
_TELL_EVERY = 0.1
"""Real seconds between two looks at whether to go on."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """What a session was at one moment. All values are plain, as in JSON."""

    source: str
    """Scenario name, or the file name of a replay."""
    seed: int
    time: float
    """Simulated seconds since the open (time of day for a replay)."""
    events: int
    saved: float
    """``time.time()`` when this was written."""
    checksum: int = 0
    """Of the market's state; 0 for a replay."""
    scenario: dict[str, Any] = field(default_factory=dict)
    """What the market was made from; empty for a replay."""
    next_scenario: dict[str, Any] = field(default_factory=dict)
    """What it is made from at the next reset."""
    commands: list[dict[str, Any]] = field(default_factory=list)
    """Each with ``at``, the simulated second in which it was carried out."""
    planned: list[dict[str, Any]] = field(default_factory=list)
    """Stresses in the queue: when they were asked for, when they start, and what they are."""
    forked: tuple[float, ...] = ()
    """Times at which this run left others."""
    replay: str = ""
    """Path of the recorded order flow, for a replay."""
    file: str = ""
    """The scenario file that was open."""
    program: dict[str, Any] = field(default_factory=dict)
    """What the window adds: process, version, layout."""

    def write(self, path: Path) -> None:
        """Write the file so that a crash leaves either the old one or the new one, never half."""
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_name(path.name + ".new")
        with new.open("w", encoding="utf-8") as file:
            json.dump({"version": VERSION, **asdict(self)}, file)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)

    @classmethod
    def read(cls, path: Path) -> SessionRecord:
        """Read a file written by :meth:`write`.

        Raises:
            OSError: if it cannot be read.
            ValueError: if it is no session, or one of another version.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            if values.pop("version") != VERSION:
                raise ValueError(f"{path} was written by another version of the program")
            return cls(**values)
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path} is not a session: {error}") from error


def checksum(simulator: Simulator) -> int:
    """Return a CRC-32 of a market's state; equal for markets that go on alike."""
    from abm_desktop.live.inside import state_of

    total = 0
    for name, array in state_of(simulator)._asdict().items():
        if name in _NOT_STATE:
            continue
        # Bytes between the fields of a record are nobody's.
        for part in array.dtype.names or (None,):
            if name == "market" and part in _NOT_MARKET:
                continue
            values = array if part is None else array[part]
            total = zlib.crc32(np.ascontiguousarray(values).view(np.uint8).data, total)
    return total


def describe(feed: Feed) -> SessionRecord:
    """Return the record of a session as it is now; to be called by the thread that runs it.

    Raises:
        ValueError: if something was done to the market that cannot be written down.
    """
    common = {"source": feed.source, "seed": feed.seed, "time": feed.now, "saved": clock.time()}
    if feed.is_replay:
        replayed: Any = feed
        return SessionRecord(events=feed.events, replay=str(replayed.path), **common)  # type: ignore[arg-type]
    simulated: Any = feed
    commands = []
    for move in simulated.recording.moves_from(0, float("inf")):
        if not isinstance(move.apply, Deed):
            raise ValueError(f"a command of this session cannot be written down: {move.apply}")
        commands.append({"at": move.time, **move.apply.as_json()})
    planned = [
        {"asked": asked, "start": shown.start, "stress": stress.model_dump(mode="json")}
        for asked, shown, stress in simulated._planned
    ]
    return SessionRecord(
        events=feed.events,
        checksum=checksum(simulated.simulator),
        scenario=simulated.scenario.model_dump(mode="json"),
        next_scenario=simulated.next_scenario.model_dump(mode="json"),
        commands=commands,
        planned=planned,
        forked=tuple(m.time for m in simulated.marks if m.label == "forked"),
        **common,  # type: ignore[arg-type]
    )


def restore(
    record: SessionRecord,
    tell: Callable[[float], None] = lambda _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Feed:
    """Compute the session again, up to the moment it was written down.

    Args:
        record: what the session was.
        tell: is called with the share done, 0 to 1, some times a second.
        is_cancelled: asked as often; where it is true :class:`Cancelled` is raised.

    Raises:
        OSError, ValueError: if the recorded order flow is gone, or the market did not come out the
            same.
        Cancelled: if somebody did not want to wait.
    """
    if record.replay:
        from abm_desktop.live.feeds import open_replay

        feed = open_replay(Path(record.replay))
        start = feed.now
        feed.limit_samples(MOST_SAMPLES, record.time - start)
        _go_on(feed, record.time, start, record.time, tell, is_cancelled)
        return feed
    from abm_desktop.live.simulated_feed import SimulatedFeed
    from abm_desktop.scenario import Scenario, stress_from_dict

    scenario = Scenario.model_validate(record.scenario)
    simulated = SimulatedFeed(scenario, record.seed)
    simulated.limit_samples(MOST_SAMPLES, record.time)
    for command in record.commands:
        values = dict(command)
        at = float(values.pop("at"))
        _go_on(simulated, at, 0.0, record.time, tell, is_cancelled)
        deed = Deed.from_json(values)
        if deed.name == "change":
            simulated._joined = deed.arguments["scenario"].rl
        simulated.act(deed)
    _go_on(simulated, record.time, 0.0, record.time, tell, is_cancelled)
    if checksum(simulated.simulator) != record.checksum:
        raise ValueError(
            f"the session came out differently at {record.time:g} s: another version of the "
            "program has written it. Open the scenario with the same seed instead."
        )
    simulated.next_scenario = Scenario.model_validate(record.next_scenario)
    for entry in record.planned:
        stress = stress_from_dict(entry["stress"])
        shown = PlannedStress(
            next(simulated._numbers), stress.type, stress.strength, entry["start"],
            float(stress.length),
        )  # fmt: skip
        simulated._planned.append((entry["asked"], shown, stress))
    _mark_forks(simulated, record.forked)
    return simulated


def _mark_forks(feed: SimulatedFeed, times: tuple[float, ...]) -> None:
    from abm_desktop.market.tape import Mark

    tape = feed.simulator.tape
    tape.marks = sorted([*tape.marks, *(Mark(t, "forked") for t in times)], key=lambda m: m.time)
    feed.collect()


def _go_on(
    feed: Feed,
    until: float,
    start: float,
    end: float,
    tell: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> None:
    """Run in stretches of about a tenth of a second, so that it can be told and ended."""
    stretch = 10.0
    while feed.now < until:
        begin = clock.perf_counter()
        feed.advance(min(until, feed.now + stretch))
        feed.collect()
        spent = max(clock.perf_counter() - begin, 1e-6)
        stretch = min(max(stretch * _TELL_EVERY / spent, 0.1), 2.0 * stretch)
        tell((feed.now - start) / max(end - start, 1e-9))
        if is_cancelled():
            raise Cancelled
