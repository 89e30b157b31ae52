"""GET /traces/{xid}/outline. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    segment,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.trace_outline import TraceOutline
from modelmetry_api.types import Response


def _call(
    xid: str,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TraceOutline]:
    return Call(
        method="GET",
        path=f"/traces/{segment(xid)}/outline",
        template="/traces/{xid}/outline",
        successes={200: json_reader(TraceOutline)},
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
) -> Response[TraceOutline]:
    """Read what a waterfall of one trace needs.

    The trace with its own events and findings, and of its spans where they stand in the tree
    and in time, without family data, metadata and findings: a tenth of what `get-trace`
    answers. `get-span` has the rest of one of them.

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
) -> TraceOutline:
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
) -> Response[TraceOutline]:
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
) -> TraceOutline:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        xid,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
