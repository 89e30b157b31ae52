"""GET /telemetry/runs/{xid}. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    segment,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.telemetry_run import TelemetryRun
from modelmetry_api.types import Response


def _call(
    xid: str,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TelemetryRun]:
    return Call(
        method="GET",
        path=f"/telemetry/runs/{segment(xid)}",
        template="/telemetry/runs/{xid}",
        successes={200: json_reader(TelemetryRun)},
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    xid: str,
    *,
    client: Client,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetryRun]:
    """Read one run.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            xid,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    xid: str,
    *,
    client: Client,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetryRun:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        xid,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    xid: str,
    *,
    client: AsyncClient,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TelemetryRun]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            xid,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    xid: str,
    *,
    client: AsyncClient,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TelemetryRun:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        xid,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
