"""The curves of a training are kept with its model, and the cluster tells how it is doing."""

import psutil
import pytest

from abm_desktop.learning.process import history
from abm_desktop.learning.process.messages import ClusterInfo, Progress, Status
from abm_desktop.learning.registry import models
from abm_desktop.learning.registry.model_info import text_of_info
from abm_desktop.learning.registry.provenance import now
from abm_desktop.model_folders import META_FILE, POLICY_FILE

from .conftest import tiny_config


def progress(iteration):
    return Progress(
        iteration=iteration,
        iterations=9,
        env_steps=100 * iteration,
        episodes=0,
        reward_mean=None if iteration < 2 else 0.5,
        episode_length_mean=None,
        action_shares=(0.25, 0.5, 0.25),
        steps_per_second=1000.0,
        sample_seconds=0.1,
        learn_seconds=0.1,
        elapsed_seconds=0.2 * iteration,
        eta_seconds=1.0,
        losses={"entropy": 1.0},
    )


def make_model(folder, name="mine"):
    place = folder / "models" / name
    place.mkdir(parents=True)
    (place / POLICY_FILE).write_bytes(b"")
    info = models.ModelInfo(name, "PPO", "calm", now(), 9, 900, None, 1, "finished", "0", "")
    (place / META_FILE).write_text(text_of_info(info))
    return place


def test_a_history_is_appended_to_and_read_back(data_folder):
    place = make_model(data_folder)
    assert not history.has_history("mine")
    assert history.load_history("mine") == []
    writer = history.HistoryWriter()
    for k in (1, 2, 3):
        writer.add(progress(k))
        if k != 2:
            writer.write(place)
    assert history.has_history("mine")
    assert history.load_history("mine") == [progress(k) for k in (1, 2, 3)]
    # Another training under the name begins a new file.
    again = history.HistoryWriter()
    again.add(progress(7))
    again.write(place)
    assert history.load_history("mine") == [progress(7)]


def test_a_torn_line_ends_the_history_and_spoils_nothing_before(data_folder):
    place = make_model(data_folder)
    writer = history.HistoryWriter()
    writer.add(progress(1))
    writer.write(place)
    with (place / history.HISTORY_FILE).open("a") as stream:
        stream.write('{"iteration":2,"iterat')
    assert history.load_history("mine") == [progress(1)]


def test_no_such_model(data_folder):
    assert not history.has_history("nobody")
    with pytest.raises(models.ModelError, match="nobody"):
        history.load_history("nobody")


def test_a_training_leaves_its_curves_and_tells_of_its_cluster(laboratory):
    states, waiting = [], []

    async def answer(client, message):
        # It pauses once, until the cluster has told of itself: that is done every two seconds.
        if isinstance(message, Status):
            states.append(message.state)
            if message.state == "training" and states.count("training") == 1:
                await client.pause()
            if message.state == "paused":
                waiting.append(message)
        if isinstance(message, ClusterInfo) and waiting:
            waiting.clear()
            await client.resume()

    messages = laboratory.converse(tiny_config(iterations=5, checkpoint_interval=2), answer)
    assert states.count("paused") == 1
    done = messages[-1]
    kept = history.load_history(done.name)
    assert [row.iteration for row in kept] == [1, 2, 3, 4, 5]
    told = [m for m in messages if isinstance(m, Progress)]
    assert set(map(repr, told)) <= set(map(repr, kept))
    # The little environment is no market: there is no money and no position to tell of.
    assert kept[-1].pnl_mean is None and kept[-1].position_mean is None

    info = next(m for m in messages if isinstance(m, ClusterInfo))
    assert info.local and info.nodes == 1 and ":" in info.address
    assert info.slots >= 1 and 0 <= info.slots_used <= info.slots
    assert 0 <= info.store_used < info.store_size == pytest.approx(128 * 2**20, rel=0.1)
    assert (info.workers, info.workers_wanted, info.restarts) == (0, 0, 0)
    assert info.processes >= 3
    assert 50 * 2**20 < info.memory < info.machine_memory
    assert info.machine_memory == psutil.virtual_memory().total
