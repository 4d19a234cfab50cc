"""`abm-desktop bench`: speed, measured side by side in one run."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from abm_desktop.bench.report import Report
from abm_desktop.commands.console import Failed


def bench(
    what: str, *, lobster: list[Path], peers: bool, repeats: int, messages: int, as_json: bool
) -> int:
    """Run one bench and print its table, or the JSON object."""
    report = _run(what, lobster=lobster, peers=peers, repeats=repeats, messages=messages)
    if as_json:
        print(report.as_json())
    else:
        report.show(Console())
    return 0


def _run(what: str, *, lobster: list[Path], peers: bool, repeats: int, messages: int) -> Report:
    if what == "engine":
        from abm_desktop.bench import engine

        missing = [str(path) for path in lobster if not path.exists()]
        if missing:
            raise Failed(f"no such file: {', '.join(missing)}")
        return engine.run(lobster, peers=peers, messages=messages, repeats=repeats)
    if what == "market":
        from abm_desktop.bench import market

        return market.run(repeats=repeats)
    if what == "env":
        from abm_desktop.bench import envs

        return envs.run(repeats=repeats)
    raise Failed(f'no bench "{what}"; there are engine, market and env', status=2)
