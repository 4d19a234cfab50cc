"""What only ``make test-long`` runs: tests that take most of a minute, or are asked many times."""

from __future__ import annotations

import os

import pytest

IS_LONG = "ABM_DESKTOP_LONG_TESTS" in os.environ


def long(why: str) -> pytest.MarkDecorator:
    """Mark a test that the default suite leaves out; ``why`` stands in the summary."""
    return pytest.mark.skipif(not IS_LONG, reason=f"{why}: make test-long")
