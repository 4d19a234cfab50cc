"""One instrument out of a Databento file of market by order (DBN)."""

from __future__ import annotations

import datetime
import zoneinfo
from pathlib import Path

import numpy as np

from abm_desktop.inputs import shown
from abm_desktop.market.flow_kinds import PRICE_SCALE, UNTOLD
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.market.recorded.events import EARLIEST, EVENT, Happening, flow_of
from abm_desktop.market.records import Records
from abm_desktop.market.state import BUY, SELL
from abm_desktop.readers import RecordingError
from abm_desktop.readers.databento import Contents, records

__all__ = ["read_databento"]

_SCALE = 10**9
"""Units of Databento's prices in one unit of currency."""
_IS_LAST, _SNAPSHOT = 1 << 7, 1 << 5
"""Flags: the last record of an event; the record is part of a picture of the whole book."""
_UNDEFINED = np.iinfo(np.int64).max
_NO_TIME = np.iinfo(np.uint64).max

_WHAT = {
    b"A": Happening.ADDED, b"C": Happening.CANCELLED, b"M": Happening.MODIFIED,
    b"R": Happening.CLEARED, b"T": Happening.TRADED, b"F": Happening.FILLED,
}  # fmt: skip
"""All actions but N, which says nothing of orders."""
_NOTHING = b"N"

_CLOCKS = (
    ("GLBX", "America/Chicago"), ("IFUS", "America/New_York"), ("IFEU", "Europe/London"),
    ("NDEX", "Europe/Amsterdam"), ("XEUR", "Europe/Berlin"), ("XEEE", "Europe/Berlin"),
    ("IFLL", "Europe/London"), ("", "America/New_York"),
)  # fmt: skip
"""Where a dataset's market is, by how its name begins; all others are in the United States."""


def read_databento(path: Path, symbol: str, source: Path) -> OrderFlow:
    """Read one instrument; ``source`` is what to call the file in errors.

    Times are ns after the midnight before it begins, at its exchange.

    Trades without a fill of a visible order are told as those of hidden ones (auctions among them:
    market by order does not tell them apart). Raises :class:`.RecordingError`.
    """
    found: list[Contents] = []

    def wanted(contents: Contents) -> frozenset[int]:
        found.append(contents)
        return _numbers(contents, symbol, path)

    parts = list(records(path, wanted))
    if not parts:
        raise RecordingError(
            f"has no records of {symbol or 'single orders'}", path=path,
            remedy="choose another instrument, or a day on which it was traded",
        )  # fmt: skip
    rows = np.concatenate(parts)
    _check_actions(rows, path)
    several = np.unique(rows["instrument_id"])
    if len(several) > 1 and not _numbers(found[0], symbol, path):
        listed = ", ".join(str(number) for number in several[:8])
        raise RecordingError(
            f"has {len(several):,} instruments, and names none", path=path,
            remedy=f"download one of them by itself: {listed}",
        )  # fmt: skip
    events = _events(rows)
    if not len(events):
        raise RecordingError(
            f"tells nothing of orders in its {len(rows):,} records", path=path,
            remedy="take a day on which the instrument was traded",
        )  # fmt: skip
    scale = _common_scale(events)
    if (early := events["time"] < EARLIEST).any():
        row = int(np.flatnonzero(early)[0])
        raise RecordingError(
            f"event {row + 1:,}, order {int(events['order'][row])}: has no time (ts_event)",
            path=path, remedy="download it again",
        )  # fmt: skip
    start, day, notes = _midnight(int(events["time"][0]), found[0].dataset)
    events["time"] -= start
    name = symbol or next(iter(found[0].symbols), "") or str(several[0])
    return flow_of(events, f"{name} {day}", source, scale=scale, notes=notes)


def _numbers(contents: Contents, symbol: str, path: Path) -> frozenset[int]:
    if not symbol:
        return next(iter(contents.symbols.values())) if len(contents.symbols) == 1 else frozenset()
    by_name = {name.upper(): numbers for name, numbers in contents.symbols.items()}
    if symbol.upper() not in by_name:
        listed = ", ".join(list(contents.symbols)[:8])
        raise RecordingError(f"has no {symbol!r}", path=path, remedy=f"it has {listed}")
    return by_name[symbol.upper()]


def _check_actions(rows: Records, path: Path) -> None:
    strange = ~np.isin(rows["action"], [*_WHAT, _NOTHING])
    if strange.any():
        row = int(np.flatnonzero(strange)[0])
        action = shown(rows["action"][row].decode("ascii", "replace"))
        raise RecordingError(
            f"record {row + 1:,}, order {int(rows['order_id'][row])}: has the action {action}, "
            "which market by order does not know",
            path=path,
            remedy="download it again",
        )


def _events(rows: Records) -> Records:
    rows = rows[np.isin(rows["action"], list(_WHAT))]
    events = np.zeros(len(rows), EVENT)
    for action, what in _WHAT.items():
        events["what"][rows["action"] == action] = what
    # The orders of a snapshot tell when they came; the market that is shown begins with it.
    in_snapshot = (rows["flags"] & _SNAPSHOT) > 0
    received = in_snapshot | (rows["ts_event"] == _NO_TIME)
    events["time"] = np.where(received, rows["ts_recv"], rows["ts_event"]).astype(np.int64)
    events["order"] = events["new_order"] = rows["order_id"].astype(np.int64)
    price = np.where(rows["price"] == _UNDEFINED, 0, rows["price"])
    events["price"] = events["paid"] = price
    events["size"] = rows["size"]
    events["side"] = np.where(rows["side"] == b"B", BUY, SELL)
    events["side"][~np.isin(rows["side"], (b"A", b"B"))] = UNTOLD
    events["is_last"] = (rows["flags"] & _IS_LAST) > 0
    return events


def _common_scale(events: Records) -> int:
    """Divide the prices by what powers of ten they have in common; returns units of a currency."""
    units = int(np.gcd.reduce(events["price"])) if len(events) else 0
    scale = _SCALE
    while scale > PRICE_SCALE and units % 10 == 0:
        scale //= 10
        units //= 10
    for column in ("price", "paid"):
        events[column] //= _SCALE // scale
    return scale


def _midnight(first: int, dataset: str) -> tuple[int, str, tuple[str, ...]]:
    """ns since 1970 of the midnight before, the date, and what is to be told about the clock."""
    place = next(zone for start, zone in _CLOCKS if dataset.startswith(start))
    notes: tuple[str, ...] = ()
    zone: datetime.tzinfo
    try:
        zone = zoneinfo.ZoneInfo(place)
    except zoneinfo.ZoneInfoNotFoundError:
        zone = datetime.UTC
        notes = (f"times are UTC: this machine does not know the clock of {place}",)
    moment = datetime.datetime.fromtimestamp(first / 1e9, zone)
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return round(midnight.timestamp()) * 10**9, midnight.date().isoformat(), notes
