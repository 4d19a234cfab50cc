"""The progress bar of scripts and notebooks, with tqdm and without."""

from __future__ import annotations

import sys
import types

import pytest

from abm_desktop import progress_bar
from abm_desktop.progress_bar import ProgressBar


def without_tqdm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)


def test_a_line_of_text_grows(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    without_tqdm(monkeypatch)
    monkeypatch.setattr(progress_bar, "_LOOK_SECONDS", 0.0)
    with ProgressBar("Training") as bar:
        bar.say("Starting")
        bar.update(0.5, "Iteration 1 of 2", "reward 3")
        bar.update(1.0)
    lines = capsys.readouterr().err.split("\r\x1b[K")[1:]
    assert lines[0].startswith("Starting [---") and lines[0].endswith("  0%")
    assert lines[1] == f"Iteration 1 of 2 [{'#' * 15}{'-' * 15}]  50% reward 3"
    assert lines[-1] == f"Iteration 1 of 2 [{'#' * 30}] 100%\n"


def test_nothing_is_printed_unless_it_is_shown(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    without_tqdm(monkeypatch)
    with ProgressBar("Training", shown=False) as bar:
        bar.update(0.5)
    assert capsys.readouterr().err == ""


def test_tqdm_draws_it_if_it_is_there(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    drawn = []

    class Bar:
        def __init__(self, total: int, desc: str, bar_format: str) -> None:
            self.n: float = 0
            drawn.append((total, desc))

        def set_description(self, what: str, refresh: bool) -> None:
            drawn.append(what)

        def set_postfix_str(self, more: str, refresh: bool) -> None:
            drawn.append(more)

        def refresh(self) -> None:
            drawn.append(self.n)

        def close(self) -> None:
            drawn.append("closed")

    module = types.ModuleType("tqdm.auto")
    module.tqdm = Bar  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tqdm.auto", module)
    with ProgressBar("Training") as bar:
        bar.update(0.25, "Iteration 1 of 4", "reward 1")
    assert drawn == [(100, "Training"), "Iteration 1 of 4", "reward 1", 25.0, "closed"]
    assert capsys.readouterr().err == ""
