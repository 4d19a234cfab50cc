"""The market that a live market holds at the moment: shown, replaced, kept, and forked.

Everything here happens on the thread of :class:`.worker.MarketWorker`, which derives from this.
"""

from __future__ import annotations

import dataclasses
import itertools
import logging
import queue
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.heap import give_back
from abm_desktop.live.background_build import make_beside
from abm_desktop.live.commands import LoadScenario
from abm_desktop.live.goals import Goal
from abm_desktop.live.inspector import Inspector
from abm_desktop.live.meter import Meter
from abm_desktop.live.outcomes import Outcomes, Ticket
from abm_desktop.live.refusals import NoMarket, NotKept, OnlyReplay, RefusedError
from abm_desktop.live.statements import (
    ForkingMarket,
    LoadingScenario,
    ReadingRecording,
    RecoveringSession,
    ResettingMarket,
)
from abm_desktop.live.types import MarketSnapshot, RunState, WatchedTrader
from abm_desktop.plain_words import in_words
from abm_desktop.statements import Fault, Statement

if TYPE_CHECKING:
    from abm_desktop.live.decisions import DecisionReader
    from abm_desktop.live.event_pages import EventReader
    from abm_desktop.live.feeds import Feed
    from abm_desktop.live.past import PastReader
    from abm_desktop.live.series import Sampler
    from abm_desktop.live.session_record import SessionRecord
    from abm_desktop.live.simulated_feed import SimulatedFeed


log = logging.getLogger(__name__)

GIVE_BACK_AFTER = 2.0
"""Real seconds from another market to looking for memory that the one before has left."""


class MarketHolder:
    """The part of a :class:`~abm_desktop.live.worker.MarketWorker` that holds one market."""

    def __init__(self) -> None:
        self.outcomes = Outcomes()
        """What became of every command, for all who listen."""
        self.compile_progress: Statement | None = None
        """What the worker is doing while nothing can be shown yet."""
        self.progress: float | None = None
        """Share of that which is done, 0 to 1, if it is known."""
        self.when_left: Callable[[SessionRecord], object] | None = None
        """Called by the market's thread with what a session was, when another takes its place (a
        load, a reset, a fork) or it is closed; it must return at once."""
        self._asked: queue.SimpleQueue[Ticket] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._snapshot: MarketSnapshot | None = None
        self._bell = np.zeros((1, 1), np.int64)
        """Set when something was asked for: a market that runs stops then, to have it done."""
        self._end_bell = np.zeros((1, 1), np.int64)
        """Set at the end: a long step does not keep the program."""
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._over = threading.Event()
        self._cancelled = threading.Event()
        self._helper: subprocess.Popen[bytes] | None = None
        self._past: PastReader | None = None
        self._other_past: PastReader | None = None
        """For moments that somebody beside the window looks at."""
        self._inspector = Inspector()
        self._event_reader: EventReader | None = None
        self._decision_reader: DecisionReader | None = None
        """Both for the thread of the inspector."""
        self._series_thread = Inspector()
        self._sampler: tuple[int, Sampler] | None = None
        """With the generation of its market; for that thread."""
        self._watchers: tuple[Callable[[], object], ...] = ()
        # Below: touched by the worker only.
        self._feed: Feed | None = None
        self._make: Callable[[], Feed] | None = None
        """Makes a recording again; a scenario's market is made from its scenario."""
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

    def _tell(self) -> None:
        """Tell everybody what became of what was asked for."""
        done, self._done = self._done, []
        for ticket, outcome in done:
            if ticket.number:
                outcome.setdefault("generation", self._generation)
                ticket.settle(self.outcomes.publish(**outcome))

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

    def _publish(self) -> None:
        """Show the market as it is now, and then tell what became of what was asked for."""
        if self._feed is None:
            self._tell()
            return
        self._snapshot = self._picture(self._feed)
        self._meter.frame_shown()
        # Whoever waits for an answer comes before those who draw.
        self._tell()
        for callback in self._watchers:
            callback()

    def _picture(self, feed: Feed) -> MarketSnapshot:
        feed.collect()
        running = self._state is RunState.RUNNING
        return MarketSnapshot(
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

    def _look(self, feed: Feed) -> WatchedTrader | None:
        if self._watched is None or feed.is_replay:
            return None
        simulated: Any = feed
        watched: WatchedTrader | None = simulated.watched(self._watched)
        return watched

    def _replace(
        self, make: Callable[[], Feed], doing: Statement, again: Callable[[], Feed] | None = None
    ) -> None:
        """Have another market in place of this one; ``again`` makes it at a reset, if it has no
        scenario to be made from.
        """
        self._cancelled.clear()
        self.progress = None
        self.compile_progress = doing
        try:
            # A market that cannot be made leaves the running one as it is.
            feed = make_beside(make, lambda: self._cancelled.is_set() or self._closing.is_set())
        finally:
            self.compile_progress = self.progress = None
        self._end_goal()
        self._tell_left()
        self._make = again
        self._feed = feed
        self._let_past_go()
        self._generation += 1
        self._error = None
        self._state = RunState.PAUSED
        self._meter = Meter()
        # When those who drew the run before have let it go.
        timer = threading.Timer(GIVE_BACK_AFTER, give_back)
        timer.daemon = True
        timer.start()

    def _let_past_go(self) -> None:
        """Keep nothing of a run that is over for looks at its past: each takes a market or two."""
        if self._past is not None:
            self._past.forget()
        self._other_past = None
        if self._event_reader is not None or self._decision_reader is not None:
            self._inspector.ask(self._forget_readers)
        if self._sampler is not None:
            self._series_thread.ask(self._forget_sampler)

    def _forget_readers(self) -> None:
        self._event_reader = self._decision_reader = None

    def _forget_sampler(self) -> None:
        self._sampler = None

    def _tell_left(self) -> None:
        """Tell what the session was that is about to go."""
        if self._feed is None or self.when_left is None:
            return
        from abm_desktop.live.session_record import describe

        try:
            self.when_left(describe(self._feed))
        except Exception:  # whoever keeps it must not stop the next market
            log.exception("a session that ended was not kept")

    def _load(self, command: LoadScenario) -> None:
        def make() -> Feed:
            from abm_desktop.live.simulated_feed import SimulatedFeed

            return SimulatedFeed(command.scenario, command.seed)

        self._replace(make, LoadingScenario(command.scenario.name))

    def _open(self, path: Path) -> None:
        make = _replay_of(path)
        self._replace(make, ReadingRecording(path.name), make)

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
        self._tell_left()
        self._let_past_go()
        self._feed = self._snapshot = None
        self._generation += 1
        self._state = RunState.LOADING

    def _reset(self, seed: int | None) -> None:
        feed = self._feed
        if feed is None:
            raise RefusedError(NoMarket())
        scenario = getattr(feed, "next_scenario", None)
        if scenario is None:
            assert self._make is not None
            self._replace(self._make, ResettingMarket(), self._make)
            return
        from abm_desktop.live.simulated_feed import SimulatedFeed

        chosen = feed.seed if seed is None else seed
        self._replace(lambda: SimulatedFeed(scenario, chosen), ResettingMarket())

    def _fork(self, time: float, client: str) -> None:
        feed, generation = self._simulated(), self._generation
        self._replace(lambda: feed.forked(time, generation, client), ForkingMarket())

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


def _replay_of(path: Path) -> Callable[[], Feed]:
    def make() -> Feed:
        from abm_desktop.live.replay_feed import ReplayFeed

        return ReplayFeed(path)

    return make
