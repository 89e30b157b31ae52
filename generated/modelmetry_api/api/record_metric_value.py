"""POST /executions/{xid}/metrics/values. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    encode_body,
    header_pairs,
    json_reader,
    segment,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.metric_value import MetricValue
from modelmetry_api.models.metric_value_request_body import MetricValueRequestBody
from modelmetry_api.types import Response


def _call(
    xid: str,
    *,
    body: MetricValueRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[MetricValue]:
    return Call(
        method="POST",
        path=f"/executions/{segment(xid)}/metrics/values",
        template="/executions/{xid}/metrics/values",
        successes={200: json_reader(MetricValue)},
        headers=header_pairs(headers),
        body=encode_body(body),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    xid: str,
    *,
    client: Client,
    body: MetricValueRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricValue]:
    """Record a value of a metric.

    The last value recorded under a name is its value; those before are its history. An unknown
    execution is created. A finished one takes no values any more (409).

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            xid,
            body=body,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    xid: str,
    *,
    client: Client,
    body: MetricValueRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricValue:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        xid,
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    xid: str,
    *,
    client: AsyncClient,
    body: MetricValueRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricValue]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            xid,
            body=body,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    xid: str,
    *,
    client: AsyncClient,
    body: MetricValueRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricValue:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        xid,
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
