"""Executions: runs of pipelines, to which metrics belong; each is also a trace."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self, cast

from modelmetry.client import current
from modelmetry.client.facts import ERROR
from modelmetry.client.failure import is_cancellation
from modelmetry.client.metrics import Metrics, Number
from modelmetry.client.recorder import Recorder
from modelmetry.client.trace import Trace
from modelmetry.delivery.log import Log
from modelmetry.signals.measurements import ExecutionRecord, Status
from modelmetry.signals.records import UNSAID
from modelmetry.signals.values import brief_repr, is_a

if TYPE_CHECKING:
    from modelmetry.client.client import Client

EXECUTION_ID = "MODELMETRY_EXECUTION_ID"
OLDER_EXECUTION_ID = "CRAFT_AI_EXECUTION_ID"
# The module that another platform puts into the processes of its steps.
_OLDER_CONTEXT = "__craft_internal_execution_context"
LONGEST_TEXT: Final = 1_000
"""Characters of an id, a pipeline or a deployment, as the contract has them."""
_log: Final = Log("modelmetry")
# Where ids came from that were too long, each of which is said once.
_said: Final[set[str]] = set()
_FAILURES = frozenset({ERROR, "critical"})


class Execution(Trace):
    """One run of a pipeline; a trace, whose spans are its steps.

    As a block it is the current execution inside, and ends `completed`, `failed` by an exception
    that leaves it, or `cancelled`.
    """

    __slots__ = ("_metrics", "_said_end", "_stopped")

    def __init__(
        self,
        client: Client,
        recorder: Recorder,
        name: str,
        *,
        xid: str | None,
        pipeline: str | None,
        deployment: str | None,
        metadata: Mapping[str, Any] | None = None,
        start: datetime | None = None,
    ) -> None:
        super().__init__(client, recorder, name, metadata=metadata, start=start)
        self._metrics = Metrics(recorder, self.xid if xid is None else xid)
        self._stopped = False
        self._said_end: tuple[Status, int] | None = None
        if not recorder.off:
            recorder.inbox.put(
                ExecutionRecord(
                    self.execution_id,
                    pipeline=pipeline,
                    deployment=deployment,
                    status="running",
                    start_ns=self.start_ns,
                    trace_xid=self.xid,
                    metadata=self._plain_metadata(),
                )
            )

    @property
    def execution_id(self) -> str:
        """Its id, under which its metrics are found: that of its trace, unless one was given."""
        return self._metrics.execution

    @property
    def status(self) -> Status:
        """What became of it: `running`, `completed`, `failed` or `cancelled`."""
        if self.ended_at is None:
            return "running"
        if self._stopped:
            return "cancelled"
        return "failed" if (self._failure or ("",))[0] in _FAILURES else "completed"

    def metric(self, name: str, value: Number) -> Self:
        """Record the value of a metric, and stay here.

        The last value of a name is its value; those before are its history.

        Args:
            name: any text of 1 to 1,000 characters.
            value: an int, a float, a Decimal, a Fraction, or a scalar of numpy and its kin.

        Raises:
            InvalidTypeError: `name` is no text, or `value` no number; a bool is none.
            InvalidValueError: `name` has no or too many characters; `value` is NaN or infinite.
        """
        self._metrics.value(name, value)
        return self

    def metrics(self, values: Mapping[str, Number]) -> Self:
        """Record several values by their names, all or none, and stay here; raises as `metric`."""
        self._metrics.values(values)
        return self

    def list_metric(self, name: str, values: Number | Iterable[Number]) -> Self:
        """Append a number, or numbers, to a list, and stay here.

        Values of several calls follow each other. Single ones in a loop are gathered on their
        way, so that a call costs a fraction of a microsecond and no request of its own.

        Args:
            name: any text of 1 to 1,000 characters; a single value may have the same.
            values: a number as with `metric`, or any iterable of them.

        Raises:
            InvalidTypeError: `name` is no text, or there is something else than numbers.
            InvalidValueError: `name` has no or too many characters; a value is NaN or infinite;
                the list would hold more than 50,000 values. Nothing is recorded then.
        """
        self._metrics.extend(name, values)
        return self

    def conclude(self, error: BaseException | None) -> None:
        """End; a cancelled task, and Ctrl-C, end it as `cancelled`."""
        self._stopped = error is not None and (
            is_cancellation(error) or isinstance(error, KeyboardInterrupt)
        )
        super().conclude(error)

    def end(self, at: datetime | None = None) -> Client:
        """End it and everything open in it, and go up to the client; see `Trace.end`."""
        client = super().end(at)
        self._say_end()
        return client

    def _said(self) -> Self:
        """After a change, also one that came after the end."""
        super()._said()
        self._say_end()
        return self

    def _describe(self, metadata: dict[str, Any]) -> Self:
        super()._describe(metadata)
        recorder = self._tree.recorder
        if not recorder.off:
            record = ExecutionRecord(self.execution_id, metadata=self._plain_metadata())
            recorder.inbox.put(record)
        return self

    def _plain_metadata(self) -> dict[str, Any] | None:
        return None if self._metadata is UNSAID else self._tree.recorder.plain(self._metadata)

    def _say_end(self) -> None:
        recorder, end_ns = self._tree.recorder, self.end_ns
        if recorder.off or end_ns is None or self._said_end == (self.status, end_ns):
            return
        self._said_end = self.status, end_ns
        message = None if self._failure is None else self._failure[1]
        recorder.inbox.put(
            ExecutionRecord(self.execution_id, status=self.status, end_ns=end_ns, message=message)
        )

    def _label(self) -> str:
        return f"execution {self._name!r}"


def open_execution(recorder: Recorder) -> Execution | None:
    """The execution of the current span, if it has one."""
    node = current.innermost(recorder)
    root = None if node is None else node.root()
    return root if isinstance(root, Execution) else None


def metrics_of(execution: Execution) -> Metrics:
    """Where the metrics of an execution are recorded."""
    return execution._metrics  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def surrounding_id() -> str | None:
    """The id of the execution that this process is a step of, as its environment says."""
    module = sys.modules.get(_OLDER_CONTEXT)
    variable = getattr(module, "current_execution_id", None)
    found = cast("ContextVar[Any]", variable).get(None) if is_a(variable, ContextVar) else None
    if isinstance(found, str) and found:
        return _fitting(found, _OLDER_CONTEXT)
    for variable_name in (EXECUTION_ID, OLDER_EXECUTION_ID):
        if said := os.environ.get(variable_name):
            return _fitting(said, variable_name)
    return None


def _fitting(xid: str, source: str) -> str | None:
    """An id that servers take, or `None`: then the log says so, once for each source."""
    if len(xid) <= LONGEST_TEXT:
        return xid
    if source not in _said:
        _said.add(source)
        _log.warning(
            "%s has %d characters, and the id of an execution has at most %d: %s is not used, as "
            "if it were not set",
            source,
            len(xid),
            LONGEST_TEXT,
            brief_repr(xid),
        )
    return None


def current_execution_id() -> str | None:
    """The id of the execution that is open here, of any client, or that of the environment."""
    node = current.innermost(None)
    root = None if node is None else node.root()
    return root.execution_id if isinstance(root, Execution) else surrounding_id()
