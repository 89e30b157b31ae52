"""Signals to a server, through the generated client."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from importlib import import_module

from modelmetry_api.api import ingest_signals_v1
from modelmetry_api.client import Client
from modelmetry_api.errors import ApiError, ProblemError, RequestTimeoutError

from modelmetry.delivery.packed import Packed
from modelmetry.delivery.sink import Batch, SinkFailure
from modelmetry.wire.body import pack

# The first request would import it in the worker's thread; a fork in that moment would leave the
# child with an import that never ends.
import_module("encodings.idna")

# Below this many bytes a compressed body saves less than its headers cost.
_WORTH_COMPRESSING = 1_024
# The fastest level: at level 6 compressing takes five times as long for a few percent.
_LEVEL = 1
_REQUEST_TIMEOUT, _TOO_EARLY, _UNSUPPORTED_MEDIA_TYPE, _TOO_MANY_REQUESTS = 408, 425, 415, 429
_TRY_AGAIN = frozenset({_REQUEST_TIMEOUT, _TOO_EARLY, _TOO_MANY_REQUESTS})
_SERVER_ERROR = 500
_PLACE = re.compile(r"body\.(\w+)\[(\d+)\]")


class HttpSink:
    """Sends each batch as one request; the connection is kept between them.

    Args:
        base_url: address of the server, such as `http://127.0.0.1:8420`.
        api_key: sent as `X-API-KEY`, shown nowhere.
        timeout: seconds for each step of a request: connecting, sending, waiting for bytes.
        compress: gzip bodies; a server that answers 415 gets them uncompressed from then on.

    Raises:
        ValueError: an argument cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        timeout: float = 10.0,
        compress: bool = True,
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        self._timeout = timeout
        self._compress = compress
        self._client: Client | None = self._connect()
        self._inherited: list[Client] = []

    def _connect(self) -> Client:
        return Client(self._base_url, api_key=self._api_key, timeout=self._timeout)

    def pack(self, batch: Batch) -> Packed:
        """The signals of `batch` as they travel."""
        return pack(batch)

    def write(self, batch: Batch) -> None:
        """Return when the server has stored `batch`; raises like `send`."""
        self.send(pack(batch))

    def send(self, packed: Packed) -> None:
        """Return when the server has stored `packed`.

        Raises:
            SinkFailure: `connection` or `timeout` without an answer, else `http_` and the status.
                No answer, 408, 425, 429 and 5xx may be tried again.
        """
        body = packed.body()
        if self._compress and len(body) >= _WORTH_COMPRESSING:
            compressed = gzip.compress(body, compresslevel=_LEVEL, mtime=0)
            failure = self._post(compressed, {"Content-Encoding": "gzip"})
            if failure is not None and failure.status == _UNSUPPORTED_MEDIA_TYPE:
                self._compress = False
                failure = self._post(body, {})
        else:
            failure = self._post(body, {})
        if failure is not None:
            raise _sink_failure(failure) from failure

    def _post(self, body: bytes, headers: dict[str, str]) -> ApiError | None:
        if self._client is None:
            self._client = self._connect()
        try:
            ingest_signals_v1.sync_detailed(client=self._client, body=body, headers=headers)
        except ApiError as error:
            # Some servers of this API answer 202 or an empty body: taken is taken.
            return None if _is_success(error.status) else error
        return None

    def after_fork(self) -> None:
        """Use connections of our own in a forked child."""
        if self._client is not None:
            # Kept, not closed: the sockets are the parent's, and a lock of the pool may be held
            # by a thread that does not exist here.
            self._inherited.append(self._client)
            self._client = None

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def __repr__(self) -> str:
        """The address, never the key."""
        return f"HttpSink({self._base_url!r}, timeout={self._timeout!r})"


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
