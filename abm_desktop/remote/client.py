"""A typed client of the control API: ``from abm_desktop import connect``.

It imports neither the compiled market nor any other large library.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from abm_desktop.inputs import InputError
from abm_desktop.remote.address import find_server
from abm_desktop.remote.changing import RemoteMarket
from abm_desktop.remote.connection import Connection
from abm_desktop.remote.jobs import RemoteJob
from abm_desktop.remote.reading import plain
from abm_desktop.remote.streams import RemoteStream
from abm_desktop.remote.work import (
    RemoteExperiments,
    RemoteModels,
    RemoteScenarios,
    RemoteTrainings,
)

if TYPE_CHECKING:
    from abm_desktop.remote.environment import RemoteEnv

__all__ = ["TOKEN_VARIABLE", "RemoteSession", "connect"]

TOKEN_VARIABLE = "ABM_DESKTOP_TOKEN"
"""Holds the token of a server that has no file on this machine."""


class RemoteSession(RemoteMarket):
    """A session of ABM Desktop, played from here: its market, and what is beside it.

    Made by :func:`connect`; use it in a ``with`` block, or :meth:`close` it.

    Attributes:
        scenarios, models, trainings, experiments: what is beside the market.
    """

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.scenarios = RemoteScenarios(connection)
        self.models = RemoteModels(connection)
        self.trainings = RemoteTrainings(connection)
        self.experiments = RemoteExperiments(connection)

    def __repr__(self) -> str:
        return f"RemoteSession({self.connection.url!r})"

    def __enter__(self) -> RemoteSession:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go; the session goes on."""
        self.connection.close()

    def stream(
        self, *topics: str, rate: float = 10.0, since: dict[str, int] | None = None
    ) -> RemoteStream:
        """What happens, as it happens.

        ::

            for message in market.stream("snapshot", "trades"):
                print(message.topic, message.data)

        Args:
            topics: snapshot, book, training, experiment (the newest counts); trades, outcomes,
                alarms, log (every one comes, also after a connection broke).
            rate: most messages of each state a real second, up to 60.
            since: number of the last event read, by topic (``stream.read``), to go on after it.
        """
        return RemoteStream(self.connection, topics or ("snapshot",), rate=rate, since=since)

    def environment(self, scenario: str | None = None, **settings: Any) -> RemoteEnv:
        """A Gymnasium environment that the server steps, beside its market; see RemoteEnv."""
        from abm_desktop.remote.environment import RemoteEnv

        return RemoteEnv(self.connection, scenario, **settings)

    def facts(
        self, scenario: str | None = None, *, sessions: int = 10, seed: int | None = None
    ) -> RemoteJob:
        """Compare a scenario, or the running session (None), with the stylised facts; a job."""
        if scenario is None:
            body: dict[str, Any] = {"running": True}
        else:
            body = {"scenario": scenario, "sessions": sessions, "seed": seed}
        return RemoteJob(self.connection, self.connection.send("POST", "/facts", body))

    def compare(self, scenario: str, **settings: Any) -> RemoteJob:
        """What a rule or a stress changes, in matched pairs of markets; a job.

        ::

            market.compare("calm", rule="luld", values={"band": 0.012},
                           shock={"type": "flash_crash"}, seeds=20).wait()

        Args:
            scenario: its name.
            **settings: rule with values, or change (a stress); shock (a stress that both copies
                meet), at, after (seconds), seeds (how many), seed (of the first).
        """
        body = {"scenario": scenario, **{k: plain(v) for k, v in settings.items()}}
        return RemoteJob(self.connection, self.connection.send("POST", "/comparisons", body))

    def jobs(self) -> list[RemoteJob]:
        """Every job that is remembered, the oldest first."""
        return [RemoteJob(self.connection, each) for each in self.connection.get("/jobs")]

    def panels(self) -> list[str]:
        """Panels of the open window. Raises UnavailableError if there is none."""
        return list(self.connection.get("/window/panels").panels)

    def screenshot(self, panel: str = "window", width: int = 0, height: int = 0) -> bytes:
        """A panel of the open window as PNG, as large as fits into so many pixels; 0 is as it is.

        Raises UnavailableError if there is no window.
        """
        path = f"/window/panels/{quote(panel, '')}.png"
        return self.connection.content(path, width=width, height=height)

    def focus(self, panel: str) -> None:
        """Bring a panel of the open window to the front."""
        self.connection.send("POST", f"/window/panels/{quote(panel, '')}/focus")


def connect(
    address: str = "",
    token: str = "",
    *,
    client: str = "",
    timeout: float = 600.0,
    certificate: str | Path = "",
) -> RemoteSession:
    """Connect to a running server, or to a window with *Remote control* on.

    Args:
        address: like ``http://127.0.0.1:8765``; "" finds the only one that this user runs.
        token: needed if the server is of another user or machine; else it is found, or taken from
            the environment variable ``ABM_DESKTOP_TOKEN``.
        client: what this program shall be called in the window; default: its file's name.
        timeout: real seconds to wait for an answer; loading the first market may compile it.
        certificate: file with the certificate to trust; that of a server of this user is found.

    Raises:
        UnavailableError: if no server runs there.
        InputError: if several run and none is named, or the token is not one of its.

    >>> from abm_desktop import connect
    >>> from abm_desktop.live import LiveMarket
    >>> from abm_desktop.serve.server import Server
    >>> from abm_desktop.serve.session import ServedSession
    >>> live = LiveMarket()
    >>> live.start()
    >>> server = Server(ServedSession(live))    # in a program of its own: abm-desktop serve
    >>> server.start()
    >>> with connect(server.url) as market:
    ...     done = market.load("calm", seed=7)
    ...     done = market.run(60.0)
    ...     print(market.now, market.trades > 0)
    60.0 True
    >>> server.stop()
    >>> live.close()
    """
    address = address.rstrip("/")
    token = token or os.environ.get(TOKEN_VARIABLE, "")
    trusted = str(certificate)
    if not address or not token:
        found = find_server(address)
        address, token = found.url, token or found.token
        trusted = trusted or found.certificate
    if not (isinstance(timeout, int | float) and timeout > 0.0):
        raise InputError(f"must be a number above 0, not {timeout!r}", key="timeout")
    name = client or Path(sys.argv[0]).stem or "Python"
    connection = Connection(
        address, token, client=_plain(name), timeout=timeout, certificate=trusted
    )
    try:
        connection.get("/info")
    except BaseException:
        connection.close()
        raise
    return RemoteSession(connection)


def _plain(name: str) -> str:
    """A name as a header can hold it."""
    return "".join(c for c in name if " " <= c <= "~")[:40].strip() or "Python"
