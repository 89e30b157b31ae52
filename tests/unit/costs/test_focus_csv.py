"""Files in the format FOCUS, as CSV."""

from __future__ import annotations

import csv
import gzip
import io
import json
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from modelmetry.costs.focus import FocusFiles
from modelmetry.costs.focus_csv import Lines
from modelmetry.costs.focus_tally import LONGEST
from modelmetry.costs.focus_values import LONGEST_TAG
from modelmetry.costs.rows import CostRow
from modelmetry.costs.source import Spending
from modelmetry.errors import CostCurrencyError, CostFileError, InvalidValueError
from tests.unit.costs.focus_data import LINE, text, written

START, END = date(2026, 9, 1), date(2026, 10, 1)
SPEC = Path(__file__).parents[3] / "openapi" / "spec.yaml"


def rows(*paths: Path, **options: Any) -> list[CostRow]:
    """What files come to in September."""
    return list(FocusFiles(*paths, **options).rows(START, END))


def test_lines_are_added_up_by_day_and_service(tmp_path: Path) -> None:
    """Hours and resources do not matter; amounts are exact."""
    later = {"ChargePeriodStart": "2026-09-01T23:00:00Z", "BilledCost": "0.0000000001"}
    path = written(tmp_path / "a.csv", {}, later, {"ServiceName": "Compute"})

    compute, storage = rows(path)

    assert storage == CostRow(
        charge_period_start=datetime(2026, 9, 1, tzinfo=UTC),
        charge_period_end=datetime(2026, 9, 2, tzinfo=UTC),
        billed_cost=Decimal("1.2500000001"),
        effective_cost=Decimal(2),
        list_cost=Decimal(4),
        billing_currency="USD",
        service_name="Storage",
        charge_category="Usage",
        sub_account_id="1234",
    )
    assert compute.service_name == "Compute"


@pytest.mark.parametrize(
    "moment",
    [
        "2026-09-02T00:00Z",  # Azure
        "2026-09-02T00:00:00.000Z",  # AWS
        "2026-09-02 00:00:00 UTC",  # Google, from BigQuery
        "2026-09-02 00:00:00.000000 UTC",
        "2026-09-02 00:00:00.000 +0000",  # Snowflake
        "2026-09-01T22:30:00-05:00",
        "2026-09-02",
        "2026-09-02T01:00:00",
    ],
)
def test_moments_are_read_as_each_cloud_writes_them(tmp_path: Path, moment: str) -> None:
    """All mean the second of September in UTC."""
    (row,) = rows(written(tmp_path / "a.csv", {"ChargePeriodStart": moment}))

    assert row.day == date(2026, 9, 2)


@pytest.mark.parametrize(
    "told",
    [
        '{"team": "search", "host": "a"}',
        '"team": "search"',  # Azure, before FOCUS was final
        '[{"key": "team", "value": "search"}]',  # BigQuery
    ],
)
def test_wanted_tags_part_the_rows(tmp_path: Path, told: str) -> None:
    """The others do not."""
    path = written(tmp_path / "a.csv", {"Tags": told}, {"Tags": ""})

    assert [row.tags for row in rows(path, tags=["team"])] == [(), (("team", "search"),)]
    assert len(rows(path)) == 1


@pytest.mark.parametrize("spelling", [str.upper, str.lower])
def test_columns_may_be_spelled_as_databases_do(tmp_path: Path, spelling: Any) -> None:
    """`BILLED_COST` and `billedcost` are `BilledCost`; a byte order mark is passed over."""
    header, _, body = text([{}]).partition("\r\n")
    snake = header.replace("BilledCost", "Billed_Cost")
    path = tmp_path / "a.csv"
    path.write_text("\ufeff" + spelling(snake) + "\r\n" + body, encoding="utf-8")

    assert [row.billed_cost for row in rows(path)] == [Decimal("1.25")]


def test_only_the_days_asked_for_count(tmp_path: Path) -> None:
    """The end is excluded."""
    before = {"ChargePeriodStart": "2026-08-31T23:59:59Z"}
    after = {"ChargePeriodStart": "2026-10-01T00:00:00Z", "BillingCurrency": "EUR"}

    assert len(rows(written(tmp_path / "a.csv", before, {}, after))) == 1


