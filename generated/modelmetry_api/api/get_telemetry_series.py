"""GET /telemetry/series. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.telemetry_series import TelemetrySeries
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    metric: list[str],
    bucket_seconds: int | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TelemetrySeries]:
    return Call(
        method="GET",
        path="/telemetry/series",
        template="/telemetry/series",
        successes={200: json_reader(TelemetrySeries)},
        query=query_pairs(
            ("run", run),
            ("command", command),
            ("metric", metric),
            ("bucket_seconds", bucket_seconds),
            ("at_after", at_after),
            ("at_before", at_before),
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
    metric: list[str],
    bucket_seconds: int | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetrySeries]:
    """Numbers of telemetry over time.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            run=run,
            command=command,
            metric=metric,
            bucket_seconds=bucket_seconds,
            at_after=at_after,
            at_before=at_before,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    metric: list[str],
    bucket_seconds: int | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetrySeries:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        run=run,
        command=command,
        metric=metric,
        bucket_seconds=bucket_seconds,
        at_after=at_after,
        at_before=at_before,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    metric: list[str],
    bucket_seconds: int | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetrySeries]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            run=run,
            command=command,
            metric=metric,
            bucket_seconds=bucket_seconds,
            at_after=at_after,
            at_before=at_before,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    metric: list[str],
    bucket_seconds: int | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetrySeries:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        run=run,
        command=command,
        metric=metric,
        bucket_seconds=bucket_seconds,
        at_after=at_after,
        at_before=at_before,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
