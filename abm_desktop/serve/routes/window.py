"""The open window: pictures of its panels, and bringing one to the front."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import BaseModel

from abm_desktop.serve.problems import NotThereError, ProblemError
from abm_desktop.serve.routes.common import Session
from abm_desktop.serve.session import ServedSession, WindowDoor

router = APIRouter(prefix="/window", tags=["window"])

Pixels = Annotated[
    int, Query(ge=0, le=4096, description="Most pixels of the picture; 0 is as it stands.")
]


class Panels(BaseModel):
    """The panels of the window."""

    panels: list[str]
    """A tab, or a part of one after a dot; ``window`` is all of it."""


class Focused(BaseModel):
    """The panel that is in front now."""

    panel: str


def _door(session: ServedSession) -> WindowDoor:
    if session.window is None:
        raise ProblemError(
            409, "no_window", "No window is open here.",
            remedy="start the server in one: abm-desktop --serve, or Preferences, Remote control",
        )  # fmt: skip
    return session.window


def _door_to(session: ServedSession, panel: str) -> WindowDoor:
    door = _door(session)
    if panel not in door.panels():
        raise NotThereError("panel", panel, "list them with GET /api/v1/window/panels")
    return door


@router.get("/panels")
async def list_panels(session: Session) -> Panels:
    """The panels that can be pictured and brought to the front."""
    return Panels(panels=_door(session).panels())


@router.get(
    "/panels/{name}.png",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "The picture."}},
)
async def picture(name: str, session: Session, width: Pixels = 0, height: Pixels = 0) -> Response:
    """A panel as it looks now, as large as fits into so many pixels; the window stays as it is.

    A page that nobody has looked at yet computes for a moment: bring it to the front first.
    """
    door = _door_to(session, name)
    data = await asyncio.to_thread(door.picture, name, width, height)
    return Response(data, media_type="image/png", headers={"Cache-Control": "no-store"})


@router.post("/panels/{name}/focus")
async def focus(name: str, session: Session) -> Focused:
    """Bring a panel to the front, for the person at the window."""
    await asyncio.to_thread(_door_to(session, name).focus, name)
    return Focused(panel=name)
