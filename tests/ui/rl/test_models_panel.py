"""Everything that can be done with a model in the list."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QInputDialog
from rl.conftest import make_model

from abm_desktop import model_folders, paths
from abm_desktop.learning.registry import models
from abm_desktop.ui.rl import judging, verdict
from abm_desktop.ui.rl.compare_dialog import CompareDialog
from abm_desktop.ui.rl.judge_dialogs import EvaluationDialog, StressTestDialog
from abm_desktop.ui.rl.models_table import ModelTable, cell_text, row_tip
from abm_desktop.ui.rl.result_dialog import ResultDialog, evaluation_dialog, stress_dialog

RULE = {"pnl_median": 2.0, "pnl_mean": 2.5, "pnl_sd": 1.0, "drawdown": 0.5, "inventory": 3.0,
        "traded": 200.0, "shares": [0.3, 0.4, 0.3], "accuracy": 0.55, "p_value": 0.001}  # fmt: skip
EVALUATION = {
    "scenario": "calm", "days": 32, "hours": 2.0, "accepted": False, "flags": [],
    "checks": [{"name": "median day", "passed": True, "detail": "+2.00 a day"},
               {"name": "against random", "passed": False, "detail": "p = 0.5"}],
    "value_ratio": 0.4,
    "rules": {"agent": RULE, "random": RULE | {"pnl_median": -1.0, "accuracy": None}},
}  # fmt: skip


def outcome(kind, factor, low, high, pnl=1.0):
    return {
        "stress": {"type": kind}, "runs": 8, "pnl": pnl, "pnl_sd": 1.0, "drawdown": 0.3,
        "buy_and_hold_drawdown": 5.0, "inventory_mean": 2.0, "inventory_max": 9.0,
        "shares": [0.2, 0.6, 0.2], "price_drop": 0.05, "price_drop_without": 0.04,
        "volatility_amplification": factor, "amplification_error": 0.1,
        "amplification_low": low, "amplification_high": high,
        "recovery_seconds": None, "recovery_seconds_without": 60.0,
        "recovered": 0, "recovered_without": 8,
    }  # fmt: skip


STRESS = {
    "scenario": "calm", "runs": 8, "traders": 20, "seed": 0, "after": 900.0,
    "outcomes": [outcome("flash_crash", 1.5, 1.2, 1.9, pnl=-4.0),
                 outcome("spoofing", 1.0, 0.9, 1.1)],
}  # fmt: skip


@pytest.fixture
def panel(tab, qtbot):
    make_model("alpha", tags=("tried",), metrics={"evaluation": EVALUATION})
    make_model("beta", algorithm="SAC", seed=2)
    reread(tab.models, qtbot)
    return tab.models


def reread(panel, qtbot):
    """Read the registry, and wait for that very reading: an earlier one may still be under way."""
    done = []
    panel.refresh(then=lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))


def choose(panel, *names):
    panel.table.clearSelection()
    model = panel.table.model()
    flags = panel.table.selectionModel().SelectionFlag
    for row, info in enumerate(panel.table.shown):
        if info.name in names:
            panel.table.selectionModel().select(model.index(row, 0), flags.Select | flags.Rows)


def action(panel, name):
    panel._fill_menu()
    return next(a for a in panel.menu.actions() if a.objectName() == name)


def test_a_double_click_shows_and_never_loads(panel):
    loaded, drawn, told = [], [], []
    panel.load_selected = lambda: loaded.append(True)
    panel.curves_requested.connect(drawn.append)
    panel.show_results = told.append
    for name in ("alpha", "beta"):
        choose(panel, name)
        row = next(k for k, info in enumerate(panel.table.shown) if info.name == name)
        panel.table.activated.emit(panel.table.model().index(row, 0))
    # An evaluation is shown, the curves of a model that has none; no trader has come.
    assert told == ["evaluation"] and drawn == [["beta"]]
    assert not loaded


def test_every_shipped_model_is_told(tab, monkeypatch):
    """Whatever version measured it."""
    monkeypatch.setattr(model_folders, "bundled_dir", lambda: paths.resource_dir() / "models")
    shipped = models.list_models(studies=True)
    assert len(shipped) > 10
    for model in shipped:
        assert [cell_text(model, column) for column in range(10)] and row_tip(model)
        for kind, show in (("evaluation", evaluation_dialog), ("stress_test", stress_dialog)):
            if results := model.metrics.get(kind):
                assert show(tab, model.name, results).as_text()


def test_the_table_tells_filters_sorts_compares_and_fits_into_a_small_window(panel, qtbot):
    table = panel.table
    texts = {
        table.model().index(row, 0).data(): [table.model().index(row, k).data() for k in range(10)]
        for row in range(2)
    }
    assert texts["alpha"][1] == "PPO" and texts["alpha"][6] == "rejected"
    assert texts["alpha"][8] == "tried" and texts["beta"][6] == ""
    panel.filter.setText("ppo tried")
    assert [m.name for m in table.shown] == ["alpha"]
    assert panel.note.text() == "1 of 2 models" and panel.selected.name == "alpha"
    panel.filter.setText("")
    table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert [m.name for m in table.shown] == ["beta", "alpha"]

    choose(panel, "alpha")
    assert not panel.compare_button.isEnabled()
    choose(panel, "alpha", "beta")
    panel.compare_button.click()
    dialog = panel.findChild(CompareDialog)
    cells = lambda: {dialog.table.item(k, 1).text(): k for k in range(dialog.table.rowCount())}  # noqa: E731
    assert {"algorithm", "scenario", "seed", "accepted"} <= set(cells())
    panel.window().resize(1400, 800)
    wide = CompareDialog(panel, panel.table.models * 3)
    wide.show()
    needed = wide.table.horizontalHeader().length()
    assert wide.table.viewport().width() >= min(needed, 1400 - 60) and wide.width() <= 1400
    wide.close()
    seed = cells()["seed"]
    assert {dialog.table.item(seed, 2).text(), dialog.table.item(seed, 3).text()} == {"1", "2"}
    assert dialog.table.item(seed, 2).font().bold()
    dialog.differences.setChecked(True)
    assert "scenario" not in cells() and "algorithm" in cells()
    dialog.copy_button.click()
    assert "algorithm" in QGuiApplication.clipboard().text()
    with qtbot.waitSignal(panel.curves_requested) as asked:
        dialog.curves_button.click()
    assert set(asked.args[0]) == {"alpha", "beta"}

    # Every column fits into a small window.
    table = ModelTable()
    qtbot.addWidget(table)
    table.resize(950, 200)
    table.show()
    table.set_models(panel.table.models, [])
    assert not table.horizontalScrollBar().isVisible()
    metrics = table.fontMetrics()
    for k in range(table.model().columnCount()):
        title = str(table.model().headerData(k, Qt.Orientation.Horizontal))
        assert metrics.horizontalAdvance(title) < table.columnWidth(k)
    # What is free is used, whatever the width.
    table.resize(1600, 200)
    assert table.columnWidth(0) > 150 and not table.horizontalScrollBar().isVisible()


def test_models_are_exported_taken_in_renamed_and_tagged(panel, qtbot, tab, tmp_path):
    choose(panel, "alpha")
    for suffix in ("npz", "zip"):
        with qtbot.waitSignal(panel.message, timeout=20_000):  # what reads models is loaded first
            panel.export(tmp_path / f"copy.{suffix}")
    with qtbot.waitSignal(panel.refreshed):
        panel.take_in(tmp_path / "copy.npz")
    assert models.get_model("alpha").metrics["evaluation"]["days"] == 32
    assert "copy" in [m.name for m in panel.table.shown] or len(panel.table.shown) == 3
    taken_in = next(m for m in panel.table.models if m.status == "imported")
    assert cell_text(taken_in, 4) == "–", "nobody knows how many decisions it has learned from"
    with qtbot.waitSignal(panel.failed):
        panel.take_in(tmp_path / "nothing.zip")
    assert tab.notice.isVisibleTo(tab)
    (tmp_path / "copy.npz").rename(tmp_path / "other.npz")
    with qtbot.waitSignal(panel.message):
        panel.take_in(tmp_path / "other.npz")
    assert not tab.notice.isVisibleTo(tab), "it was done at the second try"

    # A name that is taken is told.
    choose(panel, "beta")
    with qtbot.waitSignal(panel.failed):
        panel.rename("alpha")
    assert "alpha" in tab.notice.text.text()

    choose(panel, "beta")
    for name, text in (("rename", "gamma"), ("tags", "good, small")):
        action(panel, name).trigger()
        dialog = panel.findChildren(QInputDialog)[-1]
        dialog.setTextValue(text)
        with qtbot.waitSignal(panel.refreshed):
            dialog.accept()
    assert models.get_model("gamma").tags == ("good", "small")
    assert panel.selected.name == "gamma"


def test_shipped_models_stay_as_they_are(panel, qtbot, tmp_path, monkeypatch):
    (tmp_path / "data" / "models" / "alpha").rename(tmp_path / "kept")
    (tmp_path / "shipped").mkdir(exist_ok=True)
    (tmp_path / "kept").rename(tmp_path / "shipped" / "alpha")
    reread(panel, qtbot)
    choose(panel, "alpha")
    assert panel.load_button.isEnabled() and not panel.delete_button.isEnabled()
    for name in ("rename", "tags", "delete", "go_on", "continue"):
        assert not action(panel, name).isEnabled()
    assert action(panel, "evaluate").isEnabled()


def quick(name, *, progress, **settings):
    progress(0.5, "half")
    return EVALUATION | {"days": settings["days"]}


def failing(name, *, progress, **settings):
    raise ValueError("the market is closed")


def endless(name, *, progress, **settings):
    import time

    progress(0.25, "waiting")
    time.sleep(60)


class HereAndNow:
    """A worker that does the job at once, in this process."""

    def __init__(self):
        self.jobs = []

    def run(self, work, *arguments, done, failed, progress):
        self.jobs.append((work, arguments, done, failed, progress))

    def close(self):
        pass


def test_an_evaluation_and_a_stress_test_are_asked_for_carried_out_elsewhere_and_shown(
    panel, qtbot
):
    panel.judging._worker = worker = HereAndNow()
    choose(panel, "beta")
    panel.evaluate_button.click()
    dialog = panel.findChild(EvaluationDialog)
    dialog.days.setValue(9)
    dialog.start_button.click()
    ((_, arguments, done, _, progress),) = worker.jobs
    assert arguments[:2] == ("evaluation", "beta") and arguments[2]["days"] == 9
    progress(0.5, "momentum 60 s")
    strip = panel.findChild(judging.JudgingStrip)
    assert strip.isVisibleTo(panel) and "beta: 50\xa0% (momentum 60 s)" in strip.label.text()
    with qtbot.waitSignal(panel.refreshed):
        done(EVALUATION)
    shown = panel.findChild(ResultDialog)
    assert "Rejected: it fails against random" in shown.words.text()
    assert shown.table.item(0, 0).text() == "beta"
    shown.copy_button.click()
    assert "-1.00" in QGuiApplication.clipboard().text().replace("−", "-")
    assert not strip.isVisibleTo(panel)
    assert action(panel, "evaluation").isEnabled()

    # A stress test of chosen stresses.
    choose(panel, "alpha")
    panel.stress_button.click()
    dialog = panel.findChild(StressTestDialog)
    dialog._check_all(False)
    assert not dialog.start_button.isEnabled()
    dialog.stresses.item(0).setCheckState(Qt.CheckState.Checked)
    dialog.traders.setValue(20)
    dialog.start_button.click()
    (_, arguments, done, _, _) = worker.jobs[-1]
    assert len(arguments[2]["stresses"]) == 1 and arguments[2]["traders"] == 20
    with qtbot.waitSignal(panel.refreshed):
        done(STRESS)
    shown = panel.findChildren(ResultDialog)[-1]
    assert "Volatility rises under flash crash" in shown.words.text()
    assert shown.table.item(0, 9).text() == "never"
    assert shown.chart.export_columns()["high"][0] == 1.9


def test_an_evaluation_in_several_markets_shows_all_of_them_and_a_training_goes_on(
    qtbot, panel, tab
):
    other = EVALUATION | {"scenario": "dr1", "accepted": True}
    both = EVALUATION | {"elsewhere": [other]}
    assert verdict.evaluation_word(both) == "accepted in dr1 only"
    assert verdict.evaluation_word(other | {"elsewhere": [other]}) == "accepted"
    shown = evaluation_dialog(panel, "alpha", both)
    assert "in calm" in shown.words.text() and "in dr1" in shown.words.text()
    names = [shown.table.item(k, 0).text() for k in range(shown.table.rowCount())]
    assert names == ["alpha (calm)", "random (calm)", "alpha (dr1)", "random (dr1)"]
    assert "dr1: against random" in shown.notes.text()

    # Going on with a training fills the form. A list that an earlier test asked for may still come.
    qtbot.waitUntil(lambda: any(m.name == "alpha" and m.checkpoint for m in panel.table.shown))
    choose(panel, "alpha")
    action(panel, "go_on").trigger()
    config = tab.form.config()
    assert (config.resume_from, config.iterations, config.hidden) == ("alpha", 7, (32,))
    assert config.model_name == ""


def test_a_training_that_stopped_is_continued_from_the_menu(qtbot, panel, tab, monkeypatch):
    started = []
    monkeypatch.setattr(tab.controller, "start", started.append)
    qtbot.waitUntil(lambda: any(m.name == "alpha" and m.checkpoint for m in panel.table.shown))
    choose(panel, "alpha")
    assert not action(panel, "continue").isEnabled()  # it is at its end
    models.set_status("alpha", "unfinished")
    file = models.get_model("alpha").folder / "meta.json"
    meta = json.loads(file.read_text())
    meta["config"]["iterations"] = meta["iterations"] + 3
    file.write_text(json.dumps(meta))
    reread(panel, qtbot)
    choose(panel, "alpha")
    action(panel, "continue").trigger()
    (config,) = started
    assert config.continues and config.model_name == "alpha"
    assert config.iterations == meta["iterations"] + 3


def test_a_task_that_runs_or_waits_can_be_cancelled_and_a_fault_is_told(
    qtbot, tab, monkeypatch, panel
):
    """With the real process beside the window."""
    monkeypatch.setitem(judging.WORK, "evaluation", quick)
    tasks = panel.judging
    first = tasks.start("evaluation", "alpha", {"days": 6})
    second = tasks.start("stress_test", "no-such-model", {
        "stresses": [], "scenario": "calm", "runs": 1, "traders": 1, "seed": 0, "after": 60.0,
    })  # fmt: skip
    tasks.cancel(first)
    assert tasks.tasks == [second]
    with qtbot.waitSignal(panel.failed, timeout=30_000):
        pass
    assert tasks.tasks == []
    assert "no-such-model" in tab.notice.text.text()
    assert "could not be stress-tested" in tab.notice.title.text()


def test_words_of_the_results():
    assert "Rejected: it fails against random" in verdict.evaluation_words(EVALUATION)
    assert verdict.evaluation_words(EVALUATION | {"accepted": True}).endswith("accepted.")
    words = verdict.stress_words(STRESS)
    assert "rises under flash crash" in words and "spoofing" not in words.split("least")[0]
    assert "least under flash crash (−4.00)" in words
    assert verdict.stress_word(STRESS) == "×1.22"
    nothing = STRESS | {"outcomes": [outcome("spoofing", 1.0, 0.9, 1.1)]}
    assert "told from chance" in verdict.stress_words(nothing)
    old = outcome("spoofing", 1.5, None, None)
    low, high = verdict.interval_of(old)
    # Student's t with 7 degrees of freedom: 2.365.
    assert high / 1.5 == pytest.approx(2.718281828 ** (2.365 * 0.1), rel=1e-3)
    assert low * high == pytest.approx(1.5**2)
