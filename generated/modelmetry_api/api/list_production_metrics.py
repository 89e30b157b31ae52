"""GET /production/metrics. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.production_metric_list import ProductionMetricList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, Unset


def _call(
    *,
    service: str | None | Unset = UNSET,
    prefix: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[ProductionMetricList]:
    return Call(
        method="GET",
        path="/production/metrics",
        template="/production/metrics",
        successes={200: json_reader(ProductionMetricList)},
        query=query_pairs(
            ("service", service),
            ("prefix", prefix),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    service: str | None | Unset = UNSET,
    prefix: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ProductionMetricList]:
    """List what was measured.

    The first 1,000 metrics in the order of their names. A name that was measured in two ways,
    as by two releases, is there twice.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            service=service,
            prefix=prefix,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    service: str | None | Unset = UNSET,
    prefix: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ProductionMetricList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        service=service,
        prefix=prefix,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    service: str | None | Unset = UNSET,
    prefix: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ProductionMetricList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            service=service,
            prefix=prefix,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    service: str | None | Unset = UNSET,
    prefix: str | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ProductionMetricList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        service=service,
        prefix=prefix,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
