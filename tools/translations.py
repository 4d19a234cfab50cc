"""Gather the texts of the window for translators, and make the files that the program loads.

    python tools/translations.py            # both: after texts were changed, and after translating

Each language of ``ui/translations.py`` has ``resources/translations/abm_desktop_CODE.ts``, to be
edited with Qt Linguist (``pyside6-linguist``) or any editor; the ``.qm`` beside it is made from it.
"""

from __future__ import annotations

import importlib
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
    yield from (("", text) for text in statement_texts())
    yield from _window_texts()
    yield from _market_texts()
    yield from _learning_texts()
    yield from _analytics_texts()


def statement_texts() -> Iterator[str]:
    """Yield the texts of all that the rooms below the window say."""
    for file in sorted((CHECKOUT / "abm_desktop").rglob("*.py")):
        source = file.read_text(encoding="utf-8")
        if "abm_desktop.statements import" in source and "    TEXTS = (" in source:
            name = file.relative_to(CHECKOUT).with_suffix("")
            importlib.import_module(".".join(name.parts))
    from abm_desktop.statements import Fault, every_statement

    for kind in every_statement():
        yield from kind.TEXTS
        if issubclass(kind, Fault):
            yield from kind.REMEDIES


def _window_texts() -> Iterator[tuple[str, str]]:
    from abm_desktop.desk.choices import Choices
    from abm_desktop.scenario.quantity import described
    from abm_desktop.ui import log_console, main_window, status, theme
    from abm_desktop.ui.commands import CATALOGUE

    for command in CATALOGUE:
        yield "commands", command.title
        yield "commands", command.tip
    for entry in (*theme.THEMES.values(), *theme.SIDES.values()):
        yield "", entry.title
    for title, _level, _role in log_console.LEVELS:
        yield "LogConsole", title
    for title, _role in status._STATES.values():
        yield "StatusBar", title
    for text in (main_window.PREPARING_HINT, main_window.NO_MARKET_HINT):
        yield "MainWindow", text
    for name in ("autosave_seconds", "rl_traders"):
        field = described(Choices)[name]
        yield from (("Preferences", text) for text in (field.title, field.tip))


def _market_texts() -> Iterator[tuple[str, str]]:
    from abm_desktop.desk.venue_rules import venue_rules
    from abm_desktop.market.commands import CallAuction
    from abm_desktop.scenario.population import Population
    from abm_desktop.scenario.quantity import described
    from abm_desktop.ui.market import quote_strip, trader_section
    from abm_desktop.ui.market.price_chart import WINDOWS
    from abm_desktop.ui.stress_kinds import stress_kinds

    for title, _seconds in WINDOWS:
        yield "MarketTab", title
    for title, _role in quote_strip.PHASES.values():
        yield "QuoteStrip", title
    for stress in stress_kinds().values():
        for text in (stress.title, stress.tip, stress.meaning):
            yield "StressPanel", text
    for rule in venue_rules():
        yield "", rule.title
        for text in (rule.title, rule.tip):
            yield "RuleRow", text
        for parameter in rule.parameters:
            yield "RuleRow", parameter.title
            yield "RuleRow", parameter.tip
    yield "RulesPanel", described(CallAuction)["seconds"].tip
    for word in ("on", "off"):
        yield "", word
    for section in described(Population).values():
        yield "TraderSection", section.title
        yield "TraderSection", trader_section.meaning_of(type(section.default))
        for field in described(type(section.default)).values():
            yield "TraderSection", field.title
            yield from (("", text) for text in (field.tip, field.suffix))