def test_optional_columns_may_be_missing(tmp_path: Path) -> None:
    """Their values are not known, and no guess is made."""
    needed = [name for name in LINE if name not in {"ListCost", "SubAccountId", "Tags"}]

    (row,) = rows(written(tmp_path / "a.csv", {}, columns=needed), tags=["team"])

    assert (row.list_cost, row.sub_account_id, row.tags) == (None, None, ())


def test_a_list_cost_that_is_missing_once_is_not_known(tmp_path: Path) -> None:
    """The sum of the others would look like a discount."""
    assert rows(written(tmp_path / "a.csv", {}, {"ListCost": ""}))[0].list_cost is None


def test_money_without_a_service_counts(tmp_path: Path) -> None:
    """Some clouds name none for taxes."""
    nameless = {"ServiceName": "", "ChargeCategory": "", "SubAccountId": ""}

    (row,) = rows(written(tmp_path / "a.csv", nameless))

    assert (row.service_name, row.charge_category, row.sub_account_id) == ("unnamed", None, None)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (["Date", "Cost"], "no ChargePeriodStart, BillingCurrency, ServiceName"),
        ([name for name in LINE if name != "EffectiveCost"], "no EffectiveCost;"),
        ([*LINE, "BilledCost"], "BilledCost is there twice"),
        ([], "no ChargePeriodStart"),
    ],
)
def test_wrong_columns_are_named(tmp_path: Path, columns: list[str], said: str) -> None:
    """The message says which are missing and which there are."""
    with pytest.raises(CostFileError, match=said):
        rows(written(tmp_path / "a.csv", {}, columns=columns))


def test_several_currencies_are_refused_as_a_whole(tmp_path: Path) -> None:
    """The message names both, the file and the line."""
    path = written(tmp_path / "a.csv", {}, {"BillingCurrency": "EUR"})

    with pytest.raises(CostCurrencyError, match=r"a\.csv:3: costs in EUR and USD"):
        rows(path)


def test_files_of_several_currencies_are_refused_as_well(tmp_path: Path) -> None:
    """The message names the file that differs."""
    one = written(tmp_path / "a.csv", {})
    other = written(tmp_path / "b.csv", {"BillingCurrency": "EUR"})

    with pytest.raises(CostCurrencyError, match=r"b\.csv: costs in EUR and USD"):
        rows(one, other)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"BilledCost": "NaN"}, "BilledCost is 'NaN'"),
        ({"BilledCost": "-Infinity"}, "no amount of money"),
        ({"BilledCost": ""}, "BilledCost is ''"),
        ({"EffectiveCost": "1,5"}, "EffectiveCost is '1,5'"),
        ({"ListCost": "free"}, "ListCost is 'free'"),
        ({"BilledCost": "1e999999"}, "too large"),
        ({"BilledCost": "1e-999999"}, "too large or too long"),
        ({"BilledCost": "0." + "1" * 100}, "too long"),
        ({"BilledCost": "1_000"}, "BilledCost is '1_000'"),
        ({"BilledCost": "\uff11\uff12"}, "no amount"),
        ({"ChargePeriodStart": "09/01/2026"}, "no moment of ISO 8601"),
        ({"ChargePeriodStart": "0001-01-01T00:00:00+14:00"}, "no day of UTC"),
        ({"ChargePeriodStart": "9999-12-31T23:00:00-14:00"}, "no day of UTC"),
        ({"ChargePeriodStart": "2026-09-31T00:00:00Z"}, "out of range"),
        ({"ChargePeriodStart": ""}, "no moment"),
        ({"BillingCurrency": ""}, "BillingCurrency is empty"),
        ({"BillingCurrency": "usd"}, "BillingCurrency is 'usd', which is no code of ISO 4217"),
        ({"ServiceName": "s" * 256}, "more than 255 characters"),
        ({"ChargeCategory": "c" * 101}, "more than 100 characters"),
        ({"SubAccountId": "a" * 256}, "more than 255 characters"),
        ({"Tags": json.dumps({"team": "t" * 1001})}, "more than 1,000 characters"),
        ({"Tags": "{"}, "no JSON"),
        ({"Tags": "[1]"}, "cannot be understood"),
        ({"Tags": '["te"]'}, "cannot be understood"),
        ({"Tags": '[[["team"], "a"]]'}, "cannot be understood"),
        ({"Tags": "[" * 100_000}, "no JSON"),
    ],
)
def test_a_line_that_makes_no_sense_is_counted_and_named(
    tmp_path: Path, change: dict[str, str], reason: str
) -> None:
    """The others count."""
    files = FocusFiles(written(tmp_path / "a.csv", {}, change, {}), tags=["team"])

    reading = files.read(START, END)

    assert [row.billed_cost for row in reading.rows] == [Decimal("2.5")]
    assert (reading.lines, reading.torn, len(reading.named)) == (3, 1, 1)
    assert str(reading.named[0]).startswith(f"{tmp_path}/a.csv:3: ")
    assert reason in reading.named[0].reason
    assert files.last is reading


