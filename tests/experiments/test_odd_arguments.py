"""Odd arguments of the Python face of experiments are refused by name."""

from __future__ import annotations

import pytest

from abm_desktop.experiments.experiment import Experiment
from abm_desktop.inputs import InputError


@pytest.mark.parametrize("seeds", [0, -1, 1.5, True, "8", 10**9])
def test_a_number_of_markets_that_is_none_is_refused(seeds) -> None:
    with pytest.raises(InputError, match=r"^seeds must be a whole number"):
        Experiment.load("research_question", seeds=seeds)


@pytest.mark.parametrize("name", [None, 3, b"research_question", "a\0b"])
def test_what_is_no_name_of_an_experiment_is_refused(name) -> None:
    with pytest.raises(InputError, match=r"^name_or_path must be"):
        Experiment.load(name)
