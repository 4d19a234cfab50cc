"""The public doors of a market: reading its arrays, and changing who trades in it from outside."""

from __future__ import annotations

import numpy as np
import pytest
from support.live_markets import assert_same, policy

from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.market.clones import SECTIONS
from abm_desktop.market.kernel import advance
from abm_desktop.market.named_policies import find_policy
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import DONE, NEED_ACTION
from abm_desktop.scenario import Scenario, stress_from_dict

BASE = {"name": "doors", "market": {"warm_up": "1min"}}
FLASH = stress_from_dict({"type": "flash_crash", "magnitude": 0.01, "duration": 50.0})


@pytest.fixture(scope="module")
def trunk():
    market = Simulator(Scenario.model_validate(BASE), 11)
    market.warm_up()
    market.run(20.0)
    return market


def test_the_arrays_show_the_market_and_cannot_be_written_to(trunk):
    market = trunk.fork()
    arrays = market.arrays
    before = market.clock
    assert int(arrays.market["now"][0]) == before == round((market.now + 60.0) * 1e9)
    market.run(1.0)
    assert int(arrays.market["now"][0]) == market.clock > before
    for array in market.arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
    with pytest.raises(ValueError, match="read-only"):
        market.arrays.market[0]["now"] = 0


def test_the_best_levels_are_those_of_the_book(trunk):
    bids, asks = trunk.book(5)
    ticks, lots = np.zeros(10, np.int32), np.zeros(10)
    trunk.best_levels(ticks, lots)
    tick = trunk.scenario.market.tick_size
    assert np.allclose(ticks[:5] * tick, bids[:, 0]) and np.allclose(ticks[5:] * tick, asks[:, 0])
    assert lots.tolist() == [*bids[:, 1], *asks[:, 1]]


def test_the_next_planned_stress(trunk):
    market = trunk.fork()
    assert market.next_stress is None
    market.inject(FLASH, at=70.0)
    market.inject(FLASH, at=40.5)
    assert market.next_stress == 100_500_000_000
    market.run_until(41.0)
    assert market.next_stress == 130_000_000_000


def test_a_refused_change_of_traders_leaves_the_market_and_its_marks(trunk):
    market, same = trunk.fork(), trunk.fork()
    faster = Scenario.model_validate(BASE | {"population": {"noise": {"limit_rate": 9.0}}})
    stopped = Scenario.model_validate(BASE | {"population": {"momentum": {"rate": 0.0}}})
    with pytest.raises(InputError, match="count"):
        market.change_traders(
            faster, [{"policy": policy(), "count": 2}, {"policy": policy(), "count": 0.5}]
        )
    with pytest.raises(UnavailableError, match="momentum traders cannot start or stop"):
        market.change_traders(stopped)
    market.run(5.0)
    same.run(5.0)
    assert_same(market, same)
    assert market.tape.marks == same.tape.marks
    market.change_traders(faster, [{"policy": policy(), "count": 2}])
    assert market.arrays.params["noise_limit_rate"][0] == 9.0
    assert [mark.label for mark in market.tape.marks] == ["2 RL"]


def test_traders_set_by_hand_wait_and_go_on_by_a_policy(trunk):
    market = trunk.fork()
    rows = market.add_policy_traders(policy(), 3, jitter=0.0)
    assert (rows.start, rows.stop) == (len(trunk.agents), len(market.agents))
    market.set_by_hand(rows)
    until = market.clock + 30_000_000_000
    assert market.advance_with(lambda arrays: advance(arrays, 0, until, 0)) == NEED_ACTION
    fills = len(market.tape.trades)
    market.set_policy(rows, policy())
    assert market.advance_with(lambda arrays: advance(arrays, 0, until, 0)) == DONE
    assert market.clock == until and len(market.tape.trades) > fills
    assert (market.agents["decisions"][rows.start :] > 0).all()


@pytest.mark.parametrize("rows", [range(40, 42), range(5, 10**6), range(-1, 1), range(9, 3)])
def test_only_rl_traders_are_set_by_hand(trunk, rows):
    market, same = trunk.fork(), trunk.fork()
    for change in (lambda: market.set_by_hand(rows), lambda: market.set_policy(rows, policy())):
        with pytest.raises(InputError, match="rows of"):
            change()
    assert_same(market, same)


def test_clones_take_a_share_of_the_activity(trunk):
    market, old = trunk.fork(), trunk.agents
    joined = market.add_clones(("momentum", "noise"), 0.25)
    agents = market.agents
    assert len(agents) == len(old) + joined
    new = agents[len(old) :]
    for section in ("momentum", "noise"):
        mine = agents["kind"] == SECTIONS[section]
        rates = agents["rate"][mine]
        before = old["rate"][old["kind"] == SECTIONS[section]].sum()
        assert rates.sum() == pytest.approx(before)
        assert new["rate"][new["kind"] == SECTIONS[section]].sum() == pytest.approx(before / 4)
    assert (new["inventory"] == 0).all() and len(set(new["key"].tolist())) == joined
    market.run(10.0)
    assert market.classes["inventory"].sum() == 0


