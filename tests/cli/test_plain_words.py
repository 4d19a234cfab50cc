"""Whatever goes wrong is one line that names the place, in every command; names stay whole."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from abm_desktop import cli, paths
from abm_desktop.commands import console
from abm_desktop.commands.console import Out, table
from abm_desktop.inputs import InputError
from abm_desktop.plain_words import in_words, report


def one_line_of(errors):
    (line,) = errors.splitlines()
    assert line.startswith("Error: ")
    return line


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/some/folder"), "/some/folder"),
        (OSError(errno.EROFS, "Read-only file system", "/ro/x"), "read-only file system"),
        (OSError(errno.EFBIG, "File too large"), "ulimit -f"),
        (MemoryError("Unable to allocate 9 TiB"), "memory ran out (Unable to allocate 9 TiB)"),
        (ImportError("x.so: failed to map segment from shared object"), "memory ran out"),
        (UnicodeEncodeError("utf-8", "b\udcff", 1, 2, "surrogates not allowed"), r"b\xff"),
        (RuntimeError("Could not determine home directory."), "HOME"),
        (InputError("must be positive", key="size"), "size must be positive"),
    ],
)
def test_errors_of_the_machine_have_words(monkeypatch, capsys, error, words):
    def fails(_given):
        raise error

    monkeypatch.setattr(cli, "_run", fails)
    assert cli.main(["anything"]) == (2 if isinstance(error, InputError) else 1)
    assert words in one_line_of(capsys.readouterr().err)


def test_what_is_behind_an_error_may_be_memory():
    try:
        try:
            raise OSError("x.so: failed to map segment from shared object")
        except OSError:
            raise OSError("could not find x.so") from None
    except OSError as error:
        words = in_words(error)
    assert words.startswith("memory ran out (x.so: failed to map segment")


def test_an_error_in_the_programs_own_folder_names_its_variable():
    file = str(paths.user_data_dir() / "models" / "x")
    words = in_words(PermissionError(errno.EACCES, "Permission denied", file))
    assert file in words and "ABM_DESKTOP_DATA" in words


def test_a_fault_of_the_program_can_be_reported(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path))

    def fails(_given):
        raise KeyError("what is this")

    monkeypatch.setattr(cli, "_run", fails)
    assert cli.main([]) == 1
    line = one_line_of(capsys.readouterr().err)
    assert "KeyError: 'what is this'" in line
    (file,) = tmp_path.rglob("error-*.txt")
    assert str(file) in line and "Traceback" in file.read_text()
    monkeypatch.setenv("ABM_DESKTOP_DEBUG", "1")
    with pytest.raises(KeyError):
        cli.main([])


def test_a_fault_is_told_where_nothing_can_be_written(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "file"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file"))
    assert "KeyError" in report(KeyError("x"))


COMMANDS = [
    ("models", "list"),
    ("models", "export", "calm-ppo", "OUT/x.npz"),
    ("models", "import", "absent.npz"),
    ("run", "SMALL", "--out", "OUT/tape"),
    ("evaluate", "absent"),
    ("experiment", "absent"),
    ("train", "--config", "absent"),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda a: "-".join(a[:2]))
@pytest.mark.parametrize("place", ["a file", "no home", "not UTF-8"])
def test_no_place_gives_a_traceback(command, small, tmp_path, monkeypatch, place, arguments):
    if place == "a file":
        (tmp_path / "data").write_text("")
        monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    elif place == "no home":
        monkeypatch.delenv("ABM_DESKTOP_DATA")
        monkeypatch.setenv("HOME", "")
    else:
        monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "d\udcff"))
    out = tmp_path / ("o\udcff" if place == "not UTF-8" else "data" if place == "a file" else "o")
    given = [a.replace("OUT", str(out)).replace("SMALL", str(small)) for a in arguments]
    status, _, errors = command(*given)
    assert status in (0, 1, 2)
    if status:
        one_line_of(errors)
    errors.encode("utf-8")


def test_a_cache_that_cannot_be_written_gives_way_to_a_private_folder(tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("")
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("ABM_DESKTOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    folder = paths.usable_cache_dir()
    assert folder.parent == tmp_path / "tmp"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert paths.user_cache_dir() == folder  # for the processes that are started


def test_a_folder_that_somebody_else_has_put_there_is_refused(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PermissionError, match="somebody else"):
        paths.private_dir(tmp_path / "link")
    (tmp_path / "cache").write_text("")
    monkeypatch.setenv("ABM_DESKTOP_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "cache"))
    with pytest.raises(InputError, match="ABM_DESKTOP_CACHE"):
        paths.usable_cache_dir()


ASCII = "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"
"""What Python then knows of letters are those of 1967."""


@pytest.mark.skipif(os.name != "posix", reason="as of a shell")
@pytest.mark.parametrize(
    ("line", "status", "words"),
    [
        ('"$@" models show calm-ppo | head -c 10 > /dev/null', 0, ""),
        ('"$@" models list > /dev/full', 1, "disk is full"),
        ('"$@" models list | true; exit ${PIPESTATUS[0]}', 141, ""),
        ('mkdir gone && cd gone && rmdir ../gone && "$@" models list | cat', 0, ""),
        ('mkdir gone && cd gone && rmdir ../gone && ABM_DESKTOP_DATA=x "$@" models list', 2, "x"),
        ('NUMBA_DISABLE_JIT=1 "$@" run calm --duration 1s', 2, "NUMBA_DISABLE_JIT"),
        ('ulimit -v 200000; "$@" models export calm-ppo x.npz', 1, "memory ran out"),
        ('ulimit -f 0; "$@" models export calm-ppo x.npz', 2, "ABM_DESKTOP_CACHE"),
        (f'{ASCII} "$@" models export calm-ppo größe-π.npz && test -s größe-π.npz', 0, ""),
        (f'{ASCII} "$@" replay größe-π', 2, "gr\\xc3\\xb6\\xc3\\x9fe-\\xcf\\x80"),
        ('env -u ABM_DESKTOP_DATA HOME=x "$@" models list', 2, "HOME"),
        ('env -u XDG_DATA_HOME HOME=x "$@" install-launcher', 2, "HOME"),
    ],
)
def test_in_a_shell(tmp_path, line, status, words):
    done = subprocess.run(
        ["bash", "-c", line, "bash", sys.executable, "-m", "abm_desktop"],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == status, done.stderr
    if words:
        assert words in one_line_of(done.stderr)
    else:
        assert done.stderr == ""


# -- names -----------------------------------------------------------------------------------------

LONG = "a-model-with-a-name-of-some-forty-letters"


@pytest.mark.parametrize("columns", ["", "80", "20"])
def test_tables_keep_names_whole(capsys, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    rows = [(LONG, f"{LONG}-{i}", "2026-11-28", "1,234,567") for i in range(3)]
    table(Out(), "Models [/x]", ("name", "[b]scenario", "created", "steps"), rows)
    shown = capsys.readouterr().out
    for word in ("[/x]", "[b]scenario", LONG + "-2", "2026-11-28", "1,234,567"):
        assert word in shown
    if not columns:
        assert re.search(rf"{LONG} +{LONG}-0 +2026-11-28 +1,234,567", shown)


@pytest.mark.parametrize("name", ["[/x]", "[bold]", ":warning:", "a\\", "[link=x]y[/link]"])
def test_names_with_marks_are_printed_as_they_are(command, small, tmp_path, name):
    file = tmp_path / "marked.toml"
    text = small.read_text().replace('"small"', repr(name))
    file.write_text(text + "\n[interventions]\n")
    status, output, errors = command("run", file, "--out", tmp_path / "[/o]")
    assert (status, errors) == (0, "")
    assert output.startswith(f"{name}, seed 5")
    assert str(tmp_path / "[/o]") in output


def test_alarms_too(capsys):
    Out().say("[bold yellow]Alarm[/] {}", "the price of [/x] :warning: is \udcff")
    assert capsys.readouterr().out == "Alarm the price of [/x] :warning: is \\xff\n"


def test_no_command_prints_markup_by_itself():
    """Foreign text reaches a console by ``print``, or as a value of ``say``."""
    folder = Path(console.__file__).parent
    wrong = [
        f"{file.name}: {line.strip()}"
        for file in folder.glob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if "rich.console import" in line and file.name != "console.py"
    ]
    assert wrong == []


def test_an_interrupt_that_the_compiler_swallows_is_one_all_the_same(monkeypatch, capsys):
    class Callback:
        def __del__(self):
            raise KeyboardInterrupt

    def compiles(_given):
        Callback()  # Python cannot raise out of there either
        raise RuntimeError("no compiled object yet")

    monkeypatch.setattr(cli, "_run", compiles)
    assert cli.main(["run"]) == 130
    assert one_line_of(capsys.readouterr().err) == "Error: stopped"
