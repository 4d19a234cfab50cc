"""A session as a small file: what is needed to compute the same market again after a crash.

Not the state of the market but its cause: scenario, seed, and the commands with their times. One
seed is one market, so the replay ends bit-identically; a checksum of the state tells if it did not,
which only another version of the program can bring about.
"""

from __future__ import annotations

import json
import re
import time as clock
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop.inputs import InputError, real, shown, whole
from abm_desktop.live.background_build import Cancelled
from abm_desktop.live.old_sessions import OLD_VERSIONS, upgraded
from abm_desktop.live.types import ActiveStress
from abm_desktop.market.commands import EndStress, Inject, MarketCommand, read_command, written
from abm_desktop.market.statements import Forked
from abm_desktop.whole_files import write_whole

if TYPE_CHECKING:
    from abm_desktop.live.feeds import Feed
    from abm_desktop.live.simulated_feed import SimulatedFeed

__all__ = ["SessionRecord", "describe", "restore"]

VERSION = 4
_MOST_BYTES = 64 * 2**20
_LATEST = 9e9
"""Seconds: no session is as long, no clock of a computer as late."""
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
    checksum: str = ""
    """Of the market's state; "" for a replay, and for a session of an earlier version."""
    scenario: dict[str, Any] = field(default_factory=dict)
    """What the market was made from; empty for a replay."""
    next_scenario: dict[str, Any] = field(default_factory=dict)
    """What it is made from at the next reset."""
    commands: list[dict[str, Any]] = field(default_factory=list)
    """Each a ``command``, ``at``, the simulated second in which it was carried out, and ``client``,
    who asked for it, unless that was the person at the window."""
    planned: list[dict[str, Any]] = field(default_factory=list)
    """Stresses in the queue: when they were asked for, when they start, what they are, and who
    asked."""
    forked: tuple[float, ...] = ()
    """Times at which this run left others; who asked for it is not kept."""
    replay: str = ""
    """Path of the recorded order flow, for a replay."""
    file: str = ""
    """The scenario file that was open."""
    program: dict[str, Any] = field(default_factory=dict)
    """What the window adds: process, version, layout."""

    def moves(self, *kinds: type[MarketCommand]) -> Iterator[tuple[float, MarketCommand]]:
        """The commands, each after the simulated second in which it was carried out.

        With ``kinds``, only commands of these. Raises :class:`InputError` for one that is none.
        """
        names = {kind.model_fields["do"].default for kind in kinds}
        for entry in self.commands:
            if not names or entry["command"].get("do") in names:
                yield float(entry["at"]), read_command(entry["command"])

    def stresses(self) -> tuple[ActiveStress, ...]:
        """The stresses that the session has seen by its commands."""
        spans: dict[tuple[str, float], ActiveStress] = {}
        for at, command in self.moves(Inject, EndStress):
            if isinstance(command, Inject):
                stress = command.stress
                spans[stress.type, at] = ActiveStress(
                    stress.type, stress.strength, at, at + float(stress.length)
                )
            elif isinstance(command, EndStress):
                for (kind, start), span in spans.items():
                    if kind == command.kind and abs(start - command.start) < 1e-3:
                        spans[kind, start] = replace(span, end=at)
        # One that was ended before it began was none.
        spans = {key: span for key, span in spans.items() if span.end > span.start}
        return tuple(spans.values())

    def write(self, path: Path) -> None:
        """Write the file so that a crash leaves either the old one or the new one, never half."""
        write_whole(path, json.dumps(self.values()))

    def values(self) -> dict[str, Any]:
        """All of it, as :meth:`of` takes it."""
        return {"version": VERSION, **asdict(self)}

    @classmethod
    def of(cls, values: object) -> SessionRecord:
        """The record that plain values are.

        Raises:
            InputError: if they are none, or of another version of the program.
        """
        try:
            version = values.get("version") if isinstance(values, dict) else None
            if type(version) is not int or version not in (*OLD_VERSIONS, VERSION):
                raise InputError("is no session, or was written by another version of the program")
            assert isinstance(values, dict)
            rest = {key: value for key, value in values.items() if key != "version"}
            record = cls(**(rest if version == VERSION else upgraded(rest, version)))
            _check(record)
        except (TypeError, ValueError, RecursionError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(f"is not a session: {shown(str(error))}") from error
        return record

    @classmethod
    def read(cls, path: Path) -> SessionRecord:
        """Read a file written by :meth:`write`.

        Raises:
            OSError: if it cannot be read.
            InputError: if it is no session, or one of another version, with the path.
        """
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise InputError(f"is no session: more than {_MOST_BYTES >> 20} MiB", path=path)
            values = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_number)
            return cls.of(values)
        except InputError as error:
            error.path = path
            raise
        except (ValueError, RecursionError) as error:
            raise InputError(f"is not a session: {shown(str(error))}", path=path) from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number of a session")


