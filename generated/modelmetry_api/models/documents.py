"""What is sent, as mappings: what a model says, where making a model for it would take too long.

For type checkers alone; nothing here exists at run time but empty classes. Written by codegen; do not edit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Required, TypedDict

if TYPE_CHECKING:
    from typing import Any

    from modelmetry_api.models.create_event_params import CreateEventParams
    from modelmetry_api.models.create_finding_params import CreateFindingParams
    from modelmetry_api.models.create_session_params import CreateSessionParams
    from modelmetry_api.models.create_span_params import CreateSpanParams
    from modelmetry_api.models.create_trace_params import CreateTraceParams
    from modelmetry_api.models.literals import CreateFindingParamsSource
    from modelmetry_api.wire import DateTime


class CreateEventParamsDocument(TypedDict, total=False):
    """Like `CreateEventParams`; members that are not known are left out."""

    XID: Required[str]
    Name: Required[str]
    TraceID: str | None
    SpanID: str | None
    EntryID: str | None
    At: DateTime | None
    Metadata: dict[str, Any]


class CreateFindingParamsDocument(TypedDict, total=False):
    """Like `CreateFindingParams`; members that are not known are left out."""

    XID: Required[str]
    Name: Required[str]
    Value: Required[int | float | bool | str]
    TraceID: str | None
    SpanID: str | None
    EntryID: str | None
    Unit: str | None
    At: DateTime | None
    Source: CreateFindingParamsSource | None
    Comment: str | None
    Description: str | None
    Metadata: dict[str, Any]


class CreateSessionParamsDocument(TypedDict, total=False):
    """Like `CreateSessionParams`; members that are not known are left out."""

    XID: Required[str]
    Name: str | None
    Metadata: dict[str, Any]


class CreateSpanParamsDocument(TypedDict, total=False):
    """Like `CreateSpanParams`; members that are not known are left out."""

    XID: Required[str]
    TraceID: Required[str]
    Name: Required[str]
    Start: Required[DateTime]
    End: Required[DateTime | None]
    ParentID: str | None
    Family: str | None
    FamilyData: Any
    Severity: str | None
    Message: str | None
    Metadata: dict[str, Any]


class CreateTraceParamsDocument(TypedDict, total=False):
    """Like `CreateTraceParams`; members that are not known are left out."""

    XID: Required[str]
    Start: Required[DateTime]
    Name: str | None
    SessionID: str | None
    End: DateTime | None
    Severity: str | None
    Message: str | None
    Metadata: dict[str, Any]
    Weight: int | float | None


class IngestSignalsV1RequestBodyDocument(TypedDict, total=False):
    """Like `IngestSignalsV1RequestBody`; members that are not known are left out."""

    Sessions: list[CreateSessionParams] | None
    Traces: list[CreateTraceParams] | None
    Spans: list[CreateSpanParams] | None
    Events: list[CreateEventParams] | None
    Findings: list[CreateFindingParams] | None
