"""Every row and column of ``facts --json``, computed once more from the sessions in plain NumPy."""

from __future__ import annotations

import itertools
import json
import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import digamma

from abm_desktop.commands.facts import write_facts
from abm_desktop.metrics.stylized_facts import suite
from abm_desktop.metrics.stylized_facts.flow import GapHistogram
from abm_desktop.metrics.stylized_facts.sessions import DISTANCES, ReducedSession
from abm_desktop.metrics.stylized_facts.ticks import tick_of

SECONDS, SESSIONS = 7200, 8
NAN = float("nan")


@pytest.fixture(scope="module")
def made():
    """(records, the waiting times that their histograms were filled with)."""
    rng = np.random.default_rng(5)
    records, waits = [], []
    for number in range(SESSIONS):
        n = SECONDS
        volatility = 2e-5 * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
        mid = 1e4 * np.exp(np.concatenate(([0.0], np.cumsum(volatility * rng.standard_t(4, n)))))
        mid[0:3] = NAN  # no quotes at the very open
        spread = rng.geometric(0.5, n + 1).astype(float)
        spread[100:110] = NAN
        trades = 2500
        at = np.sort(rng.uniform(0, n, trades))
        sign = np.where(np.cumsum(rng.random(trades) < 0.2) % 2, 1.0, -1.0)
        size = rng.geometric(0.2, trades).astype(float)
        response = np.where(rng.random(trades) < 0.9, 0.02 * size**0.3 + rng.normal(0, 0.01), NAN)
        parents = rng.pareto(1.5, 60) * 50 + 50
        gaps = [rng.weibull(0.6, 4000) * 0.5, np.diff(at)]
        histograms = [GapHistogram(), GapHistogram()]
        for histogram, gap in zip(histograms, gaps, strict=True):
            histogram.add(gap)
        distance = np.arange(DISTANCES)
        records.append(
            ReducedSession(
                name=f"{number}", seconds=float(n), mid=mid,
                trade_price=np.round(mid + rng.choice([-0.5, 0.5], n + 1)),
                volume=rng.poisson(4e4 * np.abs(volatility) + 1).astype(float), spread=spread,
                best_volume=rng.gamma(1.2, 8.0, 2 * n).round(), trade_time=at, trade_sign=sign,
                trade_size=size, trade_response=response, trade_gaps=histograms[1],
                message_gaps=histograms[0], additions=9000 + number, cancellations=8000 - number,
                lifetimes=60.0 * rng.pareto(1.1, 500) + 60.0,
                depth_sums=400.0 * (5 + distance) * np.exp(-distance / 4)
                + 9e4 / (9 + distance) ** 2,
                depth_looks=400, parent_size=parents,
                parent_impact=1e-4 * parents**0.5 * rng.lognormal(0, 0.3, 60), crossed=number % 2,
            )
        )  # fmt: skip
        waits.append(gaps)
    return records, waits


def filled(values):
    out, last = [], NAN
    for value in values:
        last = value if value == value else last
        out.append(last)
    return np.array(out)


def rho_of(series, lag):
    """Autocorrelation about the mean of all sessions; pairs lie within one."""
    mean = np.concatenate(series).mean()
    pairs = np.concatenate([(x[:-lag] - mean) * (x[lag:] - mean) for x in series])
    return pairs.mean() / np.concatenate([(x - mean) ** 2 for x in series]).mean()


def slope(x, y):
    return float(np.polyfit(x, y, 1)[0])


def hill(values, fraction):
    x = np.sort(values[~np.isnan(values)])[::-1]
    k = int(fraction * len(x))
    return k / np.log(x[:k] / x[k]).sum() if k >= 10 and x[0] > x[k] else NAN


def moment(x, power):
    return ((x - x.mean()) ** power).mean()


def quantile(x, level):
    """The smallest value with that share at or below it."""
    x = np.sort(x)
    return x[math.ceil(level * len(x) - 1e-9) - 1]


