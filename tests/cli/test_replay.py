from __future__ import annotations

from support.flow_maker import random_day, write_pair


def test_replay_prints_what_happened(command, tmp_path):
    path = write_pair(tmp_path, *random_day(seed=3, rows=300, depth=4))
    status, output, _ = command("replay", path)
    assert status == 0
    assert "300 messages" in output
    assert "executions" in output
    assert "agree" not in output


def test_check_says_that_every_row_agrees(command, tmp_path):
    path = write_pair(tmp_path, *random_day(seed=3, rows=300, depth=4))
    status, output, _ = command("replay", path, "--check")
    assert status == 0
    assert "300 of 300 rows agree" in output
    assert "100 %" in output


def test_check_fails_and_shows_the_first_difference(command, tmp_path):
    messages, books = random_day(seed=3, rows=300, depth=4)
    books[120][1] += 1
    status, output, errors = command("replay", write_pair(tmp_path, messages, books), "--check")
    assert status == 1
    assert "First difference at row 121" in output
    assert "the file has ask level 1" in output
    assert "100 %" not in output
    assert "rows differ" in errors
