"""What is asked of Cost Explorer: the parameters of GetCostAndUsage."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final, Literal, get_args

from modelmetry.errors import InvalidValueError

Metric = Literal["UnblendedCost", "NetUnblendedCost", "AmortizedCost", "NetAmortizedCost"]
"""What counts as effective cost; blended rates are an average of an organisation and no cost."""

BILLED: Final[Metric] = "UnblendedCost"
_TAG: Final = "tag:"
# GroupDefinition of the API's reference; SERVICE is always the first
DIMENSIONS: Final = frozenset(
    {
        *("AZ", "INSTANCE_TYPE", "INVOICING_ENTITY", "LEGAL_ENTITY_NAME", "LINKED_ACCOUNT"),
        *("OPERATION", "PLATFORM", "PURCHASE_TYPE", "RECORD_TYPE", "REGION", "TENANCY"),
        *("USAGE_TYPE",),
    }
)


def metrics(metric: Metric) -> list[str]:
    """Give what is asked for: both amounts of one answer, which costs no more than one."""
    if metric not in get_args(Metric):
        raise InvalidValueError(
            f"metric must be one of {', '.join(get_args(Metric))}, not {metric!r}"
        )
    return [BILLED] if metric == BILLED else [BILLED, metric]


def groups(second: str | None) -> list[dict[str, str]]:
    """Give the definitions of groups: by service, and by one more thing if wanted."""
    by_service = {"Type": "DIMENSION", "Key": "SERVICE"}
    if second is None:
        return [by_service]
    if second.startswith(_TAG) and second != _TAG:
        return [by_service, {"Type": "TAG", "Key": second.removeprefix(_TAG)}]
    if second not in DIMENSIONS:
        raise InvalidValueError(
            f"second must be 'tag:NAME' or one of {', '.join(sorted(DIMENSIONS))}, not {second!r}"
        )
    return [by_service, {"Type": "DIMENSION", "Key": second}]


def filters(without: Collection[str], tags: Mapping[str, Collection[str]]) -> dict[str, Any] | None:
    """Give the filter, or `None` where nothing is left out.

    Args:
        without: types of records that are left out, such as `Tax`, `Credit` and `Refund`.
        tags: names of tags, each with the values of which a charge must have one.
    """
    parts: list[dict[str, Any]] = []
    if without:
        types = {"Key": "RECORD_TYPE", "Values": sorted(without)}
        parts.append({"Not": {"Dimensions": types}})
    for name, values in sorted(tags.items()):
        if isinstance(values, str) or not values:
            raise InvalidValueError(
                f"values of the tag {name!r} must be a list of texts that is not empty, "
                f"not {values!r}"
            )
        parts.append({"Tags": {"Key": name, "Values": sorted(values)}})
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else {"And": parts}


def question(
    start: date,
    end: date,
    *,
    asked: list[str],
    grouped: list[dict[str, str]],
    filtered: dict[str, Any] | None,
) -> dict[str, Any]:
    """Give the parameters for whole days of UTC.

    Args:
        start: the first day.
        end: the day after the last one; the API excludes it as well.
        asked: from `metrics`.
        grouped: from `groups`.
        filtered: from `filters`.
    """
    if end <= start:
        raise InvalidValueError(f"the end of costs must be after their start: {start} to {end}")
    parameters: dict[str, Any] = {
        "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
        "Granularity": "DAILY",
        "Metrics": asked,
        "GroupBy": grouped,
    }
    if filtered is not None:
        parameters["Filter"] = filtered
    return parameters
