"""A stranger's TOML file: every fault told with line, column and remedy, within limits."""

from __future__ import annotations

import os
import random
import time

import pytest

from abm_desktop.learning.config import ConfigError
from abm_desktop.learning.recipes import load_config
from abm_desktop.scenario import Scenario, ScenarioError, load_scenario, save_scenario
from abm_desktop.scenario.toml_reader import MAX_BYTES

NAME = 'name = "x"\n'


def told(tmp_path, text, read=load_scenario):
    file = tmp_path / "wrong.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises((ScenarioError, ConfigError)) as caught:
        read(file)
    assert str(file) in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "quoted", "remedy"),
    [
        ("market.collar = 0,015", "0,015 (column 17)", "0.015"),
        ('rl = [{ model = "C:\\Users\\a" }]', "C:\\Users", "backslash"),
        ('description = "C:\\data"', '"C:\\data" (column 15)', "'single quotes'"),
        ("market.collar = 1.5 %", "1.5 %", "0.015"),
        ("market.warm_up = 45 min", "45 min", '"45 min"'),
        ("market.warm_up = 45min", "45min", '"45min"'),
        ("market.collar = .02", ".02 (column 17)", "both sides of the point"),
        ("market.collar = 2.", "2. (column 17)", "both sides of the point"),
        ("seed = 0012", "0012 (column 8)", "write 12"),
        ("seed = 12;", "12; (column 8)", "semicolon"),
        ("interventions.luld.on = True", "True", "write true"),
        ("interventions.luld.on = no", "no (column 25)", "write false"),
        ("seed = None", "None", "leave the key out"),
        ("seed =", "nothing (column 7)", "leave the key out"),
        ("description = calm day", "calm day", '"calm day"'),
        ("seed: 4", '"seed: 4"', "equals sign"),
        ("// a comment", '"// a comment"', "#"),
        ("seed\u00a0= 4", "(column 5)", "ordinary space"),
        ("description = “calm”", "(column 15)", "straight quotes"),
        ('description = "calm', '"calm', 'another "'),
    ],
)
def test_a_line_that_cannot_be_read_is_quoted_with_its_remedy(tmp_path, line, quoted, remedy):
    for read in (load_scenario, load_config):
        text = told(tmp_path, f"{NAME}{line}\n", read)
        first = next(part for part in text.splitlines() if "line 2" in part)
        assert quoted in first and remedy in first.partition("; ")[2], first


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("seed = 1e6", "write 1000000"),
        ('seed = "12"', "without quotes: 12"),
        ('market.collar = "0,02"', "without quotes: 0.02"),
    ],
)
def test_a_value_of_the_wrong_form_is_rewritten_in_the_remedy(tmp_path, line, remedy):
    assert remedy in told(tmp_path, f"{NAME}{line}\n")


@pytest.mark.parametrize(
    "text",
    [
        f"seed = {'9' * 5000}\n",
        f"x = {'[' * 20_000}{']' * 20_000}\n",
        f"x = {'{a=' * 5_000}1{'}' * 5_000}\n",
        ".".join("a" * 8000) + " = 1\n",
        " . ".join("a" * 8000) + " = 1\n",
        ".".join(['"a b"'] * 4000) + " = 1\n",
        f"[{'.'.join('a' * 8000)}]\n",
        '[[stress]]\ntype = "earthquake"\n' * 7000,
        "".join(f"{k} = 1\n" for k in range(20_000)),
        "seed = 1,5\n" * 20_000,
        "#" * (MAX_BYTES + 1),
        "name" * 60_000,
        '"""' * 50_000,
    ],
    ids=lambda text: text[:12],
)
def test_hostile_files_end_soon_in_a_short_error(tmp_path, text):
    for read in (load_scenario, load_config):
        began = time.process_time()
        assert len(told(tmp_path, text, read)) < 20_000
        assert time.process_time() - began < 5.0


def test_what_is_no_text_file_is_told(tmp_path):
    assert "UTF-16" in told(tmp_path, NAME.encode("utf-16"))
    assert "not UTF-8" in told(tmp_path, b'name = "\xe9"\n')
    os.mkfifo(tmp_path / "pipe")
    for path, words in ((tmp_path / "pipe", "not a plain file"), (tmp_path, "is a folder")):
        with pytest.raises(ScenarioError, match=words):
            load_scenario(path)
        with pytest.raises(ConfigError, match=words):
            load_config(path)


@pytest.mark.parametrize(
    "text",
    ["a\u2028b", "a\u2029b\u0085c", "a\r\nb", "a\rb", "q\"\\'", "\t\x0b\x0c\x1f\x7f", "[/x]"],
)
def test_any_text_survives_saving(tmp_path, text):
    file = tmp_path / "x.toml"
    scenario = Scenario(name=text, description=text * 2)
    save_scenario(scenario, file)
    assert load_scenario(file) == scenario
    again = scenario.model_copy(update={"description": f"{text}!"})
    save_scenario(again, file)  # into the file that is there
    assert load_scenario(file) == again


def test_lines_are_counted_as_editors_count_them(tmp_path):
    text = told(tmp_path, f'{NAME}description = "a\u2028b\u0085c"\r\nfoo = 1\r\n')
    assert "line 3: foo" in text


def test_a_saved_scenario_is_the_market_it_was(tmp_path):
    file = tmp_path / "x.toml"
    source = random.Random(7)
    scenario = Scenario(name="x")
    for _ in range(20):
        seconds = source.choice((1.23456e-05, 1e-9, 0.1 + 0.2, source.uniform(0, 60)))
        makers = scenario.population.market_makers.model_copy(update={"order_latency": seconds})
        population = scenario.population.model_copy(update={"market_makers": makers})
        scenario = scenario.model_copy(update={"population": population})
        save_scenario(scenario, file)
        assert load_scenario(file) == scenario


def test_damaged_files_raise_only_their_own_errors(tmp_path):
    good = (NAME + '[market]\nwarm_up = "5min"\n[[stress]]\ntype = "news_jump"\nat = 3\n').encode()
    tokens = [b'"', b"[", b"]", b"=", b"\n", b"{", b"\\", b"'", b".", b"1e9", b"\xff", b"\0", b"#"]
    source = random.Random(3)
    file = tmp_path / "x.toml"
    for _ in range(600):
        data = bytearray(good)
        for _ in range(source.randint(1, 4)):
            at = source.randrange(len(data))
            data[at : at + source.randint(0, 6)] = source.choice(tokens)
        file.write_bytes(data)
        for read, error in ((load_scenario, ScenarioError), (load_config, ConfigError)):
            try:
                read(file)
            except error as caught:
                assert str(file) in str(caught)
