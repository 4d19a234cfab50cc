"""What an assistant can do in the laboratory: coarse tools with answers of bounded length.

Each is a method of :class:`AssistantTools`; its docstring is what the assistant reads. Those in
``READING`` change nothing.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from abm_desktop.inputs import UnavailableError
from abm_desktop.remote.client import RemoteSession
from abm_desktop.remote.jobs import RemoteJob
from abm_desktop.remote.replies import CommandResult, Reply

__all__ = ["READING", "TOOLS", "AssistantTools"]

READING = (
    "list_scenarios",
    "list_stresses_and_rules",
    "snapshot",
    "look_back",
    "measure",
    "list_models",
    "list_rl_traders",
    "training_status",
    "job_status",
    "plan_experiment",
    "read_answer",
    "screenshot",
)
"""Tools that change nothing."""
CHANGING = (
    "open_scenario",
    "run",
    "pause",
    "step_to",
    "inject_stress",
    "set_rule",
    "clear_rule",
    "fork",
    "load_model",
    "remove_traders",
    "train",
    "evaluate_model",
    "run_experiment",
)
TOOLS = (*READING, *CHANGING)
"""All of them, by the name of the method."""

_MOST_ROWS = 60
_LONGEST_TEXT = 300
_POINTS = 20_000
"""Samples that a fall of the price is looked for in."""


class AssistantTools:
    """The tools of one assistant, over one session.

    Args:
        session: a client of the server.
    """

    def __init__(self, session: RemoteSession) -> None:
        self._session = session
        self._planned: set[tuple[str, int | None]] = set()

    # -- scenarios and the market ----------------------------------------------------------------

    def list_scenarios(self) -> list[dict[str, Any]]:
        """List the markets that can be opened, with what each is for."""
        return [
            {"name": e.name, "description": _short(e.description or e.title)}
            for e in self._session.scenarios.list()[:_MOST_ROWS]
        ]

    def list_stresses_and_rules(self, name: str = "") -> dict[str, Any]:
        """List the kinds of stress and the rules of the venue; with a name, its parameters.

        Magnitudes of price stresses are fractions: 0.05 is 5 %. Times are simulated seconds.
        """
        kinds, rules = self._session.stress_kinds(), self._session.rules()
        for each in (*kinds, *rules):
            if each.name == name:
                found = each.parameters.get("properties", {})
                return {
                    "name": name,
                    "description": _short(each.description),
                    "parameters": {key: _parameter(value) for key, value in found.items()},
                }
        return {
            "stresses": {each.name: _short(each.description) for each in kinds},
            "rules": {
                each.name: _short(each.description) + (" (on)" if each.is_on else "")
                for each in rules
            },
        }

    def open_scenario(self, name: str, seed: int | None = None) -> dict[str, Any]:
        """Replace the market by a scenario's, warmed up and paused at its open (time 0).

        The same name and seed always make the same market, bit by bit. The first market of a
        machine may take a minute.
        """
        self._session.load(name, seed)
        return self.snapshot()

    def run(self, seconds: float) -> dict[str, Any]:
        """Run the market for some simulated seconds, as fast as it goes, and pause there."""
        self._session.run(seconds)
        return self.snapshot()

    def pause(self) -> dict[str, Any]:
        """Hold simulated time, if a person has let the market run."""
        return _done(self._session.pause())

    def step_to(self, time: float) -> dict[str, Any]:
        """Run the market to a simulated time (seconds since the open), and pause there."""
        self._session.run_until(time)
        return self.snapshot()

    def snapshot(self) -> dict[str, Any]:
        """The market now: time, quotes, best levels, counters, classes, stresses, rules, alarms."""
        return _market(self._session.state(5))

    def look_back(self, time: float) -> dict[str, Any]:
        """The market as it was at a past time of this session; the session stays where it is."""
        return _market(self._session.past(time))

    def fork(self, time: float) -> dict[str, Any]:
        """Go back to a past time and go on from there, in place of the market that is there.

        Everything up to that time is the same, bit by bit; what came later is undone. This is how
        to compare: run with a change, measure, fork to before it, run without it, measure.
        """
        self._session.fork(time)
        return self.snapshot()

    def inject_stress(
        self,
        kind: str,
        magnitude: float | None = None,
        at: float | None = None,
        settings: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Start a stress now, or at a time ahead; a 5 % flash crash has magnitude 0.05.

        See list_stresses_and_rules for the kinds, and for the keys of ``settings`` (duration, ...).
        """
        stress = {"type": kind, **(settings or {})}
        if magnitude is not None:
            stress["magnitude"] = magnitude
        return _done(self._session.inject(stress, at))

    def set_rule(self, name: str, values: dict[str, float] | None = None) -> dict[str, Any]:
        """Switch a rule of the venue on, from now on, with some of its parameters.

        A price band is the rule ``luld``; its ``band`` is a fraction of the price. A "2-sigma" band
        is twice the usual volatility of a day: 2 * 0.006 = 0.012 in the shipped scenarios.
        """
        return _done(self._session.set_intervention(name, True, **(values or {})))

    def clear_rule(self, name: str) -> dict[str, Any]:
        """Switch a rule of the venue off."""
        return _done(self._session.set_intervention(name, False))

    def measure(self, left: float = 0.0, right: float | None = None) -> dict[str, Any]:
        """Measure a stretch of time (seconds): fall of the price, volatility, spread, depth, flow.

        ``fall_percent`` is how far the mid fell below that at the beginning of the stretch.
        """
        end = self._session.now if right is None else right
        # Tenths of a second are kept, and need not be computed again.
        spacing = max(math.ceil((end - left) / _POINTS * 10.0), 1) / 10.0
        series = self._session.series(left, end, spacing)
        mid = series["mid"].to_numpy()
        times = series["time"].to_numpy()[np.isfinite(mid)]
        mid = mid[np.isfinite(mid)]
        if not len(mid):
            raise UnavailableError(f"no price was sampled from {left:g} to {end:g} s")
        lowest = int(mid.argmin())
        measured = self._session.metrics(left, end)
        return {
            "left": left,
            "right": end,
            "mid_at_start": float(mid[0]),
            "mid_at_end": float(mid[-1]),
            "lowest_mid": float(mid[lowest]),
            "time_of_lowest": round(float(times[lowest]), 3),
            "fall_percent": round(100.0 * (1.0 - float(mid[lowest] / mid[0])), 4),
            "measures": dict(measured["values"]),
        }

    # -- models and trainings --------------------------------------------------------------------

    def list_models(self) -> list[dict[str, Any]]:
        """List the trained policies, newest first: role, algorithm, where each was accepted."""
        return [
            {
                "name": e.name,
                "role": e.role,
                "algorithm": e.algorithm,
                "scenario": e.scenario,
                "accepted": dict(e.accepted),
            }
            for e in self._session.models.list()[:_MOST_ROWS]
        ]

    def load_model(self, name: str, count: int = 1) -> dict[str, Any]:
        """Let traders with a trained policy into the running market."""
        return _done(self._session.add_policy_traders(name, count))

    def list_rl_traders(self) -> dict[str, Any]:
        """List the RL traders of the market: number for remove_traders, inventory and PnL."""
        rows = self._session.traders("rl").to_pylist()
        return _bounded(
            {"traders": [{k: r[k] for k in ("number", "inventory", "pnl")} for r in rows]}
        )

    def remove_traders(self, first: int, count: int = 1) -> dict[str, Any]:
        """Take RL traders out of the running market: they cancel their orders, and act no more.

        ``first`` is the number of the first, as list_rl_traders tells it.
        """
        return _done(self._session.remove_policy_traders(first, count))

    def train(
        self, recipe: str | None = None, settings: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Start to train a policy beside the market; look after it with training_status.

        Recipes: remembering-ppo, ppo, dqn, sac (directional traders), maker, executor. Settings
        are those of ``abm-desktop train``, like iterations, scenario, seed. It takes minutes to
        hours.
        """
        return _bounded(self._session.trainings.start(recipe, **(settings or {})))

    def training_status(self, number: int | None = None) -> list[dict[str, Any]]:
        """How trainings stand: state, iteration, mean reward, name of the model. None is all."""
        trainings = self._session.trainings
        found = trainings.list() if number is None else [trainings.read(number)]
        return [_bounded(each) for each in found[-_MOST_ROWS:]]

    def evaluate_model(
        self, name: str, days: int = 32, scenario: str = "", wait: float = 50.0
    ) -> dict[str, Any]:
        """Judge a policy on held-out days against simple rules; a job that may take minutes.

        Waits up to ``wait`` seconds; if it is not done by then, ask job_status with its number.
        """
        asked: dict[str, Any] = {"days": days}
        if scenario:
            asked["scenarios"] = [scenario]
        return _job(self._session.models.evaluate(name, **asked), min(max(wait, 0.0), 600.0))

    def job_status(self, number: int, wait: float = 0.0) -> dict[str, Any]:
        """How a job stands, and what came of it; waits up to ``wait`` seconds for its end."""
        for job in self._session.jobs():
            if job.number == number:
                return _job(job, min(max(wait, 0.0), 600.0))
        raise UnavailableError(f"there is no job {number}")

    # -- experiments -----------------------------------------------------------------------------

    def plan_experiment(self, name: str = "", seeds: int | None = None) -> dict[str, Any]:
        """What an experiment would run and cost, and its power; without a name, list them all."""
        if not name:
            files = self._session.experiments.files()[:_MOST_ROWS]
            return {"experiments": {e.name: _short(e.question or e.title) for e in files}}
        plan = self._session.experiments.plan(name, seeds)
        self._planned.add((name, seeds))
        return _bounded(plan)

    def run_experiment(self, name: str, seeds: int | None = None) -> dict[str, Any]:
        """Run an experiment that was planned before, with the same number of markets.

        It is refused without plan_experiment of the same name and seeds in this session: know what
        it costs first. It goes on where it was stopped; read_answer tells how it stands.
        """
        if (name, seeds) not in self._planned:
            told = "" if seeds is None else f", seeds={seeds}"
            raise UnavailableError(
                f'"{name}" was not planned so; call plan_experiment(name="{name}"{told}) first, '
                "and look at what it costs"
            )
        return _bounded(self._session.experiments.start(name, seeds))

    def read_answer(self, number: int) -> dict[str, Any]:
        """How an experiment stands, and its effects with their intervals so far."""
        seen = self._session.experiments.read(number)
        found: dict[str, Any] = {"experiment": _bounded(seen)}
        if seen.finished:
            effects = self._session.experiments.effects(number)
            found["is_interim"] = effects.is_interim
            found["effects"] = _bounded(effects.summary)
        return found

    # -- window ----------------------------------------------------------------------------------

    def picture(self, panel: str = "window") -> bytes:
        """A picture of the open window, or of a panel of it, as PNG."""
        return self._session.screenshot(panel)


def _done(result: CommandResult) -> dict[str, Any]:
    return {
        "time": result.time,
        "generation": result.generation,
        "checksum": result.checksum,
        **({} if result.planned is None else {"planned": result.planned}),
    }


def _market(state: Reply) -> dict[str, Any]:
    names = (
        "source", "seed", "generation", "state", "time", "end", "mid", "best_bid", "best_ask",
        "spread", "last_price", "fundamental", "trades", "volume", "phase", "phase_reason",
    )  # fmt: skip
    found = {name: state[name] for name in names}
    for side in ("bids", "asks"):
        found[side] = [[x.price, x.lots] for x in state[side][:5]]
    found["classes"] = {
        c.name: {"traders": c.traders, "inventory": c.inventory, "pnl": round(c.pnl, 2)}
        for c in state.classes
        if c.traders
    }
    found["stresses"] = [dict(each) for each in state.stresses]
    found["planned"] = [dict(each) for each in state.planned][:_MOST_ROWS]
    found["rules_on"] = list(state.interventions)
    found["alarms"] = [_short(each) for each in state.alarms]
    found["marks"] = [f"{m.time:g} s: {_short(m.text)}" for m in state.marks[-10:]]
    return found


def _job(job: RemoteJob, wait: float) -> dict[str, Any]:
    try:
        result = job.wait(wait)
    except TimeoutError:
        seen = job.last
        return {"job": job.number, "state": seen.state, "progress": seen.progress}
    return {"job": job.number, "state": "done", "result": _bounded(result)}


def _parameter(schema: dict[str, Any]) -> dict[str, Any]:
    kept = ("description", "default", "minimum", "maximum", "enum", "const", "unit")
    return {key: _bounded(schema[key]) for key in kept if key in schema}


def _short(text: object) -> str:
    told = " ".join(str(text).split())
    return told if len(told) <= _LONGEST_TEXT else f"{told[:_LONGEST_TEXT]}..."


def _bounded(value: Any, depth: int = 6) -> Any:
    """A value of JSON with short texts, short lists and no deep nesting.

    >>> _bounded([1] * 100)[-1]
    '40 more'
    """
    if isinstance(value, dict):
        if depth == 0:
            return f"{len(value)} keys"
        rows = [(str(k), _bounded(v, depth - 1)) for k, v in list(value.items())[:_MOST_ROWS]]
        more = len(value) - len(rows)
        return dict(rows) | ({"more": more} if more else {})
    if isinstance(value, list):
        if depth == 0:
            return f"{len(value)} rows"
        kept = [_bounded(each, depth - 1) for each in value[:_MOST_ROWS]]
        more = len(value) - len(kept)
        return [*kept, f"{more} more"] if more else kept
    return _short(value) if isinstance(value, str) else value
