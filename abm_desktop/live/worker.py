"""The thread of a live market: it carries out commands, paces simulated time, publishes snapshots.

The worker owns the market. Others put tickets into its queue and read the newest snapshot, which is
replaced whole; neither side ever waits for the other.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from abm_desktop import child_python
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.live.background_build import give_way
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
from abm_desktop.live.holder import MarketHolder
from abm_desktop.live.outcomes import Ticket, answer_fields
from abm_desktop.live.refusals import (
    MarketGone,
    MarketReplaced,
    NoMarket,
    RecordingEnded,
    RefusedError,
    SessionEnded,
    refusal_of,
)
from abm_desktop.live.statements import CompilingMarket
from abm_desktop.live.types import RunState
from abm_desktop.plain_words import in_words

if TYPE_CHECKING:
    from abm_desktop.live.feeds import Feed

log = logging.getLogger(__name__)

LOOK_AT_COMPILER = 0.5
"""Real seconds between two looks at how far the compiler is."""
_CHUNK = 0.008
"""Real seconds of simulation at a time; at full speed it goes on to the next frame. Each time costs
the market a wait for Python's lock, and what is asked for meanwhile ends it."""
_SAMPLES_PER_SECOND = 10_000.0
_MOST_AT_ONCE = 100
"""Commands that are carried out before their outcomes are told."""


class MarketWorker(MarketHolder):
    """The part of a :class:`~abm_desktop.live.market.LiveMarket` that its thread runs."""

    def start(self) -> None:
        """Start the worker."""
        if self._thread is not None:
            raise RuntimeError("the live market was started already")
        self._thread = threading.Thread(target=self._work, name="live-market", daemon=True)
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """Stop the worker and wait for it; commands that wait are refused."""
        self._closing.set()
        self._end_bell[:] = 1
        helper = self._helper
        if helper is not None:
            helper.kill()
        self._call(Ticket(0))
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
        from abm_desktop.live.compilation import cold_start_command, compiled_share

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
            while self._helper.poll() is None:
                self.progress = compiled_share()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._helper.wait(LOOK_AT_COMPILER)
            self._helper = None
        self.compile_progress = self.progress = None

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
        # Before the look, so that what comes after it is heard.
        self._bell[:] = 0
        try:
            ticket = self._asked.get(timeout=wait) if wait != 0.0 else self._asked.get_nowait()
        except queue.Empty:
            return
        changed = False
        for left in reversed(range(_MOST_AT_ONCE)):
            # Who only reads the market leaves it as it is shown.
            changed |= ticket.command is not None
            outcome = self._carry_out(ticket)
            if outcome is not None:
                self._done.append((ticket, outcome))
            if not left:
                break
            self._bell[:] = 0
            try:
                ticket = self._asked.get_nowait()
            except queue.Empty:
                break
        if changed and not self._closing.is_set():
            self._publish()
        else:
            self._tell()

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
                    more = command.seconds
                    self._step(lambda feed: feed.advance(_within(feed, more), self._end_bell))
                case AdvanceUntil():
                    self._advance(ticket, command)
                    return None
                case LoadScenario():
                    self._load(command)
                case OpenRecording():
                    self._open(command.path)
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

    def _call(self, ticket: Ticket) -> None:
        """Put something into the queue, and have the market look there soon."""
        self._asked.put(ticket)
        self._bell[:] = 1

    def _ask(self, ticket: Ticket) -> Ticket:
        self._call(ticket)
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
            chunk = max(self._meter.until_frame(begin), _CHUNK / 2) if self._meter.speed else _CHUNK
            target = feed.now + max(self._meter.capacity, 1.0) * chunk
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
                feed.advance(target, self._bell)
            else:
                feed = self._feed = goal.pursue(feed, target, self._bell)
        except UnavailableError as error:  # time stands still: the market waits for the person
            self._state = RunState.PAUSED
            if goal is not None:
                self._end_goal(refusal_of(error))
                self._publish()
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
        elif self._meter.until_frame(begin + spent) <= 0.0:
            if goal is None or goal.when is None:
                feed.limit_samples(_SAMPLES_PER_SECOND, self._meter.speed)
            self._publish()

    # -- commands, on the worker -----------------------------------------------------------------

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
            raise RefusedError(RecordingEnded() if self._feed.is_replay else SessionEnded())
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

    def _pause(self) -> None:
        self._end_goal()
        if self._state is RunState.RUNNING:
            self._state = RunState.PAUSED

    def _step(self, move: Callable[[Feed], None]) -> None:
        self._pause()
        if self._feed is None:
            raise RefusedError(NoMarket())
        if not self._feed.is_replay:
            self._startable()
        move(self._feed)
        if self._closing.is_set():
            raise RefusedError(MarketGone())
        end = self._feed.end
        if end is not None and self._feed.now >= end and not self._feed.is_replay:
            self._state = RunState.ENDED

    def _set_speed(self, speed: float | None) -> None:
        self._speed = speed
        self._restart_pace()

    def _restart_pace(self) -> None:
        self._meter.restart()
        if self._feed is not None:
            self._pace_start = (time.perf_counter(), self._feed.now)


def _within(feed: Feed, seconds: float) -> float:
    """The time so many seconds ahead, or the end of the session, which comes before."""
    until = feed.now + seconds
    return until if feed.end is None else min(until, max(feed.end, feed.now))
