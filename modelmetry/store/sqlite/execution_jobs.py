"""What single calls write of executions: jobs of the writer."""

from __future__ import annotations

from typing import Final, cast

from modelmetry_api.models import Execution, MetricList, MetricValue

from modelmetry.errors import StoreConflictError
from modelmetry.signals.ids import series, text
from modelmetry.store.sqlite.encode import (
    Micros,
    XidKey,
    from_micros,
    xid_key,
    xid_text,
)
from modelmetry.store.sqlite.execution_parts import ExecutionPart, MetricKind, MetricPart
from modelmetry.store.sqlite.execution_rows import Executions
from modelmetry.store.sqlite.execution_state import ExecutionState
from modelmetry.store.sqlite.metric_rows import is_recorded
from modelmetry.store.sqlite.read_executions import get_execution
from modelmetry.store.sqlite.read_metrics import Row, find_metric, list_of, value_of
from modelmetry.store.sqlite.record import write_metrics
from modelmetry.store.sqlite.writer import Work

_NANOSECONDS: Final = 1_000


class Identities:
    """Makes XIDs for what is sent without one: they sort in the order in which they are made."""

    def __init__(self) -> None:
        self._latest = 0

    def new(self, now: Micros) -> XidKey:
        """A UUID of version 7, of this time or of the last one's if that was later."""
        self._latest = max(self._latest, now)
        prefix = series().prefix(self._latest * _NANOSECONDS)
        return xid_key(text(prefix, series().draw()))


identities: Final = Identities()
"""Those of this process; the threads that write draw from them, one for each store."""


def put_execution(work: Work, tenant: str, key: XidKey | None, part: ExecutionPart) -> Execution:
    """Create an execution, or update it."""
    key = identities.new(work.tx.now) if key is None else key
    executions = _loaded(work, tenant, key)
    executions.update(key, part)
    executions.save()
    return _answer(work, tenant, key)


def finish_execution(work: Work, tenant: str, key: XidKey, part: ExecutionPart) -> Execution | None:
    """Finish an execution; None when there is none. Raises `StoreConflictError`."""
    executions = _loaded(work, tenant, key)
    state = executions.state(key)
    if state is None:
        return None
    if not state.is_over:
        known = [at for at in (state.start, state.latest, state.end) if at is not None]
        executions.replace(
            key,
            state._replace(
                ended=part.status,
                end=max(work.tx.now if part.end is None else part.end, *known),
                message=state.message if part.message is None else part.message,
            ),
        )
        executions.save()
    elif state.status != part.status:
        raise StoreConflictError(
            f"{_finished(key, state)}; it cannot become {part.status!r}: start another execution"
        )
    return _answer(work, tenant, key)


def record_value(work: Work, tenant: str, part: MetricPart, *, is_named: bool) -> MetricValue:
    """Record a value. Raises `StoreConflictError`."""
    return value_of(_record(work, tenant, part, is_named=is_named))


def append_values(work: Work, tenant: str, part: MetricPart, *, is_named: bool) -> MetricList:
    """Append values to a list. Raises `StoreConflictError` and `StoreLimitError`."""
    return list_of(_record(work, tenant, part, is_named=is_named), None)


def _record(work: Work, tenant: str, part: MetricPart, *, is_named: bool) -> Row:
    """Write a part; it gets an XID here unless it `is_named`."""
    tx = work.tx
    if not is_named:
        part = part._replace(xid=identities.new(tx.now))
    number = tx.names.tenant(tenant)
    executions = _loaded(work, tenant, part.execution)
    state = executions.state(part.execution)
    if state is not None and state.is_over and not is_recorded(tx.connection, number, part):
        what = "list" if part.kind == MetricKind.LIST else "value"
        raise StoreConflictError(
            f"{_finished(part.execution, state)}; the {what} {part.name!r} is not recorded: "
            "record it in another execution, or start this one again with a later Start"
        )
    write_metrics(tx, number, executions, [part])
    # It is there: it was just written.
    return cast("Row", find_metric(tx.connection, tenant, part.execution, part.kind, part.name))


def _loaded(work: Work, tenant: str, key: XidKey) -> Executions:
    executions = Executions(work.tx, work.tx.names.tenant(tenant))
    executions.load([key])
    return executions


def _answer(work: Work, tenant: str, key: XidKey) -> Execution:
    # It is there: it was just written.
    return cast("Execution", get_execution(work.connection, tenant, key))


def _finished(key: XidKey, state: ExecutionState) -> str:
    end = "" if state.end is None else f" at {from_micros(state.end).isoformat()}"
    return f"execution {xid_text(key)!r} has finished ({state.status}){end}"
