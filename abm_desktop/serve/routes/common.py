"""What every file of routes needs: the session, who asks, and for which market."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request

from abm_desktop.live.commands import MarketCommand, SessionCommand
from abm_desktop.scenario import Scenario, bundled_scenarios, load_scenario
from abm_desktop.scenario.command_types import read_model
from abm_desktop.scenario.explain import suggestion
from abm_desktop.serve.access import visitor_of
from abm_desktop.serve.answers import CommandAnswer, of_outcome
from abm_desktop.serve.problems import NotThereError, ProblemError
from abm_desktop.serve.session import ServedSession

__all__ = ["Asked", "Commander", "Session", "Time", "commander_of"]

_NUMBER = r'^"?[0-9]{1,19}"?$'


async def _session(request: Request) -> ServedSession:
    session: ServedSession = request.app.state.session
    return session


Session = Annotated[ServedSession, Depends(_session)]
"""The session."""


def scenario_file(name: str) -> Path:
    """The file of the scenario of a name. Raises NotThereError."""
    files = {file.stem: file for file in bundled_scenarios()}
    if name in files:
        return files[name]
    near = suggestion(name, list(files), "scenarios")
    raise NotThereError("scenario", name, f"{near}; list them with GET /api/v1/scenarios")


def named_scenario(name: str) -> Scenario:
    """The scenario of a name. Raises NotThereError; ScenarioError if it cannot be read."""
    return load_scenario(scenario_file(name))


class Commander:
    """Carries out the commands of one request."""

    def __init__(self, session: ServedSession, client: str, generation: int | None) -> None:
        self.session, self.client, self.generation = session, client, generation

    async def do(
        self, kind: type[MarketCommand] | type[SessionCommand], /, **values: Any
    ) -> CommandAnswer:
        """Have a command of a kind carried out.

        Raises InputError for values that it cannot have, ProblemError if it is refused.
        """
        return await self.carry_out(read_model(kind, values))

    async def carry_out(self, command: MarketCommand | SessionCommand) -> CommandAnswer:
        """Have a command carried out. Raises ProblemError if it is refused."""
        return of_outcome(
            await self.session.do(command, client=self.client, generation=self.generation)
        )


async def _commander(
    request: Request,
    if_match: Annotated[
        str | None,
        Header(description="Generation of the market that this is meant for.", pattern=_NUMBER),
    ] = None,
) -> Commander:
    return commander_of(request, if_match)


def commander_of(request: Request, if_match: str | None) -> Commander:
    """What carries out the commands of a request. Raises ProblemError for no generation."""
    generation = None
    if if_match is not None:
        if re.match(_NUMBER, if_match) is None or int(if_match.strip('"')) >= 2**63:
            raise ProblemError(
                422, "invalid", "If-Match is no generation", key="If-Match",
                remedy="send the generation of an answer, or leave it away",
            )  # fmt: skip
        generation = int(if_match.strip('"'))
    return Commander(request.app.state.session, visitor_of(request).name, generation)


Time = Annotated[float, Query(ge=-1e9, le=1e10, description="Simulated seconds since the open.")]

Asked = Annotated[Commander, Depends(_commander)]
"""What carries out the commands of this request, for the market it is meant for."""
