"""How a simulated market is read for the window: its samples, its trades, and its present state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.live.conditions import DEPTH_LEVELS, Quotes
from abm_desktop.live.feeds import BOOK_LEVELS, TRADE_DTYPE
from abm_desktop.live.types import (
    TRADER_CLASSES,
    ActiveStress,
    ClassAccount,
    OwnAccount,
    PhaseChange,
)
from abm_desktop.market.records import Records
from abm_desktop.market.state import HUMAN, PHASES
from abm_desktop.market.statements import PhaseCause

if TYPE_CHECKING:
    from abm_desktop.market.simulator import Simulator


class Reader:
    """Reads markets of one run.

    Args:
        simulator: the market at the open. The warm-up fills the book; the session, and what is
            counted, begins here.
    """

    def __init__(self, simulator: Simulator) -> None:
        market = simulator.scenario.market
        self.tick = market.tick_size
        self.lot = market.lot
        self._ladder = market.ladder_ticks
        self._warm_up = market.warm_up
        self._unit = market.tick_size * market.lot
        self._trades = simulator.trades
        self._volume = simulator.volume
        self._messages = simulator.events

    def events(self, simulator: Simulator) -> int:
        """Book events since the open."""
        return simulator.events - self._messages

    def trades(self, simulator: Simulator, most: int | None = None) -> Records:
        """The trades on the tape, the latest ``most`` of them, as TRADE_DTYPE."""
        trades = simulator.tape.trades[-most:] if most else simulator.tape.trades
        rows = np.empty(len(trades), TRADE_DTYPE)
        rows["time"] = trades["time"] / 1e9 - self._warm_up
        rows["price"] = trades["price"] * self.tick
        rows["size"] = trades["size"]
        rows["side"] = trades["side"]
        return rows

    def fills(self, simulator: Simulator) -> np.ndarray:
        """The fills on the tape as TRADE records, with times since the open."""
        rows = simulator.tape.trades.copy()
        rows["time"] -= round(self._warm_up * 1e9)
        return rows

    def phases(self, simulator: Simulator) -> list[PhaseChange]:
        """The changes of phase on the tape, with times since the open."""
        return [
            PhaseChange(
                float(row["time"]) / 1e9 - self._warm_up,
                PHASES[int(row["phase"])],
                PhaseCause(int(row["reason"])) if row["reason"] else None,
            )
            for row in simulator.tape.phases
        ]

    def samples(self, simulator: Simulator) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
        """The samples on the tape: the columns of a history, and inventory and PnL by class."""
        tape, tick = simulator.tape, self.tick
        samples = tape.samples
        inventory = tape.class_samples[:, :, 0].astype(np.float64)
        cash = tape.class_samples[:, :, 1]
        pnl = (cash + inventory * samples["mid"][:, None] - simulator.pnl_at_open) * self._unit
        bid, ask = samples["best_bid"], samples["best_ask"]
        columns = {
            "time": samples["time"] / 1e9 - self._warm_up,
            "mid": samples["mid"] * tick,
            "fundamental": samples["value"] * tick,
            "best_bid": np.where(bid >= 0, bid * tick, np.nan),
            "best_ask": np.where(ask < self._ladder, ask * tick, np.nan),
            "bid_depth": samples["bid_depth"],
            "ask_depth": samples["ask_depth"],
            "volume": samples["volume"] - self._volume,
            "trades": samples["trades"] - self._trades,
            "messages": samples["messages"] - self._messages,
            "bid_lots": np.where(bid >= 0, samples["bid_volume"], 0),
            "ask_lots": np.where(ask < self._ladder, samples["ask_volume"], 0),
            "phase": samples["phase"],
        }
        return columns, inventory, pnl

    def quotes(self, simulator: Simulator) -> Quotes:
        """How the market is quoted now."""
        market = simulator.arrays.market
        bids, asks = simulator.book(DEPTH_LEVELS)
        depth = bids[:, 1].sum() + asks[:, 1].sum()
        return Quotes(*(part[0] for part in self._quotes(market, depth)))

    def sampled_quotes(self, samples: Records) -> Quotes:
        """How the market was quoted at the times of SAMPLE records."""
        return self._quotes(samples, samples["bid_depth"] + samples["ask_depth"])

    def _quotes(self, rows: Records, depth: Any) -> Quotes:
        bid, ask = rows["best_bid"].astype(np.float64), rows["best_ask"].astype(np.float64)
        spread = np.where((bid < 0) | (ask >= self._ladder), np.inf, ask - bid)
        # Without the rounding 100.1 is 100.10000000000001.
        mid = np.round(rows["mid"] * self.tick, 10)
        return Quotes(spread, mid, np.broadcast_to(depth, spread.shape), rows["phase"])

    def fields(self, simulator: Simulator, recent: np.ndarray) -> dict[str, Any]:
        """What a snapshot tells of this market now."""
        s = simulator
        bids, asks = s.book(BOOK_LEVELS)
        accounts, pnl = s.session_classes()
        classes = tuple(
            ClassAccount(
                name=name,
                traders=int(c["traders"]),
                inventory=int(c["inventory"]),
                pnl=float(made) * self._unit,
                maker_volume=int(c["maker_volume"]),
                taker_volume=int(c["taker_volume"]),
                messages=int(c["messages"]),
            )
            for name, c, made in zip(TRADER_CLASSES, accounts, pnl, strict=True)
        )
        return {
            "trades": s.trades - self._trades,
            "volume": s.volume - self._volume,
            "best_bid": s.best_bid,
            "best_ask": s.best_ask,
            "mid": s.mid,
            "last_price": s.last_price,
            "fundamental": s.fundamental,
            "bids": bids,
            "asks": asks,
            "recent_trades": recent,
            "classes": classes,
            "stresses": tuple(ActiveStress(*row) for row in s.active_stresses),
            "alarms": tuple(s.alarms),
            "phase": s.phase,
            "phase_reason": s.phase_cause,
            "interventions": s.interventions,
            "rule_values": s.rule_values,
            "own": self._own(s, classes[HUMAN], int(accounts[HUMAN]["cash"])),
        }

    def _own(self, simulator: Simulator, account: ClassAccount, cash: int) -> OwnAccount | None:
        if account.messages == 0 and account.maker_volume + account.taker_volume == 0:
            return None
        held = account.inventory
        return OwnAccount(
            position=held,
            pnl=account.pnl,
            break_even=-cash * self.tick / held if held else float("nan"),
            traded=account.maker_volume + account.taker_volume,
            orders=simulator.own_orders(),
        )
