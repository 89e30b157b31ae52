"""Signals to a server, as requests of HTTP."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from modelmetry.delivery.sink import Batch, ClientReport, SinkFailure, Writing
from modelmetry.settings import web_address, without_password

if TYPE_CHECKING:
    from modelmetry.delivery.packed import Packed
    from modelmetry.sinks.connection import Connection

# Below this many bytes a compressed body saves less than its headers cost.
_WORTH_COMPRESSING = 1_024
# The fastest level: at level 6 compressing takes five times as long for a few percent.
_LEVEL = 1
_BAD_REQUEST, _UNSUPPORTED_MEDIA_TYPE, _UNPROCESSABLE = 400, 415, 422
# Older servers of this API refuse members that they do not know, and every trace has the first.
_NEWER = ("Descendants", "Weight")


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
        self._base_url = web_address(base_url)
        self._api_key = api_key
        self._timeout = timeout
        self._compress = compress
        # Whether the server takes `_NEWER`; `None` until it has answered to it.
        self._takes_newer: bool | None = None
        self._connection: Connection | None = None
        self._inherited: list[Connection] = []

    def load(self) -> None:
        """Load what takes longer than all the rest: in the background, before the first use."""
        self._connect()

    def writer(self) -> Writing:
        """Another writer of signals that `pack` gets later."""
        from modelmetry.wire.body import new_writer  # noqa: PLC0415 - see `load`

        return new_writer()

    def pack(self, batch: Batch) -> Packed:
        """The signals of `batch` as they travel: records, and what its writers took."""
        from modelmetry.wire.body import pack  # noqa: PLC0415 - see `load`

        return pack(batch)

    def write(self, batch: Batch) -> None:
        """Return when the server has stored `batch`; raises like `send`."""
        self.send(self.pack(batch))

    def send(self, packed: Packed) -> None:
        """Return when the server has stored `packed`.

        Raises:
            SinkFailure: `connection` or `timeout` without an answer, else `http_` and the status.
                No answer, 408, 425, 429 and 5xx may be tried again.
        """
        if self._takes_newer or not any(map(packed.has, _NEWER)):
            self._send(packed)
        elif self._takes_newer is None:
            self._try_newer(packed)
        else:
            self._send(packed.without(*_NEWER))

    def _try_newer(self, packed: Packed) -> None:
        try:
            self._send(packed)
        except SinkFailure as failure:
            if not _may_be_about_newer(failure):
                raise
        else:
            self._takes_newer = True
            return
        self._send(packed.without(*_NEWER))
        self._takes_newer = False

    def _send(self, packed: Packed) -> None:
        body = packed.body()
        if not (self._compress and len(body) >= _WORTH_COMPRESSING and self._sent_packed(body)):
            self._post(body, {})

    def report_losses(self, report: ClientReport) -> bool:
        """Return when the server has stored `report`; `False` when it does not know reports.

        Raises:
            SinkFailure: as `send`.
        """
        from modelmetry.wire.report import encode_report  # noqa: PLC0415 - see `load`

        return self._connect().report(encode_report(report))

    def _sent_packed(self, body: bytes) -> bool:
        """Send `body` compressed; `False` when the server does not take such bodies."""
        try:
            compressed = gzip.compress(body, compresslevel=_LEVEL, mtime=0)
            self._post(compressed, {"Content-Encoding": "gzip"})
        except SinkFailure as failure:
            if failure.status != _UNSUPPORTED_MEDIA_TYPE:
                raise
            self._compress = False
        return self._compress

    def _post(self, body: bytes, headers: dict[str, str]) -> None:
        self._connect().post(body, headers)

    def _connect(self) -> Connection:
        if self._connection is None:
            from modelmetry.sinks.connection import Connection  # noqa: PLC0415 - see `load`

            self._connection = Connection(self._base_url, self._api_key, self._timeout)
        return self._connection

    def after_fork(self) -> None:
        """Use connections of our own in a forked child."""
        if self._connection is not None:
            # Kept, not closed: the sockets are the parent's, and a lock of the pool may be held
            # by a thread that does not exist here.
            self._inherited.append(self._connection)
            self._connection = None

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __repr__(self) -> str:
        """The address, never the key."""
        return f"HttpSink({without_password(self._base_url)!r}, timeout={self._timeout!r})"


def _may_be_about_newer(failure: SinkFailure) -> bool:
    """Whether the server may have refused signals for a member that it does not know."""
    named = {kind for kind, _ in failure.faults}
    about_others = bool(named) and not named & {"Traces", "Spans"}
    return failure.status in {_BAD_REQUEST, _UNPROCESSABLE} and not about_others
