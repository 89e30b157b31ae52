"""Production metrics by name, and one of them over time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from modelmetry_api.models import (
    ProductionGroup,
    ProductionMetric,
    ProductionMetricList,
    ProductionPoint,
    ProductionQuantile,
    ProductionSeries,
)

from modelmetry.store.production import ProductionSeriesQuery
from modelmetry.store.sqlite.encode import Micros, decode_json, from_micros, to_micros
from modelmetry.store.sqlite.names import HIGHEST, NameKind, name_id, tenant_id
from modelmetry.store.sqlite.production_groups import groups_of
from modelmetry.store.sqlite.production_parts import KIND_NAMES, Kind
from modelmetry.store.sqlite.production_sums import Series, Total, find_series
from modelmetry.store.sqlite.production_windows import SECOND, stepped

MOST_METRICS: Final = 1_000
"""So many metrics are listed."""
MOST_SERVICES: Final = 100
"""So many services of a metric are named."""

REBUCKETED: Final = (
    "bounds of buckets differ, as between releases: quantiles are of the {} bounds that all have"
)
"""What is said of histograms whose bounds differ."""
LEFT_OUT: Final = "left out is what was told as {}"
"""What is said of series of the same name that cannot be added."""
_MOST_LEFT: Final = 5

_LIST: Final = """
    SELECT n.text, s.kind, s.unit, s.attributes,
        coalesce((SELECT text FROM name WHERE id = s.service), ''), count(*)
    FROM production_series s JOIN name n ON n.id = s.name
    WHERE s.tenant = :tenant AND s.name IN (
        SELECT id FROM name WHERE tenant = :tenant AND kind = :kind
        AND text >= :prefix AND text < :above
    ) {and_service}
    GROUP BY n.text, s.kind, s.unit, s.attributes, s.service ORDER BY n.text, s.kind, s.unit
"""


def list_metrics(
    connection: sqlite3.Connection, tenant: str, service: str | None, prefix: str
) -> ProductionMetricList:
    """What was measured, by name."""
    number = tenant_id(connection, tenant)
    values: dict[str, Any] = {
        "tenant": number,
        "kind": int(NameKind.PRODUCTION),
        "prefix": prefix,
        "above": prefix + HIGHEST,
    }
    and_service = ""
    if service is not None and number is not None:
        of = 0 if not service else name_id(connection, number, NameKind.SERVICE, service)
        values["service"], and_service = of, "AND s.service = :service"
    listed = connection.execute(_LIST.format(and_service=and_service), values)
    found: list[ProductionMetric] = []
    for key, some in groupby(listed, lambda row: row[:3]):
        if len(found) == MOST_METRICS:
            break
        found.append(_metric(key, list(some)))
    return ProductionMetricList(metrics=found)


def _metric(key: tuple[str, int, str], rows: Sequence[tuple[Any, ...]]) -> ProductionMetric:
    name, kind, unit = key
    attributes = {one for row in rows for one in decode_json(row[3])}
    return ProductionMetric(
        name=name,
        kind=KIND_NAMES[kind],
        unit=unit,
        attributes=sorted(attributes),
        services=sorted({row[4] for row in rows})[:MOST_SERVICES],
        series_count=sum(row[5] for row in rows),
    )


def series_over_time(
    connection: sqlite3.Connection, tenant: str, query: ProductionSeriesQuery, now: Micros
) -> ProductionSeries:
    """One metric over time, by groups.

    Raises:
        StoreQueryError: the window cannot be, or there is too much in it.
    """
    start, end = query.window.bounds(from_micros(now))
    span, step = stepped(to_micros(start), to_micros(end), now)
    chosen, left = _chosen(connection, tenant, query)
    answered, count = groups_of(connection, chosen, query, span, step)
    differing = [one.whole for one in answered if one.whole.differed]
    kind = chosen[0].kind if chosen else Kind.COUNTER
    return ProductionSeries(
        name=query.name,
        kind=KIND_NAMES[kind],
        unit=chosen[0].unit if chosen else "",
        window=span.model(),
        step_seconds=step // SECOND,
        groups=[
            ProductionGroup(
                attributes=dict(one.group),
                points=[
                    _point(at, part, kind, step / SECOND, query.quantiles)
                    for at, part in one.points
                ],
                total=_point(span.start, one.whole, kind, span.seconds, query.quantiles),
            )
            for one in answered
        ],
        group_count=count,
        note="; ".join(
            [REBUCKETED.format(len(one.bounds)) for one in differing[:1]]
            + [LEFT_OUT.format(name) for name in left]
        ),
    )


def _chosen(
    connection: sqlite3.Connection, tenant: str, query: ProductionSeriesQuery
) -> tuple[list[Series], list[str]]:
    """The series that are asked for, all of the kind and unit that came last, and the others'."""
    number = tenant_id(connection, tenant)
    if number is None:
        return [], []
    found = [
        one
        for one in find_series(connection, number, query.name, query.service)
        if all(one.attributes.get(name, "") == value for name, value in query.attributes)
    ]
    if not found:
        return [], []
    last = found[-1].kind, found[-1].unit
    others = {(one.kind, one.unit) for one in found} - {last}
    left = [f"{KIND_NAMES[kind]} in {unit or 'no unit'}" for kind, unit in sorted(others)]
    return [one for one in found if (one.kind, one.unit) == last], left[:_MOST_LEFT]


def _point(
    start: Micros, part: Total, kind: Kind, seconds: float, quantiles: Sequence[float]
) -> ProductionPoint:
    cell, is_gauge = part.cell, kind == Kind.GAUGE
    grown = part.count if kind == Kind.HISTOGRAM else cell.sum
    return ProductionPoint(
        start=from_micros(start),
        sum_=None if is_gauge else cell.sum,
        count=None if kind == Kind.COUNTER else part.count,
        rate=None if is_gauge else grown / seconds,
        mean=part.mean,
        min_=cell.low,
        max_=cell.high,
        last=cell.last,
        quantiles=list(_quantiles(part, quantiles)),
    )


def _quantiles(part: Total, ranks: Sequence[float]) -> Iterator[ProductionQuantile]:
    for rank in ranks:
        found = part.quantile(rank)
        if found is not None:
            yield ProductionQuantile(
                quantile=rank, value=found.value, above=found.above, up_to=found.up_to
            )
