"""The venue's rules: each does what it says, and the money stays."""

from __future__ import annotations

import numpy as np
import pytest

from abm_desktop.learning.registry import models
from abm_desktop.market.rules import INTERVENTIONS
from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import INSTITUTION, MOMENTUM, RL, STRESS
from abm_desktop.scenario import Interventions, Scenario, stress_from_dict

SCENARIO = Scenario.model_validate({"name": "test", "market": {"warm_up": "3min"}})
CRASH = {"type": "flash_crash", "magnitude": 0.09, "duration": 600.0}


@pytest.fixture(scope="module")
def warm() -> Simulator:
    simulator = Simulator(SCENARIO, 21)
    simulator.warm_up()
    return simulator


def crashed(warm: Simulator, name: str | None = None, seconds: float = 600.0, **values: float):
    simulator = warm.fork()
    if name:
        simulator.set_intervention(name, **values)
    simulator.inject(stress_from_dict(CRASH))
    simulator.run(seconds)
    return simulator


def fall(simulator: Simulator) -> float:
    """Largest fall of a trade price since the start of the session."""
    trades = simulator.tape.trades
    session = trades["price"][trades["time"] >= 180 * 10**9]
    return float(1.0 - session.min() / session[0])


def phases(simulator: Simulator) -> list[str]:
    return [phase for _, phase, _ in simulator.phase_changes]


def test_the_scenario_model_and_the_kernel_know_the_same_rules() -> None:
    for name, keys in INTERVENTIONS.items():
        model = Interventions.model_fields[name].annotation.__args__[0]
        values = model().model_dump(exclude={"on"})
        assert {key: float(v) for key, v in values.items()} == keys, name
    assert set(Interventions.model_fields) == set(INTERVENTIONS)


def test_limit_up_limit_down_bounds_prices_and_pauses(warm: Simulator) -> None:
    free, banded = crashed(warm), crashed(warm, "luld", band=0.001)
    assert fall(banded) < fall(free)
    assert {"limit", "auction"} <= set(phases(banded))
    assert {reason for _, _, reason in banded.phase_changes} == {"limit up, limit down"}
    trades = banded.tape.trades
    first_pause = min(t for t, phase, _ in banded.phase_changes if phase == "auction")
    in_band = trades[(trades["time"] > 180e9) & (trades["time"] < (first_pause + 180) * 1e9)]
    assert in_band["price"].min() >= 0.998 * warm.mid * 100
    banded.run(900)
    assert "continuous" in phases(banded)[2:], "it reopens by auction"
    assert (banded.tape.trades["auction"] == 1).any()


def test_a_trader_has_one_market_order_in_a_call_phase(warm: Simulator) -> None:
    """Else a programme that waits for a volume which cannot come sends one every second."""
    simulator = crashed(warm, "luld", 0.0, band=0.004, pause=300.0)
    while simulator.phase != "auction":
        simulator.run(1.0)
    simulator.run(200.0)
    assert simulator.phase == "auction"
    orders = simulator.snapshot().orders[0]
    agents = simulator.agents["kind"]
    for kind in (MOMENTUM, INSTITUTION, STRESS):
        waiting = orders["agent"][(orders["size"] > 0) & (agents[orders["agent"]] == kind)]
        assert len(waiting) == len(np.unique(waiting)) > 0
    for _ in range(2):
        assert simulator.submit("immediate", 1, None, 1).order is not None


def test_the_market_breaker_halts_and_the_third_level_closes(warm: Simulator) -> None:
    simulator = crashed(warm, "market_breaker", level_1=0.01, level_2=0.5, level_3=0.9)
    assert phases(simulator)[0] == "halted"
    halted_at = simulator.phase_changes[0][0]
    assert simulator.phase == "halted"
    trades = simulator.tape.trades
    assert trades["time"].max() <= (halted_at + 180) * 10**9
    report = simulator.submit("fill_or_kill", 1, None, 1)
    assert not report.accepted and "continuous trading" in report.reason
    waiting = simulator.submit("immediate", 1, None, 1)
    assert waiting.accepted and waiting.filled == 0, "it waits for the auction"
    simulator.run(halted_at + 900.5 - simulator.now)
    assert phases(simulator)[1] == "continuous"
    assert simulator.agents[0]["inventory"] == 1
    assert not simulator.cancel(waiting.order).accepted
    closed = crashed(warm, "market_breaker", level_1=0.005, level_2=0.006, level_3=0.01, pause=1)
    assert closed.phase == "closed"
    assert closed.submit("limit", 1, 90.0, 1).reason == "the market is closed"


