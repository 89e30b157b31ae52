"""GET /totals/series. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.totals_series import TotalsSeries
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TotalsSeries]:
    return Call(
        method="GET",
        path="/totals/series",
        template="/totals/series",
        successes={200: json_reader(TotalsSeries)},
        query=query_pairs(
            ("start_after", start_after),
            ("start_before", start_before),
            ("bucket_seconds", bucket_seconds),
            ("trace_name", trace_name),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TotalsSeries]:
    """How traffic, failures, latency, tokens and cost moved over time.

    One point for each stretch of time in which a trace or a span started. Over long ranges the
    answer may come from hourly summaries; then `Approximate` is true and percentiles are within
    `RelativeError` of the exact ones.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            start_after=start_after,
            start_before=start_before,
            bucket_seconds=bucket_seconds,
            trace_name=trace_name,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TotalsSeries:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        start_after=start_after,
        start_before=start_before,
        bucket_seconds=bucket_seconds,
        trace_name=trace_name,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TotalsSeries]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            start_after=start_after,
            start_before=start_before,
            bucket_seconds=bucket_seconds,
            trace_name=trace_name,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    bucket_seconds: int | None | Unset = UNSET,
    trace_name: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TotalsSeries:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        start_after=start_after,
        start_before=start_before,
        bucket_seconds=bucket_seconds,
        trace_name=trace_name,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
