"""Gather the texts of the window for translators, and make the files that the program loads.

    python tools/translations.py            # both: after texts were changed, and after translating

Each language of ``ui/translations.py`` has ``resources/translations/abm_desktop_CODE.ts``, to be
edited with Qt Linguist (``pyside6-linguist``) or any editor; the ``.qm`` beside it is made from it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(CHECKOUT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
FOLDER = CHECKOUT / "resources" / "translations"


def tabled_texts() -> Iterator[tuple[str, str]]:
    """Yield (context, text) of the texts that stand in tables, where lupdate does not see them."""
    from abm_desktop.ui import log_console, status, theme
    from abm_desktop.ui.commands import CATALOGUE
    from abm_desktop.ui.market.price_chart import WINDOWS
    from abm_desktop.ui.stress_kinds import MAIN_STRESSES, more_stresses

    for command in CATALOGUE:
        yield "commands", command.title
        yield "commands", command.tip
    for entry in (*theme.THEMES.values(), *theme.SIDES.values()):
        yield "", entry.title
    for title, _level, _role in log_console.LEVELS:
        yield "LogConsole", title
    for title, _role in status._STATES.values():
        yield "StatusBar", title
    for title, _seconds in WINDOWS:
        yield "MarketTab", title
    for stress in (*MAIN_STRESSES, *more_stresses()):
        for text in (stress.title, stress.tip, stress.meaning):
            yield "StressPanel", text


def main() -> int:
    """Update every .ts file from the sources, and write its .qm file."""
    from abm_desktop.ui.translations import LANGUAGES

    FOLDER.mkdir(parents=True, exist_ok=True)
    sources = sorted((CHECKOUT / "abm_desktop" / "ui").rglob("*.py"))
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        tables = Path(folder) / "tables.py"
        tables.write_text(
            # JSON writes the strings in double quotes, which is what lupdate reads best.
            "".join(
                f"QCoreApplication.translate({json.dumps(context)}, "
                f"{json.dumps(text, ensure_ascii=False)})\n"
                for context, text in dict.fromkeys(tabled_texts())
                if text
            ),
            encoding="utf-8",
        )
        for language in LANGUAGES:
            if language == "en":
                continue
            file = FOLDER / f"abm_desktop_{language}.ts"
            paths = [str(path) for path in (*sources, tables)]
            _run("pyside6-lupdate", *paths, "-locations", "none", "-no-obsolete", "-ts", str(file))
            _run("pyside6-lrelease", str(file), "-qm", str(file.with_suffix(".qm")))
    return 0


def _run(program: str, *arguments: str) -> None:
    beside = Path(sys.executable).with_name(program)
    subprocess.run([str(beside) if beside.exists() else program, *arguments], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
