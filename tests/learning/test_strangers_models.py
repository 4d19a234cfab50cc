"""Models of strangers are data within limits; a damaged one hides no other."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from abm_desktop.commands.models import acceptance, day_of, short_count
from abm_desktop.inputs import InputError
from abm_desktop.learning import presets
from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.judging.model_comparison import compare_models
from abm_desktop.learning.process import history
from abm_desktop.learning.recipes import make_config
from abm_desktop.learning.registry import in_training, models
from abm_desktop.market.policy import PolicyNet

from .test_history import progress
from .test_models import EVALUATION, STRESS_TEST, make_policy, save, visible

pytestmark = pytest.mark.usefixtures("data_folder")


def rewrite(name, **changes):
    """Change the description of a model by hand."""
    file = models.get_model(name).folder / "meta.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def without(values, key):
    return {name: value for name, value in values.items() if name != key}


WRONG = {
    "name missing": lambda v: without(v, "name"),
    "a list": lambda v: [v],
    "iterations of text": lambda v: v | {"iterations": "many"},
    "steps beyond 64 bits": lambda v: v | {"env_steps": 10**30},
    "steps below none": lambda v: v | {"env_steps": -1},
    "a reward of text": lambda v: v | {"reward_mean": "good"},
    "a reward that is none": lambda v: v | {"reward_mean": float("nan")},
    "a time that is none": lambda v: v | {"created": "yesterday"},
    "a time before all clocks": lambda v: v | {"created": "0001-01-01T00:00:00+00:00"},
    "a role that is none": lambda v: v | {"role": "wizard"},
    "tags that are none": lambda v: v | {"tags": {"a": 1}},
    "metrics that are none": lambda v: v | {"metrics": [1]},
    "deep": lambda v: v | {"config": json.loads("[" * 500 + "]" * 500)},
    "half a letter": lambda v: v | {"scenario": "\ud800"},
    "another role's actions": lambda v: v | {"role": "maker"},
    "a role without actions": lambda v: without(v, "actions") | {"role": "executor"},
    "an evaluation without a verdict": lambda v: (
        v | {"metrics": {"evaluation": without(EVALUATION, "accepted")}}
    ),
    "an evaluation of text": lambda v: v | {"metrics": {"evaluation": "good"}},
    "an evaluation without an agent": lambda v: (
        v | {"metrics": {"evaluation": EVALUATION | {"rules": {}}}}
    ),
    "elsewhere of numbers": lambda v: (
        v | {"metrics": {"evaluation": EVALUATION | {"elsewhere": [1]}}}
    ),
    "a stress without a kind": lambda v: (
        v | {"metrics": {"stress_test": STRESS_TEST | {"outcomes": [{"stress": {}}]}}}
    ),
}


@pytest.mark.parametrize("how", WRONG)
def test_a_damaged_model_hides_no_other_and_is_named_once(how, caplog):
    save("good")
    file = save("bad") / "meta.json"
    file.write_text(json.dumps(WRONG[how](json.loads(file.read_text()))))
    for _ in range(3):
        assert [model.name for model in models.list_models()] == ["good"]
    told = [record for record in caplog.records if str(file) in record.getMessage()]
    assert len(told) == 1
    with pytest.raises(models.ModelError, match="damaged"):
        models.get_model("bad")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": 1e999}', "[" * 100_000, "\xff"])
def test_a_description_that_is_no_json_is_told_with_its_path(text):
    file = save("bad") / "meta.json"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(models.ModelError, match=r"meta\.json") as caught:
        models.get_model("bad")
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"name":\n"\xff"}', "line 2 holds bytes that are not UTF-8"),
        (b'{"seed": ' + b"1" * 6000 + b"}", "a number of 6,000 digits"),
        (b"", "line 1"),
    ],
)
def test_the_policy_of_a_model_with_a_bad_description_is_not_given_up(data, reason):
    folder = save("bad", seed=3)
    (folder / "meta.json").write_bytes(data)
    with pytest.raises(models.ModelError) as caught:
        models.get_model("bad")
    text = str(caught.value)
    assert text.startswith(f"{folder / 'meta.json'}: is damaged: ") and reason in text
    assert f"models import {folder / 'policy.npz'} --name" in text and "delete" not in text
    taken = models.import_model(folder / "policy.npz", "rescued")
    np.testing.assert_array_equal(
        models.load_policy(taken.name).weights[0], make_policy(3).weights[0]
    )


def test_what_lies_among_the_models_and_is_none_is_told_once(data_folder, caplog):
    save("good")
    folder = save("half")
    (folder / "meta.json").unlink()
    shutil.copy(folder / "policy.npz", data_folder / "models" / "loose.npz")
    (data_folder / "models" / "notes").mkdir()
    for _ in range(3):
        assert [model.name for model in models.list_models()] == ["good"]
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert f"{folder} has no meta.json" in told[0] and "models import" in told[0]
    assert "loose.npz is no folder; take it in: abm-desktop models import" in told[1]
    with pytest.raises(models.ModelError, match=r"half: has no meta\.json; .*models import"):
        models.get_model("half")


@pytest.mark.parametrize("how", [how for how in WRONG if how != "deep"])
def test_a_wrong_description_is_not_taken_in(tmp_path, how):
    copy = shutil.copytree(save("mine"), tmp_path / "copy")
    models.delete_model("mine")
    file = copy / "meta.json"
    file.write_text(json.dumps(WRONG[how](json.loads(file.read_text()))))
    with pytest.raises(models.ModelError, match=r"copy: cannot be taken in: meta\.json: "):
        models.import_model(copy, "taken")
    assert models.list_models() == []


def test_a_huge_description_is_not_read(data_folder):
    file = save("bad") / "meta.json"
    with file.open("ab") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(models.ModelError, match="larger"):
        models.get_model("bad")


def test_what_later_versions_add_stays(tmp_path):
    save("mine")
    rewrite("mine", novelty={"a": [1, 2.5, None]})
    models.tag_model("mine", ["good"])
    models.rename_model("mine", "yours")
    models.import_model(models.export_model("yours", tmp_path / "m.zip"), "third")
    kept = json.loads((models.get_model("third").folder / "meta.json").read_text())
    assert kept["novelty"] == {"a": [1, 2.5, None]}


def pack(file, **members):
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return file


def parts_of(name="source", **changes):
    folder = save(name)
    if changes:
        rewrite(name, **changes)
    found = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    models.delete_model(name)
    return {key.replace(".", "_dot_"): data for key, data in found.items()}


def test_a_zip_that_unpacks_to_gigabytes_is_refused_and_nothing_stays(tmp_path, data_folder):
    before = visible(data_folder)
    file = pack(tmp_path / "bomb.zip", **parts_of())
    with (
        zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("zeros", "w") as stream,
    ):
        for _ in range(520):
            stream.write(bytes(1 << 20))
    assert file.stat().st_size < 3 << 20
    with pytest.raises(models.ModelError, match=r"bomb\.zip.*unpacks to"):
        models.import_model(file)
    assert set(visible(data_folder)) - set(before) <= {"bomb.zip", "models"}
    assert visible(data_folder / "models") == []


def test_links_are_not_followed(tmp_path):
    folder = save("mine")
    copy = shutil.copytree(folder, tmp_path / "copy")
    secret = tmp_path / "secret.json"
    secret.write_bytes((copy / "meta.json").read_bytes())
    (copy / "meta.json").unlink()
    (copy / "meta.json").symlink_to(secret)
    with pytest.raises(models.ModelError, match=r"meta\.json is a link|meta\.json: is a link"):
        models.import_model(copy, "linked")
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(models.ModelError, match=r"pipe\.npz"):
        models.import_model(tmp_path / "pipe.npz")
    assert [model.name for model in models.list_models()] == ["mine"]


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"weights_0": np.ones((13, 8), complex)}, "float"),
        ({"weights_0": np.full((13, 8), 1e300)}, "finite"),
        ({"weights_0": np.ones((13, 0), np.float32)}, "expected|wide"),
        ({"greedy": np.array([True, False])}, "greedy"),
        ({"name": np.array("x" * 10_000)}, "name"),
        ({"name": np.array("a\nb")}, "name"),
        ({"role": np.array("wizard")}, "role"),
        ({"quote_size": np.array(10**9)}, "quote_size"),
        ({"quote_size": np.array(2.5)}, "quote_size"),
        ({"parent_seconds": np.array(np.nan)}, "parent_seconds"),
        ({"parent_lots": np.array([1, 2])}, "parent_lots"),
        ({"activation": np.array("soft")}, "activation"),
        ({"biases_1": None}, "biases_1"),
    ],
)
def test_a_policy_has_the_shapes_and_sizes_that_the_market_holds(tmp_path, changes, match):
    file = tmp_path / "p.npz"
    make_policy().save(file)
    arrays = {k: v for k, v in (dict(np.load(file)) | changes).items() if v is not None}
    np.savez(file, **arrays)
    with pytest.raises(InputError, match=rf"p\.npz.*{match}"):
        PolicyNet.load(file)


@pytest.mark.parametrize(
    "line", ['{"type":"progress"', "[" * 5000, "\xff", '{"type":"done"}', "7", "NaN", "LARGE"]
)
def test_curves_are_read_up_to_the_damage(line, caplog):
    folder = save("mine")
    writer = history.HistoryWriter()
    for k in (1, 2):
        writer.add(progress(k))
    writer.write(folder)
    file = folder / history.HISTORY_FILE
    good = file.read_bytes()
    if line in ("NaN", "LARGE"):
        number = {"NaN": b"NaN", "LARGE": b"1" + b"0" * 400}[line]
        bad = good.splitlines()[0].replace(b'"env_steps":100', b'"env_steps":' + number)
    else:
        bad = line.encode("latin-1")
    file.write_bytes(good + bad + b"\n" + good)
    assert history.load_history("mine") == [progress(1), progress(2)]
    assert sum(str(file) in record.getMessage() for record in caplog.records) == 1


def die_at(wanted):
    """End this process without a word before its ``wanted``-th rename, removal or flush."""
    calls = 0

    def dying(real):
        def call(*args, **settings):
            nonlocal calls
            calls += 1
            if calls == wanted:
                os._exit(9)
            return real(*args, **settings)

        return call

    for owner, name in ((Path, "replace"), (Path, "rename"), (Path, "unlink"), (os, "fsync")):
        setattr(owner, name, dying(getattr(owner, name)))


def died_while_saving(step):
    pid = os.fork()
    if pid == 0:
        try:
            die_at(step)
            save("mine", iteration=20, seed=2)
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9


@pytest.mark.parametrize("before", [False, True])
def test_a_save_that_is_killed_leaves_the_old_or_the_new(data_folder, before):
    """Killed before each step of a save that another process could see, one after the other."""
    seen, step, died = set(), 0, True
    while died:
        step += 1
        shutil.rmtree(data_folder / "models", ignore_errors=True)
        if before:
            save("mine", iteration=10, seed=1)
        died = died_while_saving(step)
        found = models.list_models()
        assert found or not before
        for model in found:
            np.testing.assert_array_equal(
                models.load_policy("mine").weights[0],
                make_policy({10: 1, 20: 2}[model.iterations]).weights[0],
            )
            state = model.folder / model.checkpoint / "state"
            assert state.read_text() == str(model.iterations)
            seen.add(model.iterations)
        # What was left does not stand in the way.
        save("mine", iteration=30, seed=3)
        assert models.get_model("mine").iterations == 30
        assert visible(data_folder / "models") == ["mine"]
        assert not list((data_folder / "models" / "mine").glob(".*"))
    assert seen == ({10, 20} if before else {20}) and step > 5


def test_names_are_given_once_to_many_at_once():
    code = (
        "import sys; from abm_desktop.learning.registry import models\n"
        "held = [models.reserve('', 'calm-ppo') for _ in range(3)]\n"
        "print(*(h.name for h in held), flush=True); sys.stdin.read()"
    )
    many = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    names = [name for one in many for name in one.stdout.readline().split()]
    assert sorted(names) == [f"calm-ppo-{k}" for k in range(1, 7)]
    assert in_training.trained_now() == sorted(names)
    with pytest.raises(models.ModelError, match="training that runs"):
        models.reserve("calm-ppo-3", "")
    for one in many:
        one.kill()
        one.communicate()
    assert in_training.trained_now() == []
    assert models.reserve("", "calm-ppo").name == "calm-ppo-1"


def test_a_damaged_preset_takes_no_other_away(data_folder, monkeypatch):
    monkeypatch.setenv("ABM_DESKTOP_CONFIG", str(data_folder / "config"))
    presets.save_preset("good", make_config(gamma=0.9))
    bad = presets.presets_dir() / "bad.toml"
    for data in (b"\xff\xfe\x00", b"gamma = [" * 3000, b"gamma = 7", b"\x00"):
        bad.write_bytes(data)
        listed = {preset.name: preset for preset in presets.list_presets()}
        assert listed["good"].load().gamma == 0.9
        with pytest.raises(ConfigError):
            listed["bad"].load()


def turned(random, data):
    """The bytes with some of them turned by chance, now and then cut short."""
    data = bytearray(data)
    for at in random.integers(0, len(data), random.integers(1, 8)):
        data[at] = random.integers(0, 256)
    return bytes(data[: random.integers(1, len(data) + 1)] if random.random() < 0.2 else data)


def test_chance_makes_errors_of_one_kind_only(tmp_path, data_folder):
    random = np.random.default_rng(8)
    folder = save("mine", metrics={"evaluation": EVALUATION, "stress_test": STRESS_TEST})
    zipped = models.export_model("mine", tmp_path / "mine.zip")
    whole = {file: file.read_bytes() for file in (folder / "meta.json", folder / "policy.npz")}
    archive = zipped.read_bytes()
    refused = 0
    for k in range(240):
        file = list(whole)[k % 2]
        file.write_bytes(turned(random, whole[file]))
        try:
            model = models.get_model("mine")
            compare_models([model, model])
            acceptance(model), day_of(model.created), short_count(model.env_steps)
            models.load_policy("mine").logits(np.zeros((1, 13), np.float32))
        except models.ModelError as error:
            refused += 1
            assert "mine" in str(error) and len(str(error)) < 900
        file.write_bytes(whole[file])
        if k % 4 == 0:
            zipped.write_bytes(turned(random, archive))
            try:
                models.delete_model(models.import_model(zipped, "taken").name)
            except models.ModelError as error:
                refused += 1
                assert str(zipped) in str(error)
            assert visible(data_folder / "models") == ["mine"]
    assert refused > 200
