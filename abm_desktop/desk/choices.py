"""Numbers that a person chooses: in the preferences, or each time again."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from abm_desktop.scenario.base import Model
from abm_desktop.scenario.quantity import Quantity

__all__ = ["Asked", "Choices"]


class Choices(Model):
    """What holds until it is changed in the preferences."""

    autosave_seconds: Annotated[int, Quantity(5, 600, unit="s")] = Field(
        20, title="Write it every", description="real seconds between two writings"
    )
    rl_traders: Annotated[int, Quantity(1, 1000)] = Field(
        1, title="RL traders to load", description="how many traders of a model join the market"
    )
    remote_port: Annotated[int, Quantity(0, 65535)] = Field(
        0,
        title="Port",
        description="that other programs reach this session at; 0 takes a free one each time",
    )
    frame_rate: Annotated[int, Quantity(5, 60, unit="1/s")] = Field(
        30,
        title="Frames per second",
        description="fewer leave more of a small machine to the market",
    )


class Asked(Model):
    """What is chosen if it is needed, and not kept."""

    step_seconds: Annotated[float, Quantity(0.1, 3600.0, unit="s")] = Field(
        10.0, title="Length of a step", description="simulated seconds of one step of an interval"
    )
    minutes_after: Annotated[float, Quantity(1.0, 120.0)] = Field(
        15.0, title="Minutes after the shock", description="that a stress test simulates"
    )
    draw: Annotated[int, Quantity(0, 1_000_000)] = Field(
        0, title="Seed", description="of the markets in which a policy is judged"
    )
