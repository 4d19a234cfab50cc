from __future__ import annotations

import subprocess
import sys

import pytest

from abm_desktop import doctor, qt_libraries
from abm_desktop.doctor import Result


def results_of(check):
    return {result.title: result for result in check()}


def test_python_packages_memory_and_folders_are_fine_here():
    assert results_of(doctor.check_python)["Python"].state == "ok"
    assert results_of(doctor.check_packages)["Packages"].state == "ok"
    assert results_of(doctor.check_memory)["Memory"].state in ("ok", "warning")
    assert results_of(doctor.check_disk)["Data folder"].state in ("ok", "warning")


def test_qt_really_starts():
    assert results_of(doctor.check_qt)["Qt"].state == "ok"


def test_missing_libraries_come_with_the_command_that_mends_them(monkeypatch):
    finding = qt_libraries.QtFinding(("libEGL.so.1",), ())
    monkeypatch.setattr(doctor.qt_libraries, "probe", lambda: finding)
    monkeypatch.setattr(doctor, "run_code", lambda *_, **__: (-6, "", "could not load xcb"))
    found = results_of(doctor.check_qt)
    assert found["Qt libraries"].state == "failed"
    assert "libegl1" in found["Qt libraries"].remedy
    assert found["Qt"].state == "failed"
    assert "signal 6" in found["Qt"].text


def test_no_display_is_a_warning_only(monkeypatch):
    monkeypatch.setattr(doctor, "missing_display", lambda *_: "no display")
    assert results_of(doctor.check_display)["Display"].state == "warning"


@pytest.mark.parametrize(
    ("answer", "state"),
    [((0, "42", ""), "ok"), ((1, "", "RayError: no memory"), "failed"), ((0, "41", ""), "failed")],
)
def test_ray_must_give_the_right_answer(monkeypatch, answer, state):
    monkeypatch.setattr(doctor, "run_code", lambda *_, **__: answer)
    result = results_of(doctor.check_ray)["Ray"]
    assert result.state == state
    assert bool(result.remedy) == (state == "failed")


def test_a_cache_that_cannot_be_written_is_named(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("ABM_DESKTOP_CACHE", str(blocked / "cache"))
    result = results_of(doctor.check_market)["Numba cache"]
    assert result.state == "failed"
    assert "ABM_DESKTOP_CACHE" in result.remedy


def test_a_process_that_hangs_is_given_up():
    status, _, error = doctor.run_code("input() if False else __import__('time').sleep(60)", 0.2)
    assert status == -1
    assert "no answer" in error


def test_a_busy_machine_has_longer_and_is_named(monkeypatch):
    waited = []

    def run(*_, timeout, **__):
        waited.append(timeout)
        raise subprocess.TimeoutExpired("python", timeout)

    monkeypatch.setattr(doctor.subprocess, "run", run)
    monkeypatch.setattr(doctor.os, "cpu_count", lambda: 2)
    for load, busy in ((0.0, False), (12.0, True)):
        monkeypatch.setattr(doctor.os, "getloadavg", lambda load=load: (load, load, load))
        market = results_of(doctor.check_market)["Market"]
        assert market.state == "failed"
        assert ("keep the cores busy" in market.text) == busy
    assert waited == [300.0, 2100.0]


def test_exit_status_and_summary(monkeypatch, capsys):
    def good():
        yield Result("One", "ok", "fine")

    def bad():
        yield Result("Two", "failed", "broken", "mend it")

    def breaking():
        raise RuntimeError("boom")
        yield

    monkeypatch.setattr(doctor, "CHECKS", (good,))
    assert doctor.examine() == 0
    monkeypatch.setattr(doctor, "CHECKS", (good, bad, breaking))
    assert doctor.examine() == 1
    text = capsys.readouterr().out
    assert "Remedy: mend it" in text
    assert "boom" in text
    assert "2 of 3 checks failed" in text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="XDG folders")
def test_doctor_is_a_command(command, monkeypatch):
    monkeypatch.setattr(doctor, "CHECKS", (doctor.check_python,))
    status, output, _ = command("doctor")
    assert status == 0
    assert "Everything works" in output
