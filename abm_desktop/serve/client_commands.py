"""A command as a client sends it, in the body of a request or on a WebSocket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from abm_desktop.inputs import InputError, one_of, shown
from abm_desktop.live.commands import COMMANDS, Command
from abm_desktop.serve.names_only import check_command
from abm_desktop.serve.problems import of_values

__all__ = ["client_command"]


def client_command(values: Any) -> Command:
    """The command that JSON values are; their key ``do`` says of which kind.

    Raises ProblemError or InputError if they are none, or one that would open a file here.
    """
    if not isinstance(values, Mapping):
        raise InputError(
            f"must be a table, not {shown(values)}",
            key="command",
            remedy='send one like {"do": "run"}',
        )
    kind = COMMANDS[one_of(values.get("do"), "do", COMMANDS)]
    try:
        command: Any = kind.model_validate(values)
    except ValidationError as error:
        raise of_values(error, kind) from None
    check_command(command)
    known: Command = command
    return known
