"""What a person can do to a live market: stress, traders, rules, orders, and looking back."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from abm_desktop.inputs import InputError, UnavailableError, real, shown, whole
from abm_desktop.live.deeds import Deed
from abm_desktop.live.types import MarketSnapshot, PastMoment

if TYPE_CHECKING:
    from abm_desktop.live.feeds import Feed
    from abm_desktop.live.past import PastReader
    from abm_desktop.live.simulated_feed import SimulatedFeed
    from abm_desktop.market.policy import PolicyNet
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.stress import Stress


def check_scenario(scenario: object) -> None:
    """Raise :class:`InputError` unless this is a scenario."""
    from abm_desktop.scenario import Scenario

    if not isinstance(scenario, Scenario):
        raise InputError(f"must be a Scenario, not {shown(scenario)}", key="scenario")


class MarketCommands:
    """The part of a :class:`LiveMarket` that sends commands to its worker. All return at once."""

    failures: queue.SimpleQueue[str]
    _commands: queue.SimpleQueue[Callable[[], None]]
    _snapshot: MarketSnapshot | None
    _past: PastReader | None
    _feed: Feed | None
    _generation: int

    def _replace(self, make: Callable[[], Feed], doing: str) -> None:
        """Make another market in place of this one."""
        raise NotImplementedError

    def inject(self, stress: Stress | Mapping[str, Any], at: float | None = None) -> None:
        """Start a stress event now, or queue it for the simulated time ``at``.

        Raises:
            InputError: if it is no stress event that a scenario could hold, or ``at`` no time.
        """
        from abm_desktop.scenario import stress_from_dict
        from abm_desktop.scenario.checked import checked_stress

        event = stress_from_dict(stress) if isinstance(stress, Mapping) else checked_stress(stress)
        if at is not None:
            at = real(at, "at", unit="simulated seconds")
        if at is None:
            self._act("stress", Deed("inject", {"stress": event}))
        else:
            self._commands.put(lambda: self._simulated("stress").plan(event, at))

    def cancel_planned(self, number: int) -> None:
        """Take a queued stress out of the queue. Raises :class:`InputError` for no number."""
        number = whole(number, "number")
        self._commands.put(lambda: self._simulated("stress").cancel_planned(number))

    def end_stress(self, kind: str, start: float) -> None:
        """End the acting stress of this kind that began at ``start`` now, before its time.

        Raises :class:`InputError` for what is no time.
        """
        start = real(start, "start", unit="simulated seconds")
        self._act("stress", Deed("end_stress", {"kind": kind, "start": start}))

    def add_policy_traders(self, policy: PolicyNet, count: int = 1, name: str = "rl") -> None:
        """Let traders with a trained policy into the market."""
        self._act("RL traders", Deed("add_policy_traders", {"policy": policy, "count": count}))

    def change(self, scenario: Scenario) -> None:
        """Take the traders of another scenario: what can be now, the rest at the next reset.

        Raises :class:`InputError` for what is no scenario.
        """
        check_scenario(scenario)
        self._commands.put(lambda: self._simulated("traders").change(scenario))

    def set_intervention(self, name: str, on: bool = True, **values: float) -> None:
        """Switch a rule of the venue on or off, with some of its parameters."""
        self._act(
            "interventions", Deed("set_intervention", {"rule": name, "on": on, "values": values})
        )

    def hold_auction(self, seconds: float) -> None:
        """Stop continuous trading, and resume with an auction after some simulated seconds."""
        self._act("auctions", Deed("hold_auction", {"seconds": seconds}))

    def place_order(self, side: int, price: float | None, size: int) -> None:
        """Place an order by hand: side +1 buys, -1 sells; price None is a market order.

        A refusal is told by :attr:`failures`.
        """
        self._act("orders", Deed("place_order", {"side": side, "price": price, "size": size}))

    def cancel_order(self, key: tuple[int, int]) -> None:
        """Cancel one order placed by hand, named by its :attr:`OwnOrder.key`."""
        self._act("orders", Deed("cancel_order", {"key": key}))

    def cancel_orders(self) -> None:
        """Cancel all orders placed by hand."""
        self._act("orders", Deed("cancel_orders", {}))

    # -- the past --------------------------------------------------------------------------------

    @property
    def past(self) -> PastMoment | None:
        """The past moment last computed; None where the present is looked at."""
        return None if self._past is None else self._past.moment

    @property
    def past_is_due(self) -> bool:
        """Whether :attr:`past` is still the answer to an earlier request than the newest."""
        return self._past is not None and self._past.is_due

    def look_at(self, time: float, left: float | None = None, right: float | None = None) -> None:
        """Compute a past moment again, for :attr:`past`, while the market goes on or stands.

        ``left`` to ``right`` is the span of time around it to be told in full.

        Raises:
            UnavailableError: if the market keeps no past: none is loaded, or it is a replay.
            InputError: for what is no time.
        """
        from abm_desktop.live.past import PastReader

        feed, snapshot = self._feed, self._snapshot
        if snapshot is None or feed is None or feed.is_replay:
            raise UnavailableError(
                "only a simulated market can be looked at again: open a scenario"
            )
        time = real(time, "time", unit="simulated seconds")
        left = time if left is None else real(left, "left", unit="simulated seconds")
        right = time if right is None else real(right, "right", unit="simulated seconds")
        if self._past is None:
            self._past = PastReader(self.failures)
        recorded: Any = feed
        self._past.ask(
            recorded.recording,
            recorded.reader,
            snapshot,
            time,
            left,
            right,
        )

    def look_at_now(self) -> None:
        """Leave the past."""
        if self._past is not None:
            self._past.forget()

    def fork(self, time: float) -> None:
        """Replace the market by a copy of it as it was at ``time``, which goes on by itself.

        Raises :class:`InputError` for what is no time.
        """
        time = real(time, "time", unit="simulated seconds")

        def fork() -> None:
            feed = self._simulated("forks")
            generation = self._generation
            self._replace(lambda: feed.forked(time, generation), "forking the market")
            self.look_at_now()

        self._commands.put(fork)

    # -- on the worker -------------------------------------------------------------------------

    def _act(self, what: str, deed: Deed) -> None:
        """Queue a command that the market records, and can so repeat."""

        def act() -> None:
            report = self._simulated(what).act(deed)
            if getattr(report, "accepted", True) is False:
                self.failures.put(f"the order was refused: {report.reason}")

        self._commands.put(act)

    def _simulated(self, what: str) -> SimulatedFeed:
        feed: Any = self._feed
        if feed is None or feed.is_replay:
            raise UnavailableError(
                f"{what} need a simulated market; this is a replay of recorded data. "
                "Open a scenario first."
                if feed is not None
                else f"{what} need a market: open a scenario first."
            )
        simulated: SimulatedFeed = feed
        return simulated
