"""One seed, one market: determinism, copies, money, and what stress does."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from support.bare_book import empty_scenario

from abm_desktop.inputs import InputError
from abm_desktop.market.arrays import SHARED
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import MARKET_MAKER
from abm_desktop.market.state_checksum import state_checksum
from abm_desktop.scenario import Scenario, stress_from_dict

SCENARIO = Scenario.model_validate({"name": "test", "market": {"warm_up": "3min"}})


def digest(simulator: Simulator) -> str:
    tape = simulator.tape
    return hashlib.sha256(
        tape.trades.tobytes() + tape.samples.tobytes() + tape.class_samples.tobytes()
    ).hexdigest()


def hold_policy() -> PolicyNet:
    bias = np.array([0, 1, 0], np.float32)
    return PolicyNet((np.zeros((13, 3), np.float32),), (bias,), name="hold")


def random_policy(seed: int = 0, activation: str = "tanh", greedy: bool = True) -> PolicyNet:
    rng = np.random.default_rng(seed)
    sizes = (13, 64, 64, 3)
    weights = tuple(
        (rng.normal(size=(a, b)) / np.sqrt(a)).astype(np.float32) for a, b in pairwise(sizes)
    )
    biases = tuple(rng.normal(size=b).astype(np.float32) for b in sizes[1:])
    return PolicyNet(weights, biases, activation, greedy, "random")  # type: ignore[arg-type]


def test_same_seed_same_tape_other_seed_other_tape() -> None:
    tapes = []
    for seed in (3, 3, 4):
        simulator = Simulator(SCENARIO, seed)
        simulator.run(600)
        tapes.append(digest(simulator))
    assert tapes[0] == tapes[1] != tapes[2]


def test_a_run_that_is_called_away_ends_at_a_moment_like_any_other() -> None:
    called, by_times, whole = (Simulator(SCENARIO, 5) for _ in range(3))
    bell = np.zeros((1, 1), np.int64)
    begun, is_over = threading.Event(), threading.Event()

    def ring() -> None:
        while not is_over.is_set():
            begun.wait(60)
            begun.clear()
            bell[:] = 1

    ringer = threading.Thread(target=ring)
    ringer.start()
    ends = set()
    while len(ends) < 5:
        bell[:] = 0
        begun.set()
        called.run_unless_called(1e6, bell)  # half a minute of computing, if nobody calls
        by_times.run_until(called.now)
        ends.add(called.now)
        assert by_times.checksum() == called.checksum()
    is_over.set()
    begun.set()
    ringer.join()
    whole.run_until(called.now)
    assert max(ends) < 1e6
    assert digest(called) == digest(by_times) == digest(whole)
    # What others do with the market is not called away by it.
    bell[:] = 1
    for each in (called, whole):
        each.run(10.0)
    assert called.checksum() == whole.checksum()


def test_a_checksum_tells_each_part_of_the_state() -> None:
    market = Simulator(SCENARIO, 5)
    market.run_until(10.0)
    state, known = market.snapshot(), market.checksum()
    working = {"trades", "messages", "samples", "class_samples", "intents", "scratch", "auction"}
    for name, array in state._asdict().items():
        if name in SHARED:
            continue
        raw = array.reshape(-1).view(np.uint8)
        kind = array.dtype.fields
        at = 0 if kind is None else next(iter(kind.values()))[1]
        raw[at] ^= 1
        is_state = name not in working | {"bell", "icebergs", "pool"}  # of the two nothing is used
        assert (state_checksum(state) != known) == is_state, name
        raw[at] ^= 1
    assert state_checksum(state) == known


def test_chunks_of_any_size_give_the_same_tape() -> None:
    whole = Simulator(SCENARIO, 5)
    whole.run_until(300.0)
    cut = Simulator(SCENARIO, 5)
    rng = np.random.default_rng(0)
    while cut.now < 200.0:
        if rng.random() < 0.5:
            cut.run(rng.exponential(3.0))
        else:
            cut.step(int(rng.integers(1, 300)))
    cut.run_until(300.0)
    assert digest(cut) == digest(whole)


def test_markets_on_two_threads_are_those_on_one() -> None:
    def session(seed: int) -> str:
        simulator = Simulator(SCENARIO, seed)
        simulator.run(400)
        return digest(simulator)

    seeds = range(30, 36)
    with ThreadPoolExecutor(2) as threads:
        together = list(threads.map(session, seeds))
    assert together == [session(seed) for seed in seeds]


def test_the_sample_interval_changes_nothing_in_the_market() -> None:
    coarse = Simulator(SCENARIO, 5)
    fine = Simulator(SCENARIO, 5, sample_interval=0.1, record_messages=True)
    for simulator in (coarse, fine):
        simulator.run(300)
    assert coarse.tape.trades.tobytes() == fine.tape.trades.tobytes()
    assert len(fine.tape.samples) == 10 * len(coarse.tape.samples)
    assert len(fine.tape.messages) == fine.events
    assert coarse.tape.samples.tobytes() == fine.tape.samples[9::10].tobytes()


def test_a_fork_continues_bit_identically_and_alone() -> None:
    original = Simulator(SCENARIO, 6)
    original.run(300)
    fork = original.fork()
    assert digest(fork) == digest(original)
    fork.inject(stress_from_dict({"type": "liquidity_shock"}))
    twin = original.fork()
    fork.run(300)
    original.run(300)
    twin.run(300)
    assert digest(twin) == digest(original)
    assert digest(fork) != digest(original)


def test_a_fork_of_other_luck_has_the_same_news() -> None:
    original = Simulator(SCENARIO, 5)
    original.run(120)
    same, one, again, two = (original.fork(luck) for luck in (0, 1, 1, 2))
    for market in (original, same, one, again, two):
        market.run(120)
    assert digest(same) == digest(original)
    assert digest(one) == digest(again)
    assert len({digest(market) for market in (same, one, two)}) == 3
    rows = [market.tape.samples for market in (same, one, two)]
    assert np.array_equal(rows[0]["value"], rows[1]["value"])
    assert np.array_equal(rows[0]["value"], rows[2]["value"])
    with pytest.raises(InputError, match=r"luck.*0"):
        original.fork(-1)


def test_restore_goes_back_to_the_snapshot() -> None:
    simulator = Simulator(SCENARIO, 6)
    simulator.run(200)
    snapshot = simulator.snapshot()
    first = len(simulator.tape.trades)
    simulator.run(100)
    after = simulator.tape.trades[first:].tobytes()
    simulator.restore(snapshot)
    simulator.tape.clear_rows()
    simulator.run(100)
    assert simulator.tape.trades.tobytes() == after


def test_money_and_shares_are_conserved_in_a_stressed_market() -> None:
    simulator = Simulator(SCENARIO, 7)
    simulator.warm_up()
    simulator.add_policy_traders(random_policy(), 20)
    for kind in ("flash_crash", "volatility_spike", "liquidity_shock"):
        simulator.inject(stress_from_dict({"type": kind}))
    simulator.run(900)
    simulator.place_order(1, None, 50)
    for table in (simulator.agents, simulator.classes):
        assert table["cash"].sum() == 0
        assert table["inventory"].sum() == 0
    classes, agents = simulator.classes, simulator.agents
    for c in range(len(classes)):
        of_class = agents[agents["kind"] == c]
        assert classes[c]["cash"] == of_class["cash"].sum()
        assert classes[c]["inventory"] == of_class["inventory"].sum()
    assert classes["maker_volume"].sum() == classes["taker_volume"].sum() == simulator.volume


def test_the_book_is_never_crossed_and_every_class_trades() -> None:
    simulator = Simulator(SCENARIO, 8, sample_interval=0.1)
    simulator.run(3600)
    samples = simulator.tape.samples
    quoted = (samples["best_bid"] >= 0) & (samples["best_ask"] < SCENARIO.market.ladder_ticks)
    assert quoted.mean() > 0.99
    assert (samples["best_bid"][quoted] < samples["best_ask"][quoted]).all()
    volume = simulator.classes["maker_volume"] + simulator.classes["taker_volume"]
    assert (volume[:5] > 0).all(), "noise, makers, fundamental, momentum and institutions"
    assert simulator.alarms == []


def test_traders_that_never_trade_leave_the_tape_bit_identical() -> None:
    with_traders, without = Simulator(SCENARIO, 9), Simulator(SCENARIO, 9)
    for simulator in (with_traders, without):
        simulator.warm_up()
    with_traders.add_policy_traders(hold_policy(), 50)
    for simulator in (with_traders, without):
        simulator.run(300)
    assert with_traders.agents["decisions"].sum() >= 50 * 40
    assert with_traders.tape.trades.tobytes() == without.tape.trades.tobytes()


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_each_stress_changes_the_market_within_a_second(seed: int) -> None:
    calm = Simulator(SCENARIO, seed)
    calm.warm_up()
    calm.run(120)

    def after(kind: str, **values: float) -> Simulator:
        simulator = calm.fork()
        simulator.inject(stress_from_dict({"type": kind, **values}))
        simulator.run(1.0)
        assert simulator.active_stresses[0][0] == kind
        assert simulator.tape.marks[-1].label.startswith(kind.replace("_", " "))
        return simulator

    undisturbed = calm.fork()
    undisturbed.run(1.0)

    crash = after("flash_crash")
    sold = crash.classes["taker_volume"][6]
    assert sold >= 3, "the sell programme has traded"
    bids, asks = after("liquidity_shock").book(5)
    calm_bids, calm_asks = undisturbed.book(5)
    depth, calm_depth = (
        b[:, 1].sum() + a[:, 1].sum() for b, a in ((bids, asks), (calm_bids, calm_asks))
    )
    assert depth < calm_depth
    wide = after("volatility_spike", magnitude=8.0)
    assert _quote_distance(wide) > _quote_distance(undisturbed)


def _quote_distance(simulator: Simulator) -> float:
    """Mean distance of the market makers' quotes from the mid, in ticks."""
    orders = simulator.snapshot().orders[0]
    kinds = simulator.agents["kind"][orders["agent"]]
    quotes = orders[(orders["size"] > 0) & (kinds == MARKET_MAKER)]
    return float(np.abs(quotes["price"] - simulator.mid / SCENARIO.market.tick_size).mean())


