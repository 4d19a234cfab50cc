from __future__ import annotations

import errno
import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from abm_desktop.scenario import load_scenario


def test_a_run_writes_its_tape_and_a_summary(command, small, tmp_path):
    out = tmp_path / "deep" / "out"
    status, output, errors = command(
        "run", small, "--headless", "--duration", "45s", "--out", out, "--messages"
    )
    assert (status, errors) == (0, "")
    for word in ("fills", "volume", "realised volatility", "spread", "market maker", "PnL"):
        assert word in output
    trades, samples = pq.read_table(out / "trades.parquet"), pq.read_table(out / "samples.parquet")
    assert trades.num_rows > 0
    times = samples["time"].to_pylist()
    assert times == sorted(times)
    assert 0.0 <= times[0] <= 1.0
    assert 44.0 <= times[-1] <= 45.0
    assert set(trades["side"].to_pylist()) <= {-1, 1}
    prices = trades["price"].to_numpy()
    assert ((prices > 90) & (prices < 110)).all()
    marks = pq.read_table(out / "marks.parquet").to_pylist()
    assert [mark["time"] for mark in marks] == [20.0]
    messages = pq.read_table(out / "messages.parquet")
    assert messages["kind"].to_pylist().count("trade") == trades.num_rows
    assert load_scenario(out / "scenario.toml") == load_scenario(small)
    assert json.loads((out / "run.json").read_text())["seed"] == 5


def test_a_run_too_short_for_a_number_says_so(command, small):
    status, out, _ = command("run", small, "--duration", "5s")
    assert status == 0
    assert "nan" not in out
    assert "needs a return of 10 s" in out


def test_profits_and_inventories_cancel_out_over_the_classes(command, small, tmp_path):
    command("run", small, "--out", tmp_path / "out")
    samples = pq.read_table(tmp_path / "out" / "samples.parquet")
    names = [name for name in samples.column_names if name.startswith("inventory_")]
    total = sum(samples[name].to_numpy() for name in names)
    assert (total == 0).all()
    names = [name for name in samples.column_names if name.startswith("pnl_")]
    total = sum(samples[name].to_numpy() for name in names)
    assert abs(total).max() < 1e-6


def test_one_seed_is_one_tape(command, small, tmp_path):
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert command("run", small, "--seed", seed, "--out", tmp_path / name)[0] == 0
    a, b, c = (pq.read_table(tmp_path / n / "trades.parquet") for n in "abc")
    assert a.equals(b)
    assert not a.equals(c)


def test_the_sample_interval_changes_the_samples_only(command, small, tmp_path):
    command("run", small, "--out", tmp_path / "a")
    command("run", small, "--out", tmp_path / "b", "--sample-interval", "100ms")
    a, b = (pq.read_table(tmp_path / n / "trades.parquet") for n in "ab")
    assert a.equals(b)
    rows = [pq.read_metadata(tmp_path / n / "samples.parquet").num_rows for n in "ab"]
    assert rows[1] == pytest.approx(10 * rows[0], rel=0.05)


def test_a_folder_that_cannot_be_written_fails_before_the_run(command, small, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    status, output, errors = command("run", small, "--out", blocked / "out")
    assert status == 1
    assert "cannot be written to" in errors
    assert "fills" not in output


def test_a_folder_is_one_run_whole(command, small, tmp_path):
    out = tmp_path / "out"
    assert command("run", small, "--duration", "5s", "--out", out, "--messages")[0] == 0
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    again = ("run", small, "--duration", "5s", "--seed", "8", "--out", out)
    status, output, _ = command(*again)
    told = " ".join(output.split())  # a terminal's lines may end anywhere
    assert status == 0 and f"The earlier run of that name is in {out}~1" in told
    assert {file.name: file.read_bytes() for file in (tmp_path / "out~1").iterdir()} == before
    assert not (out / "messages.parquet").exists()
    assert json.loads((out / "run.json").read_text())["seed"] == 8
    assert command(*again, "--overwrite")[0] == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "out~1", "small.toml"]


def test_no_folder_with_other_files_is_overwritten(command, small, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "thesis.odt").write_text("years")
    (home / "run.json").write_text("{}")
    status, _, errors = command("run", small, "--out", home, "--overwrite")
    assert status == 2 and "thesis.odt" in errors and errors.count("\n") == 1
    assert sorted(p.name for p in home.iterdir()) == ["run.json", "thesis.odt"]


def test_a_full_disk_is_one_line_and_leaves_what_was_there(command, small, tmp_path, monkeypatch):
    out = tmp_path / "out"
    assert command("run", small, "--duration", "5s", "--out", out)[0] == 0
    before = {file.name: file.read_bytes() for file in out.iterdir()}

    def full(table, stream, **_):
        stream.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq, "write_table", full)
    for options in (("--out", out, "--overwrite"), ("--out", tmp_path / "new")):
        status, _, errors = command("run", small, "--duration", "5s", *options)
        assert status == 1 and errors.count("\n") == 1 and "No space left" in errors
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out", "small.toml"]


def test_every_problem_of_a_scenario_file_is_shown(command, tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text('name = "x"\nsed = 1\n[market]\nlot = 0\n')
    status, _, errors = command("run", path)
    assert status == 2
    assert "line 2: sed" in errors
    assert "line 4: market.lot" in errors


def test_a_market_that_may_run_empty_is_warned_about_and_runs(command, small, tmp_path):
    path = tmp_path / "thin.toml"
    path.write_text(small.read_text() + "[population.noise]\nlimit_rate = 0.5\n")
    status, output, errors = command("run", path, "--duration", "5s")
    assert (status, errors) == (0, "")
    words = " ".join(output.split())
    assert "Warning population.noise.limit_rate: noise traders post about 0.7 lots" in words
    assert "raise it to 6.4 or more" in words
    assert "Warning" not in command("run", small, "--duration", "5s")[1]


def test_a_model_that_is_not_there_is_said(command, tmp_path):
    path = tmp_path / "rl.toml"
    path.write_text('name = "x"\n[[rl]]\nmodel = "ghost"\n')
    status, _, errors = command("run", path, "--duration", "1s")
    assert status == 2
    assert "ghost" in errors


def test_a_reader_who_leaves_takes_no_results_along(small, tmp_path):
    out = tmp_path / "out"
    program = subprocess.Popen(
        [sys.executable, "-m", "abm_desktop", "run", small, "--duration", "5s", "--out", out],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert "5s from the open" in program.stdout.readline()
    program.stdout.close()  # as `| head -1` does
    assert "Traceback" not in program.communicate(timeout=120)[1]
    assert (out / "run.json").is_file() and (out / "trades.parquet").is_file()


@pytest.mark.parametrize("options", [("--duration", "1e9"), ("--seed", str(2**63))])
def test_options_have_the_bounds_of_the_calls(command, small, options):
    status, output, errors = command("run", small, *options)
    assert status == 2 and options[0] in errors and output == ""
