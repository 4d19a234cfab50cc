"""The heatmap: what it keeps, what it draws where, and that it is switched and remembered."""

import itertools

import numpy as np
import pytest
from fake_live import make_snapshot
from PySide6.QtCore import QRectF

from abm_desktop.desk.book_store import BookStore
from abm_desktop.desk.heat_contrast import Contrast
from abm_desktop.desk.phase_bands import Interruption
from abm_desktop.live import Mark
from abm_desktop.market.statements import StressInjected
from abm_desktop.ui import theme
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.ui.market.heat_bar import _apart
from abm_desktop.ui.market.heatmap import COLUMNS, ROWS, Heatmap, color_table
from abm_desktop.ui.market.trade_dots import bubbles


def book(bid=100.0, lots=10.0, tick=0.01):
    """Two sides of one level each, a tick apart."""
    return {
        "bids": np.array([[bid, lots, 1.0]]),
        "asks": np.array([[bid + tick, lots + 1, 1.0]]),
    }


def filled(times, **changes):
    books = BookStore()
    for k, time in enumerate(times):
        books.take(make_snapshot(30, time=float(time), **{**book(lots=10.0 + k), **changes}))
    return books


def test_store_keeps_books_in_order_and_starts_afresh_with_a_new_market():
    books = filled([1, 2, 2, 3])
    assert books.time.tolist() == [1, 2, 3]
    # A second look at the same moment replaces the first.
    assert books.lots[1, 0] == 12.0 and books.ticks[1, 0] == 10_000
    assert books.lots[1, BookStore.LEVELS] == 13.0 and books.lots[1, 1:50].sum() == 0
    books.take(make_snapshot(30, time=0.0, generation=2))
    assert books.time.tolist() == [0.0]


def test_store_thins_its_older_half_when_full(monkeypatch):
    monkeypatch.setattr(BookStore, "CAPACITY", 64)
    books = filled(range(65))
    assert books.time.tolist() == [*range(0, 32, 2), *range(32, 65)]


def test_lots_are_drawn_at_their_time_and_price(qapp):
    heat = Heatmap(filled(range(100)))
    heat.show_books(0.01, 0.0, 100.0, 99.8, 100.2, 99.0)
    assert heat.lots_at(50.5, 100.0) == 60.0
    assert heat.lots_at(50.5, 100.01) == 61.0
    assert heat.lots_at(50.5, 100.05) == 0.0
    assert np.isnan(heat.lots_at(99.9, 100.0)) and np.isnan(heat.lots_at(-5.0, 100.0))


def test_a_frame_draws_only_the_new_columns_and_gives_the_same_picture(qapp, monkeypatch):
    rng = np.random.default_rng(3)
    books, heat = BookStore(), None
    drawn = []
    fill = Heatmap._fill
    monkeypatch.setattr(
        Heatmap, "_fill", lambda self, a, b, n: (drawn.append(b - a), fill(self, a, b, n))
    )
    for k in range(400):
        bid = round(100 + 0.01 * float(rng.integers(-20, 20)), 2)
        books.take(make_snapshot(30, time=0.25 * k, **book(bid, 1.0 + k)))
        heat = heat or Heatmap(books)
        # The window of sixty seconds slides, and its ring wraps around.
        left = max(0.0, 0.25 * k - 55.0)
        heat.show_books(0.01, left, left + 60.0, 99.7, 100.3, 0.25 * k)
    assert max(drawn) <= 5
    fresh = Heatmap(books)
    fresh.show_books(0.01, left, left + 60.0, 99.7, 100.3, 0.25 * k)
    assert fresh._view == heat._view
    columns = np.arange(*heat._view) % COLUMNS
    assert np.array_equal(heat._lots[:, columns], fresh._lots[:, columns])


def test_what_was_not_seen_is_left_empty(qapp):
    heat = Heatmap(filled([0, 10, 90]))
    heat.show_books(0.01, 0.0, 100.0, 99.8, 100.2, 95.0)
    assert heat.lots_at(5.0, 100.0) == 10.0
    assert np.isnan(heat.lots_at(50.0, 100.0)) or heat.lots_at(50.0, 100.0) == 0.0
    assert heat.lots_at(91.0, 100.0) == 12.0


def test_a_wide_range_of_prices_gathers_ticks_into_rows(qapp):
    heat = Heatmap(filled(range(10)))
    heat.show_books(0.01, 0.0, 10.0, 90.0, 110.0, 9.0)
    assert heat._row > 1 and heat._row * ROWS * 3 / 4 >= 2000
    assert heat.lots_at(5.5, 100.0) == pytest.approx(15.0 + 16.0)


@pytest.mark.parametrize("name", theme.THEMES)
def test_colours_run_from_the_panel_to_the_strongest(name, qapp):
    colors = theme.THEMES[name].colors
    table = color_table(colors.heat)
    assert f"#{table[0] & 0xFFFFFF:06x}" == colors.heat[0] == colors.panel
    assert f"#{table[-1] & 0xFFFFFF:06x}" == colors.heat[-1]


def test_bubbles_gather_trades_by_volume():
    time, price = np.array([0.1, 0.4, 2.2]), np.array([10.0, 11.0, 12.0])
    x, y, lots = bubbles(time, price, np.array([1.0, 3.0, 5.0]), 1.0)
    assert lots.tolist() == [4.0, 5.0] and y.tolist() == [10.75, 12.0]
    assert x[0] == pytest.approx(0.325)


