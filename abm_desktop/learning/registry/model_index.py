"""The index of the model folders: one SQLite file, made again from the folders whenever it differs.

The folders are the truth. Every question first compares their metadata files with what the index
last saw of them (time, size and number of the file); what changed is read again, what is gone is
forgotten. So the index can be deleted at any time, and a folder copied in by hand is found. Where
the index cannot be written it is kept in memory.

The table ``models`` may be read with any SQLite tool::

    sqlite3 models.sqlite "select name, algorithm, reward_mean, accepted from models"
"""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from abm_desktop.plain_json import parse_json

VERSION = 2
"""Of the tables below; an index of another version is made anew."""

_COLUMNS = (
    "name", "algorithm", "scenario", "created", "iterations", "env_steps", "reward_mean", "seed",
    "status", "version", "git", "parent", "role",
)  # fmt: skip
_BUSY_SECONDS = 5.0

_TABLES = f"""
create table models (
    root text not null, stamp text not null, {", ".join(_COLUMNS)},
    accepted integer, tags text not null, meta text not null, primary key (root, name)
);
create table tags (root text not null, name text not null, tag text not null);
create index tags_of on tags (root, name);
"""

log = logging.getLogger("abm_desktop.learning.registry.model_index")

Reader = Callable[[Path], Mapping[str, Any] | None]
"""Gives the values of a folder's metadata file; None for a folder that is no whole model."""


class ModelIndex:
    """The index in ``file`` of the model folders in ``roots``.

    Args:
        file: the SQLite file, made if absent.
        roots: folders with one folder a model.
        meta_file: name of the metadata file in a model's folder.
        read: reads one of them.
        check: returns metadata as it is kept, if it may be so; raises ``InputError``.
    """

    def __init__(
        self,
        file: Path,
        roots: Sequence[Path],
        meta_file: str,
        read: Reader,
        check: Callable[[Any], dict[str, Any]],
    ) -> None:
        self._file, self._roots = file, tuple(roots)
        self._meta_file, self._read, self._check = meta_file, read, check

    def find(self, **wanted: Any) -> list[tuple[Path, dict[str, Any]]]:
        """(root, metadata) of the models in which each column has the value wanted, newest first.

        ``tag`` asks for models with that tag; ``accepted`` for the verdict of the evaluation. A
        value of None asks nothing.
        """
        clauses, values = ["1"], []
        for key, value in wanted.items():
            if value is None:
                continue
            if key == "tag":
                clauses.append(
                    "exists (select 1 from tags as t where t.root = models.root "
                    "and t.name = models.name and t.tag = ?)"
                )
            elif key == "accepted" or key in _COLUMNS:
                clauses.append(f"{key} = ?")
            else:
                raise ValueError(f"the index has no column {key!r}")
            values.append(value)
        condition = " and ".join(clauses)
        query = f"select root, meta from models where {condition} order by created desc, name"
        usable = self._file.is_file() or not self._file.exists()
        for _ in range(2 if usable and self._file.parent.is_dir() else 0):
            try:
                return self._answer(str(self._file), query, values)
            except (sqlite3.Error, OSError, ValueError, TypeError, LookupError) as error:
                if _is_busy(error):
                    log.warning("the index of models cannot be used: %s", error)
                    break
                # Damaged, or of another program.
                log.warning("the index of models is made anew: %s", error)
                for end in ("", "-journal", "-wal", "-shm"):
                    with contextlib.suppress(OSError):
                        self._file.with_name(f"{self._file.name}{end}").unlink()
        return self._answer(":memory:", query, values)

    def _answer(
        self, file: str, query: str, values: Sequence[Any]
    ) -> list[tuple[Path, dict[str, Any]]]:
        database = self._refresh(sqlite3.connect(file, timeout=_BUSY_SECONDS))
        with contextlib.closing(database):
            rows = database.execute(query, values).fetchall()
        places = {_text_of(root): root for root in self._roots}
        return [(places[root], self._check(parse_json(meta))) for root, meta in rows]

    def _refresh(self, database: sqlite3.Connection) -> sqlite3.Connection:
        """Bring the index up to the folders, in one transaction; closes it where that fails."""
        try:
            (version,) = database.execute("pragma user_version").fetchone()
            if version != VERSION:
                database.executescript(
                    "begin; drop table if exists models; drop table if exists tags;"
                    f"{_TABLES} pragma user_version = {VERSION}; commit;"
                )
            found = {
                (_text_of(root), file.parent.name): (file, _stamp(file))
                for root in self._roots
                for file in root.glob(f"*/{self._meta_file}")
            }
            known = {
                (root, name): stamp
                for root, name, stamp in database.execute("select root, name, stamp from models")
            }
            gone = [key for key in known if key not in found]
            changed = [
                key for key, (_, stamp) in found.items() if not stamp or known.get(key) != stamp
            ]
            if gone or changed:
                with database:
                    for key in known.keys() & {*gone, *changed}:
                        database.execute("delete from models where root = ? and name = ?", key)
                        database.execute("delete from tags where root = ? and name = ?", key)
                    for key in changed:
                        self._insert(database, key[0], *found[key])
        except BaseException:
            database.close()
            raise
        return database

    def _insert(self, database: sqlite3.Connection, root: str, file: Path, stamp: str) -> None:
        meta = self._read(file)
        if meta is None:
            return
        accepted = (meta["metrics"].get("evaluation") or {}).get("accepted")
        row = {
            "root": root,
            "stamp": stamp,
            "accepted": None if accepted is None else int(accepted),
            "tags": " ".join(meta["tags"]),
            "meta": json.dumps(meta),
        } | {column: meta[column] for column in _COLUMNS}
        places = ", ".join("?" * len(row))
        database.execute(
            f"insert or replace into models ({', '.join(row)}) values ({places})",
            tuple(row.values()),
        )
        database.executemany(
            "insert into tags values (?, ?, ?)", [(root, meta["name"], tag) for tag in meta["tags"]]
        )


def _text_of(root: Path) -> str:
    """A folder as text that SQLite takes, whatever its name."""
    return str(root).encode("utf-8", "backslashreplace").decode("utf-8")


def _is_busy(error: Exception) -> bool:
    """Whether another program is at it, or nothing may be written: no fault of the file."""
    name = str(getattr(error, "sqlite_errorname", ""))
    kinds = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY", "SQLITE_FULL", "SQLITE_CANTOPEN")
    return isinstance(error, OSError) or name.startswith(kinds)


def _stamp(file: Path) -> str:
    """Changes whenever the file or the folder around it does."""
    try:
        here, around = file.stat(), file.parent.stat()
    except OSError:
        return ""
    return f"{here.st_mtime_ns}-{here.st_size}-{here.st_ino}-{around.st_mtime_ns}"
