import pytest
from hypothesis import given
from hypothesis import strategies as st

from abm_desktop.scenario import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("90s", 90.0),
        ("30min", 1800.0),
        ("6.5h", 23400.0),
        ("1h 30min", 5400.0),
        ("250 us", 0.00025),
        ("12", 12.0),
        (3, 3.0),
        (0.25, 0.25),
    ],
)
def test_reads_what_people_write(text, seconds):
    assert parse_duration(text) == pytest.approx(seconds, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    ["", "soon", "5 apples", "-5s", "1.5.2s", "s", "1e999s", "9" * 500, True, None, [1], 10**400],
)
def test_anything_else_is_refused_with_a_remedy(text):
    with pytest.raises(ValueError, match="30min"):
        parse_duration(text)


@given(st.floats(min_value=0.0, allow_nan=False, allow_infinity=False))
def test_what_is_written_reads_back_as_the_very_same_number(seconds):
    assert parse_duration(format_duration(seconds)) == seconds


@given(st.integers(0, 10**9), st.sampled_from([1e-9, 1e-6, 1e-3, 1.0, 60.0, 3600.0]))
def test_so_do_multiples_of_units(number, unit):
    assert parse_duration(format_duration(number * unit)) == number * unit


@pytest.mark.parametrize(
    ("seconds", "text"), [(1800, "30min"), (23400, "6.5h"), (0.05, "50ms"), (90, "1.5min")]
)
def test_writes_the_unit_a_person_would_choose(seconds, text):
    assert format_duration(seconds) == text
