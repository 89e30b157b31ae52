"""How what a client recorded is sent, and how the client ends."""

from __future__ import annotations

import atexit
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Final, NamedTuple, Protocol, Self
from weakref import WeakKeyDictionary

from modelmetry.client import doors
from modelmetry.client.recorder import Recorder
from modelmetry.config import Config
from modelmetry.delivery import lifecycle
from modelmetry.delivery.delivery import Delivery
from modelmetry.delivery.log import logger
from modelmetry.delivery.receipt import Receipt

FLUSH_TIMEOUT: Final = 10.0
NOTHING: Final = Receipt(created=0, delivered=0, pending=0, spooled=0, dropped={})


class Bring(Protocol):
    """Lays down what waits elsewhere, before a flush or for the last time."""

    def __call__(self, *, last: bool = False) -> None:
        """Lay it down; `last`: nothing is taken after that."""
        ...


class Origin(NamedTuple):
    """What a client says of the application, and how often its metrics are told, in seconds."""

    service: str | None
    environment: str | None
    release: str | None
    metrics_interval: float


class Opening:
    """Who gets to know of each client that is opened: nobody, or one."""

    watcher: Callable[[Sending], object] | None = None


class Sending:
    """The part of a client that sends: flushes, ends, and what became of everything."""

    _config: Config
    _recorder: Recorder
    # None when the client is switched off.
    _delivery: Delivery | None
    _closed: bool

    def _begin_sending(self) -> None:
        """Let the end of the process find it."""
        self._brought: list[Bring] = []
        _senders[self] = None
        if Opening.watcher is not None:
            Opening.watcher(self)

    def flush_all(self, timeout: float | None = FLUSH_TIMEOUT) -> Receipt:
        """Send everything collected, and say what became of it.

        What open traces and spans hold so far is sent as well; they stay open.

        Args:
            timeout: seconds to wait at most; `None` waits until all is delivered or lost.

        Returns:
            what was delivered, what waits, what was dropped and why, since the client began.

        Raises:
            InvalidTypeError: `timeout` is no number.
        """
        doors.require_seconds(timeout)
        if self._delivery is None:
            return NOTHING
        self._bring()
        self._recorder.send_open()
        return self._counted(self._delivery.flush(timeout))

    async def aflush_all(
        self,
        timeout: float | None = FLUSH_TIMEOUT,  # noqa: ASYNC109 - it bounds a wait, no coroutine
    ) -> Receipt:
        """Like `flush_all`, without blocking the event loop."""
        doors.require_seconds(timeout)
        if self._delivery is None:
            return NOTHING
        self._bring()
        self._recorder.send_open()
        return self._counted(await self._delivery.aflush(timeout))

    def close(self, timeout: float | None = FLUSH_TIMEOUT) -> Receipt:
        """Send everything collected and stop; what is recorded later is dropped and counted.

        May be called again. Traces that are still open are sent as they are, without an end.

        Raises:
            InvalidTypeError: `timeout` is no number.
        """
        doors.require_seconds(timeout)
        if self._delivery is None:
            self._closed = True
            return NOTHING
        self._bring(last=True)
        self.send_open()
        self._closed = True
        return self._counted(self._delivery.close(timeout))

    async def aclose(
        self,
        timeout: float | None = FLUSH_TIMEOUT,  # noqa: ASYNC109 - it bounds a wait, no coroutine
    ) -> Receipt:
        """Like `close`, without blocking the event loop."""
        doors.require_seconds(timeout)
        if self._delivery is None:
            self._closed = True
            return NOTHING
        self._bring(last=True)
        self.send_open()
        self._closed = True
        return self._counted(await self._delivery.aclose(timeout))

    def stats(self) -> Receipt:
        """Where everything is that was recorded and ended so far."""
        return NOTHING if self._delivery is None else self._counted(self._delivery.stats())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        lifecycle.say_what_stays(self.close(self._leave_within))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        lifecycle.say_what_stays(await self.aclose(self._leave_within))

    def __del__(self) -> None:
        # Not there when the constructor refused its arguments.
        if getattr(self, "_closed", True) or not hasattr(self, "_recorder"):
            return
        self._recorder.send_open()
        waiting = self.stats().pending
        self._bring(last=True)  # not counted: nobody recorded it
        if waiting:
            warnings.warn(
                f"a modelmetry client was dropped with {waiting} unsent signals, which are now "
                "sent in the background; close it, or use it as a block",
                ResourceWarning,
                source=self,
                stacklevel=2,
            )

    def send_open(self) -> None:
        """Send what open traces and spans hold so far, without waiting."""
        if not self._closed:
            self._recorder.send_open()

    def _bring(self, *, last: bool = False) -> None:
        for bring in list(self._brought):
            try:
                bring(last=last)
            except Exception:
                logger.exception("what waits beside a client could not be told; please report this")

    @property
    def _leave_within(self) -> float:
        """Seconds that the end of a block may take: what is on disk need not be waited for."""
        kept = self._config.base_url is not None and self._config.durability != "memory"
        return self._config.exit_timeout if kept else FLUSH_TIMEOUT

    def _counted(self, receipt: Receipt) -> Receipt:
        return self._recorder.with_refused(receipt)


def delivery_of(client: Sending) -> Delivery | None:
    """To where a client delivers, for what is recorded beside traces; `None` when it is off.

    Not a word of the client: it is nobody's business but that of what records beside it.
    """
    return client._delivery  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def books_of(client: Sending) -> Callable[[], Receipt]:
    """What `stats` of a client tells, also when the client is gone: it is not kept alive."""
    delivery = delivery_of(client)
    if delivery is None:
        return lambda: NOTHING
    read = delivery.books()
    refused = client._recorder.refusals()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return lambda: refused(read())


def is_sending(client: Sending) -> bool:
    """Whether what a client records goes anywhere: it is neither closed nor switched off."""
    closed = client._closed  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return delivery_of(client) is not None and not closed


def origin_of(client: Sending) -> Origin:
    """What a client says of the application, for what is recorded beside traces."""
    config = client._config  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return Origin(config.service, config.environment, config.release, config.metrics_interval)


def bring_with(client: Sending, bring: Bring) -> None:
    """Call `bring` before each flush of a client and before its end; the client holds it."""
    client._brought.append(bring)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def leave_within(client: Sending) -> float:
    """Seconds that the end of a block with `client` may take, for blocks of what records beside."""
    return client._leave_within  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


_senders: Final[WeakKeyDictionary[Sending, None]] = WeakKeyDictionary()


def all_senders() -> list[Sending]:
    """All clients of this process that are still there, the first one first."""
    # Not `list(_senders)`, which another thread's new client would interrupt.
    return [sender for known in _senders.keyrefs() if (sender := known()) is not None]


# Runs before the delivery's own exit hook, which was registered earlier, at its import.
@atexit.register
def _send_open_at_exit() -> None:
    for sender in all_senders():
        sender.send_open()
