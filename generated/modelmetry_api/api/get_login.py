"""GET /login. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.login_status import LoginStatus
from modelmetry_api.types import Response


def _call(
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[LoginStatus]:
    return Call(
        method="GET",
        path="/login",
        template="/login",
        successes={200: json_reader(LoginStatus)},
        headers=header_pairs(headers),
        secured=False,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[LoginStatus]:
    """Is a key needed, and is somebody logged in.

    What this request could do, told by its session cookie alone; keys are not looked at.

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
) -> LoginStatus:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[LoginStatus]:
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
) -> LoginStatus:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
