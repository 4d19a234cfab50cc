"""Lists of experiment files, and folders of results, read for the window.

The window imports this for the names of what it asks for, so the engine is imported within.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop.whole_files import whole_folder

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "FileEntry",
    "MarketPaths",
    "ResultEntry",
    "ResultReport",
    "export_tables",
    "list_files",
    "list_results",
    "read_folder",
    "read_paths",
    "read_result",
    "runs_table",
]

PAGE = "report.html"
RUNS_TABLE = "runs.parquet"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """An experiment's file."""

    path: Path
    name: str
    question: str
    shipped: bool
    fault: str = ""
    """What is wrong with it, in a few words."""


@dataclass(frozen=True, slots=True)
class ResultEntry:
    """A folder of results."""

    folder: Path
    name: str
    runs: int
    of: int | None
    """None if the folder does not tell."""
    when: datetime
    """Of the newest run or report."""
    report: Path | None
    """The report's page, if it was written."""
    source: Path | None
    """The file to go on with."""
    seeds: int | None

    @property
    def is_finished(self) -> bool:
        """Whether all runs are there, as far as is known."""
        return self.of is None or self.runs >= self.of


@dataclass(frozen=True, slots=True)
class ResultReport:
    """What the results of a folder tell, see ``experiments.summary``."""

    folder: Path
    summary: dict[str, Any]
    is_interim: bool
    """Computed from what is finished, without the report."""
    seconds: float = 0.0
    """Processor time that it took, without the wait for its turn and for a process to start."""


@dataclass(frozen=True, slots=True)
class MarketPaths:
    """One market with and without RL traders: matched copies around one shock."""

    seed: int
    group: str
    """The stress."""
    minutes: np.ndarray
    """float64 (k,): since the shock."""
    prices: dict[str, np.ndarray]
    """float64 (k,) by name, the copy without RL traders first: mid price, percent of that before
    the shock."""


def list_files(others: Sequence[Path]) -> list[FileEntry]:
    """The shipped files, the user's own, and ``others``; a file that is wrong says so."""
    from abm_desktop.experiments.design import bundled_experiments

    known = bundled_experiments()
    return [_entry(path) for path in [*known, *(p for p in others if p not in known)]]


def _entry(path: Path) -> FileEntry:
    from abm_desktop.experiments.design import experiments_dir, load_design
    from abm_desktop.scenario import ScenarioError

    shipped = path.parent == experiments_dir()
    try:
        design = load_design(path)
    except ScenarioError as error:
        return FileEntry(path, path.stem, "", shipped, error.problems[0].message)
    except OSError as error:
        return FileEntry(path, path.stem, "", shipped, error.strerror or str(error))
    return FileEntry(path, design.name, design.question, shipped)


def list_results() -> list[ResultEntry]:
    """Every folder of results in the usual place, the newest first."""
    from abm_desktop.experiments.experiment import results_dir

    folders = results_dir().glob("*/index.sqlite")
    entries = [entry for index in folders if (entry := _result(index.parent)) is not None]
    return sorted(entries, key=lambda entry: entry.when, reverse=True)


def _result(folder: Path) -> ResultEntry | None:
    from abm_desktop.experiments.running.pilot import ExperimentError
    from abm_desktop.experiments.running.store import Store

    try:
        with closing(Store.read(folder)) as store:
            runs, _ = store.count()
            notes = {key: store.about(key) for key in ("name", "file", "file_text", "total")}
            seeds = store.about("seeds")
    except (ExperimentError, OSError, sqlite3.Error):
        return None
    total = int(notes["total"]) if notes["total"] else None
    if total is not None and runs > total:
        # The last start was of fewer markets than are there.
        total = seeds = None
    page = folder / "report" / PAGE
    times = [p.stat().st_mtime for p in (folder / "index.sqlite", page) if p.is_file()]
    wal = folder / "index.sqlite-wal"
    times += [wal.stat().st_mtime] if wal.is_file() else []
    return ResultEntry(
        folder,
        notes["name"] or folder.name,
        runs,
        total,
        datetime.fromtimestamp(max(times)),
        page if page.is_file() else None,
        _source(folder, notes["file"], notes["file_text"]),
        int(seeds) if seeds else None,
    )


def _source(folder: Path, noted: str | None, text: str | None) -> Path | None:
    """The file as it was if it was, for a scenario beside it; else the copy with the results."""
    try:
        if noted and text and Path(noted).read_text(encoding="utf-8-sig") == text:
            return Path(noted)
    except (OSError, UnicodeDecodeError):
        pass
    copy = folder / "experiment.toml"
    return copy if copy.is_file() else None


def read_result(entry: ResultEntry) -> ResultReport:
    """What a folder tells: its report's summary where that is up to date, else the effects so far.

    Raises ExperimentError or ScenarioError if they cannot be computed.
    """
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.report.summary import interim, read_summary
    from abm_desktop.experiments.running.pilot import ExperimentError
    from abm_desktop.experiments.statements import NoExperimentFile

    kept = read_summary(entry.folder / "report")
    if kept is not None and int(kept["runs"]) >= entry.runs:
        return ResultReport(entry.folder, kept, False)
    if entry.source is None:
        raise ExperimentError(NoExperimentFile(str(entry.folder)))
    began = time.process_time()
    experiment = Experiment.load(entry.source, seeds=entry.seeds)
    if not experiment.finished(entry.folder):  # it has just begun
        return ResultReport(entry.folder, {"effects": [], "runs": 0}, True)
    found = interim(experiment.results(entry.folder))
    return ResultReport(entry.folder, found, True, time.process_time() - began)


