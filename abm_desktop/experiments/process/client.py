"""The asyncio side of an experiment's process. No Qt: it runs in any asyncio loop.

::

    client = ExperimentClient()
    await client.start(Start("research_question", workers=2))
    async for message in client.messages():
        ...  # Status, then Done, Ended or Failure

"""

from __future__ import annotations

from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    Message,
    Pause,
    Resume,
    parse_message,
)
from abm_desktop.experiments.statements import (
    ExperimentProcessEnded,
    UnknownExperimentMessage,
)
from abm_desktop.one_job_process import OneJobClient

__all__ = ["ExperimentClient"]


class ExperimentClient(OneJobClient[ExperimentStart, Message]):
    """Owns at most one process, which runs one experiment; Ended answers a stop.

    Args:
        gives_way: whether a market that runs beside it has the cores first.
    """

    def __init__(self, *, gives_way: bool = False) -> None:
        super().__init__(
            "an experiment",
            "abm_desktop.experiments.process.host",
            "experiment.log",
            parse=parse_message,
            last=(ExperimentDone, Ended, ExperimentFailure),
            unknown=lambda wrong: ExperimentFailure(UnknownExperimentMessage(), wrong),
            lost=lambda code, log: ExperimentFailure(ExperimentProcessEnded(code), log),
            gives_way=gives_way,
        )

    async def pause(self) -> None:
        """Finish the runs under way and wait; the state "paused" answers."""
        await self.send(Pause())

    async def resume(self) -> None:
        """Go on after a pause."""
        await self.send(Resume())
