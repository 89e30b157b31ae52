"""GET /telemetry/runs. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.telemetry_run_list import TelemetryRunList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    command: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TelemetryRunList]:
    return Call(
        method="GET",
        path="/telemetry/runs",
        template="/telemetry/runs",
        successes={200: json_reader(TelemetryRunList)},
        query=query_pairs(
            ("command", command),
            ("execution", execution),
            ("status", status),
            ("start_after", start_after),
            ("start_before", start_before),
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
    command: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetryRunList]:
    """List runs, newest first.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            command=command,
            execution=execution,
            status=status,
            start_after=start_after,
            start_before=start_before,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    command: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetryRunList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        command=command,
        execution=execution,
        status=status,
        start_after=start_after,
        start_before=start_before,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    command: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetryRunList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            command=command,
            execution=execution,
            status=status,
            start_after=start_after,
            start_before=start_before,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    command: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    status: list[str] | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetryRunList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        command=command,
        execution=execution,
        status=status,
        start_after=start_after,
        start_before=start_before,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
