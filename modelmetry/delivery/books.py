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

    Args:
        lock: who has it keeps the books.
    """

    def __init__(self, lock: threading.RLock) -> None:
        self.begin_books(lock)

    def begin_books(self, lock: threading.RLock) -> None:
        """Begin anew: also what a forked child does."""
        self._lock = lock
        self._writer: int | None = None
        self._is_torn = False

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

    def _keep(self, use: Callable[[], ResultT]) -> ResultT:
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
        return result


BooksT = TypeVar("BooksT", bound=Books)
ParamsT = ParamSpec("ParamsT")
ResultT = TypeVar("ResultT")
Method = Callable[Concatenate[BooksT, ParamsT], ResultT]


def in_books(method: Method[BooksT, ParamsT, ResultT]) -> Method[BooksT, ParamsT, ResultT]:
    """Let `method` use the books.

    No block of a context manager that is a generator: Ctrl-C at its door would leave the lock
    taken for as long as somebody holds the exception. The way into a lock itself is C.
    """

    @wraps(method)
    def kept(books: BooksT, /, *args: ParamsT.args, **kwargs: ParamsT.kwargs) -> ResultT:
        with books._lock:  # noqa: SLF001 - of the class above
            if books._writer is not None:  # noqa: SLF001
                return method(books, *args, **kwargs)
            return books._keep(lambda: method(books, *args, **kwargs))  # noqa: SLF001

    return kept


def is_owned(lock: threading.RLock) -> bool:
    """Whether the calling thread has `lock`."""
    return bool(cast("Any", lock)._is_owned())  # noqa: SLF001 - as `Condition` asks it


def acquire_within(lock: threading.RLock, timeout: float) -> bool:
    """Take `lock`, waiting `timeout` seconds at most; Ctrl-C leaves it as it was."""
    was_owned = is_owned(lock)
    try:
        return lock.acquire(timeout=timeout)
    except BaseException:
        if is_owned(lock) and not was_owned:
            lock.release()
        raise
