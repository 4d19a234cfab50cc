"""The page Experiments: files, starts, progress, results."""

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMessageBox

from abm_desktop.desk import busy_machine
from abm_desktop.desk.analytics import experiment_plan as planning
from abm_desktop.desk.analytics import experiments as compute
from abm_desktop.experiments.experiment import Experiment
from abm_desktop.experiments.process.messages import (
    Ended,
    ExperimentDone,
    ExperimentFailure,
    ExperimentStart,
    ExperimentStatus,
)
from abm_desktop.experiments.report.summary import read_summary
from abm_desktop.experiments.running import runner
from abm_desktop.experiments.running.pilot import Sizing
from abm_desktop.experiments.running.runner import Control, Stopped
from abm_desktop.experiments.statements import MarketLost
from abm_desktop.learning.statements import StartingCluster
from abm_desktop.ui.analytics import experiments_page
from abm_desktop.ui.analytics.effects_chart import EffectsChart
from abm_desktop.ui.analytics.experiment_controller import ExperimentState
from abm_desktop.ui.controls import ANALYTICS
from abm_desktop.ui.journal_dialog import FACTS

FILE = """
name = "short"
question = "What does a velocity logic do?"
lead = 120
burn_in = 30
stress_window = 60
after = 120
seeds = 3
paths = 0
level = "intervention"
[rl]
shares = [0]
[[stress]]
type = "liquidity_shock"
[[intervention]]
name = "velocity"
velocity_logic.ticks = 5
"""
"""Four cells, without RL traders: no pilot is needed."""
CELLS = 4


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "short.toml"
    path.write_text(FILE)
    return path


@pytest.fixture
def hear(page):
    """Let the experiment's process say something."""

    def hear(message):
        page.controller.runs.take(message)
        page.controller.poll()

    return hear


def run_partly(file, runs):
    """Run an experiment in this process until so many runs are finished."""
    experiment, control = Experiment.load(file), Control()

    def watch(progress):
        if progress.state == "running" and progress.done >= runs:
            control.stop()

    with pytest.raises(Stopped):
        experiment.run(control=control, on_progress=watch)
    return experiment


def drop(page, path):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    page.dropEvent(event)
    return event


def test_files_are_listed_opened_and_described(qtbot, monkeypatch, page, file, tmp_path):
    names = [
        page.lists.files_list.item(k).text().split("\n")[0]
        for k in range(page.lists.files_list.count())
    ]
    assert "research question" in names and "interventions" in names
    assert page.places.currentWidget() is page.empty
    page.lists.files_list.setCurrentRow(names.index("research question"))
    setup = page.setup
    assert page.places.currentWidget() is setup
    assert "deep-RL" in setup.question.text()
    plan = setup.plan
    assert f"{plan.cells} cells in 320 markets: {plan.total:,} runs" in setup.facts.text()
    assert sum(int(row[2]) for row in setup.cells.texts()) == plan.cells
    # Four trainings of each algorithm: of the crash, where markets differ most.
    assert [row[0] for row in setup.power.texts()][:3] == ["10 %", "20 %", "30 %"]
    assert setup.power.texts()[0][1] == "+ trainings"

    # One of somebody's own.
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    page.lists.open_button.click()
    assert page.setup.plan.path == file
    assert page.lists.files_list.currentItem().text().startswith("short\n")

    # More markets tell smaller effects.
    before = page.setup.power.texts()
    with qtbot.waitSignal(page.setup.seeds_changed):
        page.setup.seeds.setValue(300)
    assert page.setup.plan.total == CELLS * 300
    powers = [
        int(next(r for r in rows if r[0] == "30 %")[2].rstrip(" %"))
        for rows in (before, page.setup.power.texts())
    ]
    assert powers[1] > powers[0] + 20

    # Other files are left to the window.
    zipped = tmp_path / "flow.zip"
    zipped.write_bytes(b"")
    assert not drop(page, zipped).isAccepted()


class Slow:
    """A job that ends when it is cancelled."""

    is_over = False
    cancelled = False

    def cancel(self):
        self.is_over = self.cancelled = True


