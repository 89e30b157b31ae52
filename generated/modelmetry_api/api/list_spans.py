"""GET /spans. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.literals import ListSpansSort
from modelmetry_api.models.span_list import SpanList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    trace: str | None | Unset = UNSET,
    name: list[str] | None | Unset = UNSET,
    family: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: ListSpansSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[SpanList]:
    return Call(
        method="GET",
        path="/spans",
        template="/spans",
        successes={200: json_reader(SpanList)},
        query=query_pairs(
            ("trace", trace),
            ("name", name),
            ("family", family),
            ("model", model),
            ("failed", failed),
            ("start_after", start_after),
            ("start_before", start_before),
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
    trace: str | None | Unset = UNSET,
    name: list[str] | None | Unset = UNSET,
    family: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: ListSpansSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[SpanList]:
    """List spans, newest first.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            trace=trace,
            name=name,
            family=family,
            model=model,
            failed=failed,
            start_after=start_after,
            start_before=start_before,
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
    trace: str | None | Unset = UNSET,
    name: list[str] | None | Unset = UNSET,
    family: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: ListSpansSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> SpanList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        trace=trace,
        name=name,
        family=family,
        model=model,
        failed=failed,
        start_after=start_after,
        start_before=start_before,
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
    trace: str | None | Unset = UNSET,
    name: list[str] | None | Unset = UNSET,
    family: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: ListSpansSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[SpanList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            trace=trace,
            name=name,
            family=family,
            model=model,
            failed=failed,
            start_after=start_after,
            start_before=start_before,
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
    trace: str | None | Unset = UNSET,
    name: list[str] | None | Unset = UNSET,
    family: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    failed: bool | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: ListSpansSort | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> SpanList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        trace=trace,
        name=name,
        family=family,
        model=model,
        failed=failed,
        start_after=start_after,
        start_before=start_before,
        sort=sort,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
