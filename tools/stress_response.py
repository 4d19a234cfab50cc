"""Measure what every stress does to the default market, as docs/stress.md reports it.

Each seed runs to five minutes after the open; from there one copy goes on undisturbed and one per
case is stressed. Printed are medians over the seeds, with the quartiles of the largest move.

    python tools/stress_response.py [--seeds 16] [--first 100] [--scenario calm] [CASE ...]

With ``--during`` it prints means and standard errors over the stress itself, against the twin: for
kinds that move the price little. With ``--calibrate`` it prints the median fall of flash crashes
by severity instead: the table in abm_desktop/market/stress/flash_crash.py.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from abm_desktop.market.simulator import Simulator
from abm_desktop.market.stress import drop_of
from abm_desktop.scenario import Scenario, find_scenario, load_scenario, stress_from_dict
from abm_desktop.scenario.stress import STRESS_TYPES, FlashCrash

START = 300.0
AFTER = 2700.0

CASES: dict[str, dict[str, Any]] = {
    **{
        f"flash_crash {drop:g} %": {"type": "flash_crash", "magnitude": drop / 100.0}
        for drop in (0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 10.0)
    },
    "flash_crash 5 %, recovery 20 min": {"type": "flash_crash", "recovery": 1200.0},
    **{
        f"lite POV {pov:.0%}, no depth limit": {
            "type": "flash_crash",
            "fade": False,
            "quantity": 0.03,
            "participation": pov,
            "depth_share": 0.0,
        }
        for pov in (0.09, 0.20, 0.30, 0.50)
    },
    "lite POV 50%, depth limit 0.25": {
        "type": "flash_crash",
        "fade": False,
        "quantity": 0.03,
        "participation": 0.5,
        "depth_share": 0.25,
    },
    **{
        f"volatility_spike x{k:g}": {"type": "volatility_spike", "magnitude": k}
        for k in (1.5, 2, 3, 4)
    },
    "liquidity_shock 120 s": {"type": "liquidity_shock"},
    "liquidity_shock 600 s": {"type": "liquidity_shock", "duration": 600.0},
    "liquidity_shock 120 s, thinned 0.8": {"type": "liquidity_shock", "thinning": 0.8},
    **{
        f"news_jump {100 * j:+g} %": {"type": "news_jump", "magnitude": j}
        for j in (-0.02, -0.05, 0.02)
    },
    **{f"fat_finger x{m:g}": {"type": "fat_finger", "magnitude": m} for m in (1.0, 3.0, 10.0)},
    "fat_finger x3, collar": {"type": "fat_finger", "collar": True},
    "quote_stuffing 5000/s": {"type": "quote_stuffing"},
    "quote_stuffing 2500/s": {"type": "quote_stuffing", "magnitude": 2500.0},
    "spoofing sell": {"type": "spoofing"},
    "spoofing buy": {"type": "spoofing", "side": "buy"},
    "spoofing both": {"type": "spoofing", "side": "both"},
    "toxic_flow 0.9": {"type": "toxic_flow"},
    "toxic_flow 0.5": {"type": "toxic_flow", "magnitude": 0.5},
    "toxic_flow 0.9, 300 s ahead": {"type": "toxic_flow", "horizon": 300.0},
    "latency_shock x100": {"type": "latency_shock"},
    **{
        f"latency_shock x{k:g}, 15 min": {
            "type": "latency_shock",
            "magnitude": k,
            "duration": 900.0,
        }
        for k in (100.0, 1000.0)
    },
    **{
        f"deleveraging {loss:.0%}": {"type": "deleveraging", "magnitude": loss}
        for loss in (0.04, 0.05, 0.06, 0.08)
    },
    "stop_loss_cascade": {"type": "stop_loss_cascade"},
    "stop_loss_cascade, no push": {"type": "stop_loss_cascade", "push": 0.0},
    "stop_loss_cascade, once": {"type": "stop_loss_cascade", "depth_share": 0.0},
    **{
        f"stop_loss_cascade {lots:.1%}": {"type": "stop_loss_cascade", "magnitude": lots}
        for lots in (0.01, 0.025, 0.10)
    },
}


def account(simulator: Simulator, kind: int) -> float:
    """What a class owns, marked at the mid, in currency."""
    tick = simulator.scenario.market.tick_size
    account = simulator.classes[kind]
    return float(account["cash"] * tick + account["inventory"] * simulator.mid)


def during(calm: Simulator, case: dict[str, Any]) -> dict[str, float]:
    """Compare ``calm``, stressed for as long as the event acts, with a twin, second by second."""
    event = stress_from_dict(case)
    simulator, twin = calm.fork(), calm.fork()
    simulator.inject(event)
    for market in (simulator, twin):
        market.run(event.length)
    first = len(calm.tape.samples)
    rows, usual = simulator.tape.samples[first:], twin.tape.samples[first:]
    grid = max(len(rows) // 90, 1)

    def volatility(samples: np.ndarray) -> float:
        return float(np.sqrt((np.diff(samples["mid"][::grid]) ** 2).sum()))

    def spread(samples: np.ndarray) -> float:
        return float((samples["best_ask"] - samples["best_bid"]).mean())

    def depth(samples: np.ndarray) -> float:
        return float((samples["bid_depth"] + samples["ask_depth"]).mean())

    return {
        "mid %": 100 * (simulator.mid / twin.mid - 1.0),
        "spread x": spread(rows) / spread(usual),
        "depth x": depth(rows) / depth(usual),
        "RV x": volatility(rows) / volatility(usual) if volatility(usual) > 0.0 else np.nan,
        "makers": account(simulator, 1) - account(twin, 1),
        "institutions": account(simulator, 4) - account(twin, 4),
        "stress": account(simulator, 6),
        "bought": float(simulator.classes[6]["inventory"]),
    }


def print_means(scenario: Scenario, seeds: range, cases: dict[str, dict[str, Any]]) -> None:
    """Print one row a case: mean +- standard error of what :func:`during` compares."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in cases}
    for seed in seeds:
        calm = Simulator(scenario, seed)
        calm.run_until(START)
        for name, case in cases.items():
            found[name].append(during(calm, case))
    columns = list(next(iter(found.values()))[0])
    print(f"| {'case':34} | " + " | ".join(f"{c:17}" for c in columns) + " |")
    for name, rows in found.items():
        cells = []
        for column in columns:
            values = np.array([row[column] for row in rows])
            values = values[~np.isnan(values)]
            error = values.std(ddof=1) / np.sqrt(len(values))
            cells.append(f"{f'{values.mean():.3g} +- {error:.2g}':17}")
        print(f"| {name:34} | " + " | ".join(cells) + " |")


