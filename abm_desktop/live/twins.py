"""The same run as it would have been without a command: both computed again over the same time.

One seed is one market, and each trader draws from a stream of its own. So what differs between the
two was brought about by the command alone, in this one market; how it is in general, matched runs
of an experiment tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.live.history import CAPACITY
from abm_desktop.live.ledger import EntryState, LedgerEntry
from abm_desktop.live.packed_run import PackedRun
from abm_desktop.live.recording import Move, Recording, Rewinder
from abm_desktop.live.run_data import RunData
from abm_desktop.live.series import sample_from_open
from abm_desktop.live.spacings import MEASURED, spacings_from
from abm_desktop.live.types import History, MarketSnapshot
from abm_desktop.market.commands import EndStress, Inject, RemoveTraders, SetRule
from abm_desktop.market.state import RL

if TYPE_CHECKING:
    from abm_desktop.live.snapshot_reader import Reader
    from abm_desktop.market.simulator import Simulator

__all__ = ["LEAD", "SCENARIO_TRADERS", "Twin", "can_be_missed", "compute_twin"]

LEAD = 60.0
"""Simulated seconds before the command that are computed too: there the two are one."""
SAMPLES = 25_000
"""Of each run, about; more where that takes samples a second apart."""
SCENARIO_TRADERS = 0
"""Stands for the RL traders that the scenario brings, in place of a number of a command."""
_SAME = 1e-6
"""Seconds within which two times are one."""


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """A run, and the same without one of its commands."""

    left: float
    """When the command began, seconds: up to then they are the same."""
    right: float
    original: PackedRun
    """From :data:`LEAD` before ``left`` on, as is the other."""
    other: PackedRun
    refused: int
    """Later commands that the other market did not take, such as one on an order it never had."""


def can_be_missed(entry: LedgerEntry, now: float) -> bool:
    """Whether there is a run without this command to compare with."""
    return entry.begins < now and entry.state not in (EntryState.TAKEN_BACK, EntryState.QUEUED)


def compute_twin(
    recording: Recording, reader: Reader, live: MarketSnapshot, entry: LedgerEntry | None
) -> Twin:
    """Compute both runs from before the command to the time of ``live``.

    Args:
        recording: the run.
        reader: reads markets of it.
        live: a snapshot of it; the runs end at its time.
        entry: the command to leave out; None: the RL traders of the scenario, from the open on.
    """
    left = 0.0 if entry is None else max(0.0, entry.begins)
    begin = max(0.0, left - LEAD)
    both = []
    refused = 0
    for without in (False, True):
        simulator, refused = _run(recording, begin, live.time, entry, without)
        data = _data(simulator, reader, live)
        del simulator  # or there would be two markets with their tapes at once
        both.append(PackedRun.of(data))
        del data
    return Twin(left, live.time, both[0], both[1], refused)


def _run(
    recording: Recording, begin: float, until: float, entry: LedgerEntry | None, without: bool
) -> tuple[Simulator, int]:
    """The market at the end, its tape begun at ``begin``, and how many commands it refused."""
    rewinder = Rewinder(recording)
    simulator = rewinder.go_to(begin) if begin > 0.0 else rewinder.simulator
    simulator.tape.clear_rows()
    sample_from_open(simulator, _spacing(until - begin))
    if without:
        _take_away(simulator, entry)
    refused = 0
    for move in recording.moves_from(rewinder.applied, math.inf):
        if move.time > until:
            break
        kept = _kept(move, entry) if without else move
        if kept is None:
            continue
        simulator.run_until(kept.time)
        try:
            kept.command.apply(simulator)
        except (InputError, UnavailableError):
            if not without:
                raise
            refused += 1
    simulator.run_until(until)
    return simulator, refused


def _spacing(seconds: float) -> float:
    return next(spacings_from(max(min(seconds / SAMPLES, MEASURED), seconds / CAPACITY)))


def _take_away(simulator: Simulator, entry: LedgerEntry | None) -> None:
    """Take out of the market what no command has brought: what is written in its scenario."""
    if entry is None:
        rows = np.flatnonzero(simulator.agents["kind"] == RL)
        if len(rows):
            simulator.remove_policy_traders(range(int(rows[0]), int(rows[-1]) + 1))
    elif entry.is_written and isinstance(entry.command, Inject):
        simulator.end_stress(entry.command.stress.type, entry.begins)
    elif entry.is_written and isinstance(entry.command, SetRule):
        simulator.set_intervention(entry.command.rule, on=False)


def _kept(move: Move, entry: LedgerEntry | None) -> Move | None:
    """The move as it is in the market without the command; None if it is not in it."""
    if entry is None:
        return move
    command, missed = move.command, entry.command
    if isinstance(missed, Inject):
        if isinstance(command, EndStress):
            ended = command.kind == missed.stress.type
            return None if ended and abs(command.start - entry.begins) < _SAME else move
        is_it = (
            isinstance(command, Inject)
            and command.stress == missed.stress
            and abs(move.time - entry.begins) < _SAME
        )
        return None if is_it else move
    if isinstance(command, RemoveTraders) and entry.rows is not None:
        first, count = entry.rows
        if command.first == first:
            return None
        # Those who came later stand in the rows of those who never came.
        shift = count if command.first > first else 0
        return Move(
            move.time, move.end, command.model_copy(update={"first": command.first - shift})
        )
    # The list of commands and the recording hold the same objects.
    return None if command is missed else move


def _data(simulator: Simulator, reader: Reader, live: MarketSnapshot) -> RunData:
    columns, inventory, pnl = reader.samples(simulator)
    return RunData(
        live.source,
        live.seed,
        False,
        live.tick_size,
        live.lot,
        History(**columns, class_inventory=inventory, class_pnl=pnl),
        reader.fills(simulator),
    )
