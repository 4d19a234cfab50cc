"""The stylised-facts suite: a table of facts, each measured, bounded and judged.

Protocol: every statistic is pooled over sessions, with a 95 % interval from 2000 resamples of whole
sessions. PASS: the estimate lies within the accepted range, with any one session left out too. NOT
SHOWN: with one session left out it does not, so that session decides; or the range has refused no
market without the fact (:mod:`.evidence`), so that to lie in it shows nothing. WARN: it lies
outside, but its interval reaches the range. FAIL: neither. The mean return has no range: what is
asked is that zero lies in its 95 % interval (WARN: in that of 99 % only). A *hard* fact that fails
bars a configuration from published results; a *soft* one is a known distance from real markets; a
*report* is only shown. The ranges are for one-cent ticks and a liquid stock; those that do not hold
if the spread is many ticks wide are others there (:mod:`.ticks`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from abm_desktop.metrics.streaming import last_known
from abm_desktop.metrics.stylized_facts import book, flow, returns
from abm_desktop.metrics.stylized_facts.evidence import REFUSES_NONE
from abm_desktop.metrics.stylized_facts.pooling import RESAMPLES, Pool, interval, resample_weights
from abm_desktop.metrics.stylized_facts.sessions import ReducedSession
from abm_desktop.metrics.stylized_facts.statements import FactName, FactNote
from abm_desktop.metrics.stylized_facts.ticks import SMALL_TICK_RANGES, Tick, tick_of
from abm_desktop.statements import Statement

__all__ = [
    "FAIL",
    "HARD",
    "NONE",
    "NOT_SHOWN",
    "PASS",
    "REPORT",
    "SOFT",
    "WARN",
    "Fact",
    "judge",
    "measure",
    "with_block_intervals",
]

HARD, SOFT, REPORT = "hard", "soft", "report"
PASS, NOT_SHOWN, WARN, FAIL, NONE = "PASS", "NOT SHOWN", "WARN", "FAIL", "-"

_INF = float("inf")


@dataclass(frozen=True, slots=True)
class Fact:
    """One measured fact: a row of the table."""

    number: str
    """Row of the suite, e.g. "9"; several measures may share it."""
    what: FactName
    gate: str
    """HARD, SOFT or REPORT."""
    value: float
    """Pooled estimate; NaN if it cannot be computed, and ``note`` says why."""
    low: float
    high: float
    """95 % interval; NaN for a single session."""
    accept_low: float
    accept_high: float
    verdict: str
    """PASS, NOT_SHOWN, WARN or FAIL; NONE if there is no range, or no value."""
    source: str
    note: Statement | None = None

    @property
    def name(self) -> str:
        """The name in English."""
        return str(self.what)

    @property
    def accept(self) -> str:
        """The accepted range in words, "" if there is none."""
        low, high = np.isfinite(self.accept_low), np.isfinite(self.accept_high)
        if low and high:
            return f"{self.accept_low:.4g} to {self.accept_high:.4g}"
        if low:
            return f"> {self.accept_low:.4g}"
        return f"< {self.accept_high:.4g}" if high else ""

    def as_json(self) -> dict[str, Any]:
        """A dictionary for JSON: numbers that are not finite become None."""
        note = str(self.note) if self.note is not None else ""
        values = {"number": self.number, "name": self.name} | {
            f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("number", "what")
        }
        return {
            key: None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in (values | {"note": note}).items()
        }


def judge(value: float, low: float, high: float, accept_low: float, accept_high: float) -> str:
    """The verdict on an estimate with its interval; NONE without a value or a range."""
    if not np.isfinite(value) or not (np.isfinite(accept_low) or np.isfinite(accept_high)):
        return NONE
    if _within(np.array(value), accept_low, accept_high):
        return PASS
    # The end that is next to the range. NaN compares false, so a single session cannot be excused
    # by its interval.
    end = np.minimum(high, accept_high) if value <= accept_low else np.maximum(low, accept_low)
    return WARN if _within(end, accept_low, accept_high) else FAIL


def _within(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Which values lie in a range, bounds included; a range without an end excludes its bound.

    "< 1" is less than 1: a book that is deepest at the best price has no hump.
    """
    above = values >= low if np.isfinite(high) else values > low
    below = values <= high if np.isfinite(low) else values < high
    return above & below


