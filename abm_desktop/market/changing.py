"""Changing a running market, or a fork of one, from outside: its stress, traders and rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from abm_desktop.inputs import InputError, UnavailableError, one_of, real, shown
from abm_desktop.market import arrays, leaving, opening, rules, state
from abm_desktop.market.clones import SECTIONS, with_clones
from abm_desktop.market.execution import SEQ_BITS
from abm_desktop.market.orders_by_hand import OrdersByHand
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.policy_traders import with_network, with_policy_traders
from abm_desktop.market.refusals import (
    AuctionAfterClose,
    RecordDoesNotReact,
    RecordedTradersFixed,
    StressIsOver,
    StressSlotsTaken,
)
from abm_desktop.market.retuning import retune
from abm_desktop.market.roles import find_role
from abm_desktop.market.statements import (
    AuctionCalled,
    ClonesJoined,
    PolicyTradersJoined,
    RuleSwitched,
    StressInjected,
)
from abm_desktop.market.tape import Mark
from abm_desktop.scenario.bounds import within
from abm_desktop.scenario.interventions import CalledAuction
from abm_desktop.scenario.reading import checked_copy

if TYPE_CHECKING:
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.stress import Stress

_NO_ORDER = (1 << SEQ_BITS) - 1


class MarketChanging(OrdersByHand):
    """The part of a :class:`Simulator` that changes it from outside, its own orders apart.

    The same changes at the same times in the same market give the same market, bit by bit. One that
    is refused leaves it as it was.
    """

    _changes: tuple[tuple[np.ndarray, np.ndarray], ...] = ()
    """Parameters and accounts as each change left them that the scenario knows nothing of."""

    def _remember_change(self) -> None:
        self._changes += ((self._state.params.copy(), self._state.agents.copy()),)

    # -- stress ----------------------------------------------------------------------------------

    def inject(self, stress: Stress, at: float | None = None) -> None:
        """Start a stress event now, or at a time ahead.

        Raises:
            UnavailableError: if all stress slots are taken, or the market is a recorded one and the
                stress acts through simulated traders.
            InputError: if it is no stress that a scenario could hold, or ``at`` has passed.
        """
        from abm_desktop.scenario.checked import checked_stress

        stress = checked_stress(stress)
        if self.scenario.recording and not stress.sends_orders:
            raise UnavailableError(RecordDoesNotReact(stress.type))
        start = int(self._market["now"]) if at is None else self._clock(at, "at")
        if start < self._market["now"]:
            raise InputError(f"is {at:g} s, but it is {self.now:g} s already", key="at")
        try:
            opening.plan_stress(self._state, 0, stress, start)
        except UnavailableError:
            raise UnavailableError(StressSlotsTaken(state.STRESS_SLOTS)) from None
        what = StressInjected(stress.type, float(stress.strength))
        self.tape.marks.append(Mark(self._seconds(start), what))

    def end_stress(self, kind: str, start: float) -> None:
        """End the stress of this kind that began at ``start`` (seconds) now, not at its time.

        What it did stays done, and orders of its own are withdrawn as at its usual end. One that
        has not begun yet never does, and its mark goes.

        Raises:
            InputError: if no such stress acts or is to come.
        """
        one_of(kind, "kind", state.STRESS_KINDS)
        clock = self._clock(start, "start")
        market, events, heap = self._market, self._state.stresses[0], self._state.heap[0]
        agenda: Any = heap[: int(market["heap_n"])]
        # One that has not begun is on the agenda for its first step.
        first_step = (state.STRESS_STEP << state.KIND_SHIFT) | np.arange(len(events))
        waits = (agenda == np.stack([events["start"], first_step], 1)[:, None]).all(2).any(1)
        slots = np.flatnonzero(
            ((events["on"] != 0) | waits)
            & (events["kind"] == state.STRESS_KINDS.index(kind))
            & (np.abs(events["start"] - clock) < 1000)
        )
        if not len(slots):
            over = StressIsOver(kind, float(start))
            raise InputError(str(over), fault=over)
        slot, now = int(slots[0]), int(market["now"])
        # Its end and next step become expiries of no order: else they would meet the slot's next
        # event.
        for event in (state.STRESS_END, state.STRESS_STEP):
            agenda[agenda[:, 1] == (event << state.KIND_SHIFT) | slot, 1] = (
                state.EXPIRE << state.KIND_SHIFT
            ) | _NO_ORDER
        if not events["on"][slot]:
            events["start"][slot] = events["end"][slot] = 0
            self._unmark(kind, start)
            return
        events["end"][slot] = now
        opening.schedule_event(self._state, 0, now, state.STRESS_END, slot)
        self._advance(now)

    def _unmark(self, kind: str, start: float) -> None:
        """Take away the mark of a stress that never began."""
        for mark in self.tape.marks:
            what = mark.what
            if (
                isinstance(what, StressInjected)
                and what.kind == kind
                and abs(mark.time - start) < 1e-6
            ):
                self.tape.marks.remove(mark)
                return

    # -- traders ---------------------------------------------------------------------------------

    def add_policy_traders(
        self,
        policy: PolicyNet,
        count: int = 1,
        *,
        size: int | None = None,
        max_inventory: int = 40,
        step: float = 5.0,
        jitter: float = 0.2,
        greedy: bool | None = None,
        latency: float = 0.0,
    ) -> range:
        """Let ``count`` traders with this policy, and of its role, into the market, from now on.

        Without a ``size`` (lots) they trade the one they were trained for; with size 0 they look
        and decide, and never send an order: an experiment's placebo. A count of 0 changes nothing.

        Returns:
            Their rows in :attr:`agents`.

        Raises:
            InputError: for what no ``[[rl]]`` group of a scenario can be, or no policy.
            UnavailableError: if no policy slot is free.
        """
        if not isinstance(policy, PolicyNet):
            raise InputError(f"must be a PolicyNet, not {shown(policy)}", key="policy")
        first = int(self._market["n_agents"])
        self._state = with_policy_traders(
            self._state,
            policy,
            count,
            size=size,
            max_inventory=max_inventory,
            step=step,
            jitter=jitter,
            greedy=policy.greedy if greedy is None else greedy,
            latency=latency,
        )
        if self._market["n_agents"] == first:
            return range(first, first)
        opening.join(self._state, 0, np.uint64(self.seed), first)
        self.tape.marks.append(Mark(self.now, PolicyTradersJoined(count, policy.name)))
        return range(first, first + count)

    def remove_policy_traders(self, traders: range) -> None:
        """Take RL traders out, by their rows in :attr:`agents`, from now on.

        Their resting orders are cancelled, and they are not woken any more. What they hold stays in
        their accounts; a message that is on its way arrives. Done twice, it changes nothing.

        Raises:
            InputError: if a row is none of an RL trader.
        """
        self._rl_rows(traders)
        if not leaving.wake_no_more(self._state, 0, traders):
            return
        for slot, seq, agent in leaving.resting_orders(self._state, 0, traders):
            self._command([(state.CANCEL, 0, 0, 0, agent, -1, slot, seq, 0, 0, 0, 0, 0)])
        self.tape.marks.append(Mark(self.now, leaving.PolicyTradersLeft(len(traders))))

    def change_traders(self, scenario: Scenario, joining: Sequence[Mapping[str, Any]] = ()) -> None:
        """Take the parameters of another scenario's traders, and let RL traders join.

        Args:
            scenario: its parameters that a running market can take (:func:`.tuning.is_live`) are
                taken now, the others not at all.
            joining: arguments of :meth:`add_policy_traders`, a mapping for each group.

        Raises:
            UnavailableError: if a class would start or stop acting, which only a reset can do; in a
                recorded market for other traders than none.
            ScenarioError: if no file could say what the scenario says.
            InputError, UnavailableError: as :meth:`add_policy_traders` does.
        """
        from abm_desktop.scenario import Scenario

        if not isinstance(scenario, Scenario):
            raise InputError(f"must be a Scenario, not {shown(scenario)}", key="scenario")
        if not isinstance(joining, Sequence) or not all(isinstance(j, Mapping) for j in joining):
            raise InputError(f"must be a list of mappings, not {shown(joining)}", key="joining")
        scenario = checked_copy(scenario)
        if self.scenario.recording and scenario.population != self.scenario.population:
            raise UnavailableError(RecordedTradersFixed())
        before, marks = arrays.copy(self._state), len(self.tape.marks)
        try:
            retune(self._state, scenario)
            for group in joining:
                self.add_policy_traders(**group)
        except Exception:
            # All of it or nothing: what is refused is not remembered, and cannot be repeated.
            self._state = before
            del self.tape.marks[marks:]
            raise
        self._remember_change()

    def set_policy(self, traders: range, policy: PolicyNet) -> None:
        """Let RL traders, by their rows in :attr:`agents`, act by this policy from now on.

        Raises:
            InputError: if a row is none of an RL trader, or of another role than the policy.
            UnavailableError: if no policy slot is free.
        """
        if not isinstance(policy, PolicyNet):
            raise InputError(f"must be a PolicyNet, not {shown(policy)}", key="policy")
        agents = self._rl_rows(traders)
        role = find_role(policy.role)
        if (agents["role"] != role.code).any():
            raise InputError(f"is that of {role.noun}, and the traders are none", key="policy")
        self._state, network = with_network(self._state, policy, shared=True)
        agents["external"] = 0
        agents["policy"] = network
        self._remember_change()

    def set_by_hand(self, traders: range) -> None:
        """Let RL traders, by their rows, wait for actions from outside, as an environment's do.

        Run the market with :meth:`advance_with` then. Raises :class:`InputError` if a row is none
        of an RL trader.
        """
        self._rl_rows(traders)["external"] = 1
        self._remember_change()

    def _rl_rows(self, traders: range) -> np.ndarray:
        """The records of these RL traders themselves."""
        if not isinstance(traders, range):
            raise InputError(f"must be a range of rows, not {shown(traders)}", key="traders")
        agents = self._state.agents[0]
        if not (0 <= traders.start <= traders.stop <= len(agents)) or traders.step != 1:
            told = f"{_told(traders)}; the market has rows 0 to {len(agents) - 1}"
            raise InputError(f"must be rows of traders, not {told}", key="traders")
        rows = agents[traders.start : traders.stop]
        if (rows["kind"] != state.RL).any():
            raise InputError(
                f"must be rows of RL traders, not {_told(traders)}",
                key="traders",
                remedy="add_policy_traders returns those of the traders it adds",
            )
        return rows

    def add_clones(self, sections: Sequence[str], share: float) -> int:
        """Replace a share of the activity of some classes by that of new traders like them.

        The old ones act at 1 - share of their rate, and as many new ones, with random streams of
        their own and without positions, at share of it: nothing changes but who trades.

        Args:
            sections: of the population, from :data:`.clones.SECTIONS`.
            share: of the activity, 0 to 1.

        Returns:
            How many traders joined.

        Raises:
            InputError: for other sections or shares.
            UnavailableError: if there would be more traders than :data:`.clones.MOST_TRADERS`.
        """
        if not isinstance(sections, Sequence) or isinstance(sections, str):
            raise InputError(f"must be a list of names, not {shown(sections)}", key="sections")
        for section in sections:
            one_of(section, "sections", SECTIONS)
        if len(set(sections)) < len(sections):
            raise InputError("names a class twice", key="sections")
        share = real(share, "share", 0.0, 1.0)
        first = len(self._state.agents[0])
        self._state = with_clones(self._state, sections, share, self.seed)
        number = len(self._state.agents[0]) - first
        self._remember_change()
        self.tape.marks.append(Mark(self.now, ClonesJoined(number)))
        return number

    # -- rules and phases ------------------------------------------------------------------------

    def set_intervention(self, name: str, on: bool = True, **values: float) -> None:
        """Switch a rule of the venue, from now on; ``values`` change its parameters.

        Raises:
            InputError: if there is no such rule or parameter, or a scenario file would refuse it.
        """
        rules.set_rule(self._state.rules[0], name, on, values)
        self._market["rules_on"] = rules.any_on(self._state.rules[0])
        if not on and name in ("luld", "velocity_logic", "volatility_auction"):
            opening.lift_bounds(self._state, 0)
        self.tape.marks.append(Mark(self.now, RuleSwitched(name, on)))

    def hold_auction(self, seconds: float) -> None:
        """Call an auction now: trading stops, and resumes at one price after ``seconds``.

        Raises:
            InputError: for a length that is none.
            UnavailableError: if the market is closed.
        """
        seconds = within(CalledAuction, "seconds", seconds)
        if self._market["phase"] == state.SHUT:
            raise UnavailableError(AuctionAfterClose())
        opening.call_auction(self._state, 0, seconds)
        self.tape.marks.append(Mark(self.now, AuctionCalled(seconds)))


def _told(rows: range) -> str:
    return f"row {rows.start}" if len(rows) == 1 else f"rows {rows.start} to {rows.stop - 1}"
