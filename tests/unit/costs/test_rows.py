"""Rows of costs: what they refuse, what tells them apart, and how they are added up."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from modelmetry.costs.amounts import amount_of, total_of
from modelmetry.costs.rows import day_row, merged
from modelmetry.errors import InvalidValueError

SPEC = yaml.safe_load((Path(__file__).parents[3] / "openapi" / "spec.yaml").read_text("utf-8"))
AMOUNT = SPEC["components"]["schemas"]["DecimalText"]
written = (
    st.from_regex(r"[+-]?[0-9]{0,31}\.?[0-9]{0,60}(e-?[0-9]{1,3})?", fullmatch=True)
    | st.decimals(allow_nan=False, allow_infinity=False).map(str)
    | st.floats().map(repr)
)
ROW = day_row(date(2026, 9, 1), "EC2", Decimal(1), "USD")
EAST = timezone(timedelta(hours=2))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"charge_period_start": datetime(2026, 9, 1)}, "UTC"),  # noqa: DTZ001 - what is refused
        ({"charge_period_start": datetime(2026, 9, 1, tzinfo=EAST)}, "UTC"),
        ({"charge_period_end": datetime(2026, 9, 1, tzinfo=UTC)}, "empty"),
        ({"billed_cost": Decimal("NaN")}, "finite"),
        ({"effective_cost": Decimal("Infinity")}, "finite"),
        ({"list_cost": Decimal("-Infinity")}, "finite"),
        ({"billing_currency": ""}, "currency"),
    ],
)
def test_a_row_without_sense_is_refused(change: dict[str, Any], said: str) -> None:
    """Whichever source gives it."""
    with pytest.raises(InvalidValueError, match=said):
        replace(ROW, **change)


def test_a_row_cannot_be_changed() -> None:
    """It can be a key of a dictionary."""
    with pytest.raises(AttributeError):
        ROW.service_name = "S3"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
    assert {ROW: 1}[replace(ROW)] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"service_name": "S3"},
        {"charge_category": "Tax"},
        {"sub_account_id": "1"},
        {"tags": (("team", "a"),)},
        {"charge_period_end": datetime(2026, 9, 1, 1, tzinfo=UTC)},
    ],
)
def test_what_tells_rows_apart_makes_another_identity(change: dict[str, Any]) -> None:
    """Amounts do not: they change late."""
    identity = ROW.identity("aws")

    assert replace(ROW, **change).identity("aws") != identity
    assert replace(ROW, billed_cost=Decimal(9), estimated=True).identity("aws") == identity
    assert ROW.identity("azure") != identity
    assert len(identity) == 64


def test_rows_of_one_key_are_added_up() -> None:
    """What is not known of one is not known of the sum; what may change of one may change."""
    other = replace(ROW, list_cost=Decimal(3), estimated=True)

    (both,) = merged([replace(ROW, list_cost=Decimal(2)), other])
    (unknown,) = merged([ROW, other])

    assert (both.billed_cost, both.list_cost, both.estimated) == (Decimal(2), Decimal(5), True)
    assert unknown.list_cost is None


@given(st.lists(st.decimals(-(10**25), 10**25, places=20), max_size=30))
def test_sums_do_not_depend_on_the_order(amounts: list[Decimal]) -> None:
    """They are not rounded."""
    assert total_of(amounts) == total_of(sorted(amounts)) == total_of(amounts[::-1])


@pytest.mark.parametrize(
    ("told", "amount"),
    [("1.50", "1.5"), ("-1e-7", "-0.0000001"), (0.1, "0.1"), (3, "3"), ("0E-999999", "0")],
)
def test_amounts_are_read_as_they_are_meant(told: object, amount: str) -> None:
    """Texts, floats and whole numbers."""
    assert amount_of(told) == Decimal(amount)


@pytest.mark.parametrize(
    "told",
    [None, True, "", "1,5", "nan", float("inf"), "1e30", "1e-70", "1e-59", "." + 59 * "1", b"1"],
)
def test_what_is_no_amount_is_refused(told: object) -> None:
    """The message shows it."""
    with pytest.raises(ValueError, match="cost is"):
        amount_of(told, "cost")


@given(written)
def test_every_amount_that_is_read_is_one_of_the_contract(told: str) -> None:
    """So that what was read from a file can be sent, and comes back as it was."""
    try:
        read = amount_of(told)
    except ValueError:
        return
    assert len(f"{read:f}") <= AMOUNT["maxLength"]
    assert re.fullmatch(AMOUNT["pattern"], f"{read:f}")
    assert read == Decimal(told)