def response(calm: Simulator, control: Simulator, case: dict[str, Any]) -> dict[str, float]:
    """Stress a copy of ``calm`` and compare it with ``control``, its undisturbed twin."""
    event = stress_from_dict(case)
    simulator = calm.fork()
    simulator.inject(event)
    simulator.run(AFTER)
    first = len(calm.tape.samples)
    rows = simulator.tape.samples[first:]
    usual = control.tape.samples[first:]
    mid = rows["mid"] / (calm.mid / calm.scenario.market.tick_size) - 1.0
    usual_mid = usual["mid"] / (calm.mid / calm.scenario.market.tick_size) - 1.0
    window = 900
    trades = simulator.tape.trades[len(calm.tape.trades) :]["price"]
    prints = trades * (calm.scenario.market.tick_size / calm.mid) - 1.0
    extreme = prints.min() if abs(prints.min()) > prints.max() else prints.max()
    move = mid if abs(mid.min()) > mid.max() else -mid
    trough = int(move.argmin())
    back = move[trough:] / move[trough]

    def first_below(level: float) -> float:
        below = np.flatnonzero(back <= level)
        return float(below[0]) if len(below) else np.nan

    def volatility(values: np.ndarray) -> float:
        return float(np.sqrt((np.diff(values[:window:10]) ** 2).sum()))

    def depth(samples: np.ndarray) -> np.ndarray:
        both = (samples["bid_depth"] + samples["ask_depth"])[:window]
        return both.reshape(-1, 10).mean(axis=1)

    def spread(samples: np.ndarray) -> np.ndarray:
        return (samples["best_ask"] - samples["best_bid"])[:window]

    before = calm.tape.samples[-300:]
    usual_depth = np.median(before["bid_depth"] + before["ask_depth"])
    usual_spread = np.median(before["best_ask"] - before["best_bid"])
    return {
        "low %": 100 * float(mid.min()),
        "print %": 100 * float(extreme),
        "high %": 100 * float(mid.max()),
        "trough s": trough,
        "t50 s": first_below(0.5),
        "t90 s": first_below(0.1),
        "spread x": float(spread(rows).max() / usual_spread),
        "mean spread x": float(spread(rows).mean() / spread(usual).mean()),
        "depth x": float(depth(rows).min() / usual_depth),
        "RV x": volatility(mid) / max(volatility(usual_mid), 1e-12),
        "volume x": float(
            (rows["volume"][window - 1] - calm.volume)
            / max(usual["volume"][window - 1] - calm.volume, 1)
        ),
        "makers": account(simulator, 1) - account(control, 1),
        "institutions": account(simulator, 4) - account(control, 4),
        "stress": account(simulator, 6),
        "sold": float(-simulator.classes[6]["inventory"]),
        "alarms": float(len(simulator.alarms)),
    }


