"""Names of stresses and other marks: in every chart that draws their lines, none over another."""

import itertools

from abm_desktop.live import Mark
from abm_desktop.market.statements import StressInjected
from abm_desktop.ui.widgets.mark_labels import place_labels
from abm_desktop.ui.widgets.time_plot import TimePlot

ONE_WINDOW = True

KINDS = ("flash_crash", "volatility_spike", "liquidity_shock", "short_squeeze")


def boxes(labels):
    return [(label.row, label.left, label.left + label.width) for label in labels]


def overlap(labels):
    return any(
        a[0] == b[0] and a[1] < b[2] and b[1] < a[2]
        for a, b in itertools.combinations(boxes(labels), 2)
    )


def test_each_name_has_a_place_of_its_own_inside_the_chart():
    at = [10.0, 15.0, 22.0, 300.0, 395.0]
    placed = place_labels(at, [100.0] * 5, 0.0, 400.0, 3)
    assert [label.number for label in placed] == [4, 3, 2, 1, 0]
    assert not overlap(placed)
    assert all(label.left >= 0 and label.left + label.width <= 400 for label in placed)
    assert {label.number: label.row for label in placed} == {4: 0, 3: 1, 2: 0, 1: 1, 0: 2}


def test_without_room_a_name_is_cut_and_then_left_out():
    placed = place_labels([0.0, 50.0, 52.0], [100.0] * 3, 0.0, 400.0, 1)
    assert [(label.number, label.left, label.width) for label in placed] == [
        (2, 54.0, 100.0), (0, 2.0, 50.0)]  # fmt: skip


def test_names_keep_their_rows_while_the_chart_slides():
    at = [40.0, 60.0, 75.0, 130.0, 210.0]

    def rows(shift):
        placed = place_labels([x - shift for x in at], [90.0] * 5, 0.0, 400.0, 3)
        return {label.number: label.row for label in placed}

    whole = rows(0.0)
    for shift in range(0, 200, 7):
        assert rows(shift).items() <= whole.items()


def test_stresses_bear_their_names_in_all_charts_of_market_and_analytics(qtbot, window, live):
    times = (400.0, 404.0, 520.0, 580.0)
    marks = tuple(Mark(t, StressInjected(k, 0.05)) for t, k in zip(times, KINDS, strict=True))
    live.show(marks=marks)
    window.draw()
    market = window.market
    for name in ("flow", "spread"):
        market.desk.docks[name].raise_()
        qtbot.waitUntil(lambda name=name: market.desk.docks[name].in_front)
        window.draw()
        window.grab()
    charts = list(market.time_charts)
    window.commands["view.analytics"].trigger()
    window.draw()
    window.grab()
    drawn = [c for c in window.analytics.findChildren(TimePlot) if c.isVisible() and c.mark_lines]
    assert drawn
    for chart in charts + drawn:
        shown = chart.mark_names
        assert shown, chart.accessibleName()
        assert shown[0][0].startswith("Short")
        area = chart.getPlotItem().getViewBox().sceneBoundingRect()
        for (_a, one), (_b, other) in itertools.combinations(shown, 2):
            assert not one.intersects(other), chart.accessibleName()
        assert all(area.contains(box.adjusted(0, 0, -1, 0)) for _name, box in shown)
    # What there is no room to write, the cursor tells.
    market.price.show_cursor(400.0, "at")
    chart = market.price
    near = chart._marks_at(chart._mark_pixels()[0])
    assert near[0].startswith("Flash crash") and len(near) <= 2
