from pathlib import Path

import pytest

from abm_desktop.scenario import (
    FlashCrash,
    LiquidityShock,
    Scenario,
    ScenarioError,
    bundled_scenarios,
    find_scenario,
    load_scenario,
    save_scenario,
)


@pytest.fixture
def problems_in(tmp_path):
    def read(text):
        path = tmp_path / "wrong.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ScenarioError) as caught:
            load_scenario(path)
        assert caught.value.path == path
        assert str(path) in str(caught.value)
        return {(problem.line, problem.key): problem for problem in caught.value.problems}

    return read


def test_every_problem_is_reported_at_once_with_its_line(problems_in):
    found = problems_in(
        """\
name = "x"
[market]
tick_size = -1
session = "a while"
[population.noise]
limit_rte = 3
[[stress]]
type = "flash_crash"
[[stress]]
type = "volatility_spike"
magnitude = 0.5
[[stress]]
type = "earthquake"
"""
    )
    assert set(found) == {
        (3, "market.tick_size"),
        (4, "market.session"),
        (6, "population.noise.limit_rte"),
        (11, "stress[1].magnitude"),
        (13, "stress[2].type"),
    }
    assert "at least 1e-08" in found[3, "market.tick_size"].message
    assert "30min" in found[4, "market.session"].remedy
    assert 'did you mean "limit_rate"' in found[6, "population.noise.limit_rte"].remedy
    assert "flash_crash" in found[13, "stress[2].type"].remedy


def test_syntax_errors_are_reported_together_with_the_rest(problems_in):
    found = problems_in(
        """\
name = calm
[market]
lot = 0
tick_size 0.01
warm_up = "5min"
warm_up = "6min"
"""
    )
    assert [line for line, _ in found] == [1, 3, 4, 6]
    assert "quotes" in found[1, "name"].remedy
    assert "twice" in found[6, "market.warm_up"].message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('name = "x"\nseed = [1, 2\n[market]\nlot = 1\n', 3),
        ('name = "x\nseed = 1\n', 1),
        ('name = "x"\n[market\nlot = 1\n', 2),
        ('name = "x"\ndescription = """never closed\n', 3),
    ],
)
def test_open_brackets_and_quotes_name_a_line_near_the_cause(problems_in, text, line):
    lines = [number for number, _ in problems_in(text)]
    assert any(abs(number - line) <= 1 for number in lines)


def test_a_missing_name_says_what_to_add(problems_in):
    (problem,) = problems_in("seed = 3\n").values()
    assert problem.key == "name"
    assert problem.remedy.startswith("add name")


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ('name="x"\nmarket.lot = "one"\n', "market.lot", 2),
        ('name="x"\nmarket = { tick_size = 0.01, lot = 1.5 }\n', "market.lot", 2),
        ('name="x"\n\n[population]\nnoise.count = -1\n', "population.noise.count", 4),
        ('name="x"\nstress = [\n {type="flash_crash"},\n {type="x"},\n]\n', "stress[1].type", 4),
        ('name="x"\n[activity]\nweights = [\n 0.5,\n "a",\n 0.5]\n', "activity.weights[1]", 5),
        ('name="x"\n["mar ket"]\nlot = 1\n', "mar ket", 2),
        ('name="x"\ndescription = """a\nb [c]\n"""\n[[rl]]\ncount=1\n', "rl[0].model", 5),
        ("\ufeffname='x'\r\n[market]\r\nlot = 0\r\n", "market.lot", 3),
        ('name="x"\nmarket = 3\n', "market", 2),
        ('name="x"\n[stress]\ntype = "flash_crash"\n', "stress", 2),
    ],
)
def test_lines_are_right_in_every_way_to_write_toml(problems_in, text, key, line):
    found = problems_in(text)
    assert (line, key) in found


def test_files_that_are_no_scenarios(tmp_path):
    with pytest.raises(ScenarioError, match='did you mean "calm"'):
        find_scenario("clam")
    with pytest.raises(ScenarioError, match="is a folder"):
        find_scenario(tmp_path)
    with pytest.raises(ScenarioError, match="cannot be read"):
        load_scenario(tmp_path / "absent.toml")
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScenarioError, match="UTF-8"):
        load_scenario(binary)


def test_scenarios_are_found_by_name_and_by_path(tmp_path):
    assert {"calm", "flash_crash"} <= {path.stem for path in bundled_scenarios()}
    assert find_scenario("calm").name == "calm.toml"
    own = tmp_path / "calm"
    own.write_text('name = "own"', encoding="utf-8")
    assert find_scenario(own) == own


def test_a_new_file_reads_back_as_the_same_scenario(tmp_path):
    scenario = Scenario(
        name='a "quoted" name',
        seed=7,
        market={"session": 3600.0, "warm_up": 0.0},
        stress=(FlashCrash(at=90.5), LiquidityShock(magnitude=0.4)),
        rl=({"model": "m", "greedy": False},),
    )
    path = tmp_path / "folder" / "new.toml"
    save_scenario(scenario, path)
    assert load_scenario(path) == scenario
    assert "# smallest price step" in path.read_text(encoding="utf-8")


