"""Readings that one thread takes in the background, every few seconds."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Final, Protocol, Self

from modelmetry.machine.log import logger
from modelmetry.machine.no_fork import no_fork
from modelmetry.machine.reader import Reader, Reading

INTERVAL: Final = 10.0  # seconds between two readings

# Seconds that `close` waits for the thread, which may be in the middle of a reading.
_CLOSE_WAITS: Final = 1.0


class Readings(Protocol):
    """What the sampler asks; `Reader` is one."""

    def read(self) -> Reading:
        """Take a reading."""
        ...

    def close(self) -> None:
        """Let go of what it holds."""
        ...


Follower = Callable[[Reading], object]
"""Gets each reading, on the thread of the sampler; it must not change it."""


class Sampler:
    """Takes a reading every `interval` seconds from when somebody first wants one.

    It has one daemon thread, which a forked child starts anew when it first wants a reading there.
    Most want `shared_sampler()`, so that there is one in a process.

    Args:
        interval: seconds between two readings.
        reader: makes what is asked; on the thread, once for each start.

    Example:
        >>> with Sampler(interval=60) as sampler:
        ...     stop = sampler.follow(print)
        ...     stop()
    """

    def __init__(
        self, *, interval: float = INTERVAL, reader: Callable[[], Readings] = Reader
    ) -> None:
        self._interval = interval
        self._reader = reader
        self._followers: dict[object, Follower] = {}
        self._runs: dict[int, _Run] = {}  # by process: a forked child has none of its own yet

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def follow(self, follower: Follower) -> Callable[[], None]:
        """Hand every reading to `follower` from now on; call what is returned to end that.

        One that fails is said once in the log, and gets the next reading all the same.
        """
        ticket = object()
        self._followers[ticket] = follower
        self._run().start(self._work)

        def stop() -> None:
            self._followers.pop(ticket, None)

        return stop

    @property
    def latest(self) -> Reading:
        """A copy of the last reading; empty until there is one."""
        run = self._run()
        run.start(self._work)
        return dict(run.latest)

    def close(self, *, wait: bool = True) -> None:
        """Stop the thread; the next use starts it again.

        Args:
            wait: whether to wait for it a moment, which may be in the middle of a reading.
        """
        run = self._runs.pop(os.getpid(), None)
        if run is not None:
            run.end(_CLOSE_WAITS if wait else 0)

    def _run(self) -> _Run:
        return self._runs.setdefault(os.getpid(), _Run())

    def _work(self, run: _Run) -> None:
        said: set[object] = set()
        with no_fork:
            reader = self._reader()
        while True:
            with no_fork:
                run.latest = reader.read()
            for ticket, follower in list(self._followers.items()):
                self._hand_over(run.latest, ticket, follower, said)
            if run.ending.wait(self._interval):
                break
        with no_fork:
            reader.close()

    def _hand_over(
        self, reading: Reading, ticket: object, follower: Follower, said: set[object]
    ) -> None:
        try:
            follower(reading)
        except Exception as error:  # noqa: BLE001 - the other followers get it all the same
            if ticket in said:
                return
            said.add(ticket)
            with no_fork:
                logger.error("%r failed with a reading; said once", follower, exc_info=error)


class _Run:
    """The thread of one process, from its start to its end.

    Whoever starts it may be interrupted in between, and another thread may start it as well: of
    those that come to run, all but the first leave. So there is no lock that could stay taken.
    """

    def __init__(self) -> None:
        self.latest: Reading = {}
        self.ending = threading.Event()
        self._is_started = False
        self._runner: dict[str, threading.Thread] = {}

    def start(self, work: Callable[[_Run], None]) -> None:
        if self._is_started:
            return
        self._is_started = True
        try:
            threading.Thread(
                target=self._once, args=(work,), name="modelmetry-machine", daemon=True
            ).start()
        except RuntimeError:  # the interpreter is ending, or there may be no more threads
            self._is_started = False
        except BaseException:
            self._is_started = False
            raise

    def _once(self, work: Callable[[_Run], None]) -> None:
        me = threading.current_thread()
        if self._runner.setdefault("is", me) is me:
            work(self)

    def end(self, timeout: float) -> None:
        self.ending.set()
        runner = self._runner.get("is")
        if runner is not None and runner is not threading.current_thread():
            runner.join(timeout)


_shared: Final[dict[str, Sampler]] = {}


def shared_sampler() -> Sampler:
    """The sampler of this process, with the usual interval; its thread starts when it is used."""
    return _shared.setdefault("sampler", Sampler())
