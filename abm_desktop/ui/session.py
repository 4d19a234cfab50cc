"""What the window works on: the live market, the file it came from, and what went wrong.

No widgets here. The session opens files off the UI thread, passes commands on to the market, and
reports by signals; the window shows what they say.
"""

from __future__ import annotations

import importlib
import logging
import queue
import random
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from abm_desktop import paths
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.live import CANCELLED, ActiveStress, LiveMarket, MarketSnapshot, PastMoment
from abm_desktop.readers import LobsterError
from abm_desktop.readers.files import SUFFIXES, find_pairs, is_recording, split_place
from abm_desktop.ui.background import Background
from abm_desktop.ui.run_log import RunLog
from abm_desktop.ui.settings import Settings
from abm_desktop.ui.translations import tr
from abm_desktop.ui.worker import Worker

__all__ = ["Finding", "Session", "Trouble"]

log = logging.getLogger(__name__)

SCENARIO_SUFFIX = ".toml"
LONGEST_TEXT = 400
_OFTEN = ("set_speed", "look_at", "look_at_now", "watch_trader")
"""Commands that are no news in the log."""
LARGEST_SEED = 2**63 - 1
"""The largest that a scenario may name."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a file."""

    line: int | None
    key: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something a person should know, and what to do about it."""

    title: str
    text: str
    findings: tuple[Finding, ...] = ()
    details: str = ""
    """Text for a bug report; shown on request."""
    file: Path | None = None


@dataclass(frozen=True, slots=True)
class _Pending:
    """What was handed to the market, but is not taken yet."""

    file: Path | None
    generation: int
    """Of the market it is to replace."""
    scenario: Any = None
    spans: tuple[ActiveStress, ...] = ()
    """Stresses that the market to come has seen."""
    name: str = ""
    taken: Callable[[], object] = lambda: None
    failed: Callable[[], object] = lambda: None


class Session(QObject):
    """The live market of one window."""

    attached = Signal()
    """The market engine is loaded and takes commands."""
    opened = Signal(object)
    """A file (Path) was read without fault, and is what the market runs now."""
    trouble = Signal(object)
    """Something went wrong: a :class:`Trouble`."""
    days_found = Signal(object, object)
    """A recording (Path) has several days (list of names): one is to be chosen, and opened as
    ``path / day``."""
    recent_changed = Signal()
    said = Signal(str)
    """Something happened that a person may want to know, in a few words."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.live: LiveMarket | None = None
        self.file: Path | None = None
        """The scenario or replay the market runs; None before the first."""
        self.scenario: Any = None
        """The scenario the market runs; None for a replay."""
        self.stress_log = StressLog()
        self.run_log = RunLog()
        self.worker = Worker(self)
        """For computations of more than a few milliseconds."""
        self._background = Background(self)
        self._waiting: Path | None = None
        self._pending: _Pending | None = None
        """What was handed to the market but is not taken yet."""
        self._reading = False
        self._joined_by_hand = 0
        """RL traders that are in the market without being in its scenario."""

    # -- the engine -----------------------------------------------------------------------------

    def start_engine(self) -> None:
        """Start a live market; its worker thread loads what is heavy."""
        self.attach(LiveMarket())

    def attach(self, live: LiveMarket) -> None:
        """Work with ``live`` from now on; it is started with the speed last used."""
        self.live = live
        live.set_speed(self.settings.speed)
        live.start()
        self.attached.emit()
        if self._waiting is not None:
            path, self._waiting = self._waiting, None
            self.open(path)

    @property
    def is_opening(self) -> bool:
        """Whether a file is being opened; false also means that no market will come by itself."""
        return self._waiting is not None or self._pending is not None or self._reading

    def close(self) -> None:
        """End the worker thread of the market."""
        self._background.close()
        self.worker.close()
        if self.live is not None:
            self.live.close()

    def poll(self) -> MarketSnapshot | None:
        """Return the newest snapshot, and report the commands that failed since the last call."""
        if self.live is None:
            return None
        while True:
            try:
                failure = self.live.failures.get_nowait()
            except queue.Empty:
                break
            self._report_failure(str(failure))
        snapshot = self.live.snapshot
        if self._pending is not None and _generation(snapshot) != self._pending.generation:
            pending, self._pending = self._pending, None
            self.scenario = pending.scenario
            if snapshot is not None:
                self.stress_log.begin(snapshot.generation, pending.spans)
            if pending.file is not None:
                self._remember(pending.file)
            pending.taken()
        if snapshot is not None:
            self.run_log.take(snapshot, self.stress_log.spans)
            self.stress_log.take(snapshot)
        return snapshot

    # -- files ----------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Open a scenario file, or recorded order flow: a file, a folder, or a day in one."""
        path = Path(path).expanduser().absolute()
        if self.live is None:
            self._waiting = path
            return
        suffix = path.suffix.lower()
        if suffix == SCENARIO_SUFFIX:
            self._read(path, _load_scenario, self._take_scenario)
        elif is_recording(path):
            self._read(path, _days, self._take_replay)
        else:
            self.trouble.emit(
                Trouble(
                    self.tr("This file cannot be opened"),
                    self.tr(
                        "{name} is neither a scenario (.toml) nor LOBSTER data ({kinds}, or a "
                        "folder). Choose one of these kinds."
                    ).format(name=path.name, kinds=", ".join(SUFFIXES)),
                    file=path,
                )
            )

    def open_bundled(self, name: str) -> None:
        """Open the shipped scenario called ``name`` (its file name without suffix)."""
        self.open(paths.scenario_dir() / f"{name}{SCENARIO_SUFFIX}")

    def bundled(self) -> list[Path]:
        """Return the shipped scenario files, sorted by name, the calm market first."""
        files = paths.scenario_dir().glob(f"*{SCENARIO_SUFFIX}")
        return sorted(files, key=lambda p: (p.stem != "calm", p.stem))

    def clear_recent(self) -> None:
        """Forget the recent files."""
        self.settings.clear_recent()
        self.recent_changed.emit()

    def cancel_opening(self) -> None:
        """Open nothing after all; the market that was there goes on."""
        if self.live is not None:
            self.live.cancel()

    def origin(self) -> dict[str, Any]:
        """Return which file is open, to be kept for after a crash."""
        return {"file": "" if self.file is None else str(self.file)}

    def recover(
        self, record: Any, done: Callable[[], object], failed: Callable[[], object]
    ) -> None:
        """Compute a session again that a crash has ended, in place of the market.

        ``done`` is called when it is there, ``failed`` where it does not come: then a
        :attr:`trouble` says why, unless it was cancelled.
        """

        def read() -> tuple[Any, tuple[ActiveStress, ...]]:
            scenarios = importlib.import_module("abm_desktop.scenario")
            if not record.next_scenario:
                return None, ()
            return scenarios.Scenario.model_validate(record.next_scenario), _spans(record)

        def take(content: tuple[Any, tuple[ActiveStress, ...]]) -> None:
            self._reading = False
            if self.live is None:
                return
            file = Path(record.program.get("file") or record.replay or "")
            self._pending = _Pending(
                file if split_place(file)[0].exists() and str(file) != "." else None,
                _generation(self.live.snapshot),
                content[0],
                content[1],
                name=record.source,
                taken=done,
                failed=failed,
            )
            self.live.recover(record)

        def unreadable(error: BaseException) -> None:
            self._reading = False
            failed()
            self.trouble.emit(
                Trouble(
                    self.tr("The session cannot be recovered"),
                    self.tr("{error}. Discard it, and open the scenario anew.").format(error=error),
                    details=_trace(error),
                )
            )

        self._reading = True
        self._background.run(read, take, unreadable)

    # -- commands to the market -----------------------------------------------------------------

    def run(self) -> None:
        """Let simulated time pass."""
        self._command("run")

    def pause(self) -> None:
        """Stop simulated time."""
        self._command("pause")

    def step_event(self) -> None:
        """Process exactly one book event."""
        self._command("step_event", 1)

    def step_interval(self, seconds: float) -> None:
        """Let ``seconds`` of simulated time pass, then pause."""
        self._command("step_interval", seconds)

    def reset(self, seed: int | None = None) -> None:
        """Start the same market again from the open, with ``seed`` or the one it had."""
        self._command("reset", seed)
        if self._joined_by_hand:
            self.said.emit(
                self.tr(
                    "The RL traders loaded by hand ({0}) left with the reset: load them again "
                    "under RL, Models"
                ).format(self._joined_by_hand)
            )
            self._joined_by_hand = 0

    def reset_new_seed(self) -> int:
        """Start the same scenario again with a seed drawn at random; return the seed."""
        seed = random.randrange(1, 2**31)  # short enough to be read out
        self.reset(seed)
        return seed

    def set_speed(self, speed: float | None) -> None:
        """Ask for ``speed`` simulated seconds per real second; None for as fast as it goes."""
        self.settings.speed = speed
        self._command("set_speed", speed)

    @property
    def past(self) -> PastMoment | None:
        """The past moment last computed."""
        return None if self.live is None else self.live.past

    @property
    def past_is_due(self) -> bool:
        """Whether the newest request for a past moment has not been answered yet."""
        return self.live is not None and self.live.past_is_due

    def look_at(self, time: float, left: float, right: float) -> None:
        """Compute a past moment again, with the span of time around it."""
        self._command("look_at", time, left, right)

    def look_at_now(self) -> None:
        """Leave the past."""
        self._command("look_at_now")

    def fork(self, time: float) -> None:
        """Go on from the moment ``time`` as a run of its own, in place of this one."""
        self._command("fork", time)

    def inject(self, kind: str, magnitude: float, duration: float, at: float | None = None) -> None:
        """Put a stress into the market now, or queue it for the simulated time ``at``."""
        stress = {"type": kind, "magnitude": magnitude, "duration": duration}
        self._command("inject", *((stress,) if at is None else (stress, at)))

    def cancel_planned(self, number: int) -> None:
        """Take a queued stress out of the queue."""
        self._command("cancel_planned", number)

    def end_stress(self, kind: str, start: float) -> None:
        """End an acting stress before its time."""
        self._command("end_stress", kind, start)

    def place_order(self, side: int, price: float | None, size: int) -> None:
        """Place an own order: side +1 buys, -1 sells; without a price it takes what is there."""
        self._command("place_order", side, price, size)

    def cancel_order(self, key: tuple[int, int]) -> None:
        """Cancel one own order."""
        self._command("cancel_order", key)

    def cancel_orders(self) -> None:
        """Cancel every own order."""
        self._command("cancel_orders")

    def change(self, scenario: Any) -> None:
        """Give the market the traders of ``scenario``: what can act now, the rest at a reset."""
        self.scenario = scenario
        _warn(scenario)
        self._command("change", scenario)

    def set_intervention(self, name: str, on: bool, values: dict[str, float]) -> None:
        """Switch a rule of the venue, with its parameters."""
        self._command("set_intervention", name, on, **values)

    def hold_auction(self, seconds: float) -> None:
        """Stop continuous trading, and resume with an auction after some simulated seconds."""
        self._command("hold_auction", seconds)

    def add_policy_traders(self, policy: object, count: int, name: str) -> None:
        """Let ``count`` traders with this trained policy into the market."""
        self._command("add_policy_traders", policy, count, name)
        self._joined_by_hand += count

    def watch_trader(self, number: int | None) -> None:
        """Let every snapshot tell what this RL trader sees and does; None for none."""
        self._command("watch_trader", number)

    def _command(self, name: str, *arguments: object, **named: object) -> None:
        if self.live is None:
            return
        # A slider that is moved sets the speed many times a second.
        level = logging.DEBUG if name in _OFTEN else logging.INFO
        log.log(
            level, "%s %s", name, " ".join(_brief(value) for value in (*arguments, *named.items()))
        )
        try:
            getattr(self.live, name)(*arguments, **named)
        except (ValueError, RuntimeError, TypeError) as error:
            self.trouble.emit(
                Trouble(
                    self.tr("The market refused this"), str(error), details=traceback.format_exc()
                )
            )

    # -- answers --------------------------------------------------------------------------------

    def _read(
        self, path: Path, read: Callable[[Path], Any], take: Callable[[Path, Any], None]
    ) -> None:
        def done(content: Any) -> None:
            self._reading = False
            take(path, content)

        def failed(error: BaseException) -> None:
            self._reading = False
            self.trouble.emit(file_trouble(path, error))

        self._reading = True
        self._background.run(lambda: read(path), done, failed)

    def _take_scenario(self, path: Path, scenario: Any) -> None:
        if self.live is not None:
            _warn(scenario)
            self._pending = _Pending(path, _generation(self.live.snapshot), scenario)
            self.live.load(scenario)

    def _take_replay(self, path: Path, days: list[str]) -> None:
        if len(days) > 1:
            self.days_found.emit(path, days)
        elif self.live is not None:
            self._pending = _Pending(path, _generation(self.live.snapshot))
            self.live.open_replay(path)

    def _report_failure(self, failure: str) -> None:
        title, path = self.tr("The market refused a command"), None
        if self._pending is not None:
            pending, self._pending = self._pending, None
            path = pending.file
            name = pending.name or (path.name if path is not None else "")
            title = self.tr("{name} was not opened").format(name=name)
            pending.failed()
        if failure == CANCELLED:
            self.said.emit(self.tr("Cancelled. The market that was there goes on."))
            return
        text = failure if len(failure) <= LONGEST_TEXT else failure[:LONGEST_TEXT] + " …"
        self.trouble.emit(Trouble(title, text, details=failure, file=path))

    def _remember(self, path: Path) -> None:
        self.file = path
        self._joined_by_hand = 0
        self.settings.add_recent(path)
        kind = "scenario" if path.suffix.lower() == SCENARIO_SUFFIX else "replay"
        self.settings.set_folder(kind, str(split_place(path)[0].parent))
        self.recent_changed.emit()
        self.opened.emit(path)


