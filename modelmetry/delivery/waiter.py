"""A moment that threads and coroutines wait for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress


class Waiter:
    """Told once, from any thread, also under locks.

    Not a `Future`: to tell one takes a lock of its own, which a thread may hold that waits, and in
    which a finaliser or a signal handler may want the very locks that the teller holds. Here
    telling is the release of a raw lock, which waits for nobody.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lock.acquire()
        self._is_done = False
        self._calls: list[Callable[[], object]] = []

    def done(self) -> bool:
        """Whether it was told."""
        return self._is_done

    def tell(self) -> None:
        """The moment has come; to say so again does no harm, where somebody was interrupted."""
        self._is_done = True
        self._let_go()
        for call in self._calls:
            call()

    def _let_go(self) -> None:
        # No `suppress`, which is Python, where somebody may be interrupted.
        try:  # noqa: SIM105
            self._lock.release()
        except RuntimeError:  # another one was as quick
            pass

    def then(self, call: Callable[[], object]) -> None:
        """Call `call` when it is told, at once if it was; perhaps twice. It must not raise."""
        self._calls.append(call)
        if self._is_done:
            call()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for at most `timeout` seconds; whether it was told."""
        if self._is_done:
            return True
        bound = -1 if timeout is None else min(max(0.0, timeout), threading.TIMEOUT_MAX)
        try:
            self._lock.acquire(timeout=bound)
        finally:  # for the next one
            if self.done():
                self._let_go()
        return self.done()

    async def wait_in_loop(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109 - ends in a bool
        """Like `wait`, without blocking the event loop."""
        # Who awaits has a loop and so has asyncio; `import modelmetry` does not wait for it.
        import asyncio  # noqa: PLC0415

        loop, told = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop was closed meanwhile
                loop.call_soon_threadsafe(told.set)

        self.then(tell)
        with suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), timeout)
        return self._is_done
