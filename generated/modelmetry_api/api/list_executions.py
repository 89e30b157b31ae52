"""GET /executions. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.execution_list import ExecutionList
from modelmetry_api.models.literals import ExecutionStatus
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    status: list[ExecutionStatus] | None | Unset = UNSET,
    xid_prefix: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[ExecutionList]:
    return Call(
        method="GET",
        path="/executions",
        template="/executions",
        successes={200: json_reader(ExecutionList)},
        query=query_pairs(
            ("pipeline_name", pipeline_name),
            ("deployment_name", deployment_name),
            ("status", status),
            ("xid_prefix", xid_prefix),
            ("start_after", start_after),
            ("start_before", start_before),
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
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    status: list[ExecutionStatus] | None | Unset = UNSET,
    xid_prefix: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ExecutionList]:
    """List executions, newest first.

    All filters must hold, unlike those of metrics.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            pipeline_name=pipeline_name,
            deployment_name=deployment_name,
            status=status,
            xid_prefix=xid_prefix,
            start_after=start_after,
            start_before=start_before,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    status: list[ExecutionStatus] | None | Unset = UNSET,
    xid_prefix: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ExecutionList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        pipeline_name=pipeline_name,
        deployment_name=deployment_name,
        status=status,
        xid_prefix=xid_prefix,
        start_after=start_after,
        start_before=start_before,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    status: list[ExecutionStatus] | None | Unset = UNSET,
    xid_prefix: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ExecutionList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            pipeline_name=pipeline_name,
            deployment_name=deployment_name,
            status=status,
            xid_prefix=xid_prefix,
            start_after=start_after,
            start_before=start_before,
            limit=limit,
            cursor=cursor,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    pipeline_name: str | None | Unset = UNSET,
    deployment_name: str | None | Unset = UNSET,
    status: list[ExecutionStatus] | None | Unset = UNSET,
    xid_prefix: str | None | Unset = UNSET,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    limit: int | None | Unset = UNSET,
    cursor: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ExecutionList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        pipeline_name=pipeline_name,
        deployment_name=deployment_name,
        status=status,
        xid_prefix=xid_prefix,
        start_after=start_after,
        start_before=start_before,
        limit=limit,
        cursor=cursor,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
