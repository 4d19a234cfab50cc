"""Which kind of recording a file is, by its first bytes and its name; strangers by their names."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Literal

from abm_desktop.readers import RecordingError
from abm_desktop.readers.databento import is_dbn
from abm_desktop.readers.itch import is_bare_itch, is_itch

__all__ = ["MAPPING_SUFFIX", "Format", "format_of", "mapping_of", "refuse_strangers"]

Format = Literal["lobster", "itch", "databento", "mapped"]
MAPPING_SUFFIX = ".mapping.toml"
"""A CSV file of any columns is read with a file of this name beside it: docs/recordings.md."""
_HEAD = 4096

_READS = (
    "ABM Desktop reads LOBSTER, NASDAQ ITCH 5.0, Databento MBO (.dbn), and any CSV file of single "
    f"orders with a NAME{MAPPING_SUFFIX} beside it"
)
_BYTES = (
    (b"PAR1", "a Parquet file"),
    (b"\xd4\xc3\xb2\xa1", "a capture of network packets (pcap)"),
    (b"\xa1\xb2\xc3\xd4", "a capture of network packets (pcap)"),
    (b"\x4d\x3c\xb2\xa1", "a capture of network packets (pcap)"),
    (b"\x0a\x0d\x0d\x0a", "a capture of network packets (pcapng)"),
    (b"\x89HDF", "an HDF5 file"),
    (b"ARROW1", "an Arrow file"),
    (b"dbz", "a file of Databento's older kind (DBZ): convert it to DBN"),
)
_HEADERS = (
    ("id,timestamp,exchange.timestamp,price,volume,action,direction", "a Bitstamp event file"),
    ("exchange,symbol,timestamp,local_timestamp,is_snapshot,side,price,amount",
     "a Tardis file of book levels, which does not tell single orders"),
    ("exchange,symbol,timestamp,local_timestamp", "a Tardis file"),
    ("ts_recv,ts_event,rtype,publisher_id", "a Databento CSV file: download the day as DBN"),
    ("ts_event,rtype,publisher_id", "a Databento CSV file: download the day as DBN"),
    ("agg_trade_id,", "a Binance file of trades, which does not tell orders"),
    ("trade_id,price,qty", "a Binance file of trades, which does not tell orders"),
    ("update_id,best_bid_price", "a Binance file of best prices, which does not tell orders"),
    ("date,time_m,", "a TAQ file, which does not tell orders"),
    ("date,open,high,low,close", "a file of daily prices, which does not tell orders"),
)  # fmt: skip


def format_of(path: Path) -> Format:
    """Which reader a file needs; LOBSTER's for what no other knows, folders and archives too."""
    if mapping_of(path) is not None:
        return "mapped"
    head = _head(path)
    if is_dbn(head):
        return "databento"
    return "itch" if is_itch(head) else "lobster"


def mapping_of(path: Path) -> Path | None:
    """The mapping file beside a CSV file, if there is one: day.csv.gz has day.mapping.toml."""
    name = path.name.removesuffix(".gz")
    for stem in (name.rpartition(".")[0], name):
        mapping = path.with_name(stem + MAPPING_SUFFIX)
        if stem and mapping != path and mapping.is_file() and path.is_file():
            return mapping
    return None


def refuse_strangers(path: Path) -> None:
    """Raise :class:`.RecordingError` naming the kind of a file that is known and not read."""
    head = _head(path)
    if path.is_file() and not head and path.stat().st_size == 0:
        raise RecordingError("is empty", path=path, remedy="download it again")
    first = head.split(b"\n", 1)[0].decode("utf-8", "replace").replace('"', "").strip().lower()
    what = next((what for magic, what in _BYTES if head.startswith(magic)), None)
    if what is None and is_bare_itch(head):
        what = "ITCH 5.0 without two bytes of length before each message"
    if what is None:
        what = next((what for start, what in _HEADERS if first.startswith(start)), None)
    if what is not None:
        raise RecordingError(f"is {what}", path=path, remedy=_READS)


def _head(path: Path) -> bytes:
    """The first bytes of a file, unpacked if it is gzipped; none of what cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if head[:2] != b"\x1f\x8b":
                return head
            file.seek(0)
            with gzip.GzipFile(fileobj=file) as unpacked:
                return unpacked.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        return b""
