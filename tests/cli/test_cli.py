from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

import abm_desktop
from abm_desktop import cli, window_start
from abm_desktop.window_start import (
    Serving,
    missing_display,
    serving_arguments,
    window_argument,
)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ([], ""),
        (["window"], ""),
        (["window", "calm"], "calm"),
        (["calm"], "calm"),
        (["flash_crash"], "flash_crash"),
        (["some/where/mine.toml"], "some/where/mine.toml"),
        (["flow.zip"], "flow.zip"),
        (["run", "calm"], None),
        (["--help"], None),
        (["nonsense"], None),
        (["window", "--help"], None),
    ],
)
def test_a_bare_path_or_name_opens_the_window(arguments, wanted):
    assert window_argument(arguments) == wanted


@pytest.mark.parametrize(
    ("arguments", "rest", "serving"),
    [
        (["--serve"], [], Serving()),
        (["--serve", "calm", "--port", "8000"], ["calm"], Serving(8000)),
        (["window", "calm", "--serve", "--port=0"], ["window", "calm"], Serving(0)),
        (["calm"], ["calm"], None),
        (["serve", "calm", "--port", "8000"], ["serve", "calm", "--port", "8000"], None),
        (["--serve", "--port", "x"], ["--serve", "--port", "x"], None),
        (["--serve", "--port", "70000"], ["--serve", "--port", "70000"], None),
        (["--port", "8000"], ["--port", "8000"], None),
    ],
)
def test_a_window_can_be_served_as_well(arguments, rest, serving):
    assert serving_arguments(arguments) == (rest, serving)


def test_what_is_to_be_served_reaches_the_window(monkeypatch):
    opened = []
    stand_in = type(sys)("abm_desktop.ui.app")
    stand_in.run_window = lambda path, **more: opened.append((path and path.stem, more)) or 0
    monkeypatch.setitem(sys.modules, "abm_desktop.ui.app", stand_in)
    assert cli.main(["--serve", "calm"]) == 0
    assert cli.main(["window", "--serve", "--port", "8123"]) == 0
    assert opened == [
        ("calm", {"serves": True, "port": None}),
        (None, {"serves": True, "port": 8123}),
    ]


def test_a_file_that_exists_opens_whatever_its_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flow").write_text("")
    assert window_argument(["flow"]) == "flow"


def test_the_window_gets_the_file_of_a_named_scenario(monkeypatch):
    opened = []
    stand_in = type(sys)("abm_desktop.ui.app")
    stand_in.run_window = lambda path: opened.append(path) or 0
    monkeypatch.setitem(sys.modules, "abm_desktop.ui.app", stand_in)
    assert cli.main(["flash_crash"]) == 0
    assert cli.main([]) == 0
    assert [path and path.name for path in opened] == ["flash_crash.toml", None]


def test_without_a_display_the_ways_around_are_told(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cli.sys, "platform", "linux")
    assert cli.main([]) == 1
    text = capsys.readouterr().err
    assert "abm-desktop run" in text
    assert "xvfb-run" in text
    assert missing_display({"DISPLAY": ":0"}, "linux") is None
    assert missing_display({}, "darwin") is None


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["trian"], 'did you mean "train"?'),
        (["run"], "Missing argument"),
        (["run", "calm", "--durat", "1h"], "--duration"),
        (["run", "clam"], 'did you mean "calm"?'),
        (["run", "calm", "--duration", "soon"], "is not a duration"),
        (["run", "calm", "--duration", "0"], "more than 0"),
        (["run", "calm", "--seed", "-1"], "--seed"),
        (["replay", "absent.zip"], "no such file"),
        (["train", "--recording", "calm"], "calm: is a scenario"),
        (["evaluate", "calm-ppo", "--recording", "calm"], "calm: is a scenario"),
        (["facts", "calm", "--day", "2012-06-21"], "--day says which day of a recording"),
        (["train", "--scenario", "clam"], 'did you mean "calm"?'),
        (["train", "--set", "gamma"], "key=value"),
        (["train", "--set", "gamma=2"], "gamma"),
        (["train", "--algorithm", "ABC"], "--algorithm: is"),
        (["train", "--config", "absent.toml"], "absent.toml"),
        (["train", "--seed", "700000000"], "699999999"),
        (["evaluate", "calm-ppo", "--seed", "1000001"], "1000000"),
        (["replay", "/dev/zero"], "/dev/zero: is no plain file"),
        (["run", "/dev/zero"], "is no plain file"),
        (["facts", "/dev/zero"], "is no plain file"),
        (["experiment", "/dev/zero"], "is no plain file"),
        (["bench", "engine", "--lobster", "/dev/zero"], "/dev/zero: is no plain file"),
        (["evaluate", "/dev/zero"], "/dev/zero: cannot be read: it is no file"),
        (["stress-test", "absent.npz"], "absent.npz: cannot be read: No such file"),
        (["evaluate", "calm-ppo", "--json", "/dev/null"], "is no plain file"),
        (["stress-test", "calm-ppo", "--json", "."], "is a folder"),
        (["evaluate", "calm-ppo", "--json", "/nowhere/a.json"], "there is no folder /nowhere"),
        (["run", ""], "no scenario is named"),
        (["run", "calm", "--set", "sed=1"], 'did you mean "seed"?'),
        (["facts", "clam"], 'did you mean "calm"?'),
        (["experiment", "absent"], "absent"),
        (["experiment", "research_question", "--seeds", "9999999"], "seeds"),
        (["evaluate", "ghost"], "ghost"),
        (["stress-test", "calm-ppo", "--stress", "flash=1"], "flash"),
        (["stress-test", "calm-ppo", "--scenario", "clam"], 'did you mean "calm"?'),
        (["models", "show", "ghost"], "ghost"),
        (["models", "export", "calm-ppo", "x.txt"], "x.txt"),
        (["bench", "engin"], "engin"),
        (["--serve", "--port", "x"], "port"),
        (["--serve", "--port", "70000"], "65535"),
        (["--port", "8000"], "--serve"),
    ],
)
def test_wrong_usage_says_what_is_wrong(command, arguments, text):
    status, _, errors = command(*arguments)
    assert status == 2  # in every command alike
    assert errors.startswith("Error: ")
    assert text in errors


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "calm", "--out"),
        ("run", "calm", "--lobster"),
        ("experiment", "research_question", "--out"),
        ("evaluate", "calm-ppo", "--json"),
        ("stress-test", "calm-ppo", "--json"),
        ("facts", "calm", "--json"),
        ("train", "--config"),
        ("bench", "engine", "--lobster"),
        ("replay",),
        ("models", "import"),
    ],
)
def test_an_empty_path_is_none_and_not_the_current_folder(command, arguments):
    status, _, errors = command(*arguments, "")
    assert status == 2
    assert errors.startswith("Error: ") and "is empty; name a file or a folder" in errors


def test_version(command):
    status, output, _ = command("--version")
    assert status == 0
    assert metadata.version("abm-desktop") in output
    assert abm_desktop.__version__ == metadata.version("abm-desktop")
    assert "__version__" in dir(abm_desktop)


def test_help_names_every_command_and_imports_nothing_heavy():
    code = (
        "import sys; from abm_desktop.cli import main; main(['--help']);"
        "heavy = {'numba', 'ray', 'torch', 'PySide6', 'numpy', 'pydantic'} & set(sys.modules);"
        "print('heavy:', sorted(heavy))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert "heavy: []" in shown
    for name in window_start.COMMANDS:
        assert name in shown


def test_the_module_runs_like_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "abm_desktop", "--version"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.startswith("ABM Desktop ")
