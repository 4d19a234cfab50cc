"""A recorded day as the order flow of a market in which others can trade as well.

A scenario whose ``recording`` names a day has no traders of its own population: the record is one
account that does to the book what the day did (:mod:`.recorded_flow`). Orders by hand, stress
events that send orders, and RL traders meet it there.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import InputError, shown
from abm_desktop.market.flow_kinds import EXECUTE, EXECUTE_HIDDEN
from abm_desktop.market.recorded.reading import read_recording
from abm_desktop.market.recorded_operations import ENTERS, EXECUTES, HIDDEN_TRADE, RESTS, STATUS
from abm_desktop.market.replay import Replay
from abm_desktop.market.state import BUY, HALTED, SELL
from abm_desktop.readers import RecordingError
from abm_desktop.readers.files import split_place

if TYPE_CHECKING:
    from abm_desktop.market.order_flow import OrderFlow
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.errors import Problem

__all__ = [
    "DIFFERENCES",
    "RecordedDay",
    "check_simulated",
    "day_of",
    "recorded_day",
    "recorded_scenario",
    "with_its_day",
]

DIFFERENCES = ("orders_left_behind", "cancels_that_found_nothing", "lots_that_found_nothing")
"""What ``recorded_differences`` counts."""

_NANO = 1_000_000_000
_LEAST_LADDER, _USUAL_LADDER = 1 << 10, 1 << 18
"""Price levels; up to the second all prices of a day are kept, however far away."""
_LEAST_TICKS = 100
_LEAST_ORDERS, _MOST_ORDERS = 1 << 13, 1 << 20
_FIRST_SECONDS = 300
_KEPT = 2
"""Days that are kept in memory, read and worked out."""


@dataclass(frozen=True)
class RecordedDay:
    """One stock and day, ready for a market."""

    name: str
    operations: np.ndarray
    """OPERATION (1, n); nobody may write to it."""
    numbers: int
    """Numbers that the orders of the record have at a time, and so the most that rest at once."""
    tick_size: float
    """Currency: the largest of which all prices are multiples."""
    start_price: float
    start: float
    """Time of day at which the market's clock is 0: the whole second of the first message."""
    session: float
    """Seconds from then to the last message, rounded up."""
    volume: int
    """Shares that traded."""
    first_volatility: float
    """Of the mid in its first minutes, ticks per root second; a market begins with it."""
    ladder_ticks: int
    notes: tuple[str, ...]
    """What is otherwise than in the file, in words."""

    @property
    def digest(self) -> str:
        """Of all that happens in it, 16 hexadecimal digits: the same for a copy of the file."""
        return hashlib.sha256(self.operations.tobytes()).hexdigest()[:16]

    def scenario(self, recording: str, of: Scenario | None = None) -> Scenario:
        """The market of this day, with the stresses, RL traders and rules of another scenario."""
        from abm_desktop.scenario import Activity, Fundamental, Market, Scenario
        from abm_desktop.scenario.population import empty_population
        from abm_desktop.scenario.reading import checked

        of = of or Scenario(name=self.name, description=f"The recorded day {self.name}.")
        wanted = max(_LEAST_ORDERS, 1 << (2 * self.numbers).bit_length())
        market = Market(
            tick_size=self.tick_size,
            start_price=self.start_price,
            lot=1,
            ladder_ticks=self.ladder_ticks,
            warm_up=0.0,
            session=self.session,
            average_daily_volume=float(max(self.volume, 1)),
            collar=of.market.collar,
            max_orders=min(wanted, _MOST_ORDERS),
            self_trade_prevention=of.market.self_trade_prevention,
        )
        values: dict[str, Any] = {name: getattr(of, name) for name in Scenario.model_fields}
        values |= {
            "recording": recording,
            "market": market,
            "population": empty_population(),
            "activity": Activity(sigma_reference=self.first_volatility),
            "fundamental": Fundamental(volatility=0.0, session_volatility=0.0, jump_rate=0.0),
        }
        made: Scenario = checked(Scenario, values)
        return made

    def late(self, scenario: Scenario) -> list[Problem]:
        """What is wrong with stresses that would begin after the last message."""
        from abm_desktop.scenario.errors import Problem

        return [
            Problem(
                None,
                f"stress[{index}].at",
                f"is {event.at:g} s, after the end of the recording at {self.session:g} s",
                "choose an earlier time",
            )
            for index, event in enumerate(scenario.stress)
            if event.at >= self.session
        ]


