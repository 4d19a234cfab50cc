"""What the suite of stylised facts tells people: names of facts, and why one has no value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from abm_desktop.statements import Fault, Statement

__all__ = [
    "FactName",
    "FactNote",
    "GroupsMeasured",
    "LevelsTooShallow",
    "RunTooShort",
    "SessionsRun",
]

_NAMES = {
    "hill": "Fat tails: Hill exponent, 1 min",
    "kurtosis": "Excess kurtosis, 1 min",
    "moors": "Moors kurtosis, 1 min",
    "kurtosis_falls": "Kurtosis {first} min less {second} min",
    "kurtosis_ratio": "Kurtosis 30 min over 1 min",
    "autocorrelation": "Return autocorrelation, 1 min, lag {first}",
    "ljung_box": "Sessions where Ljung-Box(10) rejects",
    "ljung_box_clustered": "... allowing for clustered volatility",
    "bounce_mid": "Bid-ask bounce: lag 1 of 1 s mid returns",
    "bounce_trades": "Bid-ask bounce: lag 1 of 1 s trade price returns",
    "clustering": "Volatility clustering: lag {first} of |r|, 1 min",
    "clustering_within": "... within sessions: lag {first}",
    "clustering_decay": "Volatility clustering: decay exponent",
    "volume_volatility": "Volume-volatility correlation, 1 min",
    "leverage": "Leverage effect, mean over 1-10 min",
    "skewness": "Skewness, 1 min",
    "gain_loss": "Median time of a fall over that of a gain",
    "signs": "Order signs: lag 1",
    "signs_memory": "Order signs: memory exponent gamma",
    "impact_exponent": "Metaorder impact: exponent delta",
    "impact_prefactor": "Metaorder impact: prefactor Y",
    "trade_impact": "Single-trade impact: exponent psi",
    "spread_mean": "Spread: mean, ticks",
    "spread_widest": "Spread: widest, ticks",
    "spread_crossed": "Spread: seconds with a crossed book",
    "spread_one_tick": "Spread: share of one tick",
    "spread_tail": "Spread: Hill exponent of the top 0.2 %",
    "best_gamma": "Volume at the best: gamma shape",
    "best_variation": "Volume at the best: sd over mean",
    "depth_peak": "Depth: distance of its peak, ticks",
    "depth_best": "Depth: at the best over at the peak",
    "depth_decay": "Depth: decay exponent, 10-100 ticks",
    "lifetimes": "Lifetimes of cancelled orders: exponent",
    "cancelled": "Share of limit orders cancelled",
    "messages": "Message arrivals: Weibull shape",
    "trades": "Trade arrivals: Weibull shape",
    "trades_variance": "Trades a minute: variance over mean",
    "signature": "Signature plot: {first} s over 300 s",
    "drift": "Mean return of a session, bp",
}


@dataclass(frozen=True, slots=True)
class FactName(Statement):
    """The name of a fact."""

    TEXTS = tuple(_NAMES.values())
    code: str
    """Says which fact it is, with the numbers."""
    first: int = 0
    """Minutes, seconds or a lag in the name."""
    second: int = 0

    @property
    def text(self) -> str:
        """By code."""
        return _NAMES[self.code]


_NOTES = {
    "too_few": "too few data",
    "no_move": "the price does not move",
    "not_reached": "fewer than half of the paths get that far in a session",
    "one_session": "with one session left out it lies outside",
    "no_null": "its range refuses no market without the fact that was tried",
    "small_tick": "small-tick market: the range of large-tick ones does not apply",
    "drifts": "drifts: zero lies outside its {percent} % interval",
    "no_institutions": "the scenario has no institutions",
    "not_recorded": "messages were not recorded",
    "no_names": "the file does not name the traders",
    "window_parents": "parent orders are not followed in the window: use `abm-desktop facts`",
    "window_messages": "single messages are not kept in the window: use `abm-desktop facts`",
    "window_responses": "single quotes are not kept in the window: use `abm-desktop facts`",
    "window_depth": "the whole book is not kept in the window: use `abm-desktop facts`",
}
NoteCode = Literal[
    "too_few",
    "no_move",
    "not_reached",
    "one_session",
    "no_null",
    "small_tick",
    "drifts",
    "no_institutions",
    "not_recorded",
    "no_names",
    "window_parents",
    "window_messages",
    "window_responses",
    "window_depth",
]


@dataclass(frozen=True, slots=True)
class FactNote(Statement):
    """Why a fact has no value, or what its value means."""

    TEXTS = tuple(_NOTES.values())
    code: NoteCode
    percent: int = 0
    """Level of an interval."""

    @property
    def text(self) -> str:
        """By code."""
        return _NOTES[self.code]


@dataclass(frozen=True, slots=True)
class LevelsTooShallow(Statement):
    """A recorded book ends before the prices that a fact looks at."""

    TEXTS = ("its {levels} levels reach {ticks:.0f} ticks, {needed} needed",)
    levels: int
    ticks: float
    needed: int


@dataclass(frozen=True, slots=True)
class GroupsMeasured(Statement):
    """How far the measuring is."""

    TEXTS = ("{done} of {total} groups of facts",)
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class SessionsRun(Statement):
    """How far the sessions are that are to be measured."""

    TEXTS = ("{done} of {total} sessions",)
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class RunTooShort(Fault):
    """A run that is too short for any fact, seconds."""

    TEXTS = ("The run has {seconds:.0f} s so far, {least:.0f} s are the least.",)
    REMEDIES = ("Let the market run on.",)
    seconds: float
    least: float

    def values(self) -> dict[str, Any]:
        """Never below zero: an empty run may have no length."""
        seconds = self.seconds if self.seconds > 0.0 else 0.0
        return {"seconds": seconds, "least": self.least}
