"""Volume profile, footprint, and marks of RL traders: what they add up, draw, tell and remember."""

import math

import numpy as np
import pytest
from fake_live import FakeLive, make_snapshot

from abm_desktop.desk.figures.content import Boxes, Candles, SideBars
from abm_desktop.desk.figures.drawing import render
from abm_desktop.desk.figures.look import Look
from abm_desktop.desk.rl_trades import RlTrades, gather
from abm_desktop.desk.volume_profile import (
    footprint,
    row_size,
    trades_of_session,
    volume_profile,
)
from abm_desktop.live import TRADER_CLASSES, RlGroup
from abm_desktop.market.state import TRADE
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.widgets.chart_export import chart_columns
from abm_desktop.ui.widgets.figure_reading import content_of

NOISE, RL = TRADER_CLASSES.index("noise"), TRADER_CLASSES.index("rl")
GROUPS = (RlGroup(100, 5, "dr1", "directional"), RlGroup(105, 5, "quoter", "maker"))


def fills(*rows):
    """Fills of (seconds, ticks, lots, side, taker, maker): rows from 100 on are RL traders'."""
    table = np.zeros(len(rows), TRADE)
    for k, (time, ticks, size, side, taker, maker) in enumerate(rows):
        table[k]["time"], table[k]["price"], table[k]["size"] = round(time * 1e9), ticks, size
        table[k]["side"], table[k]["auction"] = side or 1, side == 0
        for role, agent in (("taker", taker), ("maker", maker)):
            table[k][role] = agent
            table[k][f"{role}_class"] = RL if agent >= 100 else NOISE
    return table


SOME = fills(
    (1.0, 10_000, 3, 1, 0, 1), (2.0, 10_001, 4, -1, 0, 1), (6.0, 10_001, 5, 1, 0, 1),
    (7.0, 10_003, 2, 0, 0, 1), (8.5, 10_001, 6, -1, 0, 1),
)  # fmt: skip


def test_lots_are_added_up_by_price_and_by_bar():
    snapshot = make_snapshot(fills=SOME, trades=len(SOME))
    trades = trades_of_session(snapshot, 1.5, 8.0)
    assert trades.time.tolist() == [2.0, 6.0, 7.0] and trades.since == -math.inf
    trades = trades_of_session(snapshot, 0.0, 9.0)
    profile = volume_profile(trades, 10_000, 10_003, 1)
    assert profile.bought.tolist() == [3, 5, 0, 0] and profile.sold.tolist() == [0, 10, 0, 0]
    assert profile.untold.tolist() == [0, 0, 0, 2]  # an auction has no aggressor
    coarse = volume_profile(trades, 10_001, 10_003, 2)
    assert (coarse.base, coarse.row) == (10_000, 2)
    assert coarse.total.tolist() == [18, 2]
    cells = footprint(trades, 5.0, 1)
    table = list(zip(cells.start, cells.ticks, cells.bought, cells.sold, cells.untold, strict=True))
    assert table == [
        (0, 10_000, 3, 0, 0), (0, 10_001, 0, 4, 0), (5, 10_001, 5, 6, 0), (5, 10_003, 0, 0, 2)
    ]  # fmt: skip
    assert [row_size(ticks, 20) for ticks in (5, 20, 21, 90, 400, 1300)] == [1, 1, 2, 5, 20, 100]


def test_what_is_no_longer_kept_is_told():
    trades = trades_of_session(make_snapshot(fills=SOME, trades=len(SOME) + 7), 0.0, 9.0)
    assert trades.since == 1.0
    assert trades_of_session(make_snapshot(fills=SOME, trades=12), 1.5, 9.0).since == -math.inf


def test_trades_of_rl_traders_are_taken_once_from_either_side():
    some = fills(
        (1.0, 100, 3, 1, 100, 1), (2.0, 101, 4, 1, 0, 106), (3.0, 102, 5, -1, 106, 101),
        (4.0, 103, 9, 1, 0, 1),
    )  # fmt: skip
    store = RlTrades()
    for n in (0, 1, 1, 3, 4):
        store.take(make_snapshot(fills=some[:n], trades=n))
    rows = store.between(0.0, 10.0)
    told = [tuple(row) for row in rows[["time", "side", "size", "agent"]].tolist()]
    assert told == [
        (1.0, 1, 3, 100), (2.0, -1, 4, 106), (3.0, -1, 5, 106), (3.0, 1, 5, 101)
    ]  # fmt: skip
    found = gather(rows[rows["side"] == 1], 10.0)
    assert found.fills.tolist() == [2] and found.lots.tolist() == [8]
    assert found.time.tolist() == [3.0] and found.price[0] == pytest.approx((300 + 510) / 8)
    store.take(make_snapshot(fills=some[:1], trades=1, generation=2))
    assert len(store) == 1


