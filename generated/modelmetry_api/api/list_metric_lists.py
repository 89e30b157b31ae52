"""GET /metrics/lists. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.metric_list_list import MetricListList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, Unset


def _call(
    *,
    name: str | None | Unset = UNSET,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    execution: str | None | Unset = UNSET,
    include_values: bool | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[MetricListList]:
    return Call(
        method="GET",
        path="/metrics/lists",
        template="/metrics/lists",
        successes={200: json_reader(MetricListList)},
        query=query_pairs(
            ("name", name),
            ("pipeline_name", pipeline_name),
            ("deployment_name", deployment_name),
            ("execution", execution),
            ("include_values", include_values),
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
    include_values: bool | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricListList]:
    """List the lists of metrics, newest first.

    At most one of `pipeline_name`, `deployment_name` and `execution`; `name` goes with each.
    With `include_values` a page ends early when its lists hold more than a million values.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            name=name,
            pipeline_name=pipeline_name,
            deployment_name=deployment_name,
            execution=execution,
            include_values=include_values,
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
    include_values: bool | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricListList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        name=name,
        pipeline_name=pipeline_name,
        deployment_name=deployment_name,
        execution=execution,
        include_values=include_values,
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
    include_values: bool | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricListList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            name=name,
            pipeline_name=pipeline_name,
            deployment_name=deployment_name,
            execution=execution,
            include_values=include_values,
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
    include_values: bool | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricListList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        name=name,
        pipeline_name=pipeline_name,
        deployment_name=deployment_name,
        execution=execution,
        include_values=include_values,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
