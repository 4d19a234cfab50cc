import itertools
import json
import shutil
import zipfile

import numpy as np
import pytest
import torch
from onnx.reference import ReferenceEvaluator

from abm_desktop.learning.judging.model_comparison import compare_models
from abm_desktop.learning.process import preflight
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import in_training, models
from abm_desktop.market.policy import PolicyNet
from abm_desktop.model_folders import META_FILE, POLICY_FILE

pytestmark = pytest.mark.usefixtures("data_folder")


RULE = {
    "pnl_median": 2.0, "pnl_mean": 2.0, "pnl_sd": 1.0, "drawdown": 0.5, "inventory": 3.0,
    "traded": 90.0, "shares": [0.2, 0.6, 0.2], "accuracy": 0.5, "p_value": None,
}  # fmt: skip
EVALUATION = {
    "scenario": "calm", "role": "directional", "days": 32, "hours": 2.0, "accepted": True,
    "flags": [], "checks": [{"name": "median day", "passed": True, "detail": "+2 a day"}],
    "value_ratio": 0.4, "rules": {"agent": RULE, "hold": RULE},
}  # fmt: skip
STRESS_TEST = {
    "scenario": "calm", "runs": 8, "traders": 1, "outcomes": [{
        "stress": {"type": "flash_crash"}, "pnl": 3.0, "drawdown": 1.0, "runs": 8,
        "buy_and_hold_drawdown": 5.0, "inventory_mean": 2.0, "shares": [0.2, 0.6, 0.2],
        "price_drop": 0.05, "price_drop_without": 0.04, "volatility_amplification": 1.1,
        "amplification_error": 0.1, "recovery_seconds": None, "recovery_seconds_without": 6.0,
    }],
}  # fmt: skip


def make_policy(seed=0):
    rng = np.random.default_rng(seed)
    return PolicyNet(
        (rng.normal(size=(13, 8)).astype(np.float32), rng.normal(size=(8, 3)).astype(np.float32)),
        (rng.normal(size=8).astype(np.float32), rng.normal(size=3).astype(np.float32)),
        "tanh",
    )


def save(name="calm-ppo-1", iteration=10, seed=0, created="2026-01-01T00:00:00+00:00", **changes):
    info = models.ModelInfo(
        **(
            {
                "name": name,
                "algorithm": "PPO",
                "scenario": "calm",
                "created": created,
                "iterations": iteration,
                "env_steps": 1000,
                "reward_mean": None,
                "seed": 1,
                "status": "finished",
                "version": "0",
                "checkpoint": models.checkpoint_name(iteration),
            }
            | changes
        )
    )
    return models.save_model(
        info, make_policy(seed), lambda folder: (folder / "state").write_text(str(iteration))
    )


def visible(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != ".claims")


def test_an_empty_registry_lists_nothing():
    assert models.list_models() == []


def test_a_saved_model_is_listed_and_its_policy_is_the_same():
    folder = save(seed=4)
    (listed,) = models.list_models()
    assert (listed.name, listed.folder) == ("calm-ppo-1", folder)
    observations = np.random.default_rng(1).normal(size=(50, 13)).astype(np.float32)
    np.testing.assert_array_equal(
        models.load_policy("calm-ppo-1").logits(observations), make_policy(4).logits(observations)
    )


def test_the_newest_model_comes_first():
    save("old", created="2026-01-01T00:00:00+00:00")
    save("new", created="2026-02-01T00:00:00+00:00")
    assert [model.name for model in models.list_models()] == ["new", "old"]


def test_a_newer_checkpoint_takes_the_place_of_the_older():
    save(iteration=10)
    folder = save(iteration=20)
    assert models.get_model("calm-ppo-1").iterations == 20
    assert [path.name for path in folder.glob("checkpoint-*")] == ["checkpoint-000020"]
    assert (folder / "checkpoint-000020" / "state").read_text() == "20"


def test_a_write_that_fails_leaves_the_older_model_whole():
    folder = save(iteration=10, seed=1)

    def full_disk(part):
        (part / "state").write_text("half")
        raise OSError(28, "No space left on device")

    info = models.get_model("calm-ppo-1")
    with pytest.raises(OSError, match="No space"):
        models.save_model(
            models.ModelInfo(
                **{
                    **json.loads((folder / "meta.json").read_text()),
                    "iterations": 20,
                    "checkpoint": models.checkpoint_name(20),
                }
            ),
            make_policy(2),
            full_disk,
        )
    assert models.list_models() == [info]
    assert (folder / info.checkpoint / "state").read_text() == "10"
    assert sorted(path.name for path in folder.iterdir()) == [
        "checkpoint-000010",
        "meta.json",
        "policy.npz",
    ]


