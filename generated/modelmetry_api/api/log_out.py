"""DELETE /login. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    read_nothing,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.types import Response


def _call(
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[None]:
    return Call(
        method="DELETE",
        path="/login",
        template="/login",
        successes={204: read_nothing},
        headers=header_pairs(headers),
        secured=False,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[None]:
    """End the session of this cookie.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> None:
    """As `sync_detailed`, but gives the body alone."""
    sync_detailed(
        headers=headers,
        timeout=timeout,
        client=client,
    )


async def asyncio_detailed(
    *,
    client: AsyncClient,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[None]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> None:
    """As `sync`, for asyncio."""
    await asyncio_detailed(
        headers=headers,
        timeout=timeout,
        client=client,
    )