def test_velocity_logic_pauses_for_a_moment(warm: Simulator) -> None:
    simulator = crashed(warm, "velocity_logic", ticks=10.0)
    # Only the last changes are kept, so the first of them may be the end of an auction.
    changes = simulator.phase_changes[phases(simulator).index("auction") :]
    for (begin, phase, reason), (end, after, _) in zip(changes[::2], changes[1::2], strict=False):
        assert (phase, after, reason) == ("auction", "continuous", "velocity logic")
        assert end - begin == pytest.approx(5.0)
    trades = simulator.tape.trades
    continuous = trades[(trades["auction"] == 0) & (trades["time"] > 180 * 10**9)]
    assert len(continuous) > 100


def test_the_volatility_auction_has_a_random_end(warm: Simulator) -> None:
    simulator = crashed(
        warm, "volatility_auction", short_range=0.002, long_range=0.004, call=20.0, random_end=10.0
    )
    changes = simulator.phase_changes
    lengths = [
        round(end[0] - begin[0], 6) for begin, end in zip(changes[::2], changes[1::2], strict=False)
    ]
    assert lengths and all(20.0 <= length <= 30.0 for length in lengths)
    assert len(set(lengths)) == len(lengths)


def test_the_collar_limits_market_orders(warm: Simulator) -> None:
    narrow = warm.fork()
    narrow.set_intervention("price_collar", width=1e-6)
    narrow.run(60)
    trades = narrow.tape.trades[len(warm.tape.trades) :]
    of_takers = np.isin(trades["taker_class"], (0, 3, 4))
    assert not of_takers.any(), "noise, momentum and institutions cannot reach the other side"


def test_the_tax_is_paid_by_both_sides_and_has_an_account(warm: Simulator) -> None:
    for exempt in (False, True):
        simulator = warm.fork()
        simulator.set_intervention("transaction_tax", rate=0.001, makers_exempt=exempt)
        start = len(simulator.tape.trades)
        simulator.run(300)
        trades = simulator.tape.trades[start:]
        notional = int((trades["price"].astype(np.int64) * trades["size"]).sum())
        assert simulator.fees == pytest.approx(notional * 0.001 * (2.0 - exempt), abs=1.5)
        assert simulator.agents["cash"].sum() + simulator.fees == 0
        assert simulator.classes["cash"].sum() + simulator.fees == 0


def test_orders_must_rest_before_they_are_cancelled(warm: Simulator) -> None:
    simulator = Simulator(SCENARIO, 22, record_messages=True)
    simulator.warm_up()
    simulator.set_intervention("minimum_resting_time", time=5.0)
    simulator.tape.clear_rows()
    simulator.run(120)
    messages = simulator.tape.messages
    born = {m["order"]: m["time"] for m in messages if m["kind"] == 0}
    ages = [m["time"] - born[m["order"]] for m in messages if m["kind"] == 1 and m["order"] in born]
    assert len(ages) > 20 and min(ages) >= 5 * 10**9
    mine = simulator.submit("limit", 1, simulator.mid - 1.0, 1).order
    assert "rest longer" in simulator.cancel(mine).reason
    simulator.run(5.0)
    assert simulator.cancel(mine).accepted


def test_cancel_fees_are_collected(warm: Simulator) -> None:
    simulator = warm.fork()
    simulator.set_intervention("cancel_fee", fee=0.5)
    mine = simulator.submit("limit", 1, simulator.mid - 1.0, 8).order
    simulator.cancel(mine)
    assert simulator.fees == 4 and simulator.agents[0]["cash"] == -4
    simulator.run(60)
    assert simulator.fees > 4
    assert simulator.classes["cash"].sum() + simulator.fees == 0


def test_the_order_to_trade_cap_throttles(warm: Simulator) -> None:
    simulator = warm.fork()
    simulator.set_intervention("order_to_trade_cap", ratio=5.0, window=60.0)
    reports = [simulator.submit("limit", 1, simulator.mid - 1.0, 1) for _ in range(8)]
    assert [r.accepted for r in reports] == [True] * 5 + [False] * 3
    assert "order-to-trade" in reports[-1].reason
    simulator.run(60.0)
    assert simulator.submit("limit", 1, simulator.mid - 1.0, 1).accepted


