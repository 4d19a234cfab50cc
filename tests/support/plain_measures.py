"""The measures of a run, written down once more: row by row, in plain Python, from their names.

Nothing here is taken from ``abm_desktop.metrics``; what is the same in both is only what
docs/experiments.md and the names of the columns say.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from statistics import median

import numpy as np

CLASSES = ("noise", "market_maker", "fundamental", "momentum", "institution", "rl", "stress",
           "human")  # fmt: skip
YEAR = 252 * 6.5 * 3600
NAN = float("nan")
TRADING = (0, 1)
"""Phases in which there is a continuous price: continuous, and limit state."""


def as_dicts(records):
    """Records as dictionaries of plain numbers."""
    return [dict(zip(records.dtype.names, row, strict=True)) for row in records.tolist()]


class Stretch:
    """What a tape holds from ``start`` to ``end`` on a clock that stands still in halts."""

    def __init__(self, tape, start, end, warm_up):
        rows, fills = tape.samples, tape.trades
        time = [t / 1e9 - warm_up for t in rows["time"].tolist()]
        self.t, self.clock, self.held, self.rows = [], [], [], []
        self.seconds = self.halted = 0.0
        self.fills, self.at = [], []
        before = [k for k in range(len(time)) if time[k] <= start + 1e-9]
        first = before[-1] if before else 0
        inside = [k for k in range(first, len(time)) if time[k] <= end + 1e-9]
        if not time or time[0] > end or time[-1] < start or not inside:
            return
        end = min(end, time[-1])
        times = [max(time[k], start) if k == first else time[k] for k in inside]
        knots = []
        for j, k in enumerate(inside):
            seconds = (times[j + 1] if j + 1 < len(times) else end) - times[j]
            knots.append((times[j], self.seconds))
            if rows["phase"][k] in TRADING:
                self.t.append(times[j])
                self.clock.append(self.seconds)
                self.held.append(seconds)
                self.rows.append(k)
                self.seconds += seconds
            else:
                self.halted += seconds
        knots.append((end, self.seconds))
        begin, last = round((times[0] + warm_up) * 1e9), round((end + warm_up) * 1e9)
        moments, seconds = zip(*knots, strict=True)
        for fill in as_dicts(fills[(fills["time"] > begin) & (fills["time"] <= last)]):
            when = fill["time"] / 1e9 - warm_up
            k = min(bisect_right(moments, when) - 1, len(knots) - 2)
            width = moments[k + 1] - moments[k]
            share = (when - moments[k]) / width if width > 0 else 0.0
            self.fills.append(fill)
            self.at.append(seconds[k] + share * (seconds[k + 1] - seconds[k]))
        pick = rows[self.rows]
        self.mid, self.value = pick["mid"].tolist(), pick["value"].tolist()
        self.spread = [
            NAN
            if r["best_bid"] < 0 or r["ask_volume"] <= 0
            else float(r["best_ask"] - r["best_bid"])
            for r in as_dicts(pick)
        ]
        self.depth = [(r["bid_depth"] + r["ask_depth"]) / 2 for r in as_dicts(pick)]
        self.best = [(r["bid_volume"] + r["ask_volume"]) / 2 for r in as_dicts(pick)]
        self.messages = pick["messages"].tolist()
        self.classes = tape.class_samples[self.rows]

    def holds(self, values, at):
        """The value that holds at a trading second; NaN outside."""
        if not self.clock or at > self.clock[-1] + 1e-9 or at < self.clock[0]:
            return NAN
        return values[bisect_right(self.clock, at) - 1]

    def grid(self, values, step):
        """Values at 0, step, 2 step, ... trading seconds."""
        if not self.clock:
            return []
        count = math.floor((self.clock[-1] + 1e-9 * step) / step) + 1
        return [values[bisect_right(self.clock, k * step + 1e-9 * step) - 1] for k in range(count)]

    def mean(self, values):
        known = [(v, w) for v, w in zip(values, self.held, strict=True) if v == v]
        total = sum(w for _, w in known)
        return sum(v * w for v, w in known) / total if total > 0 else NAN


def volatility(prices):
    if len(prices) < 2:
        return NAN
    return math.sqrt(sum(math.log(b / a) ** 2 for a, b in itertools.pairwise(prices)))


def variance(values):
    mean = sum(values) / len(values)
    return sum((v - mean) ** 2 for v in values) / len(values)


def in_bar(at, bar):
    """Number of the bar (edge, next edge] of a moment."""
    return math.ceil(at / bar - 1e-12) - 1


def full_buckets(pieces, bucket):
    """Imbalances of buckets filled one after the other by (bought, sold); crossing ones divided."""
    out, bought, sold = [], 0.0, 0.0
    for buy, sell in pieces:
        while buy + sell > 1e-12:
            room = bucket - bought - sold
            part = min(1.0, room / (buy + sell))
            bought, sold = bought + part * buy, sold + part * sell
            buy, sell = (1 - part) * buy, (1 - part) * sell
            if bought + sold >= bucket - 1e-6:
                out.append(abs(bought - sold) / bucket)
                bought = sold = 0.0
    return out[-50:]


def market(s, money, bucket):
    out = {"seconds": s.seconds, "halted_seconds": s.halted}
    for step in (1, 10, 300):
        prices = s.grid(s.mid, step) if s.clock else []
        out[f"rv_{step}s"] = volatility(prices)
        out[f"rv_{step}s_annual"] = (
            volatility(prices) * math.sqrt(YEAR / (step * (len(prices) - 1)))
            if len(prices) > 1
            else NAN
        )
    names = ["parkinson", "excess_volatility", "price_efficiency", "quoted_spread_bp",
             "widest_spread_ticks", "one_sided_seconds", "depth_1", "depth_5"]  # fmt: skip
    if not s.clock:
        out |= dict.fromkeys(names, NAN)
        out["one_sided_seconds"] = 0.0
        return out | trading(s, money) | toxicity(s, bucket)
    ranges = []
    for k in range(int((s.clock[-1] + 1e-9) // 60)):
        bar = [
            p
            for p, c in zip(s.mid, s.clock, strict=True)
            if 60 * k - 1e-9 <= c <= 60 * (k + 1) + 1e-9
        ]
        ranges.append(math.log(max(bar) / min(bar)) ** 2)
    out["parkinson"] = math.sqrt(np.mean(ranges) / (4 * math.log(2))) if ranges else NAN
    minute_mid, minute_value = s.grid(s.mid, 60), s.grid(s.value, 60)
    of_value = volatility(minute_value)
    out["excess_volatility"] = (volatility(minute_mid) / of_value) ** 2 if of_value > 0 else NAN
    logs = [math.log(v) for v in s.grid(s.value, 1)]
    gap = [math.log(p) - v for p, v in zip(s.grid(s.mid, 1), logs, strict=True)]
    out["price_efficiency"] = 1 - variance(gap) / variance(logs) if variance(logs) > 0 else NAN
    relative = [1e4 * a / b for a, b in zip(s.spread, s.mid, strict=True)]
    out["quoted_spread_bp"] = s.mean(relative)
    known = [v for v in s.spread if v == v]
    out["widest_spread_ticks"] = max(known) if known else NAN
    out["one_sided_seconds"] = sum(w for v, w in zip(s.spread, s.held, strict=True) if v != v)
    out["depth_1"], out["depth_5"] = s.mean(s.best), s.mean(s.depth)
    return out | trading(s, money) | toxicity(s, bucket)


def trading(s, money):
    plain = [(f, at) for f, at in zip(s.fills, s.at, strict=True) if f["auction"] == 0]
    out = {"volume": float(sum(int(f["size"]) for f in s.fills))}
    orders = [tuple(int(f[n]) for n in ("time", "taker", "side")) for f, _ in plain]
    out["trades"] = float(sum(k == 0 or orders[k] != orders[k - 1] for k in range(len(orders))))

    def paid(horizon, price_at):
        weight = total = 0.0
        for f, at in plain:
            now, later = s.holds(s.mid, at), s.holds(s.mid, at + horizon)
            if f["side"] != 0 and now == now and later == later:
                cost = 2e4 * f["side"] * (f["price"] - (later if price_at else now)) / now
                total, weight = total + cost * f["size"], weight + f["size"]
        return total / weight if weight else NAN

    out["effective_spread_bp"] = paid(0, False)
    for horizon in (5, 30, 300):
        out[f"realised_spread_{horizon}s_bp"] = paid(horizon, True)
        out[f"impact_{horizon}s_bp"] = paid(horizon, False) - paid(horizon, True)
    count = int((s.clock[-1] + 1e-9) // 300) if s.clock else 0
    edges = [s.holds(s.mid, 300.0 * k) for k in range(count + 1)]
    returns = [math.log(b / a) for a, b in itertools.pairwise(edges)]
    worth, flow = [0.0] * count, [0.0] * count
    for f, at in plain:
        k = in_bar(at, 300)
        if 0 <= k < count:
            worth[k] += float(f["price"]) * int(f["size"]) * money
            flow[k] += int(f["side"]) * int(f["size"])
    each = [1e6 * abs(r) / w for r, w in zip(returns, worth, strict=True) if w > 0]
    out["amihud"] = float(np.mean(each)) if each else NAN
    out["kyle_lambda_bp"], out["kyle_lambda_error"] = newey_west(
        np.array(flow), 1e4 * np.array(returns)
    )
    sent = s.messages[-1] - s.messages[0] if s.clock else 0
    out["messages_per_trade"] = sent / out["trades"] if out["trades"] else NAN
    return out


def newey_west(x, y, lags=3):
    """Slope of y on x with a constant, and its error."""
    if len(x) < 8 or np.ptp(x) == 0:
        return NAN, NAN
    design = np.column_stack((np.ones(len(x)), x))
    inverse = np.linalg.inv(design.T @ design)
    beta = inverse @ design.T @ y
    u = design * (y - design @ beta)[:, None]
    middle = u.T @ u
    for lag in range(1, lags + 1):
        cross = u[lag:].T @ u[:-lag]
        middle += (1 - lag / (lags + 1)) * (cross + cross.T)
    return float(beta[1]), math.sqrt((inverse @ middle @ inverse)[1, 1])


def toxicity(s, bucket):
    plain = [(f, at) for f, at in zip(s.fills, s.at, strict=True) if f["auction"] == 0]
    pieces = [
        (int(f["size"]) * (f["side"] > 0), int(f["size"]) * (f["side"] < 0)) for f, _ in plain
    ]
    true = full_buckets(pieces, bucket)
    prices = s.grid(s.mid, 60)
    volume = [0.0] * max(len(prices) - 1, 0)
    for f, at in plain:
        if 0 <= in_bar(at, 60) < len(volume):
            volume[in_bar(at, 60)] += int(f["size"])
    moves = [b - a for a, b in itertools.pairwise(prices)]
    spread = math.sqrt(variance(moves)) if moves else 0.0
    share = [0.5 * (1 + math.erf(m / spread / math.sqrt(2))) if spread > 0 else 0.5 for m in moves]
    bulk = full_buckets([(v * p, v * (1 - p)) for v, p in zip(volume, share, strict=True)], bucket)
    return {
        "vpin_bulk": float(np.mean(bulk)) if bulk else NAN,
        "vpin_true": float(np.mean(true)) if true else NAN,
    }


def until_it_holds(clock, good, start, seconds=10.0):
    """Seconds from a row until ``good`` holds for ten on end, and whether that was not seen."""
    for j in range(start, len(clock)):
        if good[j]:
            end = next((k for k in range(j, len(clock)) if not good[k]), None)
            last = clock[-1] if end is None else clock[end]
            if last - clock[j] >= seconds - 1e-9:
                return clock[j] - clock[start], 0.0
    return clock[-1] - clock[start], 1.0


def recovery(clock, price, target, share, until):
    near = [p for p, c in zip(price, clock, strict=True) if c <= until + 1e-9]
    low = near.index(min(near))
    goal = [price[low] + share * (t - price[low]) for t in target]
    return until_it_holds(clock, [p >= g for p, g in zip(price, goal, strict=True)], low)


def shock_of(tape, during, after, shock, warm_up, annual):
    before = Stretch(tape, max(shock - 60, 0), shock, warm_up)
    usual = Stretch(tape, max(shock - 1800, 0), shock, warm_up)
    price = median(before.mid) if before.clock else NAN
    sigma = annual / math.sqrt(252)
    out = {"price_before": price}
    if not during.clock or not before.clock:
        return out
    fall = min(0.0, min(during.mid) / price - 1)
    gaps = [m / v for m, v in zip(during.mid, during.value, strict=True)]
    out |= {
        "drawdown_pct": 100 * fall,
        "drawdown_sigmas": fall / sigma if sigma > 0 else NAN,
        "overshoot_pct": 100 * min(0.0, min(gaps) - 1),
        "max_excursion_pct": 100 * max(abs(m / price - 1) for m in during.mid),
        "trough_s": during.clock[during.mid.index(min(during.mid))],
    }
    target = [price * v / after.value[0] for v in after.value]
    known_spread, known_depth = [v for v in usual.spread if v == v], usual.depth
    for share in (0.5, 0.9):
        name = f"{100 * share:.0f}"
        out[f"recovery_{name}_s"], out[f"recovery_{name}_censored"] = recovery(
            after.clock, after.mid, target, share, during.seconds
        )
        out[f"recovery_{name}_since_shock_s"] = out["trough_s"] + out[f"recovery_{name}_s"]
        for what, values, level in (
            ("spread", after.spread, median(known_spread) if known_spread else NAN),
            ("depth", after.depth, median(known_depth)),
        ):
            near = [v for v, c in zip(values, after.clock, strict=True)
                    if c <= during.seconds + 1e-9 and v == v]  # fmt: skip
            key = f"{what}_recovery_{name}"
            if not near or level != level:
                out[f"{key}_s"] = out[f"{key}_censored"] = NAN
                out[f"{key}_since_shock_s"] = NAN
                continue
            worst = values.index(max(near) if what == "spread" else min(near))
            filled, last = [], NAN
            for v in values:
                last = v if v == v else last
                filled.append(last)
            good = [v <= level / share if what == "spread" else v >= level * share for v in filled]
            out[f"{key}_s"], out[f"{key}_censored"] = until_it_holds(after.clock, good, worst)
            out[f"{key}_since_shock_s"] = after.clock[worst] + out[f"{key}_s"]
    return out


def trade_prices(tape, shock, during, after, warm_up):
    rows = [
        (r["time"] / 1e9 - warm_up - shock, float(r["last_price"]), float(r["value"]))
        for r in as_dicts(tape.samples)
    ]
    usual = [p for t, p, _ in rows if -60 - 1e-9 <= t <= 1e-9 and p > 0]
    rows = [row for row in rows if -1e-9 <= row[0] <= after + 1e-9 and row[1] > 0]
    before = median(usual) if usual else NAN
    near = [(t, p) for t, p, _ in rows if t <= during + 1e-9]
    grid = [
        [p for t, p in near if t <= 60 * k + 1e-7][-1]
        for k in range(math.ceil(near[0][0] / 60 - 1e-9), int((near[-1][0] + 1e-7) // 60) + 1)
    ]
    out = {
        "trade_drawdown_pct": 100 * min(0.0, min(p for _, p in near) / before - 1),
        "trade_rv_60s": volatility(grid),
    }
    clock, price, value = (list(column) for column in zip(*rows, strict=True))
    target = [before * v / value[0] for v in value]
    out["trade_recovery_50_s"], out["trade_recovery_50_censored"] = recovery(
        clock, price, target, 0.5, during
    )
    lowest = min(near, key=lambda row: row[1])
    out["trade_recovery_50_since_shock_s"] = lowest[0] + out["trade_recovery_50_s"]
    return out


def by_grid(during, after):
    """Volatilities by grid from every start, less noise, and around the path."""
    out = {}
    for name, s in (("stress", during), ("recovery", after)):
        x = [math.log(p) for p in s.grid(s.mid, 1)]
        n = len(x) - 1
        for step in (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800):
            squares = [(x[t + step] - x[t]) ** 2 for t in range(max(n + 1 - step, 0))]
            told = n >= 2 * step
            out[f"{name}_vol_{step}s"] = (
                math.sqrt(sum(squares) / len(squares) * n / step) if told else NAN
            )
        out[f"{name}_vol_two_scale"] = NAN
        if n >= 120:
            slow = sum((x[t + 60] - x[t]) ** 2 for t in range(n + 1 - 60)) / 60
            fast = sum((b - a) ** 2 for a, b in itertools.pairwise(x))
            few = (n - 59) / 60
            both = (slow - few / n * fast) / (1 - few / n)
            out[f"{name}_vol_two_scale"] = math.sqrt(both) if both > 0 else NAN
    x = np.log(during.grid(during.mid, 1)) if during.clock else np.zeros(0)
    n = len(x) - 1
    out["stress_vol_around_path"] = out["rebound_pct"] = out["stress_gap_sd_bp"] = NAN
    if n >= 60:
        knots = np.linspace(0, n, round(n / 30) + 1)
        hats = np.array([np.interp(np.arange(n + 1), knots, row) for row in np.eye(len(knots))]).T
        left = x - hats @ np.linalg.lstsq(hats, x, rcond=None)[0]
        out["stress_vol_around_path"] = math.sqrt(sum(np.diff(left) ** 2))
    if during.clock:
        gaps = [math.log(m / v) for m, v in zip(during.mid, during.value, strict=True)]
        mean = during.mean(gaps)
        out["stress_gap_sd_bp"] = 1e4 * math.sqrt(during.mean([(g - mean) ** 2 for g in gaps]))
        last = [
            m for m, c in zip(during.mid, during.clock, strict=True) if c >= during.seconds - 60
        ]
        out["rebound_pct"] = 100 * (median(last) / min(during.mid) - 1)
    return out


def half_life(columns, step=10.0):
    """Of positions (times, traders), pooled."""
    held = np.array(columns, float).reshape(len(columns), -1)
    if len(held) < 3:
        return NAN
    held -= held.mean(axis=0)
    below = (held[:-1] ** 2).sum()
    if below == 0:
        return NAN
    phi = (held[:-1] * held[1:]).sum() / below
    return 0.0 if phi <= 0 else step * math.log(0.5) / math.log(phi) if phi < 1 else NAN


def classes(during, after, money):
    out, equity, minute = {}, {}, {}
    for k, name in enumerate(CLASSES):
        held, cash = after.classes[:, k, 0].tolist(), after.classes[:, k, 1].tolist()
        for step, into in ((10, equity), (60, minute)):
            h, c, m = (after.grid(v, step) for v in (held, cash, after.mid))
            into[name] = [(b + a * p) * money for a, b, p in zip(h, c, m, strict=True)]
        out[f"{name}_pnl"] = equity[name][-1] - equity[name][0]
        if name not in ("market_maker", "rl"):
            continue
        moves = np.diff(minute[name])
        deviation = moves.std(ddof=1) if len(moves) > 1 else 0.0
        losses = math.sqrt(np.mean([min(m, 0.0) ** 2 for m in moves])) if len(moves) else 0.0
        out[f"{name}_sharpe"] = moves.mean() / deviation * math.sqrt(390) if deviation else NAN
        out[f"{name}_sortino"] = moves.mean() / losses * math.sqrt(390) if losses else NAN
        path = equity[name]
        lost = max(max(path[: j + 1]) - path[j] for j in range(len(path)))
        out[f"{name}_drawdown"] = lost
        out[f"{name}_pnl_per_drawdown"] = out[f"{name}_pnl"] / lost if lost > 0 else NAN
        positions = after.grid(held, 10)
        out[f"{name}_class_half_life_s"] = half_life(positions)
        out[f"{name}_class_inventory_most"] = max(abs(p) for p in positions)
    risky = ("market_maker", "fundamental", "momentum", "institution", "rl")
    for name in risky:
        own = np.diff(equity[name])
        others = sum(np.diff(equity[o]) for o in risky if o != name)
        out[f"{name}_tail_dependence"] = NAN
        if len(own) >= 20 and np.ptp(own) > 0:
            bad, low, high = (np.quantile(own, q) for q in (0.05, 0.4, 0.6))
            worst = np.quantile(others[own <= bad], 0.05)
            out[f"{name}_tail_dependence"] = worst - np.quantile(
                others[(own >= low) & (own <= high)], 0.05
            )
    plain = [f for f in during.fills if f["auction"] == 0]
    total = sum(int(f["size"]) for f in plain)
    traded = dict.fromkeys(itertools.product(range(len(CLASSES)), repeat=2), 0)
    for f in plain:
        traded[f["maker_class"], f["taker_class"]] += f["size"]
    for k, name in enumerate(CLASSES):
        for place, role in enumerate(("maker", "taker")):
            lots = sum(size for pair, size in traded.items() if pair[place] == k)
            out[f"{name}_{role}_share"] = lots / total if total else NAN
        for j, other in enumerate(CLASSES):
            out[f"traded_{name}_{other}_lots"] = float(traded[k, j])
    return out


def learners(tape, s, warm_up, money, traders, decisions, most):
    rl = CLASSES.index("rl")
    mine = {}
    for f in as_dicts(tape.trades):
        for role, sign in (("taker", 1), ("maker", -1)):
            if f[f"{role}_class"] == rl:
                lots = sign * int(f["side"]) * int(f["size"])
                mine.setdefault(int(f[role]), []).append((int(f["time"]), lots, int(f["price"])))

    def orders_of(fills):
        return sorted({
            (int(f["time"]), int(f["taker"]), int(f["side"]))
            for f in fills
            if f["taker_class"] == rl and f["auction"] == 0
        })  # fmt: skip

    count = traders if traders is not None else len(mine)
    orders = orders_of(s.fills)
    names = ("trades_per_minute", "half_life_s", "inventory_mean", "at_limit_pct", "joint_loss",
             "crowding", "accuracy", "ic", "entropy")  # fmt: skip
    out = {f"rl_{name}": NAN for name in names}
    out |= {"rl_traders": float(count), "rl_orders": float(len(orders))}
    if decisions:
        sides = [side for _, _, side in orders_of(as_dicts(tape.trades))]
        counts = [sides.count(-1), max(decisions - len(sides), 0), sides.count(1)]
        shares = [c / sum(counts) for c in counts if c]
        out["rl_entropy"] = -sum(p * math.log(p) for p in shares) / math.log(3)
    if not count or not mine or not s.clock:
        return out
    looks = np.arange(0.0, s.seconds + 1e-9, 10.0)
    times = np.round((np.interp(looks, s.clock, s.t) + warm_up) * 1e9)
    held, equity = [], []
    mids = s.grid(s.mid, 10)
    mids += [mids[-1]] * (len(looks) - len(mids))
    for fills in (mine[agent] for agent in sorted(mine)):
        fills.sort(key=lambda fill: fill[0])
        moments, lots = [t for t, _, _ in fills], [0, *itertools.accumulate(q for _, q, _ in fills)]
        paid = [0, *itertools.accumulate(q * p for _, q, p in fills)]
        positions = [lots[bisect_right(moments, when)] for when in times]
        cash = [-paid[bisect_right(moments, when)] for when in times]
        held.append(positions)
        equity.append([(c + q * m) * money for c, q, m in zip(cash, positions, mids, strict=True)])
    held, equity = np.array(held, float).T, np.array(equity).T
    worth = most * s.mid[0] * money
    out["rl_trades_per_minute"] = len(orders) / count / (s.seconds / 60)
    out["rl_half_life_s"] = half_life(held)
    out["rl_inventory_mean"] = np.abs(held).sum() / len(held) / count
    out["rl_at_limit_pct"] = 100 * (np.abs(held) >= most).sum() / len(held) / count
    highest = np.array([equity[: k + 1].max(axis=0) for k in range(len(equity))])
    at_limit = (highest - equity >= 0.01 * worth).mean(axis=1)
    out["rl_joint_loss"] = (at_limit >= 0.5).mean()
    flows = np.diff(held, axis=0)
    flows = flows[:, np.ptp(flows, axis=0) > 0]
    pairs = np.corrcoef(flows.T) if flows.shape[1] > 1 and len(flows) > 2 else None
    out["rl_crowding"] = NAN if pairs is None else pairs[np.triu_indices(len(pairs), 1)].mean()
    right, told, sides, moves = 0, 0, [], []
    at = {int(f["time"]): a for f, a in zip(s.fills, s.at, strict=True)}
    for when, _, side in orders:
        now, later = s.holds(s.mid, at[when]), s.holds(s.mid, at[when] + 60)
        if now == now and later == later:
            sides.append(side)
            moves.append(later / now - 1)
            told += later != now
            right += (later - now) * side > 0
    out["rl_accuracy"] = right / told if told else NAN
    varies = len(sides) > 2 and np.ptp(sides) and np.ptp(moves)
    out["rl_ic"] = np.corrcoef(sides, moves)[0, 1] if varies else NAN
    return out


def plain_measures(
    tape, *, shock, warm_up, tick, lot, calm, stress, recovery, average_daily_volume=102_000.0,
    traders=None, decisions=None, max_inventory=40,
):  # fmt: skip
    """All but ``crashes``, by the names of ``abm_desktop.metrics.measures.measure``."""
    money = tick * lot
    spans = {"calm": calm, "stress": stress, "recovery": (0.0, recovery)}
    cuts, out = {}, {}
    for name, (begin, end) in spans.items():
        cuts[name] = Stretch(tape, max(shock + begin, 0.0), max(shock + end, 0.0), warm_up)
        found = market(cuts[name], money, average_daily_volume / 50)
        out |= {f"{name}_{key}": value for key, value in found.items()}
    before, after = out["calm_rv_10s_annual"], out["stress_rv_10s_annual"]
    out["log_rv_ratio"] = math.log(after / before) if before > 0 and after > 0 else NAN
    during, rest = cuts["stress"], cuts["recovery"]
    out |= shock_of(tape, during, rest, shock, warm_up, before)
    out |= by_grid(during, rest)
    out |= trade_prices(tape, shock, stress[1], recovery, warm_up)
    out |= classes(during, rest, money)
    out |= learners(tape, rest, warm_up, money, traders, decisions, max_inventory)
    return out
