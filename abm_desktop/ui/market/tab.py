"""The Market tab: everything about the market that runs now, on one page."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from abm_desktop.desk.formats import clock
from abm_desktop.desk.heat_contrast import Contrast
from abm_desktop.desk.time_view import TimeView
from abm_desktop.live import TRADER_CLASSES, MarketSnapshot, PastMoment, RunState
from abm_desktop.live.commands import CancelOrder, ForkMarket
from abm_desktop.ui.analytics.series import class_title
from abm_desktop.ui.commands import CommandTable
from abm_desktop.ui.market.command_list import CommandList
from abm_desktop.ui.market.depth_chart import DepthChart
from abm_desktop.ui.market.docks import BELOW, LEFT, RIGHT, Desk
from abm_desktop.ui.market.event_tape import EventTape
from abm_desktop.ui.market.flow_chart import FlowChart
from abm_desktop.ui.market.ladder import Ladder
from abm_desktop.ui.market.moments import Moments
from abm_desktop.ui.market.order_panel import OrderPanel
from abm_desktop.ui.market.population_panel import PopulationPanel
from abm_desktop.ui.market.price_chart import WINDOWS, PriceChart
from abm_desktop.ui.market.price_panel import PricePanel
from abm_desktop.ui.market.quote_strip import QuoteStrip
from abm_desktop.ui.market.rules_panel import RulesPanel
from abm_desktop.ui.market.spread_chart import SpreadChart
from abm_desktop.ui.market.stress_panel import StressPanel
from abm_desktop.ui.market.tape import TradeTape
from abm_desktop.ui.market.time_bar import TimeBar
from abm_desktop.ui.market.title_line import Spring, segment
from abm_desktop.ui.market.transport import Transport
from abm_desktop.ui.market.volume_chart import VolumeChart
from abm_desktop.ui.market.whole_picture import WholePicture
from abm_desktop.ui.session import Session
from abm_desktop.ui.widgets.panel import Legend, Panel

__all__ = ["MarketTab"]

SIDE_WIDTH = 252
HALF_FRAME_MS = 15


class MarketTab(QWidget):
    """Transport and key figures on top; ladder, charts, stress and tape below."""

    def __init__(self, session: Session, commands: CommandTable) -> None:
        super().__init__()
        self._session = session
        self.transport = Transport(session, commands)
        self.time_bar = TimeBar(commands)
        self.time_bar.looked.connect(self.look_at)
        self.quotes = QuoteStrip()
        self.ladder = Ladder()
        self.orders = OrderPanel(session, commands)
        self.ladder.order_asked.connect(self.orders.place)
        self.ladder.cancel_asked.connect(lambda order: session.do(CancelOrder(order=order)))
        self.price = PriceChart(session.stress_log)
        self.volume = VolumeChart(session.stress_log)
        self.flow = FlowChart(session.stress_log)
        self.spread = SpreadChart(session.stress_log)
        self.time_charts = (self.price, self.volume, self.flow, self.spread)
        """The charts that share one span of time, and one cursor."""
        self.depth_chart = DepthChart()
        self.tape = TradeTape()
        self.stress = StressPanel(session, commands)
        self.command_list = CommandList(session)
        self.events = EventTape(session)
        self.events.looked.connect(self.look_at)
        self.events.followed.connect(self.back_to_live)
        self.rules = RulesPanel(session)
        self.population = PopulationPanel(session, commands)

        self.price_panel = PricePanel(self.price, self.volume, commands)
        self.price_panel.live_button.clicked.connect(self._let_go)
        self.price_panel.windows.idClicked.connect(self.set_window)
        self.depth_panel = Panel("Cumulative depth", self.depth_chart, "lots, 50 levels")
        self.flow_legend = Legend()
        self.flow_panel = Panel("Flow", self.flow)
        self.flow_panel.note.hide()
        self.flow_panel.add_control(self.flow_legend, optional=True)
        self.flow_panel.add_control(Spring())
        self.flow_panel.add_control(segment(commands, "view.summed_flow", "Sum", "Sum the flows"))
        self.spread_panel = Panel("Spread", self.spread, "ticks")
        self.events_panel = Panel("Events", self.events)
        self.events.told.connect(self.events_panel.note.setText)
        for button in (self.events.follow, self.events.earlier, self.events.later):
            self.events_panel.add_control(button)
        self.stress_panel = Panel("Stress", self.stress)
        self.rules_panel = Panel("Rules", self.rules)
        self.population_panel = Panel("Traders", self.population)
        self.tape_panel = Panel("Trades", self.tape)
        self.commands_panel = Panel("Commands", self.command_list)
        self.experiment_button = QToolButton()
        self.experiment_button.setText("Experiment…")
        self.experiment_button.setToolTip(commands["market.experiment"].toolTip())
        self.experiment_button.setProperty("role", "segment")
        self.experiment_button.clicked.connect(commands["market.experiment"].trigger)
        self.commands_panel.add_control(self.experiment_button)
        self.ladder_panel = Panel("Order book", self._book_body())
        self.ladder_panel.setMinimumWidth(SIDE_WIDTH)

        self.desk = desk = Desk(self.price_panel)
        desk.place("book", self.ladder_panel, LEFT, SIDE_WIDTH)
        desk.place("depth", self.depth_panel, BELOW, 170)
        desk.place("flow", self.flow_panel, BELOW, 170)
        desk.place("spread", self.spread_panel, BELOW, 170)
        desk.place("events", self.events_panel, BELOW, 170)
        desk.place("stress", self.stress_panel, RIGHT, SIDE_WIDTH)
        desk.place("commands", self.commands_panel, RIGHT, SIDE_WIDTH)
        desk.place("trades", self.tape_panel, RIGHT, SIDE_WIDTH)
        desk.place("rules", self.rules_panel, RIGHT, SIDE_WIDTH)
        desk.place("traders", self.population_panel, RIGHT, SIDE_WIDTH)
        desk.stack(("depth", "flow", "spread", "events"))
        desk.docks["events"].hide()  # who wants to see every event opens it: Panels, in View
        desk.stack(("stress", "rules", "traders"))
        desk.stack(("commands", "trades"))
        desk.resizeDocks(
            [desk.docks["stress"], desk.docks["commands"]], [340, 280], Qt.Orientation.Vertical
        )
        desk.settled()

        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(6)
        layout.addWidget(self.transport)
        layout.addWidget(self.time_bar)
        layout.addWidget(self.quotes)
        layout.addWidget(desk, 1)
        self._snapshot: MarketSnapshot | None = None
        self._generation = -1
        self._turn = False
        self.second_half = QTimer(self)
        """The second half of a frame of a running market."""
        self.second_half.setSingleShot(True)
        self.second_half.setInterval(HALF_FRAME_MS)
        self.second_half.setTimerType(Qt.TimerType.PreciseTimer)
        self.second_half.timeout.connect(self.draw_second_half)
        self.drawn_past: tuple[PastMoment, tuple[float, float]] | None = None
        """The past moment that the charts show, and the span of time they show it in."""
        self._answer = QTimer(self)
        """Looks for the past moment asked for: sooner than the next frame."""
        self._answer.setInterval(5)
        self._answer.timeout.connect(self._await_past)
        self.moments = Moments(self, session)
        self.whole = WholePicture(self.price, session, self)
        self.whole.made.connect(self._redraw_whole)
        self.view = TimeView(WINDOWS[1][1])
        self.price.price_zoom.changed.connect(self._show_prices)
        for chart in self.time_charts:
            chart.zoomed.connect(self._zoom)
            chart.panned.connect(self._pan)
            chart.let_go.connect(self._let_go)
            chart.hovered.connect(self._point)
            chart.clicked.connect(self._go_to)
            chart.bookmarks = session.bookmarks
            chart.entries_at = self.moments.entries_at
        self.depth_chart.pointed.connect(self._point_price)
        self.ladder.pointed.connect(self._point_price)
        for dock in ("depth", "flow", "spread"):
            # What stood behind another tab has not been drawn.
            desk.docks[dock].came_forward.connect(self._redraw_charts)
        self.set_window(1)

    def watch(self, snapshot: MarketSnapshot) -> None:
        """Remember what only the newest snapshots tell, also while nothing is drawn."""
        shown = self._snapshot
        if shown is not None and shown.generation != snapshot.generation and not self.isVisible():
            # Who shows nothing would keep the series of a run that is over, tens of megabytes.
            self.show_snapshot(snapshot)
        self.price.watch(snapshot)
        self.flow.store.take(snapshot)

    def show_snapshot(self, snapshot: MarketSnapshot) -> None:
        """Draw the page.

        In a running market the charts follow half a frame later, so that no event has to wait for
        the whole page, and most parts take turns: fifteen times a second. A paused market, and
        the first frame of a running one, are drawn in full at once.
        """
        before, self._snapshot = self._snapshot, snapshot
        running = snapshot.state is RunState.RUNNING
        steady = running and before is not None and before.state is RunState.RUNNING
        self._turn = not self._turn
        self.transport.show_snapshot(snapshot)
        if before is not None and before.generation != snapshot.generation:
            self._leave_past()
            self.depth_chart.leave_run()  # it may stand behind another one
            past = snapshot.forked_from
            if past is not None and past[0] == before.generation and before.time > past[1]:
                self._session.said.emit(f"Forked at {clock(past[1])}. {self.moments.after_fork()}")
        self.time_bar.show_snapshot(snapshot)
        self.stress.show_snapshot(snapshot)
        self.command_list.show_snapshot(snapshot)
        self.rules.show_snapshot(snapshot)
        self.orders.show_snapshot(snapshot)
        self.population.show_snapshot(snapshot)
        self.ladder.takes_orders = not self.orders.reason and self.time_bar.time is None
        self.events.show_snapshot(snapshot, self.time_bar.time)
        if self.time_bar.time is not None:
            self.price.watch(snapshot)
            self._draw_past()
            return
        if not steady or self._turn:
            self.quotes.show_snapshot(snapshot)
        self.ladder.show_snapshot(snapshot)
        if not steady or not self._turn:
            self.tape.show_snapshot(snapshot)
        if steady:
            # Its trades and its book are taken with the snapshot, which may be replaced by then.
            self.price.watch(snapshot)
            self.second_half.start()
        else:
            if not running and before is not None and before.state is RunState.RUNNING:
                # Axes shrink frame by frame, and of a market that stands this is the last one.
                for chart in (*self.time_charts, self.depth_chart):
                    chart.reset_range()
            self.second_half.stop()
            self.draw_second_half(full=True)
            self.whole.ask(snapshot, *self.view.span(snapshot))

    def draw_second_half(self, *, full: bool = False) -> None:
        """Draw the charts; ``full``: with what else takes turns."""
        snapshot = self._snapshot
        if snapshot is None or self.time_bar.time is not None:
            return
        self._draw_charts(snapshot, None if full else self._turn)
        if full or self._turn:
            if self.desk.docks["depth"].in_front:
                self.depth_chart.show_snapshot(snapshot)
            self._draw_lower(snapshot, *self.view.span(snapshot))
        self.price_panel.show_legend(snapshot)

    # -- the past -------------------------------------------------------------------------------

    def look_at(self, time: float) -> None:
        """Look at a past moment: everything that shows the book shows it as it was then."""
        snapshot = self._snapshot
        if snapshot is None or snapshot.is_replay or snapshot.time <= 0:
            return
        time = min(max(time, 0.0), snapshot.time)
        left, right = self.view.span(snapshot)
        if not left <= time <= right:
            left = max(0.0, time - 0.6 * (right - left))
            right = left + self.view.span(snapshot)[1] - self.view.span(snapshot)[0]
        if self.view.window is not None:
            # Held, or the charts would run on below the moment.
            self.view.hold(left, right)
        self.whole.stop()
        self.time_bar.look_at(time)
        self._ask_past()

    def look_by(self, seconds: float) -> None:
        """Look so many seconds further on (or back); ahead of the present it is live again."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        at = snapshot.time if self.time_bar.time is None else self.time_bar.time
        if at + seconds >= snapshot.time:
            self.back_to_live()
        else:
            self.look_at(at + seconds)

    def _go_to(self, time: float) -> None:
        """Look at the moment that was clicked at; ahead of the present it is live again."""
        snapshot = self._snapshot
        if snapshot is None or snapshot.is_replay:
            return
        if time <= snapshot.time:
            self.look_at(time)
        elif self.time_bar.time is not None:
            self.back_to_live()

    @property
    def snapshot(self) -> MarketSnapshot | None:
        """The newest snapshot that was drawn."""
        return self._snapshot

    def redraw(self) -> None:
        """Draw all charts again, also those of a past moment."""
        self.drawn_past = None
        self._redraw_charts()

    def _redraw_whole(self) -> None:
        if self._snapshot is not None and self.time_bar.time is None:
            self._redraw_charts()
            self.price_panel.show_legend(self._snapshot)

    def back_to_live(self) -> None:
        """Leave the past, and follow the market again."""
        self._leave_past()
        self._let_go()
        if self._snapshot is not None:
            snapshot, self._snapshot = self._snapshot, None
            self.show_snapshot(snapshot)

    def fork(self) -> None:
        """Go on from the moment looked at as a run of its own."""
        time = self.time_bar.time
        if time is not None:
            self._session.do(ForkMarket(time=time))

    def _leave_past(self) -> None:
        self._answer.stop()
        if self.time_bar.time is None:
            return
        self._session.look_at_now()
        self.time_bar.look_at(None)
        self.drawn_past = None
        for chart in self.time_charts:
            chart.show_moment(math.nan)
        self.view.let_go()

    def _ask_past(self) -> None:
        time = self.time_bar.time
        if time is None or self._snapshot is None:
            return
        self.ladder.takes_orders = False
        self.events.show_snapshot(self._snapshot, time)
        self._session.look_at(time, *self.view.span(self._snapshot))
        for chart in self.time_charts:
            chart.show_moment(time)
        self._answer.start()

    def _await_past(self) -> None:
        # An answer about the same moment may be that of a request before, with another span.
        if not self._session.past_is_due:
            self._answer.stop()
        self._draw_past()

    def _draw_past(self) -> None:
        past, live = self._session.past, self._snapshot
        if past is None or live is None or past.snapshot.generation != live.generation:
            return
        span = self.view.span(live)
        if self.drawn_past is not None and self.drawn_past == (past, span):
            return
        self.drawn_past = (past, span)
        self.quotes.show_snapshot(past.snapshot, start=live)
        self.ladder.show_snapshot(past.snapshot)
        self.depth_chart.show_snapshot(past.snapshot)
        self.tape.show_snapshot(past.snapshot)
        self.price.show_snapshot(past.snapshot, *span, past)
        self.volume.show_snapshot(past.snapshot, *span)
        self._draw_lower(past.snapshot, *span)
        self._offer_ways_back()

    # -- charts ---------------------------------------------------------------------------------

    def set_window(self, index: int) -> None:
        """Choose the window of time of the charts by its place in ``WINDOWS``."""
        self.price_panel.windows.button(index).setChecked(True)
        self.view.follow(WINDOWS[index][1])
        self.price.reset_range()
        self._redraw_charts()

    def set_heat(self, shown: bool) -> None:
        """Draw the order book behind the price, or not."""
        self.price.set_heat(shown)
        self._redraw_charts()

    def set_contrast(self, contrast: Contrast) -> None:
        """Colour the heatmap in another way."""
        self.price.heat.set_contrast(contrast)
        self.price.heat_bar.follow()

    def _draw_charts(self, snapshot: MarketSnapshot, turn: bool | None = None) -> None:
        """Draw the price, and in every second ``turn`` the volume below it; None draws all."""
        if snapshot.generation != self._generation:
            self._generation = snapshot.generation
            self.view.let_go()
        left, right = self.view.span(snapshot)
        self.price.show_snapshot(snapshot, left, right, turn=turn)
        if not turn:
            self.volume.show_snapshot(snapshot, left, right)
        for chart in self.time_charts:
            chart.point_again()
        self._offer_ways_back()

    def _show_prices(self) -> None:
        """Show the prices chosen by hand: at once, unless the next frame does."""
        snapshot = self._snapshot
        past = self.time_bar.time is not None
        if past or (snapshot is not None and snapshot.state is not RunState.RUNNING):
            self.redraw()

    def _offer_ways_back(self) -> None:
        """Show the buttons that undo what the axes were told by hand."""
        self.price_panel.offer_ways_back(held=self.view.is_held, zoomed=self.price.prices.is_held)

    def _draw_lower(self, snapshot: MarketSnapshot, left: float, right: float) -> None:
        """Draw the charts that may lie behind others, if they do not."""
        if self.desk.docks["flow"].in_front:
            self.flow.show_snapshot(snapshot, left, right)
            entries = [(f"series:{k}", class_title(TRADER_CLASSES[k])) for k in self.flow.classes]
            if self.flow_legend.set_entries(entries):
                self.flow_panel.fit_controls()
        if self.desk.docks["spread"].in_front:
            self.spread.show_snapshot(snapshot, left, right)

    def set_candles(self, shown: bool) -> None:
        """Draw candles instead of the line of the mid, or not."""
        self.price.set_candles(shown)
        self._redraw_charts()

    def set_layer(self, name: str, shown: bool) -> None:
        """Lay something over the price chart, or take it away: a name of ``LAYERS``."""
        self.price.layers.switch(name, shown)
        self.price.reset_range()
        self._redraw_charts()

    def set_summed_flow(self, summed: bool) -> None:
        """Add the flows up from the left edge on, or not."""
        self.flow.set_summed(summed)
        self._redraw_charts()

    def _redraw_charts(self) -> None:
        time = self.time_bar.time
        if time is not None and self.view.window is not None and not self.view.is_held:
            self.look_at(time)
        elif time is not None:
            self._ask_past()
            self._draw_past()
        elif self._snapshot is not None:
            self.whole.ask(self._snapshot, *self.view.span(self._snapshot))
            self._draw_charts(self._snapshot)
            self._draw_lower(self._snapshot, *self.view.span(self._snapshot))
            if self.desk.docks["depth"].in_front:
                self.depth_chart.show_snapshot(self._snapshot)

    def _zoom(self, factor: float, at: float) -> None:
        if self._snapshot is not None:
            self.view.zoom(self._snapshot, factor, at)
            self._forget_window_button()

    def _pan(self, seconds: float) -> None:
        if self._snapshot is not None:
            self.view.pan(self._snapshot, seconds)
            self._forget_window_button()

    def _forget_window_button(self) -> None:
        """No button stands for a span chosen by hand."""
        self.price_panel.mark_window(self.view.window, is_held=self.view.is_held)
        self.price.reset_range()
        self._redraw_charts()

    def _let_go(self) -> None:
        if self.time_bar.time is not None:
            self.back_to_live()
            return
        self.view.let_go()
        self._forget_window_button()

    def _point(self, time: float, value: float) -> None:
        """Show the cursor at this time on every chart, and at this price on those of prices."""
        snapshot = self._snapshot
        if snapshot is None:
            return
        known = not math.isnan(time)
        source = self.sender()
        on_price = known and source is self.price
        self.price.show_cursor(time, self.price.describe(snapshot, time, value) if on_price else "")
        for chart in (self.volume, self.flow, self.spread):
            chart.show_cursor(time, chart.describe(time) if known else "")
        self._show_price(value if on_price else math.nan, source)

    def _point_price(self, price: float) -> None:
        """Show the price that the depth chart or the ladder is pointed at."""
        self._show_price(price, self.sender())

    def _show_price(self, price: float, source: object) -> None:
        self.price.show_level(price)
        self.depth_chart.show_price(price)
        # The ladder marks the row under the mouse in its own way.
        self.ladder.show_price(math.nan if source is self.ladder else price)

    def _book_body(self) -> QWidget:
        body = QWidget()
        body.setObjectName("panelBody")
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.ladder, 1)
        layout.addWidget(self.orders)
        return body