def test_the_time_it_takes_is_measured_and_shared_by_the_workers(monkeypatch, window, page, file):
    page.take_file(file)
    told = page.setup.cost.text()
    assert told.startswith("Roughly ") and "on 2 idle cores" in told, told
    with monkeypatch.context() as patch:
        job = Slow()
        patch.setattr(window.session.worker, "run", lambda *_, **__: job)
        page.setup.time_button.click()
        assert page.setup.cost.text() == "Timing some runs …"
        page.setup.time_button.click()
        assert job.cancelled and page.setup.time_button.text() == "Time some runs"
    monkeypatch.setattr(planning, "seconds_per_run", lambda _path: 20.0)
    page.setup.workers.setValue(2)
    page.setup.time_button.click()
    # Twelve runs of 20 s on two cores.
    assert page.setup.cost.text() == "About 2 min on 2 idle cores, 20000 ms a run."
    page.setup.workers.setValue(4)
    assert page.setup.cost.text().startswith("About 60 s on 4 idle cores")
    assert not page.setup.time_button.isVisibleTo(page)


def test_a_file_with_errors_is_told_line_by_line(window, page, file):
    file.write_text(FILE.replace("seeds = 3", "sedes = 3").replace("after = 120", "after = 5"))
    assert drop(page, file).isAccepted()
    notice = window.notice
    assert notice.isVisible() and "short.toml" in notice.title.text()
    (row,) = [f for f in notice.trouble.findings if f.key == "sedes"]
    assert row.line == 8 and "seeds" in row.remedy
    assert page.places.currentWidget() is page.faulty
    # Mended, it is read again at a click.
    file.write_text(FILE)
    page.lists.files_list.itemPressed.emit(page.lists.files_list.currentItem())
    assert page.setup.plan.name == "short"
    # However narrow its table of power is, no title is cut.
    page.setup.power.resize(150, 120)
    header = page.setup.power.horizontalHeader()
    assert all(header.sectionSize(k) >= header.sectionSizeHint(k) for k in range(header.count()))


def test_start_pause_resume_cancel(qtbot, client, window, page, file, hear, settled):
    page.take_file(file)
    page.setup.workers.setValue(3)
    page.setup.address.setText(" host:6379 ")
    page.setup.start_button.click()
    settled()
    (start,) = client.starts
    assert start == ExperimentStart(
        str(file), seeds=3, workers=3, address="host:6379", out=str(page.setup.plan.folder)
    )
    assert page.strip.isVisible() and not page.setup.start_button.isEnabled()
    hear(ExperimentStatus("starting", 0, 0, note=StartingCluster()))
    assert page.strip.told.text() == "Starting a local Ray cluster"
    hear(ExperimentStatus("running", 5, 12, 1, 61.0, lost_workers=2, workers=3))
    assert (page.strip.bar.value(), page.strip.bar.maximum()) == (5, 12)
    assert page.strip.told.text() == "5 of 12 runs · markets done: 1 · 61 s left · 2 workers lost"

    window.commands["analytics.pause_experiment"].trigger()
    settled()
    hear(ExperimentStatus("paused", 6, 12, 1))
    assert page.controller.state is ExperimentState.PAUSED
    page.strip.pause_button.click()
    settled()
    page.strip.stop_button.click()
    settled()
    assert client.asked == ["pause", "resume", "stop"]
    hear(ExperimentStatus("running", 7, 12, 1))
    assert page.controller.state is ExperimentState.STOPPING
    with qtbot.waitSignal(window.session.said) as said:
        hear(Ended(str(page.controller.folder)))
    assert "kept" in said.args[0]
    assert not page.strip.isVisible() and page.setup.start_button.isEnabled()


def test_effects_so_far_are_shown_while_it_runs(monkeypatch, page, file, hear, settled):
    monkeypatch.setattr(experiments_page, "REST", 0.0)
    monkeypatch.setattr(experiments_page, "SHARE_OF_TIME", 1e9)
    experiment = run_partly(file, 2 * CELLS)
    done = experiment.finished()
    page.take_file(file)
    page.start()
    settled()
    # The first runs of this start put its results on show, the next ones renew them.
    hear(ExperimentStatus("running", done, 3 * CELLS, 2))
    assert page._shown.folder == experiment.folder
    assert page.result.report.summary["runs"] == done
    assert not page.result.resume_button.isVisibleTo(page)
    assert "running" in page.lists.results_list.item(0).text()
    experiment.run()
    hear(ExperimentStatus("running", 3 * CELLS, 3 * CELLS, 3))
    assert page.result.report.is_interim
    assert page.result.report.summary["runs"] == 3 * CELLS