def test_saving_over_a_file_keeps_its_comments_and_its_wording(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '# my market\nname = "mine"\n[market]\nsession = "1h"  # short\nwarm_up = 60\n'
        '[[stress]]\ntype = "flash_crash" # ouch\nmagnitude = 0.02\n',
        encoding="utf-8",
    )
    before = load_scenario(path)
    changed = before.model_copy(
        update={
            "market": before.market.model_copy(update={"session": 7200.0, "lot": 10}),
            "stress": (before.stress[0].model_copy(update={"magnitude": 0.03}),),
        }
    )
    save_scenario(changed, path)
    text = path.read_text(encoding="utf-8")
    assert load_scenario(path) == changed
    assert text.startswith("# my market\n")
    assert 'session = "2h"  # short' in text
    assert "warm_up = 60\n" in text
    assert '"flash_crash" # ouch' in text


def test_mending_a_faulty_file_keeps_its_comments(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        '# my market\nname = "mine"\nsed = 3   # a typo\n[market]\nsession = "1 hour"  # short\n'
        'warm_up = "1min"   # a minute\ntick_size = 0,05\n[[stress]]\ntype = "flash_crash" # ouch\n'
        "magnitude = 0.02\n[population.noise]\nlimit_rate = 8   # busy\n",
        encoding="utf-8",
    )
    with pytest.raises(ScenarioError):
        load_scenario(path)
    usual = Scenario(name="mine")
    mended = usual.model_copy(
        update={
            "market": usual.market.model_copy(update={"session": 3600.0, "warm_up": 60.0}),
            "stress": (FlashCrash(magnitude=0.03),),
            "population": usual.population.model_copy(
                update={"noise": usual.population.noise.model_copy(update={"limit_rate": 8.0})}
            ),
        }
    )
    save_scenario(mended, path)
    assert load_scenario(path) == mended
    text = path.read_text(encoding="utf-8")
    assert text.startswith('# my market\nname = "mine"\n')
    for kept in (
        'session = "1h"  # short', 'warm_up = "1min"   # a minute', '"flash_crash" # ouch',
        "magnitude = 0.03", "limit_rate = 8   # busy",
    ):  # fmt: skip
        assert kept in text
    assert "sed" not in text and "tick_size" not in text
    # What stands there is of another kind: nothing of it is worth keeping.
    path.write_text("# shopping\nmilk = 2\neggs = 12\n")
    save_scenario(mended, path)
    assert load_scenario(path) == mended and "shopping" not in path.read_text()


def test_saving_another_list_of_stresses(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text('name = "mine"\n[market]\nlot = 2\n', encoding="utf-8")
    more = load_scenario(path).model_copy(update={"stress": (FlashCrash(), LiquidityShock())})
    save_scenario(more, path)
    assert load_scenario(path) == more
    none = more.model_copy(update={"stress": ()})
    save_scenario(none, path)
    assert load_scenario(path) == none


def test_what_was_set_is_not_blamed_on_the_file(tmp_path):
    path = tmp_path / "good.toml"
    path.write_text('name = "x"\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, ["population.noise.limit_rat=1"])
    told = str(caught.value)
    assert told.startswith("--set population.noise.limit_rat: ") and "good.toml" not in told
    assert 'did you mean "limit_rate"?' in told
    # What is right in the file may not go with what was set.
    with pytest.raises(ScenarioError, match=r"^--set market\.tick_size: market\.start_price: 100"):
        load_scenario(path, ["market.tick_size=3"])
    # Both wrong: each is told of its own.
    path.write_text('name = "x"\nsed = 1\n')
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path, ["market.lott=1"])
    told = str(caught.value)
    assert "good.toml: 2 problems" in told and "  line 2: sed: " in told
    assert '  --set market.lott: is not a known key; did you mean "lot"?' in told


def test_a_list_of_tables_keeps_the_comments_of_those_that_stay(tmp_path):
    from abm_desktop.experiments.design import load_design, save_design

    path = tmp_path / "e.toml"
    path.write_text(
        'name = "e"\nseeds = 3   # few\n[rl]\nshares = [0]   # no RL traders\n'
        '[[stress]]\ntype = "flash_crash"   # the usual\nmagnitude = 0.05\n'
        '[[stress]]\ntype = "news_jump"\nmagnitude = -0.02   # bad news\n'
    )
    design = load_design(path)
    crash, news = design.stress
    changed = design.model_copy(
        update={"seeds": 4, "stress": (news, crash.model_copy(update={"magnitude": 0.07}))}
    )
    save_design(changed, path, path)
    assert load_design(path) == changed
    text = path.read_text()
    for kept in ("seeds = 4   # few", "# no RL traders", "magnitude = -0.02   # bad news"):
        assert kept in text
    assert "participation" not in text, "only what differs from the usual is written"


def test_a_recording_is_named_from_the_scenarios_own_folder(tmp_path, monkeypatch):
    """Another day of that name in the current folder is another day."""
    for folder in ("own", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "day.zip").write_bytes(folder.encode())
    file = tmp_path / "own" / "rel.toml"
    file.write_text('name = "rel"\nrecording = "day.zip"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path / "other")
    own, other = (str((tmp_path / folder / "day.zip").resolve()) for folder in ("own", "other"))
    assert load_scenario(file).recording == own
    assert load_scenario(Path("../own/rel.toml")).recording == own
    # What is said here is meant here, and so is what lies here alone.
    assert load_scenario(file, ['recording="day.zip"']).recording == other
    (tmp_path / "own" / "day.zip").unlink()
    assert load_scenario(file).recording == other
    assert load_scenario("day.zip").recording == other