SEVERITIES = (1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
"""Whose falls are a matter of the sale alone: smaller ones stop where they are to."""


def calibrate(scenario: Scenario, seeds: range) -> None:
    """Print the quartiles of the fall, in percent, by severity of the flash crash."""
    falls: list[list[float]] = [[] for _ in SEVERITIES]
    for seed in seeds:
        calm = Simulator(scenario, seed)
        calm.run_until(START)
        for k, severity in enumerate(SEVERITIES):
            simulator = calm.fork()
            simulator.inject(FlashCrash(magnitude=drop_of(severity)))
            simulator.run(1800.0)
            rows = simulator.tape.samples[len(calm.tape.samples) :]
            falls[k].append(100 - 100 * rows["mid"].min() * scenario.market.tick_size / calm.mid)
    for severity, values in zip(SEVERITIES, falls, strict=True):
        q1, q2, q3 = np.percentile(values, [25, 50, 75])
        print(f"severity {severity:5.2f}  fall {q2:6.2f} %  [{q1:.2f}, {q3:.2f}]")


def main() -> None:
    """Print one row a case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=16)
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--scenario", default="calm")
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--during", action="store_true")
    parser.add_argument("cases", nargs="*", help="parts of names; all if none is given")
    options = parser.parse_args()
    scenario = load_scenario(find_scenario(options.scenario))
    if options.calibrate:
        calibrate(scenario, range(options.first, options.first + options.seeds))
        return
    chosen = {
        name: case
        for name, case in CASES.items()
        if not options.cases or any(part in name for part in options.cases)
    }
    missing = set(STRESS_TYPES) - {case["type"] for case in CASES.values()}
    if missing:
        raise SystemExit(f"no case measures {', '.join(sorted(missing))}: add one to CASES")
    if options.during:
        print_means(scenario, range(options.first, options.first + options.seeds), chosen)
        return
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ("control", *chosen)}
    for seed in range(options.first, options.first + options.seeds):
        calm = Simulator(scenario, seed)
        calm.run_until(START)
        control = calm.fork()
        control.run(AFTER)
        found["control"].append(response(calm, control, {"type": "news_jump", "magnitude": 1e-12}))
        for name, case in chosen.items():
            found[name].append(response(calm, control, case))
    print(f"{options.seeds} seeds from {options.first}; medians, [quartiles] of the lowest price")
    columns = [c for c in found["control"][0] if c != "low %"]
    print(f"| {'case':34} | {'low %':22} | " + " | ".join(f"{c:8}" for c in columns) + " |")
    for name, rows in found.items():
        q1, q2, q3 = np.percentile([r["low %"] for r in rows], [25, 50, 75])
        cells = [f"{np.nanmedian([r[c] for r in rows]):8.3g}" for c in columns]
        print(f"| {name:34} | {f'{q2:.2f} [{q1:.2f}, {q3:.2f}]':22} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
