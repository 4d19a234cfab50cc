"""Statements: every room's have words, and name in them only what they know."""

import importlib
import re
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

import pytest

import abm_desktop
from abm_desktop.statements import Fault, FaultError, Statement

PACKAGE = Path(abm_desktop.__file__).parent


def kinds_below(kind):
    for each in kind.__subclasses__():
        yield each
        yield from kinds_below(each)


def every_kind():
    """All kinds of statements of the package, by their names."""
    for file in sorted(PACKAGE.rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if "abm_desktop.statements import" in source and "    TEXTS = (" in source:
            parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
            importlib.import_module(".".join(parts))
    found = {f"{k.__module__}.{k.__qualname__}": k for k in kinds_below(Statement)}
    return {name: k for name, k in found.items() if name.startswith("abm_desktop.")}


KINDS = every_kind()


def test_all_rooms_are_looked_at():
    rooms = {name.split(".")[1] for name in KINDS}
    assert {"experiments", "learning", "live", "market", "metrics"} <= rooms
    assert len(KINDS) > 80


@pytest.mark.parametrize("name", [n for n, k in KINDS.items() if is_dataclass(k)])
def test_every_statement_has_words_and_names_only_what_it_knows(name):
    kind = KINDS[name]
    texts = kind.TEXTS
    assert texts and all(text.strip() for text in texts), "it has nothing to say"
    if issubclass(kind, Fault):
        assert all(text.strip() for text in kind.REMEDIES)
        texts += kind.REMEDIES
    if "values" in vars(kind):
        return  # its places are made of its fields, not named like them
    known = {field.name for field in fields(kind)}
    places = {place for text in texts for place in re.findall(r"{(\w+)", text)}
    assert places <= known


@dataclass(frozen=True)
class Part(Statement):
    TEXTS = ("{count} parts",)
    count: int


@dataclass(frozen=True)
class Broke(Fault):
    TEXTS = ("{what} broke: {parts}.",)
    REMEDIES = ("Mend {what}.", "Or buy another.")
    what: Part
    parts: tuple[Part, ...]


def test_statements_within_a_statement_are_put_in_words():
    fault = Broke(Part(2), (Part(3), Part(4)))
    assert str(fault) == "2 parts broke: 3 parts, 4 parts."
    assert fault.remedy == "Mend 2 parts. Or buy another."
    assert str(FaultError(fault)) == fault.told == f"{fault} {fault.remedy}"