def test_while_the_report_is_written_the_page_says_that(page, file, hear, settled):
    experiment = run_partly(file, 1)
    page.take_file(file)
    page.start()
    settled()
    hear(ExperimentStatus("running", experiment.finished(), 3 * CELLS))
    assert page.result.empty.title.text() == "Nothing to compare yet"
    hear(ExperimentStatus("report", 3 * CELLS, 3 * CELLS))
    assert page.result.empty.title.text() == "The answer is being written"


def test_a_failure_a_second_cancel_and_the_end_of_the_window_end_the_process(
    loop, client, window, page, file, hear, settled
):
    page.take_file(file)
    page.start()
    settled()
    hear(ExperimentFailure(MarketLost(7, 5, "it was killed"), "trace"))
    assert window.notice.text.text() == (
        "Market 7 was lost with its worker 5 times: it was killed. Most often memory ran out: use "
        "fewer workers, then start again. What is finished is kept."
    )
    assert "trace" in window.notice.as_text()
    assert not page.controller.is_running

    # What is begun again does not stand beside why it could not go on.
    page.take_file(file)
    page.start()
    settled()
    assert not window.notice.isVisible()
    page.stop()
    page.stop()
    settled()
    assert client.asked == ["stop", "close"]
    assert not page.controller.is_running

    client.asked.clear()
    page.start()
    settled()
    loop.run_until_complete(window._end_processes())
    assert client.asked == ["close"]


def test_unfinished_results_are_offered_to_go_on_with(client, page, file, hear, settled):
    experiment = run_partly(file, 5)
    done = experiment.finished()
    page.refresh()
    (item,) = [page.lists.results_list.item(k) for k in range(page.lists.results_list.count())]
    assert f"{done} of {3 * CELLS} · unfinished" in item.text()
    page.lists.results_list.setCurrentItem(item)
    result = page.result
    assert result.resume_button.isVisibleTo(page) and not result.open_button.isVisibleTo(page)
    result.resume_button.click()
    settled()
    (start,) = client.starts
    assert (start.file, start.seeds, start.out) == (str(file), 3, str(experiment.folder))
    assert not start.fresh and not start.report_only
    assert not result.resume_button.isVisibleTo(page)  # it goes on
    # The file itself offers the same.
    hear(Ended(str(experiment.folder)))
    page.take_file(file)
    assert page.setup.start_button.text() == "Resume"
    assert f"{done} of {3 * CELLS} runs are there already" in page.setup.cost.text()


def test_an_entry_of_the_journal_opens_its_results(qtbot, window, page, file, monkeypatch):
    """Also such as came after the page was last looked at, and a folder that has gone."""
    experiment = run_partly(file, 8)
    window.commands["view.market"].trigger()
    troubles = []
    window.session.trouble.connect(troubles.append)
    for gone in (False, True):
        journal = window.controls.show_journal()
        qtbot.waitUntil(lambda journal=journal: bool(journal.entries))
        (row,) = [k for k, entry in enumerate(journal.entries) if entry.kind == "experiment"]
        assert "of 12" in journal.entries[row].facts
        journal.table.selectRow(row)
        if gone:
            monkeypatch.setattr(compute, "list_results", list)
        journal.table.itemDoubleClicked.emit(journal.table.item(row, FACTS))
    assert window.tabs.currentIndex() == ANALYTICS and page.isVisible()
    assert page.places.currentWidget() is page.result
    assert page.result.report.folder == experiment.folder and page.result.report.is_interim
    (trouble,) = troubles
    assert str(experiment.folder) in trouble.text


