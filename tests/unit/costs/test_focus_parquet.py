"""Files in the format FOCUS, as Parquet: the same rows as from CSV."""

from __future__ import annotations

import struct
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from modelmetry.costs.focus import FocusFiles
from modelmetry.errors import CostCurrencyError, CostError, CostFileError, MissingExtraError
from tests.unit.costs.focus_data import LINE, written

START, END = date(2026, 9, 1), date(2026, 10, 1)
arrow: Any = import_module("pyarrow")  # which has no types
parquet: Any = import_module("pyarrow.parquet")


def stored(path: Path, **columns: Any) -> Path:
    """Write a file of three lines; a column is an array, a list, or one value for all."""
    told: dict[str, Any] = {**LINE, "BilledCost": 1.25, "EffectiveCost": 1.0, "ListCost": 2.0}
    arrays: dict[str, Any] = {
        name: value if hasattr(value, "type") or isinstance(value, list) else [value] * 3
        for name, value in (told | columns).items()
        if value is not ...
    }
    parquet.write_table(arrow.table(arrays), path)
    return path


def test_parquet_and_csv_come_to_the_same(tmp_path: Path) -> None:
    """Whatever types the columns have."""
    text = written(tmp_path / "a.csv", {}, {}, {})
    path = stored(tmp_path / "a.parquet")

    assert FocusFiles(path).read(START, END).rows == FocusFiles(text).read(START, END).rows


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_moments_of_every_type_mean_the_same(tmp_path: Path, unit: str, zone: str | None) -> None:
    """Nanoseconds and zones too; without a zone they are in UTC."""
    moments = [datetime(2026, 9, 1, 23, tzinfo=UTC)] * 3
    told = arrow.array(moments, arrow.timestamp("us", "UTC")).cast(arrow.timestamp(unit, zone))
    path = stored(tmp_path / "a.parquet", ChargePeriodStart=told)

    (row,) = FocusFiles(path).read(START, END).rows

    assert row.day == date(2026, 9, 1)


def test_a_nanosecond_is_no_trouble(tmp_path: Path) -> None:
    """Python's moments have none."""
    late = arrow.array([1788307199_999_999_999] * 3, arrow.timestamp("ns", "UTC"))

    (row,) = (
        FocusFiles(stored(tmp_path / "a.parquet", ChargePeriodStart=late)).read(START, END).rows
    )

    assert row.day == date(2026, 9, 1)


@pytest.mark.parametrize(
    "costs",
    [
        [0.1, 0.2, 0.3],
        ["0.1", "0.2", "0.3"],
        [Decimal("0.1000000000"), Decimal("0.2000000000"), Decimal("0.3000000000")],
    ],
)
def test_amounts_of_every_type_are_exact(tmp_path: Path, costs: list[Any]) -> None:
    """A float counts as the shortest text that means it."""
    (row,) = FocusFiles(stored(tmp_path / "a.parquet", BilledCost=costs)).read(START, END).rows

    assert row.billed_cost == Decimal("0.6")


@pytest.mark.parametrize(
    "tags",
    [
        arrow.array([[("team", "a")]] * 3, arrow.map_(arrow.string(), arrow.string())),
        [[{"key": "team", "value": "a"}]] * 3,
        [{"team": "a", "other": None}] * 3,
        ['{"team": "a"}'] * 3,
    ],
    ids=["map", "list of structs", "struct", "text"],
)
def test_tags_of_every_type_are_read(tmp_path: Path, tags: Any) -> None:
    """AWS writes a map, BigQuery a list of structs."""
    files = FocusFiles(stored(tmp_path / "a.parquet", Tags=tags), tags=["team"])

    assert [row.tags for row in files.read(START, END).rows] == [(("team", "a"),)]


def test_rows_that_make_no_sense_are_counted_and_named(tmp_path: Path) -> None:
    """By their number; null amounts, not a number, moments that are none."""
    path = stored(tmp_path / "a.parquet", BilledCost=[None, float("nan"), 1.0])

    reading = FocusFiles(path).read(START, END)

    assert (reading.lines, [line.line for line in reading.named]) == (3, [1, 2])
    assert "BilledCost is None" in reading.named[0].reason


