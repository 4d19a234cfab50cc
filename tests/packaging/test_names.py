"""Names say what they are in the whole house: no class is called like another."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "abm_desktop"
CLASS = re.compile(r"^ *class (\w+)[(:\[]", re.MULTILINE)
"""As the formatter leaves it; to parse all modules takes seconds."""


def test_no_two_classes_have_one_name() -> None:
    places = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        for found in CLASS.finditer(path.read_text(encoding="utf-8")):
            places[found[1]].append(str(path.relative_to(PACKAGE)))
    assert len(places) > 500
    assert {name: found for name, found in places.items() if len(found) > 1} == {}
