"""Environments over HTTP: bit-identical to those in process, one request after the other."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from serve.conftest import client_of
from support.flow_maker import random_day, write_pair

from abm_desktop import paths
from abm_desktop.envs import MarketEnv, MarketVectorEnv, RewardWeights
from abm_desktop.market.roles import ACTION_NAMES, OBSERVATION_NAMES
from abm_desktop.scenario import Scenario
from abm_desktop.serve.environments import MOST_ENVIRONMENTS, Environments
from abm_desktop.serve.problems import NotThereError
from abm_desktop.serve.routes import environments

VALUES = {"name": "short", "market": {"warm_up": "10s"}}
ACTIONS = np.random.default_rng(5).integers(0, 3, 40).tolist()


@pytest.fixture
def make(http):
    """Makes environments, and closes them."""
    made = []

    def make(**given):
        answer = http.post("/environments", json={"values": VALUES, **given})
        assert answer.status_code == 201, answer.text
        made.append(f"/environments/{answer.json()['id']}")
        return made[-1]

    yield make
    for place in made:
        http.delete(place)


def test_equal_seeds_are_the_episodes_of_an_environment_in_process(http, make):
    place = make(episode_seconds=60, size=3, weights={"inventory_cost": 0.1})
    env = MarketEnv(
        Scenario.model_validate(VALUES),
        episode_seconds=60,
        size=3,
        weights=RewardWeights(inventory_cost=0.1),
    )
    for seed in (7, None, 8):  # the second goes on in the first one's market
        begun = http.post(f"{place}/reset", json={"seed": seed}).json()
        seen, info = env.reset(seed=seed)
        assert begun == {"observation": seen.tolist(), "info": info}
        truncated = False
        for action in ACTIONS:
            told = http.post(f"{place}/step", json={"action": action}).json()
            seen, reward, terminated, truncated, info = env.step(action)
            assert told == {
                "observation": seen.tolist(),
                "reward": reward,
                "terminated": terminated,
                "truncated": truncated,
                "info": info,
            }
            assert np.array_equal(np.array(told["observation"], np.float32), seen)
            if truncated:
                break
        assert truncated
    answer = http.post(f"{place}/step", json={"action": 1})
    assert answer.status_code == 409 and "reset" in answer.json()["detail"]


def test_a_vector_is_the_vector_environment_in_process(http, make):
    place = make(count=3, episode_seconds=30)
    env = MarketVectorEnv(3, Scenario.model_validate(VALUES), episode_seconds=30)
    assert http.post(f"{place}/reset", json={"seed": [1, 2, 3]}).json() == {
        "observation": env.reset(seed=[1, 2, 3])[0].tolist(),
        "info": {},
    }
    over = 0
    for k in range(12):
        actions = [ACTIONS[k], ACTIONS[k + 1], ACTIONS[k + 2]]
        told = http.post(f"{place}/step", json={"actions": actions}).json()
        seen, rewards, _, truncated, _ = env.step(np.array(actions))
        assert told["observation"] == seen.tolist() and told["reward"] == rewards.tolist()
        assert told["truncated"] == truncated.tolist()
        over += truncated.sum()
    assert over >= 3  # and went on by itself
    mask = {"options": {"reset_mask": [True, False, False]}, "seed": 4}
    wanted = env.reset(seed=4, options={"reset_mask": np.array([True, False, False])})[0]
    assert http.post(f"{place}/reset", json=mask).json()["observation"] == wanted.tolist()


def test_spaces_have_names(http, make):
    spaces = http.get(f"{make()}/spaces").json()
    assert spaces["observation"] == {
        "shape": [13],
        "low": -5.0,
        "high": 5.0,
        "dtype": "float32",
        "names": list(OBSERVATION_NAMES),
    }
    assert spaces["action"] == {"n": 3, "shape": [], "names": list(ACTION_NAMES)}
    spaces = http.get(f"{make(count=2)}/spaces").json()
    assert spaces["observation"]["shape"] == [2, 13] and spaces["action"]["shape"] == [2]
    assert spaces["autoreset"] == "next_step"


@pytest.mark.parametrize(
    ("given", "status", "key"),
    [
        ({"jitter": 2}, 422, "jitter"),
        ({"scenario": "calm"}, 422, "scenario"),
        ({"values": {"name": "x", "market": {"tick_size": -1}}}, 422, "values.market.tick_size"),
        ({"values": {"name": "x", "rl": [{"model": "/etc/passwd"}]}}, 422, "values.rl[0].model"),
        ({"values": None, "scenario": "../calm"}, 404, ""),
        ({"stagger": True}, 422, "stagger"),
        ({"count": 100_000}, 422, "count"),
    ],
)
def test_what_makes_no_environment_is_told(http, given, status, key):
    answer = http.post("/environments", json={"values": VALUES, **given})
    assert answer.status_code == status, answer.text
    assert answer.json()["key"] == key
    assert http.get("/environments").json() == []


def test_what_is_no_step_is_told(http, make):
    single, vector = make(), make(count=2)
    assert http.post(f"{single}/step", json={"action": 1}).status_code == 409  # never reset
    http.post(f"{single}/reset")
    http.post(f"{vector}/reset", json={"seed": 1})
    for place, body, key in (
        (single, {"action": 3}, "action"),
        (single, {"action": 1.5}, "action"),
        (single, {"actions": [1]}, "action"),
        (vector, {"action": 1}, "actions"),
        (vector, {"actions": [1]}, "actions"),
        (vector, {"actions": [1, 2**70]}, "actions"),
        (vector, {"actions": [1, -1]}, "actions"),
    ):
        answer = http.post(f"{place}/step", json=body)
        assert answer.status_code == 422, answer.text
        assert answer.json()["key"].partition("[")[0] == key
    assert http.post(f"{single}/reset", json={"seed": [1]}).status_code == 422
    assert http.post(f"{vector}/reset", json={"seed": [1]}).status_code == 422
    mask = {"options": {"reset_mask": [1, 2]}}
    assert http.post(f"{vector}/reset", json=mask).json()["key"] == "options.reset_mask"


def test_there_are_sixteen_at_most(http, make):
    for _ in range(MOST_ENVIRONMENTS):
        place = make()
    answer = http.post("/environments", json={"values": VALUES})
    assert answer.status_code == 409 and "DELETE" in answer.json()["remedy"]
    assert http.delete(place).status_code == 204
    assert http.post(f"{place}/reset").status_code == 404
    assert len(http.get("/environments").json()) == MOST_ENVIRONMENTS - 1
    make()


def test_those_asked_for_at_once_are_compiled_once(http, make, monkeypatch, tmp_path):
    """The first one compiles in a process of its own; the others wait for that one."""
    begun, go_on = [], threading.Event()

    class Counted:
        def __init__(self, *_):
            begun.append(self)

        async def done(self):
            await asyncio.to_thread(go_on.wait, 30.0)

    monkeypatch.setattr(environments, "Beside", Counted)
    monkeypatch.setattr("abm_desktop.market.compiled.compile_cache_dir", lambda: tmp_path)
    with ThreadPoolExecutor(3) as pool:
        made = [pool.submit(make) for _ in range(3)]
        http.get("/environments")
        go_on.set()
        assert len({each.result() for each in made}) == 3
    assert len(begun) == 1


def test_requests_for_one_environment_take_turns(http, server, make):
    """Sixteen clients at once: every step is one step, and none goes wrong."""
    place = make(episode_seconds=10_000)
    http.post(f"{place}/reset", json={"seed": 1})

    def step_often(_):
        with client_of(server) as client:
            return [
                client.post(f"{place}/step", json={"action": 1}).json()["info"]["time"]
                for _ in range(10)
            ]

    with ThreadPoolExecutor(16) as pool:
        times = [time for each in pool.map(step_often, range(16)) for time in each]
    assert len(set(times)) == 160
    assert http.get(place).json()["steps"] == 160
    # Simulated time went on by 160 steps, as it does for one client alone.
    env = MarketEnv(Scenario.model_validate(VALUES), episode_seconds=10_000)
    env.reset(seed=1)
    assert sorted(times) == [env.step(1)[4]["time"] for _ in range(160)]


def test_idle_ones_are_closed_and_busy_ones_are_not():
    held = Environments(idle_seconds=100.0)
    scenario = Scenario.model_validate(VALUES)
    idle, used, busy = (held.make(scenario, None, {}) for _ in range(3))
    assert held.close_idle() == []
    started, go_on = threading.Event(), threading.Event()

    def wait():
        started.set()
        assert go_on.wait(30.0)
        return "answered"

    async def work():
        task = asyncio.create_task(busy.do(wait))
        await asyncio.to_thread(started.wait, 30.0)
        later = time.monotonic() + 101.0
        used.last = later
        assert held.close_idle(later) == [idle.number]
        held.drop(busy.number)  # closed in the middle of a request, which is answered all the same
        go_on.set()
        assert await task == "answered"
        with pytest.raises(NotThereError):
            await busy.do(wait)

    asyncio.run(work())
    assert held.all() == [used]
    held.close()
    assert held.all() == []


def test_an_idle_one_is_found_without_being_asked_for():
    held = Environments(idle_seconds=0.0)
    over = threading.Event()
    env = held.make(Scenario.model_validate(VALUES), None, {})
    close, env.env.close = env.env.close, over.set
    assert over.wait(30.0) and held.all() == []
    close()
    held.close()


def test_the_markets_can_be_a_recorded_day(http, make):
    folder = paths.user_data_dir() / "recordings"
    folder.mkdir(parents=True, exist_ok=True)
    file = write_pair(folder, *random_day(3, rows=3000, depth=5))
    settings = {"episode_seconds": 10, "step": 1.0, "recording_until": "45s"}
    env = MarketEnv(recording=file, **settings)
    place = make(values=None, recording=file.name, **settings)
    for options in (None, {"start": 20.0}):
        begun = http.post(f"{place}/reset", json={"seed": 7, "options": options}).json()
        seen, info = env.reset(seed=7, options=options)
        assert begun == {"observation": seen.tolist(), "info": info}
    answer = http.post(f"{place}/reset", json={"options": {"strat": 20.0}})
    assert answer.status_code == 422 and "did you mean" in answer.json()["remedy"]
    many = make(values=None, recording=file.name, count=2, **settings)
    assert len(http.post(f"{many}/reset", json={"seed": 7}).json()["observation"]) == 2
    late = {"recording": file.name, "episode_seconds": 10, "recording_from": "17:00"}
    answer = http.post("/environments", json=late)
    assert answer.status_code == 422 and answer.json()["key"] == "recording_from"
    for wrong in ("nowhere.zip", "/etc/passwd", "../x"):
        answer = http.post("/environments", json={"recording": wrong})
        assert answer.status_code in (404, 422)
