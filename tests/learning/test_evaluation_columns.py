"""Every column of ``evaluate --json`` and ``stress-test --json``, from plain accounts and tapes."""

from __future__ import annotations

import itertools
import json
import math
from statistics import mean, median, stdev

import numpy as np
import pytest

from abm_desktop.commands.evaluate import write_values
from abm_desktop.learning.judging import stress_test, trading_days
from abm_desktop.learning.judging.evaluation import AGENT, SYMMETRIC, judge
from abm_desktop.learning.judging.evaluation_columns import evaluation_columns
from abm_desktop.learning.judging.stress_test import stress_test_agent, summary_of
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.roles import RoleSizes, action_names, observation_names
from abm_desktop.market.roles.maker import AVELLANEDA_STOIKOV as MAKER
from abm_desktop.market.roles.numbers import ASK_DISTANCES, BID_DISTANCES, SHARES
from abm_desktop.scenario import Scenario

DAYS, DECISIONS = 7, 40
LOT = 10
MARKET = Scenario.model_validate({"name": "made", "market": {"lot": LOT, "warm_up": "1min"}})


class Days:
    """An environment whose accounts are given, and which notes what is done in it."""

    def __init__(self, accounts, width):
        self._accounts, self._at, self._width = accounts, 0, width
        self.num_envs = DAYS

    def reset(self, **_):
        return np.zeros((DAYS, self._width), np.float32), {}

    def accounts(self):
        return {name: values[self._at] for name, values in self._accounts.items()}

    def step(self, _actions):
        self._at += 1
        return np.full((DAYS, self._width), self._at, np.float32), None

    def close(self):
        pass


def walk(seed):
    """Mid, inventory, cash and values of some days, (k + 1, n) each."""
    rng = np.random.default_rng(seed)
    shape = (DECISIONS + 1, DAYS)
    mid = 100 + 0.01 * np.cumsum(rng.integers(-3, 4, shape), axis=0)
    held = np.cumsum(rng.integers(-4, 5, shape), axis=0).clip(-40, 40).astype(float)
    cash = -np.cumsum(np.diff(held, axis=0, prepend=0) * (mid + 0.005) * LOT, axis=0)
    equity = cash + held * mid * LOT
    orders = np.cumsum(rng.random(shape) < 0.1, axis=0).astype(float)
    done = np.diff(orders, axis=0, prepend=0) > 0
    return {
        "mid": mid, "inventory": held, "cash": cash, "equity": equity,
        "liquidation": equity - np.abs(held) * 0.005 * LOT, "profit": equity - 1.0,
        "orders": orders, "left": np.cumsum(done * rng.integers(0, 3, shape), axis=0).astype(float),
        "settled": np.cumsum(done * rng.normal(20, 5, shape), axis=0),
        "worth": np.cumsum(done * rng.uniform(4e4, 6e4, shape), axis=0),
    }  # fmt: skip


def actions_of(seed, choices):
    return np.random.default_rng(seed).integers(0, choices, (DECISIONS, DAYS))


def traded(monkeypatch, seed, role):
    """(days measured by the program, accounts, actions) of one rule."""
    accounts = walk(seed)
    width = len(observation_names(role))
    taken = actions_of(seed, {"directional": 3, "maker": 10, "executor": len(SHARES) + 2}[role])
    rule = lambda _seen, number: taken[number]  # noqa: E731
    settings = {"days": DAYS, "hours": DECISIONS * 5 / 3600}
    monkeypatch.setattr(trading_days, "decisions_of", lambda _hours: DECISIONS)
    for name in ("MarketVectorEnv", "SharedMarketVectorEnv"):
        monkeypatch.setattr(trading_days, name, lambda *_a, **_k: Days(accounts, width))
    days = trading_days.trade_days(rule, MARKET, role, **settings)
    return days, accounts, taken


def greater(differences):
    """One-sided p of the signed-rank test, by every way to give the ranks a sign."""
    ranks = np.argsort(np.argsort(np.abs(differences))) + 1
    there = ranks[differences > 0].sum()
    sums = [
        ranks[list(signs)].sum()
        for signs in itertools.product([False, True], repeat=len(ranks))
    ]  # fmt: skip
    return mean(float(s >= there) for s in sums)


