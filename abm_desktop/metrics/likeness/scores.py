"""Scores of a day of order flow, one number per event, order or minute.

They are those of LOB-Bench (Nagy et al., 2025, arXiv:2502.09172), by which models of order books
are compared with recorded days.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from abm_desktop.market.flow_kinds import ADD, DELETE, EXECUTE, EXECUTE_HIDDEN, PARTIAL_CANCEL
from abm_desktop.market.order_flow import OrderFlow, phase_changes
from abm_desktop.market.state import BUY, HALTED, SELL

__all__ = ["SCORES", "Day", "Sample", "Score", "day_of", "quoted", "scores_of"]

_NANO = 10**9
_MINUTE = 60 * _NANO
OFI_EVENTS = 100
"""Messages over which order-flow imbalance is summed."""

Kind = Literal["price", "size", "log time", "level", "ratio"]


@dataclass(frozen=True, slots=True)
class Score:
    """One kind of number that a day has many of."""

    name: str
    title: str
    kind: Kind
    unit: str


SCORES = (
    Score("spread", "Spread", "price", "currency"),
    Score("log_gap", "Time between messages, log", "log time", "ln s"),
    Score("log_time_to_cancel", "Time to the first cancel, log", "log time", "ln s"),
    Score("ask_volume", "Volume at the best ask", "size", "shares"),
    Score("bid_volume", "Volume at the best bid", "size", "shares"),
    Score("ask_depth", "Volume of all ask levels", "size", "shares"),
    Score("bid_depth", "Volume of all bid levels", "size", "shares"),
    Score("limit_distance", "Limit orders, distance from the mid", "price", "currency"),
    Score("cancel_distance", "Cancels, distance from the mid", "price", "currency"),
    Score("limit_level", "Limit orders, level", "level", "levels"),
    Score("cancel_level", "Cancels, level", "level", "levels"),
    Score("volume_per_minute", "Volume a minute", "size", "shares"),
    Score("order_flow_imbalance", f"Flow imbalance of {OFI_EVENTS} messages", "size", "shares"),
    Score("imbalance", "Imbalance of the best volumes", "ratio", ""),
)
"""What is compared, in the order in which it is told."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The numbers of one score, float64 (n,), and when each was seen, ns after midnight, int64."""

    values: np.ndarray
    time: np.ndarray

    def within(self, keep: np.ndarray) -> np.ndarray:
        """The values where ``keep`` (bool, of :attr:`time`) holds."""
        return self.values[keep]


@dataclass(frozen=True, slots=True)
class Day:
    """The scores of a day, and the units in which another day would be compared with it."""

    name: str
    scores: Mapping[str, Sample]
    mean_spread: float
    """Currency."""
    mean_size: float
    """Mean size of a limit order, shares."""
    mean_gap: float
    """Mean time between messages, s."""
    levels: int

    def in_own_units(self, score: Score) -> np.ndarray:
        """The values of a score without the day's own scale of prices, sizes and times."""
        values = self.scores[score.name].values
        if score.kind == "price":
            return values / self.mean_spread
        if score.kind == "size":
            return values / self.mean_size
        return values - np.log(self.mean_gap) if score.kind == "log time" else values


def day_of(flow: OrderFlow) -> Day:
    """Measure a flow that has levels of the book (else see ``with_levels``).

    Raises ValueError if it has none, or no message in continuous trading with both sides quoted.
    """
    scores = scores_of(flow)
    limits = flow.size[flow.kind == ADD]
    return Day(
        name=flow.name,
        scores=scores,
        mean_spread=float(scores["spread"].values.mean()),
        mean_size=float(limits.mean()) if len(limits) else float("nan"),
        mean_gap=float(np.exp(scores["log_gap"].values).mean()),
        levels=flow.levels,
    )


def quoted(flow: OrderFlow) -> np.ndarray:
    """Rows after which both sides are there, not crossed, in continuous trading; bool (n,)."""
    rows, phases = phase_changes(flow)
    halted = np.array([phase == HALTED for phase, _ in phases])
    trading = ~halted[np.searchsorted(rows, np.arange(len(flow)), side="right")]
    bid, ask = flow.book_price[:, BUY, 0], flow.book_price[:, SELL, 0]
    there = (flow.book_size[:, :, 0] > 0).all(axis=1)
    return there & trading & (ask > bid)


