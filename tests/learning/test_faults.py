"""A fault ends a training with a reason and a remedy, and never costs the last checkpoint."""

import errno
import json

import numpy as np
import pytest

from abm_desktop import paths
from abm_desktop.host_process import HostProcess
from abm_desktop.inputs import UnavailableError
from abm_desktop.learning.process import memory, preflight
from abm_desktop.learning.process.faults import explain, fault_of_end
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.provenance import now
from abm_desktop.learning.statements import (
    DiskFull,
    MemoryRanOut,
    ProcessEnded,
    Refused,
    Unexpected,
)
from abm_desktop.market.policy import PolicyNet


def make_info(iteration):
    return models.ModelInfo(
        name="mine", algorithm="PPO", scenario="calm", created=now(), iterations=iteration,
        env_steps=10, reward_mean=1.0, seed=1, status="unfinished", version="test",
        checkpoint=models.checkpoint_name(iteration), config={}, metrics={},
    )  # fmt: skip


def make_policy(value):
    return PolicyNet((np.full((13, 3), value, np.float32),), (np.zeros(3, np.float32),))


def write_half(folder):
    (folder / "half.bin").write_bytes(b"x" * 100)
    raise OSError(errno.ENOSPC, "No space left on device", str(folder / "half.bin"))


def write_whole(folder):
    (folder / "state.json").write_text(json.dumps({"whole": True}))


@pytest.mark.parametrize("where", ["checkpoint", "policy"])
def test_a_full_disk_leaves_the_last_checkpoint_whole(data_folder, monkeypatch, where):
    models.save_model(make_info(5), make_policy(0.5), write_whole)
    if where == "policy":

        def full(self, path):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

        monkeypatch.setattr(PolicyNet, "save", full)
    with pytest.raises(OSError) as caught:
        models.save_model(
            make_info(9), make_policy(0.9), write_half if where == "checkpoint" else write_whole
        )
    monkeypatch.undo()
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(data_folder))
    model = models.get_model("mine")
    assert model.iterations == 5
    assert json.loads((model.folder / model.checkpoint / "state.json").read_text())["whole"]
    assert models.load_policy("mine").weights[0][0, 0] == 0.5
    assert not list(model.folder.glob(".checkpoint*"))
    failure = explain(caught.value)
    assert failure.fault == DiskFull(caught.value.filename)
    assert "Free some space" in failure.fault.remedy
    # With space again, the same checkpoint can be written.
    models.save_model(make_info(9), make_policy(0.9), write_whole)
    assert models.get_model("mine").iterations == 9


def test_memory_that_runs_out_is_told_with_a_remedy():
    failure = explain(MemoryError())
    assert failure.fault == MemoryRanOut() and str(failure.fault) == "Memory ran out."
    assert "fewer" in failure.fault.remedy
    torch_s = RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9")
    assert explain(torch_s).fault == failure.fault


def test_a_training_larger_than_the_free_memory_is_refused_with_what_is_large(
    data_folder, monkeypatch
):
    config = make_config(algorithm="DQN", buffer_size=50_000_000, envs_per_worker=64)
    monkeypatch.setattr(memory, "free_bytes", lambda: 3 * 2**30)
    with pytest.raises(ValueError, match=r"50,000,000 decisions 3\.3 GiB") as told:
        preflight.check(config)
    assert "3.0 GiB are free" in str(told.value)
    assert "smaller replay buffer" in explain(told.value).fault.remedy
    # Workers of a joined cluster, and their markets, need the memory of other machines.
    many = make_config(workers=8, envs_per_worker=512, address="10.0.0.5:6379")
    preflight.check(many)
    with pytest.raises(ValueError, match=r"4,096 markets 12\.0 GiB"):
        preflight.check(many.model_copy(update={"address": ""}))


def test_free_memory_is_that_of_the_container(tmp_path, monkeypatch):
    whole = memory.free_bytes()
    names = ("memory.max", "memory.current", "inactive_file")
    monkeypatch.setattr(memory, "_CGROUPS", ((str(tmp_path), *names),))
    (tmp_path / "memory.current").write_text("700\n")
    (tmp_path / "memory.stat").write_text("anon 400\ninactive_file 300\n")
    (tmp_path / "memory.max").write_text("1000\n")
    assert memory.free_bytes() == 600
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.free_bytes() == pytest.approx(whole, rel=0.5)


def test_an_unknown_fault_keeps_its_traceback():
    try:
        raise ZeroDivisionError("by nothing")
    except ZeroDivisionError as error:
        failure = explain(error)
    assert failure.fault == Unexpected("ZeroDivisionError", "by nothing")
    assert "test_faults.py" in failure.details


def test_a_training_whose_model_could_not_be_written_does_not_begin(data_folder, monkeypatch):
    monkeypatch.setattr(preflight, "_ROOM", 1 << 62)
    with pytest.raises(UnavailableError, match="ABM_DESKTOP_DATA") as caught:
        preflight.check(make_config(scenario="calm"))
    assert str(paths.models_dir()) in str(caught.value)
    assert isinstance(explain(caught.value).fault, Refused)


def test_a_full_disk_is_told_with_a_folder_though_the_system_names_none(data_folder):
    fault = explain(OSError(errno.ENOSPC, "No space left on device")).fault
    assert fault == DiskFull(str(paths.user_data_dir()))


AFTER_RAY = (
    "core_worker_process.cc:1109: The core worker has already been shutdown. This happens when the "
    "language frontend accesses the Ray's worker after it is shutdown. The process will exit"
)


@pytest.mark.parametrize(
    ("code", "printed", "fault"),
    [
        (1, "shared_memory.cc:46: mmap failed", MemoryRanOut()),
        (-6, "pthread_create failed: Resource temporarily unavailable", MemoryRanOut()),
        (1, "KeyError: 'x'", ProcessEnded(1, True)),
        (-9, "", ProcessEnded(-9, True)),
        (1, f"MemoryError\n{AFTER_RAY}", ProcessEnded(1, True)),
    ],
)
def test_a_process_that_dies_for_want_of_memory_says_so(code, printed, fault):
    assert fault_of_end(code, True, printed) == fault


def test_what_an_earlier_training_printed_says_nothing_of_how_a_process_ends(data_folder):
    host = HostProcess("no.module", "training.log", read=lambda line: line, ended=lambda _: ())
    host.log_file.parent.mkdir()
    host.log_file.write_text("Traceback ...\nMemoryError: no room for 128. TiB\n")
    host.mark_log()
    with host.log_file.open("a") as stream:
        stream.write("KeyError: 'x'\n")
    assert host.log_tail() == "KeyError: 'x'\n"
    assert fault_of_end(1, True, host.log_tail()) == ProcessEnded(1, True)
