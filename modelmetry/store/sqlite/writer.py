"""The one thread of a process that writes: jobs in, several of them in each transaction."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar
from weakref import WeakSet

from attrs import define, frozen

from modelmetry.errors import (
    InvalidValueError,
    StoreBusyError,
    StoreClosedError,
    StoreUnavailableError,
)
from modelmetry.store.sqlite.connection import connect_writer, translated
from modelmetry.store.sqlite.encode import Micros
from modelmetry.store.sqlite.names import Names
from modelmetry.store.sqlite.transaction import Transaction
from modelmetry.store.sqlite.upsert import Upsert

T = TypeVar("T")

# So long nothing must come before background work begins; then it goes on until a job comes.
IDLE_SECONDS: Final = 0.1
# While jobs never cease, background work gets a twentieth of the time.
_JOBS_PER_BACKGROUND: Final = 19.0
# A fork waits so long for a transaction; only compacting takes longer.
_FORK_SECONDS: Final = 5.0
_GROUP_JOBS: Final = 64
_GROUP_WEIGHT: Final = 8 * 2**20


@frozen(kw_only=True)
class Limits:
    """How much may wait to be written: jobs, and about how many bytes of memory they take."""

    jobs: int = 1_000
    weight: int = 64 * 2**20
    retry_after: float = 1.0


class Work:
    """What a job works with: the transaction, and the batches written in it."""

    def __init__(self, tx: Transaction) -> None:
        self.tx = tx
        self.upsert: Upsert = Upsert(tx)

    @property
    def connection(self) -> sqlite3.Connection:
        """The writer's connection, in a transaction."""
        return self.tx.connection

    def settle(self) -> None:
        """Bring everything up to date, as before a commit."""
        self.upsert.finish()

    def forget_traces(self) -> None:
        """Look up traces anew: some are gone."""
        self.upsert = Upsert(self.tx)


@define
class _Job:
    run: Callable[[Work], Any]
    weight: int
    future: Future[Any]


