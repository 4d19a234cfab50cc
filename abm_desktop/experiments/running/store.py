"""If an experiment's runs are kept: Parquet parts with an SQLite index, in one folder.

::

    <folder>/
        index.sqlite            what the experiment is, its cells, which runs are done and where
        runs/part-000001.parquet      measures, one row a run
        paths/part-000001.parquet     paths around the shock of some runs
        experiment.toml         the file as it was, for people
        report/                 written last

A finished run is put into the index at once, in one transaction, so that nothing that was counted
is lost, whenever the program is killed. From time to time the runs that wait there are written as a
Parquet part: beside, then renamed, then noted in the index. A part that the index does not know is
left over from a crash, and removed. One program at a time writes; a lock sees to it.

The index has the SHA-256 of every part. A part that is gone or is not as it was written is never
read: whoever opens the results to add runs makes its runs again, whoever looks is told its path.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from filelock import FileLock, Timeout

from abm_desktop.data_files import DataFileError, digest_of, read_parquet, write_parquet
from abm_desktop.experiments.running.cells import Cell, Plan
from abm_desktop.experiments.running.market_runs import Run
from abm_desktop.experiments.running.pilot import ExperimentError
from abm_desktop.experiments.statements import (
    AnotherRunsIt,
    FolderUnwritable,
    IndexUnusable,
    NoResults,
    OtherResults,
    PartDamaged,
)
from abm_desktop.whole_files import write_whole

__all__ = ["ROWS_PER_PART", "Store"]

ROWS_PER_PART = 512
"""Runs in a part; fewer in the last one."""

_KEYS = ("cell", "seed", "fork")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cells (
    number INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, factors TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS runs (
    cell TEXT NOT NULL, seed INTEGER NOT NULL, fork INTEGER NOT NULL,
    seconds REAL NOT NULL, alarms TEXT NOT NULL,
    part TEXT, waiting TEXT, path_part TEXT, waiting_path TEXT,
    PRIMARY KEY (cell, seed, fork)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting_runs ON runs (cell) WHERE part IS NULL;
CREATE TABLE IF NOT EXISTS faults (
    at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, seed INTEGER, what TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stylised_facts (cell TEXT PRIMARY KEY, rows TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS parts (file TEXT PRIMARY KEY, sha256 TEXT NOT NULL);
"""