def test_a_store_of_trades_stays_bounded(monkeypatch):
    monkeypatch.setattr(RlTrades, "CAPACITY", 16)
    store = RlTrades()
    every = fills(*[(float(k), 100, 1, 1, 100, 0) for k in range(50)])
    for n in range(0, 51, 5):
        store.take(make_snapshot(fills=every[:n], trades=n))
    kept = store.between(0.0, 100.0)["time"]
    assert 8 <= len(kept) <= 16 and kept[-1] == 49.0 and (np.diff(kept) == 1).all()


@pytest.fixture
def trading(qtbot, settings):
    rows = []
    history = make_snapshot().history
    for second in range(300, 599):
        ticks = round(float(history.mid[second]) * 100)
        taker = 100 if second % 10 == 0 else 107 if second % 10 == 5 else 3
        rows.append((float(second), ticks, 1 + second % 3, 1 if second % 20 else -1, taker, 4))
    some = fills(*rows)
    live = FakeLive(make_snapshot(fills=some, trades=len(some), rl_groups=GROUPS))
    window = MainWindow(live, settings)
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    window.frame_timer.stop()
    window.draw()
    yield window
    window.session.close()


def test_a_walk_through_the_layers(qtbot, trading, settings):
    market, chart, layers = trading.market, trading.market.price, trading.market.price.layers
    fill = trading.session.live.snapshot.fills

    # The profile of the time on show, by aggressor.
    assert not layers.shows_profile and layers.shows_rl
    trading.commands["view.profile"].trigger()
    left, right = chart.span_x
    shown = fill[(fill["time"] >= left * 1e9) & (fill["time"] <= right * 1e9)]
    profile = layers.profile.profile
    assert profile.bought.sum() == shown["size"][shown["side"] > 0].sum() > 0
    assert profile.sold.sum() == shown["size"][shown["side"] < 0].sum() > 0
    price = float(shown["price"][-1]) / 100
    at = shown["size"][shown["price"] // profile.row == shown["price"][-1] // profile.row].sum()
    assert f"traded {at}:" in chart.describe(trading.snapshot, right, price)
    market.set_window(0)
    assert layers.profile.profile.total.sum() < profile.total.sum()
    trading.grab()

    # Footprints are candles with numbers; both go together.
    trading.commands["view.footprint"].trigger()
    assert chart.shows_candles and trading.commands["view.candles"].isChecked()
    cells = layers.footprint.cells
    assert cells.width == layers.bar_width(*chart.span_x)
    assert (cells.bought + cells.sold).sum() == layers.profile.profile.total.sum()
    trading.grab()
    # Figures and CSV files have both.
    content = content_of(chart)
    kinds = {type(layer): layer for layer in content.panels[0].layers}
    assert {SideBars, Candles, Boxes} <= set(kinds)
    share = sum(share.max() for _name, _color, share in kinds[SideBars].parts)
    assert 0.2 <= share <= 0.4 + 1e-9
    assert len(kinds[Boxes].texts) == len(cells.start) and " × " in kinds[Boxes].texts[0]
    assert kinds[Candles].body[1] < 0.2
    svg = render(content, Look(), ".svg").decode()
    assert kinds[Boxes].texts[0] in svg and "Lots bought" in svg and "Lots sold" in svg
    told = chart_columns(chart)
    assert told["footprint bought"].sum() == told["profile bought"].sum() == cells.bought.sum()
    assert told["profile price"][0] == pytest.approx(layers.profile.profile.base / 100)
    trading.commands["view.candles"].trigger()
    assert not any(name.startswith("footprint") for name in chart_columns(chart))
    assert not layers.shows_footprint and not trading.commands["view.footprint"].isChecked()

    # A mark stands for every fill that is near, and says so.
    market.set_window(1)
    marks = layers.rl_marks
    by_rl = shown[shown["taker_class"] == RL]
    assert sum(int(count.sum()) for *_rest, count in marks.shown) == len(by_rl)
    legend = [words for _role, words in marks.legend]
    assert legend[:2] == ["▲▼ dr1", "▲▼ quoter (maker)"]
    group, side, times, prices, lots, _fills = marks.shown[0]
    mark = marks.at(times[0], prices[0])
    assert (mark.group, mark.side, mark.lots) == (GROUPS[group], side, lots[0])
    assert mark.words in chart.describe(trading.snapshot, times[0], prices[0])
    assert mark.words.startswith("dr1 bought")
    # A click on it looks at its moment, not at the pixel beside it.
    assert chart.snapped(times[0] + 0.4, prices[0]) == times[0]
    assert chart.snapped(times[0] + 0.4, prices[0] + 5.0) == times[0] + 0.4
    trading.grab()
    trading.commands["view.rl_trades"].trigger()
    assert not marks.shown and chart.snapped(times[0] + 0.4, prices[0]) != times[0]
    again = MainWindow(FakeLive(make_snapshot()), settings)
    qtbot.addWidget(again)
    assert [again.market.price.layers.shows(n) for n in ("profile", "footprint", "rl_trades")] == [
        True, False, False]  # fmt: skip
    again.session.close()
