"""The process beside the window: answers, failures, progress, cancelling, and its end."""

import gc
import os
import time
import weakref

import numpy as np
import psutil
import pytest

from abm_desktop.ui.worker import Worker


def double(values):
    return 2 * values, os.getpid()


def fail():
    raise ValueError("the volume is negative")


def count(n, progress):
    for k in range(n):
        progress((k + 1) / n, f"part {k + 1}")
    return n


def sleep_for_ever():
    time.sleep(600)


def die():
    os._exit(3)


@pytest.fixture
def worker(qtbot):
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture
def ask(qtbot, worker):
    def ask(work, *arguments, **named):
        answers = []
        worker.run(work, *arguments, done=answers.append, failed=answers.append, **named)
        qtbot.waitUntil(lambda: bool(answers), timeout=30_000)
        return answers[0]

    return ask


def test_computes_in_one_other_process_that_is_kept(ask):
    values, first = ask(double, np.arange(3))
    assert values.tolist() == [0, 2, 4] and first != os.getpid()
    assert ask(double, np.arange(2))[1] == first


def test_a_failure_is_told_with_its_traceback_and_the_next_job_runs(ask):
    error = ask(fail)
    assert str(error) == "the volume is negative" and "in fail" in error.details
    assert ask(double, np.ones(1))[0] == 2


def test_progress_arrives_in_order(ask):
    told = []
    assert ask(count, 3, progress=lambda share, text: told.append((share, text))) == 3
    assert [text for _, text in told] == ["part 1", "part 2", "part 3"] and told[-1][0] == 1.0


def test_a_running_job_is_cancelled_and_never_answers(qtbot, worker, ask):
    _, before = ask(double, np.ones(1))
    called = []
    job = worker.run(sleep_for_ever, done=called.append, failed=called.append)
    qtbot.waitUntil(job.answer.running)
    job.cancel()
    assert ask(double, np.ones(1))[1] != before
    assert not called and not psutil.pid_exists(before)


def test_a_process_that_dies_is_told_and_replaced(ask):
    assert "ended" in str(ask(die))
    assert ask(double, np.ones(1))[0] == 2


def test_a_job_that_is_over_holds_nothing(qtbot, worker):
    """Neither what was asked, nor what its callbacks know, nor the answer."""
    asked, known = np.ones(3), np.ones(4)
    references = [weakref.ref(asked), weakref.ref(known)]
    answers = []

    def done(answer, _known=known):
        answers.append(weakref.ref(answer[0]))

    gc.disable()
    try:
        job = worker.run(double, asked, done=done, failed=done)
        del asked, known, done
        qtbot.waitUntil(lambda: bool(answers), timeout=30_000)
        qtbot.waitUntil(lambda: not any(held() is not None for held in references + answers))
    finally:
        gc.enable()
    assert job.is_over


def test_the_process_ends_with_the_worker(worker, ask):
    process = psutil.Process(ask(double, np.ones(1))[1])
    worker.close()
    assert not psutil.wait_procs([process], timeout=5)[1]
