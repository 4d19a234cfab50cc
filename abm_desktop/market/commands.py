"""What a person does to a simulated market, as values: each can be carried out, kept and read back.

The same commands at the same simulated times in the same market give the same market, bit by bit.
So the window, the recording of a live market, its file for after a crash and the script of a
session all hold these objects. As JSON each is a table whose key ``do`` says which it is.

>>> command = read_command({"do": "place_order", "side": 1, "price": None, "size": 5})
>>> command
PlaceOrder(do='place_order', side=1, price=None, size=5)
>>> written(command)
{'do': 'place_order', 'side': 1, 'price': None, 'size': 5}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from abm_desktop.inputs import real, shown
from abm_desktop.scenario.base import LaterBuiltModel, clash
from abm_desktop.scenario.bounds import Lots
from abm_desktop.scenario.checked import PolicyGroup
from abm_desktop.scenario.command_types import (
    ALSO_LISTS,
    EMPTY,
    Events,
    Held,
    Number,
    OrderKey,
    Side,
    check_some,
    read_one_of,
)
from abm_desktop.scenario.interventions import RULES, CalledAuction
from abm_desktop.scenario.models import Scenario
from abm_desktop.scenario.stress import STRESS_TYPES, Stress

if TYPE_CHECKING:
    from abm_desktop.market.orders_by_hand import OrderReport
    from abm_desktop.market.simulator import Simulator

__all__ = [
    "MARKET_COMMANDS",
    "AddTraders",
    "CallAuction",
    "CancelOrder",
    "CancelOrders",
    "ChangePopulation",
    "EndStress",
    "Inject",
    "JoiningTraders",
    "MarketCommand",
    "ModifyOrder",
    "PlaceOrder",
    "RemoveTraders",
    "SetRule",
    "StepEvents",
    "read_command",
    "written",
]


class MarketCommand(LaterBuiltModel):
    """Base of all: immutable, with the bounds that a scenario file has.

    Raises:
        ValueError: (pydantic's) when made from what it cannot be; :func:`read_command` says it as
            an InputError.
    """

    do: str

    def apply(self, simulator: Simulator) -> OrderReport | None:
        """Do it to a market, now; returns what became of an order, for the commands of orders.

        Raises:
            InputError, UnavailableError: if the market refuses it; it is then as it was.
        """
        raise NotImplementedError


class Inject(MarketCommand):
    """Start a stress event."""

    do: Literal["inject"] = "inject"
    stress: Stress
    at: float | None = None
    """Simulated seconds since the open; None is now."""

    def apply(self, simulator: Simulator) -> None:
        """Hand it to the market."""
        simulator.inject(self.stress, self.at)


class EndStress(MarketCommand):
    """End an acting stress now, before its time."""

    do: Literal["end_stress"] = "end_stress"
    kind: str
    start: float
    """Simulated second in which it began."""

    def model_post_init(self, context: Any) -> None:
        """Refuse a kind that there is none of."""
        if self.kind not in STRESS_TYPES:
            known = ", ".join(STRESS_TYPES)
            raise clash("kind", f"is {shown(self.kind)}, no kind of stress", f"known: {known}")

    def apply(self, simulator: Simulator) -> None:
        """End it in the market."""
        simulator.end_stress(self.kind, self.start)


def _policy(value: Any) -> Any:
    # The arrays of a policy come with compiled code, which a window is not to wait for.
    from abm_desktop.market.policy_text import policy_of

    return policy_of(value)


def _policy_text(policy: Any) -> Any:
    from abm_desktop.market.policy_text import text_of

    return text_of(policy)


class JoiningTraders(PolicyGroup):
    """RL traders that enter a running market; the fields are those of an ``[[rl]]`` group."""

    policy: Annotated[Any, Held(_policy, _policy_text)]
    """A :class:`~abm_desktop.market.policy.PolicyNet`; in JSON, the text of its file."""
    greedy: bool | None = None  # type: ignore[assignment]  # None: as the policy says

    def arguments(self) -> dict[str, Any]:
        """The arguments of :meth:`Simulator.add_policy_traders`."""
        return {name: getattr(self, name) for name in JoiningTraders.model_fields}


class AddTraders(JoiningTraders, MarketCommand):
    """Let traders with a trained policy into the market."""

    do: Literal["add_traders"] = "add_traders"

    def apply(self, simulator: Simulator) -> None:
        """Let them in."""
        simulator.add_policy_traders(**self.arguments())


class RemoveTraders(MarketCommand):
    """Take RL traders out of the market: they cancel their orders, and act no more."""

    do: Literal["remove_traders"] = "remove_traders"
    first: Number
    """Row of the first in :attr:`Simulator.agents`."""
    count: Events
    """How many, with it."""

    def apply(self, simulator: Simulator) -> None:
        """Take them out."""
        simulator.remove_policy_traders(range(self.first, self.first + self.count))


class ChangePopulation(MarketCommand):
    """Give the traders of a running market the parameters of another scenario, as far as can be."""

    do: Literal["change_population"] = "change_population"
    scenario: Scenario
    joining: Annotated[tuple[JoiningTraders, ...] | None, ALSO_LISTS] = None
    """RL traders that the scenario has more of than the market; a live market finds them (None)."""

    def apply(self, simulator: Simulator) -> None:
        """Change all of it, or nothing."""
        simulator.change_traders(self.scenario, [group.arguments() for group in self.joining or ()])


def _rule_number(value: Any) -> Any:
    return value if isinstance(value, bool) else real(value, "")


def _same(value: Any) -> Any:
    return value


class SetRule(MarketCommand):
    """Switch a rule of the venue, with some of its parameters; the others stay as they are."""

    do: Literal["set_rule"] = "set_rule"
    rule: str
    on: bool = True
    values: dict[str, Annotated[float | bool, Held(_rule_number, _same)]] = EMPTY

    def model_post_init(self, context: Any) -> None:
        """Refuse what a scenario file could not give to this rule."""
        if self.rule not in RULES:
            known = ", ".join(RULES)
            raise clash("rule", f"is {shown(self.rule)}, no rule of a venue", f"known: {known}")
        check_some(RULES[self.rule], self.values, "values")

    def apply(self, simulator: Simulator) -> None:
        """Switch it."""
        simulator.set_intervention(self.rule, self.on, **self.values)


class CallAuction(CalledAuction, MarketCommand):
    """Stop continuous trading, and resume with an auction after some simulated seconds."""

    do: Literal["call_auction"] = "call_auction"

    def apply(self, simulator: Simulator) -> None:
        """Call it."""
        simulator.hold_auction(self.seconds)


class PlaceOrder(MarketCommand):
    """Place an order by hand."""

    do: Literal["place_order"] = "place_order"
    side: Side
    price: float | None = None
    """Limit in currency; None takes what is there."""
    size: Lots

    def model_post_init(self, context: Any) -> None:
        """Refuse an order of neither side."""
        if self.side == 0:
            raise clash("side", "must be +1 (buy) or -1 (sell), not 0", "choose one of them")

    def apply(self, simulator: Simulator) -> OrderReport:
        """Send it."""
        return simulator.place_order(self.side, self.price, self.size)


class ModifyOrder(MarketCommand):
    """Change price and size of an order placed by hand."""

    do: Literal["modify_order"] = "modify_order"
    order: OrderKey
    price: float
    size: Lots

    def apply(self, simulator: Simulator) -> OrderReport:
        """Change it; fewer lots at its price keep its place in the queue."""
        return simulator.modify(self.order, self.price, self.size)


class CancelOrder(MarketCommand):
    """Cancel one order placed by hand."""

    do: Literal["cancel_order"] = "cancel_order"
    order: OrderKey

    def apply(self, simulator: Simulator) -> OrderReport:
        """Cancel it."""
        return simulator.cancel(self.order)


class CancelOrders(MarketCommand):
    """Cancel every order placed by hand."""

    do: Literal["cancel_orders"] = "cancel_orders"

    def apply(self, simulator: Simulator) -> None:
        """Cancel them."""
        simulator.cancel_orders()


class StepEvents(MarketCommand):
    """Take some events: one trader acts, one order expires, one step of a stress is taken."""

    do: Literal["step"] = "step"
    events: Events = 1

    def apply(self, simulator: Simulator) -> None:
        """Take them."""
        simulator.step(self.events)


MARKET_COMMANDS: dict[str, type[MarketCommand]] = {
    kind.model_fields["do"].default: kind
    for kind in (
        Inject,
        EndStress,
        AddTraders,
        RemoveTraders,
        ChangePopulation,
        SetRule,
        CallAuction,
        PlaceOrder,
        ModifyOrder,
        CancelOrder,
        CancelOrders,
        StepEvents,
    )
}
"""Every kind, by its name in JSON."""


def read_command(values: object) -> MarketCommand:
    """Read what :func:`written` gave.

    Raises:
        InputError: if there is no such command, or a key is missing, unknown, or out of its bounds.
    """
    return read_one_of(MARKET_COMMANDS, values)


def written(command: LaterBuiltModel) -> dict[str, Any]:
    """A command as plain values, as in JSON."""
    return command.model_dump(mode="json")
