"""A session as a Python script that makes the same market again, bit by bit."""

from __future__ import annotations

import textwrap
from typing import Any

from abm_desktop.live.refusals import OnlyReplay, RefusedError
from abm_desktop.live.session_record import SessionRecord
from abm_desktop.market.policy import PolicyNet
from abm_desktop.market.policy_text import text_of
from abm_desktop.scenario.base import Model
from abm_desktop.scenario.checked import scenario_from_dict

__all__ = ["script_of"]

_WIDTH = 96


def script_of(record: SessionRecord) -> str:
    """Write the script of a session: its scenario, its seed, and every command at its time.

    Raises:
        RefusedError: for a replay, which nobody has commanded.
        InputError: if a command or the scenario in the record is none.
    """
    if record.replay:
        raise RefusedError(OnlyReplay())
    writer = _Writer()
    scenario = writer.value(scenario_from_dict(record.scenario), 0)
    lines, before = [], 0.0
    for at, command in record.moves():
        if at != before:
            lines.append(f"\nmarket.run_until({at!r})")
            before = at
        lines.append(f"{writer.value(command, 0)}.apply(market)")
    if record.time != before:
        lines.append(f"\nmarket.run_until({record.time!r})")
    writer.need("abm_desktop.market.simulator", "Simulator")
    count = len(record.commands)
    title = (
        f"{record.source!r}, seed {record.seed}, with {count} command{'s' * (count != 1)} "
        f"up to {record.time:g} s"
    )
    return "\n".join(
        [
            f"# A session of ABM Desktop: {title}.",
            "# Run it with the Python that ABM Desktop is installed in: it makes the same market "
            "again, bit by bit.",
            *writer.imports(),
            "",
            *writer.policies(),
            f"market = Simulator({scenario}, seed={record.seed}, sample_interval=0.1)",
            "market.warm_up()",
            *lines,
            "",
            'print(f"{market.now:g} s, {market.trades} fills, state {market.checksum()}")',
            f"if market.checksum() != {record.checksum!r}:",
            '    raise SystemExit("another market: the session was of another version")',
            "",
        ]
    )


class _Writer:
    """Writes values as Python, and remembers what has to be imported for them."""

    def __init__(self) -> None:
        self._imports: dict[str, set[str]] = {}
        self._policies: dict[str, str] = {}

    def need(self, module: str, name: str) -> str:
        """Import a name; returns it."""
        self._imports.setdefault(module, set()).add(name)
        return name

    def imports(self) -> list[str]:
        """The lines that import what was needed."""
        return [
            f"from {module} import {', '.join(sorted(names))}"
            for module, names in sorted(self._imports.items())
        ]

    def policies(self) -> list[str]:
        """The lines that hold the arrays of policies."""
        lines = []
        for text, name in self._policies.items():
            parts = "\n".join(f'    "{part}"' for part in textwrap.wrap(text, _WIDTH - 6))
            lines.append(f'{name} = policy_of({{"npz": (\n{parts}\n)}})\n')
        return lines

    def value(self, value: Any, indent: int) -> str:
        """A value as an expression; what is long takes several lines."""
        if isinstance(value, Model):
            name = self.need(type(value).__module__, type(value).__name__)
            inside = [
                f"{key}={self.value(getattr(value, key), indent + 4)}"
                for key, field in type(value).model_fields.items()
                if field.is_required()
                or getattr(value, key) != field.get_default(call_default_factory=True)
            ]
            return _call(f"{name}(", inside, ")", indent)
        if isinstance(value, PolicyNet):
            self.need("abm_desktop.market.policy_text", "policy_of")
            return self._policies.setdefault(
                text_of(value)["npz"], f"POLICY_{len(self._policies) + 1}"
            )
        if isinstance(value, tuple):
            inside = [self.value(each, indent + 4) for each in value]
            return _call("(", inside, ",)" if len(inside) == 1 else ")", indent)
        return repr(value)


def _call(begin: str, inside: list[str], end: str, indent: int) -> str:
    line = f"{begin}{', '.join(inside)}{end}"
    if "\n" not in line and indent + len(line) <= _WIDTH:
        return line
    space = " " * (indent + 4)
    rows = "".join(f"{space}{each},\n" for each in inside)
    return f"{begin}\n{rows}{' ' * indent}{end.lstrip(',')}"
