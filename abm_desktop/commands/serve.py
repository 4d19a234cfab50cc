"""``abm-desktop serve``: the control API without a window."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from abm_desktop.commands.console import Misused, Out
from abm_desktop.heap import keep_little
from abm_desktop.inputs import InputError
from abm_desktop.scenario import ScenarioError, find_scenario, load_scenario


def serve(
    scenario: str,
    seed: int | None,
    host: str,
    port: int,
    certificate: Path | None,
    key: Path | None,
    names: Sequence[str],
    origins: Sequence[str],
) -> None:
    """Serve one session until Ctrl+C or SIGTERM."""
    keep_little()
    console = Out()
    try:
        first = load_scenario(find_scenario(scenario)) if scenario else None
    except ScenarioError as error:
        raise Misused(str(error)) from error
    from abm_desktop.live import LiveMarket
    from abm_desktop.serve.server import Server
    from abm_desktop.serve.session import ServedSession

    stop = threading.Event()
    before = {}

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    live = LiveMarket(first, seed)
    try:
        server = Server(
            ServedSession(live),
            host,
            port,
            certificate=certificate,
            key=key,
            hosts=names,
            origins=origins,
        )
    except InputError as error:
        raise Misused(f"--{error}") from error
    try:
        for number in (signal.SIGINT, signal.SIGTERM):
            before[number] = signal.signal(number, ask_to_stop)
        live.start()
        server.start()
        console.say("Serving at [bold]{}[/]; its pages are at {}/docs", server.url, server.url)
        console.say(
            "Other programs of this user find it: from abm_desktop import connect, or "
            "abm-desktop remote info. Ctrl+C ends it."
        )
        while not stop.wait(0.5) and not server.wait(0.0):
            pass
    finally:
        live.close()  # first, so that clients who wait for the market are answered
        server.stop()
        # Nothing is left that must be tidied up; Python would look through it all for seconds.
        gc.freeze()
        for number, handler in before.items():
            signal.signal(number, handler)
