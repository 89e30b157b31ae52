"""GET /telemetry/records. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.literals import ListTelemetryRecordsSort, TelemetryKind
from modelmetry_api.models.telemetry_record_list import TelemetryRecordList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    kind: list[TelemetryKind] | None | Unset = UNSET,
    event: str | None | Unset = UNSET,
    metric: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    sort: ListTelemetryRecordsSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TelemetryRecordList]:
    return Call(
        method="GET",
        path="/telemetry/records",
        template="/telemetry/records",
        successes={200: json_reader(TelemetryRecordList)},
        query=query_pairs(
            ("run", run),
            ("command", command),
            ("status", status),
            ("kind", kind),
            ("event", event),
            ("metric", metric),
            ("at_after", at_after),
            ("at_before", at_before),
            ("sort", sort),
            ("limit", limit),
            ("cursor", cursor),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    kind: list[TelemetryKind] | None | Unset = UNSET,
    event: str | None | Unset = UNSET,
    metric: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    sort: ListTelemetryRecordsSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetryRecordList]:
    """List telemetry records, newest first.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            run=run,
            command=command,
            status=status,
            kind=kind,
            event=event,
            metric=metric,
            at_after=at_after,
            at_before=at_before,
            sort=sort,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    kind: list[TelemetryKind] | None | Unset = UNSET,
    event: str | None | Unset = UNSET,
    metric: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    sort: ListTelemetryRecordsSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetryRecordList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        run=run,
        command=command,
        status=status,
        kind=kind,
        event=event,
        metric=metric,
        at_after=at_after,
        at_before=at_before,
        sort=sort,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    kind: list[TelemetryKind] | None | Unset = UNSET,
    event: str | None | Unset = UNSET,
    metric: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    sort: ListTelemetryRecordsSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetryRecordList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            run=run,
            command=command,
            status=status,
            kind=kind,
            event=event,
            metric=metric,
            at_after=at_after,
            at_before=at_before,
            sort=sort,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    kind: list[TelemetryKind] | None | Unset = UNSET,
    event: str | None | Unset = UNSET,
    metric: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    sort: ListTelemetryRecordsSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetryRecordList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        run=run,
        command=command,
        status=status,
        kind=kind,
        event=event,
        metric=metric,
        at_after=at_after,
        at_before=at_before,
        sort=sort,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
