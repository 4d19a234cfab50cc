"""Each stress does what it claims, in time, for everyone alike; and the market goes on after it."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from abm_desktop.market import state
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.stress import PARAMETERS
from abm_desktop.scenario import (
    Scenario,
    ScenarioError,
    find_scenario,
    load_scenario,
    stress_from_dict,
)
from abm_desktop.scenario.stress import DAILY_SIGMA, STRESS_TYPES, FlashCrash, NewsJump

SCENARIO = Scenario.model_validate({"name": "test", "market": {"warm_up": "5min"}})
MAKER, INSTITUTION, STRESS = state.MARKET_MAKER, state.INSTITUTION, state.STRESS

SHORT = {
    "flash_crash": {"duration": 20.0, "recovery": 10.0},
    "liquidity_shock": {"thinning": 0.7},
    "quote_stuffing": {"duration": 3.0},
    "spoofing": {"side": "both"},
    "latency_shock": {"magnitude": 400.0},
    "stop_loss_cascade": {"magnitude": 0.01},
}
"""Parameters under which a minute sees all of a kind's phases."""


def stress(kind: str, **values: object) -> object:
    return stress_from_dict({"type": kind, **SHORT.get(kind, {}), "duration": 20.0, **values})


def digest(simulator: Simulator) -> str:
    tape = simulator.tape
    return hashlib.sha256(
        tape.trades.tobytes() + tape.samples.tobytes() + tape.class_samples.tobytes()
    ).hexdigest()


@pytest.fixture(scope="module")
def calm() -> Simulator:
    simulator = Simulator(SCENARIO, 7)
    simulator.run_until(120.0)
    return simulator


def stressed(calm: Simulator, seconds: float, kind: str, **values: object) -> Simulator:
    simulator = calm.fork()
    simulator.inject(stress_from_dict({"type": kind, **values}))
    simulator.run(seconds)
    return simulator


def undisturbed(calm: Simulator, seconds: float) -> Simulator:
    simulator = calm.fork()
    simulator.run(seconds)
    return simulator


def since(calm: Simulator, simulator: Simulator, name: str = "trades") -> np.ndarray:
    return getattr(simulator.tape, name)[len(getattr(calm.tape, name)) :]


def check_money(simulator: Simulator) -> None:
    agents, classes = simulator.agents, simulator.classes
    for table in (agents, classes):
        assert table["cash"].sum() == 0
        assert table["inventory"].sum() == 0
    for c in range(len(classes)):
        of_class = agents[agents["kind"] == c]
        assert classes[c]["cash"] == of_class["cash"].sum()
        assert classes[c]["inventory"] == of_class["inventory"].sum()


# -- the laws, for every kind ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", STRESS_TYPES)
def test_chunks_and_forks_change_nothing(calm: Simulator, kind: str) -> None:
    event = stress(kind)
    whole = calm.fork()
    whole.inject(event)
    whole.run(40.0)
    cut = calm.fork()
    cut.inject(event)
    rng = np.random.default_rng(1)
    while cut.now < calm.now + 10.0:
        if rng.random() < 0.5:
            cut.run(rng.exponential(0.5))
        else:
            cut.step(int(rng.integers(1, 200)))
    fork = cut.fork()
    snapshot = cut.snapshot()
    for simulator in (cut, fork):
        simulator.run_until(calm.now + 40.0)
    assert digest(cut) == digest(fork) == digest(whole)
    cut.restore(snapshot)
    rows = len(cut.tape.trades)
    cut.run_until(calm.now + 40.0)
    after = whole.tape.trades[whole.tape.trades["time"] > snapshot.market[0]["now"]]
    assert cut.tape.trades[rows:].tobytes() == after.tobytes()


