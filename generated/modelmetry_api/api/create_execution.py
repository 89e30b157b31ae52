"""POST /executions. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    encode_body,
    header_pairs,
    json_reader,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.execution import Execution
from modelmetry_api.models.execution_request_body import ExecutionRequestBody
from modelmetry_api.types import Response


def _call(
    *,
    body: ExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[Execution]:
    return Call(
        method="POST",
        path="/executions",
        template="/executions",
        successes={200: json_reader(Execution)},
        headers=header_pairs(headers),
        body=encode_body(body),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    *,
    client: Client,
    body: ExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[Execution]:
    """Create an execution, or say more of a known one.

    An execution is one run of a pipeline, a training or any other job to which metrics belong.
    Without an `XID` the server makes one. A known `XID` updates the members that are sent; the
    worst status with its message, the earliest `Start` and the latest `End` stay, so processes
    may share an execution, at once or one after the other. One that has finished runs again
    while one goes on that is said to have begun after its `End`.

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
    body: ExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Execution:
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
    body: ExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[Execution]:
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
    body: ExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Execution:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
