"""The market runs to a time, or until something holds of its quotes."""

import pytest

from abm_desktop.live.commands import AdvanceUntil
from abm_desktop.live.conditions import Condition
from abm_desktop.ui.command_words import goal_text

ONE_WINDOW = True


def opened(window):
    window.draw()
    return window.controls.show_run_until()


@pytest.mark.parametrize(
    ("title", "typed", "when"),
    [
        ("the time below", None, None),
        ("the spread is above", 12.0, ("spread_ticks", "above", 12.0)),
        ("the price has fallen by", 2.5, ("mid_return", "below", -0.025)),
        ("the price has risen by", 1.0, ("mid_return", "above", 0.01)),
        ("the price is below", 99.5, ("mid", "below", 99.5)),
        ("the market is halted", None, ("phase", "is", "halted")),
    ],
)
def test_what_is_chosen_is_asked_of_the_market(window, live, title, typed, when):
    dialog = opened(window)
    dialog.goal.setCurrentText(title)
    if typed is not None:
        dialog.value.setValue(typed)
    dialog.latest.setValue(live.snapshot.time + 60.0)
    live.commands.clear()
    dialog.run.click()
    (asked,) = live.done(AdvanceUntil)
    assert asked.until == live.snapshot.time + 60.0 and asked.fast
    if when is None:
        assert asked.when is None
    else:
        measure, comparison, value = when
        assert (asked.when.measure, asked.when.comparison) == (measure, comparison)
        assert asked.when.value == (value if isinstance(value, str) else pytest.approx(value))


def test_a_time_that_has_passed_cannot_be_run_to(window, live):
    dialog = opened(window)
    dialog.latest.setValue(live.snapshot.time)
    assert not dialog.run.isEnabled() and "already" in dialog.shown.text()
    dialog.latest.setValue(live.snapshot.time + 1.0)
    assert dialog.run.isEnabled()
    dialog.reject()


def test_what_came_of_it_is_said():
    fall = Condition(measure="mid_return", comparison="below", value=-0.025)
    command = AdvanceUntil(until=5400.0, when=fall)
    assert goal_text(command, 61.5, True) == "Return of the mid below −2.50 %: found at 1:01.5"
    assert goal_text(command, 5400.0, False).startswith("Stopped at 1:30:00; not found")
