"""One kind of error for bad input, and the checks of numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest

from abm_desktop.inputs import InputError, one_of, real, shown, whole


@pytest.mark.parametrize("value", [3, np.int8(3), np.uint64(3)])
def test_whole_numbers_of_any_kind_are_taken(value):
    assert whole(value, "size", 1, 3) == 3
    assert type(whole(value, "size")) is int


@pytest.mark.parametrize(
    "value", [0, 4, 1.9, 2.0, True, np.True_, "2", None, [2], math.nan, 10**400, -(2**63)]
)
def test_what_is_no_whole_number_within_the_bounds_is_refused_by_name(value):
    with pytest.raises(InputError, match=r"^size must be a whole number from 1 to 3 \(lots\), not"):
        whole(value, "size", 1, 3, unit="lots")


@pytest.mark.parametrize("value", [1, 1.5, np.float32(1.5), np.int64(2)])
def test_finite_numbers_are_taken(value):
    assert real(value, "seconds", 1.0, 2.0) == float(value)


@pytest.mark.parametrize(
    "value",
    [0.0, math.nan, math.inf, -math.inf, True, "1.5", None, [1.5], 10**400, 1j]
    + [bytearray(b"1"), np.str_("1.5"), np.array([1.5]), np.timedelta64(1, "s")],
)
def test_what_is_no_finite_number_within_the_bounds_is_refused(value):
    with pytest.raises(InputError, match=r"^seconds must be a number above 0 and up to 2, not"):
        real(value, "seconds", above=0.0, high=2.0)


def test_a_word_is_one_of_those_known():
    assert one_of("a", "kind", ("a", "b")) == "a"
    for wrong in ("c", None, ["a"]):
        with pytest.raises(InputError, match="kind must be one of a, b, not"):
            one_of(wrong, "kind", ("a", "b"))


def test_a_value_is_shown_in_one_short_line():
    class Hostile:
        def __repr__(self):
            raise RuntimeError("no")

    assert shown(10**6000).endswith("digits")
    assert len(shown("x" * 10_000)) < 100
    assert "\n" not in shown("a\nb")
    assert shown(Hostile()) == "a Hostile"
    shown("\udcff").encode("utf-8")


def test_the_text_names_file_key_and_remedy():
    error = InputError("is wrong", key="a.b", remedy="mend it", path="x.toml")
    assert str(error) == "x.toml: a.b is wrong; mend it"
