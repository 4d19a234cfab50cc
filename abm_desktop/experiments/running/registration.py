"""What is fixed before the first run, hashed, so that a change leaves a trace.

Question, measures, hypothesis, expected signs, seeds and the code of the analysis go into the
index of the results with a time and the number of runs that were there; whatever is different at a
later start, or when a report is written, is told with the number of runs after which it changed.
Beside all results a ledger keeps which seeds of which market experiments have run, so that a rerun
on seeds that somebody has looked at says so.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock

from abm_desktop import metrics, paths
from abm_desktop.experiments import statistics
from abm_desktop.experiments.running.cells import Plan
from abm_desktop.experiments.running.store import Store
from abm_desktop.plain_json import JsonError, read_json, read_json_object
from abm_desktop.scenario import Scenario
from abm_desktop.whole_files import write_whole

__all__ = [
    "FILE",
    "LEDGER",
    "entry_of",
    "fingerprint",
    "market_digest",
    "register",
    "registered",
    "registration_words",
    "words_of",
]

FILE = "registration.json"
"""In the folder of results: what :func:`register` kept, for people."""
LEDGER = "seen_seeds.json"
"""In the folder of all results."""

_WORDS = {
    "question": "question",
    "primary": "primary measure",
    "second": "second measure",
    "also": "other measures",
    "level": "factor",
    "hypothesis": "hypothesis",
    "hypothesis_groups": "stresses of the hypothesis",
    "expected": "expected signs",
    "seeds": "seeds",
    "design": "design, policies or market",
    "analysis": "analysis (code of statistics and measures)",
    "tests": "tests of the claim",
    "verdict": "code of its verdict",
    "game": "game",
    "policies": "policies",
    "market": "market",
}


def registered(plan: Plan) -> dict[str, Any]:
    """All that is fixed in advance, as plain values."""
    design = plan.design
    return {
        "question": design.question,
        "primary": design.primary,
        "second": design.second,
        "also": list(design.also),
        "level": design.level,
        "hypothesis": design.hypothesis,
        "hypothesis_groups": list(design.hypothesis_groups),
        "expected": [given.model_dump(mode="json") for given in design.expected],
        "seeds": [plan.seeds[0], plan.seeds[-1]],
        "design": plan.digest(),
        "analysis": _analysis(),
        **plan.fixed,
    }


def fingerprint(content: dict[str, Any]) -> str:
    """SHA-256 of what is fixed."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@functools.cache
def _analysis() -> str:
    """Of the code that makes measures of tapes, and findings of measures."""
    found = hashlib.sha256()
    for package in (metrics, statistics):
        root = Path(package.__path__[0])
        for file in sorted(root.rglob("*.py")):
            found.update(file.relative_to(root).as_posix().encode() + file.read_bytes())
    return found.hexdigest()


def register(plan: Plan, store: Store, ledger: Path) -> None:
    """Keep what is fixed, if it is the first time or differs from what was kept last.

    Args:
        plan: what is about to run.
        store: where its runs go, held by this process.
        ledger: the file of seeds that experiments have run (see :data:`LEDGER`).
    """
    content = registered(plan)
    kept = _kept(store)
    runs, _ = store.count()
    if not kept:
        store.note("seen_seeds", json.dumps(_seen(plan, ledger)))
    if not kept or kept[-1]["content"] != content:
        kept.append(entry_of(content, runs))
        store.note("registration", json.dumps(kept))
        write_whole(store.folder / FILE, json.dumps(kept, indent=1))
        _enter(plan, store.folder, ledger)


def registration_words(plan: Plan, store: Store) -> tuple[str, ...]:
    """What was registered when, what changed after how many runs, and whether seeds were seen."""
    more = [_WORDS.get(key, key) for key in plan.fixed]
    fixed = ", ".join(["question, measures, hypothesis, expected signs, seeds and analysis", *more])
    seen = tuple(
        f"{count} of its markets were seen before: {who} ran these seeds. What is found in them "
        "again is no new evidence."
        for who, count in json.loads(store.about("seen_seeds") or "[]")
    )
    return words_of(_kept(store), registered(plan), store.count()[0], fixed) + seen


