"""The client: as a Simulator, bit by bit, and what it says if something is wrong."""

from __future__ import annotations

import random
import subprocess
import sys
import threading

import numpy as np
import pytest
from support.long_tests import IS_LONG

from abm_desktop import Simulator, connect
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.market.named_policies import find_policy
from abm_desktop.market.orders_by_hand import OrderReport
from abm_desktop.remote.errors import RemoteInputError, RemoteUnavailableError
from abm_desktop.scenario import find_scenario, load_scenario
from abm_desktop.scenario.stress import FlashCrash, NewsJump, VolatilitySpike
from abm_desktop.serve import access


def small():
    calm = load_scenario(find_scenario("calm"))
    market = calm.market.model_copy(update={"warm_up": 30.0, "session": 1800.0})
    return calm.model_copy(update={"market": market})


@pytest.fixture
def local():
    """The same market in this process, at its open."""
    found = Simulator(small(), seed=5)
    found.warm_up()
    return found


@pytest.fixture
def fresh(market):
    """The served market, at its open."""
    market.load(small(), seed=5)
    return market


def test_the_same_calls_make_the_same_market(fresh, local):
    assert fresh.checksum() == local.checksum()
    before = {name: getattr(local, name) for name in ("events", "trades", "volume")}
    for one in (fresh, local):
        one.run(20.0)
        one.step(7)
        one.inject(FlashCrash(magnitude=0.02, duration=300.0))
        one.run_until(33.3)
        one.set_intervention("price_collar", width=0.02)
        one.set_intervention("transaction_tax", rate=0.001)
        one.run(5.0)
        one.hold_auction(10.0)
        if one is fresh:
            one.inject({"type": "news_jump", "magnitude": -0.01}, at=70.0)
        else:  # a live market keeps it until then
            one.run_until(70.0)
            one.inject(NewsJump(magnitude=-0.01))
        one.run_until(80.0)
        one.set_intervention("transaction_tax", on=False)
        one.inject(VolatilitySpike(duration=200.0))
        one.run(5.0)
        begun = {kind: start for kind, _, start, _ in one.active_stresses}
        one.end_stress("volatility_spike", begun["volatility_spike"])
        one.run_until(60.0)  # not ahead
        one.run(20.0)
    assert fresh.checksum() == local.checksum()
    for name in ("now", "best_bid", "best_ask", "mid", "seed"):
        assert getattr(fresh, name) == getattr(local, name), name
    for name, count in before.items():  # the session's begin at the open
        assert getattr(fresh, name) == getattr(local, name) - count, name
    assert (fresh.last_price, fresh.phase) == (local.last_price, local.phase)
    assert fresh.interventions == local.interventions
    assert fresh.fundamental == pytest.approx(local.fundamental)
    for one, other in zip(fresh.book(20), local.book(20), strict=True):
        np.testing.assert_array_equal(one, other)
    trades, there = fresh.trades_since(), local.tape.trades
    there = there[len(there) - len(trades) :]
    np.testing.assert_array_equal(trades["lots"], there["size"])
    np.testing.assert_array_equal(trades["side"], there["side"])
    assert trades["number"][-1] == local.trades - before["trades"] - 1


def test_orders_by_hand_are_those_of_a_simulator(fresh, local):
    price = round(local.best_bid - 0.03, 2)
    seen = []
    for one in (fresh, local):
        one.run(2.0)
        placed = one.place_order(1, price, 5)
        changed = one.modify(placed.order, price, 3)
        taken = one.place_order(-1, None, 2)
        own = one.own_orders()
        gone = one.cancel(own[0].key)
        again = one.cancel(own[0].key)
        one.place_order(1, price, 1)
        one.place_order(1, price - 0.01, 1)
        seen.append(
            (
                *((r.accepted, r.filled, r.order) for r in (placed, changed, taken, gone)),
                again.accepted,
                [(o.key, o.side, o.price, o.size, o.ahead) for o in own],
                one.cancel_orders(),
            )
        )
    assert seen[0] == seen[1] and seen[0][-1] == 2
    assert fresh.account().position == -2
    assert fresh.checksum() == local.checksum()
    assert isinstance(again, OrderReport)
    refused = fresh.cancel((0, 1))  # of the venue: no error, as of a Simulator
    assert not refused.accepted and refused.reason