def test_a_real_experiment_from_its_file_to_its_answer(
    monkeypatch, tmp_path, window, page, file, hear
):
    """The engine's own run in this process; the window shows what it wrote."""
    experiment = Experiment.load(file)
    experiment.run()
    page.refresh()
    page.lists.choose_result(experiment.folder)
    result = page.result
    # Without a report: the effects so far, on the primary measure.
    assert result.report.is_interim
    assert [row[2] for row in result.table.texts()] == ["velocity"] * 2
    assert result.write_button.isVisibleTo(page)
    html = experiment.report()
    page.controller.start(ExperimentStart(str(file), out=str(experiment.folder)), "short")
    hear(ExperimentDone(str(experiment.folder), str(html), 12, 12))
    assert not result.report.is_interim
    summary = read_summary(html.parent)
    assert summary["answer"] == experiment.answer()
    # Some sentences at once; what the results do not tell is behind a link.
    for sentence in summary["answer"]:
        assert sentence in result.words.toPlainText()
    assert summary["limits"] and summary["limits"][0] not in result.words.toPlainText()
    result.words.anchorClicked.emit(QUrl("more"))
    for sentence in (*summary["answer"], *summary["limits"]):
        assert sentence in result.words.toPlainText()
    shown = [e for e in summary["effects"] if e["primary"]]
    assert len(shown) == 2 == result.table.rowCount()
    change = result.table.texts()[0][3].replace("−", "-")
    assert float(change.rstrip(" %")) == pytest.approx(100 * shown[0]["change"], abs=0.5)
    groups = [e["group"] for e in shown]
    assert [plot.isVisibleTo(page) for plot in result.chart.plots] == [
        k < len(groups) for k in range(len(result.chart.plots))
    ]
    # Another measure changes the table and the chart.
    result.measure.setCurrentIndex(1)
    assert {e["measure"] for e in result.chart.effects} == {result.measure.currentData()}

    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    result.open_button.click()
    result.folder_button.click()
    assert opened == [str(html), str(experiment.folder)]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "out"))
    for number in ("", "-2"):
        result.export_button.click()
        saved = tmp_path / "out" / f"{experiment.folder.name}-tables{number}"
        assert {"effects.csv", "runs.csv"} <= {p.name for p in saved.iterdir()}


def test_a_damaged_summary_is_computed_anew(page, file):
    experiment = Experiment.load(file, seeds=2)
    experiment.run()
    report = experiment.folder / "report"
    report.mkdir()
    (report / "summary.json").write_text("{")
    (report / "report.html").touch()
    page.refresh()
    page.lists.choose_result(experiment.folder)
    assert page.result.report.is_interim
    assert page.result.report.summary["runs"] == 2 * CELLS
    assert page.result.open_button.isVisibleTo(page)


def test_the_whole_window_tells_of_an_experiment_and_asks_before_it_ends(
    qtbot, window, page, file, settings, hear, settled
):
    shown = window.status.experiment
    window.draw()
    assert not shown.isVisible() and window.windowTitle() == "Calm – ABM Desktop"
    page.take_file(file)
    page.setup.start_button.click()
    settled()
    window.draw()
    assert shown.isVisible() and shown.text() == "Experiment short · starting"
    hear(ExperimentStatus("running", 3, 12, seconds_left=200.4))
    window.commands["view.market"].trigger()
    window.draw()
    assert shown.text() == "Experiment short 3/12 · 3:20 left"
    assert window.windowTitle() == "Calm · experiment 25 % – ABM Desktop"
    # It leads to the page, from everywhere.
    window.analytics.show_page("overview")
    qtbot.mouseClick(shown, Qt.MouseButton.LeftButton)
    assert window.tabs.currentIndex() == ANALYTICS and window.analytics.page_name == "experiments"
    hear(ExperimentStatus("paused", 4, 12))
    window.draw()
    assert shown.text() == "Experiment short 4/12 · paused"
    settings.choose("confirm_quit", "1")
    assert not window.close()
    (box,) = [b for b in window.findChildren(QMessageBox) if b.isVisible()]
    assert "experiment runs" in box.windowTitle() and "4 finished runs" in box.informativeText()
    box.reject()
    settings.choose("confirm_quit", "0")
    hear(Ended("folder"))
    window.draw()
    assert not shown.isVisible() and window.windowTitle() == "Calm – ABM Desktop"


