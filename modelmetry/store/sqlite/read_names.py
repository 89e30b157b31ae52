"""Names in use, for pickers."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from modelmetry_api.models import FindingNameList, FindingNameSummary, NameList, NameSummary

from modelmetry.store.sqlite.encode import from_micros
from modelmetry.store.sqlite.names import HIGHEST, NameKind, ValueType, tenant_id

# Each looks up one name after the other in an index that begins with it: no scan, however many
# things have the name. Names of which nothing is left have no latest time.
_LATEST: Final = {
    NameKind.TRACE: "SELECT max(start) FROM trace INDEXED BY trace_name WHERE name = n.id",
    NameKind.SPAN: "SELECT max(start) FROM span INDEXED BY span_name WHERE name = n.id",
    NameKind.MODEL: "SELECT max(start) FROM span INDEXED BY span_model WHERE model = n.id",
    NameKind.FINDING: "SELECT max(at) FROM finding INDEXED BY finding_name WHERE name = n.id",
    NameKind.PIPELINE: """SELECT max(start) FROM execution INDEXED BY execution_pipeline
        WHERE pipeline = n.id""",
    NameKind.DEPLOYMENT: """SELECT max(start) FROM execution INDEXED BY execution_deployment
        WHERE deployment = n.id""",
    NameKind.METRIC: """SELECT nullif(max(
        coalesce((SELECT max(created) FROM metric INDEXED BY metric_name
            WHERE name = n.id AND kind = 0), -9e18),
        coalesce((SELECT max(created) FROM metric INDEXED BY metric_name
            WHERE name = n.id AND kind = 1), -9e18)), -9e18)""",
    NameKind.COMMAND: """SELECT max(latest) FROM (
        SELECT max(at) AS latest FROM telemetry_record INDEXED BY telemetry_record_command
            WHERE command = n.id
        UNION ALL SELECT max(start) FROM telemetry_run INDEXED BY telemetry_run_command
            WHERE command = n.id
    )""",
    NameKind.TELEMETRY: "SELECT max(at) FROM telemetry_number WHERE name = n.id",
}
_UNIT: Final = """
    SELECT unit FROM finding INDEXED BY finding_name WHERE name = n.id ORDER BY at DESC LIMIT 1
"""
_TYPES: Final = (
    (ValueType.BOOLEAN, "boolean"),
    (ValueType.LABEL, "label"),
    (ValueType.NUMBER, "number"),
)


def list_names(
    connection: sqlite3.Connection, tenant: str, kind: NameKind, prefix: str, limit: int
) -> NameList:
    """Names of one kind, and when each was last seen."""
    rows = _names(connection, tenant, kind, prefix, limit, columns="text, latest")
    return NameList(
        names=[NameSummary(name=text, last_seen=from_micros(latest)) for text, latest in rows]
    )


def list_finding_names(
    connection: sqlite3.Connection, tenant: str, prefix: str, limit: int
) -> FindingNameList:
    """Names of findings, with the types of their values and their latest unit."""
    columns = f"text, latest, kinds, ({_UNIT})"
    rows = _names(connection, tenant, NameKind.FINDING, prefix, limit, columns=columns)
    return FindingNameList(
        names=[
            FindingNameSummary(
                name=text,
                types=[name for bit, name in _TYPES if kinds & bit],
                unit=unit or "",
                last_seen=from_micros(latest),
            )
            for text, latest, kinds, unit in rows
        ]
    )


def _names(
    connection: sqlite3.Connection,
    tenant: str,
    kind: NameKind,
    prefix: str,
    limit: int,
    *,
    columns: str,
) -> list[tuple[Any, ...]]:
    sql = f"""
        SELECT {columns} FROM (
            SELECT id, text, kinds, ({_LATEST[kind]}) AS latest FROM name n
            WHERE tenant = ? AND kind = ? AND text >= ? AND text <= ? AND text <> ''
        ) n WHERE latest IS NOT NULL ORDER BY text LIMIT ?
    """
    values = (tenant_id(connection, tenant), kind, prefix, prefix + HIGHEST, limit)
    return connection.execute(sql, values).fetchall()
