"""LiveMarket: one market on a worker thread, paced against the wall clock: what others call."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from abm_desktop.inputs import InputError, real, shown, whole
from abm_desktop.live.background_build import give_way
from abm_desktop.live.commands import (
    LoadScenario,
    MarketCommand,
    OpenRecording,
    RecoverSession,
    SessionCommand,
)
from abm_desktop.live.outcomes import Ticket
from abm_desktop.live.refusals import (
    MomentNotShown,
    NoMarket,
    OnlyReplay,
    RefusedError,
)
from abm_desktop.live.types import History, PastMoment
from abm_desktop.live.worker import MarketWorker
from abm_desktop.scenario import Scenario

if TYPE_CHECKING:
    from abm_desktop.live.decisions import DecisionPage
    from abm_desktop.live.event_pages import EventPage
    from abm_desktop.live.session_record import SessionRecord
    from abm_desktop.live.twins import Twin
    from abm_desktop.market.simulator import Simulator

log = logging.getLogger(__name__)

Found = TypeVar("Found")

_LONGEST_NAME = 64
"""Letters of a client's name."""


class LiveMarket(MarketWorker):
    """A market that runs beside the program. All methods return at once.

    What a person does is a command, a value, handed to :meth:`do`: those of
    :mod:`abm_desktop.market.commands`, which change the market and are recorded, and those of
    :mod:`abm_desktop.live.commands`. What became of it is told by its ticket, and to all who listen
    to :attr:`outcomes`.

    Args:
        scenario: the market to load at :meth:`start`; None waits for :meth:`load`.
        seed: defaults to the scenario's.
    """

    def __init__(self, scenario: Scenario | None = None, seed: int | None = None) -> None:
        super().__init__()
        self._first = (scenario, seed)
        self._moments = threading.Lock()
        self._twins = threading.Lock()

    # -- for any thread --------------------------------------------------------------------------

    def start(self) -> None:
        """Start the worker; it loads the first scenario and pauses at the open."""
        super().start()
        scenario, seed = self._first
        if scenario is not None:
            self.load(scenario, seed)

    def do(
        self,
        command: MarketCommand | SessionCommand,
        *,
        generation: int | None = None,
        client: str = "",
        checksum: bool = False,
    ) -> Ticket:
        """Have a command carried out, after those asked for before.

        Args:
            command: what to do.
            generation: of the market that it is meant for. If another one is there when its turn
                comes (it was reset meanwhile), it is refused as :class:`MarketReplaced`.
            client: who asks, in at most 64 characters; "" is the person at the window. The outcome
                bears it, and so do the marks of the snapshots, also in a fork and after a recovery
                (which only forgets who has forked).
            checksum: have the outcome tell the state of the market right after the command.

        Returns:
            A ticket, which knows the outcome as soon as there is one.

        Raises:
            InputError: if it is no command, or an argument cannot be.
        """
        if not isinstance(command, MarketCommand | SessionCommand):
            raise InputError(
                f"must be a command, not {shown(command)}",
                key="command",
                remedy="make one of abm_desktop.live.commands, or read one with read_command",
            )
        if generation is not None:
            whole(generation, "generation", 0)
        if not isinstance(client, str) or len(client) > _LONGEST_NAME or not client.isprintable():
            raise InputError(
                f"must be at most {_LONGEST_NAME} letters that can be shown, not {shown(client)}",
                key="client",
            )
        if not isinstance(checksum, bool):
            raise InputError(f"must be True or False, not {shown(checksum)}", key="checksum")
        ticket = Ticket(
            next(self._numbers), command, generation=generation, client=client, checksum=checksum
        )
        return self._ask(ticket)

    def load(self, scenario: Scenario, seed: int | None = None, file: Path | None = None) -> Ticket:
        """Replace the market by a scenario's, warmed up and paused.

        ``file`` is where the scenario was read from, if it was.

        Raises :class:`InputError` for what is no scenario or no seed.
        """
        if not isinstance(scenario, Scenario):
            raise InputError(f"must be a Scenario, not {shown(scenario)}", key="scenario")
        if seed is not None:
            seed = whole(seed, "seed", 0, (1 << 63) - 1)
        return self.do(LoadScenario(scenario=scenario, seed=seed, file=file))

    def open_replay(self, path: Path | str) -> Ticket:
        """Replace the market by recorded order flow (a LOBSTER message file, or a zip).

        Raises :class:`InputError` for what is no path.
        """
        if not isinstance(path, str | Path):
            raise InputError(f"must be the path of a file, not {shown(path)}", key="path")
        return self.do(OpenRecording(path=Path(path)))

    def cancel(self) -> None:
        """Make no other market after all: what is being loaded, read or recovered is dropped.

        The market that was there goes on. The outcome is an :class:`OpeningCancelled`.
        """
        self._cancelled.set()

    def keep(self, file: Path, program: dict[str, Any] | None = None) -> Ticket:
        """Write to ``file`` what is needed to compute this session again; see session_record.

        ``program`` is kept along. A fault is told once. It is no command: a file is written by
        whoever runs the program, not by those who play along.
        """
        return self._ask_for(lambda: self._keep(file, program or {}))

    def record(self) -> Future[SessionRecord]:
        """What is needed to compute this session again, as it is when its turn comes.

        The future fails with a RefusedError if there is no market.
        """
        found: Future[SessionRecord] = Future()

        def work() -> None:
            from abm_desktop.live.session_record import describe

            try:
                if self._feed is None:
                    raise RefusedError(NoMarket())
                found.set_result(describe(self._feed))
            except Exception as error:
                found.set_exception(error)

        self._ask_for(work)
        return found

    def read(self, look: Callable[[Simulator], Found]) -> Future[Found]:
        """What ``look`` finds in the simulated market, between two steps, on the market's thread.

        It must change nothing, and return soon: the market waits for it. The future fails with
        what it raises, and with a RefusedError if there is no market, or it is a replay.
        """
        found: Future[Found] = Future()

        def work() -> None:
            try:
                found.set_result(look(self._simulated().simulator))
            except Exception as error:
                found.set_exception(error)

        self._ask_for(work)
        return found

    def recover(self, record: SessionRecord) -> Ticket:
        """Replace the market by a session that was kept, at the moment it was kept, paused."""
        return self.do(RecoverSession(record=record))

    # -- the past --------------------------------------------------------------------------------

    @property
    def past(self) -> PastMoment | None:
        """The past moment last computed; None while the present is looked at."""
        return None if self._past is None else self._past.moment

    @property
    def past_is_due(self) -> bool:
        """Whether :attr:`past` is still the answer to an earlier request than the newest."""
        return self._past is not None and self._past.is_due

    def look_at(
        self,
        time: float,
        left: float | None = None,
        right: float | None = None,
        *,
        whole: bool = False,
    ) -> None:
        """Compute a past moment again, for :attr:`past`, while the market goes on or stands.

        ``left`` to ``right`` is the span of time around it to be told in full, up to 40 minutes;
        if it is to be ``whole``, however long it is.

        Raises:
            UnavailableError: if the market keeps no past: none is loaded, or it is a replay.
            InputError: for what is no time.
        """
        from abm_desktop.live.past import PastReader

        feed, snapshot = self._feed, self._snapshot
        if snapshot is None or feed is None or feed.is_replay:
            raise RefusedError(NoMarket() if feed is None else OnlyReplay())
        time = real(time, "time", unit="simulated seconds")
        left = time if left is None else real(left, "left", unit="simulated seconds")
        right = time if right is None else real(right, "right", unit="simulated seconds")
        if self._past is None:
            self._past = PastReader(self._past_failed)
        recorded: Any = feed
        self._past.ask(
            recorded.recording, recorded.reader, snapshot, time, left, right, whole=whole
        )

    def moment_at(self, time: float) -> PastMoment:
        """Compute a past moment again on the calling thread, apart from :attr:`past`.

        Raises:
            RefusedError: if there is no market, or it is a replay.
            InputError: for a time that is not between the open and now.
        """
        from abm_desktop.live.past import PastReader

        recorded, time = self._recorded(time)
        snapshot = self._snapshot
        assert snapshot is not None
        with self._moments:
            # Another market may come at any moment, and takes it away.
            past = self._other_past = self._other_past or PastReader()
            return past.moment_of(recorded.recording, recorded.reader, snapshot, time)

    def twin(self, without: int) -> Future[Twin]:
        """Compute this run again without a command, beside the run itself, up to now.

        ``without`` is the number of the command among :attr:`MarketSnapshot.commands`, or
        :data:`.twins.SCENARIO_TRADERS`. It happens on a thread of its own; one at a time.

        Raises:
            RefusedError: if there is no market, or it is a replay.
            InputError: if there is no such command, or it has done nothing yet.
        """
        from abm_desktop.live.twins import SCENARIO_TRADERS, can_be_missed, compute_twin

        feed, snapshot = self._feed, self._snapshot
        if snapshot is None or feed is None or feed.is_replay:
            raise RefusedError(NoMarket() if feed is None else OnlyReplay())
        entry = next((e for e in snapshot.commands if e.number == without), None)
        if without != SCENARIO_TRADERS and (
            entry is None or not can_be_missed(entry, snapshot.time)
        ):
            raise InputError(
                f"is {shown(without)}, no command that has done anything yet",
                key="without",
                remedy="take a number of the list of commands",
            )
        recorded: Any = feed
        recording, reader = recorded.recording, recorded.reader
        found: Future[Twin] = Future()

        def work() -> None:
            give_way()
            with self._twins:
                try:
                    found.set_result(compute_twin(recording, reader, snapshot, entry))
                except Exception as error:
                    log.exception("a twin could not be computed")
                    found.set_exception(error)

        threading.Thread(target=work, name="twin", daemon=True).start()
        return found

    def series(
        self, left: float = 0.0, right: float | None = None, spacing: float = 1.0
    ) -> Future[History]:
        """Samples at every whole multiple of ``spacing`` seconds from ``left`` to ``right``.

        ``right`` is now, if it is None or ahead. The rows are those of simulated time alone: how
        fast the market was played, and what was kept of it, makes no difference. Such a stretch of
        a long run may be computed again, beside the market.

        Raises:
            RefusedError: if there is no market.
            InputError: for what is no time or spacing, or more than :data:`.series.MOST_SAMPLES`.
        """
        from abm_desktop.live.series import SampleTimes, kept_samples

        feed, snapshot, generation = self._feed, self._snapshot, self._generation
        if snapshot is None or feed is None:
            raise RefusedError(NoMarket())
        now = snapshot.time
        moments = SampleTimes(
            left, now if right is None else min(real(right, "right"), now), spacing
        )
        kept = kept_samples(snapshot.history, moments)
        if kept is not None:
            known: Future[History] = Future()
            known.set_result(kept)
            return known

        def read() -> History:
            if self._sampler is None or self._sampler[0] != generation:
                self._sampler = (generation, feed.sampler())
            return self._sampler[1].samples(moments)

        return self._series_thread.ask(read)

    def events_until(self, until: float, most: int = 400) -> Future[EventPage]:
        """The last book events up to ``until`` seconds, with their numbers: at most ``most``.

        They are computed again, beside the market, as soon as what was asked before is answered.

        Raises:
            RefusedError: if there is no market, or it is a replay.
            InputError: for a time that is not between the open and now, or more than
                :data:`.event_pages.MOST_EVENTS`.
        """
        from abm_desktop.live.event_pages import MOST_EVENTS, EventReader

        recorded, until = self._recorded(until, "until")
        most = whole(most, "most", 1, MOST_EVENTS)

        def read() -> EventPage:
            reader = self._event_reader
            if reader is None or reader.recording is not recorded.recording:
                reader = self._event_reader = EventReader(recorded.recording, recorded.reader)
            return reader.page(until, most)

        return self._inspector.ask(read)

    def decisions_until(self, number: int, until: float, most: int = 40) -> Future[DecisionPage]:
        """The last decisions of an RL trader up to ``until`` seconds: what it saw, did and got.

        ``number`` is its place among the RL traders, in order of arrival, from 0. They are computed
        again, beside the market, as soon as what was asked before is answered.

        Raises:
            RefusedError: if there is no market, or it is a replay.
            InputError: for a time that is not between the open and now, for what is no number, or
                more than :data:`.decisions.MOST_DECISIONS`.
        """
        from abm_desktop.live.decisions import MOST_DECISIONS, DecisionReader

        recorded, until = self._recorded(until, "until")
        number = whole(number, "number", 0)
        most = whole(most, "most", 1, MOST_DECISIONS)

        def read() -> DecisionPage:
            reader = self._decision_reader
            if reader is None or reader.recording is not recorded.recording:
                reader = self._decision_reader = DecisionReader(recorded.recording)
            return reader.page(number, until, most)

        return self._inspector.ask(read)

    def _recorded(self, time: float, key: str = "time") -> tuple[Any, float]:
        """The feed that is played, if its past can be computed again, and a time in it.

        Raises:
            RefusedError: if there is no market, or it is a replay.
            InputError: for a time that is not between the open and now.
        """
        feed, snapshot = self._feed, self._snapshot
        if snapshot is None or feed is None or feed.is_replay:
            raise RefusedError(NoMarket() if feed is None else OnlyReplay())
        time = real(time, key, unit="simulated seconds")
        if not 0.0 <= time <= snapshot.time:
            raise InputError(
                f"must be from 0 to {snapshot.time:g}, not {time:g}",
                key=key,
                remedy="the market has not come further",
            )
        return feed, time

    def close(self, timeout: float = 5.0) -> None:
        """Stop the market and wait for it; commands that wait are refused."""
        self._inspector.close(timeout)
        self._series_thread.close(timeout)
        super().close(timeout)

    def look_at_now(self) -> None:
        """Leave the past."""
        if self._past is not None:
            self._past.forget()

    def _past_failed(self, time: float, error: str) -> None:
        self.outcomes.publish(
            generation=self._generation,
            time=time,
            refusal=MomentNotShown(time, error),
        )