@pytest.mark.parametrize("kind", STRESS_TYPES)
def test_the_market_goes_on_and_nothing_is_left_behind(calm: Simulator, kind: str) -> None:
    simulator = calm.fork()
    simulator.inject(stress(kind))
    assert simulator.tape.marks[-1].label.startswith(kind.replace("_", " "))
    simulator.run(0.001)
    assert simulator.active_stresses[0][0] == kind
    simulator.run(600.0)
    assert simulator.active_stresses == []
    assert simulator.alarms == []
    check_money(simulator)
    market = simulator.arrays.market[0]
    neutral = {"buyer_rate": 1, "buyer_caution": 1, "anchor_scale": 1, "value_volatility_scale": 1}
    for name in (
        *neutral,
        "maker_sigma_floor",
        "maker_share_out",
        "maker_max_inventory",
        "momentum_max_inventory",
        "informed_share",
        "capacity",
        "fast_scale",
    ):
        assert market[name] == neutral.get(name, 0), name
    orders = simulator.arrays.orders[0]
    kinds = simulator.agents["kind"][orders["agent"][orders["size"] > 0]]
    assert not (kinds == STRESS).any(), "an order of the stress still rests"
    assert market["sell_stops_n"] == 0 or not np.any(
        simulator.arrays.pool[0]["result"][: market["pool_used"]] == 1
    )
    trades = simulator.trades
    simulator.run(60.0)
    assert simulator.trades > trades + 20
    bids, asks = simulator.book(5)
    assert len(bids) == len(asks) == 5 and asks[0, 0] - bids[0, 0] < 0.5


def test_all_kinds_at_once_conserve_money_and_shares(calm: Simulator) -> None:
    simulator = calm.fork()
    for kind in STRESS_TYPES:
        simulator.inject(stress(kind))
    simulator.run(90.0)
    simulator.place_order(1, None, 20)
    check_money(simulator)
    assert simulator.classes["maker_volume"].sum() == simulator.volume
    assert simulator.active_stresses == []
    assert simulator.alarms == []


@pytest.mark.parametrize("kind", STRESS_TYPES)
def test_a_stress_to_come_changes_nothing_before_it_comes(calm: Simulator, kind: str) -> None:
    planned = calm.fork()
    planned.inject(stress(kind), at=calm.now + 30.0)
    planned.run(29.9)
    assert digest(planned) == digest(undisturbed(calm, 29.9))


def test_every_parameter_reaches_the_market(calm: Simulator) -> None:
    common = {"type", "at", "magnitude", "duration", "unit", "daily_sigma"}
    assert tuple(PARAMETERS) == tuple(STRESS_TYPES) == state.STRESS_KINDS
    for kind, model in STRESS_TYPES.items():
        assert set(PARAMETERS[kind]) == set(model.model_fields) - common
        simulator = calm.fork()
        event = model()
        simulator.inject(event)
        row = simulator.arrays.stresses[0, 0]
        assert row["magnitude"] == event.magnitude
        for k, name in enumerate(PARAMETERS[kind]):
            value = getattr(event, name)
            if isinstance(value, str):
                value = ("buy", "sell", "both").index(value)
            assert row[f"p{k}"] == value, (kind, name)


def test_files_describe_every_kind(tmp_path) -> None:
    blocks = "\n".join(
        f'[[stress]]\ntype = "{kind}"\nat = "{1 + k}min"\nduration = "30s"'
        for k, kind in enumerate(STRESS_TYPES)
    )
    path = tmp_path / "all.toml"
    path.write_text(f'name = "all"\nmarket.warm_up = "1min"\n{blocks}\n')
    scenario = load_scenario(path)
    simulator = Simulator(scenario, 1)
    for k, kind in enumerate(STRESS_TYPES):
        simulator.run_until(60.0 * (1 + k) + 1.0)
        assert kind in [row[0] for row in simulator.active_stresses]


@pytest.mark.parametrize("kind", STRESS_TYPES)
def test_every_kind_has_a_scenario_of_its_own(kind: str) -> None:
    scenario = load_scenario(find_scenario(kind))
    (event,) = scenario.stress
    assert event == STRESS_TYPES[kind](at=300.0), "the file shows the defaults"
    assert scenario.market == Scenario(name="x").market


def test_severity_in_daily_sigma() -> None:
    event = stress_from_dict({"type": "news_jump", "magnitude": -3.0, "unit": "daily_sigma"})
    assert event.strength == pytest.approx(-3.0 * DAILY_SIGMA)
    other = FlashCrash(magnitude=5.0, unit="daily_sigma", daily_sigma=0.02)
    assert other.strength == pytest.approx(0.1)
    assert FlashCrash(magnitude=0.1).strength == 0.1
    for wrong in (
        {"type": "flash_crash", "magnitude": 3.0},
        {"type": "flash_crash", "magnitude": -0.1},
        {"type": "news_jump", "magnitude": 0.0},
        {"type": "flash_crash", "magnitude": 200.0, "unit": "daily_sigma"},
    ):
        with pytest.raises(ScenarioError, match="magnitude"):
            stress_from_dict(wrong)


