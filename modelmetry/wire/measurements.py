"""Measurements as the JSON of an ingest request."""

from __future__ import annotations

from typing import Any, Final

from modelmetry_api.types import encode_json

from modelmetry.signals.measurements import (
    ExecutionRecord,
    Measurement,
    MetricIntervalRecord,
    MetricListRecord,
    MetricValueRecord,
    SeriesRecord,
    TelemetryRecord,
    TelemetryRunRecord,
)
from modelmetry.wire.plain import UNENCODABLE, encode_plainly
from modelmetry.wire.times import moment

KINDS_OF: Final[dict[type, str]] = {
    ExecutionRecord: "Executions",
    MetricValueRecord: "MetricValues",
    MetricListRecord: "MetricLists",
    TelemetryRunRecord: "TelemetryRuns",
    TelemetryRecord: "TelemetryRecords",
    MetricIntervalRecord: "MetricIntervals",
}
"""The list of a body in which each of them travels, in the order of the lists."""


def measurement_text(measurement: Measurement) -> str:
    """One item of its list; a value that JSON cannot hold is replaced."""
    members = {name: value for name, value in _members(measurement).items() if value is not None}
    try:
        return encode_json(members).decode()
    except UNENCODABLE:
        return encode_plainly(members).decode()


def _members(measurement: Measurement) -> dict[str, Any]:
    match measurement:
        case ExecutionRecord():
            return _execution(measurement)
        case MetricValueRecord(xid, execution, name, value, at):
            place = {"XID": xid, "ExecutionID": execution, "Name": name}
            return place | {"Value": value, "At": moment(at)}
        case MetricListRecord(xid, execution, name, values, at):
            place = {"XID": xid, "ExecutionID": execution, "Name": name}
            return place | {"Values": values, "At": moment(at)}
        case TelemetryRunRecord(xid, command, start, system, execution):
            run = {"XID": xid, "Command": command, "Start": moment(start), "System": system}
            return run | {"ExecutionID": execution}
        case TelemetryRecord():
            return _telemetry(measurement)
        case MetricIntervalRecord():
            return _interval(measurement)


def _execution(execution: ExecutionRecord) -> dict[str, Any]:
    return {
        "XID": execution.xid,
        "PipelineName": execution.pipeline,
        "DeploymentName": execution.deployment,
        "Status": execution.status,
        "Start": None if execution.start_ns is None else moment(execution.start_ns),
        "End": None if execution.end_ns is None else moment(execution.end_ns),
        "Message": execution.message,
        "TraceID": execution.trace_xid,
        "Metadata": execution.metadata,
    }


def _telemetry(record: TelemetryRecord) -> dict[str, Any]:
    return {
        "XID": record.xid,
        "RunID": record.run_xid,
        "Command": record.command,
        "At": moment(record.at_ns),
        "Kind": record.kind,
        "Status": record.status,
        "Event": record.event,
        "Metrics": record.metrics or None,
        "Message": record.message,
    }


def _interval(interval: MetricIntervalRecord) -> dict[str, Any]:
    return {
        "XID": interval.xid,
        "Process": interval.process_xid,
        "Service": interval.service,
        "Environment": interval.environment,
        "Release": interval.release,
        "Start": moment(interval.start_ns),
        "End": moment(interval.end_ns),
        "Series": [_series(one) for one in interval.series],
    }


def _series(series: SeriesRecord) -> dict[str, Any]:
    members: dict[str, Any] = {
        "Kind": series.kind,
        "Name": series.name,
        "Unit": series.unit,
        "Attributes": series.attributes,
        "Sum": series.sum,
    }
    if series.kind == "histogram":
        return members | {"Bounds": series.bounds, "Counts": series.counts}
    if series.kind == "gauge":
        members |= {"Count": series.count, "Min": series.low, "Max": series.high}
        members["Last"] = series.last
        if series.last_at_ns is not None:
            members["LastAt"] = moment(series.last_at_ns)
    return members
