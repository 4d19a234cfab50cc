"""Running and changing the served market: what a ``Simulator`` can be asked to do, over HTTP."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop.inputs import InputError, real, shown
from abm_desktop.remote.errors import RemoteUnavailableError
from abm_desktop.remote.jobs import RemoteJob
from abm_desktop.remote.reading import RemoteReading, plain
from abm_desktop.remote.replies import CommandResult, RemoteReport

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.stress import Stress

__all__ = ["RemoteMarket"]


class RemoteMarket(RemoteReading):
    """The served market. Methods called as those of ``Simulator`` mean the same.

    The same calls give the same market, bit by bit: compare :meth:`checksum`. A call that is
    refused raises InputError (for what cannot be) or UnavailableError (for what is impossible now)
    with the server's ``problem``, and leaves the market as it was.
    """

    @contextmanager
    def only_this_one(self, generation: int | None = None) -> Iterator[int]:
        """Have commands refused if the market was replaced (loaded, reset, forked) meanwhile.

        ::

            with market.only_this_one():
                market.inject({"type": "flash_crash"})   # UnavailableError if somebody reset it

        Args:
            generation: of the market that they are meant for; None is that which is there.
        """
        before = self.connection.generation
        self.connection.generation = self.generation if generation is None else generation
        try:
            yield self.connection.generation
        finally:
            self.connection.generation = before

    def _do(self, method: str, path: str, body: Any = None) -> CommandResult:
        return self._done(self.connection.send(method, path, body))

    def command(self, command: Any) -> CommandResult:
        """Have any command carried out: one of ``abm_desktop.live.commands``, or its JSON."""
        return self._done(self.connection.command(plain(command)))

    def _done(self, answer: Any) -> CommandResult:
        result = CommandResult.of(answer)
        if self.connection.generation is not None:
            # What this client itself has replaced is the one that it means from now on.
            self.connection.generation = result.generation
        return result

    # -- which market ----------------------------------------------------------------------------

    def load(
        self, scenario: str | Path | Mapping[str, Any] | Scenario, seed: int | None = None
    ) -> CommandResult:
        """Replace the market by a scenario's, warmed up and paused at its open.

        Args:
            scenario: its name at the server, a TOML file of this machine (a Path), its values, or
                a Scenario.
            seed: None is the scenario's.
        """
        if isinstance(scenario, str):
            return self._do("POST", "/market", {"scenario": scenario, "seed": seed})
        if isinstance(scenario, Path):
            file = scenario
            try:
                scenario = tomllib.loads(file.read_text("utf-8"))
            except (OSError, ValueError) as error:
                raise InputError(f"cannot be read: {error}", path=file) from error
        return self._do("POST", "/market", {"values": plain(scenario), "seed": seed})

    def open_recording(self, name: str, trade: bool = False) -> CommandResult:
        """Replace the market by recorded order flow of the server's folder ``recordings``.

        With ``trade`` it is a market: orders, stresses and RL traders meet the recorded flow.
        """
        return self._do("POST", "/market", {"recording": name, "trade": trade})

    def reset(self, seed: int | None = None) -> CommandResult:
        """Begin the same market again, paused at its open; None is the seed it has."""
        return self.command({"do": "reset", "seed": seed})

    def fork(self, time: float) -> CommandResult:
        """Go on from a past moment, in place of the market that is there.

        The copy is that of the moment, bit by bit; what was done later is undone. (``fork`` of a
        Simulator makes a second market beside; a server has one.)
        """
        return self.command({"do": "fork", "time": time})

    def close_market(self) -> CommandResult:
        """Have no market any more."""
        return self.command({"do": "close"})

    # -- time ------------------------------------------------------------------------------------

    def run(self, seconds: float) -> CommandResult | None:
        """Run for some simulated seconds, as fast as it goes, and pause there; 0 does nothing."""
        if real(seconds, "seconds", 0.0) == 0.0:
            return None
        return self.command({"do": "step_time", "seconds": seconds})

    def run_until(self, time: float) -> CommandResult | None:
        """Run to a time, as fast as it goes, and pause there; does nothing if it is not ahead."""
        if real(time, "time") <= self.now:
            return None
        result: CommandResult = self.advance_until(time)
        return result

    def step(self, events: int = 1) -> CommandResult:
        """Pause, and run for some events: a trader acts, an order expires, a stress steps."""
        return self.command({"do": "step", "events": events})

    def play(self) -> CommandResult:
        """Let simulated time pass at the session's speed, and return at once."""
        return self.command({"do": "run"})

    def pause(self) -> CommandResult:
        """Hold simulated time."""
        return self.command({"do": "pause"})

    def set_speed(self, speed: float | None) -> CommandResult:
        """Ask for another speed: simulated seconds a real second; None is as fast as it goes."""
        return self.command({"do": "set_speed", "speed": speed})

    def advance_until(
        self,
        time: float | None = None,
        when: Mapping[str, Any] | None = None,
        *,
        fast: bool = True,
        wait: bool = True,
        timeout: float | None = None,
    ) -> Any:
        """Go on until a condition holds, or to a time, and pause there.

        ::

            market.advance_until(3600.0, {"measure": "spread_ticks", "comparison": "above",
                                          "value": 5.0}).reached

        Args:
            time: simulated seconds since the open, at most; None is the end of the session.
            when: ``measure`` (spread_ticks, mid, mid_return, depth, phase), ``comparison`` (above,
                below, is) and ``value``; None goes on to the time.
            fast: as fast as it goes; else at the session's speed.
            wait: for its end; else the :class:`RemoteJob` is returned at once.
            timeout: real seconds to wait.

        Returns:
            The command's result, whose ``reached`` tells whether the goal was met.
        """
        body = {"do": "advance", "until": time, "when": plain(when), "fast": fast}
        job = RemoteJob(self.connection, self.connection.send("POST", "/market/advance", body))
        return CommandResult.of(job.wait(timeout)) if wait else job

    # -- stress and rules ------------------------------------------------------------------------

    def inject(self, stress: Stress | Mapping[str, Any], at: float | None = None) -> CommandResult:
        """Start a stress event now, or at a time ahead.

        Args:
            stress: one of ``abm_desktop.scenario``, or its values, like ``{"type": "flash_crash",
                "magnitude": 0.05}``; :meth:`stress_kinds` tells which there are.
            at: simulated seconds since the open; None is now. Until then it waits at the server,
                where :meth:`cancel_planned` finds it, and is injected when its time has come.
        """
        return self.command({"do": "inject", "stress": plain(stress), "at": at})

    def end_stress(self, kind: str, start: float | None = None) -> CommandResult:
        """End the acting stress of this kind now; with ``start``, that which began then."""
        if start is None:
            return self._do("DELETE", f"/stresses/acting/{kind}")
        return self.command({"do": "end_stress", "kind": kind, "start": start})

    def cancel_planned(self, number: int) -> CommandResult:
        """Take a stress that waits for its time out of the queue."""
        return self._do("DELETE", f"/stresses/planned/{number:d}")

    def set_intervention(self, name: str, on: bool = True, **values: float) -> CommandResult:
        """Switch a rule of the venue, from now on; ``values`` change its parameters."""
        return self.command({"do": "set_rule", "rule": name, "on": on, "values": values})

    def hold_auction(self, seconds: float) -> CommandResult:
        """Call an auction now: trading stops, and resumes at one price after ``seconds``."""
        return self.command({"do": "call_auction", "seconds": seconds})

    # -- traders ---------------------------------------------------------------------------------

    def add_policy_traders(
        self, policy: str | PolicyNet, count: int = 1, **settings: Any
    ) -> CommandResult:
        """Let traders with a policy into the market, from now on.

        Args:
            policy: name of a model at the server, or a PolicyNet.
            count: how many.
            **settings: keys of an ``[[rl]]`` group: size, max_inventory, step, jitter, greedy, ...
        """
        if isinstance(policy, str):
            body = {"model": policy, "count": count, "settings": settings}
            return self._do("POST", "/agents", body)
        from abm_desktop.market.policy_text import text_of

        group = {"policy": text_of(policy), "count": count, **settings}
        return self.command({"do": "add_traders", **group})

    def remove_policy_traders(self, first: int, count: int = 1) -> CommandResult:
        """Take RL traders out of the market: they cancel their orders, and act no more.

        Args:
            first: number of the first in :meth:`traders`.
            count: how many, with it.
        """
        return self.command({"do": "remove_traders", "first": first, "count": count})

    def change_traders(self, scenario: Mapping[str, Any] | Scenario) -> CommandResult:
        """Take the parameters of another scenario's traders, as far as a running market can."""
        return self._do("PUT", "/agents/population", {"values": plain(scenario)})

    # -- orders by hand --------------------------------------------------------------------------

    def place_order(self, side: int, price: float | None, size: int) -> RemoteReport:
        """Place a limit order by hand, or with price None one that takes what is there.

        Args:
            side: +1 buys, -1 sells.
            price: currency.
            size: lots.

        Returns:
            What became of it; a refusal of the venue has its reason.
        """
        return self._order({"do": "place_order", "side": side, "price": price, "size": size})

    def modify(self, order: tuple[int, int], price: float, size: int) -> RemoteReport:
        """Change an order; fewer lots at its price keep its place in the queue."""
        key = _key_of(order)
        return self._order({"do": "modify_order", "order": key, "price": price, "size": size})

    def cancel(self, order: tuple[int, int]) -> RemoteReport:
        """Cancel an order placed by hand."""
        return self._order({"do": "cancel_order", "order": _key_of(order)})

    def cancel_orders(self) -> int:
        """Cancel every order placed by hand; returns how many rested."""
        before = len(self.own_orders())
        self.command({"do": "cancel_orders"})
        return before - len(self.own_orders())

    def _order(self, command: dict[str, Any]) -> RemoteReport:
        try:
            done = self.command(command)
        except RemoteUnavailableError as error:
            if error.code != "order_refused":
                raise
            return RemoteReport(False, str(error.problem["detail"]), 0, None)
        return RemoteReport(True, "", done.filled or 0, done.order)


def _key_of(order: object) -> list[int]:
    if not isinstance(order, tuple | list) or len(order) != 2:
        raise InputError(
            f"must be the pair that a report's `order` holds, not {shown(order)}", key="order"
        )
    return [int(part) for part in order]
