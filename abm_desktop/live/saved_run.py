"""Reading back the folder that ``abm-desktop run --out`` writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.data_files import DataFileError, digest_of, read_parquet
from abm_desktop.inputs import InputError
from abm_desktop.live.run_data import RunData
from abm_desktop.live.types import History
from abm_desktop.market.state import PHASES, TRADE, TRADER_CLASSES
from abm_desktop.plain_json import JsonError, read_json_object

__all__ = ["read_saved_run"]

_NEEDED = ("samples.parquet", "trades.parquet", "scenario.toml", "run.json")
_SAME = ("mid", "fundamental", "best_bid", "best_ask", "bid_depth", "ask_depth")
_COUNTERS = ("volume", "trades", "messages")
_NAMES = {"taker_class": TRADER_CLASSES, "maker_class": TRADER_CLASSES, "phase": PHASES}
"""Columns of words, which are numbers inside the program."""


def read_saved_run(folder: Path) -> RunData:
    """Read a saved run from its open on.

    Raises:
        InputError: if the folder is not one, or its files are not what they should be; the message
            names the file and says what to do.
    """
    folder = Path(folder)
    for name in _NEEDED:
        if not (folder / name).is_file():
            raise InputError(
                f"{folder} has no {name}: choose a folder that `abm-desktop run NAME --out FOLDER` "
                "has written"
            )
    from abm_desktop.scenario import Scenario, ScenarioError
    from abm_desktop.scenario.reading import load_model

    try:
        facts = read_json_object(folder / "run.json")
        digests = facts.get("sha256", {})  # older runs have none
        if "scenario.toml" in digests and (
            digest_of(folder / "scenario.toml") != digests["scenario.toml"]
        ):
            raise DataFileError(
                "is not as the run wrote it (its checksum differs)", path=folder / "scenario.toml"
            )
        market = load_model(folder / "scenario.toml", Scenario).market  # its recording may be gone
        samples, trades = (
            _columns(folder / file, digests.get(file))
            for file in ("samples.parquet", "trades.parquet")
        )
        history = _history(samples)
        return RunData(
            name=f"{facts['scenario']} ({folder.name})",
            seed=int(facts["seed"]),
            is_replay=False,
            tick=market.tick_size,
            lot=market.lot,
            history=history,
            fills=_fills(trades, market.tick_size),
        )
    except (DataFileError, JsonError) as error:
        raise InputError(
            error.message,
            path=error.path,
            remedy="it may be of another version of the program, or damaged: run it again with "
            "`abm-desktop run`",
        ) from error
    except (KeyError, OSError, TypeError, ValueError, AttributeError, ScenarioError) as error:
        what = f"the column or key {error} is missing" if isinstance(error, KeyError) else error
        raise InputError(
            f"{folder} could not be read: {what}. It may be of another version of the program, or "
            "damaged: run it again with `abm-desktop run`"
        ) from error


def _columns(file: Path, digest: str | None) -> dict[str, np.ndarray]:
    table = read_parquet(file, digest=digest)
    return {
        name: _codes(table.column(name), names)
        if (names := _NAMES.get(name))
        else table.column(name).to_numpy()
        for name in table.column_names
    }


def _codes(column: Any, names: tuple[str, ...]) -> np.ndarray:
    """Words as their numbers in ``names``."""
    numbers = {name: k for k, name in enumerate(names)}
    plain = column.cast("string").to_pylist()
    unknown = sorted({str(name) for name in plain if name not in numbers})
    if unknown:
        raise InputError(f"a word that this version does not know: {', '.join(unknown)}")
    return np.array([numbers[name] for name in plain], np.int32)


def _history(samples: dict[str, np.ndarray]) -> History:
    since = slice(int(np.searchsorted(samples["time"], -1e-9)), None)
    number = {name: values[since].astype(np.float64) for name, values in samples.items()}
    count = len(number["time"])
    nothing = np.zeros(count)
    return History(
        time=number["time"],
        **{name: number[name] for name in _SAME},
        **{name: number[name] - (number[name][0] if count else 0.0) for name in _COUNTERS},
        bid_lots=number["bid_volume"],
        ask_lots=number["ask_volume"],
        # Runs of before 2026 do not tell the phase.
        phase=number.get("phase", nothing),
        # What a run did not keep is not known, which is not zero.
        class_inventory=_by_class(number, "inventory", nothing + np.nan),
        class_pnl=_by_class(number, "pnl", nothing + np.nan),
    )


def _by_class(number: dict[str, np.ndarray], what: str, absent: np.ndarray) -> np.ndarray:
    return np.column_stack([number.get(f"{what}_{name}", absent) for name in TRADER_CLASSES])


def _fills(trades: dict[str, np.ndarray], tick: float) -> np.ndarray:
    fills = np.zeros(len(trades["time"]), TRADE)
    fills["time"] = np.rint(trades["time"] * 1e9)
    fills["price"] = np.rint(trades["price"] / tick)
    for name in ("size", "side", "taker", "maker", "taker_class", "maker_class"):
        fills[name] = trades[name]
    if "auction" in trades:
        fills["auction"] = trades["auction"]
    return fills[fills["time"] >= 0]
