"""What runs beside the market, a training or an experiment, in a few words for the whole window."""

from __future__ import annotations

from dataclasses import dataclass

from abm_desktop.desk.formats import clock, shorten, whole

__all__ = ["Work", "closing_question", "window_title"]

_NAME = 20
"""Letters of a name that the status bar has room for."""


@dataclass(frozen=True, slots=True)
class Work:
    """How far something is. ``total`` is 0 until it is known."""

    name: str
    """Of the model, or of the experiment; empty until it has one."""
    done: int
    total: int
    seconds_left: float | None = None
    """None until it can be told, and while it waits."""
    note: str = ""
    """What it does instead of going on: "paused", for example."""

    @property
    def percent(self) -> int:
        """Whole percent that are done."""
        return 100 * self.done // self.total if self.total else 0

    @property
    def words(self) -> str:
        """Name, how many are done, and the time left: "calm-ppo-1 12/400 · 3:20 left"."""
        name = shorten(self.name, _NAME)
        count = f"{whole(self.done)}/{whole(self.total)}" if self.total else ""
        head = " ".join(part for part in (name, count) if part)
        left = ""
        if self.seconds_left is not None:
            left = f"{clock(self.seconds_left)} left"
        return " · ".join(part for part in (head, self.note or left) if part)


def window_title(source: str, training: bool, trained: Work | None, experiment: Work | None) -> str:
    """The title of the window: the market, what runs beside it and how far that is, the program.

    ``training`` may be true without ``trained``: if nothing is known of it yet.
    """
    parts = [source] if source else []
    if training:
        parts.append(f"training {0 if trained is None else trained.percent} %")
    if experiment is not None:
        parts.append(f"experiment {experiment.percent} %")
    return " – ".join([*([" · ".join(parts)] if parts else []), "ABM Desktop"])


def closing_question(
    training: bool, experiment: Work | None, draft: str = ""
) -> tuple[str, str] | None:
    """What to ask before the window closes, and what would happen; None if nothing is lost.

    ``draft`` is the name of an experiment with edits that were not saved.
    """
    now, lost = [], []
    if training:
        now.append("an agent is being trained")
        lost.append("The training ends. What it has learnt since its last save is lost.")
    if experiment is not None:
        now.append("an experiment runs")
        lost.append(
            f"The experiment “{experiment.name}” ends. Its {whole(experiment.done)} finished runs "
            "are kept; “Resume” goes on with it."
        )
    if draft:
        now.append("an experiment is not saved")
        lost.append(f"The edits of “{draft}” are lost: save it on the page Experiments.")
    return (f"Close while {' and '.join(now)}?", "\n".join(lost)) if now else None
