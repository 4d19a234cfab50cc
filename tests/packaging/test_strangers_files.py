"""What lies in the folder where the program is started is no part of the program."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from abm_desktop import child_python
from abm_desktop.host_process import HostProcess
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.recipes import load_config
from abm_desktop.live.compilation import cold_start_command

NAMES = (
    "random tokenize numpy ray torch json pathlib platformdirs __future__ logging socket selectors"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, full of modules that tell when they are imported."""
    for name in NAMES.split():
        (tmp_path / f"{name}.py").write_text(
            f"open({str(tmp_path / 'ran')!r}, 'a').write('{name} ')\nraise SystemExit(3)\n"
        )
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert not (tmp_path / "ran").exists(), (tmp_path / "ran").read_text()


def run(*arguments, **variables):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True, text=True, timeout=60, env=os.environ | variables,
    )  # fmt: skip


@pytest.mark.parametrize("variables", [{}, {"PYTHONPATH": os.pathsep + "/nowhere"}])
def test_the_program_imports_nothing_from_the_current_folder(folder, variables):
    if variables:
        # Python itself imports from there before the program begins: only what comes later counts.
        for name in ("__future__", "pathlib", "json", "logging", "tokenize", "random"):
            (folder / f"{name}.py").unlink()
    done = run("-m", "abm_desktop", "models", "list", **variables)
    assert done.returncode == 0, done.stderr


def test_nor_do_its_children(folder, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep)  # stands for the current folder, twice
    code = (
        "import sys, json, random, tokenize, numpy, platformdirs, abm_desktop;"
        "print(sys.path); import subprocess;"
        "sys.exit(subprocess.call([sys.executable, '-c', 'import random, socket']))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env=child_python.environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert str(folder) not in done.stdout
    assert child_python.command("a.b", "c") == [sys.executable, "-P", "-m", "a.b", "c"]


def test_every_process_is_started_so():
    """Nobody starts this Python in another way: what is forgotten here runs a stranger's file."""
    package = Path(child_python.__file__).parent
    wrong = [
        str(file.relative_to(package))
        for file in sorted(package.rglob("*.py"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if "sys.executable, " in line and '"-P"' not in line and '"venv"' not in line
    ]
    assert wrong == ["launcher.py"]  # the menu entry, which is but a text


def test_a_host_lives_in_such_a_folder(folder):
    """See :func:`test_processes`: here only that it answers at all."""
    host = HostProcess(
        "abm_desktop.experiments.process.host", "log", read=lambda line: line, ended=lambda _: ()
    )

    async def work():
        await host.start()
        await host.send(b"nonsense\n")
        await host.close(60.0)
        return host.log_tail()

    assert "not a command" in asyncio.run(work())


def test_the_market_is_compiled_by_such_a_command(monkeypatch):
    monkeypatch.setattr("abm_desktop.market.warm_mark.cache_is_warm", lambda: False)
    command = cold_start_command()
    assert command is not None and "-P" in command


def test_a_training_file_names_no_code(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('algorithm = "PPO"\nenvironment = "antigravity:fly"\n')
    with pytest.raises(ConfigError, match=r"mine\.toml.*environment.*--set environment="):
        load_config(file)
