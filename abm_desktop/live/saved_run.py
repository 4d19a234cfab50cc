"""Reading back the folder that ``abm-desktop run --out`` writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from abm_desktop.live.run_data import RunData
from abm_desktop.live.types import History
from abm_desktop.market.state import TRADE, TRADER_CLASSES

__all__ = ["read_saved_run"]

_NEEDED = ("samples.parquet", "trades.parquet", "scenario.toml", "run.json")
_SAME = ("mid", "fundamental", "best_bid", "best_ask", "bid_depth", "ask_depth")
_COUNTERS = ("volume", "trades", "messages")


def read_saved_run(folder: Path) -> RunData:
    """Read a saved run from its open on.

    Raises:
        ValueError: if the folder is not one, or its files are not what they should be; the message
            names the file and says what to do.
    """
    folder = Path(folder)
    for name in _NEEDED:
        if not (folder / name).is_file():
            raise ValueError(
                f"{folder} has no {name}: choose a folder that `abm-desktop run NAME --out FOLDER` "
                "has written"
            )
    from abm_desktop.scenario import ScenarioError, load_scenario

    try:
        facts: dict[str, Any] = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        market = load_scenario(folder / "scenario.toml").market
        samples, trades = (_columns(folder / f"{name}.parquet") for name in ("samples", "trades"))
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
    except (KeyError, OSError, ScenarioError) as error:
        what = f"the column or key {error} is missing" if isinstance(error, KeyError) else error
        raise ValueError(
            f"{folder} could not be read: {what}. It may be of another version of the program, or "
            "damaged: run it again with `abm-desktop run`"
        ) from error


def _columns(file: Path) -> dict[str, np.ndarray]:
    import pyarrow.parquet as parquet

    table = parquet.read_table(file)
    return {
        name: table.column(name).to_numpy()
        for name in table.column_names
        if not name.endswith("_class")
    } | {
        name: _codes(table.column(name)) for name in ("taker_class", "maker_class")
        if name in table.column_names
    }  # fmt: skip


def _codes(column: Any) -> np.ndarray:
    """Names of trader classes as their numbers; a name that is not known any more is noise."""
    numbers = {name: k for k, name in enumerate(TRADER_CLASSES)}
    plain = column.combine_chunks().dictionary_decode().to_pylist()
    return np.array([numbers.get(name, 0) for name in plain], np.int32)


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
        # The files do not tell the phase.
        phase=nothing,
        class_inventory=_by_class(number, "inventory", nothing),
        class_pnl=_by_class(number, "pnl", nothing),
    )


def _by_class(number: dict[str, np.ndarray], what: str, absent: np.ndarray) -> np.ndarray:
    return np.column_stack([number.get(f"{what}_{name}", absent) for name in TRADER_CLASSES])


def _fills(trades: dict[str, np.ndarray], tick: float) -> np.ndarray:
    fills = np.zeros(len(trades["time"]), TRADE)
    fills["time"] = np.rint(trades["time"] * 1e9)
    fills["price"] = np.rint(trades["price"] / tick)
    for name in ("size", "side", "taker", "maker", "taker_class", "maker_class"):
        fills[name] = trades[name]
    return fills[fills["time"] >= 0]
