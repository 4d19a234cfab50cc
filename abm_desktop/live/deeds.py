"""What was done to a simulated market, as data: it can be carried out again, here or after a crash.

A deed is a name and arguments. Called with a market it acts on it; written as JSON it can be kept
beside the seed, which is all that is needed to compute the same market again, bit by bit.
"""

from __future__ import annotations

import base64
import io
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from abm_desktop.archives import load_arrays
from abm_desktop.inputs import InputError, one_of, real, shown, whole

if TYPE_CHECKING:
    from abm_desktop.market.policy import PolicyNet
    from abm_desktop.market.simulator import Simulator
    from abm_desktop.scenario import Scenario
    from abm_desktop.scenario.stress import Stress

__all__ = ["DEEDS", "Deed"]

_LONGEST_POLICY = 32 << 20
"""Letters of a policy in a file, and bytes that it unpacks to."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One command to a market; ``arguments`` are those of its function in :data:`DEEDS`."""

    name: str
    arguments: Mapping[str, Any]

    def __call__(self, simulator: Simulator) -> Any:
        """Carry it out.

        Raises:
            InputError, UnavailableError: if the market refuses it.
        """
        return DEEDS[one_of(self.name, "command", DEEDS)](simulator, **self.arguments)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {"do": self.name, **{k: _to_json(v) for k, v in self.arguments.items()}}

    @classmethod
    def from_json(cls, values: object) -> Deed:
        """Read what :meth:`as_json` wrote.

        Raises:
            InputError: if no deed has this name, or an argument is missing, one too many, or not
                of its kind. What the market makes of it is known when it is carried out.
        """
        if not isinstance(values, Mapping):
            raise InputError(f"must be a command of a market, not {shown(values)}", key="command")
        name = one_of(values.get("do"), "command", DEEDS)
        kinds = _ARGUMENTS[name]
        for key in values:
            if key != "do" and key not in kinds:
                raise InputError(f"is no argument of {name}", key=shown(key))
        needed = ("policy", "count") if name == "add_policy_traders" else kinds
        missing = [key for key in needed if key not in values]
        if missing:
            raise InputError(f"is missing in {name}", key=missing[0])
        arguments = {key: kinds[key](v, key) for key, v in values.items() if key != "do"}
        return cls(name, arguments)


def _inject(simulator: Simulator, stress: Stress) -> None:
    simulator.inject(stress)


def _end_stress(simulator: Simulator, kind: str, start: float) -> None:
    simulator.end_stress(kind, start)


def _add_policy_traders(
    simulator: Simulator, policy: PolicyNet, count: int, **options: Any
) -> None:
    simulator.add_policy_traders(policy, count, **options)


def _change(simulator: Simulator, scenario: Scenario, joining: list[Mapping[str, Any]]) -> None:
    simulator.change_traders(scenario, joining)


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


def _stress(value: object, key: str) -> Any:
    from abm_desktop.scenario import stress_from_dict

    if not isinstance(value, Mapping):
        raise InputError(f"must be a table of keys, not {shown(value)}", key=key)
    return stress_from_dict(value)


def _scenario(value: object, key: str) -> Any:
    from abm_desktop.scenario.checked import scenario_from_dict

    return scenario_from_dict(value)


def _policy(value: object, key: str) -> Any:
    from abm_desktop.market.policy import PolicyNet

    text = value.get("npz") if isinstance(value, Mapping) else None
    if not isinstance(text, str) or len(text) > _LONGEST_POLICY:
        raise InputError("must be the arrays of a policy", key=key)
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InputError(f"is no policy: {error}", key=key) from None
    # A file of a stranger is only read from a file: there its size is known before it is unpacked.
    with tempfile.TemporaryDirectory(prefix="abm-desktop-") as folder:
        file = Path(folder) / "policy.npz"
        file.write_bytes(data)
        try:
            load_arrays(file, max_arrays=64, max_bytes=_LONGEST_POLICY)
            return PolicyNet.load(file)
        except (ValueError, TypeError) as error:
            reason = error.message if isinstance(error, InputError) else str(error)
            raise InputError(f"is no policy: {reason}", key=key) from None


def _joining(value: object, key: str) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple):
        raise InputError(f"must be a list of groups, not {shown(value)}", key=key)
    groups = []
    for k, group in enumerate(value):
        if not isinstance(group, Mapping) or "policy" not in group or set(group) - set(_GROUP):
            raise InputError(
                f"must be a group of RL traders, not {shown(group)}", key=f"{key}[{k}]"
            )
        groups.append({name: _GROUP[name](v, f"{key}[{k}].{name}") for name, v in group.items()})
    return groups


def _text(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise InputError(f"must be a text, not {shown(value)}", key=key)
    return value


def _switch(value: object, key: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"must be true or false, not {shown(value)}", key=key)
    return value


def _number(value: object, key: str) -> Any:
    real(value, key)
    return value


def _maybe(value: object, key: str) -> Any:
    return None if value is None else _number(value, key)


def _numbers(value: object, key: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InputError(f"must be a table of numbers, not {shown(value)}", key=key)
    return {_text(k, key): v if isinstance(v, bool) else _number(v, k) for k, v in value.items()}


def _pair(value: object, key: str) -> tuple[int, int]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise InputError(f"must be two whole numbers, not {shown(value)}", key=key)
    return whole(value[0], key), whole(value[1], key)


_GROUP: dict[str, Callable[[object, str], Any]] = {
    "policy": _policy,
    "count": _number,
    "size": _maybe,
    "max_inventory": _number,
    "step": _number,
    "jitter": _number,
    "greedy": lambda value, key: None if value is None else _switch(value, key),
    "latency": _number,
}
_ARGUMENTS: dict[str, dict[str, Callable[[object, str], Any]]] = {
    "inject": {"stress": _stress},
    "end_stress": {"kind": _text, "start": _number},
    "add_policy_traders": _GROUP,
    "change": {"scenario": _scenario, "joining": _joining},
    "set_intervention": {"rule": _text, "on": _switch, "values": _numbers},
    "hold_auction": {"seconds": _number},
    "place_order": {"side": _number, "price": _maybe, "size": _number},
    "cancel_order": {"key": _pair},
    "cancel_orders": {},
    "step": {"events": _number},
}
"""Arguments of each deed, and how each is read from JSON."""
