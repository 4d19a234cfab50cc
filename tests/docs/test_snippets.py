"""The Python, TOML and commands that README and docs show work as they stand there.

Python is run word by word. What would take minutes is made small from outside, by the defaults that
the snippet leaves open; only a training is played by a shipped model, and a report is not written
(both have their own tests). Cheap commands are run; of the others the parser must
accept each word.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import shlex
import shutil
import tomllib
import typing
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from support.recorded import ADD, hand_written

from abm_desktop.cli import main
from abm_desktop.experiments.design import load_design
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.running.pilot import Sizing
from abm_desktop.learning.population.config import load_population
from abm_desktop.scenario import find_scenario, load_scenario
from abm_desktop.scenario.csv_mapping import load_mapping
from abm_desktop.window_start import COMMANDS, serving_arguments

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted(page for page in (ROOT / "docs").rglob("*.md") if "studies" not in page.parts),
]


@dataclass(frozen=True)
class Snippet:
    page: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def _snippets() -> list[Snippet]:
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.M | re.S):
            line = text.count("\n", 0, block.start()) + 2
            found.append(Snippet(page.name, line, block[1], block[2]))
    return found


SNIPPETS = _snippets()


def of_kind(*kinds: str) -> list[Snippet]:
    return [each for each in SNIPPETS if each.kind in kinds]


# -- Python ---------------------------------------------------------------------------------------


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Defaults that a snippet leaves open, made small; folders of the user's own."""
    from abm_desktop.envs import MultiAgentMarketEnv
    from abm_desktop.learning.judging import stress_test

    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(MultiAgentMarketEnv.__init__.__kwdefaults__, "episode_seconds", 30.0)
    for name, value in (("runs", 2), ("lead", 120.0), ("after", 300.0)):
        monkeypatch.setitem(stress_test.stress_test_agent.__kwdefaults__, name, value)
    _a_recorded_day(tmp_path)
    _small_experiments(monkeypatch)
    _played_trainings(monkeypatch)


def _a_recorded_day(folder):
    """The file that pages name, written by hand."""
    inside = folder / "day"
    inside.mkdir()
    hand_written(inside, [(1000 * k, ADD, 10 + k, 50, 9990, 1) for k in range(1, 24)])
    with zipfile.ZipFile(folder / "AMZN_2012-06-21_5.zip", "w") as archive:
        for file in inside.iterdir():
            archive.write(file, file.name)


def _small_experiments(monkeypatch):
    load, run = Experiment.load.__func__, Experiment.run

    def sizes(plan, name, displaces, shares, stress):
        return {share: Sizing(10, 2, 40, 1.0 - share, share) for share in shares}

    def small_load(cls, name, seeds=None):
        design = load(cls, name, seeds=seeds).plan.design
        short = {"lead": 120.0, "burn_in": 30.0, "stress_window": 60.0, "after": 120.0, "paths": 1}
        one = {"policies": ("calm-ppo",), "shares": (0.0, 0.25)}
        few = {
            "stress": design.stress[:1],
            "forks": 1,
            "facts": 0,
            "rl": design.rl.model_copy(update=one),
        }
        return cls(design.model_copy(update=short | few), seeds=min(seeds or 2, 2))

    monkeypatch.setattr("abm_desktop.experiments.running.runner.size_population", sizes)
    monkeypatch.setattr(Experiment, "load", classmethod(small_load))

    def page(self):
        assert self.finished() == self.plan.total
        return self.folder / "report" / "report.html"

    # Writing a report takes half a minute, and has its own tests.
    monkeypatch.setattr(Experiment, "report", page)
    monkeypatch.setattr(Experiment, "run", lambda self, workers=0: run(self, min(workers, 0)))


def _played_trainings(monkeypatch):
    from abm_desktop.learning.registry import models
    from abm_desktop.learning.trainer import RLTrainer, TrainingResults

    def train(self):
        info = next(each for each in models.list_models() if each.name == "calm-ppo")
        kept = info.metrics
        judged = {"accepted": True} | dict(kept.get("evaluation") or {})
        stress = {"outcomes": []} | dict(kept.get("stress_test") or {})
        return TrainingResults("calm-ppo", "finished", (), judged, stress), info.folder

    monkeypatch.setattr(RLTrainer, "train", train)


@pytest.fixture
def served(monkeypatch, tmp_path):
    """A server without a market, which ``connect()`` finds."""
    from abm_desktop.live import LiveMarket
    from abm_desktop.serve.server import Server
    from abm_desktop.serve.session import ServedSession

    monkeypatch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path / "runtime"))
    live = LiveMarket()
    live.start()
    server = Server(ServedSession(live))
    server.start()
    yield server
    server.stop()
    live.close()


