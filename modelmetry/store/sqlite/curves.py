"""A metric of several executions, to be drawn."""

from __future__ import annotations

import sqlite3

from modelmetry_api.models import CurvePoint, MetricCurve, MetricCurves

from modelmetry.store.executions import CurveQuery
from modelmetry.store.sqlite.encode import tidy, xid_key
from modelmetry.store.sqlite.execution_parts import MetricKind
from modelmetry.store.sqlite.names import tenant_id
from modelmetry.store.sqlite.read_metrics import find_metric, read_values
from modelmetry.store.sqlite.thinning import thin


def metric_curves(connection: sqlite3.Connection, tenant: str, query: CurveQuery) -> MetricCurves:
    """A curve of each execution, in the order in which they are asked for."""
    return MetricCurves(
        name=query.name,
        curves=[_curve(connection, tenant, query, execution) for execution in query.executions],
    )


def _curve(
    connection: sqlite3.Connection, tenant: str, query: CurveQuery, execution: str
) -> MetricCurve:
    kind = MetricKind.LIST if query.of == "list" else MetricKind.VALUE
    metric = find_metric(connection, tenant, xid_key(execution), kind, query.name)
    values = [] if metric is None else read_values(connection, metric[0])
    stretch = values[query.from_index : query.to_index]
    places = thin(stretch, query.points)
    return MetricCurve(
        execution_id=execution,
        pipeline_name=_pipeline(connection, tenant, execution),
        count=len(stretch),
        total_count=len(values),
        thinned=len(places) < len(stretch),
        points=[
            CurvePoint(index=query.from_index + place, value=tidy(stretch[place]))
            for place in places
        ],
    )


def _pipeline(connection: sqlite3.Connection, tenant: str, execution: str) -> str:
    row = connection.execute(
        "SELECT n.text FROM execution e JOIN name n ON n.id = e.pipeline "
        "WHERE e.tenant = ? AND e.xid = ?",
        (tenant_id(connection, tenant), xid_key(execution)),
    ).fetchone()
    return "" if row is None else str(row[0])