def test_an_interval_without_a_useful_end_does_not_press_the_others_flat(qtbot):
    chart = EffectsChart()
    qtbot.addWidget(chart)

    def effect(level, change, low, high):
        return {"group": "calm", "kind": "PPO", "level": level, "ratio": True,
                "change": change, "low": low, "high": high, "pairs": 8}  # fmt: skip

    chart.show_effects(
        [effect("10 %", 0.2, 0.1, 0.3), effect("50 %", 1.0, 0.2, 90.0)], ["PPO"], ["10 %", "50 %"]
    )
    low, high = chart.plots[0].getPlotItem().getViewBox().viewRange()[1]
    assert -30 < low <= 0 and 150 <= high < 200
    chart.show_effects([effect("10 %", 0.2, 0.1, 0.3)], ["PPO"], ["10 %"])
    assert 30 <= chart.plots[0].getPlotItem().getViewBox().viewRange()[1][1] < 40
    assert not chart.as_factors
    # One that is many times as large: the others are still told apart, on an axis of factors.
    chart.show_effects(
        [effect("10 %", 0.2, 0.1, 0.3), effect("50 %", 7.0, 3.0, 15.0)], ["PPO"], ["10 %", "50 %"]
    )
    low, high = chart.plots[0].getPlotItem().getViewBox().viewRange()[1]
    assert chart.as_factors and -1 < low <= 0 and 4 <= high < 5
    assert chart.plots[0].values.tickStrings([0.0, 3.0], 1.0, 1.0) == ["×1", "×8"]


PAIRS = """
name = "pairs"
question = "What do RL traders do?"
lead = 120
burn_in = 30
stress_window = 60
after = 60
seeds = 2
paths = 2
[rl]
shares = [0, 0.25]
policies = ["calm-ppo"]
[[stress]]
type = "liquidity_shock"
"""


def test_one_market_is_shown_with_and_without_rl_traders(page, tmp_path, monkeypatch):
    sizing = Sizing(12, 2, 40, 0.75, 0.25)  # the pilot's search is tested elsewhere
    monkeypatch.setattr(runner, "size_population", lambda *_: {0.25: sizing})
    path = tmp_path / "pairs.toml"
    path.write_text(PAIRS)
    Experiment.load(path).run()
    page.refresh()
    page.lists.results_list.setCurrentRow(0)
    result = page.result
    assert result.charts.currentWidget() is result.chart_panel
    result.one_button.click()
    assert result.charts.currentWidget() is result.pairs_panel
    shown = [plot.paths for plot in result.pairs.plots if not plot.parentWidget().isHidden()]
    assert [one.group for one in shown] == ["calm", "liquidity shock"]
    without, treated = shown[1].prices.values()
    assert list(shown[1].prices) == ["without RL traders", "PPO"]
    # Copies: alike until RL traders join, half a minute before the shock.
    before = shown[1].minutes < -0.5
    assert np.array_equal(without[before], treated[before], equal_nan=True)
    assert not np.array_equal(without, treated, equal_nan=True)
    assert [text for _, text in result.pairs_legend.entries] == ["without", "PPO"]
    seed = shown[0].seed
    result.next_button.click()
    assert result.pairs.plots[0].paths.seed == seed + 1
    result.next_button.click()
    assert result.pairs.plots[0].paths.seed == seed, "after the last comes the first"
    assert "liquidity shock PPO" in result.pairs.export_columns()
    result.all_button.click()
    assert result.charts.currentWidget() is result.chart_panel


def test_a_busy_machine_is_told_beside_the_progress(monkeypatch, page, file, hear):
    monkeypatch.delenv("ABM_DESKTOP_EQUAL_SHARES", raising=False)
    page.controller.start(ExperimentStart(str(file)), "short")
    hear(ExperimentStatus("sizing", 3, 36))
    assert page.strip.told.text() == "3 / 36" and not page.strip.told.toolTip()
    monkeypatch.setattr(busy_machine, "_load", lambda: 1000.0)
    hear(ExperimentStatus("sizing", 4, 36))
    assert page.strip.told.text() == f"4 / 36 · {busy_machine.BUSY}"
    hear(ExperimentStatus("starting", 0, 0))
    assert page.strip.told.text() == busy_machine.BUSY, "there is nothing to part it from"
    assert "ABM_DESKTOP_EQUAL_SHARES" in page.strip.told.toolTip()
    monkeypatch.setenv("ABM_DESKTOP_EQUAL_SHARES", "1")
    hear(ExperimentStatus("sizing", 5, 36))
    assert page.strip.told.text() == "5 / 36"
