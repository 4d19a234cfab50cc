"""A market on a worker thread: paced, publishing snapshots, taking commands. No Qt.

Importing this room is cheap: the compiled market is imported by the worker thread.
"""

from abm_desktop.fan_out import Listener
from abm_desktop.live.decisions import Decision, DecisionPage
from abm_desktop.live.event_pages import EventPage
from abm_desktop.live.market import LiveMarket
from abm_desktop.live.outcomes import CommandOutcome, Ticket
from abm_desktop.live.refusals import RefusedError
from abm_desktop.live.types import (
    TRADER_CLASSES,
    ActiveStress,
    ClassAccount,
    History,
    Mark,
    MarketSnapshot,
    OwnAccount,
    OwnOrder,
    PastMoment,
    PlannedStress,
    RlGroup,
    RunState,
    WatchedTrader,
)

__all__ = [
    "TRADER_CLASSES",
    "ActiveStress",
    "ClassAccount",
    "CommandOutcome",
    "Decision",
    "DecisionPage",
    "EventPage",
    "History",
    "Listener",
    "LiveMarket",
    "Mark",
    "MarketSnapshot",
    "OwnAccount",
    "OwnOrder",
    "PastMoment",
    "PlannedStress",
    "RefusedError",
    "RlGroup",
    "RunState",
    "Ticket",
    "WatchedTrader",
]
