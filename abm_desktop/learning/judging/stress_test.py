"""How a trained trader fares under stress, and what it does to the market: matched forks.

A market runs to shortly before the shock and is copied. One copy gets the traders, the other does
not; both get the same shock. What differs afterwards is theirs. Whole sessions of one seed would
not do: an order book is chaotic, and after minutes two sessions have nothing in common.
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import stdtrit

from abm_desktop.beside_a_loop import event_loop_runs
from abm_desktop.envs.core import as_scenario
from abm_desktop.inputs import InputError, real, shown, whole
from abm_desktop.learning.judging.threads import side_by_side
from abm_desktop.learning.registry import models
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import TRADER_CLASSES, Simulator
from abm_desktop.metrics import stress
from abm_desktop.model_folders import folder_of, is_name, policy_file
from abm_desktop.progress_bar import ProgressBar
from abm_desktop.scenario import (
    Scenario,
    ScenarioError,
    Stress,
    stress_from_dict,
)
from abm_desktop.scenario.stress import STRESS_TYPES

HELD_OUT = 800_000_000
"""Base of the markets' seeds; no training uses them."""

RECOVERED = 0.5
"""Share of the way back to the price before that counts as recovered."""
HELD_SECONDS = 10
"""How long it must stay there."""

EVERY_STRESS = tuple({"type": kind} for kind in STRESS_TYPES)
"""All stresses there are, in their usual strength."""

StressScenarios = Mapping[str, Mapping[str, Any]] | Sequence[Mapping[str, Any]]
"""Stresses by name, or without names in a list."""

_REMEDY = 'write {"crash": {"type": "flash_crash", "magnitude": 0.1}}, or a list of such stresses'
_MOST = 1_000_000
_CONFIDENCE = 0.95
_RL = TRADER_CLASSES.index("rl")
_NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class StressOutcome:
    """The mean over the runs of one stress scenario. Money in currency and sizes in lots, of all
    the traders together; None is what did not happen."""

    stress: dict[str, Any]
    runs: int
    pnl: float
    """From the traders' arrival to the end."""
    pnl_sd: float
    drawdown: float
    """Largest fall of equity."""
    buy_and_hold_drawdown: float
    """The same of as many traders that had bought all they may before the shock."""
    inventory_mean: float
    """Absolute, per trader."""
    inventory_max: float
    shares: tuple[float, float, float]
    """Shares of SELL, HOLD and BUY among the decisions; one that was clipped to nothing held. Of
    makers and executors: of decisions after which a sale, nothing and a purchase was filled."""
    price_drop: float
    """Largest fall of the price below that before the shock, as a fraction, with the traders."""
    price_drop_without: float
    volatility_amplification: float
    """Geometric mean of realised volatility with over without the traders; above 1 they add."""
    amplification_error: float | None
    """Standard error of its logarithm; None for a single run."""
    amplification_low: float | None
    """Its 95 % confidence interval, by Student's t of the logarithms; None for a single run."""
    amplification_high: float | None
    recovery_seconds: float | None
    """Median time from the lowest price until half the fall is made up for ten seconds."""
    recovery_seconds_without: float | None
    recovered: int
    """Runs in which that happened, with the traders."""
    recovered_without: int
    name: str = ""
    """What the stress scenario is called: its key where they are given by name, else its kind."""

    @property
    def drawdown_kept(self) -> bool:
        """Whether the traders' drawdown is not above that of buying and holding."""
        return self.drawdown <= self.buy_and_hold_drawdown

    def summary(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"drawdown_kept": self.drawdown_kept}


def summary_of(
    outcomes: Sequence[StressOutcome],
    scenario: str,
    *,
    runs: int,
    traders: int,
    seed: int,
    after: float,
) -> dict[str, Any]:
    """A whole stress test as plain values: its settings and, under "outcomes", one entry a stress.

    This is what a model's ``metrics["stress_test"]`` holds.
    """
    return {
        "scenario": scenario,
        "runs": runs,
        "traders": traders,
        "seed": seed,
        "after": after,
        "outcomes": [outcome.summary() for outcome in outcomes],
    }


def usual_stresses(scenario: Scenario) -> list[dict[str, str]]:
    """All stresses; in a recorded day those that send orders, as nobody there reacts to others."""
    return [
        dict(stress)
        for stress in EVERY_STRESS
        if not scenario.recording or STRESS_TYPES[stress["type"]].sends_orders
    ]


def load_agent(agent: PolicyNet | Path | str) -> PolicyNet:
    """The policy of a model's name, of a model's folder, or of a ``.npz`` file.

    Raises :class:`~abm_desktop.learning.registry.models.ModelError`.
    """
    if isinstance(agent, PolicyNet):
        return agent
    if not isinstance(agent, str | Path) or not str(agent) or "\0" in str(agent):
        raise models.ModelError(
            f"must be a model's name, folder or policy, not {shown(agent)}", key="checkpoint"
        )
    if is_name(agent) and folder_of(str(agent)).is_dir():
        return models.load_policy(str(agent))
    try:
        return models.read_policy(policy_file(agent))
    except FileNotFoundError as error:
        path = Path(agent)
        if path.suffix == ".npz" or os.sep in str(agent):
            return models.read_policy(path)  # tells that there is no such file
        raise models.ModelError(str(error)) from error


