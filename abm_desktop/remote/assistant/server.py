"""The tools as a server of the Model Context Protocol, on stdin and stdout."""

from __future__ import annotations

import functools
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mcp.server.mcpserver import Image, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from abm_desktop import child_python
from abm_desktop.inputs import InputError, UnavailableError
from abm_desktop.remote.address import ServerAddress, running_servers
from abm_desktop.remote.assistant.remedies import as_tools
from abm_desktop.remote.assistant.tools import READING, TOOLS, AssistantTools
from abm_desktop.remote.client import RemoteSession, connect

__all__ = ["run_tools", "started_server", "tool_server"]

ABOUT = """A market laboratory: one running limit order book market with algorithmic and RL traders,
which a person may watch in a window. Times are simulated seconds since the open, prices currency,
sizes lots, magnitudes of price stresses fractions (0.05 is 5 %). A market is a scenario and a seed,
and the same commands make the same market bit by bit: to compare two worlds, open a scenario, run
to a time, change something and measure; then fork to that time, leave it out, and measure again.
One comparison is one draw: repeat_comparison, or plan an experiment, before concluding."""
START_SECONDS = 60.0


def tool_server(session: RemoteSession) -> MCPServer:
    """The tools over one session."""
    server = MCPServer("abm-desktop", title="ABM Desktop", instructions=ABOUT, log_level="ERROR")
    tools = AssistantTools(session)

    def screenshot(panel: str = "window") -> Image:
        """A picture of the open window, or of a panel of it. A server without a window has none."""
        return Image(data=tools.picture(panel), format="png")

    for name in TOOLS:
        call = screenshot if name == "screenshot" else getattr(tools, name)
        server.add_tool(
            _told(call),
            name=name,
            annotations=ToolAnnotations(
                readOnlyHint=name in READING, destructiveHint=False, openWorldHint=False
            ),
            structured_output=False,
        )
    return server


def _told(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same tool, whose errors are told in one sentence."""

    @functools.wraps(call)
    def tell(*given: Any, **named: Any) -> Any:
        try:
            return call(*given, **named)
        except (InputError, UnavailableError, TimeoutError) as error:
            raise ToolError(as_tools(str(error))) from error

    return tell


@contextmanager
def started_server() -> Iterator[ServerAddress]:
    """A server without a window in a process of its own, as long as the block lasts.

    Raises UnavailableError if it does not start.
    """
    process = subprocess.Popen(
        child_python.command("abm_desktop", "serve"),
        env=child_python.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # that of this process is the assistant's
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield _announced(process)
    finally:
        process.terminate()
        try:
            process.wait(10.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stderr is not None:
            process.stderr.close()


def _announced(process: subprocess.Popen[str]) -> ServerAddress:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        for each in running_servers():
            if each.pid == process.pid:
                return each
        if process.poll() is not None:
            told = process.stderr.read().strip() if process.stderr is not None else ""
            raise UnavailableError(f"the server did not start: {told[-500:]}")
        time.sleep(0.1)
    raise UnavailableError(f"the server did not start within {START_SECONDS:g} s")


def run_tools(address: str = "", start: bool = False) -> None:
    """Serve the tools until stdin closes.

    Raises:
        UnavailableError: if no server runs, and none is to be started.
        InputError: if several run and none is named.
    """
    if start and not address and not running_servers():
        with started_server() as found:
            _run(found.url)
        return
    _run(address)


def _run(address: str) -> None:
    with connect(address, client="assistant") as session:
        tool_server(session).run("stdio")