def day_of(flow: OrderFlow) -> RecordedDay:
    """Work out what a day's order flow does to a book, order by order.

    Raises:
        RecordingError: if it cannot be put on a ladder of prices.
    """
    replay = Replay(flow)
    operations, prices = replay.operations()
    unit = int(np.gcd.reduce(prices)) if len(prices) else 1
    volatility = _first_volatility(replay) * flow.scale / unit
    replay.reset()
    of_order = operations["order"] >= 0
    operations["price"][of_order] = (prices // unit)[operations["price"][of_order] - 1]
    rows = operations["row"]
    paid = flow.price if flow.traded_at is None else flow.traded_at
    for kind in (EXECUTES, HIDDEN_TRADE):
        traded = operations["kind"] == kind
        operations["paid"][traded] = np.rint(paid[rows[traded]] / unit)
    hidden = operations["kind"] == HIDDEN_TRADE
    operations["price"][hidden] = operations["paid"][hidden]
    status = operations["kind"] == STATUS
    operations["price"][status] = flow.price[rows[status]]
    # A row about a halt may say something else than that trading stops or goes on.
    operations = operations[~status | (np.abs(operations["price"]) <= 1)]
    if replay.phase_number == HALTED:
        first = np.zeros(1, operations.dtype)
        first["kind"], first["row"], first["order"] = STATUS, -1, -1
        operations = np.concatenate([first, operations])
    time = np.maximum.accumulate(flow.time)
    start = int(time[0]) // _NANO * _NANO
    operations["time"] = np.maximum(time[np.maximum(operations["row"], 0)] - start, 0)
    operations["time"][operations["row"] < 0] = 0
    begins = _first_mid(operations)
    if begins is None:
        raise RecordingError(
            "never has a bid and an ask at once: nobody can trade there", path=flow.source
        )
    if begins < _LEAST_TICKS:
        raise RecordingError(
            f"begins at {begins} steps of {unit / flow.scale:g}, and a market needs {_LEAST_TICKS}",
            path=flow.source,
            remedy="use `abm-desktop replay`",
        )
    operations, ladder, left_out = _on_ladder(operations, begins)
    notes = flow.notes
    if left_out:
        highest = (ladder - 2) * unit / flow.scale
        notes += (f"{left_out:,} orders at more than {highest:,.2f} are left out",)
    operations = np.ascontiguousarray(operations[None])
    traded = (flow.kind == EXECUTE) | (flow.kind == EXECUTE_HIDDEN)
    return RecordedDay(
        name=flow.name,
        operations=operations,
        numbers=int(operations["order"].max(initial=0)) + 1,
        tick_size=unit / flow.scale,
        start_price=round(begins * unit / flow.scale, 10),
        start=start / _NANO,
        session=float(max(math.ceil((int(time[-1]) - start) / _NANO), 1)),
        volume=int(flow.size[traded].sum(dtype=np.int64)),
        first_volatility=float(np.clip(volatility, 0.1, 1000.0)),
        ladder_ticks=ladder,
        notes=notes,
    )


def _first_volatility(replay: Replay) -> float:
    """Standard deviation of the changes of the mid from second to second, currency."""
    mids = []
    for second in range(_FIRST_SECONDS):
        replay.step_to(replay.start + second)
        mids.append(replay.mid)
        if replay.done:
            break
    changes = np.diff(mids)
    changes = changes[np.isfinite(changes)]
    return float(np.sqrt(np.mean(changes**2))) if len(changes) else 0.0


def _first_mid(operations: np.ndarray) -> int | None:
    """Ticks in the middle of the first book that has two sides; None if there is none."""
    best: dict[int, dict[int, int]] = {BUY: {}, SELL: {}}
    last = None
    for operation in operations:
        row = int(operation["row"])
        if row != last and best[BUY] and best[SELL]:
            break
        last = row
        if operation["order"] < 0:
            continue
        here = best[int(operation["side"])]
        if operation["is_last"]:
            here.pop(int(operation["order"]), None)
        elif operation["kind"] in (RESTS, ENTERS):
            here[int(operation["order"])] = int(operation["price"])
    if not best[BUY] or not best[SELL]:
        return None
    return (max(best[BUY].values()) + min(best[SELL].values())) // 2


def _on_ladder(operations: np.ndarray, begins: int) -> tuple[np.ndarray, int, int]:
    """The operations at prices that a market holds, its levels, and the orders left out."""
    ordered = operations["order"] >= 0
    highest = int(operations["price"][ordered].max(initial=0))
    ladder = _LEAST_LADDER
    while ladder < max(2 * begins + 2, highest + 2) and ladder < _USUAL_LADDER:
        ladder *= 2
    while ladder < 4 * begins and ladder < highest + 2:
        ladder *= 2
    beyond = ordered & (operations["price"] > ladder - 2)
    left_out = int((beyond & np.isin(operations["kind"], (RESTS, ENTERS))).sum())
    return operations[~beyond], ladder, left_out


def recorded_day(recording: Path | str) -> RecordedDay:
    """Read a recorded day, or take it from memory if its files are as they were.

    Args:
        recording: as of :func:`.recorded.reading.read_recording`; a stock or day of several is
            named after the file.

    Raises:
        RecordingError: naming the file, what is wrong and the remedy.
    """
    path = Path(recording).expanduser()
    place, _part = split_place(path)
    try:
        known = place.stat()
    except OSError:
        return day_of(read_recording(path))  # it says what is wrong
    return _read(str(path.absolute()), known.st_mtime_ns, known.st_size)


@lru_cache(maxsize=_KEPT)
def _read(path: str, modified: int, size: int) -> RecordedDay:
    return day_of(read_recording(path))


def recorded_scenario(recording: Path | str, scenario: Scenario | None = None) -> Scenario:
    """The market of a recorded day.

    Args:
        recording: see :func:`recorded_day`.
        scenario: whose stresses, RL traders, rules, collar, self-trade prevention and seed it has.
            Steps and levels of prices, session and population are the day's.

    Raises:
        InputError: for what is no path or no scenario.
        RecordingError: if it cannot be read, or is no order flow that others can trade in.
        ScenarioError: if a stress begins after the end of the day.
    """
    from abm_desktop.scenario import Scenario

    if (
        not isinstance(recording, str | Path)
        or "\0" in str(recording)
        or not str(recording).strip()
    ):
        raise InputError(
            f"must be the path of a recording, not {shown(recording)}", key="recording"
        )
    if scenario is not None and not isinstance(scenario, Scenario):
        raise InputError(f"must be a Scenario, not {shown(scenario)}", key="scenario")
    day = recorded_day(recording)
    found = day.scenario(str(recording), scenario)
    _tell(day.late(found))
    return found


def with_its_day(scenario: Scenario) -> Scenario:
    """A scenario that names a recording with the prices and session of its day; others as is.

    Raises:
        RecordingError: if it cannot be read, or is no order flow that others can trade in.
        ScenarioError: that tells all of it, if the scenario has prices, a session or a value of its
            own beside it, or a stress that begins after its end.
    """
    if not getattr(scenario, "recording", ""):
        return scenario
    day = recorded_day(scenario.recording)
    found = day.scenario(scenario.recording, scenario)
    _tell(_beside(scenario, found) + day.late(found))
    return found


def _tell(problems: list[Problem]) -> None:
    from abm_desktop.scenario.errors import ScenarioError

    if problems:
        raise ScenarioError(None, problems)


def _beside(scenario: Scenario, found: Scenario) -> list[Problem]:
    """What a scenario says and its recorded day says otherwise.

    Nobody can tell a key that has its usual value from one that was left out.
    """
    from abm_desktop.scenario.errors import Problem

    told = []
    for section in ("market", "fundamental", "activity"):
        own, days = getattr(scenario, section), getattr(found, section)
        usual = type(own)()
        for name in type(own).model_fields:
            value, theirs = getattr(own, name), getattr(days, name)
            # Numbers of a day that an earlier version wrote may differ in their last digits.
            same = value == theirs or (
                isinstance(value, float) and math.isclose(value, theirs, rel_tol=1e-9)
            )
            if not same and value != getattr(usual, name):
                told.append(
                    Problem(
                        None,
                        f"{section}.{name}",
                        f"is {value}, and the recording has {theirs}, which cannot be changed",
                        f"leave {name} out, or recording",
                    )
                )
    return told


def check_simulated(scenario: Scenario, key: str = "scenario") -> None:
    """Raise :class:`InputError` for a recorded day where markets that differ by seed are needed.

    Whatever the seed, the recorded traders do the same: sessions of it are no sample of anything.
    """
    if scenario.recording:
        raise InputError(
            "is a recorded day, which is the same for every seed: there is one of it",
            key=key,
            remedy="take a simulated market, such as one calibrated to the day "
            "(abm-desktop calibrate)",
        )