def stress_test_agent(
    checkpoint: PolicyNet | Path | str,
    stress_scenarios: StressScenarios | None = None,
    *,
    scenario: Scenario | Path | str = "calm",
    runs: int = 8,
    traders: int = 1,
    lead: float = 900.0,
    before: float = 60.0,
    after: float = 1800.0,
    seed: int = 0,
    on_share: Callable[[float], None] | None = None,
    progress: bool | None = None,
) -> list[StressOutcome]:
    """Test an agent in every stress scenario; one outcome each, in their order.

    Args:
        checkpoint: a model's folder (as ``RLTrainer.train`` returns it) or name, or a policy.
        stress_scenarios: by name, as in ``{"crash": {"type": "flash_crash", "magnitude": 0.1}}``,
            or a list of such stresses without names; None for all eleven in their usual strength
            (in a recorded day those that send orders).
        scenario: the market it happens in; its own stress and ``[[rl]]`` traders are left out.
        runs: markets of different seeds.
        traders: how many traders have the policy.
        lead, before, after: seconds of market before the fork, from there to the shock, and from
            the shock to the end.
        seed: another one gives other markets.
        on_share: hears the finished share, in the calling thread; what it raises ends the test.
        progress: show a bar; None does where an event loop runs, as in a notebook.

    The runs are made side by side on all cores.

    Raises ``ModelError`` for an agent, ``ScenarioError`` for a stress that cannot be used, and
    ``InputError`` for anything else; all of them are ``InputError``.
    """
    policy = load_agent(checkpoint)
    market = as_scenario(scenario)
    named = named_stresses(usual_stresses(market) if stress_scenarios is None else stress_scenarios)
    events = [_stress(place, values) for place, _, values in named]
    runs, traders = whole(runs, "runs", 1, _MOST), whole(traders, "traders", 1, _MOST)
    seed = whole(seed, "seed", 0, _MOST)
    lead, before = real(lead, "lead", 0.0), real(before, "before", 0.0)
    after = real(after, "after", above=0.0)
    market = market.model_copy(update={"stress": (), "rl": ()})

    def pairs_of(run: int, tell: Callable[[float], None]) -> list[_Pair]:
        trunk = Simulator(market, HELD_OUT + seed * 1000 + run)
        trunk.warm_up()
        trunk.run(lead)
        trunk.tape.clear_rows()
        found = []
        for k, event in enumerate(events):
            arms = []
            for with_agent in (True, False):
                arm = trunk.fork()
                if with_agent:
                    arm.add_policy_traders(policy, traders)
                arm.inject(event, at=lead + before)
                arm.run(before + after)
                arms.append(StressedMarket(arm, lead + before, traders))
                tell((k + 0.5 * len(arms)) / len(events))
            found.append((arms[0], arms[1]))
        return found

    work = {str(run): functools.partial(pairs_of, run) for run in range(runs)}
    shown = event_loop_runs() if progress is None else progress
    with ProgressBar("Under stress", shown=shown) as bar:

        def tell(_: str, share: float) -> None:
            bar.update(share)
            if on_share is not None:
                on_share(share)

        by_run = list(side_by_side(work, tell).values())
        tell("", 1.0)
    return [
        _outcome(name, values, found, before + after, traders)
        for (_, name, values), found in zip(named, zip(*by_run, strict=True), strict=True)
    ]


def named_stresses(given: object) -> list[tuple[str, str, dict[str, Any]]]:
    """Place (for messages), name and values of every stress scenario, in their order.

    Raises :class:`~abm_desktop.inputs.InputError` with the place of what is no stress scenario.
    """
    key = "stress_scenarios"
    if isinstance(given, Mapping):
        found = [(f"{key}.{name}", name, values) for name, values in given.items()]
    elif isinstance(given, Sequence) and not isinstance(given, str | bytes):
        found = [
            (f"{key}[{k}]", values.get("type", "") if isinstance(values, Mapping) else "", values)
            for k, values in enumerate(given)
        ]
    else:
        raise InputError(
            f"must be stresses by name or a list of them, not {shown(given)}",
            key=key, remedy=_REMEDY,
        )  # fmt: skip
    if not found:
        raise InputError("names no stress", key=key, remedy=_REMEDY)
    for place, name, values in found:
        if not isinstance(name, str):
            raise InputError(f"has the name {shown(name)}", key=key, remedy="a name is text")
        if not isinstance(values, Mapping):
            raise InputError(f"must be a stress, not {shown(values)}", key=place, remedy=_REMEDY)
    return [(place, str(name), dict(values)) for place, name, values in found]