def test_a_flash_crash_falls_and_recovers() -> None:
    drops, recoveries = [], []
    for seed in range(20, 26):
        simulator = Simulator(SCENARIO, seed)
        simulator.run_until(300.0)
        before = simulator.mid
        start = len(simulator.tape.samples)
        simulator.inject(stress_from_dict({"type": "flash_crash", "magnitude": 0.05}))
        simulator.run(900 + 1200)
        mids = simulator.tape.samples["mid"][start:] * SCENARIO.market.tick_size
        low = mids.min()
        drops.append(1.0 - low / before)
        recoveries.append((mids[-1] - low) / (before - low))
    assert 0.02 < np.median(drops) < 0.10
    assert np.median(recoveries) > 0.5


def test_stress_events_end_and_can_be_repeated() -> None:
    simulator = Simulator(SCENARIO, 14)
    simulator.warm_up()
    for _ in range(40):
        simulator.inject(stress_from_dict({"type": "liquidity_shock", "duration": 1.0}))
        simulator.run(4.0)
        assert simulator.active_stresses == []


def test_more_stress_events_than_slots_are_refused() -> None:
    simulator = Simulator(SCENARIO, 14)
    with pytest.raises(RuntimeError, match="stress events are active or planned already"):
        for _ in range(40):
            simulator.inject(stress_from_dict({"type": "liquidity_shock"}))


