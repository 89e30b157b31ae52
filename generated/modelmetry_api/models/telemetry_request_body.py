"""TelemetryRequestBody. Written by codegen; do not edit."""

from __future__ import annotations

from modelmetry_api.models.create_telemetry_record_params import CreateTelemetryRecordParams
from modelmetry_api.models.create_telemetry_run_params import CreateTelemetryRunParams
from modelmetry_api.wire import UNSET, Unset, member, wire_model


@wire_model
class TelemetryRequestBody:
    """Telemetry of jobs. Every list may be absent, null or empty."""

    runs: list[CreateTelemetryRunParams] | None | Unset = member("Runs", default=UNSET)

    records: list[CreateTelemetryRecordParams] | None | Unset = member("Records", default=UNSET)