def _stress(place: str, values: Mapping[str, Any]) -> Stress:
    """One stress; what is wrong with it is told with its place."""
    try:
        return stress_from_dict(values)
    except ScenarioError as error:
        raise ScenarioError(
            None,
            [replace(p, key=f"{place}.{p.key}" if p.key else place) for p in error.problems],
        ) from error


class StressedMarket:
    """What one market was like from the shock on."""

    def __init__(self, market: Simulator, shock: float, traders: int) -> None:
        tape, tick = market.tape, market.scenario.market.tick_size
        warm_up = market.scenario.market.warm_up
        seconds = tape.samples["time"] / _NANO - warm_up
        mid = tape.samples["mid"] * tick
        start = int(np.searchsorted(seconds, shock))
        self.mid, self.base = mid[start:], float(np.median(mid[max(0, start - 60) : start]))
        self.volatility = float(np.sqrt(np.square(np.diff(np.log(self.mid))).sum()))
        unit = tick * market.scenario.market.lot
        book = tape.class_samples[:, _RL].astype(np.float64)
        self.inventory = book[:, 0]
        # From nothing, which is what they come with; some trade before the first sample.
        made = (book[:, 1] + book[:, 0] * tape.samples["mid"]) * unit
        self.equity = np.concatenate(([0.0], made))
        self.hold = (mid - mid[0]) * market.scenario.market.lot
        trades = tape.trades
        took, made = trades["taker_class"] == _RL, trades["maker_class"] == _RL
        # One order may fill in parts; a trader's fills at one moment are one decision.
        fills = [
            np.column_stack((trades["time"][mine], trades[who][mine], sign * trades["side"][mine]))
            for mine, who, sign in ((took, "taker", 1), (made, "maker", -1))
        ]
        orders = np.unique(np.concatenate(fills), axis=0)
        self.sells, self.buys = int((orders[:, 2] < 0).sum()), int((orders[:, 2] > 0).sum())

    @property
    def drop(self) -> float:
        return -stress.drop(self.mid, self.base)

    def recovery(self) -> float | None:
        """Seconds from the lowest price to :data:`RECOVERED` of the way back, if ever."""
        seconds, censored = stress.recovery_time(
            np.arange(len(self.mid), dtype=float), self.mid, self.base, RECOVERED, hold=HELD_SECONDS
        )
        return None if censored else seconds


_Pair = tuple[StressedMarket, StressedMarket]
"""One market with the traders and without."""


def _outcome(
    name: str,
    event: dict[str, Any],
    pairs: Sequence[_Pair],
    seconds: float,
    traders: int,
) -> StressOutcome:
    with_agent, without = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    pnl = np.array([arm.equity[-1] for arm in with_agent])
    logs = np.array([math.log(a.volatility / b.volatility) for a, b in pairs])
    decisions = traders * seconds / 5.0
    sells = float(np.mean([arm.sells for arm in with_agent])) / decisions
    buys = float(np.mean([arm.buys for arm in with_agent])) / decisions
    error, low, high = _interval(logs)
    times = [t for arm in with_agent if (t := arm.recovery()) is not None]
    times_without = [t for arm in without if (t := arm.recovery()) is not None]
    return StressOutcome(
        stress=event,
        runs=len(pairs),
        pnl=float(pnl.mean()),
        pnl_sd=float(pnl.std(ddof=1)) if len(pnl) > 1 else 0.0,
        drawdown=float(np.mean([stress.max_drawdown(arm.equity) for arm in with_agent])),
        buy_and_hold_drawdown=float(
            np.mean([stress.max_drawdown(40 * traders * a.hold) for a in without])
        ),
        inventory_mean=float(np.mean([np.abs(a.inventory).mean() for a in with_agent])) / traders,
        inventory_max=float(max(np.abs(a.inventory).max() for a in with_agent)) / traders,
        shares=(sells, max(0.0, 1.0 - sells - buys), buys),
        price_drop=float(np.mean([arm.drop for arm in with_agent])),
        price_drop_without=float(np.mean([arm.drop for arm in without])),
        volatility_amplification=math.exp(float(logs.mean())),
        amplification_error=error,
        amplification_low=low,
        amplification_high=high,
        recovery_seconds=float(np.median(times)) if times else None,
        recovery_seconds_without=float(np.median(times_without)) if times_without else None,
        recovered=len(times),
        recovered_without=len(times_without),
        name=name,
    )


def _interval(logs: np.ndarray) -> tuple[float | None, float | None, float | None]:
    """Standard error of the mean logarithm, and the interval of the geometric mean."""
    if len(logs) < 2:
        return None, None, None
    error = float(logs.std(ddof=1)) / math.sqrt(len(logs))
    reach = error * float(stdtrit(len(logs) - 1, 0.5 + 0.5 * _CONFIDENCE))
    return error, math.exp(float(logs.mean()) - reach), math.exp(float(logs.mean()) + reach)
