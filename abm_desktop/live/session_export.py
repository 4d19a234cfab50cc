"""A session as files: its market is made again bit by bit, with every row, and written down.

Made for a process beside the one that runs the session: it takes as long as the market took, at
full speed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from abm_desktop.inputs import InputError
from abm_desktop.live.refusals import OnlyReplay, RefusedError
from abm_desktop.live.session_record import SessionRecord
from abm_desktop.lobster_files import MOST_LEVELS
from abm_desktop.market.commands import ChangePopulation, Inject, SetRule
from abm_desktop.scenario.base import Model
from abm_desktop.scenario.checked import scenario_from_dict
from abm_desktop.scenario.models import Scenario
from abm_desktop.scenario.quantity import Quantity

__all__ = ["SessionExport", "export_session", "scenario_of"]

TRADERS = "the traders"
"""What :func:`scenario_of` calls a change of the population."""

_PIECE = 1.0
"""Seconds run at once: changes of phase are fetched after each."""


class SessionExport(Model):
    """What is to be written, and how."""

    form: Literal["parquet", "lobster"] = Field("parquet", description="kind of files")
    messages: bool = Field(
        False, title="Every message", description="also every event of the book (Parquet)"
    )
    sample_interval: Annotated[float, Quantity(0.01, 3600.0, unit="s")] = Field(
        1.0,
        title="Samples every",
        description="simulated time between two rows of samples (Parquet)",
    )
    levels: Annotated[int, Quantity(1, MOST_LEVELS)] = Field(
        10, title="Levels of a side", description="price levels in the orderbook file (LOBSTER)"
    )


def export_session(
    record: SessionRecord,
    folder: Path,
    wanted: SessionExport,
    tell: Callable[[float, str], object] = lambda _share, _doing: None,
    *,
    overwrite: bool = False,
) -> dict[str, int]:
    """Write a session into ``folder``; returns the rows of each file by its name.

    Args:
        record: what the session was.
        folder: appears whole or not at all.
        wanted: what is to be written.
        tell: is called with the share done and what is done.
        overwrite: earlier files of the same kind may be replaced; a folder with others never is.

    Raises:
        RefusedError: for a replay: its files are there already.
        InputError: if the market did not come out the same, or cannot be written so.
        TakenError: if the folder is taken.
        OSError: as writing does.
    """
    from abm_desktop.lobster_files import write_lobster
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.tape_files import write_tape

    if record.replay:
        raise RefusedError(OnlyReplay())
    as_lobster = wanted.form == "lobster"
    simulator = Simulator(
        scenario_from_dict(record.scenario),
        record.seed,
        sample_interval=wanted.sample_interval,
        record_messages=as_lobster or wanted.messages,
    )
    simulator.warm_up()
    simulator.begin_tape()

    def go_to(time: float) -> None:
        while simulator.now < time:
            simulator.run_until(min(time, simulator.now + _PIECE))
            tell(0.9 * simulator.now / record.time, "computing the session again")

    for at, command in record.moves():
        go_to(at)
        command.apply(simulator)
    go_to(record.time)
    if simulator.checksum() != record.checksum:
        raise InputError("the session came out differently", remedy="please report it")
    tell(0.9, "writing")
    if as_lobster:
        written = write_lobster(simulator, folder, levels=wanted.levels, overwrite=overwrite)
    else:
        written = write_tape(simulator, folder, overwrite=overwrite)
    return {path.name: rows for path, rows in written.items()}


def scenario_of(record: SessionRecord) -> tuple[Scenario, int, tuple[str, ...]]:
    """The scenario that a session was made from, with stresses, rules and traders given by hand.

    Stresses come at their times, those too that still wait for theirs. Rules and traders are as
    they stand now, from before the open on: they have seen the warm-up, which those set by hand
    have not, so that the market need not be the session's to the last tick. Also returns how many
    of its commands no scenario can tell (orders, traders loaded by hand), and the names of what
    was set after the open, which a scenario cannot wait with.

    Raises:
        RefusedError: for a replay, which has no scenario.
        InputError: if the record holds none.
    """
    if record.replay:
        raise RefusedError(OnlyReplay())
    scenario = scenario_from_dict(record.scenario)
    values = scenario.model_dump(mode="json")
    rules, stresses = values["interventions"], values["stress"]
    told, late = 0, []
    for at, command in record.moves(Inject, SetRule, ChangePopulation):
        told += 1
        if isinstance(command, Inject):
            begins = at if command.at is None else command.at
            stresses.append(command.stress.model_dump(mode="json") | {"at": begins})
        elif isinstance(command, SetRule):
            had = rules[command.rule] or {}
            rules[command.rule] = had | command.values | {"on": command.on}
            if at > 0.0 and command.rule not in late:
                late.append(command.rule)
        elif isinstance(command, ChangePopulation):
            given = command.scenario.model_dump(mode="json")
            values["population"], values["rl"] = given["population"], given["rl"]
            if at > 0.0 and TRADERS not in late:
                late.append(TRADERS)
    stresses += [plan["stress"] | {"at": plan["start"]} for plan in record.planned]
    made = scenario_from_dict(values | {"seed": record.seed})
    return made, len(record.commands) - told, tuple(late)