def test_traders_join_by_name_and_by_policy(fresh, local):
    policy = find_policy("calm-ppo")
    fresh.add_policy_traders("calm-ppo", 2, max_inventory=10)
    local.add_policy_traders(policy, 2, max_inventory=10)
    fresh.add_policy_traders(policy, 1)
    local.add_policy_traders(policy, 1)
    changed = small().model_copy(
        update={"activity": small().activity.model_copy(update={"feedback": 0.5})}
    )
    for one in (fresh, local):
        one.change_traders(changed)
        one.run(30.0)
    assert fresh.checksum() == local.checksum()
    agent = fresh.watched_trader(2)
    there = local.watched_trader(2)
    assert agent.position == there.position and agent.traders == 3
    assert list(agent.probabilities.values()) == pytest.approx(there.probabilities.tolist())
    assert sum(fresh.traders()["inventory"].to_pylist()) == 0
    told = fresh.decisions_until(2, most=1).decisions[0]
    assert (told.number, told.position) == (there.decisions, told.position)
    events = fresh.events_until(most=10)
    assert events["number"].to_pylist()[-1] == fresh.events


def test_hundreds_of_commands_make_the_market_of_their_script(fresh, tmp_path):
    rng = random.Random(3)
    kinds = ("place", "take", "cancel", "rule", "step", "time")
    for _ in range(1000 if IS_LONG else 300):
        match rng.choice(kinds):
            case "place":
                side = rng.choice((1, -1))
                fresh.place_order(side, round(100.0 - side * rng.uniform(0.0, 0.2), 2), 3)
            case "take":
                fresh.place_order(rng.choice((1, -1)), None, rng.randint(1, 4))
            case "cancel":
                own = fresh.own_orders()
                if own:
                    fresh.cancel(rng.choice(own).key)
            case "rule":
                fresh.set_intervention("transaction_tax", rng.random() < 0.5, rate=0.0005)
            case "step":
                fresh.step(rng.randint(1, 20))
            case "time":
                fresh.run(rng.uniform(0.01, 0.5))
    assert len(fresh.commands().commands) > 150
    script = tmp_path / "session.py"
    script.write_text(fresh.script(), "utf-8")
    done = subprocess.run(
        [sys.executable, script], capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    assert fresh.checksum() in done.stdout


def test_time_is_advanced_to_a_condition_and_waited_for_or_not(fresh):
    fresh.inject({"type": "news_jump", "magnitude": -0.02, "duration": 60.0})
    found = fresh.advance_until(
        300.0, {"measure": "mid_return", "comparison": "below", "value": -0.005}
    )
    assert found.reached and 0.0 < found.time < 300.0
    job = fresh.advance_until(1700.0, wait=False)
    assert job.wait(120.0)["time"] == 1700.0 and job.is_over
    assert [each.number for each in fresh.jobs()][-1] == job.number


def test_the_past_comes_back_and_is_forked(fresh, local):
    fresh.run(20.0)
    local.run(20.0)
    then = fresh.state()
    fresh.run(20.0)
    assert (fresh.past(20.0).mid, fresh.past(20.0).trades) == (then.mid, then.trades)
    assert fresh.now == 40.0
    assert fresh.fork(20.0).checksum == local.checksum()
    fresh.reset()
    assert fresh.now == 0.0


def test_measures_and_series_are_tables(fresh):
    fresh.run(60.0)
    table = fresh.series(spacing=5.0)
    assert table.num_rows >= 12 and "market_maker_pnl" in table.column_names
    measured = fresh.metrics(0.0, 60.0)
    assert measured.right == pytest.approx(60.0) and len(measured["values"]) > 5


def test_speed_play_and_pause(fresh):
    fresh.set_speed(10.0)
    fresh.play()
    assert fresh.state().state == "running" and fresh.state().speed_target == 10.0
    fresh.pause()
    assert fresh.state().state == "paused"
    fresh.set_speed(None)


# -- what goes wrong ------------------------------------------------------------------------------


def test_what_is_wrong_is_our_own_kind_of_error_with_the_document(fresh):
    with pytest.raises(InputError) as wrong:
        fresh.inject({"type": "flash_crash", "participation": 7.0, "duration": -1.0})
    assert isinstance(wrong.value, RemoteInputError)
    assert wrong.value.problem["status"] == 422 and wrong.value.key.startswith("stress.")
    assert "participation" in str(wrong.value) and "duration" in str(wrong.value)
    with pytest.raises(UnavailableError) as late:
        fresh.run(10.0)
        fresh.inject({"type": "flash_crash"}, at=1.0)
    assert isinstance(late.value, RemoteUnavailableError) and late.value.problem["code"]
    with pytest.raises(InputError, match="none-such"):
        fresh.load("none-such")
    with pytest.raises(InputError, match="speeed"):
        fresh.set_intervention("speeed")
    with pytest.raises(InputError, match="seconds"):
        fresh.run(-1.0)
    with pytest.raises(InputError, match="order"):
        fresh.cancel(3)


def test_a_command_for_a_market_that_was_replaced_is_refused(fresh, server):
    with fresh.only_this_one():
        fresh.run(1.0)
        fresh.reset()  # what it does itself it knows of
        fresh.run(1.0)
        with connect(client="somebody else") as other:
            other.reset()
        with pytest.raises(UnavailableError) as replaced:
            fresh.run(1.0)
    assert replaced.value.problem["status"] == 412
    fresh.run(1.0)
    with pytest.raises(UnavailableError), fresh.only_this_one(1):
        fresh.step()


def streams_of(server, client: str) -> int:
    return sum(each.streams for each in server.access.clients() if each.name == client)


def test_many_commands_go_over_one_socket_which_is_made_again_if_it_broke(server, fresh):
    with connect(client="many") as market:
        market.pause()
        assert streams_of(server, "many") == 0
        numbers = [market.step().command for _ in range(5)]
        assert streams_of(server, "many") == 1
        server.access.loop.call_soon_threadsafe(server.access.hang_up)
        while streams_of(server, "many"):
            market.info()
        numbers += [market.step().command for _ in range(5)]
        assert numbers == sorted(set(numbers)) and streams_of(server, "many") == 1
        with pytest.raises(InputError, match="events"):
            market.step(0)
        with pytest.raises(UnavailableError), market.only_this_one(0):
            market.step()
    with connect(client="many") as market:  # the one before has let its stream go
        while streams_of(server, "many"):
            market.info()


def test_commands_are_requests_if_no_stream_is_let_in(server, fresh, monkeypatch):
    with connect(client="no stream") as market:
        monkeypatch.setattr(access, "MOST_STREAMS", 0)
        assert [market.step(3).filled for _ in range(4)] == [None] * 4
        monkeypatch.undo()
        assert market.step().command and streams_of(server, "no stream") == 0


def test_one_thread_can_end_what_another_waits_for(server, fresh):
    with connect(client="two threads") as market:
        for _ in range(4):
            market.pause()
        market.set_speed(1.0)
        found = []
        goal = {"do": "advance", "until": 900.0, "fast": False}
        waiting = threading.Thread(target=lambda: found.append(market.command(goal)))
        waiting.start()
        while market.state().state != "running":
            pass
        market.pause()
        waiting.join(60)
        assert found[0].reached is False and found[0].time < 900.0
        market.set_speed(10.0)


def test_servers_are_found_or_it_is_said_why_not(server, monkeypatch, tmp_path):
    assert repr(connect(server.url)) == f"RemoteSession('{server.url}')"
    with pytest.raises(InputError, match="token"):
        connect(server.url, "wrong")
    with connect(server.url, server.access.read_token) as reader:
        reader.info()
        with pytest.raises(InputError) as refused:
            reader.play()
        assert refused.value.problem["status"] == 403
    with pytest.raises(UnavailableError, match="does not answer"):
        connect("http://127.0.0.1:9", "x")
    with pytest.raises(InputError, match="address"):
        connect("127.0.0.1:9", "x")
    monkeypatch.setenv("ABM_DESKTOP_RUNTIME", str(tmp_path))
    with pytest.raises(UnavailableError, match="abm-desktop serve"):
        connect()


def test_a_script_that_closes_nothing_ends(fresh, server):
    code = (
        "import sys\n"
        "from abm_desktop import connect\n"
        "market = connect(sys.argv[1])\n"
        "for _ in range(4):\n"
        "    market.step(1)\n"
        "messages = market.stream('snapshot')\n"
        "print(next(messages).topic)\n"
    )
    before = fresh.events
    done = subprocess.run(
        [sys.executable, "-c", code, server.url],
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert done.stdout == "snapshot\n" and done.stderr == ""
    assert fresh.events > before


def test_importing_it_imports_nothing_large():
    code = (
        "import sys; from abm_desktop import connect; "
        "print([m for m in ('numba', 'torch', 'PySide6', 'ray', 'fastapi', 'pandas', 'pyarrow', "
        "'pydantic', 'gymnasium') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- streams --------------------------------------------------------------------------------------


def test_a_stream_goes_on_after_it_broke_and_loses_nothing(fresh, server):
    with fresh.stream("outcomes", "snapshot", rate=60.0) as stream:
        for round_ in range(4):
            for _ in range(5):
                fresh.step()
            if round_ % 2 == 0:
                server.access.loop.call_soon_threadsafe(server.access.hang_up)
        numbers = []
        while len(numbers) < 20:
            message = stream.take(30.0)
            if message.topic == "outcomes":
                numbers.append(message.sequence)
        assert numbers == list(range(numbers[0], numbers[0] + 20))
        assert stream.connections >= 2
        read = dict(stream.read)
    fresh.step(3)
    with fresh.stream("outcomes", since=read) as again:
        assert again.take(30.0).data.command.events == 3
    with pytest.raises(InputError) as wrong:
        fresh.stream("weather").take(30.0)
    assert wrong.value.problem["key"] == "subscribe"


def test_a_stream_ends_when_it_is_closed(fresh):
    stream = fresh.stream("snapshot")
    first = next(stream)
    assert first.data.time == fresh.now
    stream.close()
    assert list(stream) == []
