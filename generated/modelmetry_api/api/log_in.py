"""POST /login. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    encode_body,
    header_pairs,
    json_reader,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.log_in_request_body import LogInRequestBody
from modelmetry_api.models.login_status import LoginStatus
from modelmetry_api.types import Response


def _call(
    *,
    body: LogInRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[LoginStatus]:
    return Call(
        method="POST",
        path="/login",
        template="/login",
        successes={200: json_reader(LoginStatus)},
        headers=header_pairs(headers),
        body=encode_body(body),
        secured=False,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    body: LogInRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[LoginStatus]:
    """Exchange a key for a session cookie.

    For the page, which should not keep a key where scripts can read it, and which shows nothing
    to a key without the scope `read`: such a one is refused (403). The cookie
    `modelmetry_session` is good for what the key is good for, until it is not used for 12
    hours, its session is 30 days old or logged out, the key is revoked or the server is started
    again. A request that changes something and is let in by the cookie must come from the
    server's own pages (`Origin` or `Sec-Fetch-Site`).

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            body=body,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    body: LogInRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> LoginStatus:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    body: LogInRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[LoginStatus]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            body=body,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    body: LogInRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> LoginStatus:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
