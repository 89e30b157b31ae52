"""GET /traces/{xid}/matches. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
    segment,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.trace_matches import TraceMatches
from modelmetry_api.types import Response


def _call(
    xid: str,
    *,
    text: list[str],
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[TraceMatches]:
    return Call(
        method="GET",
        path=f"/traces/{segment(xid)}/matches",
        template="/traces/{xid}/matches",
        successes={200: json_reader(TraceMatches)},
        query=query_pairs(
            ("text", text),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    xid: str,
    *,
    client: Client,
    text: list[str],
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TraceMatches]:
    """Find the spans of one trace in which a text occurs.

    Looks into names, messages and their tool calls, queries, inputs, documents, options, other
    family data, metadata, events, findings and what went wrong; not into base64 data, vectors,
    usage and cost. Capital letters do not matter (Unicode case folding), accents do, and a text
    may begin and end within a word. What is stored is found at once.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            xid,
            text=text,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    xid: str,
    *,
    client: Client,
    text: list[str],
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TraceMatches:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        xid,
        text=text,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    xid: str,
    *,
    client: AsyncClient,
    text: list[str],
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[TraceMatches]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            xid,
            text=text,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    xid: str,
    *,
    client: AsyncClient,
    text: list[str],
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> TraceMatches:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        xid,
        text=text,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
