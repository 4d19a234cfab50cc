"""JSON files are read as what programs like ours write, or told with path, reason and remedy."""

import os

import pytest

from abm_desktop.plain_json import JsonError, parse_json, read_json, read_json_object


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "line 1"),
        (b'{"a":\n tru}', "line 2"),
        (b"\xff\xfe{", "line 1 holds bytes that are not UTF-8"),
        (b'{"a": 1,\n"b": "\xe4"}', "line 2 holds bytes that are not UTF-8"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 6000, "a number of 6,000 digits is none of 64 bits"),
        (b'{"a": -' + b"9" * 40 + b"}", "a number of 40 digits is none of 64 bits"),
        (b'{"a": 9223372036854775808}', "is no number of 64 bits"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": 1e999}', "inf is no finite number"),
        (b'{"a": "\\ud800"}', "is no text"),
        (b"7", "no JSON object"),
    ],
)
def test_what_no_program_of_ours_writes_is_told_with_path_reason_and_remedy(
    tmp_path, content, reason
):
    file = tmp_path / "a.json"
    file.write_bytes(content)
    with pytest.raises(JsonError) as caught:
        read_json_object(file)
    text = str(caught.value)
    assert text.startswith(f"{file}: ") and reason in text and text.endswith("make it again")
    assert len(text) < 300


def test_files_that_cannot_be_read_are_told(tmp_path):
    with pytest.raises(JsonError, match=r"a\.json: cannot be read: No such file"):
        read_json_object(tmp_path / "a.json")
    with pytest.raises(JsonError, match="is no file"):
        read_json_object(tmp_path)
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(JsonError, match="is no file"):
        read_json_object(tmp_path / "pipe.json")
    (tmp_path / "long.json").write_bytes(b"[" + b" " * 100 + b"]")
    with pytest.raises(JsonError, match="larger than 50 bytes"):
        read_json(tmp_path / "long.json", max_bytes=50)


def test_numbers_and_text_come_back_as_they_are(tmp_path):
    text = '{"a": [-9223372036854775808, 9223372036854775807, 0.1, 1e-300], "b": "\u00e4\\n"}'
    wanted = {"a": [-(2**63), 2**63 - 1, 0.1, 1e-300], "b": "\u00e4\n"}
    assert parse_json(text) == wanted
    file = tmp_path / "a.json"
    for mark in ("", "\ufeff"):  # some editors put one before everything
        file.write_text(mark + text, encoding="utf-8")
        assert read_json_object(file) == wanted