# -- what each kind claims -------------------------------------------------------------------------


def test_news_moves_the_value_at_once_and_the_price_within_minutes(calm: Simulator) -> None:
    for jump in (-0.02, 0.02):
        simulator = stressed(calm, 0.0, "news_jump", magnitude=jump)
        simulator.step()
        ratio = simulator.fundamental / calm.fundamental
        assert ratio == pytest.approx(1.0 + jump, abs=1e-3)
        simulator.run(180.0)
        assert simulator.mid / calm.mid - 1.0 == pytest.approx(jump, abs=0.005)


def test_a_fat_finger_sweeps_the_book_within_the_collar_or_without(calm: Simulator) -> None:
    lots = calm.book(20)[0][:, 1].sum()
    small = stressed(calm, 0.01, "fat_finger", magnitude=0.5)
    assert -small.classes["inventory"][STRESS] == int(lots / 2)
    free, collared = (
        since(calm, stressed(calm, 0.01, "fat_finger", magnitude=50.0, collar=collar))
        for collar in (False, True)
    )
    limit = np.ceil(calm.mid / 0.01 * 0.99)
    assert collared["price"].min() >= limit
    assert free["price"].min() < collared["price"].min()
    buyer = stressed(calm, 0.01, "fat_finger", side="buy", magnitude=0.5)
    assert buyer.classes["inventory"][STRESS] == int(calm.book(20)[1][:, 1].sum() / 2)


def test_quote_stuffing_makes_everybody_wait(calm: Simulator) -> None:
    simulator = calm.fork()
    simulator.inject(stress_from_dict({"type": "quote_stuffing"}))
    simulator.run(9.9)
    market = simulator.arrays.market[0]
    # 5000 messages/s against 3000: after 10 s the queue is 20/3 s long.
    assert (market["engine_free"] - market["now"]) * 1e-9 == pytest.approx(6.7, abs=0.3)
    assert simulator.alarms == []
    simulator.run(0.2)
    kind, _, _, end = simulator.active_stresses[0]
    assert kind == "quote_stuffing" and end > simulator.now + 5.0, "the queue runs off"
    messages = simulator.classes["messages"]
    others = np.delete(messages - calm.classes["messages"], STRESS).sum()
    usual = undisturbed(calm, 10.1).classes["messages"] - calm.classes["messages"]
    assert others < 0.8 * usual.sum()
    simulator.run(7.0)
    sent = simulator.classes["messages"][STRESS]
    assert sent == pytest.approx(50_000, rel=0.05)
    assert simulator.classes["taker_volume"][STRESS] == 0

    below = stressed(calm, 9.0, "quote_stuffing", magnitude=1500.0)
    queue = below.arrays.market[0]["engine_free"] - below.arrays.market[0]["now"]
    assert queue * 1e-9 < 0.1


def test_stuffed_orders_stay_away_from_the_touch(calm: Simulator) -> None:
    simulator = stressed(calm, 1.0, "quote_stuffing", capacity=0.0, distance=8)
    orders = simulator.arrays.orders[0]
    mine = orders[(orders["size"] > 0) & (simulator.agents["kind"][orders["agent"]] == STRESS)]
    assert len(mine) == 16
    bid, ask = simulator.arrays.market[0]["best_bid"], simulator.arrays.market[0]["best_ask"]
    away = np.where(mine["side"] == state.BUY, bid - mine["price"], mine["price"] - ask)
    assert (away >= 4).all()  # 8 when they were posted, milliseconds ago


def test_layers_of_a_spoofer_are_cancelled_and_its_real_orders_trade(calm: Simulator) -> None:
    simulator = Simulator(SCENARIO, 7, record_messages=True)
    simulator.run_until(120.0)
    first, best_lots = len(simulator.tape.messages), int(simulator.book(1)[1][0, 1])
    simulator.inject(stress_from_dict({"type": "spoofing", "duration": 120.0}))
    simulator.run(0.001)
    orders = simulator.arrays.orders[0]
    mine = orders[(orders["size"] > 0) & (simulator.agents["kind"][orders["agent"]] == STRESS)]
    layers = mine[mine["side"] == state.SELL]
    best_ask = simulator.arrays.market[0]["best_ask"]
    assert sorted(layers["price"] - best_ask) == [2, 3, 4, 5]
    assert set(layers["size"]) == {5 * best_lots}
    simulator.run(125.0)
    messages = simulator.tape.messages[first:]
    mine = messages[simulator.agents["kind"][messages["agent"]] == STRESS]
    sells = mine[mine["side"] == -1]
    added, cancelled = (
        sells["size"][sells["kind"] == state.MESSAGE_KINDS.index(kind)].sum()
        for kind in ("add", "cancel")
    )
    assert cancelled > 0.95 * added > 0
    assert simulator.classes["inventory"][STRESS] > 10, "it bought behind its wall of offers"
    both = stressed(calm, 200.0, "spoofing", side="both")
    assert abs(both.classes["inventory"][STRESS]) < both.classes["maker_volume"][STRESS]