def entry_of(content: dict[str, Any], runs: int) -> dict[str, Any]:
    """What is kept of a registration: ``content`` with its hash, the time, and the runs so far."""
    return {"at": _now(), "runs": runs, "sha256": fingerprint(content), "content": content}


def words_of(
    kept: list[dict[str, Any]], now: dict[str, Any], runs: int, fixed: str
) -> tuple[str, ...]:
    """As :func:`registration_words`, of entries as :func:`entry_of` makes them.

    Args:
        kept: the entries, in order of time.
        now: what is fixed by now.
        runs: how many runs there are.
        fixed: what was fixed, in words.
    """
    if not kept:
        return ("Not registered: these runs were made before the program registered anything.",)
    first = kept[0]
    when = f"{first['at']}, SHA-256 {first['sha256'][:12]}"
    out = [
        f"Registered before run 1 ({when}): {fixed}."
        if first["runs"] == 0
        else f"Registered only after {first['runs']} runs ({when}): {fixed}."
    ]
    for before, entry in itertools.pairwise(kept):
        out.append(
            f"Changed after {entry['runs']} runs ({entry['at']}): "
            f"{_changes(before['content'], entry['content'])}."
        )
    if kept[-1]["content"] != now:
        out.append(
            f"Changed after {runs} runs, for this report: {_changes(kept[-1]['content'], now)}."
        )
    return tuple(out)


def _changes(before: dict[str, Any], after: dict[str, Any]) -> str:
    return (
        ", ".join(_WORDS.get(key, key) for key in after if before.get(key) != after[key])
        or "what was registered"
    )


def _kept(store: Store) -> list[dict[str, Any]]:
    return list(json.loads(store.about("registration") or "[]"))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")


def market_digest(scenario: Scenario) -> str:
    """Fingerprint of a market as experiments run it: without RL traders and stress of its own."""
    bare = scenario.model_copy(update={"rl": (), "stress": ()})
    content = bare.model_dump(mode="json", exclude={"name", "description", "seed"})
    if content["fundamental"]["informative_orders"] == "all":
        # It came later; a market that does not use it is the one that it was.
        del content["fundamental"]["informative_orders"]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


def _seen(plan: Plan, ledger: Path) -> list[tuple[str, int]]:
    """(who, how many markets) of those of the plan's seeds that have been run before."""
    found: list[tuple[str, int]] = []
    for entry in _entries(ledger):
        if entry["market"] == market_digest(plan.scenario) and (n := _common(plan, entry["seeds"])):
            found.append((f"{entry['name']!r} on {entry['at']}", n))
    for file in sorted(paths.studies_dir().glob("*/summary.json")):
        seeds = _range_of(file)
        if seeds is not None and (n := _common(plan, seeds)):
            found.append((f"the shipped study {file.parent.name!r}", n))
    return found


def _common(plan: Plan, seeds: list[int]) -> int:
    first, last = seeds
    return max(0, min(plan.seeds[-1], last) - max(plan.seeds[0], first) + 1)


def _range_of(summary: Path) -> list[int] | None:
    """First and last seed of a shipped study; None if its summary does not tell."""
    try:
        told = read_json_object(summary)
    except (OSError, JsonError):
        return None
    match = re.fullmatch(r"(\d+) to (\d+)", str(told.get("seeds", "")))
    return [int(match[1]), int(match[2])] if match else None


def _entries(ledger: Path) -> list[dict[str, Any]]:
    try:
        found = read_json(ledger)
        return [
            entry
            for entry in found
            if {"name", "market", "seeds", "at", "folder"} <= set(entry)
            and len(entry["seeds"]) == 2
        ]
    except (OSError, JsonError, TypeError):  # none yet, or damaged: then nothing is known of before
        return []


def _enter(plan: Plan, folder: Path, ledger: Path) -> None:
    """Put the seeds of a plan into the ledger."""
    entry = {
        "name": plan.design.name,
        "folder": str(folder),
        "market": market_digest(plan.scenario),
        "seeds": [plan.seeds[0], plan.seeds[-1]],
        "at": _now(),
    }
    ledger.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(ledger.with_suffix(".lock"), timeout=30):
        write_whole(ledger, json.dumps([*_entries(ledger), entry], indent=1))
