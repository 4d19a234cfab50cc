import pytest

from abm_desktop.cli import main

SMALL = """\
name = "small"
seed = 5
[market]
warm_up = "10s"
session = "60s"
[[stress]]
type = "liquidity_shock"
at = "20s"
duration = "10s"
"""


@pytest.fixture
def small(tmp_path):
    """A scenario file whose whole session takes a moment."""
    path = tmp_path / "small.toml"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def command(capsys):
    """Run ``abm-desktop`` with arguments; returns exit status, output and errors."""

    def run(*arguments):
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run
