"""What a job reports of itself, and its machine with it."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from modelmetry.client import doors
from modelmetry.client.sending import FLUSH_TIMEOUT
from modelmetry.telemetry.opening import OFF
from modelmetry.telemetry.receipt import TelemetryReceipt
from modelmetry.telemetry.words import Words


class Telemetry(Words[None]):
    """Reports what a job does: metrics, events, and how it starts and ends.

    Reporting touches memory only. Records go to every backend in the background, each behind a
    delivery of its own: one that fails or is slow reaches neither the caller nor the others, and
    what it lost is in `stats()`. As a block it is closed at the end.

    Args:
        command_name: what runs; the name of the program by default.
        telemetry_file: a file of JSON lines, as the older telemetry tool has it.
        backends: more backends, as the older telemetry tool has them.
        backend: `modelmetry` (where traces go), `jsonl`, `sqlite`, `text`, an object with
            `emit(record)`, or a list of these.
        path: the file of the backend that writes one, or a dict of names and files; by default
            `telemetry.jsonl`, `telemetry.db`, and standard error for `text`.
        client: the client whose destination `modelmetry` takes; it stays open at the end.
        api_key: key of a tenant of the server, for `modelmetry`.
        base_url: address of a server, for `modelmetry`.
        store: local store, `sqlite:///PATH`, for `modelmetry`.
        config: all settings at once; other arguments come before it.
        host: whether the name of the machine is said.
        user: whether it is said whose account the program runs under.
        interval: seconds between two readings of the machine; `None` for none.
        clock: where times come from.
        new_id: where identities come from; UUIDs of version 7 by default.

    Raises:
        ConfigError: a setting, or the name of a backend, cannot be used.
        InvalidTypeError: another argument is not what it has to be.
    """

    _answer = None

    def flush(self, timeout: float | None = FLUSH_TIMEOUT) -> TelemetryReceipt:
        """Bring everything to all backends, and say what became of it.

        Args:
            timeout: seconds to wait at most; `None` waits until all is delivered or lost.

        Raises:
            InvalidTypeError: `timeout` is no number.
        """
        doors.require_seconds(timeout)
        return OFF if self._emitter is None else self._emitter.flush(timeout)

    def close(self, timeout: float | None = FLUSH_TIMEOUT) -> TelemetryReceipt:
        """Like `flush`, and stop: what is reported later is counted as `closed`.

        May be called again.
        """
        doors.require_seconds(timeout)
        return OFF if self._emitter is None else self._emitter.close(timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._emitter is not None:
            self._emitter.leave()
