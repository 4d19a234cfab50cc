"""The commands for trained traders: models, evaluate, stress-test."""

import json

import pytest

from abm_desktop.commands import run_command
from abm_desktop.learning.registry import in_training, models

from .test_evaluation import BUYER
from .test_models import save

pytestmark = pytest.mark.usefixtures("data_folder")


@pytest.fixture
def scenario(tmp_path):
    file = tmp_path / "short.toml"
    file.write_text('name = "short"\n[market]\nwarm_up = "2min"\n')
    return str(file)


def test_models_are_listed_shown_renamed_exported_and_deleted(tmp_path, capsys):
    save("mine")
    assert run_command(["models", "list"]) == 0
    assert "mine" in capsys.readouterr().out
    assert run_command(["models", "rename", "mine", "yours"]) == 0
    assert run_command(["models", "show", "yours"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "yours"
    assert run_command(["models", "export", "yours", str(tmp_path / "out.npz")]) == 0
    assert run_command(["models", "import", str(tmp_path / "out.npz"), "--name", "back"]) == 0
    assert run_command(["models", "tag", "back", "mine", "old", "--remove", "old"]) == 0
    assert capsys.readouterr().out.split("\n")[-2] == "mine"
    assert run_command(["models", "list", "--tag", "mine", "--json"]) == 0
    assert [m["name"] for m in json.loads(capsys.readouterr().out)] == ["back"]
    assert run_command(["models", "compare", "yours", "back"]) == 0
    assert "imported" in capsys.readouterr().out
    training = in_training.claim("yours")
    for command in (["delete", "yours"], ["rename", "yours", "mine"]):
        assert run_command(["models", *command]) == 1
        assert "'yours' is being trained" in capsys.readouterr().err
    training.release()
    assert run_command(["models", "delete", "yours"]) == 0
    assert [m.name for m in models.list_models()] == ["back"]
    capsys.readouterr()
    assert run_command(["models", "delete", "yours"]) == 2
    assert "no model called 'yours'" in capsys.readouterr().err


def test_an_evaluation_fails_for_a_trader_that_is_not_accepted(tmp_path, scenario, capsys):
    BUYER.save(tmp_path / "buyer.npz")
    models.import_model(tmp_path / "buyer.npz", "buyer")
    out = tmp_path / "evaluation.json"
    arguments = ["buyer", "--scenario", scenario, "--days", "6", "--hours", "0.05"]
    assert run_command(["evaluate", *arguments, "--json", str(out)]) == 1
    printed = capsys.readouterr().out
    assert "not accepted" in printed and "degenerate" in printed
    assert json.loads(out.read_text())["accepted"] is False
    assert models.get_model("buyer").metrics["evaluation"]["days"] == 6


def test_a_stress_test_writes_one_outcome_a_stress(tmp_path, scenario, capsys):
    BUYER.save(tmp_path / "buyer.npz")
    out = tmp_path / "stress.json"
    stresses = ["--stress", "liquidity_shock=0.5", "--stress", '{"type": "news_jump"}']
    arguments = [str(tmp_path / "buyer.npz"), "--scenario", scenario, "--runs", "1", *stresses]
    assert run_command(["stress-test", *arguments, "--json", str(out)]) == 0
    outcomes = json.loads(out.read_text())["outcomes"]
    assert [o["stress"]["type"] for o in outcomes] == ["liquidity_shock", "news_jump"]
    assert outcomes[0]["amplification_error"] is None


@pytest.mark.parametrize(
    ("stress", "word"),
    [("meteor=1", "meteor"), ("flash_crash=big", "type=magnitude"), ("{", "JSON")],
)
def test_a_stress_that_is_none_is_told(tmp_path, stress, word, capsys):
    BUYER.save(tmp_path / "buyer.npz")
    assert run_command(["stress-test", str(tmp_path / "buyer.npz"), "--stress", stress]) == 2
    assert word in capsys.readouterr().err