CUT = text([{"Tags": '{"team": "a, b"}', "ServiceName": 'The "best"'}] * 4).splitlines()
# Where the last field begins a line that was cut looks like a whole one.
CUTS = [cut for cut in range(1, len(CUT[1])) if cut != CUT[1].index('"{')]


@pytest.mark.parametrize("cut", CUTS)
def test_a_line_that_was_cut_takes_no_other_with_it(tmp_path: Path, cut: int) -> None:
    """Also if it ends within quotes, which go on until the next quote of a later line."""
    lines = CUT
    path = tmp_path / "a.csv"
    path.write_text("\n".join([*lines[:2], lines[2][:cut], *lines[3:]]) + "\n")

    reading = FocusFiles(path, tags=["team"]).read(START, END)

    assert [row.billed_cost for row in reading.rows] == [Decimal("3.75")]
    assert [line.line for line in reading.named] == [3]


def test_a_quote_that_never_ends_takes_no_other_line_with_it(tmp_path: Path) -> None:
    """Not even to the end of a long file."""
    path = tmp_path / "a.csv"
    plain = text([{"Tags": ""}] * 500).splitlines()
    path.write_text("\n".join([*plain[:100], '"' + plain[100], *plain[101:]]))

    reading = FocusFiles(path).read(START, END)

    assert (reading.lines, reading.torn, reading.named[0].line) == (500, 1, 101)


@pytest.mark.parametrize("between", [1, 60])
def test_a_quote_that_ends_lines_later_takes_no_other_line_with_it(
    tmp_path: Path, between: int
) -> None:
    """Although the lines from quote to quote look like one that is whole, tags and all."""
    lines = text([{"Tags": ""}] * (between + 2)).splitlines()
    path = tmp_path / "a.csv"
    path.write_text("\n".join([lines[0], lines[1] + '"{', *lines[2:-1], '}"', lines[-1]]))

    reading = FocusFiles(path).read(START, END)

    assert reading.rows[0].billed_cost == Decimal("1.25") * (between + 1)
    assert [line.line for line in reading.named] == [2, between + 3]


def test_a_line_break_within_quotes_is_part_of_the_line(tmp_path: Path) -> None:
    """Lines after it keep their numbers."""
    path = written(tmp_path / "a.csv", {"Tags": '{"team":\n"search"}'}, {"BilledCost": "x"})

    reading = FocusFiles(path, tags=["team"]).read(START, END)

    assert [row.tags for row in reading.rows] == [(("team", "search"),)]
    assert [line.line for line in reading.named] == [4]


def test_a_line_break_in_the_first_field_is_part_of_the_line_too(tmp_path: Path) -> None:
    """What follows it looks like a line that is whole by itself."""
    columns = ["ServiceName", *(name for name in LINE if name != "ServiceName")]
    path = written(tmp_path / "a.csv", {"ServiceName": "Storage\nand more"}, columns=columns)

    assert [row.service_name for row in rows(path)] == ["Storage\nand more"]