class Writer:
    """Runs jobs in the order in which they come; each is on disk when its future is done.

    Args:
        path: the file, with its schema.
        clock: microseconds since 1970.
        limits: how much may wait.
        background: does a little of the work that is due, and says whether there may be more.
        busy_seconds: how long to wait for other processes that write.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], Micros],
        limits: Limits,
        background: Callable[[Work], bool],
        busy_seconds: float,
    ) -> None:
        self._path = path
        self._clock = clock
        self._limits = limits
        self._background = background
        self._changed = threading.Condition()
        self._jobs: deque[_Job] = deque()
        self._weight = 0
        self.transactions: int = 0
        """How many were committed."""
        self.seconds: float = 0.0
        """How long these took."""
        self.closing: bool = False
        self.idle: threading.Event = threading.Event()
        """Set while there is nothing to do, background work included."""
        self._connection = connect_writer(path, busy_seconds)
        self._file = _identity(path)
        self._names = Names(self._connection)
        self._version = 0
        self.in_transaction: threading.Lock = threading.Lock()
        """Held while a transaction is open: a process may not be forked then."""
        _writers.add(self)
        self._here = threading.Lock()
        self._thread = _started(self._loop)
        if self._thread is None:
            self.idle.set()

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return len(self._jobs)

    def submit(self, run: Callable[[Work], T], weight: int = 0) -> Future[T]:
        """Queue a job. Raises `StoreBusyError` and `StoreClosedError`."""
        job = _Job(run, weight, Future())
        with self._changed:
            if self.closing:
                raise StoreClosedError(f"the store {self._path} is closed; open it again")
            if weight and self._is_full(weight):
                raise StoreBusyError(
                    f"{len(self._jobs)} batches wait to be written to the store {self._path}; "
                    f"try again in {self._limits.retry_after:g} s",
                    retry_after=self._limits.retry_after,
                )
            self._jobs.append(job)
            self._weight += weight
            self._changed.notify()
        if self._thread is None:
            with self._here:
                self._run_group(self._next_group(idle=0.0))
        return job.future

    def alone(self, run: Callable[[sqlite3.Connection], T]) -> Future[T]:
        """Queue what must run outside of a transaction, such as VACUUM."""

        def outside(work: Work) -> T:
            work.settle()
            work.connection.execute("COMMIT")
            try:
                return run(work.connection)
            finally:
                work.connection.execute("BEGIN IMMEDIATE")

        return self.submit(outside)

    def close(self) -> None:
        """Finish the jobs that wait, then close the connection; again is harmless."""
        with self._changed:
            self.closing = True
            self._changed.notify()
        if self._thread is None:
            self._connection.close()
        elif threading.current_thread() is not self._thread:
            self._thread.join()

    def _is_full(self, weight: int) -> bool:
        # One batch is always taken, however large.
        waiting = len(self._jobs)
        return waiting >= self._limits.jobs or (
            waiting > 0 and self._weight + weight > self._limits.weight
        )

    def _loop(self) -> None:
        more, last_background, took, pause = True, time.monotonic(), 0.0, IDLE_SECONDS
        while True:
            if not more:
                self.idle.set()
            group = self._next_group(idle=pause if more else None)
            pause = IDLE_SECONDS if group else 0.0
            self.idle.clear()
            if group:
                self._run_group(group)
                more = True
            elif self.closing:
                break
            began = time.monotonic()
            late = began - last_background > took * _JOBS_PER_BACKGROUND
            if more and (late or not group):
                more = self._run_background()
                last_background = time.monotonic()
                took = last_background - began
        self._connection.close()

    def _next_group(self, idle: float | None) -> list[_Job]:
        """The jobs of the next transaction; none after `idle` seconds, or when closing."""
        with self._changed:
            if not self._jobs and not self.closing:
                self._changed.wait(idle)
            group: list[_Job] = []
            weight = 0
            while self._jobs and len(group) < _GROUP_JOBS and weight < _GROUP_WEIGHT:
                job = self._jobs.popleft()
                weight += job.weight
                self._weight -= job.weight
                group.append(job)
            return group

    def _waiting(self) -> list[_Job]:
        """All jobs that wait, taken out of the queue."""
        with self._changed:
            jobs = [job for job in self._jobs if job.future.set_running_or_notify_cancel()]
            self._jobs.clear()
            self._weight = 0
            return jobs

    def _run_background(self) -> bool:
        job = _Job(self._background, 0, Future())
        self._run_group([job])
        # What fails now, such as for a full disk, is tried again after the next job.
        return job.future.exception() is None and bool(job.future.result())

    def _run_group(self, group: list[_Job]) -> None:
        group = [job for job in group if job.future.set_running_or_notify_cancel()]
        try:
            results = self._commit(group)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                group += self._waiting()  # it was tried for long: they need not wait as long again
            _fail(group, translated(error, self._path))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the job
            if len(group) == 1:
                _fail(group, _meaning(error, self._path))
            else:
                self._run_each(group)
        else:
            for job, result in zip(group, results, strict=True):
                job.future.set_result(result)

    def _run_each(self, group: list[_Job]) -> None:
        """One job of a group failed and took the others with it: give each its own transaction."""
        for job in group:
            try:
                results = self._commit([job])
            except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for the job
                _fail([job], _meaning(error, self._path))
            else:
                job.future.set_result(results[0])

    def _commit(self, group: list[_Job]) -> list[Any]:
        if _identity(self._path) != self._file:
            # SQLite would go on writing to what nobody will ever open again.
            raise StoreUnavailableError(
                f"the store {self._path} was deleted or replaced while it was in use; put it "
                "back, or restart what uses it for a new one"
            )
        began = time.monotonic()
        with self.in_transaction:
            results = self._transaction(group)
        self.transactions += 1
        self.seconds += time.monotonic() - began
        return results

    def _transaction(self, group: list[_Job]) -> list[Any]:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            self._forget_what_others_changed()
            work = Work(Transaction(connection, self._names, self._clock()))
            results = [job.run(work) for job in group]
            work.settle()
            connection.execute("COMMIT")
        except BaseException:
            self._names.forget()
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return results

    def _forget_what_others_changed(self) -> None:
        (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        if version != self._version:
            self._version = version
            self._names.forget()


# What a forked child inherits of SQLite says for ever that the parent's transaction is open, and
# keeps the child from writing.
_writers: WeakSet[Writer] = WeakSet()
_held: list[Writer] = []


def _before_fork() -> None:
    _held.extend(
        writer for writer in list(_writers) if writer.in_transaction.acquire(timeout=_FORK_SECONDS)
    )


def _after_fork() -> None:
    while _held:
        _held.pop().in_transaction.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
    )


def _started(run: Callable[[], None]) -> threading.Thread | None:
    """A thread that runs it; None where there can be none, and who submits does the work.

    Python 3.12 starts none while a process ends, which may be when its store is opened first.
    """
    thread = threading.Thread(target=run, name="modelmetry-store", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        return None
    return thread


def _identity(path: Path) -> tuple[int, int] | None:
    """What tells the file from any other; None when it is gone."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _fail(group: list[_Job], error: Exception) -> None:
    for job in group:
        job.future.set_exception(error)


def _meaning(error: Exception, path: Path) -> Exception:
    if isinstance(error, sqlite3.Error):
        return translated(error, path)
    if isinstance(error, UnicodeEncodeError):
        return InvalidValueError(
            "text with a lone surrogate cannot be stored; replace it where it is recorded"
        )
    return error
