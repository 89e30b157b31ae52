"""POST /telemetry/records. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    encode_body,
    header_pairs,
    json_reader,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.ingest_signals_v1_response_body import IngestSignalsV1ResponseBody
from modelmetry_api.models.telemetry_request_body import TelemetryRequestBody
from modelmetry_api.types import Response


def _call(
    *,
    body: TelemetryRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[IngestSignalsV1ResponseBody]:
    return Call(
        method="POST",
        path="/telemetry/records",
        template="/telemetry/records",
        successes={200: json_reader(IngestSignalsV1ResponseBody)},
        headers=header_pairs(headers),
        body=encode_body(body),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    body: TelemetryRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[IngestSignalsV1ResponseBody]:
    """Store telemetry of jobs.

    Runs say what ran and on which machine, records what happened in it. A batch is taken whole
    or not at all. The same batch sent again changes nothing.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            body=body,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    body: TelemetryRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> IngestSignalsV1ResponseBody:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    body: TelemetryRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[IngestSignalsV1ResponseBody]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            body=body,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    body: TelemetryRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> IngestSignalsV1ResponseBody:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
