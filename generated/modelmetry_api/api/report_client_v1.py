"""POST /clients/reports/v1. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    encode_body,
    header_pairs,
    json_reader,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.report_client_v1_request_body import ReportClientV1RequestBody
from modelmetry_api.models.report_client_v1_response_body import ReportClientV1ResponseBody
from modelmetry_api.types import Response


def _call(
    *,
    body: ReportClientV1RequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[ReportClientV1ResponseBody]:
    return Call(
        method="POST",
        path="/clients/reports/v1",
        template="/clients/reports/v1",
        successes={200: json_reader(ReportClientV1ResponseBody)},
        headers=header_pairs(headers),
        body=encode_body(body),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    body: ReportClientV1RequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ReportClientV1ResponseBody]:
    """Say what became of the signals of one client.

    All counts are sums since the client began. A client has one report, the one with the latest
    `At`: the same or an older one sent again changes nothing.

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
    body: ReportClientV1RequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ReportClientV1ResponseBody:
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
    body: ReportClientV1RequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ReportClientV1ResponseBody]:
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
    body: ReportClientV1RequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ReportClientV1ResponseBody:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
