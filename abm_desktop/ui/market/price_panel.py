"""The panel of the price and the volume, with what its title line offers."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QMenu, QToolButton, QVBoxLayout, QWidget

from abm_desktop.live import MarketSnapshot
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.market.price_chart import WINDOWS, PriceChart
from abm_desktop.ui.market.title_line import Spring, segment
from abm_desktop.ui.market.volume_chart import VolumeChart
from abm_desktop.ui.widgets.panel import Legend, Panel
from abm_desktop.ui.widgets.segments import segment_row

__all__ = ["LAYERS", "PricePanel"]

LAYERS = ("profile", "footprint", "rl_trades")
"""What can be laid over the price chart; each has a command of the menu View."""


class PricePanel(Panel):
    """The price over the volume. Whoever makes it listens to ``live_button`` and ``windows``."""

    def __init__(self, price: PriceChart, volume: VolumeChart, commands: CommandTable) -> None:
        super().__init__("Price", _body(price, volume))
        self._price = price
        self.note.hide()
        self.legend = Legend()
        self.legend.setToolTip(
            "Mid price, best bid and ask, and the fundamental value. Trades are dots, or "
            "bubbles of their size: blue where the buyer was the aggressor, orange where the "
            "seller was. At a high speed not all trades reach the window: those shown are then "
            "a sample."
        )
        self.add_control(self.legend, optional=True)
        self.sampled_legend = Legend()
        self.add_control(self.sampled_legend, optional=True)
        self.add_control(Spring())
        self.live_button = QToolButton()
        """Back to the present."""
        self.live_button.setText("Back to now")
        self.live_button.setToolTip(
            "The charts stand still in the past; follow the market again (double click)"
        )
        self.live_button.setAccessibleName("Follow the market again")
        self.live_button.hide()
        self.add_control(self.live_button)
        self.prices_button = QToolButton()
        self.prices_button.setDefaultAction(commands["view.all_prices"])
        commands["view.all_prices"].setIconText("All prices")
        self.prices_button.setAccessibleName("Show all prices again")
        self.prices_button.hide()
        self.add_control(self.prices_button)
        self.candle_button = segment(
            commands, "view.candles", "Candles", "Candles of the mid price"
        )
        self.add_control(self.candle_button)
        self.heat_button = segment(commands, "view.heatmap", "Heatmap", "Order-book heatmap")
        self.add_control(self.heat_button)
        self.layers_button = _layers_button(commands)
        self.add_control(self.layers_button)
        self.windows = _window_buttons(self)
        """A button for each of ``WINDOWS``, by its place there."""
        self.add_control(segment_row(self.windows.buttons()))

    def show_legend(self, snapshot: MarketSnapshot) -> None:
        """Name the lines that the chart shows of a market."""
        entries = [("mid", "mid"), ("bid", "bid"), ("ask", "ask")]
        if not snapshot.is_replay:
            entries.append(("fundamental", "value"))
        sampled = [("muted", "trades sampled")] if self._price.trades.missed else []
        if self._price.shows_indicative:
            sampled.insert(0, ("accent", "indicative"))
        changed = self.legend.set_entries(entries)
        if self.sampled_legend.set_entries(sampled) or changed:
            self.fit_controls()

    def offer_ways_back(self, *, held: bool, zoomed: bool) -> None:
        """Offer the present if the time shown is held, and all prices if some were chosen."""
        for button, offered in ((self.live_button, held), (self.prices_button, zoomed)):
            if button.isHidden() == offered:
                button.setVisible(offered)
                self.fit_controls()

    def mark_window(self, seconds: float | None, *, is_held: bool) -> None:
        """Check the button of a window of time; none, if a span chosen by hand is held."""
        self.windows.setExclusive(False)
        for k, button in enumerate(self.windows.buttons()):
            button.setChecked(not is_held and WINDOWS[k][1] == seconds)
        self.windows.setExclusive(True)


def _body(price: PriceChart, volume: VolumeChart) -> QWidget:
    body = QWidget()
    body.setObjectName("panelBody")
    layout = QVBoxLayout(body)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    layout.addWidget(price, 4)
    layout.addWidget(volume, 1)
    # One time axis for both: the lower chart carries the labels.
    price.hide_time_labels()
    price.setMinimumHeight(96)
    volume.setMinimumHeight(58)
    return body


def _layers_button(commands: CommandTable) -> QToolButton:
    """Return a small button with the menu of what can be laid over the price chart."""
    button = QToolButton()
    button.setText("Layers")
    button.setAccessibleName("Layers of the price chart")
    button.setToolTip("Volume profile, footprint, and what RL traders bought and sold")
    button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(button)
    for name in LAYERS:
        menu.addAction(commands[f"view.{name}"])
    button.setMenu(menu)
    return button


def _window_buttons(parent: QWidget) -> QButtonGroup:
    group = QButtonGroup(parent)
    group.setExclusive(True)
    for k, (title, _seconds) in enumerate(WINDOWS):
        button = QToolButton()
        button.setText(title)
        button.setToolTip(f"Window of time shown (Alt+{k + 1})")
        button.setAccessibleName(f"Chart window {title}")
        group.addButton(button, k)
    return group
