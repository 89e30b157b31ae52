"""GET /metrics/values. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.metric_value_list import MetricValueList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, Unset


def _call(
    *,
    name: str | None | Unset = UNSET,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[MetricValueList]:
    return Call(
        method="GET",
        path="/metrics/values",
        template="/metrics/values",
        successes={200: json_reader(MetricValueList)},
        query=query_pairs(
            ("name", name),
            ("pipeline_name", pipeline_name),
            ("deployment_name", deployment_name),
            ("execution", execution),
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
    name: str | None | Unset = UNSET,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricValueList]:
    """List metrics by their last values, newest first.

    At most one of `pipeline_name`, `deployment_name` and `execution`; `name` goes with each. A
    metric is listed once for each execution, with its last value.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            name=name,
            pipeline_name=pipeline_name,
            deployment_name=deployment_name,
            execution=execution,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    name: str | None | Unset = UNSET,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricValueList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        name=name,
        pipeline_name=pipeline_name,
        deployment_name=deployment_name,
        execution=execution,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    name: str | None | Unset = UNSET,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricValueList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            name=name,
            pipeline_name=pipeline_name,
            deployment_name=deployment_name,
            execution=execution,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    name: str | None | Unset = UNSET,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricValueList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        name=name,
        pipeline_name=pipeline_name,
        deployment_name=deployment_name,
        execution=execution,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