def falls(path, end):
    """Largest fall from the highest value so far, nothing among them."""
    out = []
    for day in range(DAYS):
        highest = worst = 0.0
        for value in [*path[:, day], end[day]]:
            highest = max(highest, value)
            worst = max(worst, highest - value)
        out.append(worst)
    return out


def rule_of(role, accounts, taken, agent=None):
    """What a summary tells of one rule; profit first."""
    held, mid = accounts["inventory"], accounts["mid"]
    bought = np.diff(held, axis=0)
    pnl = (-accounts["settled"] if role == "executor" else accounts["liquidation"])[-1]
    path = accounts["profit"] if role == "executor" else accounts["equity"]
    position = held[1:].mean()
    moves = [(mid[-1, day] - mid[0, day]) * LOT for day in range(DAYS)]
    out = {
        "pnl_median": median(pnl), "pnl_mean": mean(pnl), "pnl_sd": stdev(pnl),
        "drawdown": median(falls(path, pnl)), "inventory": np.abs(held[1:]).mean(),
        "position": position,
        "pnl_without_lean": mean(p - position * m for p, m in zip(pnl, moves, strict=True)),
        "traded": np.abs(bought).sum() / DAYS, "accuracy": None,
        "p_value": None if agent is None else greater(agent - pnl),
    }  # fmt: skip
    if role == "directional":
        counts = [(taken == k).sum() for k in range(3)]
        right = wrong = 0
        for k in range(DECISIONS - 12):  # a minute later
            for day in range(DAYS):
                sign = np.sign(mid[k + 12, day] - mid[k, day]) * (taken[k, day] - 1)
                right, wrong = right + (sign > 0), wrong + (sign < 0)
        out["accuracy"] = right / (right + wrong)
    elif role == "maker":
        counts = [(bought < 0).sum(), (bought == 0).sum(), (bought > 0).sum()]
        earned = np.diff(accounts["cash"], axis=0) + bought * mid[1:] * LOT
        quoting = taken < 9
        middle = [(ASK_DISTANCES[a] - BID_DISTANCES[a]) / 2 for a in taken[quoting]]
        out |= {
            "spread": earned.sum() / DAYS,
            "position_pnl": (pnl.sum() - earned.sum()) / DAYS,
            "skew": np.polyfit(held[:-1][quoting] / 40, middle, 1)[0],
            "closes": (taken == 9).mean(),
        }
    else:
        quotes = taken >= len(SHARES)
        counts = [(taken == 0).sum(), quotes.sum(), ((taken > 0) & ~quotes).sum()]
        orders, left = accounts["orders"][-1], accounts["left"][-1]
        lots = RoleSizes().parent_lots
        ends = np.diff(accounts["orders"], axis=0) > 0
        each = 1e4 * np.diff(accounts["settled"], axis=0)[ends]
        each = each / np.diff(accounts["worth"], axis=0)[ends]
        out |= {
            "traded": (orders * lots - left).mean(),
            "shortfall_bp": 1e4 * accounts["settled"][-1].sum() / accounts["worth"][-1].sum(),
            "risk_bp": each.std(ddof=1),
            "unfinished": left.sum() / (orders.sum() * lots),
        }
    return out | {"shares": [c / taken.size for c in counts]}


RULES = {
    "directional": (AGENT, SYMMETRIC, "hold", "random", "buy and hold", "value", "momentum 60 s",
                    "order-book imbalance"),
    "maker": (AGENT, SYMMETRIC, MAKER, "nearest quotes", "random"),
    "executor": (AGENT, "TWAP", "random"),
}  # fmt: skip