NO_UTF8 = arrow.array([b"2026-09-01", b"\xff\xfe", b"USD"])


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("ServiceName", NO_UTF8),
        ("ServiceName", NO_UTF8.view(arrow.string())),
        ("ChargePeriodStart", arrow.array([0, 2**62, 0], arrow.timestamp("us"))),
        ("ChargePeriodStart", arrow.array([0, 2**30, 0], arrow.date32())),
        ("ChargePeriodStart", arrow.array([0, 2**50, 0], arrow.date64())),
    ],
    ids=["bytes", "text", "moment", "day", "milliseconds"],
)
def test_what_python_has_no_value_for_is_a_torn_row(
    tmp_path: Path, column: str, values: Any
) -> None:
    """No error of a library, and the other rows count."""
    reading = FocusFiles(stored(tmp_path / "a.parquet", **{column: values})).read(START, END)

    assert (reading.lines, [line.line for line in reading.named]) == (3, [2])


@pytest.mark.parametrize("value", [{"a": 1}, [1]], ids=["struct", "list"])
def test_moments_of_another_type_are_none(tmp_path: Path, value: Any) -> None:
    """Nothing can be read of such a file."""
    path = stored(tmp_path / "a.parquet", ChargePeriodStart=[value] * 3)

    with pytest.raises(CostFileError, match="which is no moment"):
        FocusFiles(path).read(START, END)


def test_texts_that_were_written_as_bytes_are_texts(tmp_path: Path) -> None:
    """Older writers do not say which they are."""
    told = {name: [LINE[name].encode()] * 3 for name in ("ServiceName", "ChargePeriodStart")}

    (row,) = FocusFiles(stored(tmp_path / "a.parquet", **told)).read(START, END).rows

    assert (row.service_name, row.day) == ("Storage", date(2026, 9, 1))


def test_a_page_whose_checksum_differs_is_refused(tmp_path: Path) -> None:
    """Where the writer wrote one; an amount is never another one."""
    path = tmp_path / "a.parquet"
    columns = {name: [value] * 3 for name, value in LINE.items()} | {"BilledCost": [1.25, 2.5, 5.0]}
    parquet.write_table(
        arrow.table(columns), path, write_page_checksum=True, compression="none",
        use_dictionary=False,
    )  # fmt: skip
    content = path.read_bytes()
    path.write_bytes(content.replace(struct.pack("<d", 2.5), struct.pack("<d", 2.25), 1))

    with pytest.raises(CostFileError, match="cannot be read"):
        FocusFiles(path).read(START, END)


@pytest.mark.parametrize("place", range(4, 3000, 97))
def test_a_file_with_a_wrong_byte_is_refused_or_read(tmp_path: Path, place: int) -> None:
    """And no error of a library is raised."""
    path = stored(tmp_path / "a.parquet")
    content = bytearray(path.read_bytes())
    content[-place % len(content)] ^= 0xD5
    path.write_bytes(content)

    with suppress(CostError):
        FocusFiles(path, tags=["team"]).read(START, END)


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    """As in CSV."""
    path = stored(tmp_path / "a.parquet", ListCost=..., SubAccountId=..., Tags=...)

    (row,) = FocusFiles(path).read(START, END).rows

    assert (row.list_cost, row.sub_account_id) == (None, None)


def test_wrong_columns_and_several_currencies_are_refused(tmp_path: Path) -> None:
    """With the messages of CSV."""
    with pytest.raises(CostFileError, match="no BilledCost"):
        FocusFiles(stored(tmp_path / "a.parquet", BilledCost=...)).read(START, END)
    with pytest.raises(CostCurrencyError, match="row 3: costs in EUR and USD"):
        FocusFiles(stored(tmp_path / "b.parquet", BillingCurrency=["USD", "USD", "EUR"])).read(
            START, END
        )


@pytest.mark.parametrize("kept", [0, 4, 200, -10])
def test_a_file_that_is_not_whole_is_refused(tmp_path: Path, kept: int) -> None:
    """Parquet has its index at the end."""
    path = stored(tmp_path / "a.parquet")
    path.write_bytes(path.read_bytes()[:kept])

    with pytest.raises(CostFileError, match=r"a\.parquet"):
        FocusFiles(path).read(START, END)


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    """As in CSV."""
    one, two = stored(tmp_path / "a.parquet"), stored(tmp_path / "b.parquet")

    assert FocusFiles(one, two).read(START, END).repeated == (str(two),)


def test_without_pyarrow_the_message_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CSV needs nothing."""
    path = stored(tmp_path / "a.parquet")
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'modelmetry\[parquet\]'"):
        FocusFiles(path).read(START, END)
    assert FocusFiles(written(tmp_path / "a.csv", {})).read(START, END).lines == 1
