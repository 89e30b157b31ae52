"""PUT /costs/days. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    encode_body,
    header_pairs,
    json_reader,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.cost_days_replaced import CostDaysReplaced
from modelmetry_api.models.cost_days_request_body import CostDaysRequestBody
from modelmetry_api.types import Response


def _call(
    *,
    body: CostDaysRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[CostDaysReplaced]:
    return Call(
        method="PUT",
        path="/costs/days",
        template="/costs/days",
        successes={200: json_reader(CostDaysReplaced)},
        headers=header_pairs(headers),
        body=encode_body(body),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    body: CostDaysRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[CostDaysReplaced]:
    """State what some days cost.

    Replaces all that was known of these days of this source, whole or not at all, so that the
    same sent again changes nothing. A day of the request without a row cost nothing. Days are
    those of UTC; a row belongs to the day on which its period starts. No two rows may be of the
    same period, service, category, account and tags. Each currency needs a source of its own.

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
    body: CostDaysRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> CostDaysReplaced:
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
    body: CostDaysRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[CostDaysReplaced]:
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
    body: CostDaysRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> CostDaysReplaced:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
