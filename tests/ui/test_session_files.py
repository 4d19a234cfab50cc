"""A session is saved, opened, exported and kept in the journal, as a person does it."""

import asyncio
import json
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox

from abm_desktop.desk.journal import SESSION_SUFFIX, Journal
from abm_desktop.live.commands import Inject, PlaceOrder, ResetMarket, StepTime
from abm_desktop.live.session_record import SessionRecord
from abm_desktop.lobster_files import LOBSTER_FILES
from abm_desktop.readers.files import find_pairs
from abm_desktop.scenario import LiquidityShock, load_scenario
from abm_desktop.ui import session_files
from abm_desktop.ui.main_window import MainWindow
from abm_desktop.whole_files import whole_folder

LOADED = 60_000


@pytest.fixture
def played(qtbot, settings, tmp_path):
    """A window with a real market that was run for a while, and to which something was done."""
    scenario = tmp_path / "short.toml"
    scenario.write_text('name = "short"\n[market]\nwarm_up = "2min"\n')
    window = MainWindow(settings=settings)
    qtbot.addWidget(window)
    window.show()
    window.frame_timer.stop()
    window.session.start_engine()
    window.session.open(scenario)
    drawn(qtbot, window, lambda: window.snapshot is not None)
    do = window.session.live.do
    do(StepTime(seconds=60.0))
    do(PlaceOrder(side=1, size=5))
    do(Inject(stress=LiquidityShock(magnitude=1.0, duration=30.0)))
    do(StepTime(seconds=60.0))
    drawn(qtbot, window, lambda: window.snapshot.time >= 120.0)
    yield window
    window.files.close()
    window.session.close()


def drawn(qtbot, window, holds):
    """Draw until something holds."""

    def look():
        window.draw()
        assert holds()

    qtbot.waitUntil(look, timeout=LOADED)


def told(window):
    """Titles of the notices, the newest first."""
    table = window.notices.table
    return [table.item(row, 1).text() for row in range(table.rowCount())]


def answer(monkeypatch, kind, place):
    monkeypatch.setattr(QFileDialog, kind, lambda *_: (str(place), ""))


def write_for_ever(_values, folder, _wanted, *, progress):
    """In the other process: an export that has written a file, and goes on."""
    with whole_folder(folder) as part:
        (part / "trades.parquet").write_bytes(b"half of it")
        progress(0.9, "writing")
        time.sleep(600)


def amid_writing(window):
    window.tasks.look()
    return any(row.task.share == 0.9 for row in window.tasks.rows)


def parts_in(folder):
    return [path for path in folder.iterdir() if path.name.endswith(".part")]