def scores_of(flow: OrderFlow) -> dict[str, Sample]:
    """The samples of all :data:`SCORES`."""
    if flow.levels < 1:
        raise ValueError("the flow has no levels of the book; with_levels gives it some")
    good = quoted(flow)
    if not good.any():
        raise ValueError("the flow has no message with both sides quoted")
    out: dict[str, Sample] = {}
    time, bid, ask = flow.time[good], flow.book_price[good, BUY, 0], flow.book_price[good, SELL, 0]
    out["spread"] = Sample((ask - bid) / flow.scale, time)
    acting = (flow.kind >= ADD) & (flow.kind <= EXECUTE_HIDDEN)
    at = flow.time[acting]
    out["log_gap"] = _logs(np.diff(at), at[1:])
    out["log_time_to_cancel"] = _times_to_cancel(flow)
    volumes = flow.book_size[good].astype(float)
    best = volumes[:, :, 0]
    for side, name in ((SELL, "ask"), (BUY, "bid")):
        out[f"{name}_volume"] = Sample(best[:, side], time)
        out[f"{name}_depth"] = Sample(volumes[:, side].sum(axis=1), time)
    out["imbalance"] = Sample((best[:, BUY] - best[:, SELL]) / best.sum(axis=1), time)
    before = np.concatenate(([False], good[:-1]))
    added = (flow.kind == ADD) & before
    gone = ((flow.kind == PARTIAL_CANCEL) | (flow.kind == DELETE)) & before
    out["limit_distance"] = _distances(flow, added)
    out["cancel_distance"] = _distances(flow, gone)
    out["limit_level"] = _levels(flow, np.flatnonzero(added), 0)
    out["cancel_level"] = _levels(flow, np.flatnonzero(gone), 1)
    out["volume_per_minute"] = _volumes(flow)
    out["order_flow_imbalance"] = _flow_imbalance(flow, good)
    return out


def _logs(gaps: np.ndarray, time: np.ndarray) -> Sample:
    """Natural logarithms of times in ns, as seconds; nothing is shorter than a nanosecond."""
    return Sample(np.log(np.maximum(gaps, 1) / _NANO), time)


def _times_to_cancel(flow: OrderFlow) -> Sample:
    """From the arrival of an order to its first cancel, partial or not."""
    added = np.flatnonzero(flow.kind == ADD)
    gone = np.flatnonzero((flow.kind == PARTIAL_CANCEL) | (flow.kind == DELETE))
    order = np.argsort(flow.order_id[added], kind="stable")
    known = flow.order_id[added][order]
    _, first = np.unique(flow.order_id[gone], return_index=True)
    gone = gone[first]
    if not len(known):
        return Sample(np.empty(0), np.empty(0, np.int64))
    place = np.minimum(np.searchsorted(known, flow.order_id[gone]), len(known) - 1)
    there = known[place] == flow.order_id[gone]
    born = flow.time[added[order[place[there]]]]
    return _logs(flow.time[gone[there]] - born, flow.time[gone[there]])


def _distances(flow: OrderFlow, which: np.ndarray) -> Sample:
    """Distances from the mid just before the message; the other side's half is negative."""
    rows = np.flatnonzero(which)
    total = flow.book_price[rows - 1, BUY, 0].astype(np.int64) + flow.book_price[rows - 1, SELL, 0]
    away = np.where(flow.side[rows] == BUY, -1, 1) * (flow.price[rows] - 0.5 * total)
    return Sample(away / flow.scale, flow.time[rows])


def _levels(flow: OrderFlow, rows: np.ndarray, back: int) -> Sample:
    """The level of each order, from 1, in the book ``back`` messages before, if it is there."""
    own = flow.book_price[rows - back, flow.side[rows]]
    is_there = (own == flow.price[rows, None]) & (flow.book_size[rows - back, flow.side[rows]] > 0)
    found = is_there.any(axis=1)
    return Sample(is_there[found].argmax(axis=1) + 1.0, flow.time[rows[found]])


def _volumes(flow: OrderFlow) -> Sample:
    """Shares traded in each whole minute, hidden orders among them."""
    traded = (flow.kind == EXECUTE) | (flow.kind == EXECUTE_HIDDEN)
    first, last = -(-flow.time[0] // _MINUTE), flow.time[-1] // _MINUTE
    minutes = max(int(last - first), 0)
    which = flow.time[traded] // _MINUTE - first
    keep = (which >= 0) & (which < minutes)
    sums = np.bincount(which[keep], flow.size[traded][keep].astype(float), minutes)
    return Sample(sums[:minutes], (first + np.arange(minutes)) * _MINUTE)


def _flow_imbalance(flow: OrderFlow, good: np.ndarray) -> Sample:
    """Order-flow imbalance at the touch (Cont, Kukanov and Stoikov, 2014), by 100 messages."""
    rows = np.flatnonzero(good)
    price, size = flow.book_price[rows, :, 0], flow.book_size[rows, :, 0].astype(float)
    up, down = np.diff(price, axis=0) > 0, np.diff(price, axis=0) < 0
    bid = np.where(~down[:, BUY], size[1:, BUY], 0) - np.where(~up[:, BUY], size[:-1, BUY], 0)
    ask = np.where(~up[:, SELL], size[1:, SELL], 0) - np.where(~down[:, SELL], size[:-1, SELL], 0)
    whole = len(bid) // OFI_EVENTS * OFI_EVENTS
    sums = (bid - ask)[:whole].reshape(-1, OFI_EVENTS).sum(axis=1)
    return Sample(sums, flow.time[rows[1 : whole + 1]].reshape(-1, OFI_EVENTS)[:, -1])
