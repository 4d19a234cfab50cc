"""`abm-desktop bench market --peers`: peers run in environments of their own; no network here."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from abm_desktop.bench import market_peers
from abm_desktop.bench.report import Report


class Commands:
    """Stands for ``subprocess.run``: answers every command, and keeps them."""

    def __init__(self, installed: bool = False, failing: str = "") -> None:
        self.said: list[list[str]] = []
        self.installed = installed
        self.failing = failing

    def __call__(self, command: list[str], **options: object) -> subprocess.CompletedProcess[str]:
        assert options["check"] and options["timeout"]
        self.said.append(command)
        if "venv" in command:
            python = Path(command[-1]) / "bin/python"
            python.parent.mkdir(parents=True)
            python.touch()
        if self.failing and self.failing in command:
            raise subprocess.CalledProcessError(1, command, "", "retrying\nERROR: no network\n")
        if "-c" in command and not self.installed:
            raise subprocess.CalledProcessError(1, command, "", "ModuleNotFoundError")
        self.installed = self.installed or "pip" in command
        if "-c" not in command and "pip" not in command:
            agents = float(command[-1]) if command[-1].isdigit() else 0.0
            return subprocess.CompletedProcess(
                command, 0, json.dumps({"events": 10 * agents, "seconds": 2.0}), ""
            )
        return subprocess.CompletedProcess(command, 0, "", "")


@pytest.fixture(autouse=True)
def _only_pams(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(market_peers, "PEERS", {"pams": "pams>=0.3,<0.4"})
    monkeypatch.setattr(market_peers, "user_cache_dir", lambda: tmp_path)
    monkeypatch.setattr(market_peers.os, "name", "posix")


def test_a_peer_is_installed_once_and_gives_a_row_a_case(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    commands = Commands()
    monkeypatch.setattr(market_peers.subprocess, "run", commands)
    report = Report("market")
    market_peers.market_peers(report, 2)
    rows = [(row.case, row.subject, row.value, row.unit) for row in report.rows]
    assert rows == [
        ("default", "pams", 500.0, "events/s"),
        ("agents-1100", "pams", 5500.0, "events/s"),
    ]
    assert json.loads(report.as_json())["rows"][0]["subject"] == "pams"
    made = [command for command in commands.said if "venv" in command or "pip" in command]
    assert [command[-1] for command in made] == [str(tmp_path / "peers/pams"), "pams>=0.3,<0.4"]

    again = Commands(installed=True)
    monkeypatch.setattr(market_peers.subprocess, "run", again)
    market_peers.market_peers(Report("market"), 1)
    assert not any("pip" in command or "venv" in command for command in again.said)


@pytest.mark.parametrize("failing", ["pip", "venv"])
def test_a_peer_that_cannot_be_installed_is_noted_with_its_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, failing: str
) -> None:
    monkeypatch.setattr(market_peers.subprocess, "run", Commands(failing=failing))
    report = Report("market")
    market_peers.market_peers(report, 1)
    assert report.rows == []
    (note,) = report.notes
    assert "pams was not measured: ERROR: no network." in note
    assert str(tmp_path / "peers/pams") in note and 'pip install "pams>=0.3,<0.4"' in note


def test_an_answer_that_is_none_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        market_peers.subprocess,
        "run",
        lambda command, **_: subprocess.CompletedProcess(command, 0, "Killed", ""),
    )
    report = Report("market")
    market_peers.market_peers(report, 1)
    assert report.rows == [] and "pams was not measured" in report.notes[0]
