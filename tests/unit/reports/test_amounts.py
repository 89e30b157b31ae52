"""Figures as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelmetry.reports.amounts import amount, change, duration, ratio

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (15_234, "{request}", "15,234"),
        (15_233.6, "{request}", "15,234"),
        (1_234_567, "{token}", "1,234,567"),
        (0, "{call}", "0"),
        (-0.2, "{call}", "0"),
        (0.045, "s", "45 ms"),
        (0.12, "s", "120 ms"),
        (0.9999, "s", "1 s"),
        (0.00025, "s", "250 µs"),
        (0, "s", "0 ms"),
        (59.99, "s", "1 min"),
        (5_400, "s", "1.5 h"),
        (30, "d", "30 days"),
        (1, "d", "1 day"),
        (0.5, "d", "12 h"),
        (0.997, "1", "99.7 %"),
        (0.003, "1", "0.3 %"),
        (0.99996, "1", "99.996 %"),
        (0.0004, "1", "0.04 %"),
        (1, "1", "100 %"),
        (0, "1", "0 %"),
        (-0.08, "1", f"{MINUS}8 %"),
        (0.0023, "USD", "$0.0023"),
        (0.00230011, "USD", "$0.0023"),
        (0.00012346, "USD", "$0.000123"),
        (0.5, "USD", "$0.50"),
        (35.04, "USD", "$35.04"),
        (1_234.5, "EUR", "€1,234.50"),
        (-3.2, "CHF", f"{MINUS}3.20 CHF"),
        (0, "USD", "$0.00"),
        (0.42, "{request}/s", "0.42 per second"),
        (3, "<b>By</b>", "3 bBy/b"),
    ],
)
def test_an_amount_is_written_in_its_unit(value: float, unit: str, told: str) -> None:
    """With the digits that count."""
    assert amount(value, unit) == told


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_a_share_is_whole_or_nothing_only_when_it_is(value: float) -> None:
    """99.99 % is not 100 %, and a little is not 0 %."""
    assert ratio(value) not in {"0 %", "100 %"}


@given(st.floats(min_value=1e-9, max_value=1e8))
def test_a_duration_is_right_to_three_digits(seconds: float) -> None:
    """Whatever its unit."""
    sizes = {"µs": 1e-6, "ms": 1e-3, "s": 1, "min": 60, "h": 3_600, "day": 86_400, "days": 86_400}
    number, _, unit = duration(seconds).partition(" ")
    assert float(number.replace(",", "")) * sizes[unit] == pytest.approx(seconds, rel=0.006)


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["1", "s", "d", "USD", "{x}", ""]),
)
def test_any_number_is_written(value: float, unit: str) -> None:
    """Nothing of what a server may say raises."""
    assert amount(value, unit)


def test_changes_have_their_sign() -> None:
    """Also when there is none."""
    assert [change(one) for one in (0.088, -0.085, 0, 0.0001)] == [
        "+8.8 %", f"{MINUS}8.5 %", "±0 %", "±0 %",
    ]  # fmt: skip