@pytest.mark.parametrize("role", RULES)
def test_every_column_of_an_evaluation(monkeypatch, tmp_path, role):
    results, expected, agent = {}, {}, None
    for seed, name in enumerate(RULES[role]):
        days, accounts, taken = traded(monkeypatch, seed, role)
        results[name] = days
        expected[name] = rule_of(role, accounts, taken, agent)
        agent = days.pnl if name == AGENT else agent
    policy = PolicyNet((np.ones((13, 3), np.float32),), (np.zeros(3, np.float32),))
    if role == "directional":
        # One more rule, a maker's, stands beside the others.
        days, accounts, taken = traded(monkeypatch, 99, "maker")
        results[MAKER], expected[MAKER] = days, rule_of("maker", accounts, taken, agent)
        found = judge("made", results, 2.0, policy)
    else:
        policy = role_policy(role)
        found = judge("made", results, 2.0, policy)
    file = tmp_path / "evaluation.json"
    write_values(file, found.summary())
    told = json.loads(file.read_text(encoding="utf-8"))
    assert list(told) == [
        "scenario", "role", "days", "hours", "purpose", "seed", "accepted", "flags", "checks",
        "value_ratio", "rules",
    ]  # fmt: skip
    assert (told["scenario"], told["role"], told["days"], told["hours"]) == ("made", role, DAYS, 2)
    assert set(told["rules"]) == set(expected)
    for name, rule in told["rules"].items():
        assert set(rule) == set(expected[name]), name
        for column, value in expected[name].items():
            if value is None:
                assert rule[column] is None, (name, column)
            else:
                assert rule[column] == pytest.approx(value, rel=1e-9, abs=1e-9), (name, column)
    ours = expected[AGENT]
    ratio = None
    if role == "directional" and expected["value"]["pnl_mean"] > 0:
        ratio = ours["pnl_mean"] / expected["value"]["pnl_mean"]
    assert told["value_ratio"] == (None if ratio is None else pytest.approx(ratio))
    passed = {check["name"]: check["passed"] for check in told["checks"]}
    ahead = {n: ours["pnl_mean"] > r["pnl_mean"] for n, r in expected.items()}
    sure = {n: n != AGENT and r["p_value"] < 0.01 for n, r in expected.items()}
    common = {
        "median day": ours["pnl_median"] > 0, "against random": sure["random"],
        "position": ours["inventory"] < 20,
    }  # fmt: skip
    simple = ("order-book imbalance", "momentum 60 s")
    kept = {
        "without its mean position": ours["pnl_without_lean"],
        "made symmetric": expected.get(SYMMETRIC, {}).get("pnl_mean", 0.0),
    }
    neutral = {name: left > 0 and left >= 0.5 * ours["pnl_mean"] for name, left in kept.items()}
    asked = {
        "directional": common | {f"against {n}": ahead.get(n) for n in simple} | neutral,
        "maker": common | {f"against {MAKER}": ahead.get(MAKER)},
        "executor": {
            "against TWAP": sure.get("TWAP"),
            "finishes": ours.get("unfinished", 1.0) < 0.01,
        },
    }
    assert passed == asked[role]
    assert all(set(check) == {"name", "passed", "detail"} for check in told["checks"])
    assert told["accepted"] == (all(passed.values()) and not told["flags"])
    # What the window and the terminal show of it.
    shown = {head: text(told["rules"][AGENT]) for head, text in evaluation_columns(role)}
    assert shown["position"] == f"{ours['position']:+.1f}"
    assert shown["mean"] == f"{ours['pnl_mean']:+.2f}"


def role_policy(role):
    shape = (len(observation_names(role)), len(action_names(role)))
    rng = np.random.default_rng(1)
    weights = rng.normal(size=shape).astype(np.float32)
    return PolicyNet((weights,), (np.zeros(shape[1], np.float32),), role=role)


def test_a_position_of_before_lots_were_told_is_not_shown_as_lots():
    known = ("pnl_median", "pnl_mean", "pnl_sd", "drawdown", "inventory", "traded", "position")
    old = dict.fromkeys(known, 1.0)
    old |= {"shares": [0.2, 0.6, 0.2], "accuracy": None, "p_value": None, "spread": 5.0}
    shown = {head: text(old) for head, text in evaluation_columns("maker")}
    assert shown["position"] == shown["mean without it"] == "—"


