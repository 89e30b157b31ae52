"""IngestSignalsV1RequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.append_metric_values_params import AppendMetricValuesParams
from modelmetry_api.models.create_event_params import CreateEventParams
from modelmetry_api.models.create_execution_params import CreateExecutionParams
from modelmetry_api.models.create_finding_params import CreateFindingParams
from modelmetry_api.models.create_metric_interval_params import CreateMetricIntervalParams
from modelmetry_api.models.create_metric_value_params import CreateMetricValueParams
from modelmetry_api.models.create_session_params import CreateSessionParams
from modelmetry_api.models.create_span_params import CreateSpanParams
from modelmetry_api.models.create_telemetry_record_params import CreateTelemetryRecordParams
from modelmetry_api.models.create_telemetry_run_params import CreateTelemetryRunParams
from modelmetry_api.models.create_trace_params import CreateTraceParams
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class IngestSignalsV1RequestBody:
    """A batch of signals. Every list may be absent, null or empty."""

    sessions: list[CreateSessionParams] | None | Unset = member("Sessions", default=UNSET)

    traces: list[CreateTraceParams] | None | Unset = member("Traces", default=UNSET)

    spans: list[CreateSpanParams] | None | Unset = member("Spans", default=UNSET)

    events: list[CreateEventParams] | None | Unset = member("Events", default=UNSET)

    findings: list[CreateFindingParams] | None | Unset = member("Findings", default=UNSET)

    executions: list[CreateExecutionParams] | None | Unset = member("Executions", default=UNSET)

    metric_values: list[CreateMetricValueParams] | None | Unset = member(
        "MetricValues", default=UNSET
    )

    metric_lists: list[AppendMetricValuesParams] | None | Unset = member(
        "MetricLists", default=UNSET
    )
    """A batch with values that would pass the 50,000 of a list is refused (422), each such member
    named.
    """

    telemetry_runs: list[CreateTelemetryRunParams] | None | Unset = member(
        "TelemetryRuns", default=UNSET
    )

    telemetry_records: list[CreateTelemetryRecordParams] | None | Unset = member(
        "TelemetryRecords", default=UNSET
    )

    metric_intervals: list[CreateMetricIntervalParams] | None | Unset = member(
        "MetricIntervals", default=UNSET
    )
    """A batch with more series than a tenant may have is refused (422), each such member named.
    """
