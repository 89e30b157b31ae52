"""GET /production/series. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.production_series import ProductionSeries
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    name: str,
    service: str | None | Unset = UNSET,
    group_by: list[str] | None | Unset = UNSET,
    attribute: list[str] | None | Unset = UNSET,
    quantile: list[int | float] | None | Unset = UNSET,
    points: bool | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[ProductionSeries]:
    return Call(
        method="GET",
        path="/production/series",
        template="/production/series",
        successes={200: json_reader(ProductionSeries)},
        query=query_pairs(
            ("name", name),
            ("service", service),
            ("group_by", group_by),
            ("attribute", attribute),
            ("quantile", quantile),
            ("points", points),
            ("at_after", at_after),
            ("at_before", at_before),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    name: str,
    service: str | None | Unset = UNSET,
    group_by: list[str] | None | Unset = UNSET,
    attribute: list[str] | None | Unset = UNSET,
    quantile: list[int | float] | None | Unset = UNSET,
    points: bool | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ProductionSeries]:
    """One metric over time.

    Points are 5 minutes wide or wider, so that there are 300 at most; before the last 14 days
    they are whole hours. What was measured in an interval belongs to the point in which the
    middle of the interval lies. The answer says which window it has, widened to whole points.
    Of a name that was measured in two ways the one that came last is answered.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            name=name,
            service=service,
            group_by=group_by,
            attribute=attribute,
            quantile=quantile,
            points=points,
            at_after=at_after,
            at_before=at_before,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    name: str,
    service: str | None | Unset = UNSET,
    group_by: list[str] | None | Unset = UNSET,
    attribute: list[str] | None | Unset = UNSET,
    quantile: list[int | float] | None | Unset = UNSET,
    points: bool | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ProductionSeries:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        name=name,
        service=service,
        group_by=group_by,
        attribute=attribute,
        quantile=quantile,
        points=points,
        at_after=at_after,
        at_before=at_before,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    name: str,
    service: str | None | Unset = UNSET,
    group_by: list[str] | None | Unset = UNSET,
    attribute: list[str] | None | Unset = UNSET,
    quantile: list[int | float] | None | Unset = UNSET,
    points: bool | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ProductionSeries]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            name=name,
            service=service,
            group_by=group_by,
            attribute=attribute,
            quantile=quantile,
            points=points,
            at_after=at_after,
            at_before=at_before,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    name: str,
    service: str | None | Unset = UNSET,
    group_by: list[str] | None | Unset = UNSET,
    attribute: list[str] | None | Unset = UNSET,
    quantile: list[int | float] | None | Unset = UNSET,
    points: bool | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ProductionSeries:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        name=name,
        service=service,
        group_by=group_by,
        attribute=attribute,
        quantile=quantile,
        points=points,
        at_after=at_after,
        at_before=at_before,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
