"""Counts that agree with each other at every moment at which somebody may read them."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast


class Books(ABC):
    """Kept under one lock, by methods that are `in_books`, and mended after an interruption.

    The lock is reentrant because a finaliser may ask for the books in the very thread that is
    writing them; such a reader gets the state so far.
    """

    _lock: threading.RLock
    _writer: int | None = None
    _is_torn = False
    _is_stale = False

    def begin_books(self, lock: threading.RLock) -> None:
        """Begin, or begin anew as a forked child does; who has `lock` keeps the books."""
        self._lock, self._writer, self._is_torn, self._is_stale = lock, None, False, False

    def next_lock(self) -> threading.RLock:
        """One for a new beginning: the same, if the calling thread has it, also in a child."""
        return self._lock if is_owned(self._lock) else threading.RLock()

    def reset_later(self) -> bool:
        """Whether they are in use, because a handler of signals has forked: `reset` comes then."""
        self._is_stale = self.is_being_written_here
        return self._is_stale

    @abstractmethod
    def reset(self) -> None:
        """Begin anew, empty: also what a forked child does."""

    @property
    def lock(self) -> threading.RLock:
        """That of the books; another one after a fork."""
        return self._lock

    @property
    def is_being_written_here(self) -> bool:
        """Whether the calling thread is in the middle of the books: a finaliser may find it so."""
        return self._writer == threading.get_ident()

    @abstractmethod
    def _mend(self) -> None:
        """Make the sums anew from what waits: somebody was interrupted in the middle of them."""

    def _opened(self) -> None:  # noqa: B027 - mostly nothing
        """Before the books are used."""

    def _used(self) -> None:  # noqa: B027 - mostly nothing
        """After the books were used."""

    def keep(self, use: Callable[[], ResultT]) -> ResultT:
        """Do something with the books; in the middle of another use it only reads what is so far.

        No context manager that is a generator: Ctrl-C at its door would leave the lock taken for
        as long as somebody holds the exception. The way into a lock itself is C.
        """
        with self._lock:
            if self._writer is not None:
                return use()
            self._writer = threading.get_ident()
            try:
                if self._is_torn:
                    self._mend()
                    self._is_torn = False
                self._opened()
                result = use()
                self._used()
            except BaseException:
                self._is_torn = True
                raise
            finally:
                self._writer = None
                if self._is_stale:
                    self.reset()
            return result


BooksT = TypeVar("BooksT", bound=Books)
ParamsT = ParamSpec("ParamsT")
ResultT = TypeVar("ResultT")
Method = Callable[Concatenate[BooksT, ParamsT], ResultT]


def in_books(method: Method[BooksT, ParamsT, ResultT]) -> Method[BooksT, ParamsT, ResultT]:
    """Let all of `method` use the books."""

    @wraps(method)
    def kept(books: BooksT, /, *args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        return books.keep(lambda: method(books, *args, **kwargs))

    return kept


def is_owned(lock: threading.RLock) -> bool:
    """Whether the calling thread has `lock`."""
    return bool(cast("Any", lock)._is_owned())  # noqa: SLF001 - as `Condition` asks it


def let_go(lock: threading.RLock) -> None:
    """Release `lock` if the calling thread has it."""
    if is_owned(lock):
        lock.release()


def acquire_within(lock: threading.RLock, timeout: float) -> bool:
    """Take `lock`, waiting `timeout` seconds at most (-1: as long as it takes).

    Ctrl-C leaves it as it was.
    """
    was_owned = is_owned(lock)
    try:
        return lock.acquire(timeout=timeout)
    except BaseException:
        if is_owned(lock) and not was_owned:
            lock.release()
        raise
