"""Everything that modelmetry raises.

::

    ModelmetryError
    |-- ConfigError                  (also ValueError)
    |-- InvalidArgumentError
    |   |-- InvalidTypeError         (also TypeError)
    |   `-- InvalidValueError        (also ValueError)
    |-- ClosedError                  (also RuntimeError)
    |-- ReadError
    |-- MissingExtraError            (also ImportError)
    |-- CostError
    |   |-- CostFileError            (also ValueError)
    |   |-- CostCurrencyError        (also ValueError)
    |   `-- CostSourceError
    |       |-- CostCredentialsError
    |       |-- CostPermissionError
    |       `-- CostDataError
    |-- StoreError
    |   |-- StoreURLError            (also ValueError)
    |   |-- StoreQueryError          (also ValueError)
    |   |-- StoreVersionError
    |   |-- StoreBusyError
    |   |-- StoreConflictError
    |   |-- StoreLimitError          (also ValueError)
    |   |-- StoreRefusedError        (also ValueError)
    |   |-- StoreClosedError         (also ClosedError)
    |   `-- StoreUnavailableError
    |       |-- StoreForbiddenError
    |       `-- StoreFullError
    `-- SinkFailure

Only a mistake in an argument, in the configuration or in the installation is raised to the
caller. Trouble while recording or delivering is counted by reason and returned by
`Client.flush_all()` and `Client.stats()`.
"""

from __future__ import annotations

from collections.abc import Iterable


class ModelmetryError(Exception):
    """Root of everything that this package raises."""


class ConfigError(ModelmetryError, ValueError):
    """A setting, given as an argument or in the environment, cannot be used."""


class InvalidArgumentError(ModelmetryError):
    """An argument of a recording call is a programmer's mistake."""


class InvalidTypeError(InvalidArgumentError, TypeError):
    """An argument has a type that cannot be recorded."""


class InvalidValueError(InvalidArgumentError, ValueError):
    """An argument has the right type and a value that cannot be recorded."""


class ClosedError(ModelmetryError, RuntimeError):
    """Something was asked of a resource that is closed."""


class ReadError(ModelmetryError):
    """What was recorded could not be read: there is nowhere to ask, or no answer came."""


class MissingExtraError(ModelmetryError, ImportError):
    """A feature needs packages of an optional extra; the message names the pip command."""


class CostError(ModelmetryError):
    """What a cloud costs could not be found out; nothing of that attempt was taken."""


class CostFileError(CostError, ValueError):
    """A file of costs is missing, damaged, or not in the format FOCUS."""


class CostCurrencyError(CostError, ValueError):
    """Amounts of several currencies stand where only those of one can be added."""


class CostSourceError(CostError):
    """A service that knows costs did not answer, or not with what was asked.

    Args:
        message: what happened, and what to do.
        retry: whether the same question may be answered in a moment.
        paid: whether the question may be charged although it was not answered.
    """

    def __init__(self, message: str, *, retry: bool = False, paid: bool = True) -> None:
        super().__init__(message)
        self.retry = retry
        self.paid = paid


class CostCredentialsError(CostSourceError):
    """There are no credentials for a service that knows costs, or they are expired or wrong."""


class CostPermissionError(CostSourceError):
    """The credentials do not allow to ask what was spent."""


class CostDataError(CostSourceError):
    """The service has no figures of the days that were asked for, or none yet."""


class StoreError(ModelmetryError):
    """A store did not do what was asked of it."""


class StoreURLError(StoreError, ValueError):
    """The address of a store is of an unknown kind or names no file."""


class StoreQueryError(StoreError, ValueError):
    """A condition, a limit or a cursor cannot be read."""


class StoreVersionError(StoreError):
    """A newer version of this package made the store."""


class StoreBusyError(StoreError):
    """Too much is waiting to be written; nothing of this batch is stored.

    Args:
        message: what happened.
        retry_after: seconds after which the same batch may be accepted.
    """

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StoreConflictError(StoreError):
    """What was asked contradicts what is known, such as values for an execution that has ended."""


class StoreLimitError(StoreError, ValueError):
    """A list would hold more values than it may; nothing of the batch is stored.

    Args:
        message: what happened, and how many values still fit.
        places: places in `MetricLists` of the batch whose values are too many.
    """

    def __init__(self, message: str, *, places: Iterable[int] = ()) -> None:
        super().__init__(message)
        self.places: tuple[int, ...] = tuple(places)


class StoreRefusedError(StoreError, ValueError):
    """Items of a batch contradict themselves or have no room; nothing of the batch is stored.

    Args:
        message: what happened, and what to do.
        member: the list of the batch in which they are.
        faults: of each its place in that list, where the fault is inside of it, and what it is.
    """

    def __init__(
        self, message: str, *, member: str, faults: Iterable[tuple[int, str, str]]
    ) -> None:
        super().__init__(message)
        self.member: str = member
        self.faults: tuple[tuple[int, str, str], ...] = tuple(faults)


class StoreClosedError(StoreError, ClosedError):
    """Something was asked of a store that is closed."""


class StoreUnavailableError(StoreError):
    """The store's file cannot be read or written now: missing, locked, read-only or damaged."""


class StoreForbiddenError(StoreUnavailableError):
    """The file of a store, or its folder, may not be written."""


class StoreFullError(StoreUnavailableError):
    """The disk that holds the store is full."""


class SinkFailure(ModelmetryError):  # noqa: N818 - the batch failed, not the program
    """A sink did not take a batch.

    Args:
        reason: a short, countable word such as `connection`, `timeout` or `http_503`.
        retry: whether the same batch may be accepted later.
        retry_after: seconds to wait before the next try, when the receiver named them.
        status: the status of HTTP with which the receiver refused it, if it did.
        faults: what the receiver found fault with, each as the name of a list and a place in it.
        lasting: whether it lasts until a person mends it, so that a process that ends does not
            wait for that.
        refused: how many signals of the batch it is about, where all others have arrived;
            `None`: all of them.
    """

    def __init__(
        self,
        reason: str,
        *,
        retry: bool,
        retry_after: float | None = None,
        status: int | None = None,
        faults: Iterable[tuple[str, int]] = (),
        lasting: bool = False,
        refused: int | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry
        self.retry_after = retry_after
        self.status = status
        self.faults: frozenset[tuple[str, int]] = frozenset(faults)
        self.lasting = lasting
        self.refused = refused
