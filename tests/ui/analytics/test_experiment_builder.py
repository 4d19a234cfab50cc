"""The builder of experiments: a form, its plan, and what becomes of the file."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from abm_desktop.desk.analytics import experiment_plan as planning
from abm_desktop.experiments.design import Design, RLFactors, load_design, own_experiments_dir
from abm_desktop.live.ledger import Ledger
from abm_desktop.market.commands import ChangePopulation, Inject, SetRule
from abm_desktop.paths import scenario_dir
from abm_desktop.scenario import FlashCrash, load_scenario
from abm_desktop.ui.analytics.builder import builder as builder_module
from abm_desktop.ui.analytics.builder.form import CARDS

OWN = """
# Why: a referee has asked.
name = "mine"
question = "Does the velocity logic help?"
scenario = "calm"
seeds = 7                 # a first look
primary = "drawdown_pct"
level = "intervention"

[rl]
shares = [0]

[[stress]]                # the usual one
type = "flash_crash"
magnitude = 0.0512345

[[intervention]]
name = "velocity"
velocity_logic.ticks = 5  # half of the usual
"""


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(builder_module, "SETTLE_MS", 0)


def counted(qtbot, builder):
    qtbot.waitUntil(lambda: builder.side.plan is not None)
    return builder.side.plan


def type_in(field, text):
    field.line.setText(text)
    field.line.textEdited.emit(text)


def asked(window):
    (box,) = [b for b in window.findChildren(QMessageBox) if b.isVisible()]
    return box


def test_a_new_experiment_is_made_in_the_form_saved_and_started(
    qtbot, monkeypatch, window, page, client, settled
):
    window.commands["analytics.new_experiment"].trigger()
    builder = page.drafting.builder
    form, side = builder.form, builder.side
    assert page.places.currentWidget() is builder and not builder.is_dirty
    first = counted(qtbot, builder)
    assert [name for name, _ in first.stresses] == ["calm", "flash crash"]

    # Every field of a design can be set, the seldom ones after a click; games are of claims.
    assert set(form.fields) | set(CARDS) == {
        *(set(Design.model_fields) - {"rl", "game"}),
        *(f"rl.{name}" for name in RLFactors.model_fields),
    }
    assert form.fields["rl.policies"].isVisible() and not form.fields["lead"].isVisible()

    # What is wrong is told at its field at once, and there is no plan of something else.
    type_in(form.fields["rl.shares"], "0, 25, 120")
    shares = form.fields["rl.shares"]
    assert "at most" in shares.problem.text() and side.plan is None
    assert side.power.rowCount() == 0 and not builder.save_button.isEnabled()
    type_in(shares, "0, 25")
    assert not shares.problem.isVisible()

    # A model that there is none of is known after a look into the library.
    type_in(form.fields["rl.policies"], "calm-pppo")
    qtbot.waitUntil(lambda: bool(form.fields["rl.policies"].problem.text()))
    assert "calm-ppo" in side.problems.text()
    picked = form.fields["rl.policies"].pick()
    names = [picked.list.item(k).text().split()[0] for k in range(picked.list.count())]
    picked.list.item(names.index("calm-dqn")).setCheckState(Qt.CheckState.Checked)
    picked.accept()
    plan = counted(qtbot, builder)
    assert plan.cells == 2 * 3
    assert [who for who, _, _ in plan.traders] == ["control", "calm-dqn", "room only"]

    # Another stress, a rule, and the hypothesis among the levels there are.
    by_title = {a.text(): a for a in form.cards["stress"].add_button.menu().actions()}
    by_title["Liquidity shock"].trigger()
    rules = form.cards["intervention"].add_button.menu().actions()
    next(a for a in rules if a.text() == "Kill switch").trigger()
    form.cards["stress"].cards[0].set.fields["magnitude"].editor.setValue(3.0)
    hypothesis = form.fields["hypothesis"]
    hypothesis.box.setCurrentIndex(hypothesis.box.findText("25 %"))
    form.fields["name"].editor.setText("with a switch")
    form.fields["name"].editor.textEdited.emit("with a switch")
    plan = counted(qtbot, builder)
    assert plan.cells == 3 * 2 * 3 and plan.rules == ("Kill switch",)
    assert plan.hypothesis == "25\N{NO-BREAK SPACE}%"
    assert f"{plan.cells} cells in 64 markets: {18 * 64:,} runs" in side.facts.text()
    assert "power of 80 %" in side.told.text()

    # The time it takes, until an edit makes runs of another kind.
    page.setup.workers.setValue(2)
    monkeypatch.setattr(planning, "seconds_per_run_of", lambda *_: 1.0)
    side.time_button.click()
    assert side.cost.text().startswith("About 10 min on 2 idle cores")
    form.fields["seeds"].editor.setValue(32)
    counted(qtbot, builder)
    assert side.cost.text().startswith("About 5 min")
    form.cards["stress"].cards[1].remove_button.click()
    counted(qtbot, builder)
    assert side.cost.text().startswith("Roughly ")

    # Looking elsewhere loses nothing.
    page.lists.files_list.setCurrentRow(0)
    assert page.places.currentWidget() is page.setup and page.lists.draft_button.isVisible()
    page.lists.draft_button.click()
    assert builder.name == "with a switch" and not page.lists.draft_button.isVisible()

    builder.start_button.click()
    settled()
    file = own_experiments_dir() / "with_a_switch.toml"
    design = load_design(file)
    assert design.stress[0].magnitude == 0.03 and design.rl.shares == (0.0, 0.25)
    assert design.intervention[0].kill_switch is not None and design.hypothesis == 0.25
    (start,) = client.starts
    assert (start.file, start.seeds) == (str(file), 32)
    assert page.places.currentWidget() is page.setup and not builder.is_dirty


def test_files_are_edited_with_their_comments_and_shipped_ones_duplicated(
    qtbot, monkeypatch, tmp_path, window, page, settings
):
    file = tmp_path / "mine.toml"
    file.write_text(OWN)
    page.take_file(file)
    page.setup.edit_button.click()
    builder = page.drafting.builder
    counted(qtbot, builder)
    assert builder.path == file and not builder.is_dirty
    seeds = builder.form.fields["seeds"].editor
    seeds.setValue(9)
    assert builder.is_dirty and "not saved" in builder.panel.note.text()

    # Enter at the question keeps the edits.
    builder.close_button.click()
    box = asked(window)
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    box.reject()
    assert builder.is_dirty and page.places.currentWidget() is builder
    settings.choose("confirm_quit", "1")
    assert not window.close() and "mine" in asked(window).informativeText()
    asked(window).reject()
    settings.choose("confirm_quit", "0")

    builder.save_button.click()
    assert file.read_text() == OWN.replace("seeds = 7  ", "seeds = 9  ")
    assert not builder.is_dirty
    builder.close_button.click()
    assert page.places.currentWidget() is page.setup and page.setup.plan.seeds == 9

    # A shipped file stays as it is: the duplicate has another name and lies in a file of one's own.
    names = [entry.name for entry in page.lists.entries]
    page.lists.files_list.setCurrentRow(names.index("research question"))
    assert not page.setup.edit_button.isVisibleTo(page)
    page.setup.duplicate_button.click()
    assert builder.path is None and builder.name == "research question 2"
    copy = tmp_path / "copy"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(copy), ""))
    builder.save_as_button.click()
    saved = load_design(tmp_path / "copy.toml")
    shipped = load_design(page.lists.entries[names.index("research question")].path)
    assert saved == shipped.model_copy(update={"name": "research question 2"})

    # Discarding is possible, too.
    seeds.setValue(11)
    builder.close_button.click()
    next(b for b in asked(window).buttons() if b.text() == "Discard them").click()
    assert page.places.currentWidget() is page.setup
    assert load_design(tmp_path / "copy.toml").seeds == shipped.seeds


def test_an_experiment_is_made_of_what_was_done_by_hand(qtbot, window, page, live):
    session = window.session
    session.scenario, session.file = None, None
    with qtbot.waitSignal(session.said):
        window.commands["market.experiment"].trigger()
    session.file = scenario_dir() / "calm.toml"
    session.scenario = load_scenario(session.file)
    ledger = Ledger(session.scenario)
    ledger.take(SetRule(rule="luld", values={"band": 0.012}), 1200.0)
    ledger.take(Inject(stress=FlashCrash(magnitude=0.03)), 1500.0)
    live.snapshot = replace(live.snapshot, commands=ledger.view(1800.0, (), (), ()))
    window.market.experiment_button.click()
    builder = page.drafting.builder
    assert page.places.currentWidget() is builder
    plan = counted(qtbot, builder)
    assert plan.scenario == "calm" and plan.rules == ("Limit up, limit down",)
    assert [name for name, _ in plan.stresses] == ["calm", "flash crash"]
    assert "Flash crash 3 % (in the session at 25:00)" in builder.side.notes.text()
    # Nobody has edited it, and yet it would be lost.
    assert builder.is_dirty

    # Other traders are a market of their own, which is kept.
    ledger.take(ChangePopulation(scenario=session.scenario), 1600.0)
    live.snapshot = replace(live.snapshot, commands=ledger.view(1800.0, (), (), ()))
    page.make_of_session()
    next(b for b in asked(window).buttons() if b.text() == "Discard them").click()
    plan = counted(qtbot, builder)
    assert plan.scenario.endswith("changed") and "was kept in" in builder.side.notes.text()


FAULTY = """
name = "mine"
question = "Does it help?
sedes = 7
seeds = "many"
lead = "2min"
after = -3
[rl]
shares = [0, 7]
[[stress]]
type = "landslide"
[[stress]]
type = "flash_crash"
magnitude = 4
[[intervention]]
name = "velocity"
velocity_logic.ticks = "x"
"""


def test_a_faulty_file_is_mended_at_its_fields(qtbot, window, page, client, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(FAULTY)
    page.take_file(file)
    assert page.places.currentWidget() is page.faulty and page.drafting._builder is None
    page.mend_button.click()
    builder = page.drafting.builder
    form = builder.form
    assert page.places.currentWidget() is builder and not builder.is_dirty
    assert form.fields["name"].value() == "mine" and form.fields["lead"].value() == 120.0
    (stress,) = form.cards["stress"].cards
    ticks = form.cards["intervention"].cards[0].rules["velocity_logic"].set.fields["ticks"]
    wrong = {
        form.fields["seeds"]: 'the text "many"',
        form.fields["after"]: "at least",
        # As the fields show it: in percent.
        form.fields["rl.shares"]: "is 700 %, must be at most 99.9 %",
        stress.set.fields["magnitude"]: "is 400 %, must be less than 100 %",
        ticks: 'the text "x"',
    }
    for field, words in wrong.items():
        assert words in field.problem.text(), field.name
    question = form.fields["question"].editor
    assert question.viewport().height() >= 3 * question.fontMetrics().lineSpacing()
    # What has no field is told beside the form, with its line.
    told = builder.side.notes.text()
    for words in ("line 3: question", "line 4: sedes", 'line 11: stress[0].type "landslide"'):
        assert words in told, told
    assert not builder.save_button.isEnabled()

    form.fields["seeds"].editor.setValue(5)
    form.fields["after"].editor.setValue(1800.0)
    type_in(form.fields["rl.shares"], "0, 7")
    stress.set.fields["magnitude"].editor.setValue(4.0)
    ticks.editor.setValue(8)
    counted(qtbot, builder)
    assert not any(field.problem.text() for field in wrong)
    builder.save_button.click()
    mended = load_design(file)
    assert (mended.seeds, mended.after, mended.lead) == (5, 1800.0, 120.0)
    assert mended.rl.shares == (0.0, 0.07) and mended.stress[0].magnitude == 0.04
    assert mended.intervention[0].velocity_logic.ticks == 8
