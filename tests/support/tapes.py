"""Tapes with known content."""

import numpy as np

from abm_desktop.market.state import N_CLASSES, SAMPLE, TRADE, TRADER_CLASSES
from abm_desktop.market.tape import Tape


def make_tape(mid, *, value=None, spread=2, depth=50, phase=None, trades=(), first=0, messages=0):
    """One sample a second from ``first``; ``trades`` are dicts of TRADE fields, time in seconds."""
    tape, n = Tape(), len(mid)
    rows = np.zeros(n, SAMPLE)
    rows["time"] = (first + np.arange(n)) * 1_000_000_000
    rows["mid"] = mid
    rows["value"] = mid if value is None else value
    rows["best_bid"] = np.asarray(mid) - np.asarray(spread) / 2
    rows["best_ask"] = rows["best_bid"] + np.asarray(spread)
    rows["bid_volume"] = rows["ask_volume"] = 5
    rows["bid_depth"] = rows["ask_depth"] = depth
    rows["phase"] = 0 if phase is None else phase
    rows["messages"] = messages * np.arange(n)
    fills = np.zeros(len(trades), TRADE)
    for row, trade in zip(fills, trades, strict=True):
        for key, content in trade.items():
            if key == "time":
                content = round(content * 1e9)
            elif key.endswith("_class"):
                content = TRADER_CLASSES.index(content)
            row[key] = content
    tape.samples_rows.extend(rows)
    tape.class_rows.extend(np.zeros((n, N_CLASSES, 2), np.int64))
    tape.trades_rows.extend(fills)
    return tape
