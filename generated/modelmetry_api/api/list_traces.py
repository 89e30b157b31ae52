"""GET /traces. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.literals import ListTracesSort
from modelmetry_api.models.trace_list import TraceList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    name: list[str] | None | Unset = UNSET,
    span_name: list[str] | None | Unset = UNSET,
    session: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    min_duration_ms: int | float | None | Unset = UNSET,
    max_duration_ms: int | float | None | Unset = UNSET,
    severity: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    finding: list[str] | None | Unset = UNSET,
    found_after: DateTime | None | Unset = UNSET,
    found_before: DateTime | None | Unset = UNSET,
    q: str | None | Unset = UNSET,
    include_finding: list[str] | None | Unset = UNSET,
    sort: ListTracesSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TraceList]:
    return Call(
        method="GET",
        path="/traces",
        template="/traces",
        successes={200: json_reader(TraceList)},
        query=query_pairs(
            ("name", name),
            ("span_name", span_name),
            ("session", session),
            ("start_after", start_after),
            ("start_before", start_before),
            ("min_duration_ms", min_duration_ms),
            ("max_duration_ms", max_duration_ms),
            ("severity", severity),
            ("failed", failed),
            ("model", model),
            ("metadata", metadata),
            ("finding", finding),
            ("found_after", found_after),
            ("found_before", found_before),
            ("q", q),
            ("include_finding", include_finding),
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
    name: list[str] | None | Unset = UNSET,
    span_name: list[str] | None | Unset = UNSET,
    session: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    min_duration_ms: int | float | None | Unset = UNSET,
    max_duration_ms: int | float | None | Unset = UNSET,
    severity: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    finding: list[str] | None | Unset = UNSET,
    found_after: DateTime | None | Unset = UNSET,
    found_before: DateTime | None | Unset = UNSET,
    q: str | None | Unset = UNSET,
    include_finding: list[str] | None | Unset = UNSET,
    sort: ListTracesSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TraceList]:
    """List traces, newest first.

    All filters must hold (a filter given several times: see its description). The answer's
    `NextCursor`, given as `cursor` with the same filters and sort, continues the list.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            name=name,
            span_name=span_name,
            session=session,
            start_after=start_after,
            start_before=start_before,
            min_duration_ms=min_duration_ms,
            max_duration_ms=max_duration_ms,
            severity=severity,
            failed=failed,
            model=model,
            metadata=metadata,
            finding=finding,
            found_after=found_after,
            found_before=found_before,
            q=q,
            include_finding=include_finding,
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
    name: list[str] | None | Unset = UNSET,
    span_name: list[str] | None | Unset = UNSET,
    session: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    min_duration_ms: int | float | None | Unset = UNSET,
    max_duration_ms: int | float | None | Unset = UNSET,
    severity: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    finding: list[str] | None | Unset = UNSET,
    found_after: DateTime | None | Unset = UNSET,
    found_before: DateTime | None | Unset = UNSET,
    q: str | None | Unset = UNSET,
    include_finding: list[str] | None | Unset = UNSET,
    sort: ListTracesSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TraceList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        name=name,
        span_name=span_name,
        session=session,
        start_after=start_after,
        start_before=start_before,
        min_duration_ms=min_duration_ms,
        max_duration_ms=max_duration_ms,
        severity=severity,
        failed=failed,
        model=model,
        metadata=metadata,
        finding=finding,
        found_after=found_after,
        found_before=found_before,
        q=q,
        include_finding=include_finding,
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
    name: list[str] | None | Unset = UNSET,
    span_name: list[str] | None | Unset = UNSET,
    session: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    min_duration_ms: int | float | None | Unset = UNSET,
    max_duration_ms: int | float | None | Unset = UNSET,
    severity: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    finding: list[str] | None | Unset = UNSET,
    found_after: DateTime | None | Unset = UNSET,
    found_before: DateTime | None | Unset = UNSET,
    q: str | None | Unset = UNSET,
    include_finding: list[str] | None | Unset = UNSET,
    sort: ListTracesSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TraceList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            name=name,
            span_name=span_name,
            session=session,
            start_after=start_after,
            start_before=start_before,
            min_duration_ms=min_duration_ms,
            max_duration_ms=max_duration_ms,
            severity=severity,
            failed=failed,
            model=model,
            metadata=metadata,
            finding=finding,
            found_after=found_after,
            found_before=found_before,
            q=q,
            include_finding=include_finding,
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
    name: list[str] | None | Unset = UNSET,
    span_name: list[str] | None | Unset = UNSET,
    session: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    min_duration_ms: int | float | None | Unset = UNSET,
    max_duration_ms: int | float | None | Unset = UNSET,
    severity: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    finding: list[str] | None | Unset = UNSET,
    found_after: DateTime | None | Unset = UNSET,
    found_before: DateTime | None | Unset = UNSET,
    q: str | None | Unset = UNSET,
    include_finding: list[str] | None | Unset = UNSET,
    sort: ListTracesSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TraceList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        name=name,
        span_name=span_name,
        session=session,
        start_after=start_after,
        start_before=start_before,
        min_duration_ms=min_duration_ms,
        max_duration_ms=max_duration_ms,
        severity=severity,
        failed=failed,
        model=model,
        metadata=metadata,
        finding=finding,
        found_after=found_after,
        found_before=found_before,
        q=q,
        include_finding=include_finding,
        sort=sort,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
