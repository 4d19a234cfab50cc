"""The house plan holds: imports point down only, and each library stays in its rooms."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "abm_desktop"

FLOORS = (
    ("__main__",),
    ("cli",),
    ("commands",),
    ("doctor", "launcher", "window_start"),
    ("ui",),
    ("desk",),
    ("bench",),
    ("experiments",),
    ("learning",),
    ("live",),
    ("lobster_files", "tape_files"),
    ("envs",),
    ("metrics",),
    ("cluster", "host_process", "json_lines"),
    ("market",),
    ("scenario",),
    ("data_files",),
    ("readers",),
    ("archives", "plain_json", "whole_files"),
    (
        "child_python",
        "gymnasium_plugin",
        "inputs",
        "plain_words",
        "qt_libraries",
        "paths",
        "__init__",
    ),
)
"""Top floor first; a module may import from its own floor and from lower ones."""

LIBRARIES = {
    "PySide6": {"ui"},
    "pyqtgraph": {"ui"},
    "qasync": {"ui"},
    "ray": {"learning", "cluster", "experiments"},
    "torch": {"learning", "bench"},  # the peers of `bench training` are torch programs
    "numba": {"market"},
    "typer": {"commands"},
    "rich": {"commands"},
}
"""Rooms that may import a library."""

NOT_IN_MARKET = {"PySide6", "ray", "torch", "pandas", "pydantic"}


def modules():
    return sorted(p for p in PACKAGE.rglob("*.py") if "_data" not in p.parts)


def room_of(path):
    first = path.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def floor_of(room):
    return next((i for i, rooms in enumerate(FLOORS) if room in rooms), None)


def imports_of(path):
    """Yield (line, absolute name) of each import that is carried out, wherever it stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            skipped |= {id(inner) for part in node.body for inner in ast.walk(part)}
    package = ["abm_desktop", *path.relative_to(PACKAGE).parent.parts]
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = ".".join([*base, node.module] if node.module else base)
            for alias in node.names:
                yield node.lineno, f"{name}.{alias.name}"


def test_every_module_has_a_floor():
    assert [str(p) for p in modules() if floor_of(room_of(p)) is None] == []


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path):
    room = room_of(path)
    wrong = []
    for line, name in imports_of(path):
        parts = name.split(".")
        if parts[0] == "abm_desktop" and len(parts) > 1:
            other = parts[1]
            target = floor_of(other)
            if target is not None and target < floor_of(room):
                wrong.append(f"line {line}: {room} imports {name}")
        elif parts[0] in LIBRARIES and room not in LIBRARIES[parts[0]]:
            wrong.append(f"line {line}: {parts[0]} in {room}")
        elif room == "market" and parts[0] in NOT_IN_MARKET:
            wrong.append(f"line {line}: {parts[0]} in market")
    assert wrong == []