def _check(record: SessionRecord) -> None:
    """Raise :class:`InputError` for a value of another type, or out of bounds."""
    whole(record.seed, "seed", 0, 2**63 - 1)
    real(record.time, "time", 0.0, _LATEST)
    whole(record.events, "events", 0, 2**63 - 1)
    real(record.saved, "saved", 0.0, _LATEST)
    kinds: tuple[tuple[str, type], ...] = (
        ("source", str), ("checksum", str), ("scenario", dict), ("next_scenario", dict),
        ("commands", list), ("planned", list), ("replay", str), ("file", str), ("program", dict),
    )  # fmt: skip
    for name, kind in kinds:
        if not isinstance(getattr(record, name), kind):
            raise InputError(f"is {shown(getattr(record, name))}", key=name)
    if not re.fullmatch("([0-9a-f]{8})?", record.checksum):
        raise InputError(f"is {shown(record.checksum)}", key="checksum")
    if not isinstance(record.program.get("file", ""), str):
        raise InputError(f"is {shown(record.program['file'])}", key="program.file")
    if not isinstance(record.forked, list | tuple):
        raise InputError(f"is {shown(record.forked)}", key="forked")
    for value in record.forked:
        real(value, "forked", 0.0, _LATEST)
    before = 0.0
    for command in record.commands:
        if not isinstance(command, dict) or not isinstance(command.get("command"), dict):
            raise InputError(f"has {shown(command)}", key="commands")
        # In the order in which they were carried out: time does not turn back.
        before = real(command.get("at"), "commands.at", before, max(before, record.time))
        _check_client(command, "commands")
    for plan in record.planned:
        if not isinstance(plan, dict) or not isinstance(plan.get("stress"), dict):
            raise InputError(f"has {shown(plan)}", key="planned")
        real(plan.get("asked"), "planned.asked", 0.0, _LATEST)
        real(plan.get("start"), "planned.start", 0.0, _LATEST)
        _check_client(plan, "planned")


def _check_client(entry: dict[str, Any], key: str) -> None:
    client = entry.get("client", "")
    if not isinstance(client, str):
        raise InputError(f"is {shown(client)}", key=f"{key}.client")


def describe(feed: Feed) -> SessionRecord:
    """Return the record of a session as it is now; to be called by the thread that runs it."""
    common = {"source": feed.source, "seed": feed.seed, "time": feed.now, "saved": clock.time()}
    if feed.is_replay:
        replayed: Any = feed
        return SessionRecord(events=feed.events, replay=str(replayed.path), **common)  # type: ignore[arg-type]
    simulated: Any = feed
    commands = [
        {"at": move.time, "command": written(move.command)} | _author(move.client)
        for move in simulated.recording.moves_from(0, float("inf"))
    ]
    planned = [
        {"asked": asked, "start": shown.start, "stress": stress.model_dump(mode="json")}
        | _author(shown.client)
        for asked, shown, stress in simulated.queued
    ]
    return SessionRecord(
        events=feed.events,
        checksum=simulated.simulator.checksum(),
        scenario=simulated.scenario.model_dump(mode="json"),
        next_scenario=simulated.next_scenario.model_dump(mode="json"),
        commands=commands,
        planned=planned,
        forked=tuple(m.time for m in simulated.marks if isinstance(m.what, Forked)),
        **common,  # type: ignore[arg-type]
    )


def _author(client: str) -> dict[str, str]:
    return {"client": client} if client else {}


def restore(
    record: SessionRecord,
    tell: Callable[[float], None] = lambda _share: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Feed:
    """Compute the session again, up to the moment it was written down.

    Args:
        record: what the session was.
        tell: is called with the share done, 0 to 1, some times a second.
        is_cancelled: asked as often; if it is true :class:`Cancelled` is raised.

    Raises:
        OSError, InputError: if the recorded order flow is gone, a command or scenario in the record
            is none, or the market did not come out the same.
        UnavailableError: if the market refuses a command.
        Cancelled: if somebody did not want to wait.
    """
    try:
        return _restore(record, tell, is_cancelled)
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        # A command with other arguments than those of this program.
        raise InputError(f"this is no session of this program: {shown(str(error))}") from error


def _restore(
    record: SessionRecord, tell: Callable[[float], None], is_cancelled: Callable[[], bool]
) -> Feed:
    if record.replay:
        from abm_desktop.live.replay_feed import ReplayFeed

        feed = ReplayFeed(Path(record.replay))
        start = feed.now
        feed.limit_samples(MOST_SAMPLES, record.time - start)
        _go_on(feed, record.time, start, record.time, tell, is_cancelled)
        return feed
    from abm_desktop.live.simulated_feed import SimulatedFeed
    from abm_desktop.scenario import stress_from_dict
    from abm_desktop.scenario.checked import scenario_from_dict

    scenario = scenario_from_dict(record.scenario)
    next_scenario = scenario_from_dict(record.next_scenario)
    planned = [stress_from_dict(entry["stress"]) for entry in record.planned]
    simulated = SimulatedFeed(scenario, record.seed)
    simulated.limit_samples(MOST_SAMPLES, record.time)
    for entry, (at, command) in zip(record.commands, record.moves(), strict=True):
        _go_on(simulated, at, 0.0, record.time, tell, is_cancelled)
        simulated.do(command, entry.get("client", ""))
    _go_on(simulated, record.time, 0.0, record.time, tell, is_cancelled)
    if (
        simulated.simulator.checksum() != record.checksum
        if record.checksum
        else simulated.events != record.events
    ):
        raise InputError(
            f"the session came out differently at {record.time:g} s: another version of the "
            "program has written it. Open the scenario with the same seed instead."
        )
    simulated.next_scenario = next_scenario
    for entry, stress in zip(record.planned, planned, strict=True):
        simulated.enqueue(
            stress, entry["start"], asked=entry["asked"], client=entry.get("client", "")
        )
    _mark_forks(simulated, record.forked)
    return simulated


def _mark_forks(feed: SimulatedFeed, times: tuple[float, ...]) -> None:
    from abm_desktop.market.tape import Mark

    tape = feed.simulator.tape
    tape.marks = sorted([*tape.marks, *(Mark(t, Forked()) for t in times)], key=lambda m: m.time)
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
