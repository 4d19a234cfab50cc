"""When traders begin and act: the kernels that call what the file of a section holds.

A file of traders has functions of these names, each if there is need:

- ``wake``: a turn on the activity clock, which runs faster in a busy market. Beside it
  ``activity_rate(p)``, turns of one trader per second of that clock, and, if it is not one turn
  after the other at that rate, ``next_turn``, which schedules the next one;
- ``on_time``: a turn on the clock of the market, at an event (``event``: WAKE, or REACT to a change
  of the mid) that ``start`` or ``on_time`` scheduled;
- ``prepare``: draws what a trader keeps all its life, before its first turn;
- ``start``: schedules the first turn; if there is none, the activity clock does;
- ``handles(section)``, plain Python: how many orders a trader keeps by name, if any; and
  ``REMEMBERS = True``, if it has numbers of its own beside its record (``memory``).

Their parameters are ``a``, the record of the trader, ``agent``, its row, and of the market what
they need, by the names of the chains below. RL traders, who come by groups, are not among these.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from abm_desktop.market.dispatch import Chain
from abm_desktop.market.random import exponential
from abm_desktop.market.scheduling import schedule_activity
from abm_desktop.market.sections import SECTIONS, Section

_TURN = (
    "m p rules a agent agents orders levels momentum ring memory handles heap activity_heap "
    "stresses intents"
)
_OWN = {"memory": "memory[a.memory]"}
_SCOPE = {"exponential": exponential, "schedule_activity": schedule_activity}
_ONE_AFTER_THE_OTHER = "schedule_activity(m, activity_heap, agent, exponential(a) / a.rate)"


def _is(section: Section) -> str:
    return f"a.kind == {section.kind} and a.rule == {section.rule}"


def _start() -> Callable[..., Any]:
    chain = Chain("start", "m p a agent heap activity_heap", scope=_SCOPE)
    for section in SECTIONS.values():
        file = section.file
        lines = [chain.call(file.prepare)] if hasattr(file, "prepare") else []
        if hasattr(file, "start"):
            lines += [chain.call(file.start), "return"]
        else:
            lines.insert(0, f"a.rate = {chain.call(file.activity_rate)}")
        chain.branch(_is(section), *lines)
    return chain.kernel("if a.rate > 0.0:", f"    {_ONE_AFTER_THE_OTHER}")


def _wake() -> Callable[..., Any]:
    chain = Chain("wake", _TURN, _OWN, _SCOPE)
    for section in SECTIONS.values():
        if section.is_active:
            lines = [chain.call(section.file.wake)]
            if hasattr(section.file, "next_turn"):
                lines += [chain.call(section.file.next_turn), "return"]
            chain.branch(_is(section), *lines)
    return chain.kernel(_ONE_AFTER_THE_OTHER)


def _on_time() -> Callable[..., Any]:
    chain = Chain("on_time", f"{_TURN} event", _OWN)
    for section in SECTIONS.values():
        if hasattr(section.file, "on_time"):
            chain.branch(_is(section), chain.call(section.file.on_time))
    return chain.kernel()


start = _start()
"""The first event of a trader that joins."""
wake = _wake()
"""A trader's turn on the activity clock, and its next one."""
on_time = _on_time()
"""A trader's turn on the clock of the market."""
