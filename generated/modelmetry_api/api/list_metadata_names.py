"""GET /names/metadata. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.metadata_name_list import MetadataNameList
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, DateTime, Unset


def _call(
    *,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[MetadataNameList]:
    return Call(
        method="GET",
        path="/names/metadata",
        template="/names/metadata",
        successes={200: json_reader(MetadataNameList)},
        query=query_pairs(
            ("start_after", start_after),
            ("start_before", start_before),
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
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetadataNameList]:
    """Keys and values in the metadata of traces.

    Of the traces that started in the range: the 50 most frequent keys, and of each the 50 most
    frequent values, as the filter `metadata` compares them. Of more than 5,000 traces, 50 are
    looked at in each hundredth of the range; `Sampled` is true then.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            start_after=start_after,
            start_before=start_before,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetadataNameList:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        start_after=start_after,
        start_before=start_before,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetadataNameList]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            start_after=start_after,
            start_before=start_before,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    start_after: DateTime | None | Unset = UNSET,
    start_before: DateTime | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetadataNameList:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        start_after=start_after,
        start_before=start_before,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
