"""The thread of a live market: it carries out commands, paces simulated time, publishes snapshots.

The worker owns the market. Others put tickets into its queue and read the newest snapshot, which is
replaced whole; neither side ever waits for the other.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop import child_python
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.live.background_build import give_way, make_beside
from abm_desktop.live.commands import (
    AdvanceUntil,
    CancelPlanned,
    CloseMarket,
    ForkMarket,
    LoadScenario,
    MarketCommand,
    OpenRecording,
    PauseMarket,
    RecoverSession,
    ResetMarket,
    RunMarket,
    SessionCommand,
    SetSpeed,
    StepEvents,
    StepTime,
    WatchTrader,
    in_short,
    read_command,
)
from abm_desktop.live.goals import Goal
from abm_desktop.live.meter import Meter
from abm_desktop.live.outcomes import Outcomes, Ticket, answer_fields
from abm_desktop.live.refusals import (
    MarketGone,
    MarketReplaced,
    NoMarket,
    NotKept,
    OnlyReplay,
    RecordingEnded,
    RefusedError,
    refusal_of,
)
from abm_desktop.live.statements import (
    CompilingMarket,
    ForkingMarket,
    LoadingScenario,
    ReadingRecording,
    RecoveringSession,
    ResettingMarket,
)
from abm_desktop.live.types import (
    MarketSnapshot,
    RunState,
    WatchedTrader,
)
from abm_desktop.plain_words import in_words
from abm_desktop.statements import Fault, Statement

if TYPE_CHECKING:
    from abm_desktop.live.feeds import Feed
    from abm_desktop.live.past import PastReader
    from abm_desktop.live.session_record import SessionRecord
    from abm_desktop.live.simulated_feed import SimulatedFeed

log = logging.getLogger(__name__)

_CHUNK = 0.008
"""Real seconds of simulation between two looks at the command queue."""
_SAMPLES_PER_SECOND = 10_000.0
_MOST_AT_ONCE = 100
"""Commands that are carried out before their outcomes are told."""


class MarketWorker:
    """The part of a :class:`~abm_desktop.live.market.LiveMarket` that its thread runs."""

    def __init__(self) -> None:
        self.outcomes = Outcomes()
        """What became of every command, for all who listen."""
        self.compile_progress: Statement | None = None
        """What the worker is doing while nothing can be shown yet."""
        self.progress: float | None = None
        """Share of that which is done, 0 to 1, if it is known."""
        self._asked: queue.SimpleQueue[Ticket] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._snapshot: MarketSnapshot | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._over = threading.Event()
        self._cancelled = threading.Event()
        self._helper: subprocess.Popen[bytes] | None = None
        self._past: PastReader | None = None
        self._watchers: tuple[Callable[[], object], ...] = ()
        # Below: touched by the worker only.
        self._feed: Feed | None = None
        self._generation = 0
        self._state = RunState.LOADING
        self._speed: float | None = 10.0
        self._error: str | None = None
        self._pace_start = (0.0, 0.0)
        self._meter = Meter()
        self._keep_fault = ""
        self._watched: int | None = None
        self._goal: Goal | None = None
        self._done: list[tuple[Ticket, dict[str, Any]]] = []
        """What was carried out, and is told when it can be seen."""

    @property
    def snapshot(self) -> MarketSnapshot | None:
        """The newest snapshot, None before the first market is loaded."""
        return self._snapshot

    def when_published(self, callback: Callable[[], object]) -> Callable[[], None]:
        """Have ``callback`` called whenever there is a new snapshot; returns what ends that.

        It is called by the market's thread and must return at once, as with
        ``loop.call_soon_threadsafe``.
        """

        def end() -> None:
            self._watchers = tuple(each for each in self._watchers if each is not callback)

        self._watchers = (*self._watchers, callback)
        return end

    def start(self) -> None:
        """Start the worker."""
        if self._thread is not None:
            raise RuntimeError("the live market was started already")
        self._thread = threading.Thread(target=self._work, name="live-market", daemon=True)
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """Stop the worker and wait for it; commands that wait are refused."""
        self._closing.set()
        helper = self._helper
        if helper is not None:
            helper.kill()
        self._asked.put(Ticket(0))
        if self._past is not None:
            self._past.close(timeout)
        if self._thread is not None:
            self._thread.join(timeout)

    # -- the worker ------------------------------------------------------------------------------

    def _work(self) -> None:
        give_way()
        try:
            self._prepare()
            while not self._closing.is_set():
                self._obey(wait=self._idle_time())
                if self._state is RunState.RUNNING and not self._closing.is_set():
                    self._play()
        except Exception as error:  # the thread's last line of defence: show it, keep the window
            log.exception("the live market failed")
            self._error = in_words(error) or f"{type(error).__name__}: {error}"
            self._state = RunState.FAILED
            self._publish()
            self._end_goal(refusal_of(error))
        finally:
            self._end_goal(MarketGone())
            self._tell()
            self._over.set()
            self._refuse_waiting()

    def _prepare(self) -> None:
        """Compile in another process where the cache is cold: compiling here would hold the GIL."""
        from abm_desktop.live.compilation import cold_start_command

        command = cold_start_command()
        if command is not None:
            self.compile_progress = CompilingMarket()
            self._helper = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=sys.stderr,
                env=child_python.environment(),
            )
            self._helper.wait()
            self._helper = None
        self.compile_progress = None

    def _idle_time(self) -> float | None:
        """How long to wait for a command; None waits for ever."""
        if self._state is not RunState.RUNNING:
            return None
        return self._ahead_of_clock()

    @property
    def _pace(self) -> float | None:
        """Simulated seconds per real second that it is to run at; None is as fast as it goes."""
        return None if self._goal is not None and self._goal.fast else self._speed

    def _ahead_of_clock(self) -> float:
        pace = self._pace
        if self._feed is None or pace is None:
            return 0.0
        real, simulated = self._pace_start
        due = simulated + (time.perf_counter() - real) * pace
        # Small steps look smooth: one frame's worth of simulated time, but not below a few ms.
        return min(max((self._feed.now - due) / pace, 0.0) + 0.004, 0.02)

    def _obey(self, wait: float | None) -> None:
        """Carry out what was asked for; what became of it is told when it can be seen."""
        try:
            ticket = self._asked.get(timeout=wait) if wait != 0.0 else self._asked.get_nowait()
        except queue.Empty:
            return
        for left in reversed(range(_MOST_AT_ONCE)):
            outcome = self._carry_out(ticket)
            if outcome is not None:
                self._done.append((ticket, outcome))
            if not left:
                break
            try:
                ticket = self._asked.get_nowait()
            except queue.Empty:
                break
        if not self._closing.is_set():
            self._publish()
        self._tell()

    def _tell(self) -> None:
        """Tell everybody what became of what was asked for."""
        done, self._done = self._done, []
        for ticket, outcome in done:
            if ticket.number:
                outcome.setdefault("generation", self._generation)
                ticket.settle(self.outcomes.publish(**outcome))

    def _carry_out(self, ticket: Ticket) -> dict[str, Any] | None:
        """Do what a ticket asks for; returns the fields of its outcome, None if it comes later."""
        command = ticket.command
        if command is not None:
            # A slider that is moved sets the speed many times a second.
            often = isinstance(command, SetSpeed | WatchTrader)
            log.log(logging.DEBUG if often else logging.INFO, "%s", in_short(command))
        outcome: dict[str, Any] = {
            "ticket": ticket.number,
            "command": command,
            "client": ticket.client,
            "time": None if self._feed is None else self._feed.now,
        }
        try:
            if ticket.generation not in (None, self._generation):
                raise RefusedError(MarketReplaced(ticket.generation, self._generation))
            if isinstance(command, SessionCommand):
                command = read_command(dict(command))  # a copy was never looked at
            match command:
                case None:
                    if ticket.work is not None:
                        ticket.work()
                case StepEvents():
                    self._step(lambda feed: feed.step(command.events, ticket.client))
                case MarketCommand():
                    outcome |= answer_fields(self._simulated().do(command, ticket.client))
                case RunMarket():
                    self._run()
                case PauseMarket():
                    self._pause()
                case StepTime():
                    self._step(lambda feed: feed.advance(feed.now + command.seconds))
                case AdvanceUntil():
                    self._advance(ticket, command)
                    return None
                case LoadScenario():
                    self._load(command)
                case OpenRecording():
                    self._replace(_replay_of(command.path), ReadingRecording(command.path.name))
                case RecoverSession():
                    self._recover(command.record)
                case CloseMarket():
                    self._close_market()
                case SetSpeed():
                    self._set_speed(command.speed)
                case ResetMarket():
                    self._reset(command.seed)
                case ForkMarket():
                    self._fork(command.time, ticket.client)
                case CancelPlanned():
                    self._simulated().cancel_planned(command.number)
                case WatchTrader():
                    self._watched = command.number
                case _:
                    raise InputError("is none that a market carries out", key="command")
        except Exception as error:
            log.info("command refused", exc_info=True)
            outcome["refusal"] = refusal_of(error)
        outcome["generation"] = self._generation
        return outcome | self._state_fields(ticket)

    def _state_fields(self, ticket: Ticket) -> dict[str, Any]:
        return {"checksum": self._checksum()} if ticket.checksum else {}

    def _checksum(self) -> str:
        feed: Any = self._feed
        return "" if feed is None or feed.is_replay else str(feed.simulator.checksum())

    def _simulated(self) -> SimulatedFeed:
        feed: Any = self._feed
        if feed is None:
            raise RefusedError(NoMarket())
        if feed.is_replay:
            raise RefusedError(OnlyReplay())
        simulated: SimulatedFeed = feed
        return simulated

    def _ask(self, ticket: Ticket) -> Ticket:
        self._asked.put(ticket)
        if self._over.is_set():
            self._refuse_waiting()
        return ticket

    def _ask_for(self, work: Callable[[], None]) -> Ticket:
        return self._ask(Ticket(next(self._numbers), work=work))

    def _refuse_waiting(self) -> None:
        """Nobody carries out any more what is in the queue."""
        refusal = MarketGone()
        while True:
            try:
                ticket = self._asked.get_nowait()
            except queue.Empty:
                return
            if ticket.number:
                ticket.settle(
                    self.outcomes.publish(
                        ticket=ticket.number,
                        command=ticket.command,
                        client=ticket.client,
                        generation=self._generation,
                        refusal=refusal,
                    )
                )

    def _play(self) -> None:
        feed = self._feed
        if feed is None:
            self._state = RunState.PAUSED
            return
        begin, pace, goal = time.perf_counter(), self._pace, self._goal
        if pace is None:
            # Towards a goal the speed so far may have been another than that of the machine.
            known = self._meter.speed if goal is None else self._meter.capacity
            target = feed.now + max(known, 1.0) * _CHUNK
        else:
            real, simulated = self._pace_start
            target = simulated + (begin - real) * pace
            most = feed.now + max(self._meter.capacity, pace) * 3 * _CHUNK
            if target > most:
                # The machine cannot keep up: run on from here instead of chasing the clock.
                target = most
                self._pace_start = (begin, most)
        if feed.end is not None and target >= feed.end:
            target = feed.end
        before = (feed.now, feed.events)
        try:
            if goal is None:
                feed.advance(target)
            else:
                feed = self._feed = goal.pursue(feed, target)
        except UnavailableError as error:  # time stands still: the market waits for the person
            self._state = RunState.PAUSED
            if goal is not None:
                self._end_goal(refusal_of(error))
                self._publish()
                self._tell()
                return
            self._publish()
            self.outcomes.publish(
                time=feed.now,
                generation=self._generation,
                refusal=refusal_of(error),
            )
            return
        spent = time.perf_counter() - begin
        self._meter.add(feed.now - before[0], feed.events - before[1], spent, begin + spent)
        over = feed.end is not None and feed.now >= feed.end
        if goal is not None and (goal.is_over or over):
            self._end_goal()
            self._state = RunState.PAUSED
        if over:
            self._state = RunState.ENDED
        if self._state is not RunState.RUNNING:
            self._publish()
            self._tell()
        elif self._meter.frame_due(begin + spent):
            if goal is None or goal.when is None:
                feed.limit_samples(_SAMPLES_PER_SECOND, self._meter.speed)
            self._publish()

    def _publish(self) -> None:
        feed = self._feed
        if feed is None:
            return
        feed.collect()
        running = self._state is RunState.RUNNING
        self._snapshot = MarketSnapshot(
            generation=self._generation,
            state=self._state,
            source=feed.source,
            is_replay=feed.is_replay,
            seed=feed.seed,
            time=feed.now,
            end=feed.end,
            speed_target=self._speed,
            speed=self._meter.speed if running else 0.0,
            events_per_second=self._meter.events_per_second if running else 0.0,
            events=feed.events,
            tick_size=feed.tick_size,
            history=feed.history.view(),
            marks=tuple(feed.marks),
            watched=self._look(feed),
            goal=None if self._goal is None else self._goal.shown,
            error=self._error,
            **feed.fields(),
        )
        for callback in self._watchers:
            callback()

    def _look(self, feed: Feed) -> WatchedTrader | None:
        if self._watched is None or feed.is_replay:
            return None
        simulated: Any = feed
        watched: WatchedTrader | None = simulated.watched(self._watched)
        return watched

    # -- commands, on the worker -----------------------------------------------------------------

    def _replace(
        self, make: Callable[[], Feed], doing: Statement, again: Callable[[], Feed] | None = None
    ) -> None:
        self._cancelled.clear()
        self.progress = None
        self.compile_progress = doing
        try:
            # A market that cannot be made leaves the running one as it is.
            feed = make_beside(make, lambda: self._cancelled.is_set() or self._closing.is_set())
        finally:
            self.compile_progress = self.progress = None
        self._end_goal()
        self._make = again or make
        self._feed = feed
        self._generation += 1
        self._error = None
        self._state = RunState.PAUSED
        self._meter = Meter()

    def _load(self, command: LoadScenario) -> None:
        def make() -> Feed:
            from abm_desktop.live.simulated_feed import SimulatedFeed

            return SimulatedFeed(command.scenario, command.seed)

        self._replace(make, LoadingScenario(command.scenario.name))

    def _recover(self, record: SessionRecord) -> None:
        def tell(share: float) -> None:
            self.progress = share

        def make() -> Feed:
            from abm_desktop.live.session_record import restore

            return restore(record, tell, self._cancelled.is_set)

        again = _replay_of(Path(record.replay)) if record.replay else None
        self._replace(make, RecoveringSession(record.source), again)

    def _close_market(self) -> None:
        if self._feed is None:
            raise RefusedError(NoMarket())
        self._end_goal()
        if self._past is not None:
            self._past.forget()
        self._feed = self._snapshot = None
        self._generation += 1
        self._state = RunState.LOADING

    def _reset(self, seed: int | None) -> None:
        feed = self._feed
        if feed is None:
            raise RefusedError(NoMarket())
        scenario = getattr(feed, "next_scenario", None)
        if scenario is None:
            self._replace(self._make, ResettingMarket())
            return
        from abm_desktop.live.simulated_feed import SimulatedFeed

        chosen = feed.seed if seed is None else seed
        self._replace(lambda: SimulatedFeed(scenario, chosen), ResettingMarket())

    def _fork(self, time: float, client: str) -> None:
        feed, generation = self._simulated(), self._generation
        self._replace(lambda: feed.forked(time, generation, client), ForkingMarket())
        if self._past is not None:
            self._past.forget()

    def _keep(self, file: Path, program: dict[str, Any]) -> None:
        if self._feed is None:
            return
        from abm_desktop.live.session_record import describe

        try:
            dataclasses.replace(describe(self._feed), program=program).write(file)
            self._keep_fault = ""
        except (OSError, ValueError) as error:
            # Tried again every few seconds: once is enough to know.
            known, self._keep_fault = self._keep_fault, in_words(error) or str(error)
            if known != self._keep_fault:
                raise RefusedError(NotKept(self._keep_fault)) from error

    def _run(self) -> None:
        self._startable()
        self._end_goal()
        self._state = RunState.RUNNING
        self._restart_pace()

    def _startable(self) -> Feed:
        """The market, if time can go on in it."""
        if self._feed is None:
            raise RefusedError(NoMarket())
        if self._state is RunState.ENDED:
            raise RefusedError(RecordingEnded())
        return self._feed

    def _advance(self, ticket: Ticket, command: AdvanceUntil) -> None:
        feed = self._startable()
        goal = Goal(ticket, command, feed)
        self._pause()  # ends a goal before
        self._goal = goal
        if goal.is_over:
            self._end_goal()
            return
        self._state = RunState.RUNNING
        self._restart_pace()

    def _end_goal(self, refusal: Fault | None = None) -> None:
        """Have it told what became of the goal, if there is one."""
        goal, self._goal = self._goal, None
        if goal is None:
            return
        outcome = {
            "ticket": goal.ticket.number,
            "command": goal.ticket.command,
            "client": goal.ticket.client,
            "time": None if self._feed is None else self._feed.now,
            "reached": goal.is_reached,
            "refusal": refusal,
        }
        self._done.append((goal.ticket, outcome | self._state_fields(goal.ticket)))

    def _pause(self) -> None:
        self._end_goal()
        if self._state is RunState.RUNNING:
            self._state = RunState.PAUSED

    def _step(self, move: Callable[[Feed], None]) -> None:
        self._pause()
        if self._feed is None:
            raise RefusedError(NoMarket())
        move(self._feed)

    def _set_speed(self, speed: float | None) -> None:
        self._speed = speed
        self._restart_pace()

    def _restart_pace(self) -> None:
        self._meter.restart()
        if self._feed is not None:
            self._pace_start = (time.perf_counter(), self._feed.now)


def _replay_of(path: Path) -> Callable[[], Feed]:
    def make() -> Feed:
        from abm_desktop.live.replay_feed import ReplayFeed

        return ReplayFeed(path)

    return make