def test_a_folder_that_is_no_whole_model_is_not_listed():
    save("good")
    (save("without-policy") / POLICY_FILE).unlink()
    (save("damaged") / META_FILE).write_text("{")
    assert [model.name for model in models.list_models()] == ["good"]
    with pytest.raises(models.ModelError, match="damaged"):
        models.get_model("damaged")


def test_a_damaged_policy_is_told_by_name():
    (save() / POLICY_FILE).write_bytes(b"nothing")
    with pytest.raises(models.ModelError, match="calm-ppo-1"):
        models.load_policy("calm-ppo-1")


def test_a_deleted_model_is_gone_from_list_and_disk():
    folder = save()
    models.delete_model("calm-ppo-1")
    assert models.list_models() == []
    assert visible(folder.parent) == []
    with pytest.raises(models.ModelError, match="no model"):
        models.delete_model("calm-ppo-1")


def test_a_model_in_training_keeps_its_name_and_its_folder():
    save("mine")
    mine = in_training.claim("mine")
    for change in (
        lambda: models.delete_model("mine"),
        lambda: models.rename_model("mine", "yours"),
    ):
        with pytest.raises(models.ModelError, match=r"being trained.*stop its training"):
            change()
    models.tag_model("mine", add=["good"])
    # Nobody takes the name of a training that has not written its model yet.
    other = models.reserve("", "calm-ppo")
    assert other.name == "calm-ppo-1"
    assert models.reserve("", "calm-ppo").name == "calm-ppo-2"
    with pytest.raises(models.ModelError, match="a training that runs has the name"):
        models.rename_model(save("other").name, "calm-ppo-1")
    assert in_training.trained_now() == ["calm-ppo-1", "mine"]
    mine.release()
    models.rename_model("mine", "yours")
    assert models.get_model("yours").tags == ("good",)


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "-x", "a b", "../../etc"])
def test_a_name_never_leaves_the_registry(name):
    with pytest.raises(models.ModelError, match="cannot be called"):
        models.delete_model(name)


@pytest.mark.parametrize("suffix", [".onnx", ".pt", ".pkl", ""])
def test_what_can_be_taken_in_is_said_of_a_file_that_cannot(tmp_path, suffix):
    file = tmp_path / f"x{suffix}"
    file.write_bytes(b"a graph")
    with pytest.raises(models.ModelError, match=r"the \.zip of one, or a policy's \.npz") as caught:
        models.import_model(file)
    assert str(file) in str(caught.value) and "models export NAME FILE.zip" in str(caught.value)
    file.unlink()
    with pytest.raises(models.ModelError, match="No such file"):
        models.import_model(file)


def test_a_folder_that_would_be_read_as_an_option_is_told_of(caplog):
    """`abm-desktop models show -x` could never name it."""
    folder = save("x")
    folder.rename(folder.with_name("-x"))
    assert models.list_models() == []
    assert "cannot be called '-x'" in caplog.text and "rename the folder" in caplog.text


def test_a_name_for_a_training_is_new_and_fit_for_a_folder():
    assert models.reserve("", "my scenario-ppo").name == "my-scenario-ppo-1"
    save("my-scenario-ppo-1")
    assert models.reserve("", "my scenario-ppo").name == "my-scenario-ppo-2"
    # What lies there may be of use to somebody, also if it is no model.
    (save("broken") / META_FILE).unlink()
    for taken in ("my-scenario-ppo-1", "broken"):
        with pytest.raises(models.ModelError, match="already"):
            models.reserve(taken, "")


def ship(folder, name, seed=0, into="shipped"):
    """Let a model ship with the program."""
    source = save(name, seed=seed)
    shutil.copytree(source, folder / into / name)
    models.delete_model(name)


def test_shipped_models_are_listed_last_and_stay_as_they_are(data_folder):
    ship(data_folder, "calm-ppo")
    save("mine")
    assert [(m.name, m.bundled) for m in models.list_models()] == [
        ("mine", False),
        ("calm-ppo", True),
    ]
    models.load_policy("calm-ppo")
    models.set_metrics("calm-ppo", colour="blue")
    assert "colour" not in models.get_model("calm-ppo").metrics
    for change in (
        lambda: models.delete_model("calm-ppo"),
        lambda: models.rename_model("calm-ppo", "other"),
    ):
        with pytest.raises(models.ModelError, match="ships"):
            change()