def read_paths(entry: ResultEntry) -> list[MarketPaths]:
    """The markets whose paths were kept, one entry a market and stress, in order of their seeds.

    At the share that the answer is about. Empty if the experiment is not about shares, or kept
    none. Raises ExperimentError or ScenarioError as :func:`read_result` does.
    """
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.running.cells import CONTROL, FORK, TRAINED
    from abm_desktop.experiments.running.pilot import ExperimentError
    from abm_desktop.experiments.running.store import Store
    from abm_desktop.experiments.statements import NoExperimentFile

    if entry.source is None:
        raise ExperimentError(NoExperimentFile(str(entry.folder)))
    plan = Experiment.load(entry.source, seeds=entry.seeds).plan
    if plan.design.level != "share":
        return []
    told = plan.design.main_share() or max(plan.design.rl.shares)
    rules = next(iter(plan.interventions))
    with closing(Store.read(entry.folder)) as store:
        frame = store.paths(plan.cells, plan.seeds)
    if not len(frame):
        return []
    frame = frame[
        (frame["start"] == FORK) & (frame["intervention"] == rules) & (frame["fork"] == 0)
    ]
    control = frame[frame["arm"] == CONTROL]
    trained = frame[(frame["arm"] == TRAINED) & (frame["rl_share"] == told)]
    found = []
    for (seed, stress), without in control.groupby(["seed", "stress"], sort=False):
        prices = {"without RL traders": without["price"].to_numpy(float)}
        with_them = trained[(trained["seed"] == seed) & (trained["stress"] == stress)]
        # Of several trainings of an algorithm the first; the answer is about all of them.
        for algorithm, rows in with_them.groupby("algorithm", sort=False):
            first = rows[rows["cell"] == rows["cell"].iloc[0]]
            prices[str(algorithm)] = first["price"].to_numpy(float)
        if len(prices) > 1 and len({len(path) for path in prices.values()}) == 1:
            minutes = without["time"].to_numpy(float) / 60.0
            found.append(MarketPaths(int(seed), str(stress).replace("_", " "), minutes, prices))
    return found


def read_folder(folder: Path) -> ResultReport:
    """The same, of a folder wherever it lies. Raises ExperimentError if nothing is there."""
    return read_result(_entry_of(folder))


def runs_table(folder: Path) -> Path:
    """A Parquet file of all finished runs, one row each; written anew if there are more.

    Raises ExperimentError if there are none, OSError if it cannot be written.
    """
    import pyarrow as pa

    from abm_desktop.data_files import write_parquet
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.running.pilot import ExperimentError
    from abm_desktop.experiments.statements import NoExperimentFile

    entry = _entry_of(folder)
    if entry.source is None:
        raise ExperimentError(NoExperimentFile(str(folder)))
    table = folder / RUNS_TABLE
    if not table.is_file() or datetime.fromtimestamp(table.stat().st_mtime) < entry.when:
        results = Experiment.load(entry.source, seeds=entry.seeds).results(folder)
        write_parquet(pa.Table.from_pandas(results.runs, preserve_index=False), table)
    return table


def _entry_of(folder: Path) -> ResultEntry:
    from abm_desktop.experiments.running.pilot import ExperimentError
    from abm_desktop.experiments.statements import NoResults

    entry = _result(folder) if (folder / "index.sqlite").is_file() else None
    if entry is None:
        raise ExperimentError(NoResults(str(folder)))
    return entry


def export_tables(entry: ResultEntry, into: Path) -> tuple[Path, int]:
    """Copy the report's tables as CSV into a new folder within ``into``; else the runs only.

    So it is without a report, and if runs came after it: its tables tell of fewer. Returns the
    folder and its number of files. What lies in ``into`` is left as it is. Raises OSError if they
    cannot be written.
    """
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.report.summary import read_summary

    kept = read_summary(entry.folder / "report")
    texts = {}
    if kept is not None and (int(kept["runs"]) >= entry.runs or entry.source is None):
        tables = sorted((entry.folder / "report" / "tables").glob("*.csv"))
        texts = {table.name: table.read_bytes() for table in tables}
    if not texts and entry.source is not None:
        results = Experiment.load(entry.source, seeds=entry.seeds).results(entry.folder)
        texts = {
            f"{name}.csv": data.to_csv(index=False).encode("utf-8")
            for name, data in results.run_tables().items()
        }
    target, number = into / f"{entry.folder.name}-tables", 1
    while target.exists():
        number += 1
        target = into / f"{entry.folder.name}-tables-{number}"
    with whole_folder(target) as part:
        for name, text in texts.items():
            (part / name).write_bytes(text)
    return target, len(texts)
