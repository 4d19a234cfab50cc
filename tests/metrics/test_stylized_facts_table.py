"""Verdicts, the table, and what is read out of a simulated session."""

from dataclasses import replace

import numpy as np
import pytest

from abm_desktop.market.simulator import Simulator
from abm_desktop.market.state import MESSAGE, TRADE
from abm_desktop.metrics.stylized_facts import suite as facts
from abm_desktop.metrics.stylized_facts.quotes import LevelVolumes, quotes_around, trade_groups
from abm_desktop.metrics.stylized_facts.sessions import simulate_session
from abm_desktop.metrics.stylized_facts.statements import FactNote
from abm_desktop.scenario.models import Market, Scenario

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("value", "low", "high", "verdict"),
    [
        (3.0, 2.5, 3.5, "PASS"),
        (3.0, 1.0, 9.0, "PASS"),
        (5.5, 4.9, 6.1, "WARN"),
        (5.5, 5.1, 6.1, "FAIL"),
        (1.5, 1.2, 2.0, "WARN"),
        (1.5, 1.2, 1.9, "FAIL"),
        (5.5, NAN, NAN, "FAIL"),
        (3.0, NAN, NAN, "PASS"),
        (NAN, NAN, NAN, "-"),
    ],
)
def test_verdicts(value, low, high, verdict):
    assert facts.judge(value, low, high, 2.0, 5.0) == verdict


def test_an_open_range_and_no_range():
    assert facts.judge(0.05, 0.03, 0.07, 0.04, INF) == "PASS"
    assert facts.judge(0.02, 0.01, 0.03, 0.04, INF) == "FAIL"
    assert facts.judge(0.02, 0.01, 0.03, -INF, INF) == "-"
    # "< 1" leaves 1 out, "0 to 1" does not.
    assert facts.judge(1.0, 1.0, 1.0, -INF, 1.0) == "FAIL"
    assert facts.judge(1.0, 0.9, 1.0, -INF, 1.0) == "WARN"
    assert facts.judge(0.0, NAN, NAN, 0.0, INF) == "FAIL"
    assert facts.judge(1.0, 1.0, 1.0, 0.0, 1.0) == "PASS"
    assert facts.judge(3.0, 0.0, 5.0, 0.0, 0.0) == "WARN"


@pytest.fixture(scope="module")
def scenario():
    return Scenario(name="short", market=Market(warm_up=60.0, session=2400.0))


@pytest.fixture(scope="module")
def sessions(scenario):
    return [simulate_session(scenario, seed) for seed in (11, 12)]


def test_a_session_has_one_value_a_second(sessions):
    for record in sessions:
        assert len(record.mid) == len(record.spread) == len(record.trade_price) == 2401
        assert len(record.volume) == 2400
        assert np.nanmin(record.spread) >= 1
        assert record.crossed == 0
        assert record.trade_time.min() >= 0 and record.trade_time.max() <= 2400


def test_the_response_to_every_trade_is_that_of_the_market(scenario):
    """Quotes found from messages agree with a market that is stopped around the trades."""
    simulator = Simulator(scenario, 11, record_messages=True)
    simulator.warm_up()
    simulator.tape.clear_rows()
    tick = scenario.market.tick_size
    levels = LevelVolumes.of(simulator, tick)
    mids, counts = [simulator.mid / tick], [0]
    for _ in range(4000):
        simulator.step()
        mids.append(simulator.mid / tick)
        counts.append(len(simulator.tape.trades))
    fills, rows = simulator.tape.trades, simulator.tape.messages
    trades = trade_groups(fills)
    fill_at = np.flatnonzero(rows["kind"] == 3)
    before, after = quotes_around(levels, rows, fill_at, fills, trades)
    assert levels.agrees_with(simulator, tick)
    assert len(trades) > 100
    done = trades["fills"].cumsum()
    checked = 0
    for k in range(len(trades)):
        step = int(np.searchsorted(counts, done[k]))
        alone = counts[step] - counts[step - 1] == trades["fills"][k]
        # What a marketable limit order leaves rests in the same step, after its trade.
        rested = np.any((rows["time"] == trades["time"][k]) & (rows["kind"] == 0))
        if alone and not rested:
            assert before[k] == pytest.approx(mids[step - 1])
            assert after[k] == pytest.approx(mids[step])
            checked += 1
    assert checked > 100