def test_every_column_of_a_stress_test(monkeypatch, tmp_path):
    seen = []
    plain = stress_test.StressedMarket

    def noted(market, shock, traders):
        seen.append((market, shock))
        return plain(market, shock, traders)

    monkeypatch.setattr(stress_test, "StressedMarket", noted)
    buyer = PolicyNet((np.zeros((13, 3), np.float32),), (np.array([0, 1, 3], np.float32),))
    settings = {"runs": 2, "traders": 2, "seed": 3, "after": 200.0}
    outcomes = stress_test_agent(
        buyer, {"fall": {"type": "flash_crash", "magnitude": 0.03, "duration": 20.0}},
        scenario=MARKET, lead=70.0, before=61.0, **settings,
    )  # fmt: skip
    file = tmp_path / "stress.json"
    write_values(file, summary_of(outcomes, "made", **settings))
    told = json.loads(file.read_text(encoding="utf-8"))
    (found,) = told.pop("outcomes")
    assert told == {"scenario": "made", **settings}
    seen.sort(key=lambda each: each[0].seed)  # the runs are side by side
    with_them, without = seen[0::2], seen[1::2]

    def of(market, shock):
        tape = market.tape
        time = tape.samples["time"] / 1e9 - 60.0
        mid = tape.samples["mid"] * 0.01
        base = float(np.median(mid[(time >= shock - 60.5) & (time < shock - 0.5)]))
        later = mid[time > shock - 0.5]
        held = tape.class_samples[:, 5, 0].astype(float)
        equity = (tape.class_samples[:, 5, 1] + held * tape.samples["mid"]) * 0.01 * LOT
        low = int(later.argmin())
        goal = later[low] + 0.5 * (base - later[low])
        back = [j - low for j in range(low, len(later) - 10) if (later[j : j + 10] >= goal).all()]
        orders = {
            (f["time"], f[who], sign * f["side"])
            for f in tape.trades
            for who, sign in (("taker", 1), ("maker", -1))
            if f[f"{who}_class"] == 5
        }
        return {
            "drop": max(0.0, 1 - later.min() / base),
            "volatility": math.sqrt((np.diff(np.log(later)) ** 2).sum()),
            "pnl": equity[-1],
            "fall": max(max(0.0, *equity[: k + 1]) - equity[k] for k in range(len(equity))),
            "held": np.abs(held).mean(), "most": np.abs(held).max(),
            "hold": max(max(mid[: k + 1]) - mid[k] for k in range(len(mid))) * LOT * 80,
            "back": back[0] if back else None,
            "buys": sum(side > 0 for *_, side in orders),
            "sells": sum(side < 0 for *_, side in orders),
        }  # fmt: skip

    a, b = [of(*each) for each in with_them], [of(*each) for each in without]
    logs = [math.log(x["volatility"] / y["volatility"]) for x, y in zip(a, b, strict=True)]
    error = stdev(logs) / math.sqrt(2)
    reach = 12.706204736 * error  # of Student's t with one degree of freedom
    decisions = 2 * 261 / 5
    buys, sells = (mean(x[side] for x in a) / decisions for side in ("buys", "sells"))
    times, others = ([x["back"] for x in arm if x["back"] is not None] for arm in (a, b))
    expected = {
        "stress": {"type": "flash_crash", "magnitude": 0.03, "duration": 20.0},
        "runs": 2, "name": "fall", "pnl": mean(x["pnl"] for x in a),
        "pnl_sd": stdev(x["pnl"] for x in a), "drawdown": mean(x["fall"] for x in a),
        "buy_and_hold_drawdown": mean(x["hold"] for x in b),
        "inventory_mean": mean(x["held"] for x in a) / 2,
        "inventory_max": max(x["most"] for x in a) / 2,
        "shares": [sells, max(0.0, 1 - sells - buys), buys],
        "price_drop": mean(x["drop"] for x in a), "price_drop_without": mean(x["drop"] for x in b),
        "volatility_amplification": math.exp(mean(logs)), "amplification_error": error,
        "amplification_low": math.exp(mean(logs) - reach),
        "amplification_high": math.exp(mean(logs) + reach),
        "recovery_seconds": median(times) if times else None,
        "recovery_seconds_without": median(others) if others else None,
        "recovered": len(times), "recovered_without": len(others),
        "drawdown_kept": mean(x["fall"] for x in a) <= mean(x["hold"] for x in b),
    }  # fmt: skip
    assert set(found) == set(expected)
    assert found["pnl"] and found["inventory_max"] == 40.0
    for name, value in expected.items():
        plain = value is None or isinstance(value, str | bool | dict)
        assert found[name] == (value if plain else pytest.approx(value, rel=1e-7, abs=1e-9)), name