@pytest.mark.parametrize("snippet", of_kind("python"), ids=str)
def test_python_runs(snippet, small, request):
    if "connect()" in snippet.text:
        request.getfixturevalue("served")
    code = compile(snippet.text, str(snippet), "exec")
    exec(code, {"__name__": "snippet"})


def test_every_block_says_what_it_is():
    known = ("python", "toml", "sh", "r", "json", "")
    assert [str(each) for each in SNIPPETS if each.kind not in known] == []
    assert len(of_kind("python")) >= 6


def test_the_notebook_runs_and_names_no_place(served):
    """Its cells, one after the other; what they print is what stands in it."""
    notebook = json.loads((ROOT / "docs/examples/remote_control.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {"__name__": "notebook"}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, 1):
        assert cell["execution_count"] == number
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile("".join(cell["source"]), f"cell {number}", "exec"), names)
        kept = ["".join(output["text"]) for output in cell["outputs"]]
        assert printed.getvalue() == "".join(kept)
    assert not re.search(r"/(home|work|root|tmp)/|127\.0\.0\.1", json.dumps(notebook))


@pytest.mark.parametrize("snippet", of_kind("toml"), ids=str)
def test_toml_is_a_scenario_an_experiment_or_a_mapping(snippet, tmp_path):
    values = tomllib.loads(snippet.text)
    file = tmp_path / "s.toml"
    file.write_text(("" if "name" in values else 'name = "s"\n') + snippet.text, encoding="utf-8")
    if "columns" in values:
        load_mapping(file)
    elif "learners" in values:
        load_population(file)
    elif "train" in values:
        load_design(file)
    else:
        load_scenario(file)


# -- commands -------------------------------------------------------------------------------------


def _commands() -> list[tuple[str, str, bool]]:
    """(where, command, whole): those of blocks are whole, those within sentences may be a part."""
    found = []
    for each in SNIPPETS:
        if each.kind in ("sh", ""):
            lines = [line.split("#")[0].strip() for line in each.text.splitlines()]
            found += [(str(each), line, True) for line in lines if re.match(r"abm-desktop\b", line)]
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for words in re.finditer(r"`(abm-desktop [^`]+)`", text):
            found.append((page.name, " ".join(words[1].split()), False))
    return sorted(set(found))


COMMANDS_SHOWN = _commands()


@pytest.mark.parametrize(("where", "command", "whole"), COMMANDS_SHOWN, ids=lambda v: str(v)[:60])
def test_the_parser_knows_every_word(where, command, whole):
    from abm_desktop.commands.app import parser

    words, _ = serving_arguments(shlex.split(command.split("|")[0])[1:])
    if not words or (words[0] not in COMMANDS and not words[0].startswith("-")):
        # The window, with a scenario or a file.
        assert len(words) <= 1
        if words and not re.search(r"\.|^\[?[A-Z]+\]?$", words[0]):
            find_scenario(words[0])
        return
    context, group = None, typing.cast(typing.Any, parser())
    try:
        context = group.make_context("abm-desktop", words, resilient_parsing=False)
        while hasattr(group, "resolve_command"):
            rest = [*getattr(context, "_protected_args", ()), *context.args]
            name, group, rest = group.resolve_command(context, rest)
            context = group.make_context(name, rest, parent=context)
    except Exception as error:
        told = error.format_message() if hasattr(error, "format_message") else repr(error)
        assert not whole and "Missing" in told, f"{where}: {command}: {told}"


@pytest.mark.parametrize(
    "command",
    [
        "abm-desktop run calm --seed 7 --duration 1h --out out/calm-7",
        "abm-desktop models list --tag good --accepted",
        "abm-desktop models show calm-ppo",
        "abm-desktop models compare calm-ppo calm-dqn",
        "abm-desktop models list --role maker",
        "abm-desktop models list --studies",
    ],
)
def test_cheap_commands_run(command, tmp_path, monkeypatch, capsys):
    assert any(command == shown for _, shown, _ in COMMANDS_SHOWN)
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(command)[1:]) == 0
    assert capsys.readouterr().err == ""


def test_the_story_of_a_model_runs_from_tag_to_delete(tmp_path, monkeypatch, capsys):
    lines = [c for where, c, whole in COMMANDS_SHOWN if whole and "models" in c]
    told = [line for each in of_kind("sh") for line in each.text.splitlines() if "models" in line]
    story = [c for line in told for c in lines if line.startswith(c)]
    story = [c for c in story if re.search(r"models (tag|rename|export|import|delete)", c)]
    assert len(story) == 5
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    assert main(["models", "export", "calm-ppo", "calm.zip"]) == 0
    assert main(["models", "import", "calm.zip", "--name", "my-trader"]) == 0
    shutil.copy("calm.zip", "trader.zip")
    for command in story:
        assert main(shlex.split(command)[1:]) == 0, (command, capsys.readouterr().err)
    assert Path("trader.onnx").stat().st_size > 0
