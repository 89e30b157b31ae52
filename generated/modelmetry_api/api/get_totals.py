"""GET /totals. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.literals import GetTotalsSort
from modelmetry_api.models.totals import Totals
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: GetTotalsSort | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[Totals]:
    return Call(
        method="GET",
        path="/totals",
        template="/totals",
        successes={200: json_reader(Totals)},
        query=query_pairs(
            ("start_after", start_after),
            ("start_before", start_before),
            ("sort", sort),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: GetTotalsSort | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[Totals]:
    """Totals of a stretch of time.

    Counts, durations, tokens and cost of everything that started in the range, as a whole and
    by span name and model. Over long ranges durations may come from hourly summaries; then
    `Approximate` is true and percentiles are within `RelativeError` of the exact ones.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            start_after=start_after,
            start_before=start_before,
            sort=sort,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: GetTotalsSort | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Totals:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        start_after=start_after,
        start_before=start_before,
        sort=sort,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: GetTotalsSort | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[Totals]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            start_after=start_after,
            start_before=start_before,
            sort=sort,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    sort: GetTotalsSort | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Totals:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        start_after=start_after,
        start_before=start_before,
        sort=sort,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
