"""What was done to a simulated market, as data: it can be carried out again, here or after a crash.

A deed is a name and arguments. Called with a market it acts on it; written as JSON it can be kept
beside the seed, which is all that is needed to compute the same market again, bit by bit.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.stress import Stress

__all__ = ["DEEDS", "Deed"]


@dataclass(frozen=True, slots=True)
class Deed:
    """One command to a market; ``arguments`` are those of its function in :data:`DEEDS`."""

    name: str
    arguments: Mapping[str, Any]

    def __call__(self, simulator: Simulator) -> Any:
        """Carry it out.

        Raises:
            ValueError, RuntimeError: if the market refuses it.
        """
        return DEEDS[self.name](simulator, **self.arguments)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"do": self.name, **{k: _to_json(v) for k, v in self.arguments.items()}}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Deed:
        """Read what :meth:`as_json` wrote.

        Raises:
            KeyError: if no deed has this name.
        """
        arguments = {k: _from_json(k, v) for k, v in values.items() if k != "do"}
        name = str(values["do"])
        if name not in DEEDS:
            raise KeyError(f"{name!r} is no command of a market")
        return cls(name, arguments)


def _inject(simulator: Simulator, stress: Stress) -> None:
    simulator.inject(stress)


def _end_stress(simulator: Simulator, kind: str, start: float) -> None:
    from abm_desktop.live.inside import end_stress

    end_stress(simulator, kind, start)


def _add_policy_traders(
    simulator: Simulator, policy: PolicyNet, count: int, **options: Any
) -> None:
    simulator.add_policy_traders(policy, count, **options)


def _change(simulator: Simulator, scenario: Scenario, joining: list[Mapping[str, Any]]) -> None:
    from abm_desktop.live.inside import retune

    retune(simulator, scenario)
    for group in joining:
        simulator.add_policy_traders(**group)


def _set_intervention(
    simulator: Simulator, rule: str, on: bool, values: Mapping[str, float]
) -> None:
    simulator.set_intervention(rule, on, **values)


def _hold_auction(simulator: Simulator, seconds: float) -> None:
    simulator.hold_auction(seconds)


def _place_order(simulator: Simulator, side: int, price: float | None, size: int) -> Any:
    return simulator.place_order(side, price, size)


def _cancel_order(simulator: Simulator, key: tuple[int, int]) -> Any:
    return simulator.cancel((int(key[0]), int(key[1])))


def _cancel_orders(simulator: Simulator) -> int:
    return simulator.cancel_orders()


def _step(simulator: Simulator, events: int) -> None:
    simulator.step(events)


DEEDS: dict[str, Callable[..., Any]] = {
    "inject": _inject,
    "end_stress": _end_stress,
    "add_policy_traders": _add_policy_traders,
    "change": _change,
    "set_intervention": _set_intervention,
    "hold_auction": _hold_auction,
    "place_order": _place_order,
    "cancel_order": _cancel_order,
    "cancel_orders": _cancel_orders,
    "step": _step,
}


def _to_json(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "logits"):
        buffer = io.BytesIO()
        value.save(buffer)
        return {"npz": base64.b64encode(buffer.getvalue()).decode("ascii")}
    if isinstance(value, Mapping):
        return {str(k): _to_json(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_to_json(v) for v in value]
    return value


def _from_json(key: str, value: Any) -> Any:
    from abm_desktop.market.policy import PolicyNet
    from abm_desktop.scenario import Scenario, stress_from_dict

    if key == "stress":
        return stress_from_dict(value)
    if key == "scenario":
        return Scenario.model_validate(value)
    if key == "policy":
        return PolicyNet.load(io.BytesIO(base64.b64decode(value["npz"])))  # type: ignore[arg-type]
    if key == "joining":
        return [{k: _from_json(k, v) for k, v in group.items()} for group in value]
    if key == "key":
        return tuple(value)
    return value
