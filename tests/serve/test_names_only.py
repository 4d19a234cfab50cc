"""What a client names is a plain name: no file, cluster or code of the machine comes with it."""

import pytest
from serve.conftest import SMALL

from abm_desktop.learning.recipes import make_config
from abm_desktop.live.commands import RecoverSession
from abm_desktop.serve.names_only import check_command, check_training
from abm_desktop.serve.problems import ProblemError

PATHS = ("/etc/passwd", "../x", "./policy.npz", "~/model", "a/b", "file:///etc/passwd")
RECORD = {
    "version": 3, "source": "calm", "seed": 1, "time": 0.0, "events": 0, "saved": 1.0,
    "checksum": "", "scenario": {"name": "x"}, "next_scenario": {}, "commands": [],
    "planned": [], "forked": [], "replay": "", "file": "", "program": {},
}  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_a_scenario_given_as_values_follows_no_file(http, path):
    values = {"name": "x", **SMALL, "rl": [{"model": path}]}
    command = {"do": "load", "scenario": values}
    change = {"do": "change_population", "scenario": values}
    for method, route, body in (
        ("POST", "/market", {"values": values}),
        ("POST", "/commands", command),
        ("POST", "/commands", change),
        ("PUT", "/agents/population", {"values": values}),
        ("PUT", "/scenarios/mine", {"values": values}),
        ("POST", "/environments", {"values": values}),
        ("POST", "/facts", {"values": values}),
        ("POST", "/agents", {"model": path}),
    ):
        answer = http.request(method, route, json=body)
        assert answer.status_code == 422, (route, answer.text)
        assert answer.json()["key"].endswith("model"), (route, answer.text)


@pytest.mark.parametrize("key", ["replay", "file"])
def test_a_recovered_session_brings_no_file(key):
    command = RecoverSession(record=RECORD | {key: "/etc/passwd"})
    with pytest.raises(ProblemError, match="no file"):
        check_command(command)


def test_a_recovered_session_follows_no_file():
    hidden = {"do": "change_population", "scenario": {"rl": [{"model": "/etc/passwd"}]}}
    for where in (
        {"scenario": {"name": "x", "rl": [{"model": "/etc/passwd"}]}},
        {"next_scenario": {"name": "x", "rl": [{"model": "/etc/passwd"}]}},
        {"commands": [{"at": 0.0, "command": hidden}]},
    ):
        with pytest.raises(ProblemError, match="name of a model"):
            check_command(RecoverSession(record=RECORD | where))
    check_command(RecoverSession(record=RECORD))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("address", "10.0.0.5:6379"),
        ("resume_from", "/tmp/checkpoint"),
        ("scenario", "/etc/passwd"),
        ("evaluation_scenarios", ["calm", "../x"]),
        ("environment", "os:system"),
        ("evaluation_scenarios", 5),
    ],
)
def test_a_training_names_no_file_cluster_or_code(http, key, value):
    answer = http.post("/trainings", json={"settings": {key: value}})
    assert answer.status_code in (404, 422), answer.text
    assert key in answer.json()["key"]


def test_a_training_of_plain_names_is_taken():
    config = make_config(resume_from="calm-ppo", iterations=3)
    assert check_training(config, {"calm", *config.evaluation_scenarios}) is config


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('scenario = "/etc/passwd"', "scenario"),
        ('[rl]\npolicies = ["/tmp/policy.npz"]', "rl.policies"),
        ('[rl]\nmixed = [["calm-ppo", "../x"]]', "rl.mixed"),
    ],
)
def test_an_experiment_names_no_file(http, line, key):
    text = f'name = "x"\n{line}\n'
    answer = http.put("/experiments/files/mine", json={"toml": text})
    assert answer.status_code == 422 and answer.json()["key"] == key, answer.text


NAMES = (
    "..%2f..%2fx", "%2fetc%2fpasswd", "x%00y", "%E2%80%A4%E2%80%A4%2Fx", "..%5cx", "x" * 300,
    "%2e%2e%2f", "%ff%fe", "con:x", "-rf",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_name_leads_out_of_a_folder(http, name):
    for method, route, body in (
        ("GET", "/scenarios/{}", None),
        ("PUT", "/scenarios/{}", {"values": {"name": "x"}}),
        ("GET", "/models/{}", None),
        ("GET", "/models/{}/export", None),
        ("PUT", "/models/{}/name", {"name": "y"}),
        ("DELETE", "/models/{}", None),
        ("GET", "/experiments/files/{}/plan", None),
        ("PUT", "/experiments/files/{}", {"toml": 'name = "x"\n'}),
    ):
        answer = http.request(method, route.format(name), json=body)
        assert answer.status_code in (404, 405, 422), (method, route, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "x\0y", "\ud800", "x" * 5000, "", "."])
def test_no_name_in_a_body_leads_out_of_a_folder(http, name):
    import json

    for method, route, body in (
        ("POST", "/market", {"recording": name}),
        ("PUT", "/models/calm-ppo/name", {"name": name}),
        ("POST", "/agents", {"model": name}),
        ("POST", "/experiments", {"name": name}),
        ("POST", "/trainings", {"recipe": name}),
        ("POST", "/models/calm-ppo/evaluate", {"scenarios": [name]}),
    ):
        answer = http.request(
            method, route, content=json.dumps(body), headers={"Content-Type": "application/json"}
        )
        assert answer.status_code in (404, 409, 422), (method, route, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