def file_trouble(path: Path, error: BaseException) -> Trouble:
    """Return what to tell a person about a file that could not be opened."""
    title = tr("{name} was not opened").format(name=path.name)
    problems = getattr(error, "problems", None)
    if problems:
        return Trouble(
            title,
            tr("The market that was running goes on unchanged. Mend the file, then open it again."),
            tuple(Finding(p.line, p.key or "", p.message, p.remedy) for p in problems),
            file=path,
        )
    if isinstance(error, FileNotFoundError):
        text = tr("There is no file {path}. It may have been moved or renamed; choose it anew.")
    elif isinstance(error, PermissionError):
        text = tr("You may not read {path}. Change its permissions, or copy it to your own folder.")
    elif isinstance(error, OSError):
        text = tr("{path} could not be read: {error}. Check the disk, or copy it.")
    else:
        text = tr("{error} ({kind}). Check that the file is whole.")
    why = getattr(error, "strerror", None) or error
    text = text.format(path=path, error=why, kind=type(error).__name__)
    return Trouble(title, text, details=_trace(error), file=path)


def _warn(scenario: Any) -> None:
    """Say in the log what will hardly work as a market."""
    from abm_desktop.scenario import warnings_of

    for warning in warnings_of(scenario):
        log.warning("%s: %s", scenario.name, warning)


