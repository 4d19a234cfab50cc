"""What the commands of a market are called, and how each stands, in words."""

from __future__ import annotations

from collections.abc import Mapping

from abm_desktop.desk.formats import clock, decimals_of, signed, with_capital
from abm_desktop.desk.venue_rules import venue_rules
from abm_desktop.live.commands import (
    AddTraders,
    AdvanceUntil,
    CallAuction,
    ChangePopulation,
    Inject,
    MarketCommand,
    ModifyOrder,
    PlaceOrder,
    SessionCommand,
    SetRule,
)
from abm_desktop.live.ledger import EntryState, LedgerEntry
from abm_desktop.scenario.quantity import described
from abm_desktop.statements import counted
from abm_desktop.ui.stress_kinds import size_text, stress_title

__all__ = ["command_title", "goal_text", "standing", "tooltip_of"]


def command_title(command: MarketCommand | SessionCommand, tick: float = 0.01) -> str:
    """A command in a few words, as a person asked for it: “Flash crash 5 %”, “Buy 5 at market”."""
    match command:
        case Inject():
            stress = command.stress
            return f"{stress_title(stress.type)} {size_text(stress.type, stress.strength)}"
        case PlaceOrder():
            verb = "Buy" if command.side > 0 else "Sell"
            at = "at market" if command.price is None else f"at {_price(command.price, tick)}"
            return f"{verb} {command.size:,} {at}"
        case ModifyOrder():
            return f"Change to {command.size:,} at {_price(command.price, tick)}"
        case SetRule():
            title = next((r.title for r in venue_rules() if r.name == command.rule), command.rule)
            return f"{title} {'on' if command.on else 'off'}"
        case AddTraders():
            return f"{counted(command.count, 'RL trader')} {command.policy.name}".rstrip()
        case ChangePopulation():
            joining = sum(group.count for group in command.joining or ())
            return f"Traders changed, {joining} RL joined" if joining else "Traders changed"
        case CallAuction():
            return f"Auction of {command.seconds:g} s"
    return with_capital(command.do.replace("_", " "))


def goal_text(command: AdvanceUntil, time: float, reached: bool) -> str:
    """Whether a market came to where it was to run, and when it stopped.

    >>> goal_text(AdvanceUntil(until=5400.0), 5400.0, True)
    'The market has run to 1:30:00'
    """
    when = command.when
    if when is None:
        return f"The market has run to {clock(time)}"
    words = str(when)
    if when.measure == "mid_return":
        words = f"return of the mid {when.comparison} {signed(100.0 * float(when.value), 2)} %"
    if reached:
        return f"{with_capital(words)}: found at {clock(time, tenths=True)}"
    return f"Stopped at {clock(time)}; not found: {words}"


def _price(value: float, tick: float) -> str:
    return f"{value:.{decimals_of(tick)}f}"


def standing(entry: LedgerEntry, now: float, paused: bool) -> str:
    """How a command stands, and what to do if nothing goes on by itself."""
    command, state = entry.command, entry.state
    stress = isinstance(command, Inject)
    if state is EntryState.NEXT:
        return "begins with the next event" + ("; press Run" if paused else "")
    if state is EntryState.QUEUED:
        where = "planned in the scenario, " if entry.is_written else "queued, "
        return f"{where}begins at {clock(entry.begins)}, in {clock(max(0.0, entry.begins - now))}"
    if state is EntryState.ACTING:
        if stress or isinstance(command, CallAuction):
            left = 0.0 if entry.ends is None else max(0.0, entry.ends - now)
            return f"acting, {clock(left)} left"
        if isinstance(command, SetRule):
            return "in force" + (", by the scenario" if entry.is_written else "")
        return "in the market"
    if state is EntryState.RESTING:
        filled = f"{entry.filled:,} filled, " if entry.filled else ""
        return f"{filled}rests in the book"
    if state is EntryState.TAKEN_BACK:
        return "taken back"
    if state is EntryState.OVER:
        return _over(entry)
    if isinstance(command, PlaceOrder | ModifyOrder):
        asked = command.size
        if entry.filled >= asked:
            return f"filled: {entry.filled:,}"
        return f"filled: {entry.filled:,} of {asked:,}, the rest found nobody"
    return "done"


def _over(entry: LedgerEntry) -> str:
    command = entry.command
    if isinstance(command, PlaceOrder | ModifyOrder):
        return "no longer in the book: filled or cancelled"
    if isinstance(command, AddTraders | ChangePopulation):
        return f"taken out at {clock(entry.ended or 0.0)}"
    if isinstance(command, SetRule):
        return f"switched again at {clock(entry.ended or 0.0)}"
    if entry.ended is not None:
        return f"ended by hand at {clock(entry.ended)}"
    return "over" if entry.ends is None else f"over since {clock(entry.ends)}"


def tooltip_of(entry: LedgerEntry) -> str:
    """Every parameter with its unit, as the forms name it; who asked, and when."""
    who = "The scenario" if entry.is_written else entry.client or "You"
    lines = [f"No. {entry.number}: {who}, at {clock(entry.asked, tenths=True)}"]
    shown = entry.command.stress if isinstance(entry.command, Inject) else entry.command
    for name, field in described(type(shown)).items():
        value = getattr(shown, name)
        if name in ("do", "type", "policy", "scenario", "joining", "at") or value is None:
            continue
        number = isinstance(value, int | float) and not isinstance(value, bool)
        text = f"{value * field.scale:,.10g} {field.suffix}".rstrip() if number else str(value)
        if isinstance(value, Mapping):
            text = ", ".join(f"{key.replace('_', ' ')} {given}" for key, given in value.items())
        lines.append(f"{field.title}: {text}")
    return "\n".join(lines)