class Store:
    """The results of one experiment. Open it with :meth:`open`, or :meth:`read` to look only."""

    def __init__(self, folder: Path, lock: FileLock | None) -> None:
        self.folder = folder
        self._lock = lock
        try:
            self._index = sqlite3.connect(folder / "index.sqlite", isolation_level=None)
            self._index.execute("PRAGMA journal_mode=WAL")
            self._index.execute("PRAGMA synchronous=NORMAL")
            if fault := self._fault_of_index():
                raise sqlite3.DatabaseError(fault)
            self._index.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise ExperimentError(
                IndexUnusable(str(folder / "index.sqlite"), str(error))
            ) from error

    @classmethod
    def open(
        cls, folder: Path, plan: Plan, about: Mapping[str, str], *, fresh: bool = False
    ) -> Store:
        """Open or make the results of ``plan``, to add runs; ``fresh`` removes those there are.

        Raises :class:`ExperimentError` if another program writes there, or if the folder
        holds the results of another experiment.
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(folder / "lock")
            lock.acquire(timeout=0)
        except Timeout as error:
            raise ExperimentError(AnotherRunsIt(str(folder))) from error
        except OSError as error:
            raise ExperimentError(FolderUnwritable(str(folder), str(error.strerror))) from error
        try:
            if fresh:
                _clear(folder)
            store = cls(folder, lock)
            store._begin(plan, about)
        except BaseException:
            lock.release()
            raise
        return store

    @classmethod
    def read(cls, folder: Path) -> Store:
        """Look at results, also while they grow. Raises :class:`ExperimentError` without any."""
        if not (folder / "index.sqlite").is_file():
            raise ExperimentError(NoResults(str(folder)))
        return cls(folder, None)

    def _fault_of_index(self) -> str:
        """What SQLite finds wrong with its own file; "" if nothing."""
        (answer,) = self._index.execute("PRAGMA quick_check(1)").fetchone()
        return "" if answer == "ok" else str(answer)

    def _begin(self, plan: Plan, about: Mapping[str, str]) -> None:
        digest, found = plan.digest(), self.about("digest")
        if found is not None and found != digest:
            raise ExperimentError(OtherResults(str(self.folder)))
        with self._transaction():
            for key, value in {"digest": digest, "file_text": plan.file_text, **about}.items():
                self.note(key, value)
            for number, cell in enumerate(plan.cells):
                self._index.execute(
                    "INSERT OR REPLACE INTO cells VALUES (?, ?, ?)",
                    (number, cell.key, json.dumps(cell.columns())),
                )
        write_whole(self.folder / "experiment.toml", plan.file_text)
        self._forget_damaged()
        self._remove_leftovers()

    def close(self) -> None:
        """Write what waits as Parquet, and let others write."""
        if self._lock is not None:
            self.write_parts(all_of_them=True)
        self._index.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- writing ---------------------------------------------------------------------------------

    def add(self, run: Run) -> None:
        """Keep a finished run; when this returns, it survives the end of the program."""
        path = json.dumps(run.path) if run.path is not None else None
        self._index.execute(
            "INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, NULL, ?, NULL, ?)",
            (
                run.cell,
                run.seed,
                run.fork,
                run.seconds,
                json.dumps(run.alarms),
                json.dumps(run.values),
                path,
            ),
        )

    def add_fault(self, seed: int | None, what: str) -> None:
        """Note that a worker was lost, or failed, and its market is run again."""
        self._index.execute("INSERT INTO faults (seed, what) VALUES (?, ?)", (seed, what))

    def note(self, key: str, value: str) -> None:
        """Note something of the experiment as a whole, for :meth:`about`."""
        self._index.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (key, value))

    def add_facts(self, cell: str, rows: list[dict[str, Any]]) -> None:
        """Keep the check of stylised facts of a cell."""
        self._index.execute(
            "INSERT OR REPLACE INTO stylised_facts VALUES (?, ?)", (cell, json.dumps(rows))
        )

    def write_parts(self, all_of_them: bool = False) -> None:
        """Write the runs that wait as Parquet, if they fill a part; ``all_of_them`` any way."""
        self._write("part", "waiting", "runs", ROWS_PER_PART if not all_of_them else 1)
        self._write(
            "path_part", "waiting_path", "paths", ROWS_PER_PART // 4 if not all_of_them else 1
        )

    def _write(self, column: str, waiting: str, folder: str, least: int) -> None:
        rows = self._index.execute(
            f"SELECT cell, seed, fork, {waiting} FROM runs WHERE {waiting} IS NOT NULL "
            "ORDER BY seed, fork, cell"
        ).fetchall()
        if len(rows) < least:
            return
        table = pa.Table.from_pandas(_frame_of(rows, folder), preserve_index=False)
        numbers = [int(p.stem.split("-")[1]) for p in (self.folder / folder).glob("part-*.parquet")]
        name = f"part-{max(numbers, default=0) + 1:06d}.parquet"
        target = self.folder / folder / name
        write_parquet(table, target)
        with self._transaction():
            self._index.execute(
                "INSERT OR REPLACE INTO parts VALUES (?, ?)",
                (f"{folder}/{name}", digest_of(target)),
            )
            self._index.executemany(
                f"UPDATE runs SET {column} = ?, {waiting} = NULL "
                "WHERE cell = ? AND seed = ? AND fork = ?",
                [(name, cell, seed, fork) for cell, seed, fork, _ in rows],
            )

    def _forget_damaged(self) -> None:
        """Take the runs of damaged parts out of the index, so that they are made again."""
        for folder, column in (("runs", "part"), ("paths", "path_part")):
            for name in self._parts(column):
                try:
                    self._read_part(folder, name)
                except DataFileError as error:
                    with self._transaction():
                        self._index.execute(f"DELETE FROM runs WHERE {column} = ?", (name,))
                        told = [*self.damaged(), f"{error.path}: {error.message}"]
                        self.note("damaged", json.dumps(told))

    def _parts(self, column: str) -> list[str]:
        """Names of the parts that runs are in."""
        rows = self._index.execute(
            f"SELECT DISTINCT {column} FROM runs WHERE {column} IS NOT NULL ORDER BY {column}"
        )
        return [name for (name,) in rows]

    def _read_part(self, folder: str, name: str) -> pd.DataFrame:
        """A part, if it is as it was written. Raises :class:`DataFileError`."""
        row = self._index.execute(
            "SELECT sha256 FROM parts WHERE file = ?", (f"{folder}/{name}",)
        ).fetchone()
        table = read_parquet(self.folder / folder / name, digest=row[0] if row else None)
        return table.to_pandas()

    def _remove_leftovers(self) -> None:
        for folder, column in (("runs", "part"), ("paths", "path_part")):
            known = {name for (name,) in self._index.execute(f"SELECT DISTINCT {column} FROM runs")}
            for file in (self.folder / folder).glob("*part-*"):
                if file.name not in known:
                    with suppress(OSError):
                        file.unlink()

    def _transaction(self) -> _Transaction:
        return _Transaction(self._index)

    # -- reading ---------------------------------------------------------------------------------

    def about(self, key: str) -> str | None:
        """What is noted of the experiment as a whole: digest, file_text, version, revision."""
        row = self._index.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def done(self) -> set[tuple[str, int, int]]:
        """(cell, seed, fork) of every finished run."""
        return set(self._index.execute("SELECT cell, seed, fork FROM runs"))

    def count(self) -> tuple[int, float]:
        """How many runs are finished, and how many seconds of a core they took together."""
        row = self._index.execute("SELECT COUNT(*), TOTAL(seconds) FROM runs").fetchone()
        return int(row[0]), float(row[1])

    def faults(self) -> int:
        """How many workers were lost, or failed, so far."""
        (count,) = self._index.execute("SELECT COUNT(*) FROM faults").fetchone()
        return int(count)

    def damaged(self) -> list[str]:
        """Parts that were found damaged so far, in words; their runs were made again."""
        found = self.about("damaged")
        return [str(line) for line in json.loads(found)] if found else []

    def alarms(self) -> int:
        """Runs in which the market raised an alarm."""
        (count,) = self._index.execute(
            "SELECT COUNT(*) FROM runs WHERE alarms NOT IN ('[]')"
        ).fetchone()
        return int(count)

    def facts(self) -> dict[str, list[dict[str, Any]]]:
        """The check of stylised facts, by cell."""
        rows = self._index.execute("SELECT cell, rows FROM stylised_facts").fetchall()
        return {cell: json.loads(text) for cell, text in rows}

    def runs(self, cells: Iterable[Cell], seeds: Iterable[int]) -> pd.DataFrame:
        """Measures with the factors, one row a run, by cell, seed and fork whatever came first."""
        return self._frame("runs", "part", "waiting", cells, seeds)

    def paths(self, cells: Iterable[Cell], seeds: Iterable[int]) -> pd.DataFrame:
        """Paths around the shock of the runs that have one, with the factors."""
        return self._frame("paths", "path_part", "waiting_path", cells, seeds)

    def _frame(
        self, folder: str, part: str, waiting: str, cells: Iterable[Cell], seeds: Iterable[int]
    ) -> pd.DataFrame:
        try:
            frames = [self._known(self._read_part(folder, k), part, k) for k in self._parts(part)]
        except DataFileError as error:
            raise ExperimentError(PartDamaged(str(error.path), error.message)) from error
        rows = self._index.execute(
            f"SELECT cell, seed, fork, {waiting} FROM runs WHERE {waiting} IS NOT NULL"
        ).fetchall()
        if rows:
            frames.append(_frame_of(rows, folder))
        if not frames:
            return pd.DataFrame(columns=list(_KEYS))
        listed = list(cells)
        order = {cell.key: number for number, cell in enumerate(listed)}
        found = pd.concat(frames, ignore_index=True)
        found = found[found["cell"].isin(order) & found["seed"].isin(set(seeds))]
        factors = pd.DataFrame([{"cell": cell.key, **cell.columns()} for cell in listed])
        found = found.assign(_order=found["cell"].map(order)).sort_values(
            ["_order", "seed", "fork"], kind="stable", ignore_index=True
        )
        return factors.merge(found.drop(columns="_order"), on="cell", how="right")

    def _known(self, frame: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
        """The rows of a part that the index has there; one made again lies in another part."""
        known = set(
            self._index.execute(f"SELECT cell, seed, fork FROM runs WHERE {column} = ?", (name,))
        )
        keys = zip(*(frame[key] for key in _KEYS), strict=True)
        return frame[[key in known for key in keys]]


class _Transaction:
    """Everything inside happens, or nothing."""

    def __init__(self, index: sqlite3.Connection) -> None:
        self._index = index

    def __enter__(self) -> None:
        self._index.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        self._index.execute("COMMIT" if kind is None else "ROLLBACK")


def _frame_of(rows: list[tuple[str, int, int, str]], folder: str) -> pd.DataFrame:
    """Waiting runs, or waiting paths, as one table."""
    parsed = [
        ({"cell": cell, "seed": seed, "fork": fork}, json.loads(text))
        for cell, seed, fork, text in rows
    ]
    if folder == "runs":
        return pd.DataFrame([keys | values for keys, values in parsed])
    return pd.concat(
        [pd.DataFrame(values).assign(**keys) for keys, values in parsed], ignore_index=True
    )


def _clear(folder: Path) -> None:
    """Remove results that this process has locked; a folder that holds none stays as it is."""
    if (folder / "index.sqlite").is_file():
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()
