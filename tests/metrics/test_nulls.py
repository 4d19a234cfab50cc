"""Ranges of the stylised facts hold for what has them, and refuse what lacks them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support.flow_maker import random_day, write_pair

from abm_desktop.metrics.stylized_facts.evidence import REFUSES_NONE
from abm_desktop.metrics.stylized_facts.flow import GapHistogram
from abm_desktop.metrics.stylized_facts.lobster import lobster_session, recorded_blocks
from abm_desktop.metrics.stylized_facts.nulls import NULLS, refusals
from abm_desktop.metrics.stylized_facts.sessions import DISTANCES, ReducedSession
from abm_desktop.metrics.stylized_facts.suite import measure, with_block_intervals
from abm_desktop.metrics.stylized_facts.ticks import SMALL_TICK_RANGES, tick_of

SECONDS = 6 * 3600
DISTANCE = np.arange(DISTANCES)
DEPTH = 100.0 * (1 + DISTANCE) / (1 + (DISTANCE / 3.0) ** 2.5)
"""Lots: a hump at two ticks, and a power law behind it."""


@pytest.fixture(scope="module")
def made():
    """Sessions with clustered, fat-tailed returns, long memory of signs and bursts of trades."""
    return [_session(np.random.default_rng(seed)) for seed in range(8)]


def _session(rng: np.random.Generator) -> ReducedSession:
    minutes = SECONDS // 60
    slow = np.zeros(minutes)
    for k in range(1, minutes):
        slow[k] = 0.95 * slow[k - 1] + 0.2 * rng.normal()
    volatility = np.repeat(np.exp(slow), 60)
    steps = 1e-4 * volatility * rng.standard_t(4, SECONDS)
    mid = 10_000 * np.exp(np.concatenate(([0.0], np.cumsum(steps))))
    lengths = np.floor(rng.pareto(1.5, 20_000) + 1).astype(int)
    sign = np.repeat(rng.choice([-1.0, 1.0], len(lengths)), lengths)[:20_000]
    sign[rng.random(len(sign)) < 0.3] *= -1.0
    gaps = rng.weibull(0.6, len(sign))
    time = np.cumsum(gaps) * SECONDS / gaps.sum()
    histogram = GapHistogram()
    histogram.add(np.diff(time))
    size = np.floor(rng.pareto(1.5, len(sign)) + 1)
    return ReducedSession(
        name="made", seconds=float(SECONDS), mid=mid, trade_price=mid,
        volume=100 * volatility * rng.exponential(size=SECONDS),
        spread=np.full(SECONDS + 1, 2.0),
        depth_sums=DEPTH, depth_looks=1, best_volume=rng.gamma(1.5, 10.0, 2 * SECONDS),
        trade_time=time, trade_sign=sign, trade_size=size,
        trade_response=size**0.3 + rng.normal(0, 0.1, len(sign)), trade_gaps=histogram,
        message_gaps=histogram, additions=100, cancellations=90,
        lifetimes=60 * (1 + rng.pareto(1.2, 2000)),
    )  # fmt: skip


REFUSED = {
    "Volatility clustering: lag 1 of |r|, 1 min": {"shuffled"},
    "Return autocorrelation, 1 min, lag 1": {"smoothed", "slow"},
    "Return autocorrelation, 1 min, lag 2": {"slow"},
    "Return autocorrelation, 1 min, lag 3": {"slow"},
    "Signature plot: 1800 s over 300 s": {"slow"},
    "Signature plot: 60 s over 300 s": {"smoothed"},
    "Volume-volatility correlation, 1 min": {"shuffled"},
    "Order signs: lag 1": {"shuffled"},
    "Single-trade impact: exponent psi": {"shuffled"},
    "Trade arrivals: Weibull shape": {"even"},
    "Lifetimes of cancelled orders: exponent": {"even"},
    "Spread: mean, ticks": {"doubled"},
    "Spread: widest, ticks": {"doubled"},
    "Depth: distance of its peak, ticks": {"falling"},
    "Depth: at the best over at the peak": {"falling"},
    "Depth: decay exponent, 10-100 ticks": {"level"},
}


def test_a_range_holds_for_the_fact_and_refuses_the_null(made):
    verdicts = {fact.name: fact.verdict for fact in measure(made, 200)}
    found = refusals(made, 100)
    for name, nulls in REFUSED.items():
        assert verdicts[name] in ("PASS", "NOT SHOWN", "WARN"), (name, verdicts[name])
        assert nulls <= set(found[name]), (name, found[name])
    assert all(set(names) <= set(NULLS) for names in found.values())
    assert "Moors kurtosis, 1 min" not in found  # has no range


def test_a_null_keeps_what_it_does_not_name(made):
    session, rng = made[0], np.random.default_rng(1)
    shuffled = NULLS["shuffled"].apply(session, rng)
    assert shuffled.volume.sum() == pytest.approx(session.volume.sum())
    assert sorted(shuffled.trade_sign) == sorted(session.trade_sign)
    steps = [np.sort(np.diff(np.log(s.mid))) for s in (session, shuffled)]
    np.testing.assert_allclose(steps[0], steps[1], atol=1e-12)
    walk = NULLS["gaussian"].apply(session, rng)
    ratio = np.diff(np.log(walk.mid)).std() / np.diff(np.log(session.mid)).std()
    assert ratio == pytest.approx(1.0, abs=0.02) and walk.mid[0] == pytest.approx(session.mid[0])


def test_clustering_within_sessions_is_not_that_between_them():
    """Quiet and busy days cluster when pooled, though no minute knows of the one before."""
    rng = np.random.default_rng(3)
    sessions = []
    for k in range(12):
        steps = rng.normal(0, 1e-5 * (1 + 3 * (k % 2)), SECONDS)
        mid = 10_000 * np.exp(np.concatenate(([0.0], np.cumsum(steps))))
        sessions.append(_with_mid(mid))
    values = {fact.name: fact.value for fact in measure(sessions, 0)}
    assert values["Volatility clustering: lag 1 of |r|, 1 min"] > 0.2
    assert abs(values["... within sessions: lag 1"]) < 0.05


def _with_mid(mid: np.ndarray) -> ReducedSession:
    session = _session(np.random.default_rng(0))
    session.mid = session.trade_price = mid
    return session


def test_a_day_is_resampled_by_its_pieces(tmp_path):
    path = write_pair(tmp_path, *random_day(seed=6, rows=3000, depth=3))
    day, blocks = lobster_session(path), recorded_blocks(path, seconds=6.0)
    assert len(blocks) >= 8
    total = sum(block.additions for block in blocks)
    assert 0.8 * day.additions <= total <= day.additions
    facts = measure([day])
    assert all(np.isnan(fact.low) for fact in facts)
    judged = {fact.name: fact for fact in with_block_intervals(facts, blocks, 200)}
    best = judged["Volume at the best: sd over mean"]
    assert best.low < best.value < best.high
    assert best.value == next(f.value for f in facts if f.name == best.name)
    # Of a lag of thirty minutes pieces of six seconds know nothing.
    assert np.isnan(judged["Volatility clustering: lag 30 of |r|, 1 min"].low)


def test_no_range_that_has_refused_nothing_is_passed(made):
    """The list of such ranges is that of the documented table, and none of them is evidence."""
    page = Path(__file__).parents[2] / "docs" / "realism.md"
    rows = [line.split("|") for line in page.read_text(encoding="utf-8").splitlines()]
    rows = [[cell.strip() for cell in row] for row in rows if len(row) == 10]
    told = {row[2]: row for row in rows if row[8].startswith("none")}
    names = {str(name).replace("|r|", "abs(r)") for name in REFUSES_NONE}
    assert set(told) == names and len(names) == 8
    for row in told.values():
        assert not any("PASS" in cell for cell in row[4:8]), row
        assert "none of" in row[8] or "tried on" in row[8], row
    unproven = [fact for fact in measure(made, 100) if fact.what in REFUSES_NONE]
    assert unproven and not any(fact.verdict == "PASS" for fact in unproven)
    assert any(fact.verdict == "NOT SHOWN" and "refuses no" in str(fact.note) for fact in unproven)
    whole = replace(made[0], seconds=3600.0)
    again = with_block_intervals(measure([made[0]], 0), [whole] * 8, 50)
    assert not any(fact.verdict == "PASS" for fact in again if fact.what in REFUSES_NONE)


def _wide(session: ReducedSession, moves: float) -> ReducedSession:
    """Quotes twelve ticks apart, and a price that moves so many ticks from trade to trade."""
    steps = np.where(np.arange(SECONDS) % 2, moves, -moves)
    steps *= np.sqrt(len(session.trade_time) / SECONDS)
    mid = 10_000 + np.concatenate(([0.0], np.cumsum(steps)))
    return replace(session, mid=mid, trade_price=mid, spread=np.full(SECONDS + 1, 12.0))


def test_a_market_whose_spread_is_many_ticks_has_ranges_of_its_own(made):
    small = [_wide(session, 3.0) for session in made]
    tick = tick_of(small)
    assert tick.is_small and tick.kind == "small-tick"
    assert (tick.spread, tick.per_trade) == (12.0, pytest.approx(3.0))
    found = {fact.what.code: fact for fact in measure(small, 50)}
    spread, best = found["spread_mean"], found["best_variation"]
    assert spread.verdict == "-" and "small-tick" in str(spread.note) and not spread.accept
    assert best.accept == "> 1" and best.verdict == "FAIL"  # gamma of shape 1.5: 0.82
    heavy = [
        replace(s, best_volume=np.random.default_rng(k).pareto(1.5, SECONDS) + 1)
        for k, s in enumerate(small)
    ]
    found = {fact.what.code: fact.verdict for fact in measure(heavy, 50)}
    assert found["best_variation"] == "PASS"
    assert "even" in refusals(heavy, 50)["Volume at the best: sd over mean"]
    # The other ranges are the same in both.
    ranges = [
        {f.what: (f.accept_low, f.accept_high) for f in measure(sessions, 0) if f.value == f.value}
        for sessions in (made, small)
    ]
    both = set(ranges[0]) & set(ranges[1])
    assert {what for what in both if ranges[0][what] != ranges[1][what]} == set(SMALL_TICK_RANGES)


def test_a_wide_spread_about_a_price_that_stands_still_is_no_small_tick(made):
    """The spread of a stock with a small tick is as wide as its price moves; this one is dear."""
    idle = [_wide(session, 0.3) for session in made]
    assert tick_of(idle).kind == "large-tick"
    assert {f.what.code: f.verdict for f in measure(idle, 50)}["spread_mean"] == "FAIL"
    assert not tick_of([replace(made[0], trade_time=np.empty(0))]).is_small
