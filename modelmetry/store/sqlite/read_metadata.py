"""What traces have in their metadata, for pickers."""

from __future__ import annotations

import sqlite3
from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import Any, Final, cast

from modelmetry_api.models import MetadataKey, MetadataNameList, MetadataValue

from modelmetry.store.sqlite.encode import Micros, decode_json
from modelmetry.store.sqlite.names import tenant_id
from modelmetry.store.sqlite.terms import text_of
from modelmetry.store.sqlite.totals import stretch_of

MOST_TRACES: Final = 5_000
_PARTS: Final = 100
_MOST: Final = 50
_LONGEST_VALUE: Final = 200
_METADATA: Final = """
    SELECT metadata FROM trace INDEXED BY trace_start
    WHERE tenant = ? AND start >= ? AND start < ? LIMIT ?
"""
Values = dict[str, Counter[str]]
"""How many traces have each value, by key."""


def list_metadata_names(
    connection: sqlite3.Connection,
    tenant: str,
    start_after: datetime | None,
    start_before: datetime | None,
) -> MetadataNameList:
    """The most frequent keys with their most frequent values."""
    number = tenant_id(connection, tenant) or 0
    stretch = stretch_of(connection, number, start_after, start_before)
    if stretch is None:
        return MetadataNameList(keys=[], traces=0, sampled=False)
    rows = connection.execute(_METADATA, (number, *stretch, MOST_TRACES + 1)).fetchall()
    sampled = len(rows) > MOST_TRACES
    if sampled:
        rows = _sample(connection, number, stretch)
    keys = sorted(_counted(rows).items(), key=lambda one: (-one[1].total(), one[0]))
    return MetadataNameList(
        keys=[_key(key, values) for key, values in keys[:_MOST]],
        traces=len(rows),
        sampled=sampled,
    )


def _sample(
    connection: sqlite3.Connection, tenant: int, stretch: tuple[Micros, Micros]
) -> list[tuple[bytes | None]]:
    """Some traces of each part of a stretch, so that what was there for a while is seen."""
    start, before = stretch
    bounds = [start + (before - start) * part // _PARTS for part in range(_PARTS + 1)]
    found: list[tuple[bytes | None]] = []
    for first, last in pairwise(bounds):
        found += connection.execute(_METADATA, (tenant, first, last, MOST_TRACES // _PARTS))
    return found


def _counted(rows: list[tuple[bytes | None]]) -> Values:
    found: Values = {}
    for (data,), count in Counter(rows).items():
        if data is None:
            continue
        for key, value in cast("dict[str, Any]", decode_json(data)).items():
            found.setdefault(key, Counter())[text_of(value)] += count
    return found


def _key(key: str, values: Counter[str]) -> MetadataKey:
    ordered = sorted(values.items(), key=lambda one: (-one[1], one[0]))
    shown = [one for one in ordered if len(one[0]) <= _LONGEST_VALUE][:_MOST]
    return MetadataKey(
        key=key,
        traces=values.total(),
        values=[MetadataValue(value=value, traces=count) for value, count in shown],
        distinct_values=len(values),
    )
