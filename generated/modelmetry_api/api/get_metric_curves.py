"""GET /metrics/curves. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    header_pairs,
    json_reader,
    query_pairs,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.literals import GetMetricCurvesOf
from modelmetry_api.models.metric_curves import MetricCurves
from modelmetry_api.types import Response
from modelmetry_api.wire import UNSET, Unset


def _call(
    *,
    execution: list[str],
    name: str,
    of: GetMetricCurvesOf | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    from_index: int | None | Unset = UNSET,
    to_index: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[MetricCurves]:
    return Call(
        method="GET",
        path="/metrics/curves",
        template="/metrics/curves",
        successes={200: json_reader(MetricCurves)},
        query=query_pairs(
            ("execution", execution),
            ("name", name),
            ("of", of),
            ("points", points),
            ("from_index", from_index),
            ("to_index", to_index),
        ),
        headers=header_pairs(headers),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    execution: list[str],
    name: str,
    of: GetMetricCurvesOf | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    from_index: int | None | Unset = UNSET,
    to_index: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricCurves]:
    """Draw a metric of several executions.

    A curve of more values than `points` is thinned out by Largest-Triangle-Three-Buckets over
    the smallest and largest value of each stretch, so that its extremes stay, and says so. An
    execution that has no such metric has a curve without points.

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            execution=execution,
            name=name,
            of=of,
            points=points,
            from_index=from_index,
            to_index=to_index,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    *,
    client: Client,
    execution: list[str],
    name: str,
    of: GetMetricCurvesOf | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    from_index: int | None | Unset = UNSET,
    to_index: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricCurves:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        execution=execution,
        name=name,
        of=of,
        points=points,
        from_index=from_index,
        to_index=to_index,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    *,
    client: AsyncClient,
    execution: list[str],
    name: str,
    of: GetMetricCurvesOf | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    from_index: int | None | Unset = UNSET,
    to_index: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[MetricCurves]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            execution=execution,
            name=name,
            of=of,
            points=points,
            from_index=from_index,
            to_index=to_index,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    *,
    client: AsyncClient,
    execution: list[str],
    name: str,
    of: GetMetricCurvesOf | None | Unset = UNSET,
    points: int | None | Unset = UNSET,
    from_index: int | None | Unset = UNSET,
    to_index: int | None | Unset = UNSET,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> MetricCurves:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        execution=execution,
        name=name,
        of=of,
        points=points,
        from_index=from_index,
        to_index=to_index,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
