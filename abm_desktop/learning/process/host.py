"""The process that owns Ray: ``python -m abm_desktop.learning.process.host``.

It takes commands as JSON lines on standard input and gives messages as JSON lines on standard
output (``abm_desktop.learning.process.messages``); whatever else prints, prints to standard error.
It ends when its standard input ends, that is, when its owner does, however that happens.

Ray lives here and not in the window for two reasons: starting it takes 0.4 s of the interpreter's
lock at a stretch, and a driver that is killed leaves helper processes behind for a minute.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import BinaryIO

from abm_desktop import cluster
from abm_desktop.host_process import serve_commands, take_streams, write_line
from abm_desktop.inputs import UnavailableError
from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process import preflight
from abm_desktop.learning.process.cluster_watch import WATCH_SECONDS, ClusterWatch, Workers
from abm_desktop.learning.process.controls import TrainingWishes
from abm_desktop.learning.process.faults import explain
from abm_desktop.learning.process.messages import (
    Close,
    ClusterInfo,
    Command,
    Failure,
    Heartbeat,
    Message,
    Progress,
    ProtocolError,
    Start,
    Status,
    Stop,
    encode,
    parse_command,
)
from abm_desktop.learning.statements import (
    Building,
    JoiningCluster,
    Ready,
    StartingCluster,
    Training,
    UnknownCommand,
)

MESSAGES_PER_SECOND = 25
"""Progress messages at most; a newer one replaces one that still waits."""

HEARTBEAT_SECONDS = 1.0
CLOSE_SECONDS = 2.5
"""How long a Close may take before the process ends without ceremony; the reaper cleans up."""

log = logging.getLogger("abm_desktop.learning.process.host")


class Channel:
    """The way to the owner. Thread-safe; keeps to :data:`MESSAGES_PER_SECOND`."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._waiting: Progress | None = None
        self._last_progress = 0.0
        self._started = time.monotonic()

    def send(self, message: Message) -> None:
        """Write ``message`` now; a Progress that comes too early waits for the next one."""
        with self._lock:
            if isinstance(message, Progress):
                if time.monotonic() - self._last_progress < 1.0 / MESSAGES_PER_SECOND:
                    self._waiting = message
                    return
                self._waiting = None
                self._last_progress = time.monotonic()
            self._flush()
            self._write(message)

    def beat(self) -> None:
        """Write a heartbeat, and whatever waits."""
        self.send(Heartbeat(time.monotonic() - self._started))

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._last_progress = time.monotonic()
            self._write(waiting)

    def _write(self, message: Message) -> None:
        write_line(self._stream, encode(message))


class Host:
    """Takes commands in order and trains one policy at a time."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._controls = TrainingWishes()
        self._closing = threading.Event()
        self._cluster: cluster.Cluster | None = None
        self._address = ""
        self._watch: ClusterWatch | None = None
        self._uses_ray = threading.Lock()
        """Held by whoever measures the cluster or leaves it."""
        self._workers: Callable[[], Workers] | None = None
        self._starting = False

    def take(self, command: Command) -> None:
        """Accept a command, from any thread. All but Start also reach a training that runs."""
        if self._controls.take(command):
            return
        if isinstance(command, Close):
            if self._starting:
                # Ray and the compiler do not let themselves be interrupted, and there is nothing
                # to keep; the reaper ends Ray.
                os._exit(0)
            self._closing.set()
            self._controls.take(Stop())
            threading.Thread(target=_end_after, args=(CLOSE_SECONDS,), daemon=True).start()
        self._commands.put(command)

    def run(self) -> None:
        """Work until a Close."""
        self._channel.send(Status("ready", Ready()))
        while not self._closing.is_set():
            command = self._commands.get()
            if isinstance(command, Start):
                self._train(command)
                self._controls = TrainingWishes()
        self._leave_cluster()

    def _train(self, command: Start) -> None:
        self._starting = True
        try:
            flight = preflight.check(command.config)
        except (ValueError, OSError, MemoryError, UnavailableError) as error:
            self._starting = False
            self._channel.send(explain(error))
            return
        session = None
        broken = False
        try:
            folder = self._enter_cluster(command.config).folder
            self._channel.send(Status("building", Building()))
            # Loads RLlib and torch, which takes seconds: after the first messages are out.
            from abm_desktop.learning.process.session import TrainingSession

            session = TrainingSession(flight, folder, self._channel.send, self._controls)
            self._starting = False
            self._workers = session.workers
            self._channel.send(Status("training", Training(session.name), session.name))
            done = session.run()
            # Whoever hears that it is done may rename the model, or train another of its name.
            flight.release()
            self._channel.send(done)
            self._workers = None
            session.close()
        except Exception as error:
            self._starting = False
            self._workers = None
            if self._closing.is_set():
                return
            log.exception("training failed")
            if session is not None:
                session.abandon()
            flight.release()
            self._channel.send(explain(error))
            if session is not None:
                # What is left of it may be broken in any way.
                with contextlib.suppress(Exception):
                    session.close()
            broken = bool(command.config.workers) or session is None
        finally:
            flight.release()
        if broken:
            # Workers may be left in any state: the next training gets new ones. Here, and not
            # above: the error and the session hold objects of the cluster.
            session = None
            self._leave_cluster()
        self._channel.send(Status("ready", Ready()))

    def _enter_cluster(self, config: TrainingConfig) -> cluster.Cluster:
        """The cluster that ``config`` names, or a local one with a slot for every process."""
        slots = max(os.cpu_count() or 1, config.workers + 1)
        if self._cluster is not None and (
            self._address != config.address or (not config.address and self._cluster.slots < slots)
        ):
            self._leave_cluster()
        if self._cluster is None:
            address = config.address
            note = JoiningCluster(address) if address else StartingCluster()
            self._channel.send(Status("starting", note))
            self._address = config.address
            self._cluster = cluster.start(slots, config.address or None)
            self._watch = ClusterWatch(config.address)
        return self._cluster

    def watch_cluster(self) -> None:
        """Tell how the cluster is doing, for ever; to be run on a thread of its own."""
        while True:
            time.sleep(WATCH_SECONDS)
            # Whatever of the cluster and of a training it has in hand it lets go in there.
            with self._uses_ray:
                info = self._look()
            if info is not None:
                self._channel.send(info)

    def _look(self) -> ClusterInfo | None:
        watch, workers = self._watch, self._workers
        if watch is None:
            return None
        try:
            return watch.look(workers or (lambda: (0, 0, 0)))
        except Exception:  # a measurement; the training matters more
            log.exception("the cluster could not be measured")
            return None

    def _leave_cluster(self) -> None:
        if self._cluster is not None:
            with self._uses_ray:
                self._watch = None
                self._cluster.leave()
            self._cluster = None


def main() -> None:
    """Run the host on this process's standard streams."""
    channel = Channel(take_streams())
    host = Host(channel)

    def refuse(error: ProtocolError) -> None:
        channel.send(Failure(UnknownCommand(), str(error)))

    serve_commands(parse_command, host.take, refuse)
    threading.Thread(target=_beat, args=(channel,), daemon=True).start()
    threading.Thread(target=host.watch_cluster, daemon=True).start()
    host.run()
    # Threads that wait for input would otherwise hold up the interpreter's end.
    os._exit(0)


def _beat(channel: Channel) -> None:
    while True:
        time.sleep(HEARTBEAT_SECONDS)
        channel.beat()


def _end_after(seconds: float) -> None:
    time.sleep(seconds)
    os._exit(0)


if __name__ == "__main__":
    main()
