"""Answers of the server as an assistant reads them: of bounded length, and no more than it uses."""

from __future__ import annotations

from typing import Any

from abm_desktop.remote.jobs import RemoteJob
from abm_desktop.remote.replies import CommandResult, Reply

__all__ = [
    "MOST_ROWS",
    "bounded",
    "command_told",
    "job_told",
    "market_told",
    "parameter_told",
    "plan_told",
    "short",
]

MOST_ROWS = 60
"""Of a list, or keys of a table."""
_LONGEST_TEXT = 300


def command_told(result: CommandResult) -> dict[str, Any]:
    """What became of a command."""
    return {
        "time": result.time,
        "generation": result.generation,
        "checksum": result.checksum,
        **({} if result.planned is None else {"planned": result.planned}),
    }


def market_told(state: Reply) -> dict[str, Any]:
    """The market at one moment."""
    names = (
        "source", "seed", "generation", "state", "time", "end", "mid", "best_bid", "best_ask",
        "spread", "last_price", "fundamental", "trades", "volume", "phase", "phase_reason",
    )  # fmt: skip
    found = {name: state[name] for name in names}
    found["time"] = round(state.time, 9)  # the clock's step; 20.299999999999955 is 20.3
    if state.phase in ("auction", "halted"):
        # Orders gather: a best bid above the best ask is no quote.
        found |= dict.fromkeys(("best_bid", "best_ask", "spread"))
        found["indicative_price"] = state.indicative_price
    elif state.phase == "continuous":
        found["phase_reason"] = None
    for side in ("bids", "asks"):
        found[side] = [[x.price, x.lots] for x in state[side][:5]]
    found["classes"] = {
        c.name: {"traders": c.traders, "inventory": c.inventory, "pnl": round(c.pnl, 2)}
        for c in state.classes
        if c.traders
    }
    found["stresses"] = [dict(each) for each in state.stresses]
    found["planned"] = [dict(each) for each in state.planned][:MOST_ROWS]
    found["scheduled"] = [dict(each) for each in state.scheduled][:MOST_ROWS]
    found["rules_on"] = {name: dict(values) for name, values in state.rule_values.items()}
    found["alarms"] = [short(each) for each in state.alarms]
    found["marks"] = [f"{m.time:g} s: {short(m.text)}" for m in state.marks[-10:]]
    return found


def job_told(job: RemoteJob, wait: float) -> dict[str, Any]:
    """How a job stands after up to ``wait`` seconds."""
    try:
        result = job.wait(wait)
    except TimeoutError:
        seen = job.last
        return {"job": job.number, "state": seen.state, "progress": seen.progress}
    return {"job": job.number, "state": "done", "result": bounded(result)}


def parameter_told(schema: dict[str, Any]) -> dict[str, Any]:
    """What a parameter means and may be, from its JSON schema."""
    kept = ["description", "default", "minimum", "maximum", "enum", "const", "unit"]
    if "bounds_by_unit" in schema:
        kept[2:4] = ["bounds_by_unit"]
    return {key: bounded(schema[key]) for key in kept if key in schema}


def plan_told(plan: Reply) -> dict[str, Any]:
    """What an experiment would run, with words for the numbers that do not speak for themselves."""
    notes = [
        "a cell is a combination of traders, stress and rule; total is the runs of all, and not "
        "cells x seeds x forks if cells are shared out among the seeds",
        "power: pairs_needed are the matched markets for a power of 80 %, power is that of the "
        "markets planned",
    ]
    if plan.seeds * plan.forks == 1:
        notes.append("one seed gives no interval: plan two or more")
    if plan.seconds_per_run is None:
        notes.append("seconds_per_run (of one core) is told when 20 runs are finished")
    return bounded(plan) | {"notes": notes}


def short(text: object) -> str:
    """A text on one line, cut if it is long."""
    told = " ".join(str(text).split())
    return told if len(told) <= _LONGEST_TEXT else f"{told[:_LONGEST_TEXT]}..."


def bounded(value: Any, depth: int = 6) -> Any:
    """A value of JSON with short texts, short lists and no deep nesting.

    >>> bounded([1] * 100)[-1]
    '40 more'
    """
    if isinstance(value, dict):
        if depth == 0:
            return f"{len(value)} keys"
        rows = [(str(k), bounded(v, depth - 1)) for k, v in list(value.items())[:MOST_ROWS]]
        more = len(value) - len(rows)
        return dict(rows) | ({"more": more} if more else {})
    if isinstance(value, list):
        if depth == 0:
            return f"{len(value)} rows"
        kept = [bounded(each, depth - 1) for each in value[:MOST_ROWS]]
        more = len(value) - len(kept)
        return [*kept, f"{more} more"] if more else kept
    return short(value) if isinstance(value, str) else value
