"""LiveMarket: one market on a worker thread, paced against the wall clock.

The worker owns the market. Others send commands through a queue and read the newest snapshot, which
is replaced whole; neither side ever waits for the other.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop import child_python
from abm_desktop.inputs import InputError, UnavailableError, real, shown, whole
from abm_desktop.live.background_build import CANCELLED, Cancelled, make_beside
from abm_desktop.live.commands import MarketCommands, check_scenario
from abm_desktop.live.meter import Meter
from abm_desktop.live.types import MarketSnapshot, RunState, WatchedTrader
from abm_desktop.plain_words import in_words
from abm_desktop.scenario.bounds import LONGEST

if TYPE_CHECKING:
    from abm_desktop.live.feeds import Feed
    from abm_desktop.live.past import PastReader
    from abm_desktop.live.session_record import SessionRecord
    from abm_desktop.scenario import Scenario

log = logging.getLogger(__name__)

_CHUNK = 0.008
"""Real seconds of simulation between two looks at the command queue."""
_SAMPLES_PER_SECOND = 10_000.0


def _check_seed(seed: object) -> None:
    if seed is not None:
        whole(seed, "seed", 0, (1 << 63) - 1)


class LiveMarket(MarketCommands):
    """A market that runs beside the program. All methods return at once.

    Args:
        scenario: the market to load at :meth:`start`; None waits for :meth:`load`.
        seed: defaults to the scenario's.
    """

    def __init__(self, scenario: Scenario | None = None, seed: int | None = None) -> None:
        self.failures: queue.SimpleQueue[str] = queue.SimpleQueue()
        """Commands that could not be carried out, in words, for whoever shows messages."""
        self.compile_progress: str | None = None
        """What the worker is doing while nothing can be shown yet."""
        self.progress: float | None = None
        """Share of that which is done, 0 to 1, where it is known."""
        self._first = (scenario, seed)
        self._commands: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._snapshot: MarketSnapshot | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()
        self._cancelled = threading.Event()
        self._helper: subprocess.Popen[bytes] | None = None
        self._past: PastReader | None = None
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

    # -- for any thread --------------------------------------------------------------------------

    @property
    def snapshot(self) -> MarketSnapshot | None:
        """The newest snapshot, None before the first market is loaded."""
        return self._snapshot

    def start(self) -> None:
        """Start the worker; it loads the first scenario and pauses at the open."""
        if self._thread is not None:
            raise RuntimeError("the live market was started already")
        scenario, seed = self._first
        if scenario is not None:
            self.load(scenario, seed)
        self._thread = threading.Thread(target=self._work, name="live-market", daemon=True)
        self._thread.start()

    def close(self, timeout: float = 5.0) -> None:
        """Stop the worker and wait for it."""
        self._closing.set()
        helper = self._helper
        if helper is not None:
            helper.kill()
        self._commands.put(lambda: None)
        if self._past is not None:
            self._past.close(timeout)
        if self._thread is not None:
            self._thread.join(timeout)

    def load(self, scenario: Scenario, seed: int | None = None) -> None:
        """Replace the market by a scenario's, warmed up and paused.

        Raises :class:`InputError` for what is no scenario or no seed.
        """
        check_scenario(scenario)
        _check_seed(seed)

        def make() -> Feed:
            from abm_desktop.live.simulated_feed import SimulatedFeed

            return SimulatedFeed(scenario, seed)

        self._commands.put(lambda: self._replace(make, f"loading {scenario.name}"))

    def open_replay(self, path: Path | str) -> None:
        """Replace the market by recorded order flow (a LOBSTER message file, or a zip).

        Raises :class:`InputError` for what is no path.
        """
        if not isinstance(path, str | Path):
            raise InputError(f"must be the path of a file, not {shown(path)}", key="path")

        def make() -> Feed:
            from abm_desktop.live.replay_feed import ReplayFeed

            return ReplayFeed(Path(path))

        self._commands.put(lambda: self._replace(make, f"reading {Path(path).name}"))

    def cancel(self) -> None:
        """Make no other market after all: what is being loaded, read or recovered is dropped.

        The market that was there goes on. :attr:`failures` then says :data:`CANCELLED`.
        """
        self._cancelled.set()

    def keep(self, file: Path, program: dict[str, Any] | None = None) -> None:
        """Write to ``file`` what is needed to compute this session again; see session_record.

        ``program`` is kept along. A fault is told by :attr:`failures`, once.
        """
        self._commands.put(lambda: self._keep(file, program or {}))

    def recover(self, record: SessionRecord) -> None:
        """Replace the market by a session that was kept, at the moment it was kept, paused."""

        def tell(share: float) -> None:
            self.progress = share

        def make() -> Feed:
            from abm_desktop.live.session_record import restore

            return restore(record, tell, self._cancelled.is_set)

        def again() -> Feed:
            from abm_desktop.live.replay_feed import ReplayFeed

            return ReplayFeed(Path(record.replay))

        self._commands.put(
            lambda: self._replace(
                make, f"recovering {record.source}", again if record.replay else None
            )
        )

    def reset(self, seed: int | None = None) -> None:
        """Start the same market again, with its seed or another.

        Raises :class:`InputError` for what is no seed.
        """
        _check_seed(seed)
        self._commands.put(lambda: self._reset(seed))

    def run(self) -> None:
        """Let simulated time pass."""
        self._commands.put(self._run)

    def pause(self) -> None:
        """Hold simulated time."""
        self._commands.put(self._pause)

    def step_event(self, n: int = 1) -> None:
        """Pause, and take ``n`` events, 1 to a million. Raises :class:`InputError`."""
        n = whole(n, "n", 1, 1_000_000)
        self._commands.put(lambda: self._step(lambda feed: feed.step(n)))

    def step_interval(self, seconds: float = 1.0) -> None:
        """Pause, and go on by some simulated seconds, up to a week. Raises :class:`InputError`."""
        seconds = real(seconds, "seconds", above=0.0, high=LONGEST)
        self._commands.put(lambda: self._step(lambda feed: feed.advance(feed.now + seconds)))

    def set_speed(self, speed: float | None) -> None:
        """Simulated seconds per real second; None is as fast as it goes.

        Raises :class:`InputError` for a speed that is not above 0 and up to a million.
        """
        if speed is not None:
            speed = real(speed, "speed", above=0.0, high=1e6)
        self._commands.put(lambda: self._set_speed(speed))

    def watch_trader(self, number: int | None) -> None:
        """Tell in every snapshot what RL trader ``number`` sees and does; None ends it.

        Numbers go by arrival, from 0. It holds over resets and new markets; a market without RL
        traders, and a replay, tell nothing. Raises :class:`InputError` for no number.
        """
        if number is not None:
            number = whole(number, "number", 0)

        def watch() -> None:
            self._watched = number

        self._commands.put(watch)

    # -- the worker ------------------------------------------------------------------------------

    def _work(self) -> None:
        _give_way()
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

    def _prepare(self) -> None:
        """Compile in another process where the cache is cold: compiling here would hold the GIL."""
        from abm_desktop.live.compilation import cold_start_command

        command = cold_start_command()
        if command is not None:
            self.compile_progress = "compiling the market for this machine (first start only)"
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
        return 0.0 if self._speed is None else self._ahead_of_clock()

    def _ahead_of_clock(self) -> float:
        if self._feed is None or self._speed is None:
            return 0.0
        real, simulated = self._pace_start
        due = simulated + (time.perf_counter() - real) * self._speed
        # Small steps look smooth: one frame's worth of simulated time, but not below a few ms.
        return min(max((self._feed.now - due) / self._speed, 0.0) + 0.004, 0.02)

    def _obey(self, wait: float | None) -> None:
        try:
            command = (
                self._commands.get(timeout=wait) if wait != 0.0 else self._commands.get_nowait()
            )
        except queue.Empty:
            return
        while True:
            try:
                command()
            except Cancelled:
                self.failures.put(CANCELLED)
            except Exception as error:
                log.info("command refused", exc_info=True)
                self.failures.put(str(error) or type(error).__name__)
            try:
                command = self._commands.get_nowait()
            except queue.Empty:
                break
        if not self._closing.is_set():
            self._publish()

    def _play(self) -> None:
        feed = self._feed
        if feed is None:
            self._state = RunState.PAUSED
            return
        begin = time.perf_counter()
        if self._speed is None:
            target = feed.now + max(self._meter.speed, 1.0) * _CHUNK
        else:
            real, simulated = self._pace_start
            target = simulated + (begin - real) * self._speed
            most = feed.now + max(self._meter.capacity, self._speed) * 3 * _CHUNK
            if target > most:
                # The machine cannot keep up: run on from here instead of chasing the clock.
                target = most
                self._pace_start = (begin, most)
        if feed.end is not None and target >= feed.end:
            target = feed.end
        before = (feed.now, feed.events)
        try:
            feed.advance(target)
        except UnavailableError as error:  # time stands still: the market waits for the person
            self._state = RunState.PAUSED
            self.failures.put(str(error))
            self._publish()
            return
        spent = time.perf_counter() - begin
        self._meter.add(feed.now - before[0], feed.events - before[1], spent, begin + spent)
        if self._meter.frame_due(begin + spent):
            feed.limit_samples(_SAMPLES_PER_SECOND, self._meter.speed)
            self._publish()
        if feed.end is not None and feed.now >= feed.end:
            self._state = RunState.ENDED
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
            error=self._error,
            **feed.fields(),
        )

    def _look(self, feed: Feed) -> WatchedTrader | None:
        if self._watched is None or feed.is_replay:
            return None
        simulated: Any = feed
        watched: WatchedTrader | None = simulated.watched(self._watched)
        return watched

    # -- commands, on the worker -----------------------------------------------------------------

    def _replace(
        self, make: Callable[[], Feed], doing: str, again: Callable[[], Feed] | None = None
    ) -> None:
        self._cancelled.clear()
        self.progress = None
        self.compile_progress = doing
        try:
            # A market that cannot be made leaves the running one as it is.
            feed = make_beside(make, lambda: self._cancelled.is_set() or self._closing.is_set())
        finally:
            self.compile_progress = self.progress = None
        self._make = again or make
        self._feed = feed
        self._generation += 1
        self._error = None
        self._state = RunState.PAUSED
        self._meter = Meter()

    def _reset(self, seed: int | None) -> None:
        feed = self._feed
        if feed is None:
            raise RuntimeError("there is no market to reset yet: open a scenario")
        scenario = getattr(feed, "next_scenario", None)
        if scenario is None:
            self._replace(self._make, "resetting")
            return
        from abm_desktop.live.simulated_feed import SimulatedFeed

        chosen = feed.seed if seed is None else seed
        self._replace(lambda: SimulatedFeed(scenario, chosen), "resetting")

    def _keep(self, file: Path, program: dict[str, Any]) -> None:
        if self._feed is None:
            return
        from abm_desktop.live.session_record import describe

        try:
            dataclasses.replace(describe(self._feed), program=program).write(file)
            self._keep_fault = ""
        except (OSError, ValueError) as error:
            # Tried again every few seconds: once is enough to know.
            known, self._keep_fault = self._keep_fault, str(error)
            if known != self._keep_fault:
                raise RuntimeError(
                    f"this session cannot be recovered after a crash: {error}"
                ) from error

    def _run(self) -> None:
        if self._feed is None:
            raise RuntimeError("there is no market to run yet: open a scenario")
        if self._state is RunState.ENDED:
            raise RuntimeError("the recording has ended: reset to play it again")
        self._state = RunState.RUNNING
        self._restart_pace()

    def _pause(self) -> None:
        if self._state is RunState.RUNNING:
            self._state = RunState.PAUSED

    def _step(self, move: Callable[[Feed], None]) -> None:
        self._pause()
        if self._feed is None:
            raise RuntimeError("there is no market to step yet: open a scenario")
        move(self._feed)

    def _set_speed(self, speed: float | None) -> None:
        self._speed = speed
        self._restart_pace()

    def _restart_pace(self) -> None:
        self._meter.restart()
        if self._feed is not None:
            self._pace_start = (time.perf_counter(), self._feed.now)


def _give_way() -> None:
    """Let this thread come after the window's where both want a core; Linux has that by thread."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
