"""Any recording of order flow that the program knows, whatever its format."""

from __future__ import annotations

from pathlib import Path

from abm_desktop.market.lobster import read_order_flow
from abm_desktop.market.order_flow import OrderFlow
from abm_desktop.readers import RecordingError
from abm_desktop.readers.databento import contents
from abm_desktop.readers.files import how_to_choose, split_place
from abm_desktop.readers.formats import format_of, mapping_of, refuse_strangers
from abm_desktop.readers.itch import stocks
from abm_desktop.readers.streams import Source

__all__ = ["read_recording"]


def read_recording(path: Path | str, part: str | None = None) -> OrderFlow:
    """Read one stock and day out of a file, a folder or an archive.

    Args:
        path: LOBSTER's two files (see :func:`.lobster.read_order_flow`), a day of NASDAQ ITCH 5.0,
            a Databento file of market by order, or a CSV file with a mapping file beside it. A path
            may go on after the file with the part: ``day.itch.gz/AAPL``.
        part: which stock, instrument or day of several.

    Raises:
        RecordingError: naming the file, what is wrong and the remedy.
    """
    path = Path(path).expanduser()
    place, named = split_place(path)
    part = part or named
    kind = format_of(place)
    if kind == "itch":
        return _itch(place, part, path)
    if kind == "databento":
        from abm_desktop.market.recorded.databento import read_databento

        if not part and len(symbols := list(contents(place).symbols)) > 1:
            raise _choose(place, symbols)
        return read_databento(place, part, path)
    if kind == "mapped" and (mapping := mapping_of(place)) is not None:
        from abm_desktop.market.recorded.mapped_csv import read_mapped

        return read_mapped(place, mapping)
    refuse_strangers(place)
    return read_order_flow(path, part or None)


def _itch(place: Path, part: str, path: Path) -> OrderFlow:
    from abm_desktop.market.recorded.itch import read_itch

    source = Source(place)
    if not part:
        there = stocks(source)
        if len(there) != 1:
            raise _choose(place, there)
        part = there[0]
    return read_itch(source, part, path)


def _choose(place: Path, there: list[str]) -> RecordingError:
    remedy = how_to_choose(place, there)
    return RecordingError(f"holds {len(there):,} stocks", path=place, remedy=remedy)