def test_informed_institutions_are_on_the_right_side(calm: Simulator) -> None:
    simulator = calm.fork()
    simulator.inject(stress_from_dict({"type": "toxic_flow", "magnitude": 1.0, "horizon": 30.0}))
    simulator.run(0.001)
    right, seen = 0, 0
    rows = np.flatnonzero(simulator.agents["kind"] == INSTITUTION)
    active = simulator.agents["active"][rows]
    parents = []
    while len(parents) < 80:
        simulator.run(0.1)
        now = simulator.agents["active"][rows]
        for k in np.flatnonzero((now == 1) & (active == 0)):
            side = simulator.agents["side"][rows[k]]
            parents.append((simulator.now, 1 if side == state.BUY else -1, simulator.mid))
        active = now
    simulator.run(31.0)
    samples = simulator.tape.samples
    times = samples["time"] * 1e-9 - SCENARIO.market.warm_up
    for time, sign, mid in parents:
        gap = np.interp(time + 30.0, times, samples["value"]) - mid / 0.01
        if abs(gap) > 2.0:
            seen += 1
            right += int(sign == np.sign(gap))
    assert seen > 15 and right >= 0.95 * seen


def test_makers_answer_late_in_a_latency_shock(calm: Simulator) -> None:
    late = Simulator(SCENARIO, 7, record_messages=True)
    late.run_until(120.0)
    first = len(late.tape.messages)
    late.inject(stress_from_dict({"type": "latency_shock", "magnitude": 400.0}))
    late.run(30.0)
    messages = late.tape.messages[first:]
    of_makers = messages[
        (late.agents["kind"][messages["agent"]] == MAKER) & (messages["kind"] == 0)
    ]
    start = 120.0 + SCENARIO.market.warm_up
    assert of_makers["time"].min() * 1e-9 - start == pytest.approx(2.0, abs=0.01)
    late.run(30.0)
    assert late.active_stresses[0][3] == pytest.approx(182.0, abs=0.01)


def test_a_fund_sells_only_what_brings_it_back_to_its_target(calm: Simulator) -> None:
    quiet = stressed(calm, 60.0, "deleveraging", magnitude=0.01)
    assert quiet.classes["inventory"][STRESS] == 0, "nobody is over its limit"
    one = {"funds": 1, "leverage_min": 4.0, "leverage_max": 4.0, "holdings": 0.001}
    # Equity 1/4 - 0.06 of the assets, target 4: sell 24 % of the lots, and a little for the fall.
    lots = one["holdings"] * SCENARIO.market.average_daily_volume
    simulator = stressed(calm, 300.0, "deleveraging", magnitude=0.06, **one)
    assert -simulator.classes["inventory"][STRESS] == pytest.approx(0.24 * lots, abs=3)
    volume = simulator.volume - calm.volume
    assert simulator.classes["taker_volume"][STRESS] < 0.12 * volume


def test_leveraged_funds_push_each_other_over_the_edge() -> None:
    falls = []
    for loss in (0.03, 0.10):
        mids = []
        for seed in (1, 2, 3):
            simulator = Simulator(SCENARIO, seed)
            simulator.run_until(120.0)
            before = simulator.mid
            simulator.inject(stress_from_dict({"type": "deleveraging", "magnitude": loss}))
            simulator.run(2400.0)
            samples = simulator.tape.samples["mid"][simulator.tape.samples["time"] > 420e9]
            mids.append(samples.min() * 0.01 / before - 1.0)
        falls.append(np.median(mids))
    assert falls[0] > -0.005 and falls[1] < -0.03


