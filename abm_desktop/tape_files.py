"""A market's tape as Parquet files, and what it amounts to in a few numbers.

A folder is one run, whole: ``trades``, ``samples``, ``marks`` and, if they were recorded,
``messages`` as ``.parquet``, ``scenario.toml`` and ``run.json``: with these two the market can be
run again. ``run.json`` has the SHA-256 of every other file too, so that damage is seen.
Times in the files are simulated seconds since the open, prices currency, sizes lots.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

import abm_desktop
from abm_desktop.data_files import digest_of, write_parquet
from abm_desktop.market.recorded_day import DIFFERENCES
from abm_desktop.market.records import Records
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import (
    LIMIT_STATE,
    MESSAGE_CAUSES,
    MESSAGE_KINDS,
    PHASES,
    TRADER_CLASSES,
)
from abm_desktop.metrics.streaming import on_grid
from abm_desktop.scenario import save_scenario
from abm_desktop.whole_files import whole_folder, write_whole

RETURN_SECONDS = 10.0
"""Interval of the returns behind the realised volatility."""

RUN_FILES = (
    "trades.parquet",
    "samples.parquet",
    "marks.parquet",
    "messages.parquet",
    "scenario.toml",
    "run.json",
)
"""What the folder of a run may hold; one that holds anything else is never overwritten."""

_PRICE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class ClassSummary:
    """One trader class at the end of a run, summed over its traders."""

    name: str
    traders: int
    inventory: int
    """Lots."""
    pnl: float
    """Currency, marked at mid, since the open."""
    maker_volume: int
    """Lots filled while resting."""
    taker_volume: int
    """Lots filled as aggressor."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run amounts to, from the open on."""

    trades: int
    volume: int
    """Lots."""
    last_mid: float
    change: float
    """Last mid over first, minus one."""
    low: float
    high: float
    volatility: float
    """Root of the summed squared log returns over 10 s."""
    volatility_per_session: float
    """The same, scaled to the length of a session."""
    spread_ticks: float
    spread_bp: float
    spread_most: float
    """Widest spread sampled, ticks."""
    depth: float
    """Lots within five levels of both sides, mean over the samples."""
    classes: tuple[ClassSummary, ...]
    """Classes that have traders; the human account only if it has traded."""


def samples_table(simulator: Simulator) -> pa.Table:
    """One row a sample: quotes, depth, value, counters, inventory and PnL by trader class.

    A row shows the market just before its time. Counters begin where the rows of the other tables
    begin: ``trades`` is the number of rows of :func:`trades_table` before that time, ``volume`` the
    sum of their sizes, ``messages`` the number of book events.
    """
    samples, tick = simulator.tape.samples, simulator.scenario.market.tick_size
    ladder = simulator.scenario.market.ladder_ticks
    bid, ask = samples["best_bid"], samples["best_ask"]
    columns: dict[str, Any] = {
        "time": _seconds(simulator, samples["time"]),
        "mid": _price(samples["mid"], tick),
        "fundamental": samples["value"] * tick,
        "best_bid": np.where(bid >= 0, _price(bid, tick), np.nan),
        "best_ask": np.where(ask < ladder, _price(ask, tick), np.nan),
        "last_price": _price(samples["last_price"], tick),
    }
    counters = ("bid_volume", "ask_volume", "bid_depth", "ask_depth", "resting")
    for name in (*counters, "sigma", "activity"):
        columns[name] = samples[name]
    columns["phase"] = _names(samples["phase"], PHASES)
    for name, before in _before(simulator).items():
        columns[name] = samples[name] - before
    held = simulator.tape.class_samples
    lot = simulator.scenario.market.lot
    for index, name in enumerate(TRADER_CLASSES):
        inventory, cash = held[:, index, 0], held[:, index, 1]
        columns[f"inventory_{name}"] = inventory
        made = cash + inventory * samples["mid"] - simulator.pnl_at_open[index]
        columns[f"pnl_{name}"] = made * tick * lot
    return pa.table(columns)


