"""What an assistant can do in the laboratory: coarse tools with answers of bounded length.

Each is a method of :class:`AssistantTools`; its docstring is what the assistant reads. Those in
``READING`` change nothing.
"""

from __future__ import annotations

from typing import Any

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.remote.assistant.meanings import meaning_of
from abm_desktop.remote.assistant.shaping import (
    MOST_ROWS,
    bounded,
    command_told,
    job_told,
    market_told,
    parameter_told,
    plan_told,
    short,
)
from abm_desktop.remote.client import RemoteSession
from abm_desktop.remote.replies import CommandResult
from abm_desktop.scenario.explain import suggestion

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
    "repeat_comparison",
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

_NANOSECOND = 1e-9
"""The clock's step: two times that are nearer are one."""


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
            {"name": e.name, "description": short(e.description or e.title)}
            for e in self._session.scenarios.list()[:MOST_ROWS]
        ]

    def list_stresses_and_rules(self, name: str = "") -> dict[str, Any]:
        """List the kinds of stress and the rules of the venue; with a name, its parameters.

        Magnitudes of price stresses are fractions: 0.05 is 5 %. Times are simulated seconds.
        """
        kinds, rules = self._session.stress_kinds(), self._session.rules()
        names = [each.name for each in (*kinds, *rules)]
        if name and name not in names:
            raise InputError(
                f'there is no stress and no rule "{name}"',
                remedy=suggestion(name, names, "stresses and rules"),
            )
        for each in (*kinds, *rules):
            if each.name == name:
                found = each.parameters.get("properties", {})
                return {
                    "name": name,
                    "description": short(each.description),
                    "parameters": {key: parameter_told(value) for key, value in found.items()},
                }
        return {
            "stresses": {each.name: short(each.description) for each in kinds},
            "rules": {
                each.name: short(each.description) + (" (on)" if each.is_on else "")
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
        return command_told(self._session.pause())

    def step_to(self, time: float) -> dict[str, Any]:
        """Run the market to a simulated time (seconds since the open), and pause there.

        A time that has passed is refused: fork goes back.
        """
        now = self._session.now
        if time < now - 0.5 * _NANOSECOND:
            raise InputError(
                f"is {time:g} s, but the market is at {now:g} s already",
                key="time",
                remedy="give a later time, or go back with fork",
            )
        self._session.run_until(time)
        return self.snapshot()

    def snapshot(self) -> dict[str, Any]:
        """The market now: time, quotes, best levels, counters, classes, stresses, rules, alarms.

        ``planned`` stresses were asked for, ``scheduled`` ones are the scenario's; both are still
        to come. ``alarms`` are what was refused or lost, and traders that a rule stopped; ``phase``
        and its reason tell a halt or an auction.
        """
        return market_told(self._session.state(5))

    def look_back(self, time: float) -> dict[str, Any]:
        """The market as it was at a past time of this session; the session stays where it is."""
        return market_told(self._session.past(time))

    def fork(self, time: float, before: bool = False) -> dict[str, Any]:
        """Go back to a past time and go on from there, in place of the market that is there.

        Everything up to that time is the same, bit by bit; what came later is undone. This is how
        to compare: run with a change, measure, fork to before it, run without it, measure.
        Commands given at exactly that time (a rule set while the market stood there) stay, and are
        told as ``commands_kept``; with ``before`` they are undone too.
        """
        if before:
            self._session.state(0)  # refused without a market
            if time <= 0.5 * _NANOSECOND:
                if time < 0.0:
                    raise InputError("must be 0 or more", key="time", remedy="0 is the open")
                self._session.reset()
            else:
                self._session.fork(time - _NANOSECOND)
                self._session.run_until(time)
            return self.snapshot()
        self._session.fork(time)
        kept = [
            bounded({k: v for k, v in each.command.items() if k != "policy"})
            for each in self._session.commands().commands
            if abs(each.at - time) < 0.5 * _NANOSECOND
        ]
        return self.snapshot() | ({"commands_kept": bounded(kept)} if kept else {})

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
        done = self._session.inject(stress, at)
        return command_told(done) | {"stress": self._stress_of(done, kind)}

    def _stress_of(self, done: CommandResult, kind: str) -> dict[str, Any]:
        """The stress that a command has started, as the market has it."""
        state = self._session.state(0)
        for each in state.planned:
            if done.planned is not None and each.number == done.planned:
                return dict(each)
        for each in reversed([*state.stresses, *state.scheduled]):
            if each.kind == kind and done.time is not None and each.start >= done.time - 1e-6:
                return dict(each)
        return {"kind": kind, "is_over": True}

    def set_rule(self, name: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
        """Switch a rule of the venue on, from now on, with some of its parameters.

        A price band is the rule ``luld``; its ``band`` is a fraction of the price. A "2-sigma" band
        is twice the usual volatility of a day: 2 * 0.006 = 0.012 in the shipped scenarios.
        """
        done = self._session.set_intervention(name, True, **(values or {}))
        return command_told(done) | {"rule": self._rule(name)}

    def clear_rule(self, name: str) -> dict[str, Any]:
        """Switch a rule of the venue off."""
        was_off = self._rule(name).get("on") is False
        done = command_told(self._session.set_intervention(name, False))
        done["rule"] = self._rule(name)
        return done | ({"note": f"{name} was off already"} if was_off else {})

    def _rule(self, name: str) -> dict[str, Any]:
        for each in self._session.rules():
            if each.name == name:
                return {"name": name, "on": each.is_on, "values": each["values"]}
        return {}

    def measure(
        self, left: float = 0.0, right: float | None = None, explain: bool = False
    ) -> dict[str, Any]:
        """Measure a stretch of time (seconds): fall of the price, volatility, spread, depth, flow.

        ``fall_percent`` is how far the mid fell below that at the beginning of the stretch, and
        ``measures.drawdown_pct`` how far below its highest so far; both of the same samples, a
        second apart. ``left`` and ``right`` are what was measured: a stretch ends now at the
        latest. With ``explain`` each measure is told in a line, with its
        unit.
        """
        found = self._session.metrics(left, right)
        start, lowest = found["mid_at_start"], found["lowest_mid"]
        if lowest is None:
            raise UnavailableError(f"no price was sampled from {found.left:g} to {found.right:g} s")
        names = ("left", "right", "mid_at_start", "mid_at_end", "lowest_mid", "time_of_lowest")
        return {
            **{name: found[name] for name in names},
            "fall_percent": round(100.0 * (1.0 - lowest / start), 4),
            "measures": dict(found["values"]),
            **({"meanings": {k: meaning_of(k) for k in found["values"]}} if explain else {}),
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
            for e in self._session.models.list()[:MOST_ROWS]
        ]

    def load_model(self, name: str, count: int = 1) -> dict[str, Any]:
        """Let traders with a trained policy into the running market; the answer lists all there."""
        known = [each.name for each in self._session.models.list()]
        if name not in known:
            raise InputError(
                f'there is no model "{name[:80]}"', remedy=suggestion(name, known, "models")
            )
        if count < 1:
            raise InputError(f"is {count}, must be 1 or more", key="count")
        done = self._session.add_policy_traders(name, count)
        return command_told(done) | self.list_rl_traders()

    def list_rl_traders(self) -> dict[str, Any]:
        """List the RL traders of the market, with the number for remove_traders, inventory and PnL.

        Those that were taken out do not act any more, but what they hold stays in their accounts.
        """
        rows = self._session.traders("rl").to_pylist()
        shown = ("number", "model", "role", "acts", "inventory", "pnl")
        return bounded({"traders": [{k: r[k] for k in shown} for r in rows]})

    def remove_traders(self, first: int, count: int = 1) -> dict[str, Any]:
        """Take RL traders out of the running market: they cancel their orders, and act no more.

        ``first`` is the number of the first, as list_rl_traders tells it.
        """
        return command_told(self._session.remove_policy_traders(first, count))

    def train(
        self, recipe: str | None = None, settings: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Start to train a policy beside the market; look after it with training_status.

        Recipes: remembering-ppo, ppo, dqn, sac (directional traders), maker, executor. Settings
        are those of ``abm-desktop train``, like iterations, scenario, seed. It takes minutes to
        hours.
        """
        return bounded(self._session.trainings.start(recipe, **(settings or {})))

    def training_status(self, number: int | None = None) -> list[dict[str, Any]]:
        """How trainings stand: state, iteration, mean reward, name of the model. None is all."""
        trainings = self._session.trainings
        found = trainings.list() if number is None else [trainings.read(number)]
        return [bounded(each) for each in found[-MOST_ROWS:]]

    def evaluate_model(
        self, name: str, days: int = 32, scenario: str = "", wait: float = 50.0
    ) -> dict[str, Any]:
        """Judge a policy on held-out days against simple rules; a job that may take minutes.

        A verdict asks for a difference with p below 0.01, which a few days can hardly show. Waits
        up to ``wait`` seconds; if it is not done by then, ask job_status with its number.
        """
        asked: dict[str, Any] = {"days": days}
        if scenario:
            asked["scenarios"] = [scenario]
        return job_told(self._session.models.evaluate(name, **asked), min(max(wait, 0.0), 600.0))

    def job_status(self, number: int, wait: float = 0.0) -> dict[str, Any]:
        """How a job stands, and what came of it; waits up to ``wait`` seconds for its end."""
        for job in self._session.jobs():
            if job.number == number:
                return job_told(job, min(max(wait, 0.0), 600.0))
        raise UnavailableError(f"there is no job {number}")

    def repeat_comparison(
        self,
        scenario: str,
        rule: str = "",
        values: dict[str, Any] | None = None,
        change: dict[str, Any] | None = None,
        shock: dict[str, Any] | None = None,
        at: float = 60.0,
        after: float = 900.0,
        seeds: int = 10,
        seed: int | None = None,
        wait: float = 50.0,
    ) -> dict[str, Any]:
        """What a rule changes, in many markets: each is run with and without it, from ``at`` on.

        A rule with values is on in one copy and off in the other; or ``change`` is a stress that
        only one copy meets. Both meet ``shock``. Stresses are like {"type": "flash_crash",
        "magnitude": 0.05}. The answer has means with and without, the paired difference and its
        95 % interval for each measure of the ``after`` seconds; prices, also the lowest, are those
        of trading, without halts (halted_seconds). The first market has the seed ``seed``, the
        others the next ones: other seeds are another sample. It leaves the session alone; a job: if
        it is not done within ``wait`` seconds, ask job_status.
        """
        asked = {"rule": rule, "values": values or {}, "change": change, "shock": shock}
        job = self._session.compare(scenario, **asked, at=at, after=after, seeds=seeds, seed=seed)
        return job_told(job, min(max(wait, 0.0), 600.0))

    # -- experiments -----------------------------------------------------------------------------

    def plan_experiment(self, name: str = "", seeds: int | None = None) -> dict[str, Any]:
        """What an experiment would run and cost, and its power; without a name, list them all."""
        if not name:
            files = self._session.experiments.files()[:MOST_ROWS]
            return {"experiments": {e.name: short(e.question or e.title) for e in files}}
        plan = self._session.experiments.plan(name, seeds)
        self._planned.add((name, seeds))
        return plan_told(plan)

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
        return bounded(self._session.experiments.start(name, seeds))

    def read_answer(self, number: int) -> dict[str, Any]:
        """How an experiment stands, and its effects with their intervals so far."""
        seen = self._session.experiments.read(number)
        found: dict[str, Any] = {"experiment": bounded(seen)}
        if seen.finished:
            effects = self._session.experiments.effects(number)
            found["is_interim"] = effects.is_interim
            found["effects"] = bounded(effects.summary)
        return found

    # -- window ----------------------------------------------------------------------------------

    def picture(self, panel: str = "window") -> bytes:
        """A picture of the open window, or of a panel of it, as PNG."""
        return self._session.screenshot(panel)