def test_orders_by_hand() -> None:
    simulator = Simulator(SCENARIO, 15)
    simulator.warm_up()
    ask, size = simulator.book(1)[1][0, :2]
    simulator.place_order(1, None, int(size))
    assert simulator.agents[0]["inventory"] == size
    assert simulator.agents[0]["cash"] == -round(ask / 0.01) * size
    simulator.place_order(-1, simulator.mid + 3.0, 7)
    simulator.place_order(1, simulator.mid - 3.0, 7)
    assert simulator.cancel_orders() == 2
    assert simulator.cancel_orders() == 0
    for bad in ((2, None, 1), (1, None, 0), (1, -5.0, 1)):
        with pytest.raises(ValueError, match=r"must|off the ladder"):
            simulator.place_order(*bad)


def test_an_rl_trader_decides_as_its_network_does() -> None:
    from abm_desktop.market import network as compiled
    from abm_desktop.market.state import MAX_WIDTH

    observations = np.random.default_rng(1).uniform(-5, 5, (2_000, 13)).astype(np.float32)
    for activation in ("tanh", "relu"):
        net = random_policy(2, activation)
        header, weights = net.packed()
        scratch = np.zeros((3, MAX_WIDTH), np.float32)
        logits = np.empty((len(observations), 3), np.float32)
        for k, row in enumerate(observations):
            scratch[0, :13] = row
            compiled.forward(header, weights, scratch, scratch[2])
            logits[k] = scratch[0, :3]
        reference = net.logits(observations)
        np.testing.assert_allclose(logits, reference, atol=2e-5, rtol=1e-5)
        assert (logits.argmax(1) == reference.argmax(1)).all()


def test_rl_traders_trade_within_their_limit() -> None:
    simulator = Simulator(SCENARIO, 16)
    simulator.warm_up()
    buy = PolicyNet((np.zeros((13, 3), np.float32),), (np.array([0, 0, 1], np.float32),))
    simulator.add_policy_traders(buy, 3, size=4, max_inventory=10)
    simulator.run(120)
    assert (simulator.agents[-3:]["inventory"] == 10).all()


def test_policy_files_round_trip_and_bad_ones_are_named(tmp_path) -> None:
    net = random_policy(3, greedy=False)
    net.save(tmp_path / "p.npz")
    back = PolicyNet.load(tmp_path / "p.npz")
    assert back.activation == net.activation and back.greedy is False and back.name == "random"
    for a, b in zip(net.weights + net.biases, back.weights + back.biases, strict=True):
        assert np.array_equal(a, b)
    np.savez(tmp_path / "q.npz", x=np.zeros(3))
    with pytest.raises(ValueError, match=r"q\.npz"):
        PolicyNet.load(tmp_path / "q.npz")
    with pytest.raises(ValueError, match="13"):
        PolicyNet((np.zeros((12, 3), np.float32),), (np.zeros(3, np.float32),))


def test_the_report_is_of_the_own_order_where_it_sets_off_a_stop() -> None:
    simulator = Simulator(empty_scenario(warm_up=0.0), 1)
    ask = simulator.book(1)[1][0]
    price, lots = float(ask[0]), int(ask[1])
    stop = simulator.submit("stop", 1, 99.0, 5, trigger=price)
    assert stop.accepted and stop.order is not None
    report = simulator.submit("limit", 1, price, lots + 2)
    assert report.filled == lots and report.order is not None
    assert simulator.cancel(report.order).accepted, "what is left of it rests"
    assert not simulator.cancel(stop.order).accepted, "the stop is gone"