@dataclass(slots=True)
class _Table:
    """Collects facts; ``weights`` (R, S) as everywhere in the suite.

    Its last ``left_out`` rows are all sessions but one each.
    """

    weights: np.ndarray
    left_out: int
    facts: list[Fact]
    tick: Tick

    def resampled(self, values: np.ndarray) -> np.ndarray:
        """The estimate and its resamples, of values for every row of the weights."""
        return values[: len(self.weights) - self.left_out]

    def add(
        self,
        number: str,
        gate: str,
        name: FactName,
        values: np.ndarray,
        accept: tuple[float, float],
        source: str,
        note: Statement | None = None,
        verdict: str = "",
    ) -> None:
        """Add a row; its verdict follows from the accepted range unless one is given."""
        value = float(values[0])
        low, high = interval(self.resampled(values))
        if self.tick.is_small and name in SMALL_TICK_RANGES:
            accept, source = SMALL_TICK_RANGES[name]
            if not np.isfinite(accept).any():
                note = FactNote("small_tick")
        if np.isnan(value) and note is None:
            note = FactNote("too_few")
        if not verdict:
            verdict = judge(value, low, high, *accept)
            without = values[len(self.resampled(values)) :]
            outside = ~np.isnan(without) & ~_within(without, *accept)
            if verdict == PASS and outside.any():
                verdict, note = NOT_SHOWN, FactNote("one_session")
            elif verdict == PASS and name in REFUSES_NONE:
                verdict, note = NOT_SHOWN, FactNote("no_null")
        self.facts.append(
            Fact(number, name, gate, value, low, high, *accept, verdict, source, note)
        )

    def absent(self, number: str, gate: str, name: FactName, source: str, why: Statement) -> None:
        nothing = np.full(1, np.nan)
        self.add(number, gate, name, nothing, (-_INF, _INF), source, why)


def measure(
    sessions: Sequence[ReducedSession],
    resamples: int = RESAMPLES,
    progress: Callable[[int, int], None] | None = None,
    tick: Tick | None = None,
) -> list[Fact]:
    """Measure all facts of these sessions together.

    Args:
        sessions: one or more.
        resamples: of whole sessions, behind the intervals.
        progress: is called with (groups of facts done, groups).
        tick: whose ranges apply; None: what :func:`.tick_of` says of the sessions.

    Raises:
        ValueError: without sessions.
    """
    weights = resample_weights(len(sessions), resamples)
    without = 1.0 - np.eye(len(sessions)) if len(weights) > 1 else weights[:0]
    table = _Table(np.concatenate([weights, without]), len(without), [], tick or tick_of(sessions))
    groups = (
        _return_facts,
        _dependence_facts,
        _sign_facts,
        _impact_facts,
        _quote_facts,
        _depth_facts,
        _order_facts,
        _signature_facts,
        _drift_facts,
    )
    # Short sessions give empty sums; the estimators answer NaN, and the table says so.
    with np.errstate(divide="ignore", invalid="ignore"):
        for done, group in enumerate(groups, start=1):
            group(sessions, table)
            if progress:
                progress(done, len(groups))
    return table.facts


def with_block_intervals(
    facts: Sequence[Fact], blocks: Sequence[ReducedSession], resamples: int = RESAMPLES
) -> list[Fact]:
    """The facts of one day with intervals from resampling its pieces, judged again.

    A block bootstrap (Kuensch 1989). The estimate stays that of the whole day; the interval is that
    of the pieces, moved by the difference of both estimates. Facts that look further than half a
    piece have none: of them the pieces know too little.
    """
    pieces = {fact.what: fact for fact in measure(blocks, resamples)}
    shortest = min(block.seconds for block in blocks)
    out = []
    for fact in facts:
        other = pieces.get(fact.what)
        if other is None or reach_of(fact.what) > shortest / 2 or not np.isfinite(other.low):
            out.append(fact)
            continue
        shift = fact.value - other.value
        low, high = other.low + shift, other.high + shift
        verdict = judge(fact.value, low, high, fact.accept_low, fact.accept_high)
        if verdict == PASS and fact.what in REFUSES_NONE:
            verdict = NOT_SHOWN
        out.append(replace(fact, low=low, high=high, verdict=verdict))
    return out


def reach_of(what: FactName) -> float:
    """Seconds that a fact looks back or ahead, at the most."""
    code = what.code
    if code in ("clustering", "clustering_within"):
        return 60.0 * what.first
    if code in ("kurtosis_falls", "kurtosis_ratio"):
        return 60.0 * max(what.second, 30 if code == "kurtosis_ratio" else 0)
    if code == "signature":
        return float(max(what.first, 300))
    long = {"clustering_decay": 3600.0, "leverage": 600.0, "gain_loss": 3600.0, "ljung_box": 600.0}
    long |= {"ljung_box_clustered": 600.0, "drift": float("inf"), "spread_widest": float("inf")}
    return long.get(code, 0.0)