def test_stops_wait_trigger_on_the_last_trade_and_go_at_the_end(calm: Simulator) -> None:
    waiting = stressed(calm, 0.001, "stop_loss_cascade", push=0.0)
    assert waiting.arrays.market[0]["sell_stops_n"] == 200
    pool = waiting.arrays.pool[0]
    stops = pool[pool["result"] == 1]
    assert stops["size"].sum() == int(0.05 * SCENARIO.market.average_daily_volume)
    assert stops["extra"].max() <= calm.mid / 0.01 * 0.998
    assert waiting.classes["inventory"][STRESS] == 0

    falling = stressed(calm, 0.001, "stop_loss_cascade", push=0.0)
    falling.inject(stress_from_dict({"type": "news_jump", "magnitude": -0.01}))
    falling.run(120.0)
    trades = since(calm, falling)
    mine = trades["taker_class"] == STRESS
    assert mine.sum() > 10
    first = int(mine.argmax())
    assert trades["price"][:first].min() <= stops["extra"].max(), "a trade reached the trigger"
    assert waiting.arrays.market[0]["sell_stops_n"] > falling.arrays.market[0]["sell_stops_n"]


def test_a_thinned_book_has_lost_its_far_orders(calm: Simulator) -> None:
    def far_lots(simulator: Simulator) -> float:
        bids, asks = simulator.book(2000)
        bid, ask = bids[0, 0], asks[0, 0]
        return bids[bids[:, 0] < bid - 0.1, 1].sum() + asks[asks[:, 0] > ask + 0.1, 1].sum()

    thinned = stressed(calm, 0.01, "liquidity_shock", magnitude=0.01, thinning=0.8)
    assert far_lots(thinned) < 0.45 * far_lots(undisturbed(calm, 0.01))


def test_recovery_brings_buyers_back_evenly(calm: Simulator) -> None:
    simulator = stressed(
        calm, 0.0, "flash_crash", magnitude=0.06, duration=30.0, recovery=100.0, buyer_fade=0.1,
        buyer_caution=11.0,
    )  # fmt: skip
    rates, cautions = [], []
    for _ in range(14):
        simulator.run(10.0)
        rates.append(float(simulator.arrays.market[0]["buyer_rate"]))
        cautions.append(float(simulator.arrays.market[0]["buyer_caution"]))
    assert rates[:2] == pytest.approx([0.1, 0.1], abs=0.02)
    assert rates[2:12] == pytest.approx([0.11 + 0.09 * k for k in range(10)], abs=0.02)
    assert cautions[2:12] == pytest.approx([10.9 - k for k in range(10)], abs=0.2)
    assert rates[-1] == 1.0 and cautions[-1] == 1.0 and simulator.active_stresses == []


def test_a_plain_sale_leaves_the_others_as_they_are(calm: Simulator) -> None:
    sale = {"fade": False, "quantity": 0.03, "depth_share": 0.0, "participation": 0.2}
    simulator = stressed(calm, 300.0, "flash_crash", **sale)
    market = simulator.arrays.market[0]
    assert market["buyer_rate"] == 1.0 and market["maker_max_inventory"] == 0.0
    volume = simulator.volume - calm.volume
    assert -simulator.classes["inventory"][STRESS] == pytest.approx(0.2 * volume, rel=0.1)


def test_slots_are_reused_after_every_kind(calm: Simulator) -> None:
    simulator = calm.fork()
    for kind in list(STRESS_TYPES) * 3:
        values = {"duration": 0.2, "recovery": 0.1} if kind == "flash_crash" else {}
        simulator.inject(stress(kind, **{"duration": 0.2, **values}))
        simulator.run(4.0)
    simulator.run(10.0)
    assert simulator.active_stresses == []
    check_money(simulator)


# -- the measured anchors --------------------------------------------------------------------------


def _lows(seeds: range, cases: list[dict[str, object]]) -> tuple[np.ndarray, np.ndarray]:
    """Largest falls (%) and their times (s) of every case (rows) and seed."""
    scenario = Scenario(name="default")
    falls, times = np.zeros((len(cases), len(seeds))), np.zeros((len(cases), len(seeds)))
    for s, seed in enumerate(seeds):
        calm = Simulator(scenario, seed)
        calm.run_until(300.0)
        for c, case in enumerate(cases):
            simulator = calm.fork()
            simulator.inject(FlashCrash(**case))
            simulator.run(1200.0)
            mids = since(calm, simulator, "samples")["mid"] / (calm.mid / 0.01)
            falls[c, s], times[c, s] = 100 * (mids.min() - 1.0), mids.argmin()
    return falls, times


