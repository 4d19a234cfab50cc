"""A simulated market as a feed: it records its own past, and can be forked from there."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import real
from abm_desktop.live.conditions import Quotes
from abm_desktop.live.feeds import RECENT_TRADES, TRADE_DTYPE
from abm_desktop.live.fills import FillStore
from abm_desktop.live.history import HistoryStore
from abm_desktop.live.ledger import Ledger
from abm_desktop.live.recording import Recording, Rewinder
from abm_desktop.live.refusals import ForkOutsideRun, RefusedError, StartAfterEnd, StartHasPassed
from abm_desktop.live.series import MarketSampler, sample_from_open
from abm_desktop.live.snapshot_reader import Reader
from abm_desktop.live.spacings import SAMPLE_INTERVAL, spacing_for
from abm_desktop.live.types import Mark, PhaseChange, PlannedStress, RlGroup, WatchedTrader
from abm_desktop.market.commands import (
    AddTraders,
    ChangePopulation,
    Inject,
    JoiningTraders,
    MarketCommand,
    StepEvents,
)
from abm_desktop.market.orders_by_hand import OrderReport
from abm_desktop.market.reading import MAX_TIME
from abm_desktop.market.roles import roles as known_roles
from abm_desktop.market.statements import Forked, StressInjected

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.stress import AnyStress

_HALF_NANOSECOND = 5e-10


MOST_PHASES = 1000
"""Changes of phase that are told."""


class SimulatedFeed:
    """A compiled market, warmed up to the open, or that of the recorded day of its scenario."""

    is_replay = False

    def __init__(self, scenario: Scenario, seed: int | None) -> None:
        from abm_desktop.market.simulator import Simulator

        self.simulator = Simulator(scenario, seed, sample_interval=SAMPLE_INTERVAL)
        self.simulator.warm_up()
        scenario = self.simulator.scenario
        self.scenario = scenario
        self.next_scenario = scenario
        """What the market is made from at the next reset."""
        self.source = scenario.name
        self.seed = self.simulator.seed
        self.tick_size = scenario.market.tick_size
        self.reader = Reader(self.simulator)
        self.marks: list[Mark] = []
        self.history = HistoryStore()
        self.fills = FillStore()
        self.forked_from: tuple[int, float] | None = None
        self._recent = np.zeros(0, TRADE_DTYPE)
        self._sample_every(SAMPLE_INTERVAL)
        self.queued: list[tuple[float, PlannedStress, AnyStress]] = []
        """When it was queued, how it is shown, what it is; the next first."""
        self._begun: list[tuple[float, PlannedStress, AnyStress]] = []
        """Those of the queue that have begun: at an earlier time they wait."""
        self._numbers = itertools.count(1)
        self.ledger = Ledger(scenario)
        """What was done to it, and what the scenario does."""
        self.joined = scenario.rl
        """Groups of RL traders that are in the market."""
        self._phases: tuple[PhaseChange, ...] = ()
        self.rl_groups = self._groups_of_scenario()
        self._keep_recent()
        self._keep_phases()
        self.simulator.tape.clear_rows()
        self.recording = Recording(self.simulator)

    @property
    def now(self) -> float:
        return self.simulator.now

    @property
    def events(self) -> int:
        return self.reader.events(self.simulator)

    @property
    def end(self) -> float:
        """Where the session is over: the scenario says."""
        return self.session_end

    @property
    def session_end(self) -> float:
        return float(self.scenario.market.session)

    def quotes(self) -> Quotes:
        return self.reader.quotes(self.simulator)

    # -- time -----------------------------------------------------------------------------------

    def advance(self, until: float, bell: np.ndarray | None = None) -> None:
        while self.queued and self.queued[0][1].start <= until:
            _asked, planned, stress = self.queued[0]
            if not self._run(planned.start, bell):
                break
            self._begun.append(self.queued.pop(0))
            self._carry_out(Inject(stress=stress), planned.client)
        else:
            self._run(until, bell)
        # Who has called the market away does not wait for a checkpoint, which takes milliseconds.
        if bell is None or not bell[0, 0]:
            self.recording.follow(self.simulator)

    def _run(self, until: float, bell: np.ndarray | None) -> bool:
        """Run to a time, or less far once ``bell`` is set; returns whether it has come there."""
        if bell is None:
            self.simulator.run_until(until)
            return True
        self.simulator.run_unless_called(until, bell)
        return self.simulator.now > until - _HALF_NANOSECOND

    def search(
        self, until: float, holds: Callable[[Quotes], Any], bell: np.ndarray | None = None
    ) -> tuple[SimulatedFeed, bool]:
        if self._interval != SAMPLE_INTERVAL:
            self._sample_every(SAMPLE_INTERVAL)
        known = len(self.simulator.tape.samples)
        self.advance(until, bell)
        # The market has looked at itself on the way, ten times a second: stopping there each time
        # would take some thirty times as long as going back once.
        samples = self.simulator.tape.samples[known:]
        for clock in samples["time"][holds(self.reader.sampled_quotes(samples))]:
            time = float(clock) / 1e9 - self.scenario.market.warm_up
            found = self._as_it_was(time)
            # A sample comes before the orders of its very nanosecond.
            if holds(found.quotes()):
                return found, True
        return self, False

    def step(self, events: int, client: str = "") -> None:
        self.do(StepEvents(events=events), client)
        self.advance(self.now)

    # -- commands -------------------------------------------------------------------------------

    def do(self, command: MarketCommand, client: str = "") -> OrderReport | PlannedStress | None:
        """Carry out a command now, and remember it, so that it can be repeated.

        A stress for a time ahead is queued, and carried out then; a change of the traders brings
        those of new groups of RL traders along. The marks of it bear the name of the ``client``.

        Raises:
            InputError, UnavailableError, OSError: if it is refused; it is not remembered then.
        """
        if isinstance(command, Inject) and command.at is not None:
            return self._plan(command.stress, command.at, client)
        if isinstance(command, ChangePopulation):
            command = self._with_joining(command)
        known = self.simulator.rows
        report = self._carry_out(command, client)
        joined = self.simulator.rows - known
        self.ledger.take(command, self.now, client, report, (known, joined) if joined > 0 else None)
        return report

    def _carry_out(self, command: MarketCommand, client: str) -> OrderReport | None:
        """Do it, and remember it; the list of commands knows of it by other ways."""
        time = self.simulator.now
        marks = self.simulator.tape.marks
        known = len(marks)
        report = command.apply(self.simulator)
        if client:
            marks[known:] = [replace(mark, client=client) for mark in marks[known:]]
        self.recording.remember(command, time, self.simulator.now, client)
        if isinstance(command, ChangePopulation):
            self.joined = command.scenario.rl
        self._keep_groups(command)
        return report

    def _groups_of_scenario(self) -> tuple[RlGroup, ...]:
        """The RL traders that the scenario brings: the last rows at the open."""
        row, roles = self.simulator.rows, self.simulator.arrays.agents[0]["role"]
        groups: list[RlGroup] = []
        for group in reversed(self.scenario.rl):
            row -= group.count
            if group.count:
                role = next(r.name for r in known_roles() if r.code == int(roles[row]))
                groups.insert(0, RlGroup(row, group.count, Path(group.model).stem, role))
        return tuple(groups)

    def _keep_groups(self, command: MarketCommand) -> None:
        """Remember who has joined with a command that was carried out: the last rows."""
        joining: tuple[JoiningTraders, ...] = ()
        if isinstance(command, AddTraders):
            joining = (command,)
        elif isinstance(command, ChangePopulation):
            joining = command.joining or ()
        row = self.simulator.rows - sum(group.count for group in joining)
        for group in joining:
            if group.count:
                name = group.policy.name or "RL"
                self.rl_groups += (RlGroup(row, group.count, name, group.policy.role),)
            row += group.count

    def _with_joining(self, command: ChangePopulation) -> ChangePopulation:
        """The same with the RL traders that the scenario has more of than the market.

        Raises:
            FileNotFoundError: if a model is missing.
        """
        from abm_desktop.market.named_policies import find_policy

        if command.joining is not None:
            return command  # one that is repeated knows them
        before = {group.model_copy(update={"count": 0}): group.count for group in self.joined}
        joining = []
        for group in command.scenario.rl:
            more = group.count - before.get(group.model_copy(update={"count": 0}), 0)
            if more > 0:
                joining.append(
                    JoiningTraders(
                        policy=find_policy(group.model),
                        count=more,
                        size=group.size,
                        max_inventory=group.max_inventory,
                        step=group.step,
                        jitter=group.jitter,
                        greedy=group.greedy,
                        latency=group.data_latency + group.order_latency,
                    )
                )
        # Also if the running market refuses: then the reset that it asks for brings them.
        self.next_scenario = command.scenario
        return ChangePopulation(scenario=command.scenario, joining=tuple(joining))

    def _plan(self, stress: AnyStress, at: float, client: str) -> PlannedStress:
        if real(at, "at", high=MAX_TIME, unit="simulated seconds") < self.now:
            raise RefusedError(StartHasPassed(float(at), self.now))
        if at >= self.end:
            raise RefusedError(StartAfterEnd(float(at), self.end))
        return self.enqueue(stress, at, asked=self.now, client=client)

    def enqueue(
        self, stress: AnyStress, at: float, asked: float, client: str = ""
    ) -> PlannedStress:
        """Queue a stress that was asked for at the time ``asked``."""
        planned = PlannedStress(
            next(self._numbers), stress.type, stress.strength, at, float(stress.length), client
        )
        self.queued.append((asked, planned, stress))
        self.ledger.queue(Inject(stress=stress, at=at), asked, at, planned.number, client)
        self.queued.sort(key=lambda entry: entry[1].start)
        return planned

    def cancel_planned(self, number: int) -> None:
        """Take a stress out of the queue; nothing happens if it has begun already."""
        self.queued = [entry for entry in self.queued if entry[1].number != number]
        self.ledger.withdraw(number, self.now)

    # -- the past -------------------------------------------------------------------------------

    def forked(self, time: float, generation: int, client: str = "") -> SimulatedFeed:
        """A run that leaves this one, of that generation, at ``time`` and goes on by itself.

        Stresses wait in it that were asked for by then and begin later, unless they were taken out
        of the queue since. Who asked for what stays known.

        Raises:
            InputError: if ``time`` is no number.
            RefusedError: if this run was never there.
        """
        time = real(time, "time")
        if not 0.0 <= time <= self.now:
            raise RefusedError(ForkOutsideRun(time, self.now))
        other = self._as_it_was(time)
        other.forked_from = (generation, time)
        other.simulator.tape.marks.append(Mark(time, Forked(), client))
        other.marks = list(other.simulator.tape.marks)
        return other

    def _as_it_was(self, time: float) -> SimulatedFeed:
        """The same run at an earlier time."""
        self.collect()
        other = object.__new__(SimulatedFeed)
        other.simulator = Rewinder(self.recording).go_to(time)
        other.scenario, other.source, other.seed = self.scenario, self.source, self.seed
        other.next_scenario = self.next_scenario
        other.tick_size, other.reader = self.tick_size, self.reader
        other.recording = self.recording.until(time)
        other.history = self.history.until(time)
        # By number: fills of one nanosecond may lie before and behind steps by hand.
        other.fills = self.fills.without_last(self.simulator.trades - other.simulator.trades)
        other.forked_from = self.forked_from
        other._sample_every(self._interval)
        other.joined = self.joined
        rows = other.simulator.rows
        other.rl_groups = tuple(group for group in self.rl_groups if group.first < rows)
        other._phases = tuple(change for change in self._phases if change.time <= time)
        other._recent = self._recent[self._recent["time"] <= time]
        planned = [e for e in (*self._begun, *self.queued) if e[0] <= time]
        other.queued = [e for e in planned if e[1].start > time]
        other._begun = [e for e in planned if e[1].start <= time]
        other._numbers = self._numbers
        other.ledger = self.ledger.until(time)
        tape = other.simulator.tape
        gone = set(other.ledger.withdrawn_stresses())
        ahead = [
            m
            for m in self.recording.start.tape.marks
            if m.time > time
            and not (isinstance(m.what, StressInjected) and (m.what.kind, m.time) in gone)
        ]
        tape.marks = [m for m in self.simulator.tape.marks if m.time <= time] + ahead
        other.marks = list(tape.marks)
        tape.clear_rows()
        return other

    # -- reading --------------------------------------------------------------------------------

    def limit_samples(self, per_second: float, speed: float) -> None:
        wanted = spacing_for(self.history.spacing, per_second, speed)
        if wanted != self._interval:
            self._sample_every(wanted)

    def _sample_every(self, spacing: float) -> None:
        """Sample at whole multiples of a spacing since the open, from now on."""
        self._interval = spacing
        sample_from_open(self.simulator, spacing)

    def sampler(self) -> MarketSampler:
        """What samples this run again, beside it."""
        return MarketSampler(self.recording, self.reader)

    def collect(self) -> None:
        if len(self.simulator.tape.samples):
            self.history.extend(*self.reader.samples(self.simulator))
        self.marks = list(self.simulator.tape.marks)
        self._keep_recent()
        self._keep_phases()
        self.fills.extend(self.reader.fills(self.simulator))
        self.simulator.tape.clear_rows()

    def _keep_recent(self) -> None:
        rows = self.reader.trades(self.simulator, RECENT_TRADES)
        if len(rows):
            self._recent = np.concatenate([self._recent, rows])[-RECENT_TRADES:]

    def _keep_phases(self) -> None:
        rows = self.reader.phases(self.simulator)
        if rows:
            self._phases = (*self._phases, *rows)[-MOST_PHASES:]

    def watched(self, number: int) -> WatchedTrader | None:
        """Look at the RL trader ``number``; None if there is none."""
        return self.simulator.watched_trader(number)

    def fields(self) -> dict[str, Any]:
        fields = self.reader.fields(self.simulator, self._recent)
        own = fields["own"]
        return fields | {
            "commands": self.ledger.view(
                self.now,
                [(each.kind, each.start) for each in fields["stresses"]],
                {planned.number for _asked, planned, _stress in self.queued},
                set() if own is None else {order.key for order in own.orders},
            ),
            "commands_dropped": self.ledger.dropped,
            "planned": tuple(shown for _asked, shown, _stress in self.queued),
            "forked_from": self.forked_from,
            "phases": self._phases,
            "rl_groups": self.rl_groups,
            "lot": self.reader.lot,
            "fills": self.fills.view(),
        }
