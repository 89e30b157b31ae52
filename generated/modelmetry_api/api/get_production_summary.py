"""GET /production/summary. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.production_summary import ProductionSummary
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    service: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    baseline_after: DateTime | None | Unset = UNSET,
    baseline_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[ProductionSummary]:
    return Call(
        method="GET",
        path="/production/summary",
        template="/production/summary",
        successes={200: json_reader(ProductionSummary)},
        query=query_pairs(
            ("service", service),
            ("at_after", at_after),
            ("at_before", at_before),
            ("baseline_after", baseline_after),
            ("baseline_before", baseline_before),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    service: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    baseline_after: DateTime | None | Unset = UNSET,
    baseline_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ProductionSummary]:
    """Sum up production.

    The report: every figure with its window, its sample size and where it comes from, beside
    the same of a baseline if one is named. What was not measured is null, and says so.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            service=service,
            at_after=at_after,
            at_before=at_before,
            baseline_after=baseline_after,
            baseline_before=baseline_before,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    service: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    baseline_after: DateTime | None | Unset = UNSET,
    baseline_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ProductionSummary:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        service=service,
        at_after=at_after,
        at_before=at_before,
        baseline_after=baseline_after,
        baseline_before=baseline_before,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    service: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    baseline_after: DateTime | None | Unset = UNSET,
    baseline_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[ProductionSummary]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            service=service,
            at_after=at_after,
            at_before=at_before,
            baseline_after=baseline_after,
            baseline_before=baseline_before,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    service: str | None | Unset = UNSET,
    at_after: DateTime | None | Unset = UNSET,
    at_before: DateTime | None | Unset = UNSET,
    baseline_after: DateTime | None | Unset = UNSET,
    baseline_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> ProductionSummary:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        service=service,
        at_after=at_after,
        at_before=at_before,
        baseline_after=baseline_after,
        baseline_before=baseline_before,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