def test_a_session_is_saved_opened_exported_and_noted(qtbot, played, tmp_path, monkeypatch):
    window = played
    before = window.session.live.record().result(10)
    assert window.figure_source() == "short · seed 1 · 2 commands by hand"

    # Saved, with the ending that was left out.
    answer(monkeypatch, "getSaveFileName", tmp_path / "mine")
    with qtbot.waitSignal(window.files.journal_changed, timeout=LOADED):
        window.commands["file.save_session"].trigger()
    file = tmp_path / f"mine{SESSION_SUFFIX}"
    assert told(window)[0] == f"The session was saved: {file}"
    assert window.settings.recent[0] == file

    # Another run takes its place; the first is kept by itself.
    with qtbot.waitSignal(window.files.journal_changed, timeout=LOADED):
        window.session.live.do(ResetMarket(seed=9))
    drawn(qtbot, window, lambda: window.snapshot.seed == 9)

    # Opened: bit by bit, and it goes on alike.
    answer(monkeypatch, "getOpenFileName", file)
    window.commands["file.open_session"].trigger()
    drawn(qtbot, window, lambda: window.snapshot.seed == 1 and window.snapshot.time == 120.0)
    again = window.session.live.record().result(10)
    assert again.checksum == before.checksum and again.checksum
    assert again.commands == before.commands and again.events == before.events
    assert window.figure_source() == "short · seed 1 · 2 commands by hand"
    assert window.session.file == tmp_path / "short.toml"
    assert "The session was opened: mine.abm-session" in told(window)

    # The journal has both; names and notes are edited in place, and kept.
    journal = window.controls.show_journal()
    qtbot.waitUntil(lambda: len(journal.entries) >= 2, timeout=LOADED)
    kinds = {entry.kind: entry for entry in journal.entries}
    assert kinds["session"].name == "mine" and kinds["run"].name == "short, seed 1"
    assert kinds["run"].facts == "short, seed 1, up to 2:00, 2 commands by hand"
    row = journal.entries.index(kinds["run"])
    # Enter in the search opens nothing.
    journal.table.selectRow(row)
    qtbot.keyClick(journal.search, Qt.Key.Key_Return)
    assert journal.isVisible()
    journal.table.item(row, 4).setText("a shock, and nobody minded")
    qtbot.waitUntil(lambda: journal.entries[row].note != "", timeout=LOADED)
    kept = {entry.key: entry for entry in Journal().entries()}[kinds["run"].key]
    assert kept.note == "a shock, and nobody minded" and kept.is_edited
    journal.search.setText("minded")
    hidden = [journal.table.isRowHidden(k) for k in range(len(journal.entries))]
    assert hidden == [k != row for k in range(len(journal.entries))]

    # Deleted after a question; then what is left is opened from the journal.
    journal.search.clear()
    journal.table.selectRow(row)
    journal.ask_and_delete()
    with qtbot.waitSignal(window.files.journal_changed, timeout=LOADED):
        question = journal.findChild(QMessageBox)
        assert question.defaultButton().text() == "Cancel"
        next(b for b in question.buttons() if b.text() == "Delete").click()
    qtbot.waitUntil(lambda: len(journal.entries) == 1, timeout=LOADED)
    assert not Path(kept.place).exists()
    journal.table.selectRow(0)
    generation = window.snapshot.generation
    qtbot.mouseClick(journal.open_button, Qt.MouseButton.LeftButton)
    drawn(qtbot, window, lambda: window.snapshot.generation > generation)
    assert window.session.live.record().result(10).checksum == before.checksum

    # Saved as a scenario, with an edit of the traders that was not applied.
    window.market.population.draft.edit("noise", "count", 33)
    answer(monkeypatch, "getSaveFileName", tmp_path / "busy")
    seen = len(told(window))
    window.commands["file.save_scenario"].trigger()
    qtbot.waitUntil(lambda: len(told(window)) > seen, timeout=LOADED)
    busy = load_scenario(tmp_path / "busy.toml")
    assert busy.name == "busy" and busy.population.noise.count == 33
    assert [s.type for s in busy.stress] == ["liquidity_shock"]
    assert window.settings.recent[0] == tmp_path / "busy.toml"
    answer(monkeypatch, "getSaveFileName", "/proc/no/busy.toml")
    with qtbot.waitSignal(window.session.trouble, timeout=LOADED):
        window.commands["file.save_scenario"].trigger()
    assert "not saved" in window.notice.title.text()

    # Exported in four forms, each told with its place.
    for k, name in enumerate(("tape", "flow", "again.py", "own.toml")):
        dialog = window.controls.show_export()
        dialog.kinds.button(k).setChecked(True)
        assert dialog.inputs["levels"].box.isEnabled() == (dialog.form.name == "lobster")
        answer(monkeypatch, "getSaveFileName", tmp_path / name)
        seen = len(told(window))
        dialog.ask_and_export()
        qtbot.waitUntil(lambda seen=seen: len(told(window)) > seen, timeout=LOADED)
        assert str(tmp_path / name) in told(window)[0], told(window)[0]
    facts = json.loads((tmp_path / "tape" / "run.json").read_text())
    assert facts["seed"] == 1 and (tmp_path / "tape" / "trades.parquet").is_file()
    assert LOBSTER_FILES and len(find_pairs(tmp_path / "flow")) == 1
    script = (tmp_path / "again.py").read_text()
    assert before.checksum in script and "PlaceOrder" in script
    own = load_scenario(tmp_path / "own.toml")
    assert own.seed == 1 and [s.type for s in own.stress] == ["liquidity_shock"]
    assert own.stress[0].at == pytest.approx(60.0, abs=1e-6)
    assert "without 1 command that no scenario tells" in told(window)[0]

    # Cancelled amid the writing: nothing of it is left.
    writes = session_files._write_files
    monkeypatch.setattr(session_files, "_write_files", write_for_ever)
    window.controls.show_export().export(tmp_path / "half")
    qtbot.waitUntil(lambda: amid_writing(window), timeout=LOADED)
    assert len(parts_in(tmp_path)) == 1
    window.tasks.rows[0].button.click()
    qtbot.waitUntil(lambda: not parts_in(tmp_path), timeout=LOADED)
    assert not (tmp_path / "half").exists() and "half is removed" in told(window)[0]
    monkeypatch.setattr(session_files, "_write_files", writes)

    # What cannot be done says why, and what to do.
    dialog = window.controls.show_export()
    seen = len(told(window))
    dialog.export(tmp_path / "tape")
    qtbot.waitUntil(lambda: len(told(window)) > seen, timeout=LOADED)
    assert told(window)[0] == "The session was not exported"
    assert "tape" in window.notice.text.text()
    file.write_text("{}")
    window.session.open(file)
    qtbot.waitUntil(lambda: told(window)[0].endswith("was not opened"), timeout=LOADED)
    assert str(file) in window.notice.text.text()

    # The run that ends with the window is kept too.
    asyncio.run(window._keep_run())
    kept = Journal().entries()[0]
    assert kept.kind == "run" and kept.facts.startswith("short, seed 1, up to 2:00")
    assert SessionRecord.read(Path(kept.place)).checksum == before.checksum

    # An export ends with the window, and leaves nothing either.
    monkeypatch.setattr(session_files, "_write_files", write_for_ever)
    window.controls.show_export().export(tmp_path / "half")
    qtbot.waitUntil(lambda: amid_writing(window), timeout=LOADED)
    window.files.close()
    assert not parts_in(tmp_path) and not (tmp_path / "half").exists()
