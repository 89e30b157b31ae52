"""POST /executions/{xid}/metrics/lists. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    encode_body,
    header_pairs,
    json_reader,
    segment,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.metric_list import MetricList
from modelmetry_api.models.metric_list_request_body import MetricListRequestBody
from modelmetry_api.types import Response


def _call(
    xid: str,
    *,
    body: MetricListRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[MetricList]:
    return Call(
        method="POST",
        path=f"/executions/{segment(xid)}/metrics/lists",
        template="/executions/{xid}/metrics/lists",
        successes={200: json_reader(MetricList)},
        headers=header_pairs(headers),
        body=encode_body(body),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    xid: str,
    *,
    client: Client,
    body: MetricListRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricList]:
    """Append values to a list.

    Values of several calls follow each other in the order of `At`, then of their `XID`. A list
    holds 50,000 values at most: a call that would pass that is refused whole (422) and says how
    many still fit. The same `XID` sent again changes nothing. An unknown execution is created.
    A finished one takes no values any more (409).

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
    body: MetricListRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricList:
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
    body: MetricListRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricList]:
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
    body: MetricListRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        xid,
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
