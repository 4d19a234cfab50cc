"""``abm-desktop mcp``: the laboratory as tools of an assistant."""

from __future__ import annotations

from importlib.util import find_spec

from abm_desktop.commands.console import Failed
from abm_desktop.inputs import UnavailableError

__all__ = ["serve_tools"]


def serve_tools(address: str, start: bool) -> None:
    """Serve them on stdin and stdout until the assistant ends."""
    if find_spec("mcp") is None:
        raise Failed('the package mcp is not installed: pip install "abm-desktop[mcp]"')
    from abm_desktop.remote.assistant.server import run_tools

    try:
        run_tools(address, start)
    except UnavailableError as error:
        more = "" if start or address else "; --start starts one without a window"
        raise Failed(f"{error}{more}") from error