def test_batch_auctions_trade_at_one_price_a_batch(warm: Simulator) -> None:
    simulator = warm.fork()
    simulator.set_intervention("batch_auction", interval=1.0)
    start = len(simulator.tape.trades)
    simulator.run(300)
    trades = simulator.tape.trades[start:]
    batches = trades[trades["auction"] == 1]
    assert len(batches) > 100 and len(batches) > 0.95 * len(trades)
    for time in np.unique(batches["time"]):
        assert len(np.unique(batches["price"][batches["time"] == time])) == 1
    simulator.set_intervention("batch_auction", False)
    simulator.run(5)
    assert simulator.phase == "continuous"


def test_the_kill_switch_blocks_and_clears(warm: Simulator) -> None:
    simulator = crashed(warm, "kill_switch", inventory=30.0)
    agents = simulator.agents
    blocked = agents["blocked"] > 0
    assert blocked.any() and simulator.alarms
    orders = simulator.snapshot().orders[0]
    resting = orders[orders["size"] > 0]
    assert not np.isin(resting["agent"], np.flatnonzero(blocked)).any()


def rl_trades(simulator: Simulator, left: float, right: float) -> int:
    """Trades between two times since the open with an RL trader on either side."""
    trades = simulator.tape.trades
    time = trades["time"] * 1e-9 - SCENARIO.market.warm_up
    sides = (trades["taker_class"] == RL) | (trades["maker_class"] == RL)
    return int((sides & (time > left) & (time <= right)).sum())


def with_rl_traders(warm: Simulator) -> Simulator:
    simulator = warm.fork()
    simulator.add_policy_traders(models.load_policy("calm-ppo"), 10, size=3)
    simulator.add_policy_traders(models.load_policy("calm-maker"), 4, size=3)
    return simulator


def test_the_ai_halt_stops_rl_traders_alone_and_for_a_while(warm: Simulator) -> None:
    simulator = with_rl_traders(warm)
    simulator.set_intervention("ai_halt", move=0.01, window=60.0, pause=120.0)
    simulator.run(120.0)
    assert rl_trades(simulator, 0.0, 120.0) > 20 and not simulator.alarms
    simulator.inject(stress_from_dict(CRASH))
    while not simulator.alarms:
        simulator.run(0.1)
        assert simulator.now < 600.0
    begun = simulator.now
    assert "halted 1 time" in str(simulator.alarms[0])
    agents, orders = simulator.agents, simulator.snapshot().orders[0]
    of_rl = np.flatnonzero(agents["kind"] == RL)
    resting = orders[orders["size"] > 0]
    assert len(resting) and not np.isin(resting["agent"], of_rl).any()
    simulator.run(119.0)
    assert rl_trades(simulator, begun, begun + 119.0) == 0
    assert (simulator.tape.trades["time"] * 1e-9 - 180.0 > begun).sum() > 500
    # While the fall goes on, the rule halts them again.
    simulator.run_until(900.0)
    assert "halted 4 times" in str(simulator.alarms[0])
    assert simulator.phase == "continuous" and phases(simulator) == []
    assert rl_trades(simulator, begun, 630.0) == 0 and rl_trades(simulator, 630.0, 900.0) > 20


def test_the_ai_halt_changes_no_market_without_rl_traders(warm: Simulator) -> None:
    halting, free = crashed(warm, "ai_halt", move=0.01), crashed(warm)
    assert halting.alarms and not free.alarms
    assert np.array_equal(halting.tape.trades, free.tape.trades)


def test_auctions_on_command_at_the_open_and_at_the_close() -> None:
    scenario = Scenario.model_validate(
        {
            "name": "day",
            "market": {
                "warm_up": "3min",
                "session": "10min",
                "opening_auction": "1min",
                "closing_auction": "2min",
            },
        }
    )
    simulator = Simulator(scenario, 23)
    simulator.warm_up()
    simulator.run(60)
    simulator.hold_auction(30.0)
    simulator.run_until(601.0)
    assert simulator.phase_changes == [
        (-60.0, "auction", "opening auction"),
        (0.0, "continuous", "opening auction"),
        (60.0, "auction", "operator"),
        (90.0, "continuous", "operator"),
        (480.0, "auction", "closing auction"),
        (600.0, "closed", "closing auction"),
    ]
    samples = simulator.tape.samples
    assert set(samples["phase"]) == {0, 2, 4}