def test_the_flash_crash_is_the_one_of_the_literature() -> None:
    falls, times = _lows(range(500, 524), [{}])
    assert -5.9 < np.median(falls) < -4.5
    assert np.percentile(falls, 10) > -9.0, "no run-away falls"
    assert 120 < np.median(times) < 910


def test_a_small_fall_comes_and_no_more() -> None:
    """The sale stops where it was to bring the price, and the price comes back soon."""
    drops = (0.01, 0.03)
    falls, times = _lows(range(540, 550), [{"magnitude": drop} for drop in drops])
    for drop, fall, time in zip(drops, falls, times, strict=True):
        assert np.median(fall) == pytest.approx(-100 * drop, rel=0.15)
        assert np.percentile(fall, 90) < -80 * drop, "some market did not fall"
        assert np.median(time) < 240


def test_a_fall_that_has_come_ends_the_sale_and_eases_the_others(calm: Simulator) -> None:
    simulator = calm.fork()
    simulator.inject(FlashCrash(magnitude=0.01))
    while simulator.mid > 0.9915 * calm.mid:
        simulator.run(1.0)
    simulator.run(1.0)
    sold = simulator.classes["inventory"][STRESS]
    caution = float(simulator.arrays.market[0]["buyer_caution"])
    assert sold < 0 and caution > 1.0
    simulator.run(20.0)
    assert simulator.classes["inventory"][STRESS] == sold
    assert simulator.arrays.market[0]["buyer_caution"] == 1.0
    assert simulator.active_stresses, "it lasts as long as was said"


def test_a_small_sale_empties_the_book_and_half_of_the_fall_is_made_up_by_itself() -> None:
    """Two per cent of a day's volume, as on 6 May 2010; the buyers are on their guard throughout.

    What the market does without the sale is that of the undisturbed copies.
    """
    scenario = Scenario(name="default")
    falls, depths, spreads, waits = [], [], [], []
    for seed in range(300, 312):
        calm = Simulator(scenario, seed)
        calm.run_until(1800.0)
        before = calm.tape.samples[-600:]
        sold = calm.fork()
        sold.inject(FlashCrash(quantity=0.02, duration=3600.0))
        for market in (calm, sold):
            market.run(1800.0)
        rows, usual = since_rows(sold), since_rows(calm)
        mid = rows["mid"] / before["mid"][-1] - 1.0
        low = int(mid.argmin())
        falls.append(mid[low])
        depth = np.convolve(rows["bid_depth"], np.full(10, 0.1), "valid")
        depths.append(depth[: low + 60].min() / np.median(before["bid_depth"]))
        spreads.append((rows["best_ask"] - rows["best_bid"]).max())
        back = np.flatnonzero(mid[low:] > 0.5 * mid[low])
        waits.append(back[0] if len(back) else np.inf)
        assert (usual["best_ask"] - usual["best_bid"]).max() < 50
        assert np.abs(usual["mid"] / usual["value"] - 1.0).max() < 0.01
        assert -sold.classes["inventory"][STRESS] == int(0.02 * 138_000)
    assert -0.07 < np.median(falls) < -0.035
    assert np.median(depths) < 0.25
    assert np.median(spreads) > 20
    assert np.median(waits) < 600


def since_rows(simulator: Simulator) -> np.ndarray:
    return simulator.tape.samples[simulator.tape.samples["time"] > 3600e9]


def test_a_market_on_its_guard_falls_further_the_larger_the_share_of_the_sale() -> None:
    """The amplitude grows with participation (Gao et al. 2024); nothing falls without caution."""
    cases = [{"quantity": 0.02, "depth_share": 0.0, "participation": pov} for pov in (0.09, 0.5)]
    cases += [{**case, "fade": False} for case in cases]
    falls, _ = _lows(range(500, 516), cases)
    slow, fast, slow_alone, fast_alone = np.median(falls, axis=1)
    assert fast < slow - 5.0 and slow < -2.0
    assert slow_alone > -0.4 and -1.0 < fast_alone <= slow_alone + 0.1


def test_a_jump_of_zero_is_no_news() -> None:
    with pytest.raises(ValueError, match="other than 0"):
        NewsJump(magnitude=0.0)