def ljung_box(sessions, clustered):
    rejected = []
    for x in sessions:
        n, q = len(x), 0.0
        for lag in range(1, 11):
            term = rho_of([x], lag) ** 2 / (n - lag)
            if clustered:
                squares = (x - x.mean()) ** 2
                common = rho_of([squares], lag) * squares.var() / squares.mean() ** 2
                term /= 1 + max(0.0, common)
            q += n * (n + 2) * term
        rejected.append(q > 18.307038)  # of chi-squared with 10 degrees of freedom, 5 %
    return np.mean(rejected)


def passages(logs, distance):
    down, up = [], []
    for k in range(len(logs) // 2):
        path = logs[k + 1 :] - logs[k]
        for out, hit in ((down, path <= -distance), (up, path >= distance)):
            out.append(np.flatnonzero(hit)[0] + 1 if hit.any() else np.inf)
    return down, up


def weibull(gaps):
    logs = np.log(np.concatenate(gaps))

    def of(k):
        power = np.exp(k * logs)
        return (power * logs).sum() / power.sum() - 1 / k - logs.mean()

    return brentq(of, 0.05, 5.0)


def expected_of(records, waits):
    """Value of every fact by its name."""
    out = {}
    mids = [filled(r.mid) for r in records]
    at_minutes = [np.log(m[::60]) for m in mids]

    def returns(logs, step):
        """From every minute on; without those before the first price."""
        each = [x[step:] - x[:-step] for x in logs]
        return [r[~np.isnan(r)] for r in each]

    minute = returns(at_minutes, 1)
    every = np.concatenate(minute)
    out["Fat tails: Hill exponent, 1 min"] = hill(np.abs(every), 0.05)
    kurtosis = {}
    for step in (1, 5, 15, 30):
        x = np.concatenate(returns(at_minutes, step))
        kurtosis[step] = moment(x, 4) / moment(x, 2) ** 2 - 3
    out["Excess kurtosis, 1 min"] = kurtosis[1]
    e = [quantile(every, k / 8) for k in range(9)[1:8]]
    out["Moors kurtosis, 1 min"] = ((e[6] - e[4]) + (e[2] - e[0])) / (e[5] - e[1])
    for fine, coarse in ((1, 5), (5, 15), (15, 30)):
        out[f"Kurtosis {fine} min less {coarse} min"] = kurtosis[fine] - kurtosis[coarse]
    out["Kurtosis 30 min over 1 min"] = kurtosis[30] / kurtosis[1]
    for lag in (1, 2, 3):
        out[f"Return autocorrelation, 1 min, lag {lag}"] = rho_of(minute, lag)
    out["Sessions where Ljung-Box(10) rejects"] = ljung_box(minute, False)
    out["... allowing for clustered volatility"] = ljung_box(minute, True)
    for name, prices in (("mid", mids), ("trade price", [filled(r.trade_price) for r in records])):
        second = [np.diff(np.log(p)) for p in prices]
        out[f"Bid-ask bounce: lag 1 of 1 s {name} returns"] = rho_of(
            [r[~np.isnan(r)] for r in second], 1
        )
    absolute = [np.abs(r) for r in minute]
    for lag in (1, 10, 30):
        out[f"Volatility clustering: lag {lag} of |r|, 1 min"] = rho_of(absolute, lag)
        own = [(x - x.mean()) / x.std() for x in absolute]
        out[f"... within sessions: lag {lag}"] = rho_of(own, lag)
    rho = [(lag, rho_of(absolute, lag)) for lag in range(1, 61)]
    some = np.array([(math.log(lag), math.log(r)) for lag, r in rho if r > 0.01])
    out["Volatility clustering: decay exponent"] = -slope(*some.T)
    moves = np.concatenate([np.abs(np.diff(x)) for x in at_minutes])
    lots = np.concatenate([r.volume.reshape(-1, 60).sum(axis=1) for r in records])
    known = ~np.isnan(moves)
    out["Volume-volatility correlation, 1 min"] = np.corrcoef(moves[known], lots[known])[0, 1]
    square = (every**2).mean()
    leverage = [
        np.concatenate([r[:-lag] * r[lag:] ** 2 for r in minute]).mean() for lag in range(1, 11)
    ]
    out["Leverage effect, mean over 1-10 min"] = np.mean(leverage) / square**1.5
    out["Skewness, 1 min"] = moment(every, 3) / moment(every, 2) ** 1.5
    found = [passages(x[~np.isnan(x)], 5 * math.sqrt(10 * square)) for x in at_minutes]
    down, up = (quantile(np.concatenate([f[k] for f in found]), 0.5) for k in (0, 1))
    out["Median time of a fall over that of a gain"] = (
        down / up if math.isfinite(down + up) else NAN
    )
    signs = [r.trade_sign for r in records]
    memory = [(lag, rho_of(signs, lag)) for lag in range(1, 501)]
    out["Order signs: lag 1"] = memory[0][1]
    some = np.array([(math.log(k), math.log(r)) for k, r in memory[4:] if r > 0.005])
    out["Order signs: memory exponent gamma"] = -slope(*some.T)
    size = np.concatenate([r.parent_size for r in records])
    impact = np.concatenate([r.parent_impact for r in records])
    edges = [-np.inf, *np.quantile(size, np.arange(1, 8) / 8), np.inf]
    bins = [(size > a) & (size <= b) for a, b in itertools.pairwise(edges)]
    q = np.array([size[b].mean() for b in bins])
    i = np.array([impact[b].mean() for b in bins])
    out["Metaorder impact: exponent delta"] = slope(np.log(q), np.log(i))
    sigma = math.sqrt(np.mean([(r**2).sum() for r in minute]))
    day = np.mean([r.volume.sum() for r in records])
    out["Metaorder impact: prefactor Y"] = math.exp(np.log(i / sigma / np.sqrt(q / day)).mean())
    size = np.concatenate([r.trade_size for r in records])
    response = np.concatenate([r.trade_response for r in records])
    size, response = size[~np.isnan(response)], response[~np.isnan(response)]
    points, lower = [], 1.0
    bounds = sorted({math.ceil(2 ** (k / 2) - 1e-9) for k in range(40)})
    for lower, upper in itertools.pairwise(bounds):
        mine = (size >= lower) & (size < upper)
        if mine.sum() >= 150 and response[mine].mean() > 0:
            points.append((math.log(size[mine].mean()), math.log(response[mine].mean())))
    out["Single-trade impact: exponent psi"] = slope(*np.array(points).T)
    spread = np.concatenate([r.spread for r in records])
    known = spread[~np.isnan(spread)]
    out["Spread: mean, ticks"] = known.mean()
    out["Spread: widest, ticks"] = known.max()
    out["Spread: seconds with a crossed book"] = sum(r.crossed for r in records)
    out["Spread: share of one tick"] = (known == 1).mean()
    out["Spread: Hill exponent of the top 0.2 %"] = hill(known, 0.002)
    best = np.concatenate([r.best_volume for r in records])
    best = best[best > 0]
    gap = math.log(best.mean()) - np.log(best).mean()
    out["Volume at the best: gamma shape"] = brentq(
        lambda k: math.log(k) - digamma(k) - gap, 0.05, 50
    )
    out["Volume at the best: sd over mean"] = best.std() / best.mean()
    profile = sum(r.depth_sums for r in records) / sum(r.depth_looks for r in records)
    out["Depth: distance of its peak, ticks"] = profile.argmax()
    out["Depth: at the best over at the peak"] = profile[0] / profile.max()
    far = np.arange(10, 101)
    out["Depth: decay exponent, 10-100 ticks"] = -slope(np.log(far), np.log(profile[far]))
    lives = np.concatenate([r.lifetimes for r in records])
    lives = lives[lives > 60]
    out["Lifetimes of cancelled orders: exponent"] = 1 / np.log(lives / 60).mean()
    out["Share of limit orders cancelled"] = sum(r.cancellations for r in records) / sum(
        r.additions for r in records
    )
    out["Message arrivals: Weibull shape"] = weibull([w[0] for w in waits])
    out["Trade arrivals: Weibull shape"] = weibull([w[1] for w in waits])
    counts = np.concatenate(
        [np.bincount((r.trade_time // 60).astype(int), minlength=SECONDS // 60) for r in records]
    )
    out["Trades a minute: variance over mean"] = counts.var() / counts.mean()
    variance = {}
    for step in (1, 10, 60, 300, 1800):
        each = [np.log(m[step:]) - np.log(m[:-step]) for m in mids]
        x = np.concatenate(each)
        variance[step] = np.nanmean(x**2) / step
    for step in (60, 1800, 1, 10):
        out[f"Signature plot: {step} s over 300 s"] = variance[step] / variance[300]
    ends = [m[~np.isnan(m)] for m in mids]
    out["Mean return of a session, bp"] = 1e4 * np.mean([math.log(m[-1] / m[0]) for m in ends])
    return out


@pytest.fixture(scope="module")
def rows(made, tmp_path_factory):
    file = tmp_path_factory.mktemp("facts") / "facts.json"
    write_facts(file, "made", [5, 6], suite.measure(made[0], resamples=400), tick_of(made[0]))
    written = json.loads(file.read_text(encoding="utf-8"))
    assert list(written) == ["subject", "seeds", "tick", "facts"]
    assert written["tick"]["kind"] == "large-tick"
    assert (written["subject"], written["seeds"]) == ("made", [5, 6])
    return written["facts"]


def test_the_value_of_every_fact(made, rows):
    expected = expected_of(*made)
    assert [row["name"] for row in rows] == list(dict.fromkeys(row["name"] for row in rows))
    assert {row["name"] for row in rows} == set(expected)
    for row in rows:
        value = expected[row["name"]]
        # Waiting times lie in bins of a fortieth of a factor of e.
        near = 2e-3 if "Weibull" in row["name"] else 1e-6
        if math.isnan(value):
            assert row["value"] is None and row["note"], row["name"]
        else:
            assert row["value"] == pytest.approx(value, rel=near, abs=1e-9), row["name"]


def test_intervals_are_those_of_sessions_drawn_anew(made, rows):
    records, _waits = made
    found = {row["name"]: row for row in rows}
    rng = np.random.default_rng(1)
    names = ("Spread: mean, ticks", "Share of limit orders cancelled",
             "Mean return of a session, bp", "Return autocorrelation, 1 min, lag 1")  # fmt: skip
    minute = [np.diff(np.log(filled(r.mid)[::60])) for r in records]
    minute = [r[~np.isnan(r)] for r in minute]
    drift = [1e4 * math.log(filled(r.mid)[-1] / r.mid[3]) for r in records]
    drawn = []
    for _ in range(2000):
        k = rng.integers(0, SESSIONS, SESSIONS)
        spread = np.concatenate([records[j].spread for j in k]) if len(drawn) < 300 else [NAN]
        gone = sum(records[j].cancellations for j in k) / sum(records[j].additions for j in k)
        rho = rho_of([minute[j] for j in k], 1)
        drawn.append((np.nanmean(spread) if len(spread) > 1 else NAN, gone,
                      np.mean([drift[j] for j in k]), rho))  # fmt: skip
    low, high = np.nanpercentile(np.array(drawn), [2.5, 97.5], axis=0)
    for name, a, b in zip(names, low, high, strict=True):
        row = found[name]
        assert abs(row["low"] - a) < 0.15 * (b - a), name
        assert abs(row["high"] - b) < 0.15 * (b - a), name


def test_every_other_column(rows):
    for row in rows:
        assert list(row) == [
            "number", "name", "gate", "value", "low", "high", "accept_low", "accept_high",
            "verdict", "source", "note",
        ]  # fmt: skip
        assert row["gate"] in ("hard", "soft", "report") and row["source"] and row["number"]
        value, low, high = (row[name] for name in ("value", "low", "high"))
        bottom, top = row["accept_low"], row["accept_high"]
        if value is None or (bottom is None and top is None and row["number"] != "17"):
            assert row["verdict"] == "-"
            continue
        assert low <= high
        if row["number"] == "17":
            assert row["verdict"] == "PASS" if low <= 0 <= high else row["verdict"] != "PASS"
            continue
        # A range with one end leaves that end out: "< 1".
        bottom = -math.inf if bottom is None else bottom if top is not None else bottom + 1e-15
        top = math.inf if top is None else top if math.isfinite(bottom) else top - 1e-15
        inside, near = bottom <= value <= top, low <= top and high >= bottom
        if inside and row["verdict"] == "NOT SHOWN":
            assert row["note"]
            continue
        assert row["verdict"] == ("PASS" if inside else "WARN" if near else "FAIL"), row["name"]
