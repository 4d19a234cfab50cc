"""Other people's market simulators, each with agents of its own, beside ours.

Each lives in a virtual environment of its own in the user's cache folder, because some want
versions that this program cannot have (PAMS: NumPy below 2). It is made once, and kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from abm_desktop.bench.report import Report
from abm_desktop.paths import user_cache_dir

PEERS = {"pams": "pams>=0.3,<0.4", "bourse": "bourse>=0.4,<0.5"}
"""What is installed for each."""
CASES = {"default": 100, "agents-1100": 1_100}
"""Agents by case; the agents are the peer's own, not those of our scenario."""
_SCRIPT = Path(__file__).with_name("peer_markets.py")
_INSTALL_SECONDS = 600
_RUN_SECONDS = 300


def market_peers(report: Report, repeats: int) -> None:
    """Add book events per second of every peer; one that cannot be had is noted with its remedy."""
    for name in PEERS:
        try:
            python = _python_with(name)
            for case, agents in CASES.items():
                rates = [_rate(python, name, agents) for _ in range(repeats)]
                report.add(case, name, rates, "events/s")
        except (OSError, subprocess.SubprocessError, ValueError, KeyError) as error:
            report.notes.append(
                f"{name} was not measured: {_reason(error)}. With a network, run this again, or "
                f"make {_folder(name)} by hand with python -m venv, and there "
                f'pip install "{PEERS[name]}"'
            )
    if any(row.subject in PEERS for row in report.rows):
        report.notes.append(
            f"{' and '.join(PEERS)} run agents of their own, 100 and 1,100, not our scenario: "
            "compare the work done a second, not the markets"
        )


def _folder(name: str) -> Path:
    return user_cache_dir() / "peers" / name


def _python_with(name: str) -> Path:
    """The Python of the environment that has the peer; makes it if it is missing."""
    folder = _folder(name)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        _call([sys.executable, "-m", "venv", str(folder)], _INSTALL_SECONDS)
    try:
        _call([str(python), "-I", "-c", f"import {name}"], _RUN_SECONDS)
    except subprocess.CalledProcessError:
        pip = [str(python), "-I", "-m", "pip", "install", "--quiet", "--retries", "1"]
        _call([*pip, PEERS[name]], _INSTALL_SECONDS)
    return python


def _rate(python: Path, name: str, agents: int) -> float:
    result = json.loads(_call([str(python), "-I", str(_SCRIPT), name, str(agents)], _RUN_SECONDS))
    return float(result["events"]) / float(result["seconds"])


def _call(command: list[str], seconds: float) -> str:
    return subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=seconds
    ).stdout


def _reason(error: Exception) -> str:
    """Return the last line that the command wrote, or what went wrong with calling it."""
    said = str(getattr(error, "stderr", None) or "").strip().splitlines()
    return said[-1] if said else str(error)
