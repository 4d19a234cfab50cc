"""Trainings that run beside the one that a session shows, each in a process of its own. No Qt."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from abm_desktop.desk.background_loop import BackgroundLoop
from abm_desktop.desk.training_journal import TrainingJournal, TrainingRecord
from abm_desktop.desk.training_news import UNDER_WAY, TrainingState
from abm_desktop.learning.process.client import HURRY_SECONDS, TrainingClient
from abm_desktop.learning.process.messages import Done, Failure, Message
from abm_desktop.learning.statements import NotStarted

__all__ = ["TrainingsBeside"]


class TrainingsBeside:
    """Their processes. Who uses it has the lock of the session's trainings.

    Args:
        journal: where trainings are kept.
        loop: where their processes are talked to.
        make_client: makes the client of one.
        take: takes in what a training says, with its number.
        over: is awaited when one has ended and its process is gone.
    """

    def __init__(
        self,
        journal: TrainingJournal,
        loop: BackgroundLoop,
        make_client: Callable[[], TrainingClient],
        take: Callable[[Message, int], None],
        over: Callable[[], Awaitable[None]],
    ) -> None:
        self._journal, self._loop, self._make_client = journal, loop, make_client
        self._take, self._over = take, over
        self._clients: dict[int, TrainingClient] = {}

    @property
    def running(self) -> tuple[int, ...]:
        """Numbers of those that are under way and not the current one."""
        return tuple(
            number
            for number in self._clients
            if self._journal.all[number] is not self._journal.current
            and self._journal.all[number].state in UNDER_WAY
        )

    def client(self, number: int | None, usual: TrainingClient) -> TrainingClient:
        """Who talks to the process of a training; ``usual`` if that has none of its own."""
        return usual if number is None else self._clients.get(number, usual)

    def begin(self, training: TrainingRecord) -> None:
        """Train beside the current one."""
        training.state = TrainingState.STARTING
        client = self._clients[training.number] = self._make_client()
        self._loop.submit(self._train(training, client))

    def stop(self, number: int) -> None:
        """End a training after its iteration; at once the second time, or before its first."""
        training, client = self._journal.all[number], self._clients[number]
        if training.state in (TrainingState.STARTING, TrainingState.STOPPING):
            self._loop.submit(client.close(HURRY_SECONDS))
        else:
            training.state = TrainingState.STOPPING
            self._loop.submit(client.stop())

    async def close(self) -> None:
        """End all processes; what trains is abandoned."""
        await asyncio.gather(*(client.close() for client in self._clients.values()))

    async def _train(self, training: TrainingRecord, client: TrainingClient) -> None:
        number = training.number
        try:
            await client.start(training.config)
            async for message in client.messages():
                self._take(message, number)
                if isinstance(message, Done | Failure):
                    break
        except (OSError, RuntimeError) as error:
            self._take(Failure(NotStarted(str(error))), number)
        await client.close()
        if training.state in UNDER_WAY:  # stopped before it could say so
            self._take(Done("stopped", 0, training.model, ""), number)
        self._clients.pop(number, None)
        await self._over()