def _brief(value: object) -> str:
    """Write an argument of a command; a scenario by its name."""
    return str(getattr(value, "name", "") or value)


def _generation(snapshot: MarketSnapshot | None) -> int:
    return -1 if snapshot is None else snapshot.generation


def _spans(record: Any) -> tuple[ActiveStress, ...]:
    """Return the stresses that a session has seen by its commands, for the charts to shade."""
    spans: dict[tuple[str, float], ActiveStress] = {}
    deeds = importlib.import_module("abm_desktop.live.deeds")
    for command in record.commands:
        if command["do"] == "inject":
            deed = deeds.Deed.from_json({k: v for k, v in command.items() if k != "at"})
            stress, at = deed.arguments["stress"], float(command["at"])
            span = ActiveStress(stress.type, stress.strength, at, at + float(stress.length))
            spans[stress.type, at] = span
        elif command["do"] == "end_stress":
            for key, span in spans.items():
                if key[0] == command["kind"] and abs(key[1] - command["start"]) < 1e-3:
                    spans[key] = replace(span, end=float(command["at"]))
    return tuple(spans.values())


def _load_scenario(path: Path) -> Any:
    return importlib.import_module("abm_desktop.scenario.files").load_scenario(path)


def _days(path: Path) -> list[str]:
    """The days to choose from in a recording; empty if there is no choice, or it is made."""
    place, day = split_place(path)
    if not place.is_dir():
        with place.open("rb") as file:
            file.read(1)
    if day:
        return []
    try:
        pairs = find_pairs(place)
    except LobsterError:
        return []  # the market tells why, as for any file
    return [pair.day for pair in pairs] if len(pairs) > 1 else []


def _trace(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