def test_models_of_the_studies_are_listed_only_where_they_are_asked_for(data_folder):
    ship(data_folder, "calm-ppo")
    ship(data_folder, "rq-ppo-101", into="study_models")
    assert [m.name for m in models.list_models()] == ["calm-ppo"]
    shown = models.list_models(studies=True)
    assert [(m.name, m.bundled) for m in shown] == [
        ("calm-ppo", True),
        ("rq-ppo-101", True),
    ]
    models.load_policy("rq-ppo-101")
    with pytest.raises(models.ModelError, match="ships"):
        models.delete_model("rq-ppo-101")


def test_a_model_of_the_users_hides_the_shipped_one(data_folder):
    ship(data_folder, "calm-ppo", seed=1)
    folder = save("calm-ppo", seed=2)
    (listed,) = models.list_models()
    assert (listed.folder, listed.bundled) == (folder, False)


def test_a_model_goes_out_and_comes_in_again(tmp_path):
    save("mine", seed=3)
    models.rename_model("mine", "yours")
    assert [m.name for m in models.list_models()] == ["yours"]
    file = models.export_model("yours", tmp_path)
    assert models.import_model(file, "again").status == "imported"
    copied = shutil.copytree(models.get_model("yours").folder, tmp_path / "elsewhere")
    assert models.import_model(copied, "third").iterations == 10
    observations = np.random.default_rng(1).normal(size=(50, 13)).astype(np.float32)
    for name in ("yours", "again", "third"):
        np.testing.assert_array_equal(
            models.load_policy(name).logits(observations), make_policy(3).logits(observations)
        )
    with pytest.raises(models.ModelError, match="already"):
        models.import_model(file, "again")
    (tmp_path / "poem.npz").write_text("no policy")
    with pytest.raises(models.ModelError, match=r"poem\.npz"):
        models.import_model(tmp_path / "poem.npz")


def test_what_was_measured_can_be_added():
    save("mine")
    models.set_metrics("mine", evaluation=EVALUATION)
    assert models.get_model("mine").metrics["evaluation"] == EVALUATION


def test_a_models_origin_is_kept_and_older_files_are_read(tmp_path):
    folder = save("child", parent="calm-ppo-1", git="abc", tags=("a", "b"))
    child = models.get_model("child")
    assert (child.parent, child.git, child.tags) == ("calm-ppo-1", "abc", ("a", "b"))
    values = json.loads((folder / "meta.json").read_text())
    for key in ("parent", "git", "tags"):
        del values[key]
    (folder / "meta.json").write_text(json.dumps(values | {"from_the_future": 1}))
    older = models.get_model("child")
    assert (older.parent, older.git, older.tags) == ("", "", ())


def test_models_are_asked_for_by_what_is_known_of_them(data_folder):
    save("one", tags=("x",), created="2026-01-01T00:00:00+00:00")
    save("two", algorithm="DQN", created="2026-01-02T00:00:00+00:00")
    models.set_metrics("two", evaluation=EVALUATION)

    def names(**wanted):
        return [model.name for model in models.list_models(**wanted)]

    def everything():
        return (
            names(), names(tag="x"), names(tag="y"), names(algorithm="DQN"), names(accepted=True),
            names(accepted=False), names(algorithm="PPO", tag="x"),
        )  # fmt: skip

    expected = (["two", "one"], ["one"], [], ["two"], ["two"], [], ["one"])
    assert everything() == expected
    # What was done to the folders by hand is found.
    shutil.copytree(data_folder / "models" / "one", data_folder / "models" / "three")
    file = data_folder / "models" / "three" / "meta.json"
    assert set(names()) == {"one", "two", "three"}, "the folder tells the name"
    file.write_text(file.read_text().replace('"PPO"', '"SAC"'))
    assert names(algorithm="SAC") == ["three"]
    shutil.rmtree(data_folder / "models" / "two")
    assert set(names()) == {"one", "three"}


def test_tags_stay_while_a_model_trains_on_and_go_with_its_name():
    save("parent")
    save("child", parent="parent")
    models.tag_model("parent", ["good", "calm"])
    assert models.tag_model("parent", ["new"], remove=["good"]).tags == ("calm", "new")
    save("parent", iteration=20)
    models.rename_model("parent", "mother")
    mother = models.get_model("mother")
    assert (mother.iterations, mother.tags) == (20, ("calm", "new"))
    assert models.get_model("child").parent == "mother"
    assert [model.name for model in models.list_models(parent="mother")] == ["child"]
    for wrong in ("two words", "", "a,b"):
        with pytest.raises(models.ModelError, match="tag"):
            models.tag_model("mother", [wrong])


