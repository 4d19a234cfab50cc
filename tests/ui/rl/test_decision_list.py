"""Decisions of the RL trader looked at: in words, in pages, and as a way to their moments."""

from concurrent.futures import Future

import numpy as np
from fake_live import make_snapshot
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from abm_desktop.live import Decision, DecisionPage, WatchedTrader
from abm_desktop.market.roles import find_role
from abm_desktop.ui.rl.agent_panel import FEATURES
from abm_desktop.ui.rl.decision_model import COLUMNS, chances_words, seen_words
from abm_desktop.ui.rl.tab import AGENT


def watched(number=0):
    return WatchedTrader(
        number, 4, np.zeros(13, np.float32), np.array([0.1, 0.2, 0.7]), True, 2, 12, -6, 40, 1.25
    )


def decision(number, **changes):
    saw = np.zeros(13, np.float32)
    saw[[1, 5]] = 2.0, -3.5
    values = {
        "number": number, "time": 5.0 * number, "observation": saw,
        "probabilities": np.array([0.1, 0.2, 0.7]), "action": 2, "position": -2, "bought": 3,
        "sold": 1, "earned": 0.25, "is_open": False,
    }  # fmt: skip
    return Decision(**(values | changes))


def page(first, last):
    decisions = [decision(k) for k in range(first, last)]
    decisions.append(decision(last, bought=0, sold=0, is_open=True))
    return DecisionPage(0, "directional", True, tuple(decisions), 0.0, 5.0 * last)


def test_what_was_seen_and_weighed_is_told_in_words():
    saw = np.array([0.2, 2.0, -3.5, 0.6])
    names = ("a", "b", "c", "d")
    assert seen_words(saw, names) == "c −3.5, b +2.0, d +0.6"
    assert seen_words(0.1 * saw, names) == "nothing unusual"
    actions = ("SELL", "HOLD", "BUY")
    assert chances_words(np.array([0.0, 0.25, 0.75]), actions) == "BUY 75 %, HOLD 25 %".replace(
        " %", "\N{NO-BREAK SPACE}%"
    )
    many = find_role("maker").actions
    assert len(chances_words(np.full(len(many), 1 / len(many)), many).split(", ")) == 2


def test_a_walk_through_the_decisions(qtbot, tab):
    history = tab.agent.history
    asked, answers = [], []

    def read(number, until, most):
        asked.append((number, until, most))
        found = Future()
        answers.append(found)
        return found

    history.read = read
    qtbot.addWidget(tab)
    tab.resize(1100, 700)
    with qtbot.waitExposed(tab):
        tab.show()
    tab.pages.setCurrentIndex(AGENT)
    snapshot = make_snapshot(watched=watched())
    tab.tick(snapshot)
    assert not asked  # what it sees now is shown first
    tab.agent.history_button.click()
    tab.tick(snapshot)
    tab.tick(snapshot)
    assert asked == [(0, snapshot.time, 60)]
    answers[0].set_result(page(41, 100))
    qtbot.waitUntil(lambda: history.model.rowCount() == 60)
    rows = [
        dict(zip(COLUMNS, (history.model.index(r, c).data() for c in range(len(COLUMNS))),
                 strict=True))
        for r in (0, 1)
    ]  # fmt: skip
    # Nothing was filled, and it is not over: both are told, with the reason.
    assert rows[0]["Traded"] == "–" and rows[0]["Earned"] == "+0.25 …"
    tips = [
        history.model.index(0, list(COLUMNS).index(name)).data(Qt.ItemDataRole.ToolTipRole)
        for name in ("Traded", "Earned", "What it saw")
    ]
    assert "filled" in tips[0] and "So far" in tips[1] and tips[2].count("\n") == 12
    assert rows[1] == rows[1] | {
        "No.": "99", "Time": "8:15.0", "Decision": "BUY", "Held": "−2", "Traded": "+3 −1",
        "Earned": "+0.25", "What it saw": f"{FEATURES[5]} −3.5, {FEATURES[1]} +2.0",
    }  # fmt: skip
    assert "41 to 100" in history.note.text()
    tab.grab()

    # A click goes to the moment, Enter too.
    chosen = []
    history.chosen.connect(chosen.append)
    where = history.table.visualRect(history.model.index(1, 1)).center()
    QTest.mouseClick(history.table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert chosen == [99 * 5.0]

    # Earlier ones end before the first; the newest come back.
    history.earlier.click()
    tab.tick(snapshot)
    assert asked[-1][1] < 41 * 5.0
    answers[-1].set_result(page(1, 40))
    qtbot.waitUntil(lambda: history.model.rowCount() == 40)
    assert not history.earlier.isEnabled() and history.newest.isEnabled()
    history.newest.click()
    tab.tick(snapshot)
    assert asked[-1] == (0, snapshot.time, 60)
    answers[-1].set_exception(RuntimeError("the market is gone"))
    qtbot.waitUntil(lambda: "could not" in history.note.text())

    # Another trader has other decisions, and one may have none yet.
    tab.tick(make_snapshot(watched=watched(3)))
    assert asked[-1][0] == 3 and history.model.rowCount() == 0
    answers[-1].set_result(DecisionPage(3, "directional", True, (), 0.0, 10.0))
    qtbot.waitUntil(lambda: "not decided" in history.note.text())
    # Nothing is asked while it is not seen.
    count = len(asked)
    tab.agent.now_button.click()
    tab.tick(make_snapshot(watched=watched(1)))
    assert len(asked) == count
