"""A connection to a server, through the generated client.

A module of its own because of what it imports: whoever only makes a client does not wait for it.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator

from modelmetry_api.api import ingest_signals_v1, report_client_v1
from modelmetry_api.client import Client
from modelmetry_api.errors import ApiError, ProblemError, RequestTimeoutError

from modelmetry.delivery.sink import SinkFailure

codecs.lookup("idna")  # loads it now: the first host that is looked up would do it

_REQUEST_TIMEOUT, _TOO_EARLY, _TOO_MANY_REQUESTS = 408, 425, 429
_TRY_AGAIN = frozenset({_REQUEST_TIMEOUT, _TOO_EARLY, _TOO_MANY_REQUESTS})
_SERVER_ERROR = 500
# What servers answer that were built before there were reports.
_UNKNOWN = frozenset({400, 404, 405, 422, 501})
# Seconds for each step of a report: signals wait behind it.
_LONGEST_REPORT = 2.0
_PLACE = re.compile(r"body\.(\w+)\[(\d+)\]")


class Connection:
    """Posts bodies; the connection is kept between them."""

    def __init__(self, base_url: str, api_key: str | None, timeout: float) -> None:
        self._timeout = timeout
        self._client = Client(base_url, api_key=api_key, timeout=timeout)

    def post(self, body: bytes, headers: dict[str, str]) -> None:
        """Return when the server has stored `body`.

        Raises:
            SinkFailure: it has not, or did not say so.
        """
        try:
            ingest_signals_v1.sync_detailed(client=self._client, body=body, headers=headers)
        except ApiError as error:
            # Some servers of this API answer 202 or an empty body: taken is taken.
            if not _is_success(error.status):
                raise _sink_failure(error) from error.with_traceback(None)

    def report(self, body: bytes) -> bool:
        """Return when the server has stored the report; `False` when it knows none.

        Raises:
            SinkFailure: it has not, or did not say so.
        """
        try:
            report_client_v1.sync_detailed(
                client=self._client, body=body, timeout=min(self._timeout, _LONGEST_REPORT)
            )
        except ApiError as error:
            if error.status in _UNKNOWN:
                return False
            if not _is_success(error.status):
                raise _sink_failure(error) from error.with_traceback(None)
        return True

    def close(self) -> None:
        """Let go of it."""
        self._client.close()


def _is_success(status: int | None) -> bool:
    return status is not None and 200 <= status < 300  # noqa: PLR2004 - the class 2xx


def _sink_failure(error: ApiError) -> SinkFailure:
    if error.status is None:
        timed_out = isinstance(error, RequestTimeoutError)
        return SinkFailure("timeout" if timed_out else "connection", retry=True)
    retry = error.status in _TRY_AGAIN or error.status >= _SERVER_ERROR
    return SinkFailure(
        f"http_{error.status}",
        retry=retry,
        retry_after=error.retry_after if retry else None,
        status=error.status,
        faults=_faults(error),
    )


def _faults(error: ApiError) -> Iterator[tuple[str, int]]:
    """The signals that the server found fault with: `body.Spans[3].Start` is `("Spans", 3)`."""
    problem = error.problem if isinstance(error, ProblemError) else None
    for fault in (problem.errors if problem is not None else None) or []:
        found = _PLACE.match(fault.location or "")
        if found:
            yield found[1], int(found[2])