def test_a_whole_model_travels_in_a_zip_file(tmp_path):
    save("mine", seed=3, tags=("good",))
    file = models.export_model("mine", tmp_path / "mine.zip")
    models.delete_model("mine")
    back = models.import_model(file)
    assert (back.name, back.tags, models.get_model("mine")) == ("mine", ("good",), back)
    assert back.checkpoint == "" and not list(back.folder.glob("checkpoint*"))
    assert models.import_model(file, "second").name == "second"
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("poem.txt", "no model")
    with pytest.raises(models.ModelError, match=r"other\.zip.*no meta\.json"):
        models.import_model(tmp_path / "other.zip")
    with pytest.raises(models.ModelError, match=r"must end in .*\.onnx"):
        models.export_model("mine", tmp_path / "mine.docx")


OBSERVATIONS = np.random.default_rng(5).normal(size=(10_000, 13)).clip(-5, 5).astype(np.float32)


def deep_policy(activation):
    rng = np.random.default_rng(11)
    sizes = (13, 64, 64, 3)
    return PolicyNet(
        tuple(rng.normal(0, 0.4, pair).astype(np.float32) for pair in itertools.pairwise(sizes)),
        tuple(rng.normal(0, 0.4, n).astype(np.float32) for n in sizes[1:]),
        activation,
        name="deep",
    )


@pytest.mark.parametrize("activation", ["tanh", "relu"])
@pytest.mark.parametrize("reader", ["onnx reference", "onnxruntime", "torchscript"])
def test_an_exported_policy_decides_as_the_market_does(tmp_path, reader, activation):
    policy = deep_policy(activation)
    policy.save(tmp_path / "deep.npz")
    models.import_model(tmp_path / "deep.npz")
    if reader == "torchscript":
        module = torch.jit.load(str(models.export_model("deep", tmp_path / "deep.pt")))
        logits = module(torch.from_numpy(OBSERVATIONS)).detach().numpy()
        actions = logits.argmax(axis=1)
    else:
        file = str(models.export_model("deep", tmp_path / "deep.onnx"))
        if reader == "onnxruntime":
            session = pytest.importorskip("onnxruntime").InferenceSession(file)
            logits, actions = session.run(["logits", "action"], {"observations": OBSERVATIONS})
            stored = session.get_modelmeta().custom_metadata_map
            assert json.loads(stored["actions"]) == ["SELL", "HOLD", "BUY"]
        else:
            evaluator = ReferenceEvaluator(file)
            logits, actions = evaluator.run(None, {"observations": OBSERVATIONS})
    expected = policy.logits(OBSERVATIONS)
    np.testing.assert_allclose(logits, expected, atol=1e-5)
    np.testing.assert_array_equal(actions, expected.argmax(axis=1))


def test_models_are_compared_side_by_side():
    save("a", config={"gamma": 0.99, "clip": 0.2, "mirror": False, "n_step": 5}, seed=1)
    save("b", config={"gamma": 0.9, "clip": 0.2, "stress_runs": 3}, algorithm="DQN")
    models.set_metrics("a", stress_test=STRESS_TEST)
    rows = {row.label: row for row in compare_models([models.get_model(n) for n in "ab"])}
    assert rows["algorithm"].values == ("PPO", "DQN") and rows["algorithm"].differs
    assert not rows["scenario"].differs
    assert rows["gamma"].values == (0.99, 0.9)
    assert rows["n_step"].values == (5, 3), "one that is not there has its default"
    assert not {"clip", "mirror", "stress_runs"} & set(rows)
    assert rows["flash crash: PnL"].values == (3.0, None)


def test_a_training_needs_the_policies_of_its_scenarios_own_traders(tmp_path):
    file = tmp_path / "crowded.toml"
    file.write_text('name = "crowded"\n[[rl]]\nmodel = "friend"\n')
    config = make_config(scenario=str(file))
    with pytest.raises(models.ModelError, match=r"crowded.*friend"):
        preflight.check(config)
    save("friend")
    assert preflight.check(config).name == "crowded-remembering-ppo-1"


def test_the_state_of_an_iteration_may_be_saved_again(data_folder):
    """As when a training is stopped right after a checkpoint."""
    save(iteration=10, status="unfinished")
    save(iteration=10, status="stopped")
    assert models.get_model("calm-ppo-1").status == "stopped"
