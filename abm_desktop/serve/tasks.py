"""Heavy work for clients, done in a process of its own by :mod:`abm_desktop.serve.beside`.

Evaluations and facts hold Python's lock for seconds in all, which a market that is watched must
not feel, and a process can be ended at any moment. Each task is a function of plain values, which
returns plain values; none of them needs FastAPI.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from abm_desktop.inputs import InputError
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.reading import checked

__all__ = [
    "Task", "Tell", "attempt", "compare_pairs", "evaluate_model", "export_model", "export_run",
    "load_environments", "measure_facts", "prepare_environments", "stress_test_model",
]  # fmt: skip

Tell = Callable[[float, str], None]
"""Takes the finished share, 0 to 1, and what is being done."""
Task = Callable[[dict[str, Any], Tell], dict[str, Any]]


def attempt(task: Task, values: dict[str, Any], progress: Tell) -> dict[str, Any]:
    """Do a task; what it refuses travels back as values, with key and remedy."""
    try:
        return {"result": task(values, progress)}
    except InputError as error:
        return {"refused": (error.message, error.key, error.remedy)}


def evaluate_model(values: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Judge a model on held-out days, and keep the verdict with it, as the command does."""
    from abm_desktop.learning.judging.assessment import keep_evaluation
    from abm_desktop.learning.judging.seed_ranges import refuse_days_of_choice
    from abm_desktop.learning.judging.seen_days import refuse_seen
    from abm_desktop.learning.judging.several_markets import (
        evaluate_in,
        summary_of_all,
    )
    from abm_desktop.learning.registry import models

    info = models.get_model(values["model"])
    markets = [_scenario(each) for each in values["scenarios"]]
    for market in markets:
        refuse_seen(info, market, None)
        refuse_days_of_choice(
            info.metrics, market.name, values["purpose"], values["seed"], values["days"]
        )
    results = evaluate_in(
        models.load_policy(info.name),
        markets,
        days=values["days"],
        hours=values["hours"],
        seed=values["seed"],
        purpose=values["purpose"],
        on_share=lambda what, share: tell(share, what),
    )
    summary = summary_of_all(results)
    is_kept = values["keep"] and not info.bundled
    if is_kept:
        keep_evaluation(info.name, summary)
    return {"model": info.name, "is_kept": is_kept, "evaluation": summary}


def stress_test_model(values: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Put a model under stress in matched markets, and keep what came of it with it."""
    from abm_desktop.learning.judging.stress_test import stress_test_agent, summary_of
    from abm_desktop.learning.registry import models

    info = models.get_model(values["model"])
    market = _scenario(values["scenario"])
    settings = {name: values[name] for name in ("runs", "traders", "seed", "after")}
    outcomes = stress_test_agent(
        models.load_policy(info.name),
        values["stresses"],
        scenario=market,
        lead=values["lead"],
        before=values["before"],
        on_share=lambda share: tell(share, "markets with and without the traders"),
        **settings,
    )
    summary = summary_of(outcomes, market.name, **settings)
    is_kept = values["keep"] and not info.bundled
    if is_kept:
        models.set_metrics(info.name, stress_test=summary)
    return {"model": info.name, "is_kept": is_kept, "stress_test": summary}


def measure_facts(values: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Run sessions of a scenario side by side, and hold them against the stylised facts."""
    from abm_desktop.learning.judging.threads import side_by_side
    from abm_desktop.metrics.stylized_facts.sessions import simulate_session
    from abm_desktop.metrics.stylized_facts.suite import measure

    scenario, seeds = _scenario(values["scenario"]), values["seeds"]

    def session(seed: int, note: Callable[[float], None]) -> Any:
        done = 0.0

        def add(seconds: float) -> None:
            nonlocal done
            done += seconds
            note(done / scenario.market.session)

        return simulate_session(scenario, seed, add)

    records = side_by_side(
        {f"seed {seed}": functools.partial(session, seed) for seed in seeds},
        lambda name, share: tell(0.9 * share, f"simulating, {name}"),
    )
    facts = measure(
        [records[f"seed {seed}"] for seed in seeds],
        progress=lambda done, of: tell(0.9 + 0.1 * done / of, "measuring"),
    )
    return {
        "subject": scenario.name,
        "seeds": seeds,
        "seconds": scenario.market.session,
        "facts": [fact.as_json() for fact in facts],
    }


def compare_pairs(values: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Run markets with and without a change, and tell what differs."""
    from abm_desktop.experiments.pairs import Change, compare_pairs
    from abm_desktop.scenario import stress_from_dict

    change, shock = (
        None if values[name] is None else stress_from_dict(values[name])
        for name in ("change", "shock")
    )
    scenario, seeds = _scenario(values["scenario"]), values["seeds"]
    differences, rows = compare_pairs(
        scenario,
        seeds,
        Change(values["rule"], values["values"], change),
        shock=shock,
        at=values["at"],
        after=values["after"],
        on_share=lambda share: tell(share, "markets with and without the change"),
    )
    return {
        "scenario": scenario.name,
        "seeds": seeds,
        "differences": {
            name: {k: _known(v) for k, v in asdict(found).items()}
            for name, found in differences.items()
        },
        "fall_pct": [[_known(v) for v in pair] for pair in rows["fall_pct"]],
    }


def _known(number: float) -> float | None:
    """A number for JSON; null if it is none."""
    return number if math.isfinite(number) else None


def export_model(values: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Write a model into a file whose libraries are large (ONNX, torch)."""
    from abm_desktop.learning.registry import models

    tell(0.0, "writing")
    return {"file": str(models.export_model(values["model"], Path(values["file"])))}


def export_run(values: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Make a session's market again, with every row, and write it as the command ``run`` does."""
    from abm_desktop.live.session_export import SessionExport, export_session
    from abm_desktop.live.session_record import SessionRecord

    record, folder = SessionRecord.of(values["record"]), Path(values["folder"])
    wanted = SessionExport(**{name: values[name] for name in SessionExport.model_fields})
    files = export_session(record, folder, wanted, tell, overwrite=values["overwrite"])
    return {
        "name": folder.name,
        "files": files,
        "time": record.time,
        "checksum": record.checksum,
    }


def prepare_environments(values: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Compile what a first environment needs, so that the server need not."""
    from abm_desktop.market import warm_cache

    tell(0.0, "compiling")
    warm_cache.main()
    tell(0.7, "compiling")
    load_environments()
    return {}


def load_environments() -> None:
    """Have this process load what environments run on, which takes most of a second."""
    from abm_desktop.envs import MarketEnv

    env = MarketEnv(Scenario.model_validate({"name": "compilation", "market": {"warm_up": "10s"}}))
    env.reset(seed=1)
    env.step(1)
    env.close()


def _scenario(values: dict[str, Any]) -> Scenario:
    found: Scenario = checked(Scenario, values, key="scenario")
    return found
