"""Sessions that an earlier version of the program has written, in the form of this one."""

from __future__ import annotations

from typing import Any

from abm_desktop.inputs import InputError, shown
from abm_desktop.scenario.interventions import RULES

__all__ = ["OLD_VERSIONS", "upgraded"]

OLD_VERSIONS = (1, 2, 3)
"""The commands of version 1 had other names, and stood flat beside their time."""

_NAMES = {
    "inject": "inject",
    "end_stress": "end_stress",
    "add_policy_traders": "add_traders",
    "change": "change_population",
    "set_intervention": "set_rule",
    "hold_auction": "call_auction",
    "place_order": "place_order",
    "cancel_order": "cancel_order",
    "cancel_orders": "cancel_orders",
    "step": "step",
}


def upgraded(values: dict[str, Any], version: int) -> dict[str, Any]:
    """The fields of a session of an old version as they are in this one.

    Raises :class:`InputError` for a command that version 1 did not have.
    """
    # Their checksums were made otherwise; the number of events is compared in its place.
    values = values | {"checksum": ""}
    if version > 1:
        return values
    commands = values.get("commands", [])
    if not isinstance(commands, list):
        raise InputError(f"is {shown(commands)}", key="commands")
    return values | {"commands": [_upgraded(command) for command in commands]}


def _upgraded(old: object) -> dict[str, Any]:
    if not isinstance(old, dict) or old.get("do") not in _NAMES:
        raise InputError(f"has {shown(old)}", key="commands")
    command = {key: value for key, value in old.items() if key != "at"}
    name = command["do"]
    command["do"] = _NAMES[name]
    if name == "cancel_order" and "key" in command:
        command["order"] = command.pop("key")
    if name == "set_intervention" and isinstance(command.get("values"), dict):
        model = RULES.get(command.get("rule", ""))
        fields = {} if model is None else model.model_fields
        # Yes and no were 1 and 0.
        command["values"] = {
            key: bool(value)
            if key in fields and isinstance(fields[key].default, bool) and value in (0, 1)
            else value
            for key, value in command["values"].items()
        }
    return {"at": old.get("at"), "command": command}