# Texts of several lines, of which one has as many fields as there are columns.
LATER = {
    "with a quote too many": (
        {"ServiceName": 'The "best"\n', "Tags": '{"team": "0", "host": ","}'},
        1,
    ),
    "without a day": ({"ServiceName": "Storage\n" + ",".join("abcdefghijk") + "\nmore"}, 10),
}


@pytest.mark.parametrize(("changes", "place"), LATER.values(), ids=list(LATER))
def test_a_line_with_as_many_commas_as_columns_is_no_line_by_itself(
    tmp_path: Path, changes: dict[str, str], place: int
) -> None:
    """Its quotes must be closed, and a day and an amount stand where their columns are."""
    moved = ("BillingCurrency", "ServiceName", "Tags")
    columns = ["BillingCurrency", *(name for name in LINE if name not in moved)]
    columns[place:place] = ["ServiceName", "Tags"]
    path = written(tmp_path / "a.csv", changes, columns=columns)

    reading = FocusFiles(path).read(START, END)

    assert reading.torn == 0
    assert [row.service_name for row in reading.rows] == [changes["ServiceName"]]


def test_a_quote_that_never_ends_holds_a_few_lines_in_memory() -> None:
    """Whatever the application has set as the largest field."""
    lines = Lines(io.StringIO("some text\n" * 1000))

    with pytest.raises(csv.Error, match="still open after 50 lines"):
        list(lines)


def test_a_line_without_end_is_torn_and_not_held_in_memory(tmp_path: Path) -> None:
    """Also within quotes, where it is read twice; the lines after it count."""
    plain = text([{"Tags": ""}] * 3).splitlines()
    endless = "x" * 20_000_000
    path = tmp_path / "a.csv"
    path.write_text("\n".join([*plain[:2], '"' + plain[2], endless, plain[3], ""]))
    tracemalloc.start()

    reading = FocusFiles(path).read(START, END)

    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reading.rows[0].billed_cost == Decimal("2.50")
    assert [line.line for line in reading.named] == [3, 4]
    assert most < len(endless)


def test_limits_are_those_of_the_contract() -> None:
    """So that no line of a file stops an import of it."""
    spec = yaml.safe_load(SPEC.read_text("utf-8"))
    members = spec["components"]["schemas"]["CostDayRow"]["properties"]

    assert {name: members[name]["maxLength"] for name in LONGEST} == LONGEST
    assert members["Tags"]["additionalProperties"]["maxLength"] == LONGEST_TAG


def test_a_header_without_end_is_none_of_focus(tmp_path: Path) -> None:
    """Of which a part is shown."""
    path = tmp_path / "a.csv"
    path.write_text("x" * 500_000)

    with pytest.raises(CostFileError, match="is no file of FOCUS"):
        rows(path)


def test_of_a_tag_that_is_there_twice_the_last_one_counts(tmp_path: Path) -> None:
    """As in a JSON object, so that rows have one value of each."""
    path = written(tmp_path / "a.csv", {"Tags": '[["team", "a"], ["team", "b"]]'})

    assert [row.tags for row in rows(path, tags=["team"])] == [(("team", "b"),)]


def test_a_file_of_nothing_but_torn_lines_is_refused(tmp_path: Path) -> None:
    """The message says what is wrong with the first."""
    path = written(tmp_path / "a.csv", {"BilledCost": "?"}, {"BilledCost": "?"})

    with pytest.raises(CostFileError, match=r"not one of 2 lines.*:2: BilledCost is '\?'"):
        rows(path)


def test_many_torn_lines_are_counted_but_not_all_named(tmp_path: Path) -> None:
    """A report stays short."""
    path = written(tmp_path / "a.csv", {}, *[{"BilledCost": "?"}] * 50)

    reading = FocusFiles(path).read(START, END)

    assert (reading.torn, len(reading.named)) == (50, 20)


