"""Another theme: what is seen changes at once and is not laid out again; the rest follows."""

from fake_live import make_snapshot
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QWidget

from abm_desktop.ui import theme
from abm_desktop.ui.dressing import set_tone
from abm_desktop.ui.widgets.plots import make_plot


class Heard(QObject):
    """What happens to a widget."""

    def __init__(self, widget):
        super().__init__(widget)
        self.kinds = []
        widget.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802
        self.kinds.append(event.type())
        return False


def written_in(label):
    return label.palette().color(label.foregroundRole())


def test_what_is_seen_changes_at_once_and_the_rest_within_moments(qtbot, qapp, window, live):
    shown, hidden = window.market.quotes.figures["bid"].value, QLabel("no one sees me")
    hidden.setObjectName("panelNote")
    hidden.setParent(window.making.pages[0])
    hidden.ensurePolished()
    price = window.market.price
    heard = Heard(shown)
    assert shown.isVisible() and not hidden.isVisible()
    try:
        theme.apply(qapp, "light")
        colors = theme.current().colors
        assert written_in(shown) == QColor(colors.bid)
        assert QEvent.Type.StyleChange not in heard.kinds
        assert QEvent.Type.PaletteChange in heard.kinds
        assert price.backgroundBrush().color() == QColor(colors.panel)
        qtbot.waitUntil(lambda: written_in(hidden) == QColor(colors.muted))
        # A chart on a page behind takes the colours when it comes into view.
        window.tabs.setCurrentIndex(0)
        theme.apply(qapp, "high-contrast")
        assert price.backgroundBrush().color() == QColor(colors.panel)
        window.tabs.setCurrentIndex(1)
        assert price.backgroundBrush().color() == QColor(theme.current().colors.panel)
    finally:
        theme.apply(qapp, "dark")
    live.snapshot = make_snapshot(trades=9)
    window.draw()
    set_tone(shown, "danger")
    assert written_in(shown) == QColor(theme.current().colors.danger)


def test_a_chart_is_a_few_widgets(qtbot, qapp):
    before = len(qapp.allWidgets())
    chart = make_plot("Price", "time", "price")
    qtbot.addWidget(chart)
    line = chart.add_line("bid")
    line.setData([0.0, 1.0], [1.0, 2.0])
    # A view with its two scroll bars, and no forms for a menu that it does not have.
    assert len(qapp.allWidgets()) - before < 10
    assert chart.getPlotItem().getMenu() is None
    assert not [w for w in qapp.topLevelWidgets() if type(w) is QWidget and w.children()]
