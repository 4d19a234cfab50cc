"""What the window works on: the live market, the file it came from, and what went wrong.

No widgets here. The session opens files off the UI thread, passes commands on to the market, and
reports by signals; the window shows what they say.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from abm_desktop import paths
from abm_desktop.desk.bookmarks import Bookmarks
from abm_desktop.desk.journal import SESSION_SUFFIX
from abm_desktop.desk.laboratory import Laboratory
from abm_desktop.desk.provenance import Provenance
from abm_desktop.desk.stress_log import StressLog
from abm_desktop.live import (
    ActiveStress,
    CommandOutcome,
    LiveMarket,
    MarketSnapshot,
    PastMoment,
    Ticket,
)
from abm_desktop.live.commands import (
    AddTraders,
    AdvanceUntil,
    ChangePopulation,
    CloseMarket,
    LoadScenario,
    MarketCommand,
    OpenRecording,
    PauseMarket,
    RecoverSession,
    RemoveTraders,
    ResetMarket,
    RunMarket,
    SessionCommand,
    SetRule,
    SetSpeed,
)
from abm_desktop.live.packed_run import PackedRun
from abm_desktop.live.refusals import OpeningCancelled, refusal_of
from abm_desktop.live.run_data import RunData
from abm_desktop.readers import RecordingError
from abm_desktop.readers.choices import choices
from abm_desktop.readers.files import SUFFIXES, is_recording, split_place
from abm_desktop.scenario import Scenario, load_scenario, warnings_of
from abm_desktop.ui.background import Background
from abm_desktop.ui.command_words import command_title, goal_text
from abm_desktop.ui.run_log import RunLog
from abm_desktop.ui.settings import Settings
from abm_desktop.ui.trouble import Trouble, file_trouble, trace_of
from abm_desktop.ui.worker import Worker

__all__ = ["Session"]

log = logging.getLogger(__name__)

SCENARIO_SUFFIX = ".toml"
LONGEST_TEXT = 400
LABORATORY_SECONDS = 1.0
"""For the end of processes that were asked to end before."""
SCRIPT_SECONDS = 30.0
"""Real seconds to wait until the market has told what its session is."""
_CAN_WAIT = (RunMarket, PauseMarket)
LARGEST_SEED = 2**63 - 1
"""The largest that a scenario may name."""


@dataclass(frozen=True, slots=True)
class _Pending:
    """What was handed to the market, but is not taken yet."""

    file: Path | None
    ticket: Ticket
    name: str = ""
    taken: Callable[[], object] = lambda: None
    failed: Callable[[], object] = lambda: None


@dataclass(frozen=True, slots=True)
class _Recovered:
    """What a kept session comes with, beside its market."""

    file: Path | None
    """The file that was open, if it is still there."""
    scenario: Any
    """None for a recording."""
    spans: tuple[ActiveStress, ...]
    """Stresses that the market has seen."""


class Session(QObject):
    """The live market of one window."""

    attached = Signal()
    """The market engine is loaded and takes commands."""
    opened = Signal(object)
    """A file (Path) was read without fault, and is what the market runs now."""
    trouble = Signal(object)
    """Something went wrong: a :class:`Trouble`."""
    mended = Signal(str)
    """The title of a trouble that is over: what could not be done is being done."""
    days_found = Signal(object, object)
    """A recording (Path) has several days (list of names): one is to be chosen, and opened as
    ``path / day``."""
    session_chosen = Signal(object)
    """A saved session (Path) is to be opened."""
    replaced = Signal()
    """Another market is there, or another scenario: its snapshot may have been seen before."""
    recent_changed = Signal()
    rule_set = Signal(str)
    """Somebody else has switched a rule of the venue (its name): see :attr:`rules_set`."""
    said = Signal(str)
    """Something happened that a person may want to know, in a few words."""

    def __init__(
        self,
        settings: Settings,
        parent: QObject | None = None,
        laboratory: Laboratory | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.shares_laboratory = laboratory is not None
        """Whether others use it as well: it goes on when the window has closed."""
        self.laboratory = laboratory or Laboratory()
        """Trainings and experiments."""
        self.live = LiveMarket()
        """Takes commands at once; it carries them out when :meth:`attach` has started it."""
        self.is_attached = False
        self._heard = self.live.outcomes.listen()
        self.file: Path | None = None
        """The scenario or replay the market runs; None before the first."""
        self.scenario: Any = None
        """The scenario the market runs; None for a replay."""
        self.rules_set: dict[str, dict[str, Any]] = {}
        """Parameters that others have given to rules of this market, by rule."""
        self.stress_log = StressLog()
        self.bookmarks = Bookmarks()
        self.run_log = RunLog(self._pack_run)
        self.provenance = Provenance()
        """What was done to this market beside what its scenario says."""
        self.worker = Worker(self, self.laboratory.computing)
        """For computations of more than a few milliseconds."""
        self._background = Background(self)
        self._waiting: Path | None = None
        self._pending: _Pending | None = None
        """What was handed to the market but is not taken yet."""
        self._reading = False
        self._recovered: tuple[Any, _Recovered] | None = None
        """The record that is to be recovered by hand, and what was read of it."""
        self._joined_by_hand = 0
        """RL traders that are in the market without being in its scenario."""

    # -- the engine -----------------------------------------------------------------------------

    def start_engine(self) -> None:
        """Start a live market; its worker thread loads what is heavy."""
        self.attach(self.live)

    def attach(self, live: LiveMarket) -> None:
        """Work with ``live`` from now on; it is started with the speed last used."""
        self.live = live
        self.is_attached = True
        self._heard.close()
        self._heard = live.outcomes.listen()
        live.do(SetSpeed(speed=self.settings.speed))
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
        if not self.shares_laboratory:
            self.laboratory.close(LABORATORY_SECONDS)
        self.live.close()

    def poll(self) -> MarketSnapshot | None:
        """Return the newest snapshot; follow, and report, what came of commands meanwhile."""
        for outcome in self._heard.take():
            if outcome.refusal is None:
                self._follow(outcome)
            else:
                self._report_refusal(outcome)
        snapshot = self.live.snapshot
        if snapshot is not None:
            self.run_log.take(snapshot, self.stress_log.spans)
            self.stress_log.take(snapshot)
            self.bookmarks.take(snapshot)
        return snapshot

    # -- files ----------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Open a scenario file, or recorded order flow: a file, a folder, or a day in one."""
        path = Path(path).expanduser().absolute()
        if not self.is_attached:
            self._waiting = path
            return
        suffix = path.suffix.lower()
        if suffix == SCENARIO_SUFFIX:
            self._read(path, load_scenario, self._take_scenario)
        elif suffix == SESSION_SUFFIX:
            self.session_chosen.emit(path)
        elif is_recording(path):
            self._read(path, _days, self._take_replay)
        else:
            self.trouble.emit(
                Trouble(
                    "This file cannot be opened",
                    (
                        "{name} is neither a scenario (.toml), a session ({session}), nor recorded "
                        "order flow ({kinds}, or a folder). Choose one of these kinds."
                    ).format(name=path.name, session=SESSION_SUFFIX, kinds=", ".join(SUFFIXES)),
                    file=path,
                )
            )

    def trade_recording(self) -> None:
        """Make the recorded day that is shown a market that others trade in, from its beginning."""
        snapshot = self.live.snapshot
        if snapshot is None or not snapshot.is_replay or self.file is None:
            self.said.emit("Open a recording first (Ctrl+Shift+O): that is what one can trade in")
            return
        self._read(self.file, _as_market, self._take_day)

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
        self.live.cancel()

    def origin(self) -> dict[str, Any]:
        """Return which file is open, to be kept for after a crash."""
        return {"file": "" if self.file is None else str(self.file)}

    def recover(
        self,
        record: Any,
        done: Callable[[], object],
        failed: Callable[[], object],
        doing: str = "The session cannot be recovered",
        remedy: str = "Discard it, and open the scenario",
    ) -> None:
        """Compute a session again that was saved, or that a crash has ended, as the market.

        ``done`` is called when it is there, ``failed`` if it does not come: then a
        :attr:`trouble` says why, unless it was cancelled.
        """

        def take(content: _Recovered) -> None:
            self._reading = False
            self._recovered = (record, content)
            self._pending = _Pending(
                content.file, self.live.recover(record), record.source, done, failed
            )

        def unreadable(error: BaseException) -> None:
            self._reading = False
            failed()
            self.trouble.emit(
                Trouble(
                    doing,
                    f"{error}. {remedy}.",
                    details=trace_of(error),
                )
            )

        self._reading = True
        self._background.run(lambda: _recovered(record), take, unreadable)

    # -- commands of the person at the window ---------------------------------------------------

    def do(self, command: MarketCommand | SessionCommand) -> Ticket | None:
        """Have a command carried out; None if it cannot be now, which is said at once.

        While another market is made, the thread that carries out commands is busy. Those of the
        run wait for it; what would act on the market on show is not asked of the one that comes.
        """
        title = command_title(command)
        # What comes before a market was asked for would find none.
        has_market = self.live.snapshot is not None or self._pending is not None
        if not (isinstance(command, _CAN_WAIT) and has_market):
            return self.live.do(command) if self.may(title) else None
        if self.preparing:
            self.said.emit(f"{title}: as soon as the market is there ({self.preparing}).")
        return self.live.do(command)

    def may(self, title: str) -> bool:
        """Whether what is called so can be done to the market on show; if not, that is said."""
        doing = self.preparing
        if doing:
            self.said.emit(f"{title}: not now ({doing}). Ask again when the market is there.")
        return not doing

    @property
    def preparing(self) -> str:
        """What is done before there is another market, in words; "" if one takes commands."""
        if not self.is_attached:
            return "the program starts"
        doing = self.live.compile_progress
        return "" if doing is None else str(doing)

    def reset(self, seed: int | None = None) -> None:
        """Start the same market again from the open, with ``seed`` or the one it had."""
        if self.do(ResetMarket(seed=seed)) is not None:
            self._tell_who_left()

    def _count_leaving(self, command: RemoveTraders) -> None:
        self._joined_by_hand = max(0, self._joined_by_hand - command.count)

    def _tell_who_left(self) -> None:
        if self._joined_by_hand:
            self.said.emit(
                f"The RL traders loaded by hand ({self._joined_by_hand}) left with the reset: "
                "load them again under RL, Models"
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
        self.live.do(SetSpeed(speed=speed))

    def change(self, scenario: Scenario) -> bool:
        """Give the market the traders of ``scenario``: what can act now, the rest at a reset.

        Returns whether it was asked for; see :meth:`do`.
        """
        if self.do(ChangePopulation(scenario=scenario)) is None:
            return False
        self.scenario = scenario
        _warn(scenario)
        return True

    def _pack_run(self, run: RunData, take: Callable[[PackedRun], None]) -> None:
        def failed(error: BaseException) -> None:
            log.warning("a run that is over stays as large as it was: %s", error)

        self._background.run(lambda: PackedRun.of(run), take, failed)

    def add_policy_traders(self, policy: object, count: int) -> None:
        """Let ``count`` traders with this trained policy into the market."""
        if self.do(AddTraders(policy=policy, count=count)) is not None:
            self._joined_by_hand += count

    def copy_script(self, take: Callable[[str], None]) -> None:
        """Hand the session as a Python script to ``take``; a trouble tells if there is none."""
        if not self.may("Copy as Python"):
            return
        waiting = self.live.record()

        def write() -> str:
            from abm_desktop.live.session_script import script_of

            return script_of(waiting.result(SCRIPT_SECONDS))

        def failed(error: BaseException) -> None:
            self.trouble.emit(
                Trouble(
                    "The session was not copied",
                    refusal_of(error).told,
                    details=trace_of(error),
                )
            )

        self._background.run(write, take, failed)

    # -- the past -------------------------------------------------------------------------------

    @property
    def past(self) -> PastMoment | None:
        """The past moment last computed."""
        return self.live.past

    @property
    def past_is_due(self) -> bool:
        """Whether the newest request for a past moment has not been answered yet."""
        return self.live.past_is_due

    def look_at(self, time: float, left: float, right: float, *, whole: bool = False) -> None:
        """Compute a past moment again, with the span of time around it, however long if whole."""
        try:
            self.live.look_at(time, left, right, whole=whole)
        except (ValueError, RuntimeError) as error:
            self.trouble.emit(
                Trouble(
                    "The market refused this",
                    refusal_of(error).told,
                    details=trace_of(error),
                )
            )

    def look_at_now(self) -> None:
        """Leave the past."""
        self.live.look_at_now()

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
        _warn(scenario)
        self._pending = _Pending(path, self.live.load(scenario, file=path))

    def _take_day(self, path: Path, scenario: Any) -> None:
        self._pending = _Pending(path, self.live.load(scenario))

    def _take_replay(self, path: Path, days: list[str]) -> None:
        if len(days) > 1:
            self.days_found.emit(path, days)
        else:
            self._pending = _Pending(path, self.live.open_replay(path))

    def _follow(self, outcome: CommandOutcome) -> None:
        """Take up what was done to the market, whoever asked for it."""
        self.provenance.follow(outcome)
        pending = self._pending
        if pending is not None and pending.ticket.number == outcome.ticket:
            self._pending = None
        else:
            pending = None
        match outcome.command:
            case LoadScenario() as command:
                self._now_open(command.file, command.scenario, outcome.client)
            case OpenRecording() as command:
                self._now_open(command.path, None, outcome.client)
            case RecoverSession() as command:
                self._follow_recovery(command.record, outcome)
            case CloseMarket():
                self._now_open(None, None, "")
            case ChangePopulation() as command if outcome.client:
                self.scenario = command.scenario
                self.replaced.emit()
            case RemoveTraders() as command:
                self._count_leaving(command)
            case AdvanceUntil() as command if not outcome.client:
                self.said.emit(goal_text(command, outcome.time or 0.0, bool(outcome.reached)))
            case AddTraders() as command if outcome.client:
                self._joined_by_hand += command.count
            case SetRule() as command if outcome.client:
                self.rules_set.setdefault(command.rule, {}).update(command.values)
                self.rule_set.emit(command.rule)
            case ResetMarket():
                self.rules_set.clear()
                if outcome.client:
                    self._tell_who_left()
        if pending is not None:
            pending.taken()

    def _now_open(self, file: Path | None, scenario: Any, client: str) -> None:
        """The market is another one: ``scenario``'s, or if that is None a recording's, or none."""
        self.scenario, self.file = scenario, None
        self.rules_set.clear()
        self._joined_by_hand = 0
        if client:
            name = getattr(scenario, "name", "") or (file.name if file is not None else "")
            self.said.emit(f"{client} opened {name}")
        if file is not None:
            self._remember(file)
        self.replaced.emit()

    def _follow_recovery(self, record: Any, outcome: CommandOutcome) -> None:
        def take(content: _Recovered) -> None:
            if _generation(self.live.snapshot) == outcome.generation:
                self._now_open(content.file, content.scenario, outcome.client)
                self.stress_log.begin(outcome.generation, content.spans)

        known, self._recovered = self._recovered, None
        if known is not None and known[0] is record:
            take(known[1])
        else:
            self._background.run(lambda: _recovered(record), take, _note)

    def _report_refusal(self, outcome: CommandOutcome) -> None:
        if outcome.client:
            # Whoever asked is told by the answer.
            log.info("refused to %s: %s", outcome.client, outcome.message)
            return
        title, path = "The market refused a command", None
        if self._pending is not None and self._pending.ticket.number == outcome.ticket:
            pending, self._pending = self._pending, None
            path = pending.file
            name = pending.name or (path.name if path is not None else "")
            title = f"{name} was not opened"
            pending.failed()
        assert outcome.refusal is not None
        failure = outcome.refusal.told
        if isinstance(outcome.refusal, OpeningCancelled):
            self.said.emit(failure)
            return
        text = failure if len(failure) <= LONGEST_TEXT else failure[:LONGEST_TEXT] + " …"
        self.trouble.emit(Trouble(title, text, details=failure, file=path))

    def _remember(self, path: Path) -> None:
        self.file = path
        self.settings.add_recent(path)
        kind = "scenario" if path.suffix.lower() == SCENARIO_SUFFIX else "replay"
        self.settings.set_folder(kind, str(split_place(path)[0].parent))
        self.recent_changed.emit()
        self.opened.emit(path)


def _warn(scenario: Any) -> None:
    """Say in the log what will hardly work as a market."""
    for warning in warnings_of(scenario):
        log.warning("%s: %s", scenario.name, warning)


def _recovered(record: Any) -> _Recovered:
    """What is to be known of a kept session; reads the disk, and builds its scenario."""
    file = Path(record.program.get("file") or record.replay or "")
    is_there = str(file) != "." and split_place(file)[0].exists()
    shown = file if is_there else None
    if not record.next_scenario:
        return _Recovered(shown, None, ())
    scenario = Scenario.model_validate(record.next_scenario)
    return _Recovered(shown, scenario, record.stresses())


def _note(error: BaseException) -> None:
    log.warning("a recovered session is shown without its scenario: %s", error)


def _generation(snapshot: MarketSnapshot | None) -> int:
    return -1 if snapshot is None else snapshot.generation


def _as_market(path: Path) -> Any:
    """The scenario of a recorded day; reads the file."""
    # Here, because it loads the compiler, which a window without a market does not need.
    from abm_desktop.market.recorded_day import recorded_scenario

    return recorded_scenario(path)


def _days(path: Path) -> list[str]:
    """The days or stocks to choose from in a recording; empty if there is no choice."""
    place, _ = split_place(path)
    if not place.is_dir():
        with place.open("rb") as file:
            file.read(1)
    try:
        return choices(path)
    except RecordingError:
        return []  # the market tells why, as for any file
