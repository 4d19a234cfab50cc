"""A saved market that somebody has changed is refused with its path, or runs: it never crashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.changed_markets import busy_market, busy_scenario, sign, values_of
from support.long_tests import IS_LONG
from support.market_views import arrays_of

from abm_desktop.inputs import InputError
from abm_desktop.market import saved_market
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.soundness import faults, opened

SCENARIO = busy_scenario()
CHANGES = int(os.environ.get("ABM_DESKTOP_FUZZ", "400" if IS_LONG else "150"))


@pytest.fixture(scope="module")
def market() -> Simulator:
    return busy_market(SCENARIO)


@pytest.fixture(scope="module")
def saved(market, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("saved") / "market.npz"
    market.save(path)
    return path.read_bytes()


@pytest.fixture
def file(saved, tmp_path) -> Path:
    path = tmp_path / "market.npz"
    path.write_bytes(saved)
    return path


def write(path: Path, values: dict, **changed) -> None:
    values = values | changed
    sign(values)
    np.savez(path, **values)


def test_a_busy_market_is_sound_and_survives_its_file(market, file):
    assert next(faults(market.snapshot(), opened(SCENARIO, market.seed)), "") == ""
    stresses, stops = arrays_of(market).stresses[0], arrays_of(market).market[0]
    assert (stresses["on"] != 0).sum() > 5 and stops["buy_stops_n"] > 0 < stops["iceberg_used"]
    one, other = market.fork(), Simulator.load(file, SCENARIO)
    for again in (one, other):
        again.tape.clear_rows()
        again.run(5.0)
    assert one.tape.trades.tobytes() == other.tape.trades.tobytes()
    assert next(faults(other.snapshot(), opened(SCENARIO, market.seed)), "") == ""


def test_what_is_no_file_of_a_market_is_refused_with_its_path(market, file):
    good = file.read_bytes()
    random = np.random.default_rng(2)
    with pytest.raises(InputError, match=r"nowhere\.npz"):
        Simulator.load(file.with_name("nowhere.npz"), SCENARIO)
    for cut in (0, 1, 100, len(good) // 2, len(good) - 1):
        file.write_bytes(good[:cut])
        with pytest.raises(InputError, match=r"market\.npz"):
            Simulator.load(file, SCENARIO)
    refused = 0
    for _ in range(40):
        at = int(random.integers(len(good)))
        file.write_bytes(
            good[:at] + bytes([good[at] ^ 1 << int(random.integers(8))]) + good[at + 1 :]
        )
        try:
            loaded = Simulator.load(file, SCENARIO)
        except InputError as error:
            assert "market.npz" in str(error)
            refused += 1
        else:  # a byte that says nothing, the time of a member of the archive say
            assert all(map(np.array_equal, loaded.arrays, market.arrays))
    assert refused > 30
    for wrong in (None, 3, "", "a\0b"):
        with pytest.raises(InputError, match=r"^path must be"):
            Simulator.load(wrong, SCENARIO)
        with pytest.raises(InputError, match=r"^path must be"):
            market.save(wrong)
    with pytest.raises(InputError, match=r"^scenario must be"):
        Simulator.load(file, "calm")


def test_a_file_is_whole_or_not_there(market, tmp_path, monkeypatch):
    market.save(tmp_path / "kept")
    before = (tmp_path / "kept.npz").read_bytes()

    def fail(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saved_market.np, "savez_compressed", fail)
    with pytest.raises(OSError, match="No space"):
        market.save(tmp_path / "kept.npz")
    assert [p.name for p in tmp_path.iterdir()] == ["kept.npz"]
    assert (tmp_path / "kept.npz").read_bytes() == before


def test_a_change_that_was_not_signed_is_seen(market, file):
    values = values_of(market, file)
    for name in ("orders", "weights", "at_open", "seed"):
        changed = values[name].copy()
        changed.reshape(-1).view(np.uint8)[-1] ^= 1
        np.savez(file, **values | {name: changed})
        with pytest.raises(InputError, match=r"market\.npz: was changed or damaged"):
            Simulator.load(file, SCENARIO)


BROKEN = [
    ("market", "used_slots", 0, 10**6), ("market", "free_head", 0, 900),
    ("market", "best_bid", 0, 3), ("market", "n_agents", 0, 10**6), ("market", "heap_n", 0, 10**6),
    ("market", "next_tick", 0, 0), ("market", "sample_interval", 0, 1), ("market", "now", 0, -5),
    ("market", "mid", 0, np.nan), ("market", "activity", 0, 1e-300), ("market", "phase", 0, 9),
    ("market", "excitements", 0, 2**31 - 1), ("market", "intents_n", 0, 70),
    ("market", "bound_low", 0, 2**30), ("market", "bound_high", 0, -5),
    ("orders", "agent", "used", 10**6), ("orders", "next", "used", 7),
    ("orders", "prev", "used", 7),
    ("orders", "price", "used", 5000), ("orders", "iceberg", "used", 900),
    ("orders", "size", "used", -1), ("levels", "head", "used", 3), ("levels", "tail", "used", 3),
    ("levels", "volume", "used", 3),
    ("icebergs", "reserve", "used", -5), ("agents", "handles", -1, 10**6),
    ("agents", "policy", -1, 9),
    ("agents", "memory", -1, 999), ("agents", "kind", 40, 77), ("agents", "role", -1, 5),
    ("agents", "rate", 40, 1e300), ("agents", "side", 40, 3), ("stresses", "kind", 0, 77),
    ("stresses", "p0", 0, np.inf), ("stresses", "agent", 0, 10**6), ("stresses", "cursor", 0, -9),
    ("market", "pool_free", 0, 10**6), ("roles", "horizon", -1, 0),
    ("rules", "luld_pause", 0, -1.0),
    ("handles", None, 0, 10**6 << 32), ("heap", None, 1, 9 << 56), ("heap", None, 3, -4),
    ("activity_heap", None, 1, 10**9), ("networks", None, 1, 600), ("networks", None, 7, 10**6),
    ("networks", None, 0, 77), ("bits", None, 5, 1), ("ring", None, 0, 0.0),
    ("born", None, "used", -9),
    ("stops", None, 1, 10**6), ("weights", None, 3, np.nan), ("params", "maker_levels", 0, 900.0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "part", "at", "value"), BROKEN)
def test_a_change_that_was_signed_is_seen_too(market, file, name, part, at, value):
    values = values_of(market, file)
    changed = values[name].copy()
    cells = (changed if part is None else changed[part]).reshape(-1)
    place = at
    if at == "used":
        orders = values["orders"][0]
        use = {
            "orders": orders["size"] > 0,
            "born": np.repeat(orders["size"] > 0, 2),  # placed, and expires
            "icebergs": np.isin(np.arange(cells.size) + 1, orders["iceberg"]),
        }
        place = int(np.flatnonzero(use.get(name, cells))[0])
    target = changed.reshape(-1)
    if part is None:
        target[place] = value
    else:
        target[part][place] = value
    write(file, values, **{name: changed})
    with pytest.raises(InputError, match=r"market\.npz: is not a saved market of this version"):
        Simulator.load(file, SCENARIO)


def test_arrays_of_another_shape_or_type_are_seen(market, file):
    values = values_of(market, file)
    for name in ("orders", "levels", "heap", "agents", "trades", "stops", "market"):
        for changed in (
            values[name][:, : values[name].shape[1] // 2]
            if values[name].ndim > 1
            else np.repeat(values[name], 2),
            np.zeros(values[name].shape),
            np.concatenate([values[name], values[name]]),
            np.zeros(0, values[name].dtype),
        ):
            write(file, values, **{name: changed})
            with pytest.raises(InputError, match=r"market\.npz"):
                Simulator.load(file, SCENARIO)


def test_a_snapshot_of_another_market_is_not_restored(market):
    one = market.fork()
    before = one.snapshot()
    broken = before._replace(orders=before.orders.copy())
    broken.orders["next"][0, :] = 5
    elsewhere = Simulator(SCENARIO, 5).snapshot()
    for wrong in (elsewhere, broken, None, tuple(before), before._replace(heap=None)):
        with pytest.raises(InputError):
            one.restore(wrong)
    assert all(map(np.array_equal, one.snapshot(), before))
    one.run(1.0)
    one.restore(before)
    assert all(map(np.array_equal, one.snapshot(), before))


def test_random_changes_are_refused_or_run():
    """In a process of its own: what gets past the check must not take pytest along."""
    script = Path(__file__).parents[1] / "support" / "run_changed_markets.py"
    command = [sys.executable, str(script), "3", "0", str(CHANGES)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    refused, clean = (int(word) for word in done.stdout.split()[-2:])
    assert refused + clean == CHANGES and refused > CHANGES // 2 and clean > 0


def test_a_name_without_its_ending_is_read_as_it_was_written(market, tmp_path):
    market.save(tmp_path / "mine")
    assert (tmp_path / "mine.npz").is_file()
    again = Simulator.load(tmp_path / "mine", SCENARIO)
    assert again.now == market.now and again.events == market.events
    for call in (market.save, lambda place: Simulator.load(place, SCENARIO)):
        with pytest.raises(InputError, match="is a folder"):
            call(tmp_path)
