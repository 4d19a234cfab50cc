"""What the commands of ``abm-desktop remote`` share: options, the session, what is printed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from abm_desktop.commands.console import Misused, Out

if TYPE_CHECKING:
    from abm_desktop.remote.client import RemoteSession
    from abm_desktop.remote.replies import CommandResult

app = typer.Typer(
    help="Run, stress, read and watch the market of a running server or window.",
    no_args_is_help=True,
)

Address = Annotated[
    str,
    typer.Option(
        help="Server to talk to, like http://127.0.0.1:8765; default: the only one that runs. "
        "ABM_DESKTOP_TOKEN holds the token of one of another machine."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", help="Another value, e.g. --set duration=60; may be repeated."),
]


def open_session(address: str) -> RemoteSession:
    """Return a session with the server at ``address``; "" is the only one that runs."""
    from abm_desktop.remote.client import connect

    return connect(address, client="abm-desktop remote")


def seconds_of(text: str, what: str) -> float:
    """Return simulated seconds of a text like "10min"; Misused tells of ``what`` if it is none."""
    from abm_desktop.scenario import parse_duration

    try:
        return float(parse_duration(text))
    except ValueError as error:
        raise Misused(f"{what}: {error}") from error


def real_of(text: str, what: str) -> float:
    """Return the number that the text is; Misused tells of ``what`` if it is none."""
    try:
        return float(text)
    except ValueError:
        raise Misused(f"{what} {text}: is no number") from None


def values_of(settings: Iterable[str] | None) -> dict[str, Any]:
    """Return what ``--set KEY=VALUE`` was given; Misused tells what is wrong with each."""
    from abm_desktop.scenario.reading import read_changes

    values, problems = read_changes(settings or [])
    if problems:
        raise Misused("; ".join(f"{p.key} {p.message}; {p.remedy}" for p in problems))
    return values


def stress_of(text: str, what: str) -> dict[str, Any]:
    """Return the stress that a text like "flash_crash=0.05" means; Misused tells of ``what``."""
    name, _, magnitude = text.partition("=")
    return {"type": name} | ({"magnitude": real_of(magnitude, what)} if magnitude else {})


def print_json(value: Any) -> None:
    """Print a reply, or what is made of replies."""
    print(json.dumps(value, indent=1, default=_plain))


def _plain(value: Any) -> Any:
    from dataclasses import asdict, is_dataclass

    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.tolist()


def tell(session: RemoteSession, result: CommandResult | None, as_json: bool) -> None:
    """Print what became of a command, and where the market is now."""
    if as_json:
        print_json(result)
    elif result is None:
        Out().print("Nothing to do.")
    else:
        state = "" if result.checksum is None else f", state {result.checksum}"
        Out().print(f"Done: market {result.generation} is at {session.now:g} s{state}")


def shown(value: float | None, unit: str = "") -> str:
    """Return a number as a table has it; None is a dash."""
    return "-" if value is None else f"{value:,.6g}{unit}"
