"""GET /spans/{xid}. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
    segment,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.span import Span
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, Unset


def _call(
    xid: str,
    *,
    trace: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[Span]:
    return Call(
        method="GET",
        path=f"/spans/{segment(xid)}",
        template="/spans/{xid}",
        successes={200: json_reader(Span)},
        query=query_pairs(
            ("trace", trace),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    xid: str,
    *,
    client: Client,
    trace: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[Span]:
    """Read one span whole.

    The span with its family data, events and findings.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            xid,
            trace=trace,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    xid: str,
    *,
    client: Client,
    trace: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Span:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        xid,
        trace=trace,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    xid: str,
    *,
    client: AsyncClient,
    trace: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[Span]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            xid,
            trace=trace,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    xid: str,
    *,
    client: AsyncClient,
    trace: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Span:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        xid,
        trace=trace,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