@pytest.mark.parametrize(
    ("sections", "share"), [(("rl",), 0.5), (("noise",), 1.5), (("noise",), float("nan"))]
)
def test_clones_of_what_is_none_are_refused(trunk, sections, share):
    market, same = trunk.fork(), trunk.fork()
    with pytest.raises(InputError, match=r"sections|share"):
        market.add_clones(sections, share)
    assert_same(market, same)


def _retuned(market):
    faster = Scenario.model_validate(BASE | {"population": {"noise": {"limit_rate": 9.0}}})
    market.change_traders(faster)


def _with_clones(market):
    market.add_clones(["noise"], 0.5)


def _by_hand_and_back(market):
    market.set_policy(market.add_policy_traders(policy(), 2), policy())
    _with_clones(market)
    _retuned(market)


@pytest.mark.parametrize("change", [_retuned, _with_clones, _by_hand_and_back])
def test_a_changed_market_goes_back_to_its_snapshots_and_is_no_file(trunk, change, tmp_path):
    market = trunk.fork()
    before = market.snapshot()
    change(market)
    after = market.snapshot()
    market.run(3.0)
    with pytest.raises(UnavailableError, match="the traders of this market were changed"):
        market.save(tmp_path / "market.npz")
    assert not list(tmp_path.iterdir())
    for snapshot in (after, before, after):
        market.restore(snapshot)
        assert all(map(np.array_equal, market.arrays, snapshot))
    broken = after._replace(agents=after.agents.copy())
    broken.agents["rate"][0, 40] *= 2.0
    with pytest.raises(InputError, match=r"agents\.rate"):
        market.restore(broken)
    market.restore(before)
    market.save(tmp_path / "market.npz")
    assert all(
        map(np.array_equal, Simulator.load(tmp_path / "market.npz", market.scenario).arrays, before)
    )


def wrong_noise(**values):
    scenario = Scenario.model_validate(BASE)
    noise = scenario.population.noise.model_copy(update=values)
    return scenario.model_copy(
        update={"population": scenario.population.model_copy(update={"noise": noise})}
    )


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.change_traders(wrong_noise(limit_rate=float("inf"))),
        lambda m: m.change_traders(wrong_noise(lifetime_tail=0.0)),
        lambda m: m.change_traders(None),
        lambda m: m.change_traders(m.scenario, [1]),
        lambda m: m.add_clones(None, 0.5),
        lambda m: m.add_clones(["noise", "noise"], 0.5),
        lambda m: m.go_back(None, m.arrays),
        lambda m: m.advance_with(None),
        lambda m: m.set_policy(None, policy()),
        lambda m: m.set_policy(range(0), None),
        lambda m: Simulator(m.scenario, policies=True),
    ],
)
def test_what_a_file_could_not_say_no_door_takes(trunk, change):
    market = trunk.fork()
    with pytest.raises(InputError):
        change(market)
    market.run(5.0)
    alone = trunk.fork()
    alone.run(5.0)
    assert_same(market, alone)


def test_traders_take_no_policy_of_another_role(trunk):
    market = trunk.fork()
    rows = market.add_policy_traders(policy(), 2)
    with pytest.raises(InputError, match="policy"):
        market.set_policy(rows, find_policy("calm-maker"))


def test_clones_are_no_more_than_a_market_takes(trunk, monkeypatch):
    market = trunk.fork()
    monkeypatch.setattr("abm_desktop.market.clones.MOST_TRADERS", len(market.arrays.agents[0]))
    with pytest.raises(UnavailableError, match="room for 0 more traders"):
        market.add_clones(["noise", "momentum"], 0.5)
    assert_same(market, trunk)


def test_a_checkpoint_of_another_market_is_refused():
    market = Simulator(Scenario.model_validate(BASE), 1)
    first = market.snapshot()
    market.run(5.0)
    taken = market.checkpoint(first)
    other = wrong_noise(limit_rate=7.0)  # of the same shape
    for stranger in (Simulator(market.scenario, 2), Simulator(other, 1)):
        before = stranger.fork()
        with pytest.raises(InputError, match="with seed 1, and this market is another"):
            stranger.go_back(taken, first)
        assert_same(stranger, before)
    again = Simulator(Scenario.model_validate(BASE), 1)  # an equal scenario is the same
    again.run(9.0)
    again.go_back(taken, first)
    assert again.now == market.now
    again.run(3.0)
    market.run(3.0)
    assert again.checksum() == market.checksum()