def trades_table(simulator: Simulator) -> pa.Table:
    """One row a fill; side +1 if the buyer was the aggressor.

    In an auction nobody is: ``auction`` is true, the buyer stands as taker, the seller as maker.
    """
    trades, tick = simulator.tape.trades, simulator.scenario.market.tick_size
    return pa.table(
        {
            "time": _seconds(simulator, trades["time"]),
            "price": _price(trades["price"], tick),
            "size": trades["size"],
            "side": trades["side"].astype(np.int8),
            "taker": trades["taker"],
            "maker": trades["maker"],
            "taker_class": _names(trades["taker_class"], TRADER_CLASSES),
            "maker_class": _names(trades["maker_class"], TRADER_CLASSES),
            "maker_order": trades["maker_order"],
            "auction": trades["auction"].astype(bool),
        }
    )


def messages_table(simulator: Simulator) -> pa.Table:
    """One row a change of one resting order; from the rows alone the book can be rebuilt.

    ``side`` is that of the order that rests, +1 buy, -1 sell, in every row, and ``price`` its own;
    ``size`` is the lots that come to what it shows (add) or leave it (every other kind).
    ``aggressor`` is the side of who took the lots, 0 in an auction and in rows that are no trade.
    ``cause`` says why; the first rows, of cause "first book", are the orders that rest when the
    tape begins, queue by queue. docs/book.md has the rules.
    """
    tape, tick = simulator.tape, simulator.scenario.market.tick_size
    messages: Records = np.concatenate([tape.beginning.resting, tape.messages])
    return pa.table(
        {
            "time": _seconds(simulator, messages["time"]),
            "kind": _names(messages["kind"], MESSAGE_KINDS),
            "side": messages["side"].astype(np.int8),
            "price": _price(messages["price"], tick),
            "size": messages["size"],
            "agent": messages["agent"],
            "order": messages["order"],
            "aggressor": messages["aggressor"].astype(np.int8),
            "cause": _names(messages["cause"], MESSAGE_CAUSES),
        }
    )


def marks_table(simulator: Simulator) -> pa.Table:
    """One row a command or stress event."""
    marks = simulator.tape.marks
    return pa.table(
        {
            "time": pa.array([mark.time for mark in marks], pa.float64()),
            "label": pa.array([mark.label for mark in marks], pa.string()),
        }
    )


def write_tape(
    simulator: Simulator,
    folder: Path,
    *,
    overwrite: bool = False,
    aside: Path | None = None,
    messages: bool = True,
) -> dict[Path, int]:
    """Write what was recorded; returns each Parquet file with its number of rows.

    The folder appears whole or not at all, and never holds parts of two runs.

    Args:
        simulator: the market.
        folder: made; it must not be there yet, or be empty.
        overwrite: another run's folder may be replaced; one with other files in it never is.
        aside: the name that the other run's folder then gets; without it, it is gone.
        messages: write the messages too, if they were recorded.

    Raises:
        TakenError: if the folder is taken.
        OSError: as writing does; what was there before is then still there.
    """
    tables = {
        "trades": trades_table(simulator),
        "samples": samples_table(simulator),
        "marks": marks_table(simulator),
    }
    if messages and simulator.records_messages:
        tables["messages"] = messages_table(simulator)
    facts = _facts(simulator)
    about = {"abm_desktop": json.dumps(facts)}
    with whole_folder(folder, overwrite=overwrite, ours=RUN_FILES, aside=aside) as part:
        for name, table in tables.items():
            write_parquet(table.replace_schema_metadata(about), part / f"{name}.parquet")
        save_scenario(simulator.scenario, part / "scenario.toml")
        digests = {file.name: digest_of(file) for file in sorted(part.iterdir())}
        write_whole(part / "run.json", json.dumps({**facts, "sha256": digests}, indent=2) + "\n")
    return {folder / f"{name}.parquet": table.num_rows for name, table in tables.items()}


