"""The traders of the market as they are being edited, with undo: a scenario that is not run yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from abm_desktop.market.tuning import is_live

__all__ = ["Change", "PopulationDraft"]

RL = "rl"


class _Edit(QUndoCommand):
    """One edit; edits of one number in a row are one step of undo."""

    def __init__(self, draft: PopulationDraft, name: str, place: str, after: Any) -> None:
        super().__init__(name)
        self._draft, self.place = draft, place
        self.before, self.after = draft.scenario, after

    def id(self) -> int:
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, _Edit) or other.place != self.place:
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        self._draft.put(self.after)

    def undo(self) -> None:
        self._draft.put(self.before)


Change = tuple[str, str, bool]
"""Section, key, and whether a running market can take it."""


class PopulationDraft(QObject):
    """Edits the population and the RL groups of a scenario."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.scenario: Any = None
        """The draft; None if no scenario is open."""
        self.applied: Any = None
        """What was given to the market last."""
        self.running: Any = None
        """What the market was made from; it runs with this, but for what it took since."""
        self.stack = QUndoStack(self)

    def start(self, scenario: Any) -> None:
        """Begin with another scenario; what was edited before is gone."""
        self.stack.clear()
        self.scenario = self.applied = self.running = scenario
        self.changed.emit()

    def put(self, scenario: Any) -> None:
        """Make this the draft (used by the steps of undo)."""
        self.scenario = scenario
        self.changed.emit()

    def take_applied(self) -> None:
        """The draft was given to the market."""
        self.applied = self.scenario
        self.changed.emit()

    def take_reset(self) -> None:
        """The market was made again from what was applied."""
        self.running = self.applied
        self.changed.emit()

    # -- edits ----------------------------------------------------------------------------------

    def edit(self, section: str, key: str, value: float) -> str:
        """Set one parameter; returns what is wrong with it, "" if it was taken."""
        population = self.scenario.population
        old = getattr(population, section)
        if isinstance(getattr(old, key), int) and not isinstance(getattr(old, key), bool):
            value = round(value)
        if getattr(old, key) == value:
            return ""
        try:
            new = type(old).model_validate(old.model_dump() | {key: value})
        except ValidationError as error:
            return _words(error)
        after = self.scenario.model_copy(
            update={"population": population.model_copy(update={section: new})}
        )
        title = f"{section.replace('_', ' ')}: {key.replace('_', ' ')}"
        self.stack.push(_Edit(self, title, f"{section}.{key}", after))
        return ""

    def add_rl(self, model: str) -> None:
        """Add a group of traders with the model of this name."""
        from abm_desktop.scenario.traders import RLTraders

        self._set_rl((*self.scenario.rl, RLTraders(model=model)), f"add {model}", "")

    def edit_rl(self, index: int, **values: int) -> None:
        """Change count or size of a group of RL traders."""
        groups = list(self.scenario.rl)
        new = groups[index].model_copy(update=values)
        if new != groups[index]:
            groups[index] = new
            self._set_rl(tuple(groups), f"RL {new.model}", f"rl.{index}.{min(values)}")

    def remove_rl(self, index: int) -> None:
        """Take a group of RL traders out."""
        groups = list(self.scenario.rl)
        gone = groups.pop(index)
        self._set_rl(tuple(groups), f"remove {gone.model}", "")

    def _set_rl(self, groups: tuple[Any, ...], title: str, place: str) -> None:
        after = self.scenario.model_copy(update={"rl": groups})
        self.stack.push(_Edit(self, title, place or f"rl {id(groups)}", after))

    # -- what differs ---------------------------------------------------------------------------

    def unapplied(self) -> list[Change]:
        """What was edited since it was last applied."""
        return list(_differences(self.applied, self.scenario))

    def waiting(self) -> list[Change]:
        """What was applied, and waits for a reset."""
        return [c for c in _differences(self.running, self.applied) if not c[2]]


def _differences(before: Any, after: Any) -> Iterator[Change]:
    if before is None or after is None or before is after:
        return
    for section in type(after.population).model_fields:
        old, new = getattr(before.population, section), getattr(after.population, section)
        for key in type(new).model_fields:
            if getattr(old, key) != getattr(new, key):
                yield section, key, is_live(section, key)
    held = {g.model_copy(update={"count": 0}): g.count for g in before.rl}
    for group in after.rl:
        count = held.pop(group.model_copy(update={"count": 0}), 0)
        if count != group.count:
            yield RL, group.model, group.count > count
    for gone in held:
        yield RL, gone.model, False


def _words(error: ValidationError) -> str:
    first = error.errors()[0]
    context = first.get("ctx") or {}
    text = f"{context.get('message', first['msg'])}"
    return f"{text}: {context['remedy']}" if "remedy" in context else text