def test_bytes_that_are_no_utf8_make_a_line_torn(tmp_path: Path) -> None:
    """A service is never called something with question marks."""
    path = written(tmp_path / "a.csv", {}, {"ServiceName": "Caf_"})
    path.write_bytes(path.read_bytes().replace(b"Caf_", b"Caf\xe9"))

    assert FocusFiles(path).read(START, END).torn == 1


def test_the_parts_of_an_export_are_added_up(tmp_path: Path) -> None:
    """Of a folder and those below it, compressed or not; other files are passed over."""
    below = tmp_path / "BILLING_PERIOD=2026-09"
    below.mkdir()
    written(tmp_path / "part-1.csv", {})
    written(below / "part-2.csv.gz", {"BilledCost": "2"}).rename(below / "PART-2.CSV.GZ")
    (below / "manifest.json").write_text("{}")

    assert [row.billed_cost for row in rows(tmp_path)] == [Decimal("3.25")]


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    """Under another name, or compressed, as well; the copies are named."""
    one = written(tmp_path / "a.csv", {})
    two = written(tmp_path / "b.csv", {})
    three = written(tmp_path / "c.csv.gz", {})

    reading = FocusFiles(one, one, two, three).read(START, END)

    assert [row.billed_cost for row in reading.rows] == [Decimal("1.25")]
    assert (reading.files, reading.lines) == (1, 1)
    assert reading.repeated == (str(one), str(two), str(three))


def test_reading_again_gives_rows_of_the_same_identity(tmp_path: Path) -> None:
    """Another source, service or category has another one."""
    path = written(tmp_path / "a.csv", {}, {"ServiceName": "B"}, {"ChargeCategory": "Tax"})

    first, again = (([row.identity("x") for row in rows(path)]) for _ in range(2))

    assert first == again
    assert len(set(first)) == 3
    assert rows(path)[0].identity("y") not in first


def test_an_archive_that_ends_early_is_refused(tmp_path: Path) -> None:
    """How much of the money is missing cannot be known."""
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(text([LINE] * 100).encode())[:-30])

    with pytest.raises(CostFileError, match="fetch it again"):
        rows(path)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    """With the path, and no error of a library."""
    path = tmp_path / "a.csv.gz"
    path.write_text(text([{}]))

    with pytest.raises(CostFileError, match="damaged"):
        rows(path)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.csv", "cannot be read"),
        ("missing.parquet", "cannot be read"),
        ("a.xlsx", "none of"),
        ("empty", "has no file"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, name: str, said: str) -> None:
    """Missing files, other formats, folders without files."""
    (tmp_path / "empty").mkdir()

    with pytest.raises(CostFileError, match=f"{name}.*{said}"):
        rows(tmp_path / name)


def test_a_source_without_paths_is_a_mistake() -> None:
    """It is said where it is made."""
    with pytest.raises(InvalidValueError, match="path"):
        FocusFiles()


@pytest.mark.parametrize(
    ("today", "estimated"),
    [(date(2026, 9, 30), True), (date(2026, 10, 5), True), (date(2026, 10, 6), False)],
)
def test_a_month_is_estimated_until_clouds_have_closed_it(
    tmp_path: Path, today: date, estimated: bool
) -> None:
    """Five days after its end."""
    (row,) = rows(written(tmp_path / "a.csv", {}), today=lambda: today)

    assert row.estimated is estimated


def test_how_much_is_remembered_makes_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Days and tags that were read before are forgotten where there are very many."""
    hours = [
        {"ChargePeriodStart": f"2026-09-0{day}T00:00:00Z", "Tags": f'{{"team": "{day}"}}'}
        for day in (1, 2, 3, 1, 2, 3)
    ]
    path = written(tmp_path / "a.csv", *hours)
    expected = rows(path, tags=["team"])
    monkeypatch.setattr("modelmetry.costs.focus_tally._MOST_REMEMBERED", 1)

    assert rows(path, tags=["team"]) == expected
    assert len(expected) == 3


def test_files_cost_nothing(tmp_path: Path) -> None:
    """No poll of them is paid."""
    files = FocusFiles(written(tmp_path / "a.csv", {}), name="azure")

    assert (files.name, files.spending) == ("azure", Spending(0, Decimal(0)))
