"""Values as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.cli import wording


@pytest.mark.parametrize(
    ("ms", "expected"),
    [
        (0.25, "250 µs"),
        (8.14, "8.1 ms"),
        (812.4, "812 ms"),
        (999.7, "1.00 s"),
        (1250, "1.25 s"),
        (12_340, "12.3 s"),
        (61_000, "1 min 01 s"),
        (3_660_000, "1 h 01 min"),
        (90_000_000, "1 d 01 h"),
        (120_000, "2 min"),
    ],
)
def test_durations_have_the_unit_that_suits(ms: float, expected: str) -> None:
    """A duration has about three figures, in the unit in which they are easy to read."""
    assert wording.duration(ms) == expected


@given(st.floats(0, 1e12))
def test_every_duration_can_be_said(ms: float) -> None:
    """No duration is too short or too long to be said, and none takes more than a column."""
    assert 0 < len(wording.duration(ms)) <= 14


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (42, "42"),
        (1234567, "1,234,567"),
        (0.98, "0.98"),
        (2.0, "2"),
        (0.00001234, "1.23e-05"),
        (1e20, "1e+20"),
    ],
)
def test_numbers_have_no_noise(value: float, expected: str) -> None:
    """Whole numbers have no decimals, tiny and huge ones an exponent."""
    assert wording.number(value) == expected


@given(st.text())
def test_stored_text_gives_a_terminal_no_orders(text: str) -> None:
    """Whatever was recorded, no control character but newline and tab reaches the terminal."""
    shown = wording.plain(text)
    assert all(sign >= " " or sign in "\n\t" for sign in shown)
    assert not set(shown) & {"\x7f", "\x9b", "\u202e", "\u2066"}
    shown.encode()  # no lone surrogate either


def test_an_escape_sequence_is_shown_as_text() -> None:
    """A colour order in a name is seen, not obeyed."""
    assert wording.plain("a\x1b[31mb") == "a\\x1b[31mb"


@given(st.text(), st.integers(5, 50))
def test_one_line_is_one_line(text: str, limit: int) -> None:
    """Text in a table never breaks it."""
    shown = wording.one_line(text, limit)
    assert len(shown) <= limit
    assert "\n" not in shown


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (True, "", "yes"),
        (False, "", "no"),
        ("polite", "", "polite"),
        (412, "tokens", "412 tokens"),
        (0.98, "", "0.98"),
    ],
)
def test_findings_are_said_by_type(value: bool | float | str, unit: str, expected: str) -> None:
    """Booleans are words, numbers have their unit, labels stand as they are."""
    assert wording.value(value, unit) == expected


def test_metadata_is_said_on_one_line() -> None:
    """Text stands as it is, anything else as JSON."""
    assert wording.metadata({"channel": "web", "items": [1, 2]}) == "channel=web items=[1,2]"
    assert wording.metadata({}) == ""


def test_things_are_counted_in_words() -> None:
    """One is one, more are more."""
    assert wording.counted(1, "trace") == "1 trace"
    assert wording.counted(2000, "trace") == "2,000 traces"
    assert wording.counted(2, "entry", "entries") == "2 entries"


def test_money_bears_its_currency() -> None:
    """An amount is followed by the code of its currency."""
    assert wording.money(0.0012, "USD") == "0.0012 USD"
