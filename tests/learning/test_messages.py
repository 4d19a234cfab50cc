import math

import pytest

from abm_desktop.learning.config import TrainingConfig
from abm_desktop.learning.process.messages import (
    Checkpoint,
    Close,
    Done,
    Failure,
    Heartbeat,
    Judging,
    Progress,
    ProtocolError,
    RuleRewards,
    Start,
    Status,
    Stop,
    encode,
    parse_command,
    parse_message,
)
from abm_desktop.learning.statements import (
    DiskFull,
    MemoryPart,
    MemoryShort,
    NotEvaluated,
    Training,
    WorkersLost,
)

PROGRESS = Progress(
    iteration=3,
    iterations=10,
    env_steps=300,
    episodes=0,
    reward_mean=None,
    episode_length_mean=None,
    action_shares=(0.2, 0.5, 0.3),
    steps_per_second=1234.5,
    sample_seconds=0.1,
    learn_seconds=0.2,
    elapsed_seconds=0.9,
    eta_seconds=2.1,
    losses={"entropy": 1.0},
)


@pytest.mark.parametrize(
    "message",
    [
        Status("training", Training("x"), "x"),
        Status("closed"),
        PROGRESS,
        Checkpoint("x", "/models/x", 3),
        Failure(DiskFull("/models/x"), "line 1\nline 2"),
        Failure(MemoryShort(9, (MemoryPart("workers", 3, 5), MemoryPart("buffer", 2, 4)), 8)),
        Done("stopped", 3, "x", "/models/x"),
        Done("finished", 3, "x", "/models/x", (NotEvaluated("x", "why"), WorkersLost(2))),
        Judging("evaluation", "momentum 60 s", 0.3),
        RuleRewards({"hold": 0.0, "momentum 60 s": -2.5}),
        Heartbeat(1.5),
    ],
)
def test_a_message_survives_the_line(message):
    line = encode(message)
    assert line.endswith(b"\n") and line.count(b"\n") == 1
    assert parse_message(line) == message


@pytest.mark.parametrize(
    "command", [Start(TrainingConfig(gamma=0.9, hidden=(8, 8))), Stop(), Close()]
)
def test_a_command_survives_the_line(command):
    assert parse_command(encode(command)) == command


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"hello",
        b"[]",
        b'{"type":"dance"}',
        b'{"type":"status","state":"dancing"}',
        b'{"type":"failure","fault":{"code":"bad_mood"}}',
        b'{"type":"checkpoint","name":"x"}',
        b'{"type":"stop"}',
    ],
)
def test_anything_else_is_no_message(line):
    with pytest.raises(ProtocolError):
        parse_message(line)


def test_a_start_with_a_wrong_setting_is_no_command():
    with pytest.raises(ProtocolError, match="gamma"):
        parse_command(b'{"type":"start","config":{"gamma":3.0}}')


def test_an_unknown_number_cannot_pass_as_one():
    with pytest.raises(ValueError, match="JSON"):
        encode(Heartbeat(math.nan))
