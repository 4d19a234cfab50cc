"""``abm-desktop experiment FILE --tables FOLDER``: the small tables that a study keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from abm_desktop.commands.console import Out
from abm_desktop.statements import counted

if TYPE_CHECKING:
    import pandas as pd


def write_study_tables(file: str, folder: Path, *, out: Path | None, as_json: bool) -> int:
    """Write runs, effects and levels of a study into a folder.

    Of the results; if there are none on this machine, effects of the runs that lie there.
    """
    from abm_desktop.commands.experiment import failures_told
    from abm_desktop.experiments.design import find_experiment, load_design
    from abm_desktop.experiments.report.study_tables import write_study

    console = Out(stderr=as_json)
    with failures_told(folder):
        design = load_design(find_experiment(file))
        runs = _finished(file, out)
        files = write_study(folder, design, runs)
    if as_json:
        count = None if runs is None else len(runs)
        print(json.dumps({"runs": count, "files": [str(written) for written in files]}))
        return 0
    of = "the runs that lie there" if runs is None else counted(len(runs), "run")
    console.print(f"Tables of {of}.")
    for written in files:
        console.print(str(written), soft_wrap=True)
    return 0


def _finished(file: str, out: Path | None) -> pd.DataFrame | None:
    """The runs of the results; None if there are none, or models of the study are missing."""
    from abm_desktop.experiments.experiment import Experiment
    from abm_desktop.experiments.running.pilot import ExperimentError
    from abm_desktop.scenario import ScenarioError

    try:
        return Experiment.load(file).results(out).runs
    except (ExperimentError, ScenarioError):
        if out is not None:
            raise
        return None
