"""The small tables of a study, and that those that ship are what the command makes of its runs."""

import json

import numpy as np
import pandas as pd
import pytest

from abm_desktop.cli import main
from abm_desktop.experiments.design import Design, find_experiment, load_design
from abm_desktop.experiments.report.study_tables import (
    read_runs,
    study_effects,
    study_levels,
    write_study,
)
from abm_desktop.inputs import InputError
from abm_desktop.paths import studies_dir

STUDIES = ("learning_rate",)


@pytest.fixture
def runs():
    """Two stresses, four trainings of eight markets each that add 0.5 to room made (-0.3)."""
    rows = []
    for stress in ("calm", "flash_crash"):
        for seed in range(32):
            base = 0.01 * np.exp(0.1 * seed)
            common = {"stress": stress, "seed": seed, "rl_count": 3, "crashes": seed % 2}
            rows.append(common | {"arm": "control", "rl_share": 0.0, "stress_rv_10s": base})
            room = base * np.exp(-0.3)
            rows.append(common | {"arm": "room only", "rl_share": 0.25, "stress_rv_10s": room})
            trained = {"arm": "trained", "algorithm": "PPO", "policy": f"p{seed % 4}"}
            level = room * np.exp(0.5 + 0.1 * (seed % 4 - 1.5))
            rows.append(common | trained | {"rl_share": 0.25, "stress_rv_10s": level})
    return pd.DataFrame(rows)


def written(runs, folder):
    file = folder / "runs.csv"
    runs.to_csv(file, index=False)
    return read_runs(file)


def test_removal_addition_and_total(runs, tmp_path):
    design = Design.model_validate({"name": "t", "second": "crashes"})
    table = study_effects(written(runs, tmp_path), design).set_index(["stress", "part", "measure"])
    for stress in ("calm", "flash_crash"):
        removal, added, total = (
            table.loc[(stress, part, "stress_rv_10s")] for part in ("removal", "addition", "total")
        )
        assert removal["change"] == pytest.approx(np.expm1(-0.3))
        assert added["change"] == pytest.approx(np.expm1(0.5))
        assert total["change"] == pytest.approx(np.expm1(0.2))
        assert (added["unit"], added["trainings"], added["markets"]) == ("trainings", 4, 32)
        assert (removal["unit"], removal["trainings"]) == ("markets", 0)
        # Of means of four trainings, 0.1 apart: Student's t with 3 degrees of freedom.
        half = 3.182446 * 0.1 * np.std([0, 1, 2, 3], ddof=1) / 2
        assert np.log1p([added["low"], added["high"]]) == pytest.approx([0.5 - half, 0.5 + half])
        assert added["least_training"] == pytest.approx(np.expm1(0.35))
        assert added["even_seeds"] == pytest.approx(np.expm1(0.45))
    same = table.xs("crashes", level="measure")
    assert (same["change"] == 0).all() and (same["p"] == 1).all(), "nothing differs"


def test_a_mix_is_held_against_trainings_that_divide_the_markets(runs, tmp_path):
    mixed = runs[(runs["arm"] == "trained") & (runs["stress"] == "calm")].assign(
        algorithm="mixed PPO", policy="mix p0+p1+p2+p3", stress_rv_10s=0.02
    )
    table = study_effects(
        written(pd.concat([runs, mixed]), tmp_path), Design.model_validate({"name": "t"})
    )
    here = (table["part"] == "beside") & (table["measure"] == "stress_rv_10s")
    (found,) = table[here].to_dict("records")
    assert (found["traders"], found["against"], found["stress"]) == ("mixed PPO", "PPO", "calm")
    assert (found["unit"], found["trainings"], found["markets"]) == ("trainings", 4, 32)
    # The trainings are 0.1 apart, and their markets as well.
    assert np.log1p([found["least_training"], found["most_training"]]) == pytest.approx(
        [np.log1p(found["change"]) - 0.3, np.log1p(found["change"]) + 0.3]
    )


def other(runs, policies, push):
    """Trainings of another algorithm in the same markets, which add ``push`` more."""
    return runs[runs["arm"] == "trained"].assign(
        algorithm="DQN",
        policy=lambda r: [policies[seed % len(policies)] for seed in r["seed"]],
        stress_rv_10s=lambda r: r["stress_rv_10s"] * np.exp(push),
    )


def test_algorithms_together_have_sets_of_trainings_for_their_unit(runs, tmp_path):
    both = pd.concat([runs, other(runs, ["d0", "d1", "d2", "d3"], 0.2)])
    design = Design.model_validate({"name": "t"})
    table = study_effects(written(both, tmp_path), design)
    told = table[(table["traders"] == "all algorithms") & (table["stress"] == "calm")]
    told = told[told["measure"] == "stress_rv_10s"].set_index("part")
    assert set(told.index) == {"addition", "total"}
    added = told.loc["addition"]
    assert added["change"] == pytest.approx(np.expm1(0.6)), "0.5 and 0.7 on average"
    assert (added["unit"], added["trainings"], added["markets"]) == ("sets of trainings", 8, 32)
    # Four sets, 0.1 apart, as four trainings are: that two algorithms agree is no further evidence.
    half = 3.182446 * 0.1 * np.std([0, 1, 2, 3], ddof=1) / 2
    assert np.log1p([added["low"], added["high"]]) == pytest.approx([0.6 - half, 0.6 + half])
    alone = study_effects(written(runs, tmp_path), design)
    assert len(alone) and not (alone["traders"] == "all algorithms").any()
    # Three trainings of one and four of the other share no markets of their own.
    uneven = pd.concat([runs, other(runs, ["d0", "d1", "d2"], 0.2)])
    table = study_effects(written(uneven, tmp_path), design)
    assert not (table["traders"] == "all algorithms").any()


def test_levels_are_means_and_count_crashes(runs, tmp_path):
    design = Design.model_validate({"name": "t"})
    table = study_levels(written(runs, tmp_path), design).set_index(["traders", "stress"])
    assert set(table.index.get_level_values("traders")) == {"control", "room only", "PPO"}
    told = table.loc[("control", "calm")]
    assert (told["runs"], told["with_a_crash"], told["rl_count"]) == (32, 16, 3)


@pytest.mark.parametrize("name", STUDIES)
def test_the_tables_that_ship_are_those_of_their_runs(name, tmp_path):
    design = load_design(find_experiment(name))
    folder = studies_dir() / name / "tables"
    (tmp_path / "runs.csv").write_bytes((folder / "runs.csv").read_bytes())
    write_study(tmp_path, design, None)
    mine, theirs = pd.read_csv(tmp_path / "effects.csv"), pd.read_csv(folder / "effects.csv")
    pd.testing.assert_frame_equal(mine, theirs, rtol=2e-4, atol=2e-5)


def test_the_command_makes_them_of_runs_that_lie_there(runs, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("ABM_DESKTOP_DATA", str(tmp_path / "data"))
    file, folder = tmp_path / "own.toml", tmp_path / "tables"
    file.write_text('name = "own"\n')
    with pytest.raises(InputError, match=r"runs\.csv.* cannot be read"):
        read_runs(folder / "runs.csv")
    folder.mkdir()
    runs.to_csv(folder / "runs.csv", index=False)
    assert main(["experiment", str(file), "--tables", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"] is None
    assert len(pd.read_csv(folder / "effects.csv")) == 12
    write_study(folder, load_design(file), read_runs(folder / "runs.csv"))
    again = read_runs(folder / "runs.csv")
    assert (again["arm"] == runs["arm"]).all() and set(again["rl_share"]) == {0.0, 0.25}
    assert (folder / "levels.csv").is_file()
