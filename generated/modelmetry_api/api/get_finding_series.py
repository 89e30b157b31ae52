"""GET /findings/series. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.finding_series import FindingSeries
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    name: str,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    span_name: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[FindingSeries]:
    return Call(
        method="GET",
        path="/findings/series",
        template="/findings/series",
        successes={200: json_reader(FindingSeries)},
        query=query_pairs(
            ("name", name),
            ("start_after", start_after),
            ("start_before", start_before),
            ("bucket_seconds", bucket_seconds),
            ("trace_name", trace_name),
            ("span_name", span_name),
            ("model", model),
            ("metadata", metadata),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    name: str,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    span_name: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[FindingSeries]:
    """How a finding moved over time.

    One point for each stretch of time in which the finding was recorded. Numbers are aggregated
    (count, minimum, maximum, mean, percentiles), booleans and labels are counted. Over long
    ranges the answer may come from hourly summaries; then `Approximate` is true and percentiles
    are within `RelativeError` of the exact ones.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            name=name,
            start_after=start_after,
            start_before=start_before,
            bucket_seconds=bucket_seconds,
            trace_name=trace_name,
            span_name=span_name,
            model=model,
            metadata=metadata,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    name: str,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    span_name: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> FindingSeries:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        name=name,
        start_after=start_after,
        start_before=start_before,
        bucket_seconds=bucket_seconds,
        trace_name=trace_name,
        span_name=span_name,
        model=model,
        metadata=metadata,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    name: str,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    span_name: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[FindingSeries]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            name=name,
            start_after=start_after,
            start_before=start_before,
            bucket_seconds=bucket_seconds,
            trace_name=trace_name,
            span_name=span_name,
            model=model,
            metadata=metadata,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    name: str,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    span_name: str | None | Unset = UNSET,
    model: str | None | Unset = UNSET,
    metadata: list[str] | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> FindingSeries:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        name=name,
        start_after=start_after,
        start_before=start_before,
        bucket_seconds=bucket_seconds,
        trace_name=trace_name,
        span_name=span_name,
        model=model,
        metadata=metadata,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
