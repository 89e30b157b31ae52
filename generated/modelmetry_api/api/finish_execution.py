"""POST /executions/{xid}/finish. Written by codegen; do not edit."""

from collections.abc import Mapping

from modelmetry_api.calls import (
    Call,
    encode_body,
    header_pairs,
    json_reader,
    segment,
)
from modelmetry_api.client import AsyncClient, Client
from modelmetry_api.models.execution import Execution
from modelmetry_api.models.finish_execution_request_body import FinishExecutionRequestBody
from modelmetry_api.types import Response


def _call(
    xid: str,
    *,
    body: FinishExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Call[Execution]:
    return Call(
        method="POST",
        path=f"/executions/{segment(xid)}/finish",
        template="/executions/{xid}/finish",
        successes={200: json_reader(Execution)},
        headers=header_pairs(headers),
        body=encode_body(body),
        secured=True,
        timeout=timeout,
    )


def sync_detailed(
    xid: str,
    *,
    client: Client,
    body: FinishExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[Execution]:
    """Finish an execution.

    Finishing with the same status again changes nothing; another status is refused (409).

    headers are added to this request; timeout is in seconds and replaces the client's.

    Raises `modelmetry_api.errors.ApiError`.
    """
    return client.send(
        _call(
            xid,
            body=body,
            headers=headers,
            timeout=timeout,
        )
    )


def sync(
    xid: str,
    *,
    client: Client,
    body: FinishExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Execution:
    """As `sync_detailed`, but gives the body alone."""
    return sync_detailed(
        xid,
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    ).parsed


async def asyncio_detailed(
    xid: str,
    *,
    client: AsyncClient,
    body: FinishExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Response[Execution]:
    """As `sync_detailed`, for asyncio."""
    return await client.send(
        _call(
            xid,
            body=body,
            headers=headers,
            timeout=timeout,
        )
    )


async def asyncio(
    xid: str,
    *,
    client: AsyncClient,
    body: FinishExecutionRequestBody | bytes,
    headers: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> Execution:
    """As `sync`, for asyncio."""
    answer = await asyncio_detailed(
        xid,
        body=body,
        headers=headers,
        timeout=timeout,
        client=client,
    )
    return answer.parsed