def summarise(simulator: Simulator) -> Summary:
    """Return the numbers of a run, from the samples on its tape.

    While orders gather for an auction, quotes cross and nobody trades on them: such samples have no
    spread, and tell price, volatility and depth only if the market holds nothing but auctions.
    """
    samples, market = simulator.tape.samples, simulator.scenario.market
    trading = samples["phase"] <= LIMIT_STATE
    if trading.any():
        samples = samples[trading]
    time, mid = _seconds(simulator, samples["time"]), samples["mid"] * market.tick_size
    seconds = float(time[-1] - time[0]) if len(time) > 1 else 0.0
    quoted = (samples["best_bid"] >= 0) & (samples["best_ask"] < market.ladder_ticks)
    quoted &= samples["best_bid"] < samples["best_ask"]
    spread = (samples["best_ask"] - samples["best_bid"])[quoted].astype(float)
    volatility = _volatility(time, mid)
    traded = simulator.tape.trades
    return Summary(
        trades=len(traded),
        volume=int(traded["size"].sum()),
        last_mid=simulator.mid,
        change=simulator.mid / mid[0] - 1.0 if len(mid) else math.nan,
        low=float(mid.min()) if len(mid) else math.nan,
        high=float(mid.max()) if len(mid) else math.nan,
        volatility=volatility,
        volatility_per_session=volatility * math.sqrt(market.session / seconds)
        if seconds
        else math.nan,
        spread_ticks=float(spread.mean()) if len(spread) else math.nan,
        spread_bp=float((1e4 * spread / samples["mid"][quoted]).mean())
        if len(spread)
        else math.nan,
        spread_most=float(spread.max()) if len(spread) else math.nan,
        depth=float((samples["bid_depth"] + samples["ask_depth"]).mean())
        if len(samples)
        else math.nan,
        classes=_classes(simulator),
    )


def _volatility(time: np.ndarray, mid: np.ndarray) -> float:
    _, prices = on_grid(time, mid, RETURN_SECONDS)
    return float(np.sqrt((np.diff(np.log(prices)) ** 2).sum())) if len(prices) > 1 else math.nan


def _classes(simulator: Simulator) -> tuple[ClassSummary, ...]:
    market = simulator.scenario.market
    accounts, pnl = simulator.session_classes()
    return tuple(
        ClassSummary(
            name=name,
            traders=int(account["traders"]),
            inventory=int(account["inventory"]),
            pnl=float(made) * market.tick_size * market.lot,
            maker_volume=int(account["maker_volume"]),
            taker_volume=int(account["taker_volume"]),
        )
        for name, account, made in zip(TRADER_CLASSES, accounts, pnl, strict=True)
        if account["maker_volume"]
        or account["taker_volume"]
        or (account["traders"] and name != "human")
    )


def _before(simulator: Simulator) -> dict[str, int]:
    """What the market's counters had counted when the rows begin."""
    tape = simulator.tape
    return {
        "volume": simulator.volume - int(tape.trades["size"].sum(dtype=np.int64)),
        "trades": simulator.trades - len(tape.trades),
        "messages": tape.beginning.messages,
    }


def _facts(simulator: Simulator) -> dict[str, Any]:
    recorded = dict(zip(DIFFERENCES, simulator.recorded_differences, strict=True))
    return {
        "program": f"ABM Desktop {abm_desktop.__version__}",
        "scenario": simulator.scenario.name,
        "seed": simulator.seed,
        "end": simulator.now,
        "events": simulator.events,
        "alarms": [str(alarm) for alarm in simulator.alarms],
        **({"recorded_differences": recorded} if simulator.scenario.recording else {}),
    }


def _seconds(simulator: Simulator, clock: np.ndarray) -> np.ndarray:
    return clock / 1e9 - simulator.scenario.market.warm_up


def _price(ticks: np.ndarray, tick: float) -> np.ndarray:
    # Without the rounding 100.1 is stored as 100.10000000000001.
    return np.round(ticks * tick, _PRICE_DIGITS)


def _names(codes: np.ndarray, names: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(names))
