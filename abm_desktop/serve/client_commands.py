"""A command as a client sends it, in the body of a request or on a WebSocket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from abm_desktop.inputs import InputError, one_of, shown
from abm_desktop.live.commands import COMMANDS, Command, Inject
from abm_desktop.serve.names_only import check_command
from abm_desktop.serve.problems import of_values

__all__ = ["client_command", "timed"]


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
    known: Command = timed(command) if isinstance(command, Inject) else command
    return known


def timed(command: Inject) -> Inject:
    """The same stress with its time where a command has it: a file has it as the stress's ``at``.

    Raises InputError for two times.
    """
    own = command.stress.at
    if own == 0.0:
        return command
    if command.at is not None and command.at != own:
        raise InputError(
            f"is {own:g}, but at is {command.at:g}", key="stress.at", remedy="give one of the two"
        )
    return Inject(stress=command.stress.model_copy(update={"at": 0.0}), at=own)