def _mids(sessions: Sequence[ReducedSession]) -> list[np.ndarray]:
    return [last_known(s.mid) for s in sessions]


def _returns(
    price: Sequence[np.ndarray], step: int, *, overlapping: bool = False
) -> list[np.ndarray]:
    """Log returns of each session without NaN; overlapping ones start at each whole minute."""
    if overlapping:
        each = [returns.log_returns(p[::60], step // 60, overlapping=True) for p in price]
    else:
        each = [returns.log_returns(p, step) for p in price]
    return [r[~np.isnan(r)] for r in each]


def _return_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    w, mids = table.weights, _mids(sessions)
    minute = _returns(mids, 60)
    cont = "Cont 2001"
    table.add(
        *("1", HARD, FactName("hill"), returns.hill_exponent(minute, 0.05, w)),
        *((2.0, 5.0), "Gopikrishnan et al. 1999; Cont 2001"),
    )
    kurtosis = {
        step: returns.excess_kurtosis(_returns(mids, 60 * step, overlapping=True), w)
        for step in (1, 5, 15, 30)
    }
    table.add("2", HARD, FactName("kurtosis"), kurtosis[1], (3.0, 50.0), cont)
    table.add(
        *("2", REPORT, FactName("moors"), returns.moors_kurtosis(minute, w)),
        *((-_INF, _INF), "Moors 1988 (normal: 1.23)"),
    )
    for fine, coarse in ((1, 5), (5, 15), (15, 30)):
        table.add(
            *("3", HARD, FactName("kurtosis_falls", fine, coarse)),
            *(kurtosis[fine] - kurtosis[coarse], (0.0, _INF), cont),
        )
    table.add(
        "3", HARD, FactName("kurtosis_ratio"), kurtosis[30] / kurtosis[1], (-_INF, 1 / 3), cont
    )
    rho = returns.autocorrelation(minute, 3, w)
    for lag in (1, 2, 3):
        table.add(
            *("4", HARD, FactName("autocorrelation", lag), rho[:, lag - 1]),
            *((-0.08, 0.08), "Cont 2001; Vyetrenko et al. 2020"),
        )
    table.add(
        *("4", HARD, FactName("ljung_box")),
        *(returns.ljung_box_rejections(minute, 10, 0.05, w), (0.0, 0.2), "Ljung and Box 1978"),
    )
    table.add(
        *("4", REPORT, FactName("ljung_box_clustered")),
        *(returns.ljung_box_rejections(minute, 10, 0.05, w, clustered=True), (0.0, 0.2)),
        "Diebold 1986",
    )
    for name, price, accept in (
        ("bounce_mid", mids, (-0.25, 0.02)),
        ("bounce_trades", [last_known(s.trade_price) for s in sessions], (-_INF, 0.0)),
    ):
        table.add(
            *("4b", SOFT, FactName(name)),
            *(returns.autocorrelation(_returns(price, 1), 1, w)[:, 0], accept, "Roll 1984"),
        )


def _dependence_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    w, mids = table.weights, _mids(sessions)
    minute = _returns(mids, 60)
    cont = "Cont 2001"
    rho = returns.autocorrelation([np.abs(r) for r in minute], 60, w)
    for lag, accept in ((1, (0.10, 0.45)), (10, (0.04, _INF)), (30, (0.01, _INF))):
        table.add(
            *("5", HARD, FactName("clustering", lag)),
            *(rho[:, lag - 1], accept, cont),
        )
    within = returns.autocorrelation([_standardised(np.abs(r)) for r in minute], 30, w)
    for lag in (1, 10, 30):
        table.add(
            *("5", REPORT, FactName("clustering_within", lag)),
            *(within[:, lag - 1], (-_INF, _INF), "each session about its own mean"),
        )
    table.add(
        *("5", HARD, FactName("clustering_decay")),
        *(returns.decay_exponent(rho, 1, 60, 0.01), (0.2, 0.6), "Cont 2001; Liu et al. 1999"),
    )
    volume = [s.volume[: len(s.volume) // 60 * 60].reshape(-1, 60).sum(axis=1) for s in sessions]
    moves = [np.abs(returns.log_returns(m, 60)) for m in mids]
    table.add(
        *("6", HARD, FactName("volume_volatility")),
        *(returns.correlation(moves, volume, w), (0.2, 0.8), "Cont 2001; Karpoff 1987"),
    )
    table.add(
        *("7", REPORT, FactName("leverage")),
        *(returns.leverage(minute, 10, w).mean(axis=1), (-0.1, 0.1)),
        "Bouchaud, Matacz and Potters 2001",
    )
    table.add(
        *("8", REPORT, FactName("skewness"), returns.skewness(minute, w), (-1.5, 0.5), cont),
    )
    scale = np.sqrt(np.mean(np.concatenate(minute) ** 2)) if sum(map(len, minute)) else np.nan
    name, source = FactName("gain_loss"), "Jensen et al. 2003"
    if not scale > 0:
        table.absent("8", REPORT, name, source, FactNote("no_move"))
        return
    passages = [returns.first_passage_times(m[::60], 5.0 * np.sqrt(10.0) * scale) for m in mids]
    down = Pool([p[0] for p in passages], w).quantiles([0.5])[:, 0]
    up = Pool([p[1] for p in passages], w).quantiles([0.5])[:, 0]
    ratio = np.where(np.isfinite(down) & np.isfinite(up), down / up, np.nan)
    note = FactNote("not_reached") if np.isnan(ratio[0]) else None
    table.add("8", REPORT, name, ratio, (-_INF, 1.0), source, note)


def _standardised(values: np.ndarray) -> np.ndarray:
    """Without what sets sessions apart: mean 0 and variance 1."""
    spread = values.std() if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else values[:0]


def _sign_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    rho = flow.sign_autocorrelation([s.trade_sign for s in sessions], 500, table.weights)
    source = "Lillo and Farmer 2004"
    table.add("9", HARD, FactName("signs"), rho[:, 0], (0.1, 0.5), source)
    table.add(
        *("9", HARD, FactName("signs_memory"), flow.sign_memory_exponent(rho)),
        *((0.4, 0.8), "Lillo and Farmer 2004; Lillo, Mike and Farmer 2005"),
    )


def _impact_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    w = table.weights
    names = (FactName("impact_exponent"), FactName("impact_prefactor"))
    source = "Toth et al. 2011; Sato and Kanazawa 2024"
    if why := _missing(sessions, "parents"):
        for name in names:
            table.absent("10", HARD, name, source, why)
    else:
        minute = _returns(_mids(sessions), 60)
        both = flow.metaorder_impact(
            [s.parent_size for s in sessions],
            [s.parent_impact for s in sessions],
            np.array([r @ r for r in minute]),
            np.array([s.volume.sum() for s in sessions]),
            w,
        )
        for name, values, accept in zip(names, both, ((0.40, 0.65), (0.3, 1.5)), strict=True):
            table.add("10", HARD, name, values, accept, source)
    name, source = FactName("trade_impact"), "Lillo, Farmer and Mantegna 2003"
    if why := _missing(sessions, "responses"):
        table.absent("10b", SOFT, name, source, why)
        return
    psi = flow.trade_impact_exponent(
        [s.trade_size for s in sessions], [s.trade_response for s in sessions], w
    )
    table.add("10b", SOFT, name, psi, (0.1, 0.6), source)


def _quote_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    w = table.weights
    spread = [s.spread for s in sessions]
    source = "Plerou et al. 2005; Mike and Farmer 2008"
    table.add("11", HARD, FactName("spread_mean"), book.mean(spread, w), (1.0, 4.0), source)
    pool = Pool(spread, w)
    widest = _weighted_maximum([np.nanmax(s, initial=0.0) for s in spread], w)
    table.add("11", HARD, FactName("spread_widest"), widest, (0.0, 200.0), source)
    crossed = np.array([[s.crossed] for s in sessions], dtype=float)
    table.add(
        *("11", HARD, FactName("spread_crossed"), w @ crossed[:, 0], (0.0, 0.0)),
        "price-time priority",
    )
    table.add(
        "11", REPORT, FactName("spread_one_tick"), book.share(spread, 1.0, w), (-_INF, _INF), source
    )
    table.add(
        *("11", REPORT, FactName("spread_tail"), pool.hill(0.002)),
        *((-_INF, _INF), "Plerou et al. 2005 (about 3)"),
    )
    best = [s.best_volume for s in sessions]
    source = "Bouchaud, Mezard and Potters 2002"
    table.add("12", SOFT, FactName("best_gamma"), book.gamma_shape(best, w), (0.6, 3.0), source)
    table.add(
        *("12", SOFT, FactName("best_variation"), book.coefficient_of_variation(best, w)),
        *((0.55, 1.2), source),
    )


def _weighted_maximum(values: Sequence[float], weights: np.ndarray) -> np.ndarray:
    return np.where(weights > 0, np.asarray(values)[None], -_INF).max(axis=1)


def _depth_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    names = (
        (FactName("depth_peak"), (1.0, 6.0)),
        (FactName("depth_best"), (-_INF, 1.0)),
        (FactName("depth_decay"), (1.0, _INF)),
    )
    source = "Bouchaud, Mezard and Potters 2002; Gu, Chen and Zhou 2008"
    if why := _missing(sessions, "depth"):
        for name, _ in names:
            table.absent("13", SOFT, name, source, why)
        return
    profile = book.depth_profile(
        [s.depth_sums for s in sessions], [s.depth_looks for s in sessions], table.weights
    )
    for (name, accept), values in zip(names, book.hump(profile), strict=True):
        table.add("13", SOFT, name, values, accept, source)


def _order_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    w = table.weights
    lives, gaps = "Challet and Stinchcombe 2001", "Vyetrenko et al. 2020"
    if why := _missing(sessions, "messages"):
        table.absent("14", SOFT, FactName("lifetimes"), lives, why)
        table.absent("14", SOFT, FactName("cancelled"), lives, why)
        table.absent("15", SOFT, FactName("messages"), gaps, why)
    else:
        table.add(
            *("14", SOFT, FactName("lifetimes")),
            *(flow.lifetime_exponent([s.lifetimes for s in sessions], 60.0, w), (0.9, 1.6), lives),
        )
        share = flow.ratio_of_totals(
            np.array([s.cancellations for s in sessions], dtype=float),
            np.array([s.additions for s in sessions], dtype=float),
            w,
        )
        table.add("14", SOFT, FactName("cancelled"), share, (0.8, 1.0), lives)
        shape = flow.weibull_shape([s.message_gaps for s in sessions], w)
        table.add("15", SOFT, FactName("messages"), shape, (0.4, 0.9), gaps)
    shape = flow.weibull_shape([s.trade_gaps for s in sessions], w)
    table.add("15", SOFT, FactName("trades"), shape, (0.4, 0.9), gaps)
    counts = [_per_minute(s) for s in sessions]
    table.add(
        *("15", SOFT, FactName("trades_variance")),
        *(flow.fano_factor(counts, w), (3.0, _INF), gaps),
    )


def _per_minute(session: ReducedSession) -> np.ndarray:
    if not len(session.trade_time):
        return np.empty(0)
    minutes = int(session.seconds // 60)
    # A recorded day counts its seconds from midnight, a simulated one from the open.
    begin = 0.0 if session.trade_time[-1] <= session.seconds + 1e-6 else session.trade_time[0]
    at = ((session.trade_time - begin) // 60).astype(np.int64)
    return np.bincount(at[(at >= 0) & (at < minutes)], minlength=minutes)


def _signature_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    steps = (1, 10, 60, 300, 1800)
    variance = returns.signature(_mids(sessions), steps, table.weights)
    source = "Bouchaud et al. 2004; Bouchaud, Farmer and Lillo 2009"
    ranges: Iterator[tuple[int, str, tuple[float, float]]] = iter(
        (
            (60, HARD, (0.85, 1.25)),
            (1800, HARD, (0.75, 1.30)),
            (1, SOFT, (0.8, 2.0)),
            (10, SOFT, (0.8, 1.5)),
        )
    )
    for step, gate, accept in ranges:
        ratio = variance[:, steps.index(step)] / variance[:, steps.index(300)]
        number = "16" if gate == HARD else "16b"
        table.add(number, gate, FactName("signature", step), ratio, accept, source)


def _missing(sessions: Sequence[ReducedSession], group: str) -> Statement | None:
    return next((s.missing[group] for s in sessions if group in s.missing), None)


def _drift_facts(sessions: Sequence[ReducedSession], table: _Table) -> None:
    """Whether the price moves one way on average: a market that is meant to have no drift has none.

    The mean is that of the sessions' log returns, from the first to the last mid price.
    """
    known = [m[np.isfinite(m) & (m > 0.0)] for m in _mids(sessions)]
    each = np.array([np.log(m[-1] / m[0]) if len(m) > 1 else np.nan for m in known])
    there = np.isfinite(each)
    weights = table.weights[:, there]
    drift = 1e4 * (weights @ each[there]) / weights.sum(axis=1)
    verdict, note = "", None
    if there.sum() > 1:
        verdict = PASS
        for level, worse in ((0.95, WARN), (0.99, FAIL)):
            low, high = interval(table.resampled(drift), level)
            if np.isfinite(low) and not low <= 0.0 <= high:
                verdict, note = worse, FactNote("drifts", round(100 * level))
    table.add(
        *("17", REPORT, FactName("drift"), drift, (-_INF, _INF)),
        *("no drift is meant", note, verdict),
    )
