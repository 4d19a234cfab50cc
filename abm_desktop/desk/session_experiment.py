"""From what a person did to one market by hand to the experiment that asks it of many.

What was done is compared with its absence: a rule that was set gives cells with and without it, RL
traders give the shares 0 and theirs, each under every stress that was injected. What a design
cannot say is told, each in a line, and nothing is left out without a word.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from abm_desktop.desk.formats import clock
from abm_desktop.desk.venue_rules import venue_rules
from abm_desktop.live import TRADER_CLASSES, MarketSnapshot
from abm_desktop.live.commands import (
    AddTraders,
    CallAuction,
    ChangePopulation,
    Inject,
    ModifyOrder,
    PlaceOrder,
    SetRule,
)
from abm_desktop.live.ledger import EntryState, LedgerEntry
from abm_desktop.market.roles import find_role
from abm_desktop.scenario import Scenario
from abm_desktop.scenario.interventions import RULES
from abm_desktop.scenario.stress import magnitude_of
from abm_desktop.statements import counted

__all__ = ["SessionDesign", "design_of"]

EARLIEST = 600.0
"""Seconds since the open of a shock, at the least: the calm before it is measured too."""
AFTER = 1800.0
WINDOW = 900.0
BURN_IN = 60.0
USUAL_SHARE = 0.25
SHORTEST_AFTER = 60.0
LONGEST_NAME = 60
MARKET_CLASS = TRADER_CLASSES.index("rl")
"""Trader class whose part of the taker volume is the share of the RL traders."""


@dataclass(frozen=True, slots=True)
class SessionDesign:
    """A design, and what became of each thing that was done."""

    values: dict[str, Any]
    """Of the design, without its market."""
    notes: tuple[str, ...]
    """One line each: what was carried over, and what could not be."""
    changes_market: bool
    """Whether the traders of the session are others than its file says."""


def design_of(
    snapshot: MarketSnapshot, scenario: Scenario, models: Collection[str]
) -> SessionDesign:
    """The design that compares what was done to a market with its absence.

    ``scenario`` is what the market runs now; ``models`` are the names that an experiment can let
    trade. A replay has no scenario, and so no design.
    """
    maker = _Maker(snapshot, scenario, frozenset(models))
    values = maker.values()
    return SessionDesign(values, tuple(maker.notes), maker.changes_market)


class _Maker:
    """Goes through the commands of a market once."""

    def __init__(
        self, snapshot: MarketSnapshot, scenario: Scenario, models: frozenset[str]
    ) -> None:
        self._snapshot, self._scenario, self._models = snapshot, scenario, models
        self._entries = snapshot.commands
        self.notes: list[str] = []
        self.changes_market = False

    def values(self) -> dict[str, Any]:
        """The values, and the notes on the way."""
        stresses, lead = self._stresses()
        arm = self._rules()
        names, share = self._traders()
        self._rest()
        session = self._scenario.market.session
        after = min(AFTER, session - lead)
        values: dict[str, Any] = {
            "stress": stresses,
            "lead": lead,
            "burn_in": BURN_IN,
            "after": after,
            "stress_window": min(WINDOW, after),
            "intervention": () if arm is None else (arm,),
            "rl": {
                "shares": (0.0, share) if names else (0.0,),
                # Those that traded together do so in one cell.
                "policies": tuple(names) if len(names) == 1 else (),
                "mixed": (tuple(names),) if len(names) > 1 else (),
            },
        }
        if arm is not None:
            values |= {"level": "intervention", "hypothesis": arm["name"]}
        elif names:
            values |= {"hypothesis": share}
        else:
            self.notes.append(
                "Nothing was done that could be left out: add a treatment, or a share of RL "
                "traders, to compare with."
            )
        values["name"], values["question"] = self._words(stresses, arm, names)
        return values

    # -- stresses -------------------------------------------------------------------------------

    def _stresses(self) -> tuple[tuple[dict[str, Any], ...], float]:
        found: dict[str, tuple[Any, list[LedgerEntry]]] = {}
        for entry in self._of(Inject):
            stress = entry.command.stress.model_copy(update={"at": 0.0})
            title = _stress_words(stress)
            if entry.state is EntryState.TAKEN_BACK:
                self._left_out(f"{title}, which was taken back")
                continue
            found.setdefault(stress.model_dump_json(), (stress, []))[1].append(entry)
        begins = [entry.begins for _, entries in found.values() for entry in entries]
        lead = self._lead(min(begins, default=EARLIEST), bool(begins))
        for stress, entries in found.values():
            title, when = _stress_words(stress), ", ".join(clock(e.begins) for e in entries)
            self.notes.append(
                f"{title} (in the session at {when}): a cell of its own, at {clock(lead)} in every "
                "market."
            )
            if len(entries) > 1:
                self._left_out(f"that it came {len(entries)} times")
            if any(e.ended is not None for e in entries):
                self._left_out(f"that {title} was ended by hand: it acts to its end")
        return tuple(stress.model_dump() for stress, _ in found.values()), lead

    def _lead(self, first: float, told: bool) -> float:
        latest = self._scenario.market.session - SHORTEST_AFTER
        lead = max(BURN_IN + 1.0, min(max(round(first), EARLIEST), latest))
        if told and lead != round(first):
            self._left_out(
                f"the time {clock(first)} of the first stress: a shock needs calm before it, and "
                "time after it"
            )
        return float(lead)

    # -- rules ----------------------------------------------------------------------------------

    def _rules(self) -> dict[str, Any] | None:
        given = {
            name: rule
            for name in RULES
            if (rule := getattr(self._scenario.interventions, name)) is not None
        }
        values = {name: rule.model_dump(exclude={"on"}) for name, rule in given.items()}
        state = {name: rule.on for name, rule in given.items()}
        set_by_hand: dict[str, LedgerEntry] = {}
        for entry in self._of(SetRule):
            if entry.is_written:
                continue
            command = entry.command
            values.setdefault(command.rule, {}).update(command.values)
            state[command.rule] = command.on
            set_by_hand[command.rule] = entry
        arm: dict[str, Any] = {}
        for name, entry in set_by_hand.items():
            before = given.get(name)
            model = RULES[name](**{**values[name], "on": state[name]})
            usual = before.model_dump() if before is not None else None
            title = _rule_title(name)
            if model.model_dump() == usual or (not model.on and before is None):
                self._left_out(f"{title}, which was switched back at {clock(entry.begins)}")
                continue
            arm[name] = model.model_dump()
            how = "on" if model.on else "off"
            self.notes.append(
                f"{title} {how} (in the session at {clock(entry.begins)}): cells with and without, "
                f"from {BURN_IN:g} s before the shock."
            )
        if not arm:
            return None
        words = ", ".join(
            _rule_title(n) + ("" if rule["on"] else " off") for n, rule in arm.items()
        )
        if len(arm) > 1:
            self.notes.append("Rules that were set hold together, as one treatment.")
        return {"name": words if len(words) <= LONGEST_NAME else "rules of the session", **arm}

    # -- RL traders -----------------------------------------------------------------------------

    def _traders(self) -> tuple[list[str], float]:
        counts: Counter[str] = Counter()
        since = []
        for group in self._scenario.rl:
            if not group.count:
                continue
            since.append(0.0)
            self._join(counts, group.model, group.count, "directional", "at the open")
        for entry in self._of(AddTraders):
            command, when = entry.command, f"at {clock(entry.begins)}"
            if entry.state is EntryState.OVER:
                self._left_out(f"{_rl(command.count, command.policy.name)}, who were taken out")
                continue
            since.append(entry.begins)
            self._join(counts, command.policy.name, command.count, command.policy.role, when)
        names = list(counts)
        if not names:
            return [], 0.0
        share = self._share(min(since))
        told = (
            f"the share {100 * share:g} % of the volume that they took from {clock(min(since))} on"
        )
        if share == 0.0:
            share = USUAL_SHARE
            told = f"a share of {100 * share:g} %, for they have not traded yet"
        self.notes.append(
            f"{_rl(sum(counts.values()), ' and '.join(names))}: 0 % and {told}; how many that "
            "takes a pilot finds in each market."
        )
        return names, share

    def _join(self, counts: Counter[str], name: str, count: int, role: str, when: str) -> None:
        who = f"{_rl(count, name)} ({when})"
        if not find_role(role).takes_volume:
            self._left_out(
                f"{who}: an experiment gives a share of the taker volume, and they, trained as "
                f"{role}, take none"
            )
        elif name not in self._models:
            self._left_out(
                f"{who}: no model of the library that takes volume has this name; import it (RL, "
                "Models)"
            )
        else:
            counts[name] += count

    def _share(self, since: float) -> float:
        """Part of the lots that RL traders took from a time on, 0 if they took none."""
        fills = self._snapshot.fills
        fills = fills[fills["time"] >= since * 1e9]
        total = int(fills["size"].sum())
        taken = int(fills["size"][fills["taker_class"] == MARKET_CLASS].sum())
        return min(0.9, max(0.01, round(taken / total, 2))) if taken else 0.0

    # -- what a design cannot say ---------------------------------------------------------------

    def _rest(self) -> None:
        for entry in self._of(ChangePopulation):
            self.changes_market = True
            if not entry.is_written:
                self.notes.append(
                    f"Traders changed at {clock(entry.begins)}: every market has them so from its "
                    "open."
                )
        orders = self._of(PlaceOrder) + self._of(ModifyOrder)
        if orders:
            when = ", ".join(clock(entry.begins) for entry in orders[:3])
            more = f" and {len(orders) - 3} more" if len(orders) > 3 else ""
            self._left_out(f"{counted(len(orders), 'order')} by hand ({when}{more})")
        for entry in self._of(CallAuction):
            self._left_out(f"the auction called at {clock(entry.begins)}")
        snapshot = self._snapshot
        if snapshot.commands_dropped:
            self._left_out(
                f"{counted(snapshot.commands_dropped, 'earlier command')} that is no longer known"
            )
        if snapshot.forked_from is not None:
            self._left_out(f"that the run is a fork of {clock(snapshot.forked_from[1])}")
        self._left_out(f"the seed {snapshot.seed}: other markets are drawn, from seeds that no "
                       "training has seen")  # fmt: skip

    # -- words ----------------------------------------------------------------------------------

    def _words(
        self, stresses: Sequence[dict[str, Any]], arm: dict[str, Any] | None, names: Sequence[str]
    ) -> tuple[str, str]:
        parts = [] if arm is None else [arm["name"]]
        parts += ["RL traders"] if names else []
        what = " and ".join(parts)
        kinds = list(dict.fromkeys(s["type"].replace("_", " ") for s in stresses))
        under = " and ".join(f"a {kind}" for kind in kinds)
        name = f"{what or 'session'} in {self._scenario.name.lower()}"
        question = ""
        if what:
            verb = "does" if len(parts) == 1 and not names else "do"
            question = f"What {verb} {what} do to the market{f' in {under}' if under else ''}?"
        return name[:80], question

    def _left_out(self, what: str) -> None:
        self.notes.append(f"Not carried over: {what}.")

    def _of(self, kind: type[Any]) -> list[Any]:
        return [entry for entry in self._entries if isinstance(entry.command, kind)]


def _rl(count: int, name: str) -> str:
    return f"{counted(count, 'RL trader')} {name}".rstrip()


def _stress_words(stress: Any) -> str:
    kind, size = stress.type, magnitude_of(stress.type)
    magnitude = f"{stress.strength * size.scale:g} {size.suffix}".rstrip()
    return f"{kind.replace('_', ' ').capitalize()} {magnitude}"


def _rule_title(name: str) -> str:
    return next(rule.title for rule in venue_rules() if rule.name == name)