def test_stop_orders_wait_for_their_price(warm: Simulator) -> None:
    simulator = warm.fork()
    below = round(simulator.mid - 0.30, 2)
    waiting = simulator.submit("stop", -1, None, 7, trigger=below)
    assert waiting.accepted and waiting.filled == 0 and waiting.order is not None
    reached = simulator.submit("stop", 1, None, 3, trigger=below)
    assert reached.filled == 3, "a buy stop below the last price is reached at once"
    cancelled = simulator.submit("stop", -1, None, 5, trigger=below)
    assert simulator.cancel(cancelled.order).accepted
    assert not simulator.cancel(cancelled.order).accepted
    simulator.inject(stress_from_dict(CRASH))
    simulator.run(300)
    assert simulator.agents[0]["inventory"] == 3 - 7
    sold = simulator.tape.trades
    sold = sold[(sold["taker"] == 0) & (sold["side"] == -1)]
    assert sold["price"].max() <= round(below * 100)


def test_latency_delays_but_loses_nothing(warm: Simulator) -> None:
    slow = Scenario.model_validate(
        {
            "name": "slow",
            "market": {"warm_up": "3min"},
            "population": {
                "market_makers": {"data_latency": "50ms", "order_latency": "50ms"},
                "institutions": {"order_latency": "1s", "latency_spread": 0.5},
            },
        }
    )
    simulator = Simulator(slow, 24)
    simulator.run(600)
    makers = simulator.agents[simulator.agents["kind"] == 1]
    assert (makers["latency"] == 100_000_000).all()
    institutions = simulator.agents[simulator.agents["kind"] == 4]
    assert len(set(institutions["latency"])) == 5
    orders = simulator.snapshot().orders[0]
    resting = orders[orders["size"] > 0]
    assert np.isin(resting["agent"], np.flatnonzero(simulator.agents["kind"] == 1)).sum() <= 5 * 6
    assert simulator.classes["maker_volume"][1] > 0
    assert simulator.classes["taker_volume"][4] > 0


@pytest.mark.parametrize("name", list(INTERVENTIONS))
def test_rules_keep_determinism_and_money(warm: Simulator, name: str) -> None:
    whole = crashed(warm, name, seconds=200.0)
    cut = warm.fork()
    cut.set_intervention(name)
    cut.inject(stress_from_dict(CRASH))
    for _ in range(40):
        cut.run(5.0)
    assert cut.tape.trades.tobytes() == whole.tape.trades.tobytes()
    for table in (whole.agents, whole.classes):
        assert table["cash"].sum() + whole.fees == 0
        assert table["inventory"].sum() == 0


def test_wrong_rules_are_refused(warm: Simulator) -> None:
    with pytest.raises(ValueError, match="intervention must be one of"):
        warm.fork().set_intervention("magic")
    with pytest.raises(ValueError, match='did you mean "ticks"'):
        warm.fork().set_intervention("velocity_logic", tick=3)
    with pytest.raises(ValueError, match="seconds must be a number"):
        warm.fork().hold_auction(1e300)
    with pytest.raises(ValueError, match="seconds must be a number"):
        warm.fork().run(float("inf"))
    with pytest.raises(ValueError, match=r"luld\.band"):
        warm.fork().set_intervention("luld", band=float("nan"))


def test_saved_markets_continue_bit_identically(warm: Simulator, tmp_path) -> None:
    simulator = crashed(warm, "luld", seconds=100.0)
    simulator.save(tmp_path / "market.npz")
    loaded = Simulator.load(tmp_path / "market.npz", SCENARIO)
    simulator.tape.clear_rows()
    simulator.run(200)
    loaded.run(200)
    assert loaded.tape.trades.tobytes() == simulator.tape.trades.tobytes()
    with pytest.raises(ValueError, match=r"\.npz: was saved from another scenario"):
        Simulator.load(tmp_path / "market.npz", Scenario(name="other"))
    np.savez(tmp_path / "other.npz", x=np.zeros(1))
    with pytest.raises(ValueError, match=r"\.npz: is not a saved market"):
        Simulator.load(tmp_path / "other.npz", SCENARIO)
