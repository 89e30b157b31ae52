"""Whatever rows a cloud writes: what comes back is their exact sum by day and service."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from modelmetry.costs.focus import FocusFiles
from modelmetry.costs.focus_reading import FocusReading
from modelmetry.errors import CostFileError
from tests.unit.costs.focus_data import LINE, text

START, END = date(2026, 9, 1), date(2026, 9, 5)

names = st.text(st.characters(codec="utf-8", exclude_characters="\ufffd"), min_size=1, max_size=8)
amounts = st.decimals(-(10**12), 10**12, places=12).map(str) | st.sampled_from(
    ["0", "-1e-9", "5E3"]
)
zones = st.sampled_from([0, 60, -300, 345])


@st.composite
def lines(draw: st.DrawFn) -> Mapping[str, str]:
    """One line, on one of a few days, in any zone."""
    moment = datetime(2026, 8, 31, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 6 * 1440)))
    local = moment + timedelta(minutes=draw(zones))
    offset = local - moment
    sign, minutes = "-" if offset < timedelta(0) else "+", abs(offset) // timedelta(minutes=1)
    return {
        "ChargePeriodStart": f"{local:%Y-%m-%dT%H:%M:%S}{sign}{minutes // 60:02}:{minutes % 60:02}",
        "BilledCost": draw(amounts),
        "EffectiveCost": draw(amounts),
        "ListCost": draw(amounts),
        "ServiceName": draw(st.sampled_from(["A", "B", 'The "best", of all\n']) | names),
        "SubAccountId": draw(st.sampled_from(["", "1"])),
        "ChargeCategory": draw(st.sampled_from(["Usage", "Tax"])),
        "Tags": json.dumps({"team": draw(names), "host": draw(names)}),
        "Day": str(moment.date()),
    }


def read(*contents: str, tags: Sequence[str] = ()) -> FocusReading:
    """Read texts as files."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{place}.csv") for place in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_text(content, newline="", encoding="utf-8")
        return FocusFiles(*paths, tags=tags).read(START, END)


@given(st.lists(lines(), max_size=20), st.permutations(list(LINE)))
def test_rows_that_are_written_come_back(
    written: list[Mapping[str, str]], columns: list[str]
) -> None:
    """Each group with the exact sum of its lines, whatever the order of the columns."""
    expected: dict[tuple[object, ...], list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
    for line in written:
        if START <= date.fromisoformat(line["Day"]) < END:
            tag = json.loads(line["Tags"])["team"]
            names = (line["ServiceName"], line["ChargeCategory"], line["SubAccountId"] or None)
            told = [Fraction(line[name]) for name in ("BilledCost", "EffectiveCost", "ListCost")]
            key = (line["Day"], *names, (("team", tag),))
            expected[key] = [one + other for one, other in zip(expected[key], told, strict=True)]

    reading = read(text(written, columns), tags=["team"])

    found = {
        (str(row.day), row.service_name, row.charge_category, row.sub_account_id, row.tags): [
            Fraction(row.billed_cost),
            Fraction(row.effective_cost),
            Fraction(row.list_cost or 0),
        ]
        for row in reading.rows
    }
    assert found == expected
    assert (reading.torn, reading.lines) == (0, len(written))


@given(st.lists(lines(), min_size=2, max_size=12), st.randoms(use_true_random=False))
def test_parts_and_order_make_no_difference(
    written: list[Mapping[str, str]], chance: Random
) -> None:
    """An export in two files, shuffled, comes to the same: sums are not rounded."""
    shuffled = list(written)
    chance.shuffle(shuffled)
    cut = chance.randrange(len(shuffled))
    first, second = text(shuffled[:cut]), text(shuffled[cut:])
    whole = read(text(written))

    assert read(first, second).rows == whole.rows or first == second


@given(
    st.lists(lines(), min_size=1, max_size=8),
    st.text(st.sampled_from('",;1a{}\\'), min_size=1, max_size=30),
    st.integers(0, 8),
)
def test_a_line_of_rubbish_takes_no_other_with_it(
    written: list[Mapping[str, str]], rubbish: str, place: int
) -> None:
    """Also if it opens quotes; every other line counts."""
    parts = [text([line]).partition("\r\n") for line in written]
    header, bodies = parts[0][0], [body for _, _, body in parts]
    torn = [*bodies[:place], rubbish + "\r\n", *bodies[place:]]

    reading = read("\r\n".join([header, "".join(torn)]))

    assert reading.rows == read(text(written)).rows
    assert reading.torn >= 1


@given(st.lists(st.binary(max_size=60), max_size=6), st.booleans())
def test_bytes_of_any_kind_end_in_an_error_of_ours_or_in_torn_lines(
    junk: list[bytes], with_header: bool
) -> None:
    """Nothing else is raised, and nothing is made up."""
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("csv", "csv.gz", "parquet"):
            path = Path(folder, f"a.{ending}")
            header = text([]).encode() if with_header and ending == "csv" else b""
            path.write_bytes(header + b"\n".join(junk))
            try:
                reading = FocusFiles(path).read(START, END)
            except CostFileError:
                continue
            assert sum((row.billed_cost for row in reading.rows), Decimal(0)) == 0
