"""The house plan holds: the contracts of import-linter in pyproject.toml."""

from __future__ import annotations

from pathlib import Path

from importlinter.cli import lint_imports

CHECKOUT = Path(__file__).resolve().parents[2]


def test_imports_keep_to_the_house_plan(monkeypatch, capsys):
    monkeypatch.chdir(CHECKOUT)
    # It would switch every logger of this process off, and with them the tests of the log.
    monkeypatch.setattr("importlinter.cli.logging_config.dictConfig", lambda _config: None)
    broken = lint_imports(config_filename="pyproject.toml", no_cache=True)
    assert broken == 0, capsys.readouterr().out