def test_a_contrast_says_what_its_colours_stand_for():
    lots = np.array([0.0, 1.0, 10.0, 100.0])
    log, linear = Contrast(), Contrast(is_linear=True)
    assert log.share(lots, 100.0)[-1] == linear.share(lots, 100.0)[-1] == 1.0
    assert log.share(10.0, 100.0) > 0.5 > linear.share(10.0, 100.0) == pytest.approx(0.1)
    assert linear.labels(100.0) == [0.0, 50.0, 100.0]
    picture = np.arange(200.0).reshape(20, 10)
    for percent in (90, 99, 100):
        top = Contrast(percent=percent).top(picture, 0.0)
        assert (picture[picture > 0] <= top).mean() == pytest.approx(percent / 100, abs=0.01)
        # A little more or less changes nothing: no flicker.
        assert Contrast(percent=percent).top(1.2 * picture, top) == top
    assert Contrast(percent=90).top(np.zeros((3, 3)), 7.0) == 7.0


def test_the_scale_of_colours_is_shown_chosen_and_remembered(qtbot, window, live, settings):
    bar, heat = window.market.price.heat_bar, window.market.price.heat
    assert bar.isVisible() and heat.top > 0
    assert bar.labels[0] == (0.0, "0") and bar.labels[-1][0] <= 1.0
    assert bar.unit == ("lots" if heat.row_ticks == 1 else f"lots in {heat.row_ticks} ticks")
    before = heat._pixels.copy()
    choices = {a.text().replace("&", "").partition(":")[0]: a for a in bar.contrast_menu.actions()}
    linear = choices["Linear"]
    largest = bar.contrast_menu.actions()[-1]
    linear.trigger()
    largest.trigger()
    assert heat.contrast == Contrast(True, 100)
    assert not np.array_equal(before, heat._pixels)
    first, last = heat._view
    assert heat.top == heat._lots[:, np.arange(first, last) % COLUMNS].max()
    brightest = heat._pixels[:, np.arange(first, last) % COLUMNS].max()
    assert brightest == color_table(theme.current().colors.heat).max()
    window.grab()
    (shades,) = heat.figure_layers(theme.current().colors)
    assert shades.is_linear and shades.most == heat.top
    # It leaves the corner that the price runs through, unless it runs through both.
    x, span = np.array([0.0, 10.0, 290.0]), ((0.0, 300.0), (99.0, 101.0))
    bar.keep_clear(x, np.full(3, 100.9), *span)
    below = bar.geometry()
    assert not bar.is_above and below.bottom() < window.market.price.height()
    for prices, above in (((100.0, 100.1, 99.1), False), ((99.1, 99.2, 100.9), True),
                          ((100.0, 100.0, 99.1), True), ((100.9, 99.1, 100.0), True),
                          ((100.9, 100.9, 99.1), False)):  # fmt: skip
        bar.keep_clear(x, np.array(prices), *span)
        assert bar.is_above == above and (bar.y() < below.y()) == above, prices
    assert bar.geometry() == below
    # The menu of the window has the choice too.
    assert bar.contrast_menu.menuAction() in window.menus.view.actions()
    again = MainWindow(live, settings)
    qtbot.addWidget(again)
    assert again.market.price.heat.contrast == Contrast(True, 100)
    again.session.close()
    settings.set_number("heat_percent", 12)
    assert window.controls.stored_contrast() == Contrast(True, 0)
    window.commands["view.heatmap"].trigger()
    assert not bar.isVisible()


def test_heatmap_is_switched_and_remembered(qtbot, window, live, settings):
    assert window.market.price.shows_heat and window.market.price_panel.heat_button.isChecked()
    window.market.price_panel.heat_button.click()
    assert not window.market.price.shows_heat
    assert not window.commands["view.heatmap"].isChecked()
    window.grab()
    again = MainWindow(live, settings)
    qtbot.addWidget(again)
    assert not again.market.price.shows_heat
    again.commands["view.heatmap"].trigger()
    assert again.market.price.shows_heat and again.market.price_panel.heat_button.isChecked()
    again.session.close()


def test_books_and_trades_are_remembered_while_another_tab_shows(window, live):
    window.commands["view.analytics"].trigger()
    for k in range(5):
        live.show(time=700.0 + k)
        window.draw()
    assert len(window.market.price.books) == 6
    window.commands["view.market"].trigger()
    window.grab()
    assert window.market.price.heat.boundingRect().height() > 0


@pytest.mark.parametrize("width", [60, 150, 400])
def test_numbers_below_the_colours_do_not_touch_and_the_largest_stays(width):
    labels = [(0.0, "0"), (0.3, "10"), (0.55, "100"), (0.8, "1,000"), (0.95, "10,000")]
    shown = _apart(QRectF(8, 0, width, 8), labels, lambda text: 7 * len(text))
    assert shown[0][2] == "10,000" and (len(shown) == 5) == (width == 400)
    ends = [(x, x + wide) for x, wide, _ in reversed(shown)]
    assert all(end < x for (_, end), (x, _) in itertools.pairwise(ends))
    assert ends[0][0] >= 8 and ends[-1][1] <= 8 + width


def test_the_scale_hides_nothing_that_is_written(window, live):
    price = window.market.price
    bar = price.heat_bar
    left, right = price.span_x
    at = left + 0.01 * (right - left)
    live.show(marks=(Mark(at, StressInjected("flash_crash", 0.05)),))
    window.draw()
    price.show_bands((Interruption(at, at + 0.5 * (right - left), "halted"),))
    assert bar.isVisible()
    for above in (True, False):
        bar.is_above = above
        bar.place(bar._area)
        price.show_cursor(at, "\n".join(["0:01 mid 100.005"] * 12))
        price.grab()
        written = [price.cursor_box, *price.band_labels, *(box for _, box in price.mark_names)]
        assert len(written) == 3 and all(box.width() > 20 for box in written)
        assert not any(box.intersects(bar.geometry().toRectF()) for box in written)
