"""What stands in the cells of FOCUS files, as the clouds write it: moments and tags."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, cast

from modelmetry.costs.rows import Tags

LONGEST_TAG: Final = 1000
"""Characters of a tag, as `CostDayRow` of the contract has them."""

# Azure writes "2026-09-01T00:00Z", AWS "2026-09-01T00:00:00.000Z", BigQuery "2026-09-01 00:00:00
# UTC", Snowflake "2026-09-01 00:00:00.000 +0000"; without a zone it is UTC, as FOCUS demands.
_MOMENT: Final = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


def day_of(value: object) -> date:
    """Give the day of UTC of a moment.

    Args:
        value: a text of ISO 8601, or a `datetime`; without a zone it is in UTC.

    Raises:
        ValueError: it is no moment.
    """
    try:
        return _day_of(value)
    except OverflowError:  # the first or last day of all, in another zone
        raise ValueError(f"ChargePeriodStart is {value!r}, which is no day of UTC") from None


def _day_of(value: object) -> date:
    if isinstance(value, datetime):
        return value.date() if value.tzinfo is None else value.astimezone(UTC).date()
    if isinstance(value, date):
        return value
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"ChargePeriodStart is {value!r}, which is no moment of ISO 8601")
    day, clock, zone = found.groups()
    if zone in {None, "Z", "UTC"}:
        return datetime.fromisoformat(f"{day}T{clock or '00:00'}").date()
    return datetime.fromisoformat(f"{day}T{clock}{zone}").astimezone(UTC).date()


def tags_of(value: object, wanted: Collection[str]) -> Tags:
    """Give those of the tags that are wanted, sorted by name.

    Args:
        value: a JSON object, also without its braces (Azure before FOCUS), a mapping, a list of
            pairs (Parquet), or a list of objects with `key` and `value` (BigQuery).
        wanted: their names.

    Raises:
        ValueError: it is none of these.
    """
    read = _json(value) if isinstance(value, str) else value
    pairs: list[tuple[object, object]] = []
    try:
        if isinstance(read, Mapping):
            pairs = list(cast("Mapping[object, object]", read).items())
        else:
            pairs = [_pair(item) for item in cast("Any", read or ())]
        found = {str(name): _text(told) for name, told in pairs if name in wanted}
    except (KeyError, TypeError) as error:
        raise ValueError(f"Tags are {str(value)[:40]!r}, which cannot be understood") from error
    for name, told in found.items():
        if len(told) > LONGEST_TAG:
            raise ValueError(f"the tag {name} has more than {LONGEST_TAG:,} characters")
    return tuple(sorted(found.items()))


def _json(text: str) -> object:
    told = text.strip()
    if told and told[0] not in "{[":
        told = f"{{{told}}}"
    try:
        return json.loads(told) if told else None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"Tags are {text[:40]!r}, which is no JSON") from error


def _pair(item: Any) -> tuple[object, object]:
    if isinstance(item, Mapping):
        told = cast("Mapping[str, object]", item)
        return told["key"], told["value"]
    if isinstance(item, str):
        raise TypeError("a text is no pair")
    name, value = item
    return name, value


def _text(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)
