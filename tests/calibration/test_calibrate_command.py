"""``abm-desktop calibrate``: its plan, its files, and what is wrong told in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from abm_desktop.cli import main
from abm_desktop.scenario import Scenario, load_scenario
from abm_desktop.scenario.files import save_scenario


def test_a_dry_run_tells_the_plan_and_writes_nothing(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "out"
    arguments = ["--dry-run", "--posterior", "100", "--out", str(folder)]
    assert main(["calibrate", str(recorded), *arguments]) == 0
    told = capsys.readouterr().out
    assert "parameters to search" in told and "population.noise.limit_rate" in told
    assert "lot, shares" in told and "Seeds: search 4000000000" in told
    # An hour each, two sessions of an hour a candidate: 64 candidates take as long as 128 of them.
    assert "128 whole sessions all over the space" in " ".join(told.split())
    assert "as long as 64 candidates" in " ".join(told.split())
    assert not folder.exists()


def test_what_is_wrong_is_told(
    recorded: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def told(*arguments: str) -> str:
        assert main(["calibrate", *arguments]) == 2
        return capsys.readouterr().err

    assert "no such file" in told(str(tmp_path / "none.zip"))
    assert "did you mean" in told(str(recorded), "--base", "clam")
    assert "search_seconds must be a number from 600" in told(str(recorded), "--search-time", "5s")
    assert "10 draws are too few" in told(str(recorded), "--posterior", "10")
    assert "is not a duration" in told(str(recorded), "--search-time", "soon")
    assert "DAY" in told()
    taken = tmp_path / "taken"
    taken.write_text("a file")
    assert f"{taken}: is no folder; name a new" in told(str(recorded), "--out", str(taken))
    inside = taken / "out"
    assert f"{inside}: cannot be made" in told(str(recorded), "--out", str(inside))
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("dear")
    assert "holds other files (letter.txt)" in told(str(recorded), "--out", str(full))
    assert [each.name for each in full.iterdir() if each.name != ".lock"] == ["letter.txt"]


def test_a_scenario_comes_out(
    recorded: Path, known: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from abm_desktop.calibration import plan, search

    class Tiny(plan.Sizes):
        def __init__(self, **given: object) -> None:
            small = {"candidates": 1, "choice_seeds": 1, "report_seeds": 2, "search_seeds": 1}
            super().__init__(**(given | small))  # type: ignore[arg-type]

    monkeypatch.setattr(plan, "Sizes", Tiny)
    monkeypatch.setattr(plan, "PARAMETERS", plan.PARAMETERS[:5])
    monkeypatch.setattr(search, "population_of", lambda _dimensions: 4)
    save_scenario(known, tmp_path / "base.toml")
    arguments = [
        str(recorded),
        "--base",
        str(tmp_path / "base.toml"),
        "--out",
        str(tmp_path / "out"),
        "--workers",
        "0",
    ]
    arguments += ["--trials", "4", "--budget", "1", "--search-time", "10min", "--name", "mine"]
    assert main(["calibrate", *arguments]) == 0
    told = capsys.readouterr().out
    assert "The mean distance of the 14 scores" in told and "scenario.toml" in told
    assert load_scenario(tmp_path / "out" / "scenario.toml").name == "mine"
    # All is there: the same command tells the same again.
    assert main(["calibrate", *arguments]) == 0
    again = capsys.readouterr().out
    assert [line for line in again.splitlines() if line.startswith("- The mean")] == [
        line for line in told.splitlines() if line.startswith("- The mean")
    ]
