"""Two days are compared in the window: chosen, measured beside it, shown, and refused in words."""

from __future__ import annotations

import numpy as np
import pytest
from support.flow_maker import random_day, write_pair

from abm_desktop.metrics.likeness.scores import SCORES


def test_two_recordings_are_compared_and_each_score_is_drawn(analytics, inline, tmp_path):
    analytics.show_page("likeness")
    page = analytics.page("likeness")
    page._worker = inline
    paths = []
    for seed in (1, 2):
        (tmp_path / str(seed)).mkdir()
        paths.append(write_pair(tmp_path / str(seed), *random_day(seed=seed, rows=600, depth=4)))
    page.compare()
    assert page.note.text() == "Choose two days first." and not inline.jobs
    page.first.setEditText(str(paths[0]))
    page.second.setEditText(str(tmp_path / "none.csv"))
    page.start.click()
    assert "none.csv" in page.note.text() and page.start.isEnabled()
    page.second.setEditText(str(paths[1]))
    page.start.click()
    assert page.found.levels == 4 and "mean distance" in page.note.text()
    assert page.table.rowCount() == len(SCORES)
    for row, score in enumerate(SCORES):
        page.table.selectRow(row)
        assert page.charts.panel.title.text() == score.title
        columns = page.charts.distribution.export_columns()
        if score.name in page.found.pictures:
            assert columns["share of A"].sum() == pytest.approx(1.0, abs=0.03), score.name
    response = page.charts.responses["LO0"].export_columns()
    np.testing.assert_array_equal(response["A"], page.found.responses[0]["LO0"].mean)
    assert np.isfinite(response["A"]).any()