def test_parent_orders_are_those_of_the_institutions(scenario):
    """Polled parents agree with a market that is watched at every step."""
    end = 900.0
    scenario = scenario.model_copy(update={"market": Market(warm_up=60.0, session=end)})
    record = simulate_session(scenario, 11)
    simulator = Simulator(scenario, 11)
    simulator.warm_up()
    simulator.tape.clear_rows()
    agents = np.flatnonzero(simulator.agents["kind"] == 4)
    left = dict.fromkeys(agents)
    size = dict.fromkeys(agents, 0)
    seen, completed = 0, []
    for a in agents:
        left[a] = 0 if not simulator.agents["active"][a] else None
    while simulator.now < end:
        simulator.step()
        if simulator.now > end:
            break
        now = simulator.agents
        for fill in simulator.tape.trades[seen:]:
            if fill["taker"] in left:
                size[fill["taker"]] += int(fill["size"])
        seen = len(simulator.tape.trades)
        for a in agents:
            remaining = int(now["remaining"][a]) if now["active"][a] else 0
            if remaining == 0 and size[a] and left[a] != 0:
                if left[a] is not None:
                    completed.append(size[a])
                size[a], left[a] = 0, 0
            elif remaining and left[a] is not None:
                left[a] = remaining
            elif remaining == 0 and left[a] is None:
                size[a], left[a] = 0, 0
    got = sorted(record.parent_size.astype(int).tolist())
    assert len(got) > 50
    common = len(set(got) & set(completed)) / len(set(completed))
    assert common > 0.95
    # Two of one side between two polls are one.
    assert len(got) == pytest.approx(len(completed), rel=0.06)
    assert sum(got) == pytest.approx(sum(completed), rel=0.03)


def test_lifetimes_and_arrivals(sessions):
    for record in sessions:
        assert record.additions > record.cancellations > 0.5 * record.additions
        assert record.lifetimes.min() > 60.0 and record.lifetimes.max() < 2400.0
        assert record.message_gaps.counts.sum() > record.trade_gaps.counts.sum() > 100
        assert record.depth_looks == 2 * 240


def test_the_table_measures_every_row_of_the_suite(sessions):
    table = facts.measure(sessions, resamples=50)
    numbers = {fact.number for fact in table}
    expected = "1 2 3 4 4b 5 6 7 8 9 10 10b 11 12 13 14 15 16 16b 17"
    assert numbers == set(expected.split())
    for fact in table:
        assert fact.source
        assert fact.verdict in ("PASS", "NOT SHOWN", "WARN", "FAIL", "-")
        assert np.isfinite(fact.value) or fact.note
    by_name = {fact.name: fact for fact in table}
    assert by_name["Spread: seconds with a crossed book"].verdict == "PASS"
    assert by_name["Order signs: lag 1"].low < by_name["Order signs: lag 1"].high


def test_what_one_session_decides_is_not_shown(sessions):
    """Kurtosis of nine quiet days and one with a jump, and of ten days with a jump each."""
    rng = np.random.default_rng(3)

    def day(jump):
        steps = rng.standard_normal(3600)
        steps[1800] += jump
        return replace(sessions[0], mid=10_000.0 + np.cumsum(steps))

    def kurtosis(jumps):
        table = facts.measure([day(jump) for jump in jumps], resamples=100)
        return next(fact for fact in table if fact.name.startswith("Excess kurtosis"))

    alone, all_of_them = kurtosis([0.0] * 9 + [75.0]), kurtosis([45.0] * 10)
    assert 3.0 < alone.value < 50.0 and 3.0 < all_of_them.value < 50.0
    assert (alone.verdict, all_of_them.verdict) == ("NOT SHOWN", "PASS")
    assert "one session" in str(alone.note) and all_of_them.note is None
    # The interval is that of the resamples alone.
    assert alone.low < 1.0


