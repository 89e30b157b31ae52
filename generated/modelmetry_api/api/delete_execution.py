"""DELETE /executions/{xid}. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    read_nothing,
    segment,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.types import Response


def _call(
    xid: str,
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[None]:
    return Call(
        method="DELETE",
        path=f"/executions/{segment(xid)}",
        template="/executions/{xid}",
        successes={204: read_nothing},
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
) -> Response[None]:
    """Delete one execution with its metrics.

    Its traces and telemetry stay.

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
) -> None:
    """As `sync_detailed`, but gives the body alone."""
    sync_detailed(
        xid,
        headers=headers,
        timeout=timeout,
        client=client,
    )


async def asyncio_detailed(
    xid: str,
    *,
    client: AsyncClient,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[None]:
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
) -> None:
    """As `sync`, for asyncio."""
    await asyncio_detailed(
        xid,
        headers=headers,
        timeout=timeout,
        client=client,
    )