def _learning_texts() -> Iterator[tuple[str, str]]:
    from abm_desktop.desk import training_measures as measures
    from abm_desktop.learning.config import TrainingConfig
    from abm_desktop.learning.judging import model_comparison
    from abm_desktop.learning.judging.evaluation_columns import SYMMETRIC, evaluation_columns
    from abm_desktop.market.roles import roles
    from abm_desktop.scenario.quantity import described
    from abm_desktop.ui.rl import (
        agent_panel,
        compare_dialog,
        form,
        judging,
        models_panel,
        models_table,
        progress,
    )

    for field in described(TrainingConfig).values():
        if field.extra["group"] != "internal":
            yield from (("", text) for text in (field.title, field.tip, field.suffix))
    for _group, title in form.GROUPS:
        yield "TrainingForm", title
    for title in (*measures.GROUPS, *measures.AXES):
        yield "ChartBar", title
    for measure in measures.MEASURES:
        for text in (measure.title, measure.unit, measure.tip):
            yield "TrainingChart", text
    for text in (*progress.TITLES.values(), *progress.HINTS.values()):
        yield "ProgressStrip", text
    for column in models_table.COLUMNS:
        yield "_ModelRows", column.title
        yield "_ModelRows", column.tip
    for word in ("finished", "stopped", "unfinished", "failed", "imported"):
        yield "", word
    for text in (*agent_panel.FEATURES, *agent_panel.TIPS):
        yield "AgentPanel", text
    for role in roles():
        for text in (word for feature in role.own_features for word in feature):
            yield "AgentPanel", text
        for title, _text in evaluation_columns(role.name):
            yield "", "p of the agent" if title == "p" else title
        for text in role.sentences:
            yield "", text
    for text in (models_panel.EXPORTS, models_panel.IMPORTS):
        yield "ModelsPanel", text
    for text in judging.TITLES.values():
        yield "JudgingStrip", text
    for text in ("model", "evaluation", "stress test", "setting", *compare_dialog.LABELS.values()):
        yield "", text
    for label in (*model_comparison._MODEL, "tags", "accepted", "evaluated in", "elsewhere"):
        if label not in compare_dialog.LABELS:
            yield "", label.replace("_", " ")
    for label, _key in (*model_comparison._EVALUATION, *model_comparison._STRESS):
        yield "", label
    yield from (("", "of the value rule's profit"), ("", "signs of degeneracy"))
    for name in ("hold", "random", "buy and hold", "TWAP in and out", "value", SYMMETRIC):
        yield "", name
    for text in ("warming up", "matched markets"):  # what a judging does
        yield "", text
    for name in ("momentum 60 s", "mean reversion 60 s", "order-book imbalance"):
        yield "", name
    yield from (("", "against momentum 60 s"), ("", "against order-book imbalance"))
    # The conditions of an evaluation, and the rules that a policy is compared with.
    for text in (
        *("median day", "against random", "against imbalance", "against momentum"),
        *("against Avellaneda-Stoikov", "against TWAP", "position", "finishes"),
    ):
        yield "", text


_SOURCES_IN_WORDS = ("price-time priority", "no drift is meant")
"""Sources of stylised facts that are no paper."""


def _analytics_texts() -> Iterator[tuple[str, str]]:
    from abm_desktop.desk.analytics import titles
    from abm_desktop.ui.analytics import class_table, facts_page, series, stress_page, tab
    from abm_desktop.ui.analytics.pages import PAGES

    for page in PAGES:
        yield "AnalyticsTab", page.plain_title
        yield "AnalyticsTab", page.tip
    for title, _seconds in tab.WINDOWS:
        yield "AnalyticsTab", title
    for measure in series.MEASURES:
        for text in (measure.title, measure.unit, measure.wait, measure.tip):
            yield "MeasureChart", text
    for title in (*series._TITLES.values(), "bid", "ask", "mid", "value", "spread", "depth"):
        yield "", title
    for shown in (
        *titles.WINDOW_MEASURES, *titles.STRESS_MEASURES, *titles.RETURN_MEASURES
    ):  # fmt: skip
        for text in (shown.title, shown.unit, shown.tip):
            yield "", text
    for title, tip in class_table.COLUMNS:
        yield "_Model", title
        yield "_Model", tip
    yield "StressPage", stress_page.NONE_YET
    for text in facts_page._GATES.values():
        yield "FactsPage", text
    for text in (*facts_page._COLORS, *_SOURCES_IN_WORDS):
        yield "", text


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