@pytest.mark.parametrize(
    ("drift", "spread", "count", "verdict"),
    [
        (-27.0, 60.0, 120, "FAIL"),  # basis points: mean and standard deviation of the sessions
        (-27.0, 60.0, 24, "WARN"),
        (0.0, 60.0, 120, "PASS"),
        (-27.0, 60.0, 1, "-"),
    ],
)
def test_a_drift_is_told_by_the_mean_return_and_its_interval(
    sessions, drift, spread, count, verdict
):
    rows = np.random.default_rng(4).standard_normal(count)
    if count > 1:
        rows = (rows - rows.mean()) / rows.std(ddof=1)
    moves = 1e-4 * (drift + spread * rows)
    days = [
        replace(sessions[0], mid=10_000.0 * np.exp(np.linspace(0.0, move, 601))) for move in moves
    ]
    (row,) = [fact for fact in facts.measure(days, resamples=500) if fact.number == "17"]
    assert row.verdict == verdict, (row.value, row.low, row.high)
    assert row.value == pytest.approx(1e4 * moves.mean())
    assert row.gate == "report"
    assert (row.note is not None) == (verdict in ("WARN", "FAIL"))
    if count > 1:
        error = spread / count**0.5
        assert row.high - row.low == pytest.approx(2 * 1.96 * error, rel=0.2)


def test_a_market_without_institutions_says_so(scenario):
    population = scenario.population
    alone = scenario.model_copy(
        update={
            "market": Market(warm_up=10.0, session=120.0),
            "population": population.model_copy(
                update={"institutions": population.institutions.model_copy(update={"count": 0})}
            ),
        }
    )
    table = facts.measure([simulate_session(alone, 1)])
    impact = next(fact for fact in table if fact.number == "10")
    assert impact.verdict == "-"
    assert impact.note == FactNote("no_institutions")
    assert impact.as_json()["value"] is None


def test_without_messages_their_facts_are_missing(scenario):
    short = scenario.model_copy(update={"market": Market(warm_up=10.0, session=120.0)})
    table = facts.measure([simulate_session(short, 1, messages=False)])
    lifetimes = next(fact for fact in table if fact.number == "14")
    assert lifetimes.note == FactNote("not_recorded")


def test_fills_of_one_order_are_one_trade():
    fills = np.zeros(5, TRADE)
    fills["time"] = [1, 1, 1, 2, 2]
    fills["taker"] = [7, 7, 8, 8, 8]
    fills["side"] = [1, 1, 1, -1, -1]
    fills["size"] = [2, 3, 4, 5, 6]
    merged = trade_groups(fills)
    np.testing.assert_array_equal(merged["size"], [5, 4, 11])
    np.testing.assert_array_equal(merged["fills"], [2, 1, 2])
    assert len(trade_groups(fills[:0])) == 0


def test_quotes_around_a_trade_that_takes_a_level():
    levels = LevelVolumes(np.array([0, 1, 1]), np.array([98, 100, 103]), np.array([5, 2, 9]))
    messages = np.zeros(2, MESSAGE)
    messages["kind"] = [0, 3]  # a bid at 99, then a buyer takes the offer at 100
    messages["side"], messages["price"] = [1, -1], [99, 100]
    messages["size"] = [1, 2]
    fills = np.zeros(1, TRADE)
    fills["side"], fills["price"], fills["size"] = 1, 100, 2
    before, after = quotes_around(levels, messages, np.array([1]), fills, trade_groups(fills))
    assert (before[0], after[0]) == (99.5, 101.0)
