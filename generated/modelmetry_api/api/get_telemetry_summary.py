"""GET /telemetry/summary. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.telemetry_summary import TelemetrySummary
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    run: str | None | Unset = UNSET,
    command: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TelemetrySummary]:
    return Call(
        method="GET",
        path="/telemetry/summary",
        template="/telemetry/summary",
        successes={200: json_reader(TelemetrySummary)},
        query=query_pairs(
            ("run", run),
            ("command", command),
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
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetrySummary]:
    """Sum up telemetry.

    Readings of the machine are not counted. The success rate is that of jobs that have ended:
    `completed` among `completed`, `failed` and `cancelled`.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            run=run,
            command=command,
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
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetrySummary:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        run=run,
        command=command,
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
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetrySummary]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            run=run,
            command=command,
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
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetrySummary:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        run=run,
        command=command,
        at_after=at_after,
        at_before=at_before,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
