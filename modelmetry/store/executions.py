"""What a store can do with executions and their metrics, and what can be asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import Any, Final, Literal, Protocol

from attrs import frozen
from modelmetry_api.models import (
    Execution,
    ExecutionList,
    MetricCurves,
    MetricHistory,
    MetricList,
    MetricListList,
    MetricValue,
    MetricValueList,
    NameList,
)

from modelmetry.errors import StoreQueryError

MOST_PAGE_VALUES: Final = 1_000_000
"""A page of lists with their values ends when it holds more values than this."""


@frozen(kw_only=True)
class ExecutionQuery:
    """Which executions, newest start first."""

    pipeline: str | None = None
    deployment: str | None = None
    statuses: tuple[str, ...] = ()
    xid_prefix: str = ""
    start_after: datetime | None = None
    start_before: datetime | None = None
    limit: int = 50
    cursor: str | None = None


@frozen(kw_only=True)
class MetricQuery:
    """Which metrics, newest first: by name, and within one scope at most.

    `offset` is for callers that count pages; it and `cursor` exclude each other.

    Raises:
        StoreQueryError: two scopes, or `offset` with `cursor`.
    """

    name: str | None = None
    pipeline: str | None = None
    deployment: str | None = None
    execution: str | None = None
    include_values: bool = False
    limit: int = 50
    cursor: str | None = None
    offset: int = 0

    def __attrs_post_init__(self) -> None:
        scopes = {
            "pipeline_name": self.pipeline,
            "deployment_name": self.deployment,
            "execution": self.execution,
        }
        given = [f"{name}={value!r}" for name, value in scopes.items() if value is not None]
        if len(given) > 1:
            raise StoreQueryError(
                f"metrics can be narrowed by one scope, not by {' and '.join(given)}; "
                "leave all but one away"
            )
        if self.offset and self.cursor is not None:
            raise StoreQueryError("an offset and a cursor exclude each other; give one of them")


@frozen(kw_only=True)
class CurveQuery:
    """A metric of several executions, each thinned out to `points` points.

    `from_index` and `to_index` (exclusive) are places in the list or in the history.
    """

    executions: tuple[str, ...]
    name: str
    of: Literal["list", "value"] = "list"
    points: int = 1_000
    from_index: int = 0
    to_index: int | None = None


class ExecutionStore(Protocol):
    """Where executions and their metrics rest; see `Store` for what holds of every method.

    Bodies are those of the operations of the contract as plain JSON values, validated. All that
    writes returns a future that is done when the rows are on disk, and raises `StoreBusyError`
    and `StoreClosedError` at once. What is recorded without a time comes after all that is there,
    also when a clock went back.
    """

    def put_execution(self, tenant: str, body: Mapping[str, Any]) -> Future[Execution]:
        """Create an execution, or update the members that are sent; a new XID if it has none."""
        ...

    def finish_execution(
        self, tenant: str, xid: str, body: Mapping[str, Any]
    ) -> Future[Execution | None]:
        """Finish an execution; None when there is none.

        The future raises `StoreConflictError` when it has finished with another status.
        """
        ...

    def delete_execution(self, tenant: str, xid: str) -> bool:
        """Delete an execution with its metrics; False when there is none."""
        ...

    def record_metric_value(
        self, tenant: str, execution: str, body: Mapping[str, Any]
    ) -> Future[MetricValue]:
        """Record a value; an unknown execution is created.

        The future raises `StoreConflictError` when the execution has finished.
        """
        ...

    def append_metric_values(
        self, tenant: str, execution: str, body: Mapping[str, Any]
    ) -> Future[MetricList]:
        """Append values to a list; an unknown execution is created.

        The future raises `StoreConflictError` when the execution has finished, and
        `StoreLimitError` when the list would hold more than `MOST_LIST_VALUES`.
        """
        ...

    def get_execution(self, tenant: str, xid: str) -> Execution | None:
        """One execution."""
        ...

    def list_executions(self, tenant: str, query: ExecutionQuery) -> ExecutionList:
        """One page of executions. Raises `StoreQueryError` when the cursor cannot be read."""
        ...

    def list_metric_values(self, tenant: str, query: MetricQuery) -> MetricValueList:
        """One page of metrics by their last values. Raises `StoreQueryError` likewise."""
        ...

    def metric_history(
        self, tenant: str, execution: str, name: str, *, limit: int, cursor: str | None
    ) -> MetricHistory | None:
        """One page of all values of a metric, oldest first; None when there is no such metric."""
        ...

    def list_metric_lists(self, tenant: str, query: MetricQuery) -> MetricListList:
        """One page of lists. Raises `StoreQueryError` likewise."""
        ...

    def metric_curves(self, tenant: str, query: CurveQuery) -> MetricCurves:
        """A metric of several executions, to be drawn."""
        ...

    def pipeline_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of pipelines that begin with `prefix`, in the order of their code points."""
        ...

    def deployment_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of deployments, likewise."""
        ...

    def metric_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of metrics of executions, likewise."""
        ...
