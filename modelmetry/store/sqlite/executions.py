"""What can be done with executions and their metrics."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any, Final

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

from modelmetry.store.executions import CurveQuery, ExecutionQuery, MetricQuery
from modelmetry.store.sqlite import (
    curves,
    delete_executions,
    execution_jobs,
    read_executions,
    read_metrics,
    read_names,
)
from modelmetry.store.sqlite.connected import Connected
from modelmetry.store.sqlite.encode import xid_key
from modelmetry.store.sqlite.execution_parts import (
    MetricKind,
    MetricPart,
    execution_part,
    metric_part,
)
from modelmetry.store.sqlite.names import NameKind

# About what one call takes in memory besides its values, message and metadata.
_WEIGHT: Final = 1_000


class ExecutionRoom(Connected):
    """An `ExecutionStore`."""

    def put_execution(self, tenant: str, body: Mapping[str, Any]) -> Future[Execution]:
        """Create an execution, or update the members that are sent; see `ExecutionStore`."""
        xid, part = body.get("XID"), execution_part(body, xid_key)
        key = None if xid is None else xid_key(xid)
        self._here()
        return self.writer.submit(
            lambda work: execution_jobs.put_execution(work, tenant, key, part),
            _WEIGHT + part.weight,
        )

    def finish_execution(
        self, tenant: str, xid: str, body: Mapping[str, Any]
    ) -> Future[Execution | None]:
        """Finish an execution; see `ExecutionStore`."""
        key, part = xid_key(xid), execution_part(body, xid_key)
        self._here()
        return self.writer.submit(
            lambda work: execution_jobs.finish_execution(work, tenant, key, part),
            _WEIGHT + part.weight,
        )

    def record_metric_value(
        self, tenant: str, execution: str, body: Mapping[str, Any]
    ) -> Future[MetricValue]:
        """Record a value; see `ExecutionStore`."""
        part, is_named = _part(MetricKind.VALUE, execution, body)
        self._here()
        return self.writer.submit(
            lambda work: execution_jobs.record_value(work, tenant, part, is_named=is_named),
            _WEIGHT,
        )

    def append_metric_values(
        self, tenant: str, execution: str, body: Mapping[str, Any]
    ) -> Future[MetricList]:
        """Append values to a list; see `ExecutionStore`."""
        part, is_named = _part(MetricKind.LIST, execution, body)
        self._here()
        return self.writer.submit(
            lambda work: execution_jobs.append_values(work, tenant, part, is_named=is_named),
            _WEIGHT + len(part.packed.data),
        )

    def delete_execution(self, tenant: str, xid: str) -> bool:
        """Delete an execution with its metrics, False when there is none."""
        key, known = xid_key(xid), False
        while True:
            # Slice by slice, so that what others write need not wait for all of it.
            gone = self._write(
                lambda work: delete_executions.delete_execution_slice(work, tenant, key)
            )
            known = known or gone is not None
            if gone is None or gone:
                return known

    def get_execution(self, tenant: str, xid: str) -> Execution | None:
        """One execution, None when there is none."""
        with self._read() as connection:
            return read_executions.get_execution(connection, tenant, xid_key(xid))

    def list_executions(self, tenant: str, query: ExecutionQuery) -> ExecutionList:
        """One page of executions."""
        with self._read() as connection:
            return read_executions.list_executions(connection, tenant, query)

    def list_metric_values(self, tenant: str, query: MetricQuery) -> MetricValueList:
        """One page of metrics by their last values."""
        with self._read() as connection:
            return read_metrics.list_metric_values(connection, tenant, query)

    def metric_history(
        self, tenant: str, execution: str, name: str, *, limit: int, cursor: str | None
    ) -> MetricHistory | None:
        """One page of all values of a metric, None when there is no such metric."""
        with self._read() as connection:
            return read_metrics.metric_history(
                connection, tenant, execution, name, limit=limit, cursor=cursor
            )

    def list_metric_lists(self, tenant: str, query: MetricQuery) -> MetricListList:
        """One page of lists."""
        with self._read() as connection:
            return read_metrics.list_metric_lists(connection, tenant, query)

    def metric_curves(self, tenant: str, query: CurveQuery) -> MetricCurves:
        """A metric of several executions, to be drawn."""
        with self._read() as connection:
            return curves.metric_curves(connection, tenant, query)

    def pipeline_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of pipelines."""
        return self._names(tenant, NameKind.PIPELINE, prefix, limit)

    def deployment_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of deployments."""
        return self._names(tenant, NameKind.DEPLOYMENT, prefix, limit)

    def metric_names(self, tenant: str, prefix: str = "", limit: int = 50) -> NameList:
        """Names of metrics of executions."""
        return self._names(tenant, NameKind.METRIC, prefix, limit)

    def _names(self, tenant: str, kind: NameKind, prefix: str, limit: int) -> NameList:
        with self._read() as connection:
            return read_names.list_names(connection, tenant, kind, prefix, limit)


def _part(kind: MetricKind, execution: str, body: Mapping[str, Any]) -> tuple[MetricPart, bool]:
    """What a call records, and whether it has an XID of its own."""
    xid = body.get("XID")
    part = metric_part(body, kind, xid_key(execution), "" if xid is None else xid_key(xid))
    return part, xid is not None
